"""Another's ear: a detector that knows nothing of the cycles finds their strokes, and a tracker their tempo.

Both are aubio's (GPL-3, https://aubio.org), which is not among the tools for development: its last release is of 2019
and has to be compiled. `pip install 'jambox[check]'` brings it; without it these tests are skipped.
"""

from functools import cache
from itertools import count

import numpy as np
import pytest
from numpy.typing import NDArray

from jambox import offline
from jambox.units import Bpm, Hertz
from tests.shipped import LIBRARY

aubio = pytest.importorskip("aubio", reason="aubio is not installed: pip install 'jambox[check]'")

RATE = 48000
SECONDS = 10.0
NEAR = 0.010
"""Seconds within which an onset is found."""
ALONE = 0.001
"""Seconds within which strokes are one onset."""
CYCLES = (
    *("teental", "rupak", "keherwa", "jhaptal", "lesnoto", "curcuna"),
    *("bulerias", "standard-bell", "kuku", "four-floor"),
)


@cache
def played(name: str, seconds: float = SECONDS) -> NDArray[np.float32]:
    cycle = LIBRARY.cycle(name)
    family = LIBRARY.family(cycle.file.drums)
    piece = offline.Piece(RATE, cycle.tempo, Hertz(146.83), (0.0, 0.0, 0.5, 1.0), cycle, family)
    return np.concatenate(list(offline.blocks(piece, round(seconds * RATE))))[:, 0]


def written(name: str) -> list[float]:
    """The seconds at which the cycle's file has strokes that sound."""
    cycle = LIBRARY.cycle(name)
    strokes = LIBRARY.family(cycle.file.drums).strokes
    beats = [stroke.beat for stroke in cycle.timed(cycle.tempo) if strokes[stroke.name].sounds]
    found: list[float] = []
    for turn in count():
        for beat in beats:
            second = (turn * cycle.beats + beat) * 60.0 / cycle.tempo
            if second > SECONDS - 0.1:
                return found
            if not found or second - found[-1] > ALONE:
                found.append(second)
    raise AssertionError


def heard(sound: NDArray[np.float32]) -> list[float]:
    """The seconds at which aubio hears onsets, by high-frequency content, its usual way."""
    hop = 128
    listener = aubio.onset("hfc", 1024, hop, RATE)
    listener.set_threshold(0.3)
    listener.set_minioi_ms(20.0)
    lead = np.zeros(4800, dtype=np.float32)
    fed = np.concatenate((lead, sound))
    return [
        (listener.get_last() - len(lead)) / RATE
        for start in range(0, len(fed) - hop + 1, hop)
        if listener(fed[start : start + hop])[0]
    ]


@pytest.mark.parametrize("name", CYCLES)
def test_a_detector_finds_the_strokes(name: str) -> None:
    expected, onsets = written(name), heard(played(name))
    found = 0
    left = list(onsets)
    for second in expected:
        nearest = min(left, key=lambda onset: abs(onset - second), default=np.inf)
        if abs(nearest - second) <= NEAR:
            left.remove(nearest)
            found += 1
    print(f"{name}: {found} of {len(expected)} found, {len(left)} besides")
    assert len(expected) >= 15
    assert found >= 0.95 * len(expected)
    assert len(left) <= 0.05 * len(expected)


@pytest.mark.parametrize("name", [name for name in CYCLES if LIBRARY.cycle(name).file.meter == "4/4"])
def test_a_tracker_finds_the_tempo(name: str) -> None:
    hop, tempo = 256, LIBRARY.cycle(name).tempo
    tracker = aubio.tempo("default", 1024, hop, RATE)
    sound = played(name, 24.0)
    # It needs some seconds to be sure.
    beats = [
        tracker.get_last_s()
        for start in range(0, len(sound) - hop + 1, hop)
        if tracker(sound[start : start + hop])[0] and start > 8 * RATE
    ]
    found = Bpm(60.0 * (len(beats) - 1) / (beats[-1] - beats[0]))
    print(f"{name}: {found:.2f} for {tempo:g} beats per minute")
    assert found == pytest.approx(tempo, rel=0.01)
    # And beats are where it hears them.
    off = [abs(beat * tempo / 60.0 - round(beat * tempo / 60.0)) for beat in beats]
    assert np.median(off) < 0.1
