from hypothesis import given
from hypothesis import strategies as st

from jambox.midi import messages
from jambox.midi.held import Delivery, Held

ON, OFF = bytes([0x90, 60, 100]), bytes([0x80, 60, 64])
DOWN, UP = bytes([0xB0, 64, 127]), bytes([0xB0, 64, 0])
NOTES_OFF = bytes([0xB0, 123, 0])


def test_a_note_goes_to_each_destination_and_so_does_its_end() -> None:
    held = Held()
    assert held.deliver("a", ("x", "y"), ON) == [("x", ON), ("y", ON)]
    assert len(held) == 2
    assert held.deliver("a", ("x", "y"), OFF) == [("x", OFF), ("y", OFF)]
    assert len(held) == 0


def test_velocity_0_ends_a_note() -> None:
    held = Held()
    held.deliver("a", ("x",), ON)
    assert held.deliver("a", ("x",), bytes([0x90, 60, 0])) == [("x", bytes([0x90, 60, 0]))]
    assert held.release_source("a") == []


def test_the_last_of_two_sources_lets_go() -> None:
    held = Held()
    held.deliver("a", ("x",), ON)
    assert held.deliver("b", ("x",), ON) == [("x", ON)]
    assert held.deliver("a", ("x",), OFF) == []
    assert held.deliver("b", ("x",), OFF) == [("x", OFF)]


def test_two_pedals_are_one_until_both_are_up() -> None:
    held = Held()
    held.deliver("a", ("x",), DOWN)
    held.deliver("b", ("x",), DOWN)
    assert held.deliver("a", ("x",), UP) == []
    assert held.release_source("b") == [("x", UP)]


def test_a_note_ends_where_it_began_although_the_route_has_changed() -> None:
    held = Held()
    held.deliver("a", ("x",), ON)
    assert held.deliver("a", ("y",), OFF) == [("x", OFF), ("y", OFF)]


def test_a_note_does_not_end_where_another_holds_it_although_the_route_has_changed() -> None:
    held = Held()
    held.deliver("a", ("x",), ON)
    held.deliver("b", ("y",), ON)
    assert held.deliver("a", ("y",), OFF) == [("x", OFF)]


def test_an_end_without_a_beginning_passes() -> None:
    assert Held().deliver("a", ("x",), OFF) == [("x", OFF)]


def test_a_note_begun_twice_ends_once() -> None:
    held = Held()
    held.deliver("a", ("x",), ON)
    held.deliver("a", ("x",), ON)
    assert held.deliver("a", ("x",), OFF) == [("x", OFF)]
    assert len(held) == 0


def test_other_messages_pass() -> None:
    held = Held()
    for text in ("B0 07 64", "C0 05", "E0 00 40", "F0 7E F7", "F8"):
        message = bytes.fromhex(text)
        assert held.deliver("a", ("x", "y"), message) == [("x", message), ("y", message)]
    assert len(held) == 0


def test_all_notes_off_is_preceded_by_the_note_offs_of_that_source_and_channel() -> None:
    held = Held()
    other = bytes([0x91, 60, 100])
    for message in (ON, other, DOWN):
        held.deliver("a", ("x",), message)
    held.deliver("b", ("x",), bytes([0x90, 62, 100]))
    assert held.deliver("a", ("x",), NOTES_OFF) == [("x", OFF), ("x", NOTES_OFF)]
    assert held.release_source("b") == [("x", bytes([0x80, 62, 64]))]
    assert held.release_source("a") == [("x", UP), ("x", bytes([0x81, 60, 64]))]


def test_a_source_that_goes_lets_go_of_its_own_alone() -> None:
    held = Held()
    held.deliver("a", ("x", "y"), ON)
    held.deliver("b", ("x",), ON)
    held.deliver("b", ("x",), DOWN)
    assert held.release_source("a") == [("y", OFF)]
    assert held.release_source("b") == [("x", OFF), ("x", UP)]


def test_a_destination_that_goes_is_forgotten() -> None:
    held = Held()
    held.deliver("a", ("x", "y"), ON)
    assert held.release_destination("x") == [("x", OFF)]
    assert held.release_destination("x") == []
    assert held.deliver("a", ("y",), OFF) == [("y", OFF)]


def test_release_all_lets_go_of_everything() -> None:
    held = Held()
    held.deliver("a", ("x", "y"), ON)
    held.deliver("b", ("y",), DOWN)
    assert sorted(held.release_all()) == sorted([("x", OFF), ("y", OFF), ("y", UP)])
    assert held.release_all() == []


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


SOURCES, DESTINATIONS = ("a", "b", "c"), ("x", "y")
keys = st.sampled_from([60, 61])
channels = st.sampled_from([0, 9])
notes = st.builds(messages.note_on, channels, keys, st.integers(1, 127))
ends = st.builds(messages.note_off, channels, keys)
controls = st.builds(
    lambda channel, number, value: bytes([0xB0 | channel, number, value]),
    channels,
    st.sampled_from([7, 64, 120, 123]),
    st.integers(0, 127),
)
routes = st.lists(st.sampled_from(DESTINATIONS), unique=True)
steps: st.SearchStrategy[tuple[str, str, list[str], bytes]] = st.one_of(
    st.tuples(st.just("play"), st.sampled_from(SOURCES), routes, st.one_of(notes, ends, controls)),
    st.tuples(st.just("unplug"), st.sampled_from(SOURCES), st.just([]), st.just(b"")),
    st.tuples(st.just("reroute"), st.sampled_from(DESTINATIONS), st.just([]), st.just(b"")),
    st.tuples(st.just("panic"), st.just(""), st.just([]), st.just(b"")),
)


@given(st.lists(steps, max_size=40))
def test_nothing_is_down_once_the_sources_are_gone(course: list[tuple[str, str, list[str], bytes]]) -> None:
    """The synths ignore all notes off, as some hardware does: real note-offs alone must do."""
    held, synths = Held(), Synths()
    for act, who, route, message in course:
        match act:
            case "play":
                synths.hear(held.deliver(who, route, message))
            case "unplug":
                synths.hear(held.release_source(who))
            case "reroute":
                synths.hear(held.release_destination(who))
            case _:
                synths.hear(held.release_all())
        assert len(synths.down) == len(held)
    for source in SOURCES:
        synths.hear(held.release_source(source))
    assert synths.down == set()
    assert len(held) == 0
