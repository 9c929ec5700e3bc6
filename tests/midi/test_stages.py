"""Latch and delay: what goes in, and what comes out when."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.midi import messages
from jambox.midi.ground import EQUAL
from jambox.midi.lanes import Lane
from jambox.midi.notation import parse_route
from jambox.midi.stages import EACH, ROOM, Delay, Delayed, Latch, Latched, Retuning, Stage, deepest


def played(text: str) -> list[bytes]:
    """Keys as they are played on channel 1: `+60` goes down, `-60` up; other messages in hex."""
    made = {"+": lambda key: messages.note_on(0, key, 100), "-": lambda key: messages.note_off(0, key)}
    return [made[word[0]](int(word[1:])) if word[0] in made else bytes.fromhex(word) for word in text.split()]


@pytest.mark.parametrize(
    ("into", "out"),
    [
        ("+60 -60", "+60"),
        ("+60 +64 -60 +67 -64 -67", "+60 +64 +67"),
        ("+60 +64 -60 -64 +62 -62", "+60 +64 -60 -64 +62"),
        ("+60 -60 +60", "+60 -60 +60"),
        ("+60 -60 +60 -60", "+60 -60 +60 -60"),
        ("+60 -60 +60 -60 +60 -60", "+60 -60 +60 -60 +60"),
        ("+60 +64 -60 -64 +64 +60 -60 -64", "+60 +64 -60 -64 +64 +60 -64 -60"),
        ("+60 +64 -60 -64 +60 -60", "+60 +64 -60 -64 +60"),
        ("+60 +64 -60 -64 +60 +64 +67 -67 -60 -64", "+60 +64 -60 -64 +60 +64 +67"),
        ("+60 +64 -60 +60 -60 -64", "+60 +64 -60 +60"),
        ("+60 -60 903C00", "+60"),
        ("-60 -62", ""),
        ("B0407F +60 -60 B04000 E00040 C005 D040 A03C40 F07EF7", "B0407F +60 B04000 E00040 C005 D040 A03C40 F07EF7"),
        ("+60 -60 913C64 813C40", "+60 -60 913C64"),
        ("+60 913C64 -60 813C40 B17B00", "+60 913C64 813C40 B17B00"),
        ("+60 -60 B07800 +62 -62", "+60 -60 B07800 +62"),
        ("+60 B07B00 -60 +60 -60", "+60 -60 B07B00 +60"),
    ],
)
def test_a_latch(into: str, out: str) -> None:
    latch = Latched()
    went = [sent for message in played(into) for sent in latch.hear(message, 0.0)]
    assert went == played(out)
    assert latch.due() is None
    assert latch.take(1.0) == []


@given(st.lists(st.tuples(st.sampled_from("+-"), st.integers(60, 63)), max_size=40))
def test_a_latch_strikes_no_key_twice_and_lets_go_of_none_twice(keys: list[tuple[str, int]]) -> None:
    latch = Latched()
    down: set[int] = set()
    for way, key in keys:
        for message in latch.hear(played(f"{way}{key}")[0], 0.0):
            hold = messages.subject(message)
            assert (messages.pressed(message) is None) == (hold in down)
            down ^= {hold}


@given(st.lists(st.sets(st.integers(60, 64), min_size=1), min_size=1, max_size=6))
def test_a_latch_holds_the_last_chord_unless_it_is_the_one_before(chords: list[set[int]]) -> None:
    latch = Latched()
    sounding: set[int] = set()
    expected: set[int] = set()
    for chord in chords:
        for way in "+-":
            for key in sorted(chord):
                for message in latch.hear(played(f"{way}{key}")[0], 0.0):
                    (sounding.discard if messages.pressed(message) is None else sounding.add)(message[1])
        expected = set() if chord == expected else chord
        assert sounding == expected


def test_a_delay_gives_each_message_at_its_beat_in_order() -> None:
    delay = Delayed(1.5)
    for beat, message in enumerate(played("+60 -60 F07EF7")):
        assert delay.hear(message, beat / 4) == []
    assert delay.due() == 1.5
    assert delay.take(1.4) == []
    assert delay.take(1.75) == played("+60 -60")
    assert delay.due() == 2.0
    assert delay.take(9.0) == played("F07EF7")
    assert delay.due() is None


def test_what_silences_a_channel_does_so_at_once() -> None:
    delay = Delayed(1.0)
    for message in played("+60 913C64 A03C40 B04000 B00740 -60"):
        delay.hear(message, 0.0)
    assert delay.hear(bytes([0xB0, 123, 0]), 0.5) == [bytes([0xB0, 123, 0])]
    assert delay.take(2.0) == played("913C64 B04000 B00740")


def test_a_delay_that_is_full_takes_only_ends_of_notes() -> None:
    delay = Delayed(1.0)
    size = EACH + 3
    for _ in range(ROOM // size):
        delay.hear(played("+60")[0], 0.0)
    for message in played("+61 -60 F07EF7 B04000"):
        delay.hear(message, 0.5)
    assert delay.take(1.0) == ROOM // size * played("+60")
    assert delay.take(1.5) == played("-60 B04000")
    delay.hear(played("+61")[0], 1.5)
    delay.hear(bytes(ROOM), 1.5)
    assert delay.take(3.0) == played("+61")


def test_what_is_left_out_makes_room() -> None:
    delay = Delayed(1.0)
    delay.hear(bytes([0xF0, *bytes(ROOM - 3 * EACH), 0xF7]), 0.0)
    for message in played("+60 +62 B07B00 +61"):
        delay.hear(message, 0.0)
    assert delay.take(1.0)[1:] == played("+61")


def test_each_source_has_its_own() -> None:
    assert Latch().start() is not Latch().start()
    assert isinstance(Latch().start(), Latched)
    assert isinstance(Delay(1).start(), Delayed)
    assert Latch() == Latch()
    assert Delay(1) != Delay(2)


def test_messages_pass_a_stage_as_they_are() -> None:
    lane = Lane(0x90)
    assert Latch().through(lane) is lane
    assert Delay(1).through(lane) is lane


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Delay(0)", "beats 0 are out of range: allowed is above 0, up to 64"),
        ("Delay(-1)", "beats -1 are out of range"),
        ("Delay(64.5)", "beats 64.5 are out of range"),
        ("Delay(1e999)", "beats inf are out of range"),
        ("Delay('1')", "beats are '1': expected a number"),
        ("Delay(True)", "beats are True: expected a number"),
    ],
)
def test_what_is_out_of_range_is_refused(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(told)}"):
        parse_route(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("CC(1)", 0),
        ("Latch()", 1),
        ("Latch() >> Delay(1) >> To('x')", 2),
        ("Latch() | CC(1)", 1),
        ("Latch() >> (Delay(1) | CC(1) | Delay(1) >> Delay(2))", 3),
    ],
)
def test_stages_are_counted_along_the_longest_way(text: str, count: int) -> None:
    assert deepest(parse_route(text)) == count


def test_a_stage_says_what_it_does() -> None:
    tunes = Retuning()
    calls: list[Callable[[], object]] = [
        *(
            Stage().start,
            tunes.end,
            lambda: tunes.begin(EQUAL),
            lambda: tunes.tune(EQUAL),
            lambda: tunes.hear(b"", 0.0),
        ),
    ]
    for call in calls:
        with pytest.raises(NotImplementedError):
            call()
