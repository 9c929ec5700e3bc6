"""Going along with a clock that leads: what the state is told, and a loop that meets the beat without a jump."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox import pulse
from jambox.actions import Action, ClockStarts, ClockStops, Led
from jambox.following import GLIDE, SLEW, TARDY, Following, elect, entry, glided, steered, worth
from jambox.midi.follow import Lead
from jambox.midi.sync import PPQN
from jambox.scene import Scene
from jambox.sound.commands import Status
from jambox.state import State
from jambox.timeline import Timeline
from jambox.units import Beats, Bpm, Seconds

SILENT, PLAYING = State(Scene(tempo=100.0)), State(Scene(tempo=100.0), rhythm_on=True)
KEYS, PADS = "Keys:Keys MIDI 1 24:0", "Pads:Pads 28:0"
NOW = 50.0
IDLE = Lead(KEYS, Bpm(100.0), 12.0, NOW)
"""A clock that ticks."""
RUNNING = Lead(KEYS, Bpm(100.0), 0.01, NOW, running=True, cue=1)
"""A song that has just begun."""
LATE = replace(RUNNING, beat=40.0)
"""A song that has long been running."""
HERE = Led("Keys MIDI 1", Bpm(100.0))
SESSION = Lead("Link", Bpm(100.0), -30.0, NOW, begun=-math.inf, cycle=16.0)
"""A session, two beats after a sam."""
STARTED = replace(SESSION, running=True, cue=1, begun=-16.0)
"""In which a peer has just pressed play."""
THERE = Led("Link", Bpm(100.0), shared=True)


def start(lead: Lead, beat: float) -> ClockStarts:
    return ClockStarts(Beats(beat), Seconds(lead.time_at(beat)))


@pytest.mark.parametrize(
    ("before", "lead", "state", "actions"),
    [
        (None, None, SILENT, []),
        (None, IDLE, SILENT, [HERE]),
        (None, IDLE, PLAYING, [HERE]),
        (None, RUNNING, SILENT, [HERE, start(RUNNING, 0.0)]),
        (None, replace(RUNNING, beat=1.0), SILENT, [HERE, start(replace(RUNNING, beat=1.0), 1.0)]),
        (None, RUNNING, PLAYING, [HERE]),
        (None, LATE, SILENT, [HERE]),
        (IDLE, RUNNING, SILENT, [start(RUNNING, 0.0)]),
        (IDLE, RUNNING, PLAYING, [start(RUNNING, 0.0)]),
        (RUNNING, LATE, PLAYING, []),
        (RUNNING, LATE, SILENT, []),
        (RUNNING, replace(LATE, cue=2, begun=40.0), PLAYING, [start(LATE, 40.0)]),
        (RUNNING, IDLE, PLAYING, [ClockStops()]),
        (IDLE, None, SILENT, [Led("", Bpm(100.0))]),
        (RUNNING, None, PLAYING, [Led("", Bpm(100.0))]),
        (IDLE, replace(IDLE, source=PADS), SILENT, [Led("Pads", Bpm(100.0))]),
        (RUNNING, replace(IDLE, source=PADS), PLAYING, [Led("Pads", Bpm(100.0))]),
        (None, SESSION, SILENT, [THERE]),
        (None, SESSION, PLAYING, [THERE]),
        (None, replace(STARTED, cue=0, begun=-math.inf), SILENT, [THERE]),
        (RUNNING, SESSION, PLAYING, [THERE]),
        (SESSION, IDLE, SILENT, [HERE]),
        (SESSION, None, PLAYING, [Led("", Bpm(100.0))]),
        (SESSION, STARTED, SILENT, [ClockStarts(Beats(0.0), Seconds(STARTED.time_at(-16.0)))]),
        (SESSION, STARTED, PLAYING, []),
        (STARTED, SESSION, PLAYING, [ClockStops()]),
        (IDLE, replace(IDLE, tempo=Bpm(100.04)), SILENT, []),
        (IDLE, replace(IDLE, tempo=Bpm(100.06)), SILENT, [Led("Keys MIDI 1", Bpm(100.06))]),
    ],
    ids=[
        "nothing",
        "a clock joins",
        "a clock joins a playing box",
        "a clock joins that has just begun",
        "a clock joins that began a beat ago",
        "a running clock joins a playing box",
        "a clock joins that has long been running",
        "start",
        "start while the box plays",
        "going on",
        "going on though the player has stopped the box",
        "continue or move",
        "stop",
        "silence",
        "silence while it runs",
        "another clock",
        "another clock while it runs",
        "a session",
        "a session joined by a playing box",
        "a session that plays already",
        "a session after a clock",
        "a clock after a session",
        "no peers any more",
        "start by a peer",
        "start by a peer while the box plays",
        "stop by a peer",
        "jitter",
        "another tempo",
    ],
)
def test_what_the_state_is_told(before: Lead | None, lead: Lead | None, state: State, actions: list[Action]) -> None:
    following = Following()
    following.lead = before
    assert list(following.follow(lead, state, NOW)) == actions
    assert following.lead == lead
    told = replace(state, scene=Scene(tempo=lead.tempo if lead else 100.0), rhythm_on=True)
    assert following.follow(lead, told, NOW) == ()


@pytest.mark.parametrize(
    ("here", "begun", "beat"),
    [
        (-0.1, 0.0, 0.0),
        (0.0, 0.0, 0.0),
        (TARDY - 0.001, 0.0, 0.0),
        (TARDY + 0.001, 0.0, 1.0),
        (7.3, 6.25, 8.0),
        (6.27, 6.25, 6.25),
        (8.0 + TARDY - 0.001, 0.0, 8.0),
    ],
)
def test_the_beat_to_begin_on(here: float, begun: float, beat: float) -> None:
    lead = Lead(KEYS, Bpm(100.0), here, NOW, running=True, cue=1, begun=begun)
    assert entry(lead, NOW) == beat


@pytest.mark.parametrize(
    ("here", "begun", "beat"),
    [
        (-30.0, -math.inf, -16.0),
        (-32.0 + TARDY - 0.001, -math.inf, -32.0),
        (-32.0 + TARDY + 0.001, -math.inf, -16.0),
        (-0.1, -math.inf, 0.0),
        (7.3, 16.0, 16.0),
        (17.0, 16.0, 32.0),
    ],
)
def test_the_sam_to_begin_on(here: float, begun: float, beat: float) -> None:
    assert entry(replace(SESSION, beat=here, begun=begun), NOW) == beat


@pytest.mark.parametrize(
    ("lead", "sam"),
    [(None, None), (IDLE, None), (LATE, LATE.time_at(40.0)), (SESSION, SESSION.time_at(-16.0))],
    ids=["the box", "a clock that does not run", "one that runs", "a session"],
)
def test_when_a_rhythm_begins_that_the_player_starts(lead: Lead | None, sam: float | None) -> None:
    following = Following()
    following.lead = lead
    assert following.begin(NOW) == sam


@pytest.mark.parametrize(
    ("midi", "session", "elected"),
    [
        (None, None, None),
        (IDLE, None, IDLE),
        (None, SESSION, SESSION),
        (IDLE, SESSION, SESSION),
        (RUNNING, SESSION, RUNNING),
        (replace(IDLE, cue=1), SESSION, replace(IDLE, cue=1)),
    ],
    ids=["the box", "a clock", "a session", "a clock that only ticks", "one that runs", "one that ran"],
)
def test_who_is_elected(midi: Lead | None, session: Lead | None, elected: Lead | None) -> None:
    assert elect(midi, session) == elected


TRUE = 48005.0
"""What a card really runs at that is called 48,000."""


def status(beat: float, tempo: float = 104.0, frame: float = 480000.0) -> Status:
    """The report of an engine that is about to render `beat`, 384 frames before it is heard."""
    line = Timeline(Bpm(tempo), 48000.0).with_beat(beat, frame)
    return Status(
        frame=frame,
        clock_frame=frame - 64.0,
        clock_time=NOW,
        clock_rate=TRUE,
        nominal_rate=48000.0,
        latency=384.0,
        playing=1.0,
        tempo=tempo,
        beat0=line.beat0,
        frame0=line.frame0,
    )


@pytest.mark.parametrize(
    ("running", "cycle", "beats"),
    [(False, 0.0, 12.0), (True, 0.0, 12.0), (False, 16.0, 21.0)],
    ids=["a tick", "a beat", "a beat or sam"],
)
@given(st.floats(-30.0, 30.0), st.floats(60.0, 200.0), st.floats(60.0, 200.0))
def test_the_beat_is_met_within_some_beats_and_no_faster_than_the_ear_allows(
    running: bool, cycle: float, beats: float, apart: float, own: float, tempo: float
) -> None:
    lead = Lead(KEYS, Bpm(tempo), 100.0, NOW, running=running, cue=1, cycle=cycle)
    report = status(100.0 + apart, own)
    for _ in range(round(beats * 60.0 / tempo / 0.1)):
        steered_to = steered(lead, report)
        assert abs(steered_to * TRUE / 48000.0 / tempo - 1.0) < SLEW + 1e-6
        line = pulse.timeline(report).with_tempo(steered_to, report.frame)
        frame = report.frame + 4800.0
        report = replace(
            report,
            frame=frame,
            clock_frame=frame - 64.0,
            clock_time=report.clock_time + 4800.0 / TRUE,
            tempo=line.tempo,
            beat0=line.beat0,
            frame0=line.frame0,
        )
    heard = pulse.heard(report)
    off = lead.beat_at(heard.time_at(report.frame)) - pulse.timeline(report).beat_at(report.frame)
    grid = 1 if running or cycle else PPQN
    assert abs(off * grid - round(off * grid)) / grid * 60.0 / tempo < 15e-3
    # What is left is the tail of an exponential: the steering goes on to nothing.
    assert steered(lead, report) == pytest.approx(tempo * 48000.0 / TRUE, rel=0.02)


def test_in_place_the_tempo_is_the_leaders_in_true_seconds() -> None:
    report = status(100.0)
    lead = Lead(KEYS, Bpm(100.0), 100.0, pulse.heard(report).time_at(report.frame), running=True, cue=1)
    assert steered(lead, report) == pytest.approx(100.0 * 48000.0 / TRUE, rel=1e-9)


@pytest.mark.parametrize(("beat", "origin"), [(100.0, 0.0), (99.0, 0.0), (102.25, 2.25), (103.25, 2.25), (4.5, 0.0)])
def test_in_a_session_beats_count_from_sam(beat: float, origin: float) -> None:
    """Its cycle here is two beats and a quarter long, and its sam falls on our beat 4.5, 100 or 102.25."""
    report = replace(status(beat), origin=origin)
    time = pulse.heard(report).time_at(report.frame)
    phase = (beat - origin) % 2.25
    for turn in (-3, 0, 1):
        lead = replace(SESSION, beat=phase + turn * 2.25, time=time, cycle=2.25)
        assert steered(lead, report) == pytest.approx(100.0 * 48000.0 / TRUE, rel=1e-9)


@pytest.mark.parametrize(
    ("apart", "bent"),
    [
        (0.0, 0.0),
        (0.3, 0.3),
        (-0.05, -0.05),
        (1.4, 1.4),
        (-1.4, -1.4),
        (1.6, -0.4),
        (-5.4, -0.4),
        (16.7, 0.7),
        (14.55, -1.45),
    ],
)
def test_a_sam_that_is_nigh_is_met_and_otherwise_a_beat(apart: float, bent: float) -> None:
    report = status(100.0)
    lead = replace(SESSION, beat=100.0 + apart, time=pulse.heard(report).time_at(report.frame))
    share = steered(lead, report) * TRUE / 48000.0 / 100.0 - 1.0
    assert share == pytest.approx(min(max(bent, -SLEW), SLEW), abs=1e-9)


def test_a_silent_rhythm_takes_the_tempo() -> None:
    assert steered(RUNNING, replace(status(3.0), playing=0.0)) == pytest.approx(100.0 * 48000.0 / TRUE)
    assert steered(RUNNING, Status()) == 100.0


def after(report: Status, seconds: float, tempo: float | None = None) -> Status:
    """The report that follows so much later, from an engine that has played on in `tempo`."""
    frame = report.frame + seconds * TRUE
    line = pulse.timeline(report).with_tempo(Bpm(tempo or report.tempo), report.frame)
    return replace(
        report,
        frame=frame,
        clock_frame=frame - 64.0,
        clock_time=report.clock_time + seconds,
        tempo=line.tempo,
        beat0=line.beat0,
        frame0=line.frame0,
    )


def test_the_engine_is_steered_where_someone_leads_and_that_is_worth_it() -> None:
    following, report = Following(), status(3.0)
    assert following.steer(report) is None
    following.lead = replace(RUNNING, beat=3.5)
    assert following.steer(replace(report, playing=0.0)) == steered(following.lead, replace(report, playing=0.0))
    tempo = following.steer(report)
    assert tempo == steered(following.lead, report)
    assert following.steer(replace(report, tempo=tempo)) is None


@pytest.mark.parametrize(
    ("own", "tempo", "seconds", "reached"),
    [
        (100.0, 100.0, 0.0, 100.0),
        (100.0, 140.0, 0.0, 100.0),
        (100.0, 140.0, -1.0, 100.0),
        (100.0, 140.0, 1.0, 60.0 / (0.6 - GLIDE)),
        (100.0, 140.0, 1.7, 60.0 / (0.6 - 1.7 * GLIDE)),
        (100.0, 140.0, 1.8, 140.0),
        (100.0, 60.0, 4.0, 60.0 / (0.6 + 4.0 * GLIDE)),
        (100.0, 60.0, 4.2, 60.0),
        (20.0, 400.0, 9.0, 60.0 / (3.0 - 9.0 * GLIDE)),
    ],
)
def test_a_beat_grows_shorter_or_longer_by_a_share_of_the_time(
    own: float, tempo: float, seconds: float, reached: float
) -> None:
    assert glided(Bpm(own), Bpm(tempo), seconds) == pytest.approx(reached, rel=1e-12)


def test_a_playing_engine_glides_to_a_new_leader_and_then_follows_it_at_once() -> None:
    following, report = Following(), status(3.0, 100.0)
    following.lead = replace(IDLE, tempo=Bpm(140.0))
    assert following.steer(report) is None
    tempos = [100.0]
    while (tempo := following.steer(report := after(report, 0.1, tempos[-1]))) != steered(following.lead, report):
        assert tempo is not None
        assert 60.0 / tempos[-1] - 60.0 / tempo == pytest.approx(0.1 * GLIDE)
        tempos.append(tempo)
    # What is left to a tick's place is bent while it glides.
    assert 10 < len(tempos) < 25
    following.lead = replace(following.lead, tempo=Bpm(90.0))
    assert following.steer(report) == steered(following.lead, report) < 100.0


@pytest.mark.parametrize(
    ("lead", "kept"), [(replace(IDLE, tempo=Bpm(140.0)), 103.0), (IDLE, 100.0)], ids=["on the way", "there"]
)
def test_who_goes_leaves_the_tempo_that_the_engine_has(lead: Lead, kept: float) -> None:
    following, report = Following(), status(IDLE.beat, 100.0)
    following.follow(lead, PLAYING, NOW)
    following.steer(report)
    following.steer(after(report, 0.18))
    (led,) = following.follow(None, PLAYING, NOW + 1.0)
    assert isinstance(led, Led)
    assert led.source == ""
    assert led.tempo == pytest.approx(kept, abs=0.1)
    assert following.follow(None, PLAYING, NOW + 2.0) == ()


def test_an_engine_that_is_stopped_on_the_way_takes_the_tempo() -> None:
    following, report = Following(), status(3.0, 100.0)
    following.lead = replace(IDLE, tempo=Bpm(140.0))
    following.steer(report)
    report = replace(after(report, 0.1), playing=0.0)
    assert following.steer(report) == steered(following.lead, report)
    assert following.steer(replace(report, playing=1.0)) == steered(following.lead, replace(report, playing=1.0))


@pytest.mark.parametrize(("tempo", "is_worth"), [(104.0, False), (104.009, False), (104.02, True), (103.98, True)])
def test_small_changes_are_not_worth_a_command(tempo: float, is_worth: bool) -> None:
    assert worth(tempo, status(0.0)) is is_worth
