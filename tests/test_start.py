"""The whole box on this machine itself, in real time, without a card: how soon it is heard, how much it takes."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jambox.scene import Scene
from tests.rig.box import RunningBox, resident
from tests.rig.hardware import wait_for

Report = Callable[[str], None]


@pytest.mark.parametrize("cached", [False, True])
def test_it_is_soon_audible_and_small(cached: bool, tmp_path: Path, report: Report) -> None:
    if not cached:
        (tmp_path / "cache").mkdir()
    with RunningBox(tmp_path, "--audio", "null", "--panel", "none", scene=Scene(drone_on=True)) as box:
        box.wait("peak_drone", 0.001, 30.0)
        audible = time.monotonic() - box.started
        box.press("rhythm")
        box.wait("peak_rhythm", 0.001, 30.0)
        memory = resident(box.processes())
        wait_for(lambda: len(box.processes()) == 2, 60.0)
        settled = resident(box.processes())
        pid, killed = box.engine["pid"], time.monotonic()
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: box.engine["pid"] not in (pid, 0) and box.engine["peak_drone"] > 0.001)
        again = time.monotonic() - killed
    what = "sounds cached" if cached else "nothing cached"
    report(f"{what}: drone heard after {audible:.2f} s, again {again:.2f} s after its engine was killed; PSS of all ")
    report(f"processes {memory / 1024:.0f} MB while rendering, {settled / 1024:.0f} MB once box and engine are alone")
    assert audible <= 3.0
    assert again <= 1.0
    assert max(memory, settled) <= 200 * 1024
