"""Pakhawaj: a barrel whose right head is loaded as the tabla's is, and whose left carries dough.

The right head rings in Raman's five harmonics (1920, 1934; see `tabla`), here deeper than a dayan by most of an octave;
the left has a deep, round bass, without the glide of a bayan, for its dough is wet and its skin is struck with
the flat hand. Pitch range, decays and levels are this project's guesses after the tabla's, which players should check.
"""

from collections.abc import Mapping
from types import MappingProxyType

from jambox.sound.instruments.strokes import Blow
from jambox.sound.instruments.tones import Band, Mode

SA = 130.81
"""The right head's mode 1 is Sa, between this frequency in Hz (C3) and its double."""
BASS = 65.41
"""The left head is Sa too, an octave below."""

PAKHAWAJ: Mapping[str, Blow] = MappingProxyType(
    {
        "ta": Blow(
            SA,
            (
                *(Mode(1.0, -14, 0.10), Mode(2.0, -3, 0.90), Mode(3.0, 0, 0.60), Mode(4.0, -7, 0.40)),
                *(Mode(5.0, -10, 0.25), Mode(6.0, -16, 0.15), Mode(7.1, -18, 0.10)),
            ),
            (Band(300, 1600, -14, 0.03), Band(1600, 5000, -15, 0.025)),
            -22.0,
            tuned=True,
        ),
        "din": Blow(
            SA,
            (Mode(1.0, 0, 1.50), Mode(2.0, -12, 1.10), Mode(3.0, -17, 0.50), Mode(4.0, -24, 0.30)),
            (Band(150, 600, -15, 0.04), Band(600, 3000, -22, 0.025)),
            -21.5,
            bend=0.2,
            settle=0.04,
            tuned=True,
        ),
        "te": Blow(
            SA,
            (Mode(1.3, 0, 0.05), Mode(2.4, -3, 0.045), Mode(4.6, -10, 0.06)),
            (Band(150, 700, -5, 0.045), Band(700, 3500, -8, 0.035), Band(3500, 8000, -20, 0.03)),
            -27.0,
            tuned=True,
        ),
        "ti": Blow(
            SA,
            (Mode(1.6, -3, 0.045), Mode(4.8, -9, 0.06)),
            (Band(150, 700, -9, 0.04), Band(1000, 4500, -7, 0.035), Band(4500, 9000, -18, 0.03)),
            -28.5,
            tuned=True,
        ),
        "ge": Blow(
            BASS,
            (Mode(1.0, 0, 0.90), Mode(2.0, -9, 0.50), Mode(3.01, -15, 0.35), Mode(4.01, -21, 0.25)),
            (Band(100, 500, -15, 0.05), Band(500, 2500, -25, 0.025)),
            -21.0,
            bend=0.8,
            settle=0.05,
            tuned=True,
        ),
        "ka": Blow(
            BASS,
            (Mode(1.5, 0, 0.07), Mode(2.7, -6, 0.05), Mode(5.2, -14, 0.04)),
            (Band(90, 400, -6, 0.06), Band(400, 2000, -11, 0.04), Band(2000, 7000, -22, 0.03)),
            -27.0,
            tuned=True,
        ),
    }
)
