"""Conga and bongó, and the cajón.

A single skin, open below (Rossing, JASA 85 S1, S33). Where it is struck shifts the balance of its modes (ISB Journal
of Physics 8, 2014). Open tone 227 Hz and bongó 310 and 420 Hz: the pitches of the TR-808's congas, as McCurdy's study
gives them, 0.25 to 0.45 s. Slap 60 ms, heel and toe 40 ms, muted by the hand that stays: general knowledge. How much
of the hand is heard beside the skin follows bongos recorded by Glen MacArthur ("Gimme A Hand" of the Hydrogen
drumkits, GPL 2; none of them is used here), and so does the cajón: thump 79, 112 and 145 Hz for 0.2 s, slap 350 to 530
Hz under noise of 3 kHz and more, 97 % of its energy gone after 36 ms. That its plate sounds near 110 Hz was measured
too (Kičák 2009).
"""

from collections.abc import Mapping
from types import MappingProxyType

from jambox.sound.instruments.bodies import measured, skin
from jambox.sound.instruments.strokes import Blow
from jambox.sound.instruments.tones import Band, Mode


def _open(pitch: float, t60: float, tilt: float, target: float) -> Blow:
    return Blow(
        pitch,
        skin(0.55, 0, t60, damping=1.2, tilt=tilt),
        (Band(200, 900, -18, 0.03), Band(900, 4000, -19, 0.025), Band(4000, 9000, -34, 0.02)),
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

CAJON: Mapping[str, Blow] = MappingProxyType(
    {
        "bass": Blow(
            112.0,
            measured(112.0, *((112, 0, 0.20), (79, -5, 0.20), (145, -5, 0.10), (212, -9, 0.05), (280, -14, 0.04))),
            (Band(150, 800, -18, 0.04), Band(800, 4000, -27, 0.03)),
            -21.0,
            bend=0.4,
            settle=0.015,
        ),
        "slap": Blow(
            430.0,
            measured(
                430.0,
                *((430, -1, 0.06), (346, -5, 0.11), (505, 0, 0.05), (579, -3, 0.04), (790, -9, 0.06)),
                *((130, -9, 0.09), (207, -12, 0.07)),
            ),
            (Band(300, 1500, -6, 0.04), Band(1500, 4000, -10, 0.06), Band(3000, 9000, -11, 0.08)),
            -22.7,
            # The wires behind the plate rattle on.
            buzz=(Band(3000, 12000, -8, 0.16),),
            drive=1.6,
        ),
        "tap": Blow(
            480.0,
            measured(480.0, *((480, 0, 0.04), (350, -4, 0.06), (590, -4, 0.03), (800, -8, 0.04))),
            (Band(400, 2000, -6, 0.03), Band(3000, 9000, -15, 0.06)),
            -28.0,
        ),
    }
)
