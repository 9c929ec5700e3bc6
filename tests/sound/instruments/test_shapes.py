"""Shapes of spectra."""

import numpy as np
import pytest

from jambox.sound.instruments.shapes import bells, harmonics, resonance, slope, strength, swelling
from jambox.units import Hertz


@pytest.mark.parametrize(
    ("frequency", "rate", "top", "most", "count"),
    [
        (100.0, 48000, 1000.0, 50, 10),
        (100.0, 48000, 9000.0, 50, 50),
        (100.0, 2000, 9000.0, 50, 9),
        (900.0, 1000, 9e3, 5, 1),
    ],
)
def test_harmonics_stop_at_the_first_bound(frequency: float, rate: int, top: float, most: int, count: int) -> None:
    assert harmonics(Hertz(frequency), rate, top, most).tolist() == list(range(1, count + 1))


def test_bells_and_resonances_have_their_level_at_their_place() -> None:
    assert 20.0 * np.log10(bells(np.array([500.0, 5000.0]), ((500.0, 100.0, 6.0),))) == pytest.approx([6.0, 0.0])
    gain = 20.0 * np.log10(resonance(np.array([8.0, 800.0]), 8.0, 30.0, 15.0))
    assert gain == pytest.approx([15.0, 0.0], abs=0.1)


def test_a_slope_is_in_decibels_an_octave() -> None:
    assert 20.0 * np.log10(slope(np.array([1.0, 2.0, 4.0]), 9.0)) == pytest.approx([0.0, -9.0, -18.0])


def test_strength_is_that_of_the_sum() -> None:
    assert strength(np.array([1.0, 1.0])) == pytest.approx(1.0)
    assert strength(np.array([[2.0, 0.0], [0.0, 0.0]])) == pytest.approx(1.0)


def test_swelling_is_about_one_and_never_silent() -> None:
    t = np.arange(400.0)[:, None] / 10.0
    swell = swelling(np.arange(1.0, 9.0), t, 0.5, np.random.default_rng(1))
    assert swell.shape == (400, 8)
    assert swell.min() >= 0.2
    assert float(swell.mean()) == pytest.approx(1.0, abs=0.15)
