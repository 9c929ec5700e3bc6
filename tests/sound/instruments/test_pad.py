"""The pad: waves some cents apart, behind a low-pass that drifts."""

import numpy as np
import pytest

from jambox.sound.instruments import pad
from jambox.units import Hertz
from tests.sound.measure import centroid, spectrum

RATE = 12000


@pytest.mark.parametrize("frequency", [110.0, 146.83, 220.0])
def test_its_waves_lie_where_its_figures_say(frequency: float) -> None:
    """At partial 6, where they are furthest apart, each is a peak within 2 cents of its place."""
    sound = pad.warm(Hertz(frequency), 7.0, RATE, 1)
    hertz, size = spectrum(sound, RATE)
    for cents in (0.0, *(cents for cents, _ in pad.DETUNED)):
        place = 6.0 * frequency * 2.0 ** (cents / 1200.0)
        near = np.abs(1200.0 * np.log2(np.maximum(hertz, 1.0) / place)) < 1.9
        top = np.flatnonzero(near)[np.argmax(size[near])]
        assert size[top] > max(size[top - 1], size[top + 1]), cents


def test_its_low_pass_drifts() -> None:
    sound = pad.warm(Hertz(110.0), 7.0, RATE, 1)
    centres = [centroid(sound[at : at + RATE], RATE, 150.0) for at in range(RATE, 6 * RATE, RATE)]
    assert max(centres) > 1.15 * min(centres)
