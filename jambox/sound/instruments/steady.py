"""Sounds that go on: one breath of a reed, a pipe or a bowed string, from a table of figures.

Additive: exact harmonics, whose levels stray with the pressure, all together, and a little each on its own. Pitch
strays, too, but is back where it was while two breaths sound together. That, and the phases of the partials, are a
string's own, the same in all its breaths and on whatever tonic: so it can go over from one pitch to another in phase.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from jambox.music.drone import TURNS
from jambox.sound.instruments.breaths import breath, points, still, wander
from jambox.sound.instruments.tones import Samples, Signal, amplitude, noise
from jambox.units import Hertz

_MOST = 80
_TOP = 12000.0
_DECIBEL = float(np.log(10.0) / 20.0)
_SINES = 3


@dataclass(frozen=True, slots=True)
class Steady:
    """What sounds steadily: `spectrum` gives amplitudes by number and frequency (Hz) of the partials.

    `loudness` is that of one string, in LUFS. `swell` (dB) and `sway` (cents) are by how much level and pitch stray,
    RMS, with the pressure, at the `rates` between which it does so, in Hz; `shimmer` (dB) by how much each partial does
    on its own. `hiss` is noise: from, to (Hz), and level in dB against the partials. `dips` is how far (dB) and for how
    long (s) the sound sinks, once in a breath. `spread` is by how many radians phases lie apart: where it is small,
    strings an octave apart add up alike on every tonic; where two beat, all are in step at once, with a thump.
    """

    spectrum: Callable[[Signal, Signal], Signal]
    loudness: float
    swell: float = 0.4
    sway: float = 1.0
    rates: tuple[float, float] = (0.3, 0.6)
    shimmer: float = 0.5
    hiss: tuple[float, float, float] | None = None
    dips: tuple[float, float] | None = None
    spread: float = 1.2


def sound(steady: Steady, frequency: Hertz, seconds: float, rate: int, seed: int) -> Samples:
    """One breath of a string or pipe tuned to `frequency` (20 to 2000 Hz); shape (round(seconds * rate),).

    Seeds differ in how level strays, and in noise; those of other strings, in phases and in how pitch strays.
    """
    rng, string = np.random.default_rng([seed, round(frequency * 100)]), np.random.default_rng(seed // TURNS)
    count = max(1, min(_MOST, int(min(_TOP, 0.45 * rate) / frequency)))
    n = np.arange(1, count + 1, dtype=np.float64)
    amplitudes = steady.spectrum(n, frequency * n)
    n, amplitudes, count = n[amplitudes != 0.0], amplitudes[amplitudes != 0.0], int(np.count_nonzero(amplitudes))
    t = points(seconds, rate)
    level, _ = _pressure(t, steady.rates, rng)
    _, turns = _pressure(t, steady.rates, string)
    decibels = steady.swell * level + steady.shimmer * wander(t, 0.1, 0.5, count, rng)
    if steady.dips:
        decibels = decibels - _dip(t, seconds, steady.dips, rng)
    stray = frequency * (2.0 ** (steady.sway / 1200.0) - 1.0) * still(t, seconds) * turns
    phases = string.normal(0.0, steady.spread, count)
    envelopes = amplitudes * np.exp(decibels * _DECIBEL + 2j * np.pi * stray * n + 1j * phases)
    hiss = None
    if steady.hiss:
        low, high, under = steady.hiss
        power = float(np.sqrt(0.5 * np.sum(amplitudes**2)))
        hiss = amplitude(under) * power * noise(low, high, round(seconds * rate), rate, rng)
    return breath(frequency * n, envelopes, seconds, rate, steady.loudness, hiss)


def pulse(duty: float) -> Callable[[Signal, Signal], Signal]:
    """The spectrum of a reed that lets air through for the share `duty` of each period, falling from 1 kHz on.

    By 9 dB an octave there.
    """

    def spectrum(n: Signal, frequencies: Signal) -> Signal:
        amplitudes: Signal = np.sin(np.pi * n * duty) / n * (1.0 + (frequencies / 1000.0) ** 2) ** -0.75
        return amplitudes

    return spectrum


def _pressure(t: Signal, rates: tuple[float, float], rng: np.random.Generator) -> tuple[Signal, Signal]:
    """How pressure strays, RMS 1, and that summed up over time, in seconds; both of shape (T, 1)."""
    each, phases = rng.uniform(*rates, _SINES), rng.uniform(0.0, 2.0 * np.pi, _SINES)
    angles = 2.0 * np.pi * t * each + phases
    share = np.sqrt(2.0 / _SINES)
    level = share * np.sin(angles).sum(axis=1, keepdims=True)
    turns = share * (-np.cos(angles) / (2.0 * np.pi * each)).sum(axis=1, keepdims=True)
    return level, turns


def _dip(t: Signal, seconds: float, dips: tuple[float, float], rng: np.random.Generator) -> Signal:
    """By how many dB the sound sinks, once in the midst of a breath; shape (T, 1)."""
    depth, width = dips
    place = rng.uniform(0.25, 0.75) * seconds
    sunk: Signal = depth * rng.uniform(0.5, 1.0) * np.exp(-0.5 * ((t - place) / (0.4 * width)) ** 2)
    return sunk
