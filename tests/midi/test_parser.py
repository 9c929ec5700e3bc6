"""Bytes in any pieces -> whole messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.midi import messages
from jambox.midi.parser import LONGEST, Parser
from tests.midi.fuzz import fuzz

ANY = st.binary(max_size=12)
ODD = st.lists(st.sampled_from((0xF0, 0xF7, 0xF8, 0xFE, 0x90, 0xC0, 0x3C, 0x40, 0xF4, 0xF9, 0xF2, 0xF6))).map(bytes)
WHOLE = st.sampled_from(
    [bytes.fromhex(text) for text in ("903C40", "C105", "E00040", "F07E7F0601F7", "F110", "F6", "F8", "FF", "F20001")]
)


def parsed(*pieces: bytes) -> tuple[list[bytes], int]:
    parser = Parser()
    return [message for piece in pieces for message in parser.feed(piece)], parser.faults


@pytest.mark.parametrize(
    ("data", "found", "faults"),
    [
        ("", "", 0),
        ("90 3C 40", "903C40", 0),
        ("90 3C 40 3E 41 3F 42", "903C40 903E41 903F42", 0),  # running status
        ("C0 05 06", "C005 C006", 0),
        ("90 3C 40 F8 3E 41", "903C40 F8 903E41", 0),  # which real time leaves as it is,
        ("90 3C 40 F6 3E 41", "903C40 F6", 1),  # and system common ends
        ("90 3C 40 F3 01 3E 41", "903C40 F301", 1),
        ("90 3C 40 F0 01 F7 3E 41", "903C40 F001F7", 1),
        ("90 3C F8 40", "F8 903C40", 0),  # real time inside a message comes at once
        ("90 F8 3C FE 40", "F8 FE 903C40", 0),
        ("F0 01 F8 02 FA F7", "F8 FA F00102F7", 0),
        ("F2 F8 01 02", "F8 F20102", 0),
        ("F0 F7", "F0F7", 0),
        ("F1 35 F2 01 02 F3 04 F6", "F135 F20102 F304 F6", 0),
        ("90 3C 80 3C 40", "803C40", 1),  # a message that broke off
        ("90 80 3C 40", "803C40", 1),
        ("F0 01 02 90 3C 40", "903C40", 1),
        ("F0 01 F0 02 F7", "F002F7", 1),
        ("F2 01 F8 F6", "F8 F6", 1),
        ("3C 40 41 90 3C 40", "903C40", 1),  # no status
        ("3C F8 40 90 3C 40", "F8 903C40", 1),
        ("F7 90 3C 40", "903C40", 1),  # an end of nothing
        ("90 3C 40 F7 3C 40", "903C40", 2),
        ("90 3C F7", "", 1),
        ("F4 01 02 F8 03 90 3C 40", "F8 903C40", 1),  # undefined
        ("F5 F5 C0 05", "C005", 2),
        ("F4 01 F7 C0 05", "C005", 1),
        ("90 3C F9 40 FD 3E 41", "903C40 903E41", 2),
        ("F0 01 FD 02 F7", "F00102F7", 1),
        ("90 3C", "", 0),  # not yet
        ("F0 01 02", "", 0),
    ],
)
def test_bytes_become_messages(data: str, found: str, faults: int) -> None:
    expected = [bytes.fromhex(text) for text in found.split()], faults
    assert parsed(bytes.fromhex(data)) == expected
    assert parsed(*(bytes([byte]) for byte in bytes.fromhex(data))) == expected


def exclusive(size: int) -> bytes:
    return b"\xf0" + bytes(index % 128 for index in range(size - 2)) + b"\xf7"


@pytest.mark.parametrize("piece", [1, 255, 256, 257, LONGEST + 2])
@pytest.mark.parametrize("size", [2, 257, LONGEST])
def test_system_exclusive_of_any_length_is_put_together(size: int, piece: int) -> None:
    data = exclusive(size)
    assert parsed(*(data[at : at + piece] for at in range(0, size, piece))) == ([data], 0)


@pytest.mark.parametrize("piece", [256, LONGEST + 2])
@pytest.mark.parametrize("size", [LONGEST + 1, 2 * LONGEST])
def test_system_exclusive_that_is_too_long_is_dropped_whole(size: int, piece: int) -> None:
    data = exclusive(size) + b"\xf8\x90\x3c\x40"
    pieces = (data[at : at + piece] for at in range(0, len(data), piece))
    assert parsed(*pieces) == ([b"\xf8", b"\x90\x3c\x40"], 1)


def test_real_time_passes_a_system_exclusive_that_is_too_long() -> None:
    assert parsed(b"\xf0", bytes(LONGEST), b"\xf8", bytes(5), b"\xf7", b"\xc0\x05") == ([b"\xf8", b"\xc0\x05"], 1)


@given(ANY | ODD, st.data())
def test_pieces_make_no_difference(data: bytes, draw: st.DataObject) -> None:
    cuts = sorted(draw.draw(st.sets(st.integers(0, len(data)))))
    assert parsed(*(data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True))) == parsed(data)


@given(st.lists(WHOLE | ODD))
def test_pieces_as_they_come_make_no_difference(pieces: list[bytes]) -> None:
    assert parsed(*pieces) == parsed(b"".join(pieces))


@given(ANY | ODD, st.lists(WHOLE))
def test_no_message_after_garbage_is_lost(garbage: bytes, later: list[bytes]) -> None:
    found, _ = parsed(garbage, *later)
    assert found[len(found) - len(later) :] == later
    assert all(map(messages.is_whole, found))


@given(st.lists(WHOLE))
def test_whole_messages_pass_and_count_no_fault(whole: list[bytes]) -> None:
    assert parsed(b"".join(whole)) == (whole, 0)


def test_a_whole_message_is_passed_on_as_it_is() -> None:
    data = bytes([0x90, 60, 100])
    (message,) = Parser().feed(data)
    assert message is data


@pytest.mark.parametrize("seed", range(3))
def test_many_bytes_of_all_kinds(seed: int) -> None:
    found, faults = fuzz(200_000, seed)
    assert found > 10_000
    assert faults > 10_000
