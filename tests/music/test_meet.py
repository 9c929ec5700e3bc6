"""Two cycles laid over each other: tables of pairs, and laws over pairs of all cycles that are shipped."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox.music import meet
from jambox.music.cycle import Cycle, parse_cycle
from jambox.music.meet import Fit, Meeting, Part, Played
from tests.shipped import LIBRARY

CYCLES = st.sampled_from(tuple(LIBRARY.cycles.values()))
TEMPI = st.floats(20.0, 400.0)
BLENDS = st.one_of(st.floats(0.0, 1.0), st.integers(0, 10).map(lambda tenth: tenth / 10.0))
TOGETHER = 0.015
"""Seconds below which strokes of two players sound as a fault."""


def beats(played: tuple[Played, ...]) -> tuple[list[float], list[float]]:
    """Where strokes of the first, and of the second, fall."""
    first, second = ([p.beat for p in played if p.second is side] for side in (False, True))
    return first, second


def met(first: str, second: str, blend: float) -> tuple[list[float], list[float]]:
    """Where strokes of the two fall at the first's usual tempo."""
    one = LIBRARY.cycle(first)
    return beats(meet.meeting(one, LIBRARY.cycle(second), one.tempo).at(blend))


@pytest.mark.parametrize(
    ("first", "second", "fit", "stretch", "period"),
    [
        # Beat on beat, as long as that leaves the second near its own tempo.
        ("keherwa", "four-floor", None, 1, 8),
        ("teental", "four-floor", None, 1, 16),
        ("rupak", "lesnoto", None, 1, 7),
        ("jhaptal", "curcuna", None, 1, 10),
        ("rupak", "four-floor", None, 1, 28),
        # Twelve counts on twelve pulses, though a beat of the bell has three of them.
        ("bulerias", "standard-bell", None, 3, 12),
        ("standard-bell", "bulerias", None, Fraction(1, 3), 4),
        ("bulerias", "standard-bell", Fit.BEATS, 1, 12),
        ("rupak", "lesnoto", Fit.CYCLES, 2, 7),
        # Two of the one take about as long as one of the other.
        ("kopanitsa", "keherwa", Fit.CYCLES, Fraction(11, 8), 11),
        # 176 beats would be too long to learn.
        ("addha", "kopanitsa", Fit.BEATS, Fraction(16, 22), 16),
    ],
)
def test_common(first: str, second: str, fit: Fit | None, stretch: Fraction, period: Fraction) -> None:
    assert meet.common(LIBRARY.cycle(first), LIBRARY.cycle(second), fit) == (stretch, period)


@pytest.mark.parametrize(
    ("blend", "ours", "theirs"),
    [
        (0.0, [0, 1, 2, 3, 4, 5, 6], []),
        # The sevens come in where the tala is silent; its last two give way to the lighter side, but their sam is none.
        (0.25, [0, 1, 2, 3, 4, 5, 6.5], [1.5, 2.5, 3.5, 5.5, 6]),
        # Sam has changed hands, and who was moved off by the clap of 6 is back.
        (0.5, [1, 2, 3, 4, 5.5, 6.5], [0, 1.5, 2.5, 3.5, 5, 6]),
        (1.0, [], [0, 1.5, 2.5, 3.5, 5, 6]),
    ],
)
def test_rupak_meets_lesnoto(blend: float, ours: list[float], theirs: list[float]) -> None:
    assert met("rupak", "lesnoto", blend) == (ours, theirs)


SMALL = """
id = "small"
name = "Small"
region = "nowhere"
drums = "clave"
pulses = 4
groups = [4]
certainty = "S1"
sources = []
tempo = { low = 60, usual = 120, high = 240 }
"""


def small(grid: str, weights: list[float]) -> Cycle:
    return parse_cycle(f'{SMALL}weights = {weights}\ngrid = {{ clave = "{grid}" }}', "small.toml")


@pytest.mark.parametrize(
    ("blend", "ours", "theirs"),
    [
        (0.05, [0, 1, 2], []),
        # The first's 1 is lighter than the second's, and has no rest beside it.
        (0.3, [0, 2], [1]),
        # The second's 2 is lighter than the first's, and plays on 3, where its own comes much later.
        (0.6, [0, 2], [1, 3]),
        (0.92, [0], [1, 2]),
        (1.0, [], [1, 2, 3]),
    ],
)
def test_the_lighter_moves_to_a_rest_or_is_silent(blend: float, ours: list[float], theirs: list[float]) -> None:
    pair = meet.meeting(small("xxx.", [1.0, 0.5, 0.9, 0.4]), small(".xxx", [1.0, 0.9, 0.5, 0.05]), 120.0)
    assert beats(pair.at(blend)) == (ours, theirs)


@settings(max_examples=150, deadline=None)
@given(CYCLES, CYCLES, TEMPI)
def test_at_the_ends_each_is_itself(first: Cycle, second: Cycle, tempo: float) -> None:
    """Nothing is lost or doubled at 0 and 1, and both begin anew with the period."""
    stretch, period = meet.common(first, second)
    pair = meet.meeting(first, second, tempo)
    assert pair.length == pytest.approx(float(period))
    for blend, cycle, by, own in ((0.0, first, 1.0, tempo), (1.0, second, float(stretch), tempo / stretch)):
        turns = pair.length / (cycle.beats * by)
        assert turns == pytest.approx(round(turns))
        whole = [
            (turn * cycle.beats * by + stroke.beat * by, stroke.name, stroke.weight, stroke.voice)
            for turn in range(round(turns))
            for stroke in cycle.timed(own)
        ]
        found = [(p.beat, p.stroke.name, p.stroke.weight, p.stroke.voice) for p in pair.at(blend)]
        assert len(found) == len(whole)
        for one, other in zip(sorted(found), sorted(whole), strict=True):
            assert one[0] == pytest.approx(other[0], abs=1e-6)
        assert sorted(one[1:] for one in found) == sorted(other[1:] for other in whole)
        assert {p.second for p in pair.at(blend)} <= {blend == 1.0}


@settings(max_examples=150, deadline=None)
@given(CYCLES, CYCLES, TEMPI, BLENDS, BLENDS)
def test_each_stroke_comes_or_goes_once(first: Cycle, second: Cycle, tempo: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    for part in meet.meeting(first, second, tempo).parts:
        here, there = part.at(low) is not None, part.at(high) is not None
        assert here <= there if part.played.second else here >= there


@settings(max_examples=200, deadline=None)
@given(CYCLES, CYCLES, TEMPI, BLENDS, st.one_of(st.none(), BLENDS))
def test_strokes_of_two_players_are_never_almost_together(
    first: Cycle, second: Cycle, tempo: float, blend: float, settled: float | None
) -> None:
    pair = meet.meeting(first, second, tempo)
    played, gap = pair.at(blend, settled), TOGETHER * tempo / 60.0
    ours, theirs = beats(played)
    for one in ours:
        assert all(meet.apart(one, other, pair.length) >= gap for other in theirs)
    assert all(0.0 <= p.beat < pair.length for p in played)


@settings(max_examples=100, deadline=None)
@given(CYCLES, CYCLES, TEMPI, BLENDS)
def test_what_has_moved_is_near_and_alone(first: Cycle, second: Cycle, tempo: float, blend: float) -> None:
    pair = meet.meeting(first, second, tempo)
    gap = TOGETHER * tempo / 60.0
    played = list(pair.at(blend))
    for part in pair.parts:
        found = part.at(blend)
        if found and found != part.played:
            assert part.contested
            assert abs(found.beat - part.played.beat) <= meet.REACH + 1e-6
            for start in (pair.first, pair.second):
                assert (found.beat + 1e-6) // start == (part.played.beat + 1e-6) // start
            others = [p for p in played if p is not found and p != found]
            assert all(meet.apart(found.beat, p.beat, pair.length) >= gap for p in others)
            assert played.count(found) == 1


@settings(max_examples=100, deadline=None)
@given(CYCLES, CYCLES, TEMPI, BLENDS, BLENDS, BLENDS)
def test_a_hand_in_mid_cycle_moves_nothing(
    first: Cycle, second: Cycle, tempo: float, settled: float, one: float, other: float
) -> None:
    pair = meet.meeting(first, second, tempo)

    def places(blend: float) -> dict[int, float]:
        return {
            number: found.beat
            for number, part in enumerate(pair.parts)
            if (found := part.at(settled if part.contested else blend)) is not None
        }

    assert sorted(places(one).values()) == sorted(p.beat for p in pair.at(one, settled))
    before, after = places(one), places(other)
    assert all(before[number] == after[number] for number in before.keys() & after.keys())


@settings(max_examples=60, deadline=None)
@given(CYCLES, CYCLES, TEMPI)
def test_it_is_bounded_and_can_be_learnt(first: Cycle, second: Cycle, tempo: float) -> None:
    pair = meet.meeting(first, second, tempo)
    assert pair == meet.meeting(first, second, tempo)
    longer, tempos = max(first.beats, second.beats), (first.tempo, second.tempo)
    assert pair.length <= max(meet.LONGEST, 2.0 * longer * max(tempos) / min(tempos))
    assert len(pair.parts) <= meet.MOST + max(len(first.strokes), len(second.strokes))
    assert (pair.sam(0.0), pair.sam(0.49)) == (pair.first, pair.first)
    assert (pair.sam(0.5), pair.sam(1.0)) == (pair.second, pair.second)
    assert pair.first == first.beats


def test_alone() -> None:
    ride = LIBRARY.cycle("swing-ride")
    assert [p.beat for p in meet.alone(ride, 120.0)] == [stroke.beat for stroke in ride.timed(120.0)]


def test_a_part_is_struck_at_home_or_away_or_not_at_all() -> None:
    stroke = LIBRARY.cycle("teental").strokes[1]
    ours, theirs = Played(1.0, stroke, False, 0.0), Played(1.0, stroke, True, 0.0)
    for part, places in (
        (Part(ours, 0.6, 0.4, 1.5, True), {0.0: 1.0, 0.39: 1.0, 0.4: 1.5, 0.6: 1.5, 0.61: None}),
        (Part(ours, 0.6, 0.4, None, True), {0.39: 1.0, 0.4: None}),
        (Part(theirs, 0.4, 0.6, 1.5, True), {0.39: None, 0.4: 1.5, 0.59: 1.5, 0.6: 1.0, 1.0: 1.0}),
        (Part(theirs, 0.4, -1.0, None, False), {0.39: None, 0.4: 1.0, 1.0: 1.0}),
    ):
        pair = Meeting(4.0, 4.0, 4.0, (part,))
        for blend, place in places.items():
            assert [p.beat for p in pair.at(blend)] == ([] if place is None else [place]), (part, blend)
