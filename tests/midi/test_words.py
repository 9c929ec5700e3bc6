import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.midi.messages import pressed
from jambox.midi.words import describe, hold


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("90 3C 64", "note on C4 100, channel 1"),
        ("8F 00 40", "note off C-1 64, channel 16"),
        ("A1 45 05", "key pressure A4 5, channel 2"),
        ("B0 07 7F", "controller 7 127, channel 1"),
        ("C9 00", "program 1, channel 10"),
        ("D0 40", "pressure 64, channel 1"),
        ("E0 00 40", "bend +0, channel 1"),
        ("E2 00 00", "bend -8192, channel 3"),
        ("F0 7E F7", "system exclusive, 3 bytes"),
        ("F0 7E 01", "system exclusive, over 3 bytes"),
        ("F1 35", "MTC quarter frame 53"),
        ("F2 01 02", "song position 1 2"),
        ("F8", "clock"),
        ("F4", "undefined F4"),
        ("", "nothing"),
        ("3C", "no message: 3C"),
        ("90 3C", "no message: 90 3C"),
        ("90 3C C8", "no message: 90 3C C8"),
    ],
)
def test_messages_in_words(message: str, words: str) -> None:
    assert describe(bytes.fromhex(message)) == words


@given(st.binary(max_size=8))
def test_any_bytes_have_words(message: bytes) -> None:
    assert describe(message)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("90 3C 64", "C4, channel 1"),
        ("B9 40 7F", "sustain pedal, channel 10"),
        ("B0 42 7F", "sostenuto pedal, channel 1"),
        ("B0 45 7F", "hold 2, channel 1"),
    ],
)
def test_holds_in_words(message: str, words: str) -> None:
    number = pressed(bytes.fromhex(message))
    assert number is not None
    assert hold(number) == words


def test_a_held_controller_has_its_number() -> None:
    assert hold(128 + 20) == "controller 20, channel 1"
