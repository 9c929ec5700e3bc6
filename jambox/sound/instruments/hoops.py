"""Frame drums: daf, bendir, bodhrán, riq.

One wide skin on a narrow hoop, without a body of air: modes of an open skin. That the hand behind the head bends the
pitch, up to an octave, is sourced (bodojo.com, allfreematerial.blogspot.com), and so is that a bodhrán measures 35 to
45 cm. Frequencies are general knowledge, which players should check: 60 to 140 Hz for 0.2 to 0.6 s; the gut of a
bendir buzzes at 1 to 4 kHz. The rings along the hoop of a daf follow the sleigh bells of the Synthesis ToolKit, softer
and slower; how loud they are beside the head is this project's guess. Riq: head 300 to 500 Hz, general knowledge; its
cymbals 4.7 to 7.1 kHz, 99.9 % of their energy gone after 0.2 to 0.3 s where they hang free, as in recordings of
tambourines by Glen MacArthur, Vladimir Sadovnikov and Alexander Belokurov (Hydrogen drumkits, GPL 2; none of them is
used here), sooner where a finger holds them.
"""

from collections.abc import Mapping
from types import MappingProxyType

from jambox.sound.instruments.bodies import skin
from jambox.sound.instruments.grains import Grains
from jambox.sound.instruments.strokes import Blow
from jambox.sound.instruments.tones import Band

_RINGS = ((2500.0, 0.5, 0.016), (5300.0, 1.0, 0.016), (6500.0, 1.0, 0.016), (8300.0, 0.8, 0.016), (9800.0, 0.5, 0.016))


def _rings(level: float) -> tuple[Grains, ...]:
    return (Grains(_RINGS, 1000.0, 0.006, 0.30, level),)


DAF: Mapping[str, Blow] = MappingProxyType(
    {
        "dum": Blow(
            72.0,
            skin(0.35, 0, 0.55, damping=1.0, tilt=4.0),
            (Band(100, 500, -16, 0.05), Band(500, 3000, -25, 0.03)),
            -21.0,
            bend=1.5,
            settle=0.04,
            grains=_rings(-32),
        ),
        "tak": Blow(
            150.0,
            skin(0.95, 0, 0.30, damping=0.8, tilt=-0.5),
            (Band(400, 2000, -9, 0.03), Band(2000, 8000, -12, 0.03)),
            -21.5,
            bend=0.5,
            settle=0.02,
            grains=_rings(-21),
        ),
        "ka": Blow(
            146.0,
            skin(0.90, 0, 0.22, damping=0.8, tilt=1.0),
            (Band(400, 2000, -10, 0.03), Band(2000, 8000, -17, 0.025)),
            -24.0,
            bend=0.4,
            settle=0.02,
            grains=_rings(-25),
        ),
    }
)

BENDIR: Mapping[str, Blow] = MappingProxyType(
    {
        "low": Blow(
            90.0,
            skin(0.35, 0, 0.45, damping=1.0, tilt=4.5),
            (Band(120, 500, -17, 0.05), Band(500, 2500, -26, 0.03)),
            -21.0,
            bend=1.2,
            settle=0.035,
            buzz=(Band(1000, 4000, -15, 0.35),),
        ),
        "high": Blow(
            170.0,
            skin(0.95, 0, 0.25, damping=0.8, tilt=0.0),
            (Band(400, 2000, -11, 0.03), Band(2000, 7000, -15, 0.025)),
            -22.0,
            bend=0.4,
            settle=0.02,
            buzz=(Band(1000, 4500, -11, 0.22),),
        ),
    }
)


def _tipper(pitch: float, at: float, t60: float, click: float, target: float, bend: float) -> Blow:
    return Blow(
        pitch,
        skin(at, 0, t60, damping=0.9, tilt=5.0),
        (Band(150, 700, -15, 0.04), Band(700, 2500, click, 0.02), Band(2500, 6000, click - 8, 0.012)),
        target,
        bend=bend,
        settle=0.03,
    )


BODHRAN: Mapping[str, Blow] = MappingProxyType(
    {
        "accented down": _tipper(88.0, 0.35, 0.36, -19.0, -21.0, 1.4),
        "down": _tipper(98.0, 0.40, 0.24, -21.0, -24.0, 0.8),
        # The hand behind the head presses: higher, shorter.
        "accented up": _tipper(132.0, 0.55, 0.20, -16.0, -22.5, 1.0),
        "up": _tipper(112.0, 0.50, 0.16, -20.0, -26.5, 0.5),
    }
)

_CYMBALS = ((4700.0, 0.5, 0.03), (5480.0, 1.0, 0.04), (6600.0, 0.6, 0.04), (7100.0, 0.8, 0.03), (12900.0, 0.3, 0.03))


def _cymbals(level: float, t60: float) -> tuple[Grains, ...]:
    return (Grains(_CYMBALS, 1378.0, 0.003, t60, level),)


RIQ: Mapping[str, Blow] = MappingProxyType(
    {
        "dum": Blow(
            330.0,
            skin(0.5, 0, 0.22, damping=1.0, tilt=5.0),
            (Band(200, 900, -15, 0.035), Band(900, 3500, -22, 0.025)),
            -21.5,
            bend=0.8,
            settle=0.02,
            grains=_cymbals(-26, 0.16),
            drive=1.4,
        ),
        "tak": Blow(
            380.0,
            skin(0.94, 0, 0.10, damping=0.5, tilt=0.0),
            (Band(800, 3000, -10, 0.025), Band(3000, 9000, -13, 0.025)),
            -22.0,
            bend=0.3,
            settle=0.012,
            grains=_cymbals(-14, 0.16),
            drive=1.3,
        ),
        "ka": Blow(
            380.0,
            skin(0.9, 0, 0.08, damping=0.5, tilt=2.0),
            (Band(800, 3000, -12, 0.02), Band(3000, 9000, -18, 0.02)),
            -25.0,
            grains=_cymbals(-17, 0.14),
        ),
        "cymbals": Blow(
            380.0,
            (),
            (),
            -25.5,
            grains=_cymbals(0.0, 0.25),
        ),
    }
)
