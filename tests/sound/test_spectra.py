"""Spectra, against numpy's, and what folds over."""

from typing import Any

import numpy as np
import pytest

from jambox.sound import layout
from jambox.sound.tables import view
from tests.sound.bench import INTERPRETED, Samples

RATE = 24000
SPECTRA = INTERPRETED["spectra"]


def heard(signal: Samples, factor: int) -> Any:
    """The spectra that hear a whole number of ticks of one strip."""
    made = SPECTRA.Spectra(1, factor)
    sound = view(np.asarray(signal, dtype=np.float64))
    for first in range(0, len(signal) - layout.TICK + 1, layout.TICK):
        made.tick(0)
        made.listen(0, sound, first, layout.TICK)
    return made


def latest(made: Any) -> Samples:
    rows = np.array(made.history).reshape(layout.HISTORY, layout.BINS)
    return np.asarray(rows[made.latest[0]])


def sine(frequency: float, rate: float, seconds: float, amplitude: float = 0.5) -> Samples:
    return np.asarray(amplitude * np.sin(2.0 * np.pi * frequency * np.arange(round(seconds * rate)) / rate))


def test_powers_are_those_of_numpy() -> None:
    # Seven times all portions: the last spectrum has just been taken.
    noise = np.random.default_rng(1).normal(0.0, 0.1, 7 * (layout.PORTIONS + 2) * layout.TICK)
    made = heard(noise, 1)
    thin = np.array(made.thin)
    begun = made.begun[0]
    piece = thin[(begun + np.arange(layout.SPECTRUM)) % len(thin)]
    window = (1.0 - np.cos(2.0 * np.pi * np.arange(layout.SPECTRUM) / layout.SPECTRUM)) * 2.0 / layout.SPECTRUM
    expected = np.abs(np.fft.rfft(piece * window))[: layout.BINS] ** 2
    assert latest(made) == pytest.approx(expected, rel=1e-4, abs=1e-12)


@pytest.mark.parametrize("factor", [1, 2, 4])
def test_a_sine_on_a_bin_reads_the_square_of_its_amplitude(factor: int) -> None:
    powers = latest(heard(sine(43 * RATE / layout.SPECTRUM, RATE * factor, 0.1), factor))
    assert powers.argmax() == 43
    assert powers[43] == pytest.approx(0.25, rel=0.02)


@pytest.mark.parametrize("frequency", [14500.0, 17000.0, 21000.0])
def test_little_folds_over(frequency: float) -> None:
    powers = latest(heard(sine(frequency, 2 * RATE, 0.1), 2))
    assert powers[:405].max() < 0.25e-3


def test_what_is_forgotten_is_silent() -> None:
    made = heard(sine(1000.0, RATE, 0.1), 1)
    made.forget(0)
    assert not np.array(made.history).any()
    assert not np.array(made.thin).any()
