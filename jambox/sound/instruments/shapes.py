"""Shapes of spectra that steady sounds share: rows of harmonics, bells, resonances, slow swelling."""

import numpy as np

from jambox.sound.instruments.breaths import wander
from jambox.sound.instruments.tones import Signal, amplitude
from jambox.units import Hertz


def harmonics(frequency: Hertz, rate: int, top: float, most: int) -> Signal:
    """The numbers 1, 2, 3… of the partials up to `top` Hz, `most` of them at most and at least one; shape (P,)."""
    return np.arange(1, max(1, min(most, int(min(top, 0.45 * rate) / frequency))) + 1, dtype=np.float64)


def swelling(n: Signal, t: Signal, depth: float, rng: np.random.Generator) -> Signal:
    """Each partial's own slow swelling around 1, by `depth` RMS, 0.1 to 0.6 Hz; shape (T, P)."""
    swell: Signal = np.maximum(0.2, 1.0 + depth * wander(t, 0.1, 0.6, len(n), rng))
    return swell


def bells(frequency: Signal, table: tuple[tuple[float, float, float], ...]) -> Signal:
    """Gain of Gaussian bells, each (Hz, width in Hz, dB at its top); shape of `frequency`."""
    level = np.zeros_like(frequency)
    for centre, width, high in table:
        level = level + high * np.exp(-0.5 * ((frequency - centre) / (0.5 * width)) ** 2)
    gain: Signal = 10.0 ** (level / 20.0)
    return gain


def resonance(at: Signal, centre: float | Signal, q: float, level: float) -> Signal:
    """Gain of a resonance of `level` dB at `centre`, in the unit of `at`, and 0 dB far from it; shape of both."""
    away = q * (at / centre - centre / at)
    gain: Signal = np.sqrt((amplitude(level) ** 2 + away**2) / (1.0 + away**2))
    return gain


def slope(n: Signal, fall: float) -> Signal:
    """Partials that fall by `fall` dB an octave; shape of `n`."""
    levels: Signal = n ** (-fall / (20.0 * np.log10(2.0)))
    return levels


def strength(levels: Signal) -> float:
    """RMS of partials that have these amplitudes, shape (T, P) or (P,), on average."""
    return float(np.sqrt(0.5 * np.square(levels).sum(axis=-1).mean()))
