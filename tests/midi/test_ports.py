import gc
import os
import sys
from collections.abc import Callable
from typing import Any

import pytest
import rtmidi

from jambox.errors import DeviceError
from jambox.midi import messages
from jambox.midi.announce import WHOLE_CLIENT
from jambox.midi.ground import Ground
from jambox.midi.loops import ECHOES
from jambox.midi.notation import parse_route
from jambox.midi.outlets import Outlets
from jambox.midi.pieces import Address
from jambox.midi.ports import GRACE, Input, MidiPorts, Output, listed
from jambox.midi.router import Router

KEYS, PADS_1, PADS_2 = "Keys:Keys MIDI 1 24:0", "Pads:Pads MIDI 1 28:0", "Pads:Pads MIDI 2 28:1"
THROUGH, OWN = "Midi Through:Midi Through Port-0 14:0", "jambox:Keys MIDI 1 130:0"
ON, OFF = [0x90, 60, 100], [0x80, 60, 64]


class Sequencer:
    """A stand-in for ALSA's sequencer and rtmidi's clients: ports come and go by name."""

    def __init__(self, *names: str) -> None:
        self.names = list(names)
        self.clients: list[FakeInput | FakeOutput] = []
        self.refused: set[str] = set()
        self.shifted = False
        self.sent: list[tuple[str, bytes]] = []
        self.now = 0.0
        self.gone: set[tuple[int, int]] = set()
        self.told: list[str] = []
        self.lost: dict[Address, int] = {}
        self.looks = 0
        self.paths: dict[int, str] = {}
        self.carriers = 0
        self.outlets: list[Outlets] = []
        self.collections: list[int] = []
        """How many clients there were whenever garbage was collected."""

    def collect(self) -> int:
        self.collections.append(len(self.clients))
        return 0

    def new_outlets(self, on_loss: Callable[[int], None]) -> Outlets:
        self.carriers += 1
        self.outlets.append(StillOutlets(on_loss, lambda: FakeCarrier(self), lambda: self.now))
        return self.outlets[-1]

    def look(self) -> dict[Address, int]:
        self.looks += 1
        return dict(self.lost)

    def play(self, name: str, message: list[int]) -> None:
        for client in self.clients:
            if isinstance(client, FakeInput) and client.opened == name and client.callback is not None:
                client.callback((message, 0.0), client.data)

    def take(self) -> list[tuple[str, bytes]]:
        sent, self.sent = self.sent, []
        return sent


class FakeClient:
    def __init__(self, sequencer: Sequencer) -> None:
        self.sequencer = sequencer
        self.opened = ""
        sequencer.clients.append(self)  # type: ignore[arg-type]

    def get_ports(self) -> list[str]:
        return list(self.sequencer.names)

    def get_port_name(self, port: int) -> str | None:
        if self.sequencer.shifted:
            return "Other:Other 99:0"
        return self.sequencer.names[port]

    def open_port(self, port: int, name: str) -> None:
        if self.sequencer.names[port] in self.sequencer.refused:
            raise rtmidi.SystemError("refused")
        assert name
        self.opened = self.sequencer.names[port]

    def open_virtual_port(self, name: str) -> None:
        self.opened = f"jambox:{name}"

    def delete(self) -> None:
        self.sequencer.clients.remove(self)  # type: ignore[arg-type]


class FakeInput(FakeClient):
    callback: Callable[[tuple[list[int], float], Any], None] | None = None
    data: Any = None

    def ignore_types(self, sysex: bool, timing: bool, active_sense: bool) -> None:
        assert not self.opened
        assert (sysex, timing, active_sense) == (False, False, False)

    def set_callback(self, func: Callable[[tuple[list[int], float], Any], None], data: Any) -> None:
        assert not self.opened
        self.callback, self.data = func, data

    def cancel_callback(self) -> None:
        self.callback = None

    def delete(self) -> None:
        assert self.callback is None
        super().delete()


class FakeOutput(FakeClient):
    def send_message(self, message: bytes) -> None:
        if self.opened in self.sequencer.refused:
            raise rtmidi.SystemError("gone")
        self.sequencer.sent.append((self.opened, message))


class FakeAnnouncements:
    def __init__(self, sequencer: Sequencer) -> None:
        self.sequencer = sequencer

    def take(self) -> set[tuple[int, int]] | None:
        gone, self.sequencer.gone = self.sequencer.gone, set()
        changed = bool(gone) or self.sequencer.told != self.sequencer.names
        self.sequencer.told = list(self.sequencer.names)
        return gone if changed else None

    def path(self, client: int) -> str:
        return self.sequencer.paths.get(client, "")

    def fileno(self) -> int:
        return 9

    def close(self) -> None:
        self.sequencer.told = ["closed"]


class FakeCarrier:
    """There is always room for 100 bytes; pieces go to the port that has the address."""

    def __init__(self, sequencer: Sequencer) -> None:
        self.sequencer = sequencer

    def send(self, to: Address, piece: bytes) -> None:
        name = next(name for name in self.sequencer.names if name.endswith(f" {to[0]}:{to[1]}"))
        self.sequencer.sent.append((name, piece))

    def gauge(self, to: Address) -> Callable[[], int]:
        assert to
        return lambda: 100

    def close(self) -> None:
        self.sequencer.carriers -= 1


class StillOutlets(Outlets):
    """Outlets whose thread never starts: a test takes its steps."""

    def start(self) -> None:
        """Starts nothing."""


class Log:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def ports(
        self,
        sequencer: Sequencer,
        *routes: str,
        on_clock: Callable[[str, bytes, float], None] = lambda _source, _message, _time: None,
    ) -> MidiPorts:
        def new_input() -> Input:
            return FakeInput(sequencer)

        def new_output() -> Output:
            return FakeOutput(sequencer)

        return MidiPorts(
            Router([parse_route(route) for route in routes or ["From('*') >> To('*')"]], on_clock),
            lambda port: self.lines.append(f"+{port.name}"),
            lambda port: self.lines.append(f"-{port.name}"),
            lambda error: self.lines.append(f"!{error}"),
            new_input=new_input,
            new_output=new_output,
            new_announcements=lambda: FakeAnnouncements(sequencer),
            new_outlets=sequencer.new_outlets,
            refused=sequencer.look,
            clock=lambda: sequencer.now,
            collect=sequencer.collect,
        )

    def take(self) -> list[str]:
        lines, self.lines = self.lines, []
        return lines


@pytest.fixture
def log() -> Log:
    return Log()


def opened(log: Log, *names: str, routes: tuple[str, ...] = ()) -> tuple[Sequencer, MidiPorts]:
    sequencer = Sequencer(*names)
    ports = log.ports(sequencer, *routes)
    ports.poll()
    log.take()
    return sequencer, ports


def test_ports_of_others_are_opened_once(log: Log) -> None:
    sequencer = Sequencer(THROUGH, KEYS, OWN, PADS_1, PADS_2)
    ports = log.ports(sequencer)
    for _ in range(3):
        ports.poll()
    assert log.take() == ["+Keys MIDI 1", "+Pads MIDI 1", "+Pads MIDI 2"]
    assert [port.identity for port in ports.sources] == [KEYS, PADS_1, PADS_2]
    assert ports.sources == ports.destinations
    assert sorted(client.opened for client in sequencer.clients) == sorted(2 * ["", KEYS, PADS_1, PADS_2])


def test_each_is_heard_by_every_other_and_not_by_itself(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1, PADS_2)
    sequencer.play(KEYS, ON)
    assert sequencer.take() == [(PADS_1, bytes(ON)), (PADS_2, bytes(ON))]
    sequencer.play(PADS_2, [0xF0, 0x7E, 0xF7])
    assert sequencer.take() == [(KEYS, bytes.fromhex("F07EF7"))]
    assert (ports.router.counters.received, ports.router.counters.sent) == (2, 3)


def test_garbage_is_dropped(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1)
    for garbage in ([], [60], [0x90, 60], [0x90, 60, 200], [0xF4], [0xF0, 1]):
        sequencer.play(KEYS, garbage)
        sequencer.play(KEYS, ON)
        assert sequencer.take() == [(PADS_1, bytes(ON))], garbage
    assert ports.router.counters.dropped == 0 + 1 + 1 + 2 + 1 + 1
    assert [(str(port), count) for port, count in ports.router.malformed()] == [("Keys MIDI 1", 6)]


def test_foreign_transport_is_not_passed_on(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1)
    for status in (0xFA, 0xFB, 0xFC, 0xFE, 0xFF):
        sequencer.play(KEYS, [status])
    assert sequencer.take() == []
    assert ports.router.counters.dropped == 0


def test_clocks_are_told_with_their_times(log: Log) -> None:
    sequencer, told = Sequencer(KEYS, PADS_1), []
    ports = log.ports(sequencer, on_clock=lambda source, message, time: told.append((source, message.hex(), time)))
    ports.poll()
    for message in ([0xF8], [0xFA], ON, [0xF2, 1, 2], [0xF2, 1], [0xFE], [0xF1, 3], [0xFC]):
        sequencer.now += 1.0
        sequencer.play(KEYS, message)
    assert told == [(KEYS, "f8", 1.0), (KEYS, "fa", 2.0), (KEYS, "f20102", 4.0), (KEYS, "fc", 8.0)]


def test_who_leads_does_not_get_our_clock(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1, PADS_2)

    def clocked() -> list[str]:
        ports.router.broadcast(messages.CLOCK)
        return [name for name, _ in sequencer.take()]

    assert clocked() == [KEYS, PADS_1, PADS_2]
    ports.router.be_led(PADS_2)
    assert clocked() == [KEYS]  # neither port of the instrument
    ports.router.broadcast(bytes([0x99, 36, 100]))
    assert len(sequencer.take()) == 3
    sequencer.names.remove(KEYS)
    ports.poll()
    assert clocked() == []
    ports.router.be_led("")
    assert clocked() == [PADS_1, PADS_2]


@pytest.mark.parametrize("address", [(24, 0), (24, WHOLE_CLIENT)])
def test_a_port_that_went_and_came_back_between_two_polls_is_opened_anew(log: Log, address: tuple[int, int]) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1)
    sequencer.play(KEYS, ON)
    sequencer.take()
    stale = [client for client in sequencer.clients if client.opened == KEYS]
    sequencer.gone.add(address)
    ports.poll()
    assert sequencer.take() == [(PADS_1, bytes(OFF))]
    assert log.take() == ["-Keys MIDI 1", "+Keys MIDI 1"]
    sequencer.now += GRACE
    ports.poll()
    assert not [client for client in sequencer.clients if client in stale]
    sequencer.play(KEYS, ON)
    assert sequencer.take() == [(PADS_1, bytes(ON))]


def test_nothing_is_listed_while_nothing_is_announced(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    sequencer, ports = opened(log, KEYS)
    monkeypatch.delattr(FakeClient, "get_ports")
    ports.poll()
    assert [port.identity for port in ports.sources] == [KEYS]
    assert sequencer.take() == []


def test_what_a_source_holds_is_let_go_when_the_kernel_threw_some_of_it_away(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1, PADS_2)
    high, high_off = [0x90, 72, 100], [0x80, 72, 64]
    sequencer.play(KEYS, ON)
    sequencer.play(PADS_2, ON)
    ports.poll()
    sequencer.take()
    sequencer.lost = {(24, 0): 3, (28, 0): 0, (99, 9): 7}
    ports.poll()
    assert sequencer.take() == []  # nobody played
    sequencer.play(KEYS, high)
    ports.poll()
    # What PADS_2 holds at KEYS plays on.
    assert sequencer.take()[2:] == [(name, bytes(off)) for off in (OFF, high_off) for name in (PADS_1, PADS_2)]
    sequencer.play(KEYS, high)
    ports.poll()
    assert sequencer.take()[2:] == [(PADS_1, bytes(high_off)), (PADS_2, bytes(high_off))]
    sequencer.play(KEYS, high)
    ports.poll()
    assert len(sequencer.take()) == 2
    assert ports.router.counters.overruns == 1
    assert [str(port) for port in ports.router.flooding()] == ["Keys MIDI 1"]


def test_nothing_is_asked_of_the_kernel_while_nobody_plays(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1)
    for _ in range(3):
        sequencer.play(KEYS, ON)
        for _ in range(3):
            ports.poll()
    assert sequencer.looks == 3


def test_a_source_that_goes_lets_go(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1)
    sequencer.play(KEYS, ON)
    sequencer.take()
    sequencer.names.remove(KEYS)
    ports.poll()
    assert sequencer.take() == [(PADS_1, bytes(OFF))]
    assert log.take() == ["-Keys MIDI 1"]


def test_a_destination_that_goes_and_comes_back_is_played_again(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1)
    sequencer.play(KEYS, ON)
    sequencer.names.remove(PADS_1)
    sequencer.refused.add(PADS_1)
    ports.poll()
    sequencer.play(KEYS, OFF)
    sequencer.refused.clear()
    sequencer.take()
    returned = PADS_1.replace("28:0", "32:0")
    sequencer.names.append(returned)
    ports.poll()
    sequencer.play(KEYS, ON)
    assert sequencer.take() == [(returned, bytes(OFF)), (returned, bytes(ON))]
    assert log.take() == ["-Pads MIDI 1", "+Pads MIDI 1"]


def test_sending_to_a_port_that_vanished_is_counted_and_harms_nobody(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1, PADS_2)
    sequencer.refused.add(PADS_1)
    sequencer.play(KEYS, ON)
    assert sequencer.take() == [(PADS_2, bytes(ON))]
    assert ports.router.counters.errors == 1


def test_the_rhythm_goes_everywhere_and_is_let_go(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1)
    hit = messages.note_on(9, 36, 100)
    ports.router.broadcast(messages.CLOCK)
    ports.router.broadcast(hit)
    assert sequencer.take() == [(KEYS, b"\xf8"), (PADS_1, b"\xf8"), (KEYS, hit), (PADS_1, hit)]
    ports.router.release_all()
    sent = sequencer.take()
    assert sent[:2] == [(KEYS, messages.note_off(9, 36)), (PADS_1, messages.note_off(9, 36))]
    assert sent[2:] == [(name, message) for name in (KEYS, PADS_1) for message in messages.silence()]


def test_a_route_changes_what_passes_and_a_note_ends_as_it_went(log: Log) -> None:
    route = "From('keys') >> Keys(60, 60) >> Transpose(12) >> ToChannel(3) >> To('* MIDI 2')"
    sequencer, _ = opened(log, KEYS, PADS_1, PADS_2, routes=(route,))
    for message in (ON, [0x90, 61, 100], [0x80, 61, 64]):
        sequencer.play(KEYS, message)
    sequencer.play(PADS_1, ON)
    assert sequencer.take() == [(PADS_2, bytes([0x92, 72, 100]))]
    sequencer.play(KEYS, OFF)
    assert sequencer.take() == [(PADS_2, bytes([0x82, 72, 64]))]
    sequencer.play(KEYS, ON)
    sequencer.take()
    sequencer.names.remove(KEYS)
    _.poll()
    assert sequencer.take() == [(PADS_2, bytes([0x82, 72, 64]))]


def test_twins_keep_to_their_sockets_and_one_that_comes_back_gets_its_old_routes(log: Log) -> None:
    left, right = "From('Keys@usb-hcd.0-1') >> ToChannel(1)", "From('Keys@usb-hcd.0-2') >> ToChannel(2)"
    sequencer = Sequencer(KEYS, KEYS.replace("24:0", "28:0"), "Synth:in 129:0")
    sequencer.paths = {24: "usb-hcd.0-1", 28: "usb-hcd.0-2"}
    ports = log.ports(sequencer, f"{left} >> To('Synth')", f"{right} >> To('Synth')")
    ports.poll()

    def played(name: str) -> list[int]:
        sequencer.play(name, ON)
        sequencer.play(name, OFF)
        return [message[0] & 0x0F for _, message in sequencer.take()]

    assert (played(KEYS), played(sequencer.names[1])) == ([0, 0], [1, 1])
    assert [port.path for port in ports.sources] == ["usb-hcd.0-1", "usb-hcd.0-2", ""]
    del sequencer.names[0]
    ports.poll()
    assert played(sequencer.names[0]) == [1, 1]
    # The other takes the first one's number, which is as the kernel counts; then the first comes to a third socket.
    sequencer.names[:] = [KEYS, "Synth:in 129:0"]
    sequencer.paths = {24: "usb-hcd.0-2", 28: "usb-hcd.1-1.3"}
    sequencer.gone |= {(24, WHOLE_CLIENT), (28, WHOLE_CLIENT)}
    ports.poll()
    assert played(KEYS) == [1, 1]
    sequencer.names.append(KEYS.replace("24:0", "28:0"))
    ports.poll()
    assert (played(KEYS), played(sequencer.names[-1])) == ([1, 1], [0, 0])


def test_keys_follow_the_tonic_and_end_as_they_began(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1, routes=("Snap('major')",))
    sequencer.play(KEYS, [0x90, 61, 100])
    ports.router.tune(Ground(61 + 12))
    ports.router.tune(Ground(61))
    sequencer.play(KEYS, [0x80, 61, 64])
    sequencer.play(KEYS, [0x90, 61, 100])
    assert sequencer.take() == [(PADS_1, bytes(ON)), (PADS_1, bytes(OFF)), (PADS_1, bytes([0x90, 61, 100]))]


def test_a_sound_is_chosen_when_source_and_destination_are_both_there(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, routes=("From('Keys') >> Program(5) >> To('Pads')",))
    assert sequencer.take() == []
    sequencer.names.append(PADS_1)
    ports.poll()
    assert sequencer.take() == [(PADS_1, b"\xc0\x04")]
    sequencer.names.append(PADS_2)
    ports.poll()
    assert sequencer.take() == [(PADS_2, b"\xc0\x04")]
    sequencer.gone.add((24, WHOLE_CLIENT))
    ports.poll()
    assert sequencer.take() == [(PADS_1, b"\xc0\x04"), (PADS_2, b"\xc0\x04")]


def echo(sequencer: Sequencer, source: str, echoing: str, times: int) -> list[bytes]:
    """`source` plays, and what `echoing` is sent comes back from it; gives that."""
    heard = []
    for key in range(times):
        sequencer.play(source, [0x90, key, 100])
        while sent := [message for destination, message in sequencer.take() if destination == echoing]:
            heard += sent
            for message in sent:
                sequencer.play(echoing, list(message))
        sequencer.now += 0.02
    return heard


def test_an_edge_over_which_messages_come_back_is_cut_until_replugged(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1, PADS_2)
    drum = "Drum:Drum MIDI 1 32:0"
    sequencer.names.append(drum)
    ports.poll()
    log.take()
    heard = echo(sequencer, KEYS, drum, ECHOES)
    assert heard[-ECHOES:] == [messages.note_off(0, key) for key in range(ECHOES)]
    cut = [("Keys MIDI 1", "Drum MIDI 1")]
    assert [(str(source), str(destination)) for source, destination in ports.router.cut] == cut
    assert [(str(source), str(destination)) for source, destination in ports.router.news()] == cut
    assert ports.router.news() == ()
    sequencer.play(KEYS, ON)
    assert sequencer.take() == [(PADS_1, bytes(ON)), (PADS_2, bytes(ON))]
    sequencer.play(PADS_1, ON)
    assert sequencer.take() == [(KEYS, bytes(ON)), (drum, bytes(ON))]
    sequencer.gone.add((32, 0))
    ports.poll()
    assert ports.router.cut == ()
    assert log.take() == ["-Drum MIDI 1", "+Drum MIDI 1"]
    sequencer.take()
    sequencer.play(KEYS, ON)
    assert (drum, bytes(ON)) in sequencer.take()


def test_a_new_port_does_not_mend_what_was_cut(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1)
    echo(sequencer, KEYS, PADS_1, ECHOES)
    sequencer.names.append("Drum:Drum MIDI 1 32:0")
    ports.poll()
    assert len(ports.router.cut) == 1
    sequencer.take()
    sequencer.play(KEYS, ON)
    assert [destination for destination, _ in sequencer.take()] == ["Drum:Drum MIDI 1 32:0"]


LONG = [0xF0, *[1] * 298, 0xF7]


def test_long_system_exclusive_goes_out_in_pieces_to_each(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1, PADS_2)
    sequencer.play(KEYS, LONG)
    sequencer.play(KEYS, ON)
    ports.router.broadcast(messages.CLOCK)
    assert sequencer.take() == [(name, messages.CLOCK) for name in (KEYS, PADS_1, PADS_2)]
    while sequencer.outlets[0].step():
        pass
    sent = sequencer.take()
    for pads in (PADS_1, PADS_2):
        pieces = [message for name, message in sent if name == pads]
        assert pieces == [bytes(LONG[:100]), bytes(LONG[100:200]), bytes(LONG[200:]), bytes(ON)]


def test_panic_breaks_off_what_is_long(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1)
    sequencer.play(KEYS, ON)
    sequencer.play(KEYS, LONG)
    sequencer.outlets[0].step()
    sequencer.take()
    ports.release_all()
    while sequencer.outlets[0].step():
        pass
    assert [message for name, message in sequencer.take() if name == PADS_1] == [
        b"\xf7",
        bytes(OFF),
        *messages.silence(),
    ]
    assert ports.router.counters.errors == 1


def test_a_destination_that_goes_takes_with_it_what_waits_there(log: Log) -> None:
    """And what it still sounds, since the end had to wait, ends when it is back."""
    sequencer, ports = opened(log, KEYS, PADS_1)
    sequencer.play(KEYS, ON)
    assert sequencer.take() == [(PADS_1, bytes(ON))]
    sequencer.play(KEYS, LONG)
    sequencer.play(KEYS, OFF)
    sequencer.play(KEYS, [0x90, 72, 100])
    sequencer.names.remove(PADS_1)
    ports.poll()
    assert not sequencer.outlets[0].step()
    assert sequencer.take() == []
    sequencer.names.append(PADS_1)
    ports.poll()
    sequencer.play(KEYS, ON)
    assert sequencer.take() == [(PADS_1, bytes(OFF)), (PADS_1, bytes(ON))]


def test_what_comes_back_and_goes_nowhere_is_no_loop(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1, routes=("From('Keys') >> To('Pads')",))
    echo(sequencer, KEYS, PADS_1, 3 * ECHOES)
    assert ports.router.cut == ()


def test_a_port_that_does_not_open_is_told_of_once_and_tried_again(log: Log) -> None:
    sequencer = Sequencer(KEYS, PADS_1)
    sequencer.refused.add(KEYS)
    ports = log.ports(sequencer)
    for _ in range(3):
        ports.poll()
        sequencer.now += 2 * GRACE
    first, second = log.take()
    assert first.startswith(f"!MIDI: '{KEYS}' did not open (refused)")
    assert second == "+Pads MIDI 1"
    sequencer.refused.clear()
    ports.poll()
    assert log.take() == ["+Keys MIDI 1"]
    assert len(sequencer.clients) == 2 + 4


def test_a_sequencer_that_is_full_is_told_of(log: Log) -> None:
    sequencer = Sequencer(KEYS)
    clients = iter([FakeInput(sequencer)])

    def new_input() -> Input:
        if (client := next(clients, None)) is None:
            raise rtmidi.SystemError("no memory")
        return client

    def new_output() -> Output:
        if len(sequencer.clients) > 1:
            raise rtmidi.SystemError("no memory")
        return FakeOutput(sequencer)

    ports = MidiPorts(
        Router(),
        lambda port: log.lines.append(f"+{port.name}"),
        lambda port: log.lines.append(f"-{port.name}"),
        lambda error: log.lines.append(str(error)),
        new_input=new_input,
        new_output=new_output,
        new_announcements=lambda: FakeAnnouncements(sequencer),
        new_outlets=sequencer.new_outlets,
    )
    ports.poll()
    ports.poll()
    assert len(log.lines) == 1
    assert ports.router.counters.errors == 4
    assert not ports.sources
    assert not ports.destinations


def test_a_port_is_not_mistaken_for_another_when_numbers_shift(log: Log) -> None:
    sequencer = Sequencer(KEYS)
    sequencer.shifted = True
    ports = log.ports(sequencer)
    ports.poll()
    assert not ports.sources
    assert not ports.destinations
    # That happens while others come: it is told when it goes on.
    assert (log.lines, ports.router.counters.errors) == ([], 0)
    ports.poll()
    assert len(log.lines) == 1
    sequencer.shifted = False
    sequencer.now += 2 * GRACE
    ports.poll()
    assert [port.identity for port in ports.sources] == [KEYS]
    assert len(sequencer.clients) == 4


def test_a_port_that_goes_while_listed_waits_for_the_next_look(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    sequencer, ports = opened(log, KEYS)

    def gone(_: FakeClient) -> list[str]:
        raise rtmidi.InvalidPortError("gone")

    sequencer.gone.add((28, 0))
    with monkeypatch.context() as patch:
        patch.setattr(FakeClient, "get_ports", gone)
        ports.poll()
    assert [port.identity for port in ports.sources] == [KEYS]
    sequencer.names.clear()
    ports.poll()
    assert ports.sources == ()


def test_an_input_is_deleted_only_after_its_callbacks_have_had_time_to_return_and_then_collected(log: Log) -> None:
    sequencer, ports = opened(log, KEYS)
    sequencer.names.clear()
    ports.poll()
    assert [type(client) for client in sequencer.clients if client.opened] == [FakeInput]
    ports.poll()
    assert any(client.opened for client in sequencer.clients)
    assert not sequencer.collections
    sequencer.now += GRACE
    ports.poll()
    assert not any(client.opened for client in sequencer.clients)
    ports.poll()
    assert sequencer.collections == [2]


def test_a_thousand_plug_cycles_leak_no_client(log: Log) -> None:
    sequencer, ports = opened(log, PADS_1)
    for _ in range(1000):
        sequencer.names.append(KEYS)
        ports.poll()
        sequencer.names.remove(KEYS)
        sequencer.now += 2 * GRACE
        ports.poll()
        assert len(sequencer.clients) <= 2 + 2 + 2
    sequencer.now += 2 * GRACE
    ports.poll()
    assert len(sequencer.clients) == 2 + 2


def test_plugging_in_and_pulling_keeps_no_memory(log: Log) -> None:
    sequencer, ports = opened(log, PADS_1, PADS_2, *(f"Synth:Synth {client}:0" for client in range(128, 132)))

    def cycles(count: int) -> int:
        """How many more blocks of memory Python holds after so many cycles."""
        before = sys.getallocatedblocks()
        for _ in range(count):
            sequencer.names.append(KEYS)
            ports.poll()
            sequencer.names.remove(KEYS)
            sequencer.now += 2 * GRACE
            ports.poll()
            sequencer.sent.clear()
            log.take()
        return sys.getallocatedblocks() - before

    gc.collect()
    gc.disable()  # it would empty Python's lists of free tuples, which are part of what is kept
    try:
        cycles(20)
        assert cycles(200) < 200
    finally:
        gc.enable()


def test_close_lets_go_and_gives_every_client_back(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1)
    sequencer.play(KEYS, ON)
    sequencer.take()
    inputs = [client for client in sequencer.clients if isinstance(client, FakeInput) and client.opened]
    callback = inputs[0].callback
    assert callback is not None
    ports.close()
    callback((ON, 0.0), KEYS)
    assert sequencer.take()[0] == (PADS_1, bytes(OFF))
    assert sequencer.clients == []
    assert sequencer.carriers == 0
    assert sequencer.told == ["closed"]


def test_listing_opens_nothing_and_leaves_nothing() -> None:
    sequencer = Sequencer(THROUGH, KEYS, OWN, PADS_1)
    sequencer.paths[24] = "usb-hcd.0-1"
    found = listed(lambda: FakeInput(sequencer), lambda: FakeOutput(sequencer), lambda: FakeAnnouncements(sequencer))
    assert [port.stable for port in found] == ["Keys@usb-hcd.0-1#0", "Pads#0"]
    assert sequencer.clients == []
    assert sequencer.sent == []
    assert sequencer.told == ["closed"]


@pytest.mark.skipif(os.path.exists("/dev/snd/seq"), reason="this machine has a sequencer")
def test_without_a_sequencer_the_error_says_what_to_do() -> None:
    with pytest.raises(DeviceError, match="modprobe snd-seq"):
        MidiPorts(Router(), print, print, print)
    with pytest.raises(DeviceError, match="modprobe snd-seq"):
        listed()
