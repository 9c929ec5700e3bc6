"""What the box makes of how loud the players are, with a clock that is passed in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.accompanying import LEVEL_STEP, LOUD, SINK, SOFT, SWELL, Accompanist, Accompanying, loudness
from jambox.scene import SILENCE, Scene
from jambox.units import Decibels, Seconds, gain

SCENE = Scene(energy=0.8, drone_level=-6.0)
BAR = 4.0, 120.0
"""Beats, and how many a minute: two seconds."""
ALL, NOBODY = gain(LOUD), gain(SOFT)


def after(seconds: float, peak: float, accompanist: Accompanist, begin: float = 0.0) -> Scene:
    """The scene when the inputs have had that peak for so long, told every 20 ms."""
    for look in range(round(seconds * 50) + 1):
        accompanist.hear(peak, *BAR, Seconds(begin + look / 50))
    return accompanist.accompany(SCENE)


@pytest.mark.parametrize(
    ("peak", "share"),
    [(0.0, 0.0), (NOBODY, 0.0), (gain(Decibels(LOUD - 13.5)), 0.5), (ALL, 1.0), (1.0, 1.0), (1e-30, 0.0)],
)
def test_loudness_goes_straight_along_the_decibels(peak: float, share: float) -> None:
    assert loudness(peak) == pytest.approx(share, abs=1e-6)


def test_who_does_not_ask_for_it_is_left_alone() -> None:
    assert after(30.0, 0.0, Accompanist(Accompanying())) is SCENE


def test_while_nobody_plays_it_draws_back_by_what_was_asked_for_and_comes_up_again() -> None:
    accompanist = Accompanist(Accompanying(energy=0.5, drone=12.0))
    assert accompanist.accompany(SCENE) is SCENE
    rest = after(40.0, 0.0, accompanist)
    assert rest.energy == pytest.approx(0.4, abs=0.04)
    assert rest.drone_level == pytest.approx(-18.0, abs=LEVEL_STEP)
    assert (rest.rhythm_level, rest.inputs, rest.volume) == (SCENE.rhythm_level, SCENE.inputs, SCENE.volume)
    full = after(40.0, ALL, accompanist, 40.0)
    assert full.energy == pytest.approx(0.8, abs=0.04)
    assert full.drone_level == pytest.approx(-6.0, abs=LEVEL_STEP)


@pytest.mark.parametrize(("peak", "before", "constant"), [(0.0, ALL, SINK), (ALL, 0.0, SWELL)])
def test_the_drone_goes_as_fast_as_said(peak: float, before: float, constant: Seconds) -> None:
    """63 % of the way after one time constant."""
    accompanist = Accompanist(Accompanying(drone=20.0))
    begin = after(60.0, before, accompanist).drone_level
    end = begin + (20.0 if peak else -20.0)
    level = after(constant, peak, accompanist, 60.0).drone_level
    assert (level - begin) / (end - begin) == pytest.approx(0.632, abs=0.03)


def test_one_loud_note_changes_no_rhythm() -> None:
    accompanist = Accompanist(Accompanying(energy=1.0))
    rest = after(40.0, 0.0, accompanist)
    assert after(0.1, 1.0, accompanist, 40.02).energy - rest.energy < 0.1 * SCENE.energy


def test_a_drone_that_is_off_stays_off_and_none_goes_below() -> None:
    accompanist = Accompanist(Accompanying(drone=24.0))
    after(60.0, 0.0, accompanist)
    assert accompanist.accompany(Scene(drone_level=SILENCE)).drone_level == SILENCE
    assert accompanist.accompany(Scene(drone_level=SILENCE + 1.0)).drone_level == SILENCE


@given(st.lists(st.tuples(st.floats(0.0, 2.0), st.floats(0.0, 5.0)), max_size=40), st.floats(0, 1), st.floats(0, 24))
def test_it_stays_between_what_is_set_and_what_was_asked_for(
    peaks: list[tuple[float, float]], energy: float, drone: float
) -> None:
    accompanist, now = Accompanist(Accompanying(energy=energy, drone=drone)), 0.0
    for peak, pause in peaks:
        now += pause
        accompanist.hear(peak, *BAR, Seconds(now))
        heard = accompanist.accompany(SCENE)
        assert SCENE.energy * (1.0 - energy) - 1e-9 <= heard.energy <= SCENE.energy
        assert SCENE.drone_level - drone - 1e-9 <= heard.drone_level <= SCENE.drone_level


@pytest.mark.parametrize(("each", "energy"), [(0.0, 0.4), (1.0, 0.6), (2.0, 0.8), (5.0, 0.8)])
def test_the_more_is_struck_in_a_beat_the_busier_it_is(each: float, energy: float) -> None:
    accompanist, struck = Accompanist(Accompanying(players=("*",), density=0.5)), 0
    for look in range(1, 1501):
        strokes = int(look * each * BAR[1] / 60.0 / 50.0) - struck
        struck += strokes
        accompanist.hear(ALL, *BAR, Seconds(look / 50), strokes)
    assert accompanist.accompany(SCENE).energy == pytest.approx(energy, abs=0.06)


def test_where_nobody_listens_for_strokes_it_stays_as_busy_as_it_is() -> None:
    accompanist = Accompanist(Accompanying(players=("*",), density=1.0))
    assert after(30.0, ALL, accompanist) is SCENE


@pytest.mark.parametrize(
    ("along", "heeds"),
    [
        (Accompanying(), False),
        (Accompanying(players=("*",)), False),
        (Accompanying(energy=1.0, drone=12.0), False),
        (Accompanying(tempo=True), True),
        (Accompanying(density=0.1), True),
    ],
)
def test_strokes_are_heeded_for_something(along: Accompanying, heeds: bool) -> None:
    assert along.heeds_strokes == heeds
