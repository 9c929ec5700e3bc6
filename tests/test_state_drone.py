"""What actions make of the drone: its presses, its tonic, its strings and its tuning."""

from dataclasses import replace

import msgspec
import pytest

from jambox.actions import (
    Action,
    ClickDrone,
    PressDrone,
    SetInstrument,
    SetRound,
    SetStrings,
    SetTonic,
    SetTuning,
    StopDrone,
    TakeTonic,
    TurnDrone,
    TurnTonic,
    TurnTuning,
)
from jambox.effects import Effect, HearTonic, LoadCycle, Say, SetDrone
from jambox.reference import Reference
from jambox.rounds import Lock
from jambox.scene import HIGHEST_TONIC, LOWEST_TONIC, Scene
from jambox.state import State, describe
from jambox.units import Hertz, parse_pitch, pitch_name
from tests.moves import CATALOGUE, DRONING, play


@pytest.mark.parametrize(
    ("state", "actions", "on", "effects"),
    [
        (State(), [PressDrone()], True, [SetDrone()]),
        (State(), [PressDrone(), ClickDrone()], True, [SetDrone()]),
        (State(), [PressDrone(), ClickDrone(), PressDrone()], True, [SetDrone()]),
        (State(), [PressDrone(), ClickDrone(), PressDrone(), ClickDrone()], False, [SetDrone(), SetDrone()]),
        (State(), [PressDrone(), PressDrone(), ClickDrone()], False, [SetDrone(), SetDrone()]),
        (DRONING, [PressDrone()], True, []),
        (DRONING, [PressDrone(), ClickDrone()], False, [SetDrone()]),
        (DRONING, [ClickDrone()], False, [SetDrone()]),
        # What a press has started fades while the tonic is listened for; what sounded before goes on.
        (State(), [PressDrone(), TakeTonic()], False, [SetDrone(), SetDrone(), HearTonic(started=True)]),
        (DRONING, [PressDrone(), TakeTonic()], True, [HearTonic()]),
        (State(), [TakeTonic()], False, [HearTonic()]),
        (State(), [ClickDrone()], False, []),
        (State(), [PressDrone(), StopDrone()], False, [SetDrone(), SetDrone()]),
        (DRONING, [StopDrone(), StopDrone()], False, [SetDrone()]),
    ],
    ids=[
        "press starts",
        "its click does not stop",
        "the next press does not stop",
        "the next click stops",
        "a press that served as a modifier has no click",
        "press alone keeps",
        "click stops",
        "click without press stops",
        "what a press has started fades for the ear",
        "what sounded before goes on for the ear",
        "the ear without a press",
        "click on silence",
        "stop ends what a press has just started",
        "stop on silence",
    ],
)
def test_drone(state: State, actions: list[Action], on: bool, effects: list[Effect]) -> None:
    after, found = play(state, *actions)
    assert after.scene.drone_on is on
    assert found == effects


def test_the_drones_presses_leave_no_trace() -> None:
    after, _ = play(State(), PressDrone(), ClickDrone(), PressDrone(), ClickDrone())
    assert after == State()


@pytest.mark.parametrize(
    ("action", "tonic"),
    [
        (TurnTonic(1), 155.5635),
        (TurnTonic(-1), 138.5913),
        (TurnTonic(12), 293.6648),
        (SetTonic(Hertz(200.0)), 200.0),
        (SetTonic(LOWEST_TONIC), LOWEST_TONIC),
        (SetTonic(HIGHEST_TONIC), HIGHEST_TONIC),
    ],
)
def test_the_tonic_moves(action: Action, tonic: float) -> None:
    state, effects = play(DRONING, action)
    assert state.scene.tonic == pytest.approx(tonic, rel=1e-6)
    assert effects == [SetDrone(), LoadCycle(), Say(f"tonic {pitch_name(Hertz(tonic))}")]


def test_notes_are_named_by_the_references_a4() -> None:
    low = State(Scene(reference=Reference(a4=432.0), tonic=parse_pitch("D3", Hertz(432.0))))
    state, effects = play(low, TurnTonic(1))
    assert effects[-1] == Say("tonic D#3")
    assert describe(state).endswith(" on D#3")


@pytest.mark.parametrize(("strings", "told"), [("ma", "strings ma"), ("", "strings as usual")])
def test_strings_are_taken_and_told(strings: str, told: str) -> None:
    state, effects = play(DRONING, SetStrings(strings))
    assert state.scene == msgspec.structs.replace(DRONING.scene, strings=strings)
    assert effects == [SetDrone(), Say(told)]


def test_what_rounds_go_with_is_kept_whatever_drone_comes() -> None:
    state, effects = play(DRONING, SetRound(Lock.CYCLE))
    assert state.scene == msgspec.structs.replace(DRONING.scene, round=Lock.CYCLE)
    assert effects == [SetDrone(), Say("round cycle")]
    assert play(state, SetInstrument("organ-point"))[0].scene.round is Lock.CYCLE


@pytest.mark.parametrize("action", [TurnDrone(1), SetInstrument("organ-point")])
def test_another_drone_brings_its_own_strings(action: Action) -> None:
    catalogue = replace(CATALOGUE, drone=lambda name, steps: {("tanpura", 1): "organ-point"}[name, steps])
    on = State(Scene(drone_on=True, strings="ma"))
    state, effects = play(on, action, catalogue=catalogue)
    assert state.scene == msgspec.structs.replace(on.scene, drone="organ-point", strings="")
    assert effects == [SetDrone(), Say("drone organ-point")]


def test_a_tuning_is_taken_and_told() -> None:
    state, effects = play(DRONING, SetTuning("rast-24"))
    assert state == replace(DRONING, scene=msgspec.structs.replace(DRONING.scene, tuning="rast-24"))
    assert effects == [SetDrone(), Say("tuning rast-24")]
    assert describe(state).endswith(" on D3 in rast-24")


def test_the_next_tuning_is_taken_as_one_by_name_is() -> None:
    catalogue = replace(CATALOGUE, tuning=lambda name, steps: {("just5", -1): "rast-24"}[name, steps])
    assert play(DRONING, TurnTuning(-1), catalogue=catalogue) == play(DRONING, SetTuning("rast-24"))


@pytest.mark.parametrize(
    "action",
    [
        TurnTonic(22),
        TurnTonic(-16),
        TurnTonic(10**9),
        TurnTonic(-(10**400)),
        SetTonic(Hertz(59.9)),
        SetTonic(Hertz(0.0)),
    ],
)
def test_a_tonic_out_of_range_is_refused(action: Action) -> None:
    state, effects = play(State(), action)
    assert state == State()
    assert effects == [Say("the tonic stays on D3: it goes from 60 to 520 Hz", refused=True)]
