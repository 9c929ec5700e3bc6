"""Strips, buses and master: gains glide, nothing passes the ceiling, everything recovers."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.sound import layout
from jambox.sound.agreement import StripSetting
from jambox.sound.strips import CEILING, GLIDE, RELEASE, Strips, coefficient
from tests.sound.bench import RATE, Samples, engine_with, render

LIMIT = 10.0 ** (-0.3 / 20.0)
"""-0.3 dBFS."""


def test_the_ceiling_is_a_hair_under_the_limit() -> None:
    assert LIMIT - 0.002 < CEILING < LIMIT
    # 16 bits: the rounding of the card must not reach it either.
    assert CEILING + 0.5 / 32767.0 < LIMIT


@pytest.mark.parametrize(("seconds", "rate"), [(0.01, 48000.0), (0.3, 44100.0)])
def test_a_time_constant_later_a_decay_has_fallen_to_one_over_e(seconds: float, rate: float) -> None:
    assert coefficient(seconds, rate) ** (seconds * rate) == pytest.approx(math.exp(-1.0))


@given(gain=st.floats(0, 8), pan=st.floats(-1, 1))
def test_a_strip_heads_for_its_gain_at_equal_power(gain: float, pan: float) -> None:
    strips = Strips((StripSetting(), StripSetting(gain, pan)))
    row = strips.strips[layout.STRIP_FLOATS :]
    assert (row[layout.STRIP_LEFT], row[layout.STRIP_RIGHT]) == (0.0, 0.0)
    assert np.hypot(row[layout.STRIP_LEFT_GOAL], row[layout.STRIP_RIGHT_GOAL]) == pytest.approx(gain)


def test_levels_start_closed_and_glide_open() -> None:
    engine = engine_with([np.full(2, 0.0)], strips=1, open_=False)
    tone = np.full((RATE // 5, 1), 0.5)
    assert not render(engine, len(tone), captured=tone).any()
    engine.set_levels((1.0, 0.0, 0.0, 1.0))
    played = render(engine, len(tone), captured=tone)[:, 0]
    assert played[0] < 0.001
    assert (np.diff(played) >= 0.0).all()
    # Bus and master glide one behind the other: (1 - e^-t/T)^2; the strip is open by now.
    assert played[round(GLIDE * RATE)] == pytest.approx(0.5 * 0.5**0.5 * (1 - math.exp(-1)) ** 2, rel=0.01)
    assert played[-1] == pytest.approx(0.5 * 0.5**0.5, rel=1e-3)


@pytest.mark.parametrize("pan", [-1.0, 0.0, 0.7, 1.0])
def test_a_strip_lies_where_it_is_panned(pan: float) -> None:
    engine = engine_with([np.zeros(2)], strips=1)
    engine.strips.set_strip(0, StripSetting(0.5, pan))
    played = render(engine, RATE // 5, captured=np.full((RATE // 5, 1), 0.5))
    angle = (pan + 1.0) * math.pi / 4.0
    assert played[-1] == pytest.approx([0.25 * math.cos(angle), 0.25 * math.sin(angle)], abs=1e-4)


def noise(frames: int) -> Samples:
    return np.random.default_rng(5).uniform(-1.0, 1.0, frames).astype(np.float32)


def square(frames: int) -> Samples:
    return np.sign(np.sin(2.0 * np.pi * 441.0 * (np.arange(frames) + 0.5) / RATE)).astype(np.float32)


@pytest.mark.parametrize("signal", [noise, square])
@pytest.mark.parametrize("pan", [-1.0, 0.0, 1.0])
def test_the_limiter_holds_both_sides_and_lets_go(signal: Callable[[int], Samples], pan: float) -> None:
    engine = engine_with([np.zeros(2)], strips=1)
    engine.strips.set_strip(0, StripSetting(10.0, pan))
    loud = render(engine, RATE // 4, captured=signal(RATE // 4).reshape(-1, 1))
    assert np.abs(loud).max() <= LIMIT
    assert np.abs(loud).max() > CEILING * 0.99
    # ln(10) release times bring +20 dB back; then a quiet tone must come through as it is.
    after = round(3.0 * RELEASE * RATE)
    quiet = np.full((after + 100, 1), 0.01)
    played = render(engine, len(quiet), captured=quiet)
    side = 0 if pan < 1.0 else 1
    expected = 0.1 * (0.5**0.5 if pan == 0.0 else 1.0)
    assert played[-1, side] == pytest.approx(expected, rel=1e-3)


def test_the_limiter_turns_both_sides_down_alike() -> None:
    engine = engine_with([np.zeros(2)], strips=2)
    engine.strips.set_strip(0, StripSetting(10.0, -1.0))
    engine.strips.set_strip(1, StripSetting(1.0, 1.0))
    render(engine, RATE // 5, captured=np.full((RATE // 5, 2), 0.5))
    left, right = render(engine, 1, captured=np.full((1, 2), 0.5))[0]
    assert left == pytest.approx(CEILING, rel=1e-6)
    assert right == pytest.approx(CEILING / 10.0, rel=1e-3)


def test_meters_show_peaks_and_fall() -> None:
    engine = engine_with([np.zeros(2)], strips=1)
    render(engine, RATE // 5, captured=np.full((RATE // 5, 1), 0.5))
    top = engine.strips.meters[layout.INPUTS]
    assert top == pytest.approx(0.5 * 0.5**0.5, rel=1e-3)
    assert engine.strips.meters[layout.VOLUME] == pytest.approx(top, rel=1e-3)
    render(engine, round(0.3 * RATE), captured=np.zeros((round(0.3 * RATE), 1)))
    assert engine.strips.meters[layout.INPUTS] == pytest.approx(top / math.e, rel=1e-3)
