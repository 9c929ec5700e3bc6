"""Bends, parameters and tuning changes as bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.midi import messages, pitch


@pytest.mark.parametrize(
    ("semitones", "reach", "data"),
    [
        (0.0, 2.0, "00 40"),
        (2.0, 2.0, "7F 7F"),
        (-2.0, 2.0, "00 00"),
        (5.0, 2.0, "7F 7F"),
        (-5.0, 2.0, "00 00"),
        (1.0, 2.0, "00 60"),
        (0.5, 2.0, "00 50"),
        (1.0, 48.0, "2B 41"),
        (-0.001, 2.0, "7C 3F"),
    ],
)
def test_a_bend(semitones: float, reach: float, data: str) -> None:
    assert pitch.bend(3, semitones, reach).hex(" ").upper() == f"E3 {data}"


@given(st.floats(-24.0, 23.9), st.integers(24, 96))
def test_a_bend_is_read_as_it_was_written(semitones: float, reach: int) -> None:
    assert pitch.bent(pitch.bend(0, semitones, reach), reach) == pytest.approx(semitones, abs=reach / 16384 + 1e-9)


def test_a_parameter_is_set_and_let_go_of() -> None:
    sent = " ".join(message.hex() for message in pitch.parameter(4, pitch.BEND_RANGE, 12))
    assert sent == "b46500 b46400 b4060c b42600 b4657f b4647f"


@pytest.mark.parametrize(
    ("height", "data"),
    [
        # Of the standard's own table of examples: A4, and the ends of what can be said.
        (69.0, "45 00 00"),
        (69.0 + 1 / 16384, "45 00 01"),
        (60.5, "3C 40 00"),
        (0.0, "00 00 00"),
        (-3.0, "00 00 00"),
        (127.0, "7F 00 00"),
        (127.99999, "7F 7F 7E"),
        (200.0, "7F 7F 7E"),
        (59.99999, "3C 00 00"),
    ],
)
def test_a_key_is_tuned(height: float, data: str) -> None:
    (message,) = pitch.tuned({60: height})
    assert message.hex(" ").upper() == f"F0 7F 7F 08 02 00 01 3C {data} F7"


def test_many_keys_are_tuned_by_messages_that_any_destination_takes_at_once() -> None:
    made = pitch.tuned({key: key + 0.25 for key in range(128)}, tuning=5)
    assert [message[6] for message in made] == [60, 60, 8]
    assert all(messages.is_whole(message) and len(message) <= 256 and message[5] == 5 for message in made)
    assert [key for message in made for key in message[7:-1:4]] == list(range(128))
    assert pitch.tuned({}) == []
