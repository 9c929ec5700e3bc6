"""What each action makes of the state: tables of a player's moves, and laws that hold for all of them."""

from dataclasses import replace
from functools import reduce

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.actions import (
    Action,
    ClickDrone,
    ClockStarts,
    ClockStops,
    CountIn,
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
    SitDown,
    StopDrone,
    Surprise,
    TakeTonic,
    Tap,
    TurnDrone,
    TurnPartner,
    TurnStyle,
    TurnTonic,
    TurnTuning,
    UndoSurprise,
    Where,
)
from jambox.effects import (
    Effect,
    EndRhythm,
    HearTonic,
    JoinClock,
    Listen,
    LoadCycle,
    Mix,
    MixStrips,
    PlaceBeat,
    PlayFill,
    ProposeTempo,
    ReleaseAll,
    Say,
    SetDrone,
    SetTempo,
    StartRhythm,
    StopRhythm,
)
from jambox.reference import Reference
from jambox.rounds import Lock
from jambox.scene import FASTEST, HIGHEST_TONIC, LOUDEST, LOWEST_TONIC, SILENCE, SLOWEST, Scene
from jambox.state import SETTLED, Catalogue, State, apply, describe, ended
from jambox.units import Beats, Bpm, Decibels, Hertz, Seconds, parse_pitch, pitch_name
from jambox.variation import RECENT, Change, Luck, Variation


def partners(cycle: str) -> tuple[str, ...]:
    """Everybody else, those with four first."""
    return tuple(name for name in ("four-floor", "teental", "rupak") if name != cycle)


def surprise(cycle: str, variation: Variation, luck: Luck) -> Change | None:
    """The first is another cycle, the second another laya, the third none."""
    if luck.drawn == 0:
        return Change("rupak", variation, "cycle rupak", "surprise: rupak")
    changed = msgspec.structs.replace(variation, laya=2.0)
    return Change(cycle, changed, "laya 2", "surprise: double laya") if luck.drawn == 1 else None


CATALOGUE = Catalogue(
    {"four-floor": Bpm(122.0), "rupak": Bpm(80.0), "teental": Bpm(120.0)}, partners=partners, surprise=surprise
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


def taps(interval: float, count: int, start: float = 50.0) -> list[Tap]:
    return [Tap(Seconds(start + i * interval)) for i in range(count)]


# Levels


@pytest.mark.parametrize("name", Level)
@pytest.mark.parametrize(
    ("asked", "set_to"), [(-12.5, -12.5), (6.0, 6.0), (6.1, 6.0), (99.0, 6.0), (-60.0, -60.0), (-1e9, -60.0)]
)
def test_a_level_is_set_within_its_limits(name: Level, asked: float, set_to: float) -> None:
    state, effects = play(State(), SetLevel(name, Decibels(asked)))
    assert state == State(msgspec.structs.replace(Scene(), **{name.value: set_to}))
    assert effects == [Mix()]


# Drone


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


# Rhythm


@pytest.mark.parametrize(
    ("state", "actions", "on", "ending", "effects"),
    [
        (State(), [PressRhythm()], True, False, [StartRhythm()]),
        (State(), [PressRhythm(), HoldRhythm()], True, False, [StartRhythm()]),
        (State(), [PressRhythm(), HoldRhythm(), HoldRhythm()], True, True, [StartRhythm(), EndRhythm()]),
        (PLAYING, [HoldRhythm()], True, True, [EndRhythm()]),
        (PLAYING, [HoldRhythm(), HoldRhythm()], True, True, [EndRhythm()]),
        (State(), [HoldRhythm()], False, False, []),
        (State(), [PressRhythm(), FinishRhythm()], True, True, [StartRhythm(), EndRhythm()]),
        (PLAYING, [FinishRhythm(), FinishRhythm()], True, True, [EndRhythm()]),
        (State(), [FinishRhythm()], False, False, []),
        (State(), [CountIn()], True, False, [StartRhythm(introduced=True)]),
        (State(), [CountIn(), HoldRhythm()], True, True, [StartRhythm(introduced=True), EndRhythm()]),
        (PLAYING, [CountIn(), CountIn()], True, True, [EndRhythm()]),
        (PLAYING, [PressRhythm(), PressRhythm()], True, False, [PlayFill(), PlayFill()]),
        (ENDING, [PressRhythm()], True, True, []),
    ],
    ids=[
        "press starts",
        "its hold does not end",
        "a later hold ends",
        "hold ends",
        "hold ends once",
        "hold on silence",
        "finish ends what a press has just started",
        "finish ends once",
        "finish on silence",
        "a count-in starts",
        "a hold ends what was counted in",
        "a count-in ends what plays",
        "each press while it plays is a fill",
        "no fill while it ends",
    ],
)
def test_rhythm(state: State, actions: list[Action], on: bool, ending: bool, effects: list[Effect]) -> None:
    after, found = play(state, *actions)
    assert (after.rhythm_on, after.ending) == (on, ending)
    assert found == effects


def test_the_next_press_and_hold_end_a_rhythm() -> None:
    after, effects = play(State(), PressRhythm(), PressRhythm(), HoldRhythm())
    assert after.ending
    assert [type(effect) for effect in effects] == [StartRhythm, PlayFill, EndRhythm]


def test_a_rhythm_that_has_ended_starts_again() -> None:
    silent = ended(ENDING)
    assert silent == State()
    assert play(silent, PressRhythm())[1] == [StartRhythm()]


# Tempo


def test_taps_set_the_tempo_from_the_second_on_and_place_the_beat_from_the_fourth_on() -> None:
    state, placed = State(), []
    for number, tap in enumerate(taps(0.5, 6), start=1):
        state, effects = play(state, tap)
        assert (SetTempo() in effects) == (number >= 2)
        places = [effect.time for effect in effects if isinstance(effect, PlaceBeat)]
        assert len(places) == (number >= SETTLED)
        placed += places
        assert state.scene.tempo == pytest.approx(120.0 if number >= 2 else Scene().tempo)
    assert placed == pytest.approx([51.5, 52.0, 52.5])
    assert not state.rhythm_on


def test_a_change_of_mind_places_no_beat_until_it_settles() -> None:
    state, _ = play(State(), *taps(0.5, 6))
    state, effects = play(state, *taps(0.8, 2, 53.3))
    assert effects == [SetTempo(), SetTempo()]
    assert state.scene.tempo == pytest.approx(75.0)
    assert isinstance(play(state, Tap(Seconds(54.9)))[1][-1], PlaceBeat)


@pytest.mark.parametrize(("interval", "tempo"), [(0.1501, FASTEST), (2.9999, SLOWEST)])
def test_the_tempo_ends_where_taps_end(interval: float, tempo: float) -> None:
    state, _ = play(State(), *taps(interval, 6))
    assert state.scene.tempo == pytest.approx(tempo, rel=1e-3)


# The clock of others


def test_hold_tap_ignores_other_clocks_and_follows_them_again() -> None:
    tapped, _ = play(State(), *taps(0.5, 1))
    state, effects = play(tapped, FollowClock())
    assert (state.scene.follow, state.taps) == (False, ())
    assert effects == [Say("other clocks are ignored")]
    assert play(state, FollowClock()) == (State(), [Say("other clocks may lead")])


LED = State(Scene(tempo=100.0), leader="Keys")
SHARED = replace(LED, leader="Link", shared=True)


@pytest.mark.parametrize(
    ("state", "action", "leader", "tempo", "effects"),
    [
        (State(), Led("Keys", Bpm(100.0)), "Keys", 100.0, [Say("the clock of Keys leads, at 100.0 per minute")]),
        (LED, Led("Keys", Bpm(101.0)), "Keys", 101.0, []),
        (LED, Led("Pads", Bpm(80.0)), "Pads", 80.0, [Say("the clock of Pads leads, at 80.0 per minute")]),
        (State(), Led("", Bpm(99.0)), "", 99.0, []),
        (LED, Led("", Bpm(99.0)), "", 99.0, [SetTempo(), Say("the box leads again")]),
        (LED, Led("Keys", Bpm(401.0)), "Keys", FASTEST, []),
        (State(), Led("Link", Bpm(80.0), True), "Link", 80.0, [Say("the Link session leads, at 80.0 per minute")]),
        (SHARED, Led("Link", Bpm(81.0), True), "Link", 81.0, []),
        (SHARED, Led("Keys", Bpm(80.0)), "Keys", 80.0, [Say("the clock of Keys leads, at 80.0 per minute")]),
        (SHARED, Led("Link", Bpm(80.0)), "Link", 80.0, [Say("the clock of Link leads, at 80.0 per minute")]),
        (SHARED, Led("", Bpm(99.0)), "", 99.0, [SetTempo(), Say("the box leads again")]),
        (LED, Led("Keys", Bpm(19.7)), "Keys", SLOWEST, []),
    ],
)
def test_a_clock_that_leads_sets_the_tempo(
    state: State, action: Action, leader: str, tempo: float, effects: list[Effect]
) -> None:
    after, found = play(state, action)
    assert (after.leader, after.scene.tempo) == (leader, tempo)
    assert after.shared is (isinstance(action, Led) and action.shared)
    assert found == effects


@pytest.mark.parametrize("state", [LED, replace(LED, rhythm_on=True), replace(LED, rhythm_on=True, ending=True)])
def test_a_clock_that_leads_starts_and_stops_the_rhythm(state: State) -> None:
    began, effects = play(state, ClockStarts(Beats(3.0), Seconds(50.0)))
    assert (began.rhythm_on, began.ending) == (True, False)
    assert effects == [SetTempo(), JoinClock(Beats(3.0), Seconds(50.0))]
    assert play(began, ClockStops()) == (LED, [StopRhythm()])
    assert play(LED, ClockStops()) == (LED, [])


def test_taps_are_proposed_to_a_session_and_move_no_beat() -> None:
    state, effects = play(SHARED, *taps(0.5, SETTLED + 2))
    assert state.scene.tempo == pytest.approx(120.0)
    assert effects == [SetTempo(), ProposeTempo()] * (SETTLED + 1)


def test_another_cycle_leaves_a_sessions_tempo() -> None:
    """Link's TEST-PLAN, TEMPO-3."""
    state, effects = play(SHARED, TurnStyle(1))
    assert (state.scene.cycle, state.scene.tempo) != (SHARED.scene.cycle, 100.0)
    assert (state.scene.tempo, effects[0]) == (100.0, LoadCycle())
    assert SetTempo() not in effects


def test_taps_are_refused_while_a_clock_leads() -> None:
    state, effects = play(LED, *taps(0.5, 3))
    assert state.scene == LED.scene
    assert effects == 2 * [Say("the clock of Keys leads: hold TAP to ignore it", refused=True)]


def test_another_cycle_keeps_the_tempo_of_a_clock_that_leads() -> None:
    state, effects = play(LED, TurnStyle(1))
    assert (state.scene.cycle, state.scene.tempo) == ("four-floor", 100.0)
    assert effects == [LoadCycle(), Say("four-floor")]


# Cycle and tonic


@pytest.mark.parametrize(
    ("steps", "cycle"), [(0, "teental"), (1, "four-floor"), (2, "rupak"), (3, "teental"), (-1, "rupak"), (-4, "rupak")]
)
@pytest.mark.parametrize("playing", [False, True])
def test_style_turns_round_the_catalogue_and_sets_the_tempo_only_of_a_silent_rhythm(
    steps: int, cycle: str, playing: bool
) -> None:
    state, effects = play(State(rhythm_on=playing), TurnStyle(steps))
    assert state.scene.cycle == cycle
    assert state.scene.tempo == (Scene().tempo if playing else CATALOGUE.tempos[cycle])
    assert effects == [LoadCycle(), *([] if playing else [SetTempo()]), Say(cycle)]


# Energy, Meet, Surprise


@pytest.mark.parametrize(("asked", "set_to"), [(0.3, 0.3), (1.0, 1.0), (1.5, 1.0), (-0.1, 0.0)])
def test_energy_is_set_within_its_limits(asked: float, set_to: float) -> None:
    state, effects = play(State(), SetShare(Share.ENERGY, asked))
    assert state == State(Scene(energy=set_to))
    # The stage sees it by itself.
    assert effects == []


@pytest.mark.parametrize(
    ("scene", "actions", "partner", "effects"),
    [
        (Scene(), [SetShare(Share.MEET, 0.2)], "four-floor", [LoadCycle(), Say("teental meets four-floor")]),
        (Scene(partner="rupak"), [SetShare(Share.MEET, 0.2)], "rupak", [LoadCycle(), Say("teental meets rupak")]),
        (Scene(partner="rupak", meet=0.1), [SetShare(Share.MEET, 0.2)], "rupak", []),
        (Scene(partner="rupak", meet=0.1), [SetShare(Share.MEET, 0.0)], "rupak", []),
        (Scene(), [SetShare(Share.MEET, 0.0)], "", []),
        # Nobody meets themselves.
        (
            Scene(partner="teental"),
            [SetShare(Share.MEET, 1.0)],
            "four-floor",
            [LoadCycle(), Say("teental meets four-floor")],
        ),
        (Scene(), [TurnPartner(1)], "four-floor", [Say("partner four-floor")]),
        (Scene(), [TurnPartner(-1)], "rupak", [Say("partner rupak")]),
        (Scene(meet=0.5, partner="four-floor"), [TurnPartner(1)], "rupak", [LoadCycle(), Say("partner rupak")]),
        (Scene(partner="rupak"), [TurnPartner(1)], "four-floor", [Say("partner four-floor")]),
    ],
)
def test_partners(scene: Scene, actions: list[Action], partner: str, effects: list[Effect]) -> None:
    state, done = play(State(scene), *actions)
    assert (state.scene.partner, done) == (partner, effects)


@pytest.mark.parametrize("action", [SetShare(Share.MEET, 0.5), TurnPartner(1)])
def test_where_there_is_nobody_to_meet_it_is_said(action: Action) -> None:
    state, effects = play(State(), action, catalogue=Catalogue({}))
    assert (state, effects) == (State(), [Say("teental has nobody to meet", refused=True)])


@pytest.mark.parametrize(
    ("scene", "partner"),
    [
        (Scene(), ""),
        # Nobody chose the best one there was: the best of the next cycle takes its place.
        (Scene(meet=0.5, partner="four-floor"), "teental"),
        (Scene(meet=0.0, partner="four-floor"), ""),
        # A chosen one stays.
        (Scene(meet=0.5, partner="rupak"), "rupak"),
        (Scene(meet=0.0, partner="rupak"), "rupak"),
    ],
)
def test_another_cycle_has_its_own_partner_unless_one_was_chosen(scene: Scene, partner: str) -> None:
    state, _ = play(State(scene), TurnStyle(1))
    assert (state.scene.cycle, state.scene.partner) == ("four-floor", partner)


def test_surprises_are_undone_one_by_one() -> None:
    start = State(Scene(meet=0.5, partner="rupak"))
    state, effects = play(start, Surprise())
    # Its partner has become the cycle itself, so another takes that place.
    assert (state.scene.cycle, state.scene.partner) == ("rupak", "four-floor")
    assert effects == [LoadCycle(), Say("surprise: rupak")]
    state, effects = play(state, Surprise())
    assert (state.scene.cycle, state.scene.variation) == ("rupak", Variation(laya=2.0))
    assert effects == [LoadCycle(), Say("surprise: double laya")]
    assert state.luck == Luck(0, 2, ("cycle rupak", "laya 2"), (("teental", Variation()), ("rupak", Variation())))
    assert play(state, Surprise()) == (state, [Say("there is no surprise left", refused=True)])
    for cycle in ("rupak", "teental"):
        state, effects = play(state, UndoSurprise())
        assert (state.scene.cycle, state.scene.variation) == (cycle, Variation())
        assert effects == [LoadCycle(), Say("the surprise is undone")]
    assert play(state, UndoSurprise()) == (state, [Say("there is no surprise to undo", refused=True)])
    assert state.luck.drawn == 2


def test_a_surprise_saved_with_the_scene_can_be_undone_and_another_cycle_ends_it() -> None:
    varied = State(Scene(variation=Variation(laya=2.0)))
    assert play(varied, UndoSurprise())[0].scene == Scene()
    state, _ = play(varied, Surprise(), TurnStyle(1))
    assert (state.scene.variation, state.luck.past) == (Variation(), ())


def test_luck_remembers_what_was_drawn_lately() -> None:
    luck = Luck(seed=5)
    for number in range(40):
        luck = luck.after(Change("teental", Variation(accent=1), f"key {number}", ""), "teental", Variation())
    assert luck.recent == tuple(f"key {number}" for number in range(40 - RECENT, 40))
    assert (luck.seed, luck.drawn, len(luck.past)) == (5, 40, 32)


def test_style_leaves_a_cycle_that_is_not_in_the_catalogue() -> None:
    state, _ = play(State(Scene(cycle="lost")), TurnStyle(1))
    assert state.scene.cycle in CATALOGUE.tempos


def test_style_says_when_there_is_nothing_to_turn_through() -> None:
    assert play(State(), TurnStyle(1), catalogue=Catalogue({})) == (
        State(),
        [Say("there is no cycle to play", refused=True)],
    )


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


# The scene on disk


@given(st.lists(ACTIONS, max_size=20))
def test_every_scene_comes_back_from_json(actions: list[Action]) -> None:
    scene = reduce(lambda state, action: apply(state, action, CATALOGUE)[0], actions, State()).scene
    assert msgspec.json.decode(msgspec.json.encode(scene), type=Scene) == scene


def test_the_first_scene_is_one_that_the_box_can_hold() -> None:
    assert msgspec.convert(msgspec.to_builtins(Scene()), Scene) == Scene()
    assert replace(State(), scene=Scene()) == State()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"loudness": 1}', "unknown field `loudness`"),
        ('{"tempo": 0}', r">= 20.0 - at `\$.tempo`"),
        ('{"tempo": "fast"}', r"got `str` - at `\$.tempo`"),
        ('{"volume": 40}', r"<= 6.0 - at `\$.volume`"),
        ('{"inputs": -61}', r">= -60.0 - at `\$.inputs`"),
        ('{"tonic": 10}', r">= 60.0 - at `\$.tonic`"),
        ('{"drone_on": 1}', r"Expected `bool`"),
    ],
)
def test_a_scene_that_the_box_cannot_hold_is_refused(text: str, fault: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=fault):
        msgspec.json.decode(text, type=Scene)


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
