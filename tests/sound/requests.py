"""What the tests of devices ask for, and give to play."""

import msgspec
import numpy as np

from jambox.sound.agreement import Request
from jambox.sound.tables import view

RATE, PERIOD, PERIODS = 48000, 64, 3
REQUEST = Request("hw:CARD=Fake", RATE, PERIOD, PERIODS, 2)
CUE = msgspec.structs.replace(REQUEST, outputs=4)


def frames(value: float = 0.0, count: int = PERIOD) -> "memoryview[float]":
    made: memoryview[float] = view(np.full(2 * count, value, dtype=np.float32))
    return made
