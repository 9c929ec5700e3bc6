"""Bowls and glasses that ring at the rim: a Himalayan singing bowl struck and rubbed, and glasses rubbed.

A bowl bends as a ring does, in 2, 3, 4… waves round the rim. Rayleigh's free ring has these at 1 : 2.83 : 5.42 : 8.77
: 12.9; a bowl's walls and bottom bring them a little closer. No bowl is quite round, so each mode is a pair that beats
slowly. A stick (puja) rubbed round the rim sustains the lowest mode, whose nodes turn with it: the sound pulsates, also
of a bowl that is quite round (Inácio, Henrique and Antunes, Acta Acustica 92, 2006; Terwagne and Bush, Nonlinearity 24,
2011). A wet finger on a glass excites the lowest mode and its harmonics, pulsating 4 to 8 times a second (Rossing,
147th meeting of the ASA, 2004).

The ratios of a bowl, its decay and its beats are general knowledge; all levels are this project's own.
"""

import numpy as np

from jambox.sound.instruments.breaths import breath, points, still
from jambox.sound.instruments.finish import finish
from jambox.sound.instruments.shapes import harmonics
from jambox.sound.instruments.tones import LN_1000, Samples, Signal, amplitude, noise, partials
from jambox.units import Hertz

STRUCK = -17.6
"""LUFS of the first two seconds of a stroke."""
RUBBED = -23.8
"""LUFS of a breath."""
RATIOS = (1.0, 2.78, 5.2, 8.2, 11.7)
"""Of the modes with 2, 3, 4… waves round the rim."""
BEATS = (0.35, 0.8, 1.3, 1.9, 2.4)
"""Hz between the two of each pair, in a bowl of USUAL Hz; in others they are apart by as much of their pitch."""
USUAL = 196.0
T60 = 24.0
"""Seconds in which the lowest mode falls by 60 dB; one of ratio r takes T60 / r."""
LEVELS = (0.0, -7.0, -15.0, -24.0, -32.0)
"""dB of each mode under a mallet wrapped in felt."""

_ATTACK = 0.012
_GLASS = (0.0, -26.0, -36.0, -44.0)
_BOWL = (0.0, -20.0, -30.0, -38.0)


def bowl(frequency: Hertz, seconds: float, rate: int, seed: int) -> Samples:
    """A bowl of `frequency` (50 to 1000 Hz), struck; shape (round(seconds * rate),).

    Seeds strike it at other places of the rim: each pair's two parts then have other shares, never less than a fifth.
    One that is struck at the same place is the same at whatever pitch, as if it were bent there.
    """
    rng = np.random.default_rng(seed)
    place = rng.uniform(0.15, 0.35) * np.pi
    t = points(seconds, rate)
    pitches, levels = [], []
    for waves, (ratio, beat, level) in enumerate(zip(RATIOS, BEATS, LEVELS, strict=True), 2):
        fall = np.exp(t * (-LN_1000 * ratio / T60)) * amplitude(level + rng.uniform(-1.5, 1.5))
        share = 0.55 + 0.25 * np.cos(waves * place + rng.uniform(0.0, np.pi))
        for side, part in ((-0.5, share), (0.5, 1.0 - share)):
            pitch = frequency * (ratio + side * beat / USUAL)
            if pitch < 0.45 * rate:
                pitches.append(pitch)
                levels.append(part * fall)
    soft = 0.5 - 0.5 * np.cos(np.pi * np.minimum(1.0, t / _ATTACK))
    sound = partials(np.array(pitches), soft * np.concatenate(levels, axis=1), round(seconds * rate), rate)
    return finish(sound, rate, STRUCK, measured=min(2.0, seconds), fade=min(1.0, 0.2 * seconds))


def rubbed_bowl(frequency: Hertz, seconds: float, rate: int, seed: int) -> Samples:
    """One breath of a bowl of `frequency` (50 to 1000 Hz) under a stick that goes round in about two seconds.

    The mode with 3 waves sounds along for a moment, as it does where the stick hurries.
    """
    rng = np.random.default_rng([seed, round(frequency * 100)])
    t = points(seconds, rate)
    frames = round(seconds * rate)
    pitches, levels = _rubbed(frequency, _BOWL, (1.8, 2.4), 0.3, t, rate, rng)
    hurry = still(t, seconds) * (1.0 + np.sin(2.0 * np.pi * (t * rng.uniform(0.2, 0.35) + rng.uniform(0.0, 1.0))))
    # It is no harmonic, so it is silent where breaths overlap.
    if RATIOS[1] * frequency < 0.45 * rate:
        pitches, levels = np.append(pitches, RATIOS[1] * frequency), np.hstack((levels, 0.03 * hurry))
    stick = noise(1500.0, 5000.0, frames, rate, rng) * amplitude(-50.0)
    return breath(pitches, levels, seconds, rate, RUBBED, stick)


def glass(frequency: Hertz, seconds: float, rate: int, seed: int) -> Samples:
    """One breath of a glass of `frequency` (100 to 2000 Hz) under a wet finger; shape (round(seconds * rate),)."""
    rng = np.random.default_rng([seed, round(frequency * 100)])
    pitches, levels = _rubbed(frequency, _GLASS, (4.0, 6.0), 0.16, points(seconds, rate), rate, rng)
    finger = noise(2000.0, 7000.0, round(seconds * rate), rate, rng) * amplitude(-49.0)
    return breath(pitches, levels, seconds, rate, RUBBED, finger)


def _rubbed(
    frequency: Hertz,
    table: tuple[float, ...],
    speed: tuple[float, float],
    depth: float,
    t: Signal,
    rate: int,
    rng: np.random.Generator,
) -> tuple[Signal, Signal]:
    """The lowest mode and its harmonics, at dB as in `table`, that pulsate `speed` times a second by `depth`.

    Hz, shape (P,), and levels, shape (T, P).
    """
    n = harmonics(frequency, rate, 0.45 * rate, len(table))
    turns = t * rng.uniform(*speed) + 0.3 * np.sin(2.0 * np.pi * (t * 0.2 + rng.uniform(0.0, 1.0)))
    slow = 0.25 * np.sin(2.0 * np.pi * (t * rng.uniform(0.12, 0.25) + rng.uniform(0.0, 1.0)))
    pulse = 1.0 + depth * np.sin(2.0 * np.pi * turns) + slow
    levels: Signal = 10.0 ** (np.array(table[: len(n)]) / 20.0)
    return frequency * n, pulse * levels
