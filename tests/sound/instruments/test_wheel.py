"""The hurdy-gurdy's strings: the bark of the chien, and where it sleeps."""

import numpy as np
import pytest

from jambox.sound.instruments import wheel
from jambox.units import Hertz
from tests.sound.measure import band_db, partial_cents

RATE = 24000
D4 = Hertz(293.66)


def test_the_chien_barks_a_little_below_the_string_and_brightly() -> None:
    bark = wheel.chien(D4, RATE, np.random.default_rng(1))
    assert len(bark) == round(wheel.BUZZ * RATE)
    assert partial_cents(bark, RATE, D4, within=60.0) == pytest.approx(-wheel.DROP, abs=2.0)
    assert band_db(bark, RATE, 1000.0, 6000.0) > -6.0


def test_it_barks_on_every_turn_save_where_it_sleeps() -> None:
    """What is loud above 1 kHz: the first push of each turn stands out, by its time, to a hundredth of a second."""
    asleep, awake = (wheel.trompette(D4, 6.8, RATE, seed) for seed in (0, 1))
    spectrum = np.fft.rfft(awake)
    spectrum[: round(1500.0 * len(awake) / RATE)] = 0.0
    high = np.abs(np.fft.irfft(spectrum))
    starts = 0.4 + wheel.TURN * np.arange(8)
    barks = [high[round((at + 0.02) * RATE) : round((at + 0.06) * RATE)].mean() for at in starts]
    before = [high[round((at - 0.05) * RATE) : round((at - 0.01) * RATE)].mean() for at in starts]
    assert np.median(barks) > 3.0 * np.median(before)
    assert np.abs(awake).max() > 1.5 * np.abs(asleep).max()


def test_a_breath_too_short_for_a_bark_has_none() -> None:
    assert np.isfinite(wheel.trompette(D4, 1.0, RATE, 1)).all()
