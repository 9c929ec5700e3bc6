"""The ALSA MIDI ports: opened as they appear, closed as they go, joined by routes."""

import gc
import math
import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Protocol

import rtmidi

from jambox.errors import DeviceError
from jambox.midi import queues
from jambox.midi.announce import WHOLE_CLIENT, Announcements
from jambox.midi.inputs import CLIENT, GRACE, Client, Hearing, Input, Leavers, alsa_input
from jambox.midi.outlets import Outlet, Outlets
from jambox.midi.players import Address
from jambox.midi.route import Port
from jambox.midi.router import Router

IGNORED = frozenset({"Midi Through", "System"})
"""ALSA's own devices: Midi Through would give every note back to us."""
OPEN_ERRORS = (rtmidi.RtMidiError, OSError, ValueError)


class Announcing(Protocol):
    """What is used of `Announcements`."""

    def take(self) -> set[tuple[int, int]] | None: ...
    def path(self, client: int) -> str: ...
    def fileno(self) -> int: ...
    def close(self) -> None: ...


class Output(Client, Protocol):
    """What is used of rtmidi.MidiOut alone."""

    def send_message(self, message: bytes) -> None: ...


def alsa_output() -> Output:
    """A new ALSA client that can send. Raises rtmidi.SystemError where there is no sequencer."""
    return rtmidi.MidiOut(rtmidi.API_LINUX_ALSA, CLIENT)  # type: ignore[no-any-return]


def alsa_refused() -> Mapping[Address, int]:
    """As `queues.refused`, of all our inputs."""
    return queues.refused(CLIENT)


def alsa_announcements() -> Announcing:
    """What ALSA announces of others. Raises OSError where there is no sequencer."""
    return Announcements(CLIENT)


class MidiPorts:
    """All instruments on this machine's sequencer, as ports of `router`.

    The owner calls `poll` when `fileno()` can be read, and a few times a second besides; that and `close` belong to
    one thread. Messages are routed in rtmidi's own threads. `on_arrival` and `on_departure` are called from `poll`,
    once for each port (a device with an input and an output of the same port counts once), `on_fault` with what could
    not be opened, once for each plugging in; it is tried again at each poll. Raises DeviceError where the sequencer is
    missing.
    """

    def __init__(
        self,
        router: Router,
        on_arrival: Callable[[Port], None],
        on_departure: Callable[[Port], None],
        on_fault: Callable[[DeviceError], None],
        *,
        ignored: Collection[str] = IGNORED,
        new_input: Callable[[], Input] = alsa_input,
        new_output: Callable[[], Output] = alsa_output,
        new_announcements: Callable[[], Announcing] = alsa_announcements,
        new_outlets: Callable[[Callable[[int], None]], Outlets] = Outlets,
        refused: Callable[[], Mapping[Address, int]] = alsa_refused,
        clock: Callable[[], float] = time.monotonic,
        collect: Callable[[], int] = gc.collect,
    ) -> None:
        self._on_arrival, self._on_departure, self._on_fault = on_arrival, on_departure, on_fault
        self.router, self._ignored = router, {CLIENT, *ignored}
        self._new_input, self._new_output, self._clock = new_input, new_output, clock
        self._look_for_refused, self._collect = refused, collect
        try:
            self._announcements = new_announcements()
            # For looking only. The sequencer has room for 64 clients of programs: one per look would soon be too many.
            self._in_watch, self._out_watch = new_input(), new_output()
            self._ways_out = new_outlets(self._lose)
        except OSError as error:
            raise _no_sequencer(error) from error
        self._ways_out.start()
        self._inputs: dict[Port, Hearing] = {}
        self._leavers = Leavers(self._ways_out.carrier.send, clock)
        self._outputs: dict[Port, Output] = {}
        self._outlets: dict[Port, Outlet] = {}
        self._changed = True
        self._gone: set[tuple[int, int]] = set()
        self._faulty: set[Port] = set()
        self._shifted: set[Port] = set()
        self._shifting: set[Port] = set()
        self._received = 0
        self._refused: Mapping[Address, int] = {}
        self._torn: set[str] = set()

    @property
    def sources(self) -> tuple[Port, ...]:
        """The ports that are heard now."""
        return tuple(self._inputs)

    @property
    def destinations(self) -> tuple[Port, ...]:
        """The ports that are sent to now."""
        return tuple(self._outputs)

    def fileno(self) -> int:
        """What becomes readable when a port comes or goes."""
        return self._announcements.fileno()

    def poll(self) -> None:
        """Opens what has appeared, closes what has gone. Some 0.1 ms when nothing has, and less when nobody plays."""
        if self._leavers.sweep(self._clock()):
            # rtmidi's clients lie in cycles; and whoever came and went left free tuples, which Python would keep.
            self._collect()
        self._mend()
        if (gone := self._announcements.take()) is not None:
            self._changed = True
            self._gone |= gone
        if not self._changed:
            return
        try:
            watches = self._in_watch, self._out_watch
            sources, destinations = (_look(watch, self._announcements, self._ignored) for watch in watches)
        except rtmidi.InvalidPortError:
            return  # A port went while they were being listed: the next poll sees what is left.
        self._shifted, self._shifting = self._shifting, set()
        before = dict.fromkeys((*self._inputs, *self._outputs))
        self._close(self._departed(self._inputs, sources), self._departed(self._outputs, destinations))
        kept = {*self._inputs, *self._outputs}
        self._gone.clear()
        self._faulty &= sources.keys() | destinations.keys()
        for port in [port for port in sources if port not in self._inputs]:
            self._open_input(port, sources[port])
        for port in [port for port in destinations if port not in self._outputs]:
            self._open_output(port, destinations[port])
        self._join()
        self._changed = bool(self._faulty or self._shifting)
        for port in [port for port in before if port not in kept]:
            self._on_departure(port)
        for port in [port for port in dict.fromkeys((*self._inputs, *self._outputs)) if port not in kept]:
            self._on_arrival(port)

    def _mend(self) -> None:
        """Lets go of what those sources hold whose messages the kernel threw away, since the ends may be among these.

        And once more at the next look: what was on its way to us meanwhile may have lost its end, too.
        """
        if self.router.counters.received == self._received and not self._torn:
            return
        self._received = self.router.counters.received
        before, self._refused = self._refused, self._look_for_refused()
        addresses = {(port.client, port.number): port.identity for port in self._inputs}
        torn = {name for at, name in addresses.items() if self._refused.get(at, 0) > before.get(at, 0)}
        self.router.counters.overruns += len(torn)
        for name in self._torn | torn:
            self.router.tear(name)
        self._torn = torn

    def release_all(self) -> None:
        """As `Router.release_all`, at once: system exclusive that is going out is broken off."""
        self._ways_out.give_up()
        self.router.release_all()

    def close(self) -> None:
        """Lets go of every note and gives all clients back to ALSA. Nothing may be called afterwards."""
        self.router.close()
        self.release_all()
        self._close(tuple(self._inputs), ())
        self._ways_out.close()
        self._close((), tuple(self._outputs))
        while self._leavers:
            threading.Event().wait(GRACE)
            self._leavers.sweep(math.inf)
        self._in_watch.delete()
        self._out_watch.delete()
        self._announcements.close()

    def _departed(self, ports: Collection[Port], listed: Collection[Port]) -> list[Port]:
        """Those of our `ports` that are gone, or went and came back, which cut our connection to them."""
        return [
            port
            for port in ports
            if port not in listed
            or not self._gone.isdisjoint({(port.client, port.number), (port.client, WHOLE_CLIENT)})
        ]

    def _open_input(self, port: Port, number: int) -> None:
        hearing = None
        try:
            client = self._new_input()
            hearing = Hearing(client, port.identity, self.router.receive, self._clock)
            _open(client, port, number)
            self._inputs[port] = hearing
            self._faulty.discard(port)
        except OPEN_ERRORS as error:
            if hearing is not None:
                self._leavers.add(hearing)
            self._fault(port, error)

    def _open_output(self, port: Port, number: int) -> None:
        client = None
        try:
            client = self._new_output()
            _open(client, port, number)
            self._outputs[port] = client
            # What waits in an outlet has not been sent: it is noted behind it.
            send = self.router.noting(port, client.send_message)
            self._outlets[port] = self._ways_out.open(send, (port.client, port.number))
            self._faulty.discard(port)
        except OPEN_ERRORS as error:
            if client is not None:
                client.delete()
            self._fault(port, error)

    def _fault(self, port: Port, error: Exception) -> None:
        if isinstance(error, rtmidi.InvalidPortError):
            self._shifting.add(port)
            if port not in self._shifted:
                return  # others came or went meanwhile: the next look has its right number
        self.router.counters.errors += 1
        if port not in self._faulty:
            self._faulty.add(port)
            self._on_fault(DeviceError(f"MIDI: {port.identity!r} did not open ({error}). Plug it in again"))

    def _join(self) -> None:
        self.router.join(self._inputs, {port: outlet.send for port, outlet in self._outlets.items()})

    def _close(self, sources: Collection[Port], destinations: Collection[Port]) -> None:
        """Takes ports out of the routes, lets go of what they hold, and closes them."""
        inputs = [self._inputs.pop(port) for port in sources]
        outputs = [self._outputs.pop(port) for port in destinations]
        outlets = [self._outlets.pop(port) for port in destinations]
        self._join()
        for outlet in outlets:
            self._ways_out.shut(outlet)
        for hearing in inputs:
            self._leavers.add(hearing)
        for output in outputs:
            output.delete()

    def _lose(self, count: int) -> None:
        """Takes note of messages that were given up; in any thread."""
        self.router.counters.errors += count


def _open(client: Client, port: Port, number: int) -> None:
    """Opens `port`. Raises rtmidi.InvalidPortError when the numbers have shifted since they were listed."""
    client.open_port(number, port.name)
    if client.get_port_name(number) != port.identity:
        raise rtmidi.InvalidPortError(f"number {number} has become another port")


def _look(watch: Client, announcements: Announcing, ignored: Collection[str]) -> dict[Port, int]:
    """The ports of others, with rtmidi's number for each."""
    ports = {Port.parse(name): number for number, name in enumerate(watch.get_ports()) if name}
    others = {port: number for port, number in ports.items() if port.device not in ignored}
    paths = {client: announcements.path(client) for client in {port.client for port in others}}
    return {replace(port, path=paths[port.client]): number for port, number in others.items()}


def _no_sequencer(error: OSError) -> DeviceError:
    return DeviceError(
        f"MIDI: /dev/snd/seq cannot be opened ({error}). Load the sequencer with `sudo modprobe snd-seq`,"
        " and see that this user is in the group audio; no MIDI until then"
    )


def listed(
    new_input: Callable[[], Input] = alsa_input,
    new_output: Callable[[], Output] = alsa_output,
    new_announcements: Callable[[], Announcing] = alsa_announcements,
) -> tuple[Port, ...]:
    """The instruments' ports there are now. Opens none, so it may be called while a box plays.

    Raises DeviceError where the sequencer is missing.
    """
    with ExitStack() as parts:
        try:
            announcements = new_announcements()
            parts.callback(announcements.close)
            watches = []
            for new in (new_input, new_output):
                watches.append(new())
                parts.callback(watches[-1].delete)
        except OSError as error:
            raise _no_sequencer(error) from error
        return tuple(
            dict.fromkeys(port for watch in watches for port in _look(watch, announcements, {CLIENT, *IGNORED}))
        )
