import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.midi import messages


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("80 3C 40", True),
        ("9F 7F 7F", True),
        ("A0 01 02", True),
        ("B0 7B 00", True),
        ("C0 05", True),
        ("D5 7F", True),
        ("E0 00 40", True),
        ("F0 F7", True),
        ("F0 7E 7F 06 01 F7", True),
        ("F1 10", True),
        ("F2 00 40", True),
        ("F3 01", True),
        ("F6", True),
        ("F8", True),
        ("FA", True),
        ("FE", True),
        ("FF", True),
        ("", False),
        ("90 3C", False),
        ("90 3C 40 3E", False),
        ("3C 40", False),
        ("90 3C 80", False),
        ("90 F8 40", False),
        ("C0 05 06", False),
        ("F0", False),
        ("F0 01 02", False),
        ("F0 01 F8 02 F7", False),
        ("F0 01 F7 90 3C 40", False),
        ("F4", False),
        ("F5 00", False),
        ("F7", False),
        ("F9", False),
        ("FD", False),
    ],
)
def test_a_message_is_whole(text: str, whole: bool) -> None:
    assert messages.is_whole(bytes.fromhex(text)) is whole


@given(st.binary(max_size=8))
def test_garbage_never_raises_and_a_whole_message_can_be_read(garbage: bytes) -> None:
    if messages.is_whole(garbage):
        held = messages.pressed(garbage), messages.let_go(garbage), messages.silences(garbage)
        assert sum(one is not None for one in held) <= 1


@pytest.mark.parametrize(
    ("text", "pressed", "let_go", "silences"),
    [
        ("90 3C 40", 0x03C, None, None),
        ("9F 00 01", 0xF00, None, None),
        ("93 3C 00", None, 0x33C, None),
        ("83 3C 40", None, 0x33C, None),
        ("B2 40 40", 0x200 + messages.PEDAL, None, None),
        ("B2 40 3F", None, 0x200 + messages.PEDAL, None),
        ("B2 42 7F", 0x2C2, None, None),
        ("B2 42 00", None, 0x2C2, None),
        ("B2 45 40", 0x2C5, None, None),
        ("B2 45 3F", None, 0x2C5, None),
        ("B2 41 7F", None, None, None),
        ("B2 43 7F", None, None, None),
        ("B2 44 7F", None, None, None),
        ("B4 78 00", None, None, 4),
        ("B4 7B 00", None, None, 4),
        ("B4 7F 00", None, None, 4),
        ("B4 79 00", None, None, None),
        ("B4 7A 00", None, None, None),
        ("B0 07 64", None, None, None),
        ("A0 3C 40", None, None, None),
        ("C0 3C", None, None, None),
        ("E0 00 40", None, None, None),
        ("F8", None, None, None),
        ("F0 40 40 F7", None, None, None),
    ],
)
def test_what_a_message_does(text: str, pressed: int | None, let_go: int | None, silences: int | None) -> None:
    message = bytes.fromhex(text)
    assert (messages.pressed(message), messages.let_go(message), messages.silences(message)) == (
        pressed,
        let_go,
        silences,
    )


@pytest.mark.parametrize("text", ["80 3C 40", "B0 40 7F", "E0 00 40", "F0 7E F7", "F1 10", "F3 05", "F6"])
def test_what_instruments_say_to_each_other_is_routed(text: str) -> None:
    assert messages.is_routed(bytes.fromhex(text))


@pytest.mark.parametrize("text", ["F2 00 00", "F8", "FA", "FB", "FC", "FE", "FF"])
def test_clock_transport_sensing_and_reset_are_not_routed(text: str) -> None:
    assert not messages.is_routed(bytes.fromhex(text))


@given(st.integers(0, 15), st.integers(0, 127), st.integers(1, 127))
def test_release_ends_what_a_note_on_began(channel: int, key: int, velocity: int) -> None:
    hold = messages.pressed(messages.note_on(channel, key, velocity))
    assert hold is not None
    assert messages.release(hold) == messages.note_off(channel, key)
    assert messages.let_go(messages.release(hold)) == hold


def test_release_lifts_the_pedal() -> None:
    assert messages.release(0x500 + messages.PEDAL) == bytes([0xB5, 64, 0])


def test_silence_is_pedal_sound_and_notes_off_on_each_channel() -> None:
    everywhere = messages.silence()
    assert everywhere[:3] == (bytes([0xB0, 64, 0]), bytes([0xB0, 120, 0]), bytes([0xB0, 123, 0]))
    assert len(everywhere) == 48
    assert all(map(messages.is_whole, everywhere))
    assert {message[0] for message in everywhere} == set(range(0xB0, 0xC0))


def test_parameters_are_chosen_and_set_by_these_controllers() -> None:
    """NRPN and RPN, LSB and MSB; data entry, MSB and LSB; increment and decrement (MIDI 1.0, table III)."""
    assert sorted(messages.PARAMETERS) == [6, 38, 96, 97, 98, 99, 100, 101]
