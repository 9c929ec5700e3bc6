"""What each action makes of the state: levels and mixer, panic, what is told, and laws that hold for all actions."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.actions import (
    Action,
    ClockStarts,
    InputsHeard,
    Led,
    Level,
    LevelInputs,
    NotYet,
    Panic,
    SetLevel,
    SetMixer,
    SitDown,
    Tap,
    Where,
)
from jambox.effects import (
    EndRhythm,
    JoinClock,
    Listen,
    LoadCycle,
    Mix,
    MixStrips,
    PlaceBeat,
    ProposeTempo,
    ReleaseAll,
    Say,
    SetDrone,
    SetTempo,
    StartRhythm,
    StopRhythm,
)
from jambox.scene import FASTEST, HIGHEST_TONIC, LOUDEST, LOWEST_TONIC, SILENCE, SLOWEST, Scene
from jambox.state import State, apply, describe
from jambox.units import Decibels
from tests.moves import ACTIONS, CATALOGUE, ENDING, PLAYING, play

# Levels


@pytest.mark.parametrize("name", Level)
@pytest.mark.parametrize(
    ("asked", "set_to"), [(-12.5, -12.5), (6.0, 6.0), (6.1, 6.0), (99.0, 6.0), (-60.0, -60.0), (-1e9, -60.0)]
)
def test_a_level_is_set_within_its_limits(name: Level, asked: float, set_to: float) -> None:
    state, effects = play(State(), SetLevel(name, Decibels(asked)))
    assert state == State(msgspec.structs.replace(Scene(), **{name.value: set_to}))
    assert effects == [Mix()]


# The rest


@given(st.lists(ACTIONS, max_size=12))
def test_panic_leaves_silence_from_anywhere(actions: list[Action]) -> None:
    before, _ = play(State(), *actions)
    state, effects = play(before, Panic())
    assert state == State(
        msgspec.structs.replace(before.scene, drone_on=False),
        leader=before.leader,
        shared=before.shared,
        listening=before.listening,
        luck=before.luck,
    )
    assert effects == [StopRhythm(), SetDrone(), ReleaseAll()]


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (State(), "teental silent at 90.0 per minute, tanpura silent on D3"),
        (
            State(Scene(meet=0.5, partner="rupak")),
            "teental meeting rupak silent at 90.0 per minute, tanpura silent on D3",
        ),
        (State(Scene(partner="rupak")), "teental silent at 90.0 per minute, tanpura silent on D3"),
        (PLAYING, "teental playing at 90.0 per minute, tanpura silent on D3"),
        (ENDING, "teental ending at 90.0 per minute, tanpura silent on D3"),
        (State(Scene(drone_on=True, tonic=146.0)), "teental silent at 90.0 per minute, tanpura playing on D3 -10 c"),
    ],
)
def test_where_tells_what_is_set(state: State, line: str) -> None:
    assert describe(state) == line
    assert play(state, Where()) == (state, [Say(line)])


def test_what_is_not_there_yet_says_so() -> None:
    assert play(State(), NotYet("a take")) == (State(), [Say("a take is not there yet", refused=True)])


@given(st.lists(ACTIONS, max_size=30))
def test_whatever_is_played_stays_within_the_limits(actions: list[Action]) -> None:
    state = State()
    for action in actions:
        before = state
        state, effects = apply(state, action, CATALOGUE)
        scene = state.scene
        assert all(SILENCE <= getattr(scene, level.value) <= LOUDEST for level in Level)
        assert SLOWEST <= scene.tempo <= FASTEST
        assert LOWEST_TONIC <= scene.tonic <= HIGHEST_TONIC
        assert scene.cycle in CATALOGUE.tempos
        assert state.rhythm_on or not state.ending
        assert state.started <= {"drone", "rhythm"}
        # What is heard changes only with the effect that makes it heard.
        assert SetDrone() in effects or (scene.drone_on, scene.tonic) == (before.scene.drone_on, before.scene.tonic)
        # Towards the beat of a clock that leads, or of players, the engine is steered.
        assert SetTempo() in effects or scene.tempo == before.scene.tempo or isinstance(action, Led)
        # A session's tempo is for its peers to know, and the beat of others is theirs.
        assert (ProposeTempo() in effects) == (before.shared and isinstance(action, Tap) and SetTempo() in effects)
        assert not (before.leader and any(isinstance(effect, PlaceBeat) for effect in effects))
        assert bool(state.leader) >= state.shared
        assert LoadCycle() in effects or scene.cycle == before.scene.cycle
        begun = {StartRhythm, JoinClock} & {type(effect) for effect in effects}
        assert bool(begun) == (state.rhythm_on and (not before.rhythm_on or isinstance(action, ClockStarts)))
        assert (EndRhythm() in effects) == (state.ending and not before.ending)
        assert Mix() in effects or all(
            getattr(scene, level.value) == getattr(before.scene, level.value) for level in Level
        )


@given(st.lists(ACTIONS, max_size=20))
def test_the_same_moves_make_the_same_state(actions: list[Action]) -> None:
    assert play(State(), *actions) == play(State(), *actions)


def test_parameters_are_set_over_the_configuration_and_given_back_to_it() -> None:
    state, effects = play(State(), SetMixer({"strip1.trim": -6.0, "reverb.decay": 2.0}))
    assert state.scene.mixer == {"strip1.trim": -6.0, "reverb.decay": 2.0}
    assert effects == [MixStrips()]
    later, effects = play(state, SetMixer({"strip1.trim": None, "strip2.pan": 0.5, "strip9.pan": None}))
    assert later.scene.mixer == {"reverb.decay": 2.0, "strip2.pan": 0.5}
    assert effects == [MixStrips()]
    assert state.scene.mixer == {"strip1.trim": -6.0, "reverb.decay": 2.0}


def test_inputs_are_listened_to_and_their_trims_remembered() -> None:
    state, effects = play(State(Scene(mixer={"strip1.pan": 1.0})), LevelInputs())
    assert (state.listening, effects) == (True, [Listen(True)])
    heard, effects = play(state, InputsHeard({"strip1.trim": 3.0}, "strip1.trim +3.0 dB"))
    assert not heard.listening
    assert heard.scene.mixer == {"strip1.pan": 1.0, "strip1.trim": 3.0}
    assert effects == [MixStrips(), Say("strip1.trim +3.0 dB")]
    silent, effects = play(state, InputsHeard({}, "no input was heard"))
    assert (silent.listening, silent.scene) == (False, state.scene)
    assert effects == [Say("no input was heard", refused=True)]
    broken_off, effects = play(state, LevelInputs())
    assert (broken_off.listening, broken_off.scene) == (False, state.scene)
    assert effects == [Listen(False), Say("listening to the inputs is broken off")]


def test_a_card_that_sits_down_finds_what_was_set_for_it() -> None:
    state = State(Scene(mixer={"strip1.trim": 1.0}, kept={"USB": {"strip1.trim": 3.0}}))
    state, effects = play(state, SitDown("HAT", 0, 2))
    assert (state.scene.mixer, effects) == ({"strip1.trim": 1.0}, [])
    state, effects = play(state, SitDown("USB", 0, 2))
    assert (state.scene.mixer, effects) == ({"strip1.trim": 3.0}, [MixStrips()])
    assert state.scene.kept == {"HAT": {"strip1.trim": 1.0}}
    assert play(state, SitDown("USB", 0, 2)) == (state, [])
