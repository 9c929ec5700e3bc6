"""Soft ends, no DC, known loudness: against an independent meter and on hard input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox.sound.instruments.finish import finish, loudness
from tests.sound.measure import lufs, peak_db

RATE = 48000


@pytest.mark.parametrize("frequency", [50.0, 100.0, 997.0, 8000.0])
def test_loudness_agrees_with_the_recursive_filters(frequency: float) -> None:
    tone = 0.25 * np.sin(2.0 * np.pi * frequency * np.arange(RATE) / RATE)
    assert loudness(tone, RATE) == pytest.approx(lufs(tone), abs=0.1)


def test_a_full_scale_sine_of_997_hz_reads_minus_3_lufs() -> None:
    """ITU-R BS.1770-4, annex 1: that tone in one front channel reads -3.01 LKFS."""
    tone = np.sin(2.0 * np.pi * 997.0 * np.arange(2 * RATE) / RATE)
    assert loudness(tone, RATE, 2.0) == pytest.approx(-3.01, abs=0.05)


@pytest.mark.parametrize("rate", [44100, 96000])
def test_loudness_hardly_depends_on_the_rate(rate: int) -> None:
    def reading(at: int) -> float:
        return loudness(np.sin(2.0 * np.pi * 3000.0 * np.arange(at) / at), at)

    assert reading(rate) == pytest.approx(reading(RATE), abs=0.1)


@settings(max_examples=40, deadline=None)
@given(
    frames=st.integers(400, 20000),
    offset=st.floats(-1.0, 1.0),
    target=st.floats(-40.0, 0.0),
    seed=st.integers(0, 1000),
)
def test_whatever_comes_in_leaves_fit_for_the_bank(frames: int, offset: float, target: float, seed: int) -> None:
    raw = offset + np.random.default_rng(seed).standard_normal(frames)
    sound = finish(raw, RATE, target)
    assert sound.dtype == np.float32
    assert sound[0] == sound[-1] == 0.0
    assert peak_db(sound) <= -1.99
    assert abs(float(sound.mean(dtype=np.float64))) < 1e-6


def test_the_target_is_met_below_the_ceiling() -> None:
    tone = np.sin(2.0 * np.pi * 440.0 * np.arange(RATE) / RATE)
    assert lufs(finish(tone, RATE, -20.0)) == pytest.approx(-20.0, abs=0.2)
    assert peak_db(finish(tone, RATE, 0.0, ceiling=-12.0)) == pytest.approx(-12.0, abs=0.01)


def test_silence_stays_silent() -> None:
    assert not finish(np.zeros(1000), RATE, -20.0).any()


def test_the_input_is_left_alone() -> None:
    raw = np.ones(1000)
    finish(raw, RATE, -20.0)
    assert (raw == 1.0).all()
