"""The building blocks against their definitions."""

import numpy as np
import pytest

from jambox.sound.instruments.tones import BLOCK, Band, Mode, bursts, decay, modes, noise, partials
from tests.sound.measure import band_db, level_db, partial_cents, t60

RATE = 48000


@pytest.mark.parametrize("frames", [1, BLOCK - 1, BLOCK, BLOCK + 1, 10 * BLOCK + 7])
def test_partials_are_the_plain_sum_of_sines(frames: int) -> None:
    frequencies = np.array([100.0, 1234.5, 11111.1])
    points = -(-frames // BLOCK) + 1
    envelopes = np.abs(np.random.default_rng(1).standard_normal((points, 3)))
    t = np.arange(frames)
    expected = np.zeros(frames)
    for p, frequency in enumerate(frequencies):
        level = np.interp(t, np.arange(points) * BLOCK, envelopes[:, p])
        expected += level * np.sin(2.0 * np.pi * frequency * t / RATE)
    sound = partials(frequencies, envelopes, frames, RATE)
    assert sound.shape == (frames,)
    assert np.abs(sound - expected).max() < 1e-5


def test_partials_keep_their_phase_for_ten_seconds() -> None:
    frames = 10 * RATE
    sound = partials(np.array([9999.9]), np.ones((-(-frames // BLOCK) + 1, 1)), frames, RATE)
    expected = np.sin(2.0 * np.pi * 9999.9 * np.arange(frames) / RATE)
    assert np.abs(sound - expected)[-RATE:].max() < 1e-5


def test_a_mode_rings_at_its_ratio_and_decays_in_its_time() -> None:
    sound = modes((Mode(2.5, -6.0, 0.8),), np.full(RATE, 200.0), RATE)
    assert abs(partial_cents(sound, RATE, 500.0)) < 0.1
    assert t60(sound, RATE, 500.0, 0.05, 0.6) == pytest.approx(0.8, rel=0.01)
    assert sound[0] == 0.0


def test_a_mode_may_begin_in_any_phase_and_ends_inaudibly() -> None:
    pitch = np.full(RATE, 200.0)
    assert modes((Mode(1.0, 0.0, 0.1),), pitch, RATE, (0.25,))[0] == 1.0
    short = modes((Mode(1.0, 0.0, 0.1),), pitch, RATE)
    assert not short[round(0.21 * RATE) :].any()
    assert np.abs(short[round(0.19 * RATE) : round(0.2 * RATE)]).max() < 1e-5


def test_modes_that_would_alias_are_left_out() -> None:
    assert not modes((Mode(100.0, 0.0, 1.0),), np.full(1000, 400.0), RATE).any()


def test_decay_is_60_db_in_t60() -> None:
    curve = decay(0.5, RATE, RATE)
    assert curve[0] == 1.0
    assert 20.0 * np.log10(curve[RATE // 2]) == pytest.approx(-60.0)


def test_noise_keeps_to_its_band_at_rms_1() -> None:
    hiss = noise(1000.0, 4000.0, RATE, RATE, np.random.default_rng(1))
    assert level_db(hiss) == pytest.approx(0.0, abs=0.01)
    assert band_db(hiss, RATE, 790.0, 5050.0) > -0.01


def test_bursts_fall_as_told() -> None:
    sound = bursts((Band(500.0, 5000.0, -10.0, 0.3),), RATE, RATE, np.random.default_rng(1))
    early, late = level_db(sound[:2400]), level_db(sound[14400:16800])
    assert early - late == pytest.approx(60.0, abs=1.5)
