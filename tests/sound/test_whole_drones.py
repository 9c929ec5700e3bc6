"""Whole drones that are plucked or struck, played for three minutes: level, likeness to themselves, size."""

from functools import cache

import numpy as np
import pytest

from jambox.music.cycle import Sound
from jambox.music.drone import TURNS, Drone, figure
from jambox.sound.instruments.drones import DRONES
from jambox.sound.instruments.finish import loudness
from jambox.sound.instruments.tones import Signal
from jambox.units import Hertz
from tests.shipped import LIBRARY

RATE = 8000
"""Enough for levels: of none of them much lies above 3.6 kHz."""
TONIC = Hertz(146.83)
SECONDS = 180.0
PLUCKED = tuple(name for name, drone in LIBRARY.drones.items() if not drone.steady)


@cache
def played(name: str) -> Signal:
    """The drone as a player hears it once all strings have been struck, in the middle."""
    drone = LIBRARY.drone(name)
    played_on = drone.instruments()
    sounds = tuple(Sound(i * drone.variants, drone.variants, 1.0) for i in range(len(played_on)))
    bank = [
        DRONES[instrument](drone.frequency(i, TONIC), drone.ring, RATE, i * TURNS + turn)
        for i, instrument in enumerate(played_on)
        for turn in range(drone.variants)
    ]
    plan = figure(drone, TONIC, sounds)
    begin = round(drone.ring * RATE)
    mixed = np.zeros(begin + round(SECONDS * RATE) + 2 * begin)
    turn = 0
    while (frame := plan.frame_of(turn, RATE)) < begin + SECONDS * RATE:
        if pluck := plan.pluck(turn):
            sound = bank[pluck.slot]
            mixed[frame : frame + len(sound)] += pluck.level * sound
        turn += 1
    return mixed[begin : begin + round(SECONDS * RATE)]


@pytest.mark.parametrize("name", PLUCKED)
def test_it_is_about_as_loud_as_the_tanpura(name: str) -> None:
    tanpura = loudness(played("tanpura"), RATE, 60.0)
    assert loudness(played(name), RATE, 60.0) == pytest.approx(tanpura, abs=2.0)
    assert np.abs(played(name)).max() < 1.0


@pytest.mark.parametrize("name", PLUCKED)
def test_no_loop_is_heard(name: str) -> None:
    """What is left of the envelope after the round's own shape never looks like itself, 3 to 90 s later."""
    step = round(0.1 * RATE)
    sound = played(name)
    level = np.log(np.sqrt(np.mean(sound[: len(sound) // step * step].reshape(-1, step) ** 2, axis=1)))
    place = (np.arange(len(level)) % (LIBRARY.drone(name).seconds * 10.0)).astype(int)
    rest = level - (np.bincount(place, level) / np.bincount(place))[place]
    spectrum = np.abs(np.fft.rfft(rest, 2 * len(rest))) ** 2
    likeness = np.fft.irfft(spectrum)[: len(rest)] / (len(rest) - np.arange(len(rest)))
    assert rest.std() > 0.02
    assert (likeness[30:900] / likeness[0]).max() < 0.5


@pytest.mark.parametrize("name", sorted(LIBRARY.drones))
def test_it_is_small(name: str) -> None:
    drone: Drone = LIBRARY.drone(name)
    assert len(drone.strings) * drone.variants * drone.ring * 48000 * 4 <= 24e6
