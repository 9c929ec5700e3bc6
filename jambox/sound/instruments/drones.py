"""What drones are played on, by the name that a drone's file gives as its `instrument`.

Each makes one sound of one string or pipe: a pluck that rings, or a breath of a steady sound (see `breaths`).
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from jambox.sound.instruments import pipes, reeds, tanpura
from jambox.sound.instruments.steady import sound
from jambox.sound.instruments.tones import Samples
from jambox.units import Hertz

Instrument = Callable[[Hertz, float, int, int], Samples]
"""From frequency, seconds, rate and seed to samples; shape (round(seconds * rate),). Same arguments, same samples."""

DRONES: Mapping[str, Instrument] = MappingProxyType(
    {
        "tanpura": tanpura.pluck,
        "shruti": partial(sound, reeds.SHRUTI),
        "harmonium": partial(sound, reeds.HARMONIUM),
        "highland": partial(sound, reeds.HIGHLAND),
        "upanga": partial(sound, reeds.UPANGA),
        "othu": partial(sound, reeds.OTHU),
        "organ": partial(sound, pipes.ORGAN),
        "bowed": partial(sound, pipes.BOWED),
    }
)
