"""The ways to the destinations: straight, or behind the long system exclusive that is going out there, by a thread."""

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Protocol

import rtmidi

from jambox.midi.backlog import SHORT, Backlog
from jambox.midi.messages import END_OF_SYSEX, REAL_TIME
from jambox.midi.pieces import Address, Pieces

LOOK = 0.001
"""Seconds between two looks at what a destination has room for."""
PATIENCE = 3.0
"""Seconds without any room after which system exclusive is given up, so that notes come first when there is some."""
LAST = 0.5
"""Seconds that are left, at the end, for what waits."""
_SEND_ERRORS = (rtmidi.RtMidiError, ValueError)


class Carrier(Protocol):
    """What is used of `Pieces`."""

    def send(self, to: Address, piece: bytes) -> None: ...
    def gauge(self, to: Address) -> Callable[[], int]: ...
    def close(self) -> None: ...


class Outlet:
    """The way to one destination.

    Callers of `send` see to it that there is one at a time; `go_on` belongs to another thread. Neither waits for
    anything but the other's sending of some messages at once.
    """

    def __init__(self, straight: Callable[[bytes], object], to: Address, outlets: "Outlets") -> None:
        self._straight, self._to, self._outlets = straight, to, outlets
        self._lock = threading.Lock()  # guards what follows
        self._backlog = Backlog()
        self._room: Callable[[], int] | None = None
        self._last = 0.0  # when there was room
        self._busy = False  # True: what is no real time waits. Only `send` makes it so

    def send(self, message: bytes) -> None:
        """Sends a whole message: at once, if it is short and nothing waits, or if it is real time.

        Raises rtmidi.RtMidiError or ValueError as rtmidi does, DeviceError when too much waits.
        """
        if not self._busy and len(message) <= SHORT:
            self._straight(message)
            return
        with self._lock:
            if message[0] >= REAL_TIME or (not self._busy and len(message) <= SHORT):
                self._straight(message)
                return
            self._backlog.add(message)
            if not self._busy:
                self._busy, self._last = True, self._outlets.clock()
        self._outlets.wake()

    def go_on(self) -> bool:
        """Sends what there is room for. Gives whether anything still waits."""
        if not self._busy:
            return False
        try:
            room = self._look()
            with self._lock:
                if room:
                    self._last = self._outlets.clock()
                    self._go_on(room)
                elif self._outlets.clock() - self._last > PATIENCE:
                    self._give_up()
                self._busy = bool(self._backlog)
        except OSError:
            self.close()
        return self._busy

    def give_up(self) -> None:
        """Gives up system exclusive that waits, or is going out; what else waits goes on."""
        with self._lock:
            if self._busy:
                self._give_up()

    def close(self) -> None:
        """Gives up everything that waits: the destination is gone."""
        with self._lock:
            self._outlets.lost(self._backlog.clear())
            self._busy = False

    def _look(self) -> int:
        if self._room is None:
            self._room = self._outlets.carrier.gauge(self._to)
        return self._room()

    def _go_on(self, room: int) -> None:
        inside = self._backlog.is_inside
        for part in self._backlog.take(room):
            try:
                if inside or self._backlog.is_inside:
                    self._outlets.carrier.send(self._to, part)
                else:
                    self._straight(part)
            except BlockingIOError:
                self._give_up()
            except _SEND_ERRORS:
                self._outlets.lost(1)

    def _give_up(self) -> None:
        if self._backlog.is_inside:
            with contextlib.suppress(OSError):
                # Some receivers would take what comes next for a part of it.
                self._outlets.carrier.send(self._to, bytes([END_OF_SYSEX]))
        self._outlets.lost(self._backlog.skip())
        self._last = self._outlets.clock()


class Outlets:
    """All outlets, and the thread that carries on with what waits.

    `on_loss` is called, from any thread, with the number of messages that were given up.
    Raises OSError where there is no sequencer.
    """

    def __init__(
        self,
        on_loss: Callable[[int], None],
        new_carrier: Callable[[], Carrier] = Pieces,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.lost, self.clock, self.carrier = on_loss, clock, new_carrier()
        self._outlets: tuple[Outlet, ...] = ()
        self._woken = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="midi outlets", daemon=True)

    def start(self) -> None:
        """Starts the thread. Once only."""
        self._thread.start()

    def open(self, straight: Callable[[bytes], object], to: Address) -> Outlet:
        """A new outlet, to a port to which `straight` sends a message at once."""
        outlet = Outlet(straight, to, self)
        self._outlets += (outlet,)
        return outlet

    def shut(self, outlet: Outlet) -> None:
        """Gives an outlet up, with what waits there."""
        self._outlets = tuple([other for other in self._outlets if other is not outlet])
        outlet.close()

    def give_up(self) -> None:
        """Gives up all system exclusive that waits or is going out, for a panic. What else waits goes on."""
        for outlet in self._outlets:
            outlet.give_up()

    def wake(self) -> None:
        """Tells the thread that something waits."""
        self._woken.set()

    def step(self) -> bool:
        """Sends what there is room for. Gives whether anything still waits. The thread's work, once around."""
        waiting = [outlet for outlet in self._outlets if outlet.go_on()]
        return bool(waiting)

    def close(self) -> None:
        """Gives system exclusive up, waits up to `LAST` seconds until the rest is out, ends the thread."""
        self.give_up()
        self._closed = True
        self.wake()
        if self._thread.is_alive():
            self._thread.join()
        else:
            self._run()
        self.carrier.close()

    def _run(self) -> None:
        until = None
        while True:
            waiting = self.step()
            if self._closed:
                until = until or self.clock() + LAST
                if not waiting or self.clock() > until:
                    return
            self._woken.wait(LOOK if waiting else None)
            self._woken.clear()
