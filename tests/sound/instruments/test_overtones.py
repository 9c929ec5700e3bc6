"""Overtone voices: which partial whistles, and the low tone of kargyraa."""

import numpy as np
import pytest

from jambox.sound.instruments import overtones
from jambox.units import Hertz
from tests.sound.measure import peak_near

RATE = 16000
F0 = 130.81


def levels(name: str, numbers: range) -> list[float]:
    sound = overtones.VOICES[name](Hertz(F0), 2.6, RATE, 1)[round(0.8 * RATE) : round(1.8 * RATE)]
    return [peak_near(sound, RATE, n * F0, within=30.0)[1] for n in numbers]


@pytest.mark.parametrize("name", ["khoomei-6", "khoomei-8", "khoomei-13", "sygyt-6", "sygyt-9", "sygyt-12"])
def test_the_chosen_partial_stands_out(name: str) -> None:
    """By 8 dB and more over both neighbours, by 18 at most; sources have up to 15."""
    number = int(name.rpartition("-")[2])
    below, chosen, above = levels(name, range(number - 1, number + 2))
    assert 8.0 < chosen - max(below, above) < 18.0


def test_a_sygyt_whistles_louder_than_its_drone_and_a_khoomei_softer() -> None:
    assert levels("sygyt-9", range(9, 10))[0] > levels("sygyt-9", range(1, 2))[0]
    assert levels("khoomei-9", range(9, 10))[0] < levels("khoomei-9", range(1, 2))[0]


def test_each_partial_that_makes_melodies_has_its_voices() -> None:
    assert {name.rpartition("-")[2] for name in overtones.VOICES} == {str(n) for n in overtones.MELODY}
    assert len(overtones.VOICES) == 2 * len(overtones.MELODY)


def test_in_kargyraa_every_second_pulse_is_weaker() -> None:
    """Odd partials lie about 7 dB below the line through the even ones, and the voice sounds an octave lower."""
    sound = overtones.kargyraa(Hertz(65.4), 2.6, RATE, 1)[round(0.8 * RATE) : round(1.8 * RATE)]
    found = np.array([peak_near(sound, RATE, n * 65.4, within=30.0)[1] for n in range(1, 26)])
    below = [found[i] - 0.5 * (found[i - 1] + found[i + 1]) for i in range(2, 24, 2)]
    assert np.mean(below) == pytest.approx(20.0 * np.log10(0.6 / 1.4), abs=1.5)
