"""Overtone singing from Tuva and Mongolia as a drone: khöömei, sygyt and kargyraa.

The singer's folds give a harmonic tone, and the mouth merges two formants into one narrow peak, at 1 to 2 kHz, that
lifts a single partial up to 15 dB over its neighbours: a filter, no second source (Bergevin and others, eLife 2020,
50476; another theory: overtone.cc). Partials 6 to 13 make the melodies (overtone.cc). In kargyraa the ventricular
folds close at half the rate of the vocal folds and weaken every second pulse, so that a tone an octave lower, with all
its partials, comes to the voice (Lindestad and others, 2001).

The slopes, the widths and the vowels are this project's own.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from jambox.sound.instruments.breaths import breath, points
from jambox.sound.instruments.shapes import harmonics, resonance, slope, strength, swelling
from jambox.sound.instruments.tones import Samples, amplitude, noise
from jambox.units import Hertz

LOUDNESS = -22.3
"""LUFS of a breath."""
MELODY = range(6, 14)
"""Partials that singers make melodies of."""
WEAKER = 0.4
"""What is left of every second pulse in kargyraa."""

_MOST = 70
_TOP = 7000.0
_BREATH = -46.0


@dataclass(frozen=True, slots=True)
class Style:
    """How a style shapes the voice: fall of the source in dB an octave, dB of the peak and its Q, level of the rest."""

    fall: float
    peak: float
    q: float
    body: float


KHOOMEI = Style(fall=6.5, peak=15.0, q=30.0, body=5.0)
SYGYT = Style(fall=4.0, peak=18.0, q=45.0, body=0.0)


def overtone(style: Style, number: int, frequency: Hertz, seconds: float, rate: int, seed: int) -> Samples:
    """One breath of a voice of `frequency` (50 to 350 Hz) that lets its partial `number` whistle.

    Shape (round(seconds * rate),). Seeds differ in how the whistle and the other partials swell.
    """
    rng = np.random.default_rng([seed, round(frequency * 100)])
    n = harmonics(frequency, rate, _TOP, _MOST)
    t = points(seconds, rate)
    levels = slope(n, style.fall) * resonance(frequency * n, 420.0, 3.0, style.body)
    levels *= resonance(n, float(number), style.q, style.peak) * resonance(frequency * n, 3100.0, 5.0, 8.0)
    swell = swelling(n, t, 0.12, rng)
    flutter = np.sin(2.0 * np.pi * (t * rng.uniform(4.6, 5.4) + rng.uniform(0.0, 1.0)))
    swell[:, number - 1 : number] *= 1.0 + 0.15 * flutter
    hiss = noise(1500.0, 6000.0, round(seconds * rate), rate, rng) * (strength(levels) * amplitude(_BREATH))
    return breath(frequency * n, levels * swell, seconds, rate, LOUDNESS, hiss)


def kargyraa(frequency: Hertz, seconds: float, rate: int, seed: int) -> Samples:
    """One breath of kargyraa whose low tone, that of the ventricular folds, is `frequency` (30 to 150 Hz).

    Odd partials are those which the weaker pulses bring; their share of a pulse train's is (1 - w) / (1 + w) with w
    WEAKER, 7.4 dB less than the even ones. The vowel moves from o to a and back, each seed in its own way.
    """
    rng = np.random.default_rng([seed, round(frequency * 100)])
    n = harmonics(frequency, rate, _TOP, 2 * _MOST)
    t = points(seconds, rate)
    vowel = np.sin(2.0 * np.pi * (t * rng.uniform(0.15, 0.3) + rng.uniform(0.0, 1.0)))
    levels = slope(n, 7.0) * np.where(n % 2 == 1, (1.0 - WEAKER) / (1.0 + WEAKER), 1.0)
    shaped = levels * resonance(frequency * n, 560.0 * 2.0 ** (0.35 * vowel), 5.0, 16.0)
    shaped = shaped * resonance(frequency * n, 950.0 * 2.0 ** (0.3 * vowel), 8.0, 12.0)
    shaped = shaped * resonance(frequency * n, 2600.0, 4.0, 8.0)
    hiss = noise(800.0, 5000.0, round(seconds * rate), rate, rng) * (strength(shaped) * amplitude(_BREATH + 6.0))
    return breath(frequency * n, shaped * swelling(n, t, 0.12, rng), seconds, rate, LOUDNESS, hiss)


VOICES = {
    f"{name}-{number}": partial(overtone, style, number)
    for name, style in (("khoomei", KHOOMEI), ("sygyt", SYGYT))
    for number in MELODY
}
"""One instrument for each partial that may whistle: khoomei-6 to sygyt-13."""
