"""Ghatam: a clay pot under fingers and the heels of both hands.

The lowest stroke is the air in the pot, let out past the belly that closes its mouth (gandharvaloka.ca); Thom is the
heel of the hand on the shoulder; the further up the body the fingers strike, the more it rings (both mridangam.com),
and pots with brass in the clay ring sharply, as metal does. No frequency or decay of a ghatam was found: all here are
this project's guesses, which players should check. The air's 98 Hz lies where a bass of the mridangam does (80 to 100
Hz, general knowledge); the walls' modes are spaced somewhat as those of a bell, for both are shells.
"""

from collections.abc import Mapping
from types import MappingProxyType

from jambox.sound.instruments.bodies import ringing
from jambox.sound.instruments.strokes import Blow
from jambox.sound.instruments.tones import Band, Mode
from jambox.sound.instruments.woods import clap

AIR = 98.0
"""Hz of the air in the pot, its mouth half closed."""
BELLY, NECK = 520.0, 1180.0
"""Hz of the lowest mode of the wall that speaks there."""
_WALL = (1.0, 1.74, 2.66, 3.72, 4.9)


def _wall(pitch: float, levels: tuple[float, ...], t60: float, click: float, target: float) -> Blow:
    t60s = tuple(t60 / ratio**0.7 for ratio in _WALL)
    return Blow(
        pitch,
        ringing(_WALL, levels, t60s),
        (Band(700, 3000, click, 0.02), Band(3000, 9000, click - 5.0, 0.015)),
        target,
        drive=1.3,
    )


GHATAM: Mapping[str, Blow] = MappingProxyType(
    {
        "gumki": Blow(
            AIR,
            (Mode(1.0, 0, 0.30), Mode(2.6, -22, 0.10), Mode(5.3, -26, 0.08)),
            (Band(150, 700, -18, 0.04), Band(700, 2500, -28, 0.02)),
            -21.0,
            # The mouth opens while it sounds: the pitch rises.
            bend=-3.0,
            settle=0.07,
        ),
        "thom": Blow(
            AIR,
            (Mode(1.0, 0, 0.22), Mode(5.3, -14, 0.10), Mode(9.2, -18, 0.08), Mode(14.1, -24, 0.06)),
            (Band(200, 900, -16, 0.03), Band(900, 4000, -20, 0.02)),
            -21.5,
        ),
        "ta": _wall(BELLY, (0.0, -2.0, -6.0, -10.0, -14.0), 0.14, -12.0, -22.5),
        "ka": _wall(BELLY, (-2.0, 0.0, -8.0, -14.0, -20.0), 0.06, -9.0, -26.0),
        "nam": _wall(NECK, (0.0, -3.0, -5.0, -11.0, -17.0), 0.26, -14.0, -23.0),
        # Who keeps the tala, as beside the mridangam.
        "clap": clap(1050.0, -24.5),
    }
)
