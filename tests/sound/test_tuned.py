"""Which drums go by the tonic, beside the instruments' own figures."""

import numpy as np
import pytest

from jambox.sound.instruments import FAMILIES, STRUCK, render
from jambox.sound.tuned import ANY, TUNED, tonic_of
from jambox.units import Hertz

LOW, HIGH = Hertz(146.83), Hertz(196.0)
APART = ("tabla", "kit", "kit808", "kit909")
"""Families that are more than a table of blows."""


def test_it_is_as_the_tables_of_blows_say() -> None:
    said = {family: {name for name, blow in blows.items() if blow.tuned} for family, blows in STRUCK.items()}
    assert {family: set(names) for family, names in TUNED.items() if family in STRUCK} == {
        family: names for family, names in said.items() if names
    }


@pytest.mark.parametrize(("family", "name"), [(family, name) for family in APART for name in FAMILIES[family].names])
def test_so_it_is_with_the_others(family: str, name: str) -> None:
    low, high = (render(family, name, tonic, 8000, 1) for tonic in (LOW, HIGH))
    assert np.array_equal(low, high) == (name not in TUNED.get(family, ()))


@pytest.mark.parametrize(
    ("instrument", "sounds", "expected"),
    [
        ("tabla", ("na",), LOW),
        ("kit", ("kick", "snare"), ANY),
        ("gamelan", ("ketuk",), ANY),
        ("gamelan", ("ketuk", "gong"), LOW),
        ("nobody's", ("na",), ANY),
    ],
)
def test_the_tonic_is_told_where_it_matters(instrument: str, sounds: tuple[str, ...], expected: Hertz) -> None:
    assert tonic_of(instrument, sounds, LOW) == expected
