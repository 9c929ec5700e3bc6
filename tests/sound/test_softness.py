"""How a soft stroke is darkened, and made up for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox.sound.softness import EVEN, FAINTEST, Softness

SHARES = st.floats(0.0, 1.0)


@pytest.mark.parametrize("velocity", [1.0, 1.2])
def test_at_full_velocity_nothing_is_touched(velocity: float) -> None:
    assert Softness(800.0, 0.8, 0.3, 0.4).struck(velocity) == (0.0, 1.0)


@pytest.mark.parametrize("velocity", [0.0, 0.5, 1.0])
def test_what_is_only_quieter_is_not_darkened(velocity: float) -> None:
    assert EVEN.struck(velocity) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("softness", "velocity", "dark", "lift"),
    [
        (Softness(800.0, 1.0, 1.0, 0.0), 0.25, 0.75, 1.0),
        (Softness(800.0, 1.0, 0.0, 1.0), 0.25, 0.75, 4.0),
        (Softness(800.0, 2.0, 0.5, 0.5), 0.5, 0.75, (0.5 + 0.5 / 16) ** -0.5),
        (Softness(800.0, 1.0, 0.2, 0.2), 0.5, 0.5, (0.2 + 0.3 + 0.05) ** -0.5),
        (Softness(800.0, 1.0, 0.0, 1.0), 0.0, 1.0, FAINTEST**-0.5),
    ],
)
def test_the_energy_is_of_second_degree(softness: Softness, velocity: float, dark: float, lift: float) -> None:
    assert softness.struck(velocity) == pytest.approx((dark, lift))


@settings(max_examples=50)
@given(power=st.floats(0.1, 3.0), low=SHARES, high=SHARES, first=SHARES, second=SHARES)
def test_softer_is_never_brighter(power: float, low: float, high: float, first: float, second: float) -> None:
    softness = Softness(500.0, power, low, high)
    softer, harder = sorted((first, second))
    assert softness.struck(softer)[0] >= softness.struck(harder)[0] >= 0.0
    assert softness.struck(softer)[1] > 0.0
