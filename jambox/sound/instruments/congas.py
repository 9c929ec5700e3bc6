"""Conga and bongó.

A single skin, open below (Rossing, JASA 85 S1, S33). Where it is struck shifts the balance of its modes (ISB Journal of
Physics 8, 2014). Open tone 227 Hz and bongó 310 and 420 Hz: the pitches of the TR-808's congas, as McCurdy's study
gives them, 0.25 to 0.45 s. Slap 60 ms, heel and toe 40 ms, muted by the hand that stays: general knowledge.
"""

from collections.abc import Mapping
from types import MappingProxyType

from jambox.sound.instruments.bodies import skin
from jambox.sound.instruments.strokes import Blow
from jambox.sound.instruments.tones import Band, Mode


def _open(pitch: float, t60: float, tilt: float, target: float) -> Blow:
    return Blow(
        pitch,
        skin(0.55, 0, t60, damping=1.2, tilt=tilt),
        (Band(200, 900, -18, 0.03), Band(900, 4000, -24, 0.02)),
        target,
        bend=0.6,
        settle=0.02,
    )


def _muted(pitch: float, bright: float, target: float) -> Blow:
    return Blow(
        pitch,
        (Mode(1.0, 0, 0.06), Mode(1.7, -4, 0.045), Mode(2.6, -8, 0.035), Mode(4.1, -14 + bright, 0.03)),
        (Band(120, 600, -6, 0.04), Band(600, 3000, -14 + bright, 0.025), Band(3000, 8000, -26 + bright, 0.02)),
        target,
    )


def _slap(pitch: float, target: float) -> Blow:
    return Blow(
        pitch,
        (
            *(Mode(1.0, -9, 0.07), Mode(1.61, -7, 0.07), Mode(2.2, -3, 0.06), Mode(3.1, 0, 0.06)),
            *(Mode(4.2, -2, 0.055), Mode(5.3, -4, 0.05), Mode(6.9, -8, 0.045), Mode(9.2, -13, 0.04)),
        ),
        (Band(700, 2500, -8, 0.035), Band(2500, 8000, -11, 0.03)),
        target,
        bend=0.4,
        settle=0.01,
        drive=2.5,
    )


CONGA: Mapping[str, Blow] = MappingProxyType(
    {
        "open": _open(227.0, 0.42, 5.0, -21.0),
        "slap": _slap(240.0, -22.5),
        "heel": _muted(130.0, 0.0, -27.0),
        "toe": _muted(190.0, 5.0, -27.5),
        "bongó high": _open(420.0, 0.25, 3.5, -22.5),
        "bongó low": _open(310.0, 0.33, 4.0, -21.5),
        "bongó touch": _muted(420.0, 8.0, -29.0),
        "bongó thumb": _muted(340.0, 5.0, -28.5),
    }
)
