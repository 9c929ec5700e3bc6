from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox.midi import messages
from jambox.midi.held import Held
from jambox.midi.notation import parse_route
from jambox.midi.route import Port
from jambox.midi.table import Delivery, Table, ways

ON, OFF = bytes([0x90, 60, 100]), bytes([0x80, 60, 64])
DOWN, UP = bytes([0xB0, 64, 127]), bytes([0xB0, 64, 0])
NOTES_OFF = bytes([0xB0, 123, 0])


def to(message: bytes, *destinations: str) -> list[Delivery]:
    return [(destination, message) for destination in destinations]


def test_a_note_goes_to_each_destination_and_so_does_its_end() -> None:
    held = Held()
    assert held.deliver("a", ON, to(ON, "x", "y")) == [("x", ON), ("y", ON)]
    assert len(held) == 2
    assert held.deliver("a", OFF, to(OFF, "x", "y")) == [("x", OFF), ("y", OFF)]
    assert len(held) == 0


def test_who_holds_what_is_known() -> None:
    held = Held()
    hold = messages.pressed(ON)
    assert hold is not None
    assert not held.holds("a", hold)
    held.deliver("a", ON, [])
    assert not held.holds("a", hold)
    held.deliver("a", ON, to(ON, "x"))
    assert held.holds("a", hold)
    assert not held.holds("b", hold)
    held.deliver("a", OFF, [])
    assert not held.holds("a", hold)


def test_velocity_0_ends_a_note() -> None:
    held = Held()
    held.deliver("a", ON, to(ON, "x"))
    assert held.deliver("a", bytes([0x90, 60, 0]), to(bytes([0x90, 60, 0]), "x")) == [("x", bytes([0x90, 60, 0]))]
    assert held.release_source("a") == []


def test_the_last_of_two_sources_lets_go() -> None:
    held = Held()
    held.deliver("a", ON, to(ON, "x"))
    assert held.deliver("b", ON, to(ON, "x")) == [("x", ON)]
    assert held.deliver("a", OFF, to(OFF, "x")) == []
    assert held.deliver("b", OFF, to(OFF, "x")) == [("x", OFF)]


def test_two_pedals_are_one_until_both_are_up() -> None:
    held = Held()
    held.deliver("a", DOWN, to(DOWN, "x"))
    held.deliver("b", DOWN, to(DOWN, "x"))
    assert held.deliver("a", UP, to(UP, "x")) == []
    assert held.release_source("b") == [("x", UP)]


@pytest.mark.parametrize("pedal", [64, 66, 69])
def test_every_pedal_that_keeps_notes_sounding_goes_up_with_its_source(pedal: int) -> None:
    held, down, up = Held(), bytes([0xB3, pedal, 127]), bytes([0xB3, pedal, 0])
    held.deliver("a", down, to(down, "x", "y"))
    assert held.release_source("a") == [("x", up), ("y", up)]


@pytest.mark.parametrize("switch", [65, 67, 68])
def test_what_changes_the_sound_alone_is_nobodys_to_let_go(switch: int) -> None:
    held, down, up = Held(), bytes([0xB3, switch, 127]), bytes([0xB3, switch, 0])
    held.deliver("a", down, to(down, "x"))
    held.deliver("b", down, to(down, "x"))
    assert held.deliver("a", up, to(up, "x")) == [("x", up)]
    assert held.release_all() == []


def test_a_note_ends_where_it_began_although_the_route_has_changed() -> None:
    held = Held()
    held.deliver("a", ON, to(ON, "x"))
    assert held.deliver("a", OFF, to(OFF, "y")) == [("x", OFF)]


def test_a_note_does_not_end_where_another_holds_it_although_the_route_has_changed() -> None:
    held = Held()
    held.deliver("a", ON, to(ON, "x"))
    held.deliver("b", ON, to(ON, "y"))
    assert held.deliver("a", OFF, to(OFF, "y")) == [("x", OFF)]


def test_an_end_without_a_beginning_passes() -> None:
    assert Held().deliver("a", OFF, to(OFF, "x")) == [("x", OFF)]


def test_a_note_begun_twice_ends_once() -> None:
    held = Held()
    held.deliver("a", ON, to(ON, "x"))
    held.deliver("a", ON, to(ON, "x"))
    assert held.deliver("a", OFF, to(OFF, "x")) == [("x", OFF)]
    assert len(held) == 0


def test_other_messages_pass() -> None:
    held = Held()
    for text in ("B0 07 64", "C0 05", "E0 00 40", "F0 7E F7", "F8"):
        message = bytes.fromhex(text)
        assert held.deliver("a", message, to(message, "x", "y")) == [("x", message), ("y", message)]
    assert len(held) == 0


def test_all_notes_off_is_preceded_by_the_note_offs_of_that_source_and_channel() -> None:
    held = Held()
    other = bytes([0x91, 60, 100])
    for message in (ON, other, DOWN):
        held.deliver("a", message, to(message, "x"))
    held.deliver("b", bytes([0x90, 62, 100]), to(bytes([0x90, 62, 100]), "x"))
    assert held.deliver("a", NOTES_OFF, to(NOTES_OFF, "x")) == [("x", OFF), ("x", NOTES_OFF)]
    assert held.release_source("b") == [("x", bytes([0x80, 62, 64]))]
    assert held.release_source("a") == [("x", UP), ("x", bytes([0x81, 60, 64]))]


def test_a_source_that_goes_lets_go_of_its_own_alone() -> None:
    held = Held()
    held.deliver("a", ON, to(ON, "x", "y"))
    held.deliver("b", ON, to(ON, "x"))
    held.deliver("b", DOWN, to(DOWN, "x"))
    assert held.release_source("a") == [("y", OFF)]
    assert held.release_source("b") == [("x", OFF), ("x", UP)]


def test_a_destination_that_goes_is_forgotten() -> None:
    held = Held()
    held.deliver("a", ON, to(ON, "x", "y"))
    assert held.release_destination("x") == [("x", OFF)]
    assert held.release_destination("x") == []
    assert held.deliver("a", OFF, to(OFF, "x", "y")) == [("y", OFF)]


def test_a_note_that_went_nowhere_ends_nowhere() -> None:
    held = Held()
    assert held.deliver("a", ON, []) == []
    assert held.deliver("a", OFF, to(OFF, "x")) == []
    assert held.deliver("a", OFF, to(OFF, "x")) == [("x", OFF)]


HIGH_ON, HIGH_OFF = bytes([0x93, 72, 50]), bytes([0x83, 72, 64])


def test_a_changed_note_ends_as_what_it_was() -> None:
    held = Held()
    assert held.deliver("a", ON, to(HIGH_ON, "x")) == [("x", HIGH_ON)]
    assert held.deliver("a", OFF, to(bytes([0x83, 72, 7]), "x")) == [("x", bytes([0x83, 72, 7]))]
    held.deliver("a", ON, to(HIGH_ON, "x"))
    assert held.deliver("a", OFF, to(OFF, "x")) == [("x", HIGH_OFF)]
    held.deliver("a", ON, to(HIGH_ON, "x"))
    assert held.release_source("a") == [("x", HIGH_OFF)]
    assert len(held) == 0


def test_two_keys_that_became_one_are_let_go_with_the_last() -> None:
    held = Held()
    low_on, low_off = bytes([0x90, 36, 1]), bytes([0x80, 36, 0])
    held.deliver("a", ON, to(HIGH_ON, "x"))
    held.deliver("a", low_on, to(HIGH_ON, "x"))
    assert held.deliver("a", OFF, to(HIGH_OFF, "x")) == []
    assert held.deliver("a", low_off, to(HIGH_OFF, "x")) == [("x", HIGH_OFF)]


def test_a_key_struck_again_after_its_route_changed_ends_both() -> None:
    held = Held()
    held.deliver("a", ON, to(ON, "x"))
    held.deliver("a", ON, to(HIGH_ON, "x"))
    assert held.deliver("a", OFF, to(HIGH_OFF, "x")) == [("x", OFF), ("x", HIGH_OFF)]


def test_a_note_that_became_a_controller_ends_at_0() -> None:
    held = Held()
    held.deliver("a", ON, to(bytes([0xB0, 20, 100]), "x"))
    assert held.release_source("a") == [("x", bytes([0xB0, 20, 0]))]


def test_a_pedal_goes_up_where_it_went_down_although_the_route_has_changed() -> None:
    held = Held()
    held.deliver("a", DOWN, to(DOWN, "x"))
    assert held.deliver("a", UP, to(UP, "y")) == [("x", UP), ("y", UP)]
    assert len(held) == 0


def test_a_wheel_that_became_a_pedal_is_let_go_with_its_source() -> None:
    held = Held()
    wheel = bytes([0xB0, 1, 100])
    held.deliver("a", wheel, to(DOWN, "x"))
    assert held.release_source("a") == [("x", UP)]
    held.deliver("a", wheel, to(DOWN, "x"))
    assert held.deliver("a", bytes([0xB0, 1, 0]), to(UP, "x")) == [("x", UP)]
    assert held.release_source("a") == []


def test_a_pedal_that_became_a_wheel_is_let_go_as_what_it_became() -> None:
    held, up, down = Held(), bytes([0xB0, 1, 100]), bytes([0xB0, 1, 0])
    held.deliver("a", DOWN, to(up, "x"))
    assert held.release_edge(("a", "x")) == [("x", down)]
    held.deliver("a", DOWN, to(up, "x"))
    assert held.deliver("a", UP, to(UP, "x")) == [("x", down), ("x", UP)]
    held.deliver("a", DOWN, to(up, "x"))
    held.deliver("b", DOWN, to(up, "x"))
    assert held.deliver("a", UP, to(down, "x")) == []
    assert held.release_source("b") == [("x", down)]
    assert len(held) == 0


def test_a_wheel_that_stays_a_wheel_is_nobodys_hold() -> None:
    held, wheel = Held(), bytes([0xB0, 1, 100])
    assert held.deliver("a", wheel, to(wheel, "x")) == [("x", wheel)]
    assert held.release_source("a") == []
    assert len(held) == 0


def test_a_pedal_turned_round_is_down_when_it_is_up() -> None:
    held = Held()
    held.deliver("a", DOWN, to(UP, "x"))
    assert held.deliver("a", UP, to(DOWN, "x")) == [("x", DOWN)]
    assert held.release_source("a") == [("x", UP)]


def test_an_edge_lets_go_of_what_it_carried() -> None:
    held = Held()
    held.deliver("a", ON, to(ON, "x", "y"))
    held.deliver("a", DOWN, to(DOWN, "x"))
    held.deliver("b", DOWN, to(DOWN, "x"))
    assert held.release_edge(("a", "x")) == [("x", OFF)]
    assert held.release_edge(("c", "x")) == []
    assert held.release_source("b") == [("x", UP)]
    assert held.deliver("a", OFF, to(OFF, "y")) == [("y", OFF)]


def test_release_all_lets_go_of_everything() -> None:
    held = Held()
    held.deliver("a", ON, to(ON, "x", "y"))
    held.deliver("b", DOWN, to(DOWN, "y"))
    assert sorted(held.release_all()) == sorted([("x", OFF), ("y", OFF), ("y", UP)])
    assert held.release_all() == []


def test_taken_is_what_is_down_at_either_end() -> None:
    held = Held()
    held.deliver("a", ON, to(bytes([0x90, 72, 100]), "x"))
    held.deliver("b", bytes([0x91, 36, 1]), [])
    assert held.taken() == {60, 72, 0x0100 | 36}
    held.deliver("a", OFF, to(OFF, "y"))
    assert held.taken() == {0x0100 | 36}


class Synths:
    """Destinations as their players hear them: the keys and pedals that are down at each."""

    def __init__(self) -> None:
        self.down: set[tuple[str, int]] = set()

    def hear(self, deliveries: list[Delivery]) -> None:
        for destination, message in deliveries:
            if (hold := messages.pressed(message)) is not None:
                self.down.add((destination, hold))
            if (hold := messages.let_go(message)) is not None:
                self.down.discard((destination, hold))


SOURCES = [Port.parse(f"{name}:{name} {20 + number}:0") for number, name in enumerate("abc")]
DESTINATIONS = [Port.parse(f"{name}:{name} {30 + number}:0") for number, name in enumerate("xy")]
KEYS = st.sampled_from([60, 61])
CHANNELS = st.sampled_from([0, 9])
notes = st.builds(messages.note_on, CHANNELS, KEYS, st.integers(1, 127))
ends = st.builds(messages.note_off, CHANNELS, KEYS)
controls = st.builds(
    lambda channel, number, value: bytes([0xB0 | channel, number, value]),
    CHANNELS,
    st.sampled_from([1, 7, 64, 66, 120, 123]),
    st.integers(0, 127),
)
PLAIN = [
    "To('x')",
    "To('y')",
    "From('a') >> To('*')",
    "Channel(1) >> To('x') | Channel(10) >> To('y')",
    "Velocity(64, 127) >> To('x') | Velocity(1, 63) >> To('y')",
]
CHANGED = [
    "Transpose(1) | To('x')",
    "Transpose(-60) >> ToChannel(1)",
    "ChannelMap({1: 10, 10: 1})",
    "CCMap({1: 64, 64: 1}) >> To('x')",
    "CCScale(64, 127, 0) >> To('y')",
    "Kind('note') >> NoteToCC(64)",
    "Keys(61, 61) >> NoteToCC(20) | FixedVelocity(9) >> Transpose(12)",
]


def steps(routes: list[str]) -> "st.SearchStrategy[list[tuple[str, Any]]]":
    source = st.sampled_from(SOURCES).map(lambda port: port.identity)
    message = st.one_of(notes, ends, controls)
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "play": st.tuples(source, message),
        "unplug": source,
        "forget": st.sampled_from(DESTINATIONS).map(lambda port: port.identity),
        "cut": st.tuples(source, st.sampled_from(DESTINATIONS).map(lambda port: port.identity)),
        "route": st.lists(st.sampled_from(routes), max_size=3),
        "panic": st.none(),
    }
    often = ["play"] * 6 + list(kinds)
    one = st.sampled_from(often).flatmap(lambda kind: st.tuples(st.just(kind), kinds[kind]))
    return st.lists(one, max_size=40)


@cache
def routed(*routes: str) -> Table:
    return Table(ways(map(parse_route, routes)), SOURCES, DESTINATIONS)


def course(taken: list[tuple[str, Any]], check: bool) -> None:
    """The synths ignore all notes off, as some hardware does: real note-offs alone must do."""
    held, synths = Held(), Synths()
    table = routed(PLAIN[0])
    for act, what in taken:
        match act:
            case "play":
                source, message = what
                synths.hear(held.deliver(source, message, table.deliveries(source, message)))
            case "unplug":
                synths.hear(held.release_source(what))
            case "forget":
                synths.hear(held.release_destination(what))
            case "cut":
                synths.hear(held.release_edge(what))
            case "route":
                table = routed(*what)
            case _:
                synths.hear(held.release_all())
        if check:
            assert len(synths.down) == len(held)
    for source in SOURCES:
        synths.hear(held.release_source(source.identity))
    assert synths.down == set()
    assert len(held) == 0


@settings(deadline=None)
@given(steps(PLAIN))
def test_what_is_down_is_in_the_ledger_and_nothing_once_the_sources_are_gone(taken: list[tuple[str, Any]]) -> None:
    course(taken, check=True)


@settings(deadline=None)
@given(steps([*PLAIN, *CHANGED]))
def test_nothing_is_down_once_the_sources_are_gone_whatever_the_routes_did(taken: list[tuple[str, Any]]) -> None:
    course(taken, check=False)
