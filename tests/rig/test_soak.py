"""Twins and a program plugged in and pulled again and again while notes stream: nothing leaks, hangs or is lost.

JAMBOX_SOAK says how many times; the suite is content with 12.
"""

import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from jambox.midi import messages
from jambox.midi.passages import REMEMBERED
from tests.rig import hardware
from tests.rig.box import LOOK, UNHEARD, RunningBox, announce, hide_new_cards, resident, show_new_cards
from tests.rig.far_midi import Arrival, FarKeys, FarPort
from tests.rig.hardware import Gadget

Report = Callable[[str], None]
CYCLES = int(os.environ.get("JAMBOX_SOAK", "12"))
LONG = CYCLES > 500
"""Long enough to tell memory that leaks from memory that Python keeps."""
WARM = CYCLES // 5
"""Cycles before the first look at what the box uses."""
READY, ENDED = 0.3, 0.3
"""Seconds after which who was announced must be heard, and what a pulled instrument held must be let go."""
GROWTH = 512
"""kB by which the box may grow, however many cycles there are. From the 200th to the 1,000th it was 112, 124 and 268 in
three runs."""
LEFT, RIGHT, PADS, DRUM = 60, 62, 64, 36
"""The key that each of them plays."""


class Ear:
    """A destination, and which keys are down there. All that is played here has three bytes."""

    def __init__(self, take: Callable[[], list[Arrival]]) -> None:
        self._take = take
        self._down: set[int] = set()

    def down(self) -> set[int]:
        """The keys that are down now, but for the drum's."""
        data = b"".join(arrival.data for arrival in self._take())
        for status, key, velocity in zip(data[::3], data[1::3], data[2::3], strict=True):
            if status & 0xF0 == messages.NOTE_ON and velocity:
                self._down.add(key)
            elif status & 0xE0 == messages.NOTE_OFF:
                self._down.discard(key)
        return self._down - {DRUM}


class Use(NamedTuple):
    """What the box uses: files, threads, kB of memory; and how many clients the sequencer has."""

    files: int
    threads: int
    memory: int
    clients: int

    @classmethod
    def of(cls, box: RunningBox) -> "Use":
        process = Path(f"/proc/{box.process.pid}")
        files, threads = (sum(1 for _ in (process / name).iterdir()) for name in ("fd", "task"))
        return cls(files, threads, resident([box.process.pid]), clients())


def clients() -> int:
    """How many the sequencer has."""
    found = re.search(r"cur +clients : (\d+)", Path("/proc/asound/seq/clients").read_text())
    assert found is not None
    return int(found[1])


def taken(far: FarPort) -> Callable[[], list[Arrival]]:
    """What the port has heard since the last call."""

    def take() -> list[Arrival]:
        fresh = list(far.arrivals)
        del far.arrivals[: len(fresh)]
        return fresh

    return take


@contextmanager
def drumming() -> Iterator[None]:
    """Fifty notes a second, all the time."""
    stopped = threading.Event()

    def play() -> None:
        while not stopped.wait(0.02):
            drum.send(messages.note_on(0, DRUM, 100))
            drum.send(messages.note_off(0, DRUM))

    thread = threading.Thread(target=play)
    with FarPort("Drum") as drum:
        drum.open_virtual()
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()


def cycle(turn: int, synth: Ear, left: Gadget, right: Gadget) -> tuple[float, float]:
    """All come, hold a key, and go one by one; returns after how long all were heard, and the last note ended.

    From one cycle to the next the twins change who comes first, or their sockets.
    """
    sockets = {left: turn // 2 % 2, right: 1 - turn // 2 % 2}
    for twin in (left, right) if turn % 2 else (right, left):
        twin.begin_to_plug(sockets[twin])
    hardware.wait_for(lambda: left.index is not None and right.index is not None, every=0.02)
    with FarKeys(right.card) as right_end:
        at_right = Ear(right_end.received)
        with FarPort("Pads") as pads:
            at_pads = Ear(taken(pads))
            with FarKeys(left.card) as left_end:
                ends: dict[int, FarKeys | FarPort] = {LEFT: left_end, RIGHT: right_end, PADS: pads}
                announce(left)
                announce(right)
                pads.open_virtual()

                def heard() -> bool:
                    for key, end in ends.items():
                        end.send(messages.note_on(0, key, 100))
                    wanted = {synth: {LEFT, RIGHT, PADS}, at_right: {LEFT, PADS}, at_pads: {LEFT, RIGHT}}
                    return all(ear.down() >= keys for ear, keys in wanted.items())

                ready = hardware.wait_for(heard, every=1e-3)
            left.unplug()
            ended = [let_go(LEFT, synth, at_right, at_pads)]
        ended.append(let_go(PADS, synth, at_right))
    right.unplug()
    ended.append(let_go(RIGHT, synth))
    assert not synth.down()
    return ready, max(ended)


def let_go(key: int, *ears: Ear) -> float:
    """Waits until `key` is down nowhere; returns how long."""
    return hardware.wait_for(lambda: all(key not in ear.down() for ear in ears), every=1e-3)


def prepare(box: RunningBox) -> None:
    """Fills what the box remembers for onlookers, as that is memory which grows; returns when all is at rest again."""
    with FarPort("Filler") as filler:
        filler.open_virtual()
        hardware.wait_for(lambda: "Filler" in box.status()["midi"]["inputs"], every=LOOK)
        filler.send_evenly([b"\xb0\x01\x01"] * REMEMBERED, 4000.0)
    hardware.wait_for(lambda: "Filler" not in box.status()["midi"]["inputs"], every=LOOK)
    hardware.wait_until(time.monotonic() + 0.5)


@pytest.mark.rig(append="dummy_hcd.num=2", usb_midi=False, timeout=120 + 3 * CYCLES)
def test_plugging_in_and_pulling_for_long(tmp_path: Path, report: Report) -> None:
    hide_new_cards()
    times = []
    with (
        FarPort("Synth") as far,
        Gadget("left") as left,
        Gadget("right") as right,
        RunningBox(tmp_path, *UNHEARD, "none") as box,
        drumming(),
    ):
        synth = Ear(taken(far.open_virtual()))
        if LONG:
            prepare(box)
        hardware.wait_for(lambda: "Drum" in box.status()["midi"]["outputs"], every=LOOK)
        at_rest = clients()
        for turn in range(CYCLES):
            if turn == WARM:
                hardware.wait_for(lambda: clients() == at_rest)
                before = Use.of(box)
            times.append(cycle(turn, synth, left, right))
        hardware.wait_for(lambda: clients() == at_rest)
        # A file that is just being read is none that stays open.
        hardware.wait_for(lambda: Use.of(box)[:2] == before[:2], every=LOOK)
        after, midi = Use.of(box), box.status()["midi"]
        counters, faults = midi["counters"], box.status()["faults"]
    show_new_cards()
    ready, ended = (max(column) for column in zip(*times, strict=True))
    report(
        f"{CYCLES} cycles: all heard after at most {ready * 1e3:.0f} ms, let go after at most {ended * 1e3:.0f} ms; "
        f"{counters['received']} messages in, {counters['sent']} out, {counters['errors']} to who had just gone; "
        f"from cycle {WARM} to the last: {before} became {after}"
    )
    assert ready < READY
    assert ended < ENDED
    assert (after.files, after.threads) == (before.files, before.threads)
    assert not LONG or after.memory - before.memory < GROWTH
    assert not faults
    assert not [line for line in box.log.splitlines() if "did not open" in line]
    # Which of the two was heard of first is chance: both open after the box has started.
    assert sorted(name for name in midi["inputs"] if "VirMIDI" not in name) == ["Drum", "Synth"]
