"""What drones are played on, by the name that a drone's file gives as its `instrument`.

Each makes one sound of one string or pipe: a pluck that rings, or a breath of a steady sound (see `breaths`).
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from jambox.sound.instruments import drone_pipe, overtones, pad, pipes, reeds, rims, tanpura, wheel
from jambox.sound.instruments.steady import sound
from jambox.sound.instruments.tones import Samples
from jambox.units import Hertz

Instrument = Callable[[Hertz, float, int, int], Samples]
"""From frequency, seconds, rate and seed to samples; shape (round(seconds * rate),). Same arguments, same samples.

What sounds on has the same phases in all seeds of one string, `seed // TURNS`, on whatever tonic.
"""

DRONES: Mapping[str, Instrument] = MappingProxyType(
    {
        **{name: partial(tanpura.pluck, build=build) for name, build in tanpura.BUILDS.items()},
        "shruti": partial(sound, reeds.SHRUTI),
        "harmonium": partial(sound, reeds.HARMONIUM),
        "highland": partial(sound, reeds.HIGHLAND),
        "upanga": partial(sound, reeds.UPANGA),
        "othu": partial(sound, reeds.OTHU),
        "organ": partial(sound, pipes.ORGAN),
        "bowed": partial(sound, pipes.BOWED),
        "bourdon": wheel.bourdon,
        "trompette": wheel.trompette,
        "drone-pipe": drone_pipe.blow,
        **overtones.VOICES,
        "kargyraa": overtones.kargyraa,
        "bowl": rims.bowl,
        "rubbed-bowl": rims.rubbed_bowl,
        "glass": rims.glass,
        "pad": pad.warm,
    }
)
