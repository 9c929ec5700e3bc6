"""A warm pad: sawtooth waves a few cents apart behind a low-pass that drifts, as on synthesizers since the 1970s.

The middle one goes on from breath to breath, so that the sound never sinks away. The others, detuned, have no phase in
common with those of the next breath: where two overlap it is powers, not amplitudes, that make up 1. All figures are
general knowledge or this project's own.
"""

import numpy as np

from jambox.sound.instruments.breaths import breath, points
from jambox.sound.instruments.shapes import harmonics
from jambox.sound.instruments.tones import Samples, Signal, partials
from jambox.units import Hertz

LOUDNESS = -27.2
"""LUFS of a breath."""
DETUNED = ((-9.0, 0.25), (-4.0, 0.4), (5.0, 0.4), (8.0, 0.25))
"""Cents and amplitude of each wave beside the middle one: no two the same distance apart, so that no beats join."""
CORNERS = (450.0, 1100.0)
"""Hz between which the low-pass, 12 dB an octave, drifts."""

_TOP = 4500.0
_MOST = 30


def warm(frequency: Hertz, seconds: float, rate: int, seed: int) -> Samples:
    """One breath at `frequency` (30 to 1000 Hz); shape (round(seconds * rate),). Seeds differ in phases and drift."""
    rng = np.random.default_rng([seed, round(frequency * 100)])
    n = harmonics(frequency, rate, _TOP, _MOST)
    t = points(seconds, rate)
    drift = 0.5 + 0.5 * np.sin(2.0 * np.pi * (t * rng.uniform(0.04, 0.1) + rng.uniform(0.0, 1.0)))
    corner = CORNERS[0] * (CORNERS[1] / CORNERS[0]) ** drift
    levels: Signal = 1.0 / (n * (1.0 + (frequency * n / corner) ** 2))
    pitches = np.concatenate([frequency * 2.0 ** (cents / 1200.0) * n for cents, _ in DETUNED])
    phases = np.exp(2j * np.pi * rng.uniform(0.0, 1.0, len(pitches)))
    beside = np.hstack([share * levels for _, share in DETUNED]) * phases
    others = partials(pitches, beside, round(seconds * rate), rate)
    return breath(frequency * n, levels, seconds, rate, LOUDNESS, others)
