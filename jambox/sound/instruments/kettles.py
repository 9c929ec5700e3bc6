"""Kudüm: a pair of small kettledrums under two soft sticks, as Ottoman music counts its usul.

The closed bowl draws the modes of the head towards harmonics (see `bodies`): a plain pitch. Which is the low drum and
which the high, düm and tek, is the usul's own teaching; the frequencies here, 150 and 210 Hz for mode (1,1), and their
0.4 and 0.25 s, are this project's guess, which players should check.
"""

from collections.abc import Mapping
from types import MappingProxyType

from jambox.sound.instruments.bodies import KETTLE, ringing
from jambox.sound.instruments.strokes import Blow
from jambox.sound.instruments.tones import Band


def _kettle(pitch: float, t60: float, top: float, target: float, bend: float = 0.4) -> Blow:
    # Mode (0,1) pumps the air of the bowl and is soon over; the modes with diameters ring.
    t60s = (t60, 0.85 * t60, 0.7 * t60, 0.55 * t60, 0.4 * t60, 0.12)
    return Blow(
        pitch,
        ringing(KETTLE, (0.0, -4.0 + top, -10.0 + top, -14.0 + 2 * top, -18.0 + 2 * top, -6.0), t60s),
        (Band(200, 900, -15, 0.03), Band(900, 4000, -21 + 2 * top, 0.02)),
        target,
        bend=bend,
        settle=0.03,
    )


KUDUM: Mapping[str, Blow] = MappingProxyType(
    {
        "düm": _kettle(150.0, 0.40, 0.0, -21.0),
        "tek": _kettle(210.0, 0.25, 1.5, -23.0),
        "ke": _kettle(210.0, 0.20, -1.0, -25.0, bend=0.2),
    }
)
