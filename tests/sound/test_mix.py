"""Voices and the whole mix: compiled and interpreted alike, bit for bit, in blocks of any size, whatever comes in."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from jambox.sound import layout, mix
from jambox.sound.engine import Engine
from jambox.sound.meters import METERS
from jambox.sound.parameters import (
    Bus,
    Compressor,
    Cue,
    Duck,
    Equaliser,
    Gate,
    Master,
    Mixer,
    Reverb,
    Strip,
    flatten,
)
from jambox.sound.tables import table, view
from tests.sound.bench import INTERPRETED, RATE, Samples, engine_with, loops, render

BOTH = pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "interpreted"])
STEPS = (1.0, 1.0, 0.5, 1.37, 2.0)
BUSY = Mixer(
    strips=(
        Strip(
            trim=6.0,
            invert=True,
            high_pass=80,
            eq=Equaliser(5.0, -7.0, 700.0, 3.0),
            gate=Gate(threshold=-25.0, ratio=3.0, attack=0.5, release=12.0),
            compressor=Compressor(threshold=-30.0, ratio=5.0, attack=0.4, release=25.0, make_up=6.0),
            pan=0.3,
            reverb=-6.0,
            pair=True,
        ),
        Strip(),
        Strip(pan=-1.0, solo=True, high_pass=120, compressor=Compressor(ratio=2.0)),
    ),
    drone=Bus(-3.0, solo=True),
    rhythm=Bus(-9.0),
    reverb=Reverb(size=3.0, decay=0.5),
    duck=Duck(strip=2, threshold=-50.0),
    master=Master(tone=3.0, width=1.6),
    cue=Cue(-2.0),
)
"""Everything at work."""


class Scene:
    """An engine with voices of all kinds and captured noise, filled by a seed."""

    def __init__(self, seed: int, voices: int, inputs: int, loud: float, mixer: Mixer = BUSY, rate: float = RATE):
        self.random = np.random.default_rng(seed)
        bank = (self.random.standard_normal(4000) * 0.3 * loud).astype(np.float32)
        self.engine = Engine(rate, mixer, inputs, 128, view(bank), seed)
        self.engine.set_levels(self.random.uniform(size=layout.LEVELS).tolist())
        table_ = self.engine.voices
        for row in range(voices):
            ints = (self.random.integers(0, 2000), self.random.integers(2, 600), self.random.integers(0, layout.BUSES))
            ramp = self.random.choice([0.0, -0.003, -0.02, 0.01])
            level = 0.3 if ramp > 0.0 else 1.0
            step, left, right = self.random.choice(STEPS), self.random.uniform(), self.random.uniform()
            for column, whole in enumerate(ints):
                table_.ints[row, column] = int(whole)
            slide = self.random.choice([0.0, 0.0, -0.001, 0.002])
            dark, pole = self.random.choice([0.0, 0.0, 0.3, 1.0]), self.random.uniform(0.01, 0.9)
            glide = step + 150 * slide, slide
            for column, number in enumerate((0.0, step, left, right, level, ramp, *glide, dark, pole, 0.0)):
                table_.floats[row, column] = float(number)
        table_.count = voices
        self.inputs, self.loud = inputs, loud
        self.captured = (self.random.standard_normal((600, inputs)) * 0.1 * loud).astype(np.float32)
        self.done = 0

    def blocks(self, sizes: list[int], broken: list[float]) -> NDArray[np.float32]:
        """Render blocks of these sizes; each block's first captured sample is the next of `broken`."""
        parts = []
        for number, frames in enumerate(sizes):
            captured = self.captured[self.done : self.done + frames].copy()
            self.done += frames
            if number < len(broken) and captured.size:
                captured[0, 0] = broken[number]
            played, cue = (np.zeros((frames, 2), dtype=np.float32) for _ in range(2))
            self.engine.render(view(captured.reshape(-1)), view(played.reshape(-1)), frames, view(cue.reshape(-1)))
            parts.append(np.hstack([played, cue]))
        return np.concatenate(parts)

    def state(self) -> list[Any]:
        """All that is left, as bytes."""
        voices, strips = self.engine.voices, self.engine.strips
        page = table("d", METERS)
        strips.read_meters(page)
        kept = (page, strips.state, strips.house, strips.glides)
        count = voices.count
        rows = [
            bytes(voices.ints)[: 8 * layout.VOICE_INTS * count],
            bytes(voices.floats)[: 8 * layout.VOICE_FLOATS * count],
        ]
        return [*rows, *(bytes(one) for one in kept)]


def test_the_loops_under_test_are_compiled_and_their_twins_are_not() -> None:
    assert mix.__file__.endswith(".so")
    assert all(module.__file__ is not None and module.__file__.endswith(".py") for module in INTERPRETED.values())


BROKEN = [float("nan"), float("inf"), -float("inf"), 1e30]
OTHERS = (Mixer(), Mixer(strips=(Strip(mute=True), Strip(trim=-60.0)), reverb=Reverb(size=30.0)))


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    voices=st.integers(0, 8),
    inputs=st.integers(0, 3),
    loud=st.sampled_from([0.01, 1.0, 30.0]),
    sizes=st.lists(st.integers(1, 100), min_size=1, max_size=3),
    broken=st.lists(st.sampled_from([0.0, *BROKEN]), max_size=3),
    other=st.sampled_from(OTHERS),
)
def test_compiled_and_interpreted_agree_bit_for_bit(
    seed: int, voices: int, inputs: int, loud: float, sizes: list[int], broken: list[float], other: Mixer
) -> None:
    results = []
    for compiled in (True, False):
        with loops(compiled):
            scene = Scene(seed, voices, inputs, loud)
            first = scene.blocks(sizes, broken)
            scene.engine.set_mixer(flatten(other))
            results.append((first.tobytes(), scene.blocks(sizes, broken).tobytes(), *scene.state()))
    assert results[0] == results[1]


@BOTH
@pytest.mark.parametrize("sizes", [[256], [128, 128], [1, 63, 128, 64], [31, 1, 33, 32, 95, 64]])
def test_the_size_of_the_blocks_is_not_heard(compiled: bool, sizes: list[int]) -> None:
    with loops(compiled):
        whole, split = Scene(3, 6, 3, 1.0), Scene(3, 6, 3, 1.0)
        assert whole.blocks([128, 128], []).tobytes() == split.blocks(sizes, []).tobytes()
    assert whole.state() == split.state()


def simple(bank: list[float], inputs: int = 0) -> Engine:
    """An engine with open levels, plain strips, no voices and this bank from frame 1 on."""
    return engine_with([np.array([*bank, *[0.0] * 100])], inputs)


def one_voice(engine: Engine, length: int, step: float = 1.0, level: float = 1.0, ramp: float = 0.0) -> None:
    for column, whole in enumerate((1, length, layout.SIGNALS)):
        engine.voices.ints[0, column] = whole
    for column, number in enumerate((0.0, step, 1.0, 0.5, level, ramp)):
        engine.voices.floats[0, column] = number
    engine.voices.count = 1


@BOTH
def test_a_voice_plays_its_samples_and_ends_inside_the_block(compiled: bool) -> None:
    with loops(compiled):
        engine = simple([0.1, 0.2, 0.3, 0.4, 0.9])
    one_voice(engine, 4)
    played = render(engine, 8)
    assert played[:, 0] == pytest.approx([0.1, 0.2, 0.3, 0, 0, 0, 0, 0])
    assert played[:, 1] == pytest.approx(played[:, 0] / 2)
    assert engine.voices.count == 0


@BOTH
@pytest.mark.parametrize(
    ("step", "heard"),
    [
        (0.5, [0.1, 0.15, 0.2, 0.3, 0.4, 0.35, 0.3, 0.25, 0.2, 0.4]),
        (2.0, [0.1, 0.4, 0.2, 0, 0, 0, 0, 0, 0, 0]),
        (1.5, [0.1, 0.3, 0.3, 0.4, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_a_fractional_step_interpolates(compiled: bool, step: float, heard: list[float]) -> None:
    with loops(compiled):
        engine = simple([0.1, 0.2, 0.4, 0.3, 0.2, 0.6, 0.1])
    one_voice(engine, 6, step=step)
    assert render(engine, 10)[:, 0] == pytest.approx(heard)
    assert engine.voices.count == 0


@BOTH
@pytest.mark.parametrize("step", [1.0, 2.0])
def test_a_soft_voice_loses_a_share_of_what_lies_above_the_pole(compiled: bool, step: float) -> None:
    bank = [0.4, -0.2, 0.3, 0.1, -0.4, 0.2, 0.5, -0.1]
    with loops(compiled):
        engine = simple(bank)
    one_voice(engine, 8, step=step)
    engine.voices.floats[0, layout.DARK], engine.voices.floats[0, layout.POLE] = 0.6, 0.25
    low, heard = 0.0, []
    for x in bank[: 7 : round(step)]:
        low += 0.25 * (x - low)
        heard.append(x - 0.6 * (x - low))
    assert render(engine, 8, block=3)[: len(heard), 0] == pytest.approx(heard)
    assert engine.voices.count == 0


@BOTH
def test_fades_go_in_even_steps_and_end_the_voice(compiled: bool) -> None:
    with loops(compiled):
        engine = simple([0.4] * 100)
    one_voice(engine, 100, ramp=-0.25)
    assert render(engine, 8)[:, 0] == pytest.approx([0.4, 0.3, 0.2, 0.1, 0, 0, 0, 0])
    assert engine.voices.count == 0
    one_voice(engine, 100, level=0.5, ramp=0.25)
    assert render(engine, 4)[:, 0] == pytest.approx([0.2, 0.3, 0.4, 0.4])
    assert engine.voices.count == 1


@BOTH
def test_ended_voices_leave_the_others_in_order(compiled: bool) -> None:
    with loops(compiled):
        engine = simple([0.0] * 100)
    for length in (50, 4, 60, 5, 70):
        engine.voices.start(layout.SIGNALS, 1, length, 1.0)
    render(engine, 10)
    assert [engine.voices.ints[row, layout.LENGTH] for row in range(engine.voices.count)] == [50, 60, 70]


def wave(frames: int) -> Samples:
    return 0.2 * np.sin(2.0 * np.pi * 1000.0 * np.arange(frames) / RATE)


@BOTH
@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_sample_is_silence_that_is_counted_and_forgotten(compiled: bool, broken: float) -> None:
    signal = np.repeat(wave(400)[:, None], 2, 1).astype(np.float32)
    spoilt, patched = signal.copy(), signal.copy()
    spoilt[100, 0], patched[100, 0] = broken, 0.0
    with loops(compiled):
        engines = [engine_with([], 2, mixer=BUSY) for _ in range(2)]
    heard, expected = (
        render(engine, 400, 64, captured) for engine, captured in zip(engines, (spoilt, patched), strict=True)
    )
    assert heard.tobytes() == expected.tobytes()
    assert engines[0].strips.meters[layout.FAULTS] == 1.0
    assert np.isfinite(list(engines[0].strips.meters)).all()


@BOTH
def test_a_broken_bank_is_silent_frame_by_frame(compiled: bool) -> None:
    with loops(compiled):
        engine = simple([0.1, float("nan"), 0.3, float("inf"), 0.5, 0.0])
    one_voice(engine, 6)
    assert render(engine, 6)[:, 0] == pytest.approx([0.1, 0, 0.3, 0, 0.5, 0])
    assert engine.strips.meters[layout.FAULTS] == 2.0


def test_what_is_broken_on_a_bus_reaches_neither_reverb_nor_meters() -> None:
    mixer = Mixer(drone=Bus(0.0), reverb=Reverb(decay=0.3))
    engine = engine_with([np.array([0.1, np.nan, np.inf, -np.inf, 3e38, 0.1, 0.0])], mixer=mixer)
    engine.voices.start(layout.DRONE, 1, 7, 1.0)
    played = render(engine, RATE)
    assert np.isfinite(played).all()
    assert engine.strips.meters[layout.FAULTS] == 4.0
    assert max(engine.strips.meters[: layout.FAULTS]) < 2.0
