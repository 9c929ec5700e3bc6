"""The box in a Link session on the rig: its sound at the far end of the cable, beside the session's beats."""

import importlib.util
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jambox.state import Scene
from tests.rig import hardware
from tests.rig.box import SAMPLE, RunningBox, card, hide_far_keys, onsets, silence, with_probe
from tests.rig.far_sound import FarCard
from tests.test_link import Far

SCENE = Scene(volume=0.0, drone_level=-60.0, rhythm_level=0.0, cycle="probe", tempo=104.0)
TEMPO, CYCLE, BEATS = 100.0, 4.0, 16
NEAR = 3e-3
"""Seconds that AUDIOENGINE-1 of Link's TEST-PLAN allows."""

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("link") is None, reason="no binding to Ableton Link: pip install LinkPython-extern"
)


def _play(box: RunningBox, far: Far) -> tuple[dict[str, Any], float]:
    """Joins, and plays for some cycles: what the session says then, and when RHYTHM was pressed."""
    hardware.wait_for(lambda: box.status()["clock"] == "Link", 10.0)
    hardware.wait_until(time.monotonic() + 1.5)  # until the chime has faded and the rim is rendered
    pressed = time.monotonic()
    box.press("rhythm")
    hardware.wait_until(pressed + (CYCLE + BEATS) * 60.0 / TEMPO)
    return far.say(quantum=CYCLE), pressed


@pytest.mark.rig
def test_strokes_are_heard_on_the_sessions_beats(tmp_path: Path, report: Callable[[str], None]) -> None:
    """AUDIOENGINE-1."""
    hide_far_keys()
    box = RunningBox(with_probe(tmp_path), *card(128, 3), scene=SCENE, config="[link]\n")
    with FarCard(silence(60.0), sample=SAMPLE) as cable, Far([], TEMPO) as far:
        # Of two sessions the older lives; of two that are within half a second of each other, either.
        far.say()
        hardware.wait_until(time.monotonic() + 1.0)
        with box:
            said, pressed = _play(box, far)
        times = onsets(cable.heard(early=True)) + cable.started
    times = times[times > pressed]
    beats = said["phase"] + (times - said["time"]) * said["tempo"] / 60.0
    off = (beats - np.round(beats)) * 60.0 / TEMPO
    report(f"{len(beats)} strokes off the session's beats by {off.min() * 1e3:+.2f} to {off.max() * 1e3:+.2f} ms")
    assert said["tempo"] == pytest.approx(TEMPO, abs=1e-3)
    assert np.round(beats[0]) % CYCLE == 0.0
    assert list(np.diff(np.round(beats))) == [1.0] * (len(beats) - 1)
    assert len(beats) >= BEATS
    assert np.abs(off).max() < NEAR
