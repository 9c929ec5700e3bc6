"""Goblet drums played with the hands: darbuka and tombak.

The low stroke is the air in the bowl and neck, a Helmholtz resonator that hardly depends on the head (drumdojo.com,
Helmholtz resonators); the high strokes are modes of the head, struck near its edge. That much is sourced. The
frequencies are general knowledge, which players should check: dum 90 to 160 Hz for 0.25 to 0.5 s, tak 350 to 1000 Hz
for 50 to 120 ms under a ring of 3 to 6 kHz, as aluminium and plastic give; the tombak lower, longer and without that
ring, of wood and skin. How much of the hand is heard follows recordings of djembes (see `djembe`). Levels are this
project's.
"""

from collections.abc import Mapping
from types import MappingProxyType

from jambox.sound.instruments.bodies import skin
from jambox.sound.instruments.strokes import Blow
from jambox.sound.instruments.tones import Band, Mode

DUM = 110.0
HEAD = 330.0
"""Mode (0,1) of the darbuka's head, in Hz."""
_RING = (Mode(9.7, -17, 0.10), Mode(12.2, -18, 0.09), Mode(15.6, -22, 0.08))


def _tak(at: float, t60: float, tilt: float, bright: float, target: float) -> Blow:
    ring = tuple(Mode(m.ratio, m.level + bright, m.t60) for m in _RING)
    return Blow(
        HEAD,
        (*skin(at, 0, t60, damping=0.5, tilt=tilt), *ring),
        (Band(300, 2500, -14, 0.03), Band(2500, 8000, -15 + bright, 0.035), Band(6000, 12000, -26 + bright, 0.04)),
        target,
        bend=0.4,
        settle=0.012,
    )


DARBUKA: Mapping[str, Blow] = MappingProxyType(
    {
        "dum": Blow(
            DUM,
            (
                Mode(1.0, 0, 0.40),
                Mode(2.04, -15, 0.20),
                *(Mode(m.ratio * 3.0, m.level, m.t60) for m in skin(0.2, -14, 0.10)),
            ),
            (Band(150, 700, -14, 0.04), Band(700, 3000, -17, 0.035), Band(3000, 9000, -31, 0.025)),
            -21.0,
            bend=1.2,
            settle=0.02,
        ),
        "tak": _tak(0.92, 0.12, 1.0, 0.0, -22.0),
        "ka": _tak(0.88, 0.10, 2.5, -3.0, -24.0),
        "light tak": _tak(0.90, 0.09, 4.0, -6.0, -26.5),
        "light left": _tak(0.85, 0.08, 5.5, -8.0, -28.0),
        "light right": _tak(0.88, 0.08, 4.5, -6.0, -27.0),
        "slap": Blow(
            HEAD,
            skin(0.55, -2, 0.07, damping=0.3, tilt=0.0),
            (Band(400, 1500, -8, 0.05), Band(1500, 5000, -7, 0.04), Band(5000, 11000, -18, 0.03)),
            -21.5,
            bend=0.8,
            settle=0.01,
            drive=1.5,
        ),
    }
)

TOMBAK: Mapping[str, Blow] = MappingProxyType(
    {
        "tom": Blow(
            100.0,
            (
                Mode(1.0, 0, 0.50),
                Mode(2.02, -17, 0.25),
                *(Mode(m.ratio * 2.6, m.level, m.t60) for m in skin(0.25, -15, 0.12)),
            ),
            (Band(120, 600, -14, 0.045), Band(600, 2500, -19, 0.035), Band(2500, 7000, -36, 0.025)),
            -21.0,
            bend=1.0,
            settle=0.025,
        ),
        "bak": Blow(
            270.0,
            skin(0.93, 0, 0.11, damping=0.6, tilt=1.5),
            (Band(400, 2000, -11, 0.03), Band(2000, 6000, -17, 0.025)),
            -22.0,
            bend=0.3,
            settle=0.012,
            drive=1.2,
        ),
    }
)
