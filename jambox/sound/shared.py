"""Memory that control and engine share: commands, levels and mixer one way, status and meters the other, pages.

The memory is anonymous (memfd) and handed down as a file descriptor: nothing is left behind by a crash. Nobody waits
for anybody. ARM orders memory weakly, so every hand-over goes through the kernel's fences.
"""

import mmap
import os
from collections.abc import Sequence
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any

from jambox.errors import DeviceError
from jambox.music.roll import ROOM
from jambox.sound import hearing, kernel, layout
from jambox.sound.commands import RECORD, STATUS, Command, LoadDrone, LoadScore, Status, SwapScore, decode, encode
from jambox.sound.meters import METERS
from jambox.sound.parameters import VALUES, Mixer, flatten
from jambox.sound.tables import filled, table

_WORD = 8
RING = 1024
"""Commands that may lie between two blocks."""
PAGES, PAGE = 16, _WORD * (ROOM + 1)
"""Scores and figures in flight, and bytes for each."""
_ATTEMPTS = 1000
"""Readings of a status that is just being written; a write takes about as long as one."""
_DEAF = "the engine does not take commands any more: it is being restarted"
_STATUS_FIELDS = attrgetter(*(field.name for field in fields(Status)))
_LAYOUT = {
    "ends": 2,
    "ring": RING * RECORD,
    "levels": 1 + layout.LEVELS,
    "mixer": 1 + VALUES,
    "status": 1 + STATUS,
    "meters": 1 + METERS,
    "heard": 1 + 1,
    "ear": hearing.KEPT,
    "struck": hearing.KEPT,
}


def allocate(name: str, size: int) -> int:
    """File descriptor of `size` bytes of anonymous shared memory. Raises OSError."""
    descriptor = os.memfd_create(name)
    os.ftruncate(descriptor, size)
    return descriptor


class Sheet:
    """Numbers that one end publishes as a whole and the other reads as a whole, behind a sequence number."""

    def __init__(self, part: Any) -> None:
        self.sequence, self._shared = part[:_WORD].cast("l"), part[_WORD:].cast("d")
        self.values: memoryview[float] = table("d", len(self._shared))
        self._seen = 0

    def write(self, values: Sequence[float]) -> None:
        """Publish `values`."""
        self.values[:] = values if isinstance(values, memoryview) else filled(values)
        kernel.publish(self.sequence, self._shared, self.values)

    def read(self) -> bool:
        """Take what was last published into `values`; False when a write came between."""
        return kernel.snapshot(self.sequence, self._shared, self.values) >= 0

    def news(self) -> "memoryview[float] | None":
        """What was published, when it was since the last call."""
        seen = kernel.snapshot(self.sequence, self._shared, self.values)
        if seen in (-1, self._seen):
            return None
        self._seen = seen
        return self.values


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
        self._rows, self._lengths = self._pages.cast("d"), self._pages.cast("l")
        self._ends = parts["ends"].cast("l")
        self._ring = parts["ring"].cast("d", shape=[RING, RECORD])
        self._levels, self._mixer = Sheet(parts["levels"]), Sheet(parts["mixer"])
        self._status, self._meters = Sheet(parts["status"]), Sheet(parts["meters"])
        self._heard, self._ear, self._struck = Sheet(parts["heard"]), parts["ear"].cast("d"), parts["struck"].cast("d")
        self._record = table("d", RECORD)
        self._last = Status(*self._status.values)
        self._last_meters = list(self._meters.values)
        self._page = 0
        self._lent = [-PAGES] * PAGES
        self.sent = 0

    # control's end

    def send(self, command: Command) -> None:
        """Hand a command to the engine. Raises DeviceError when the engine has not listened for RING commands."""
        self._record[:] = filled(encode(command))
        if not kernel.push(self._ends, self._ring, self._record):
            raise DeviceError(_DEAF)
        self.sent += 1

    def send_score(self, text: bytes) -> None:
        """Hand a score over, as `roll.lay` made it.

        Raises DeviceError like `send`; also when all PAGES wait, or it is too long.
        """
        self.send(LoadScore(self._put(text)))

    def swap_score(self, text: bytes) -> None:
        """Hand over a score that takes the place of one of its line at once, like `send_score`."""
        self.send(SwapScore(self._put(text)))

    def send_figure(self, text: bytes) -> None:
        """Hand an encoded Figure over, like `send_score`."""
        self.send(LoadDrone(self._put(text)))

    def set_levels(self, levels: Sequence[float]) -> None:
        """Publish the goals of inputs, drone, rhythm and master, as amplitudes."""
        self._levels.write(levels)

    def set_mixer(self, mixer: Mixer) -> None:
        """Publish the goals of all parameters."""
        self._mixer.write(flatten(mixer))

    def status(self) -> Status:
        """The engine's latest report; all zeros before its first. One that died while reporting: its last but one."""
        for _ in range(_ATTEMPTS):
            if self._status.read():
                self._last = Status(*self._status.values)
                break
        return replace(self._last)

    def meters(self) -> list[float]:
        """The engine's latest page of meters, as `meters.as_dict` reads it; like `status`."""
        for _ in range(_ATTEMPTS):
            if self._meters.read():
                self._last_meters = list(self._meters.values)
                break
        return self._last_meters

    @property
    def heard(self) -> int:
        """How many samples the inputs have given to listen to, thinned out as `hearing.thinning` says."""
        for _ in range(_ATTEMPTS):
            if self._heard.read():
                break
        return int(self._heard.values[0])

    def overhear(self, first: int, last: int) -> "memoryview[float]":
        """Those samples from `first` to before `last`; of more than half of what is kept, the latest."""
        return _cut(self._ear, first, last)

    def overhear_strokes(self, first: int, last: int) -> "memoryview[float]":
        """The same of those inputs only whose strokes are listened for."""
        return _cut(self._struck, first, last)

    def close(self) -> None:
        """Give the descriptor back; the memory goes when the other end is done with it."""
        os.close(self.descriptor)

    # the engine's end, real-time safe

    def receive(self) -> Command | None:
        """The oldest command not yet taken."""
        return decode(self._record) if kernel.pop(self._ends, self._ring, self._record) else None

    def levels(self) -> "memoryview[float] | None":
        """The levels, when others were published since the last call."""
        return self._levels.news()

    def mixer(self) -> "memoryview[float] | None":
        """The mixer's parameters, when others were published since the last call."""
        return self._mixer.news()

    def numbers(self, number: int) -> "memoryview[float]":
        """The score on a page, as `roll.lay` made it, in place: to be taken over before the next command is."""
        first = number * PAGE // _WORD + 1
        row: memoryview[float] = self._rows[first : first + self._lengths[first - 1] // _WORD]
        return row

    def page(self, number: int) -> bytes:
        """What was put on a page."""
        start = number * PAGE
        length = int.from_bytes(self._pages[start : start + _WORD], "little")
        return bytes(self._pages[start + _WORD : start + _WORD + length])

    def hear(
        self, captured: "memoryview[float]", frames: int, everyone: hearing.Funnel, strikers: hearing.Funnel
    ) -> None:
        """Give what was captured to whoever listens: for a note to everyone, for strokes to those who strike."""
        values = self._heard.values
        written = int(values[0])
        strikers.put(captured, frames, self._struck, written)
        values[0] = everyone.put(captured, frames, self._ear, written)
        self._heard.write(values)

    def report(self, status: Status) -> None:
        """Publish what the engine is doing."""
        self._status.write(_STATUS_FIELDS(status))

    def report_meters(self, page: "memoryview[float]") -> None:
        """Publish the meters (float64, METERS)."""
        self._meters.write(page)

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


def _cut(ring: Any, first: int, last: int) -> "memoryview[float]":
    first = max(first, last - hearing.KEPT // 2, 0)
    samples: memoryview[float] = table("d", max(last - first, 0))
    start = first % hearing.KEPT
    before = min(len(samples), hearing.KEPT - start)
    samples[:before] = ring[start : start + before]
    samples[before:] = ring[: len(samples) - before]
    return samples
