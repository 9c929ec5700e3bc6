"""Which strokes at the inputs are taken for the box's own: by how many of its own are answered there."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox.overheard import KNOWN, NEAR, Overheard, beat_of, count, nearest

RATE = 100.0 / 60.0
LENGTH = 4.0
OWN = (0.0, 1.0, 2.0, 2.5, 3.0)
"""What the box strikes in each cycle."""


def heard(overheard: Overheard, strokes: Sequence[float], beats: float, own: Sequence[float] = OWN) -> list[float]:
    """Those of the strokes of each cycle that count as players', when so many beats have gone by."""
    taken = []
    for tenth in range(round(beats * 10)):
        beat = tenth / 10.0
        overheard.look(beat, own, LENGTH)
        for stroke in strokes:
            if 0.0 <= (beat - stroke) % LENGTH < 0.0999 and beat >= stroke:
                at = stroke + (beat - stroke) // LENGTH * LENGTH
                if overheard.is_players(at, RATE, own, LENGTH):
                    taken.append(at)
    return taken


@pytest.mark.parametrize(
    ("strokes", "own", "taken"),
    [
        ((*OWN, 1.5), OWN, {1.5}),
        (OWN, OWN, set()),
        ((0.0, 1.0, 2.0), OWN, set()),
        ((0.0, 1.5), OWN, {0.0, 1.5}),
        ((2.0 + NEAR * RATE * 1.1,), OWN, {2.0 + NEAR * RATE * 1.1}),
        ((0.0, 1.0, 2.0), (), {0.0, 1.0, 2.0}),
    ],
    ids=["a loudspeaker and a player", "a loudspeaker", "most strokes", "few strokes", "beside", "a silent box"],
)
def test_what_falls_on_its_own_strokes_counts_where_most_are_unanswered(
    strokes: Sequence[float], own: Sequence[float], taken: set[float]
) -> None:
    overheard = Overheard()
    late = [beat % LENGTH for beat in heard(overheard, strokes, 24.0, own) if beat >= 12.0]
    assert {round(beat, 6) for beat in late} == {round(beat, 6) for beat in taken}


def test_until_enough_is_known_the_inputs_may_hear_the_box() -> None:
    overheard = Overheard()
    assert overheard.hears_box
    assert heard(overheard, (0.0, 1.5), (KNOWN - 1) * LENGTH / len(OWN)) == [1.5, 5.5]
    assert overheard.hears_box


def test_another_run_begins_anew() -> None:
    overheard = Overheard()
    heard(overheard, (0.0,), 24.0)
    assert not overheard.hears_box
    overheard.look(0.0, OWN, LENGTH)
    assert overheard.hears_box


@settings(max_examples=30)
@given(
    st.lists(st.integers(0, 63), min_size=1, max_size=12, unique=True).map(
        lambda places: sorted(p / 16 for p in places)
    ),
    st.floats(-20.0, 20.0),
)
def test_strokes_are_numbered_in_order(beats: list[float], beat: float) -> None:
    number = count(beat, beats, LENGTH)
    assert beat_of(number - 1, beats, LENGTH) < beat <= beat_of(number, beats, LENGTH)
    found = nearest(beat, beats, LENGTH)
    assert found is not None
    assert abs(beat_of(found, beats, LENGTH) - beat) <= LENGTH


def test_where_nothing_is_struck_nothing_is_near() -> None:
    assert nearest(1.0, (), LENGTH) is None
