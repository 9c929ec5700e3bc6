"""The standard panel: each gesture's action, and knobs that never jump."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.actions import (
    Action,
    ClickDrone,
    CountIn,
    FollowClock,
    HoldRhythm,
    Level,
    LevelInputs,
    NotYet,
    Panic,
    PressDrone,
    PressRhythm,
    SetLevel,
    SetShare,
    Share,
    Surprise,
    TakeTonic,
    Tap,
    TurnDrone,
    TurnLaya,
    TurnPartner,
    TurnStyle,
    TurnTonic,
    TurnTuning,
    UndoSurprise,
    Where,
)
from jambox.errors import UnknownNameError
from jambox.panel.bindings import BUTTONS, QUIET, STEPS, TURN, TURNS, Bindings
from jambox.panel.controls import (
    CONTROLS,
    Kind,
    Pressed,
    Reading,
    Released,
    level,
    level_position,
    share_position,
    travel,
)
from jambox.panel.gestures import NOTHING, Click, Gesture, Gestures, Hold, Press, Step, Stuck, Turn
from jambox.scene import Scene
from jambox.state import Catalogue, State, apply
from jambox.units import Seconds

SHIFT, DRONE = frozenset({"shift"}), frozenset({"drone"})
AT = Seconds(7.0)
SCENE = Scene()


@pytest.mark.parametrize(
    ("gesture", "action"),
    [
        (Press("tap", NOTHING, AT), Tap(AT)),
        (Press("tap", SHIFT, AT), Panic()),
        (Hold("tap", NOTHING, AT), FollowClock()),
        (Press("drone", NOTHING, AT), PressDrone()),
        (Press("drone", SHIFT, AT), TurnDrone(1)),
        (Click("drone", NOTHING, AT), ClickDrone()),
        (Hold("drone", NOTHING, AT), TakeTonic()),
        (Press("rhythm", NOTHING, AT), PressRhythm()),
        (Press("rhythm", SHIFT, AT), CountIn()),
        (Hold("rhythm", NOTHING, AT), HoldRhythm()),
        (Click("style", NOTHING, AT), Where()),
        (Hold("style", NOTHING, AT), TurnPartner(1)),
        (Click("style", DRONE, AT), TurnTuning(1)),
        (Hold("style", DRONE, AT), TurnTuning(-1)),
        (Step("style", 2, NOTHING, AT), TurnStyle(2)),
        (Step("style", -1, DRONE, AT), TurnTonic(-1)),
        (Step("style", 1, SHIFT, AT), NotYet("turning through the scenes")),
        (Step("style", 1, SHIFT | DRONE, AT), NotYet("turning through the scenes")),
        (Click("surprise", NOTHING, AT), Surprise()),
        (Hold("surprise", NOTHING, AT), UndoSurprise()),
        (Click("surprise", SHIFT, AT), TurnLaya(1)),
        (Hold("surprise", SHIFT, AT), TurnLaya(-1)),
        (Click("keep", NOTHING, AT), NotYet("keeping what was just played")),
        (Hold("keep", NOTHING, AT), NotYet("an open-ended take")),
        (Hold("keep", SHIFT, AT), NotYet("locking the panel")),
        (Hold("shift", NOTHING, AT), NotYet("saving the scene")),
        (Turn("energy", 0.5, AT, pickup=False), SetShare(Share.ENERGY, 0.5)),
        (Turn("meet", 0.99, AT, pickup=False), SetShare(Share.MEET, 1.0)),
        (Turn("meet", 0.01, AT, pickup=False), SetShare(Share.MEET, 0.0)),
        (Turn("inputs", 0.9, AT, pickup=False, held=SHIFT), LevelInputs()),
        (Turn("inputs", 1.0, AT, pickup=False), SetLevel(Level.INPUTS, level(1.0))),
        (Turn("rhythm_level", 0.0, AT, pickup=False), SetLevel(Level.RHYTHM, level(0.0))),
    ],
)
def test_binding(gesture: Gesture, action: Action) -> None:
    assert Bindings().actions(gesture, SCENE) == (action,)


@pytest.mark.parametrize(
    ("down", "up", "last", "meant"),
    [
        (0.2, 0.3, 0.4, [PressDrone(), TurnTuning(1)]),
        (0.2, 0.3, 5.0, [PressDrone(), TurnTuning(1)]),
        (0.2, 0.8, 0.9, [PressDrone(), TurnTuning(-1)]),
        # DRONE may come up first: what STYLE was pressed with counts.
        (0.2, 0.4, 0.3, [PressDrone(), TurnTuning(1)]),
        # Whoever is late has asked for the tonic already; the ear is then left.
        (0.7, 0.8, 0.9, [PressDrone(), TakeTonic(), TurnTuning(1)]),
    ],
)
def test_style_pushed_in_time_while_drone_is_held_takes_no_tonic(
    down: float, up: float, last: float, meant: list[Action]
) -> None:
    gestures, bindings = Gestures(), Bindings()
    readings: list[Reading] = [Pressed("drone", Seconds(0.0)), Released("drone", Seconds(last))]
    readings += [Pressed("style", Seconds(down)), Released("style", Seconds(up))]
    made = [gesture for reading in sorted(readings, key=lambda r: r.time) for gesture in gestures.feed(reading)]
    made += gestures.tick(10.0)
    assert [action for gesture in made for action in bindings.actions(gesture, SCENE)] == meant


@pytest.mark.parametrize(
    "gesture",
    [
        Click("tap", NOTHING, AT),
        Click("tap", SHIFT, AT),
        Hold("tap", SHIFT, AT),
        Click("keep", SHIFT, AT),
        Click("rhythm", NOTHING, AT),
        Click("style", SHIFT, AT),
        Click("style", SHIFT | DRONE, AT),
        Press("shift", NOTHING, AT),
        Click("shift", NOTHING, AT),
        Stuck("shift", AT),
    ],
)
def test_gestures_that_ask_for_nothing(gesture: Gesture) -> None:
    assert Bindings().actions(gesture, SCENE) == ()


@pytest.mark.parametrize(
    "gesture",
    [
        Press("gong", NOTHING, AT),
        Hold("volume", NOTHING, AT),
        Step("tap", 1, NOTHING, AT),
        Turn("style", 0.5, AT, pickup=False),
    ],
)
def test_unknown_controls_are_refused(gesture: Gesture) -> None:
    with pytest.raises(UnknownNameError, match="the panel has no"):
        Bindings().actions(gesture, SCENE)


def test_tables_name_only_what_the_panel_has() -> None:
    def kind(name: str) -> frozenset[Kind]:
        return CONTROLS[name].kinds

    assert all(Kind.BUTTON in kind(name) for _, name, _ in BUTTONS)
    assert all(Kind.ENCODER in kind(name) for name, _ in STEPS)
    assert all(Kind.KNOB in kind(name) for name, _ in TURNS)
    assert {c.name for c in CONTROLS.values() if Kind.KNOB in c.kinds and c.level is None and c.share is None} == set()


def turn(bindings: Bindings, scene: Scene, position: float, pickup: bool = True) -> Scene:
    """The scene after a turn of VOLUME."""
    state = State(scene)
    for action in bindings.actions(Turn("volume", position, AT, pickup), scene):
        state, _ = apply(state, action, Catalogue({}))
    return state.scene


def test_a_knob_changes_nothing_until_it_meets_the_level() -> None:
    bindings = Bindings()
    there = level_position(SCENE.volume)
    for position in (0.05, 0.2, there - 0.1):
        assert turn(bindings, SCENE, position) == SCENE
    met = turn(bindings, SCENE, there + 0.03)
    assert met.volume == pytest.approx(SCENE.volume, abs=2.5)
    assert turn(bindings, met, 0.9).volume > 2.0


def test_a_knob_at_the_level_on_start_up_takes_over_with_its_first_move() -> None:
    bindings, there = Bindings(), level_position(SCENE.volume)
    assert turn(bindings, SCENE, there) == SCENE
    assert turn(bindings, SCENE, there + 0.01).volume > SCENE.volume


def test_a_turn_from_elsewhere_applies_at_once_and_the_knob_must_meet_it() -> None:
    bindings, there = Bindings(), level_position(SCENE.volume)
    turn(bindings, SCENE, there)
    scene = turn(bindings, SCENE, 1.0, pickup=False)
    assert scene.volume == 6.0
    assert turn(bindings, scene, there + 0.1) == scene


def test_two_knobs_of_one_level_stand_each_where_they_stand() -> None:
    bindings = Bindings()

    def actions(position: float, source: str) -> int:
        return len(bindings.actions(Turn("volume", position, AT, pickup=True, source=source), SCENE))

    assert actions(0.0, "") == 0
    assert actions(1.0, "fader") == 0
    assert actions(0.05, "") == 0
    assert actions(0.95, "fader") == 0
    assert actions(0.1, "fader") == 1


def test_bindings_remember_each_knob_alone() -> None:
    bindings = Bindings()
    turn(bindings, SCENE, level_position(SCENE.volume))
    assert bindings.actions(Turn("inputs", 0.0, AT, pickup=True), SCENE) == ()


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30))
def test_a_slow_hand_never_makes_a_level_jump(path: list[float]) -> None:
    """Moves of 2 % or less change the level by no more than such a move plus the pickup band can."""
    bindings, scene = Bindings(), SCENE
    position = path[0]
    for goal in path:
        for _ in range(50):
            position += min(max(goal - position, -0.02), 0.02)
            before, scene = scene, turn(bindings, scene, position)
            assert abs(level_position(scene.volume) - level_position(before.volume)) <= 0.0401


@pytest.mark.parametrize(("name", "stands"), [("energy", 0.8), ("meet", 0.3)])
def test_a_share_changes_nothing_until_the_knob_meets_it(name: str, stands: float) -> None:
    bindings, scene = Bindings(), Scene(energy=0.8, meet=0.3)

    def turned(position: float) -> tuple[Action, ...]:
        return bindings.actions(Turn(name, position, AT, pickup=True), scene)

    assert turned(0.0) == turned(0.1) == ()
    position = share_position(stands) + 0.1
    assert turned(position) == (SetShare(Share(name), travel(position)),)
    assert travel(share_position(stands)) == pytest.approx(stands)


def test_scenes_that_are_not_there_are_told_once_per_turning() -> None:
    bindings = Bindings()
    steps = [Step("style", 1, SHIFT, Seconds(t)) for t in (1.0, 1.1, 1.2, 5.0)]
    assert [len(bindings.actions(s, SCENE)) for s in steps] == [1, 0, 0, 1]
    assert len(bindings.actions(Step("style", 1, NOTHING, Seconds(5.1)), SCENE)) == 1


def test_inputs_turned_with_shift_are_levelled_once_a_turn_and_keep_their_level() -> None:
    bindings = Bindings()

    def asked(position: float, time: float, held: frozenset[str] = SHIFT) -> tuple[Action, ...]:
        return bindings.actions(Turn("inputs", position, Seconds(time), pickup=True, held=held), SCENE)

    there = level_position(SCENE.inputs)
    assert asked(there, 0.0, NOTHING) == ()
    # A sleeve: less than TURN.
    assert [asked(there - part * TURN, 1.0 + part) for part in (0.1, 0.5, 0.9)] == [()] * 3
    # On it goes: once, however far, until it rests.
    turned = [asked(there - part * TURN, 2.0 + part / 10) for part in (1.2, 2.0, 3.0, 4.5)]
    assert turned == [(LevelInputs(),), (), (), ()]
    assert asked(there - 3.0 * TURN, 2.5 + QUIET) == (LevelInputs(),)
    # Let go of SHIFT, the knob takes hold only when it passes the level again.
    assert asked(there - 2.0 * TURN, 9.0, NOTHING) == ()
    assert len(asked(there + 0.01, 9.1, NOTHING)) == 1
