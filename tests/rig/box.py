"""The whole box as its own processes, as `jambox run` starts it, and the hands and ears of the tests around it."""

import math
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from jambox import remote, scenes
from jambox.errors import NotRunningError
from jambox.remote import Request
from jambox.scene import Scene
from jambox.sound.commands import Status
from tests.rig import hardware

RATE = 48000
LOOPBACK = "hw:CARD=Loopback,DEV=0"
UNHEARD = ("--audio", "null", "--period", "1024", "--panel")
"""The words, but for the last, of a box whose sound nobody hears: few blocks, since each costs the rig some time."""
SAMPLE = "int32"
"""The format that the box asks a card for first: the far end, which opens the cable before it, must take the same."""
STRAIGHT = "[mixer]\nstrips = [{pan = -1}, {pan = 1}]\n"
"""A configuration by which the left input comes out left and the right one right, at their own level."""
SILENT = Scene(volume=0.0, drone_level=-60.0, rhythm_level=-60.0)
"""A scene in which only the inputs are heard, at their own level: the parts may play, and cannot be heard."""
STYLE, DRONE, RHYTHM, TAP, SHIFT = 13, 17, 27, 4, 26
STYLE_A, STYLE_B = 5, 6
BEAT_LIGHT, DRONE_LIGHT, RHYTHM_LIGHT, STATUS_LIGHT = 23, 22, 25, 24
"""GPIO lines of the panel for the board `generic`."""
LOOK = 0.05
"""Seconds between two questions to the box, where the test measures nothing by them."""
PROBE = """
id = "probe"
name = "Probe"
region = "none"
drums = "kit"
pulses = 4
groups = [4]
certainty = "unchecked"
sources = []
[tempo]
low = 20
usual = 120
high = 400
[grid]
rim = "xxxx"
"""
"""One short stroke on every beat, with silence between, so that its sound has a first frame."""
RIM = 37
"""The MIDI key of the probe's strokes."""
PINNED = "[audio]\npinned = true\n"
"""A configuration by which the period stays, however often xruns come."""
UNLINKED = "[link]\nenabled = false\n"
HEAP = {"MALLOC_ARENA_MAX": "1"}
"""What the service sets, so that memory is measured as it will be."""
_SEQ_MIDI = Path("/sys/bus/snd_seq/drivers/snd_seq_midi")


class RunningBox:
    """`jambox run` with `words`, in a process of its own, its state, socket and log in `folder`.

    with RunningBox(tmp_path, "--audio", LOOPBACK, "--panel", "gpio", scene=SILENT) as box:
        box.press("drone")
        box.status()["engine"]["xruns"]

    Entering returns when its engine plays. Sounds are cached beside the rig's kernel, on this host's disk.
    """

    def __init__(self, folder: Path, *words: str, scene: Scene | None = None, config: str = "") -> None:
        """`scene` is the saved one that it finds, `config` the text of its configuration, without Link if not said."""
        self.folder, self.socket, self._log = folder, folder / "socket", folder / "log"
        (folder / "state").mkdir(exist_ok=True)
        if scene is not None:
            scenes.save(folder / "state", scene)
        (folder / "config.toml").write_text(config if "[link]" in config else f"{config}\n{UNLINKED}")
        self.command = [sys.executable, "-m", "jambox", "run", *words, "--socket", str(self.socket)]
        self.command += ["--config", str(folder / "config.toml"), "--state", str(folder / "state")]

    def __enter__(self) -> Self:
        self.started = time.monotonic()
        with self._log.open("a") as log:
            self.process = subprocess.Popen(self.command, env=environment(self.folder), stderr=log)
        try:
            hardware.wait_for(self._plays, 20.0, LOOK)
        except BaseException:
            self.kill()
            print(self.log)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends it, gently at first; its log goes to pytest."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5.0)
            except subprocess.TimeoutExpired:
                self.kill()
        print(self.log)

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return self._log.read_text()

    def kill(self) -> None:
        """Kills it, as a power cut does."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> float:
        """Sends SIGTERM; returns the seconds until it was gone."""
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10.0)
        return time.monotonic() - begin

    def ask(self, request: Request) -> tuple[str, ...]:
        """Asks it; returns what it said. Raises NotRunningError when it does not answer."""
        answer = remote.ask(self.socket, request)
        assert not answer.error
        return answer.said

    def press(self, control: str, hold: float = 0.0) -> tuple[str, ...]:
        """Presses a button through the socket."""
        return self.ask(Request(press=control, hold=hold))

    def turn(self, control: str, value: float, *holding: str) -> tuple[str, ...]:
        """Turns a knob or an encoder through the socket."""
        return self.ask(Request(turn=control, value=value, holding=holding))

    def status(self) -> dict[str, Any]:
        """What `jambox status --json` tells."""
        return remote.ask(self.socket, Request(status=True)).status

    @property
    def engine(self) -> dict[str, Any]:
        """The engine's part of the status."""
        engine: dict[str, Any] = self.status()["engine"]
        return engine

    def report(self) -> Status:
        """The engine's report, as the box has it from shared memory."""
        engine = self.engine
        told = {field.name: engine[field.name] for field in fields(Status)}
        return Status(**{key: math.inf if value is None else value for key, value in told.items()})

    def wait(self, key: str, value: float, seconds: float = 10.0) -> float:
        """Waits until the engine's `key` is at least `value`; returns how long."""
        return hardware.wait_for(lambda: self.engine[key] >= value, seconds, LOOK)

    def processes(self) -> list[int]:
        """The box's process, and all those below it."""
        return _family(self.process.pid)

    def _plays(self) -> bool:
        assert self.process.poll() is None, "the box has ended"
        try:
            return bool(self.engine["frame"])
        except NotRunningError:
            return False


def environment(folder: Path) -> dict[str, str]:
    """The environment for a box that finds nothing of this machine's user but the cache of sounds.

    A folder `cache` in `folder` stands for that, where there is one.
    """
    kept = {key: value for key, value in os.environ.items() if not key.endswith("_DIRECTORY")}
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jambox" / "rig"
    if (folder / "cache").exists():
        cache = folder / "cache"
    return kept | HEAP | {"XDG_CACHE_HOME": str(cache), "XDG_CONFIG_HOME": str(folder)}


def card(period: int = 64, periods: int = 3, panel: str = "none") -> list[str]:
    """The words that put the box on the loopback card."""
    return ["--audio", LOOPBACK, "--panel", panel, "--period", str(period), "--periods", str(periods)]


def click(line: int) -> float:
    """Presses the button on GPIO `line` for 30 ms; returns when it went down, in seconds of CLOCK_MONOTONIC."""
    moment = time.monotonic()
    hardware.press(line)
    hardware.wait_until(moment + 0.03)
    hardware.release(line)
    return moment


def with_probe(folder: Path) -> Path:
    """`folder`, with the cycle `probe` among the data of a box's user."""
    cycles = folder / "jambox" / "data" / "cycles"
    cycles.mkdir(parents=True)
    (cycles / "probe.toml").write_text(PROBE)
    return folder


def _family(pid: int) -> list[int]:
    # By their parents: the rig's kernel does not list children.
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        if text := _read(str(path)):
            parents[int(path.parent.name)] = int(text.rpartition(")")[2].split()[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found)


def _read(path: str) -> str:
    # A process may end between being listed and being looked at.
    try:
        return Path(path).read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def hide_far_keys() -> None:
    """Takes the gadget's own end of the USB cable from the sequencer.

    On a Pi it would be in the instrument; here the box would take it for a second one, and a note would go round and
    round. `FarKeys` reaches it all the same.
    """
    # For a device without a driver, the sequencer would call for a module at every look: the rig has none.
    Path("/proc/sys/kernel/modprobe").write_text("\n")
    _sequence("unbind", "rigkeys")


def hide_new_cards() -> None:
    """Keeps cards that come from the sequencer, until `announce` brings one there: so gadgets' own ends stay hidden."""
    Path("/proc/sys/kernel/modprobe").write_text("\n")
    (_SEQ_MIDI.parent.parent / "drivers_autoprobe").write_text("0")


def show_new_cards() -> None:
    """Ends what `hide_new_cards` began."""
    (_SEQ_MIDI.parent.parent / "drivers_autoprobe").write_text("1")


def announce(gadget: hardware.Gadget) -> None:
    """Gives what is plugged in its client on the sequencer, with all its ports, and so has the kernel announce it."""
    (_SEQ_MIDI / "bind").write_text(f"seq-midi-{gadget.index}-0")


def show_keys(shown: bool) -> None:
    """Gives the instrument at the box's end of the cable a port on the sequencer, or takes it away."""
    _sequence("bind" if shown else "unbind", "Keys")


def _sequence(word: str, card: str) -> None:
    device = f"seq-midi-{hardware.card_index(card)}-0"
    if (_SEQ_MIDI / device).exists() == (word == "unbind"):
        (_SEQ_MIDI / word).write_text(device)


def noise(seconds: float, seed: int = 1, amplitude: float = 0.3) -> NDArray[np.float32]:
    """White noise, shape (frames, 2), the same for the same seed."""
    frames = round(seconds * RATE)
    return np.random.default_rng(seed).uniform(-amplitude, amplitude, (frames, 2)).astype(np.float32)


def silence(seconds: float) -> NDArray[np.float32]:
    """Silence, shape (frames, 2): it cannot be written to, and takes no memory."""
    return np.broadcast_to(np.float32(0.0), (round(seconds * RATE), 2))


def resident(pids: list[int]) -> int:
    """The processes' own share of memory (PSS), in kB."""
    lines = [line for pid in pids for line in _read(f"/proc/{pid}/smaps_rollup").splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def wakes(pid: int, seconds: float) -> list[float]:
    """How often a second each of the process's threads is woken."""
    tasks = Path(f"/proc/{pid}/task")

    def counts() -> dict[str, int]:
        found = {
            task.name: re.search(r"^voluntary_ctxt_switches:\s*(\d+)", _read(f"{task}/status"), re.MULTILINE)
            for task in tasks.iterdir()
        }
        return {name: int(match[1]) for name, match in found.items() if match}

    before = counts()
    hardware.wait_until(time.monotonic() + seconds)
    return [(count - before.get(name, 0)) / seconds for name, count in counts().items()]


def onsets(heard: NDArray[np.float32]) -> NDArray[np.float64]:
    """Seconds at which the probe's strokes begin: where high frequencies rise after 50 ms without.

    Second differences lift the rim's 1,700 Hz out of earcons and drone.
    """
    sharp = np.abs(np.diff(heard[:, 0].astype(np.float64), 2))
    sounding = np.flatnonzero(sharp > 0.2 * sharp.max())
    first = np.diff(sounding, prepend=-RATE) > RATE // 20
    return sounding[first] / RATE
