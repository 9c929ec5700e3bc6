"""An acoustic drum set with brushes, and what stands beside it: shaker, log drum, wood block, claps, a muted guitar.

Measured on recordings by Glen MacArthur ("The Black Pearl" of the Hydrogen drumkits, GPL 2; none of them is used
here): kick 46 Hz for 0.75 s, made 52 Hz and 0.6 s, for small loudspeakers; snare 185 to 234 Hz for 0.26 s, its wires
as long; side stick 440 Hz for 50 ms, with 180 and 1200 Hz; closed hat most above 8 kHz. Of its energy 99.9 % has gone
after 0.12 s, of a snare's after 0.21 s, of an open hat's after 0.6 s, of a ride's after 1.3 s, of a crash's after 1.9
s. A cymbal has so many modes that above some 700 Hz they are noise; its shimmer dies from the top. A sweep of the
brush is noise of 2 to 9 kHz that swells by 3 to 8 dB: general knowledge. Log drum of amapiano: a sine with a sharp
fall of pitch, pushed into soft clipping (visualfoodie), on the tonic; 12 semitones in 30 ms, 0.45 s: general
knowledge.
"""

from collections.abc import Mapping
from types import MappingProxyType

from jambox.sound.instruments.bodies import skin
from jambox.sound.instruments.grains import Grains
from jambox.sound.instruments.strokes import Blow
from jambox.sound.instruments.tones import Band, Mode
from jambox.sound.instruments.woods import PALMAS, block


def _kick(t60: float, tilt: float, click: float, target: float) -> Blow:
    return Blow(
        52.0,
        skin(0.2, 0, t60, damping=1.1, tilt=tilt),
        (Band(80, 400, -12, 0.05), Band(400, 1500, click, 0.03), Band(1500, 5000, click - 2, 0.02)),
        target,
        bend=4.0,
        settle=0.025,
    )


def _snare(target: float, soft: float) -> Blow:
    return Blow(
        205.0,
        (*skin(0.3, -soft, 0.30, damping=0.8, tilt=3.5), Mode(6.1, -16, 0.25)),
        (
            *(Band(200, 800, -10, 0.06), Band(800, 3000, -13, 0.42)),
            *(Band(3000, 8000, -17, 0.42 - 0.01 * soft), Band(8000, 13000, -25, 0.35)),
        ),
        target,
        bend=0.6,
        settle=0.012,
        buzz=(Band(1500, 9000, -10, 0.36),),
        drive=1.5,
    )


def _plates(t60: float, ping: float, target: float) -> Blow:
    # Low modes ring on, high ones are noise; the mid ones, between, are what tells one hat from the next.
    ratios = (1.0, 1.41, 1.93, 2.36, 2.89, 3.42, 4.13, 4.77, 5.61, 6.38, 7.29, 8.43)
    modes = tuple(Mode(r, ping - 1.2 * k, t60 / (1.0 + 0.08 * k)) for k, r in enumerate(ratios))
    return Blow(
        730.0,
        modes,
        (Band(3000, 6500, -8, 0.9 * t60), Band(6500, 15000, 0, 0.9 * t60), Band(4000, 15000, 0, 0.03)),
        target,
    )


_RIDE = (
    *(Mode(1.0, -20, 2.2), Mode(1.56, -19, 2.0), Mode(2.23, -18, 1.8), Mode(3.11, -17, 1.4), Mode(4.37, -14, 1.0)),
    *(Mode(5.92, -10, 0.7), Mode(7.18, -8, 0.55), Mode(8.81, -9, 0.45), Mode(10.7, -11, 0.4), Mode(13.1, -14, 0.3)),
)

DRUMSET: Mapping[str, Blow] = MappingProxyType(
    {
        "kick": _kick(0.60, 4.0, -21.0, -21.0),
        "soft kick": _kick(0.50, 9.0, -36.0, -26.0),
        "snare": _snare(-22.5, 0.0),
        "ghost snare": _snare(-30.0, 5.0),
        "rim": Blow(
            437.0,
            (
                *(Mode(0.42, -7, 0.05), Mode(1.0, 0, 0.05), Mode(1.43, -4, 0.05), Mode(2.83, -3, 0.05)),
                *(Mode(3.98, -3, 0.045), Mode(5.7, -8, 0.035), Mode(9.1, -13, 0.025)),
            ),
            (Band(800, 6000, -8, 0.015),),
            -26.0,
            drive=1.5,
        ),
        "closed hat": _plates(0.30, -22.0, -29.0),
        "open hat": _plates(1.40, -15.0, -26.5),
        "hat foot": _plates(0.20, -9.0, -29.5),
        "ride": Blow(
            520.0,
            _RIDE,
            (
                Band(600, 3000, -20, 3.0),
                Band(3000, 8000, -10, 2.9),
                Band(8000, 15000, -12, 2.2),
                Band(3500, 12000, -4, 0.02),
            ),
            -26.5,
        ),
        "cymbal": Blow(
            480.0,
            tuple(Mode(m.ratio, m.level + 4.0, 1.5 * m.t60) for m in _RIDE[:5]),
            (
                Band(400, 900, -13, 4.2),
                Band(900, 3000, -8, 4.0),
                Band(3000, 8000, -3, 3.8),
                Band(8000, 15000, -12, 2.0),
            ),
            -23.5,
        ),
        "brush tap": Blow(
            205.0,
            skin(0.4, -5, 0.18, damping=0.9, tilt=4.0),
            (Band(1000, 3000, -9, 0.08), Band(3000, 9000, -7, 0.12)),
            -27.0,
            # The wires of the brush do not land all at once.
            again=((0.003, 3.0), (0.007, 6.0)),
            buzz=(Band(1500, 8000, -9, 0.18),),
        ),
        "brush sweep": Blow(
            205.0,
            (),
            (),
            -34.0,
            # One sweep is many wires, ever more of them in the middle of it.
            again=((0.05, -1.0), (0.10, -1.5), (0.16, 0.0)),
            grains=(Grains(((3600.0, 0.8, 0.0016), (6600.0, 1.0, 0.0012)), 6000.0, 0.02, 0.40, 0.0),),
        ),
        "shaker": Blow(
            6000.0,
            (),
            (),
            -31.0,
            grains=(Grains(((5600.0, 1.0, 0.0008), (9000.0, 0.7, 0.0006)), 2750.0, 0.004, 0.09, 0.0),),
        ),
        "log drum": Blow(
            65.41,
            (Mode(1.0, 0, 0.45), Mode(2.0, -26, 0.20)),
            (Band(300, 1500, -26, 0.02),),
            -21.5,
            bend=12.0,
            settle=0.018,
            drive=1.6,
            tuned=True,
        ),
        "block": block(780.0, -25.0, 1.4),
        "clap": PALMAS["palmas two"],
        "chuck": Blow(
            196.0,
            (
                *(Mode(1.0, -4, 0.09), Mode(1.26, -3, 0.09), Mode(1.5, 0, 0.08), Mode(2.0, -2, 0.08)),
                *(Mode(2.52, -4, 0.07), Mode(3.0, -6, 0.06), Mode(4.0, -9, 0.05), Mode(6.0, -13, 0.04)),
            ),
            (Band(800, 3500, -5, 0.03), Band(3500, 9000, -10, 0.02)),
            -26.0,
            again=((0.006, 2.0), (0.012, 3.0)),
        ),
    }
)
