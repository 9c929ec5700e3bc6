"""The box in a real Link session with another process, on a network of their own, after Link's TEST-PLAN.

The names of the cases in that plan (github.com/Ableton/link) stand at the tests. Each test has a network with nothing
on it but loopback, since a session on this machine's own would have a say; it is skipped, with the reason, where there
is no binding, no such network or no multicast on it.
"""

import errno
import importlib.util
import json
import math
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from jambox import config, link, pulse, scenes
from jambox.scene import Scene
from jambox.sound.commands import Status
from tests.boxes import RunningBox
from tests.rig.hardware import wait_for

FAR = Path(__file__).with_name("far_link.py")
PATIENCE = 10.0
CYCLE, QUANTUM, TAPS = "four-floor", 4.0, 5
NEAR = 3e-3
"""Seconds that AUDIOENGINE-1 allows."""
LINKED, TOGETHER = "[link]\n", "[link]\nstart_stop = true\n"
UP = """
import fcntl, socket, struct, sys
lo = struct.pack("16sH14x", b"lo", 0x41)  # IFF_UP | IFF_RUNNING
fcntl.ioctl(socket.socket(socket.AF_INET, socket.SOCK_DGRAM), 0x8914, lo)  # SIOCSIFFLAGS
print("up", flush=True)
sys.stdin.read()
"""
"""Brings loopback up, and keeps its network until its input ends."""
BINDING = "no binding to Ableton Link: pip install LinkPython-extern"


class Far:
    """Another peer (see `far_link`), started by `inside` on its network."""

    def __init__(self, inside: Sequence[str], tempo: float, *words: str) -> None:
        self._command = [*inside, sys.executable, str(FAR), str(tempo), *words]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=PATIENCE)

    def say(self, **told: object) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(told), file=self._process.stdin, flush=True)
        said: dict[str, Any] = json.loads(self._process.stdout.readline())
        return said

    def until(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Waits until what it says is so."""
        said: dict[str, Any] = {}

        def so() -> bool:
            said.update(self.say())
            return condition(said)

        wait_for(so, PATIENCE, 0.01)
        return said


@pytest.fixture(scope="module")
def inside() -> Iterator[list[str]]:
    """Words that start a command on a network of its own, on which peers find each other."""
    pytest.importorskip("link", reason=BINDING)
    command = ["unshare", "--user", "--map-root-user", "--net", sys.executable, "-c", UP]
    try:
        keeper = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
    except FileNotFoundError:
        pytest.skip("no unshare (util-linux) here")
    assert keeper.stdout
    if keeper.stdout.readline() != "up\n":
        pytest.skip(f"no network of its own here: {keeper.communicate()[1].strip()}")
    words = ["nsenter", "--user", "--net", "--preserve-credentials", "--target", str(keeper.pid)]
    try:
        if not _find_each_other(words):
            pytest.skip("Link's peers do not find each other by multicast on loopback here")
        yield words
    finally:
        keeper.communicate()


def _find_each_other(inside: Sequence[str]) -> bool:
    with Far(inside, 100.0) as one, Far(inside, 100.0) as other:
        try:
            wait_for(lambda: one.say()["peers"] == other.say()["peers"] == 1, PATIENCE, 0.05)
        except TimeoutError:
            return False
    return True


def linked(
    inside: Sequence[str],
    folder: Path,
    tempo: float,
    settings: str = LINKED,
    follow: bool = True,
    older: Far | None = None,
) -> RunningBox:
    """A box on that network, whose saved tempo is `tempo`; `older` has a session by then that is older than the box's.

    Of two sessions that meet, the older lives on; of two that began within half a second, either.
    """
    if older:
        older.say()
        time.sleep(1.0)
    (folder / "state").mkdir()
    scenes.save(folder / "state", Scene(tempo=tempo, cycle=CYCLE, follow=follow))
    return RunningBox(folder, config=settings, inside=inside)


def engine(status: dict[str, Any]) -> Status:
    return Status(**{field.name: status["engine"][field.name] for field in fields(Status)})


def apart(box: RunningBox, far: Far) -> float:
    """Seconds from the far peer's beat to what is heard of the box, within the quantum."""
    status = engine(box.status())
    said = far.say(quantum=QUANTUM)
    beat = pulse.beat_at(status, said["time"])
    assert beat is not None
    off: float = math.remainder(beat - said["phase"], QUANTUM) * 60.0 / said["tempo"]
    return off


def settled(box: RunningBox, far: Far) -> str:
    """Waits until they have agreed for half a second; the figure, in words.

    On a machine that is busy with other things the null device stumbles, so one look that is off begins that anew. On
    the rig it does not: `rig/test_link.py` is strict.
    """
    end, looks = time.monotonic() + 4.0 * PATIENCE, list[float]()
    while len(looks) < 25:
        assert time.monotonic() < end, f"they never agree: {apart(box, far):.4f} s\n{box.log}"
        off = abs(apart(box, far))
        looks = [*looks, off] if off < NEAR else []
        time.sleep(0.02)
    return f"within {max(looks) * 1e3:.2f} ms for half a second"


def tap(box: RunningBox, tempo: float) -> None:
    begin = time.monotonic()
    for count in range(TAPS):
        time.sleep(max(begin + count * 60.0 / tempo - time.monotonic(), 0.0))
        box.ask(press="tap")


def start(box: RunningBox) -> None:
    box.ask(press="rhythm")
    box.until(lambda status: status["engine"]["playing"] == 1)


def stop(box: RunningBox, far: Far) -> None:
    box.ask(press="rhythm", hold=0.6)
    far.until(lambda said: not said["playing"])
    assert box.status()["rhythm"] == "silent"


def told_of(box: RunningBox, far: Far) -> float:
    """Starts the rhythm; seconds from the sam that the far peer is told of to the one that is heard.

    Anew, as in `settled`, while the null device stumbles between the two.
    """
    for _ in range(5):
        start(box)
        said = far.until(lambda said: said["playing"])
        status = engine(box.status())
        off = abs(said["since"] - pulse.heard(status).time_at(pulse.timeline(status).frame_at(status.start)))
        if off < NEAR:
            break
        stop(box, far)
    assert off < NEAR
    return float(off)


def tempo_becomes(box: RunningBox, tempo: float) -> dict[str, Any]:
    """Waits until the box goes at that tempo; its status."""
    return box.until(lambda status: abs(status["scene"]["tempo"] - tempo) < 0.01)


def line(box: RunningBox) -> tuple[float, float, float]:
    """What the engine's beats are computed from."""
    status = engine(box.status())
    return status.tempo, status.beat0, status.frame0


def test_without_the_binding_or_the_wish_there_is_no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    nothing = link.join(config.Link(), 100.0)
    assert (nothing.lead(4.0, True), nothing.fault) == (None, "")
    monkeypatch.undo()
    unwanted = link.join(config.Link(enabled=False), 100.0)
    assert (unwanted.lead(4.0, True), unwanted.fault) == (None, "")


def test_without_a_network_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("link", reason=BINDING)

    def refuse(*_words: object) -> None:
        raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")

    monkeypatch.setattr(socket, "socket", refuse)
    session = link.join(config.Link(), 100.0)
    assert session.lead(4.0, True) is None
    assert re.fullmatch(r"Link: no network may be used \(.*supported.*\).* sudo systemd/install --link", session.fault)


def test_a_tempo_goes_both_ways_and_the_rhythm_starts_with_the_quantum(
    inside: list[str], tmp_path: Path, report: Callable[[str], None]
) -> None:
    """TEMPO-1; AUDIOENGINE-1, as far as the engine says what is heard when."""
    with linked(inside, tmp_path, 100.0) as box, Far(inside, 100.0) as far:
        box.plays()
        far.until(lambda said: said["peers"] == 1)
        tap(box, 240.0)
        own = box.status()["scene"]["tempo"]
        assert 200.0 < own < 280.0
        far.until(lambda said: abs(said["tempo"] - own) < 0.05)
        start(box)
        report(f"started in the session, sam with sam: {settled(box, far)}")
        far.say(tempo=180.0)
        tempo_becomes(box, 180.0)
        report(f"after a change of tempo by the other peer: {settled(box, far)}")
        tap(box, 240.0)
        far.until(lambda said: said["tempo"] > 200.0)
        report(f"after taps in the box: {settled(box, far)}")
        status = box.status()
        assert (status["clock"], status["link"]["peers"]) == ("Link", 1)


def test_who_joins_takes_the_tempo_and_keeps_it_with_another_cycle(inside: list[str], tmp_path: Path) -> None:
    """TEMPO-2 and TEMPO-3."""
    with Far(inside, 130.0) as far, linked(inside, tmp_path, 100.0, older=far) as box:
        tempo_becomes(box, 130.0)
        assert box.status()["clock"] == "Link"
        box.ask(turn="style", value=1.0)
        box.until(lambda status: status["scene"]["cycle"] != CYCLE)
        time.sleep(0.5)
        assert far.say()["tempo"] == pytest.approx(130.0, abs=0.01)
        assert box.status()["scene"]["tempo"] == pytest.approx(130.0, abs=0.01)


def test_alone_neither_joining_nor_leaving_changes_anything(inside: list[str], tmp_path: Path) -> None:
    """TEMPO-5 and BEATTIME-1."""
    with linked(inside, tmp_path, 111.0) as box:
        start(box.plays())
        before = line(box)
        for follows in (False, True):
            box.ask(press="tap", hold=0.6)
            box.until(lambda status: bool(status["link"]) is status["scene"]["follow"] is follows)  # noqa: B023
            time.sleep(0.5)
            assert line(box) == before
        assert box.status()["link"]["tempo"] == 111.0


def test_who_starts_and_stops_together_does(inside: list[str], tmp_path: Path, report: Callable[[str], None]) -> None:
    with linked(inside, tmp_path, 240.0, TOGETHER) as box, Far(inside, 240.0, "start-stop") as far:
        box.plays()
        far.until(lambda said: said["peers"] == 1)
        box.until(lambda status: status["clock"] == "Link")
        far.say(playing=True)
        box.until(lambda status: status["engine"]["playing"] == 1)
        report(f"started by the other peer, sam with sam: {settled(box, far)}")
        far.say(playing=False)
        box.until(lambda status: status["rhythm"] == "silent")
        report(f"started by the box, told of within {told_of(box, far) * 1e3:.2f} ms of its sam")
        settled(box, far)
        stop(box, far)


def test_a_session_that_plays_does_not_start_a_box_that_joins(inside: list[str], tmp_path: Path) -> None:
    with Far(inside, 240.0, "start-stop") as far, linked(inside, tmp_path, 240.0, TOGETHER, older=far) as box:
        far.say(playing=True)
        box.until(lambda status: status["clock"] == "Link")
        time.sleep(1.0)
        assert box.status()["rhythm"] == "silent"


def test_a_box_that_starts_and_stops_by_itself_is_left_alone(inside: list[str], tmp_path: Path) -> None:
    with linked(inside, tmp_path, 240.0) as box, Far(inside, 240.0, "start-stop") as far:
        box.until(lambda status: status["clock"] == "Link")
        far.say(playing=True)
        time.sleep(1.0)
        assert box.status()["rhythm"] == "silent"
        start(box.plays())
        far.say(playing=False)
        time.sleep(0.5)
        assert box.status()["rhythm"] == "playing"
