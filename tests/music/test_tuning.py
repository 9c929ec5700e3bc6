"""Tunings: what their files tell beside the numbers, and where the degrees that strings are named after lie in them."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox.errors import DataError
from jambox.music.drone import strung
from jambox.music.scala import Scale
from jambox.music.tuning import NEAR, Tuning, parse_tuning, print_tuning, tuned
from jambox.units import Hertz, cents
from tests.shipped import LIBRARY

TUNINGS = LIBRARY.tunings
TEXT = """! mine.scl
!
! name ar: راست
! name tr: Rast
! tradition: Arab
! kind: theory
! certainty: S1
! source: one book
! source: another book
! notes: of a kind
! nonsense: skipped
Mine
2
! a comment like any: 3/2
3/2
2/1
"""
PA, MA, NI, DHA = 701.955, 498.045, 1088.269, 905.865


def test_a_file_tells_where_it_comes_from() -> None:
    assert parse_tuning(TEXT, "mine.scl", "mine") == Tuning(
        "mine",
        Scale("Mine", ((3, 2), (2, 1))),
        None,
        {"ar": "راست", "tr": "Rast"},
        "Arab",
        "theory",
        "S1",
        ("one book", "another book"),
        "of a kind",
    )


def test_a_file_of_others_tells_nothing() -> None:
    found = parse_tuning("! name of it\n\n1\n2/1\n", "x.scl", "x")
    assert (found.name, found.certainty, found.sources) == ("x", "unchecked", ())


def test_a_certainty_that_is_none_is_told_with_its_line() -> None:
    with pytest.raises(
        DataError, match=r"^x\.scl: line 7: 'S9' is no certainty: there are S2, S1, disputed, unchecked$"
    ):
        parse_tuning(TEXT.replace("S1", "S9"), "x.scl", "x")


@pytest.mark.parametrize(
    ("name", "named", "tuned"),
    [
        ("just5", PA, PA),
        ("edo12", PA, 700.0),
        ("meantone", PA, 696.578),
        ("edo12", PA - 1200, -500.0),
        ("edo12", MA, 500.0),
        ("pyth12", NI, 1109.775),
        ("malkauns", MA, MA),
        # No Pa, and no shuddha Ni: the string stays pure.
        ("malkauns", PA, PA),
        ("malkauns", NI, NI),
        ("bhairavi", DHA, DHA),
        # Sa is Sa, whatever the tuning has near it.
        ("shruti22", 0.0, 0.0),
        ("shruti22", 1200.0, 1200.0),
        # Stretched octaves stay stretched.
        ("sl-av", -1200.0, -1208.0),
        ("sl-av", PA - 1200, 717.0 - 1208.0),
        # A period that is no octave does not make octaves.
        ("bp", -1200.0, -1200.0),
        ("alpha", PA, 702.0),
        ("alpha", NI, 702.0 + 390.0),
    ],
)
def test_a_string_takes_its_pitch_from_the_tuning(name: str, named: float, tuned: float) -> None:
    assert TUNINGS[name].string(named) == pytest.approx(tuned, abs=0.001)


@given(st.sampled_from(sorted(TUNINGS)), st.floats(-3600, 3600))
def test_no_string_strays_from_its_name(name: str, named: float) -> None:
    assert abs(TUNINGS[name].string(named) - named) <= 4 * NEAR


@given(st.sampled_from(sorted(TUNINGS)), st.integers(-30, 30))
def test_a_degree_is_the_nearest_to_itself(name: str, number: int) -> None:
    degree = TUNINGS[name].scale.degree(number)
    assert TUNINGS[name].nearest(degree) == pytest.approx(degree, abs=1e-6)


def test_a_scale_without_notes_or_period_has_its_degrees_once() -> None:
    assert Tuning("none", Scale("")).nearest(700.0) == 0.0
    assert Tuning("still", Scale("", (400.0, (1, 1)))).nearest(900.0) == 400.0
    # The lower of two.
    assert Tuning("halves", Scale("", (400.0, 1200.0))).nearest(200.0) == 0.0


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(-30_000, 30_000), max_size=8).map(lambda found: tuple(each / 10 for each in found)),
    st.integers(-60_000, 60_000).map(lambda tenths: tenths / 10),
)
def test_the_nearest_degree_is_found_in_any_scale(intervals: tuple[float, ...], place: float) -> None:
    tuning = Tuning("any", Scale("", intervals))
    period = abs(tuning.scale.period)
    every = [degree + (round((place - degree) / period) * period if period else 0.0) for degree in (0.0, *intervals)]
    found = tuning.nearest(place)
    assert abs(found - place) == pytest.approx(min(abs(degree - place) for degree in every), abs=1e-6)
    assert any(found == pytest.approx(degree + turn * period, abs=1e-6) for degree in every for turn in (-1, 0, 1))


@pytest.mark.parametrize("name", ["rast-24", "ghb-98", "edo12", "hard", "just5"])
def test_what_is_written_of_a_tuning_is_read_back(name: str) -> None:
    written = print_tuning(TUNINGS[name])
    assert parse_tuning(written, f"{name}.scl", name) == msgspec.structs.replace(TUNINGS[name], map=None)


# A drone in a tuning

TANPURA = LIBRARY.drone("tanpura")


@pytest.mark.parametrize(
    ("name", "strings"),
    [
        ("just5", [-498.045, 0.0, 1.0, -1200.0]),
        ("edo12", [-500.0, 0.0, 1.0, -1200.0]),
        ("meantone", [-503.422, 0.0, 1.0, -1200.0]),
        ("sl-av", [717.0 - 1208.0, 0.0, 1.0, -1208.0]),
        ("marwa", [-498.045, 0.0, 1.0, -1200.0]),
    ],
)
def test_a_drones_strings_take_their_pitch_from_the_tuning(name: str, strings: list[float]) -> None:
    found = tuned(TANPURA, TUNINGS[name])
    tonic = Hertz(146.83)
    assert [cents(found.frequency(i, tonic) / tonic) for i in range(4)] == pytest.approx(strings, abs=0.001)


def test_a_pure_string_has_its_ratio_in_whatever_tuning() -> None:
    found = tuned(strung(TANPURA, "7/4 Pa"), TUNINGS["edo12"])
    assert [cents(found.frequency(i, Hertz(200.0)) / 200.0) for i in (0, 1)] == pytest.approx(
        [968.826, 700.0], abs=0.001
    )


def test_a_string_that_stays_where_it_was_is_the_very_same() -> None:
    # To the last bit: what was rendered of it before is found again.
    assert tuned(TANPURA, TUNINGS["just5"]) == TANPURA
