"""Gestures from time stamps: tables of readings, and laws for whatever a switch may do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.errors import UnknownNameError
from jambox.panel.controls import Pressed, Reading, Released, Stepped, Turned
from jambox.panel.gestures import (
    BOUNCE,
    NOTHING,
    STUCK,
    Click,
    Gesture,
    Gestures,
    Hold,
    Press,
    Step,
    Stuck,
    Turn,
)
from jambox.units import Seconds

SHIFT, DRONE = frozenset({"shift"}), frozenset({"drone"})


def down(control: str, at: float, source: str = "") -> Pressed:
    return Pressed(control, Seconds(at), source)


def up(control: str, at: float, source: str = "") -> Released:
    return Released(control, Seconds(at), source)


def step(steps: int, at: float) -> Stepped:
    return Stepped("style", steps, Seconds(at))


def play(readings: list[Reading], until: float, ticks: list[float] | None = None) -> list[Gesture]:
    """All gestures of `readings`, with a tick at each of `ticks` and one at `until`."""
    gestures = Gestures()
    events: list[tuple[float, Reading | None]] = [(r.time, r) for r in readings] + [(t, None) for t in ticks or []]
    heard: list[Gesture] = []
    for time, reading in sorted(events, key=lambda e: e[0]):
        heard += gestures.tick(time) if reading is None else gestures.feed(reading)
    return heard + list(gestures.tick(until))


def press(control: str, at: float, held: frozenset[str] = NOTHING) -> Press:
    return Press(control, held, Seconds(at))


def click(control: str, at: float, held: frozenset[str] = NOTHING) -> Click:
    return Click(control, held, Seconds(at))


def hold(control: str, at: float, held: frozenset[str] = NOTHING) -> Hold:
    return Hold(control, held, Seconds(at))


TABLE: dict[str, tuple[list[Reading], list[Gesture]]] = {
    "click": ([down("tap", 1.0), up("tap", 1.1)], [press("tap", 1.0), click("tap", 1.1)]),
    "hold at the threshold": ([down("tap", 1.0), up("tap", 3.0)], [press("tap", 1.0), hold("tap", 1.5)]),
    "shift holds longer": ([down("shift", 1.0), up("shift", 1.9)], [press("shift", 1.0), click("shift", 1.9)]),
    "shift held": ([down("shift", 1.0), up("shift", 2.1)], [press("shift", 1.0), hold("shift", 2.0)]),
    "bounce at both ends": (
        [down("tap", 1.0), up("tap", 1.002), down("tap", 1.004), up("tap", 1.2), down("tap", 1.203), up("tap", 1.21)],
        [press("tap", 1.0), click("tap", 1.2)],
    ),
    "release inside the window": (
        [down("tap", 1.0), up("tap", 1.005)],
        [press("tap", 1.0), click("tap", 1.0 + BOUNCE)],
    ),
    "press inside the window of a release": (
        [down("tap", 1.0), up("tap", 1.2), down("tap", 1.21), up("tap", 1.4)],
        [press("tap", 1.0), click("tap", 1.2), press("tap", 1.2 + BOUNCE), click("tap", 1.4)],
    ),
    "down at start-up, bouncing as it comes up": (
        [up("tap", 1.0), down("tap", 1.003), up("tap", 1.006), down("tap", 2.0), up("tap", 2.1)],
        [press("tap", 2.0), click("tap", 2.1)],
    ),
    "shift and tap": (
        [down("shift", 1.0), down("tap", 1.2), up("tap", 1.3), up("shift", 1.4)],
        [press("shift", 1.0), press("tap", 1.2, SHIFT), click("tap", 1.3, SHIFT)],
    ),
    "a modifier in use is not held": (
        [down("shift", 1.0), down("keep", 1.2), up("shift", 2.5), up("keep", 2.6)],
        [press("shift", 1.0), press("keep", 1.2, SHIFT), hold("keep", 1.7, SHIFT)],
    ),
    "drone and style": (
        [down("drone", 1.0), step(1, 1.1), step(-2, 1.2), up("drone", 1.3)],
        [
            press("drone", 1.0),
            Step("style", 1, DRONE, Seconds(1.1)),
            Step("style", -2, DRONE, Seconds(1.2)),
        ],
    ),
    "two fingers that mean two things": (
        [down("drone", 1.0), down("rhythm", 1.1), up("drone", 1.15), up("rhythm", 1.2)],
        [press("drone", 1.0), press("rhythm", 1.1), click("drone", 1.15), click("rhythm", 1.2)],
    ),
    "a stuck pedal leaves the button in charge": (
        [down("rhythm", 1.0, "foot"), down("rhythm", 30.0), up("rhythm", 30.1)],
        [
            press("rhythm", 1.0),
            hold("rhythm", 1.5),
            Stuck("rhythm", Seconds(1.0 + STUCK)),
            press("rhythm", 30.0),
            click("rhythm", 30.1),
        ],
    ),
    "a stuck shift is no modifier": (
        [down("shift", 1.0), down("tap", 40.0), up("tap", 40.1)],
        [
            press("shift", 1.0),
            hold("shift", 2.0),
            Stuck("shift", Seconds(1.0 + STUCK)),
            press("tap", 40.0),
            click("tap", 40.1),
        ],
    ),
    "a knob passes": (
        [Turned("volume", 0.3, Seconds(1.0), pickup=True)],
        [Turn("volume", 0.3, Seconds(1.0), pickup=True)],
    ),
    "style alone": ([step(3, 1.0)], [Step("style", 3, NOTHING, Seconds(1.0))]),
}


@pytest.mark.parametrize("name", TABLE)
def test_table(name: str) -> None:
    readings, expected = TABLE[name]
    assert play(readings, until=50.0) == expected


def test_each_switch_of_a_button_bounces_alone() -> None:
    readings: list[Reading] = [down("tap", 1.0, "a"), down("tap", 1.01, "b"), up("tap", 1.1, "a"), up("tap", 1.1, "b")]
    assert [type(g) for g in play(readings, 2.0)] == [Press, Press, Click, Click]


def test_deadlines_follow_what_is_due() -> None:
    gestures = Gestures()
    assert gestures.deadline() is None
    gestures.feed(down("tap", 1.0))
    assert gestures.deadline() == 1.5
    assert gestures.held == {"tap"}
    gestures.feed(up("tap", 1.01))
    assert gestures.deadline() == 1.0 + BOUNCE
    assert gestures.tick(1.0 + BOUNCE) == (click("tap", 1.0 + BOUNCE),)
    assert gestures.deadline() is None
    assert gestures.held == NOTHING


def test_an_unknown_control_changes_nothing() -> None:
    gestures = Gestures()
    gestures.feed(down("tap", 1.0))
    with pytest.raises(UnknownNameError):
        gestures.feed(down("gong", 9.0))
    assert gestures.tick(9.0) == (hold("tap", 1.5),)


# Laws. Times in whole milliseconds, so that the bounce window is met exactly as well as missed.


@st.composite
def edges(draw: st.DrawFn) -> list[Reading]:
    """A second or two of whatever switches and an encoder may do; each switch's edges alternate, as a driver's do."""
    level: dict[tuple[str, str], bool] = {}
    readings: list[Reading] = []
    time = 1000
    moves = st.tuples(
        st.sampled_from([("tap", ""), ("tap", "foot"), ("shift", ""), ("drone", ""), ("style", "wheel")]),
        st.sampled_from([0, 1, 3, 10, 19, 20, 21, 60, 300, 700]),
    )
    for (control, source), gap in draw(st.lists(moves, max_size=40)):
        time += gap
        at = Seconds(time / 1000)
        if source == "wheel":
            readings.append(Stepped("style", 1, at))
            continue
        is_down = level[control, source] = not level.get((control, source), draw(st.booleans()))
        readings.append((Pressed if is_down else Released)(control, at, source))
    for (control, source), is_down in level.items():
        if is_down:
            time += draw(st.sampled_from([0, 1, 30]))
            readings.append(Released(control, Seconds(time / 1000), source))
    return readings


@given(edges())
def test_nothing_sticks(readings: list[Reading]) -> None:
    gestures = Gestures()
    for reading in readings:
        gestures.feed(reading)
    gestures.tick(10_000.0)
    assert gestures.held == NOTHING
    assert gestures.deadline() is None


@given(edges(), st.lists(st.integers(1000, 9000), max_size=30))
def test_gestures_do_not_depend_on_when_the_owner_calls(readings: list[Reading], ticks: list[int]) -> None:
    assert play(readings, 10_000.0, [t / 1000 for t in ticks]) == play(readings, 10_000.0)


@given(edges())
def test_time_never_runs_backwards(readings: list[Reading]) -> None:
    times = [g.time for g in play(readings, 10_000.0)]
    assert times == sorted(times)


@given(edges())
def test_each_press_has_one_answer_or_was_a_modifier(readings: list[Reading]) -> None:
    """One switch at a time: after its press comes one click, or one hold, or neither if it modified something."""
    for control, source in (("tap", ""), ("tap", "foot"), ("drone", ""), ("shift", "")):
        own: list[Reading] = [
            r for r in readings if isinstance(r, Pressed | Released) and (r.control, r.source) == (control, source)
        ]
        kinds = [type(g) for g in play(own, 10_000.0) if not isinstance(g, Stuck)]
        assert kinds[0::2] == [Press] * (len(kinds) // 2)
        assert all(answer in (Click, Hold) for answer in kinds[1::2])
        assert len(kinds) % 2 == 0


@given(edges())
def test_modifiers_give_no_click_and_no_later_hold(readings: list[Reading]) -> None:
    """After a step with DRONE held, that press of DRONE gives no click, and no hold any more."""
    modified = False
    for gesture in play(readings, 10_000.0):
        match gesture:
            case Press("drone"):
                modified = False
            case Step(held=held) if "drone" in held:
                modified = True
            case Click("drone") | Hold("drone"):
                assert not modified
            case _:
                pass
