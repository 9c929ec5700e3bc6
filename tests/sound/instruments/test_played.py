"""What drones are played on, measured at three tonics: pitch, ends, level, joins, seeds."""

from functools import cache

import numpy as np
import pytest

from jambox.music.drone import OVERLAP
from jambox.sound.instruments.drones import DRONES
from jambox.sound.instruments.finish import loudness
from jambox.sound.instruments.tones import Samples
from jambox.units import Hertz
from tests.sound.measure import envelope_db, partial_cents, peak_db

RATE = 16000
SECONDS = 3.2
STEADY = ("bourdon", "trompette", "drone-pipe", "khoomei-8", "sygyt-9", "kargyraa", "rubbed-bowl", "glass")
"""Those whose partials are exact harmonics."""
OTHERS = ("bowl", "pad", "tanpura-male", "tanpura-female", "tanpuri")
TONICS = {
    "drone-pipe": (55.0, 65.4, 80.0),
    "kargyraa": (55.0, 65.4, 87.3),
    "trompette": (196.0, 293.7, 440.0),
    "glass": (220.0, 293.7, 587.3),
}
USUAL = (98.0, 146.83, 220.0)
PITCHES = [(name, tonic) for name in STEADY + OTHERS for tonic in TONICS.get(name, USUAL)]


@cache
def played(name: str, frequency: float, seed: int = 0) -> Samples:
    sound = DRONES[name](Hertz(frequency), SECONDS, RATE, seed)
    sound.flags.writeable = False
    return sound


@pytest.mark.parametrize(("name", "frequency"), [each for each in PITCHES if each[0] in STEADY])
def test_partials_of_what_sounds_on_are_harmonics(name: str, frequency: float) -> None:
    middle = played(name, frequency)[round(OVERLAP * RATE) : -round(OVERLAP * RATE)]
    for n in (1, 2, 3):
        assert abs(partial_cents(middle, RATE, n * frequency, within=40.0)) < 2.0, n


@pytest.mark.parametrize(("name", "frequency"), PITCHES)
def test_no_clicks_no_dc_and_a_known_level(name: str, frequency: float) -> None:
    """No step at an end is larger than those within."""
    sound = played(name, frequency)
    assert sound.dtype == np.float32
    assert sound.shape == (round(SECONDS * RATE),)
    assert sound[0] == sound[-1] == 0.0
    assert abs(float(sound.mean(dtype=np.float64))) < 1e-6
    assert peak_db(sound) < -1.9
    steps = np.abs(np.diff(sound))
    edge = round(0.01 * RATE)
    assert max(steps[:edge].max(), steps[-edge:].max()) < 0.5 * steps[edge:-edge].max()
    assert -30.0 < loudness(sound, RATE, 2.0) < -16.0


@pytest.mark.parametrize("name", STEADY)
def test_breaths_that_overlap_meet_in_phase(name: str) -> None:
    """Amplitudes of the lowest partial add up; were they out of phase, the sum would fall short."""
    frequency = TONICS.get(name, USUAL)[1]
    first, second = played(name, frequency), played(name, frequency, 1)
    periods = round((SECONDS - OVERLAP) * frequency)
    later = round(periods / frequency * RATE)
    both = np.zeros(later + len(second))
    both[: len(first)] += first
    both[later:] += second
    middle = later + round(OVERLAP * RATE / 2)
    level, before, after = (
        10.0 ** (envelope_db(x, RATE, frequency, 0.1)[at] / 20.0)
        for x, at in ((both, middle), (first, middle), (second, middle - later))
    )
    assert level == pytest.approx(before + after, rel=0.03)


@pytest.mark.parametrize("name", STEADY + OTHERS)
def test_a_seed_is_one_sound(name: str) -> None:
    frequency = TONICS.get(name, USUAL)[1]
    again = DRONES[name](Hertz(frequency), SECONDS, RATE, 0)
    assert np.array_equal(again, played(name, frequency))
    assert not np.allclose(again, played(name, frequency, 1), atol=1e-3)
