"""When what comes back is a loop, and which edges are cut then: tables of cables between far ends."""

from collections.abc import Callable, Iterable, Iterator
from itertools import count, cycle, product
from random import Random

import pytest

from jambox.midi import messages
from jambox.midi.loops import ASKED, ECHOES, LATE, MOST, OTHERS, PATIENCE, STEADY, WINDOW, Loops
from jambox.midi.table import Edge

INSTRUMENTS = {"keys": 20, "a": 24, "b": 28, "c": 32, "d": 36, "pads": 40, "pads 2": 40, "out": "Echo", "in": "Echo"}
EDGES: list[Edge] = [
    (source, to) for source, to in product(INSTRUMENTS, repeat=2) if INSTRUMENTS[source] != INSTRUMENTS[to]
]
Cables = dict[str, tuple[str, ...]]
"""From where it comes in what a destination is sent."""


class Far:
    """The world outside: what is sent to a destination comes back `after` seconds, by its cables."""

    def __init__(self, cables: Cables, *, after: float = 0.003, edges: Iterable[Edge] = EDGES) -> None:
        self.loops, self.cables, self.after, self.edges, self.now = Loops(), cables, after, list(edges), 0.0
        self.loops.join(INSTRUMENTS)
        self.asked: list[tuple[str, bytes]] = []
        self.routed = 0

    def play(self, source: str, message: bytes, most: int = 200) -> None:
        """`source` plays, and what that sets off comes to rest, or has been routed `most` times."""
        waiting = [(source, message)]
        for _ in range(most):
            if not waiting:
                break
            sent = [delivery for heard in waiting for delivery in self.route(*heard)]
            self.now += self.after
            waiting = [(end, out) for to, out in sent for end in self.cables.get(to, ())]

    def route(self, source: str, message: bytes) -> Iterator[tuple[str, bytes]]:
        """As the router does."""
        if self.loops.answered(source, message, self.now):
            self.loops.judge(self.edges)
            return
        self.routed += 1
        out = [(to, message) for heard, to in self.edges if heard == source and (heard, to) not in self.loops.cut]
        if self.loops.received(source, message, self.now):
            asked = self.loops.ask(message, self.edges, ())
            self.asked += asked
            yield from asked
        self.loops.sent(source, out, self.now)
        yield from out

    def tune(self, source: str = "keys", notes: int = 2 * ECHOES) -> None:
        for key in range(notes):
            self.play(source, bytes([0x90, key % 100, 100]))
            self.now += 0.1


@pytest.mark.parametrize(
    ("cables", "player", "cut"),
    [
        ({}, "keys", set()),
        # an instrument that echoes
        ({"pads": ("pads",)}, "keys", {("keys", "pads")}),
        ({"pads": ("pads 2",)}, "keys", {("keys", "pads")}),
        ({"in": ("out",)}, "a", {("a", "in")}),
        ({"pads": ("pads",), "a": ("a",)}, "pads", {("pads", "a")}),
        # another from which it comes back
        ({"a": ("b",)}, "keys", {("b", "a")}),
        ({"a": ("b",)}, "a", set()),
        ({"a": ("b",)}, "b", {("b", "a")}),
        ({"a": ("b",), "b": ("a",)}, "keys", {("b", "a"), ("a", "b")}),
        ({"a": ("b", "c")}, "keys", {("b", "a"), ("c", "a")}),
        ({"a": ("c",), "b": ("c",)}, "keys", {("c", "a"), ("c", "b")}),
        # two cables: what goes round by either, and what goes round by both
        ({"a": ("b",), "c": ("d",)}, "keys", {("b", "a"), ("d", "c"), ("d", "a")}),
        # an instrument that echoes, beside a cable
        ({"pads": ("pads",), "a": ("b",)}, "keys", {("b", "a"), ("b", "pads")}),
    ],
)
def test_what_is_cut(cables: Cables, player: str, cut: set[Edge]) -> None:
    far = Far(cables)
    far.tune(player)
    assert set(far.loops.cut) == cut
    assert far.loops.news() == far.loops.cut
    assert far.loops.news() == ()
    # Nothing goes round any more, by whomever it is played.
    for source in INSTRUMENTS:
        far.routed = 0
        far.play(source, b"\x91\x40\x01")
        assert far.routed < 2 * ECHOES


@pytest.mark.parametrize("after", [0.0005, 0.003, WINDOW * 0.99, WINDOW * 1.01, LATE * 0.99])
@pytest.mark.parametrize("message", [b"\x90\x3c\x40", b"\xb3\x07\x40", b"\xe0\x00\x40", b"\xf0\x7d\xf7", b"\xc0\x01"])
def test_one_message_that_goes_round_is_enough(after: float, message: bytes) -> None:
    far = Far({"a": ("b",)}, after=after)
    far.play("keys", message, most=ECHOES + 4)
    assert far.loops.cut == (("b", "a"),)
    assert {out[0] for _, out in far.asked} == {0x80 | (message[0] & 0x0F if message[0] < 0xF0 else 0)}


@pytest.mark.parametrize(
    ("delays", "found"),
    [
        ([0.1], True),
        ([0.1, 0.1 + 0.99 * STEADY], True),
        ([0.1, 0.1 + 1.01 * STEADY], False),
        ([0.05, 0.1, 0.15], False),
        ([1.01 * LATE], False),
    ],
    ids=["always the same", "nearly the same", "not quite the same", "now sooner, now later", "later still"],
)
def test_what_comes_back_late_is_asked_about_if_it_is_steady(delays: list[float], found: bool) -> None:
    far, late = Far({"a": ("b",)}), cycle(delays)
    waiting = list(far.route("keys", b"\x90\x3c\x40"))
    for _ in range(4 * ECHOES):
        far.now += next(late)
        waiting = [out for to, message in waiting if to == "a" for out in far.route("b", message)]
    assert bool(far.asked) == found
    assert far.loops.cut == ((("b", "a"),) if found else ())


@pytest.mark.parametrize("cables", [{"pads": ("pads",)}, {"in": ("out",)}])
@pytest.mark.parametrize("player", ["keys", "a"])
def test_who_is_there_to_give_echoes_may(cables: Cables, player: str) -> None:
    far = Far(cables, after=0.12)
    far.tune(player, 8 * ECHOES)
    assert far.asked
    assert far.loops.cut == ()


def canon(chance: Random) -> Iterator[tuple[float, str, int]]:
    """Two bars of 120 a minute, again and again; the second player comes in half a beat later."""
    for beat in range(200):
        for player, late in (("keys", 0.0), ("a", 0.25)):
            yield 0.5 * beat + late + chance.gauss(0.0, 0.01), player, 60 + beat % 8


def trills(chance: Random) -> Iterator[tuple[float, str, int]]:
    """Both trill on the same keys."""
    for stroke in range(600):
        for player in ("keys", "a"):
            yield 0.11 * stroke + chance.gauss(0.0, 0.01), player, 60 + stroke % 2


def unison(chance: Random) -> Iterator[tuple[float, str, int]]:
    """Two play one tune."""
    for stroke in range(400):
        for player in ("keys", "a"):
            yield 0.25 * stroke + chance.gauss(0.0, 0.015), player, 60 + chance.randrange(12)


def sequencers(_chance: Random) -> Iterator[tuple[float, str, int]]:
    """Two machines on one clock: the one plays what the other played an eighth before."""
    for stroke in range(400):
        for player, late in (("keys", 0.0), ("a", 0.125)):
            yield 0.25 * stroke + late, player, 60 + stroke % 5


def delayed(chance: Random) -> Iterator[tuple[float, str, int]]:
    """What the box itself sends a quarter later by a route, while another plays on the same keys."""
    for stroke in range(400):
        key = 60 + chance.randrange(3)
        yield 0.25 * stroke, "keys", key
        yield 0.25 * stroke + 0.2 + chance.gauss(0.0, 0.01), "a", key


@pytest.mark.parametrize("music", [canon, trills, unison, sequencers, delayed])
def test_no_music_is_a_loop(music: Callable[[Random], Iterable[tuple[float, str, int]]]) -> None:
    """To the velocity, which is more alike than people play; nor do many questions come of it."""
    far = Far({})
    strokes = [(max(moment, 0.0), player, key) for moment, player, key in music(Random(1))]
    events = [(moment, player, messages.note_on(0, key, 100)) for moment, player, key in strokes]
    events += [(moment + 0.09, player, messages.note_off(0, key)) for moment, player, key in strokes]
    if music is delayed:
        events += [(moment + 0.2, "", message) for moment, player, message in events if player == "keys"]
    for far.now, player, message in sorted(events):
        if player:
            list(far.route(player, message))
        else:
            far.loops.sent("keys", [("b", message)], far.now)
    assert far.loops.cut == ()
    # A question every three seconds at most, while the music is at its worst.
    assert len(far.asked) <= len(INSTRUMENTS) * ASKED * 20


def test_only_what_the_routes_make_go_round_is_cut() -> None:
    far = Far({"a": ("b",), "c": ("d",)}, edges=[("keys", "a"), ("keys", "c"), ("b", "c"), ("d", "b")])
    far.tune()
    assert far.loops.cut == ()
    assert set(far.loops.judge([*far.edges, ("d", "a")])) == {("d", "a")}
    assert far.loops.judge(far.edges) == ()


@pytest.mark.parametrize("late", [0.0, 0.001, 0.009])
@pytest.mark.parametrize("pair", [("keys", "a"), ("a", "keys"), ("pads", "keys"), ("keys", "keys")])
def test_who_plays_the_same_is_no_loop(late: float, pair: tuple[str, str]) -> None:
    """Two in unison, to the velocity; a sequencer that doubles a part; a dial that sends the same step quickly."""
    far, first, second = Far({}), *pair
    for key in range(1000):
        for message in (bytes([0x90, key % 12, 100]), bytes([0x80, key % 12, 64])):
            for source in (first, second):
                list(far.route(source, message))
                far.now += late
        far.now += 0.1
    assert far.loops.cut == ()
    assert len(far.asked) <= len(INSTRUMENTS) * ASKED * 10


@pytest.mark.parametrize(("others", "doubted"), [(OTHERS // 2, True), (2 * OTHERS, False)])
def test_music_that_repeats_itself_now_and_then_is_not_asked_about(others: int, doubted: bool) -> None:
    far = Far({})
    values = cycle(range(128))
    for _ in range(4 * ECHOES):
        for message in (b"\x90\x3c\x40", b"\x90\x3c\x40", *(bytes([0xB0, 1, next(values)]) for _ in range(others))):
            far.play("keys", message)
            far.now += 0.0005
        far.now += WINDOW
    assert bool(far.asked) == doubted
    assert far.loops.cut == ()


def test_who_plays_the_same_while_another_loops_is_left_alone() -> None:
    far = Far({"a": ("b",)})
    for key in range(2 * ECHOES):
        for source in ("keys", "c", "pads"):
            far.play(source, bytes([0x90, key, 100]))
    assert far.loops.cut == (("b", "a"),)


def test_each_destination_is_asked_by_keys_of_its_own_that_are_up() -> None:
    far = Far({}, edges=[edge for edge in EDGES if edge[1] in ("a", "b", "c")])
    taken = {0x0300 | key for key in range(64, 128)}
    holds: list[int | None] = []
    for _ in range(2):
        for key in range(MOST):
            far.loops.sent("keys", [("a", bytes([0x93, key % 128, 1]))], far.now)
            if far.loops.received("b", bytes([0x93, key % 128, 1]), far.now):
                break
        asked = far.loops.ask(b"\x93\x3c\x40", far.edges, taken)
        assert [to for to, _ in asked[::ASKED]] == list(dict.fromkeys(to for _, to in far.edges))
        holds += [messages.let_go(message) for _, message in asked]
        far.now += 2 * PATIENCE
        assert not far.loops.answered("keys", b"\x90\x3c\x40", far.now)
    assert len(set(holds)) == len(holds) == 2 * ASKED * 3
    assert not set(holds) & taken
    assert {hold >> 8 for hold in holds[:ASKED] if hold} == {3}


def asked() -> Far:
    """Something was just asked, and not yet answered."""
    far = Far({"a": ("b",)})
    for key in count():
        far.loops.sent("keys", [("a", bytes([0x90, key, 1]))], far.now)
        if far.loops.received("b", bytes([0x90, key, 1]), far.now):
            far.asked = far.loops.ask(b"\x90\x3c\x40", far.edges, ())
            return far
    raise AssertionError("never asked")


def answers(far: Far) -> list[bytes]:
    return [message for to, message in far.asked if to == "a"]


ENDS = [messages.note_off(channel, key) for channel in range(16) for key in range(128)]
"""What a program sends that stops, and wants to be sure."""


@pytest.mark.parametrize(
    ("late", "changed", "proven"),
    [
        (0.01, lambda sent: sent, True),
        (0.01, lambda sent: [bytes([message[0] | 0x10, message[1], 0]) for message in sent], True),
        (PATIENCE * 0.99, lambda sent: sent, True),
        (PATIENCE * 1.01, lambda sent: sent, False),
        (0.01, lambda sent: sent[1:], False),
        (0.01, lambda sent: [sent[0]] * ASKED, False),
        (0.01, lambda sent: [bytes([message[0] ^ 1, *message[1:]]) for message in sent], False),
        (0.01, lambda sent: [bytes([0x90, sent[0][1], 9]), *sent], False),
        (0.01, lambda _: ENDS, False),
        (0.01, lambda _: ENDS[::-1], False),
    ],
    ids=[
        "in time",
        "as note-ons of velocity 0",
        "just in time",
        "too late",
        "one is missing",
        "one comes again and again",
        "on another channel",
        "a key was pressed",
        "all notes there are, upwards",
        "all notes there are, downwards",
    ],
)
def test_what_is_proof(late: float, changed: "object", proven: bool) -> None:
    assert callable(changed)
    far = asked()
    for message in changed(answers(far)):
        far.loops.answered("b", message, far.now + late)
    assert far.loops.judge(far.edges) == ((("b", "a"),) if proven else ())


def test_an_answer_goes_no_further_and_all_else_does() -> None:
    far = asked()
    assert far.loops.answered("b", answers(far)[0], far.now)
    assert not far.loops.answered("b", b"\x90\x05\x40", far.now)
    assert not far.loops.answered("b", b"\x80\x05\x40", far.now)
    assert not far.loops.answered("b", b"\xb0\x40\x00", far.now)


@pytest.mark.parametrize(
    ("cables", "gone", "cut"),
    [
        ({"a": ("b",)}, "a", []),
        ({"a": ("b",)}, "b", []),
        ({"a": ("b",)}, "keys", [("b", "a")]),
        ({"pads": ("pads 2",)}, "pads", []),
        ({"pads": ("pads 2",)}, "pads 2", []),
        ({"pads": ("pads 2",)}, "keys", []),
        ({"pads": ("pads 2",)}, "a", [("keys", "pads")]),
        ({"a": ("b",), "c": ("d",)}, "b", [("d", "c")]),
        ({"a": ("b",), "c": ("d",)}, "c", [("b", "a")]),
    ],
)
def test_what_was_cut_heals_when_one_goes_by_which_it_came_back(cables: Cables, gone: str, cut: list[Edge]) -> None:
    far = Far(cables)
    far.tune()
    assert far.loops.cut
    far.loops.join({name: instrument for name, instrument in INSTRUMENTS.items() if name != gone})
    far.loops.join(INSTRUMENTS)
    assert list(far.loops.judge(far.edges)) == cut


def test_what_was_cut_stays_so_whatever_comes_before_it() -> None:
    far = Far({"a": ("b",), "c": ("d",)})
    far.tune()
    before = set(far.loops.cut)
    assert set(far.loops.judge(far.edges[::-1])) == before


def test_a_question_ends_with_who_was_asked() -> None:
    far = asked()
    far.loops.join({name: instrument for name, instrument in INSTRUMENTS.items() if name != "a"})
    assert not far.loops.answered("b", answers(far)[0], far.now)


def test_echoes_of_what_was_unplugged_are_forgotten() -> None:
    far = Far({"pads": ("pads",)})
    far.tune(notes=ECHOES - 1)
    far.loops.join({name: instrument for name, instrument in INSTRUMENTS.items() if name != "keys"})
    far.loops.join(INSTRUMENTS)
    far.tune(notes=ECHOES - 1)
    assert far.asked == []


def test_what_is_past_takes_no_room() -> None:
    made = Loops()
    for number in range(10_000):
        made.sent("keys", [("pads", number.to_bytes(3, "big"))], number * 0.001)
    assert len(made._sent) <= LATE / 0.001 + 2


def test_many_of_one_message_that_are_under_way_at_once_are_as_many_echoes() -> None:
    loops, message = Loops(), bytes([0x90, 60, 100])
    loops.join(INSTRUMENTS)
    for _ in range(100):
        loops.sent("keys", [("a", message)], 0.0)
    assert [loops.received("b", message, 0.004) for _ in range(ECHOES)] == [False] * (ECHOES - 1) + [True]
    # Those that follow come while that is found out; and of what has come back, nothing is left.
    assert not any(loops.received("b", message, 0.004) for _ in range(100 - ECHOES))
    assert not loops._sent
