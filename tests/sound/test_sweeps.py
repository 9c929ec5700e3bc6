"""Nothing jumps: every parameter swept from end to end at full speed, and all of them at once."""

import math
from typing import Any

import numpy as np
import pytest

from jambox.sound import layout
from jambox.sound.engine import Engine
from jambox.sound.parameters import (
    HOUSE_TABLE,
    STRIP_TABLE,
    VALUES,
    Bus,
    Compressor,
    Duck,
    Equaliser,
    Gate,
    Mixer,
    Strip,
    flatten,
)
from tests.sound.bench import RATE, Samples, engine_with, render, swell

HERTZ = 220.0
FRAMES = RATE
BUSY = Strip(
    high_pass=80,
    eq=Equaliser(3.0, 3.0, 500.0, 3.0),
    gate=Gate(threshold=-22.0, ratio=4.0),
    compressor=Compressor(threshold=-30.0, ratio=4.0, make_up=3.0),
    reverb=-12.0,
)
"""A strip on whose sound every parameter has a say."""
HOUSE = VALUES - layout.HOUSE_VALUES
ROWS = [(place, row) for place, row in enumerate(STRIP_TABLE)]
ROWS += [(HOUSE + place, row) for place, row in enumerate(HOUSE_TABLE)]


APART = ("trim", "compressor.make_up", "drone.solo", "rhythm.solo", "cue.level")
"""Not swept with all others: the first two are steep of their own accord, and the cue's are not heard in the mix."""


def playing(values: list[float]) -> Engine:
    """Two strips, a drone and a rhythm, all of one pitch."""
    hum = swell(220, HERTZ, amplitude=0.05)
    engine = engine_with([hum, hum], 2, mixer=Mixer())
    engine.set_mixer(values)
    captured = np.zeros((RATE, 2))
    render(engine, RATE, captured=captured)
    engine.voices.start(layout.DRONE, 1, len(hum), 1.0, pan=-0.5)
    engine.voices.start(layout.RHYTHM, 1, len(hum), 1.0, pan=0.5)
    return engine


def input_tones(frames: int) -> Samples:
    t = np.arange(frames) / RATE
    return np.stack([0.1 * np.sin(2.0 * np.pi * HERTZ * t), 0.08 * np.sin(2.0 * np.pi * HERTZ * t)], 1)


def steepness(heard: Samples) -> float:
    """The steepest step, where a sine of the amplitude that it has around there would make 1."""
    worst = 0.0
    reach = round(RATE / HERTZ)
    for side in np.asarray(heard, dtype=np.float64).T:
        beside = np.lib.stride_tricks.sliding_window_view(np.pad(np.abs(side), reach), 2 * reach + 1).max(axis=1)
        own = 2.0 * math.pi * HERTZ / RATE * beside[1:] + 1e-4
        worst = max(worst, float((np.abs(np.diff(side)) / own).max()))
    return worst


def swept(ends: list[list[float]], every: int) -> Samples:
    engine = playing(ends[0])
    captured = input_tones(FRAMES)
    parts = []
    for number, first in enumerate(range(0, FRAMES, every)):
        engine.set_mixer(ends[number % len(ends)])
        piece = captured[first : first + every]
        parts.append(render(engine, len(piece), 64, piece))
    # Without the tones' own beginning.
    return np.concatenate(parts)[round(RATE / HERTZ) :]


def base() -> list[float]:
    return flatten(Mixer((BUSY, BUSY), drone=Bus(-12.0), rhythm=Bus(-12.0), duck=Duck(1, threshold=-30.0)))


@pytest.mark.parametrize("every", [48, 1000, 7001])
@pytest.mark.parametrize(("place", "row"), ROWS, ids=lambda part: getattr(part, "name", ""))
def test_no_parameter_makes_a_step_of_its_own(place: int, row: Any, every: int) -> None:
    ends = [base(), base()]
    ends[0][place], ends[1][place] = row.low, row.high
    # A trim that rises by 100 dB within some 20 ms is steep of its own accord.
    assert steepness(swept(ends, every)) < (1.6 if row.name == "trim" else 1.3)


@pytest.mark.parametrize("every", [48, 1000, 7001])
def test_all_parameters_at_once_make_no_step(every: int) -> None:
    random = np.random.default_rng(every)
    scenes = []
    for _ in range(12):
        values = base()
        for place, row in ROWS:
            if row.name not in APART:
                values[place] = float(random.choice([row.low, row.high, random.uniform(row.low, row.high)]))
        scenes.append(values)
    assert steepness(swept(scenes, every)) < 1.3
