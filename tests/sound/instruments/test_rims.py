"""Bowls and glasses: modes, how they fall and beat, and how a rubbed rim pulsates."""

import numpy as np
import pytest

from jambox.sound.instruments import rims
from jambox.sound.instruments.tones import Samples
from jambox.units import Hertz
from tests.sound.measure import envelope_db, partial_cents

RATE = 16000
SOUND = rims.bowl(Hertz(196.0), 12.0, RATE, 1)


@pytest.mark.parametrize("frequency", [98.0, 196.0, 330.0])
def test_the_modes_of_a_bowl_lie_where_its_figures_say(frequency: float) -> None:
    """The two of a pair are told apart: the nearer look finds each within 2 cents."""
    sound = SOUND if frequency == 196.0 else rims.bowl(Hertz(frequency), 8.0, RATE, 1)
    for ratio, apart in zip(rims.RATIOS[:3], rims.BEATS[:3], strict=True):
        beat = apart * frequency / rims.USUAL
        for side in (-0.5, 0.5):
            pitch = frequency * ratio + side * beat
            within = 1200.0 * np.log2(1.0 + 0.45 * beat / pitch)
            assert abs(partial_cents(sound[RATE // 10 :], RATE, pitch, within=within)) < 2.0


@pytest.mark.parametrize("mode", [0, 1, 2])
def test_the_modes_of_a_bowl_fall_as_stated(mode: int) -> None:
    """By the mean power of one whole beat and of another, some beats later."""
    ratio, beat = rims.RATIOS[mode], round(RATE / rims.BEATS[mode])
    power = 10.0 ** (envelope_db(SOUND, RATE, 196.0 * ratio, 0.05)[RATE // 5 : 10 * RATE] / 10.0)
    beats = min(len(power) // beat, 4)
    first, last = power[:beat].mean(), power[(beats - 1) * beat : beats * beat].mean()
    fall = 10.0 * np.log10(first / last) / ((beats - 1) * beat / RATE)
    assert 60.0 / fall == pytest.approx(rims.T60 / ratio, rel=0.05)


def test_a_pair_beats_slowly() -> None:
    level = envelope_db(SOUND, RATE, 196.0, 0.1)[RATE : 10 * RATE : 160]
    at = np.arange(len(level))
    swing = level - np.polyval(np.polyfit(at, level, 1), at)
    spectrum = np.abs(np.fft.rfft(swing * np.hanning(len(swing)), 8 * len(swing)))
    assert np.argmax(spectrum) * 100.0 / (8 * len(swing)) == pytest.approx(rims.BEATS[0], abs=0.1)
    assert swing.max() - swing.min() > 1.0


def test_a_bowl_too_high_for_the_rate_has_the_modes_that_fit() -> None:
    assert np.isfinite(rims.bowl(Hertz(1000.0), 1.0, RATE, 1)).all()
    assert np.isfinite(rims.rubbed_bowl(Hertz(3000.0), 2.0, RATE, 1)).all()


def pulses(sound: Samples, frequency: float) -> float:
    """How many times a second what sounds near `frequency` swells most, above 1.2 Hz."""
    level = envelope_db(sound, RATE, frequency, 0.05)[RATE : 7 * RATE : 160]
    spectrum = np.abs(np.fft.rfft((level - level.mean()) * np.hanning(len(level)), 4 * len(level)))
    rates = np.arange(len(spectrum)) * 100.0 / (4 * len(level))
    spectrum[rates < 1.2] = 0.0
    return float(rates[np.argmax(spectrum)])


def test_a_rubbed_rim_pulsates() -> None:
    assert 3.6 < pulses(rims.glass(Hertz(440.0), 8.0, RATE, 1), 440.0) < 6.4
    assert 1.4 < pulses(rims.rubbed_bowl(Hertz(220.0), 8.0, RATE, 1), 220.0) < 2.8
