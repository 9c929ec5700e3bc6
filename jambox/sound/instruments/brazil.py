"""Drums of Brazil: batucada; alfaia with gonguê and tarol; zabumba with triangle and agogô.

Sizes of the three surdos, 55 to 75, about 50 and 40 cm, and that the second stands about a tone above the first, are
sourced (camaleoesdovila.com.br, pt.other.wiki); 50 to 60, 60 to 75 and 80 to 100 Hz for 0.5 to 0.9 s, 80 ms muted, are
general knowledge, as are tamborim 500 to 900 Hz for 60 to 90 ms, caixa and tarol 200 to 300 Hz under snares above 2
kHz for 80 to 150 ms, alfaia and zabumba 60 to 90 Hz of loose hide falling 3 to 6 semitones within 0.3 to 0.5 s. Agogô:
1183 and some 830 Hz for 0.9 s or, held, less, as in recordings by Vladimir Sadovnikov and Alexander Belokurov
("ForzeeStereo" of the Hydrogen drumkits, GPL 2; none of them is used here). Pandeiro: the jingles are the tambourine
of its Shakers, the head is this project's guess, as are triangle and gonguê. Ganzá: noise of 6 to 12 kHz for 60 ms,
the TR-808's maracas as McCurdy's study has them.
"""

from collections.abc import Mapping
from types import MappingProxyType

from jambox.sound.instruments.barrels import hide
from jambox.sound.instruments.bodies import measured, skin
from jambox.sound.instruments.grains import Grains
from jambox.sound.instruments.irons import iron
from jambox.sound.instruments.strokes import Blow
from jambox.sound.instruments.tones import Band, Mode

_JINGLES = ((2300.0, 0.1, 0.0038), (5600.0, 0.8, 0.0156), (8100.0, 1.0, 0.0156))


def _snares(pitch: float, t60: float, target: float) -> Blow:
    return Blow(
        pitch,
        skin(0.35, -3, 0.10, damping=0.7, tilt=2.0),
        (Band(700, 3000, -14, 0.02), Band(2000, 6000, -10, t60), Band(6000, 12000, -14, 0.8 * t60)),
        target,
        bend=0.5,
        settle=0.015,
        buzz=(Band(2000, 9000, -4, t60),),
        drive=1.5,
    )


def _agogo(pitch: float, t60: float) -> Blow:
    ring = measured(
        1183.0,
        *((1183, 0, t60), (3337, -20, t60), (4281, -15, 0.8 * t60), (5191, -8, 0.2 * t60)),
        *((7950, -8, 0.25 * t60), (9443, -7, 0.1 * t60), (10213, -9, 0.08 * t60)),
    )
    return Blow(pitch, ring, (Band(2500, 12000, -13, 0.012),), -24.0)


def _muted(pitch: float, target: float) -> Blow:
    return Blow(
        pitch,
        skin(0.3, 0, 0.08, damping=0.5, tilt=5.0),
        (Band(80, 400, -12, 0.05), Band(400, 1800, -21, 0.025)),
        target,
        bend=1.0,
        settle=0.03,
    )


BATUCADA: Mapping[str, Blow] = MappingProxyType(
    {
        "surdo 1": hide(55.0, 0.80, -21.0, bend=1.5),
        "surdo 2": hide(62.0, 0.70, -21.5, bend=1.5),
        "surdo 3": hide(90.0, 0.50, -22.5, bend=1.2),
        "surdo 3 muted": _muted(93.0, -25.0),
        "tamborim": Blow(
            640.0,
            skin(0.45, 0, 0.075, damping=0.4, tilt=0.0),
            (Band(1500, 6000, -12, 0.012), Band(6000, 12000, -20, 0.01)),
            -23.0,
            bend=0.6,
            settle=0.01,
            drive=2.0,
        ),
        "caixa": _snares(245.0, 0.12, -25.0),
        "agogô high": _agogo(1183.0, 0.70),
        "agogô low": _agogo(830.0, 0.60),
        "pandeiro damped": Blow(
            390.0,
            skin(0.8, -9, 0.05, damping=0.4, tilt=1.0),
            (Band(500, 3000, -14, 0.02),),
            -28.0,
            grains=(Grains(_JINGLES, 1378.0, 0.003, 0.14, -12.0),),
        ),
        "pandeiro open": Blow(
            125.0,
            skin(0.5, 0, 0.30, damping=1.0, tilt=4.5),
            (Band(150, 700, -15, 0.03), Band(700, 3000, -22, 0.02)),
            -23.5,
            bend=1.2,
            settle=0.02,
            grains=(Grains(_JINGLES, 1378.0, 0.003, 0.18, -21.0),),
        ),
        "ganzá": Blow(
            7000.0,
            (),
            (),
            -28.0,
            grains=(Grains(((6500.0, 0.8, 0.0010), (9500.0, 1.0, 0.0008)), 3200.0, 0.004, 0.06, 0.0),),
        ),
    }
)

ALFAIA: Mapping[str, Blow] = MappingProxyType(
    {
        "alfaia": hide(70.0, 0.45, -21.0, bend=4.5),
        "alfaia soft": hide(68.0, 0.32, -25.5, bend=2.0, tilt=8.0),
        "gonguê high": iron(700.0, 0.30, -24.0),
        "gonguê low": iron(470.0, 0.36, -24.0),
        "tarol": _snares(290.0, 0.13, -25.0),
    }
)

_STEEL = (
    *(Mode(1.0, -9, 1.3), Mode(1.83, -6, 1.3), Mode(2.71, -3, 1.2), Mode(3.62, 0, 1.2), Mode(4.88, -2, 1.0)),
    *(Mode(6.03, -4, 0.9), Mode(7.41, -7, 0.7), Mode(8.87, -10, 0.6)),
)
ZABUMBA: Mapping[str, Blow] = MappingProxyType(
    {
        "zabumba open": hide(66.0, 0.45, -21.0, bend=4.0),
        "zabumba closed": _muted(72.0, -25.0),
        "bacalhau": Blow(
            620.0,
            skin(0.7, 0, 0.05, damping=0.3, tilt=1.0),
            (Band(1000, 4000, -7, 0.02), Band(4000, 10000, -12, 0.015)),
            -25.0,
            drive=1.5,
        ),
        "triangle open": Blow(1480.0, _STEEL, (Band(4000, 14000, -14, 0.012),), -27.0),
        "triangle damped": Blow(
            1480.0,
            tuple(Mode(m.ratio, m.level, 0.06) for m in _STEEL),
            (Band(4000, 14000, -9, 0.012),),
            -28.5,
        ),
        "agogô high": _agogo(1183.0, 0.70),
        "agogô low": _agogo(830.0, 0.60),
    }
)
