"""A guest's clock that goes faster or slower than the host's is followed without a click, and never runs dry."""

import random

import numpy as np
import pytest
from numpy.typing import NDArray

from jambox.frameclock import DelayLockedLoop, FrameClock
from jambox.sound.drift import LOST, REACH, Drift
from jambox.sound.resampler import resample
from jambox.sound.sinc import TAPS, sinc_table
from jambox.sound.tables import table, view

RATE, PERIOD, TONE = 48000, 128, 1000.0
CAPACITY = 1 << 14
MARGIN = 48
DELAY = 2 * PERIOD + TAPS / 2 + MARGIN
JITTER = 0.0001
"""Seconds by which a thread of ordinary priority is late, as a standard deviation."""


def joined(ppm: float, seconds: float, jitter: float) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """A tone captured by a guest that is `ppm` fast, as the host hears it; the steps; how often it ran dry."""
    chance = random.Random(1)
    host, guest = DelayLockedLoop(RATE, PERIOD), DelayLockedLoop(RATE, PERIOD, 0.02)
    drift, clock = Drift(DELAY), None
    ring, out = np.zeros((1, CAPACITY), np.float32), np.zeros(PERIOD, np.float32)
    weights, room = sinc_table(), table("d", TAPS)
    guest_rate = RATE * (1.0 + ppm * 1e-6)
    heard, steps = [], []
    written = dry = 0
    for frame in range(0, round(seconds * RATE), PERIOD):
        while (written + PERIOD) / guest_rate <= frame / RATE:
            places = np.arange(written, written + PERIOD)
            ring[0, places % CAPACITY] = 0.9 * np.sin(2.0 * np.pi * TONE / guest_rate * places)
            written += PERIOD
            clock = guest.update(written, written / guest_rate + abs(chance.gauss(0.0, jitter)))
        now = host.update(frame, frame / RATE + abs(chance.gauss(0.0, jitter)))
        found = drift.follow(now, clock, frame) if clock else None
        if found:
            position, step, goal = found
            dry += position + PERIOD * max(step, goal) + TAPS / 2 > written
            drift.position = resample(weights, view(ring), position, step, goal, room, view(out), 0, 1)
            heard.append(out.copy())
            steps.append(goal)
    return np.concatenate(heard).astype(np.float64), np.array(steps), dry


@pytest.mark.parametrize("ppm", [0.0, 100.0, 500.0, -500.0])
def test_a_drifting_guest_is_followed_without_a_click(ppm: float) -> None:
    heard, steps, dry = joined(ppm, 16.0, JITTER)
    assert dry == 0
    assert (steps[-750:].mean() - 1.0) * 1e6 == pytest.approx(ppm, abs=10.0)
    # No step between two samples is larger than the tone's own.
    assert np.abs(np.diff(heard)).max() < 1.001 * 0.9 * 2.0 * np.pi * TONE / RATE
    assert signal_to_noise(heard[-8 * RATE :]) > 90.0


def signal_to_noise(heard: NDArray[np.float64]) -> float:
    """Decibels between the tone and all else from 20 Hz on; what lies within 5 Hz is the tone."""
    power = np.abs(np.fft.rfft(heard * np.blackman(len(heard)))) ** 2
    frequency = np.fft.rfftfreq(len(heard), 1.0 / RATE)
    near = np.abs(frequency - TONE) < 5.0
    return float(10.0 * np.log10(power[near].sum() / power[~near & (frequency > 20.0)].sum()))


def even(frame: float = 0.0, time: float = 0.0, rate: float = RATE) -> FrameClock:
    return FrameClock(frame, time, rate)


def test_nothing_is_read_before_there_is_enough() -> None:
    drift = Drift(1000.0)
    assert drift.follow(even(), even(), 999.0) is None
    assert drift.follow(even(), even(), 1064.0) == (64.0, 1.0, 1.0)


def test_another_rate_is_read_at_its_ratio() -> None:
    found = Drift(0.0).follow(even(), even(rate=44100.0), 48000.0)
    assert found == (44100.0, 44100 / 48000, 44100 / 48000)


@pytest.mark.parametrize("off", [-200.0, 200.0])
def test_a_deviation_is_made_up_slowly(off: float) -> None:
    drift = Drift(0.0)
    drift.follow(even(), even(), 1000.0)
    drift.position = 1000.0 + off
    found = drift.follow(even(), even(), 1000.0)
    assert found is not None
    position, before, after = found
    assert position == 1000.0 + off
    assert before == 1.0
    assert 0.0 < (1.0 - after) * np.sign(off) <= REACH


def test_a_guest_that_jumped_is_left_out_once_and_read_anew() -> None:
    drift = Drift(0.0)
    drift.follow(even(), even(), 1000.0)
    drift.position = 1064.0
    jumped = even(frame=2.0 * LOST * RATE)
    assert drift.follow(even(), jumped, 1064.0) is None
    found = drift.follow(even(), jumped, 1128.0)
    assert found is not None
    assert found[1:] == (1.0, 1.0)
