"""Djembe, and dununs with their bells.

Frequencies and decays were measured on recordings by Jim Harney ("circAfrique v4" of the Hydrogen drumkits, CC BY-SA
3.0; none of them is used here): five djembes, of which the middle is taken, and one of each dunun. The bass is the air
in the body, a Helmholtz resonator (drumdojo.com), at 67 to 93 Hz for 0.7 to 1.4 s under much noise of the hand; the
tone 312 to 426 Hz for 0.15 s; the slap some eight modes between 350 and 1300 Hz for 0.3 to 0.4 s, not bright, but
dense. Dundun 85 Hz for 1.5 s, sangban 130 Hz for 1.2 s, kenken 252 Hz for 0.5 s; muted 0.1 to 0.3 s. Rooms and
microphones of the recordings are in these figures.
"""

from collections.abc import Mapping
from types import MappingProxyType

from jambox.sound.instruments.bodies import measured
from jambox.sound.instruments.strokes import Blow
from jambox.sound.instruments.tones import Band, Mode


def _dunun(pitch: float, parts: tuple[Mode, ...], target: float, bend: float) -> Blow:
    stick = (Band(100, 600, -15, 0.05), Band(600, 2500, -24, 0.04), Band(2500, 7000, -40, 0.03))
    return Blow(pitch, parts, stick, target, bend=bend, settle=0.03)


def _bell(pitch: float, parts: tuple[Mode, ...], target: float) -> Blow:
    return Blow(pitch, parts, (Band(2500, 12000, -15, 0.02),), target)


DJEMBE: Mapping[str, Blow] = MappingProxyType(
    {
        "bass": Blow(
            78.0,
            measured(
                78.0,
                *((78, 0, 0.75), (112, -7, 0.5), (255, -13, 0.09), (345, -14, 0.10)),
                *((600, -15, 0.10), (835, -16, 0.25), (1116, -19, 0.06)),
            ),
            (Band(150, 800, -11, 0.05), Band(800, 3000, -13, 0.04), Band(3000, 8000, -30, 0.03)),
            -21.0,
            bend=0.8,
            settle=0.02,
        ),
        "tone": Blow(
            365.0,
            measured(
                365.0,
                *((365, 0, 0.155), (290, -6, 0.10), (410, -5, 0.16), (510, -9, 0.15)),
                *((590, -12, 0.25), (842, -15, 0.17), (950, -16, 0.20), (75, -18, 0.5)),
            ),
            (Band(200, 900, -15, 0.04), Band(900, 3500, -17, 0.03), Band(3500, 9000, -32, 0.02)),
            -22.0,
            bend=0.5,
            settle=0.015,
            drive=1.3,
        ),
        "slap": Blow(
            372.0,
            measured(
                372.0,
                *((372, -4, 0.25), (500, -2, 0.36), (594, 0, 0.36), (745, -2, 0.30), (940, -5, 0.30)),
                *((1155, -6, 0.28), (1300, -10, 0.28), (1800, -12, 0.19), (1980, -14, 0.08)),
            ),
            (Band(400, 1200, -9, 0.05), Band(1200, 3500, -8, 0.04), Band(3500, 9000, -20, 0.03)),
            -21.0,
            bend=0.4,
            settle=0.01,
            drive=1.6,
        ),
        "dundun": _dunun(
            85.0,
            measured(
                85.0,
                *((85, 0, 1.4), (142, -10, 0.68), (193, -13, 0.9), (243, -14, 0.62)),
                *((308, -16, 0.33), (506, -20, 0.28)),
            ),
            -21.0,
            1.0,
        ),
        "sangban": _dunun(
            130.0,
            measured(130.0, *((130, 0, 1.2), (196, -11, 1.0), (306, -15, 0.3), (350, -16, 0.5), (499, -19, 0.46))),
            -21.5,
            0.8,
        ),
        "kenken": _dunun(
            252.0,
            measured(252.0, *((252, 0, 0.5), (412, -11, 0.5), (186, -7, 0.5), (548, -13, 0.1), (622, -15, 0.19))),
            -22.0,
            0.5,
        ),
        "dundun muted": _dunun(
            149.0, measured(149.0, *((149, 0, 0.13), (187, -4, 0.09), (275, -9, 0.2), (420, -12, 0.11))), -24.0, 1.0
        ),
        "sangban muted": _dunun(
            174.0, measured(174.0, *((174, 0, 0.30), (252, -6, 0.25), (331, -8, 0.16), (516, -14, 0.2))), -24.0, 0.8
        ),
        "dundun bell": _bell(
            899.0,
            measured(
                899.0,
                *((899, -6, 1.40), (998, -11, 0.27), (1318, -6, 0.77), (3060, -7, 0.22), (5141, -11, 0.20)),
                *((5860, 0, 0.24), (8389, -9, 0.12), (10706, -11, 0.20)),
            ),
            -28.0,
        ),
        "sangban bell": _bell(
            1158.0,
            measured(
                1158.0,
                *((1158, -10, 1.60), (3025, -12, 0.27), (5324, -12, 0.33), (6272, 0, 0.28)),
                *((7731, -9, 0.29), (9184, -13, 0.26)),
            ),
            -28.5,
        ),
        "kenken bell": _bell(
            3870.0,
            measured(
                3870.0,
                *((3870, -12, 0.42), (5597, -10, 0.20), (6508, -11, 0.55), (8263, -7, 0.19)),
                *((10511, 0, 0.11), (12918, -4, 0.09)),
            ),
            -29.0,
        ),
    }
)
