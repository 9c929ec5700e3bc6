"""What sounds on, measured: its partials lie where they should, and one breath goes over into the next unheard."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from jambox.music.drone import OVERLAP, TURNS
from jambox.sound.commands import StartDrone
from jambox.sound.instruments import pipes, reeds
from jambox.sound.instruments.drones import DRONES
from jambox.sound.instruments.steady import Steady, sound
from jambox.units import Hertz
from tests.sound.bench import RATE as ENGINE_RATE
from tests.sound.bench import engine_with, figure_of, render
from tests.sound.measure import partial_cents, peak_near

RATE = 12000
VOICES = {
    "shruti": reeds.SHRUTI,
    "harmonium": reeds.HARMONIUM,
    "highland": reeds.HIGHLAND,
    "upanga": reeds.UPANGA,
    "othu": reeds.OTHU,
    "organ": pipes.ORGAN,
    "bowed": pipes.BOWED,
}


@pytest.mark.parametrize("name", VOICES)
@pytest.mark.parametrize("frequency", [65.4, 146.83, 293.7])
def test_partials_lie_within_two_cents_for_all_that_pressure_does(name: str, frequency: float) -> None:
    made = DRONES[name](Hertz(frequency), 2.6, RATE, 3)
    assert made.shape == (round(2.6 * RATE),)
    heard = 0
    for n in range(1, 9):
        if peak_near(made, RATE, n * frequency, 30.0)[1] > -70.0:
            assert abs(partial_cents(made, RATE, n * frequency, 30.0)) < 2.0, n
            heard += 1
    assert heard >= 6


@pytest.mark.parametrize("name", VOICES)
def test_bounds_ends_and_dc(name: str) -> None:
    made = DRONES[name](Hertz(110.0), 2.8, RATE, 1)
    assert made.dtype == np.float32
    assert made[0] == made[-1] == 0.0
    assert -30.0 < 20.0 * np.log10(np.abs(made).max()) < -2.1  # the ceiling would bend the loudness
    assert abs(float(made.mean(dtype=np.float64))) < 1e-6
    assert np.array_equal(made, DRONES[name](Hertz(110.0), 2.8, RATE, 1))
    assert not np.array_equal(made, DRONES[name](Hertz(110.0), 2.8, RATE, 2))


def phases(name: str, frequency: float, seed: int) -> NDArray[np.float64]:
    """Of the six lowest partials, in radians, in the midst of a breath of 5.6 s."""
    seconds, periods = 5.6, round(2.8 * frequency)
    made = DRONES[name](Hertz(frequency), seconds, RATE, seed)
    first, length = round((periods - 10) / frequency * RATE), round(20 / frequency * RATE)
    t = np.arange(first, first + length) / RATE
    turning = np.exp(-2j * np.pi * frequency * np.arange(1, 7)[:, None] * t)
    return np.asarray(np.angle((turning * made[first : first + length] * np.hanning(length)).sum(axis=1)))


def apart(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(np.abs(np.angle(np.exp(1j * (one - other)))).max())


@pytest.mark.parametrize("name", VOICES)
def test_a_string_has_its_phases_on_whatever_tonic_and_in_all_its_breaths(name: str) -> None:
    """Also in the midst, where its pitch strays; a string of its own has others, so that no two are in step."""
    here = phases(name, 146.83, 0)
    assert apart(here, phases(name, 155.56, 0)) < 0.25
    assert apart(here, phases(name, 146.83, TURNS - 1)) < 0.25
    assert apart(here, phases(name, 146.83, TURNS)) > 0.25


@pytest.mark.parametrize("voice", [reeds.HIGHLAND, pipes.BOWED])
def test_breaths_join_without_a_trace(voice: Steady) -> None:
    """Played by the engine, what strays with the pressure left out, the level moves by less than 0.3 dB, ever."""
    calm = replace(voice, swell=0.0, shimmer=0.0, hiss=None, dips=None)
    frequencies, rate = (73.42, 110.13), ENGINE_RATE
    sounds = [sound(calm, Hertz(f), 1.5 + OVERLAP, rate, seed) for f in frequencies for seed in range(2)]
    figure = figure_of(0, 2, seconds=1.5, variants=2, frequencies=frequencies, steady=True, levels=(0.6, 0.6))
    engine = engine_with(sounds)
    engine.load_figure(figure)
    engine.carry_out(StartDrone())
    played = render(engine, 4 * rate, 512)[:, 0].astype(np.float64)
    # Whole periods of what both have in common, half the lower.
    window = round(6 * rate / 73.42)
    power = np.convolve(played**2, np.full(window, 1.0 / window), "valid")[rate // 4 :: 64]
    assert np.ptp(10.0 * np.log10(power)) < 0.3
    assert np.abs(np.diff(played)).max() < 1.02 * np.abs(np.diff(played[rate : 2 * rate])).max()
