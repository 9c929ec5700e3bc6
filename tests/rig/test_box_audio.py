"""The running box as a sound card's peer: what comes in comes out whole and in time, whatever else it does.

JAMBOX_SOAK says for how many minutes it plays beside a bare loop in real time; the suite is content with one.
"""

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from jambox.scene import Scene
from jambox.sound.process import PRIORITY
from tests.rig import hardware
from tests.rig.box import (
    DRONE,
    PINNED,
    RATE,
    RHYTHM,
    SAMPLE,
    SILENT,
    STRAIGHT,
    STYLE_A,
    STYLE_B,
    RunningBox,
    card,
    click,
    hide_far_keys,
    noise,
)
from tests.rig.far_midi import FarPort
from tests.rig.far_sound import FarCard, lag

Report = Callable[[str], None]
MINUTES = float(os.environ.get("JAMBOX_SOAK", "1"))
CHIME = 1.5
"""Seconds after which the boot chime has faded."""
PACE = 1000
"""MIDI messages a second."""
PACKET = 16
"""How many of them come at once: what one packet of full-speed USB carries, 64 bytes, at 4 a message."""
HARMLESS = 50
"""Controllers 1 to this one hold nothing, so the box sends none of its own."""
ALONE = "snd-virmidi.enable=0"
"""No MIDI but that of the test."""


BARE = f"""
import os, sys
from tests.rig.far_sound import bare_loop
os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param({PRIORITY}))
print(bare_loop("hw:Loopback,0,1", int(sys.argv[1]), 3, float(sys.argv[2]), sample="{SAMPLE}").xruns)
"""
"""The bare loop in a process of its own, with the engine's priority."""


@pytest.fixture(autouse=True)
def _one_gadget() -> None:
    if hardware.card_index("rigkeys") is not None:
        hide_far_keys()


@pytest.mark.rig
@pytest.mark.parametrize(("period", "periods"), [(64, 3), (128, 3), (64, 2), (128, 2), (256, 3)])
def test_a_signal_passes_in_the_time_of_the_buffer(period: int, periods: int, tmp_path: Path, report: Report) -> None:
    played = noise(3.0)
    with (
        FarCard(played, sample=SAMPLE) as far,
        RunningBox(tmp_path, *card(period, periods), scene=SILENT, config=STRAIGHT) as box,
    ):
        begun = time.monotonic() - far.started
        heard = far.heard()
        status = box.status()
    frames = lag(played[:, 0], heard[:, 0])
    settled = round((begun + CHIME) * RATE)
    error = np.abs(heard[settled:] - played[settled - frames : len(played) - frames]).max()
    report(f"{period} × {periods}: {frames} frames ({frames / RATE * 1e3:.2f} ms), at most {error:.1e} off")
    assert status["engine"]["xruns"] == status["engine"]["late"] == 0
    assert status["audio"]["periods"] == periods
    assert frames == period * periods
    assert error < 1e-8


@pytest.mark.rig(timeout=600, append=ALONE, usb_midi=False)
@hardware.needs_lgpio
@pytest.mark.parametrize("period", [64, 128])
def test_a_busy_minute_has_no_gap(period: int, tmp_path: Path, report: Report) -> None:
    """Full duplex with 1,000 MIDI messages a second and hands all over the panel."""
    played = noise(61.0)
    scene = Scene(volume=0.0, drone_level=-12.0, rhythm_level=-12.0)
    sent = [bytes([0xB0, 1 + count // 128 % HARMLESS, count % 128]) for count in range(60 * PACE)]
    with FarPort("Synth") as synth, FarPort("Pads") as pads, FarCard(played, sample=SAMPLE) as far:
        synth.open_virtual()
        pads.open_virtual()
        with RunningBox(tmp_path, *card(period, 3, "gpio"), scene=scene, config=STRAIGHT) as box:
            begun = time.monotonic() - far.started
            player = threading.Thread(target=pads.send_evenly, args=(sent, PACE, PACKET))
            player.start()
            deeds = play_about(box, far.started + 60.0)
            player.join()
            heard = far.heard()
            status = box.status()
    frames = lag(played[:, 0], heard[:, 0])
    first = round((begun + 0.5) * RATE)
    least = likeness(played[first - frames : len(played) - frames], heard[first:], period)
    engine, counters = status["engine"], status["midi"]["counters"]
    report(f"{period} × 3, {deeds} deeds: {engine['xruns']:.0f} xruns, {engine['late']:.0f} late, lag {frames}, ")
    report(f"likeness of each block at least {least:.2f}; {counters['received']} MIDI messages")
    assert frames == 3 * period
    assert least > 0.5
    assert engine["xruns"] == engine["late"] == engine["broken"] == engine["restarts"] == 0
    assert counters["errors"] == counters["dropped"] == 0
    assert [
        arrival.data for arrival in synth.arrivals if arrival.data[0] == 0xB0 and arrival.data[1] <= HARMLESS
    ] == sent
    assert engine["playing"]


@pytest.mark.rig(virtual_time=False, timeout=180 + 60 * MINUTES)
def test_no_more_xruns_than_a_bare_loop(tmp_path: Path, report: Report) -> None:
    """In real time, side by side, both with the same priority."""
    seconds, period = 60.0 * MINUTES, 128
    with RunningBox(tmp_path, *card(period, 3), scene=Scene(drone_on=True), config=PINNED) as box:
        box.press("rhythm")
        box.wait("peak_rhythm", 0.01, 30.0)
        hardware.wait_until(time.monotonic() + 2.0)
        before = box.engine
        words = [sys.executable, "-c", BARE, str(period), str(seconds)]
        bare = int(subprocess.run(words, check=True, capture_output=True).stdout)
        after = box.engine
    xruns, late = after["xruns"] - before["xruns"], after["late"] - before["late"]
    blocks = seconds * RATE / period
    report(f"real time, {seconds:.0f} s at {period} × 3: box {xruns:.0f} xruns ({late:.0f} late), bare loop {bare}")
    assert after["restarts"] == before["restarts"]
    assert xruns / blocks <= bare / blocks + 0.02


def play_about(box: RunningBox, until: float) -> int:
    """Presses, steps and turns, 10 times a second up to `until`; returns how often."""
    chance, deeds = random.Random(1), 0
    while time.monotonic() < until:
        deeds += 1
        if deeds in (200, 400):
            box.turn("style", 1 if deeds == 200 else -1, "drone")
        match chance.randrange(4):
            case 0:
                click(DRONE)
            case 1:
                click(RHYTHM)
            case 2:
                step(chance.random() < 0.5)
            case 3:
                box.turn(chance.choice(("drone_level", "rhythm_level")), chance.uniform(0.0, 0.5))
        hardware.wait_until(time.monotonic() + 0.08)
    return deeds


def step(clockwise: bool) -> None:
    """One detent of the encoder STYLE."""
    first, second = (STYLE_A, STYLE_B) if clockwise else (STYLE_B, STYLE_A)
    for line, move in (
        (first, hardware.press),
        (second, hardware.press),
        (first, hardware.release),
        (second, hardware.release),
    ):
        move(line)
        hardware.wait_until(time.monotonic() + 0.002)


def likeness(played: NDArray[np.float32], heard: NDArray[np.float32], period: int) -> float:
    """The least correlation of any block of `heard` with `played`, by second differences, where white noise stands out
    of the drone and the drums.
    """
    sharp = [np.diff(signal[:, 0].astype(np.float64), 2) for signal in (played, heard)]
    count = len(sharp[0]) // period
    one, other = (signal[: count * period].reshape(count, period) for signal in sharp)
    along = (one * other).sum(1) / np.sqrt((one**2).sum(1) * (other**2).sum(1) + 1e-30)
    return float(along.min())
