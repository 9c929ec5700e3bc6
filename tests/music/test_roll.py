"""A score as numbers: it comes back as it was, its laws, and what taking another costs."""

import tracemalloc
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.music.cycle import Hit, Score, Sound, Word
from jambox.music.roll import ROOM, Rolls, lay, read, rolled, size

SOUNDS = st.builds(Sound, st.integers(0, 639), st.integers(0, 8), st.floats(0.0, 2.0), st.integers(0, 40))
FULL = tuple(Hit(i / 16, (Sound(i, 4, 1.0, 1), Sound(i, 2, 0.5)), (36, 42), 0.7) for i in range(360))


@st.composite
def scores(draw: st.DrawFn) -> Score:
    """Scores on a grid of pulses, as those of cycles are: often with beats that binary fractions miss."""
    per_beat, pulses = draw(st.integers(1, 12)), draw(st.integers(1, 64))
    places = sorted(draw(st.lists(st.integers(0, pulses - 1), min_size=1, max_size=12)))
    hits = [
        Hit(
            place / per_beat,
            tuple(draw(st.lists(SOUNDS, max_size=2))),
            tuple(draw(st.lists(st.integers(0, 127), max_size=2))),
            0.5,
        )
        for place in places
    ]
    words = [Word(beat, 600) for beat in sorted(draw(st.lists(st.floats(0.0, 8.0), max_size=3)))]
    line, turn = draw(st.integers(0, 3)), draw(st.sampled_from((0.0, 2.0)))
    return Score(draw(st.integers(1, 1 << 40)), pulses / per_beat, tuple(hits), line, turn, tuple(words))


@given(scores())
def test_a_score_crosses_to_the_engine_unchanged(made: Score) -> None:
    assert read(bytes(lay(made))) == made


@given(scores())
def test_how_many_numbers_a_score_has_is_known_before_it_is_laid(made: Score) -> None:
    assert size(made) == len(lay(made))


@given(scores(), st.integers(-1000, 10**6))
def test_the_beat_of_a_hit_finds_that_hit(made: Score, index: int) -> None:
    roll = rolled(lay(made))
    beat = roll.beat_of(index)
    found = roll.index_at(beat)
    assert roll.beat_of(found) == beat
    assert found <= index
    assert found == index or roll.beat_of(index - 1) == beat


@given(scores(), st.floats(-1e4, 1e6))
def test_the_hit_at_a_beat_is_the_first_that_does_not_lie_before_it(made: Score, beat: float) -> None:
    roll = rolled(lay(made))
    index = roll.index_at(beat)
    assert roll.beat_of(index) >= beat
    assert roll.beat_of(index - 1) < beat


@given(scores(), st.integers(0, 10**6))
def test_hits_come_in_order_and_repeat_with_the_cycle(made: Score, index: int) -> None:
    roll = rolled(lay(made))
    assert roll.beat_of(index) <= roll.beat_of(index + 1)
    assert roll.beat_of(index + roll.count) - roll.beat_of(index) == pytest.approx(roll.length, abs=1e-6)


def test_a_million_turns_of_a_third_do_not_drift() -> None:
    roll = rolled(lay(Score(1, 7 / 3, (Hit(0.0, (), (), 1.0), Hit(1 / 3, (), (), 1.0)))))
    assert roll.beat_of(2 * 10**6 + 1) == pytest.approx(float(10**6 * Fraction(7, 3) + Fraction(1, 3)), abs=1e-8)


@given(scores(), scores())
def test_what_sounds_and_what_comes_stay_as_they_are_when_more_is_taken(one: Score, other: Score) -> None:
    rolls = Rolls()
    sounding = rolls.take(lay(one), None, None)
    coming = rolls.take(lay(other), sounding, None)
    third = rolls.take(lay(Score(9, 400.0, FULL)), sounding, coming)
    assert (sounding.score(), coming.score(), third.score().hits) == (one, other, FULL)


@pytest.mark.parametrize("many", [1, 36, 360])
def test_another_score_costs_the_player_no_memory_however_many_strokes_it_has(many: int) -> None:
    """The largest meeting of shipped cycles has 371 strokes: what is taken for it is gone again, and is one copy."""
    rolls, numbers = Rolls(), lay(Score(1, 400.0, FULL[:many]))
    assert len(numbers) < ROOM
    sounding = rolls.take(numbers, None, None)
    coming = rolls.take(numbers, sounding, None)
    tracemalloc.start()
    try:
        for _ in range(10):
            rolls.take(numbers, sounding, coming)
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        for _ in range(100):
            rolls.take(numbers, sounding, coming)
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before <= 256
    assert peak - before <= 1024
