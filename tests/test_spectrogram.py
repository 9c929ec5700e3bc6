"""Levels over time and pitch, and the sounds that are looked at."""

import numpy as np
import pytest

from jambox.spectrogram import FLOOR, RATE, sounds, spectrogram
from jambox.units import Hertz
from tests.shipped import LIBRARY

DRONES = LIBRARY.drones
D3 = Hertz(146.83)


def test_a_tone_lies_at_its_pitch() -> None:
    tone = np.sin(2.0 * np.pi * 1500.0 * np.arange(RATE) / RATE).astype(np.float32)
    found = spectrogram(tone)
    assert found.levels.shape == (len(found.times), len(found.frequencies))
    assert found.frequencies[np.argmax(found.levels, axis=1)] == pytest.approx(1500.0, abs=12.0)
    assert found.centroids == pytest.approx(1500.0, abs=12.0)
    assert (found.levels.max(), found.levels.min()) == (0.0, FLOOR)


def test_a_short_sound_and_silence_have_a_picture() -> None:
    assert spectrogram(np.zeros(10, np.float32)).levels.tolist()[0][:2] == [FLOOR, FLOOR]


def test_a_tanpura_is_looked_at_with_its_bridge_and_without() -> None:
    """What is on the bridge is brighter, at first."""
    (on_bridge, bridge), (without, free) = sounds(DRONES["tanpuri"], D3).items()
    assert on_bridge == "Tanpuri, 293.7 Hz, on its bridge"
    assert without == "the same string, free of the bridge"
    assert spectrogram(bridge[:RATE]).centroids[10] > 1.3 * spectrogram(free[:RATE]).centroids[10]


def test_of_other_drones_each_instrument_is_looked_at_once() -> None:
    names = ["Hurdy-gurdy: bourdon, 146.8 Hz", "Hurdy-gurdy: trompette, 440.5 Hz"]
    assert list(sounds(DRONES["hurdy-gurdy"], D3)) == names
