"""Whole jams of a box with MIDI clocks, after the test plan that Ableton publishes for Link (TEST-PLAN.md there).

All that decides is here, but for threads and devices: `Jam` does in steps what the box does around the clock. TEMPO,
BEATTIME and AUDIOENGINE are the plan's own names; in place of the session stands the clock that leads.
"""

import random
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from jambox import pulse
from jambox.actions import Action, FollowClock, PressRhythm, Tap, TurnStyle
from jambox.effects import JoinClock, SetTempo, StartRhythm, StopRhythm
from jambox.following import GLIDE, SLEW, Following, entry
from jambox.frameclock import FrameClock
from jambox.midi.follow import Follower
from jambox.midi.messages import CLOCK, CONTINUE, START, STOP
from jambox.midi.sync import LEAD, PPQN
from jambox.music.cycle import Hit, Score
from jambox.music.roll import lay
from jambox.scene import Scene
from jambox.sound.commands import Status
from jambox.sound.players import RhythmPlayer, Samples
from jambox.state import Catalogue, State, apply
from jambox.units import Bpm, Seconds

RATE, TRUE, BUFFER = 48000.0, 48003.0, 384.0
"""What the card is called and what it is, in frames a second; and frames from render to ear."""
STEP, STEER = 0.02, 0.1
"""Seconds between two looks, and between two commands to steer."""
JITTER = 1e-3
NEAR = 3e-3
"""Seconds by which beats may be apart: AUDIOENGINE-1 allows less than 3 ms."""
SETTLE = 14.0
"""Beats after which the box has met the beat, from wherever it was."""
A, B = "A:A 20:0", "B:B 24:0"
QUICKLY = settings(max_examples=8, phases=[Phase.explicit, Phase.reuse, Phase.generate])
"""A jam takes a tenth of a second: one that fails is told as it is, not made smaller for minutes."""
SEEDS = st.integers(0, 2**32)
TEMPOS = st.floats(60.0, 180.0)
PHASES = st.floats(0.0, 1.0)
SCORE = Score(1, 4.0, (Hit(0.0, (), (), 1.0),))
Event = tuple[float, str, bytes]


class Moment(NamedTuple):
    """What is rendered at one look, and the time at which that is heard."""

    time: float
    beat: float | None
    tempo: float
    leader: str


@dataclass
class Master:
    """A clock that goes from `begin` on, with beat 0 there, in `tempo`; `end` is when its last tick fell."""

    source: str
    begin: float
    tempo: float
    seed: int = 0
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance, self.end, self.ticks = random.Random(self.seed), self.begin, 0
        self.passed: list[tuple[float, float]] = []

    def play(self, beats: float, tempo: float | None = None, *first: bytes) -> "Master":
        """So many beats more, after the messages `first`."""
        self.tempo = tempo or self.tempo
        self.events += [(self.end - LEAD, self.source, message) for message in first]
        for _ in range(round(beats * PPQN)):
            self.events.append((self.end + JITTER * self.chance.random(), self.source, CLOCK))
            self.passed.append((self.end, self.ticks / PPQN))
            self.end += 60.0 / PPQN / self.tempo
            self.ticks += 1
        return self

    def off(self, moment: Moment) -> float:
        """Seconds by which the box's nearest beat is heard before or after this clock's, the mean jitter apart."""
        time, beat = max(tick for tick in self.passed if tick[0] <= moment.time)
        assert moment.beat is not None
        apart = moment.beat - (beat + (moment.time - time - JITTER / 2.0) * self.tempo / 60.0)
        return abs(apart - round(apart)) * 60.0 / self.tempo


class Jam:
    """A box that looks every STEP at what `masters` sent meanwhile; `moments` is what was heard."""

    def __init__(self, *masters: Master, tempo: float = 90.0) -> None:
        self.events = sorted((event for master in masters for event in master.events), key=lambda event: event[0])
        self.state = State(Scene(cycle="one", tempo=tempo))
        self.catalogue = Catalogue({"one": Bpm(tempo), "other": Bpm(77.0)})
        self.follower, self.following = Follower(), Following()
        self.player = RhythmPlayer(RATE, Samples(0), 0)
        self.player.load(lay(SCORE), 0)
        self.player.set_tempo(tempo, 0)
        self.now, self.steered = 0.0, 0.0
        self.moments: list[Moment] = []

    def play(self, until: float) -> "Jam":
        """Goes on to second `until`."""
        while self.now < until:
            self.now += STEP
            self._look()
        return self

    def act(self, action: Action) -> None:
        """What the player's hands do."""
        self.state, effects = apply(self.state, action, self.catalogue)
        for effect in effects:
            match effect:
                case SetTempo():
                    self.player.set_tempo(self.state.scene.tempo, self.frame)
                case JoinClock(beat, time):
                    self.player.join(beat, pulse.heard(self.status()).frame_at(time), self.frame)
                case StartRhythm():
                    lead = self.following.lead
                    if lead and lead.running:
                        heard = pulse.heard(self.status()).frame_at(lead.time_at(entry(lead, self.now)))
                        self.player.join(0.0, heard, self.frame)
                    else:
                        self.player.start(0.0, self.frame)
                case StopRhythm():
                    self.player.stop()

    @property
    def frame(self) -> int:
        return round(FrameClock(0.0, 0.0, TRUE).frame_at(self.now))

    def status(self) -> Status:
        """What the engine would report."""
        player, line = self.player, self.player.timeline
        status = Status(frame=self.frame, clock_rate=TRUE, nominal_rate=RATE, latency=BUFFER, tempo=line.tempo)
        status.playing, status.run, status.start = player.playing, player.run, player.beginning
        status.beat0, status.frame0, status.origin = line.beat0, line.frame0, player.origin
        return status

    def since(self, time: float) -> list[Moment]:
        return [moment for moment in self.moments if moment.time >= time and moment.beat is not None]

    def _look(self) -> None:
        while self.events and self.events[0][0] <= self.now:
            time, source, message = self.events.pop(0)
            self.follower.hear(source, message, time)
        lead = self.follower.lead(self.now)
        for action in self.following.follow(lead if self.state.scene.follow else None, self.state, self.now):
            self.act(action)
        status = self.status()
        if self.following.lead and self.now >= self.steered:
            self.steered = self.now + STEER
            if tempo := self.following.steer(status):
                self.player.set_tempo(tempo, self.frame)
        beat = self.player.timeline.beat_at(self.frame) if self.player.playing else None
        heard = self.now + BUFFER / TRUE
        self.moments.append(Moment(heard, beat, self.player.timeline.tempo, self.state.leader))


def no_jump(moments: list[Moment], slowest: float, fastest: float) -> None:
    """Fails where the beat went back, stood still, or went on faster than a box does that bends between two tempi."""
    for before, after in pairwise(moments):
        assert before.beat is not None
        assert after.beat is not None
        pace = (after.beat - before.beat) / (after.time - before.time) * 60.0
        assert slowest * (1.0 - SLEW) * 0.995 < pace < fastest * (1.0 + SLEW) * 1.005, after


def no_lurch(moments: list[Moment]) -> None:
    """Fails where a beat is more than SLEW longer or shorter than the one before it."""
    starts = [
        after.time - (after.beat % 1.0) / (after.beat - before.beat) * (after.time - before.time)
        for before, after in pairwise(moments)
        if before.beat is not None and after.beat is not None and after.beat // 1.0 > before.beat // 1.0
    ]
    lengths = [later - earlier for earlier, later in pairwise(starts)]
    assert len(lengths) > 4
    for earlier, later in pairwise(lengths):
        assert 1.0 / (1.0 + SLEW) - 0.003 < later / earlier < 1.0 + SLEW + 0.003, lengths


def gliding(one: float, other: float) -> float:
    """Seconds of the way from one tempo to the other."""
    return abs(60.0 / one - 60.0 / other) / GLIDE


def in_sync(master: Master, moments: list[Moment]) -> None:
    """Fails unless there are some, and at all the box is heard with the clock."""
    assert moments
    assert max(master.off(moment) for moment in moments) < NEAR


@given(TEMPOS, TEMPOS, TEMPOS, SEEDS)
@QUICKLY
def test_tempo_1_changes_of_tempo_are_followed(own: float, first: float, second: float, seed: int) -> None:
    """A silent box takes the tempo; started with the song, it stays with it, also in another tempo."""
    master = Master(A, 1.0, first, seed).play(3)
    jam = Jam(master, tempo=own).play(master.end)
    assert jam.player.timeline.tempo * TRUE / RATE == pytest.approx(first, rel=2e-3)
    assert not jam.moments[-1].beat
    song = Master(A, master.end, first, seed + 1).play(8, None, START)
    begin, change = song.begin, song.end
    song.play(SETTLE + 4, second)
    jam.events = sorted(song.events, key=lambda event: event[0])
    jam.play(change - 0.05)
    in_sync(song_until(song, change), jam.since(begin + 5 * 60.0 / first))
    jam.play(song.end - 0.05)
    in_sync(song, jam.since(change + SETTLE * 60.0 / second))
    assert jam.moments[-1].tempo * TRUE / RATE == pytest.approx(second, rel=3e-3)


def song_until(song: Master, time: float) -> Master:
    """The first part of a song, in the tempo that it had."""
    first = Master(song.source, song.begin, 60.0 / PPQN / (song.passed[1][0] - song.passed[0][0]))
    first.passed = [tick for tick in song.passed if tick[0] < time]
    return first


@pytest.mark.parametrize("message", [START, CONTINUE], ids=["start", "continue"])
@given(TEMPOS, TEMPOS, PHASES, SEEDS)
@QUICKLY
def test_tempo_2_and_audioengine_1_a_playing_box_joins_without_a_jump_and_comes_in_time(
    message: bytes, own: float, tempo: float, phase: float, seed: int
) -> None:
    """It takes the clock's tempo and beat from wherever it is: it is bent there."""
    glide = gliding(own, tempo)
    master = Master(A, 3.0 + phase, tempo, seed).play(SETTLE + 8 + glide * tempo / 60.0, None, message)
    jam = Jam(master, tempo=own)
    jam.act(PressRhythm())
    jam.play(master.end - 0.05)
    no_jump(jam.since(0.1), min(own, tempo), max(own, tempo))
    no_lurch(jam.since(0.1))
    in_sync(master, jam.since(master.begin + glide + (SETTLE + 2) * 60.0 / tempo))
    assert jam.player.run == 1


@given(TEMPOS, TEMPOS, st.floats(2.0, 6.0), SEEDS)
@QUICKLY
def test_when_the_leader_falls_silent_the_box_glides_to_the_next_one(
    first: float, second: float, later: float, seed: int
) -> None:
    """Both tick by then. The box goes to the other's tempo and beat, and no beat of it is out of step."""
    leader = Master(A, 1.0, first, seed).play(12, None, START)
    glide = gliding(first, second)
    beats = (leader.end + glide) * second / 60.0 + SETTLE + 8
    heir = Master(B, 1.0 + later * 60.0 / first, second, seed + 1).play(beats, None, START)
    jam = Jam(leader, heir).play(heir.end - 0.05)
    assert list(dict.fromkeys(moment.leader for moment in jam.moments)) == ["", "A", "B"]
    no_jump(jam.since(leader.begin + 120.0 / first), min(first, second), max(first, second))
    no_lurch(jam.since(leader.begin + 120.0 / first))
    in_sync(heir, jam.since(leader.end + 0.6 + glide + SETTLE * 60.0 / second))
    assert jam.player.run == 1


@given(TEMPOS, TEMPOS, SEEDS)
@QUICKLY
def test_who_falls_silent_before_the_box_is_with_it_leaves_it_in_the_tempo_it_has(
    own: float, tempo: float, seed: int
) -> None:
    master = Master(A, 3.0, tempo, seed).play(3)
    jam = Jam(master, tempo=own)
    jam.act(PressRhythm())
    jam.play(master.end + 8.0)
    no_lurch(jam.since(0.1))
    assert jam.moments[-1].leader == ""
    assert jam.moments[-1].tempo == jam.state.scene.tempo


@given(TEMPOS, TEMPOS, SEEDS)
@QUICKLY
def test_tempo_3_another_cycle_does_not_bring_its_own_tempo(own: float, tempo: float, seed: int) -> None:
    master = Master(A, 1.0, tempo, seed).play(8)
    jam = Jam(master, tempo=own).play(master.end - 2.0)
    jam.act(TurnStyle(1))
    jam.act(PressRhythm())
    jam.play(master.end)
    assert jam.state.scene.cycle == "other"
    assert jam.state.scene.tempo == pytest.approx(tempo, rel=2e-3)


@pytest.mark.parametrize(
    ("tempo", "leads"), [(10.0, False), (20.0, True), (40.0, True), (300.0, True), (400.0, True), (600.0, False)]
)
def test_tempo_4_a_clock_leads_in_every_tempo_that_the_box_can_play_and_in_no_other(tempo: float, leads: bool) -> None:
    """Other than in the plan, no multiple is played: nobody could say which."""
    master = Master(A, 1.0, tempo).play(SETTLE + 6, None, START)
    jam = Jam(master, tempo=90.0).play(master.end - 0.05)
    if leads:
        in_sync(master, jam.since(master.begin + SETTLE * 60.0 / tempo))
    else:
        assert {moment.leader for moment in jam.moments} == {""}
        assert {moment.tempo for moment in jam.moments} == {90.0}
        assert not jam.state.rhythm_on


@given(TEMPOS, st.booleans())
@QUICKLY
def test_tempo_5_and_beattime_1_to_follow_or_not_changes_nothing_where_no_clock_is(own: float, twice: bool) -> None:
    plain, other = Jam(tempo=own), Jam(tempo=own)
    for jam in (plain, other):
        jam.act(PressRhythm())
        jam.play(2.0)
        if jam is other:
            jam.act(FollowClock())
        jam.play(4.0)
        if jam is other and twice:
            jam.act(FollowClock())
        jam.play(6.0)
    assert plain.moments == other.moments


@given(TEMPOS, TEMPOS, SEEDS)
@QUICKLY
def test_to_ignore_the_clock_that_leads_keeps_its_tempo_without_a_jump(own: float, tempo: float, seed: int) -> None:
    master = Master(A, 1.0, tempo, seed).play(SETTLE + 10, None, START)
    jam = Jam(master, tempo=own).play(master.begin + SETTLE * 60.0 / tempo)
    jam.act(FollowClock())
    ignored = jam.now
    jam.play(master.end)
    no_jump(jam.since(master.begin + 60.0 / tempo * 2), tempo, tempo)
    assert {moment.leader for moment in jam.since(ignored + STEP)} == {""}
    assert [m.tempo for m in jam.since(ignored + STEP)][-1] == pytest.approx(tempo, rel=3e-3)
    jam.act(Tap(Seconds(jam.now)))
    assert jam.state.taps


others = st.lists(
    st.tuples(
        st.sampled_from([CLOCK, START, CONTINUE, STOP, bytes([0xF2, 5, 1])]),
        st.sampled_from([1e-4, 0.004, 0.02, 0.02, 0.02, 0.3]),
    ),
    max_size=80,
)


@given(TEMPOS, TEMPOS, SEEDS, others)
@QUICKLY
def test_beattime_2_nothing_that_another_clock_does_is_heard_while_one_leads(
    tempo: float, rival: float, seed: int, told: list[tuple[bytes, float]]
) -> None:
    """Two clocks fight: the box plays as if the second were not there, to the last digit."""

    def masters() -> tuple[Master, Master]:
        first = Master(A, 1.0, tempo, seed).play(12, None, START)
        second = Master(B, 1.0 + 3 * 60.0 / tempo, rival, seed + 1)
        time = second.begin
        for message, pause in told:
            time += pause
            second.events.append((time, B, message))
        second.end = time + 0.1
        return first, second.play(4 * rival / tempo, None, START)

    first, second = masters()
    alone = Jam(masters()[0]).play(first.end)
    fighting = Jam(first, second).play(first.end)
    assert fighting.moments == alone.moments
    assert {moment.leader for moment in fighting.since(second.begin)} == {"A"}


@pytest.mark.parametrize("stops", [True, False], ids=["stop, then silence", "silence"])
@given(TEMPOS, TEMPOS, SEEDS)
@QUICKLY
def test_silence_gives_the_lead_back_in_the_same_tempo(stops: bool, own: float, tempo: float, seed: int) -> None:
    master = Master(A, 1.0, tempo, seed).play(SETTLE + 4, None, START)
    if stops:
        master.events.append((master.end + 0.01, A, STOP))
    jam = Jam(master, tempo=own).play(master.end + 5.0)
    alone = [moment for moment in jam.moments if moment.time > master.end + 0.6]
    assert {moment.leader for moment in alone} == {""}
    assert [moment.leader for moment in jam.moments if moment.time < master.end + 0.4][-1] == "A"
    assert {moment.tempo for moment in alone} == {alone[0].tempo}
    assert alone[0].tempo == pytest.approx(tempo, rel=2e-3)
    assert jam.state.scene.tempo == alone[0].tempo
    if stops:
        assert not jam.state.rhythm_on
    else:
        no_jump(jam.since(master.begin + 2 * 60.0 / tempo), tempo, tempo)
        assert jam.player.run == 1
