"""The table of controls, the laws of knobs, and the encoder's Gray code."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.actions import Level
from jambox.errors import UnknownNameError
from jambox.panel import pins
from jambox.panel.controls import (
    CONTROLS,
    DEAD_ZONE,
    JITTER,
    PICKUP,
    Kind,
    Pressed,
    Quadrature,
    Reading,
    Released,
    Stepped,
    Turned,
    checked,
    control,
    level,
    level_position,
    level_travel,
    met,
    played,
    quadrature,
    travel,
)
from jambox.scene import LOUDEST, SILENCE, Scene
from jambox.units import Seconds

NOW = Seconds(1.0)
UNIT = st.floats(0.0, 1.0)


@pytest.mark.parametrize(
    ("kind", "names"), [(Kind.KNOB, pins.POTS), (Kind.ENCODER, pins.ENCODERS), (Kind.BUTTON, pins.BUTTONS)]
)
def test_table_has_what_pin_maps_can_wire(kind: Kind, names: tuple[str, ...]) -> None:
    assert {c.name for c in CONTROLS.values() if kind in c.kinds} == set(names)


def test_each_level_has_one_knob_named_like_its_field() -> None:
    knobs = [c for c in CONTROLS.values() if c.level is not None]
    assert [c.level for c in knobs] == list(Level)
    assert all(c.level is not None and c.name == c.level.value and hasattr(Scene(), c.name) for c in knobs)


def test_modifiers_are_buttons_and_modify_controls() -> None:
    for c in CONTROLS.values():
        assert c.modifies <= CONTROLS.keys() - {c.name}
        assert not c.modifies or Kind.BUTTON in c.kinds


def test_label_is_what_the_panel_says() -> None:
    assert [control(name, Kind.KNOB).label for name in ("volume", "drone_level")] == ["VOLUME", "DRONE"]


@pytest.mark.parametrize(
    ("reading", "listed"),
    [
        (Pressed("gong", NOW), "drone, rhythm, tap"),
        (Released("volume", NOW), "drone, rhythm, tap"),
        (Turned("tap", 0.5, NOW), "volume, inputs"),
        (Stepped("drone", 1, NOW), "encoders are style"),
    ],
)
def test_unknown_controls_are_refused_with_the_names_there_are(reading: Reading, listed: str) -> None:
    with pytest.raises(UnknownNameError, match=listed):
        checked(reading)


@pytest.mark.parametrize("position", [-0.01, 1.01, float("nan"), float("inf")])
def test_positions_that_no_knob_has_are_refused(position: float) -> None:
    with pytest.raises(ValueError, match="positions go from 0 to 1"):
        Turned("volume", position, NOW)


@pytest.mark.parametrize(
    ("turn", "decibels"), [(0.0, SILENCE), (0.25, -24.55), (0.5, -10.07), (0.7766, 0.0), (1.0, LOUDEST)]
)
def test_taper(turn: float, decibels: float) -> None:
    assert level(turn) == pytest.approx(decibels, abs=0.01)


def test_ends_of_the_taper_are_exact() -> None:
    assert level(0.0) == pytest.approx(SILENCE, abs=1e-9)
    assert level(1.0) == LOUDEST
    assert (level_travel(-120.0), level_travel(40.0)) == (0.0, 1.0)


@given(UNIT)
def test_taper_has_an_inverse(turn: float) -> None:
    assert level_travel(level(turn)) == pytest.approx(turn, abs=1e-9)


@given(UNIT, UNIT)
def test_taper_rises(a: float, b: float) -> None:
    assert (level(a) <= level(b)) or a > b


@given(UNIT)
def test_position_of_a_level_gives_that_level(turn: float) -> None:
    assert travel(level_position(level(turn))) == pytest.approx(turn, abs=1e-9)


@pytest.mark.parametrize(
    ("position", "turn"), [(0.0, 0.0), (DEAD_ZONE, 0.0), (0.5, 0.5), (1.0 - DEAD_ZONE, 1.0), (1.0, 1.0)]
)
def test_dead_zones(position: float, turn: float) -> None:
    assert travel(position) == pytest.approx(turn)


@given(st.floats(JITTER, 1.0 - JITTER), st.lists(st.floats(-JITTER / 2.0, JITTER / 2.0), min_size=1))
def test_noise_within_the_band_reports_at_most_once(centre: float, noise: list[float]) -> None:
    """The first sample may push the reading to the band's edge; from the extremes on nothing moves."""
    stands = played(played(centre, centre - JITTER / 2.0), centre + JITTER / 2.0)
    for n in noise:
        assert played(stands, centre + n) == pytest.approx(stands, abs=1e-12)


@given(UNIT, UNIT)
def test_a_turned_knob_is_followed_within_half_the_band(last: float, raw: float) -> None:
    assert abs(played(last, raw) - raw) <= JITTER / 2.0 + 1e-12


def test_both_ends_are_reached_through_the_play() -> None:
    assert (travel(played(0.5, 0.0)), travel(played(0.5, 1.0))) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("last", "now", "present", "expected"),
    [
        (None, 0.5, 0.5, False),  # the first reading after start-up
        (0.2, 0.3, 0.8, False),  # below
        (0.9, 0.85, 0.5, False),  # above
        (0.7, 0.9, 0.8, True),  # passed through, upwards
        (0.9, 0.7, 0.8, True),  # and downwards
        (0.5, 0.79, 0.8, True),  # landed within the band
        (0.8, 0.3, 0.8, True),  # stood there, then a fast turn
    ],
)
def test_pickup(last: float | None, now: float, present: float, expected: bool) -> None:
    assert met(last, now, present) is expected


@given(st.lists(UNIT, min_size=1), UNIT)
def test_a_picked_up_value_never_jumps_further_than_the_knob_moved(path: list[float], present: float) -> None:
    last = None
    for now in path:
        if met(last, now, present):
            assert last is not None
            assert abs(now - present) <= abs(now - last) + PICKUP + 1e-12
            present = now
        last = now


CLOCKWISE = (2, 3, 1, 0)


def _steps(contacts: list[int]) -> int:
    state, total = Quadrature(), 0
    for c in contacts:
        state, step = quadrature(state, c)
        total += step
    return total


@pytest.mark.parametrize(
    ("contacts", "steps"),
    [
        (CLOCKWISE, 1),
        ((*CLOCKWISE[-2::-1], 0), -1),
        (CLOCKWISE * 5, 5),
        ((2, 0, 2, 3, 2, 3, 1, 3, 1, 0, 1, 0), 1),  # every edge bounces
        ((2, 3, 2, 0), 0),  # half way and back
        ((2, 0), 0),
        ((3, 0), 0),  # both at once: no direction
    ],
)
def test_quadrature(contacts: tuple[int, ...], steps: int) -> None:
    assert _steps(list(contacts)) == steps


@given(st.integers(1, 20), st.booleans(), st.data())
def test_one_lost_edge_in_each_detent_loses_no_step(detents: int, clockwise: bool, data: st.DataObject) -> None:
    cycle = CLOCKWISE if clockwise else (1, 3, 2, 0)
    turned = [c for _ in range(detents) for c in _without(cycle, data.draw(st.sampled_from([None, 0, 1, 2])))]
    assert _steps(turned) == (detents if clockwise else -detents)


def _without(cycle: tuple[int, ...], lost: int | None) -> list[int]:
    return [c for i, c in enumerate(cycle) if i != lost]


@given(st.lists(st.integers(0, 3)))
def test_bounce_on_one_contact_cancels(flips: list[int]) -> None:
    """Whatever one contact does while the other stays open, coming to rest is no step."""
    noise = list(itertools.chain.from_iterable((2 if f % 2 else 0, 0) for f in flips))
    assert _steps(noise) == 0
