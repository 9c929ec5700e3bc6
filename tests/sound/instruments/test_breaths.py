"""Breaths: what goes over from one into the next stays as it is, in level, phase and noise."""

import numpy as np
import pytest

from jambox.music.drone import OVERLAP
from jambox.sound.instruments.breaths import breath, points, still, wander, weight
from jambox.sound.instruments.tones import Samples, Signal, noise
from tests.sound.measure import envelope_db

RATE = 16000
SECONDS = 2.8
ROUND = round((SECONDS - OVERLAP) * RATE)


def joined(one: Signal | Samples, other: Signal | Samples) -> Signal:
    """Two breaths one round apart."""
    sound = np.zeros(ROUND + len(other))
    sound[: len(one)] += one
    sound[ROUND:] += other
    return sound


def test_the_weights_of_two_breaths_make_up_one() -> None:
    t = np.arange(round(SECONDS * RATE)) / RATE
    both = joined(weight(t, SECONDS), weight(t, SECONDS))
    assert both[round(OVERLAP * RATE) : -round(OVERLAP * RATE)] == pytest.approx(1.0)
    assert (both[0], both[-1]) == pytest.approx((0.0, 0.0), abs=1e-6)


def test_what_has_to_be_alike_there_is_still_while_two_sound() -> None:
    t = np.arange(round(SECONDS * RATE)) / RATE
    moves = still(t, SECONDS)
    assert not moves[t <= OVERLAP].any()
    assert not moves[t >= SECONDS - OVERLAP].any()
    assert moves.max() > 0.5


def test_partials_of_whole_periods_go_over_without_a_dip() -> None:
    frequencies = np.array([100.0, 300.0])
    envelopes = np.ones((len(points(SECONDS, RATE)), 2)) * np.exp(1j * np.array([0.3, 2.0]))
    one = breath(frequencies, envelopes, SECONDS, RATE, -26.0)
    sound = joined(one, one)[RATE:-RATE]
    for frequency in frequencies:
        level = envelope_db(sound, RATE, frequency, 0.1)[RATE // 10 : -RATE // 10]
        assert np.ptp(level) < 0.05


def test_noise_keeps_its_power() -> None:
    frames = round(SECONDS * RATE)
    silence = np.zeros((len(points(SECONDS, RATE)), 1))
    hisses = [noise(200, 4000, frames, RATE, np.random.default_rng(seed)) for seed in (1, 2)]
    one, other = (breath(np.array([100.0]), silence, SECONDS, RATE, -26.0, hiss) for hiss in hisses)
    sound = joined(one, other)
    power = [float(np.mean(sound[a : a + RATE // 5] ** 2)) for a in (RATE, ROUND + round(0.3 * RATE), ROUND + RATE)]
    assert 10.0 * np.log10(np.array(power) / power[0]) == pytest.approx(0.0, abs=0.8)


def test_what_wanders_does_so_slowly_and_by_one() -> None:
    t = np.arange(0.0, 100.0, 0.02)[:, None]
    moves = wander(t, 0.2, 0.8, 3, np.random.default_rng(1))
    assert moves.shape == (5000, 3)
    assert np.std(moves, axis=0) == pytest.approx(1.0, abs=0.15)
    assert np.abs(np.corrcoef(moves.T) - np.eye(3)).max() < 0.4
    power = np.abs(np.fft.rfft(moves[:, 0])) ** 2
    assert power[np.fft.rfftfreq(5000, 0.02) < 0.9].sum() > 0.99 * power.sum()
