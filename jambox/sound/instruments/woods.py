"""What is struck in wood, and by hands and feet: claves, palitos, cáscara, palmas, and plain accents.

Claves: a free bar (see `bodies`) at 2500 Hz for some 40 ms, as the TR-808's study by McCurdy has it too. Palitos: the
wood block of the Synthesis ToolKit, of T60 39, 26, 26 and 16 ms. A wood block in a recording by Glen MacArthur ("Gimme
A Hand" of the Hydrogen drumkits, GPL 2; none of them is used here) rings at 1153 Hz for 0.14 s, so that the accents'
does for three times the ToolKit's. Campana: 562 and 843 Hz, as emulations of the 808's cowbell have it, for 0.33 s, as
his cowbell does. The timbal's open head and its shell, cáscara: general knowledge.

A clap is the air between the hands, a Helmholtz resonator, deeper for cupped hands than for flat ones (Fu and others,
Physical Review Research 2025; Papadakis and Stavroulakis 2020): palmas claras ring high. They follow the claps of his
recordings, most of them at 0.8 to 3 kHz, but are drier: there 97 % of the energy has gone after 60 ms. Golpe on a
guitar: its air near 100 Hz and its top near 200 Hz, general knowledge.
"""

from collections.abc import Mapping
from types import MappingProxyType

from jambox.sound.instruments.bodies import FREE_BAR, WOOD_BLOCK, ringing, skin
from jambox.sound.instruments.strokes import Blow
from jambox.sound.instruments.tones import Band, Mode

_BLOCK_T60 = (0.039, 0.026, 0.026, 0.016)
_BLOCK_LEVELS = (0.0, -12.0, -12.0, -14.0)


def block(pitch: float, target: float, stretch: float = 1.0) -> Blow:
    """A wood block of that pitch, which rings `stretch` times as long as the Synthesis ToolKit's."""
    t60s = tuple(stretch * t60 for t60 in _BLOCK_T60)
    return Blow(pitch, ringing(WOOD_BLOCK, _BLOCK_LEVELS, t60s), (Band(1000, 6000, -14, 0.012),), target, drive=1.5)


def bell(pitch: float, target: float, t60: float, fifth: float = 1.5) -> Blow:
    """A hand-forged bell without clapper: two strong tones, about a fifth apart, under a clang that is soon over."""
    ring = (Mode(1.0, 0, t60), Mode(fifth, -1, t60), Mode(2.47, -10, 0.5 * t60), Mode(3.46, -9, 0.4 * t60))
    clang = (Mode(5.17, -12, 0.25 * t60), Mode(6.83, -15, 0.2 * t60), Mode(9.1, -20, 0.15 * t60))
    return Blow(pitch, ring + clang, (Band(2000, 9000, -19, 0.012),), target)


CLAVE: Mapping[str, Blow] = MappingProxyType(
    {
        "clave": Blow(
            2500.0,
            ringing(FREE_BAR[:3], (0.0, -16.0, -26.0), (0.05, 0.02, 0.012)),
            (Band(1500, 7000, -18, 0.008),),
            -21.5,
            drive=2.0,
        ),
        "campana": bell(562.0, -23.0, 0.33),
        "palito": block(1150.0, -25.5),
        "cáscara": Blow(
            640.0,
            (
                *(Mode(1.0, -8, 0.07), Mode(1.83, -5, 0.08), Mode(2.71, -2, 0.09), Mode(4.09, 0, 0.10)),
                *(Mode(5.88, -3, 0.09), Mode(8.07, -7, 0.08), Mode(10.6, -11, 0.06)),
            ),
            (Band(2000, 9000, -10, 0.015),),
            -25.0,
        ),
        "timbal": Blow(
            240.0,
            (*skin(0.5, 0, 0.32, damping=0.8, tilt=2.0), Mode(10.9, -20, 0.10), Mode(15.7, -22, 0.08)),
            (Band(400, 2500, -16, 0.03), Band(2500, 8000, -20, 0.02)),
            -22.0,
            bend=0.5,
            settle=0.02,
        ),
        "block": block(1150.0, -23.0, 3.0),
    }
)


def clap(pitch: float, target: float, again: tuple[tuple[float, float], ...] = (), air: float = -6.0) -> Blow:
    """Two hands: the air between them rings at `pitch`, at `air` dB, under the noise of the skin."""
    return Blow(
        pitch,
        (Mode(1.0, air, 0.030), Mode(1.72, air - 3, 0.022)),
        (
            *(Band(0.6 * pitch, 1.5 * pitch, -1, 0.045), Band(1.5 * pitch, 3.5 * pitch, -5, 0.040)),
            *(Band(3.5 * pitch, 7.5 * pitch, -12, 0.030), Band(500, 3500, -15, 0.16)),
        ),
        target,
        again=again,
        drive=2.2,
    )


PALMAS: Mapping[str, Blow] = MappingProxyType(
    {
        # Two that clap together are never quite together.
        "palmas": clap(1350.0, -23.5),
        "palmas two": clap(1300.0, -21.3, again=((0.005, 1.5), (0.011, 5.0))),
        "contra": clap(1520.0, -24.5),
        "golpe": Blow(
            100.0,
            (Mode(1.0, -3, 0.16), Mode(2.03, 0, 0.12), Mode(3.9, -7, 0.07), Mode(5.5, -10, 0.05), Mode(8.6, -15, 0.04)),
            (Band(200, 1200, -10, 0.03), Band(1200, 6000, -14, 0.015)),
            -25.0,
        ),
    }
)

ACCENTS: Mapping[str, Blow] = MappingProxyType(
    {
        "block": block(1150.0, -22.8, 3.0),
        "bass": Blow(
            62.0,
            skin(0.15, 0, 0.45, damping=1.2, tilt=7.0),
            (Band(80, 300, -16, 0.05), Band(300, 1500, -27, 0.025)),
            -21.0,
            bend=1.5,
            settle=0.03,
        ),
        "tap": Blow(
            200.0,
            skin(0.4, -4, 0.09, damping=0.8, tilt=3.0),
            (Band(1500, 5000, -9, 0.09), Band(5000, 10000, -14, 0.07)),
            -26.0,
        ),
        "foot": Blow(
            85.0,
            (Mode(1.0, 0, 0.14), Mode(1.9, -5, 0.09), Mode(3.3, -9, 0.06), Mode(5.6, -14, 0.04)),
            (Band(100, 500, -2, 0.05), Band(500, 2500, -8, 0.02)),
            -25.0,
            drive=2.0,
        ),
    }
)
