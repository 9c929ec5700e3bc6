"""Spoken words made ready: where the vowel is found, that it lies on its frame, loudness, length, soft ends."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox.sound.instruments.finish import CEILING, loudness
from jambox.sound.instruments.tones import Signal
from jambox.sound.instruments.words import LOUDNESS, placed, vowel

RATE = 16000
LEAD = 0.15
NEAR = 0.005
"""Seconds by which a vowel may be off."""


def spoken(hiss: float = 0.08, sounding: float = 0.25, pitch: float = 120.0, strength: float = 0.2) -> Signal:
    """A consonant of hiss above 4 kHz, then a vowel of harmonics that rises within 10 ms and falls, then a pause."""
    random = np.random.default_rng(7)
    noise = random.standard_normal(round(hiss * RATE) or 1)
    spectrum = np.fft.rfft(noise)
    spectrum[np.fft.rfftfreq(len(noise), 1.0 / RATE) < 4000.0] = 0.0
    consonant = np.fft.irfft(spectrum, len(noise))[: round(hiss * RATE)]
    time = np.arange(round(sounding * RATE)) / RATE
    tone = sum(np.sin(2.0 * np.pi * pitch * n * time) / n for n in range(1, 20))
    shape = np.minimum(time / 0.01, 1.0) * np.minimum((sounding - time) / 0.05, 1.0)
    found: Signal = np.concatenate((strength * consonant, 0.3 * tone * shape, np.zeros(RATE // 20)))
    return found


@pytest.mark.parametrize("hiss", [0.0, 0.03, 0.08, 0.12])
@pytest.mark.parametrize("pitch", [90.0, 130.0, 210.0])
def test_the_vowel_is_found_behind_any_consonant(hiss: float, pitch: float) -> None:
    assert vowel(spoken(hiss, pitch=pitch), RATE) / RATE == pytest.approx(hiss, abs=NEAR)


@settings(max_examples=10, deadline=None)
@given(st.floats(min_value=0.0, max_value=0.3))
def test_it_lies_on_its_frame_however_long_the_consonant(hiss: float) -> None:
    word = placed(spoken(hiss), RATE, LEAD, 0.3, 0.0)
    assert vowel(word.astype(np.float64), RATE) / RATE == pytest.approx(LEAD, abs=NEAR)


def test_it_is_as_long_as_there_is_room_and_ends_softly() -> None:
    whole, cut = (placed(spoken(), RATE, LEAD, longest, 0.0) for longest in (1.0, 0.1))
    assert len(whole) / RATE == pytest.approx(LEAD + 0.25, abs=0.006)
    assert len(cut) / RATE == pytest.approx(LEAD + 0.1, abs=1e-3)
    for word in (whole, cut):
        assert word[-1] == 0.0
        assert abs(word[-8:]).max() < 0.02 * abs(word).max()


def test_a_consonant_that_is_cut_comes_in_softly() -> None:
    word = placed(spoken(0.3), RATE, LEAD, 0.3, 0.0)
    start, later = (np.sqrt(np.mean(word[part] ** 2)) for part in (slice(0, 32), slice(640, 1600)))
    assert word[0] == 0.0
    assert start < 0.1 * later


@pytest.mark.parametrize("gain", [0.0, -5.0])
def test_every_word_is_as_loud_as_its_gain_says(gain: float) -> None:
    quiet, loud = (placed(strength * spoken(), RATE, LEAD, 0.3, gain) for strength in (0.05, 1.0))
    before = round(LEAD * RATE)
    for word in (quiet, loud):
        # It may still fade a little within the window.
        assert loudness(word[before:], RATE) == pytest.approx(LOUDNESS + gain, abs=0.2)


def test_no_peak_passes_the_ceiling() -> None:
    word = placed(spoken(sounding=0.02), RATE, LEAD, 0.3, 0.0)
    assert abs(word).max() == pytest.approx(10.0 ** (CEILING / 20.0))


@pytest.mark.parametrize("sound", [np.zeros(0), np.zeros(1000)])
def test_silence_is_two_frames_of_it(sound: Signal) -> None:
    assert vowel(sound, RATE) == 0
    assert placed(sound, RATE, LEAD, 0.3, 0.0).tolist() == [0.0, 0.0]
