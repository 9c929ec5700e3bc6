"""Ports that come and go, are refused, shift their numbers, and leave nothing behind."""

import gc
import os
import sys

import pytest
import rtmidi

from jambox.errors import DeviceError
from jambox.midi.announce import WHOLE_CLIENT
from jambox.midi.inputs import GRACE, Input
from jambox.midi.ports import MidiPorts, Output, listed
from jambox.midi.router import Router
from tests.midi.sequencer import (
    KEYS,
    LONG,
    OFF,
    ON,
    OWN,
    PADS_1,
    PADS_2,
    THROUGH,
    FakeAnnouncements,
    FakeClient,
    FakeInput,
    FakeOutput,
    Log,
    Sequencer,
    opened,
)


def pass_on(sequencer: Sequencer, ports: MidiPorts) -> None:
    """Lets so much time pass as an input takes from when it is put aside until it is deleted."""
    for _ in range(2):
        sequencer.now += GRACE
        ports.poll()


def test_ports_of_others_are_opened_once(log: Log) -> None:
    sequencer = Sequencer(THROUGH, KEYS, OWN, PADS_1, PADS_2)
    ports = log.ports(sequencer)
    for _ in range(3):
        ports.poll()
    assert log.take() == ["+Keys MIDI 1", "+Pads MIDI 1", "+Pads MIDI 2"]
    assert [port.identity for port in ports.sources] == [KEYS, PADS_1, PADS_2]
    assert ports.sources == ports.destinations
    assert sorted(client.opened for client in sequencer.clients) == sorted(2 * ["", KEYS, PADS_1, PADS_2])


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
    pass_on(sequencer, ports)
    assert not [client for client in sequencer.clients if client in stale]
    sequencer.play(KEYS, ON)
    assert sequencer.take() == [(PADS_1, bytes(ON))]


def test_nothing_is_listed_while_nothing_is_announced(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    sequencer, ports = opened(log, KEYS)
    monkeypatch.delattr(FakeClient, "get_ports")
    ports.poll()
    assert [port.identity for port in ports.sources] == [KEYS]
    assert sequencer.take() == []


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


def test_a_port_that_does_not_open_is_told_of_once_and_tried_again(log: Log) -> None:
    sequencer = Sequencer(KEYS, PADS_1)
    sequencer.refused.add(KEYS)
    ports = log.ports(sequencer)
    for _ in range(3):
        ports.poll()
        pass_on(sequencer, ports)
    first, second = log.take()
    assert first.startswith(f"!MIDI: '{KEYS}' did not open (refused)")
    assert second == "+Pads MIDI 1"
    sequencer.refused.clear()
    ports.poll()
    assert log.take() == ["+Keys MIDI 1"]
    pass_on(sequencer, ports)
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
    pass_on(sequencer, ports)
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
    sequencer.now += GRACE
    ports.poll()
    assert [client.callback for client in sequencer.clients if isinstance(client, FakeInput) and client.opened] == [
        None
    ]
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
        pass_on(sequencer, ports)
        assert len(sequencer.clients) <= 2 + 2 + 1
    pass_on(sequencer, ports)
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
            pass_on(sequencer, ports)
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
