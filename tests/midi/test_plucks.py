"""The drone's plucks as MIDI: each once, in order, at its time, and none left ringing."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.midi import messages
from jambox.midi.plucks import CHANNEL, Strings, bent
from jambox.midi.sync import LATE

REST = bent(0.0)


@dataclass(frozen=True)
class Plan:
    """A pluck every `apart` seconds from `begin` on, on `keys` in turn; None is not heard."""

    start: float = 0.0
    begin: float = 1.0
    apart: float = 1.0
    keys: tuple[int | None, ...] = (45, 50, 50, 38)
    bend: float = 0.0

    def time_at(self, turn: int) -> float:
        return self.begin + self.apart * turn

    def at(self, turn: int) -> tuple[int, int] | None:
        key = self.keys[turn % len(self.keys)]
        return None if key is None else (key, 90)


def on(key: int) -> list[bytes]:
    return [REST, messages.note_on(CHANNEL, key, 90)]


def off(key: int) -> bytes:
    return messages.note_off(CHANNEL, key)


@pytest.mark.parametrize(
    ("semitones", "data"),
    [(0.0, "ef0040"), (0.5, "ef0050"), (-0.5, "ef0030"), (2.0, "ef7f7f"), (-2.0, "ef0000"), (9.0, "ef7f7f")],
)
def test_a_bend_reaches_two_semitones(semitones: float, data: str) -> None:
    assert bent(semitones).hex() == data


def test_strings_are_plucked_at_their_times_and_the_same_key_is_let_go_first() -> None:
    strings = Strings()
    assert strings.due() is None
    assert strings.take(9.0) == []
    assert strings.follow(Plan()) == []
    assert strings.due() == 1.0
    assert strings.take(0.99) == []
    heard = [strings.take(float(time)) for time in range(1, 7)]
    assert heard == [
        on(45),
        on(50),
        [off(50), *on(50)],
        on(38),
        [off(45), *on(45)],
        [off(50), *on(50)],
    ]
    assert strings.follow(None) == [off(45), off(50), off(38)]
    assert strings.due() is None


def test_every_pluck_brings_its_bend() -> None:
    strings = Strings()
    strings.follow(Plan(bend=0.25))
    assert strings.take(1.0) == [bent(0.25), messages.note_on(CHANNEL, 45, 90)]


def test_the_end_lets_go_and_another_run_begins_from_its_first_string() -> None:
    strings = Strings()
    strings.follow(Plan())
    strings.take(1.0)
    strings.take(2.0)
    assert strings.follow(None) == [off(45), off(50)]
    assert strings.take(9.0) == []
    strings.follow(Plan(start=7.0, begin=9.0))
    assert strings.take(9.0) == on(45)
    assert strings.follow(Plan(start=8.0, begin=9.5)) == [off(45)]
    assert strings.take(9.5) == on(45)
    assert strings.release() == [off(45)]
    assert strings.release() == []


def test_a_better_estimate_of_the_same_run_plucks_nothing_twice() -> None:
    strings = Strings()
    strings.follow(Plan())
    strings.take(1.0)
    assert strings.follow(Plan(begin=1.01)) == []
    assert strings.take(1.5) == []
    assert strings.due() == pytest.approx(2.01)


def test_what_is_late_or_not_heard_is_left_out() -> None:
    strings = Strings()
    strings.follow(Plan(keys=(45, None, 50)))
    assert strings.take(3.0 + LATE) == on(50)
    assert strings.due() == 4.0
    assert strings.take(4.0 + 2 * LATE) == []


@given(
    st.lists(
        st.tuples(st.floats(0.0, 3.0), st.none() | st.builds(Plan, st.sampled_from([0.0, 5.0]), st.floats(0.0, 9.0))),
        max_size=20,
    )
)
def test_nothing_rings_on_after_the_end(events: list[tuple[float, Plan | None]]) -> None:
    strings, time, down = Strings(), 0.0, set[int]()
    for gap, plan in (*events, (0.0, None)):
        time += gap
        for message in strings.take(time) + strings.follow(plan):
            if message[0] & 0xF0 == messages.NOTE_ON:
                assert message[1] not in down
                down.add(message[1])
            elif message[0] & 0xF0 == messages.NOTE_OFF:
                down.remove(message[1])
    assert not down
