"""Microtiming: nothing overtakes, sam stays, and a swing follows the tempo."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.music.timing import Swing, Timing, moved

JAZZ = Swing(0.1, 0.22)


@pytest.mark.parametrize(
    ("pulse", "at"), [(0.0, 0.0), (1.0, 1.2), (2.0, 1.9), (0.5, 0.6), (1.5, 1.55), (2.5, 2.45), (3.0, 3.0), (4.0, 4.2)]
)
def test_pulses_are_moved_and_what_lies_between_in_proportion(pulse: float, at: float) -> None:
    assert moved(pulse, (0.0, 0.2, -0.1)) == pytest.approx(at)


@pytest.mark.parametrize(
    ("tempo", "share"), [(20, 0.22), (120, 0.22), (150, 0.25), (200, 1 / 3), (300, 0.5), (400, 0.5)]
)
def test_the_short_note_of_a_swing(tempo: float, share: float) -> None:
    assert JAZZ.share(tempo) == pytest.approx(share)
    offsets = Timing("S2", ("here",), swing=JAZZ).at(tempo)
    assert 3.0 - (2.0 + offsets[2]) == pytest.approx(3.0 * share)
    # The pulse before it divides the long note evenly.
    assert 1.0 + offsets[1] == pytest.approx((2.0 + offsets[2]) / 2.0)


def test_fixed_offsets_do_not_heed_the_tempo() -> None:
    timing = Timing("S1", (), (0.0, 0.1))
    assert timing.at(40.0) == timing.at(300.0) == (0.0, 0.1)


OFFSETS = st.lists(st.floats(-0.49, 0.49), max_size=12).map(lambda rest: (0.0, *rest))


@given(OFFSETS, st.lists(st.floats(0.0, 100.0), min_size=2, max_size=20))
def test_nothing_overtakes_and_sam_stays(offsets: tuple[float, ...], pulses: list[float]) -> None:
    places = [moved(pulse, offsets) for pulse in sorted(pulses)]
    assert all(before <= after + 1e-9 for before, after in pairwise(places))
    assert moved(0.0, offsets) == 0.0
    assert moved(float(len(offsets)), offsets) == float(len(offsets))
