"""Memory by which the engine hands the cue to a card of its own: the frames, when they pass, and how that card fares.

Anonymous like that of `shared`, made once by control, so that the card may come and go while engines play on, and
engines while it stays. Nobody waits for anybody: to this card, the engine is a guest, as cards that capture are to the
engine.
"""

import mmap
import os
from typing import Any, NamedTuple

from jambox.frameclock import FrameClock
from jambox.sound.agreement import OUTPUTS
from jambox.sound.guests import LINE, PLACE
from jambox.sound.resampler import stow
from jambox.sound.shared import Sheet, allocate
from jambox.sound.tables import table

CAPACITY = 16384
"""Frames in the ring: the longest period, and what lies between engine and card, twice over."""
_RING = OUTPUTS * CAPACITY * 4
_LINE = (1 + LINE) * 8


class Report(NamedTuple):
    """How the card fares: frames that it has played since its process began, so many a second; xruns; how often the
    engine's frames were not there.
    """

    played: float = 0.0
    pace: float = 0.0
    xruns: float = 0.0
    dry: float = 0.0


_REPORT = (1 + len(Report._fields)) * 8


class Outlet:
    """Both ends' view of the memory behind `descriptor`; None allocates it.

    `taps` are the weights by which the card's process reads, which are its own. A `guests.Source`.
    """

    def __init__(self, descriptor: int | None = None, taps: Any = None) -> None:
        size = _RING + _LINE + _REPORT
        self.descriptor = allocate("jambox-outlet", size) if descriptor is None else descriptor
        whole: Any = memoryview(mmap.mmap(self.descriptor, size))
        self.taps: Any = taps
        self.rings: tuple[Any, ...] = tuple(
            whole[: rows * CAPACITY * 4].cast("f", shape=[rows, CAPACITY]) for rows in range(1, OUTPUTS + 1)
        )
        self._line = Sheet(whole[_RING : _RING + _LINE])
        self._report = Sheet(whole[_RING + _LINE :])
        self._place: memoryview[float] = table("d", PLACE)
        self._place[1] = float(OUTPUTS)
        self._news: memoryview[float] = table("d", LINE)

    # the engine's end, real-time safe

    def put(self, cue: "memoryview[float]", frame: int, clock: FrameClock, run: int) -> None:
        """Lay the block (float32, period x 2, interleaved) that begins at `frame`, which passes by `clock`.

        `run` counts the starts of the engine's own card.
        """
        period, news = len(cue) // OUTPUTS, self._news
        stow(cue, OUTPUTS, self.rings[-1], frame, period)
        news[0], news[1], news[2] = float(run), float(frame + period), clock.frame
        news[3], news[4], news[5] = clock.time, clock.rate, float(period)
        self._line.write(news)

    # the card's end, real-time safe

    def line(self) -> "memoryview[float] | None":
        """What the engine last said (LINE numbers, see `guests`); None while it is being written."""
        return self._line.values if self._line.read() else None

    def place(self) -> "memoryview[float] | None":
        """Both channels from the first on."""
        return self._place

    def report(self, report: Report) -> None:
        """Publish how the card fares."""
        self._report.write(report)

    # control's end

    def fares(self) -> Report | None:
        """How the card fares; None while that is being written."""
        return Report(*self._report.values) if self._report.read() else None

    def close(self) -> None:
        """Give the descriptor back; the memory goes when nobody uses it any more."""
        os.close(self.descriptor)
