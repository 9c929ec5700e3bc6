"""Moves of a player, any of them, and what they make of the state."""

import msgspec
from hypothesis import strategies as st

from jambox.actions import (
    Action,
    ClickDrone,
    ClockStarts,
    ClockStops,
    FinishRhythm,
    FollowClock,
    HoldRhythm,
    InputsHeard,
    Led,
    Level,
    LevelInputs,
    NotYet,
    Panic,
    PressDrone,
    PressRhythm,
    SetInstrument,
    SetLevel,
    SetMixer,
    SetRound,
    SetShare,
    SetStrings,
    SetTonic,
    SetTuning,
    Share,
    StopDrone,
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
from jambox.effects import Effect
from jambox.rounds import Lock
from jambox.scene import Scene
from jambox.state import Catalogue, State, apply
from jambox.units import Beats, Bpm, Decibels, Hertz, Seconds
from jambox.variation import Change, Luck, Variation


def partners(cycle: str) -> tuple[str, ...]:
    """Everybody else, those with four first."""
    return tuple(name for name in ("four-floor", "teental", "rupak") if name != cycle)


def surprise(cycle: str, variation: Variation, luck: Luck) -> Change | None:
    """The first is another cycle, the second another laya, the third none."""
    if luck.drawn == 0:
        return Change("rupak", variation, "cycle rupak", "surprise: rupak")
    changed = msgspec.structs.replace(variation, laya=2.0)
    return Change(cycle, changed, "laya 2", "surprise: double laya") if luck.drawn == 1 else None


def unfit(cycle: str, _variation: Variation, laya: float) -> str:
    """Nothing but half laya of four."""
    return "it does not fit" if (cycle, laya) == ("four-floor", 0.5) else ""


CATALOGUE = Catalogue(
    {"four-floor": Bpm(122.0), "rupak": Bpm(80.0), "teental": Bpm(120.0)},
    partners=partners,
    surprise=surprise,
    unfit=unfit,
)
FLOATS = st.floats(allow_nan=False)
ACTIONS: st.SearchStrategy[Action] = st.one_of(
    st.builds(SetLevel, st.sampled_from(Level), FLOATS.map(Decibels)),
    st.sampled_from([PressDrone(), ClickDrone(), PressRhythm(), HoldRhythm(), Where(), Panic()]),
    st.sampled_from([StopDrone(), TakeTonic(), FinishRhythm()]),
    st.sampled_from([FollowClock(), ClockStarts(Beats(0.0), Seconds(1.0)), ClockStops()]),
    st.builds(Led, st.sampled_from(["", "Keys", "Pads"]), FLOATS.map(Bpm)),
    st.builds(Led, st.just("Link"), FLOATS.map(Bpm), st.just(True)),
    st.builds(Tap, st.floats(0.0, 1e7).map(Seconds)),
    st.builds(TurnStyle, st.integers()),
    st.builds(TurnTonic, st.integers()),
    st.builds(SetShare, st.sampled_from(Share), FLOATS),
    st.builds(TurnPartner, st.integers()),
    st.sampled_from([Surprise(), UndoSurprise()]),
    st.builds(TurnLaya, st.integers()),
    st.builds(SetTonic, FLOATS.map(Hertz)),
    st.builds(SetStrings, st.sampled_from(["", "ma"])),
    st.builds(SetRound, st.sampled_from(Lock)),
    st.builds(TurnDrone, st.integers()),
    st.builds(TurnTuning, st.integers()),
    st.builds(SetInstrument, st.sampled_from(["tanpura", "organ-point"])),
    st.builds(SetTuning, st.sampled_from(["just5", "rast-24"])),
    st.builds(NotYet, st.text()),
    st.builds(
        SetMixer, st.dictionaries(st.sampled_from(["strip1.trim", "reverb.decay"]), st.none() | st.floats(-60, 40))
    ),
    st.sampled_from([LevelInputs(), InputsHeard({}, "no"), InputsHeard({"strip1.trim": 3.0}, "yes")]),
)
PLAYING = State(rhythm_on=True)
ENDING = State(rhythm_on=True, ending=True)
DRONING = State(Scene(drone_on=True))


def play(state: State, *actions: Action, catalogue: Catalogue = CATALOGUE) -> tuple[State, list[Effect]]:
    """The state after all actions, and all their effects."""
    effects: list[Effect] = []
    for action in actions:
        state, more = apply(state, action, catalogue)
        effects += more
    return state, effects
