"""The input strips, measured: responses, static curves, time constants, pan, pairs, cue."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from jambox.sound import layout
from jambox.sound.engine import Engine
from jambox.sound.parameters import Compressor, Equaliser, Gate, Mixer, Strip
from jambox.sound.tables import view
from tests.sound.bench import RATE, Samples, desk, engine_with, loops, mono, render, turn

MIDDLE = math.sqrt(0.5)
Array = NDArray[np.float64]
Numbers = NDArray[Any]
Transfer = Callable[[Numbers], Numbers]


def decibels(ratio: Numbers) -> Array:
    return np.asarray(20.0 * np.log10(np.maximum(np.abs(ratio), 1e-12)), dtype=np.float64)


def response(strip: Strip, rate: int) -> tuple[Array, Array]:
    """Frequencies from 20 Hz to 0.45 of the rate, and dB: of an impulse, without what the pan takes."""
    # After a fifth of a second the longest of them has fallen by over 200 dB.
    impulse, size = np.zeros(rate // 5), 1 << 15
    impulse[0] = 0.05
    heard = mono(desk(strip, rate=rate), impulse) / (0.05 * MIDDLE)
    frequencies = np.fft.rfftfreq(size, 1.0 / rate).astype(np.float64)
    inside = (frequencies >= 20.0) & (frequencies <= 0.45 * rate)
    return frequencies[inside], decibels(np.fft.rfft(heard, size))[inside]


def theory(transfer: Transfer, corner: float, rate: int, frequencies: Array) -> Array:
    """The analogue prototype (corner at 1 rad/s) through the bilinear transform that keeps the corner in its place."""
    warped = np.tan(np.pi * frequencies / rate) / math.tan(math.pi * corner / rate)
    return decibels(transfer(1j * warped))


def high_pass(s: Numbers) -> Numbers:
    return s * s / (s * s + math.sqrt(2.0) * s + 1.0)


def low_shelf(level: float) -> Transfer:
    # Bristow-Johnson's cookbook prototypes, S = 1 and Q = 1.
    a, root = 10.0 ** (level / 40.0), math.sqrt(2.0) * 10.0 ** (level / 80.0)
    return lambda s: a * (s * s + root * s + a) / (a * s * s + root * s + 1.0)


def high_shelf(level: float) -> Transfer:
    a, root = 10.0 ** (level / 40.0), math.sqrt(2.0) * 10.0 ** (level / 80.0)
    return lambda s: a * (a * s * s + root * s + 1.0) / (s * s + root * s + a)


def bell(level: float) -> Transfer:
    a = 10.0 ** (level / 40.0)
    return lambda s: (s * s + s * a + 1.0) / (s * s + s / a + 1.0)


BANDS: list[tuple[Strip, Transfer, float]] = [
    (Strip(high_pass=80), high_pass, 80.0),
    (Strip(high_pass=120), high_pass, 120.0),
    *((Strip(eq=Equaliser(low=level)), low_shelf(level), 100.0) for level in (-15.0, -3.0, 6.0, 15.0)),
    *((Strip(eq=Equaliser(high=level)), high_shelf(level), 8000.0) for level in (-15.0, 4.0, 15.0)),
    *(
        (Strip(eq=Equaliser(mid=level, mid_frequency=f)), bell(level), f)
        for level in (-15.0, 5.0, 15.0)
        for f in (100.0, 1000.0, 8000.0)
    ),
]


@pytest.mark.parametrize("rate", [44100, 48000, 96000])
@pytest.mark.parametrize(("strip", "transfer", "corner"), BANDS)
def test_every_filter_is_within_a_twentieth_of_a_decibel_of_theory(
    strip: Strip, transfer: Transfer, corner: float, rate: int
) -> None:
    frequencies, heard = response(strip, rate)
    assert np.abs(heard - theory(transfer, corner, rate, frequencies)).max() < 0.05


def test_filters_follow_each_other() -> None:
    strip = Strip(high_pass=80, eq=Equaliser(6.0, -9.0, 500.0, 3.0), trim=-6.0, invert=True)
    frequencies, heard = response(strip, RATE)
    expected = theory(high_pass, 80.0, RATE, frequencies) - 6.0
    for transfer, corner in ((low_shelf(6.0), 100.0), (bell(-9.0), 500.0), (high_shelf(3.0), 8000.0)):
        expected += theory(transfer, corner, RATE, frequencies)
    assert np.abs(heard - expected).max() < 0.05


def test_a_flat_strip_is_transparent() -> None:
    noise = np.random.default_rng(1).uniform(-0.4, 0.4, 1000).astype(np.float32)
    assert mono(desk(Strip()), noise) == pytest.approx(noise * MIDDLE, abs=1e-7)
    assert mono(desk(Strip(invert=True)), noise) == pytest.approx(-noise * MIDDLE, abs=1e-7)


def tone(level: float, seconds: float, frequency: float = 1000.0) -> Samples:
    t = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(10.0 ** (level / 20.0) * np.sin(2.0 * np.pi * frequency * t))


def level_of(signal: Samples, frequency: float = 1000.0) -> float:
    """Amplitude in dB of the sine of that frequency."""
    t = np.arange(len(signal)) / RATE
    return float(decibels(np.array([2.0 * np.mean(signal * np.exp(-2j * np.pi * frequency * t))]))[0])


def curve(level: float, threshold: float, ratio: float) -> float:
    """Giannoulis, Massberg and Reiss (2012), equation 4, with a knee of 6 dB."""
    over = level - threshold
    if 2.0 * over < -6.0:
        return level
    if 2.0 * over <= 6.0:
        return level + (1.0 / ratio - 1.0) * (over + 3.0) ** 2 / 12.0
    return threshold + over / ratio


@pytest.mark.parametrize(("threshold", "ratio", "make_up"), [(-20, 4, 0), (-40, 2, 6), (-30, 20, 12), (-10, 1.5, 0)])
@pytest.mark.parametrize("frequency", [200.0, 1000.0, 5000.0])
def test_the_compressors_static_curve(threshold: float, ratio: float, make_up: float, frequency: float) -> None:
    strip = Strip(compressor=Compressor(threshold, ratio, attack=2.0, release=300.0, make_up=make_up, side_chain=20.0))
    for level in range(-60, -5, 3):
        heard = mono(desk(strip), tone(level, 0.5, frequency))[-RATE // 5 :]
        expected = curve(level, threshold, ratio) + make_up
        assert level_of(heard, frequency) - 20.0 * math.log10(MIDDLE) == pytest.approx(expected, abs=0.5)


def fence(low: float, high: float, seconds: float = 1.0, last: float = 0.0) -> Samples:
    """A square wave of half the rate: every sample of it has the full level. Low, high, low (dBFS), equally long or the
    `last` one longer.
    """
    parts = (low, seconds), (high, seconds), (low, max(seconds, last))
    levels = np.concatenate([np.full(round(long * RATE), level) for level, long in parts])
    return np.asarray(10.0 ** (levels / 20.0) * np.where(np.arange(len(levels)) % 2, -1.0, 1.0))


def reduction(strip: Strip, signal: Samples) -> Array:
    """DB that the strip takes away, frame by frame."""
    heard = mono(desk(strip), signal)
    return -decibels(heard / (signal.astype(np.float32) * MIDDLE))


def time_constant(course: Array, first: int, goal: float) -> float:
    """Milliseconds: of a straight line through the logarithm of what is left to the goal, from 90 % to 5 %."""
    left = np.abs(course[first:] - goal)
    left = left[: np.argmax(left < 0.04 * left[0])]
    inside = np.flatnonzero((left < 0.9 * left[0]) & (left > 0.05 * left[0]))
    slope = np.polyfit(inside, np.log(left[inside]), 1)[0]
    return float(-1000.0 / (slope * RATE))


@pytest.mark.parametrize("attack", [0.1, 1.0, 10.0, 100.0])
@pytest.mark.parametrize("release", [20.0, 200.0, 2000.0])
def test_the_compressors_times(attack: float, release: float) -> None:
    strip = Strip(compressor=Compressor(-30.0, 4.0, attack, release))
    course = reduction(strip, fence(-50.0, -10.0, last=0.004 * release))
    full = 20.0 * 0.75
    assert np.abs(course[:RATE]).max() < 1e-3
    assert course[2 * RATE - 1] == pytest.approx(full, abs=0.5)
    assert time_constant(course, RATE - 1, full) == pytest.approx(attack, rel=0.1)
    # A peak is held for 10 to 20 ms before anything lets go.
    held = course[2 * RATE - 1 : 2 * RATE + round(0.0095 * RATE)]
    assert np.ptp(held) < 1e-3
    start = 2 * RATE + round(0.0215 * RATE)
    assert time_constant(course, start, 0.0) == pytest.approx(release, rel=0.1)
    assert (np.diff(course[start:]) < 1e-3).all()


def test_the_compressor_hears_a_real_tone_as_it_hears_a_fence() -> None:
    strip = Strip(compressor=Compressor(-30.0, 4.0, 20.0, 200.0))
    signal = np.concatenate([tone(-50.0, 0.5, 3000.0), tone(-10.0, 0.5, 3000.0)])
    heard = mono(desk(strip), signal)
    spectrum = np.fft.fft(heard)
    spectrum[len(heard) // 2 :] = 0.0
    envelope = decibels(2.0 * np.fft.ifft(spectrum) / MIDDLE) + 10.0
    assert time_constant(-envelope, RATE // 2 + 48, 15.0) == pytest.approx(20.0, rel=0.1)


@pytest.mark.parametrize(("threshold", "ratio", "range_"), [(-40, 2, 80), (-30, 20, 20), (-50, 4, 80)])
def test_the_gates_static_curve(threshold: float, ratio: float, range_: float) -> None:
    strip = Strip(gate=Gate(threshold, ratio, range_, release=20.0))
    for level in (-55, -45, -41, -36, -31, -20, -10):
        course = reduction(strip, fence(level, level, 0.2))
        expected = min(max(threshold - level, 0.0) * (ratio - 1.0), range_)
        assert course[-1] == pytest.approx(expected, abs=0.5)


@pytest.mark.parametrize(("attack", "release"), [(0.1, 10.0), (1.0, 150.0), (50.0, 500.0)])
def test_the_gates_times(attack: float, release: float) -> None:
    strip = Strip(gate=Gate(-30.0, 3.0, 80.0, attack, release))
    course = reduction(strip, fence(-40.0, -10.0, max(1.0, 0.008 * release)))
    third = len(course) // 3
    assert time_constant(course, third - 1, 0.0) == pytest.approx(attack, rel=0.1)
    start = 2 * third + round(0.0215 * RATE)
    assert time_constant(course, start, 20.0) == pytest.approx(release, rel=0.1)


def test_the_side_chain_does_not_hear_lows() -> None:
    strip = Strip(compressor=Compressor(-40.0, 10.0, side_chain=500.0))
    low, high = (level_of(mono(desk(strip), tone(-10.0, 0.5, f))[-RATE // 5 :], f) for f in (40.0, 2000.0))
    assert low == pytest.approx(-10.0 + 20.0 * math.log10(MIDDLE), abs=1.5)
    assert high < -35.0


@given(pan=st.floats(-1, 1), trim=st.floats(-40, 0))
@settings(max_examples=25, deadline=None)
def test_pan_has_equal_power(pan: float, trim: float) -> None:
    played = render(desk(Strip(trim=trim, pan=pan)), 10, captured=np.full((10, 1), 0.5))[-1]
    angle, amplitude = (pan + 1.0) * math.pi / 4.0, 0.5 * 10.0 ** (trim / 20.0)
    assert played == pytest.approx([amplitude * math.cos(angle), amplitude * math.sin(angle)], abs=1e-6)
    assert np.hypot(*played) == pytest.approx(amplitude, rel=1e-5)


@pytest.mark.parametrize(
    ("pan", "left", "right"),
    [(0.0, 1.0, 1.0), (-1.0, 1.0, 0.0), (1.0, 0.0, 1.0), (-0.5, 1.0, math.sqrt(2) * math.sin(math.pi / 8))],
)
def test_a_pair_is_left_and_right_and_pan_its_balance(pan: float, left: float, right: float) -> None:
    engine = desk(Strip(pair=True, pan=pan), Strip(trim=-40.0, mute=True, pan=0.3))
    played = render(engine, 10, captured=np.full((10, 2), (0.25, 0.5)))[-1]
    assert played == pytest.approx([0.25 * left, 0.5 * right], abs=1e-6)


def test_a_pair_is_turned_down_together() -> None:
    compressor = Compressor(-40.0, 4.0, 1.0)
    captured = np.stack([tone(-60.0, 0.5), tone(-10.0, 0.5, 1100.0)], 1)
    engine = desk(Strip(pair=True, compressor=compressor, eq=Equaliser(low=3.0)), Strip())
    played = render(engine, len(captured), captured=captured)[-RATE // 10 :]
    assert level_of(played[:, 1], 1100.0) == pytest.approx(curve(-10.0, -40.0, 4.0), abs=0.5)
    assert level_of(played[:, 0]) == pytest.approx(-60.0 - (-10.0 - curve(-10.0, -40.0, 4.0)), abs=0.5)


def test_the_last_strip_has_no_right() -> None:
    engine = desk(Strip(), Strip(pair=True, pan=-1.0))
    assert render(engine, 10, captured=np.full((10, 2), (0.0, 0.5)))[-1] == pytest.approx([0.5, 0.0], abs=1e-6)


def test_mute_silences_mix_and_reverb_but_not_the_cue() -> None:
    engine = desk(Strip(mute=True, solo=True, reverb=0.0))
    played, cue = np.zeros((2, 4800, 2), dtype=np.float32)
    tone_ = tone(-10.0, 0.1).astype(np.float32)
    engine.render(view(tone_), view(played.reshape(-1)), 4800, view(cue.reshape(-1)))
    assert not played.any()
    assert np.abs(cue[:, 0] - tone_ * MIDDLE).max() <= 1e-6


def test_the_cue_is_what_is_soloed_or_else_the_mix() -> None:
    engine = desk(Strip(pan=-1.0), Strip(pan=1.0, solo=True))
    captured = np.full((4800, 2), (0.1, 0.2), dtype=np.float32)
    played, cue = np.zeros((2, 4800, 2), dtype=np.float32)
    engine.render(view(captured.reshape(-1)), view(played.reshape(-1)), 4800, view(cue.reshape(-1)))
    assert played[-1] == pytest.approx([0.1, 0.2], abs=1e-6)
    assert cue[-1] == pytest.approx([0.0, 0.2], abs=1e-6)
    turn(engine, Strip(pan=-1.0), Strip(pan=1.0))
    for _ in range(10):
        engine.render(view(captured.reshape(-1)), view(played.reshape(-1)), 4800, view(cue.reshape(-1)))
    assert cue.tobytes() == played.tobytes()


def test_channels_past_those_wanted_stay_silent_whatever_they_are_set_to() -> None:
    engine = Engine(RATE, Mixer((Strip(pan=-1.0), Strip(solo=True))), 2, 128, view(np.zeros(2, np.float32)), wanted=1)
    engine.set_levels((1.0,) * 4)
    engine.strips.glides[:] = engine.strips.levels
    captured = np.full((100, 2), (0.25, 0.5))
    assert render(engine, 100, captured=captured)[-1] == pytest.approx([0.25, 0.0], abs=1e-6)
    turn(engine, Strip(pan=-1.0), Strip(trim=20.0))
    assert render(engine, 100, captured=captured)[-1] == pytest.approx([0.25, 0.0], abs=1e-6)


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "interpreted"])
def test_meters_of_a_strip(compiled: bool) -> None:
    with loops(compiled):
        engine = desk(Strip(trim=6.0, compressor=Compressor(-30.0, 4.0, 0.1), gate=Gate(-60.0, 2.0)), rate=8000.0)
    signal = np.full(8000, 0.1) * np.where(np.arange(8000) % 2, -1.0, 1.0)
    signal[:3] = 1.0
    mono(engine, signal)
    meters = list(engine.strips.strip_meters)
    level = -14.0 - 0.75 * 16.0
    assert 20.0 * math.log10(meters[layout.PEAK]) == pytest.approx(level, abs=0.5)
    assert 10.0 * math.log10(meters[layout.SQUARE]) == pytest.approx(level, abs=1.5)
    assert meters[layout.REDUCTION] * 20.0 / math.log(10.0) == pytest.approx(12.0, abs=0.5)
    assert meters[layout.GATING] == 0.0
    assert meters[layout.CLIPPED] == 3.0


def test_what_is_at_rest_costs_nothing_and_wakes_without_a_jump() -> None:
    still = Strip()
    engine = desk(still)
    signal = tone(-10.0, 3.0)
    heard = [mono(engine, signal[:RATE])]
    turn(engine, Strip(eq=Equaliser(-15.0, -15.0, 300.0, -15.0), gate=Gate(-20.0, 20.0), high_pass=120, trim=-20.0))
    heard.append(mono(engine, signal[RATE : 2 * RATE]))
    turn(engine, still)
    heard.append(mono(engine, signal[2 * RATE :]))
    assert np.abs(np.diff(np.concatenate(heard))).max() <= 1.05 * np.abs(np.diff(signal)).max() * MIDDLE
    assert np.abs(heard[2][-RATE // 10 :] - signal[-RATE // 10 :] * MIDDLE).max() <= 1e-5
    assert level_of(heard[1][-RATE // 10 :]) < -10.0


def test_nothing_is_captured_where_there_is_no_input() -> None:
    assert not render(engine_with([], 0), 100).any()
