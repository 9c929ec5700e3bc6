"""A made-up Link session in made-up time, with a box in it whose engine obeys at once."""

import math
from dataclasses import dataclass, field, replace

from jambox.actions import Action, ClockStarts, ClockStops, Led
from jambox.following import Following
from jambox.scene import Scene
from jambox.session import Said, Session
from jambox.sound.commands import Status
from jambox.state import State
from jambox.timeline import Timeline
from jambox.units import Bpm

RATE, LATENCY = 48000.0, 384.0
LOOK = 0.02
"""Seconds between two looks of the box."""


@dataclass
class World:
    """One session, and the time in it."""

    now: float = 100.0
    peers: int = 0
    tempo: float = 120.0
    beat0: float = 0.0
    time0: float = 100.0
    playing: bool = False
    since: float = -math.inf
    on: bool = False
    told: list[tuple[object, ...]] = field(default_factory=list)

    def beat(self, time: float) -> float:
        return self.beat0 + (time - self.time0) * self.tempo / 60.0

    def enable(self, on: bool) -> None:
        self.on = on
        self.told.append(("enable", on))

    def say(self, quantum: float) -> Said:
        # As Link's beats do, these have any size, but stand in the quantum where everybody's do.
        beat = self.beat(self.now) % quantum - 3.0 * quantum
        return Said(self.peers, self.tempo, beat, self.now, self.playing, self.since)

    def propose(self, tempo: float) -> None:
        self.told.append(("propose", tempo))
        self.beat0, self.time0, self.tempo = self.beat(self.now), self.now, tempo

    def place(self, tempo: float, beat: float, moment: float, quantum: float) -> None:
        assert self.peers == 0, "the beat of others is moved"
        self.told.append(("place", tempo, beat % quantum))
        self.tempo, self.beat0, self.time0 = tempo, beat, moment

    def play(self, playing: bool, moment: float) -> None:
        self.told.append(("play", playing, moment))
        self.playing, self.since = playing, moment


@dataclass
class Box:
    """A box in that world: a Session, what the box makes of it, and an engine in a perfect clock."""

    world: World
    session: Session
    cycle: float = 16.0
    following: Following = field(default_factory=Following)
    state: State = field(default_factory=lambda: State(Scene(tempo=100.0)))
    line: Timeline = field(default_factory=lambda: Timeline(Bpm(100.0), RATE))
    playing: bool = False
    run: int = 0
    start: float = 0.0
    origin: float = 0.0

    def status(self) -> Status:
        """The engine's report: frame 0 is rendered at second 0, and heard LATENCY frames later."""
        frame = self.world.now * RATE
        return Status(
            frame=frame,
            clock_frame=frame,
            clock_time=self.world.now,
            clock_rate=RATE,
            nominal_rate=RATE,
            latency=LATENCY,
            playing=float(self.playing),
            run=float(self.run),
            start=self.start,
            tempo=self.line.tempo,
            beat0=self.line.beat0,
            frame0=self.line.frame0,
            origin=self.origin,
        )

    def heard(self, time: float) -> float:
        """The beat in the cycle's count that is heard at `time`."""
        return self.line.beat_at(time * RATE - LATENCY) - self.origin

    def begin(self, time: float) -> None:
        """Sam is heard at `time`."""
        self.line = self.line.with_beat(0.0, time * RATE - LATENCY)
        self.playing, self.run, self.start, self.origin = True, self.run + 1, 0.0, 0.0

    def look(self) -> tuple[Action, ...]:
        """What the box does 50 times a second; the actions that it took."""
        lead = self.session.lead(self.cycle, self.state.scene.follow)
        actions = self.following.follow(lead, self.state, self.world.now)
        for action in actions:
            match action:
                case Led(source, tempo, shared):
                    scene = Scene(tempo=tempo, follow=self.state.scene.follow)
                    self.state = replace(self.state, scene=scene, leader=source, shared=shared)
                    self.line = self.line.with_tempo(tempo, self.world.now * RATE)
                case ClockStarts(beat, time):
                    assert beat == 0.0
                    self.state = replace(self.state, rhythm_on=True)
                    self.begin(time)
                case ClockStops():
                    self.state, self.playing = replace(self.state, rhythm_on=False), False
        if steered := self.following.steer(self.status()):
            self.line = self.line.with_tempo(steered, self.world.now * RATE)
        self.session.show(self.status(), self.state.scene.tempo, self.cycle, self.world.now)
        return actions

    def press(self) -> None:
        """RHYTHM, in silence."""
        self.state = replace(self.state, rhythm_on=True)
        sam = self.following.begin(self.world.now)
        self.begin(self.world.now + LATENCY / RATE if sam is None else sam)

    def tap(self, tempo: float) -> None:
        self.state = replace(self.state, scene=Scene(tempo=tempo))
        self.line = self.line.with_tempo(Bpm(tempo), self.world.now * RATE)
        self.session.propose(tempo)

    def live(self, seconds: float) -> list[Action]:
        actions: list[Action] = []
        for _ in range(round(seconds / LOOK)):
            actions += self.look()
            self.world.now += LOOK
        return actions

    def off(self, grid: float) -> float:
        """Seconds from the session's beat to the box's, on a grid of so many beats."""
        now = self.world.now
        return math.remainder(self.heard(now) - self.world.beat(now), grid) * 60.0 / self.world.tempo


def box(start_stop: bool = False, cycle: float = 16.0, **world: float) -> Box:
    there = World(**world)  # type: ignore[arg-type]
    return Box(there, Session(there, start_stop), cycle)
