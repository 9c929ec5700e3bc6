"""A warm pad: sawtooth waves a few cents apart behind a low-pass that drifts, as on synthesizers since the 1970s.

Detuned waves have no phase in common, so the overlap of two breaths adds powers, not amplitudes: each rises and falls
as a quarter of a sine. All figures are general knowledge or this project's own.
"""

import numpy as np

from jambox.sound.instruments.breaths import points, weight
from jambox.sound.instruments.finish import finish
from jambox.sound.instruments.shapes import harmonics
from jambox.sound.instruments.tones import Samples, Signal, partials
from jambox.units import Hertz

LOUDNESS = -25.0
"""LUFS of a breath."""
DETUNED = (-9.0, -4.0, 0.0, 5.0, 8.0)
"""Cents of each wave: nearly 0 on average, and no two the same distance apart, so that their beats do not join."""
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
    levels = np.sqrt(weight(t, seconds)) / (n * (1.0 + (frequency * n / corner) ** 2))
    pitches: Signal = (frequency * 2.0 ** (np.array(DETUNED)[:, None] / 1200.0) * n).reshape(-1)
    phases = np.exp(2j * np.pi * rng.uniform(0.0, 1.0, len(pitches)))
    sound = partials(pitches, np.tile(levels, len(DETUNED)) * phases, round(seconds * rate), rate)
    return finish(sound, rate, LOUDNESS, measured=seconds, fade=0.002)
