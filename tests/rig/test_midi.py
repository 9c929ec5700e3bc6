"""MIDI on kernel devices: the USB gadget and other programs as instruments, the box between them."""

import random
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from jambox.ensemble import Ensemble
from jambox.frameclock import FrameClock
from jambox.midi import messages
from jambox.midi.claims import Claims
from jambox.midi.loops import ASKED, ECHOES
from jambox.midi.messages import CLOCK, START, STOP
from jambox.midi.notation import parse_route
from jambox.midi.offsets import ON_TIME
from jambox.midi.performer import Performer
from jambox.midi.ports import IGNORED, MidiPorts
from jambox.midi.route import EVERYTHING, Port
from jambox.midi.router import Router
from jambox.midi.sync import LEAD, NOTE, PPQN, Hit, Pattern, Performance, Playhead
from jambox.timeline import Timeline
from jambox.units import Bpm
from tests.rig import hardware
from tests.rig.far_midi import FarKeys, FarPort

Report = Callable[[str], None]
ON, OFF = bytes([0x90, 60, 100]), bytes([0x80, 60, 64])
GADGET = {*IGNORED, "f_midi"}
"""The gadget's own end is a sequencer port of the same kernel: heard by the box, it would close a loop."""
LOOK, POLLED = 0.02, 10
"""Seconds between two looks, of which each tenth is for ports that come and go."""


class Box:
    """What the box does with the ports: polls them from one thread, takes note of what comes and goes."""

    def __init__(self, *routes: str) -> None:
        self.log: list[str] = []
        parsed = [parse_route(route) for route in routes] or [EVERYTHING]
        self.ports = MidiPorts(Router(parsed), self._came, self._went, self._failed, ignored=GADGET)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Box":
        self.ports.poll()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self.ports.close()

    def _run(self) -> None:
        looks = 0
        while not self._ended.wait(LOOK):
            self.ports.router.listen(time.monotonic())
            looks += 1
            if looks % POLLED == 0:
                self.ports.poll()
                for source, destination in self.ports.router.news():
                    self.log.append(f"{source.name}/{destination.name}")

    def _came(self, port: Port) -> None:
        self.log.append(f"+{port.name}")

    def _went(self, port: Port) -> None:
        self.log.append(f"-{port.name}")

    def _failed(self, error: Exception) -> None:
        self.log.append(f"!{error}")


class Thru(FarPort):
    """A program that sends back whatever it hears."""

    def _arrived(self, event: tuple[Sequence[int], float], _data: object = None) -> None:
        super()._arrived(event)
        self.send(bytes(event[0]))


@pytest.fixture
def synth() -> Iterator[FarPort]:
    with FarPort("Synth") as far:
        yield far.open_virtual()


@pytest.fixture
def box(synth: FarPort) -> Iterator[Box]:
    """The box, with the gadget and a program as instruments."""
    with Box() as box:
        assert f"+{synth.name}" in box.log
        yield box
        assert not [line for line in box.log if line.startswith("!")]
        assert box.ports.router.counters.errors == 0


def clients() -> int:
    found = re.search(r"cur +clients : (\d+)", Path("/proc/asound/seq/clients").read_text())
    assert found is not None
    return int(found[1])


def heard(far: FarPort) -> list[bytes]:
    return [arrival.data for arrival in far.arrivals]


@pytest.mark.rig
def test_instruments_hear_each_other_and_not_themselves(box: Box, synth: FarPort, report: Report) -> None:
    with FarKeys() as keys, FarPort("Pads") as pads:
        pads.open_virtual()
        hardware.wait_for(lambda: "+Pads" in box.log)
        keys.received()  # the kernel keeps what comes from the first look on
        sent = keys.send(ON)
        hardware.wait_for(lambda: bool(synth.arrivals and pads.arrivals))
        took = synth.arrivals[0].time - sent
        synth.send(messages.note_on(1, 62, 90))
        hardware.wait_for(lambda: len(pads.arrivals) == 2)
        hardware.wait_until(time.monotonic() + 0.05)
        assert heard(synth) == [ON]
        assert heard(pads) == [ON, messages.note_on(1, 62, 90)]
        assert b"".join(arrival.data for arrival in keys.received()) == messages.note_on(1, 62, 90)
    report(f"USB MIDI through the box to a program: {took * 1e3:.3f} ms")
    assert took < 2e-3


@pytest.mark.rig
def test_a_note_ends_when_its_keyboard_is_pulled(box: Box, synth: FarPort, report: Report) -> None:
    with FarKeys() as keys:
        keys.send(ON)
        hardware.wait_for(lambda: bool(synth.arrivals))
    pulled = time.monotonic()
    hardware.unplug_keys()
    hardware.wait_for(lambda: len(synth.arrivals) == 2)
    hardware.plug_keys()
    there = time.monotonic()
    hardware.wait_for(lambda: box.log.count("+Rig Keys MIDI 1") == 2)
    again = time.monotonic()
    with FarKeys() as keys:
        keys.send(ON)
        hardware.wait_for(lambda: len(synth.arrivals) == 3)
    ended = synth.arrivals[1].time - pulled
    report(f"note-off {ended * 1e3:.0f} ms after the pull, routed again {(again - there) * 1e3:.0f} ms after the card")
    assert heard(synth) == [ON, OFF, ON]
    assert ended < 0.5
    assert again - there < 0.5


@pytest.mark.rig
def test_a_program_that_restarts_between_two_polls_is_heard_again(box: Box, synth: FarPort) -> None:
    with FarPort("Pads") as pads:
        pads.open_virtual()
        hardware.wait_for(lambda: "+Pads" in box.log)
        identities = {port.identity for port in box.ports.sources}
        pads.send(ON)
        hardware.wait_for(lambda: len(synth.arrivals) == 1)
    with FarPort("Pads") as pads:
        pads.open_virtual()
        hardware.wait_for(lambda: box.log.count("+Pads") > 2)
        assert {port.identity for port in box.ports.sources} == identities
        pads.send(ON)
        hardware.wait_for(lambda: len(synth.arrivals) == 3)
    assert heard(synth) == [ON, OFF, ON]


@pytest.mark.rig
def test_a_pulled_synth_leaves_the_others_playing(box: Box, synth: FarPort) -> None:
    hit = messages.note_on(9, 36, 100)
    box.ports.router.broadcast(hit)
    hardware.unplug_keys()
    box.ports.router.broadcast(CLOCK)
    hardware.wait_for(lambda: "-Rig Keys MIDI 1" in box.log)
    box.ports.router.broadcast(messages.note_off(9, 36))
    hardware.wait_for(lambda: len(synth.arrivals) == 3)
    hardware.plug_keys()
    assert heard(synth) == [hit, CLOCK, messages.note_off(9, 36)]


@pytest.mark.rig
def test_panic_ends_what_sounds(box: Box, synth: FarPort) -> None:
    with FarKeys() as keys:
        keys.send(ON)
        hardware.wait_for(lambda: bool(synth.arrivals))
        box.ports.router.release_all()
        hardware.wait_for(lambda: len(synth.arrivals) == 2 + 48)
    assert heard(synth) == [ON, OFF, *messages.silence()]


@pytest.mark.rig
def test_routes_split_transpose_and_choose_a_sound(synth: FarPort) -> None:
    split = "From('Rig Keys') >> (Keys('C-1', 'B3') >> To('Bass') | Keys('C4', 'G9') >> Transpose(-12) >> To('Synth'))"
    sound = "From('Rig*') >> Program(33, channel=3) >> To('bass')"
    with FarPort("Bass") as bass:
        bass.open_virtual()
        with Box(split, sound + " >> Kind('program')") as box, FarKeys() as keys:
            hardware.wait_for(lambda: len(bass.arrivals) == 1)
            played = (messages.note_on(0, 48, 90), ON, bytes([0xB0, 64, 127]), OFF, messages.note_off(0, 48))
            keys.send(b"".join(played))
            bass.send(ON)
            synth.send(ON)
            hardware.wait_for(lambda: len(bass.arrivals) == 4 and len(synth.arrivals) == 3)
            keys.received()
            keys.send(ON)
            hardware.wait_for(lambda: len(synth.arrivals) == 4)
            hardware.unplug_keys()
            hardware.wait_for(lambda: len(synth.arrivals) == 6)
            hardware.plug_keys()
            hardware.wait_for(lambda: box.log.count("+Rig Keys MIDI 1") == 2 and len(bass.arrivals) > 5)
        pedal, up, sound_33 = bytes([0xB0, 64, 127]), bytes([0xB0, 64, 0]), bytes([0xC2, 32])
        high, high_off = messages.note_on(0, 48, 100), messages.note_off(0, 48)
        assert heard(synth)[:6] == [high, pedal, high_off, high, high_off, up]
        assert heard(bass)[:6] == [sound_33, played[0], pedal, played[4], up, sound_33]


@pytest.mark.rig
def test_a_device_that_echoes_is_cut_and_the_others_play_on(box: Box, synth: FarPort, report: Report) -> None:
    with FarPort("Pads") as pads, Thru("Thru") as thru:
        pads.open_virtual()
        thru.open_virtual()
        hardware.wait_for(lambda: "+Pads" in box.log and "+Thru" in box.log)
        begin = time.monotonic()
        pads.send_evenly([messages.note_on(0, key, 100) for key in range(20)], 50.0)
        hardware.wait_for(lambda: "Pads/Thru" in box.log)
        cut = time.monotonic() - begin
        hardware.wait_until(time.monotonic() + 0.05)
        ended = [messages.note_off(0, key) for key in range(ECHOES)]
        asked = heard(thru)[ECHOES:-ECHOES]
        assert heard(thru) == [*(messages.note_on(0, key, 100) for key in range(ECHOES)), *asked, *ended]
        assert len({messages.let_go(message) for message in asked}) == len(asked) == ASKED
        assert [(str(source), str(destination)) for source, destination in box.ports.router.cut] == [("Pads", "Thru")]
        synth.arrivals.clear()
        pads.send(ON)
        hardware.wait_for(lambda: len(synth.arrivals) == 1)
        thru.send(messages.note_on(1, 62, 90))
        hardware.wait_for(lambda: len(synth.arrivals) == 2)
        hardware.wait_until(time.monotonic() + 0.05)
        assert heard(synth) == [ON, messages.note_on(1, 62, 90)]
        assert heard(pads)[-1] == messages.note_on(1, 62, 90)
    hardware.wait_for(lambda: "-Thru" in box.log)
    assert box.ports.router.cut == ()
    report(f"an echo at 50 notes/s was cut, and told of, {cut * 1e3:.0f} ms after the first note")
    assert cut < 1.0


@pytest.mark.rig
def test_two_devices_that_echo_each_other_come_to_rest(box: Box, synth: FarPort, report: Report) -> None:
    with Thru("One") as one, Thru("Other") as other:
        one.open_virtual()
        other.open_virtual()
        hardware.wait_for(lambda: "+One" in box.log and "+Other" in box.log)
        begin = time.monotonic()
        one.send(ON)
        hardware.wait_for(lambda: bool(box.ports.router.cut))
        hardware.wait_for(lambda: "One/Other" in box.log or "Other/One" in box.log)
        took = time.monotonic() - begin
        hardware.wait_until(time.monotonic() + 0.3)
        rest = len(synth.arrivals)
        hardware.wait_until(time.monotonic() + 0.3)
        assert len(synth.arrivals) == rest
    report(f"a storm between two echoing devices came to rest after {rest} messages, told of after {took * 1e3:.0f} ms")
    assert rest < 4 * ECHOES


class Joined(FarPort):
    """An interface whose MIDI out is patched into the MIDI in of another."""

    into: FarPort

    def _arrived(self, event: tuple[Sequence[int], float], _data: object = None) -> None:
        super()._arrived(event)
        self.into.send(bytes(event[0]))


@pytest.mark.rig
def test_two_interfaces_patched_into_each_other_come_to_rest(box: Box, synth: FarPort, report: Report) -> None:
    """No note goes round for ever, none hangs, and each is still played by all others."""
    with Joined("One") as one, Joined("Other") as other:
        one.into, other.into = other, one
        one.open_virtual()
        other.open_virtual()
        hardware.wait_for(lambda: "+One" in box.log and "+Other" in box.log)
        synth.send(ON)
        hardware.wait_for(lambda: len(box.ports.router.cut) == 2)
        hardware.wait_for(lambda: "One/Other" in box.log and "Other/One" in box.log)
        synth.send(OFF)
        hardware.wait_until(time.monotonic() + 0.3)
        rounds = len(one.arrivals)
        assert box.ports.router.held() == ()
        for far in (one, other):
            far.arrivals.clear()
        synth.send(ON)
        synth.send(OFF)
        hardware.wait_until(time.monotonic() + 0.3)
        assert heard(one) == heard(other) == [ON, OFF]
        assert box.ports.router.held() == ()
    report(f"two interfaces patched into each other came to rest after {rounds} messages to one of them")
    assert rounds < 8 * ECHOES


@pytest.mark.rig(usb_midi=False)
def test_what_is_cut_is_told_with_its_remedy() -> None:
    told: list[str] = []
    with FarPort("Pads") as pads, Thru("Thru") as thru:
        pads.open_virtual()
        thru.open_virtual()
        silent = (lambda *_: None, lambda *_: None)
        ensemble = Ensemble([EVERYTHING], ON_TIME, Claims(), *silent, told.append, lambda: None)
        pads.send_evenly([messages.note_on(0, key, 100) for key in range(20)], 50.0)
        ensemble.poll()
        assert ensemble.as_dict()["cut"] == ["Pads -> Thru"]
        assert told == list(ensemble.faults)
        assert "Pads no longer plays Thru, which sends back what it hears" in told[0]
        ensemble.close()


@pytest.mark.rig
def test_garbage_on_the_cable_does_no_harm(box: Box, synth: FarPort, report: Report) -> None:
    garbage = random.Random(1)
    with FarKeys() as keys:
        for _ in range(100):
            keys.send(garbage.randbytes(64))
            hardware.wait_until(time.monotonic() + 0.01)
        keys.send(b"\xf7")
        hardware.wait_until(time.monotonic() + 0.05)
        synth.arrivals.clear()
        keys.send(ON + OFF)
        hardware.wait_for(lambda: len(synth.arrivals) == 2)
        assert heard(synth) == [ON, OFF]
    counters = box.ports.router.counters
    report(f"garbage: {counters.received} messages made of 6,400 bytes, {counters.dropped} dropped")


@pytest.mark.rig(timeout=300)
def test_clock_and_hits_keep_their_places_for_a_minute(box: Box, synth: FarPort, report: Report) -> None:
    beats, tempo, rate = 120, 120.0, 48000.0
    pattern = Pattern(4.0, (Hit(0.0, 36, 100), Hit(1 / 3, 42, 60), Hit(2.0, 38, 90)))
    begin = time.monotonic() + 0.1
    player = Performer[Performance](box.ports.router.broadcast, Playhead)
    player.start()
    player.follow(Performance(Timeline(Bpm(tempo), rate), FrameClock(0.0, begin, rate), pattern, 0.0, beats))
    hardware.wait_for(lambda: bool(synth.arrivals) and synth.arrivals[-1].data == STOP, 70.0, 0.1)
    player.close()

    def off_by(chosen: bytes, places: NDArray[Any]) -> float:
        times = np.array([arrival.time for arrival in synth.arrivals if arrival.data == chosen]) - begin
        assert len(times) == len(places)
        return float(np.abs(times - places).max())

    beat, bars = 60.0 / tempo, np.arange(beats // 4) * 4.0
    worst = {
        "clock": off_by(CLOCK, np.arange(beats * PPQN) * beat / PPQN),
        "start": off_by(START, np.array([-LEAD])),
        "stop": off_by(STOP, np.array([beats * beat])),
        "third of a beat": off_by(messages.note_on(9, 42, 60), (bars + 1 / 3) * beat),
        "its note-off": off_by(messages.note_off(9, 42), (bars + 1 / 3) * beat + NOTE),
    }
    report(", ".join(f"{name} off by at most {value * 1e6:.0f} µs" for name, value in worst.items()))
    assert heard(synth)[:3] == [START, CLOCK, messages.note_on(9, 36, 100)]
    assert max(worst.values()) < 0.2e-3


@pytest.mark.rig(virtual_time=False)
def test_ports_close_while_messages_stream_in(report: Report) -> None:
    """Rtmidi's own `delete` hangs here within a few rounds."""
    before, taken = clients(), []
    with FarPort("Drummer") as drummer:
        drummer.open_virtual()
        for _ in range(20):
            ports = MidiPorts(Router(), lambda _: None, lambda _: None, lambda _: None, ignored=GADGET)
            ports.poll()
            for _ in range(50):
                drummer.send(ON)
            ports.close()
            taken.append(ports.router.counters.received)
    report(f"20 closures under fire, after {min(taken)} to {max(taken)} of 50 messages")
    assert clients() == before
