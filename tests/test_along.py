"""The tempo goes along with pads, and with what is struck at the inputs, in a box whose engine is simulated."""

import math
from typing import Any, cast

import numpy as np
import pytest

from jambox.accompanying import Accompanying
from jambox.actions import Action, Led, Tap
from jambox.along import Along
from jambox.music.cycle import Hit, Score
from jambox.music.humanising import EXACT, PLACES, Touch
from jambox.scene import Scene
from jambox.sound.commands import Status
from jambox.sound.hearing import Funnel
from jambox.sound.parameters import Mixer, Strip
from jambox.sound.shared import Link
from jambox.sound.tables import filled, view
from jambox.state import Catalogue, State, apply
from jambox.timeline import Timeline
from jambox.units import Bpm, Seconds

RATE, PERIOD, LATENCY = 48000, 128, 384
LOOK, EARLY = 0.1, 0.2
"""Seconds between two looks, and by which strokes may be early."""
BEGUN = 500.0
PADS, INPUTS = Accompanying(players=("Pads*",), tempo=True), Accompanying(tempo=True)
MARKED = 2
"""The strip on which strokes are listened for where no pads are."""
OWN = (0.0, 1.0, 2.0, 3.0)
CLICK = 0.3 * np.random.default_rng(3).standard_normal(RATE // 50) * np.exp(-np.arange(RATE // 50) / 150.0)


class World:
    """An engine that plays OWN strokes, players who strike `every` so many beats of theirs, and what hears them.

    Strip 1, which is not marked, hears nothing but a `crowd`.
    """

    def __init__(
        self,
        wished: Accompanying,
        *,
        heard: bool = False,
        every: float = 0.5,
        touch: Touch = EXACT,
        tempo: float = 100.0,
    ) -> None:
        self.keeper = self.ready = self
        self.rate, self.period, self.link = RATE, PERIOD, Link()
        self.mixer = Mixer(() if wished.players else tuple(Strip(strokes=strip == MARKED) for strip in (1, 2)))
        self.crowd = np.zeros(round(LOOK * RATE))
        self.listen()
        self.scores = {1: Score(1, 4.0, tuple(Hit(beat, (), (), 1.0) for beat in OWN))}
        self.state, self.playing, self.now = State(Scene(tempo=tempo), rhythm_on=True), True, BEGUN
        self.line, self.touch = Timeline(Bpm(tempo), RATE), touch
        self.wished, self.heard, self.every = wished, heard, every
        self.played = self.beat = 0.0
        self.times: list[float] = []
        self.new: list[float] = []
        self.sound = np.zeros(RATE)
        self.acts: list[Action] = []
        world = cast(Any, self)
        self.along = Along(wished, touch, world, world, world, self.act)

    def listen(self) -> None:
        weights = [float(strip.strokes) for strip in self.mixer.strips] or [0.0, 0.0]
        self.everyone, self.strikers = (Funnel(RATE, filled(each)) for each in ([1.0, 1.0], weights))

    def act(self, action: Action) -> None:
        self.acts.append(action)
        self.state, _ = apply(self.state, action, Catalogue({}))

    def struck(self, since: int, patterns: tuple[str, ...]) -> tuple[int, list[float]]:
        assert patterns == self.wished.players
        return len(self.times), self.times[since:]

    @property
    def status(self) -> Status:
        return Status(
            clock_time=BEGUN,
            clock_rate=float(RATE),
            nominal_rate=float(RATE),
            latency=float(LATENCY),
            playing=float(self.playing),
            tempo=self.line.tempo,
            beat0=self.line.beat0,
            frame0=self.line.frame0,
            score=1.0,
        )

    def run(self, seconds: float, first: float = 100.0, last: float = 100.0, *, players: bool = True) -> None:
        """Players go from one tempo to another."""
        looks = round(seconds / LOOK)
        for look in range(looks):
            self.look((first + (last - first) * look / looks) if players else 0.0)

    def look(self, players: float) -> None:
        before, self.now = self.now, self.now + LOOK
        frames = [(time + EARLY - BEGUN) * RATE - LATENCY for time in (before, self.now)]
        first, last = (math.ceil(self.line.beat_at(frame)) for frame in frames)
        for beat in range(first, last) if self.heard else ():
            played = beat + self.touch.late(beat * PLACES, float(beat % 4 > 0))
            self.click(BEGUN + (self.line.frame_at(played) + LATENCY) / RATE + 0.005)
        while self.played * self.every < self.beat + players / 60.0 * LOOK and players:
            at = before + (self.played * self.every - self.beat) * 60.0 / players
            self.times.append(at)
            self.click(at)
            self.played += 1
        self.beat += players / 60.0 * LOOK
        count = round(LOOK * RATE)
        captured = np.stack((self.crowd, self.sound[:count]), axis=1).astype(np.float32)
        self.link.hear(view(captured.reshape(-1)), count, self.everyone, self.strikers)
        self.sound = np.append(self.sound[count:], np.zeros(count))
        if tempo := self.along.steer(self.status, self.state, self.now):
            self.line = self.line.with_tempo(tempo, (self.now - BEGUN) * RATE)

    def click(self, at: float) -> None:
        """A sample is captured before its block is read. What is struck in this look is."""
        place = round((at - self.now + LOOK) * RATE) + PERIOD
        self.sound[place : place + len(CLICK)] += CLICK


@pytest.mark.parametrize("wished", [PADS, INPUTS])
def test_players_draw_the_tempo_along(wished: Accompanying) -> None:
    world = World(wished)
    world.run(10.0)
    world.run(14.0, 100.0, 106.0)
    world.run(5.0, 106.0, 106.0)
    assert world.line.tempo == pytest.approx(106.0, rel=0.015)
    assert world.state.scene.tempo == pytest.approx(106.0, rel=0.01)
    assert {type(act) for act in world.acts} == {Led}
    told = world.along.as_dict()
    assert (told["sure"], told.get("inputs_hear_box", False)) == (True, False)
    assert told["tempo"] == pytest.approx(106.0, rel=0.01)
    world.run(5.0, players=False)
    assert not world.along.as_dict()["sure"]
    assert world.line.tempo == pytest.approx(world.state.scene.tempo, rel=1e-3)


@pytest.mark.no_cover
@pytest.mark.parametrize("wished", [PADS, INPUTS])
@pytest.mark.parametrize("off", [0.3, 0.8])
def test_a_machine_that_begins_off_the_beat_is_met_and_stayed_with(wished: Accompanying, off: float) -> None:
    """Also where it then strikes with the box, and on nothing else: inputs that do not hear the box know that."""
    world = World(wished, every=1.0)
    world.beat = -off
    world.run(12.0)
    assert world.along.as_dict()["sure"]
    for _ in range(30):
        world.run(2.0)
        beat = world.line.beat_at((world.times[-1] - BEGUN) * RATE - LATENCY)
        assert abs(math.remainder(beat, 1.0)) * 0.6 < 0.012
    told = world.along.as_dict()
    assert (told["sure"], told.get("inputs_hear_box", False)) == (True, False)
    assert world.line.tempo == pytest.approx(100.0, rel=0.01)


def test_strips_that_are_not_marked_are_not_listened_to() -> None:
    world = World(INPUTS)
    for place in (100, 2900):
        world.crowd[place : place + len(CLICK)] += CLICK
    world.run(10.0)
    world.run(14.0, 100.0, 104.0)
    assert world.line.tempo == pytest.approx(104.0, rel=0.02)
    world.mixer = Mixer()
    world.run(1.0)
    assert world.along.as_dict() == {}
    assert world.along.counted() is None


def test_the_box_does_not_follow_itself() -> None:
    world = World(INPUTS, heard=True)
    world.run(25.0, players=False)
    assert world.along.as_dict() == {"sure": False, "strokes": 0, "strips": [MARKED], "inputs_hear_box": True}
    assert world.acts == []


@pytest.mark.parametrize("tempo", [40.0, 100.0, 240.0])
def test_the_box_does_not_follow_its_own_hands(tempo: float) -> None:
    world = World(INPUTS, heard=True, touch=Touch(3, 1.0), tempo=tempo)
    world.run(50.0, players=False)
    assert world.along.as_dict() == {"sure": False, "strokes": 0, "strips": [MARKED], "inputs_hear_box": True}
    assert world.acts == []


def test_who_plays_between_its_strokes_is_heard_beside_it() -> None:
    world = World(INPUTS, heard=True)
    world.run(14.0)
    world.run(14.0, 100.0, 104.0)
    assert world.along.as_dict()["inputs_hear_box"]
    assert world.line.tempo == pytest.approx(104.0, rel=0.02)


@pytest.mark.parametrize("why", ["nobody is named", "another leads", "silence", "no score"])
def test_it_is_left_alone_where(why: str) -> None:
    world = World(Accompanying() if why == "nobody is named" else PADS)
    if why == "another leads":
        world.act(Led("Keys", Bpm(100.0)))
    world.playing = why != "silence"
    if why == "no score":
        world.scores.clear()
    before = len(world.acts)
    world.run(20.0, 104.0, 104.0)
    assert world.line.tempo == 100.0
    assert len(world.acts) == before
    assert world.along.as_dict() == ({} if why == "nobody is named" else {"sure": False, "strokes": 0})


def test_what_was_struck_in_silence_does_not_count() -> None:
    world = World(PADS)
    world.playing = False
    world.run(10.0)
    world.playing = True
    world.run(1.0)
    assert cast(int, world.along.as_dict()["strokes"]) <= 4


def test_a_tempo_that_is_tapped_is_where_all_begins_anew() -> None:
    world = World(PADS)
    world.run(10.0)
    assert world.along.as_dict()["sure"]
    for tap in range(4):
        world.act(Tap(Seconds(world.now + tap * 0.8)))
    world.line = world.line.with_tempo(Bpm(75.0), (world.now - BEGUN) * RATE)
    world.run(8.0)
    assert world.state.scene.tempo == pytest.approx(75.0)
    assert world.line.tempo == pytest.approx(75.0, rel=0.03)
    assert world.state.scene.tempo <= 75.0 * 1.1


def test_an_engine_that_was_started_again_is_heard_from_there() -> None:
    world = World(INPUTS)
    world.run(3.0)
    world.link = Link()
    world.listen()
    world.run(2.0)
    assert cast(int, world.along.as_dict()["strokes"]) >= 4
    assert world.along.as_dict()["inputs_hear_box"]


def test_strokes_are_counted_while_the_rhythm_plays() -> None:
    world = World(Accompanying(players=("Pads*",), density=0.5))
    assert world.along.counted() is None
    world.run(6.0)
    assert cast(int, world.along.counted()) == pytest.approx(6.0 * 2.0 * 100.0 / 60.0, abs=2)
    assert world.along.counted() == 0
    assert world.line.tempo == 100.0
    world.playing = False
    world.run(LOOK)
    assert world.along.counted() is None
