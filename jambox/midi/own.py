"""The box's own ports on the sequencer: `control` to speak to it, `rhythm` and `drone` to listen to it."""

import fcntl
import gc
import os
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import count
from typing import Protocol

import rtmidi

from jambox.errors import DeviceError
from jambox.midi.announce import DEVICE
from jambox.midi.inputs import GRACE, Client, Input, alsa_input
from jambox.midi.match import COMMANDS
from jambox.midi.players import DRONE_PORT, RHYTHM_PORT, Address
from jambox.midi.ports import OPEN_ERRORS, Output, alsa_output
from jambox.midi.route import Port
from jambox.midi.router import Router

LOOKS = 100
"""Looks at the sequencer's ports, a millisecond each or less, of which one must find none going."""
# Codes and structure are those of the kernel's <sound/asequencer.h>, for 64-bit machines.
_QUERY_SUBS = 0xC058534F
_QUERY = struct.Struct("@BBiiiBBBI64x")
_READERS, _WRITERS = 0, 1


class Asking(Protocol):
    """What is used of `Subscribers`."""

    def readers(self, port: Address) -> frozenset[Address]: ...
    def writers(self, port: Address) -> frozenset[Address]: ...
    def close(self) -> None: ...


class Subscribers:
    """A client of the sequencer that asks who is joined to a port, and no more. Raises OSError where there is none."""

    def __init__(self) -> None:
        self._fd = os.open(DEVICE, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def readers(self, port: Address) -> frozenset[Address]:
        """The ports that hear what `port` sends. A few µs; never waits."""
        return frozenset(self._ask(port, _READERS))

    def writers(self, port: Address) -> frozenset[Address]:
        """The ports that send to `port`."""
        return frozenset(self._ask(port, _WRITERS))

    def close(self) -> None:
        """Leaves the sequencer."""
        os.close(self._fd)

    def _ask(self, port: Address, what: int) -> Iterator[Address]:
        with suppress(OSError):  # the kernel's way to say that there are no more
            for index in count():
                query = _QUERY.pack(*port, what, index, 0, 0, 0, 0, 0)
                answer = _QUERY.unpack(fcntl.ioctl(self._fd, _QUERY_SUBS, query))
                yield answer[5], answer[6]


class OwnPorts:
    """The three ports, from now until `close`. `router` is commanded by the one and plays on the others.

    They belong to the box: it joins them with nothing, and others join them as they like. Call `poll` a few times a
    second: who listens to the rhythm here shall not hear it twice, and who commands here is no player. Raises
    DeviceError when ALSA refuses.
    """

    def __init__(
        self,
        router: Router,
        new_input: Callable[[], Input] = alsa_input,
        new_output: Callable[[], Output] = alsa_output,
        new_subscribers: Callable[[], Asking] = Subscribers,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._router, self._clock = router, clock
        self._outputs: dict[str, Output] = {}
        self._input: Input | None = None
        self._subscribers: Asking | None = None
        try:
            self._subscribers = new_subscribers()
            for port in (RHYTHM_PORT, DRONE_PORT):
                self._outputs[port] = new_output()
            self._input = new_input()
            self._input.ignore_types(sysex=True, timing=True, active_sense=True)
            self._input.set_callback(self._receive, None)
            self._open(self._input, self._outputs)
        except OPEN_ERRORS as error:
            self.close()
            raise DeviceError(f"MIDI: the box's own ports did not open ({error}). Start it again") from error
        router.own({port: output.send_message for port, output in self._outputs.items()})

    def _open(self, ear: Input, outputs: Mapping[str, Output]) -> None:
        # Another box on this machine may have ports of the same names.
        others = _listed(ear, outputs[RHYTHM_PORT])
        for port, output in outputs.items():
            output.open_virtual_port(_name(port))
        ear.open_virtual_port(_name(COMMANDS.identity))
        listed = [Port.parse(name) for name in _listed(ear, outputs[RHYTHM_PORT]) - others]
        ours = {port.identity.rpartition(" ")[0]: (port.client, port.number) for port in listed}
        self._rhythm, self._commands = ours[RHYTHM_PORT], ours[COMMANDS.identity]

    def poll(self) -> None:
        """Sees who is joined to the box's own ports. Some 10 µs."""
        if self._subscribers:
            readers, writers = self._subscribers.readers(self._rhythm), self._subscribers.writers(self._commands)
            self._router.joined(readers, writers)

    def close(self) -> None:
        """Gives the ports back, after the router has let go of its notes."""
        self._router.own({})
        if self._input is not None:
            # A callback may be under way: see `inputs.Leavers`.
            referents = gc.get_referents(self._input)
            self._input.cancel_callback()
            threading.Event().wait(GRACE)
            self._input.delete()
            referents.clear()
        for output in self._outputs.values():
            output.delete()
        if self._subscribers is not None:
            self._subscribers.close()

    def _receive(self, event: tuple[list[int], float], _data: object) -> None:
        """The callback, in a thread of the port's own."""
        self._router.receive(COMMANDS.identity, bytes(event[0]), self._clock())


def _listed(*watches: Client) -> set[str]:
    """All ports there are, looked at again where some go. Raises rtmidi.InvalidPortError if they never rest."""
    for _ in range(LOOKS):
        with suppress(rtmidi.InvalidPortError):
            return {name for watch in watches for name in watch.get_ports() if name}
    raise rtmidi.InvalidPortError("ports come and go all the time")


def _name(port: str) -> str:
    return port.partition(":")[2]
