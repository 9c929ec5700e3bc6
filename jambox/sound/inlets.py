"""Memory that guests and engine share: what a further card captures, when its frames pass, and on which strips it sits.

Anonymous like that of `shared`, made once by control, so that cards may come and go while engines play on, and engines
while cards stay. Nobody waits for anybody: a guest writes a ring and then says how far it came, behind a sequence lock.
"""

import mmap
import os
from typing import Any

from jambox.frameclock import FrameClock
from jambox.sound.guests import CHANNELS, LINE, PLACE
from jambox.sound.shared import Sheet, allocate
from jambox.sound.sinc import PHASES, TAPS

CAPACITY = 4096
"""Frames in a ring: many times what lies between a guest and the engine."""
_TAPS = (PHASES + 1) * TAPS * 8
_RING = CHANNELS * CAPACITY * 4
_LINE, _PLACE = (1 + LINE) * 8, (1 + PLACE) * 8
_INLET = _TAPS + _RING + _LINE + _PLACE


class Inlet:
    """One guest's part of the memory."""

    def __init__(self, part: Any) -> None:
        self.taps: Any = part[:_TAPS].cast("d", shape=[PHASES + 1, TAPS])
        whole = part[_TAPS : _TAPS + _RING]
        self.rings: tuple[Any, ...] = tuple(
            whole[: rows * CAPACITY * 4].cast("f", shape=[rows, CAPACITY]) for rows in range(1, CHANNELS + 1)
        )
        """The ring, as one of 1, 2, … channels."""
        self._line = Sheet(part[_TAPS + _RING : _TAPS + _RING + _LINE])
        self._place = Sheet(part[_TAPS + _RING + _LINE : _INLET])

    # control's end

    def seat(self, first: int, channels: int) -> None:
        """Let the guest's `channels` be heard from strip `first` of those for guests on; 0 channels: not at all."""
        self._place.write([float(first), float(channels)])

    # the guest's end, real-time safe

    def lay(self, taps: Any) -> None:
        """Give the weights by which the guest's frames are read. Before the first line."""
        for row in range(PHASES + 1):
            for tap in range(TAPS):
                self.taps[row, tap] = taps[row, tap]

    def publish(self, run: int, written: int, clock: FrameClock, period: int) -> None:
        """Say that frames up to `written` of its `run`-th start are in the ring, and when they pass."""
        self._line.write([float(run), float(written), clock.frame, clock.time, clock.rate, float(period)])

    # the engine's and control's end, real-time safe

    def line(self) -> "memoryview[float] | None":
        """What the guest last published (LINE numbers, see `guests`); None while it is being written."""
        return self._line.values if self._line.read() else None

    def place(self) -> "memoryview[float] | None":
        """Where it sits (PLACE numbers); None while that is being written."""
        return self._place.values if self._place.read() else None


class Inlets:
    """All of the memory behind `descriptor`, for `count` guests at most; None allocates it."""

    def __init__(self, count: int, descriptor: int | None = None) -> None:
        size = max(count * _INLET, 1)
        self.descriptor = allocate("jambox-inlets", size) if descriptor is None else descriptor
        whole: Any = memoryview(mmap.mmap(self.descriptor, size))
        self.inlets = tuple(Inlet(whole[n * _INLET : (n + 1) * _INLET]) for n in range(count))

    def close(self) -> None:
        """Give the descriptor back; the memory goes when nobody uses it any more."""
        os.close(self.descriptor)
