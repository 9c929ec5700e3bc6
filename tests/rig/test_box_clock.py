"""The clock that the box sends, against its audio frames for many minutes, and against a bare timer in real time.

`CLOCK_MINUTES=20 RIG_ENV=CLOCK_MINUTES ./jam test tests/rig/test_box_clock.py` plays for twenty minutes.
"""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from jambox import pulse
from jambox.frameclock import FrameClock
from jambox.midi.messages import CLOCK
from jambox.midi.performer import PRIORITY
from jambox.midi.sync import PPQN
from jambox.scene import Scene
from jambox.sound.commands import Status
from jambox.sound.rights import FIRST
from tests.rig import hardware
from tests.rig.box import RATE, RIM, SAMPLE, RunningBox, card, onsets, silence, with_probe
from tests.rig.far_midi import FarPort
from tests.rig.far_peers import UNSEEN, FarTimer
from tests.rig.far_sound import FarCard

Report = Callable[[str], None]
MINUTES = float(os.environ.get("CLOCK_MINUTES", "1"))
TEMPO = 120.0
SCENE = Scene(volume=0.0, drone_level=-60.0, rhythm_level=0.0, cycle="probe", tempo=TEMPO)
EVERY = 60.0 / TEMPO / PPQN
PACE = 100_020
"""By how much the card's frames last longer than they should, of 100,000: 200 ppm, twice as wrong as crystals are."""
EXACT, TICK = 0.2e-3, 16 / RATE
"""Seconds by which a message may miss its place, and of the loopback card's timer."""
TICKS, ROUNDS = 480, 6
"""Ticks in a round, and rounds at most, in real time."""
NEAR, TIMES = 0.5e-3, 2.0
"""Seconds by which the box's jitter may be more than the timer's, as a rule; and at the 99th percentile, as a multiple.
That one is decided by what else the machine does: in rounds of one run it lay between 1 and 190 ms for the timer."""
SCHED_FIFO = 1
NO_OTHERS = "snd-virmidi.enable=0"


def times(far: FarPort, message: bytes) -> NDArray[np.float64]:
    """When a message came."""
    return np.array([arrival.time for arrival in far.arrivals if arrival.data == message])


def pace(value: int) -> None:
    """Lets both directions of the loopback cable run so much slower: 100,000 is right."""
    for device in (0, 1):
        control = f"iface=PCM,name='PCM Rate Shift 100000',device={device}"
        subprocess.run(["amixer", "-q", "-c", "Loopback", "cset", control, str(value)], check=True)


def clock_of(reports: list[Status]) -> FrameClock:
    """When which frame was heard, by a line through all that the engine told: one report's rate wavers a little."""
    frames = np.array([report.clock_frame for report in reports])
    seconds = np.array([pulse.heard(report).time_at(report.clock_frame) for report in reports])
    pace, begin = np.polyfit(frames, seconds, 1)
    return FrameClock(0.0, float(begin), float(1.0 / pace))


@pytest.mark.rig(timeout=60 + 120 * MINUTES, usb_midi=False, append=NO_OTHERS)
def test_no_tick_drifts_from_the_frames_of_a_card_that_runs_too_slow(tmp_path: Path, report: Report) -> None:
    pace(PACE)
    try:
        with FarPort("Synth") as synth, RunningBox(with_probe(tmp_path), *card(256, 3), scene=SCENE) as box:
            synth.open_virtual()
            hardware.wait_until(time.monotonic() + 10.0)  # until the clock of frames has found the card's rate
            box.press("rhythm")
            until = time.monotonic() + 60.0 * MINUTES
            reports = [box.report()]
            while time.monotonic() < until:
                hardware.wait_until(time.monotonic() + 2.0)
                reports.append(box.report())
            with FarCard(silence(10.0), sample=SAMPLE) as far:
                hardware.wait_until(time.monotonic() + 5.0)
                sounds = onsets(far.heard(early=True)) * PACE / 100_000 + far.started
            status = box.report()
            hits = np.array([arrival.time for arrival in synth.arrivals if arrival.data[:2] == bytes([0x99, RIM])])
            ticks = times(synth, CLOCK)
    finally:
        pace(100_000)
    clock, line = clock_of(reports), pulse.timeline(status)
    places = np.array([clock.time_at(line.frame_at(status.start + n / PPQN)) for n in range(len(ticks))])
    off = ticks - places
    drift = (off[-1] - off[0]) / EVERY
    by_time = (ticks[-1] - ticks[0]) / EVERY - (len(ticks) - 1)
    apart = np.array([hits[np.abs(hits - sound).argmin()] - sound for sound in sounds])
    report(f"{len(ticks)} ticks in {(ticks[-1] - ticks[0]) / 60:.1f} min, off by {off.min() * 1e6:+.0f} to ")
    report(f"{off.max() * 1e6:+.0f} µs; {drift:+.4f} ticks adrift of the frames, {by_time:+.1f} of the seconds; ")
    report(f"at the end, MIDI note − its sound {apart.min() * 1e6:+.0f} to {apart.max() * 1e6:+.0f} µs")
    assert status.xruns == 0
    assert len(ticks) > 60.0 * MINUTES / EVERY
    assert by_time > 0.9 * (PACE - 100_000) / 100_000 * len(ticks)  # the card does run slow
    assert np.abs(off).max() < EXACT
    assert abs(drift) < 0.01
    assert len(apart) >= 9
    assert np.abs(apart).max() < EXACT + 2.0 * TICK  # both ends of the cable go by its timer


def jitter(ticks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Seconds by which the time from each tick to the next differs from the usual."""
    return np.asarray(np.abs(np.diff(ticks) - np.median(np.diff(ticks))))


def even_enough(usual: float, most: float, bare_usual: float, bare_most: float) -> bool:
    return usual <= bare_usual + NEAR and most <= TIMES * bare_most


@pytest.mark.rig(timeout=240, usb_midi=False, append=NO_OTHERS, virtual_time=False)
def test_in_real_time_the_clock_is_as_even_as_a_bare_timer(tmp_path: Path, report: Report) -> None:
    """Both at once. Whatever else this machine does hits them alike, but not in the same ticks, and a round in which it
    does much says nothing of less than that: so there are some rounds, each judged by itself.
    """
    words = "--audio", "null", "--panel", "none"
    figures = []
    with (
        FarPort("Synth") as synth,
        FarPort("bare", UNSEEN) as bare,
        RunningBox(with_probe(tmp_path), *words, scene=SCENE) as box,
    ):
        synth.open_virtual()
        bare.open_virtual()
        hardware.wait_until(time.monotonic() + 5.0)
        box.press("rhythm")
        hardware.wait_until(time.monotonic() + 1.0)
        for _ in range(ROUNDS):
            synth.arrivals.clear()
            bare.arrivals.clear()
            with FarTimer("bare", TICKS, EVERY):
                pass
            ticks, even = times(synth, CLOCK), times(bare, CLOCK)
            # Before and after, this machine starts and ends a process.
            ticks = ticks[(even[0] < ticks) & (ticks < even[-1])]
            figures.append([*np.percentile(jitter(ticks), (50, 99)), *np.percentile(jitter(even), (50, 99))])
            if even_enough(*figures[-1]):
                break
    for usual, most, bare_usual, bare_most in np.array(figures) * 1e3:
        report(f"jitter, p50 and p99: box {usual:.2f}, {most:.2f} ms; bare timer {bare_usual:.2f}, {bare_most:.2f} ms")
    assert even_enough(*figures[-1])


@pytest.mark.rig(usb_midi=False, append=NO_OTHERS)
def test_where_it_may_the_performer_runs_in_real_time_and_the_others_come_first(tmp_path: Path) -> None:
    with RunningBox(tmp_path, "--audio", "null", "--panel", "none") as box:
        assert os.getpriority(os.PRIO_PROCESS, box.process.pid) == FIRST
        threads = [int(path.name) for path in Path(f"/proc/{box.process.pid}/task").iterdir()]
        hurried = [thread for thread in threads if os.sched_getscheduler(thread) == SCHED_FIFO]
        assert {os.sched_getparam(thread).sched_priority for thread in hurried} == {PRIORITY}
