"""A drone pipe after the yiḏaki of the Yolŋu of Arnhem Land, elsewhere didjeridu: lips, pipe and the player's mouth.

The lips are closed for about half of each cycle, so what they let through is a pulse with high partials. Where the
player's mouth and throat resonate, in 1 to 3 kHz while the tongue is high, the lips cannot let those partials through;
what passes between two such places is heard as a formant, and the tongue moves it. A player breathes in through the
nose while the cheeks push the air: the sound dips and darkens for a moment, every few seconds (Tarnopolsky, Fletcher,
Hollenberg, Lange, Smith and Wolfe, JASA 119, 2006; newt.phys.unsw.edu.au/jw/yidaki.html). Pipes of 1.5 m sound 55 to
80 Hz.

How fast the tongue moves, how often a player breathes, and every level here are general knowledge or this project's
own. This is a pipe and its tongue, for a jam: the songs and the playing that belong to the Yolŋu are not in it.
"""

import numpy as np

from jambox.sound.instruments.breaths import breath, points, still
from jambox.sound.instruments.shapes import harmonics, strength, swelling
from jambox.sound.instruments.tones import Samples, Signal, amplitude, noise
from jambox.units import Hertz

LOUDNESS = -22.3
"""LUFS of a breath."""
STOPS = (1450.0, 2350.0)
"""Hz at which mouth and throat take partials away, tongue at rest; what lies between is the formant."""
MOVED = 0.22
"""Share by which the tongue moves them, up and down."""
SNIFFS = (2.1, 4.5)
"""Seconds into a breath at which the player breathes in, within 0.3."""
SNIFF = 0.45
"""Seconds of one."""

_OPEN = 0.46
_MOST = 110
_TOP = 6000.0
_PIPE = 700.0
_DULL = 2900.0
_DEEP = 20.0
_WIDE = 300.0
_DIP = -5.0
_NOISE = -30.0


def blow(frequency: Hertz, seconds: float, rate: int, seed: int) -> Samples:
    """One breath, as breaths are laid over each other, of a pipe of `frequency` (30 to 200 Hz), with its sniffs.

    Shape (round(seconds * rate),). Seeds differ in when the player breathes in and in how the tongue moves.
    """
    rng = np.random.default_rng([seed, round(frequency * 100)])
    n = harmonics(frequency, rate, _TOP, _MOST)
    t = points(seconds, rate)
    sniff = _sniffs(t, seconds, rng)
    tongue = 0.8 * np.sin(2.0 * np.pi * _gestures(t, rng)) - 1.2 * sniff
    dark = (1.0 + (frequency * n / _PIPE) ** 2) ** (-0.25 * sniff) * amplitude(_DIP) ** sniff
    levels = _lips(n) * _mouth(frequency * n, tongue) * dark * swelling(n, t, 0.08, rng)
    frames = round(seconds * rate)
    gate = np.interp(np.arange(frames) / rate, t[:, 0], sniff[:, 0])
    hiss = noise(900.0, 5000.0, frames, rate, rng) * gate * (strength(levels) * amplitude(_NOISE))
    return breath(frequency * n, levels, seconds, rate, LOUDNESS, hiss)


def _lips(n: Signal) -> Signal:
    """Partials of the flow through lips that are open for `_OPEN` of a cycle, as half a sine; shape (P,)."""
    # The sum below is a half sine's, made smooth so that none of them is missing altogether.
    opened = np.cos(np.pi * n * _OPEN) / (1.0 - (2.0 * n * _OPEN) ** 2 + 1e-9)
    # They shut hard, which brings out what lies above: less than 12 dB are lost an octave.
    flow: Signal = np.sqrt(opened**2 + (0.15 / n) ** 2) * (1.0 + (n / 4.0) ** 2) ** 0.2
    return flow


def _mouth(frequency: Signal, tongue: Signal) -> Signal:
    """What the mouth lets through, for a tongue of -1 (low) to 1 (high), shape (T, 1); shape (T, P)."""
    # The pipe radiates high partials better; its own resonances are weak up there.
    through = (1.0 + (frequency / _PIPE) ** 2) ** 0.62 / (1.0 + (frequency / _DULL) ** 4)
    depth = _DEEP * np.clip(0.65 + 0.35 * tongue, 0.1, 1.0)
    level = np.zeros(1)
    for stop in STOPS:
        level = level - depth / (1.0 + ((frequency - stop * (1.0 + MOVED * tongue)) / (0.5 * _WIDE)) ** 2)
    gain: Signal = through * 10.0 ** (level / 20.0)
    return gain


def _gestures(t: Signal, rng: np.random.Generator) -> Signal:
    """Turns that the tongue has made: 0.8 to 1.8 a second, now faster and now slower; shape (T, 1)."""
    return t * rng.uniform(0.9, 1.7) + 0.25 * np.sin(2.0 * np.pi * (t * 0.23 + rng.uniform(0.0, 1.0)))


def _sniffs(t: Signal, seconds: float, rng: np.random.Generator) -> Signal:
    """1 while the player breathes in, 0 else, as raised cosines; none in an overlap; shape (T, 1)."""
    humps = np.zeros_like(t)
    for at in SNIFFS:
        turn = np.clip((t - at - rng.uniform(-0.3, 0.3)) / (0.5 * SNIFF), -1.0, 1.0)
        humps += 0.5 + 0.5 * np.cos(np.pi * turn)
    return humps * still(t, seconds)
