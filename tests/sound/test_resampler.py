"""The resampler: what comes out is the same sound on another clock."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from jambox.sound import resampler
from jambox.sound.sinc import TAPS, sinc_table
from jambox.sound.tables import table, view
from tests.sound.bench import interpreted

RATE = 48000
CAPACITY = 1 << 12
PLAIN = interpreted("resampler")
WEIGHTS = sinc_table()


def sine(frequency: float, places: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(0.9 * np.sin(2.0 * np.pi * frequency / RATE * places))


def read(
    module: ModuleType, ring: NDArray[np.float32], position: float, step: float, goal: float, frames: int
) -> tuple[NDArray[np.float32], float]:
    channels = len(ring)
    out = np.zeros(frames * channels, np.float32)
    end = module.resample(WEIGHTS, view(ring), position, step, goal, table("d", TAPS), view(out), 0, channels)
    return out.reshape(frames, channels), end


@pytest.mark.parametrize("ratio", [1.0, 1.0005, 0.9995, 44100 / 48000])
@pytest.mark.parametrize("frequency", [100.0, 1000.0, 10000.0, 18000.0])
def test_a_tone_stays_what_it_is(frequency: float, ratio: float) -> None:
    """In place to a fraction of a frame, at its level, and 100 dB above all else."""
    ring = sine(frequency, np.arange(1 << 16))[np.newaxis].astype(np.float32)
    heard, _ = read(resampler, ring, 1000.3, ratio, ratio, RATE)
    wanted = sine(frequency, 1000.3 + ratio * np.arange(RATE))
    gain = np.dot(heard[:, 0], wanted) / np.dot(wanted, wanted)
    rest = heard[:, 0] - gain * wanted
    assert abs(20.0 * np.log10(gain)) < 0.01
    assert 10.0 * np.log10(np.mean(wanted**2) / np.mean(rest**2)) > 100.0


def test_it_reads_across_the_end_of_the_ring() -> None:
    places = np.arange(CAPACITY)
    ring = sine(1000.0, np.where(places < 500, places + CAPACITY, places))[np.newaxis].astype(np.float32)
    heard, end = read(resampler, ring, CAPACITY - 300.25, 1.0, 1.0, 600)
    assert np.abs(heard[:, 0] - sine(1000.0, CAPACITY - 300.25 + np.arange(600))).max() < 1e-5
    assert end == CAPACITY + 299.75


def test_channels_stay_apart_and_others_samples_are_left_alone() -> None:
    ring = np.zeros((2, CAPACITY), np.float32)
    ring[1] = 0.5
    out = np.full(4 * 10, 7.0, np.float32)
    resampler.resample(WEIGHTS, view(ring), 100.5, 1.0, 1.0, table("d", TAPS), view(out), 1, 4)
    frames = out.reshape(10, 4)
    assert frames[:, 0] == pytest.approx(7.0)
    assert frames[:, 1] == pytest.approx(0.0)
    assert frames[:, 2] == pytest.approx(0.5)
    assert frames[:, 3] == pytest.approx(7.0)


@settings(deadline=None, max_examples=30)
@given(
    position=st.floats(100.0, 3000.0),
    step=st.floats(0.9, 1.1),
    goal=st.floats(0.9, 1.1),
    channels=st.integers(1, 3),
    frames=st.integers(1, 8),
    seed=st.integers(0, 1000),
)
def test_compiled_and_interpreted_are_the_same(
    position: float, step: float, goal: float, channels: int, frames: int, seed: int
) -> None:
    ring = np.random.default_rng(seed).uniform(-1.0, 1.0, (channels, CAPACITY)).astype(np.float32)
    fast, slow = (read(module, ring, position, step, goal, frames) for module in (resampler, PLAIN))
    assert np.array_equal(fast[0], slow[0])
    assert fast[1] == slow[1]


@settings(deadline=None, max_examples=30)
@given(position=st.floats(100.0, 3000.0), step=st.floats(0.9, 1.1), cut=st.integers(1, 63))
def test_two_short_blocks_are_one_long_one(position: float, step: float, cut: int) -> None:
    ring = np.random.default_rng(1).uniform(-1.0, 1.0, (1, CAPACITY)).astype(np.float32)
    whole, end = read(resampler, ring, position, step, step, 64)
    first, between = read(resampler, ring, position, step, step, cut)
    second, last = read(resampler, ring, between, step, step, 64 - cut)
    assert np.array_equal(np.concatenate([first, second]), whole)
    assert last == end
