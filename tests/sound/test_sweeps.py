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
from jambox.sound.tables import view
from tests.sound.bench import RATE, Samples, engine_with, render, swell
from tests.sound.measure import highest_around

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


TAMED = {"trim": (-20.0, 6.0), "compressor.make_up": (0.0, 12.0), "cue.level": (-60.0, 0.0)}
"""Where these stay while all move: past that they are steep of their own accord, and together drive what clips."""
TILT = 4.0
"""What master.tone, from -6 dB in the lows to 6 dB in the highs, makes of a corner beside a low tone at most."""


def playing(values: list[float]) -> Engine:
    """Two strips, a drone and a rhythm, all of one pitch."""
    hum = swell(400, HERTZ, amplitude=0.05)
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


def steepness(heard: Samples, quick: Samples | float = 0.0) -> float:
    """The steepest step, where a sine of the amplitude that it has around there would make 1.

    `quick` is by what share of itself a gain makes it move besides, in each frame.
    """
    worst = 0.0
    reach = round(RATE / HERTZ)
    for side in np.asarray(heard, dtype=np.float64).T:
        beside = highest_around(np.abs(side), reach)
        own = (2.0 * math.pi * HERTZ / RATE + quick) * beside[1:] + 1e-4
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


@pytest.mark.parametrize("every", [48, 7001])
@pytest.mark.parametrize(("place", "row"), ROWS, ids=lambda part: getattr(part, "name", ""))
def test_no_parameter_makes_a_step_of_its_own(place: int, row: Any, every: int) -> None:
    ends = [base(), base()]
    ends[0][place], ends[1][place] = row.low, row.high
    # A trim that rises by 100 dB within some 20 ms is steep of its own accord.
    assert steepness(swept(ends, every)) < (1.6 if row.name == "trim" else 1.3)


def drawn(seed: int) -> list[list[float]]:
    """A dozen mixers, every parameter of which is at its lowest, at its highest, or anywhere between."""
    random = np.random.default_rng(seed)
    scenes = []
    for _ in range(12):
        values = base()
        for place, row in ROWS:
            low, high = TAMED.get(row.name, (row.low, row.high))
            values[place] = float(random.choice([low, high, random.uniform(low, high)]))
        scenes.append(values)
    return scenes


def swept_by_frames(scenes: list[list[float]], every: int) -> tuple[Samples, Samples]:
    """What is heard in mix and cue, and, by frames, what gate and compressor of both strips take away (nepers).

    The first half of a second, in which nothing moves yet, is left out.
    """
    engine, still = playing(scenes[0]), FRAMES // 2
    captured = view(input_tones(still + FRAMES).astype(np.float32).reshape(-1))
    heard = np.zeros((2, still + FRAMES, 2), np.float32)
    played, cue = (view(side.reshape(-1)) for side in heard)
    taken = np.zeros((still + FRAMES, 2))
    done = 0
    while done < still + FRAMES:
        frames = min(64, still - done) if done < still else 1
        if done >= still and (done - still) % every == 0:
            engine.set_mixer(scenes[(done - still) // every % len(scenes)])
        part = slice(2 * done, 2 * (done + frames))
        engine.render(captured[part], played[part], frames, cue[part])
        done += frames
        for strip in range(2):
            place = strip * layout.STRIP_STATE
            away = engine.strips.state[place + layout.TURNED_DOWN] + engine.strips.state[place + layout.CLOSED]
            taken[done - frames : done, strip] = away
    return np.concatenate(list(heard), 1)[still:], taken[still:]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("every", [48, 7001])
def test_all_parameters_at_once_make_no_step(every: int, seed: int) -> None:
    heard, taken = swept_by_frames(drawn(seed), every)
    # A gate that opens in 0.1 ms makes a step, as whoever set it wishes. If x is what a strip brings and D what its
    # dynamics take, x exp(-D) moves by (dx - x dD) exp(-D): so to the slope of the tone the gain's own is added.
    quick = np.abs(np.diff(taken, axis=0)).max(axis=1)
    assert steepness(heard, TILT * quick) < 1.3
