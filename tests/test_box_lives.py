"""Boxes from their start to their end: what they say on the way, what they take along, and what stays."""

import os
import re
import signal
import socket
import time
from pathlib import Path

import msgspec
import pytest

from jambox import scenes
from jambox.__main__ import main
from jambox.reference import Reference
from jambox.scene import Scene
from tests.boxes import PATIENCE, UNLINKED, RunningBox


def test_a_scene_outlives_the_box(tmp_path: Path) -> None:
    with RunningBox(tmp_path) as first:
        first.plays()
        first.ask(press="drone")
        first.ask(turn="volume", value=0.25)
        first.ask(turn="style", value=3, holding=("drone",))
        (name,) = first.ask(turn="style", value=1).said
        scene = first.status()["scene"]
        assert first.stop() == 0
        engine = first.log.count("engine")
        assert engine == 0, first.log
    assert scenes.load(first.state) == msgspec.convert(scene, Scene)
    assert (scene["cycle"], scene["drone_on"]) == (name, True)
    with RunningBox(tmp_path) as second:
        status = second.until(lambda status: status["engine"]["drone"] == 1 and status["engine"]["peak_drone"] > 0.001)
        assert status["scene"] == scene
        assert status["engine"]["playing"] == 0


def test_a_scene_is_saved_without_waiting_for_the_end(tmp_path: Path) -> None:
    with RunningBox(tmp_path) as box:
        box.until(lambda _status: True)
        box.ask(turn="volume", value=0.0)
        box.until(lambda _status: scenes.load(box.state).volume == -60.0)


@pytest.mark.parametrize(
    ("data", "expected", "told"),
    [
        (
            b"{broken",
            Scene(),
            r"scene\.json: is no scene: .*; it is kept as scene\.broken: the box starts with a new scene",
        ),
        (
            b'{"cycle": "gone", "drone": "lost", "volume": -3.0, "tonic": 220.0, "tuning": "lost"}',
            Scene(volume=-3.0, tonic=220.0, reference=Reference(scale="")),
            r"the saved cycle gone is not there: the box starts with teental\nthe saved drone lost is not there.*\n"
            r"the tuning lost is not there",
        ),
    ],
)
def test_a_scene_that_cannot_be_played_is_mended(tmp_path: Path, data: bytes, expected: Scene, told: str) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "scene.json").write_bytes(data)
    with RunningBox(tmp_path) as box:
        box.plays()
        assert msgspec.convert(box.status()["scene"], Scene) == expected
        assert re.search(told, box.log)


def test_a_folder_that_cannot_be_used_is_a_fault_and_the_box_plays(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    with RunningBox(tmp_path) as box:
        status = box.plays().status()
        assert any("cannot keep the state there" in fault for fault in status["faults"])
        assert box.stop() == 0


def test_the_service_manager_hears_that_it_is_ready_alive_and_stopping(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.settimeout(PATIENCE)
        manager.bind(os.fspath(tmp_path / "notify"))
        with RunningBox(tmp_path, environment={"NOTIFY_SOCKET": str(tmp_path / "notify")}) as box:
            words = [manager.recv(100) for _ in range(4)]
            assert words == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1", b"WATCHDOG=1"]
            pid = box.plays().status()["engine"]["pid"]
            os.kill(pid, signal.SIGSTOP)
            box.until(lambda status: status["engine"]["restarts"] == 1)
            assert box.stop() == 0
            words = []
            while not words or words[-1] != b"STOPPING=1":
                words.append(manager.recv(100))
            assert set(words[:-1]) <= {b"WATCHDOG=1"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_stops_when_told_to_and_takes_its_processes_along(tmp_path: Path, number: int) -> None:
    with RunningBox(tmp_path) as box:
        pid = box.plays().status()["engine"]["pid"]
        begun = time.monotonic()
        assert box.stop(number) == 0
        assert time.monotonic() - begun < 3.0
        assert not Path(f"/proc/{pid}").exists()
        assert "Traceback" not in box.log


def test_it_stops_at_once_while_it_is_still_starting(tmp_path: Path) -> None:
    with RunningBox(tmp_path) as box:
        box.until(lambda _status: True)
        assert box.stop() == 0
        assert "Traceback" not in box.log


def test_the_mixer_is_set_while_playing_and_remembered_through_engine_and_power(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = UNLINKED + "[mixer]\nstrips = [{trim = 3.0}]\n"

    def said(box: RunningBox, *words: str) -> list[str]:
        assert main(["mixer", *words, "--socket", str(box.socket)]) == 0
        return capsys.readouterr().out.splitlines()

    with RunningBox(tmp_path, config=config) as box:
        pid = box.plays().status()["engine"]["pid"]
        assert said(box) == ["strip1.trim                3 dB       (-60 to 40 dB)"]
        assert said(box, "strip1.trim", "-6") == ["strip1.trim -6 dB"]
        assert said(box, "reverb.decay", "2.5 s") == ["reverb.decay 2.5 s"]
        assert main(["mixer", "strip1.trim", "50", "--socket", str(box.socket)]) == 1
        assert capsys.readouterr().err == "jambox: strip1.trim: 50 lies outside -60 to 40 dB\n"
        assert box.ask(mixer={"strip1.pan": 0.5, "strip1.warmth": 1}).error.startswith("the mixer has no 'strip1.warm")
        assert box.status()["scene"]["mixer"] == {"strip1.trim": -6.0, "reverb.decay": 2.5}
        os.kill(pid, signal.SIGKILL)
        box.until(lambda status: status["engine"]["pid"] not in (0, pid) and status["engine"]["frame"] > 0)
        assert box.ask(mixer={}).mixer["strip1.trim"] == -6.0
        box.until(lambda _status: scenes.load(box.state).mixer == {"strip1.trim": -6.0, "reverb.decay": 2.5})
        box.process.kill()
    with RunningBox(tmp_path, config=config) as box:
        box.plays()
        capsys.readouterr()  # the log of the first
        assert said(box, "strip1.trim") == ["strip1.trim                -6 dB      (-60 to 40 dB)  set while playing"]
        assert said(box, "strip1", "config") == ["strip1.trim 3 dB"]
        assert said(box, "all", "config") == ["reverb.decay 1.8 s"]
        assert box.status()["scene"]["mixer"] == {}
