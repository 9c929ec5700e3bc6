"""What actions make of the rhythm: its presses, its tempo, and the clocks that may lead it."""

from dataclasses import replace

import pytest

from jambox.actions import (
    Action,
    ClockStarts,
    ClockStops,
    CountIn,
    FinishRhythm,
    FollowClock,
    HoldRhythm,
    Led,
    PressRhythm,
    Tap,
    TurnStyle,
)
from jambox.effects import (
    Effect,
    EndRhythm,
    JoinClock,
    LoadCycle,
    PlaceBeat,
    PlayFill,
    ProposeTempo,
    Say,
    SetTempo,
    StartRhythm,
    StopRhythm,
)
from jambox.scene import FASTEST, SLOWEST, Scene
from jambox.state import SETTLED, State, ended
from jambox.units import Beats, Bpm, Seconds
from tests.moves import ENDING, PLAYING, play


def taps(interval: float, count: int, start: float = 50.0) -> list[Tap]:
    return [Tap(Seconds(start + i * interval)) for i in range(count)]


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
