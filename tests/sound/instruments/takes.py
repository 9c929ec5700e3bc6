"""Sounds that several tests measure, each rendered once."""

import time
from functools import cache
from typing import NamedTuple

from jambox.sound.instruments import render
from jambox.sound.instruments.tones import Samples
from jambox.units import Hertz

D3 = Hertz(146.83)


class Take(NamedTuple):
    """A sound, float32, which nobody may change, and the seconds of processor time that it took to render."""

    sound: Samples
    seconds: float


@cache
def take(family: str, name: str, seed: int, rate: int) -> Take:
    begun = time.process_time()
    samples = render(family, name, D3, rate, seed)
    seconds = time.process_time() - begun
    samples.flags.writeable = False
    return Take(samples, seconds)


def sound(family: str, name: str, seed: int = 1, rate: int = 48000) -> Samples:
    return take(family, name, seed, rate).sound
