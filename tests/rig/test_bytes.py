"""All that MIDI 1.0 has, byte by byte, on kernel devices: what goes into one end comes out of the other."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator

import pytest

from jambox.midi import messages
from jambox.midi.loops import LATE
from jambox.midi.messages import CLOCK
from jambox.midi.outlets import PATIENCE
from jambox.midi.parser import LONGEST, Parser
from jambox.midi.pieces import Pieces
from jambox.midi.route import Port
from jambox.midi.sensing import SILENCE
from tests.rig import hardware
from tests.rig.far_midi import Arrival, FarKeys, FarPort
from tests.rig.test_midi import LOOK, Box, heard

Report = Callable[[str], None]
ON, OFF = messages.note_on(0, 60, 100), messages.note_off(0, 60)
VIRTUAL = "VirMIDI"
"""A card of raw MIDI devices that are sequencer ports: a program's way to send any bytes."""


def exclusive(size: int) -> bytes:
    return b"\xf0" + bytes(index * index % 128 for index in range(size - 2)) + b"\xf7"


def parsed(arrivals: Iterable[Arrival]) -> list[bytes]:
    """The messages that the bytes of `arrivals` are. Raises AssertionError if there are others."""
    parser = Parser()
    found = [message for arrival in arrivals for message in parser.feed(arrival.data)]
    assert parser.faults == 0
    return found


class Playing:
    """Pads that play notes on channel 2, each 5 ms long, 100 a second; and the box's clock, 50 ticks a second."""

    def __init__(self, box: Box, pads: FarPort) -> None:
        self._box, self._pads = box, pads
        self.sent: list[bytes] = []
        self.ticks = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Playing":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        start, step = time.monotonic(), 0
        while step % 2 or not self._ended.is_set():
            key = step // 2 % 128
            message = messages.note_off(1, key) if step % 2 else messages.note_on(1, key, 100)
            self._pads.send(message)
            self.sent.append(message)
            if step % 4 == 0:
                self._box.ports.router.broadcast(CLOCK)
                self.ticks += 1
            step += 1
            hardware.wait_until(start + step * 0.005)


@pytest.fixture
def synth() -> Iterator[FarPort]:
    with FarPort("Synth") as far:
        yield far.open_virtual()


@pytest.fixture
def pads() -> Iterator[FarPort]:
    with FarPort("Pads") as far:
        yield far.open_virtual()


@pytest.fixture
def box(synth: FarPort, pads: FarPort) -> Iterator[Box]:
    with Box() as box:
        assert {f"+{synth.name}", f"+{pads.name}"} <= {*box.log}
        yield box


@pytest.mark.rig
def test_the_longest_system_exclusive_arrives_whole_while_others_play(
    box: Box, synth: FarPort, pads: FarPort, report: Report
) -> None:
    data = exclusive(LONGEST)
    with FarKeys() as keys:
        with Playing(box, pads) as playing:
            hardware.wait_until(time.monotonic() + 0.1)
            begin = time.monotonic()
            keys.send_steadily(data, 500_000)
            sent = time.monotonic()
            hardware.wait_for(lambda: synth.arrivals[-1].data[-1:] == b"\xf7" or data in parsed(synth.arrivals), 10.0)
            took = time.monotonic()
            hardware.wait_until(time.monotonic() + 0.1)
        hardware.wait_until(time.monotonic() + 0.1)
    found = parsed(synth.arrivals)
    assert [message for message in found if message[0] == 0xF0] == [data]
    assert [message for message in found if message[0] & 0x0F == 1] == playing.sent
    assert found.count(CLOCK) == playing.ticks
    ticks = [arrival.time for arrival in synth.arrivals if arrival.data[-1:] == CLOCK]
    late = max(abs(tick - ticks[0] - 0.02 * number) for number, tick in enumerate(ticks))
    assert box.ports.router.counters.errors == box.ports.router.counters.dropped == 0
    report(
        f"{len(data)} bytes in {took - begin:.2f} s, {took - sent:.2f} s after the last; {len(playing.sent)} notes and"
        f" {playing.ticks} ticks besides, all there, ticks off by at most {late * 1e6:.0f} µs"
    )
    assert late < 1e-3


@pytest.mark.rig
def test_long_system_exclusive_goes_to_a_device_as_it_takes_it(box: Box, pads: FarPort, report: Report) -> None:
    data = exclusive(65_536)
    with FarKeys() as keys, FarKeys(VIRTUAL) as sender:
        keys.received()
        with Playing(box, pads) as playing:
            begin = time.monotonic()
            sender.send_steadily(data, 500_000)
            hardware.wait_until(begin + 3.0)
        hardware.wait_until(time.monotonic() + 0.2)
        arrivals = keys.received()
    found = parsed(arrivals)
    assert [message for message in found if message[0] == 0xF0] == [data]
    assert [message for message in found if message[0] & 0x0F == 1] == playing.sent
    assert found.count(CLOCK) == playing.ticks
    took = next(arrival.time for arrival in arrivals if b"\xf7" in arrival.data) - begin
    report(f"{len(data)} bytes to a USB device in {took:.2f} s")
    assert took < 3.0


@pytest.mark.rig
@pytest.mark.parametrize("size", [257, 4096, 5700, 10_240, 17_000])
@pytest.mark.usefixtures("box")
def test_what_rtmidi_cannot_send_arrives_and_so_does_what_follows(synth: FarPort, size: int) -> None:
    data = exclusive(size)
    with FarKeys() as keys:
        keys.send_steadily(data + ON + OFF, 500_000)
        hardware.wait_for(lambda: OFF in heard(synth))
    assert heard(synth) == [data, ON, OFF]


@pytest.mark.rig
def test_too_long_system_exclusive_is_dropped_whole_and_counted(box: Box, synth: FarPort) -> None:
    with FarKeys() as keys:
        keys.send_steadily(exclusive(LONGEST + 1) + ON + OFF, 500_000)
        hardware.wait_for(lambda: OFF in heard(synth))
    assert heard(synth) == [ON, OFF]
    assert [(port.name, count) for port, count in box.ports.router.malformed()] == [("Rig Keys MIDI 1", 1)]


@pytest.mark.rig
def test_running_status_and_real_time_within_messages_come_out_right(box: Box, synth: FarPort, pads: FarPort) -> None:
    raw = "90 3C 64 3E F8 64 40 F8 00 B0 07 FE 10 0A 20 C1 05 06 F0 01 F8 02 F7 E0 00 40 F1 35 F3 02 F6"
    out = "903c64 903e64 904000 b00710 b00a20 c105 c106 f00102f7 e00040 f135 f302 f6"
    with FarKeys() as keys:
        for piece in ([raw], raw.split()):
            synth.arrivals.clear()
            pads.arrivals.clear()
            for text in piece:
                keys.send(bytes.fromhex(text))
            hardware.wait_until(time.monotonic() + LATE + 0.05)  # or the second time would look like an echo
            assert [message.hex() for message in heard(synth)] == out.split()
            assert heard(pads) == heard(synth)
    assert box.ports.router.counters.dropped == 0


@pytest.mark.rig
@pytest.mark.usefixtures("box")
def test_any_bytes_in_an_event_of_another_program_are_sorted_out(synth: FarPort, pads: FarPort) -> None:
    (ear,) = [port for port in map(Port.parse, pads.destinations()) if (port.device, port.name) == ("jambox", "Pads")]
    pieces = Pieces()
    for piece in ("F0 01", "F8 02", "90 3C", "64 3E", "66 80 3C 40 3C", "F7 F7 F4 00", "F0 05 06 F7"):
        pieces.send((ear.client, ear.number), bytes.fromhex(piece))
    pads.send(ON)
    hardware.wait_for(lambda: ON in heard(synth)[-1:] and len(synth.arrivals) == 5)
    assert [message.hex() for message in heard(synth)] == ["903c64", "903e66", "803c40", "f00506f7", ON.hex()]
    pieces.close()


@pytest.mark.rig
def test_notes_end_when_active_sensing_stops(box: Box, synth: FarPort, report: Report) -> None:
    with FarKeys() as keys:
        for _ in range(10):
            keys.send(b"\xfe")
            hardware.wait_until(time.monotonic() + 0.27)
        keys.send(ON)
        last = time.monotonic()
        hardware.wait_until(last + 0.3)
        assert heard(synth) == [ON]
        hardware.wait_for(lambda: len(synth.arrivals) == 2)
        ended = synth.arrivals[-1].time - last
        assert heard(synth) == [ON, OFF]
        keys.send(ON)
        hardware.wait_until(time.monotonic() + 1.0)
        assert heard(synth) == [ON, OFF, ON]
    assert "-Rig Keys MIDI 1" not in box.log
    report(f"the note ended {ended * 1e3:.0f} ms after the last sign of life")
    assert SILENCE <= ended < SILENCE + LOOK + 1e-3


@pytest.mark.rig
def test_a_device_that_is_pulled_in_the_middle_gets_nothing_of_it_when_it_is_back(box: Box, synth: FarPort) -> None:
    with FarKeys(VIRTUAL) as sender:
        sender.send_steadily(exclusive(LONGEST), 500_000)
        hardware.wait_until(time.monotonic() + 0.05)
        hardware.unplug_keys()
        hardware.wait_for(lambda: "-Rig Keys MIDI 1" in box.log)
        hardware.plug_keys()
        hardware.wait_for(lambda: box.log.count("+Rig Keys MIDI 1") == 2)
        with FarKeys() as keys:
            keys.received()
            sender.send(ON)
            hardware.wait_until(time.monotonic() + 0.1)
            assert b"".join(arrival.data for arrival in keys.received()) == ON
    hardware.wait_for(lambda: ON in heard(synth))
    assert parsed(synth.arrivals) == [exclusive(LONGEST), ON]


@pytest.mark.rig
def test_panic_does_not_wait_for_system_exclusive(box: Box, synth: FarPort, report: Report) -> None:
    with FarKeys() as keys:
        keys.send(ON)
        keys.send_steadily(exclusive(LONGEST), 500_000)
        hardware.wait_until(time.monotonic() + 0.1)
        begin = time.monotonic()
        box.ports.release_all()
        hardware.wait_for(lambda: len(synth.arrivals) == 3 + 48)
    assert heard(synth)[0] == ON
    assert heard(synth)[1][:1] + heard(synth)[1][-1:] == b"\xf0\xf7"
    assert len(heard(synth)[1]) < LONGEST
    assert heard(synth)[2:] == [OFF, *messages.silence()]
    took = synth.arrivals[-1].time - begin
    report(f"panic within system exclusive took {took * 1e3:.1f} ms")
    assert took < 0.02


HANGING = (
    "import rtmidi, sys; far = rtmidi.MidiIn(rtmidi.API_LINUX_ALSA, 'Hanging'); far.ignore_types(False, False, False)"
)
HANGING += "; far.open_virtual_port('Hanging'); far.set_callback(lambda e, _: print(bytes(e[0]).hex(), flush=True))"
HANGING += "; print('there', flush=True); sys.stdin.read()"


@pytest.mark.rig
def test_a_program_that_hangs_delays_nobody_and_loses_no_note_off(
    synth: FarPort, pads: FarPort, report: Report
) -> None:
    command = [sys.executable, "-c", HANGING]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as far:
        assert far.stdout is not None
        assert far.stdout.readline() == "there\n"
        with Box() as box, FarKeys() as keys:
            hardware.wait_for(lambda: "+Hanging" in box.log)
            pads.send(ON)
            assert far.stdout.readline() == ON.hex() + "\n"
            far.send_signal(signal.SIGSTOP)
            keys.send_steadily(exclusive(20_000), 500_000)
            hardware.wait_for(lambda: len(synth.arrivals) == 2)
            sent = pads.send(OFF)
            hardware.wait_for(lambda: OFF in heard(synth))
            took = synth.arrivals[-1].time - sent
            hardware.wait_until(time.monotonic() + PATIENCE + 0.5)
            assert box.ports.router.counters.errors == 1
            far.send_signal(signal.SIGCONT)
            rest = [far.stdout.readline() for _ in range(2)]
            far.communicate()
            hardware.wait_for(lambda: "-Hanging" in box.log)
        hardware.wait_until(time.monotonic() + 0.1)
    assert rest[0].startswith("f0")
    assert rest[1] == OFF.hex() + "\n"
    report(f"beside a program that hangs a note-off took {took * 1e3:.2f} ms")
    assert took < 2e-3
