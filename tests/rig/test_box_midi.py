"""The running box among instruments: what they hear of each other, and of its rhythm."""

import os
import select
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from jambox import pulse
from jambox.midi.messages import CLOCK, START, STOP, note_off, note_on
from jambox.midi.queues import CELLS
from jambox.midi.storms import CALM
from jambox.midi.sync import LEAD, PPQN
from jambox.scene import Scene
from jambox.sound.commands import Status
from jambox.units import key_name
from tests.rig import hardware
from tests.rig.box import (
    LOOK,
    RATE,
    RHYTHM,
    RIM,
    SAMPLE,
    TAP,
    UNHEARD,
    RunningBox,
    card,
    click,
    hide_far_keys,
    onsets,
    show_keys,
    silence,
    with_probe,
)
from tests.rig.far_midi import FarKeys, FarPort
from tests.rig.far_sound import FarCard

Report = Callable[[str], None]
ON, OFF = bytes([0x90, 60, 100]), bytes([0x80, 60, 64])
SCENE = Scene(volume=0.0, drone_level=-60.0, rhythm_level=0.0, cycle="probe", tempo=120.0)
READY = 1e-3
"""Seconds that MIDI 1.0 wants between Start and the first clock."""
EXACT = 0.2e-3
"""Seconds by which a MIDI message may miss its place."""
TICK = 16 / RATE
"""Seconds of the loopback card's timer."""


@pytest.fixture(autouse=True)
def _one_gadget() -> None:
    hide_far_keys()


@pytest.fixture
def synth() -> Iterator[FarPort]:
    with FarPort("Synth") as far:
        yield far.open_virtual()


def notes(far: FarPort) -> list[bytes]:
    """What came on channel 1 but for the box's controllers."""
    return [arrival.data for arrival in far.arrivals if arrival.data[0] in (0x80, 0x90)]


def times(far: FarPort, *chosen: bytes) -> NDArray[np.float64]:
    """When these messages came."""
    return np.array([arrival.time for arrival in far.arrivals if arrival.data in chosen])


def hits(far: FarPort, key: int) -> NDArray[np.float64]:
    """When note-ons of a drum came."""
    return np.array([time for time, data in far.arrivals if data[0] == 0x99 and data[1] == key])


@pytest.mark.rig
def test_a_note_passes_and_ends_when_its_keyboard_is_pulled(tmp_path: Path, synth: FarPort, report: Report) -> None:
    with RunningBox(tmp_path, *UNHEARD, "none") as box:
        with FarKeys() as keys:
            hardware.wait_until(time.monotonic() + 0.2)  # the cable is idle until something listens
            sent = keys.send(ON)
            hardware.wait_for(lambda: notes(synth) == [ON])
            passed = synth.arrivals[-1].time - sent
        pulled = time.monotonic()
        hardware.unplug_keys()
        hardware.wait_for(lambda: notes(synth) == [ON, OFF])
        ended = synth.arrivals[-1].time - pulled
        hardware.plug_keys()
        hide_far_keys()
        show_keys(False)
        hardware.wait_for(lambda: "Rig Keys MIDI 1" not in box.status()["midi"]["inputs"], every=LOOK)
        show_keys(True)
        appeared = time.monotonic()
        with FarKeys() as keys:
            while len(notes(synth)) == 2:
                keys.send(ON)
                hardware.wait_until(time.monotonic() + 0.01)
        arrived = synth.arrivals[-1].time - appeared
        assert "Rig Keys MIDI 1" in box.status()["midi"]["inputs"]
    report(f"USB MIDI through the box {passed * 1e3:.2f} ms; note-off {ended * 1e3:.0f} ms after the pull; ")
    report(f"heard {arrived * 1e3:.0f} ms after its port appeared")
    assert passed < 2e-3
    assert ended < 0.5
    assert arrived < 0.5


@pytest.mark.rig
@pytest.mark.usefixtures("synth")
def test_who_hears_whom_and_what_goes_through_can_be_watched(tmp_path: Path, report: Report) -> None:
    config = "[midi]\nroutes = [\"From('Rig Keys') >> Transpose(12) >> To('Synth')\"]\n"
    with RunningBox(tmp_path, *UNHEARD, "none", config=config) as box, FarKeys() as keys:
        command = [*box.command[:3], "midi", "--socket", str(box.socket)]
        with subprocess.Popen([*command, "monitor"], stdout=subprocess.PIPE, text=True) as monitor:
            assert monitor.stdout is not None
            # What comes before it looks on is not shown, and when that is cannot be seen.
            while not select.select([monitor.stdout], [], [], 0.02)[0]:
                keys.send(bytes([0xB0, 1, 2]))
            keys.send(ON)
            shown = next(line for line in monitor.stdout if "note" in line)
            monitor.terminate()
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    report(f"monitor: {shown.split('  ', 1)[1].strip()}")
    channel = ON[0] % 16 + 1
    note = f"{key_name(ON[1])} {ON[2]}, channel {channel}"
    raised = f"{key_name(ON[1] + 12)} {ON[2]}, channel {channel}"
    assert f"Rig Keys MIDI 1: note on {note}  -> Synth (note on {raised})" in shown
    assert "route   From('Rig Keys') >> Transpose(12) >> To('Synth')" in told
    assert f"held    Synth: {key_name(ON[1] + 12)}, channel {channel}" in told
    assert "clock   the box" in told
    assert "Rig Keys MIDI 1 (in and out)" in told


@pytest.mark.rig
@hardware.needs_lgpio
def test_clock_and_drums_keep_to_the_sound(tmp_path: Path, synth: FarPort, report: Report) -> None:
    box = RunningBox(with_probe(tmp_path), *card(64, 3, "gpio"), scene=SCENE)
    with FarCard(silence(40.0), sample=SAMPLE) as far, box:
        hardware.wait_until(time.monotonic() + 1.5)
        synth.arrivals.clear()
        pressed = click(RHYTHM)
        hardware.wait_until(time.monotonic() + 20.3)
        status = box.report()
        hold(RHYTHM)
        hardware.wait_for(lambda: box.status()["rhythm"] == "silent", every=LOOK)
        hardware.wait_until(time.monotonic() + 1.0)
        heard = far.heard(early=True)[round((pressed - far.started) * RATE) :]
    run = [arrival for arrival in synth.arrivals if arrival.data[0] >= 0xF0]
    ticks, place = times(synth, CLOCK), beats_of(status)
    beats = (len(ticks) - 1) / PPQN
    off = ticks - place(np.arange(len(ticks)) / PPQN)
    lead = ticks[0] - run[0].time
    report(f"{len(ticks)} ticks off their places by {spread(off)}; FA {lead * 1e3:.2f} ms before the first; ")
    assert [run[0].data, run[-1].data] == [START, STOP]
    assert len(run) == len(ticks) + 2
    assert READY < lead < LEAD + EXACT
    assert np.abs(off).max() < EXACT
    # It ends on a sam, whose stroke goes out both ways.
    assert beats % 4 == 0
    assert 40 < beats < 48
    strokes, sounds = hits(synth, RIM), onsets(heard) + pressed
    assert len(strokes) == len(sounds)
    apart = np.subtract(strokes, sounds)
    report(f"MIDI note − its sound: {spread(apart)}")
    on_beats = whole(strokes, ticks)
    assert len(on_beats) == beats + 1
    assert np.abs(on_beats - place(np.arange(len(on_beats), dtype=np.float64))).max() < EXACT
    assert np.abs(apart).max() < EXACT + TICK
    ended = [data for _, data in synth.arrivals if data[0] == 0x89]
    assert len(ended) == sum(1 for _, data in synth.arrivals if data[0] == 0x99)


@pytest.mark.rig
def test_a_drum_machine_that_sounds_late_is_sent_the_rhythm_earlier(
    tmp_path: Path, synth: FarPort, report: Report
) -> None:
    offset = '[midi.offset]\n"Drum*" = -12.5\n"Echo" = 30\n'
    with (
        FarPort("Drummer") as early,
        FarPort("Echo") as late,
        FarCard(silence(30.0), sample=SAMPLE) as far,
        RunningBox(with_probe(tmp_path), *card(256, 3), scene=SCENE, config=offset) as box,
    ):
        early.open_virtual()
        late.open_virtual()
        ports = (early, synth, late)
        hardware.wait_for(lambda: len(box.status()["midi"]["outputs"]) >= 3, every=LOOK)
        hardware.wait_until(time.monotonic() + 1.5)
        box.press("rhythm")
        hardware.wait_until(time.monotonic() + 6.1)
        box.press("rhythm", 0.6)
        hardware.wait_for(lambda: box.status()["rhythm"] == "silent", every=LOOK)
        hardware.wait_until(time.monotonic() + 0.5)
        sounds = onsets(far.heard(early=True)) + far.started
    sounds = sounds[sounds > hits(synth, RIM)[0] - 0.1]
    apart = {port.name: (hits(port, RIM) - sounds)[1:] for port in ports}
    clocks = {port.name: (times(port, CLOCK) - times(synth, CLOCK))[PPQN:] for port in ports}
    report(f"strokes − their sound: {', '.join(f'{name} {spread(off)}' for name, off in apart.items())}; ")
    report(f"clocks − those on time: {', '.join(f'{name} {spread(off)}' for name, off in clocks.items())}")
    for name, wanted in (("Drummer", -12.5e-3), ("Synth", 0.0), ("Echo", 30e-3)):
        assert np.abs(apart[name] - wanted).max() < EXACT + TICK
        assert np.abs(clocks[name] - wanted).max() < EXACT
    for port in ports:
        run = [data for _, data in port.arrivals if data[0] >= 0xF8 or data[0] in (0x89, 0x99)]
        assert run[:2] == [START, CLOCK]
        assert STOP in run[-2:]
        assert sum(data[0] == 0x89 for data in run) == sum(data[0] == 0x99 for data in run)
        assert times(port, CLOCK)[0] - times(port, START)[0] > READY


@pytest.mark.rig
def test_hands_off_the_grid_are_off_alike_in_sound_and_notes(tmp_path: Path, synth: FarPort, report: Report) -> None:
    humanised = "seed = 7\n[style]\nhumanise = 1.0\n"
    with (
        FarCard(silence(30.0), sample=SAMPLE) as far,
        RunningBox(with_probe(tmp_path), *card(64, 3), scene=SCENE, config=humanised) as box,
    ):
        hardware.wait_until(time.monotonic() + 1.5)
        box.press("rhythm")
        hardware.wait_until(time.monotonic() + 12.1)
        status = box.report()
        box.press("rhythm", 0.6)
        hardware.wait_for(lambda: box.status()["rhythm"] == "silent", every=LOOK)
        hardware.wait_until(time.monotonic() + 0.5)
        sounds = onsets(far.heard(early=True)) + far.started
    strokes, ticks, place = hits(synth, RIM), times(synth, CLOCK), beats_of(status)
    sounds = sounds[sounds > strokes[0] - 0.1]
    # Then comes the ending, which has strokes between beats.
    off = strokes[:21] - place(np.arange(21.0))
    report(f"strokes off their beats by {spread(off)}, MIDI note − its sound: {spread((strokes - sounds)[1:])}")
    assert np.abs((strokes - sounds)[1:]).max() < EXACT + TICK
    assert np.abs(ticks - place(np.arange(len(ticks)) / PPQN)).max() < EXACT
    # Of a beat's 500 ms, 15 ms is the standard deviation; sams are on their place.
    assert np.abs(off[::4]).max() < EXACT
    assert 0.005 < np.std(np.delete(off, np.s_[::4])) < 0.025


@pytest.mark.rig
@hardware.needs_lgpio
def test_taps_lose_and_double_no_tick(tmp_path: Path, synth: FarPort, report: Report) -> None:
    with (
        FarCard(silence(40.0), sample=SAMPLE) as far,
        RunningBox(with_probe(tmp_path), *card(128, 3, "gpio"), scene=SCENE) as box,
    ):
        hardware.wait_until(time.monotonic() + 1.5)
        synth.arrivals.clear()
        click(RHYTHM)
        hardware.wait_until(time.monotonic() + 3.1)
        beat, begin = 60.0 / 96.0, time.monotonic()
        for count in range(8):
            hardware.wait_until(begin + count * beat)
            last = click(TAP)
        hardware.wait_until(last + 5.9 * beat)
        status = box.report()
        hold(RHYTHM)
        hardware.wait_for(lambda: box.status()["rhythm"] == "silent", every=LOOK)
        hardware.wait_until(time.monotonic() + 0.5)
        far.heard(early=True)
    ticks = times(synth, CLOCK)
    total = (len(ticks) - 1) / PPQN
    settled = np.arange(len(ticks))[ticks > last + 0.1]
    off = ticks[settled] - beats_of(status)(settled / PPQN)
    nearest = beat_at(status, last)
    report(f"tapped 96.0, plays {status.tempo:.2f}; {len(ticks)} ticks; after the taps off by {spread(off)}; ")
    report(
        f"shortest and longest between ticks {np.diff(ticks).min() * 1e3:.1f} and {np.diff(ticks).max() * 1e3:.1f} ms; "
    )
    report(f"the last tap lies {(nearest - round(nearest)) * beat * 1e3:+.2f} ms from a beat")
    assert status.tempo == pytest.approx(96.0, abs=0.1)
    assert total % 4 == 0
    assert np.abs(off).max() < EXACT
    assert len(whole(hits(synth, RIM), ticks)) == total + 1
    assert abs(nearest - round(nearest)) * beat < 3e-3


def whole(strokes: NDArray[np.float64], ticks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the strokes, those on beats: an ending has some between them."""
    beats = np.interp(strokes, ticks, np.arange(len(ticks)) / PPQN)
    return strokes[np.abs(beats - np.round(beats)) < 0.01]


def hold(line: int) -> None:
    """Presses the button on GPIO `line` for 0.6 s."""
    hardware.press(line)
    hardware.wait_until(time.monotonic() + 0.6)
    hardware.release(line)


def beats_of(status: Status) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """From beats of the run to the seconds at which the engine's report says they are heard."""
    clock, line = pulse.heard(status), pulse.timeline(status)
    return lambda beats: np.array([clock.time_at(line.frame_at(status.start + beat)) for beat in beats])


def beat_at(status: Status, moment: float) -> float:
    """The beat that is heard at `moment`."""
    beat = pulse.beat_at(status, moment)
    assert beat is not None
    return beat


def spread(seconds: NDArray[np.float64]) -> str:
    """The least and the greatest of some differences, for people."""
    return f"{seconds.min() * 1e6:+.0f} to {seconds.max() * 1e6:+.0f} µs"


STORM = 200_000
"""Messages a second: ten times what the box is to carry on one core."""
KEYS = 100
PLAYED = [message for n in range(4000) for message in (note_on(n % 8, n % KEYS, 100), note_off(n % 8, n % KEYS))]
VALUES = [bytes([0xB0 | n % 2, 1, n % 128]) for n in range(len(PLAYED))]
LED = """
[midi]
routes = ["From('Rig Keys') >> To('Synth')", "From('Pads') >> To('Synth')"]
"""


@pytest.mark.rig
def test_in_a_storm_every_note_ends_and_the_others_play_on(synth: FarPort, tmp_path: Path, report: Report) -> None:
    storm = [each for pair in zip(PLAYED, VALUES, strict=True) for each in pair]
    others = [note for n in range(10) for note in (note_on(9, 30 + n, 90), note_off(9, 30 + n))]
    with FarKeys() as keys, FarPort("Pads") as pads, RunningBox(tmp_path, *UNHEARD, "none", config=LED) as box:
        pads.open_virtual()
        hardware.wait_for(lambda: "Pads" in box.status()["midi"]["inputs"], every=0.05)
        synth.arrivals.clear()
        player = threading.Thread(target=keys.send_steadily, args=(b"".join(storm), 3 * STORM))
        player.start()
        sent = pads.send_evenly(others, 250)
        player.join()
        hardware.wait_for(lambda: bool(box.status()["midi"]["flooding"]), every=LOOK)
        midi = box.status()["midi"]
        # Keys above are those by which the box asks what comes back, as each note comes again within some milliseconds.
        heard = [(at, data) for at, data in synth.arrivals if data[0] & 0x0F != 9 and data[1] < KEYS]
        came = [arrival.time for arrival in synth.arrivals if arrival.data in others]
        late = max(np.array(came) - sent)
        values, begun = ([data for _, data in heard if data[0] & 0xF0 == kind] for kind in (0xB0, 0x90))
        report(
            f"{len(storm)} messages at {STORM:,} a second: {len(begun)} of {len(PLAYED) // 2} notes began, all ended, "
        )
        report(f"{len(values)} of {len(VALUES)} values passed; another's notes took at most {late * 1e3:.2f} ms")
        # Of ends, only those of notes that were left out may be left out.
        ended = Counter(data[:2] for _, data in heard if data[0] & 0xF0 == 0x80)
        assert Counter(note_off(data[0] & 0x0F, data[1])[:2] for data in begun) <= ended
        last = {data[0] & 0x0F | data[1] << 4: data for _, data in heard if data[0] < 0xA0}
        assert {data[0] & 0xF0 for data in last.values()} == {0x80}
        assert {data[0]: data for data in values} == {data[0]: data for data in VALUES[-2:]}
        assert len(came) == len(others)
        assert late < 5e-3
        assert len(values) < len(VALUES) / 2
        assert midi["held"] == []
        assert midi["counters"]["received"] == len(storm) + len(others)
        assert midi["counters"]["thinned"] == len(storm) - len(heard)
        assert midi["counters"]["overruns"] == midi["counters"]["dropped"] == 0
        assert any("floods" in fault for fault in box.status()["faults"])
        assert "Rig Keys MIDI 1 floods" in box.log
        assert "floods no more" not in box.log


@pytest.mark.rig
def test_what_the_kernel_has_no_room_for_leaves_no_note_down(synth: FarPort, tmp_path: Path, report: Report) -> None:
    with FarKeys() as keys, RunningBox(tmp_path, *UNHEARD, "none", config=LED) as box:
        keys.send(ON)
        hardware.wait_for(lambda: ON in notes(synth))
        os.kill(box.process.pid, signal.SIGSTOP)
        keys.send(OFF)
        keys.send_steadily(2 * CELLS * VALUES[0], 3 * STORM)
        os.kill(box.process.pid, signal.SIGCONT)
        took = hardware.wait_for(lambda: OFF in notes(synth), every=1e-3)
        report(f"{2 * CELLS} messages while the box was kept from hearing: let go {took * 1e3:.0f} ms later")
        midi = box.status()["midi"]
        assert midi["held"] == []
        assert midi["counters"]["overruns"] == 1
        assert midi["flooding"] == ["Rig Keys MIDI 1"]
        hardware.wait_for(lambda: not box.status()["midi"]["flooding"], CALM + 1.0, every=1.0)
        hardware.wait_for(lambda: "Rig Keys MIDI 1 floods no more" in box.log, every=LOOK)
