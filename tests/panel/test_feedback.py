"""Lights as a function of the moment."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.panel.feedback import BEAT, CLAP, DIMMED, SAM, Event, Health, News, View, lights, recent
from jambox.panel.pins import LIGHTS
from jambox.scene import Scene
from jambox.state import State
from jambox.units import Seconds

PLAYING = State(rhythm_on=True)


def at(now: float, **changes: object) -> dict[str, float]:
    return lights(replace(View(State(), Seconds(now)), **changes))  # type: ignore[arg-type]


def test_lights_are_those_of_the_panel() -> None:
    assert set(at(0.0)) == set(LIGHTS)


@pytest.mark.parametrize(
    ("beat", "tempo", "brightness"),
    [
        (None, 60.0, 0.0),
        (0.0, 60.0, SAM),
        (0.11, 60.0, SAM),
        (0.13, 60.0, 0.0),
        (1.0, 60.0, BEAT),
        (1.05, 60.0, BEAT),
        (1.07, 60.0, 0.0),
        (15.01, 60.0, BEAT),
        (0.23, 120.0, SAM),  # 0.115 s
        (0.49, 400.0, SAM),
        (0.51, 400.0, 0.0),  # dark for half of the shortest beat
    ],
)
def test_beat(beat: float | None, tempo: float, brightness: float) -> None:
    assert at(0.0, state=State(Scene(tempo=tempo)), beat=beat)["beat"] == brightness


@pytest.mark.parametrize(
    ("beat", "tempo", "brightness"),
    [
        (0.0, 60.0, SAM),
        (4.0, 60.0, CLAP),
        (4.11, 60.0, CLAP),
        (4.13, 60.0, 0.0),
        (5.11, 60.0, 0.0),
        (8.0, 60.0, BEAT),
        (8.03, 60.0, BEAT),
        (8.05, 60.0, 0.0),
        (8.09, 60.0, BEAT),
        (8.13, 60.0, 0.0),
        (9.4, 60.0, 0.0),
        (9.5, 60.0, CLAP),  # between two beats
        (8.2, 400.0, 0.0),
    ],
)
def test_claps_are_half_bright_and_waves_flicker(beat: float, tempo: float, brightness: float) -> None:
    state = State(Scene(tempo=tempo))
    assert at(0.0, state=state, beat=beat, claps=(4.0, 9.5), waves=(8.0,))["beat"] == brightness


def test_a_sam_that_is_a_wave_flickers_bright() -> None:
    seen = [at(0.0, state=State(Scene(tempo=60.0)), beat=beat, waves=(0.0,))["beat"] for beat in (0.02, 0.06, 0.1)]
    assert seen == [SAM, 0.0, SAM]


@pytest.mark.parametrize(("on", "brightness"), [(False, 0.0), (True, 1.0)])
def test_drone(on: bool, brightness: float) -> None:
    assert at(0.0, state=State(Scene(drone_on=on)))["drone"] == brightness


@pytest.mark.parametrize(
    ("state", "pending", "seen"),
    [
        (State(), False, "........"),
        (State(), True, "........"),
        (PLAYING, False, "########"),
        (PLAYING, True, "##..##.."),
        (replace(PLAYING, ending=True), False, "##..##.."),
    ],
)
def test_rhythm_is_lit_while_it_plays_and_blinks_until_a_result_lands(state: State, pending: bool, seen: str) -> None:
    """Looked at every 0.1 s."""
    looks = [at(0.05 + i * 0.1, state=state, pending=pending)["rhythm"] for i in range(8)]
    assert "".join("#" if look else "." for look in looks) == seen


@pytest.mark.parametrize(("health", "per_second"), [(Health.WARNING, 1), (Health.FAULT, 4)])
def test_status_blinks_slowly_on_a_warning_and_fast_on_a_fault(health: Health, per_second: int) -> None:
    seen = [at(i * 0.005, health=health)["status"] for i in range(801)]
    assert sum(a > b for a, b in pairwise(seen)) == 4 * per_second


def test_status_is_steady_when_all_is_well() -> None:
    assert {at(t / 100)["status"] for t in range(300)} == {1.0}


@pytest.mark.parametrize(
    ("event", "dark"),
    [
        (Event.ARRIVED, 1),
        (Event.LEFT, 2),
        (Event.LEARNED, 1),
        (Event.FORGOTTEN, 2),
        (Event.REFUSED, 3),
        (Event.CLIPPED, 5),
    ],
)
def test_status_tells_news_by_dark_flashes(event: Event, dark: int) -> None:
    view = View(State(), Seconds(10.0), news=(News(event, Seconds(10.0)),))
    seen = [lights(replace(view, now=Seconds(9.9 + i * 0.005)))["status"] for i in range(400)]
    assert seen[0] == seen[-1] == 1.0
    assert sum(a > b for a, b in pairwise(seen)) == dark


def test_the_latest_news_is_told() -> None:
    news = (News(Event.LEFT, Seconds(10.0)), News(Event.ARRIVED, Seconds(10.2)))
    assert at(10.21, news=news)["status"] == 0.0
    assert at(10.36, news=news)["status"] == 1.0


def test_recent_drops_what_has_been_told() -> None:
    old, new = News(Event.LEFT, Seconds(1.0)), News(Event.ARRIVED, Seconds(10.0))
    assert recent((old, new), Seconds(10.1)) == (new,)
    assert recent((old, new), Seconds(60.0)) == ()


@given(
    st.floats(0.0, 1e6),
    st.none() | st.floats(0.0, 64.0),
    st.floats(20.0, 400.0),
    st.booleans(),
    st.sampled_from(Health),
    st.lists(st.builds(News, st.sampled_from(Event), st.floats(0.0, 1e6)), max_size=3),
)
def test_every_light_has_a_brightness_and_only_some_are_dimmed(
    now: float, beat: float | None, tempo: float, pending: bool, health: Health, news: list[News]
) -> None:
    state = State(Scene(tempo=tempo), rhythm_on=True)
    for name, brightness in lights(View(state, Seconds(now), beat, pending, health, tuple(news))).items():
        assert 0.0 <= brightness <= 1.0
        assert name in DIMMED or brightness in (0.0, 1.0)


def test_status_blinks_while_the_inputs_are_listened_to() -> None:
    listening = State(listening=True)
    for health, per_second in ((Health.WELL, 2.5), (Health.WARNING, 2.5), (Health.FAULT, 4)):
        seen = [at(i * 0.005, state=listening, health=health)["status"] for i in range(801)]
        assert sum(a > b for a, b in pairwise(seen)) == 4 * per_second


def test_what_clips_hides_no_other_news() -> None:
    news = (News(Event.ARRIVED, Seconds(10.0)), News(Event.CLIPPED, Seconds(10.05)))
    assert [at(10.0 + i * 0.01, news=news)["status"] for i in (1, 6, 10, 14)] == [0.0] * 4
    assert at(10.16, news=news)["status"] == 1.0


def test_drone_blinks_while_the_tonic_is_listened_for() -> None:
    for droning in (False, True):
        state = State(Scene(drone_on=droning))
        seen = [lights(View(state, Seconds(0.1 * i), taking=True))["drone"] for i in range(40)]
        assert {0.0, 1.0} == set(seen)
        assert 8 <= sum(a != b for a, b in pairwise(seen)) <= 21
