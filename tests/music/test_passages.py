"""Fills, endings and introductions of every shipped cycle: where their strokes fall, and in which terms."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox.music.passages import COUNTED, FASTEST, HEARD, PHRASE, TERMS, Kind, Passage, grid, passage, terms, threefold
from tests.shipped import LIBRARY

IDS = st.sampled_from(tuple(LIBRARY.cycles))
TEMPI = st.one_of(st.floats(20.0, 400.0), st.sampled_from([20.0, 120.0, 400.0]))
SHARES = st.floats(0.0, 1.0)
INDIAN = [name for name, cycle in LIBRARY.cycles.items() if terms(cycle).threefold]


def made(kind: Kind, name: str, tempo: float, room: float = 1e3, energy: float = 1.0, seed: int = 0) -> Passage:
    """A passage of the cycle called `name`, whose next sam is `room` beats away."""
    cycle = LIBRARY.cycle(name)
    return passage(kind, cycle, LIBRARY.family(cycle.file.drums), tempo, room, energy, seed)


@given(st.integers(-1, 200), st.integers(1, 20))
def test_three_phrases_and_two_gaps_end_on_sam(places: int, most: int) -> None:
    shape = threefold(places, most)
    if shape is None:
        assert places < 2
        return
    assert 1 <= shape.phrase <= most
    assert 0 <= shape.gap <= shape.phrase
    # From the first stroke to the last of the third phrase, which is on sam.
    starts = [turn * (shape.phrase + shape.gap) for turn in range(3)]
    assert starts[-1] + shape.phrase - 1 == shape.places <= places
    # Neither a longer phrase nor longer gaps have room.
    assert shape.phrase == most or 3 * (shape.phrase + 1) - 1 > places
    assert shape.gap == shape.phrase or shape.places + 2 > places


@pytest.mark.parametrize(
    ("places", "shape"), [(1, None), (2, (1, 0)), (4, (1, 1)), (5, (2, 0)), (16, (5, 1)), (31, (8, 4)), (99, (8, 8))]
)
def test_shapes(places: int, shape: tuple[int, int] | None) -> None:
    assert threefold(places, PHRASE) == shape


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(INDIAN), TEMPI, st.floats(0.1, 32.0), SHARES)
def test_a_tihais_phrases_are_equal_in_strokes_and_spacing_and_its_last_stroke_is_sam(
    name: str, tempo: float, room: float, energy: float
) -> None:
    cycle, found = LIBRARY.cycle(name), made(Kind.ENDING, name, tempo, room, energy)
    step, spared = grid(cycle, tempo, energy), terms(cycle).spared
    assert {stroke.beat for stroke in found.landing} == {0.0}
    every = [(round(stroke.beat / step, 6), stroke.name) for stroke in (*found.strokes, *found.landing)]
    # The hands that keep the tala clap on sam alone, where there is a drum.
    strokes = sorted([(place, name) for place, name in every if name not in spared] or every)
    if not found.strokes:
        assert int(min(room, cycle.beats - step) / step) < 2
        return
    # Wherever the second phrase begins, the third is as far from it, and all three are the same.
    places = [place for place, _ in strokes]

    def thrice(period: int) -> list[tuple[float, str]]:
        phrase = [(place, name) for place, name in strokes if place < places[0] + period]
        return sorted((place + turn * period, name) for turn in range(3) for place, name in phrase)

    assert any(thrice(period) == strokes for period in range(1, int(-places[0]) + 1)), strokes
    assert places[-1] == 0.0


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(Kind), IDS, TEMPI, st.floats(0.01, 32.0), SHARES, st.integers(0, 99))
def test_every_stroke_is_on_the_grid_between_its_beginning_and_sam(
    kind: Kind, name: str, tempo: float, room: float, energy: float, seed: int
) -> None:
    cycle, found = LIBRARY.cycle(name), made(kind, name, tempo, room, energy, seed)
    drums, step = LIBRARY.family(cycle.file.drums), grid(cycle, tempo, energy)
    assert all(stroke.name in drums.strokes for stroke in (*found.strokes, *found.landing))
    assert all(0.0 <= stroke.weight <= 1.0 for stroke in (*found.strokes, *found.landing))
    assert bool(found.landing) is (kind is Kind.ENDING)
    on = 1.0 if kind is Kind.INTRO and terms(cycle).counts else step
    for stroke in found.strokes:
        assert -found.length - 1e-9 <= stroke.beat < 0.0
        assert stroke.beat / on == pytest.approx(round(stroke.beat / on), abs=1e-6)
    if kind is not Kind.INTRO:
        assert found.length <= min(room, cycle.beats - step) + 1e-9 or not found.strokes
    # By chance that can be played again.
    assert made(kind, name, tempo, room, energy, seed) == found


@settings(max_examples=60, deadline=None)
@given(IDS, TEMPI)
def test_the_grid_divides_pulse_or_beat_and_more_energy_makes_it_finer(name: str, tempo: float) -> None:
    cycle = LIBRARY.cycle(name)
    pulse = 1.0 / cycle.file.pulses_per_beat
    fine, coarse = grid(cycle, tempo, 1.0), grid(cycle, tempo, 0.0)
    assert fine <= coarse
    for step in (fine, coarse):
        assert any(x == pytest.approx(round(x)) and round(x) for x in (pulse / step, step / pulse))
        assert step <= 1.0
    assert fine * 60.0 / tempo >= FASTEST - 1e-9


@settings(max_examples=60, deadline=None)
@given(IDS, TEMPI)
def test_an_introduction_is_whole_beats_and_lasts_long_enough_to_come_in(name: str, tempo: float) -> None:
    cycle, found = LIBRARY.cycle(name), made(Kind.INTRO, name, tempo)
    assert found.length.is_integer()
    assert found.length >= min(COUNTED, int(cycle.beats))
    assert found.length * 60.0 / tempo >= HEARD or 2 * found.length > cycle.beats


@pytest.mark.parametrize(
    ("name", "kind", "tempo", "room", "called", "played"),
    [
        ("teental", Kind.ENDING, 60.0, 0.6, "tihai", "Dha.Dha.Dha"),
        ("teental", Kind.ENDING, 60.0, 1.9, "tihai", "TiRaKiTeDhaTiRaKiTeDhaTiRaKiTeDha"),
        ("teental", Kind.ENDING, 60.0, 3.5, "tihai", "TiRaKiTeDha.....TiRaKiTeDha.....TiRaKiTeDha"),
        ("adi", Kind.ENDING, 75.0, 4.0, "mora", "takadhimita.takadhimita.takadhimita"),
        ("four-floor", Kind.ENDING, 130.0, 0.1, "ending", ""),
        ("four-floor", Kind.INTRO, 130.0, 0.0, "count-in", "rim...rim...rim...rim..."),
    ],
)
def test_what_is_played(name: str, kind: Kind, tempo: float, room: float, called: str, played: str) -> None:
    found = made(kind, name, tempo, room)
    assert found.name == called
    step, spared = grid(LIBRARY.cycle(name), tempo), {"clap"} if name == "adi" else set()
    shown = {round(stroke.beat / step): stroke.name for stroke in found.strokes if stroke.name not in spared}
    line = "".join(shown.get(place, ".") for place in range(round(-found.length / step), 0))
    if found.landing and found.strokes:
        line += found.landing[0].name
    assert line == played


def test_a_fill_is_another_each_time() -> None:
    fills = {tuple((s.beat, s.name) for s in made(Kind.FILL, "samba", 100.0, seed=seed).strokes) for seed in range(9)}
    assert len(fills) > 5


def test_no_gong_is_in_a_run_and_one_closes() -> None:
    found = made(Kind.ENDING, "lancaran", 60.0)
    assert "gong" not in {stroke.name for stroke in found.strokes}
    assert "gong" in {stroke.name for stroke in found.landing}


def test_every_tradition_with_terms_of_its_own_is_one_that_cycles_have() -> None:
    assert set(TERMS) <= {cycle.file.tradition for cycle in LIBRARY.cycles.values()}


def test_a_cycle_that_its_family_cannot_play_leads_nowhere() -> None:
    cycle = LIBRARY.cycle("teental")
    assert passage(Kind.FILL, cycle, LIBRARY.family("palmas"), 60.0, 8.0) == Passage(Kind.FILL, "tihai", 0.0, ())
