"""Players simulated, with a box that they draw along: how near it stays, and whom it leaves alone."""

import itertools
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest

from jambox.approach import BEND, IN_TOUCH, SLEW, Approach
from jambox.tracking import FEW, RANGE, Pace, Tracker
from jambox.units import Bpm, Seconds

LOOK = 0.1
"""Seconds between two looks."""
JITTER = 0.02
"""Seconds by which strokes are off, as a standard deviation."""
Tempo = Callable[[float], float]
EIGHTHS = ((0.0, 0.5), 1.0)
QUARTERS = ((0.0,), 1.0)


@dataclass(frozen=True)
class Moment:
    """What there was at a look: the box's tempo, that of the players, how much later than theirs its beat is (s)."""

    time: float
    tempo: float
    players: float
    late: float
    sure: bool


def steadily(tempo: float) -> Tempo:
    return lambda _time: tempo


def gliding(first: float, last: float, begin: float = 12.0, end: float = 28.0) -> Tempo:
    return lambda time: first + (last - first) * min(max((time - begin) / (end - begin), 0.0), 1.0)


def repeated(beats: Sequence[float], length: float) -> Iterator[float]:
    return (turn * length + beat for turn in itertools.count() for beat in beats)


def by_chance(rate: float, seed: int) -> Iterator[float]:
    dice = random.Random(seed)
    return itertools.accumulate(iter(lambda: dice.expovariate(rate), None))


class Jam:
    """Players who strike on `strokes` of their own beats, as well as people do, and a box at `tempo`.

    With `habit`, they play to the box's beat, so many seconds later than it.
    """

    def __init__(
        self,
        strokes: Iterator[float],
        players: Tempo,
        *,
        tempo: float = 100.0,
        habit: float = 0.0,
        jitter: float = JITTER,
    ) -> None:
        self.strokes, self.players, self.habit = strokes, players, habit
        self.home = self.tempo = Bpm(tempo)
        self.tracker, self.approach, self.dice, self.jitter = Tracker(), Approach(), random.Random(1), jitter
        self.time = self.beat = self.played = 0.0
        self.due = next(strokes)
        self.struck: list[float] = []

    def run(self, seconds: float, *, playing: bool = True) -> list[Moment]:
        moments = []
        for _ in range(round(seconds / LOOK)):
            rate = self.tempo / 60.0 if self.habit else self.players(self.time) / 60.0
            while self.due < self.played + rate * LOOK:
                at = self.time + (self.due - self.played) / rate + self.habit + self.dice.gauss(0.0, self.jitter)
                if playing:
                    self.struck.append(at)
                self.due = next(self.strokes)
            self.played += rate * LOOK
            self.beat += self.tempo / 60.0 * LOOK
            self.time += LOOK
            self.look()
            late = (self.played - self.beat) * 60.0 / self.tempo
            pace = self.tracker.pace
            moments.append(Moment(self.time, self.tempo, rate * 60.0, late, pace is not None))
        return moments

    def look(self) -> None:
        for at in sorted(at for at in self.struck if at <= self.time):
            self.tracker.hear(at)
        self.struck = [at for at in self.struck if at > self.time]
        box = Pace(self.time, self.beat, self.tempo / 60.0)
        self.tracker.look(box, self.home)
        if pace := self.tracker.pace:
            self.tempo, _ = self.approach.draw(pace, self.tracker.exact, box, self.home, Seconds(LOOK))
        else:
            self.approach.forget()


def worst(moments: Sequence[Moment]) -> tuple[float, float]:
    """How far off the box's tempo is at most, as a share, and how many seconds its beat."""
    return max(abs(each.tempo / each.players - 1.0) for each in moments), max(abs(each.late) for each in moments)


FASTER, SLOWER = gliding(100.0, 108.0), gliding(100.0, 92.0)


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("strokes", "players"),
    [
        (EIGHTHS, FASTER),
        (QUARTERS, SLOWER),
        (((0.0, 0.25, 0.5, 0.75), 1.0), FASTER),
        (((0.0, 0.62), 1.0), FASTER),
        (((0.0, 2.0 / 3.0), 1.0), SLOWER),
        (((0.0, 0.75, 1.5), 2.0), FASTER),
        (((0.0, 1.5, 3.0), 4.0), SLOWER),
        (((0.5,), 1.0), FASTER),
    ],
    ids=["eighths", "quarters", "sixteenths", "light swing", "swing", "tresillo", "slow tresillo", "off-beats"],
)
def test_players_draw_it_along(strokes: tuple[tuple[float, ...], float], players: Tempo) -> None:
    """Who is 20 ms off in the mean, and changes pace by half a percent a second, is never left by a sixteenth."""
    jam = Jam(repeated(*strokes), players)
    moments = jam.run(40.0)
    assert all(each.sure for each in moments[120:])
    tempo, late = worst(moments[120:])
    assert tempo < 0.035
    assert late < 0.12
    tempo, late = worst(moments[-40:])
    assert tempo < 0.02
    assert late < IN_TOUCH + 0.02


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("strokes", "drift"),
    [
        (QUARTERS, 0.012),
        (EIGHTHS, 0.012),
        (((0.0,), 2.0 / 3.0), 0.012),
        (((0.0,), 3.0 / 4.0), 0.012),
        (((0.0,), 4.0 / 5.0), 0.0),
        (((0.0,), 4.0 / 7.0), 0.0),
        (((0.0,), 4.0), 0.0),
    ],
    ids=["quarters", "eighths", "three on two", "four on three", "five on four", "seven on four", "sparse"],
)
def test_a_steady_player_does_not_drag_it_away(strokes: tuple[tuple[float, ...], float], drift: float) -> None:
    moments = Jam(repeated(*strokes), steadily(100.0)).run(30.0)
    assert max(abs(each.tempo / 100.0 - 1.0) for each in moments) <= drift
    assert worst(moments)[1] < 0.03


@pytest.mark.parametrize(("rate", "seed"), [(1.0, 1), (2.0, 2), (3.0, 3), (4.0, 4)])
def test_strokes_by_chance_are_refused(rate: float, seed: int) -> None:
    moments = Jam(by_chance(rate, seed), steadily(100.0)).run(30.0)
    assert not any(each.sure for each in moments)
    assert {each.tempo for each in moments} == {100.0}


@pytest.mark.no_cover
@pytest.mark.parametrize("habit", [-0.035, 0.03])
def test_who_plays_to_the_box_and_a_little_ahead_does_not_make_it_run(habit: float) -> None:
    moments = Jam(repeated(*EIGHTHS), steadily(0.0), habit=habit).run(45.0)
    assert moments[-1].sure
    assert max(abs(each.tempo / 100.0 - 1.0) for each in moments) < 0.025


def test_when_players_stop_it_goes_on_and_when_they_come_back_it_is_drawn_again() -> None:
    jam = Jam(repeated(*EIGHTHS), gliding(100.0, 104.0, 8.0, 16.0))
    last = jam.run(20.0)[-1]
    assert last.sure
    rest = jam.run(10.0, playing=False)
    assert not rest[-1].sure
    assert {each.tempo for each in rest[40:]} == {rest[-1].tempo}
    assert rest[-1].tempo == pytest.approx(104.0, rel=0.03)
    assert jam.run(12.0)[-1].sure


@pytest.mark.no_cover
@pytest.mark.parametrize("tempo", [60.0, 180.0])
def test_it_is_drawn_at_other_tempos_too(tempo: float) -> None:
    moments = Jam(repeated(*EIGHTHS), gliding(tempo, tempo * 1.06), tempo=tempo).run(30.0)
    assert all(each.sure for each in moments[120:])
    assert worst(moments[120:])[0] < 0.03


def test_nobody_takes_it_farther_than_its_range() -> None:
    moments = Jam(repeated(*EIGHTHS), gliding(100.0, 120.0)).run(40.0)
    assert max(each.tempo for each in moments) == pytest.approx(100.0 * (1.0 + RANGE))


def test_another_beat_of_the_box_begins_all_anew() -> None:
    jam = Jam(repeated(*EIGHTHS), steadily(100.0))
    assert jam.run(12.0)[-1].sure
    jam.beat += 0.3
    assert not jam.run(LOOK)[-1].sure
    assert jam.tracker.strokes <= 1


def test_strokes_together_are_one() -> None:
    tracker = Tracker()
    for at in (1.0, 1.01, 1.03, 1.2, 1.21):
        tracker.hear(at)
    assert tracker.strokes == 2


def test_too_few_strokes_say_nothing() -> None:
    tracker = Tracker()
    for stroke in range(FEW - 1):
        tracker.hear(float(stroke))
    tracker.look(Pace(5.0, 5.0, 1.0), Bpm(60.0))
    assert tracker.reading is None


@pytest.mark.parametrize(
    ("ahead", "players", "tempo", "kept"),
    [
        (0.0, 100.0, 100.0, 100.0),
        (0.04, 100.0, 100.0, 100.0),
        (-0.04, 100.0, 100.0, 100.0),
        (5.0, 100.0, 100.0 * (1.0 + BEND), 100.0),
        (-5.0, 100.0, 100.0 * (1.0 - BEND), 100.0),
        (0.0, 101.0, 101.0, 101.0),
        (0.0, 120.0, 110.0, 110.0),
        (0.0, 80.0, 90.0, 90.0),
    ],
)
def test_the_tempo_follows_and_bends_but_not_too_far(ahead: float, players: float, tempo: float, kept: float) -> None:
    """As long as one has time."""
    pace, box = Pace(7.0, 40.0 + ahead * 100.0 / 60.0, players / 60.0), Pace(7.0, 40.0, 100.0 / 60.0)
    approach = Approach()
    approach.draw(box, False, box, Bpm(100.0), Seconds(0.0))
    assert approach.draw(pace, False, box, Bpm(100.0), Seconds(10.0)) == pytest.approx((tempo, kept), rel=1e-3)


def test_it_does_not_hurry() -> None:
    pace, box = Pace(0.0, 0.0, 110.0 / 60.0), Pace(0.0, 0.0, 100.0 / 60.0)
    tempo, kept = Approach().draw(pace, False, box, Bpm(100.0), Seconds(0.5))
    assert tempo == pytest.approx(100.0 * (1.0 + 0.5 * SLEW))
    assert kept == pytest.approx(tempo * (1.0 + BEND))
    assert math.isclose(pace.tempo, 110.0)
