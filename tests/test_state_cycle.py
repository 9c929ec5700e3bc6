"""What actions make of the cycle: another one, how full it is, whom it meets, and surprises."""

import msgspec
import pytest

from jambox.actions import Action, SetShare, Share, Surprise, TurnLaya, TurnPartner, TurnStyle, UndoSurprise
from jambox.effects import Effect, LoadCycle, Say, SetTempo
from jambox.scene import Scene
from jambox.state import Catalogue, State, describe
from jambox.variation import RECENT, Change, Luck, Variation
from tests.moves import CATALOGUE, play


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
        assert effects == [LoadCycle(), Say("the change is undone")]
    assert play(state, UndoSurprise()) == (state, [Say("there is nothing to undo", refused=True)])
    assert state.luck.drawn == 2


def test_a_surprise_saved_with_the_scene_can_be_undone_and_another_cycle_ends_it() -> None:
    varied = State(Scene(variation=Variation(laya=2.0)))
    assert play(varied, UndoSurprise())[0].scene == Scene()
    state, _ = play(varied, Surprise(), TurnStyle(1))
    assert (state.scene.variation, state.luck.past) == (Variation(), ())


@pytest.mark.parametrize(
    ("scene", "steps", "laya", "said"),
    [
        (Scene(), 1, 2.0, "double laya"),
        (Scene(), -1, 0.5, "half laya"),
        (Scene(), 9**99, 2.0, "double laya"),
        (Scene(variation=Variation(laya=0.5)), 1, 1.0, "its own laya"),
        (Scene(variation=Variation(laya=2.0)), -1, 1.0, "its own laya"),
        (Scene(variation=Variation(laya=2.0)), -2, 0.5, "half laya"),
        # One that no hand can have set counts as its own, as it is played.
        (Scene(variation=Variation(laya=1.3)), 1, 2.0, "double laya"),
    ],
)
@pytest.mark.parametrize("playing", [False, True])
def test_a_player_asks_for_another_laya_and_has_all_else_as_it_was(
    scene: Scene, steps: int, laya: float, said: str, playing: bool
) -> None:
    state, effects = play(State(scene, rhythm_on=playing), TurnLaya(steps))
    assert state.scene == msgspec.structs.replace(scene, variation=Variation(laya=laya))
    assert effects == [LoadCycle(), Say(said)]


@pytest.mark.parametrize(
    ("scene", "steps", "why"),
    [
        (Scene(variation=Variation(laya=2.0)), 1, "teental is in double laya already"),
        (Scene(variation=Variation(laya=0.5)), -1, "teental is in half laya already"),
        (Scene(), 0, "teental is in its own laya already"),
        (Scene(cycle="four-floor"), -1, "it does not fit"),
    ],
)
def test_a_laya_that_does_not_fit_is_refused_in_a_word(scene: Scene, steps: int, why: str) -> None:
    assert play(State(scene), TurnLaya(steps)) == (State(scene), [Say(why, refused=True)])


def test_layas_are_undone_in_their_turn_with_surprises_and_draw_nothing() -> None:
    state, _ = play(State(), Surprise(), TurnLaya(1), Surprise())
    assert state.luck.drawn == 2
    variations = []
    for _ in range(3):
        state, effects = play(state, UndoSurprise())
        variations.append((state.scene.cycle, state.scene.variation.laya))
        assert effects == [LoadCycle(), Say("the change is undone")]
    assert variations == [("rupak", 2.0), ("rupak", 1.0), ("teental", 1.0)]
    assert state.luck.drawn == 2


@pytest.mark.parametrize(("laya", "told"), [(0.5, " in half laya"), (1.0, ""), (2.0, " in double laya")])
def test_who_asks_is_told_of_the_laya(laya: float, told: str) -> None:
    scene = Scene(variation=Variation(laya=laya), meet=0.5, partner="rupak")
    assert describe(State(scene)).startswith(f"teental{told} meeting rupak silent at ")


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
