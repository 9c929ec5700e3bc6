"""What rings in metal: the bells and drums of Ghana and its neighbours, ching, and the gongs of a gamelan.

Gankogui: two bells, about an octave apart (allaroundthisworld.com), ratios of the Synthesis ToolKit's agogô; 400 to
900 Hz for 0.2 to 0.5 s, general knowledge. Axatse: the sekere of its Shakers. Ching: cups of thick bronze, 3 to 9 kHz
without harmony, 1 to 2 s open and 80 ms damped, general knowledge.

Gong ageng: 44.5 Hz was measured on one (museum Nusantara, Delft; liquisearch.com). Its two strong modes lie near an
octave, and its wave, ombak, is what the harmonic of the lower one makes with the upper (Krueger and others, Physics
Today 63 (9), 2010): here 2.5 beats a second on a gong of 44.5 Hz, of 2 to 5 that general knowledge gives. Kempul 120 to
250 Hz and kenong 300 to 700 Hz for 3 s, ketuk 250 to 350 Hz for 0.3 s: general knowledge. A gamelan has a tuning of its
own; so that it can sound with a drone, gong, kempul and kenong stand here on the tonic.
"""

from collections.abc import Mapping
from types import MappingProxyType

from jambox.sound.instruments.bodies import AGOGO, ringing, skin
from jambox.sound.instruments.grains import Grains
from jambox.sound.instruments.strokes import Blow
from jambox.sound.instruments.tones import Band, Mode


def iron(pitch: float, t60: float, target: float) -> Blow:
    """A bell of forged iron under a wooden stick."""
    ring = ringing(AGOGO, (0.0, -3.0, -7.0), (t60, 0.5 * t60, 0.3 * t60))
    clang = (
        Mode(1.53, -11, 0.6 * t60),
        Mode(2.43, -9, 0.5 * t60),
        Mode(5.31, -11, 0.35 * t60),
        Mode(8.2, -15, 0.2 * t60),
    )
    return Blow(pitch, ring + clang, (Band(2000, 9000, -18, 0.012),), target, drive=1.4)


GANKOGUI: Mapping[str, Blow] = MappingProxyType(
    {
        "gankogui": iron(820.0, 0.32, -21.5),
        "gankogui low": iron(410.0, 0.40, -21.5),
        "bell": iron(700.0, 0.32, -21.5),
        "dawuro": iron(560.0, 0.26, -21.5),
        "axatse": Blow(
            5500.0,
            (),
            (),
            -27.0,
            grains=(Grains(((5500.0, 1.0, 0.0006), (2600.0, 0.3, 0.002)), 2750.0, 0.0038, 0.157, 0.0),),
        ),
        "kagan": Blow(
            370.0,
            skin(0.5, 0, 0.14, damping=0.7, tilt=2.0),
            (Band(600, 3000, -14, 0.02), Band(3000, 8000, -20, 0.015)),
            -25.0,
            bend=0.6,
            settle=0.015,
        ),
        "open": Blow(
            235.0,
            skin(0.55, 0, 0.32, damping=1.1, tilt=4.5),
            (Band(200, 900, -17, 0.03), Band(900, 4000, -24, 0.02)),
            -22.5,
            bend=0.7,
            settle=0.02,
        ),
        "bass": Blow(
            95.0,
            (Mode(1.0, 0, 0.28), *(Mode(2.5 * m.ratio, m.level, m.t60) for m in skin(0.15, -14, 0.10))),
            (Band(100, 500, -15, 0.04), Band(500, 2500, -26, 0.02)),
            -22.0,
            bend=1.0,
            settle=0.025,
        ),
        "slap": Blow(
            250.0,
            (Mode(1.0, -9, 0.06), Mode(2.3, -3, 0.06), Mode(3.2, 0, 0.06), Mode(4.4, -3, 0.055), Mode(6.1, -7, 0.05)),
            (Band(700, 2500, -8, 0.035), Band(2500, 8000, -11, 0.03)),
            -24.2,
            drive=2.2,
        ),
    }
)

CHING: Mapping[str, Blow] = MappingProxyType(
    {
        # Two cups, not quite alike.
        "ching": Blow(
            3150.0,
            (
                *(Mode(1.0, 0, 1.5), Mode(1.0031, -2, 1.4), Mode(1.94, -9, 0.9), Mode(2.42, -7, 0.8)),
                *(Mode(2.436, -9, 0.8), Mode(2.87, -14, 0.5), Mode(3.21, -18, 0.35)),
            ),
            (Band(3000, 12000, -16, 0.02),),
            -21.5,
        ),
        "chap": Blow(
            3150.0,
            (
                Mode(1.0, -2, 0.08),
                Mode(1.0042, -4, 0.08),
                Mode(1.94, -4, 0.06),
                Mode(2.42, -3, 0.06),
                Mode(2.87, -8, 0.05),
            ),
            (Band(2500, 12000, -3, 0.04),),
            -23.0,
            drive=1.5,
        ),
    }
)

_GONG = (
    *(Mode(1.0, 0, 8.0), Mode(2.0, -7, 6.0), Mode(2.056, -8, 6.0), Mode(1.48, -22, 3.0), Mode(2.73, -21, 3.0)),
    *(Mode(3.0, -17, 3.5), Mode(3.06, -18, 3.5), Mode(3.61, -23, 2.5), Mode(4.1, -21, 2.5), Mode(5.22, -24, 1.8)),
    *(Mode(6.4, -27, 1.2), Mode(7.9, -29, 0.9), Mode(9.6, -32, 0.7)),
)
GAMELAN: Mapping[str, Blow] = MappingProxyType(
    {
        "gong": Blow(44.5, _GONG, (Band(60, 300, -16, 0.10),), -21.0, tuned=True),
        "kempul": Blow(
            123.0,
            (
                *(Mode(1.0, 0, 3.0), Mode(2.01, -10, 2.0), Mode(2.74, -19, 1.2), Mode(3.04, -17, 1.2)),
                *(Mode(4.17, -22, 0.8), Mode(5.4, -26, 0.5)),
            ),
            (Band(150, 600, -22, 0.06),),
            -21.5,
            tuned=True,
        ),
        "kenong": Blow(
            310.0,
            (
                *(Mode(1.0, 0, 3.0), Mode(1.97, -13, 1.6), Mode(2.62, -15, 1.0), Mode(3.55, -18, 0.7)),
                *(Mode(4.36, -20, 0.5), Mode(5.83, -25, 0.35)),
            ),
            (Band(300, 1200, -20, 0.04), Band(1200, 4000, -30, 0.02)),
            -22.0,
            tuned=True,
        ),
        "ketuk": Blow(
            300.0,
            (Mode(1.0, 0, 0.30), Mode(1.86, -9, 0.18), Mode(2.71, -13, 0.12), Mode(3.9, -18, 0.08)),
            (Band(250, 1000, -16, 0.04), Band(1000, 3500, -27, 0.02)),
            -24.0,
        ),
        "kempyang": Blow(
            950.0,
            (Mode(1.0, 0, 0.45), Mode(1.008, -4, 0.45), Mode(2.05, -14, 0.25), Mode(2.9, -19, 0.15)),
            (Band(800, 3000, -20, 0.02),),
            -27.0,
        ),
    }
)
