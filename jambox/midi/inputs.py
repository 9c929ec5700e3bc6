"""What hears the sources: rtmidi's inputs, each with a thread of its own, which the interpreter keeps in mind.

rtmidi has the interpreter take up that thread at each message and forget it afterwards (Python/C API, PyGILState_Ensure
and PyGILState_Release), with a stack that the kernel gives and takes back: in the rig a third of the time that a note
needs through the box. So a thread that has called once is kept in mind. It can only be forgotten by itself: before an
input is deleted it is knocked at, and its thread lets go of the interpreter in a last callback.
"""

import contextlib
import ctypes
import gc
import os
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import rtmidi

from jambox.midi import queues
from jambox.midi.players import Address

CLIENT = "jambox"
GRACE = 0.05
"""Seconds that a callback is given to be called, or to return, before its client is deleted."""
KNOCK = b"\xf0\xf7"
"""What an input is sent so that it calls once more: system exclusive that says nothing."""
_ONLY_PORT = 0
"""The kernel's number of an input's port: rtmidi makes one in each client."""
_LOCKED = 0
"""PyGILState_LOCKED: what PyGILState_Ensure gives to a thread that holds the interpreter already."""


class Client(Protocol):
    """What is used of rtmidi.MidiIn and rtmidi.MidiOut."""

    def get_ports(self) -> list[str]: ...
    def get_port_name(self, port: int) -> str | None: ...
    def open_port(self, port: int, name: str) -> Any: ...
    def open_virtual_port(self, name: str) -> Any: ...
    def delete(self) -> None: ...


class Input(Client, Protocol):
    """What is used of rtmidi.MidiIn alone, and its number at the sequencer."""

    number: int
    """0 for none."""

    def ignore_types(self, sysex: bool, timing: bool, active_sense: bool) -> None: ...
    def set_callback(self, func: Callable[[tuple[list[int], float], Any], None], data: Any) -> None: ...
    def cancel_callback(self) -> None: ...


class _MidiIn(rtmidi.MidiIn):  # type: ignore[misc]
    number = 0


def alsa_input() -> Input:
    """A new ALSA client that can hear, however much. Raises rtmidi.SystemError where there is no sequencer."""
    client, number = queues.lengthened(lambda: _MidiIn(rtmidi.API_LINUX_ALSA, CLIENT))
    client.number = number
    return client


class Hearing:
    """One source that is heard by `client`, which is opened afterwards.

    `receive` is called in rtmidi's thread with `source`, any bytes, and when by `clock` (monotonic seconds) they came;
    it must not raise. All else belongs to the thread that opens and closes ports.
    """

    def __init__(
        self, client: Input, source: str, receive: Callable[[str, bytes, float], None], clock: Callable[[], float]
    ) -> None:
        self.client, self.cancelled = client, False
        self._source, self._receive, self._clock = source, receive, clock
        self._known = self._leaving = False  # the first is rtmidi's thread's alone
        client.ignore_types(sysex=False, timing=False, active_sense=False)
        client.set_callback(self._called, None)
        # A cancelled callback may be under way, and rtmidi (1.5.8) does not keep alive what it is given for that.
        self._referents = gc.get_referents(client)

    def leave(self) -> None:
        """Hears nothing any more. At the next call its thread is forgotten."""
        self._leaving = True

    def cancel(self) -> None:
        """Is not called any more, save by a callback that is under way."""
        self.cancelled = True
        self.client.cancel_callback()

    def delete(self) -> None:
        """Gives its client back; no callback may be under way."""
        self.client.delete()
        self._referents.clear()

    def _called(self, event: tuple[list[int], float], _data: object) -> None:
        if self._leaving:
            if self._known:
                self._known = False
                ctypes.pythonapi.PyGILState_Release(_LOCKED)
            return
        if not self._known:
            self._known = True
            ctypes.pythonapi.PyGILState_Ensure()
        self._receive(self._source, bytes(event[0]), self._clock())


class Leavers:
    """Inputs that hear nothing any more, until they can be deleted, after 2 GRACE at the earliest.

    `knock` sends bytes to an address, or raises OSError; `clock` gives monotonic seconds. Waits for nobody.

    rtmidi's `delete` waits for the thread that calls back, without letting go of the interpreter (true of 1.5.8): with
    a message just coming in, both wait for ever. So a callback is cancelled first, and given time to return; and before
    that, time for the last call.
    """

    def __init__(self, knock: Callable[[Address, bytes], None], clock: Callable[[], float]) -> None:
        self._knock, self._clock = knock, clock
        self._waiting: list[tuple[float, Hearing]] = []

    def __bool__(self) -> bool:
        """Whether any are left."""
        return bool(self._waiting)

    def add(self, hearing: Hearing) -> None:
        """Puts one aside."""
        hearing.leave()
        if number := hearing.client.number:
            with contextlib.suppress(OSError):  # where there is no room, others are on their way to it, who knock too
                self._knock((number, _ONLY_PORT), KNOCK)
        self._waiting.append((self._clock() + GRACE, hearing))

    def sweep(self, now: float) -> bool:
        """Goes on with those whose time has come by `now`; whether any were deleted."""
        due = [hearing for moment, hearing in self._waiting if moment <= now]
        self._waiting = [item for item in self._waiting if item[0] > now]
        silent = [hearing for hearing in due if hearing.cancelled]
        for hearing in due:
            if not hearing.cancelled:
                hearing.cancel()
                self._waiting.append((now + GRACE, hearing))
        if silent:
            with _uninterrupted():
                for hearing in silent:
                    hearing.delete()
        return bool(silent)


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Keeps threads of ordinary priority from coming in between, where this user may ask for that.

    rtmidi tells the thread of an input to end, and then joins it unless it has ended already: in that case its stack
    is never given back (RtMidi 5.0, `MidiInAlsa::closePort` and the end of `alsaMidiHandler`).
    """
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(os.sched_get_priority_min(os.SCHED_FIFO)))
    except PermissionError:
        yield
        return
    try:
        yield
    finally:
        os.sched_setscheduler(0, *before)
