"""A Link session as a clock: the box alone, and with peers whose tempo and beat it shares."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox import pulse
from jambox.actions import Led
from jambox.following import NIGH, SLEW
from jambox.midi.follow import Lead
from jambox.session import APART, QUICKEST, SOURCE, SURE, Session
from jambox.sound.commands import Status
from jambox.units import Bpm
from tests.sessions import LOOK, RATE, Box, World, box

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
