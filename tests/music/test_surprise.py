"""Surprises: what each kind makes of a cycle, and laws of how they are drawn."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox.music import surprise
from jambox.music.arrangement import Arrangement, Cast
from jambox.music.cycle import Cycle
from jambox.music.drums import Drums, fit
from jambox.variation import Change, Variation
from tests.shipped import LIBRARY

CYCLES, FAMILIES = LIBRARY.cycles, LIBRARY.drums
NAMES = st.sampled_from(tuple(CYCLES))
VARIATIONS = st.builds(
    Variation,
    laya=st.sampled_from([0.5, 1.0, 2.0]),
    swing=st.sampled_from(surprise.SWINGS),
    accent=st.sampled_from(surprise.ACCENTS),
    drums=st.sampled_from(["", *FAMILIES]),
    groups=st.sampled_from([(), (3, 2, 2), (2, 2, 3), (3, 3, 2), (2, 3, 3, 3, 3, 2)]),
)


def varied(name: str, **changes: object) -> Cycle:
    return surprise.varied(CYCLES[name], msgspec.convert(changes, Variation), FAMILIES)


def drawn(name: str, variation: Variation, seed: int, turn: int, recent: tuple[str, ...] = ()) -> Change | None:
    return surprise.draw(name, variation, seed, turn, recent, CYCLES, FAMILIES)


def weights(cycle: Cycle) -> list[float]:
    return [round(stroke.weight, 3) for stroke in cycle.strokes]


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("rupak", {}, [1.0, 0.6, 0.6, 0.8, 0.6, 0.8, 0.6]),
        ("rupak", {"groups": [2, 2, 3]}, [1.0, 0.6, 0.8, 0.6, 0.8, 0.6, 0.6]),
        # What falls between two pulses belongs to no place.
        ("tevra", {"groups": [2, 2, 3]}, [1.0, 0.6, 0.8, 0.6, 0.2, 0.8, 0.2, 0.6, 0.2, 0.6, 0.2]),
        ("rupak", {"groups": [2, 2, 2]}, [1.0, 0.6, 0.6, 0.8, 0.6, 0.8, 0.6]),
        ("rupak", {"accent": 1}, [1.0, 0.6, 0.6, 0.6, 0.8, 0.6, 0.8]),
        ("rupak", {"accent": -1}, [1.0, 0.6, 0.8, 0.6, 0.8, 0.6, 0.6]),
    ],
)
def test_weights(name: str, changes: dict[str, object], expected: list[float]) -> None:
    cycle = varied(name, **changes)
    assert weights(cycle) == expected
    assert [stroke.name for stroke in cycle.strokes] == [stroke.name for stroke in CYCLES[name].strokes]


@pytest.mark.parametrize(
    ("name", "changes", "beats", "length"),
    [
        ("keherwa", {"laya": 2.0}, [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5], 4.0),
        ("keherwa", {"laya": 0.5}, [0, 2, 4, 6, 8, 10, 12, 14], 16.0),
        ("keherwa", {"swing": 0.6}, [0, 1.2, 2, 3.2, 4, 5.2, 6, 7.2], 8.0),
        ("keherwa", {"swing": 0.6, "laya": 2.0}, [0, 0.6, 1, 1.6, 2, 2.6, 3, 3.6], 4.0),
        # Seven pulses have no pairs, and a ride that swings already keeps its own way.
        ("rupak", {"swing": 0.6}, [0, 1, 2, 3, 4, 5, 6], 7.0),
    ],
)
def test_beats(name: str, changes: dict[str, object], beats: list[float], length: float) -> None:
    cycle = varied(name, **changes)
    assert [stroke.beat for stroke in cycle.timed(cycle.tempo)] == pytest.approx(beats)
    assert cycle.beats == length


def test_a_swung_cycle_keeps_its_own_microtiming() -> None:
    ride = CYCLES["swing-ride"]
    assert varied("swing-ride", swing=0.6, laya=0.5) == ride
    assert varied("swing-ride", laya=2.0).beats == 2.0


@pytest.mark.parametrize(
    ("name", "drums", "strokes"),
    [
        # Deep for deep, and of several the one of like weight.
        ("keherwa", "darbuka", ["dum", "dum", "tak", "tak", "tak", "light tak", "dum", "tak"]),
        ("keherwa", "tabla", ["Dha", "Ge", "Na", "Tin", "Na", "Ke", "Dhi", "Na"]),
        ("keherwa", "nothing", ["Dha", "Ge", "Na", "Tin", "Na", "Ke", "Dhi", "Na"]),
    ],
)
def test_another_family(name: str, drums: str, strokes: list[str]) -> None:
    cycle = varied(name, drums=drums)
    assert cycle.file.drums == (drums if drums in FAMILIES else "tabla")
    assert [stroke.name for stroke in cycle.strokes] == strokes


@pytest.mark.parametrize(
    ("name", "groupings"),
    [
        ("rupak", [(2, 2, 3), (2, 3, 2)]),
        ("keherwa", [(3, 3, 2), (3, 2, 3), (2, 3, 3)]),
        ("dadra", [(2, 2, 2)]),
        ("standard-bell", [(2, 2, 2, 2, 2, 2), (3, 3, 2, 2, 2)]),
    ],
)
def test_groupings(name: str, groupings: list[tuple[int, ...]]) -> None:
    assert list(surprise.groupings(CYCLES[name].file)) == groupings


@settings(max_examples=300, deadline=None)
@given(NAMES, VARIATIONS)
def test_whatever_is_changed_can_be_played(name: str, variation: Variation) -> None:
    cycle, own = surprise.varied(CYCLES[name], variation, FAMILIES), CYCLES[name]
    fit([cycle], FAMILIES)
    family: Drums = FAMILIES[cycle.file.drums]
    score = Arrangement(Cast(cycle, family, {}), None, 100.0).score(1, 1)
    assert all(0.0 <= hit.beat < score.length for hit in score.hits)
    assert cycle.beats in (own.beats, own.beats * 2.0, own.beats / 2.0)
    assert all(0.0 <= stroke.weight <= 1.0 for stroke in cycle.strokes)
    assert (
        [s for s in cycle.strokes if s.beat == 0.0] or not [s for s in own.strokes if s.beat == 0.0] or variation.drums
    )


@pytest.mark.parametrize("name", CYCLES)
def test_without_a_change_a_cycle_is_itself(name: str) -> None:
    assert surprise.varied(CYCLES[name], Variation(), FAMILIES) == CYCLES[name]


def differences(name: str, variation: Variation, change: Change) -> list[str]:
    before, after = msgspec.structs.asdict(variation), msgspec.structs.asdict(change.variation)
    return [key for key in before if before[key] != after[key]] + ["cycle"] * (change.cycle != name)


@settings(max_examples=60, deadline=None)
@given(NAMES, st.integers(0, 2**40))
def test_one_thing_at_a_time_none_twice_in_eight_and_the_same_again_from_its_seed(name: str, seed: int) -> None:
    def series() -> list[Change]:
        here, variation = name, Variation()
        recent: tuple[str, ...] = ()
        found = []
        for turn in range(24):
            change = drawn(here, variation, seed, turn, recent)
            assert change is not None
            assert len(differences(here, variation, change)) == 1
            assert change.told.startswith("surprise: ")
            here, variation, recent = change.cycle, change.variation, (*recent, change.key)[-8:]
            found.append(change)
        return found

    changes = series()
    assert changes == series()
    for first in range(len(changes) - 8):
        assert len({change.key for change in changes[first : first + 9]}) == 9


def test_no_surprise_brings_a_cycle_that_cannot_keep_the_laya() -> None:
    """Of the cycles of 3 beats two are uneven, which half laya would stretch."""

    def brought(laya: float) -> set[str]:
        changes = [drawn("samai-darij", Variation(laya=laya), seed, 1) for seed in range(1000)]
        return {change.cycle for change in changes if change and change.key.startswith("cycle ")}

    uneven = {"waltz-vienna", "telespringar"}
    assert brought(1.0) >= uneven
    assert brought(0.5) == brought(1.0) - uneven


def test_every_kind_of_thing_is_drawn() -> None:
    keys = {change.key.split()[0] for turn in range(100) if (change := drawn("teental", Variation(), 3, turn))}
    assert keys == {"cycle", "groups", "laya", "swing", "accent", "drums"}


def test_where_all_was_drawn_lately_there_is_none() -> None:
    every: set[str] = set()
    while change := drawn("rupak", Variation(), 1, 1, tuple(every)):
        assert change.key not in every
        every.add(change.key)
    assert len(every) > 20
