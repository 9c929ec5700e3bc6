"""How far hands are off: spreads, bounds, order, and that who knows the seed draws the same."""

import itertools
import math
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox.midi import sync
from jambox.music.cycle import Hit, Score, Sound
from jambox.music.humanising import APART, LEVEL, MOST, PLACES, TIMING, Touch, hand, intervals, normal, place

MANY = 20_000
FASTEST, MEET = 400.0, 0.015
"""Beats per minute, and seconds within which strokes sound as one."""


def score(beats: list[float], length: float, turn: float = 0.0) -> Score:
    return Score(1, length, tuple(Hit(beat, (Sound(1, 1, 1.0),), (36,), 0.5) for beat in sorted(beats)), 0, turn)


def test_places_are_those_that_midi_counts() -> None:
    assert PLACES == sync.GRAINS


def test_what_is_drawn_is_normally_distributed() -> None:
    drawn = [normal(5, number) for number in range(MANY)]
    assert statistics.fmean(drawn) == pytest.approx(0.0, abs=0.02)
    assert statistics.stdev(drawn) == pytest.approx(1.0, abs=0.02)
    assert statistics.fmean(abs(each) < 1.0 for each in drawn) == pytest.approx(0.6827, abs=0.01)
    pairs = list(itertools.pairwise(drawn))
    assert statistics.fmean(one * other for one, other in pairs) == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("share", [0.25, 1.0])
@pytest.mark.parametrize(("interval", "counted"), [(0.25, 0.25), (0.5, 0.5), (1.0, 1.0), (7.0, 1.0)])
def test_the_spread_in_time_is_the_share_of_the_interval_that_was_asked(
    share: float, interval: float, counted: float
) -> None:
    # Of as many players as there are seeds, on one place; clipping takes 1 % off the spread.
    late = [Touch(seed, share).late(12_345, interval) for seed in range(4000)]
    spread = share * TIMING * counted
    assert statistics.stdev(late) == pytest.approx(spread, rel=0.04)
    assert statistics.fmean(late) == pytest.approx(0.0, abs=0.06 * spread)
    assert max(map(abs, late)) <= MOST * spread * (1.0 + 1e-9)


def test_deviations_drift_so_that_neighbours_are_off_together() -> None:
    touch = Touch(2, 1.0)
    late = [touch.late(beat * PLACES + PLACES // 2, 1.0) for beat in range(MANY)]
    power = statistics.fmean(each * each for each in late)
    alike = [
        statistics.fmean(one * other for one, other in zip(late, late[lag:], strict=False)) / power
        for lag in (1, 2, 4, 8)
    ]
    # Octaves of 2, 4 and 8 beats hold over a step of one with 1/2, 3/4 and 7/8, and each is a fifth of the whole.
    assert alike[0] == pytest.approx((1 / 2 + 3 / 4 + 7 / 8) / 5, abs=0.05)
    assert alike == sorted(alike, reverse=True)
    assert alike[3] == pytest.approx(0.0, abs=0.06)


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_the_spread_in_level_is_what_was_asked_and_each_hand_has_its_own(share: float) -> None:
    touch = Touch(3, share)
    level = [40.0 * math.log10(touch.force(number, 36)) for number in range(MANY)]
    other = [40.0 * math.log10(touch.force(number, 38)) for number in range(MANY)]
    assert statistics.stdev(level) == pytest.approx(share * LEVEL, rel=0.03)
    assert statistics.fmean(level) == pytest.approx(0.0, abs=0.03)
    assert statistics.correlation(level, other) == pytest.approx(0.0, abs=0.03)


def test_nothing_is_off_without_a_share() -> None:
    assert {Touch(seed, 0.0).late(spot, 1.0) for seed in range(9) for spot in range(99)} == {0.0}
    assert {Touch(seed, 0.0).force(spot, 36) for seed in range(9) for spot in range(99)} == {1.0}


@st.composite
def patterns(draw: st.DrawFn) -> Score:
    """Strokes anywhere, near to each other or far, on and off the grid."""
    turns, turn = draw(st.integers(1, 3)), draw(st.sampled_from((1.0, 3.0, 3.5, 16 / 3)))
    length = turns * turn
    even = st.integers(0, int(length * 12) - 1).map(lambda number: number / 12)
    beats = draw(st.lists(st.one_of(even, st.floats(0.0, length - 1e-3)), min_size=1, max_size=24))
    return score(beats, length, turn)


@settings(max_examples=200)
@given(made=patterns(), seed=st.integers(0, 1 << 40), share=st.floats(0.0, 1.0), turn=st.integers(-2, 1000))
def test_order_never_changes_and_nothing_meets_that_did_not(made: Score, seed: int, share: float, turn: int) -> None:
    touch = Touch(seed, share)
    written, played = [], []
    for number in (turn, turn + 1):
        for hit, interval in zip(made.hits, intervals(made), strict=True):
            spot = number * place(made.length) + place(hit.beat)
            late = touch.late(spot, interval)
            assert abs(late) <= 0.5 * interval
            written.append(spot / PLACES)
            played.append(spot / PLACES + late)
            if place(hit.beat) in {place(k * made.sam) for k in range(4)}:
                assert late == 0.0
            assert math.floor(spot / PLACES / made.sam + 1e-6) == math.floor(played[-1] / made.sam + 1e-6)
    for before, after in zip(range(len(written)), range(1, len(written)), strict=False):
        gap, left = written[after] - written[before], played[after] - played[before]
        if gap <= 1.0 / PLACES:
            assert left == pytest.approx(gap, abs=1e-9)
        elif gap > APART:
            assert left >= APART - 1e-9
        else:
            # Neither is off: both have a neighbour that is too near.
            assert left == pytest.approx(gap, abs=1e-9)


def test_what_stays_apart_is_heard_apart_in_any_tempo() -> None:
    assert pytest.approx(MEET) == APART * 60.0 / FASTEST


def test_what_is_struck_together_is_off_together_each_with_its_own_force() -> None:
    one, other = Hit(1.5, (), (36,), 0.5), Hit(1.5, (), (38,), 0.5)
    made = Score(1, 4.0, (Hit(0.0, (), (36,), 1.0), one, other, Hit(3.0, (Sound(7, 1, 1.0),), (), 0.5)))
    assert intervals(made) == [0.0, 1.5, 1.5, 1.0]
    assert [hand(hit) for hit in made.hits] == [36, 36, 38, 135]
    assert Touch(1, 1.0).force(place(1.5), 36) != Touch(1, 1.0).force(place(1.5), 38)
