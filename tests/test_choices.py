"""The choices of a player, out of all cycles that are shipped."""

import msgspec
import pytest

from jambox.actions import SetShare, Share, Surprise, TurnPartner
from jambox.choices import catalogue
from jambox.music.drums import Drums
from jambox.scene import Scene
from jambox.state import State, apply
from jambox.variation import Luck, Variation
from tests.shipped import LIBRARY

TEMPOS, _ = LIBRARY.style()
CHOICES = catalogue(TEMPOS, LIBRARY.cycles, LIBRARY.drums)


def tradition(name: str) -> str:
    return LIBRARY.cycle(name).file.tradition


@pytest.mark.no_cover
def test_every_cycle_has_partners_but_itself() -> None:
    for name in TEMPOS:
        partners = CHOICES.partners(name)
        assert partners
        assert set(partners) <= set(TEMPOS) - {name}


def test_a_partner_comes_from_elsewhere_where_any_suits() -> None:
    assert all(tradition(name) != "Hindustani tala" for name in CHOICES.partners("rupak"))
    assert CHOICES.partners("gone") == ()


def test_surprises_go_on_for_ever_from_their_seed() -> None:
    def series(seed: int) -> list[tuple[str, Variation]]:
        state, found = State(Scene(), luck=Luck(seed)), []
        for _ in range(40):
            state, _effects = apply(state, Surprise(), CHOICES)
            found.append((state.scene.cycle, state.scene.variation))
        return found

    assert series(1) == series(1) != series(2)
    assert len(set(series(1))) > 20
    assert CHOICES.surprise("gone", Variation(), Luck()) is None


RECORDED = msgspec.structs.replace(LIBRARY.family("tabla"), id="recorded", package="my-sounds")


@pytest.mark.parametrize(
    ("name", "families", "found"),
    [
        ("son-32", {"recorded": RECORDED}, set()),
        ("son-32", {"tabla": RECORDED}, {"tabla"}),
        ("son-32", {"tabla": RECORDED, "recorded": RECORDED}, {"tabla"}),
        ("teental", {"tabla": RECORDED, "recorded": RECORDED}, set()),  # it plays on it already
        ("teental", {"tabla": RECORDED, "pakhawaj": LIBRARY.family("pakhawaj")}, {"pakhawaj"}),
    ],
)
def test_what_is_recorded_surprises_where_it_was_asked_for_and_nobody_who_has_it(
    name: str, families: dict[str, Drums], found: set[str]
) -> None:
    few = catalogue({name: TEMPOS["teental"]}, LIBRARY.cycles, families)
    drawn = [few.surprise(name, Variation(), Luck(seed)) for seed in range(60)]
    assert {change.variation.drums for change in drawn if change} - {""} == found


def test_half_laya_is_refused_where_no_surprise_would_bring_it() -> None:
    for name in TEMPOS:
        for variation in (Variation(), Variation(swing=0.6)):
            uneven = LIBRARY.cycle(name).file.timing is not None
            assert bool(CHOICES.unfit(name, variation, 0.5)) == (uneven or variation.swing > 0.0)
            assert CHOICES.unfit(name, variation, 1.0) == CHOICES.unfit(name, variation, 2.0) == ""
    assert CHOICES.unfit("chaal", Variation(), 0.5) == "half laya does not fit chaal: its pulses are uneven"
    assert CHOICES.unfit("teental", Variation(swing=0.6), 0.5) == "half laya does not fit teental while it swings"
    assert CHOICES.unfit("gone", Variation(), 0.5) == ""


def test_a_cycle_beyond_style_has_its_choices_too() -> None:
    few = catalogue({"teental": TEMPOS["teental"]}, LIBRARY.cycles, LIBRARY.drums)
    state, _ = apply(State(Scene(cycle="rupak")), SetShare(Share.MEET, 0.5), few)
    assert state.scene.partner == "teental"
    assert apply(state, TurnPartner(1), few)[0].scene.partner == "teental"
    assert few.surprise("rupak", Variation(), Luck()) is not None


@pytest.mark.parametrize(
    ("name", "steps", "other"), [("b", 1, "c"), ("c", 1, "a"), ("a", -1, "c"), ("b", 300, "b"), ("gone", 5, "a")]
)
def test_drones_are_turned_through_in_a_round(name: str, steps: int, other: str) -> None:
    assert catalogue({}, {}, {}, ("a", "b", "c")).drone(name, steps) == other


def test_where_there_is_no_drone_it_stays() -> None:
    assert catalogue({}, {}, {}).drone("tanpura", 1) == "tanpura"
    assert catalogue({}, {}, {}).tuning("just5", 1) == "just5"


@pytest.mark.parametrize(
    ("name", "steps", "other"), [("b", 1, "a"), ("a", -1, "b"), ("gone", 1, "a"), ("gone", -1, "b")]
)
def test_tunings_are_those_that_are_there_by_then(name: str, steps: int, other: str) -> None:
    there: list[str] = []
    choices = catalogue({}, {}, {}, tunings=lambda: there)
    there += ["a", "b"]
    assert choices.tuning(name, steps) == other
