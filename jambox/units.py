"""Units: names for the numbers that travel through the box, and the formulas between them.

All functions are pure and safe to call in the engine's process.
"""

import math
import re
from typing import NewType

Bpm = NewType("Bpm", float)
"""Beats per minute, 20 to 400."""
Beats = NewType("Beats", float)
"""A position or a length on the Timeline, counted in beats of the current cycle."""
Frames = NewType("Frames", int)
"""A position or a length in sample frames."""
Seconds = NewType("Seconds", float)
Hertz = NewType("Hertz", float)
Decibels = NewType("Decibels", float)
Cents = NewType("Cents", float)

A4 = Hertz(440.0)
"""ISO 16:1975, standard tuning frequency."""
A4_KEY = 69
"""MIDI key number of A4 (MIDI 1.0: key 60 is middle C)."""

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_NOTE = re.compile(r"([A-Ga-g])([#b♯♭]?)(-?\d)(?:\s*([+-]\d{1,4}(?:\.\d+)?)\s*(?:c|cents?)?)?")
_HERTZ = re.compile(r"(\d+(?:\.\d+)?)\s*[Hh][Zz]")


def gain(level: Decibels) -> float:
    """Amplitude ratio of a level in dB: 10^(dB/20)."""
    return float(10.0 ** (level / 20.0))


def decibels(ratio: float) -> Decibels:
    """Level of an amplitude ratio; minus infinity for 0."""
    return Decibels(20.0 * math.log10(ratio)) if ratio > 0.0 else Decibels(-math.inf)


def cents(ratio: float) -> Cents:
    """Interval of a frequency ratio > 0: 1200 log2(ratio) (Ellis, 1885)."""
    return Cents(1200.0 * math.log2(ratio))


def key_frequency(key: float, a4: Hertz = A4) -> Hertz:
    """Frequency of a MIDI key (fractions allowed) in twelve-tone equal temperament."""
    return Hertz(a4 * 2.0 ** ((key - A4_KEY) / 12.0))


def frequency_key(frequency: Hertz, a4: Hertz = A4) -> float:
    """MIDI key, with fraction, of a frequency > 0 Hz: the inverse of `key_frequency`."""
    return A4_KEY + 12.0 * math.log2(frequency / a4)


def parse_pitch(text: str, a4: Hertz = A4) -> Hertz:
    """Frequency of a pitch given as a note with octave (`D3`, `F#2`, `B♭3`), perhaps cents (`D3+14`), or as `146.83Hz`.

    Raises ValueError for anything else, 0 Hz included.
    """
    if (match := _HERTZ.fullmatch(text.strip())) and 0.0 < (frequency := float(match[1])) < math.inf:
        return Hertz(frequency)
    if match := _NOTE.fullmatch(text.strip()):
        step = _STEPS[match[1].upper()] + {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}[match[2]]
        return key_frequency(12 * (int(match[3]) + 1) + step + float(match[4] or 0.0) / 100.0, a4)
    raise ValueError(
        f"{text!r} is no pitch: write a note with its octave, as D3, F#2 or D3+14 c, or a frequency, as 146.83Hz"
    )


def key_name(key: int) -> str:
    """The note of a MIDI key, 0 to 127: `C4` for 60, middle C; sharps for the black ones."""
    return ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")[key % 12] + str(key // 12 - 1)


def pitch_name(frequency: Hertz, a4: Hertz = A4) -> str:
    """The nearest note, with the deviation in cents where it is 1 cent or more: `D3`, `A2 +14 c`."""
    exact = frequency_key(frequency, a4)
    key = round(exact)
    off = round((exact - key) * 100)
    name = key_name(key)
    return f"{name} {off:+d} c" if off else name
