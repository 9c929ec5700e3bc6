"""A thread for what falls due at its time, when no message comes to set it off."""

import threading
import time
from collections.abc import Callable
from typing import Protocol


class Alarming(Protocol):
    """What is used of `Alarm`."""

    def set(self, moment: float) -> None: ...
    def close(self) -> None: ...


class Alarm:
    """Calls `ring` in a thread of its own once a moment that was set has come; what it returns is set next.

    Moments are seconds of `clock`. The thread begins with the first of them. All may be called from any thread, with
    whatever lock held that `ring` takes: the thread holds none of its own while it rings.
    """

    def __init__(self, ring: Callable[[], float | None], clock: Callable[[], float] = time.monotonic) -> None:
        self._ring, self._clock = ring, clock
        self._changed = threading.Condition()
        self._next: float | None = None
        self._closed = False
        self._thread: threading.Thread | None = None

    def set(self, moment: float) -> None:
        """Rings at `moment`, or before."""
        earlier = self._next
        if earlier is not None and earlier <= moment:
            return
        with self._changed:
            if self._closed or (self._next is not None and self._next <= moment):
                return
            self._next = moment
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="midi alarm", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Rings no more. Not to be called from `ring`, nor with a lock that it takes."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while self._wait():
            moment = self._ring()
            if moment is not None:
                self.set(moment)

    def _wait(self) -> bool:
        """Waits for the next moment. False when there is none any more."""
        with self._changed:
            while not self._closed:
                left = None if self._next is None else self._next - self._clock()
                if left is not None and left <= 0.0:
                    self._next = None
                    return True
                self._changed.wait(left)
        return False
