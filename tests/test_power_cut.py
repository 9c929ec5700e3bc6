"""The scene on disk survives whatever kills the box, at whatever instant."""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from jambox import scenes
from jambox.scene import Scene
from tests.rig.box import RunningBox
from tests.rig.hardware import wait_for, wait_until

Report = Callable[[str], None]
FIRST = Scene(tempo=20.0)
SAVER = f"""
import os, random, signal, sys, time
from pathlib import Path
from jambox import scenes
from jambox.scene import Scene

folder, chance = Path(sys.argv[1]), random.Random(1)
told, tell = os.pipe()
for _ in range(200):
    scenes.save(folder, Scene(tempo={FIRST.tempo}))
    if not (child := os.fork()):
        for count in range(1, 300):
            scenes.save(folder, Scene(tempo={FIRST.tempo} + count))
            os.write(tell, b".")
        os._exit(0)
    time.sleep(chance.uniform(0.0, 0.02))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.write(tell, b"!")
    saved = len(os.read(told, 1000)) - 1
    print(saved, int(scenes.load(folder).tempo - {FIRST.tempo}))
"""
"""Kills a process that saves scene after scene; says how many it had saved, and which one is there now."""


def test_a_killed_saver_leaves_the_old_scene_or_the_new_one(tmp_path: Path, report: Report) -> None:
    words = [sys.executable, "-c", SAVER, str(tmp_path)]
    lines = subprocess.run(words, capture_output=True, text=True, check=True, timeout=120).stdout.splitlines()
    found = [(int(saved), int(there)) for saved, there in (line.split() for line in lines)]
    unsaid = sum(there == saved + 1 for saved, there in found)
    report(f"{len(found)} kills after 0 to {max(found)[0]} saves; {unsaid} between the rename and the word of it")
    assert len(found) == 200
    assert all(there in (saved, saved + 1) for saved, there in found)


def test_a_killed_box_starts_with_what_was_saved(tmp_path: Path, report: Report) -> None:
    chance, kept = random.Random(1), 0
    (tmp_path / "state").mkdir()
    scenes.save(tmp_path / "state", FIRST)
    for count in range(8):
        before = scenes.load(tmp_path / "state")
        position = 0.2 + 0.1 * (count % 6)
        with RunningBox(tmp_path, "--audio", "null", "--panel", "none") as box:
            assert box.status()["scene"]["volume"] == before.volume
            box.turn("volume", position)
            turned = box.status()["scene"]["volume"]
            engine = box.engine["pid"]
            wait_until(time.monotonic() + chance.uniform(0.9, 1.15))
            box.kill()
        after = scenes.load(tmp_path / "state").volume
        kept += after == turned
        assert after in (before.volume, turned)
        wait_for(lambda pid=engine: not alive(pid))  # type: ignore[misc]
    report(f"8 boxes killed 0.9 to 1.15 s after a turn: {kept} had saved it")


def alive(pid: int) -> bool:
    """Whether the process is there and no zombie."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False
