"""The box's own ports on the sequencer: `control` to speak to it, `rhythm` and `drone` to listen to it."""

import fcntl
import gc
import os
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from jambox.errors import DeviceError
from jambox.midi.announce import DEVICE
from jambox.midi.match import COMMANDS
from jambox.midi.players import DRONE_PORT, RHYTHM_PORT
from jambox.midi.ports import GRACE, OPEN_ERRORS, Input, Output, alsa_input, alsa_output
from jambox.midi.route import Port
from jambox.midi.router import Router

Address = tuple[int, int]
"""A port on the sequencer: its client and its number there."""

# Codes and structure are those of the kernel's <sound/asequencer.h>, for 64-bit machines.
_QUERY_SUBS = 0xC058534F
_QUERY = struct.Struct("@BBiiiBBBI64x")


class Asking(Protocol):
    """What is used of `Listeners`."""

    def of(self, port: Address) -> frozenset[Address]: ...
    def close(self) -> None: ...


class Listeners:
    """A client of the sequencer that asks who listens to a port, and no more. Raises OSError where there is none."""

    def __init__(self) -> None:
        self._fd = os.open(DEVICE, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def of(self, port: Address) -> frozenset[Address]:
        """The ports that are subscribed to `port`. A few µs; never waits."""
        found: set[Address] = set()
        with suppress(OSError):  # the kernel's way to say that there are no more
            while True:
                query = _QUERY.pack(*port, 0, len(found), 0, 0, 0, 0, 0)
                answer = _QUERY.unpack(fcntl.ioctl(self._fd, _QUERY_SUBS, query))
                found.add((answer[5], answer[6]))
        return frozenset(found)

    def close(self) -> None:
        """Leaves the sequencer."""
        os.close(self._fd)


class OwnPorts:
    """The three ports, from now until `close`. `router` is commanded by the one and plays on the others.

    They belong to the box: it joins them with nothing, and others join them as they like. Call `poll` a few times a
    second: who listens to the rhythm here shall not hear it twice. Raises DeviceError when ALSA refuses.
    """

    def __init__(
        self,
        router: Router,
        new_input: Callable[[], Input] = alsa_input,
        new_output: Callable[[], Output] = alsa_output,
        new_listeners: Callable[[], Asking] = Listeners,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._router, self._clock = router, clock
        self._outputs: dict[str, Output] = {}
        self._input: Input | None = None
        self._listeners: Asking | None = None
        self._rhythm: Address | None = None
        try:
            self._listeners = new_listeners()
            for port in (RHYTHM_PORT, DRONE_PORT):
                self._outputs[port] = output = new_output()
                output.open_virtual_port(_name(port))
            self._input = new_input()
            self._input.ignore_types(sysex=True, timing=True, active_sense=True)
            self._input.set_callback(self._receive, None)
            self._input.open_virtual_port(_name(COMMANDS.identity))
            self._rhythm = _address(self._input, RHYTHM_PORT)
        except OPEN_ERRORS as error:
            self.close()
            raise DeviceError(f"MIDI: the box's own ports did not open ({error}). Start it again") from error
        router.own({port: output.send_message for port, output in self._outputs.items()})

    def poll(self) -> None:
        """Sees who listens to the rhythm. A few µs."""
        if self._rhythm and self._listeners:
            self._router.listened(self._listeners.of(self._rhythm))

    def close(self) -> None:
        """Gives the ports back, after the router has let go of its notes."""
        self._router.own({})
        if self._input is not None:
            # A callback may be under way: see `MidiPorts._retire`.
            referents = gc.get_referents(self._input)
            self._input.cancel_callback()
            threading.Event().wait(GRACE)
            self._input.delete()
            referents.clear()
        for output in self._outputs.values():
            output.delete()
        if self._listeners is not None:
            self._listeners.close()

    def _receive(self, event: tuple[list[int], float], _data: object) -> None:
        """The callback, in a thread of the port's own."""
        self._router.command(bytes(event[0]), self._clock())


def _address(watch: Input, port: str) -> Address | None:
    """Where the newest port of that name is; of another box on this machine it would be older."""
    listed = [Port.parse(name) for name in watch.get_ports() if name and name.startswith(f"{port} ")]
    return max(((port.client, port.number) for port in listed), default=None)


def _name(port: str) -> str:
    return port.partition(":")[2]
