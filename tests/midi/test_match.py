"""What messages move, and which are kept from the routes for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.midi.match import COMMANDS, Match, Subject, matched, presses, subject
from jambox.midi.messages import CONTROL, NOTE_ON, PROGRAM
from jambox.midi.route import Port

KEYS = Port.parse("Keys:Keys MIDI 1 24:0")


@pytest.mark.parametrize(
    ("message", "moved", "down"),
    [
        ("903c64", Subject(NOTE_ON, 0, 60), True),
        ("993c01", Subject(NOTE_ON, 9, 60), True),
        ("903c00", Subject(NOTE_ON, 0, 60), False),
        ("803c40", Subject(NOTE_ON, 0, 60), False),
        ("b0407f", Subject(CONTROL, 0, 64), True),
        ("bf4040", Subject(CONTROL, 15, 64), True),
        ("b0403f", Subject(CONTROL, 0, 64), False),
        ("b07700", Subject(CONTROL, 0, 119), False),
        ("c205", Subject(PROGRAM, 2, 5), True),
    ],
)
def test_a_message_moves_one_thing(message: str, moved: Subject, down: bool) -> None:
    data = bytes.fromhex(message)
    assert (subject(data), presses(data)) == (moved, down)


@pytest.mark.parametrize("message", ["a03c40", "b07800", "b07b00", "b07f00", "d040", "e00040", "f07e7ff7", "f8"])
def test_what_moves_nothing(message: str) -> None:
    assert subject(bytes.fromhex(message)) is None


def test_a_key_is_known_by_its_beginning_its_end_and_its_pressure() -> None:
    assert set(Match("*", NOTE_ON, 36, 9).heads()) == {(0x99, 36), (0x89, 36), (0xA9, 36)}
    assert set(Match("*", CONTROL, 64).heads()) == {(0xB0 | channel, 64) for channel in range(16)}
    assert set(Match("*", PROGRAM, 0, 0).heads()) == {(0xC0, 0)}


def test_of_several_that_fit_the_first_counts() -> None:
    one, other = Match("keys*", NOTE_ON, 36, 9), Match("*", NOTE_ON, 36)
    found = matched(KEYS, [(one, "one"), (other, "other")])
    assert found[0x99, 36] == found[0x89, 36] == "one"
    assert found[0x90, 36] == "other"
    assert (0x90, 37) not in found
    assert set(matched(Port.parse("Pads:Pads 28:0"), [(one, "one")])) == set()


def test_the_boxs_own_port_has_a_name_of_its_own() -> None:
    assert str(COMMANDS) == "jambox:control"
    assert COMMANDS.fits("jambox:control")
    assert COMMANDS.fits("*")
    assert not COMMANDS.fits("control")


@given(st.sampled_from([NOTE_ON, CONTROL, PROGRAM]), st.integers(0, 15), st.integers(0, 119), st.integers(0, 127))
def test_what_a_match_is_of_begins_as_it_says(kind: int, channel: int, number: int, value: int) -> None:
    message = bytes([kind | channel, number, value])[: 2 if kind == PROGRAM else 3]
    assert subject(message) == Subject(kind, channel, number)
    assert tuple(message[:2]) in set(Match("*", kind, number).heads())
    assert tuple(message[:2]) in set(Match("*", kind, number, channel).heads())
