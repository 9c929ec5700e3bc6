import dataclasses
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jambox.frameclock import FrameClock
from jambox.midi import messages
from jambox.midi.messages import CLOCK, START, STOP
from jambox.midi.sync import GRAINS, LATE, LEAD, NOTE, READY, TICK, Hit, Pattern, Performance, Playhead
from jambox.timeline import Timeline
from jambox.units import Bpm

RATE = 48_000.0
T0 = 100.0
"""When frame 0 and beat 0 are heard: at 120 beats per minute a beat lasts 0.5 s and a tick 1/48 s."""
CLAVE = Pattern(4.0, (Hit(0.0, 36, 100), Hit(1.5, 38, 80), Hit(1.5, 42, 60), Hit(3.0, 36, 90)))
EMPTY = Pattern(4.0, ())
KICK, RIM = messages.note_on(9, 36, 100), messages.note_on(9, 38, 80)


def plan(
    pattern: Pattern = CLAVE, *, start: float = 0.0, stop: float | None = None, sam: float = 0.0, tempo: float = 120.0
) -> Performance:
    return Performance(Timeline(Bpm(tempo), RATE), FrameClock(0.0, T0, RATE), pattern, start, stop, sam)


def carry_out(playhead: Playhead, until: float) -> list[tuple[float, bytes]]:
    """Each message with the time at which it was due."""
    given: list[tuple[float, bytes]] = []
    while (due := playhead.due()) is not None and due <= until:
        given += [(due, message) for message in playhead.take(due)]
    return given


def following(playhead: Playhead, performance: Performance) -> Playhead:
    assert playhead.follow(performance) == []
    return playhead


@pytest.mark.parametrize(
    ("beats", "hits"),
    [
        (0.0, ()),
        (-1.0, ()),
        (4.0, (Hit(0.0, 128, 100),)),
        (4.0, (Hit(0.0, -1, 100),)),
        (4.0, (Hit(0.0, 36, 0),)),
        (4.0, (Hit(0.0, 36, 128),)),
    ],
)
def test_an_impossible_pattern_is_refused(beats: float, hits: tuple[Hit, ...]) -> None:
    with pytest.raises(ValueError, match=r"pattern|note"):
        Pattern(beats, hits)


def test_hits_come_round_with_the_cycle() -> None:
    positions, position = [], -1
    for _ in range(5):
        after = CLAVE.after(position)
        assert after is not None
        positions.append(after / GRAINS)
        position = after
    assert positions == [0.0, 1.5, 3.0, 4.0, 5.5]
    assert [(hit.key, hit.velocity) for hit in CLAVE.at(round(5.5 * GRAINS))] == [(RIM[1], RIM[2]), (42, 60)]
    assert EMPTY.after(0) is None


def test_a_hit_before_the_sam_lies_at_the_end_of_the_cycle() -> None:
    assert Pattern(4.0, (Hit(-0.25, 36, 100),)).after(0) == round(3.75 * GRAINS)


def test_ticks_are_twenty_four_to_the_beat_from_the_start_without_drift() -> None:
    performance = plan(EMPTY, start=0.1, tempo=119.3)
    position, frame_of = performance.first - 1, performance.timeline.frame_at
    for k in range(24 * 5000):
        position, _ = performance.after(position, performance.first)
        assert position == performance.first + k * TICK
    exact = Fraction(performance.first, GRAINS) + Fraction(k, 24)
    assert performance.time_at(position) == pytest.approx(T0 + frame_of(float(exact)) / RATE, abs=1e-9)


def test_start_comes_first_then_the_clock_then_the_hits_and_stop_last() -> None:
    given = carry_out(following(Playhead(), plan(start=4.0, stop=5.0)), T0 + 60)
    assert given[0] == (T0 + 2.0 - LEAD, START)
    assert given[1:3] == [(T0 + 2.0, CLOCK), (T0 + 2.0, KICK)]
    assert [message for _, message in given].count(CLOCK) == 24
    assert given[-1] == (T0 + 2.5, STOP)


def test_each_hit_has_its_note_off() -> None:
    given = carry_out(following(Playhead(), plan()), T0 + 20.0)
    struck = [(time, message[1]) for time, message in given if message[0] == 0x99 and time + NOTE < T0 + 20.0]
    ended = [(time, message[1]) for time, message in given if message[0] == 0x89]
    assert len(struck) == 40
    assert [key for _, key in ended] == [key for _, key in struck]
    assert [time for time, _ in ended] == pytest.approx([time + NOTE for time, _ in struck])


def test_a_key_struck_again_too_soon_is_let_go_first() -> None:
    roll = Pattern(1.0, (Hit(0.0, 36, 100), Hit(0.125, 36, 90)))
    given = carry_out(following(Playhead(), plan(roll)), T0 + 0.07)
    notes = [message for _, message in given if message[0] < 0xF0]
    assert notes == [KICK, messages.note_off(9, 36), messages.note_on(9, 36, 90)]


def test_stop_lets_go_of_what_sounds() -> None:
    last = Pattern(4.0, (Hit(3.95, 36, 100),))
    given = carry_out(following(Playhead(), plan(last, stop=4.0)), T0 + 60)
    assert given[-2:] == [(T0 + 2.0, STOP), (T0 + 2.0, messages.note_off(9, 36))]


def test_a_run_that_is_broken_off_stops_at_once() -> None:
    playhead = following(Playhead(), plan())
    carry_out(playhead, T0)
    assert playhead.follow(None) == [STOP, messages.note_off(9, 36)]
    assert playhead.due() is None
    assert playhead.follow(None) == []


def test_a_run_that_has_not_begun_needs_no_stop() -> None:
    playhead = following(Playhead(), plan(start=8.0))
    assert playhead.take(T0) == []
    assert playhead.follow(None) == []


def test_another_start_is_another_run() -> None:
    playhead = following(Playhead(), plan(EMPTY))
    carry_out(playhead, T0 + 1.0)
    assert playhead.follow(plan(EMPTY, start=8.0)) == [STOP]
    assert playhead.take(T0 + 4.0 - LEAD) + playhead.take(T0 + 4.0) == [START, CLOCK]


def test_a_run_that_has_ended_does_not_begin_again_until_told() -> None:
    playhead = following(Playhead(), plan(stop=1.0))
    carry_out(playhead, T0 + 1.0)
    playhead.follow(plan(stop=1.0))
    assert playhead.due() is None
    playhead.follow(None)
    playhead.follow(plan(stop=1.0))
    assert playhead.take(T0 - LEAD) + playhead.take(T0) == [START, CLOCK, KICK]


def test_a_stop_that_has_passed_takes_effect_at_once() -> None:
    playhead = following(Playhead(), plan(EMPTY))
    carry_out(playhead, T0 + 2.0)
    playhead.follow(plan(EMPTY, stop=1.0))
    assert playhead.take(T0 + 2.0) == [STOP]


def test_release_lets_go_and_the_clock_goes_on() -> None:
    playhead = following(Playhead(), plan())
    carry_out(playhead, T0)
    assert playhead.release() == [messages.note_off(9, 36)]
    assert [message for _, message in carry_out(playhead, T0 + 0.25)] == [CLOCK] * 12


def test_late_clocks_all_go_out_and_late_hits_do_not() -> None:
    playhead = following(Playhead(), plan())
    given = playhead.take(T0 + 1.5 + LATE - READY) + playhead.take(T0 + 1.5 + LATE)
    assert given.count(START) == 1
    assert given.count(CLOCK) == 1 + int((1.5 + LATE) * 48)
    assert [m for m in given if m[0] == 0x99] == [messages.note_on(9, 36, 90)]


@pytest.mark.parametrize(
    ("late", "clock"), [(0.0, LEAD), (LEAD - READY, LEAD), (LEAD, LEAD + READY), (0.010, 0.010 + READY)]
)
def test_however_late_start_is_the_first_clock_comes_no_sooner_than_receivers_are_ready(
    late: float, clock: float
) -> None:
    playhead = following(Playhead(), plan(EMPTY))
    assert playhead.take(T0 - LEAD + late) == [START]
    assert playhead.due() == pytest.approx(T0 - LEAD + clock)


@pytest.mark.parametrize("offset", [-0.05, -0.003, 0.0, 0.05])
def test_a_run_with_an_offset_is_the_same_run_at_other_times(offset: float) -> None:
    plans = plan(), dataclasses.replace(plan(), offset=offset)
    plain, moved = (carry_out(following(Playhead(), performance), T0 + 4.5) for performance in plans)
    shared = min(len(plain), len(moved))
    assert [message for _, message in moved[:shared]] == [message for _, message in plain[:shared]]
    assert [time for time, _ in moved[:shared]] == pytest.approx([time + offset for time, _ in plain[:shared]])


@pytest.mark.parametrize(
    ("offset", "late", "plays"),
    [
        (0.0, LATE - 1e-6, True),
        (0.0, LATE + 1e-6, False),
        (0.05, LATE + 1e-6, False),
        (-0.05, 0.05 + LATE - 1e-6, True),
        (-0.05, 0.05 + LATE + 1e-6, False),
    ],
)
def test_a_hit_to_be_sent_early_is_left_out_only_once_it_is_late_for_the_ear(
    offset: float, late: float, plays: bool
) -> None:
    playhead = following(Playhead(), dataclasses.replace(plan(), offset=offset))
    carry_out(playhead, T0 + 0.7 + offset)
    assert (RIM in playhead.take(T0 + 0.75 + offset + late)) is plays


def test_a_new_cycle_begins_at_its_sam() -> None:
    playhead = following(Playhead(), plan())
    carry_out(playhead, T0 + 1.9)
    playhead.follow(plan(Pattern(3.0, (Hit(0.0, 60, 100), Hit(2.0, 61, 100))), sam=4.0))
    notes = [(round((t - T0) * 2, 6), m[1]) for t, m in carry_out(playhead, T0 + 5.0) if m[0] == 0x99]
    assert notes == [(4.0, 60), (6.0, 61), (7.0, 60), (9.0, 61), (10.0, 60)]


changes = st.tuples(
    st.floats(0.01, 2.0),  # seconds until the change
    st.floats(20.0, 400.0),  # beats per minute from then on
    st.floats(-0.003, 0.003),  # error of the clock's estimate, in seconds
)


@settings(max_examples=40)
@given(st.lists(changes, max_size=8), st.sampled_from([0.0, 3.5, 16.0]), st.floats(0.0, 0.01))
@example([(0.01, 21.0, -0.0023)] * 3, 0.0, 0.0087).via("a tempo so slow that the first hit lies in the past")
def test_no_tick_or_hit_is_lost_or_doubled_whatever_replaces_the_plan(
    course: list[tuple[float, float, float]], start: float, delay: float
) -> None:
    """Tempo and clock estimate change at any time; what is played up to the stop is the score, in its order."""
    sharp = Pattern(2.5, (Hit(0.0, 36, 100), Hit(1 / 3, 38, 80), Hit(1.7, 36, 60)))
    playhead, performance = Playhead(), plan(sharp, start=start, sam=start)
    given, now = playhead.follow(performance), T0
    for wait, tempo, error in course:
        now += wait
        while (due := playhead.due()) is not None and due + delay <= now:
            given += playhead.take(due + delay)
        frame = (now - T0) * RATE
        timeline = performance.timeline.with_tempo(Bpm(tempo), frame)
        performance = dataclasses.replace(performance, timeline=timeline, clock=FrameClock(0.0, T0 + error, RATE))
        given += playhead.follow(performance)
    heard = performance.timeline.beat_at((now - T0) * RATE)
    stop = max(start, heard) // 2.5 * 2.5 + 5.0
    playhead.follow(dataclasses.replace(performance, stop=stop))
    while (due := playhead.due()) is not None:
        given += playhead.take(due + delay)

    first, last = round(start * GRAINS), round(stop * GRAINS)
    score = [(position, 0, CLOCK) for position in range(first, last, TICK)]
    score += [
        (cycle + round(hit.beat * GRAINS), 1, messages.note_on(9, hit.key, hit.velocity))
        for cycle in range(first, last, sharp.length)
        for hit in sharp.hits
    ]
    played = [message for message in given if message[0] in (0xF8, 0x99)]
    assert given[0] == START
    assert given.count(START) == given.count(STOP) == 1
    assert STOP not in given[: given.index(played[-1])]
    assert played == [message for position, _, message in sorted(score) if position < last]
    assert sum(m[0] == 0x89 for m in given) == sum(m[0] == 0x99 for m in given)
