"""The engine's process once it plays: it collects no garbage, faults no pages and does not grow."""

import json
import os
import resource
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from jambox.music.drone import MOST
from jambox.music.roll import lay
from jambox.sound import commands
from jambox.sound.agreement import Request, Settings
from jambox.sound.parameters import Compressor, Gate, Mixer, Reverb, Strip
from jambox.sound.shared import Link, allocate
from tests.sound.bench import RATE, figure_of, score_of

WATCHED = """
import atexit, gc, sys
runs = []
def count(phase, info):
    if phase == "start" and watching:
        runs.append(info["generation"])
watching = False
gc.callbacks.append(count)
from jambox.sound import process
play = process.play
def watch(*words):
    global watching
    watching = True
    try:
        play(*words)
    finally:
        watching = False
process.play = watch
status = process.main()
print(len(runs), flush=True)
sys.exit(status)
"""
"""The engine, with garbage collections counted while it plays; how many, it says at its end."""
WARM, PLAYED = 1.5, 3.0
"""Seconds before the first look, and up to the last."""
GROWTH = 64 * 1024
"""Bytes by which the process may grow meanwhile: a few pages of the interpreter's own."""
HOUSE = Mixer(
    (Strip(high_pass=80, gate=Gate(ratio=4.0), compressor=Compressor(ratio=4.0), reverb=-12.0),),
    reverb=Reverb(decay=3.0),
)
PATIENCE = 20.0


class Use(NamedTuple):
    """What a process has used: page faults without and with the disk, and resident bytes."""

    minor: int
    major: int
    resident: int

    @classmethod
    def of(cls, pid: int) -> "Use":
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return cls(int(words[7]), int(words[9]), int(words[21]) * resource.getpagesize())


class Watched:
    """A watched engine on the null device, kept busy by `work`."""

    def __init__(self) -> None:
        self.link = Link()
        self.bank = allocate("test-bank", 4 * RATE)
        request = Request("null", RATE, 64, 3, 2)
        settings = Settings(self.link.descriptor, self.bank, request, HOUSE, 0)
        self.process = subprocess.Popen(
            [sys.executable, "-c", WATCHED, msgspec.json.encode(settings).decode()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            pass_fds=(self.link.descriptor, self.bank),
        )
        assert self.process.stdout is not None
        assert select.select([self.process.stdout], [], [], PATIENCE)[0]
        assert json.loads(self.process.stdout.readline())["name"] == "null"

    def begin(self) -> None:
        """Drone and rhythm sound."""
        self.link.set_levels((1.0, 1.0, 1.0, 1.0))
        for slot in (0, 1):
            self.link.send(commands.DefineSample(slot, 0, RATE // 2))
        self.link.send_figure(msgspec.msgpack.encode(figure_of(0, seconds=0.1)))
        self.link.send(commands.StartDrone())
        self.link.send(commands.SetTempo(300.0))
        self.link.send_score(bytes(lay(score_of((0.0, 0)))))
        self.link.send(commands.StartRhythm(0.0))

    def work(self, seconds: float) -> None:
        """Scores, drones, mixers and commands, a hundred times a second; and looks at all that the engine tells."""
        end, turn = time.monotonic() + seconds, 0
        drones = [msgspec.msgpack.encode(figure_of(*[slot] * MOST, seconds=0.1, steady=True)) for slot in (0, 1)]
        while time.monotonic() < end:
            turn += 1
            self.link.set_mixer(HOUSE if turn % 2 else Mixer())
            self.link.send_score(bytes(lay(score_of((0.0, 0), (0.5, 0), serial=turn))))
            self.link.send_figure(drones[turn % 2])
            self.link.send(commands.Strike(0, 0.1))
            self.link.send(commands.Listen())
            self.link.status()
            self.link.meters()
            select.select([], [], [], 0.01)

    def end(self) -> int:
        """Lets it end; how often it has collected garbage."""
        self.process.terminate()
        output, _ = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0
        return int(output)


@pytest.fixture
def engine() -> Iterator[Watched]:
    watched = Watched()
    yield watched
    if watched.process.poll() is None:
        watched.process.kill()
        watched.process.communicate()
    watched.link.close()
    os.close(watched.bank)


def test_a_busy_engine_collects_no_garbage_faults_no_pages_and_does_not_grow(
    engine: Watched, report: Callable[[str], None]
) -> None:
    engine.begin()
    engine.work(WARM)
    before, blocks = Use.of(engine.process.pid), engine.link.status().frame / 64
    engine.work(PLAYED)
    after, status = Use.of(engine.process.pid), engine.link.status()
    runs = engine.end()
    blocks = status.frame / 64 - blocks
    grown = after.resident - before.resident
    report(f"{blocks:.0f} blocks, {status.heard:.0f} commands: {runs} garbage collections, ")
    report(f"{after.minor - before.minor} minor and {after.major - before.major} major page faults, {grown:+d} bytes")
    assert blocks > 0.5 * PLAYED * RATE / 64
    assert status.playing
    assert runs == 0
    assert after.major == before.major
    assert after.minor - before.minor <= GROWTH // resource.getpagesize()
    assert grown <= GROWTH
