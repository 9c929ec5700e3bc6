"""A Link session as a clock: a made-up session in made-up time, with a box in it whose engine obeys at once."""

import math
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox import pulse
from jambox.actions import Action, ClockStarts, ClockStops, Led
from jambox.following import NIGH, SLEW, Following
from jambox.midi.follow import Lead
from jambox.scene import Scene
from jambox.session import APART, QUICKEST, SOURCE, SURE, Said, Session
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


TEMPOS = st.floats(40.0, 300.0)
CYCLES = st.sampled_from([16.0, 4.0, 7.0, 4.5, 10.25])


# Alone


def test_without_a_binding_nothing_happens() -> None:
    session = Session(None, fault="no network")
    assert session.lead(16.0, True) is None
    session.show(Status(), 100.0, 16.0, 1.0)
    session.propose(100.0)
    session.close()
    assert (session.as_dict(), session.fault) == ({}, "no network")


def test_a_session_is_entered_and_left_as_the_box_follows() -> None:
    there = box()
    assert there.world.told == []
    for follow, told in ((True, [True]), (True, [True]), (False, [True, False]), (True, [True, False, True])):
        there.session.lead(16.0, follow)
        assert [on for _, on in there.world.told] == told
    there.session.close()
    assert there.world.told[-1] == ("enable", False)
    assert there.session.as_dict() == {}


def test_the_private_session_is_told_tempo_and_beat_and_then_left_alone() -> None:
    there = box()
    there.live(0.1)
    assert [told[:2] for told in there.world.told] == [("enable", True), ("place", 100.0)]
    there.press()
    there.live(10.0)
    assert [told[:2] for told in there.world.told[2:]] == [("place", 100.0)]
    assert abs(there.off(16.0)) < 1e-9
    there.tap(140.0)
    there.live(10.0)
    assert abs(there.off(16.0)) < APART
    assert there.world.tempo == 140.0


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(TEMPOS, st.floats(0.02, 3.0)), max_size=5), CYCLES)
def test_alone_the_box_does_what_it_would_do_without(turns: list[tuple[float, float]], cycle: float) -> None:
    """TEMPO-5, BEATTIME-1: nothing that comes back from the private session touches the engine."""
    there, other = box(cycle=cycle), Box(World(), Session(None), cycle)
    for each in (there, other):
        each.press()
    for tempo, seconds in turns:
        for each in (there, other):
            each.tap(tempo)
            assert each.live(seconds) == []
        assert there.line == other.line
    there.live(0.1)
    assert abs(there.off(cycle)) < APART


def test_a_session_that_is_being_joined_is_not_told_anything() -> None:
    there = box()
    there.live(0.1)
    # Link takes the other tempo over a moment before it counts the peer.
    there.world.tempo = 130.0
    there.live(SURE / 2.0)
    there.world.peers = 1
    there.live(1.0)
    assert there.world.tempo == 130.0
    assert there.state.scene.tempo == 130.0
    assert there.session.as_dict() == {
        "peers": 1,
        "tempo": 130.0,
        "beat": pytest.approx(there.world.beat(there.world.now - LOOK) % 16.0 - 48.0, abs=0.01),
        "playing": False,
    }


# Joined


@settings(deadline=None, max_examples=30)
@given(TEMPOS, TEMPOS, st.floats(0.0, 16.0), CYCLES, st.floats(0.0, 40.0))
def test_a_playing_box_that_joins_bends_to_sam_or_the_nearest_beat_and_never_jumps(
    own: float, tempo: float, beat: float, cycle: float, origin: float
) -> None:
    there = box(cycle=cycle)
    there.tap(own)
    there.press()
    there.line, there.origin = there.line.with_beat(origin, there.line.frame0), origin
    there.live(1.0)
    there.world.peers, there.world.tempo, there.world.beat0, there.world.time0 = 1, tempo, beat, there.world.now
    apart = abs(there.off(cycle)) * tempo / 60.0
    beats = 21.0
    for _ in range(round(beats * 60.0 / tempo / LOOK)):
        before = there.line
        there.look()
        # The new line goes on where the old one was.
        assert there.line.beat_at(there.world.now * RATE) == pytest.approx(before.beat_at(there.world.now * RATE))
        assert abs(there.line.tempo / tempo - 1.0) < SLEW + 1e-6
        there.world.now += LOOK
    left = there.off(cycle) * tempo / 60.0
    assert abs(left if apart < NIGH - 0.1 else left - round(left)) * 60.0 / tempo < 15e-3
    assert there.world.told[-1][0] == "place", "what the box did when it was alone"


def test_who_joins_a_playing_box_finds_its_sam_and_changes_nothing() -> None:
    """BEATTIME-2."""
    there = box()
    there.press()
    there.live(5.0)
    line = there.line
    there.world.peers = 1
    assert there.live(5.0) == [Led(SOURCE, Bpm(100.0), shared=True)]
    assert there.line.tempo == pytest.approx(line.tempo, rel=1e-9)
    assert abs(there.off(16.0)) < 1e-6
    there.world.peers = 0
    assert there.live(5.0) == [Led("", Bpm(100.0))]
    assert abs(there.off(16.0)) < APART


@settings(deadline=None, max_examples=30)
@given(TEMPOS, st.floats(0.0, 100.0), CYCLES, st.floats(0.0, 20.0))
def test_a_rhythm_that_is_started_among_peers_has_its_sam_with_theirs(
    tempo: float, beat: float, cycle: float, wait: float
) -> None:
    there = box(cycle=cycle, peers=1, tempo=tempo, beat0=beat)
    there.live(0.1 + wait)
    there.press()
    late = there.heard(there.world.now)
    assert -cycle < late <= 1.0 / 16.0 + 1e-6
    assert abs(there.off(cycle)) < 1e-6
    there.live(20.0)
    assert abs(there.off(cycle)) < 1e-3


@settings(deadline=None, max_examples=30)
@given(TEMPOS, TEMPOS, TEMPOS)
def test_a_tempo_that_the_player_sets_is_the_sessions(first: float, own: float, theirs: float) -> None:
    """TEMPO-1, both ways; the session's beat stays where it is."""
    there = box(peers=1, tempo=first)
    there.live(0.1)
    there.press()
    there.live(1.0)
    beat = there.world.beat(there.world.now)
    there.tap(own)
    assert there.world.tempo == pytest.approx(own)
    assert there.world.beat(there.world.now) == pytest.approx(beat)
    there.live(1.0)
    assert there.state.scene.tempo == pytest.approx(own)
    there.world.propose(theirs)
    there.live(1.0)
    assert there.state.scene.tempo == pytest.approx(theirs, abs=0.05)
    assert [told for told in there.world.told if told[0] == "place"] == []


@pytest.mark.parametrize(
    ("session", "own", "tapped", "proposed"),
    [
        (20.0, 20.0, 30.0, 30.0),
        (400.0, 400.0, 200.0, 200.0),
        (401.0, 200.5, 200.0, 400.0),
        (800.0, 400.0, 300.0, 600.0),
        (999.0, 249.75, 240.0, 960.0),
        (999.0, 249.75, 300.0, 600.0),
    ],
)
def test_a_session_too_fast_is_followed_at_a_fraction(
    session: float, own: float, tapped: float, proposed: float
) -> None:
    """TEMPO-4."""
    there = box(peers=1, tempo=session)
    there.live(0.1)
    there.press()
    there.live(1.0)
    multiple = round(session / own)
    assert there.state.scene.tempo == pytest.approx(own)
    assert there.session.as_dict()["tempo"] == session
    now = there.world.now
    assert math.remainder(there.heard(now) * multiple - there.world.beat(now), 16.0 * multiple) == pytest.approx(0.0)
    there.tap(tapped)
    assert there.world.told[-1] == ("propose", proposed)
    assert proposed <= QUICKEST


# Starting and stopping together


def told_to_play(there: Box) -> list[tuple[object, ...]]:
    return [told[1:] for told in there.world.told if told[0] == "play"]


@pytest.mark.parametrize("start_stop", [False, True])
def test_a_start_by_a_peer_starts_the_box_on_sam_if_it_wants_that(start_stop: bool) -> None:
    there = box(start_stop, peers=1, tempo=120.0, beat0=5.0)
    there.live(1.0)
    there.world.play(True, there.world.now)
    there.world.told.clear()
    actions = there.live(1.0)
    assert [type(action) for action in actions] == [ClockStarts] * start_stop
    assert there.playing is start_stop
    if start_stop:
        assert abs(there.off(16.0)) < 1e-6
        assert there.heard(there.world.now) == pytest.approx(9.0 - 16.0)
    there.world.play(False, there.world.now)
    assert there.live(1.0) == [ClockStops()] * start_stop
    assert not there.playing
    assert there.live(1.0) == []


@pytest.mark.parametrize(
    ("beat", "waits"),
    [(16.0, 0.0), (16.0 + 1e-6, 0.0), (16.0 - 1e-6, 0.0), (16.06, -0.06), (16.07, 15.93), (17.0, 15.0), (3.0, 13.0)],
)
def test_a_start_is_taken_up_on_the_next_sam(beat: float, waits: float) -> None:
    there = box(True, peers=1, tempo=60.0, beat0=beat - 1.0)
    there.live(1.0)
    # Told ahead, as another box does.
    there.world.play(True, there.world.now + 2.0)
    there.world.beat0 -= 2.0
    (start,) = [action for action in there.live(0.1) if isinstance(action, ClockStarts)]
    assert start.beat == 0.0
    assert start.time == pytest.approx(there.world.since + waits, abs=2e-6)


def test_a_start_before_the_box_came_is_not_for_it() -> None:
    there = box(True, peers=1)
    there.world.play(True, there.world.now - 0.5)
    assert [type(action) for action in there.live(1.0)] == [Led]
    # Nor is one that comes to its ears late.
    late = box(True, peers=1)
    late.live(0.1)
    late.world.playing, late.world.since = True, late.world.now - 0.5
    assert late.live(1.0) == []
    assert not late.playing


def test_a_start_by_a_peer_does_not_touch_a_box_that_plays() -> None:
    there = box(True, peers=1)
    there.live(0.1)
    there.press()
    there.live(10.0)
    there.world.play(False, there.world.now)
    there.live(0.1)
    there.press()
    there.live(1.0)
    line = there.line
    there.world.since = there.world.now
    assert there.live(1.0) == []
    assert there.line.tempo == pytest.approx(line.tempo, rel=1e-6)


def test_the_boxs_start_is_told_for_its_sam_and_its_end_at_once() -> None:
    there = box(True, peers=1, tempo=120.0, beat0=5.0)
    there.live(1.0)
    there.press()
    there.live(1.0)
    sam = 100.0 + 11.0 / 2.0
    assert told_to_play(there) == [(True, pytest.approx(sam, abs=1e-6))]
    there.live(10.0)
    there.playing, there.state = False, replace(there.state, rhythm_on=False)
    there.live(1.0)
    assert [playing for playing, *_ in told_to_play(there)] == [True, False]
    assert told_to_play(there)[1][1] == pytest.approx(there.world.now - 1.0)


def test_a_start_right_after_a_peers_stop_is_told() -> None:
    there = box(True, peers=1)
    there.live(0.1)
    there.press()
    there.live(10.0)
    there.world.play(False, there.world.now)
    # The engine stops and starts between two of its reports.
    there.following.follow(there.session.lead(there.cycle, True), there.state, there.world.now)
    there.press()
    there.live(0.1)
    assert [playing for playing, *_ in told_to_play(there)] == [True, False, True]


def test_a_box_that_starts_by_itself_tells_nobody() -> None:
    there = box(False, peers=1)
    there.live(0.1)
    there.press()
    there.live(1.0)
    assert told_to_play(there) == []


def test_a_box_that_joins_again_takes_up_nothing() -> None:
    there = box(True, peers=1)
    there.live(0.1)
    there.press()
    there.live(1.0)
    there.world.peers = 0
    there.live(1.0)
    there.world.peers = 1
    assert [type(action) for action in there.live(1.0)] == [Led]
    assert len(told_to_play(there)) == 1


def test_what_the_session_says_as_a_lead() -> None:
    there = box(peers=2, tempo=90.0, beat0=21.0)
    assert there.session.lead(16.0, True) == Lead(
        SOURCE, Bpm(90.0), 5.0 - 48.0, 100.0, running=False, cue=0, begun=-math.inf, cycle=16.0
    )


def test_the_engine_hears_itself_as_the_test_does() -> None:
    there = box()
    there.press()
    there.live(3.0)
    assert pulse.beat_at(there.status(), there.world.now) == pytest.approx(there.heard(there.world.now))
