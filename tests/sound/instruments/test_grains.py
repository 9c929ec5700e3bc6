"""Rattles: where they ring, how they thin out, and that they begin at once."""

import numpy as np
import pytest

from jambox.sound.instruments.grains import Grains, rattle
from tests.sound.measure import band_db, level_db

RATE = 48000
JINGLES = Grains(((5600.0, 1.0, 0.0156),), 1378.0, 0.003, 0.1, -6.0)


def rattled(grains: Grains, seed: int = 1, frames: int = RATE // 4, rate: int = RATE) -> np.ndarray:
    return rattle(grains, frames, rate, np.random.default_rng(seed))


def test_the_first_20_ms_have_the_level_asked_for() -> None:
    assert level_db(rattled(JINGLES)[:960]) == pytest.approx(-6.0, abs=0.01)


@pytest.mark.parametrize("rate", [44100, 48000, 96000])
def test_they_ring_in_their_resonance_at_every_rate(rate: int) -> None:
    assert band_db(rattled(JINGLES, frames=rate // 4, rate=rate), rate, 5200.0, 6000.0) > -1.5


def test_a_resonance_beyond_the_rate_is_left_out() -> None:
    high = Grains(((5600.0, 1.0, 0.0156), (40000.0, 1.0, 0.001)), 1378.0, 0.003, 0.1, -6.0)
    assert np.array_equal(rattled(high), rattled(JINGLES))


def test_collisions_thin_out_as_the_shaking_dies_away() -> None:
    """60 dB of energy of shaking are gone after 0.1 s, so of 1378 collisions a second hardly one falls there."""
    early = np.mean([level_db(rattled(JINGLES, seed)[480:1920]) for seed in range(8)])
    late = np.mean([level_db(rattled(JINGLES, seed)[4800:6240]) for seed in range(8)])
    assert early - late > 20.0


def test_few_grains_are_heard_one_by_one() -> None:
    """The fewer the collisions, the farther peaks stand out from the mean."""

    def crest(collisions: float) -> float:
        grains = Grains(((3000.0, 1.0, 0.001),), collisions, 0.003, 5.0, 0.0)
        sounds = [rattled(grains, seed)[2400:] for seed in range(6)]
        return float(np.mean([20.0 * np.log10(np.abs(x).max()) - level_db(x) for x in sounds]))

    assert crest(60.0) > crest(5000.0) + 3.0


def test_the_seed_alone_decides() -> None:
    assert np.array_equal(rattled(JINGLES, 3), rattled(JINGLES, 3))
    assert not np.array_equal(rattled(JINGLES, 3), rattled(JINGLES, 4))
