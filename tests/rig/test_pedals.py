"""Pedals and pads as a panel, learned by hand and kept through power cuts; and the box's own ports for programs."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from jambox import pulse, scenes
from jambox.midi import messages
from jambox.midi.messages import CLOCK, START
from jambox.midi.pitch import bent
from jambox.midi.plucks import CHANNELS
from jambox.music import library
from jambox.music.drone import figure
from jambox.scene import LOUDEST, Scene
from jambox.units import Hertz, frequency_key
from tests.rig import hardware
from tests.rig.box import (
    LOOK,
    RATE,
    RHYTHM,
    RIM,
    SAMPLE,
    SHIFT,
    STATUS_LIGHT,
    TAP,
    UNHEARD,
    RunningBox,
    card,
    click,
    hide_far_keys,
    silence,
    with_probe,
)
from tests.rig.far_midi import FarPort
from tests.rig.far_sound import FarCard

Report = Callable[[str], None]
SCENE = Scene(volume=0.0, drone_level=0.0, rhythm_level=0.0, cycle="probe", tempo=120.0)
DOWN, UP = bytes([0xB0, 64, 127]), bytes([0xB0, 64, 0])
PAD_ON, PAD_OFF = messages.note_on(9, 36, 100), messages.note_off(9, 36)
EXACT = 0.2e-3
"""Seconds by which a MIDI message may miss its place."""


@pytest.fixture(autouse=True)
def _one_gadget() -> None:
    hide_far_keys()


@pytest.fixture
def synth() -> Iterator[FarPort]:
    with FarPort("Synth") as far:
        yield far.open_virtual()


def instrument(far: FarPort, box: RunningBox) -> FarPort:
    """`far`, plugged in and noticed by the box."""
    far.open_virtual()
    hardware.wait_for(lambda: far.name in box.status()["midi"]["inputs"], every=LOOK)
    return far


def played(far: FarPort) -> list[bytes]:
    """What came of notes and pedals, but for the rhythm's and for what silences at the start."""
    kinds = (0x80, 0x90)
    return [d for _, d in far.arrivals if d in (DOWN, UP) or (d[0] & 0xF0 in kinds and d[1] != RIM)]


def status_light(begin: float, looks: int) -> str:
    """STATUS from `begin` on, ten looks a second: `#` is lit, `.` is dark."""
    seen = ""
    for count in range(looks):
        hardware.wait_until(begin + 0.05 + count * 0.1)
        seen += "#" if hardware.level(STATUS_LIGHT) else "."
    return seen


@pytest.mark.rig(usb_midi=False)
def test_a_pedal_starts_the_rhythm_and_ends_it_when_held(tmp_path: Path, synth: FarPort, report: Report) -> None:
    config = '[midi]\nbindings = [{ port = "Pedal", cc = 64, press = "rhythm" }]'
    with (
        RunningBox(with_probe(tmp_path), "--audio", "null", "--panel", "none", scene=SCENE, config=config) as box,
        FarPort("Pedal") as far,
    ):
        pedal = instrument(far, box)
        hardware.wait_until(time.monotonic() + 1.0)
        synth.arrivals.clear()
        pressed = pedal.send(DOWN)
        hardware.wait_for(lambda: any(data == START for _, data in synth.arrivals))
        started = next(moment for moment, data in synth.arrivals if data == START)
        pedal.send(UP)
        hardware.wait_until(pressed + 1.0)
        assert box.status()["rhythm"] == "playing"
        pedal.send(DOWN)
        hardware.wait_for(lambda: box.status()["rhythm"] == "ending", every=LOOK)
        pedal.send(UP)
        hardware.wait_for(lambda: box.status()["rhythm"] == "silent", every=LOOK)
        # Another instrument's pedal is bound to nothing, and sounds.
        hardware.wait_until(time.monotonic() + 0.3)
        assert played(synth) == []
        with FarPort("Keys") as keys:
            instrument(keys, box).send(DOWN)
            hardware.wait_for(lambda: played(synth) == [DOWN])
        assert box.status()["rhythm"] == "silent"
    report(f"from the pedal to Start at an instrument: {(started - pressed) * 1e3:.1f} ms")
    assert started - pressed < 0.02


@pytest.mark.rig(usb_midi=False)
@hardware.needs_lgpio
def test_a_pad_is_learned_by_hand_and_kept_through_a_power_cut(tmp_path: Path, synth: FarPort) -> None:
    box = RunningBox(with_probe(tmp_path), *UNHEARD, "gpio", scene=SCENE)
    with box:
        hardware.wait_until(time.monotonic() + 0.5)
        with FarPort("Pads") as far:
            pads = instrument(far, box)
            hardware.wait_until(time.monotonic() + 1.0)  # its arrival has been told
            synth.arrivals.clear()
            pads.send(PAD_ON)
            pads.send(PAD_OFF)
            hardware.wait_for(lambda: played(synth) == [PAD_ON, PAD_OFF])
            hardware.wait_until(time.monotonic() + 2.1)  # it rests
            hardware.press(SHIFT)
            hardware.wait_until(time.monotonic() + 0.3)
            pads.send(PAD_ON)
            pads.send(PAD_OFF)
            hardware.wait_until(time.monotonic() + 0.1)
            moment = click(RHYTHM)
            assert status_light(moment, 8) == "....####"
            hardware.release(SHIFT)
            assert "note C2, channel 10, of Pads is RHYTHM now" in box.log
            assert box.status()["rhythm"] == "silent"
            hardware.wait_until(moment + 2.0)
            assert [binding.press for binding in scenes.load_learned(tmp_path / "state")] == ["rhythm"]
            assert played(synth) == [PAD_ON, PAD_OFF] * 2
            pads.send(PAD_ON)
            hardware.wait_for(lambda: box.status()["rhythm"] == "playing", every=LOOK)
            pads.send(PAD_OFF)
            box.kill()
    with box:
        hardware.wait_until(time.monotonic() + 0.5)
        synth.arrivals.clear()
        # Something else comes first, so that the pads come back under another number.
        with FarPort("Other") as other, FarPort("Pads") as far:
            other.open_virtual()
            pads = instrument(far, box)
            assert "note C2, channel 10, of Pads: RHYTHM" in box.status()["midi"]["bindings"]
            pads.send(PAD_ON)
            hardware.wait_for(lambda: box.status()["rhythm"] == "playing", every=LOOK)
            pads.send(PAD_OFF)
            hardware.wait_until(time.monotonic() + 0.1)
            assert played(synth) == []
            # The same again frees it.
            hardware.press(SHIFT)
            hardware.wait_until(time.monotonic() + 0.3)
            pads.send(PAD_ON)
            pads.send(PAD_OFF)
            hardware.wait_until(time.monotonic() + 0.1)
            moment = click(RHYTHM)
            assert status_light(moment, 16) == "....####....####"
            assert "note C2, channel 10, of Pads is no longer RHYTHM" in box.log
            hardware.release(SHIFT)
            pads.send(PAD_ON)
            pads.send(PAD_OFF)
            hardware.wait_for(lambda: played(synth) == [PAD_ON, PAD_OFF])
    assert scenes.load_learned(tmp_path / "state") == ()


@pytest.mark.rig(usb_midi=False)
@hardware.needs_lgpio
def test_panic_among_streaming_notes_is_panic_at_once_and_teaches_nothing(tmp_path: Path, report: Report) -> None:
    with (
        RunningBox(with_probe(tmp_path), *UNHEARD, "gpio", scene=SCENE) as box,
        FarPort("Pads") as far,
        FarPort("Synth") as synth,
    ):
        pads = instrument(far, box)
        instrument(synth, box)
        hardware.wait_until(time.monotonic() + 0.5)
        box.press("rhythm")
        box.press("drone")
        pads.send(messages.note_on(0, 60, 90))
        notes = [message for _ in range(20) for message in (PAD_ON, PAD_OFF)]
        pads.send_evenly(notes[:20], 100.0)
        hardware.press(SHIFT)
        pads.send_evenly(notes[20:], 100.0)
        before = len(synth.arrivals)
        hardware.press(TAP)
        pressed = time.monotonic()
        silenced = bytes([0xB0, 120, 0])
        hardware.wait_for(lambda: any(data == silenced for _, data in synth.arrivals[before:]))
        took = next(moment for moment, data in synth.arrivals[before:] if data == silenced) - pressed
        hardware.wait_until(pressed + 1.0)
        hardware.release(TAP)
        hardware.release(SHIFT)
        status = box.status()
        assert (status["rhythm"], status["scene"]["drone_on"]) == ("silent", False)
        assert messages.note_off(0, 60) in [data for _, data in synth.arrivals[before:]]
        assert " now" not in box.log
        assert scenes.load_learned(tmp_path / "state") == ()
    report(f"SHIFT + TAP to all sound off among 100 notes a second: {took * 1e3:.1f} ms")
    assert took < 0.01


@pytest.mark.rig(usb_midi=False)
def test_programs_see_the_boxs_own_ports_once_and_command_it(tmp_path: Path, synth: FarPort) -> None:
    with RunningBox(with_probe(tmp_path), *UNHEARD, "none", scene=SCENE) as box, FarPort("Far") as far:
        for _ in range(2):
            sources, sinks = far._input.get_ports(), far._output.get_ports()
            names = [name.rpartition(" ")[0] for name in (*sources, *sinks) if name.startswith("jambox:")]
            for name in ("jambox:control", "jambox:rhythm", "jambox:drone"):
                assert names.count(name) == 1
            with FarPort("Passing") as passing:
                instrument(passing, box)  # what comes and goes changes nothing
            hardware.wait_for(lambda: "Passing" not in box.status()["midi"]["inputs"], every=LOOK)
            hardware.wait_until(time.monotonic() + 0.5)
        status = box.status()["midi"]
        assert not [name for name in status["inputs"] + status["outputs"] if "jambox" in name]
        listed = subprocess.run([*box.command[:3], "list", "midi"], capture_output=True, text=True, check=True).stdout
        assert "jambox" not in listed
        assert "Synth" in listed
        far.send_to("jambox:control")
        synth.arrivals.clear()
        far.send(bytes([0xB0, 20, 127]))
        hardware.wait_for(lambda: box.status()["scene"]["volume"] == LOUDEST, every=LOOK)
        far.send(messages.note_on(0, 62, 100))
        hardware.wait_for(lambda: box.status()["rhythm"] == "playing", every=LOOK)
        far.send(messages.note_off(0, 62))
        far.send(messages.note_on(0, 61, 100))
        hardware.wait_for(lambda: box.status()["scene"]["drone_on"], every=LOOK)
        # It is put into no route: nothing of it sounds elsewhere, no clock on it leads.
        for message in (messages.note_on(0, 99, 100), messages.note_off(0, 99), CLOCK, START):
            far.send(message)
        hardware.wait_until(time.monotonic() + 0.1)
        assert played(synth) == []
        assert box.status()["clock"] == "the box"
        assert box.status()["midi"]["cut"] == []


@pytest.mark.rig(usb_midi=False)
def test_the_rhythm_is_heard_on_its_own_port_once(tmp_path: Path, synth: FarPort, report: Report) -> None:
    with (
        RunningBox(with_probe(tmp_path), *UNHEARD, "none", scene=SCENE) as box,
        FarPort("Sequencer") as far,
        FarPort("Thru") as thru,
    ):
        far.listen_to("jambox:rhythm")
        # A cable from the box's own ear to its own mouth, as patch bays allow, harms nobody.
        thru.listen_to("jambox:rhythm").send_to("jambox:control")
        hardware.wait_until(time.monotonic() + 0.5)
        for each in (far, synth):
            each.arrivals.clear()
        box.press("rhythm")
        hardware.wait_until(time.monotonic() + 4.0)
        box.press("rhythm", hold=0.6)
        hardware.wait_for(lambda: box.status()["rhythm"] == "silent", every=LOOK)
        hardware.wait_until(time.monotonic() + 0.3)

        def hits(of: FarPort) -> list[float]:
            return [moment for moment, data in of.arrivals if data[0] == 0x99 and data[1] == RIM]

        apart = np.subtract(hits(far), hits(synth))
        report(
            f"{len(apart)} hits on the own port, within {np.abs(apart).max() * 1e6:.0f} µs of those of an instrument"
        )
        assert len(apart) > 5
        assert np.abs(apart).max() < EXACT
        ended = [data for _, data in far.arrivals if data[0] == 0x89 and data[1] == RIM]
        assert len(ended) == len(apart)
        assert box.status()["midi"]["cut"] == []


@pytest.mark.rig(usb_midi=False)
def test_the_drone_is_heard_as_notes_when_it_sounds(tmp_path: Path, synth: FarPort, report: Report) -> None:
    scene = Scene(volume=0.0, drone_level=0.0, rhythm_level=-60.0)
    with (
        FarCard(silence(30.0), sample=SAMPLE) as sound,
        RunningBox(tmp_path, *card(256, 3), scene=scene) as box,
        FarPort("Strings") as far,
    ):
        far.listen_to("jambox:drone")
        hardware.wait_until(time.monotonic() + 6.0)  # every string is rendered
        for each in (far, synth):
            each.arrivals.clear()
        before = time.monotonic()
        box.press("drone")
        hardware.wait_until(time.monotonic() + 11.0)
        status = box.report()
        box.press("drone")
        hardware.wait_until(time.monotonic() + 0.3)
        heard = sound.heard(early=True)
    drone, tonic = library.load().drone("tanpura"), Hertz(scene.tonic)
    plan = figure(drone, tonic, ())
    heights = [frequency_key(drone.frequency(string, tonic)) for string in range(4)]
    keys = [round(height) for height in heights]
    notes = [(moment, data) for moment, data in far.arrivals if data[0] & 0xF0 == 0x90]
    assert [data[1] for _, data in notes] == [keys[turn % 4] for turn in range(len(notes))]
    assert len(notes) in (8, 9, 10)
    places = [pulse.heard(status).time_at(status.drone_start + plan.frame_of(turn, RATE)) for turn in range(len(notes))]
    off = np.array([moment for moment, _ in notes]) - places
    loud = np.flatnonzero(np.abs(heard[:, 0]) > 1e-4) / RATE + sound.started
    first = float(loud[loud > before][0])
    report(
        f"{len(notes)} plucks, the first {off[0] * 1e3:+.2f} ms, the others up to {np.abs(off[1:]).max() * 1e6:.0f} µs "
    )
    report(f"from where they are heard; the first sound comes {(first - notes[0][0]) * 1e3:+.2f} ms after its note")
    assert np.abs(off[1:]).max() < EXACT
    assert abs(off[0]) < 5e-3
    assert abs(first - notes[0][0]) < 5e-3
    # Every note is in tune and ends; nobody else hears the drone.
    down: set[tuple[int, int]] = set()
    bends: dict[int, float] = {}
    sounded = []
    for _, data in far.arrivals:
        channel = data[0] & 0x0F
        if data[0] & 0xF0 == 0xE0:
            bends[channel] = bent(data)
        elif data[0] & 0xF0 == 0x90:
            sounded.append(data[1] + bends[channel])
            assert (channel, data[1]) not in down
            down.add((channel, data[1]))
        elif data[0] & 0xF0 == 0x80:
            down.discard((channel, data[1]))
    assert np.abs(np.array(sounded) - [heights[turn % 4] for turn in range(len(sounded))]).max() < 0.001
    assert not down
    assert not [data for _, data in synth.arrivals if data[0] & 0x0F in CHANNELS and data[0] < 0xB0]
