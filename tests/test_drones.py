"""Whole drones, as they are shipped: as loud as each other, without clicks or DC, and never the same twice."""

from functools import cache

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from jambox import offline
from jambox.music.cycle import Sound
from jambox.music.drone import TURNS, Drone, figure
from jambox.sound.instruments.drones import DRONES
from jambox.sound.instruments.finish import loudness
from jambox.units import Bpm, Hertz
from tests.shipped import LIBRARY

STEADY = tuple(name for name, drone in LIBRARY.drones.items() if drone.steady)
TONIC = Hertz(146.83)
RATE = 24000
COARSE, EVERY = 6000, 0.05
"""Frames and seconds by which envelopes are taken."""


@cache
def whole(name: str, seconds: float = 6.0, tonic: Hertz = TONIC) -> NDArray[np.float32]:
    """The drone from its beginning, one variant of each string."""
    drone = msgspec.structs.replace(LIBRARY.tuned(name, "ni12"), variants=1)
    piece = offline.Piece(RATE, Bpm(90.0), tonic, (0.0, 0.5, 0.0, 1.0), drone=drone)
    return np.concatenate(list(offline.blocks(piece, round(seconds * RATE))))


def lufs(played: NDArray[np.float32]) -> float:
    seconds = len(played) / RATE
    return float(10.0 * np.log10(sum(10.0 ** (0.1 * loudness(side, RATE, seconds)) for side in played.T)))


@pytest.mark.parametrize("tonic", [110.0, TONIC, 196.0])
@pytest.mark.parametrize("name", STEADY)
def test_a_drone_is_as_loud_as_the_tanpura(name: str, tonic: Hertz) -> None:
    tanpura, found = (lufs(whole(each, 6.0, tonic)[RATE:]) for each in ("tanpura", name))
    assert found == pytest.approx(tanpura, abs=2.0)


@pytest.mark.parametrize("name", STEADY)
def test_a_steady_drone_is_there_at_once_and_stays(name: str) -> None:
    """After half a second the level keeps within what beats, bellows and bows do; no step is larger than before."""
    played = whole(name).sum(axis=1, dtype=np.float64)
    assert abs(played.mean()) < 1e-4
    levels = 10.0 * np.log10(np.square(played).reshape(-1, RATE // 5).mean(axis=1))
    assert np.abs(levels[2:] - np.median(levels)).max() < 4.0
    steps = np.abs(np.diff(played))
    assert steps[: RATE // 4].max() < 1.5 * steps[RATE : 5 * RATE].max()
    assert steps[5 * RATE :].max() < 1.5 * steps[RATE : 5 * RATE].max()


def envelope(drone: Drone, seconds: float) -> NDArray[np.float64]:
    """The level over time in dB, at every EVERY, put together from those of the breaths as the engine does.

    Beats between strings are not in it.
    """
    variants, strings, every = drone.variants, len(drone.strings), round(EVERY * COARSE)
    levels = []
    for slot in range(strings * variants):
        string = Hertz(drone.frequency(slot // variants, TONIC))
        seed = slot // variants * TURNS + slot % variants
        breath = DRONES[drone.instruments()[slot // variants]](string, drone.ring, COARSE, seed).astype(np.float64)
        whole = breath[: len(breath) // every * every]
        levels.append(np.sqrt(np.square(whole).reshape(-1, every).mean(axis=1)))
    played = figure(drone, TONIC, tuple(Sound(i * variants, variants, 1.0) for i in range(strings)))
    total = np.zeros((strings, round((seconds + 2.0 * drone.ring) / EVERY)))
    turn = 0
    while (time := played.time_of(turn)) < seconds:
        pluck = played.pluck(turn)
        assert pluck
        level = levels[pluck.slot]
        places = np.arange(int(time / EVERY), int(time / EVERY) + len(level) + 2)
        moments = (np.arange(len(level)) + 0.5) * EVERY
        total[turn % strings, places] += pluck.level * np.interp(places * EVERY - time, moments, level, 0.0, 0.0)
        turn += 1
    heard = total[:, round(drone.seconds / EVERY) : round(seconds / EVERY)]
    return np.asarray(10.0 * np.log10(np.square(heard).sum(axis=0)))


def likeness(drone: Drone) -> float:
    """The highest peak of the autocorrelation of the envelope over three minutes, from 2 to 90 seconds; 1 in a loop."""
    level = envelope(drone, 180.0)
    level -= level.mean()
    count = len(level)
    power = np.abs(np.fft.rfft(level, 2 * count)) ** 2
    alike = np.fft.irfft(power)[:count] / np.arange(count, 0, -1)
    return float(alike[round(2.0 / EVERY) : round(90.0 / EVERY)].max() / alike[0])


@pytest.mark.parametrize("name", STEADY)
def test_nothing_betrays_a_loop(name: str) -> None:
    assert likeness(LIBRARY.tuned(name, "ni12")) < 0.7


def test_a_loop_would_be_found() -> None:
    drone = msgspec.structs.replace(LIBRARY.tuned("shruti-box", "ni12"), variants=1, softest=1.0)
    assert likeness(drone) > 0.95
