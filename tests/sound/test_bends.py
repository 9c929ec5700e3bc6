"""A drone that is bent and then goes over to its rendering: pitch in cents, how soon, no jump, no gap, one pitch."""

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from jambox.music.cycle import Sound
from jambox.music.drone import Figure
from jambox.sound import commands, layout
from jambox.sound.engine import Engine
from jambox.sound.plucker import BEND_GLIDE, CHANGE_FADE, HIGHEST_BEND, LOWEST_BEND
from jambox.sound.voices import CAPACITY
from tests.sound.bench import RATE, Act, click, do, engine_with, figure_of, perform, render, swell

SEMITONE = 2.0 ** (1.0 / 12.0)
LOW = 220.0
GRAIN = RATE // 50
"""Frames in which a level is told: some periods."""
LOOK = round(0.036 * RATE)
"""Frames in which a pitch is told."""
Track = NDArray[np.float64]


def figure(slot: int, hertz: float, **more: Any) -> Figure:
    """One string, plucked every 20 seconds."""
    return figure_of(slot, frequencies=(hertz,), seconds=20.0, **more)


def loads(made: Figure) -> Act:
    return lambda engine: engine.load_figure(made)


def sounding(*hertz: float) -> Engine:
    """A drone that plucks a sine of three seconds and of the first pitch; slots hold one of each."""
    engine = engine_with([swell(3 * round(each), each) for each in hertz])
    engine.load_figure(figure(0, hertz[0]))
    engine.carry_out(commands.StartDrone())
    return engine


def cents(played: Track, hertz: float, first: int, last: int) -> float:
    """How far, at most, the one tone from frame `first` to `last` is from `hertz`, told LOOK by LOOK."""
    part = played[first - LOOK // 2 : last + LOOK // 2]
    window = np.hanning(LOOK + 1)
    still = np.convolve(
        part * np.exp(-2j * np.pi * hertz / RATE * np.arange(len(part))), window / window.sum(), "valid"
    )
    off = np.diff(np.unwrap(np.angle(still))) * RATE / (2.0 * np.pi)
    return float(np.abs(1200.0 * np.log2(1.0 + off / hertz)).max())


def heard(engine: Engine, script: list[tuple[int, Act]], seconds: float) -> Track:
    """The left side."""
    return perform(engine, script, round(seconds * RATE), 64)[:, 0].astype(np.float64)


def swing(played: Track) -> float:
    """By how many dB the level moves, once it sounds."""
    levels = np.sqrt(np.mean(played[GRAIN:].reshape(-1, GRAIN) ** 2, axis=1))
    return float(20.0 * np.log10(levels.max() / levels.min()))


def steepest(played: Track) -> float:
    return float(np.abs(np.diff(played)).max())


@pytest.mark.parametrize("steps", [-12, -1, 1, 7])
def test_a_bend_is_there_within_fifty_milliseconds_and_exact(steps: int) -> None:
    ratio = 2.0 ** (steps / 12.0)
    played = heard(sounding(LOW), [(RATE // 2, do(commands.BendDrone(ratio)))], 1.2)
    assert cents(played, LOW, RATE // 4, RATE // 2 - 1000) < 0.5
    there = RATE // 2 + round(0.05 * RATE)
    assert cents(played, LOW * ratio, there, RATE + 2000) < 1.0
    assert steepest(played) <= 0.5 * 0.5**0.5 * 2.0 * math.pi * LOW * max(ratio, 1.0) / RATE * 1.001


def test_what_is_bent_back_and_forth_ends_on_the_last() -> None:
    script = [(RATE // 2 + 200 * k, do(commands.BendDrone(SEMITONE**turn))) for k, turn in enumerate((1, 2, 3, 2, 0))]
    played = heard(sounding(LOW), script, 1.2)
    assert cents(played, LOW, RATE // 2 + 1000 + 2400, RATE + 2000) < 0.5
    # Not even where it is read between frames no more: there the sample would jump by a part of its slope.
    assert steepest(played) <= 0.5 * 0.5**0.5 * 2.0 * math.pi * LOW * SEMITONE**3 / RATE * 1.001


def test_plucks_to_come_are_bent_and_other_buses_are_not() -> None:
    engine = engine_with([click(1000)])
    engine.load_figure(figure_of(0, seconds=1.0))
    engine.carry_out(commands.Strike(0, 1.0))
    engine.carry_out(commands.BendDrone(1.5))
    engine.carry_out(commands.StartDrone())
    render(engine, 10)
    steps = {engine.voices.ints[row, layout.BUS]: engine.voices.floats[row, layout.STEP] for row in range(2)}
    assert steps == {layout.SIGNALS: 1.0, layout.DRONE: 1.5}


@pytest.mark.parametrize(("asked", "held"), [(0.0, LOWEST_BEND), (-3.0, LOWEST_BEND), (1e9, HIGHEST_BEND)])
def test_a_bend_is_held_within_what_can_be_played(asked: float, held: float) -> None:
    engine = sounding(LOW)
    render(engine, 10)
    engine.carry_out(commands.BendDrone(asked))
    render(engine, round(BEND_GLIDE * RATE) + 2)
    assert (engine.drone.ratio, engine.voices.floats[0, layout.STEP]) == (held, held)


def test_a_bent_drone_goes_over_to_its_rendering_without_gap_jump_or_double_pitch() -> None:
    high = LOW * SEMITONE
    bend, there = RATE // 2, RATE
    script = [(bend, do(commands.BendDrone(SEMITONE))), (there, loads(figure(1, high)))]
    engine = sounding(LOW, high)
    played = heard(engine, script, 2.0)
    assert cents(played, high, bend + round(0.05 * RATE), 2 * RATE - 2000) < 0.5
    assert swing(played) < 0.3
    assert steepest(played) <= 0.5 * 0.5**0.5 * (2.0 * math.pi * high / RATE + 2.0 / (CHANGE_FADE * RATE)) * 1.001
    assert (engine.voices.count, engine.drone.ratio) == (1, 1.0)
    assert engine.voices.floats[0, layout.STEP] == 1.0  # what sounds now is the rendering as it is


def test_another_tuning_takes_over_within_its_fade_and_glides_meanwhile() -> None:
    other = LOW * 2.0 ** (20.0 / 1200.0)
    played = heard(sounding(LOW, other), [(RATE, loads(figure(1, other)))], 2.0)
    assert cents(played, other, RATE + round(0.3 * RATE), 2 * RATE - 2000) < 0.5
    # While both sound they are near enough to meet in phase: one pitch, and no beat.
    assert swing(played) < 1.0
    assert cents(played, other, RATE + round(0.05 * RATE), RATE + RATE // 3) < 2.0


def test_another_instrument_takes_over_with_a_pluck_within_its_fade() -> None:
    engine = sounding(LOW, 3.0 * LOW)
    other = figure_of(1, 1, frequencies=(3.0 * LOW,) * 2, seconds=20.0)
    played = heard(engine, [(RATE // 2, loads(other))], 1.2)
    assert cents(played, 3.0 * LOW, RATE // 2 + round(0.3 * RATE), RATE + 2000) < 0.5
    assert engine.voices.count == 1
    assert swing(played) < 3.1


def test_each_string_goes_over_to_the_same_pluck_of_its_own() -> None:
    sounds = [swell(200, 200.0 + 10.0 * slot) for slot in range(8)]
    engine = engine_with(sounds)
    before = figure_of(0, 2, frequencies=(200.0, 300.0), seconds=0.2, variants=2)
    after = figure_of(4, 6, frequencies=(100.0, 300.0), seconds=0.2, variants=2)
    engine.load_figure(before)
    engine.carry_out(commands.StartDrone())
    render(engine, 10000)
    ints, floats = engine.voices.ints, engine.voices.floats
    old = [(ints[row, layout.OFFSET], floats[row, layout.POSITION]) for row in range(engine.voices.count)]
    slots = [engine.samples.offsets.index(offset) for offset, _ in old]
    assert len(set(slots)) == 3
    engine.load_figure(after)
    new = [
        (engine.samples.offsets.index(ints[row, layout.OFFSET]), floats[row, layout.POSITION])
        for row in range(len(old), engine.voices.count)
    ]
    lower = {0: 0.5, 1: 0.5, 2: 1.0, 3: 1.0}
    assert new == [(slot + 4, round(at / lower[slot])) for slot, (_, at) in zip(slots, old, strict=True)]
    assert [floats[row, layout.GOAL] for row in range(len(old))] == [lower[slot] for slot in slots]


def test_strings_that_are_not_there_yet_and_voices_without_room_just_fade() -> None:
    engine = sounding(LOW, LOW)
    render(engine, 100)
    engine.load_figure(figure(1, LOW, sounds=(Sound(1, 0, 1.0),)))
    assert (engine.voices.count, engine.voices.floats[0, layout.RAMP] < 0.0) == (1, True)
    full = sounding(LOW, LOW)
    render(full, 100)
    while full.voices.count < CAPACITY:
        full.voices.start(layout.RHYTHM, 1, 1000, 0.0)
    full.load_figure(figure(1, LOW))
    assert (full.voices.count, full.voices.floats[0, layout.RAMP] < 0.0) == (CAPACITY, True)
