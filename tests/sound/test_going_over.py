"""Drones as they are shipped that are bent, and then go over to their rendering: no dip, no bump, no click."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from jambox.music.cycle import Sound
from jambox.music.drone import Drone, figure
from jambox.sound import commands, layout, shelves
from jambox.sound.engine import Engine
from jambox.sound.instruments.drones import DRONES
from jambox.sound.plucker import CHANGE_FADE
from jambox.sound.shelves import Shelf
from jambox.units import Hertz
from tests.shipped import LIBRARY
from tests.sound.bench import Act, Samples, do, engine_with, perform

RATE = 24000
TONIC = Hertz(146.83)
GRAIN = RATE // 50
BENT, SOONER, LATER = 1.0, 0.1, 0.5
"""Seconds from the bend to the rendering, and what is looked at before and after that comes."""
SHELF = Shelf(0, 200, 0, 0)


@cache
def sounds(drone: str, tonic: float, variants: int) -> list[Samples]:
    """As the workshop makes them, up to so many of each string, string by string."""
    found = LIBRARY.tuned(drone, "ni12")
    wanted = shelves.drone_wanted(found, Hertz(tonic), SHELF)[: variants * len(found.strings)]
    made = [(one.slot, DRONES[one.instrument](Hertz(one.frequency), one.seconds, RATE, one.seed)) for one in wanted]
    return [sound for _, sound in sorted(made, key=lambda one: one[0])]


class HandOver:
    """The drone that is bent by some semitones, and goes over `at` so many seconds after it began, or does not."""

    def __init__(self, name: str, semitones: int, at: float) -> None:
        self.drone: Drone = LIBRARY.tuned(name, "ni12")
        self.ratio = 2.0 ** (semitones / 12.0)
        self.there = round(at * RATE)
        self.variants = min(self.drone.variants, 2)
        self.high = Hertz(TONIC * self.ratio)
        self.bank = sounds(name, TONIC, self.variants) + sounds(name, self.high, 1)

    def heard(self, *, goes_over: bool, alone: bool = False) -> NDArray[np.float64]:
        """What is heard around then; if `alone`, of the rendering only, as if it were there already."""
        strings, bend = len(self.drone.strings), self.there - round(BENT * RATE)
        engine = engine_with(self.bank, rate=RATE)
        first = (Sound(i * self.variants, self.variants, 1.0) for i in range(strings))
        engine.load_figure(figure(self.drone, TONIC, tuple(first), 1))
        engine.carry_out(commands.StartDrone())

        def load(engine: Engine) -> None:
            slots = (Sound(strings * self.variants + i, 1, 1.0) for i in range(strings))
            engine.load_figure(figure(self.drone, self.high, tuple(slots), 2))
            if alone:
                leave_new(engine)

        script: list[tuple[int, Act]] = [(bend, do(commands.BendDrone(self.ratio)))]
        script += [(self.there, load)] if goes_over else []
        played = perform(engine, script, self.there + round(LATER * RATE), 128)
        return played[self.there - round(SOONER * RATE) :].astype(np.float64)


def leave_new(engine: Engine) -> None:
    """What rises is there at once, what falls is gone."""
    for row in range(engine.voices.count):
        falls = engine.voices.floats[row, layout.RAMP] < 0.0
        engine.voices.floats[row, layout.LEVEL] = 0.0 if falls else 1.0
        engine.voices.floats[row, layout.RAMP] = -1.0 if falls else 0.0


def levels(played: NDArray[np.float64]) -> NDArray[np.float64]:
    """In dB, of each 20 ms."""
    return np.asarray(10.0 * np.log10(np.square(played).reshape(-1, 2 * GRAIN).mean(axis=1)))


def steepest(played: NDArray[np.float64]) -> float:
    return float(np.abs(np.diff(played, axis=0)).max())


@pytest.mark.parametrize("at", [6.35, 9.77])
@pytest.mark.parametrize("semitones", [-5, -1, 2])
@pytest.mark.parametrize(
    "name", ["shruti-box", "harmonium", "bowed-fifths", "kargyraa", "pad", "organ-point", "tanpura", "singing-bowls"]
)
def test_it_keeps_its_level(name: str, semitones: int, at: float) -> None:
    hand_over = HandOver(name, semitones, at)
    played, stayed = hand_over.heard(goes_over=True), hand_over.heard(goes_over=False)
    new = hand_over.heard(goes_over=True, alone=True)
    begins, ends = round(SOONER / 0.02), round((SOONER + CHANGE_FADE) / 0.02) + 1
    found, both = levels(played), np.stack([levels(stayed), levels(new)])
    # Levels of their own move by more: what is to be told is what going over adds.
    assert (both.min(axis=0) - found)[begins:ends].max() < 1.0
    assert (found - both.max(axis=0))[begins:ends].max() < 1.0
    assert np.abs(found - both[0])[: begins - 1].max() < 0.01
    assert np.abs(found - both[1])[ends:].max() < 0.01
    assert steepest(played) <= 1.1 * max(steepest(stayed), steepest(new))


@pytest.mark.parametrize(
    ("name", "semitones"), [("hurdy-gurdy", 2), ("drone-pipe", 6), ("glass", 6), ("singing-bowls-rubbed", -3)]
)
def test_it_is_nearly_as_even_where_its_tonic_is_in_another_octave_then(name: str, semitones: int) -> None:
    """Its own tonic: an octave from where the bend has come. What both have in common meets in phase all the same."""
    hand_over = HandOver(name, semitones, 6.35)
    octave = hand_over.drone.frequency(0, hand_over.high) / hand_over.drone.frequency(0, TONIC) / hand_over.ratio
    assert octave in (pytest.approx(0.5), pytest.approx(2.0))
    found = levels(hand_over.heard(goes_over=True))
    alone = [hand_over.heard(goes_over=False), hand_over.heard(goes_over=True, alone=True)]
    both = np.stack([levels(each) for each in alone])
    assert (both.min(axis=0) - found).max() < 2.0
    assert (found - both.max(axis=0)).max() < 1.5
