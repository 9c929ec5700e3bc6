"""Rounds that go with beat or cycle: how long they are, and where they begin."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox.rounds import LATE, Lock, Metre, Round, beats_of, begun, planned
from jambox.timeline import Timeline
from jambox.units import Bpm

RATE = 48000.0
LOCKED = st.sampled_from([Lock.BEAT, Lock.CYCLE])
SAMS = st.sampled_from([0.0, 1.0, 3.0, 3.5, 4.0, 7.0, 7.0 / 3.0, 10.0, 14.0, 16.0, 128.0])


def metre(tempo: float, sam: float = 0.0, origin: float = 0.0, playing: bool = True) -> Metre:
    return Metre(Timeline(Bpm(tempo), RATE), playing, origin, sam)


@pytest.mark.parametrize(
    ("lock", "seconds", "tempo", "sam", "beats"),
    [
        (Lock.BEAT, 5.0, 60.0, 16.0, 5.0),
        (Lock.BEAT, 5.0, 133.0, 16.0, 11.0),
        (Lock.BEAT, 1.0, 20.0, 16.0, 1.0),
        # Of teental's 16 beats a quarter, an eighth's double, a half, all.
        (Lock.CYCLE, 5.0, 30.0, 16.0, 2.0),
        (Lock.CYCLE, 5.0, 60.0, 16.0, 4.0),
        (Lock.CYCLE, 5.0, 120.0, 16.0, 8.0),
        (Lock.CYCLE, 5.0, 200.0, 16.0, 16.0),
        # Nearest by ratio: 5.66 lies between 4 and 8, 22.6 between 16 and 32.
        (Lock.CYCLE, 5.65, 60.0, 16.0, 4.0),
        (Lock.CYCLE, 5.66, 60.0, 16.0, 8.0),
        (Lock.CYCLE, 5.0, 271.0, 16.0, 16.0),
        (Lock.CYCLE, 5.0, 272.0, 16.0, 32.0),
        # Seven beats and three and a half cannot be divided; twelve can be by three.
        (Lock.CYCLE, 5.0, 60.0, 7.0, 7.0),
        (Lock.CYCLE, 5.0, 20.0, 7.0, 1.0),
        (Lock.CYCLE, 5.0, 100.0, 7.0, 7.0),
        (Lock.CYCLE, 5.0, 60.0, 3.5, 7.0),
        (Lock.CYCLE, 5.0, 20.0, 3.5, 3.5),
        (Lock.CYCLE, 5.0, 60.0, 12.0, 6.0),
        (Lock.CYCLE, 5.0, 50.0, 12.0, 4.0),
        (Lock.CYCLE, 5.0, 120.0, 3.0, 9.0),
        # Where no cycle is known, by the beat.
        (Lock.CYCLE, 5.0, 120.0, 0.0, 10.0),
    ],
)
def test_a_round_lasts_what_is_nearest_to_its_own_time(
    lock: Lock, seconds: float, tempo: float, sam: float, beats: float
) -> None:
    assert beats_of(lock, seconds, metre(tempo, sam)) == beats


@settings(max_examples=50)
@given(LOCKED, st.floats(1.0, 12.0), st.floats(20.0, 400.0), SAMS)
def test_a_round_is_whole_beats_or_cycles_and_no_other_is_nearer(
    lock: Lock, seconds: float, tempo: float, sam: float
) -> None:
    beats, wanted = beats_of(lock, seconds, metre(tempo, sam)), seconds * tempo / 60.0
    if lock is Lock.BEAT or not sam:
        assert beats == round(beats) >= 1.0
        assert abs(beats - wanted) <= 0.5 or (beats == 1.0 and wanted < 1.0)
        return
    allowed = [count * sam for count in range(1, 90)]
    if sam == round(sam):
        allowed += [sam / count for count in range(1, round(sam) + 1) if round(sam) % count == 0]
    off = [abs(math.log(one / wanted)) for one in allowed]
    assert beats in allowed
    assert abs(math.log(beats / wanted)) <= min(off) + 1e-9


@settings(max_examples=60)
@given(
    lock=LOCKED,
    sam=SAMS,
    length=st.floats(1.0, 40.0).filter(lambda beats: beats % 1.0 > 0.001),
    begun=st.floats(-100.0, 1000.0),
    origin=st.floats(-20.0, 1000.0),
    seconds=st.floats(1.0, 20.0),
    played=st.floats(0.5, 0.95),
    passed=st.floats(0.0, 1.0),
)
def test_the_next_round_begins_where_it_may_and_no_other_place_is_nearer(
    lock: Lock,
    sam: float,
    length: float,
    begun: float,
    origin: float,
    seconds: float,
    played: float,
    passed: float,
) -> None:
    """However free the present round is of beat and cycle, and wherever in it the rhythm begins."""
    going = metre(100.0, sam, origin)
    now, coming = Round(4, begun, length), beats_of(lock, seconds, going)
    earliest, here = begun + played * length, begun + passed * length
    step = min(coming, sam) if lock is Lock.CYCLE and sam else 1.0
    found = planned(now, earliest, here, lock, seconds, going)
    beat = found.following
    assert found[:3] == now[:3]
    assert found.then == coming
    places = (beat - origin) / step
    assert abs(places - round(places)) < 1e-6
    assert beat > max(earliest, here - LATE) - 1e-3
    bound = max(begun + length, earliest, here)
    assert beat < bound + step + 1e-6
    if beat - step >= max(earliest, here - LATE):
        assert abs(beat - begun - length) <= 0.5 * step + 1e-6


@pytest.mark.parametrize(("here", "beat"), [(2.0, 5.3), (5.3, 5.3), (6.0, 6.0)])
def test_in_silence_rounds_follow_each_other_wherever_beats_are(here: float, beat: float) -> None:
    found = planned(Round(0, 1.3, 4.0), 4.5, here, Lock.CYCLE, 8.0, metre(60.0, 16.0, playing=False))
    assert found == Round(0, 1.3, 4.0, beat, 8.0)


@pytest.mark.parametrize(
    ("begun", "length", "seconds", "following", "then"),
    [
        # A longer round begins where it has its place, a shorter one at once.
        (4.0, 4.0, 8.0, 8.0, 8.0),
        (8.0, 4.0, 8.0, 12.0, 4.0),
        (12.0, 4.0, 8.0, 16.0, 8.0),
        (8.0, 8.0, 32.0, 16.0, 32.0),
        (0.0, 8.0, 4.0, 8.0, 4.0),
        (0.0, 16.0, 1.0, 16.0, 1.0),
        # 5.66 lies halfway: what wavers about that changes nothing.
        (4.0, 4.0, 5.75, 8.0, 4.0),
        (0.0, 8.0, 5.55, 8.0, 8.0),
        (4.0, 4.0, 5.9, 8.0, 8.0),
        (0.0, 8.0, 5.4, 8.0, 4.0),
        (0.0, 16.0, 22.9, 16.0, 16.0),
        (0.0, 32.0, 22.3, 32.0, 32.0),
        (0.0, 32.0, 17.0, 32.0, 16.0),
        # What does not divide the cycle, or is out of place, finds one.
        (0.0, 5.0, 4.0, 4.0, 4.0),
        (1.0, 4.0, 8.0, 8.0, 8.0),
        (4.0, 3.2, 16.0, 16.0, 16.0),
    ],
)
def test_rounds_change_their_length_where_both_have_a_place(
    begun: float, length: float, seconds: float, following: float, then: float
) -> None:
    now = Round(0, begun, length)
    found = planned(now, begun + 0.7 * length, begun, Lock.CYCLE, seconds, metre(60.0, 16.0))
    assert found == Round(0, begun, length, following, then)


@pytest.mark.parametrize(
    ("lock", "tempo", "origin", "sam"),
    [
        *((Lock.CYCLE, tempo, 0.0, 16.0) for tempo in (60.0, 120.0, 200.0)),
        (Lock.CYCLE, 133.33, 7.0 / 3.0, 7.0 / 3.0),
        (Lock.BEAT, 61.7, 3.5, 3.5),
    ],
)
def test_nothing_adds_up_in_twenty_minutes(lock: Lock, tempo: float, origin: float, sam: float) -> None:
    going = metre(tempo, sam, origin)
    length = beats_of(lock, 5.0, going)
    now, rounds = Round(0, origin, length), 0
    while now.beat < origin + 20.0 * tempo:
        assert now.beat == pytest.approx(origin + rounds * length, abs=1e-9)
        assert going.timeline.frame_at(now.beat) == pytest.approx(
            (origin + rounds * length) * 60 * RATE / tempo, abs=1e-3
        )
        found = planned(now, now.beat + 0.9 * length, now.beat + 0.8 * length, lock, 5.0, going)
        now, rounds = Round(4 * (rounds + 1), found.following, found.then), rounds + 1
    assert rounds >= 20.0 * tempo / length


@pytest.mark.parametrize(
    ("here", "wait", "playing", "beat"),
    [
        (7.3, 1.0, True, 7.0),
        (7.6, 1.0, True, 8.0),
        (7.5, 1.0, True, 8.0),
        (7.25, 1.0, True, 7.0),
        # From 7 on, the next pluck would come at 7.5, too soon.
        (7.3, 0.5, True, 7.3),
        (7.7, 0.5, True, 8.0),
        (7.3, 1.0, False, 7.3),
    ],
)
def test_a_run_counts_from_the_nearest_beat(here: float, wait: float, playing: bool, beat: float) -> None:
    assert begun(here, wait, metre(60.0, 16.0, -16.0, playing)) == beat
    assert begun(here + 0.5, wait, metre(60.0, 3.5, 3.5, playing)) == beat + 0.5


def test_pluck_places_follow_each_other_through_rounds() -> None:
    now = Round(8, 4.0, 4.0, 9.0, 6.0)
    beats = [now.beat_at(rounds, share) for rounds in (-1, 0, 1, 2) for share in (0.0, 0.5)]
    assert beats == [0.0, 2.0, 4.0, 6.0, 9.0, 12.0, 15.0, 18.0]
