"""The thread that sends what rhythm or drone play at its times."""

import contextlib
import ctypes
import math
import os
import threading
import time
from collections.abc import Callable, Collection
from typing import Generic, Protocol, Self, TypeVar

PRIORITY = 60
"""SCHED_FIFO priority: above the interrupt threads of a preemptible kernel (50), below the engine."""
EARLY = 10e-6
"""Seconds: what falls due by less before the thread wakes anyway is no reason to wake it. Clocks of frames waver so."""
_PR_SET_TIMERSLACK = 29  # prctl(2)


class Delayable(Protocol):
    """A plan that can be carried out later."""

    def later(self, offset: float) -> Self:
        """The same, `offset` seconds later; below 0, earlier."""


Plan = TypeVar("Plan", bound=Delayable)
_Plan = TypeVar("_Plan", contravariant=True)


class Line(Protocol[_Plan]):
    """What goes from message to message by one plan after another: a `sync.Playhead`, `plucks.Strings`."""

    def follow(self, plan: _Plan | None) -> list[bytes]:
        """Goes on by `plan`, or ends without one: what to send at once."""

    def due(self) -> float | None:
        """When there is something to send next."""

    def take(self, now: float) -> list[bytes]:
        """What is due by `now`."""

    def release(self) -> list[bytes]:
        """The note-offs that are still due, at once."""


class Performer(Generic[Plan]):
    """Carries plans out through `send`, a callable that takes one MIDI message and neither raises nor blocks.

    Each is carried out once for each of `offsets`, so many seconds later than it is heard, by a `line` of its own, and
    `send` is told for which one a message is. So of one plan there are several runs, each with a beginning and an end.
    It waits for absolute times of `clock` (monotonic seconds), so it neither drifts nor is late by more than the
    kernel's wake-up and EARLY; a plan by which something is due before wakes it. Where the user may have real-time
    priority, the thread takes it. Its methods may be called from any thread.
    """

    def __init__(
        self,
        send: Callable[[bytes, float], None],
        line: Callable[[], Line[Plan]],
        offsets: Collection[float] = (0.0,),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._send = send
        self._clock = clock
        self._lines = {offset: line() for offset in offsets}
        self._changed = threading.Condition()
        self._waking = math.inf
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="midi performer", daemon=True)
        self.realtime = False
        """Whether the thread got real-time priority."""

    def start(self) -> None:
        """Starts the thread. Once only."""
        self._thread.start()

    def follow(self, plan: Plan | None) -> None:
        """Goes on by `plan`, or stops at once (Stop and note-offs) without one; see `Line.follow`."""
        with self._changed:
            for offset, line in self._lines.items():
                self._send_all(line.follow(plan and plan.later(offset)), offset)
            if self._due() < self._waking - EARLY:
                self._changed.notify()

    def release(self) -> None:
        """Sends the note-offs that are still due, at once; the clock goes on."""
        with self._changed:
            for offset, line in self._lines.items():
                self._send_all(line.release(), offset)

    def close(self) -> None:
        """Stops the run and ends the thread."""
        self.follow(None)
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()

    def step(self) -> float | None:
        """Sends what is due; gives the seconds until there is more, None for never. The thread's work, once around."""
        with self._changed:
            for offset, line in self._lines.items():
                self._send_all(line.take(self._clock()), offset)
            self._waking = self._due()
            return None if self._waking == math.inf else max(0.0, self._waking - self._clock())

    def _due(self) -> float:
        return min((due for line in self._lines.values() if (due := line.due()) is not None), default=math.inf)

    def _run(self) -> None:
        self.realtime = hurry()
        with self._changed:
            while not self._closed:
                self._changed.wait(self.step())

    def _send_all(self, messages: list[bytes], offset: float) -> None:
        for message in messages:
            self._send(message, offset)


def hurry() -> bool:
    """Asks for real-time priority and exact timers for this thread; gives whether it got the former.

    A thread of ordinary priority is woken up to 50 µs late by default (prctl(2), PR_SET_TIMERSLACK).
    """
    ctypes.CDLL(None).prctl(_PR_SET_TIMERSLACK, ctypes.c_ulong(1000), 0, 0, 0)
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
        return True
    return False
