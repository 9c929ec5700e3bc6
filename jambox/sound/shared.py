"""Memory that control and engine share: commands one way, levels one way, status the other, pages for scores.

The memory is anonymous (memfd) and handed down as a file descriptor: nothing is left behind by a crash. Nobody waits
for anybody. ARM orders memory weakly, so every hand-over goes through the kernel's fences.
"""

import mmap
import os
from array import array
from collections.abc import Sequence
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any

from jambox.errors import DeviceError
from jambox.sound import kernel, layout
from jambox.sound.commands import RECORD, STATUS, Command, LoadDrone, LoadScore, Status, decode, encode
from jambox.sound.tables import table

RING = 1024
"""Commands that may lie between two blocks."""
PAGES, PAGE = 16, 65536
"""Scores and figures in flight, and bytes for each."""
_ATTEMPTS = 1000
"""Readings of a status that is just being written; a write takes about as long as one."""
_WORD = 8
_DEAF = "the engine does not take commands any more: it is being restarted"
_STATUS_FIELDS = attrgetter(*(field.name for field in fields(Status)))
_LAYOUT = {"ends": 2, "ring": RING * RECORD, "levels": 1 + layout.LEVELS, "status": 1 + STATUS}


def allocate(name: str, size: int) -> int:
    """File descriptor of `size` bytes of anonymous shared memory. Raises OSError."""
    descriptor = os.memfd_create(name)
    os.ftruncate(descriptor, size)
    return descriptor


class Link:
    """Both ends' view of the shared memory behind `descriptor`; None allocates it."""

    def __init__(self, descriptor: int | None = None) -> None:
        words = sum(_LAYOUT.values())
        size = words * _WORD + PAGES * PAGE
        self.descriptor = allocate("jambox-link", size) if descriptor is None else descriptor
        # Any: a cast memoryview's items are floats here and integers there.
        whole: Any = memoryview(mmap.mmap(self.descriptor, size))
        parts, start = {}, 0
        for name, count in _LAYOUT.items():
            parts[name] = whole[start : start + count * _WORD]
            start += count * _WORD
        self._pages = whole[start:]
        self._ends = parts["ends"].cast("l")
        self._ring = parts["ring"].cast("d", shape=[RING, RECORD])
        self._levels_sequence, self._levels = parts["levels"][:_WORD].cast("l"), parts["levels"][_WORD:].cast("d")
        self._status_sequence, self._status = parts["status"][:_WORD].cast("l"), parts["status"][_WORD:].cast("d")
        self._record = table("d", RECORD)
        self._level_values: memoryview[float] = table("d", layout.LEVELS)
        self._status_values = table("d", STATUS)
        self._last = Status(*self._status_values)
        self._seen = 0
        self._page = 0
        self._lent = [-PAGES] * PAGES
        self.sent = 0

    # control's end

    def send(self, command: Command) -> None:
        """Hand a command to the engine. Raises DeviceError when the engine has not listened for RING commands."""
        self._record[:] = _packed(encode(command))
        if not kernel.push(self._ends, self._ring, self._record):
            raise DeviceError(_DEAF)
        self.sent += 1

    def send_score(self, text: bytes) -> None:
        """Hand an encoded Score over. Raises DeviceError like `send`; also when all PAGES wait, or it is too long."""
        self.send(LoadScore(self._put(text)))

    def send_figure(self, text: bytes) -> None:
        """Hand an encoded Figure over, like `send_score`."""
        self.send(LoadDrone(self._put(text)))

    def set_levels(self, levels: Sequence[float]) -> None:
        """Publish the goals of inputs, drone, rhythm and master, as amplitudes."""
        self._level_values[:] = _packed(levels)
        kernel.publish(self._levels_sequence, self._levels, self._level_values)

    def status(self) -> Status:
        """The engine's latest report; all zeros before its first. One that died while reporting: its last but one."""
        for _ in range(_ATTEMPTS):
            if kernel.snapshot(self._status_sequence, self._status, self._status_values) >= 0:
                self._last = Status(*self._status_values)
                break
        return replace(self._last)

    def close(self) -> None:
        """Give the descriptor back; the memory goes when the other end is done with it."""
        os.close(self.descriptor)

    # the engine's end, real-time safe

    def receive(self) -> Command | None:
        """The oldest command not yet taken."""
        return decode(self._record) if kernel.pop(self._ends, self._ring, self._record) else None

    def levels(self) -> "memoryview[float] | None":
        """The levels, when others were published since the last call."""
        seen = kernel.snapshot(self._levels_sequence, self._levels, self._level_values)
        if seen in (-1, self._seen):
            return None
        self._seen = seen
        return self._level_values

    def page(self, number: int) -> bytes:
        """What was put on a page."""
        start = number * PAGE
        length = int.from_bytes(self._pages[start : start + _WORD], "little")
        return bytes(self._pages[start + _WORD : start + _WORD + length])

    def report(self, status: Status) -> None:
        """Publish what the engine is doing."""
        self._status_values[:] = _packed(_STATUS_FIELDS(status))
        kernel.publish(self._status_sequence, self._status, self._status_values)

    def _put(self, text: bytes) -> int:
        if len(text) > PAGE - _WORD:
            raise DeviceError(f"a score of {len(text)} bytes is too long for the engine: at most {PAGE - _WORD}")
        # A page is free again when the engine has taken the command after the one that named it.
        number = self._page
        taken, sent = self._ends
        if taken < self._lent[number] + 2:
            raise DeviceError(_DEAF)
        self._page, self._lent[number] = (number + 1) % PAGES, sent
        start = number * PAGE
        self._pages[start : start + _WORD] = len(text).to_bytes(_WORD, "little")
        self._pages[start + _WORD : start + _WORD + len(text)] = text
        return number


def _packed(values: Sequence[float]) -> Any:
    return memoryview(array("d", values))
