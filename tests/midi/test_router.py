"""The router between instruments that are played, pulled and plugged in again; and a box that crashes."""

import random
from collections.abc import Callable, Iterable

import pytest

from jambox.midi import messages
from jambox.midi.ground import Ground
from jambox.midi.messages import LENGTHS
from jambox.midi.notation import parse_route
from jambox.midi.pages import SIZE, Pages
from jambox.midi.passages import Passage
from jambox.midi.route import Port, Unit
from jambox.midi.router import Router
from jambox.midi.storms import CALM, FLOOD, PACE
from jambox.units import Bpm
from tests.midi.synth import Synth

KEYS, PADS = Port.parse("Keys:Keys MIDI 1 20:0"), Port.parse("Pads:Pads MIDI 1 24:0")
ON, OFF = bytes([0x90, 60, 100]), bytes([0x80, 60, 64])
DOWN, UP = bytes([0xB0, 64, 127]), bytes([0xB0, 64, 0])
HIGH, HIGH_OFF = bytes([0x90, 72, 100]), bytes([0x80, 72, 64])
SILENCE = list(messages.silence())


def parsed(*routes: str) -> list[Unit]:
    return [parse_route(route) for route in routes]


class FakeAlarm:
    """Rings when the test says so."""

    def __init__(self, ring: Callable[[], float | None], _clock: Callable[[], float]) -> None:
        self.ring = ring
        self.moment: float | None = None
        self.closed = False

    def set(self, moment: float) -> None:
        self.moment = moment if self.moment is None else min(moment, self.moment)

    def close(self) -> None:
        self.closed = True


class Table:
    """What stands on the table: a router, and what is plugged into it."""

    def __init__(self, *routes: str, memory: bytearray | None = None) -> None:
        self.memory = bytearray(SIZE) if memory is None else memory
        self.now = 0.0
        self.router = Router(
            parsed(*routes or ["From('*') >> To('*')"]),
            pages=Pages(memoryview(self.memory)),
            clock=lambda: self.now,
            new_alarm=self._alarm,
        )
        self.synth, self.organ = Synth("Synth:Synth MIDI 1 28:0"), Synth("Organ:Organ MIDI 1 32:0")
        self.plug([KEYS, PADS], [self.synth, self.organ])

    def plug(self, sources: Iterable[Port], synths: Iterable[Synth]) -> None:
        """From now on these are plugged in."""
        self.router.join(tuple(sources), {one.port: self.router.noting(one.port, one.hear) for one in synths})

    def play(self, source: Port, *texts: bytes) -> None:
        for message in texts:
            self.router.receive(source.identity, message, self.now)

    def wait(self, seconds: float) -> None:
        """Lets time pass, in which the alarm rings."""
        end = self.now + seconds
        while (moment := self.alarm.moment) is not None and moment <= end:
            self.now, self.alarm.moment = max(self.now, moment), None
            if (following := self.alarm.ring()) is not None:
                self.alarm.set(following)
        self.now = end

    def _alarm(self, ring: Callable[[], float | None], clock: Callable[[], float]) -> FakeAlarm:
        self.alarm = FakeAlarm(ring, clock)
        return self.alarm

    def take(self) -> tuple[list[bytes], list[bytes]]:
        """What synth and organ were sent since the last call."""
        return self.synth.take(), self.organ.take()


def test_a_box_that_crashed_ends_what_it_left_before_all_else() -> None:
    table = Table()
    table.play(KEYS, ON, DOWN, bytes([0x93, 72, 1]), bytes([0x83, 72, 1]))
    table.play(PADS, bytes([0xB1, 66, 127]), bytes([0x91, 36, 1]))
    table.organ.heard.clear()
    after = Table("From('Keys') >> Program(5) >> To('Synth')", memory=table.memory)
    sent = [OFF, UP, bytes([0x81, 36, 64]), bytes([0xB1, 66, 0])]
    assert after.take() == ([*sent, bytes([0xC0, 4])], sent)
    after.router.release_all()
    assert after.take() == (SILENCE, SILENCE)


def test_a_box_that_stopped_left_nothing() -> None:
    table = Table()
    table.play(KEYS, ON, DOWN)
    table.router.close()
    table.router.release_all()
    assert Table(memory=table.memory).take() == ([], [])


def test_what_is_still_unplugged_when_the_next_box_starts_ends_when_it_is_back() -> None:
    table = Table("From('Keys') >> To('Synth')")
    table.play(KEYS, ON)
    after = Router(pages=Pages(memoryview(table.memory)))
    after.join((KEYS,), {table.organ.port: table.organ.hear})
    assert table.take() == ([ON], [])
    back = Synth("Synth:Synth MIDI 1 36:0")
    after.join((KEYS,), {table.organ.port: table.organ.hear, back.port: back.hear})
    assert back.heard == [OFF]


def test_a_destination_that_comes_back_has_the_notes_ended_that_it_kept() -> None:
    table = Table()
    table.play(KEYS, ON, DOWN)
    table.plug([KEYS, PADS], [table.organ])
    table.take()
    table.play(KEYS, OFF)
    assert table.take() == ([], [OFF])
    table.plug([KEYS, PADS], [table.organ, table.synth])
    assert table.take() == ([OFF, UP], [])
    assert table.synth.down == set()
    table.play(KEYS, UP)
    assert table.take() == ([UP], [UP])


@pytest.mark.parametrize("message", [bytes([0xB0, 65, 127]), bytes([0xB0, 7, 127]), bytes([0xE0, 0, 0])])
def test_what_does_not_sound_by_itself_is_not_ended(message: bytes) -> None:
    table = Table()
    table.play(KEYS, message)
    table.take()
    assert Table(memory=table.memory).take() == ([], [])


LATCH = "From('Keys') >> Latch() >> To('Synth')"
ECHO = "From('Keys') >> Delay(1) >> To('Synth')"


def test_a_latch_holds_and_its_source_lets_go_when_it_is_pulled() -> None:
    table = Table(LATCH)
    table.play(KEYS, ON, OFF)
    assert table.take() == ([ON], [])
    table.plug([PADS], [table.synth, table.organ])
    assert table.take() == ([OFF], [])
    table.plug([KEYS, PADS], [table.synth, table.organ])
    table.play(KEYS, ON)
    assert table.take() == ([ON], [])


@pytest.mark.parametrize("act", ["panic", "stop"])
@pytest.mark.parametrize("route", [LATCH, ECHO])
def test_what_a_stage_holds_is_let_go(route: str, act: str) -> None:
    table = Table(route)
    table.play(KEYS, ON, DOWN)
    table.wait(0.5)
    table.play(KEYS, OFF, UP, HIGH)
    if act == "stop":
        table.router.close()
    table.router.release_all()
    assert table.synth.down == set()
    table.wait(9.0)
    assert table.synth.down == set()
    assert table.alarm.closed == (act == "stop")


def test_a_latch_and_a_hand_on_one_key_are_two_holders() -> None:
    table = Table(LATCH, "From('Pads')")
    table.play(KEYS, ON, OFF)
    table.play(PADS, ON, OFF)
    assert table.synth.down == {60}
    table.play(KEYS, HIGH)
    assert table.synth.down == {72}


def test_what_is_delayed_comes_by_beats_and_ends_as_late() -> None:
    table = Table(ECHO)
    table.router.pace(Bpm(60.0))
    table.play(KEYS, ON)
    table.wait(0.25)
    table.play(KEYS, OFF)
    table.wait(0.74)
    assert table.take() == ([], [])
    table.wait(0.02)
    assert table.take() == ([ON], [])
    table.router.pace(Bpm(120.0))
    table.wait(0.11)
    assert table.take() == ([], [])
    table.wait(0.02)
    assert table.take() == ([OFF], [])
    assert table.router.counters.sent == 2


def test_what_waits_is_left_out_when_its_source_is_pulled() -> None:
    table = Table(ECHO)
    table.play(KEYS, ON)
    table.wait(0.5)
    table.play(KEYS, OFF, HIGH)
    table.plug([PADS], [table.synth, table.organ])
    assert table.take() == ([ON, OFF], [])
    table.wait(9.0)
    assert table.take() == ([], [])


def test_stages_follow_each_other() -> None:
    table = Table("From('Keys') >> Latch() >> Delay(1) >> Transpose(12) >> To('Synth') | From('Keys') >> To('Organ')")
    table.play(KEYS, ON, OFF)
    table.wait(0.5)
    assert table.take() == ([HIGH], [ON, OFF])
    table.plug([], [table.synth, table.organ])
    assert table.take() == ([HIGH_OFF], [])


def test_what_is_told_of_what_passed_is_what_was_sent_when() -> None:
    table = Table("From('Keys') >> Latch() >> To('Synth')", "From('Keys') >> Delay(1) >> To('Organ')")
    synth, organ = table.synth.port.identity, table.organ.port.identity
    table.play(KEYS, ON)
    assert table.router.held() == ((synth, 60),)
    table.wait(0.5)
    assert table.router.held() == ((organ, 60), (synth, 60))
    count, passed = table.router.passed(0)
    assert count == 2
    assert passed == (Passage(0.0, KEYS.identity, ON, ((synth, ON),)), Passage(0.5, KEYS.identity, ON, ((organ, ON),)))


def test_other_routes_let_go_of_what_they_do_not_lead_any_more() -> None:
    table = Table("From('Keys') >> To('Synth')", "From('Keys') >> To('Organ')", "From('Pads') >> To('Organ')")
    table.play(KEYS, ON, DOWN)
    table.play(PADS, HIGH)
    table.take()
    table.router.reroute(parsed("From('Keys') >> To('Organ')", "From('Pads') >> Transpose(12) >> To('Organ')"))
    assert table.take() == ([OFF, UP], [HIGH_OFF])
    table.play(KEYS, OFF, UP)
    table.play(PADS, bytes([0x80, 72, 64]), ON)
    assert table.take() == ([], [OFF, UP, HIGH])
    assert repr(table.router.routes[0]) == "From('Keys') >> To('Organ')"


def test_a_latch_whose_route_stays_sounds_on_and_another_does_not() -> None:
    table = Table(LATCH, "From('Pads') >> Latch()")
    table.play(KEYS, ON, OFF)
    table.play(PADS, HIGH, HIGH_OFF)
    table.take()
    table.router.reroute(parsed("From('Keys') >> To('Organ')", LATCH))
    assert table.take() == ([HIGH_OFF], [HIGH_OFF])
    table.router.tune(Ground(7))
    table.play(KEYS, HIGH)
    assert table.take() == ([OFF, HIGH], [HIGH])


def test_other_routes_greet_who_comes_together_by_them() -> None:
    table = Table("Program(1) >> To('Synth')", "Program(2) >> To('Organ')")
    table.take()
    table.router.reroute(parsed("Program(3) >> To('Synth')", "Program(2) >> To('Organ')"))
    assert table.take() == (2 * [bytes([0xC0, 2])], [])


WHEEL = [bytes([0xB0, 1, count % 128]) for count in range(1005)]


def test_a_flood_is_thinned_and_its_last_value_comes_when_no_more_messages_do() -> None:
    table = Table("From('Keys') >> CCMap({1: 11}) >> To('Synth')", "From('Pads')")
    for message in WHEEL:
        table.play(KEYS, message)
        table.wait(1e-4)
    table.play(PADS, ON)
    table.wait(PACE)
    heard = table.synth.take()
    assert heard[-2:] == [ON, bytes([0xB0, 11, WHEEL[-1][2]])]
    assert len(heard) < len(WHEEL) / 2
    counters = table.router.counters
    assert (counters.received, counters.thinned) == (len(WHEEL) + 1, len(WHEEL) + 1 - len(heard))
    assert table.router.passed(0)[0] == len(heard)
    assert table.router.passed(0)[1][-1].message == WHEEL[-1]


def test_who_floods_is_told_of_as_long_as_it_does() -> None:
    table = Table()
    for count in range(20_000):
        table.play(KEYS, WHEEL[count % 128])
        table.wait(1e-4)
    assert table.router.flooding() == (KEYS,)
    table.wait(CALM + 0.1)
    assert table.router.flooding() == ()


@pytest.mark.parametrize("end", ["panic", "pulled", "stopped"])
def test_what_waits_of_a_flood_is_left_out_at_the_end(end: str) -> None:
    table = Table("CCMap({1: 64})")
    for value in (0, *FLOOD * [127], 0, 127):
        table.play(KEYS, bytes([0xB0, 1, value]))
    if end == "pulled":
        table.plug([PADS], [table.synth, table.organ])
    else:
        if end == "stopped":
            table.router.close()
        table.router.release_all()
    table.wait(9.0)
    assert (table.synth.down, table.organ.down) == (set(), set())


TEN = [
    "From('Keys') >> Keys('C-1', 'B3') >> Transpose(12) >> To('Synth')",
    "From('Keys') >> Keys('C4', 'G9') >> VelocityCurve(0.7) >> To('Organ')",
    "From('Keys') >> CC(1) >> CCMap({1: 64}) >> To('Organ')",
    "From('Keys') >> Kind('bend', 'pressure') >> ChannelMap({3: 4}) >> To('Synth')",
    "From('Keys') >> Channel(2) >> Latch() >> To('Organ')",
    *(f"From('Pads') >> Channel({n}) >> Velocity(1, 100) >> Transpose({n}) >> To('Synth')" for n in range(5, 10)),
]


def test_notes_end_in_a_storm_of_two_hundred_thousand_messages_a_second_through_ten_routes() -> None:
    table, chance = Table(*TEN), random.Random(1)
    struck: set[tuple[int, int]] = set()
    for count in range(60_000):
        channel, key = chance.randrange(3), chance.randrange(128)
        match count % 6:
            case 0:
                struck.add((channel, key))
                table.play(KEYS, messages.note_on(channel, key, 1 + count % 127))
            case 3:
                ended = chance.choice(sorted(struck)) if struck and count % 4 else (channel, key)
                struck.discard(ended)
                table.play(KEYS, messages.note_off(*ended))
            case kind:
                status = (0xB0, 0xE0, 0xA0, 0xB0, 0xD0)[kind - 1] | channel
                table.play(KEYS, bytes([status, (1, 7, 74)[count % 3], key][: LENGTHS[status]]))
        table.wait(5e-6)
    assert table.router.flooding() == (KEYS,)
    assert table.synth.down | table.organ.down
    for ended in struck:
        table.play(KEYS, messages.note_off(*ended))
    table.play(KEYS, *(bytes([0xB0 | channel, 1, 0]) for channel in range(3)))
    table.wait(1.0)
    latched = {hold for hold in table.organ.down if hold >> 8 == 1}
    assert table.synth.down == set()
    assert table.organ.down == latched
    table.plug([PADS], [table.synth, table.organ])
    assert table.organ.down == set()
