"""Who is sent the rhythm earlier or later: by name, and from the plan to the destination."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.frameclock import FrameClock
from jambox.midi import messages
from jambox.midi.messages import CLOCK, START, STOP
from jambox.midi.offsets import ON_TIME, Offsets
from jambox.midi.performer import Performer
from jambox.midi.route import EVERYTHING, Port
from jambox.midi.router import Router
from jambox.midi.sync import LEAD, NOTE, Hit, Pattern, Performance, Playhead
from jambox.timeline import Timeline
from jambox.units import Bpm

KEYS, DRUMS, DRUMS_2 = map(Port.parse, ("Keys:Keys MIDI 1 24:0", "Drums:Drums MIDI 1 28:0", "Drums:Drums MIDI 2 28:1"))
KICK, KICK_OFF = messages.note_on(9, 36, 100), messages.note_off(9, 36)
EARLY = -0.004
PLAN = Performance(
    Timeline(Bpm(120.0), 48_000.0), FrameClock(0.0, 10.0, 48_000.0), Pattern(4.0, (Hit(0.0, 36, 100),)), 0.0, 1.0
)
"""One beat, half a second long, heard from second 10 on."""


@pytest.mark.parametrize(
    ("table", "keys", "drums", "drums_2"),
    [
        ({}, 0.0, 0.0, 0.0),
        ({"Drums": -3.0}, 0.0, -0.003, -0.003),
        ({"drums*": -3.0, "Keys MIDI 1": 5.0}, 0.005, -0.003, -0.003),
        ({"* MIDI 2": 7.0, "*": -50.0}, -0.05, -0.05, 0.007),
        ({"*": 0.0, "Drums": 4.0}, 0.0, 0.0, 0.0),
    ],
    ids=["none", "device", "pattern and port", "the first that fits", "the first that fits, though it is none"],
)
def test_a_port_has_the_offset_of_the_first_name_that_fits(
    table: dict[str, float], keys: float, drums: float, drums_2: float
) -> None:
    offsets = Offsets.of(table)
    assert [offsets.at(port) for port in (KEYS, DRUMS, DRUMS_2)] == [keys, drums, drums_2]
    assert {keys, drums, drums_2} <= set(offsets.distinct)


def test_an_offset_may_be_a_sockets_and_moves_with_who_takes_its_place() -> None:
    here, there, elsewhere = (Port.parse("Drums:Drums MIDI 1 28:0", f"usb-hcd.0-{n}") for n in (1, 2, 3))
    offsets = Offsets.of({f"Drums@{here.path}": -3.0, f"Drums@{there.path}": 4.0})
    assert [offsets.at(port) for port in (here, there, elsewhere)] == [-0.003, 0.004, 0.0]
    router = Router(offsets=offsets)
    for port, offset in ((there, 0.004), (elsewhere, -0.003), (here, -0.003)):
        got: list[bytes] = []
        router.join([], {port: got.append})
        for each in offsets.distinct:
            router.broadcast(bytes([0xF2, 0, offsets.distinct.index(each)]), each)
        assert [offsets.distinct[message[2]] for message in got] == [offset]


@given(st.dictionaries(st.sampled_from(["Keys", "Drums*", "*2", "*"]), st.floats(-50.0, 50.0)))
def test_every_offset_is_among_the_distinct_ones(table: dict[str, float]) -> None:
    offsets = Offsets.of(table)
    assert {offsets.at(port) for port in (KEYS, DRUMS, DRUMS_2)} <= set(offsets.distinct)
    assert offsets.distinct == tuple(sorted(set(offsets.distinct)))


class World:
    """A router with its performer; `play` gives what each port gets and when, to the microsecond from second 10 on."""

    def __init__(self, offsets: Offsets = ON_TIME) -> None:
        self.now = 0.0
        self.got: dict[Port, list[tuple[float, bytes]]] = {KEYS: [], DRUMS: [], DRUMS_2: []}
        self.router = Router([EVERYTHING], lambda _source, _message, _time: None, offsets)
        self.router.join([KEYS], {port: self._into(port) for port in self.got})
        self.performer = Performer[Performance](self.router.broadcast, Playhead, offsets.distinct, lambda: self.now)

    def _into(self, port: Port) -> Callable[[bytes], None]:
        return lambda message: self.got[port].append((round(self.now - 10.0, 6), message))

    def play(self, until: float) -> None:
        while (wait := self.performer.step()) is not None and self.now + wait <= until:
            self.now += max(wait, 1e-9)
        self.now = until


def run(offset: float) -> list[tuple[float, bytes]]:
    """The whole of PLAN for who has `offset`."""
    ticks = [(n / 48.0, CLOCK) for n in range(24)]
    events = [(-LEAD, START), ticks[0], (0.0, KICK), *ticks[1:], (0.5, STOP), (NOTE, KICK_OFF)]
    return [(round(time + offset, 6), message) for time, message in sorted(events, key=lambda event: event[0])]


def test_each_port_gets_the_whole_run_at_its_own_time() -> None:
    world = World(Offsets.of({"Drums MIDI 1": -4.0, "Drums": 25.5}))
    world.performer.follow(PLAN)
    world.play(11.0)
    assert world.got == {KEYS: run(0.0), DRUMS: run(EARLY), DRUMS_2: run(0.0255)}


def test_a_run_broken_off_ends_for_all_at_once_and_for_each_only_what_it_began() -> None:
    world = World(Offsets.of({"Drums MIDI 1": -4.0, "Drums": 25.5}))
    world.performer.follow(PLAN)
    world.play(10.001)
    world.performer.follow(None)
    assert [port_got[-2:] for port_got in world.got.values()] == [
        [(0.001, STOP), (0.001, KICK_OFF)],
        [(0.001, STOP), (0.001, KICK_OFF)],
        [],
    ]


def test_a_note_ends_for_each_port_when_its_own_is_due() -> None:
    """The early port's note-off does not end the note of the others, nor theirs the early port's next one."""
    roll = replace(PLAN, pattern=Pattern(1.0, (Hit(0.0, 36, 100), Hit(0.16, 36, 90))))
    world = World(Offsets.of({"Drums": -10.0}))
    world.performer.follow(roll)
    world.play(11.0)
    again = messages.note_on(9, 36, 90)
    for port, offset in ((KEYS, 0.0), (DRUMS, -0.01)):
        notes = [event for event in world.got[port] if event[1][0] < 0xF0]
        places = [(0.0, KICK), (0.08, KICK_OFF), (0.08, again), (0.16, KICK_OFF)]
        assert notes == [(round(time + offset, 6), message) for time, message in places]


def test_panic_lets_go_of_the_early_and_of_the_late() -> None:
    world = World(Offsets.of({"Drums MIDI 1": -4.0, "Drums": 25.5}))
    world.performer.follow(PLAN)
    world.play(10.03)
    world.performer.release()
    assert [got[-1] for got in world.got.values()] == [(0.03, KICK_OFF)] * 3


def test_who_leads_gets_no_clock_whatever_its_offset() -> None:
    world = World(Offsets.of({"Keys": -4.0}))
    world.router.be_led(KEYS.identity)
    world.performer.follow(PLAN)
    world.play(11.0)
    assert [message for _, message in world.got[KEYS]] == [KICK, KICK_OFF]
    assert world.got[DRUMS] == run(0.0)


def test_a_press_is_known_too_late_for_who_is_early_and_nothing_is_lost() -> None:
    """A run that is told of 6 ms before it is heard, to one that wants it 50 ms early: Start, then all at once."""
    world = World(Offsets.of({"Drums": -50.0}))
    world.now = 9.994
    world.performer.follow(PLAN)
    world.play(11.0)
    assert world.got[DRUMS][:5] == [(-0.006, START), *[(-0.005, message) for message in (CLOCK, KICK, CLOCK, CLOCK)]]
    assert [message for _, message in world.got[DRUMS]].count(CLOCK) == 24
    after = [event for event in world.got[DRUMS] if event[0] > 0.0 and event[1] != KICK_OFF]
    assert after == [event for event in run(-0.05) if event[0] > 0.0 and event[1] != KICK_OFF]
    assert world.got[KEYS] == run(0.0)
