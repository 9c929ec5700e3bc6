"""Tables of ratios, against the functions and figures they come from."""

import numpy as np
import pytest

from jambox.sound.instruments.bodies import FREE_BAR, KETTLE, ZEROS, bessel, ringing, skin
from jambox.sound.instruments.tones import Mode


@pytest.mark.parametrize(
    ("order", "x", "value"),
    [(0, 0.0, 1.0), (0, 1.0, 0.765198), (1, 1.0, 0.440051), (2, 3.0, 0.486091), (5, 8.0, 0.185775)],
)
def test_bessel_agrees_with_printed_tables(order: int, x: float, value: float) -> None:
    assert bessel(order, x) == pytest.approx(value, abs=1e-6)


def test_the_zeros_are_zeros_in_order_of_their_circles() -> None:
    for (order, circles), zero in ZEROS.items():
        assert abs(bessel(order, zero)) < 1e-4
        crossings = np.diff(np.sign([bessel(order, x) for x in np.arange(0.05, zero + 0.02, 0.02)]))
        assert np.count_nonzero(crossings) == circles


def test_a_bar_free_at_both_ends_rings_as_euler_and_bernoulli_say() -> None:
    """cos(b) cosh(b) = 1; frequencies go with b squared."""
    roots = np.array([4.730041, 7.853205, 10.995608, 14.137165])
    assert pytest.approx((roots / roots[0]) ** 2, rel=1e-3) == FREE_BAR


def test_a_kettle_is_nearly_harmonic_above_its_missing_octave() -> None:
    harmonics = np.array(KETTLE[:5]) * 2.0
    assert np.abs(harmonics / np.round(harmonics) - 1.0).max() < 0.04


def levels(modes: tuple[Mode, ...]) -> dict[float, float]:
    return {round(mode.ratio, 3): mode.level for mode in modes}


def test_the_middle_of_a_skin_excites_only_modes_without_diameters() -> None:
    assert list(levels(skin(0.0, 0.0, 1.0))) == [1.0, 2.295, 3.599, 4.903]


def test_the_edge_excites_many_modes_and_the_high_ones_more() -> None:
    middle, edge = levels(skin(0.3, 0.0, 1.0, tilt=0.0)), levels(skin(0.9, 0.0, 1.0, tilt=0.0))
    assert len(edge) > 12
    assert edge[4.132] - edge[1.0] > middle.get(4.132, -40.0) - middle[1.0] + 20.0


def test_the_strongest_mode_has_the_level_asked_for() -> None:
    assert max(mode.level for mode in skin(0.4, -7.0, 0.5)) == pytest.approx(-7.0)


def test_high_modes_die_sooner_and_a_soft_hand_takes_them_away() -> None:
    table = {round(m.ratio, 3): m for m in skin(0.5, 0.0, 0.6, damping=1.0)}
    assert table[1.0].t60 == 0.6
    assert table[1.593].t60 == pytest.approx(0.6 / 1.5933, rel=1e-3)
    hard, soft = levels(skin(0.5, 0.0, 1.0, tilt=0.0)), levels(skin(0.5, 0.0, 1.0, tilt=6.0))
    assert (hard[2.136] - hard[1.0]) - (soft[2.136] - soft[1.0]) == pytest.approx(6.0 * np.log2(2.1356), abs=0.01)


def test_ringing_puts_a_bodys_columns_together() -> None:
    assert ringing((1.0, 2.5), (0.0, -6.0), (0.5, 0.2)) == (Mode(1.0, 0.0, 0.5), Mode(2.5, -6.0, 0.2))
    with pytest.raises(ValueError, match="shorter"):
        ringing((1.0, 2.5), (0.0,), (0.5, 0.2))
