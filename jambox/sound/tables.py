"""Tables of numbers as memoryviews: what the kernel works on, without numpy.

The engine's process does without numpy, whose libraries would take 90 MB of locked memory and half of its start.
"""

import math
import struct
from array import array
from collections.abc import Sequence
from typing import Any, Literal

Code = Literal["d", "f", "l", "i", "h", "B"]
"""Kinds of numbers, as in the struct module: float64, float32, int64, int32, int16, uint8."""


def table(code: Code, *shape: int) -> Any:
    """Zeros of one or two dimensions, C-contiguous; a table of two must not be empty."""
    flat = memoryview(bytearray(math.prod(shape) * struct.calcsize(code)))
    return flat.cast(code) if len(shape) == 1 else flat.cast(code, shape)


def filled(values: Sequence[float]) -> "memoryview[float]":
    """A table (float64) of those values."""
    return memoryview(array("d", values))


def view(buffer: Any) -> Any:
    """The memoryview of a buffer such as a numpy array: its items are Python's numbers, which do not round."""
    return memoryview(buffer)


NOTHING: "memoryview[float]" = table("f", 0)
"""No frames."""
