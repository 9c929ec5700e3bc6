"""The running box in trouble: a killed engine, a pulled card, no card, two boxes, and its own end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from jambox.midi import messages
from jambox.scene import Scene
from tests.rig import hardware
from tests.rig.box import (
    LOOK,
    LOOPBACK,
    RATE,
    RIM,
    SAMPLE,
    SILENT,
    STRAIGHT,
    UNHEARD,
    RunningBox,
    card,
    environment,
    hide_far_keys,
    onsets,
    silence,
    with_probe,
)
from tests.rig.far_midi import FarKeys, FarPort
from tests.rig.far_sound import FarCard

Report = Callable[[str], None]
BEAT = 0.5
SCENE = Scene(volume=0.0, drone_level=-60.0, rhythm_level=0.0, drone_on=True, cycle="probe", tempo=60.0 / BEAT)
UNHURRIED = "--panel", "none", "--period", "1024"
HOLDER = """
import sys, time, alsaaudio
held = [alsaaudio.PCM(kind, device="hw:Loopback,0,0") for kind in (alsaaudio.PCM_PLAYBACK, alsaaudio.PCM_CAPTURE)]
print("held", flush=True)
sys.stdin.read()
"""
"""A program that holds the card until its standard input is closed."""


@pytest.fixture(autouse=True)
def _one_gadget() -> None:
    hide_far_keys()


@pytest.mark.rig
def test_a_killed_engine_goes_on_with_the_beat(tmp_path: Path, report: Report) -> None:
    with FarPort("Synth") as synth, FarCard(silence(40.0), sample=SAMPLE) as far:
        synth.open_virtual()
        with RunningBox(with_probe(tmp_path), *card(256), scene=SCENE) as box:
            hardware.wait_until(time.monotonic() + 2.0)
            box.press("rhythm")
            hardware.wait_until(time.monotonic() + 4.2)
            before, moments = box.status(), []
            for _ in range(2):
                moments.append(time.monotonic())
                os.kill(box.engine["pid"], signal.SIGKILL)
                # One that dies again within 10 s is left alone for a while.
                hardware.wait_until(time.monotonic() + 10.6)
            after = box.status()
            heard = far.heard(early=True)
    strokes = onsets(heard) + far.started
    off = (strokes - strokes[0] + BEAT / 2) % BEAT - BEAT / 2
    gap = float(np.diff(strokes).max())
    notes = [arrival.time for arrival in synth.arrivals if arrival.data[:2] == bytes([0x99, RIM])]
    report(f"2 kills: strokes off the old pulse by {off.min() * 1e3:+.2f} to {off.max() * 1e3:+.2f} ms, ")
    report(
        f"longest time between two {gap:.2f} s, for a beat of {BEAT} s; {len(notes)} notes for {len(strokes)} strokes"
    )
    assert gap < 1.0
    assert np.abs(off).max() < 0.005
    assert after["scene"] == before["scene"]
    assert after["rhythm"] == "playing"
    assert after["engine"]["restarts"] == len(moments)
    assert after["engine"]["drone"]
    assert after["engine"]["xruns"] == 0
    assert not after["faults"]
    assert len(strokes) <= len(notes) <= len(strokes) + len(moments)


@pytest.mark.rig(virtual_time=False)
def test_the_next_box_ends_what_a_killed_one_left_sounding(tmp_path: Path, report: Report) -> None:
    down = [bytes([0x93, 60, 100]), bytes([0xB3, 64, 127]), bytes([0xB3, 66, 127]), bytes([0x90, 48, 1])]
    over = [bytes([0x93, 62, 100]), bytes([0x83, 62, 64]), bytes([0xB0, 64, 127]), bytes([0xB0, 64, 0])]
    box = RunningBox(tmp_path, *UNHEARD, "none")
    with FarPort("Synth") as synth, FarPort("Organ") as organ:
        synth.open_virtual()
        with box, FarKeys() as keys:
            hardware.wait_until(time.monotonic() + 0.2)  # the cable is idle until something listens
            keys.send(b"".join((*over, *down)))
            hardware.wait_for(lambda: bool(synth.arrivals) and synth.arrivals[-1].data == down[-1])
            box.kill()
        synth.arrivals.clear()
        organ.open_virtual()
        started = time.monotonic()
        with box:
            told = [data for _, data in synth.arrivals]
            ended = synth.arrivals[0].time - started, synth.arrivals[3].time - started
            plays = time.monotonic() - started
            assert not box.status()["faults"]
        silent = [*messages.silence()]
        others = [data for _, data in organ.arrivals][: len(silent)]
    report(f"killed with 4 keys and pedals down: the next start ended them {ended[1]:.2f} s after its process began, ")
    report(f"within {(ended[1] - ended[0]) * 1e3:.2f} ms; it answered after {plays:.2f} s")
    ends = [messages.note_off(0, 48), messages.note_off(3, 60), bytes([0xB3, 64, 0]), bytes([0xB3, 66, 0])]
    assert told[: 4 + len(silent)] == [*ends, *silent]
    assert others == silent
    assert ended[1] < plays


@pytest.fixture
def box(tmp_path: Path) -> Iterator[RunningBox]:
    """The box on the loopback card, with the drone on."""
    with RunningBox(tmp_path, *card(256), scene=Scene(drone_on=True)) as box:
        yield box


@pytest.mark.rig
def test_a_pulled_card_is_told_and_taken_again(box: RunningBox, report: Report) -> None:
    box.wait("peak_drone", 0.01)
    pulled = time.monotonic()
    hardware.unplug_card()
    hardware.wait_for(lambda: bool(box.status()["faults"]), every=LOOK)
    told = time.monotonic() - pulled
    (fault,) = box.status()["faults"]
    assert LOOPBACK in fault
    # It is told at once; the engine without a card starts then.
    hardware.wait_for(lambda: box.status()["audio"]["name"] == "null", 1.0, every=LOOK)
    box.wait("peak_drone", 0.01)
    plugged = time.monotonic()
    hardware.plug_card()
    hardware.wait_for(lambda: box.status()["audio"]["name"] == LOOPBACK, every=LOOK)
    back = time.monotonic() - plugged
    assert not box.status()["faults"]
    with FarCard(silence(3.0), sample=SAMPLE) as far:
        assert far.heard().any()
    report(f"pulled card told after {told * 1e3:.0f} ms ({fault!r}), played again {back:.1f} s after the plug")
    assert told < 1.0
    assert back < 3.0


@pytest.mark.rig
def test_a_missing_card_is_one_message(tmp_path: Path) -> None:
    with RunningBox(tmp_path, "--audio", "hw:CARD=Nope", *UNHURRIED) as box:
        hardware.wait_until(time.monotonic() + 10.0)
        (fault,) = box.status()["faults"]
        assert fault.startswith("hw:CARD=Nope: ")
        assert "jambox list audio" in fault
        assert box.log.count(fault) == 1
        assert box.engine["restarts"] == 0


@pytest.mark.rig
def test_a_busy_card_is_one_message_and_taken_when_free(tmp_path: Path) -> None:
    device = "hw:CARD=Loopback,DEV=0,SUBDEV=0"
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with RunningBox(tmp_path, "--audio", device, *UNHURRIED) as box:
            hardware.wait_until(time.monotonic() + 10.0)
            (fault,) = box.status()["faults"]
            assert fault.startswith(device)
            assert "another program holds it" in fault
            assert box.log.count(fault) == 1
            holder.communicate()
            hardware.wait_for(lambda: box.status()["audio"]["name"] == device, 20.0, LOOK)
            assert not box.status()["faults"]


@pytest.mark.rig
def test_a_second_box_is_refused(box: RunningBox) -> None:
    def second(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*box.command, *words], env=environment(box.folder), capture_output=True, text=True, timeout=30, check=False
        )

    frame = box.engine["frame"]
    same, other = second(), second("--socket", str(box.folder / "other"))
    for refused in (same, other):
        assert refused.returncode == 1
        assert len(refused.stderr.splitlines()) == 1
        assert "another box" in refused.stderr or "already running" in refused.stderr
    assert box.wait("frame", frame + 1) < 1.0


@pytest.mark.rig
def test_sigterm_fades_out(tmp_path: Path, report: Report) -> None:
    t = np.arange(8 * RATE) / RATE
    tone = np.repeat((0.3 * np.sin(2.0 * np.pi * 200.0 * t)).astype(np.float32)[:, None], 2, axis=1)
    with FarCard(tone, sample=SAMPLE) as far, RunningBox(tmp_path, *card(), scene=SILENT, config=STRAIGHT) as box:
        hardware.wait_until(time.monotonic() + 3.0)
        told = time.monotonic() - far.started
        took = box.stop()
        status = box.process.returncode
        heard = far.heard(early=True)[:, 0].astype(np.float64)
    # When its player closes, the loopback card gives some frames of its old buffer again.
    end = np.flatnonzero(heard)[-1] - 200
    steps = np.abs(np.diff(heard[round((told - 0.5) * RATE) : end]))
    steady = float(np.abs(np.diff(tone[:, 0].astype(np.float64))).max())
    rest = float(np.abs(heard[end - 480 : end]).max())
    report(f"SIGTERM: gone after {took * 1e3:.0f} ms, silent after {(end / RATE - told) * 1e3:.0f} ms; largest step ")
    report(f"{steps.max():.1e} (the tone's own {steady:.1e}), the last 10 ms below {rest:.1e}")
    assert status == 0
    assert took < 2.0
    assert steps.max() < 1.01 * steady
    assert rest < 1e-4
