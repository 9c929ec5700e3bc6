"""The drone's plucks as MIDI: each once, in order, at its time, and none left ringing."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.midi import messages
from jambox.midi.pitch import bend
from jambox.midi.plucks import CHANNELS, Note, Strings
from jambox.midi.sync import LATE

CHANNEL = CHANNELS[0]
REST = bend(CHANNEL, 0.0)


@dataclass(frozen=True)
class Plan:
    """A pluck every `apart` seconds from `begin` on, on `keys` in turn; None is not heard."""

    start: float = 0.0
    begin: float = 1.0
    apart: float = 1.0
    keys: tuple[int | None, ...] = (45, 50, 50, 38)
    offs: tuple[float, ...] = (0.0,)
    steady: bool = False

    @property
    def pitch(self) -> object:
        return self.keys, self.offs

    def time_at(self, turn: int) -> float:
        return self.begin + self.apart * turn

    def at(self, turn: int) -> Note | None:
        string = turn % len(self.keys)
        key, tuned = self.keys[string], string % len(self.offs)
        return None if key is None else Note(string, key, 90, self.offs[tuned], tuned)


def on(key: int) -> list[bytes]:
    return [REST, messages.note_on(CHANNEL, key, 90)]


def off(key: int) -> bytes:
    return messages.note_off(CHANNEL, key)


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
    assert strings.follow(None) == [off(38), off(45), off(50)]
    assert strings.due() is None


def test_every_pluck_brings_its_bend_on_the_channel_of_that() -> None:
    strings = Strings()
    strings.follow(Plan(keys=(45, 50), offs=(0.25, 0.02)))
    assert strings.take(1.0) == [bend(15, 0.25), messages.note_on(15, 45, 90)]
    assert strings.take(2.0) == [bend(14, 0.02), messages.note_on(14, 50, 90)]
    assert strings.take(3.0) == [messages.note_off(15, 45), bend(15, 0.25), messages.note_on(15, 45, 90)]
    assert strings.follow(None) == [messages.note_off(14, 50), messages.note_off(15, 45)]


def test_a_string_that_is_tuned_to_another_key_ends_at_once_and_comes_with_its_next_pluck() -> None:
    strings = Strings()
    strings.follow(Plan(keys=(45,)))
    strings.take(1.0)
    assert strings.follow(Plan(keys=(47,), offs=(0.1,))) == [off(45)]
    assert strings.take(2.0) == [bend(CHANNEL, 0.1), messages.note_on(CHANNEL, 47, 90)]


def down(plan: Plan) -> Strings:
    """All strings of a plan with three of them are down."""
    strings = Strings()
    strings.follow(plan)
    strings.take(1.0)
    strings.take(2.0)
    strings.take(3.0)
    return strings


THREE = Plan(keys=(45, 52, 57), offs=(0.0, 0.02, 0.0), steady=True)


@pytest.mark.parametrize("steady", [False, True])
def test_what_keeps_its_keys_is_bent_at_once_channel_by_channel(steady: bool) -> None:
    strings = down(replace(THREE, steady=steady))
    bent = replace(THREE, steady=steady, offs=(0.3, 0.32, 0.3))
    given = strings.follow(bent)
    assert given == [bend(15, 0.3), bend(14, 0.32), bend(13, 0.3)]
    assert strings.follow(bent) == []
    assert strings.take(4.0) == [messages.note_off(15, 45), bend(15, 0.3), messages.note_on(15, 45, 90)]


def test_what_sounds_on_is_struck_anew_at_once_where_its_keys_change() -> None:
    """All that ends does so before anything begins: a fifth up, the second string's key is what the first one had."""
    strings = down(replace(THREE, offs=(0.0,)))
    given = strings.follow(replace(THREE, offs=(0.0,), keys=(52, 59, 64)))
    assert given == [off(45), off(52), off(57), *on(52), *on(59), *on(64)]
    assert strings.take(3.5) == []
    assert strings.take(4.0) == [off(52), *on(52)]
    assert strings.follow(None) == [off(59), off(64), off(52)]


def test_what_changes_its_channel_is_struck_anew_and_what_is_no_key_any_more_ends() -> None:
    strings = down(replace(THREE, offs=(0.0,)))
    assert strings.follow(THREE) == [
        messages.note_off(15, 52),
        messages.note_off(15, 57),
        *(bend(14, 0.02), messages.note_on(14, 52, 90)),
        *(bend(13, 0.0), messages.note_on(13, 57, 90)),
    ]
    assert strings.follow(replace(THREE, keys=(45, None, 57))) == [messages.note_off(14, 52)]


def test_a_drone_that_is_turned_before_it_begins_sends_nothing_yet() -> None:
    strings = Strings()
    strings.follow(THREE)
    assert strings.follow(replace(THREE, keys=(46, 53, 58))) == []
    assert strings.take(1.0)[-1] == messages.note_on(15, 46, 90)


def test_more_bends_than_channels_share_the_last() -> None:
    strings = Strings()
    strings.follow(Plan(keys=tuple(range(40, 48)), offs=tuple(step / 10 for step in range(8))))
    sent = [strings.take(float(time))[-1] for time in range(1, 9)]
    assert [message[0] & 0x0F for message in sent] == [15, 14, 13, 12, 11, 10, 10, 10]


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


KEYS = st.lists(st.none() | st.integers(40, 44), min_size=1, max_size=4).map(tuple)
OFFS = st.lists(st.sampled_from([0.0, 0.1]), min_size=1, max_size=3).map(tuple)
PLANS = st.builds(
    Plan, st.sampled_from([0.0, 5.0]), st.floats(0.0, 9.0), st.floats(0.1, 1.0), KEYS, OFFS, st.booleans()
)


@given(st.lists(st.tuples(st.floats(0.0, 3.0), st.none() | PLANS), max_size=20))
def test_nothing_rings_on_after_the_end(events: list[tuple[float, Plan | None]]) -> None:
    """However it is tuned meanwhile; and no key is struck that is down."""
    strings, time, ringing = Strings(), 0.0, set[tuple[int, int]]()
    for gap, plan in (*events, (0.0, None)):
        time += gap
        for message in strings.take(time) + strings.follow(plan):
            place = message[0] & 0x0F, message[1]
            if message[0] & 0xF0 == messages.NOTE_ON:
                assert place not in ringing
                ringing.add(place)
            elif message[0] & 0xF0 == messages.NOTE_OFF:
                ringing.remove(place)
    assert not ringing
