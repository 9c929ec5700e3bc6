"""Straight or behind system exclusive: what arrives, in which order, and what becomes of it when nothing moves."""

import errno
import threading
from collections.abc import Callable

import pytest
import rtmidi
from hypothesis import given
from hypothesis import strategies as st

from jambox.errors import DeviceError
from jambox.midi import messages
from jambox.midi.backlog import CAPACITY, SHORT
from jambox.midi.outlets import LAST, PATIENCE, Outlet, Outlets
from jambox.midi.parser import Parser
from jambox.midi.pieces import Address

SYNTH, BASS = (24, 0), (129, 0)
ON, OFF = messages.note_on(0, 60, 100), messages.note_off(0, 60)


def exclusive(size: int) -> bytes:
    return b"\xf0" + bytes(index % 128 for index in range(size - 2)) + b"\xf7"


LONG = exclusive(1000)


class Stage:
    """The far ends of two outlets, and all that outlets use of the world."""

    def __init__(self) -> None:
        self.now, self.room, self.lost = 0.0, 100, 0
        self.heard: dict[Address, list[bytes]] = {SYNTH: [], BASS: []}
        self.refusal: Exception | None = None
        self.is_open = True
        self.outlets = Outlets(self.lose, lambda: self, lambda: self.now)
        self.synth, self.bass = self.open(SYNTH), self.open(BASS)

    def open(self, to: Address) -> Outlet:
        def straight(message: bytes) -> None:
            if isinstance(self.refusal, rtmidi.RtMidiError):
                raise self.refusal
            self.heard[to].append(message)

        return self.outlets.open(straight, to)

    def lose(self, count: int) -> None:
        self.lost += count

    def send(self, to: Address, piece: bytes) -> None:
        if isinstance(self.refusal, OSError):
            raise self.refusal
        self.heard[to].append(piece)

    def gauge(self, to: Address) -> Callable[[], int]:
        assert to in self.heard
        return lambda: self.room

    def close(self) -> None:
        self.is_open = False

    def settle(self) -> None:
        while self.outlets.step():
            pass

    def bytes_of(self, to: Address) -> bytes:
        return b"".join(self.heard[to])


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_short_messages_go_straight(stage: Stage) -> None:
    for message in (ON, exclusive(SHORT), b"\xf8", OFF):
        stage.synth.send(message)
    assert stage.heard[SYNTH] == [ON, exclusive(SHORT), b"\xf8", OFF]
    assert not stage.outlets.step()


def test_a_long_message_goes_in_pieces_and_others_wait_save_real_time(stage: Stage) -> None:
    stage.synth.send(LONG)
    stage.synth.send(ON)
    stage.bass.send(ON)
    assert stage.heard == {SYNTH: [], BASS: [ON]}
    assert stage.outlets.step()
    stage.synth.send(b"\xf8")
    assert stage.outlets.step()
    stage.synth.send(OFF)
    assert stage.heard[SYNTH] == [LONG[:100], b"\xf8", LONG[100:200]]
    stage.settle()
    assert stage.heard[SYNTH][-2:] == [ON, OFF]
    stage.synth.send(ON)
    assert stage.heard[SYNTH][-1] == ON
    assert stage.bytes_of(SYNTH).replace(b"\xf8", b"") == LONG + ON + OFF + ON
    assert stage.lost == 0


def test_nothing_goes_while_there_is_no_room(stage: Stage) -> None:
    stage.synth.send(LONG)
    stage.room = 0
    stage.now += PATIENCE
    assert stage.outlets.step()
    assert stage.heard[SYNTH] == []


ANY = st.sampled_from([ON, OFF, b"\xc0\x05", b"\xf8", b"\xfa", b"\xf1\x05", LONG, exclusive(SHORT), exclusive(300)])


@given(st.lists(ANY | st.integers(0, 400)))
def test_whatever_comes_arrives_whole_in_order_and_alone(happens: list[bytes | int]) -> None:
    """Messages are sent, and steps taken with so much room."""
    stage = Stage()
    sent: list[bytes] = []
    for event in happens:
        if isinstance(event, bytes):
            stage.synth.send(event)
            sent.append(event)
        else:
            stage.room = event
            stage.outlets.step()
    stage.room = 100
    stage.settle()
    parser = Parser()
    arrived = [message for piece in stage.heard[SYNTH] for message in parser.feed(piece)]
    assert parser.faults == 0
    for is_real_time in (False, True):
        assert [m for m in arrived if (m[0] >= 0xF8) is is_real_time] == [
            m for m in sent if (m[0] >= 0xF8) is is_real_time
        ]


def test_system_exclusive_that_does_not_move_is_given_up_and_the_notes_go_on(stage: Stage) -> None:
    stage.synth.send(LONG)
    stage.outlets.step()
    stage.synth.send(ON)
    stage.synth.send(LONG)
    stage.synth.send(OFF)
    stage.room = 0
    stage.now += PATIENCE + 0.1
    assert stage.outlets.step()
    assert stage.heard[SYNTH] == [LONG[:100], b"\xf7"]
    assert stage.lost == 2
    stage.room = 1
    stage.settle()
    assert stage.heard[SYNTH][2:] == [ON, OFF]


def test_panic_breaks_system_exclusive_off(stage: Stage) -> None:
    stage.synth.send(LONG)
    stage.outlets.step()
    stage.synth.send(OFF)
    stage.outlets.give_up()
    stage.synth.send(ON)
    stage.settle()
    assert stage.heard[SYNTH] == [LONG[:100], b"\xf7", OFF, ON]
    assert stage.lost == 1


def test_what_has_not_begun_is_given_up_without_a_trace(stage: Stage) -> None:
    stage.synth.send(LONG)
    stage.outlets.give_up()
    stage.settle()
    assert stage.heard[SYNTH] == []
    assert stage.lost == 1


def test_a_destination_that_is_unplugged_takes_what_waits_with_it(stage: Stage) -> None:
    stage.synth.send(LONG)
    stage.bass.send(LONG)
    stage.outlets.step()
    stage.synth.send(ON)
    stage.outlets.shut(stage.synth)
    stage.settle()
    assert stage.heard[SYNTH] == [LONG[:100]]
    assert stage.bytes_of(BASS) == LONG
    assert stage.lost == 2


def test_a_port_that_vanishes_loses_what_waits_and_harms_nobody(stage: Stage) -> None:
    stage.synth.send(LONG)
    stage.synth.send(ON)
    stage.refusal = OSError(errno.ENODEV, "gone")
    assert not stage.outlets.step()
    assert stage.lost == 2
    stage.refusal = None
    stage.synth.send(OFF)
    assert stage.heard[SYNTH] == [OFF]


def test_a_queue_that_is_full_after_all_ends_system_exclusive_but_no_note(stage: Stage) -> None:
    stage.synth.send(LONG)
    stage.synth.send(OFF)
    stage.refusal = BlockingIOError()
    stage.outlets.step()
    stage.refusal = None
    stage.settle()
    assert stage.heard[SYNTH] == [OFF]
    assert stage.lost == 1


def test_a_message_that_rtmidi_refuses_is_counted_and_the_others_go_on(stage: Stage) -> None:
    stage.synth.send(LONG)
    stage.synth.send(ON)
    stage.room = SHORT
    for _ in range(4):
        stage.outlets.step()
    stage.refusal = rtmidi.SystemError("refused")
    assert not stage.outlets.step()
    assert stage.lost == 1


def test_too_much_is_refused(stage: Stage) -> None:
    with pytest.raises(DeviceError, match="too much"):
        stage.synth.send(exclusive(CAPACITY))
    stage.synth.send(ON)
    assert stage.heard[SYNTH] == [ON]


def test_at_the_end_system_exclusive_is_broken_off_and_notes_go_out(stage: Stage) -> None:
    stage.synth.send(LONG)
    stage.outlets.step()
    stage.synth.send(OFF)
    stage.outlets.close()
    assert stage.heard[SYNTH] == [LONG[:100], b"\xf7", OFF]
    assert not stage.is_open


def test_the_thread_carries_on_and_ends() -> None:
    stage, ended = Stage(), threading.Event()
    outlet = stage.outlets.open(lambda _: ended.set(), SYNTH)
    stage.outlets.start()
    outlet.send(LONG)
    outlet.send(OFF)
    assert ended.wait(5.0)
    assert stage.bytes_of(SYNTH) == LONG
    outlet.send(LONG)
    outlet.send(OFF)
    stage.outlets.close()
    assert not stage.is_open


def test_what_finds_no_room_does_not_keep_the_end_waiting() -> None:
    stage = Stage()
    stage.room = 0
    stage.synth.send(LONG)
    stage.synth.send(OFF)
    times = iter([0.0, 0.0, 0.0, LAST + 0.1])
    stage.outlets.clock = lambda: next(times, LAST + 0.1)
    stage.outlets.close()
    assert stage.heard[SYNTH] == []
