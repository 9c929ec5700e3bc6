"""Drums with two heads on a barrel: davul, dhol, dholak, bombo, shime-daiko, janggu, buk, candombe's and cumbia's.

The two heads share the air between them, so that the lowest mode splits in two; the loud one of the pair is here. A
loose hide starts up to six semitones sharp and falls fast. Dhol: Dha is both heads, Na the treble one (drumdojo.com);
bass 80 to 110 Hz for 0.3 s, treble crack 400 to 900 Hz for 60 ms. Bombo legüero 60 to 90 Hz for 0.3 to 0.5 s, its rim
500 to 1000 Hz. Shime-daiko 300 to 450 Hz for 0.15 s; its stiff hide keeps near the ideal membrane (Suzuki 2009, on
nagado-daiko). Janggu: the low head 80 to 110 Hz for 0.3 s, the stick's side 300 to 600 Hz for 80 ms. All these figures
save Suzuki's are general knowledge, which players should check; for davul, chico, repique and llamador none was found
at all, so that theirs are this project's guesses.

Dholak: bare hands, a paste inside the skin of the bass (memim.com), whose flat fingers near the middle sound low and
whose heel near the rim sounds muted; a middle finger between rim and middle of the other skin, short and sharp
(ourpastimes.com); in Punjab an iron ring on the thumb, on the rim (liquisearch.com). Sori-buk: nailed ox hide, 38 to 40
cm across and 25 to 27 deep, a hand on the left head, a stick on the right one and, for 딱, on the wood (National Gugak
Center, gugak.go.kr). Their frequencies and decays are guesses too, after the dhol's and other hides of that size.
"""

from collections.abc import Mapping
from types import MappingProxyType

from jambox.sound.instruments.bodies import WOOD_BLOCK, ringing, skin
from jambox.sound.instruments.strokes import Blow
from jambox.sound.instruments.tones import Band, Mode


def hide(pitch: float, t60: float, target: float, *, bend: float, at: float = 0.25, tilt: float = 5.5) -> Blow:
    """A big loose hide under a padded beater: deep, and falling in pitch by `bend` semitones."""
    return Blow(
        pitch,
        skin(at, 0, t60, damping=1.1, tilt=tilt),
        (Band(80, 350, -16, 0.05), Band(350, 1500, -24, 0.03), Band(1500, 4000, -34, 0.02)),
        target,
        bend=bend,
        settle=0.03,
    )


def cane(pitch: float, t60: float, target: float, *, bright: float = 0.0) -> Blow:
    """A thin stick on a tight head, near the edge: a crack."""
    return Blow(
        pitch,
        skin(0.8, 0, t60, damping=0.5, tilt=1.0 - 0.2 * bright),
        (Band(700, 2500, -12, 0.025), Band(2500, 9000, -14 + bright, 0.02)),
        target,
        bend=0.5,
        settle=0.012,
        drive=1.5,
    )


DAVUL: Mapping[str, Blow] = MappingProxyType(
    {"düm": hide(68.0, 0.50, -21.0, bend=2.5), "tek": cane(330.0, 0.10, -24.0, bright=3.0)}
)
DHOL: Mapping[str, Blow] = MappingProxyType(
    {
        # The bass stick presses: the pitch bends upward.
        "ge": Blow(
            90.0,
            skin(0.3, 0, 0.30, damping=1.0, tilt=5.0),
            (Band(100, 500, -15, 0.04), Band(500, 2500, -24, 0.02)),
            -21.0,
            bend=-1.8,
            settle=0.08,
        ),
        "na": cane(430.0, 0.065, -22.0, bright=4.0),
    }
)
DHOLAK: Mapping[str, Blow] = MappingProxyType(
    {
        "ge": Blow(
            84.0,
            skin(0.3, 0, 0.36, damping=1.0, tilt=5.0),
            (Band(100, 500, -17, 0.04), Band(500, 2500, -26, 0.02)),
            -21.0,
            bend=1.0,
            settle=0.04,
        ),
        "ka": Blow(
            112.0,
            skin(0.75, 0, 0.07, damping=0.8, tilt=4.0),
            (Band(120, 700, -7, 0.05), Band(700, 3500, -14, 0.03)),
            -26.5,
        ),
        "na": Blow(
            340.0,
            skin(0.85, 0, 0.15, damping=0.6, tilt=1.5),
            (Band(600, 2500, -13, 0.025), Band(2500, 8000, -16, 0.02)),
            -22.0,
            bend=0.4,
            settle=0.015,
            drive=1.3,
        ),
        "ti": Blow(
            355.0,
            skin(0.4, 0, 0.06, damping=0.7, tilt=2.0),
            (Band(500, 2500, -9, 0.03), Band(2500, 7000, -15, 0.02)),
            -27.0,
        ),
        "chak": Blow(
            1450.0,
            ringing(WOOD_BLOCK, (0.0, -4.0, -10.0, -16.0), (0.05, 0.03, 0.02, 0.015)),
            (Band(2000, 9000, -6, 0.015),),
            -24.5,
            drive=1.6,
        ),
    }
)
BOMBO: Mapping[str, Blow] = MappingProxyType(
    {
        "bombo": hide(74.0, 0.42, -21.0, bend=4.0),
        "rim": Blow(
            680.0,
            ringing(WOOD_BLOCK, (0.0, -6.0, -12.0, -18.0), (0.06, 0.03, 0.02, 0.015)),
            (Band(800, 5000, -9, 0.015),),
            -24.0,
            drive=1.5,
        ),
    }
)
_SHIME = skin(0.3, 0, 0.15, damping=0.7, tilt=1.5)
TAIKO: Mapping[str, Blow] = MappingProxyType(
    {
        "right": Blow(
            380.0,
            _SHIME,
            (Band(700, 3000, -15, 0.02), Band(3000, 9000, -17, 0.015)),
            -21.5,
            bend=0.5,
            settle=0.015,
            drive=2.2,
        ),
        "left": Blow(
            374.0,
            skin(0.35, 0, 0.13, damping=0.8, tilt=3.0),
            (Band(700, 3000, -18, 0.02), Band(3000, 9000, -22, 0.015)),
            -24.0,
            bend=0.4,
            settle=0.015,
            drive=1.2,
        ),
    }
)
JANGGU: Mapping[str, Blow] = MappingProxyType(
    {
        "kung": Blow(
            94.0,
            skin(0.3, 0, 0.30, damping=1.0, tilt=4.5),
            (Band(120, 600, -15, 0.04), Band(600, 2500, -25, 0.02)),
            -21.0,
            bend=1.2,
            settle=0.03,
        ),
        "deok": cane(400.0, 0.09, -22.0, bright=3.0),
        "deo": cane(404.0, 0.06, -27.0, bright=0.0),
        "reo": cane(408.0, 0.05, -29.0, bright=-2.0),
    }
)

BUK: Mapping[str, Blow] = MappingProxyType(
    {
        "gung": hide(104.0, 0.34, -21.5, bend=1.5, at=0.35),
        "chae": Blow(
            116.0,
            skin(0.15, 0, 0.28, damping=1.0, tilt=3.5),
            (Band(150, 700, -14, 0.04), Band(700, 4000, -18, 0.02)),
            -22.3,
            bend=1.5,
            settle=0.03,
        ),
        "gung muted": hide(122.0, 0.07, -25.0, bend=0.6, at=0.5),
        "ttak": Blow(
            590.0,
            ringing(WOOD_BLOCK, (0.0, -5.0, -10.0, -16.0), (0.08, 0.04, 0.025, 0.015)),
            (Band(700, 4500, -10, 0.015), Band(150, 450, -12, 0.05)),
            -22.5,
            drive=1.8,
        ),
        "ttak soft": Blow(
            640.0,
            ringing(WOOD_BLOCK, (0.0, -8.0, -15.0, -22.0), (0.06, 0.03, 0.02, 0.015)),
            (Band(700, 3500, -14, 0.012),),
            -28.0,
        ),
    }
)


def _palm(pitch: float, t60: float, target: float, tilt: float = 4.5) -> Blow:
    return Blow(
        pitch,
        skin(0.45, 0, t60, damping=1.0, tilt=tilt),
        (Band(200, 900, -15, 0.035), Band(900, 3500, -22, 0.02)),
        target,
        bend=0.6,
        settle=0.02,
    )


def _stick(pitch: float, t60: float, target: float) -> Blow:
    return Blow(
        pitch,
        skin(0.6, 0, t60, damping=0.8, tilt=2.0),
        (Band(500, 2500, -13, 0.025), Band(2500, 8000, -17, 0.015)),
        target,
        bend=0.7,
        settle=0.018,
        drive=1.2,
    )


CANDOMBE: Mapping[str, Blow] = MappingProxyType(
    {
        "madera": Blow(
            960.0,
            ringing(WOOD_BLOCK, (0.0, -5.0, -11.0, -16.0), (0.07, 0.035, 0.02, 0.015)),
            (Band(1000, 7000, -10, 0.012), Band(200, 600, -18, 0.04)),
            -22.5,
            drive=2.0,
        ),
        "chico hand": _palm(330.0, 0.10, -26.5),
        "chico stick": _stick(340.0, 0.20, -22.0),
        "repique hand": _palm(210.0, 0.20, -25.0),
        "repique stick": _stick(220.0, 0.30, -21.5),
    }
)
CUMBIA: Mapping[str, Blow] = MappingProxyType(
    {
        # A scrape: the fork passes tooth after tooth. Resonances of the Synthesis ToolKit's guiro.
        "guacharaca": Blow(
            2500.0,
            (Mode(1.0, -6, 0.008), Mode(1.6, -8, 0.008)),
            (Band(1800, 5500, 0, 0.007), Band(5500, 11000, -10, 0.005)),
            -25.0,
            again=tuple((0.0075 * n, 0.6 * n) for n in range(1, 10)),
        ),
        "llamador": Blow(
            290.0,
            skin(0.5, 0, 0.22, damping=1.0, tilt=3.5),
            (Band(250, 1000, -15, 0.03), Band(1000, 4500, -19, 0.02)),
            -21.0,
            bend=0.8,
            settle=0.02,
            drive=1.2,
        ),
    }
)
