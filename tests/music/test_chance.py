"""Chance that can be played again: spread, independence and repetition, measured."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.music.chance import uniform, variant

SEEDS = st.integers(-(2**70), 2**70)


@given(SEEDS, st.lists(st.integers(-(2**40), 2**40), max_size=4))
def test_a_number_depends_on_seed_and_place_alone(seed: int, place: list[int]) -> None:
    number = uniform(seed, *place)
    assert 0.0 <= number < 1.0
    assert uniform(seed, *place) == number


def test_numbers_stay_the_same_from_release_to_release() -> None:
    # A piece sounds again as it did. Place i of seed 0 is output i of SplitMix64 seeded with 0, whose first ones are
    # known from its reference code (prng.di.unimi.it/splitmix64.c).
    assert uniform(0, 0) == (0xE220A8397B1DCDAF >> 11) / 2**53
    assert uniform(0, 1) == (0x6E789E6AA1B965F4 >> 11) / 2**53


@pytest.mark.parametrize("seed", [0, 1, 12345])
@pytest.mark.parametrize(
    "places", [[(i,) for i in range(20000)], [(i, 1) for i in range(20000)], [(7, i) for i in range(20000)]]
)
def test_numbers_are_evenly_spread(seed: int, places: list[tuple[int, ...]]) -> None:
    numbers = [uniform(seed, *place) for place in places]
    tenths = Counter(int(number * 10) for number in numbers)
    # Chi-squared of nine degrees of freedom exceeds 27.9 once in a thousand times.
    assert sum((tenths[i] - 2000) ** 2 / 2000 for i in range(10)) < 27.9
    assert sum(numbers) / len(numbers) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("lag", [1, 2, 4, 16])
def test_neighbours_know_nothing_of_each_other(lag: int) -> None:
    numbers = [uniform(3, i) - 0.5 for i in range(20000)]
    pairs = zip(numbers, numbers[lag:], strict=False)
    assert abs(sum(a * b for a, b in pairs) / len(numbers) * 12.0) < 0.03


@given(SEEDS, SEEDS)
def test_other_seeds_give_other_numbers(one: int, other: int) -> None:
    same = [uniform(one, i) for i in range(4)] == [uniform(other, i) for i in range(4)]
    assert same == ((one - other) % 2**64 == 0)


@given(SEEDS, st.integers(2, 12), st.integers(-1000, 10**9))
def test_no_variant_sounds_twice_in_a_row(seed: int, count: int, turn: int) -> None:
    here, following = variant(seed, count, turn), variant(seed, count, turn + 1)
    assert 0 <= here < count
    assert here != following
    assert here == variant(seed, count, turn)


def test_a_single_variant_always_sounds() -> None:
    assert {variant(5, 1, turn) for turn in range(10)} == {0}


@pytest.mark.parametrize("count", [3, 4, 5, 8])
def test_variants_sound_about_as_often_as_each_other(count: int) -> None:
    often = Counter(variant(9, count, turn) for turn in range(6000))
    assert all(abs(often[i] * count / 6000 - 1.0) < 0.1 for i in range(count))


def test_variants_do_not_come_round_in_a_fixed_order() -> None:
    order = [variant(9, 3, turn) for turn in range(600)]
    for period in range(1, 65):
        agreeing = sum(a == b for a, b in zip(order, order[period:], strict=False))
        assert agreeing < 0.6 * (600 - period)
