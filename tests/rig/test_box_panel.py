"""The running box under hands: how soon a press is heard, and what the lights show."""

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from jambox import pulse
from jambox.box import POLL
from jambox.panel.controls import CONTROLS
from jambox.panel.feedback import BEAT, BEAT_FLASH, FAST, FLASHES, SAM_FLASH, SLOW, Event
from jambox.scene import Scene
from jambox.sound.plucker import DRONE_FADE
from tests.rig import hardware
from tests.rig.box import (
    BEAT_LIGHT,
    DRONE,
    DRONE_LIGHT,
    LOOK,
    RATE,
    RHYTHM,
    RHYTHM_LIGHT,
    SAMPLE,
    STATUS_LIGHT,
    UNHEARD,
    RunningBox,
    card,
    click,
    hide_far_keys,
    silence,
    wakes,
)
from tests.rig.far_midi import FarKeys
from tests.rig.far_sound import FarCard
from tests.sound.tones import reed, room

Report = Callable[[str], None]
PULSE = 0.01
"""Seconds between two pulses of a light that gpiozero dims (100 Hz): lgpio shows a change with the next one."""
DELIVERY = 0.0003
"""Seconds from an edge to what the box makes of it, on two threads."""
RARE = 120.0
"""Wakes of a thread in a second: the box looks 50 times, and a dimmed light has 100 pulses."""
TICK = 16 / RATE
"""Seconds of the loopback card's timer."""
FLOOD = 10_000
"""Messages a second."""
AUDIBLE = 1e-4
"""-80 dBFS."""


@pytest.fixture(autouse=True)
def _one_gadget() -> None:
    hide_far_keys()


@pytest.mark.rig
@hardware.needs_lgpio
@pytest.mark.parametrize("period", [64, 128])
def test_a_press_is_heard_at_once(period: int, tmp_path: Path, report: Report) -> None:
    periods, moments = 3, []
    with FarCard(silence(20.0), sample=SAMPLE) as far:
        scene = Scene(volume=0.0, drone_level=0.0)
        with RunningBox(tmp_path, *card(period, periods, "gpio"), scene=scene) as box:
            hardware.wait_until(time.monotonic() + 1.5)
            toggle_until_silent(box)
            for count in range(8):
                hardware.wait_until(time.monotonic() + 0.1 + count * period / 8 / RATE)
                moments.append(click(DRONE))
                box.wait("peak_drone", 0.01)
                toggle_until_silent(box)
            heard = far.heard(early=True)
    waits = [onset(heard, moment - far.started) for moment in moments]
    block = period / RATE
    bound = DELIVERY + block + (periods - 1) * block + TICK
    report(f"DRONE to sound, {period} × {periods}: {min(waits) * 1e3:.2f} to {max(waits) * 1e3:.2f} ms, ")
    report(
        f"at most {bound * 1e3:.2f} = edge {DELIVERY * 1e3:.1f} + next block + {periods - 1} blocks ahead + card's tick"
    )
    assert max(waits) <= bound


@pytest.mark.rig
@hardware.needs_lgpio
def test_a_panel_that_nobody_touches_wakes_nobody(tmp_path: Path, report: Report) -> None:
    with RunningBox(tmp_path, *UNHEARD, "gpio") as box:
        hardware.wait_until(time.monotonic() + 1.0)
        woken = sorted(wakes(box.process.pid, 2.0), reverse=True)
        click(DRONE)
        hardware.wait_for(lambda: box.status()["scene"]["drone_on"], 1.0, LOOK)
    report(f"{len(woken)} threads with a panel at rest; wakes a second: {woken[0]:.0f}, {woken[1]:.0f}, {woken[2]:.0f}")
    assert woken[0] < RARE


@pytest.mark.rig
@hardware.needs_lgpio
def test_drone_held_takes_the_tonic_from_an_input(tmp_path: Path, report: Report) -> None:
    """The press starts a drone on another tonic; that fades, and what comes in is heard 20 dB above its noise."""
    note = 155.0
    sound = np.repeat(room(reed(note, 6.0), 20.0).reshape(-1, 1), 2, axis=1).astype(np.float32)
    with FarCard(sound, sample=SAMPLE), RunningBox(tmp_path, *card(256, panel="gpio"), scene=Scene()) as box:
        begun = time.monotonic()
        hardware.press(DRONE)
        hardware.wait_for(lambda: box.status()["scene"]["tonic"] != Scene().tonic, every=LOOK)
        took = time.monotonic() - begun
        hardware.release(DRONE)
        scene = box.status()["scene"]
    off = 1200.0 * np.log2(scene["tonic"] / note)
    listening = took - CONTROLS["drone"].hold - DRONE_FADE
    report(f"a reed at {note:g} Hz: {off:+.2f} cents, {1e3 * listening:.0f} ms after the drone has faded")
    assert abs(off) < 3.0
    assert listening <= 0.7
    assert scene["drone_on"]


def toggle_until_silent(box: RunningBox) -> None:
    """Starts the drone if it is silent, stops it, and waits until nothing sounds."""
    if not box.engine["drone"]:
        box.press("drone")
        box.wait("peak_drone", 0.01)
    box.press("drone")
    hardware.wait_for(lambda: box.engine["voices"] == 0, every=LOOK)


def onset(heard: NDArray[np.float32], begin: float) -> float:
    """Seconds from `begin` (in the recording) to the first frame that is audible; before, there must be silence."""
    first = round(begin * RATE)
    assert not heard[first - 480 : first].any()
    return float(np.argmax(np.abs(heard[first:]).max(1) > AUDIBLE) / RATE)


TOLD = 1.0
"""Seconds by when news has been flashed, whose phase is its own."""


@pytest.fixture
def box(tmp_path: Path) -> Iterator[RunningBox]:
    """The box with its wired panel, at 200 beats a minute in four."""
    scene = Scene(cycle="four-floor", tempo=200.0)
    with FarCard(silence(40.0), sample=SAMPLE), RunningBox(tmp_path, *card(256, panel="gpio"), scene=scene) as box:
        hardware.wait_until(time.monotonic() + 3.0)  # until STATUS has told of every instrument
        yield box


def brightness(lines: list[int], seconds: float) -> tuple[NDArray[np.float64], dict[int, NDArray[np.int64]]]:
    """Looks at the lights every millisecond; returns when, and what each showed."""
    begin = time.monotonic()
    times, shown = [], []
    with hardware.watched(lines) as levels:
        for look in range(round(seconds * 1000)):
            hardware.wait_until(begin + look * 1e-3)
            times.append(time.monotonic())
            shown.append(levels())
    return np.array(times), dict(zip(lines, np.array(shown).T, strict=True))


@pytest.mark.rig
@hardware.needs_lgpio
def test_the_beat_light_follows_what_is_heard(box: RunningBox, report: Report) -> None:
    click(RHYTHM)
    box.wait("playing", 1)
    hardware.wait_until(time.monotonic() + 0.5)
    times, shown = brightness([BEAT_LIGHT, RHYTHM_LIGHT], 4.8)
    status = box.report()
    beats = np.array([pulse.beat_at(status, float(time)) for time in times])
    since, light = beats % 1.0 * 60.0 / status.tempo, shown[BEAT_LIGHT]
    sam = beats % 4.0 < 1.0
    late = POLL + PULSE + 1e-3  # the box looks, the dimmed light's next pulse comes, and we look
    on_sam = light[sam & (since > late) & (since < SAM_FLASH)].mean()
    on_beat = light[~sam & (since > late) & (since < BEAT_FLASH)].mean()
    between = light[since > SAM_FLASH + late].mean()
    rises = since[1:][(np.diff(light) == 1) & sam[1:]]
    report(f"BEAT: {on_sam:.2f} on sam, {on_beat:.2f} on other beats, {between:.2f} between, ")
    report(f"lit {rises.min() * 1e3:.0f} to {rises.max() * 1e3:.0f} ms after sam is heard")
    assert on_sam == 1.0
    assert on_beat == pytest.approx(BEAT, abs=0.06)
    assert between == 0.0
    assert len(rises) == 4
    assert rises.max() < late
    assert shown[RHYTHM_LIGHT].all()


@pytest.mark.rig
@hardware.needs_lgpio
def test_the_other_lights_tell_what_plays_and_what_is_wrong(box: RunningBox) -> None:
    def lights() -> list[float]:
        shown = brightness([DRONE_LIGHT, RHYTHM_LIGHT, BEAT_LIGHT], 1.0)[1]
        return [float(light.mean()) for light in shown.values()]

    assert lights() == [0.0, 0.0, 0.0]
    click(DRONE)
    click(RHYTHM)
    hardware.wait_until(time.monotonic() + 0.05)
    assert lights()[:2] == [1.0, 1.0]
    hardware.press(RHYTHM)
    hardware.wait_until(time.monotonic() + 0.6)
    hardware.release(RHYTHM)
    hardware.wait_for(lambda: box.status()["rhythm"] == "silent", every=LOOK)
    click(DRONE)
    hardware.wait_until(time.monotonic() + 0.05)
    assert lights() == [0.0, 0.0, 0.0]
    # The rig has no converter for the knobs, which is a warning; a lost card is a fault.
    assert changes(STATUS_LIGHT) == pytest.approx(4.0 / SLOW, abs=1)
    hardware.unplug_card()
    try:
        hardware.wait_for(lambda: "hw:CARD=Loopback" in " ".join(box.status()["faults"]), every=LOOK)
        hardware.wait_until(time.monotonic() + TOLD)
        assert changes(STATUS_LIGHT) == pytest.approx(4.0 / FAST, abs=1)
    finally:
        hardware.plug_card()


@pytest.mark.rig
@hardware.needs_lgpio
def test_who_floods_is_told_of_by_three_short_dark_flashes_and_in_words(box: RunningBox, report: Report) -> None:
    """A controller that is sent ten times as often as a cable carries it."""
    flood = b"".join(bytes([0xB0, 1, n % 128]) for n in range(round(1.5 * FLOOD)))
    with FarKeys() as keys:
        player = threading.Thread(target=keys.send_steadily, args=(flood, 3 * FLOOD))
        # It is told of 1.1 to 1.4 s later: STATUS, which blinks as the knobs are missing, is amid its lit half then.
        hardware.wait_until((time.monotonic() // SLOW + 2.0) * SLOW)
        player.start()
        times, shown = brightness([STATUS_LIGHT], 3.0)
        player.join()
    asked = [*box.command[:3], "status", "--socket", str(box.socket)]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    length = FLASHES[Event.REFUSED][1]
    lit = shown[STATUS_LIGHT]
    edges = np.flatnonzero(np.diff(lit)) + 1
    brief = np.abs(np.diff(times[edges]) - length) < POLL + 2e-3
    dark = edges[:-1][brief & (lit[edges[:-1]] == 0)]
    report(f"a flood of {FLOOD:,} values a second is told of {times[dark[0]] - times[0]:.2f} s after it began, ")
    report(f"{times[dark[0]] % SLOW:.2f} s into STATUS's blink")
    assert len(dark) == FLASHES[Event.REFUSED][0]
    np.testing.assert_allclose(np.diff(times[dark]), 2 * length, atol=POLL + 2e-3)
    assert "Rig Keys MIDI 1 floods: its notes go first" in told
    assert box.status()["midi"]["flooding"] == ["Rig Keys MIDI 1"]


def changes(line: int) -> int:
    """How often a light changes in 2 s."""
    return int(np.abs(np.diff(brightness([line], 2.0)[1][line])).sum())
