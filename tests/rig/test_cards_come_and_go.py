"""Sound cards pulled and put back again and again, the guest's and the one that plays: nothing leaks or hangs.

JAMBOX_SOAK says how many times; the suite is content with 4.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from jambox import remote
from jambox.remote import Request
from jambox.scene import Scene
from tests.rig import hardware
from tests.rig.box import LOOK, RATE, SAMPLE, RunningBox, resident
from tests.rig.far_sound import FarCard

Report = Callable[[str], None]
ROUNDS = int(os.environ.get("JAMBOX_SOAK", "4"))
HAT_EVERY = 4
"""In each such round the card that plays is pulled, in the others the guest."""
HAT, USB = 0, 1
CONFIG = """
[audio]
prefer = ["HAT", "USB"]
guests = ["USB"]
guest_strips = 2
"""
LOUD, SILENT = -20.0, -60.0
"""dBFS of a strip that hears the tone, and of one that hears none."""
GROWTH = 768
"""kB by which box and engine may each grow, however many rounds there are."""
DRONE = Scene(drone_on=True, volume=-12.0)


class Use(NamedTuple):
    """What box and engine use: files and threads of the box, its processes, maps of shared memory, kB of each."""

    files: int
    threads: int
    processes: int
    maps: int
    box: int
    engine: int

    @classmethod
    def of(cls, box: RunningBox) -> "Use":
        """As it is once all that was in passing has ended."""
        pid, engine = box.process.pid, box.engine["pid"]
        files, threads = (sum(1 for _ in Path(f"/proc/{pid}/{name}").iterdir()) for name in ("fd", "task"))
        maps = sum(Path(f"/proc/{one}/maps").read_text().count("memfd:") for one in (pid, engine))
        return cls(files, threads, len(box.processes()), maps, resident([pid]), resident([engine]))


def tone(seconds: float) -> NDArray[np.float32]:
    one = 0.4 * np.sin(2 * np.pi * 200.0 / RATE * np.arange(round(seconds * RATE)))
    return np.stack([one, one], axis=1).astype(np.float32)


def plays_on(box: RunningBox) -> str:
    return str(box.status()["audio"]["name"])


def seats(box: RunningBox) -> list[Any]:
    """The strips of the guests that are here."""
    return [card["strips"] for card in box.status()["cards"] if card["is"] == "guest"]


def level(box: RunningBox, strip: int) -> float:
    """The falling peak of a strip (from 1), in dBFS; very low for one that is not there."""
    strips = remote.ask(box.socket, Request(meters=True)).meters["strips"]
    return float(strips[strip - 1]["peak"]) if strip <= len(strips) else -200.0


def pull_the_guest(box: RunningBox) -> None:
    """Its strip sounds, falls silent when it goes, and is its strip again when it comes back."""
    with FarCard(tone(6.0), device="hw:USB,1,0", sample=SAMPLE):
        hardware.wait_for(lambda: level(box, 3) > LOUD, every=LOOK)
        hardware.unplug_card(USB)
        hardware.wait_for(lambda: not seats(box), every=LOOK)
        hardware.wait_for(lambda: level(box, 3) < SILENT, every=LOOK)
    hardware.plug_card(USB)
    hardware.wait_for(lambda: seats(box) == [[3, 4]], every=LOOK)


def pull_the_one_that_plays(box: RunningBox) -> None:
    """The next one plays, and its inputs are the first strips; once the better one is back, it is a guest again."""
    with FarCard(tone(12.0), device="hw:USB,1,0", sample=SAMPLE):
        hardware.wait_for(lambda: level(box, 3) > LOUD, every=LOOK)
        hardware.unplug_card(HAT)
        hardware.wait_for(lambda: "USB" in plays_on(box), every=LOOK)
        hardware.wait_for(lambda: level(box, 1) > LOUD and box.engine["peak_drone"] > 0.01, every=LOOK)
        assert not seats(box)
        hardware.plug_card(HAT)
        hardware.wait_for(lambda: "HAT" in plays_on(box), every=LOOK)
        hardware.wait_for(lambda: seats(box) == [[3, 4]], every=LOOK)
        hardware.wait_for(lambda: level(box, 3) > LOUD and box.engine["peak_drone"] > 0.01, every=LOOK)
        assert level(box, 1) < SILENT


@pytest.mark.rig(append="snd-aloop.enable=1,1 snd-aloop.id=HAT,USB", usb_midi=False, timeout=120 + 15 * ROUNDS)
def test_cards_that_are_pulled_and_put_back_for_long(tmp_path: Path, report: Report) -> None:
    looks = {max(ROUNDS // 10, 4), max(ROUNDS // 2, 5), ROUNDS}
    used: dict[int, Use] = {}
    words = ("--audio", "auto", "--panel", "none", "--period", "128", "--periods", "3")
    with RunningBox(tmp_path, *words, scene=DRONE, config=CONFIG) as box:
        hardware.wait_for(lambda: seats(box) == [[3, 4]], every=LOOK)
        for turn in range(1, ROUNDS + 1):
            (pull_the_guest if turn % HAT_EVERY else pull_the_one_that_plays)(box)
            if turn in looks:
                hardware.wait_until(time.monotonic() + 1.0)  # what ends with a card has ended
                used[turn] = Use.of(box)
        status = box.status()
    first, last = min(used), max(used)
    report(f"{ROUNDS} rounds, {ROUNDS // HAT_EVERY} with the card that plays: {status['engine']['restarts']} restarts")
    for turn, use in used.items():
        report(f"after round {turn}: {use}")
    assert not status["faults"]
    assert used[last][:4] == used[first][:4]
    assert used[last].box - used[first].box < GROWTH
    assert used[last].engine - used[first].engine < GROWTH
