"""Buses and master, measured: limiter, tone, width, ducking, loudness."""

import math
from collections.abc import Callable

import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from jambox.sound import layout, meters
from jambox.sound.engine import Engine
from jambox.sound.parameters import Bus, Compressor, Duck, Equaliser, Master, Mixer, Strip
from jambox.sound.strips import CEILING, INTERPOLATOR, RELEASE, TAKING
from jambox.sound.tables import table
from tests.sound.bench import RATE, Samples, desk, engine_with, loops, mono, render, turn
from tests.sound.test_channels import MIDDLE, decibels, fence, level_of, response, tone

LIMIT = 10.0 ** (-1.0 / 20.0)
"""-1 dBTP."""
Array = NDArray[np.float64]


def true_peak(played: Samples) -> float:
    """ITU-R BS.1770-4, annex 2, in dBTP: the four phases of the interpolator as plain convolutions."""
    sides = np.asarray(played, dtype=np.float64).reshape(len(played), -1).T
    return float(
        decibels(max(np.abs(np.convolve(side, phase)).max() for side in sides for phase in np.array(INTERPOLATOR)))
    )


def fine_peak(played: Samples, times: int = 16) -> float:
    """The peak in dB of the band-limited wave through the samples, `times` as fine, apart from BS.1770's filter."""
    sides = np.asarray(played, dtype=np.float64).reshape(len(played), -1).T
    found = 0.0
    for side in sides:
        spectrum = np.fft.rfft(
            side * np.minimum(1.0, np.minimum(np.arange(len(side)), np.arange(len(side))[::-1]) / 500)
        )
        found = max(found, np.abs(np.fft.irfft(spectrum, times * len(side)) * times).max())
    return float(decibels(np.array([found]))[0])


def noise(frames: int) -> Samples:
    return np.random.default_rng(5).uniform(-1.0, 1.0, frames)


def gaussian(frames: int) -> Samples:
    return np.random.default_rng(6).standard_normal(frames)


def square(frames: int) -> Samples:
    return np.asarray(np.sign(np.sin(2.0 * np.pi * 441.0 * (np.arange(frames) + 0.5) / RATE)))


def quarter(frames: int) -> Samples:
    """A sine of a quarter of the rate whose samples all miss the peaks by 3 dB."""
    return np.asarray(MIDDLE * np.sign(np.sin(0.5 * np.pi * (np.arange(frames) + 0.5))))


def alternating(frames: int) -> Samples:
    """What the interpolator makes most of."""
    return np.tile([1.0, -1.0, 1.0, -1.0, 1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0, -1.0], frames // 12 + 1)[:frames]


def clicks(frames: int) -> Samples:
    signal = np.zeros(frames)
    signal[::997] = 1.0
    return signal


SIGNALS = [noise, gaussian, square, quarter, alternating, clicks]


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("gain", [0.0, 20.0, 40.0])
@pytest.mark.parametrize("rate", [44100.0, 96000.0])
def test_no_true_peak_passes_the_limit(signal: Callable[[int], Samples], gain: float, rate: float) -> None:
    loud = signal(RATE // 2)
    played = render(desk(Strip(trim=gain, pan=-0.2), rate=rate), len(loud), captured=loud.reshape(-1, 1))
    assert true_peak(played) <= -1.0
    assert np.abs(played).max() <= CEILING
    if gain and signal is not clicks:
        # It is no more timid than it must be: the loudest side comes near, and steady sound stays loud.
        assert true_peak(played) > -2.0


@pytest.mark.parametrize("gain", [-20.0, 20.0])
def test_no_frame_is_late(gain: float) -> None:
    loud = noise(RATE)
    mixer = Strip(
        trim=gain, pan=-0.2, high_pass=80, eq=Equaliser(3.0, 3.0, 1000.0, 3.0), compressor=Compressor(ratio=3.0)
    )
    heard = mono(desk(mixer), loud)
    likeness = [float(np.dot(heard[lag:], loud[: RATE - lag])) for lag in range(200)]
    assert int(np.argmax(np.abs(likeness))) == 0


def sine(frames: int) -> Samples:
    return tone(0.0, frames / RATE, 997.0)


@pytest.mark.parametrize("signal", [square, quarter, sine])
def test_a_finer_meter_agrees(signal: Callable[[int], Samples]) -> None:
    loud = signal(RATE // 2)
    played = render(desk(Strip(trim=20.0, pan=-1.0)), len(loud), captured=loud.reshape(-1, 1))
    # The interpolator of BS.1770 has ripples of its own: it may read half a decibel less.
    assert fine_peak(played[:, 0]) <= -0.5


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    pieces=st.lists(st.sampled_from([0.0, 0.1, 0.9, 1.0, 5.0, 80.0, 1e4]), min_size=1, max_size=12),
    patterns=st.integers(1, 4095),
)
def test_no_true_peak_passes_whatever_comes(seed: int, pieces: list[float], patterns: int) -> None:
    random = np.random.default_rng(seed)
    pattern = np.array([1.0 if patterns >> bit & 1 else -1.0 for bit in range(12)])
    parts = []
    for loud in pieces:
        kinds = (random.uniform(-1, 1, 240), np.tile(pattern, 20), np.repeat(random.choice([-1.0, 1.0], 60), 4))
        parts.append(loud * kinds[random.integers(0, 3)])
    captured = np.stack([np.concatenate(parts), np.concatenate(parts[::-1])], 1)
    played = render(desk(Strip(pan=-1.0), Strip(pan=0.4)), len(captured), captured=captured)
    assert true_peak(played) <= -1.0


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "interpreted"])
def test_the_interpreted_limiter_holds_too(compiled: bool) -> None:
    with loops(compiled):
        engine = desk(Strip(trim=20.0, pan=0.5))
    loud = np.concatenate([noise(300), alternating(300), np.zeros(50), square(300)])
    assert true_peak(render(engine, len(loud), captured=loud.reshape(-1, 1))) <= -1.0


@pytest.mark.parametrize("signal", [noise, square])
@pytest.mark.parametrize("pan", [-1.0, 0.0, 1.0])
def test_the_limiter_lets_go_smoothly(signal: Callable[[int], Samples], pan: float) -> None:
    engine = desk(Strip(trim=20.0, pan=pan))
    render(engine, RATE // 4, captured=signal(RATE // 4).reshape(-1, 1))
    quiet = 0.001 * np.where(np.arange(RATE) % 2, -1.0, 1.0)
    side = 0 if pan < 1.0 else 1
    heard = render(engine, RATE, captured=quiet.reshape(-1, 1))[:, side] / quiet
    # Constant dB a second, e-fold in a release time, up to unity: no step, no overshoot, and then as it is.
    full = 10.0 * (1.0 if pan else MIDDLE)
    course = decibels(heard / full)
    assert (np.diff(course) > -1e-4).all()
    assert np.diff(course).max() <= 1.01 * 20.0 / math.log(10.0) / (RELEASE * RATE)
    assert course[0] < -19.0
    assert course[-1] == pytest.approx(0.0, abs=1e-3)
    reached = int(np.argmax(course > -0.01))
    assert reached == pytest.approx(-course[0] * RELEASE * RATE * math.log(10.0) / 20.0, rel=0.02)


def test_noise_stays_as_loud_as_its_true_peaks_allow() -> None:
    played = mono(desk(Strip(trim=20.0, pan=-1.0)), noise(2 * RATE))[RATE:]
    # A uniform noise whose peaks reach worst case has an RMS of CEILING / 2.02 / sqrt 3; more is louder.
    assert decibels(np.array([played.std()]))[0] > -12.0
    assert np.abs(np.diff(decibels(np.array([played[i : i + 4800].std() for i in range(0, RATE, 4800)])))).max() < 1.5


def test_the_limiter_turns_both_sides_down_alike() -> None:
    engine = desk(Strip(trim=20.0, pan=-1.0), Strip(pan=1.0))
    render(engine, RATE // 5, captured=np.full((RATE // 5, 2), 0.5))
    left, right = render(engine, 1, captured=np.full((1, 2), 0.5))[0]
    assert left > 0.7
    assert right == pytest.approx(left / 10.0, rel=1e-3)


def test_what_is_soft_enough_passes_untouched() -> None:
    soft = 0.43 * noise(RATE)
    assert mono(desk(Strip(pan=-1.0)), soft) == pytest.approx(soft.astype(np.float32), abs=1e-7)


@pytest.mark.parametrize("tilt", [-6.0, -2.0, 3.0, 6.0])
def test_the_tone_is_a_tilt_within_a_twentieth_of_a_decibel_of_theory(tilt: float) -> None:
    impulse = np.zeros(1 << 15)
    impulse[0] = 0.05
    heard = mono(desk(Strip(), master=Master(tone=tilt)), impulse) / (0.05 * MIDDLE)
    frequencies = np.fft.rfftfreq(len(heard), 1.0 / RATE)[10:14000]
    s = 1j * np.tan(np.pi * frequencies / RATE) / math.tan(math.pi * 1000.0 / RATE)
    low, high = 10.0 ** (-tilt / 20.0), 10.0 ** (tilt / 20.0)
    expected = decibels((low + high * s) / (1.0 + s))
    assert np.abs(decibels(np.fft.rfft(heard))[10:14000] - expected).max() < 0.05


@pytest.mark.parametrize("width", [0.0, 0.5, 1.0, 2.0])
def test_width_scales_the_sides(width: float) -> None:
    engine = desk(Strip(pan=-1.0), Strip(pan=1.0), master=Master(width=width))
    left, right = render(engine, 40, captured=np.full((40, 2), (0.3, 0.1)))[-1].tolist()
    assert (left + right) / 2 == pytest.approx(0.2, abs=1e-6)
    assert (left - right) / 2 == pytest.approx(0.1 * width, abs=1e-6)


def humming(mixer: Mixer) -> Engine:
    """A drone and a rhythm that do nothing but sound, and one input."""
    engine = engine_with([np.full(20 * RATE, 0.1)], 1, mixer=mixer)
    engine.voices.start(layout.DRONE, 1, 20 * RATE, 1.0, pan=-1.0)
    engine.voices.start(layout.RHYTHM, 1, 20 * RATE, 1.0, pan=1.0)
    return engine


@pytest.mark.parametrize(
    ("level", "depth", "expected"),
    [(-45, 12, 0), (-34, 12, 6), (-10, 12, 12), (-10, 24, 24), (-10, 0, 0)],
)
def test_drone_and_rhythm_give_way(level: float, depth: float, expected: float) -> None:
    engine = humming(Mixer((Strip(mute=True),), duck=Duck(1, depth, -40.0)))
    captured = fence(level, level, 0.3).reshape(-1, 1)
    played = render(engine, len(captured), captured=captured)[-1]
    assert decibels(played / 0.1) == pytest.approx([-expected] * 2, abs=0.2)
    silence = np.zeros((2 * RATE, 1))
    after = decibels(render(engine, len(silence), captured=silence) / 0.1)
    assert after[-1] == pytest.approx([0.0, 0.0], abs=0.2)
    if expected:
        half = int(np.argmax(after[:, 0] > -expected / math.e))
        assert half / RATE == pytest.approx(TAKING + 0.015, rel=0.1)
    assert np.abs(np.diff(np.concatenate([[played], 10 ** (after / 20) * 0.1]), axis=0)).max() < 1e-3


def test_nobody_gives_way_to_a_strip_that_is_not_there() -> None:
    engine = humming(Mixer(duck=Duck(9)))
    assert render(engine, 4800, captured=np.full((4800, 1), 0.5))[-1, 0] > 0.1
    engine = humming(Mixer(duck=Duck(9)))
    assert render(engine, 4800, captured=np.zeros((4800, 1)))[-1, 0] == pytest.approx(0.1)


def test_ducking_may_move_to_another_strip() -> None:
    engine = desk(Strip(mute=True), Strip(mute=True), duck=Duck(1))
    captured = np.stack([np.zeros(RATE), fence(-10, -10, 1 / 3)], 1)
    render(engine, RATE, captured=captured)
    assert engine.strips.meters[layout.DUCKED] == 0.0
    turn(engine, Strip(mute=True), Strip(mute=True), duck=Duck(2))
    render(engine, RATE, captured=captured)
    assert engine.strips.meters[layout.DUCKED] == pytest.approx(9.0 * math.log(10.0) / 20.0, rel=1e-3)


def loudness(engine: Engine) -> float:
    page = table("d", meters.METERS)
    engine.strips.read_meters(page)
    told = meters.as_dict(page)["loudness"]
    assert isinstance(told, float)
    return told


@pytest.mark.parametrize("rate", [44100, 48000, 96000])
@pytest.mark.parametrize("kind", ["noise", "music", "low"])
def test_loudness_is_that_of_a_kept_implementation(rate: int, kind: str) -> None:
    t = np.arange(round(4.0 * rate)) / rate
    random = np.random.default_rng(3)
    mono_ = {
        "noise": 0.1 * random.standard_normal(len(t)),
        "music": sum(0.1 / n * np.sin(2 * np.pi * 220 * n * t) * (1 + np.sin(2 * np.pi * 2 * t)) for n in range(1, 9)),
        "low": 0.3 * np.sin(2 * np.pi * 60 * t),
    }[kind]
    captured = np.stack([mono_, 0.5 * np.roll(mono_, 100)], 1)
    engine = desk(Strip(pan=-1.0), Strip(pan=1.0), rate=rate)
    played = render(engine, len(t), captured=captured).astype(np.float64)
    meter = pyloudnorm.Meter(rate, block_size=3.0)
    # The window ends with the last whole slot.
    slot = round(0.1 * rate / layout.TICK) * layout.TICK
    end = (len(t) - 1) // slot * slot
    kept = meter.integrated_loudness(played[end - 3 * rate : end])
    assert loudness(engine) == pytest.approx(kept, abs=0.1)


def test_loudness_of_the_recommendations_own_tone() -> None:
    # BS.1770-4: a 997 Hz sine at 0 dBFS on one side reads -3.01 LKFS; here 20 dB lower.
    captured = np.stack([tone(-20.0, 4.0, 997.0), np.zeros(4 * RATE)], 1)
    engine = desk(Strip(pan=-1.0), Strip(pan=1.0))
    render(engine, len(captured), captured=captured)
    assert loudness(engine) == pytest.approx(-23.0, abs=0.06)
    render(engine, 4 * RATE, captured=np.zeros_like(captured))
    assert loudness(engine) == -120.0


def test_sends_of_the_buses_reach_the_reverb() -> None:
    for bus, mixer in ((layout.DRONE, Mixer(drone=Bus(0.0))), (layout.RHYTHM, Mixer(rhythm=Bus(0.0)))):
        engine = engine_with([tone(-20.0, 1.0)], mixer=mixer)
        engine.voices.start(bus, 1, RATE, 1.0)
        render(engine, RATE)
        assert level_of(render(engine, 4800)[:, 0]) > -60.0
        plain = engine_with([tone(-20.0, 1.0)])
        plain.voices.start(bus, 1, RATE, 1.0)
        render(plain, RATE)
        assert not render(plain, 4800).any()


def test_a_flat_master_has_a_flat_response() -> None:
    _, heard = response(Strip(), RATE)
    assert np.abs(heard).max() < 1e-3
