"""Sounds that several tests measure, each rendered once."""

from functools import cache

from jambox.sound.instruments import render
from jambox.sound.instruments.tones import Samples
from jambox.units import Hertz

D3 = Hertz(146.83)


@cache
def sound(family: str, name: str, seed: int = 1, rate: int = 48000) -> Samples:
    """Float32, which nobody may change."""
    samples = render(family, name, D3, rate, seed)
    samples.flags.writeable = False
    return samples
