"""The laws of the engine: blocks of any size, nothing jumps, every stroke on its frame, whatever is commanded."""

import math
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from jambox.music.cycle import Score
from jambox.music.drums import score
from jambox.music.roll import lay
from jambox.sound import commands
from jambox.sound.commands import Status
from jambox.sound.engine import Engine
from jambox.sound.players import STOP_FADE
from jambox.sound.strips import GLIDE
from tests.shipped import LIBRARY
from tests.sound.bench import (
    RATE,
    Act,
    click,
    do,
    engine_with,
    figure_of,
    loops,
    perform,
    render,
    score_of,
    swell,
)

SLOW = 8000.0
"""A rate at which much happens in few frames."""


def noises() -> list[NDArray[np.float32]]:
    random = np.random.default_rng(7)
    return [random.uniform(-0.6, 0.6, size).astype(np.float32) for size in (900, 1500, 300, 2500, 40)]


def levels(*values: float) -> Act:
    return lambda target: target.set_levels(values)


def load(made: Score) -> Act:
    return lambda target: target.load_score(lay(made))


SCORES = (
    score_of((0.0, 0), (0.5, 1), (0.75, 2), length=1.0),
    score_of((0.0, 3), (1 / 3, 4), (2 / 3, 4), (1.9, 1), length=2.0, serial=2),
    Score(3, 1.5, ()),
)
FIGURES = (figure_of(0, 3, seconds=1.0, jitter=0.1), figure_of(2, 2, 4, seconds=1.3))
ACTS = st.one_of(
    st.sampled_from(
        [
            *(do(it()) for it in (commands.EndRhythm, commands.StopRhythm, commands.StartDrone, commands.StopDrone)),
            *(load(made) for made in SCORES),
            *((lambda target, made=made: target.load_figure(made)) for made in FIGURES),
            *(do(commands.LockDrone(lock)) for lock in range(3)),
        ]
    ),
    st.floats(20, 400).map(lambda tempo: do(commands.SetTempo(tempo))),
    st.floats(-1, 3).map(lambda beat: do(commands.StartRhythm(beat))),
    st.floats(-8000, 8000).map(lambda frame: do(commands.JoinRhythm(1.0, frame))),
    st.floats(-400, 400).map(lambda off: lambda target: target.carry_out(commands.PlaceBeat(target.frame + off))),
    st.builds(lambda slot, gain: do(commands.Strike(slot, gain)), st.integers(0, 4), st.floats(0, 2)),
    st.lists(st.floats(0, 2), min_size=4, max_size=4).map(lambda values: levels(*values)),
)
SCRIPTS = st.lists(st.tuples(st.integers(0, 4000), ACTS), max_size=10)
OPENING: list[tuple[int, Act]] = [
    (0, load(SCORES[0])),
    (0, lambda target: target.load_figure(FIGURES[0])),
    (0, do(commands.SetTempo(311.0))),
    (0, do(commands.StartRhythm(0.25))),
    (0, do(commands.StartDrone())),
]


@settings(max_examples=25, deadline=None)
@given(script=SCRIPTS, strips=st.integers(0, 2))
def test_blocks_of_any_size_give_the_same_samples(script: list[tuple[int, Act]], strips: int) -> None:
    captured = np.random.default_rng(1).uniform(-0.5, 0.5, (4500, strips)).astype(np.float32)
    results: list[tuple[bytes, Any]] = []
    for block in (1, 64, 65, 128):
        target = engine_with(noises(), strips, rate=SLOW)
        played = perform(target, OPENING + script, 4500, block, captured)
        assert np.isfinite(played).all()
        status = Status()
        target.report(status)
        results.append((played.tobytes(), status))
    assert all(result == results[0] for result in results)


def test_a_block_longer_than_announced_is_rendered_in_spans() -> None:
    short, long = (perform(engine_with(noises(), longest=n, rate=SLOW), OPENING, 3000, 3000) for n in (64, 3000))
    assert np.array_equal(short, long)


@settings(max_examples=8, deadline=None)
@given(script=st.lists(st.tuples(st.integers(0, 600), ACTS), max_size=6))
def test_the_interpreted_kernel_gives_the_same_samples(script: list[tuple[int, Act]]) -> None:
    captured = np.random.default_rng(1).uniform(-0.5, 0.5, (700, 2)).astype(np.float32)
    results = []
    for compiled in (True, False):
        with loops(compiled):
            results.append(perform(engine_with(noises(), 2, rate=SLOW), OPENING + script, 700, 64, captured))
    assert np.array_equal(results[0], results[1])


HERTZ = 50.0
"""Sounds that start and end at 0 and are as smooth as a 50 Hz sine."""
HANDS = st.one_of(
    st.sampled_from(
        [
            *(do(it()) for it in (commands.EndRhythm, commands.StopRhythm, commands.StartDrone, commands.StopDrone)),
            do(commands.StartRhythm(0.0)),
            load(score_of((0.0, 1), (2.0, 0), serial=2)),
            lambda target: target.load_figure(figure_of(1, 0, seconds=2.0)),
        ]
    ),
    st.lists(st.floats(0, 1), min_size=4, max_size=4).map(lambda values: levels(*values)),
)


@settings(max_examples=40, deadline=None)
@given(script=st.lists(st.tuples(st.integers(0, RATE // 2), HANDS), min_size=1, max_size=8))
def test_nothing_jumps(script: list[tuple[int, Act]]) -> None:
    target = engine_with([swell(20, HERTZ), swell(30, HERTZ)])
    most = 0

    def opening(target: Engine) -> None:
        target.load_score(lay(score_of((0.0, 0), (2.0, 1))))
        target.load_figure(figure_of(0, 1, seconds=2.0))
        target.carry_out(commands.StartRhythm(0.0))
        target.carry_out(commands.StartDrone())

    def count(target: Engine) -> None:
        nonlocal most
        most = max(most, target.voices.count)

    watch = [(frame, count) for frame in range(100, RATE * 6 // 10, 100)]
    played = perform(target, [(0, opening), *script, *watch], RATE * 6 // 10, 64)
    # A voice is at most 0.5 cos 45 degrees loud. What may change it from frame to frame: its own sine, the fade of a
    # stopped rhythm, and two gains that glide one behind the other.
    own = 2.0 * math.pi * HERTZ / RATE
    glide = 2.0 * (1.0 - math.exp(-1.0 / (GLIDE * RATE)))
    bound = most * 0.5 * 0.5**0.5 * (own + 1.0 / (STOP_FADE * RATE) + glide)
    steps = np.abs(np.diff(played, axis=0, prepend=np.zeros((1, 2), np.float32)))
    assert steps.max() <= bound
    assert bound < 0.012 * max(most, 1)


@pytest.mark.no_cover
@pytest.mark.parametrize("tempo", [40.0, 120.0, 133.33, 400.0])
def test_every_stroke_of_teental_starts_on_its_frame(tempo: float) -> None:
    cycle = LIBRARY.cycle("teental")
    family = LIBRARY.family(cycle.file.drums)
    named = {name: sound.sounds[0] for name, sound in score_sounds(family.sounds).items()}
    target = engine_with([click()] * len(named), rate=SLOW)
    target.load_score(lay(score(cycle, family, named)))
    target.carry_out(commands.SetTempo(tempo))
    target.carry_out(commands.StartRhythm(0.0))
    frames_per_beat = 60.0 * SLOW / tempo
    played = render(target, round(40.5 * frames_per_beat))
    struck = np.flatnonzero(played[:, 0] > 0.0)
    assert struck.tolist() == [round(beat * frames_per_beat) for beat in range(41)]


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("name", "tempo"),
    [
        ("ektaal", 97.0),
        ("samba", 133.33),
        ("swing-ride", 211.0),
        ("manjanin", 165.0),
        ("slip-jig", 120.0),
        ("lancaran", 160.0),
        ("rumba-32:12-8", 110.0),
        ("gutgeori", 67.0),
    ],
)
def test_divided_moved_and_turned_strokes_start_on_their_frames(name: str, tempo: float) -> None:
    cycle = LIBRARY.cycle(name)
    family = LIBRARY.family(cycle.file.drums)
    named = {each: sound.sounds[0] for each, sound in score_sounds(family.sounds).items()}
    target = engine_with([click()] * len(named), rate=SLOW)
    target.load_score(lay(score(cycle, family, named, tempo=tempo)))
    target.carry_out(commands.SetTempo(tempo))
    target.carry_out(commands.StartRhythm(0.0))
    frames_per_beat = 60.0 * SLOW / tempo
    played = render(target, round((2.0 * cycle.beats - 0.01) * frames_per_beat))
    heard = [stroke for stroke in cycle.timed(tempo) if family.strokes[stroke.name].sounds]
    beats = [stroke.beat + turn * cycle.beats for turn in range(2) for stroke in heard]
    assert np.flatnonzero(played[:, 0] > 0.0).tolist() == sorted({round(beat * frames_per_beat) for beat in beats})


def score_sounds(names: tuple[str, ...]) -> dict[str, Any]:
    """Slot i, alone, for the i-th name."""
    return {name: score_of((0.0, slot)).hits[0] for slot, name in enumerate(names)}


def test_sam_is_the_loudest_stroke_of_teental() -> None:
    cycle = LIBRARY.cycle("teental")
    made = score(cycle, LIBRARY.family(cycle.file.drums), {})
    velocities = [hit.velocity for hit in made.hits]
    assert max(velocities) == velocities[0]


def test_an_earcon_passes_the_levels_of_the_buses_but_not_the_volume() -> None:
    target = engine_with([np.full(4000, 0.5)])
    target.set_levels((0.0, 0.0, 0.0, 0.5))
    target.strips.glides[:] = target.strips.levels
    target.carry_out(commands.Strike(0, 0.5))
    assert render(target, 10)[9] == pytest.approx([0.125 * 0.5**0.5] * 2, rel=1e-5)


def test_a_stopped_rhythm_is_silent_after_its_fade() -> None:
    target = engine_with([swell(100, HERTZ)])
    target.load_score(lay(score_of((0.0, 0))))
    target.carry_out(commands.StartRhythm(0.0))
    render(target, 1000)
    target.carry_out(commands.StopRhythm())
    played = render(target, RATE)
    assert np.abs(played[: round(0.9 * STOP_FADE * RATE)]).max() > 0.1
    assert not played[round(STOP_FADE * RATE) + 1 :].any()
    assert target.voices.count == 0


def test_two_players_due_at_one_frame_both_play_there() -> None:
    target = engine_with([0.5 * click(), 0.25 * click()])
    target.load_score(lay(score_of((0.0, 0))))
    target.load_figure(figure_of(1))
    target.carry_out(commands.StartDrone())
    target.carry_out(commands.StartRhythm(0.0))
    assert render(target, 10)[:, 0] == pytest.approx([0.75 * 0.5**0.5] + [0.0] * 9)
    assert target.voices.count == 0


def test_load_commands_are_left_to_whoever_holds_their_pages() -> None:
    target = engine_with([click()])
    target.carry_out(commands.LoadScore(0))
    target.carry_out(commands.LoadDrone(0))
    assert target.rhythm.score is None
    assert target.drone.figure is None


def test_the_report_tells_what_plays() -> None:
    target = engine_with([swell(100, HERTZ)] * 2)
    status = Status()
    target.report(status)
    assert (status.playing, status.drone, status.score, status.frame, status.voices) == (False, False, -1.0, 0, 0)
    target.load_score(lay(score_of((0.0, 0), serial=5)))
    target.load_figure(figure_of(1))
    for command in (commands.SetTempo(90.0), commands.StartRhythm(1.0), commands.StartDrone()):
        target.carry_out(command)
    render(target, 2000)
    target.carry_out(commands.EndRhythm())
    target.report(status)
    assert (status.playing, status.drone, status.score, status.frame, status.voices) == (True, True, 5, 2000, 1)
    assert (status.tempo, status.beat0, status.frame0) == (90.0, 1.0, 0)
    assert (status.origin, status.boundary, status.pending) == (0.0, 4.0, 2)
    assert status.peak_drone == pytest.approx(0.5 * 0.5**0.5, rel=0.05)
    assert status.peak_master == pytest.approx(status.peak_drone)
    assert (status.peak_inputs, status.peak_rhythm, status.broken) == (0.0, 0.0, 0.0)


def test_the_report_tells_which_drone_plucks_and_since_when() -> None:
    target, status = engine_with([click()] * 2), Status()
    target.report(status)
    assert (status.drone, status.figure) == (False, -1.0)
    figure = msgspec.structs.replace(figure_of(0), serial=3)
    target.load_figure(figure)
    render(target, 100)
    target.carry_out(commands.StartDrone())
    target.report(status)
    assert (status.drone, status.figure, status.drone_start) == (True, 3, 100)
    render(target, 50)
    target.load_figure(msgspec.structs.replace(figure, serial=4))  # the same strings go on
    target.report(status)
    assert (status.figure, status.drone_start) == (4, 100)
    target.load_figure(msgspec.structs.replace(figure_of(1), serial=5))  # so do those that are plucked alike
    target.carry_out(commands.BendDrone(1.25))
    target.report(status)
    assert (status.figure, status.drone_start, status.drone_bend) == (5, 100, 1.25)
    target.load_figure(figure_of(0, seconds=2.0, serial=6))  # others begin, and are not bent
    target.report(status)
    assert (status.figure, status.drone_start, status.drone_bend) == (6, 150, 1.0)
