"""Whoever changes the drone, or its tonic, hears it as loud: within 2 LU of any other, on whatever tonic."""

from functools import cache

import msgspec
import numpy as np
import pytest

from jambox import offline
from jambox.music import library
from jambox.sound.instruments.finish import loudness
from jambox.units import Bpm, key_frequency

DATA = library.load()
STEADY = tuple(name for name, drone in DATA.drones.items() if drone.steady)
TONICS = (43, 50, 57)
"""Keys: G2, D3, A3."""
RATE, SECONDS = 16000, 5


@cache
def lufs(name: str, key: int) -> float:
    """What sounds on. What is plucked is compared with the tanpura in `sound/test_whole_drones.py`."""
    drone = msgspec.structs.replace(DATA.tuned(name, "ni12"), variants=1)
    piece = offline.Piece(RATE, Bpm(90.0), key_frequency(key), (0.0, 1.0, 0.0, 1.0), drone=drone)
    played = np.concatenate(list(offline.blocks(piece, (SECONDS + 1) * RATE)))[RATE:]
    return float(10.0 * np.log10(sum(10.0 ** (0.1 * loudness(side, RATE, float(SECONDS))) for side in played.T)))


@pytest.mark.parametrize("key", TONICS)
def test_drones_are_as_loud_as_each_other(key: int) -> None:
    levels = {name: lufs(name, key) for name in STEADY}
    assert max(levels.values()) - min(levels.values()) < 2.0, levels


@pytest.mark.parametrize("name", STEADY)
def test_a_drone_is_as_loud_on_any_tonic(name: str) -> None:
    """Strings an octave apart share partials: by the phases these have they add up, or cancel."""
    levels = [lufs(name, key) for key in (43, 46, 50, 53, 57)]
    assert max(levels) - min(levels) < 2.0, levels
