"""The engine's process: the loop on a scripted device, and the whole of it as a process of its own."""

import os
import select
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator

import msgspec
import numpy as np
import pytest

from jambox.errors import DeviceError
from jambox.music.roll import lay
from jambox.sound import commands, process
from jambox.sound.agreement import DEVICE_LOST, Granted, Ready, Request, Settings
from jambox.sound.guests import Guests
from jambox.sound.outlet import Outlet
from jambox.sound.parameters import Mixer, Reverb, Strip
from jambox.sound.shared import Link, allocate
from jambox.sound.tables import NOTHING, view
from tests.sound.bench import RATE, engine_with, figure_of, score_of, swell

PERIOD = 64
PATIENCE = 20.0
"""Seconds after which a process is given up; none of these takes one."""


ALONE = Guests((), RATE, PERIOD, 1, 1, 0)
"""The scripted device's one input, and no guests."""


class ScriptedDevice:
    """Calls `script` before each period with its number; keeps what is played."""

    def __init__(self, script: Callable[[int], None], xruns: int = 0) -> None:
        self.granted = Granted("scripted", RATE, PERIOD, 3, 1, "float", 128)
        self.xruns = xruns
        self.played: list[list[float]] = []
        self.cue: list[list[float]] = []
        self._script = script
        self._captured: memoryview[float] = view(np.full(PERIOD, 0.25, dtype=np.float32))

    def read(self) -> "memoryview[float]":
        self._script(len(self.played))
        return self._captured

    def write(self, played: "memoryview[float]", cue: "memoryview[float]" = NOTHING) -> None:
        self.played.append(list(played))
        self.cue.append(list(cue))

    def close(self) -> None:
        raise AssertionError("the loop does not own the device")


@pytest.fixture
def link() -> Iterator[Link]:
    link = Link()
    yield link
    link.close()


def test_drain_carries_out_everything_in_order(link: Link) -> None:
    target = engine_with([swell(4, 100.0)] * 3)
    control = Link(link.descriptor)
    control.send(commands.SetTempo(93.0))
    control.send_score(bytes(lay(score_of((0.0, 0), serial=7))))
    control.send_figure(msgspec.msgpack.encode(figure_of(1, 2)))
    control.send(commands.StartRhythm(0.0))
    control.send(commands.StartDrone())
    control.set_levels((0.1, 0.2, 0.3, 0.4))
    control.set_mixer(Mixer(reverb=Reverb(size=3.0)))
    assert process.drain(link, target) == 5
    assert target.rhythm.score is not None
    assert target.rhythm.score.score() == score_of((0.0, 0), serial=7)
    assert target.drone.figure == figure_of(1, 2)
    assert (target.rhythm.playing, target.rhythm.timeline.tempo, target.drone.playing) == (True, 93.0, True)
    assert target.strips.levels.tolist() == [0.1, 0.2, 0.3, 0.4]
    target.set_levels((0.0,) * 4)
    assert process.drain(link, target) == 0
    assert target.strips.levels.tolist() == [0.0] * 4


@pytest.mark.parametrize("many", [1, 36, 360])
@pytest.mark.parametrize("tell", [Link.send_score, Link.swap_score])
def test_another_score_costs_the_engine_no_memory_however_many_strokes_it_has(
    link: Link, tell: Callable[[Link, bytes], None], many: int
) -> None:
    """The fullest meeting of what is shipped has 371 strokes, which took 46 KB at once and kept 38 of them."""
    target, control = engine_with([swell(4, 100.0)] * 3), Link(link.descriptor)
    hits = [(i / 16, i % 3) for i in range(many)]
    text = bytes(lay(msgspec.structs.replace(score_of(*hits, length=400.0), line=1)))
    control.send_score(text)
    control.send(commands.StartRhythm(0.0))
    process.drain(link, target)
    tracemalloc.start()
    try:
        for _ in range(20):
            tell(control, text)
            before, _ = tracemalloc.get_traced_memory()
            tracemalloc.reset_peak()
            process.drain(link, target)
            after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - before <= 2048
    assert after - before <= 512


def test_the_loop_plays_reports_and_fades_at_the_end(link: Link) -> None:
    target = engine_with([swell(4, 100.0)], inputs=1, open_=False)
    control = Link(link.descriptor)
    stopping: list[int] = []
    reports = []

    def script(block: int) -> None:
        reports.append(control.status())
        if block == 0:
            control.set_levels((1.0, 1.0, 1.0, 1.0))
            control.send(commands.StartDrone())
        if block == 100:
            stopping.append(signal.SIGTERM)
        if block == 110:  # too late: the fade goes on
            control.set_levels((1.0, 1.0, 1.0, 1.0))

    device = ScriptedDevice(script, xruns=2)
    process.play(target, link, device, stopping, ALONE)
    status = control.status()
    fade = len(device.played) - 100
    assert fade == 1 + int(process.FADE_OUT * RATE / PERIOD)
    assert (status.frame, status.xruns, status.heard, status.latency) == (len(device.played) * PERIOD, 2, 1, 128)
    assert (status.drone, status.nominal_rate) == (1.0, RATE)
    assert [report.frame for report in reports[1:4]] == [PERIOD, 2 * PERIOD, 3 * PERIOD]
    assert [report.clock_frame for report in reports[1:4]] == [0, PERIOD, 2 * PERIOD]
    assert status.block_time > 0.0
    assert 0.0 <= status.late <= len(device.played)
    played = np.concatenate([np.asarray(block) for block in device.played])
    assert np.abs(played[98 * PERIOD : 198 * PERIOD]).max() == pytest.approx(0.25 * 0.5**0.5, rel=1e-2)
    assert np.abs(played[-2 * PERIOD :]).max() < 0.25 * 10 ** (-48 / 20)


@pytest.mark.parametrize("where", ["nowhere", "outputs", "outlet"])
def test_the_cue_goes_to_outputs_or_outlet_and_changes_nothing_of_the_mix(link: Link, where: str) -> None:
    mixer = Mixer((Strip(pan=-1.0, solo=True),))
    blocks = 20
    lines: list[list[float]] = []
    outlet = Outlet() if where == "outlet" else None
    stopping: list[int] = []

    def script(block: int) -> None:
        if block == blocks:
            stopping.append(signal.SIGTERM)
        if outlet and (line := outlet.line()) is not None and block:
            lines.append(list(line))

    device = ScriptedDevice(script, xruns=3)
    if where == "outputs":
        device.granted = msgspec.structs.replace(device.granted, outputs=4)
    process.play(engine_with([np.zeros(2)], inputs=1, mixer=mixer), link, device, stopping, ALONE, outlet)
    assert device.played[blocks - 1] == pytest.approx([0.25, 0.0] * PERIOD)
    assert device.cue[blocks - 1] == ([] if where == "nowhere" else pytest.approx([0.25, 0.0] * PERIOD))
    if outlet:
        assert [line[:3] for line in lines[:3]] == [[3.0, (n + 1) * PERIOD, n * PERIOD] for n in range(3)]
        assert {line[5] for line in lines} == {PERIOD}
        left, right = outlet.rings[1].tolist()
        assert left[PERIOD : 10 * PERIOD] == pytest.approx([0.25] * 9 * PERIOD)
        assert not any(right)


def test_strokes_are_listened_for_on_marked_strips_alone_and_from_then_on(link: Link) -> None:
    control, stopping = Link(link.descriptor), list[int]()

    def script(block: int) -> None:
        if block == 100:
            assert control.overhear(0, control.heard)[-1] == pytest.approx(0.25, rel=0.01)
            assert not any(control.overhear_strokes(0, control.heard))
            control.set_mixer(Mixer((Strip(strokes=True),)))
        if block == 200:
            stopping.append(signal.SIGTERM)

    process.play(engine_with([np.zeros(2)], inputs=1), link, ScriptedDevice(script), stopping, ALONE)
    last = control.heard
    assert list(control.overhear_strokes(last - 99, last)) == pytest.approx(list(control.overhear(last - 99, last)))
    assert control.overhear_strokes(last - 1, last)[0] == pytest.approx(0.25, rel=0.01)


def test_a_lost_device_ends_the_loop(link: Link) -> None:
    def script(block: int) -> None:
        if block == 3:
            raise DeviceError("hw:0: lost")

    device = ScriptedDevice(script)
    with pytest.raises(DeviceError, match="lost"):
        process.play(engine_with([np.zeros(2)], inputs=1), link, device, [], ALONE)
    assert len(device.played) == 3


def test_warming_up_leaves_no_trace() -> None:
    bank = np.random.default_rng(1).uniform(-1, 1, 1000).astype(np.float32)
    before = bank.copy()
    process.warm_up(view(bank), Mixer(), Granted("null", RATE, PERIOD, 3, 2, "float", 128), 2, 4)
    assert np.array_equal(bank, before)


class Running:
    """An engine's process on the null device, with control's end of its link."""

    def __init__(self, device: str) -> None:
        self.link = Link()
        self.bank = allocate("test-bank", 4 * 48000)
        sound = swell(400, 100.0, amplitude=0.25)[:48000].astype(np.float32)
        os.pwrite(self.bank, sound.tobytes(), 0)
        request = Request(device, RATE, 128, 3, 2)
        settings = Settings(self.link.descriptor, self.bank, request, Mixer(), 0)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jambox.sound.process", msgspec.json.encode(settings).decode()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(self.link.descriptor, self.bank),
        )

    def ready(self) -> Ready:
        assert self.process.stdout is not None
        assert select.select([self.process.stdout], [], [], PATIENCE)[0]
        return msgspec.json.decode(self.process.stdout.readline(), type=Ready)

    def until(self, condition: Callable[[commands.Status], bool]) -> commands.Status:
        deadline = time.monotonic() + PATIENCE
        while not condition(status := self.link.status()):
            assert time.monotonic() < deadline, status
            assert self.process.poll() is None
            select.select([], [], [], 0.005)
        return status

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
        self.link.close()
        os.close(self.bank)


@pytest.fixture
def start() -> Iterator[Callable[[str], Running]]:
    running: list[Running] = []

    def make(device: str) -> Running:
        running.append(Running(device))
        return running[-1]

    yield make
    for one in running:
        one.close()


def test_the_process_plays_what_it_is_told_and_ends_in_peace(start: Callable[[str], Running]) -> None:
    engine = start("null")
    ready = engine.ready()
    assert (ready.name, ready.rate, ready.period, ready.inputs) == ("null", RATE, 128, 0)
    engine.link.set_levels((1.0, 1.0, 1.0, 1.0))
    engine.link.send(commands.DefineSample(0, 0, 40000))
    engine.link.send_figure(msgspec.msgpack.encode(figure_of(0)))
    engine.link.send(commands.StartDrone())
    status = engine.until(lambda status: status.drone == 1.0 and status.peak_master > 0.1)
    assert status.heard == 3
    later = engine.until(lambda now: now.frame >= status.frame + 10 * 128)
    assert later.clock_rate == pytest.approx(RATE, rel=0.2)
    assert later.latency == 128
    begin = time.monotonic()
    engine.process.terminate()
    assert engine.process.wait(2.0) == 0
    assert time.monotonic() - begin < 2.0
    assert engine.process.stderr is not None
    assert engine.process.stderr.read() == b""


def test_terminated_as_soon_as_it_is_ready_it_still_ends_in_peace(start: Callable[[str], Running]) -> None:
    engine = start("null")
    engine.ready()
    engine.process.terminate()
    assert engine.process.wait(2.0) == 0


def test_an_interrupt_from_the_terminal_is_for_control_to_handle(start: Callable[[str], Running]) -> None:
    engine = start("null")
    engine.ready()
    engine.process.send_signal(signal.SIGINT)
    engine.until(lambda status: status.frame > 20 * 128)
    engine.process.terminate()
    assert engine.process.wait(2.0) == 0


@pytest.mark.parametrize(
    ("device", "words"),
    [
        ("hw:CARD=NoSuchCard", ["hw:CARD=NoSuchCard", "jambox list audio"]),
        ("wav:/nowhere/at/all.wav", ["/nowhere/at/all.wav", "folder that you may write to"]),
    ],
)
def test_a_device_that_is_not_there_says_so_and_what_to_do(
    start: Callable[[str], Running], device: str, words: list[str]
) -> None:
    engine = start(device)
    output, errors = engine.process.communicate(timeout=PATIENCE)
    assert engine.process.returncode == DEVICE_LOST == 3
    assert output == b""
    last = errors.decode().strip().splitlines()[-1]
    assert all(word in last for word in words), last
    assert b"Traceback" not in errors
