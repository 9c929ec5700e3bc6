"""Players at a marked input draw the tempo of the running box along, from what the card captures.

Chance does not, nor does the box itself, whose loudspeakers the microphone hears.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from jambox.scene import Scene
from tests.rig import hardware
from tests.rig.box import RATE, SAMPLE, RunningBox, card
from tests.rig.far_sound import FarCard

Report = Callable[[str], None]
CONFIG = "[accompany]\ntempo = true\n[mixer]\nstrips = [{}, { strokes = true }]\n"
"""The second input is listened to for strokes; the first is not, and hears a crowd."""
SCENE = Scene(cycle="teental", tempo=100.0, rhythm_level=-60.0)
MARKED = 2
ALONE = "snd-virmidi.enable=0"
"""No MIDI: it is sound that is listened to."""
HANDS = "[style]\nhumanise = 1.0\n"
ROOM = f"""
from tests.rig.far_sound import bare_loop
bare_loop("hw:Loopback,1,0", 256, 3, 600.0, sample="{SAMPLE}")
"""
"""What is played is captured, some milliseconds later."""
WARM = 5.0
"""Seconds in which the box starts."""


def clicks(times: Sequence[float] | NDArray[np.float64], seconds: float) -> NDArray[np.float32]:
    """Strokes of 20 ms at these seconds on the second channel, and noise on the first."""
    chance = np.random.default_rng(2)
    click = 0.3 * chance.standard_normal(RATE // 50) * np.exp(-np.arange(RATE // 50) / 150.0)
    sound = np.zeros((round(seconds * RATE), 2), np.float32)
    sound[:, 0] = chance.uniform(-0.05, 0.05, len(sound))
    for place in (round(at * RATE) for at in times):
        sound[place : place + len(click), 1] += click[: len(sound) - place]
    return sound


def going(first: float, last: float, steady: float, change: float, after: float) -> list[float]:
    """Half beats of a player who is steady at one tempo, goes to another, and is steady there; so many seconds each."""
    times, now = list[float](), 0.0
    while now < steady + change + after:
        times.append(now)
        tempo = first + (last - first) * min(max((now - steady) / change, 0.0), 1.0)
        now += 30.0 / tempo
    return times


@pytest.mark.rig(timeout=400, append=ALONE, usb_midi=False)
@pytest.mark.parametrize(
    ("last", "kept", "hands"), [(106.0, 106.0, 0.0), (106.0, 106.0, 0.01), (94.0, 94.0, 0.01), (116.0, 110.0, 0.0)]
)
def test_strokes_at_a_marked_input_draw_the_tempo_by_a_tenth_at_most(
    last: float, kept: float, hands: float, tmp_path: Path, report: Report
) -> None:
    """Machines, and hands that are off by 10 ms (standard deviation)."""
    change = abs(last - 100.0) / 0.4
    seconds = WARM + 14.0 + change + 8.0
    even = np.array(going(100.0, last, WARM + 14.0, change, 8.0))
    times = np.abs(even + hands * np.random.default_rng(5).standard_normal(len(even)))
    with (
        FarCard(clicks(times, seconds), sample=SAMPLE) as far,
        RunningBox(tmp_path, *card(256, 3), scene=SCENE, config=CONFIG) as box,
    ):
        box.press("rhythm")
        box.wait("playing", 1.0)
        hardware.wait_until(far.started + WARM + 13.0)
        met = box.status()
        hardware.wait_until(far.started + seconds - 0.5)
        status = box.status()
    players, tempo = status["players"], status["engine"]["tempo"]
    report(f"players from 100 to {last:g}: the box from {met['engine']['tempo']:.2f} to {tempo:.2f}, {players}")
    assert met["players"]["sure"]
    assert met["engine"]["tempo"] == pytest.approx(100.0, rel=0.015)
    assert players["strips"] == [MARKED]
    assert not players["inputs_hear_box"]
    assert tempo == pytest.approx(kept, rel=0.015)
    assert tempo <= 110.0 * (1.0 + 1e-6)
    assert status["scene"]["tempo"] == pytest.approx(kept, rel=0.015)
    assert status["engine"]["xruns"] == 0


@pytest.mark.rig(timeout=400, append=ALONE, usb_midi=False)
def test_chance_at_a_marked_input_draws_nothing(tmp_path: Path, report: Report) -> None:
    seconds = WARM + 30.0
    times = np.cumsum(np.random.default_rng(7).exponential(0.35, 400) + 0.06)
    with (
        FarCard(clicks([at for at in times if at < seconds], seconds), sample=SAMPLE) as far,
        RunningBox(tmp_path, *card(256, 3), scene=SCENE, config=CONFIG) as box,
    ):
        box.press("rhythm")
        box.wait("playing", 1.0)
        looks, sure = 0, 0
        while time.monotonic() < far.started + seconds - 1.0:
            hardware.wait_until(time.monotonic() + 1.0)
            status = box.status()
            looks, sure = looks + 1, sure + status["players"]["sure"]
            assert status["engine"]["tempo"] == pytest.approx(100.0, abs=1e-9)
    report(f"chance: sure in {sure} of {looks} looks, at the end {status['players']}")
    assert status["players"]["strokes"] > 5
    assert sure == 0
    assert looks > 20


@pytest.mark.rig(timeout=400, append=ALONE, usb_midi=False)
@pytest.mark.parametrize("tempo", [45.0, 100.0])
def test_the_box_does_not_follow_its_own_hands_out_of_its_loudspeakers(
    tempo: float, tmp_path: Path, report: Report
) -> None:
    scene = Scene(cycle="four-floor", tempo=tempo, inputs=-60.0, volume=0.0, rhythm_level=0.0)
    with subprocess.Popen([sys.executable, "-c", ROOM]) as room:
        try:
            hardware.wait_until(time.monotonic() + 1.0)
            with RunningBox(tmp_path, *card(256, 3), scene=scene, config=CONFIG + HANDS) as box:
                box.press("rhythm")
                box.wait("playing", 1.0)
                looks = []
                for _ in range(40):
                    hardware.wait_until(time.monotonic() + 1.0)
                    looks.append(box.status())
        finally:
            room.terminate()
    last = looks[-1]
    peak = max(look["meters"]["strips"][MARKED - 1]["peak"] for look in looks)
    report(f"{tempo:g} per minute, heard by itself with a peak of {peak:.0f} dBFS: {last['players']}")
    assert peak > -30.0
    assert {look["engine"]["tempo"] for look in looks} == {tempo}
    assert last["players"] == {"sure": False, "strokes": 0, "strips": [MARKED], "inputs_hear_box": True}
