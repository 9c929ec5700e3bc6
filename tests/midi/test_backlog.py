"""What waits behind long system exclusive goes out in order, in portions, and no note-off is refused."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.errors import DeviceError
from jambox.midi import messages
from jambox.midi.backlog import CAPACITY, OVERHEAD, SHORT, Backlog
from jambox.midi.parser import LONGEST

ON, OFF = messages.note_on(0, 60, 100), messages.note_off(0, 60)


def exclusive(size: int) -> bytes:
    return b"\xf0" + bytes(index % 128 for index in range(size - 2)) + b"\xf7"


LONG = exclusive(1000)
WAITING = st.lists(st.integers(2, 700).map(exclusive) | st.sampled_from([ON, OFF, b"\xc0\x05", b"\xf6"]))


FULL = exclusive(CAPACITY // 2 - OVERHEAD)
"""Two of it leave no room for a note."""


def both(key: int) -> tuple[bytes, bytes]:
    return messages.note_on(0, key, 100), messages.note_off(0, key)


def note(message: bytes, down: set[int]) -> None:
    if message[0] < 0xF0:
        (down.discard if messages.pressed(message) is None else down.add)(message[1])


def emptied(backlog: Backlog) -> list[bytes]:
    left: list[bytes] = []
    while backlog:
        left += backlog.take(SHORT)
    return left


def filled(*waiting: bytes) -> Backlog:
    backlog = Backlog()
    for message in waiting:
        backlog.add(message)
    return backlog


def test_a_long_message_goes_in_pieces_and_the_rest_after_it() -> None:
    backlog = filled(ON, LONG, ON, OFF, LONG)
    portions = [(backlog.take(room), backlog.is_inside) for room in (100, 400, 100, 256, 256, 256)]
    assert portions == [
        ([ON], False),
        ([LONG[:SHORT]], True),
        ([LONG[SHORT:356]], True),
        ([LONG[356:612]], True),
        ([LONG[612:868]], True),
        ([LONG[868:]], False),
    ]
    backlog.add(b"\xf6")
    assert backlog.take(100) == [ON, OFF]
    assert backlog.take(1) == [LONG[:1]]


@pytest.mark.parametrize(("room", "count"), [(1, 1), (3, 1), (5, 1), (6, 2), (100, 3)])
def test_short_messages_go_as_far_as_there_is_room(room: int, count: int) -> None:
    assert filled(ON, OFF, ON).take(room) == [ON, OFF, ON][:count]


@given(WAITING, st.lists(st.integers(1, 300), min_size=1))
def test_everything_goes_out_in_order(waiting: list[bytes], rooms: list[int]) -> None:
    backlog, out, looks = filled(*waiting), [], 0
    while backlog:
        room = rooms[looks % len(rooms)]
        portion = backlog.take(room)
        assert len(b"".join(portion)) <= room or (len(portion) == 1 and messages.is_whole(portion[0]))
        assert len(portion) == 1 or all(map(messages.is_whole, portion))
        out += portion
        looks += 1
    assert b"".join(out) == b"".join(waiting)
    assert backlog.take(1) == []


def test_too_much_is_refused_but_never_the_end_of_a_note() -> None:
    fitting = (CAPACITY - 3 * (LONGEST + OVERHEAD)) // (len(ON) + OVERHEAD)
    backlog = filled(*[exclusive(LONGEST)] * 3, *[ON] * fitting)
    with pytest.raises(DeviceError, match="too much"):
        backlog.add(ON)
    ends = [OFF, bytes([0x90, 61, 0]), bytes([0xB0, 64, 0]), bytes([0xB0, 123, 0])]
    for message in 1000 * ends:
        backlog.add(message)
    backlog.skip()
    assert emptied(backlog) == [ON] * fitting + ends


def test_what_began_again_ends_again() -> None:
    backlog = filled(FULL, FULL, OFF, OFF)
    while backlog.take(SHORT)[-1][-1] != 0xF7:
        pass
    for message in (ON, exclusive(CAPACITY // 2 - 4 * OVERHEAD), OFF, OFF):
        backlog.add(message)
    assert [message for message in emptied(backlog) if len(message) == 3] == [OFF, ON, OFF]


@given(st.lists(st.sampled_from(["skip", FULL, FULL, *both(60), *both(61)]), max_size=60))
def test_however_much_waits_each_key_is_left_as_it_was_last(drawn: list[bytes | str]) -> None:
    backlog, down, left = Backlog(), set[int](), set[int]()
    for message in drawn:
        if isinstance(message, str):
            backlog.skip()
            continue
        with contextlib.suppress(DeviceError):
            backlog.add(message)
            note(message, down)
    backlog.skip()
    for message in emptied(backlog):
        note(message, left)
    assert left == down


def test_what_went_out_makes_room() -> None:
    backlog = filled(*[exclusive(LONGEST - OVERHEAD)] * 4)
    with pytest.raises(DeviceError):
        backlog.add(ON)
    while backlog.take(SHORT)[-1][-1] != 0xF7:
        pass
    backlog.add(ON)


def test_system_exclusive_can_be_given_up_while_the_rest_goes_on() -> None:
    backlog = filled(LONG, ON, exclusive(20), LONG, OFF)
    backlog.take(10)
    assert backlog.skip() == 3
    assert not backlog.is_inside
    assert backlog.take(SHORT) == [ON, OFF]
    assert not backlog


def test_everything_can_be_given_up() -> None:
    backlog = filled(LONG, ON)
    backlog.take(10)
    assert backlog.clear() == 2
    assert not backlog
    assert not backlog.is_inside
    backlog.add(LONG)
    assert backlog.take(1) == [b"\xf0"]
