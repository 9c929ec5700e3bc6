"""A long evening: a storm of MIDI, hands all over the panel, and ever new drones and cycles, without a gap or growth.

JAMBOX_SOAK says for how many minutes; the suite is content with a quarter of one.
"""

import os
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jambox.scene import Scene
from tests.rig import hardware
from tests.rig.box import DRONE, RHYTHM, RunningBox, card, click, resident
from tests.rig.far_midi import FarPort

Report = Callable[[str], None]
MINUTES = float(os.environ.get("JAMBOX_SOAK", "0.25"))
WARM = 0.2
"""The share of the time after which the memory is looked at first: by then most sounds have been heard once."""
GROWTH = 1024
"""kB by which the engine may grow from then on."""
STORM, CALM, PACKET = 4000, 4.0, 16
"""Messages in each second of storm, most of them of one controller and more than pass; seconds of calm between; and how
many messages come at once.
"""
TONICS = 2.0
"""Seconds from one tonic to the next, each a drone to render anew."""
KNOBS = ("volume", "drone_level", "rhythm_level", "inputs", "energy", "meet")

pytestmark = pytest.mark.rig(timeout=300 + 240 * MINUTES, append="snd-virmidi.enable=0", usb_midi=False)


class Hands:
    """What is done on the panel, ten deeds a second, at random but always the same."""

    def __init__(self, box: RunningBox) -> None:
        self._box, self._chance = box, random.Random(1)
        self.deeds = 0
        self._tonic = 0.0

    def play(self, until: float) -> None:
        """Goes on until then."""
        while time.monotonic() < until:
            self._do(time.monotonic())
            self.deeds += 1
            hardware.wait_until(time.monotonic() + 0.08)

    def _do(self, now: float) -> None:
        chance, box = self._chance, self._box
        if now - self._tonic > TONICS:
            self._tonic = now
            box.turn("style", chance.choice((-2, -1, 1, 2)), "drone")
            return
        match chance.randrange(5):
            case 0:
                click(DRONE)
            case 1:
                click(RHYTHM)
            case 2:
                box.turn("style", chance.choice((-1, 1)))
            case 3:
                box.press("surprise", hold=chance.choice((0.0, 1.0)))
            case 4:
                box.turn(chance.choice(KNOBS), chance.random())


def storm(stopped: threading.Event) -> None:
    """Again and again one wheel turned as fast as no hand can, and keys between."""
    with FarPort("Pads") as pads:
        pads.open_virtual()
        count, start = 0, time.monotonic()
        while not stopped.is_set():
            for _ in range(PACKET - 2):
                pads.send(bytes((0xB0, 74, count % 128)))
                count += 1
            pads.send(bytes((0x90, 36 + count % 48, 64)))
            pads.send(bytes((0x80, 36 + count % 48, 64)))
            count += 2
            hardware.wait_until(start + count / STORM + count // STORM * CALM)


@hardware.needs_lgpio
def test_it_plays_all_evening(tmp_path: Path, report: Report) -> None:
    stopped = threading.Event()
    player = threading.Thread(target=storm, args=(stopped,))
    scene = Scene(volume=-6.0, drone_on=True)
    with FarPort("Synth") as synth:
        synth.open_virtual()
        with RunningBox(tmp_path, *card(128, 3, "gpio"), scene=scene, config="[audio]\npinned = true\n") as box:
            player.start()
            try:
                hands, begun = Hands(box), time.monotonic()
                hands.play(begun + 60.0 * MINUTES * WARM)
                before = box.engine, use(box)
                synth.arrivals.clear()
                hands.play(begun + 60.0 * MINUTES)
                after = box.engine, use(box)
            finally:
                stopped.set()
                player.join()
            counters = box.status()["midi"]["counters"]
    engine, grown = after[0], [late - early for early, late in zip(before[1], after[1], strict=True)]
    report(f"{MINUTES:g} min at 128 × 3, {hands.deeds} deeds, {counters['received']} MIDI messages: ")
    report(f"{engine['xruns']:.0f} xruns, {engine['late']:.0f} late; engine {grown[1]:+} kB, box {grown[0]:+} kB")
    assert engine["xruns"] == engine["late"] == engine["restarts"] == 0
    assert engine["playing"]
    assert engine["pid"] == before[0]["pid"]
    assert counters["errors"] == 0
    assert grown[1] < GROWTH
    assert {arrival.data[0] & 0xF0 for arrival in synth.arrivals} >= {0x80, 0x90, 0xB0}


def use(box: RunningBox) -> tuple[int, int]:
    """KB of the box and of its engine."""
    return resident([box.process.pid]), resident([int(box.engine["pid"])])
