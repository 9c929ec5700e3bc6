"""The whole box as `jambox run` starts it, on the null device, without a panel: played through its socket.

One box lives through most of the tests; those that need another start their own.
"""

import json
import os
import pty
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
import pytest

from jambox import remote, scenes
from jambox.__main__ import main
from jambox.errors import NotRunningError
from jambox.music import library
from jambox.reference import Reference
from jambox.remote import Answer, Request
from jambox.scene import Scene
from jambox.units import parse_pitch

PATIENCE = 20.0
"""Seconds after which something counts as not coming; all of it comes within one on a quiet machine."""
UNLINKED = "[link]\nenabled = false\n"
"""No configuration but this: whoever else is on this machine's network has no say."""


class RunningBox:
    """`jambox run` in a process of its own, with its files in `folder`, among them its `config`.

    `inside`: words before its own that put it elsewhere, as `nsenter` does.
    """

    def __init__(
        self,
        folder: Path,
        *words: str,
        environment: dict[str, str] | None = None,
        config: str = UNLINKED,
        inside: Sequence[str] = (),
    ) -> None:
        self.folder, self.socket, self.state = folder, folder / "socket", folder / "state"
        (folder / "config" / "jambox").mkdir(parents=True, exist_ok=True)
        (folder / "config" / "jambox" / "config.toml").write_text(config)
        self._inside = inside
        self._log = folder / "log"
        self._words = words
        kept = {key: value for key, value in os.environ.items() if not key.endswith("_DIRECTORY")}
        self._environment = kept | {"XDG_CONFIG_HOME": str(folder / "config")} | (environment or {})

    def __enter__(self) -> Self:
        command = [*self._inside, sys.executable, "-m", "jambox", "run", "--audio", "null", "--panel", "none"]
        command += ["--socket", str(self.socket), "--state", str(self.state), *self._words]
        with self._log.open("w") as log:
            self.process = subprocess.Popen(command, env=self._environment, stdin=subprocess.DEVNULL, stderr=log)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        print(self.log)

    @property
    def log(self) -> str:
        return self._log.read_text()

    def ask(self, **words: Any) -> Answer:
        return remote.ask(self.socket, Request(**words))

    def status(self) -> dict[str, Any]:
        return self.ask(status=True).status

    def until(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Waits until the status is so; the status."""
        end = time.monotonic() + PATIENCE
        while True:
            assert self.process.poll() is None, f"the box has ended:\n{self.log}"
            try:
                status = self.status()
            except NotRunningError:
                status = {}
            if status and condition(status):
                return status
            assert time.monotonic() < end, f"it never came: {status}\n{self.log}"
            time.sleep(0.005)

    def plays(self) -> Self:
        """Waits until its engine renders and the rhythm has its sounds."""
        self.until(lambda status: status["engine"]["frame"] > 0 and status["engine"]["score"] >= 1)
        return self

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ends it; its exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBox]:
    with RunningBox(tmp_path_factory.mktemp("box")) as running:
        yield running.plays()


@pytest.fixture
def box(shared: RunningBox) -> RunningBox:
    """The shared box, silent."""
    shared.ask(press="tap", holding=("shift",))
    shared.until(lambda status: not (status["engine"]["drone"] or status["engine"]["playing"]))
    return shared


def test_a_box_tells_what_it_is_doing(box: RunningBox) -> None:
    status = box.status()
    assert status["audio"]["name"] == "null"
    assert status["rhythm"] == "silent"
    assert re.match(r"teental silent at 90\.0 per minute, tanpura silent on ", status["says"])
    assert status["engine"]["restarts"] == 0
    assert [fault for fault in status["faults"] if "/dev/snd/seq" not in fault] == []


def test_drone_goes_on_at_the_press_and_off_at_the_next_click(box: RunningBox) -> None:
    box.ask(press="drone")
    assert box.until(lambda status: status["engine"]["drone"] == 1)["scene"]["drone_on"]
    box.until(lambda status: status["engine"]["peak_drone"] > 0.001)
    box.ask(press="drone")
    assert not box.until(lambda status: status["engine"]["drone"] == 0)["scene"]["drone_on"]


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[RunningBox]:
    """A box whose scene is as fast as can be."""
    (tmp_path / "state").mkdir()
    scenes.save(tmp_path / "state", Scene(cycle="four-floor", tempo=400.0))
    with RunningBox(tmp_path) as running:
        yield running.plays()


def test_rhythm_starts_and_closes_on_sam_when_held(quick: RunningBox) -> None:
    box = quick
    box.ask(press="rhythm")
    status = box.until(lambda status: status["engine"]["playing"] == 1 and status["engine"]["peak_rhythm"] > 0.01)
    assert status["rhythm"] == "playing"
    # At this tempo there may be no room for a fill before sam.
    assert box.ask(press="rhythm").said in ((), ("fill into sam",))
    assert box.status()["rhythm"] == "playing"
    box.ask(press="rhythm", hold=0.55)
    status = box.until(lambda status: status["rhythm"] == "silent")
    assert status["engine"]["playing"] == 0
    box.ask(press="rhythm")
    assert box.until(lambda status: status["engine"]["playing"] == 1)["engine"]["run"] == status["engine"]["run"] + 1


def test_taps_set_the_tempo(box: RunningBox) -> None:
    box.ask(turn="style", value=1)
    before = box.status()["scene"]["tempo"]
    for _ in range(4):
        box.ask(press="tap", hold=0.25)
    # Each press took a quarter of a second and a little more.
    after = box.until(lambda status: status["engine"]["tempo"] == status["scene"]["tempo"])["scene"]["tempo"]
    assert after != before
    assert 60.0 < after < 240.0


def test_style_turns_to_the_next_cycle_and_back(box: RunningBox) -> None:
    before = box.status()
    (name,) = box.ask(turn="style", value=1).said
    assert name != before["scene"]["cycle"]
    after = box.until(lambda status: status["engine"]["score"] > before["engine"]["score"])
    assert after["scene"]["cycle"] == name
    assert box.ask(turn="style", value=-1).said == (before["scene"]["cycle"],)


def test_style_turns_the_tonic_while_drone_is_held(box: RunningBox) -> None:
    before = box.status()["scene"]
    (said,) = box.ask(turn="style", value=2, holding=("drone",)).said
    assert said.startswith("tonic ")
    after = box.status()["scene"]
    assert after["tonic"] == pytest.approx(before["tonic"] * 2.0 ** (2.0 / 12.0))
    assert after["cycle"] == before["cycle"]
    assert box.ask(turn="style", value=-2, holding=("drone",)).said[0].startswith("tonic ")


def test_style_pushed_while_drone_is_held_goes_through_the_tunings(box: RunningBox) -> None:
    before = box.status()["scene"]
    assert before["tuning"] == "just5"
    assert box.ask(press="style", holding=("drone",)).said == ("tuning edo12",)
    assert box.ask(press="style", hold=0.6, holding=("drone",)).said == ("tuning just5",)
    assert box.ask(press="style", hold=0.6, holding=("drone",)).said == ("tuning pl-av",)
    assert box.ask(press="style", holding=("drone",)).said == ("tuning just5",)
    after = box.status()["scene"]
    assert (after["tonic"], after["cycle"], after["drone"]) == (before["tonic"], before["cycle"], before["drone"])


def test_tonic_and_tuning_are_set_and_what_there_is_not_is_refused(box: RunningBox) -> None:
    assert box.ask(tonic="D3 +14 c", tuning="edo12", strings="ma").said == (
        "tonic D3 +14 c",
        "tuning edo12",
        "strings ma",
    )
    after = box.status()["scene"]
    assert (after["tuning"], after["strings"]) == ("edo12", "ma")
    assert after["tonic"] == pytest.approx(parse_pitch("D3+14"))
    assert "no tuning is called 'rast'" in box.ask(tuning="rast").error
    assert "'H3' is no pitch" in box.ask(tonic="H3").error
    assert "'mine' is no string" in box.ask(strings="mine").error
    assert box.status()["scene"] == after
    assert box.ask(tonic="D3", tuning="just5", strings="usual").said[1:] == ("tuning just5", "strings as usual")
    assert box.ask(round="beat").said == ("round beat",)
    assert "'bar': it is free, beat, cycle" in box.ask(round="bar").error
    assert box.status()["scene"]["round"] == "beat"
    assert box.ask(round="free").said == ("round free",)


def test_a_knob_sets_its_level(box: RunningBox) -> None:
    for position, decibels in ((0.0, -60.0), (1.0, 6.0)):
        box.ask(turn="inputs", value=position)
        assert box.status()["scene"]["inputs"] == pytest.approx(decibels)


def test_panic_silences_everything(box: RunningBox) -> None:
    box.ask(press="drone")
    box.ask(press="rhythm")
    box.until(lambda status: status["engine"]["drone"] == 1 and status["engine"]["playing"] == 1)
    box.ask(press="tap", holding=("shift",))
    status = box.until(lambda status: not (status["engine"]["drone"] or status["engine"]["playing"]))
    assert (status["rhythm"], status["scene"]["drone_on"]) == ("silent", False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"press": "keep"}, "keeping what was just played is not there yet"),
        ({"turn": "style", "value": 1, "holding": ("shift",)}, "turning through the scenes is not there yet"),
    ],
)
def test_what_is_not_there_yet_says_so(box: RunningBox, words: dict[str, Any], said: str) -> None:
    assert box.ask(**words).said == (said,)


def test_a_surprise_comes_and_is_undone(box: RunningBox) -> None:
    before = box.status()["scene"]
    (said,) = box.ask(press="surprise").said
    assert said.startswith("surprise: ")
    after = box.status()["scene"]
    assert (after["cycle"], after["variation"]) != (before["cycle"], before["variation"])
    assert box.ask(press="surprise", hold=0.55).said == ("the surprise is undone",)
    again = box.status()["scene"]
    assert (again["cycle"], again["variation"]) == (before["cycle"], before["variation"])


def test_energy_and_meet_are_heard_while_it_plays(box: RunningBox) -> None:
    """The engine goes on by other scores at once, without a beat lost: its run and its origin stay."""
    box.ask(press="rhythm")
    playing = box.until(lambda status: status["engine"]["playing"])["engine"]
    assert box.ask(turn="energy", value=0.3).said == ()
    thin = box.until(lambda status: status["engine"]["score"] > playing["score"])["engine"]
    cycle = box.status()["scene"]["cycle"]
    (said,) = box.ask(turn="meet", value=0.5).said
    assert said.startswith(f"{cycle} meets ")
    scene = box.status()["scene"]
    assert scene["partner"] == said.split()[-1]
    assert scene["energy"] == pytest.approx(0.3, abs=0.02)
    box.until(lambda status: status["engine"]["score"] > thin["score"])
    assert box.status()["engine"]["run"] == playing["run"]
    (said,) = box.ask(press="style", hold=0.55).said
    assert said == f"partner {box.status()['scene']['partner']}"


def test_style_pushed_tells_where_the_player_is(box: RunningBox) -> None:
    assert box.ask(press="style").said == (box.status()["says"],)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"press": "drums"}, "the panel has no button 'drums'"),
        ({"turn": "drone", "value": 1.0}, "the panel has no knob 'drone'"),
        ({"turn": "nothing", "holding": ("shift",)}, "the panel has no knob 'nothing'"),
    ],
)
def test_a_wrong_control_is_an_error_and_nothing_stays_pressed(
    box: RunningBox, words: dict[str, Any], told: str
) -> None:
    assert box.ask(**words).error.startswith(told)
    assert "shift" not in box.ask(turn="style", value=1).said[0]
    assert box.ask(turn="style", value=-1).said == (box.status()["scene"]["cycle"],)


def test_the_command_line_speaks_to_it(box: RunningBox, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*words: str) -> str:
        assert main([*words, "--socket", str(box.socket)]) == 0
        return capsys.readouterr().out

    assert said("press", "drone") == ""
    box.until(lambda status: status["engine"]["drone"] == 1)
    assert said("press", "style") == said("status").splitlines()[0] + "\n" == f"{box.status()['says']}\n"
    assert said("turn", "style", "+1", "--while", "drone").startswith("tonic ")
    assert said("turn", "style", "-1", "--while", "drone").startswith("tonic ")
    status = json.loads(said("status", "--json"))
    assert status["scene"] == box.status()["scene"]
    table = said("status")
    assert "\naudio   null 48000 Hz, 128 x 1, 0 inputs\n" in table
    assert " restarts\ninputs  peak " in table
    assert f" dBTP\nmidi    {', '.join(status['midi']['outputs']) or 'no instrument'}\n" in table
    assert [line[8:] for line in table.splitlines() if line.startswith("fault")] == status["faults"]
    assert main(["press", "drums", "--socket", str(box.socket)]) == 1
    assert capsys.readouterr().err.startswith("jambox: the panel has no button 'drums'")


def test_other_routes_are_taken_while_it_plays_and_wrong_ones_are_not(
    box: RunningBox, capsys: pytest.CaptureFixture[str]
) -> None:
    config = box.folder / "config" / "jambox" / "config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)

    def reroute(text: str) -> tuple[int, str, str]:
        config.write_text(text)
        status = main(["midi", "reroute", "--socket", str(box.socket)])
        return status, *capsys.readouterr()

    good = "From('Keys') >> Latch() >> To('Synth')"
    assert reroute(f'[midi]\nroutes = ["{good}", "Delay(0.5)"]') == (0, f"route {good}\nroute Delay(0.5)\n", "")
    status, out, told = reroute("[midi]\nroutes = [\"From('a')\", \"From('a') >> Latsch()\"]")
    assert (status, out) == (1, "")
    assert told.startswith(f"jambox: {config}: midi.routes[1]: 'Latsch' is no unit: allowed are From, To, ")
    assert "(line 1, column 14)" in told
    assert box.status()["midi"]["routes"] == [good, "Delay(0.5)"]
    assert reroute("[midi]\nroutes = []") == (0, "no routes\n", "")
    config.unlink()
    assert main(["midi", "reroute", "--socket", str(box.socket)]) == 0
    assert box.status()["midi"]["routes"] == ["From('*') >> To('*')"]


def test_callers_hear_what_happens_while_they_wait(box: RunningBox) -> None:
    with socket.socket(socket.AF_UNIX) as holding:
        holding.settimeout(PATIENCE)
        holding.connect(os.fspath(box.socket))
        holding.sendall(b'{"press": "keep", "hold": 0.55}\n')
        assert box.ask(press="style").said[0].startswith(box.status()["scene"]["cycle"])
        assert b"an open-ended take is not there yet" in holding.recv(4096)


def test_an_engine_that_dies_comes_back_with_all_that_it_played(box: RunningBox, report: Callable[[str], None]) -> None:
    box.ask(press="drone", round="cycle")
    box.ask(press="rhythm")
    before = box.until(lambda status: status["engine"]["drone"] == 1 and status["engine"]["playing"] == 1)
    length = box.until(lambda status: status["engine"]["drone_length"] > 0)["engine"]["drone_length"]
    begun = time.monotonic()
    os.kill(before["engine"]["pid"], signal.SIGKILL)
    after = box.until(
        lambda status: (
            status["engine"]["pid"] not in (0, before["engine"]["pid"])
            and status["engine"]["drone"] == 1
            and status["engine"]["playing"] == 1
        )
    )
    report(f"plays on {time.monotonic() - begun:.2f} s after its engine was killed")
    assert after["scene"] == before["scene"]
    assert after["engine"]["restarts"] == before["engine"]["restarts"] + 1
    box.until(lambda status: status["engine"]["drone_length"] == length)
    box.ask(round="free")
    box.until(lambda status: status["engine"]["peak_drone"] > 0.001)


def test_a_second_box_on_the_same_state_is_refused(box: RunningBox, tmp_path: Path) -> None:
    with RunningBox(tmp_path, "--state", str(box.state)) as second:
        assert second.process.wait(PATIENCE) == 1
        assert (
            second.log == f"jambox: {box.state}: another box is using it: stop that one, or name another by --state\n"
        )
    with RunningBox(tmp_path, "--socket", str(box.socket)) as second:
        assert second.process.wait(PATIENCE) == 1
        assert f"jambox: a box is already running at {box.socket}" in second.log


# Boxes of their own.


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


def test_broken_files_are_told_of_and_the_rest_plays(tmp_path: Path) -> None:
    data = tmp_path / "config" / "jambox" / "data"
    for part in ("cycles", "drums"):
        (data / part).mkdir(parents=True)
    (data / "cycles" / "mine.toml").write_text('id = "mine"\npulses = "many"\n')
    (data / "drums" / "other.toml").write_text('id = "other"\nspeed = 3\n')
    # A family of one's own in the place of one that the first scene plays: its strokes are not there any more.
    kit = (library.SHIPPED / "drums" / "kit.toml").read_text()
    (data / "drums" / "tabla.toml").write_text(kit.replace('id = "kit"', 'id = "tabla"'))
    with RunningBox(tmp_path) as box:
        box.plays()
        assert "mine.toml: " in box.log
        assert "other.toml: Object contains unknown field `speed`" in box.log
        assert "the saved cycle teental is not there: the box starts with" in box.log
        box.ask(press="rhythm")
        box.until(lambda status: status["engine"]["playing"] == 1)


def test_style_turns_through_what_is_wished(tmp_path: Path) -> None:
    config = UNLINKED + '[style]\ncycles = ["wahda:b", "gone", "lancaran"]\n'
    with RunningBox(tmp_path, config=config) as box:
        box.plays()
        assert "style: no cycle is called 'gone': see `jambox list cycles`" in box.log
        for cycle in ("lancaran", "wahda:b"):
            box.ask(turn="style", value=1)
            box.until(lambda status, cycle=cycle: status["scene"]["cycle"] == cycle)  # type: ignore[misc]
        box.ask(press="rhythm")
        box.until(lambda status: status["engine"]["playing"] == 1)


def test_a_tuning_on_a_stick_outlives_it(tmp_path: Path) -> None:
    stick = tmp_path / "media" / "stick" / "tunings"
    config = (
        UNLINKED + f'[style]\ntunings = ["just5", "third"]\n[tuning]\nfolders = ["{stick.parent.parent}/*/tunings"]\n'
    )
    with RunningBox(tmp_path, config=config) as box:
        box.plays()
        assert "style: no tuning is called 'third' yet" in box.log
        stick.mkdir(parents=True)
        (stick / "third.scl").write_text("x\n2\n5/4\n2\n")
        (stick / "bad.scl").write_text("x\n1\n5/0\n")
        assert "no tuning is called 'bad'" in box.ask(tuning="bad").error
        assert box.ask(press="style", holding=("drone",)).said == ("tuning third",)
        assert "bad.scl: line 3" in box.status()["tunings"]["faults"][0]
        shutil.rmtree(stick)
        assert box.ask(tuning="edo12").said == ("tunings gone: third", "tuning edo12")
        assert box.ask(tuning="third").said == ("tuning third",)
        assert box.stop() == 0
    with RunningBox(tmp_path, config=config) as box:
        assert box.plays().status()["scene"]["tuning"] == "third"
        assert box.status()["tunings"] == {"sticks": [], "kept": ["third"], "faults": []}
        assert "is not there" not in box.log


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


def test_levels_without_inputs_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with RunningBox(tmp_path) as box:
        box.plays()
        assert main(["levels", "--socket", str(box.socket)]) == 0
        assert capsys.readouterr().out == "there are no inputs to listen to\n"
        assert box.ask(turn="inputs", value=0.2, holding=("shift",)).said == ("there are no inputs to listen to",)
        assert box.status()["scene"]["inputs"] == 0.0


def test_the_meters_are_shown_live_until_q_is_typed(box: RunningBox) -> None:
    keyboard, terminal = pty.openpty()
    words = [sys.executable, "-m", "jambox", "meters", "--socket", str(box.socket)]
    environment = os.environ | {"TERM": "xterm", "LINES": "24", "COLUMNS": "80"}
    with subprocess.Popen(words, stdin=terminal, stdout=terminal, stderr=terminal, env=environment) as process:
        os.close(terminal)
        seen = b""
        while b"LUFS over 3 s" not in seen:
            assert select.select([keyboard], [], [], PATIENCE)[0], seen
            seen += os.read(keyboard, 65536)
        os.write(keyboard, b"q")
        assert process.wait(PATIENCE) == 0
    os.close(keyboard)
    text = seen.decode()
    assert all(name in text for name in ("peak", "inputs", "drone", "rhythm", "reverb"))


def test_a_playhead_follows_the_cycle_until_q_is_typed(box: RunningBox) -> None:
    keyboard, terminal = pty.openpty()
    words = [sys.executable, "-m", "jambox", "show", "--live", "--socket", str(box.socket)]
    environment = os.environ | {"TERM": "xterm", "LINES": "24", "COLUMNS": "80"}
    with subprocess.Popen(words, stdin=terminal, stdout=terminal, stderr=terminal, env=environment) as process:
        os.close(terminal)
        seen, until = b"", time.monotonic() + PATIENCE
        if box.plays().status()["rhythm"] == "silent":
            box.ask(press="rhythm")
        while "▼".encode() not in seen or b"a minute" not in seen:
            assert time.monotonic() < until, seen
            assert select.select([keyboard], [], [], PATIENCE)[0], seen
            seen += os.read(keyboard, 65536)
        assert len(box.status()["cycles"]) in (1, 2)
        os.write(keyboard, b"q")
        assert process.wait(PATIENCE) == 0
    os.close(keyboard)


def test_meters_on_what_is_no_terminal_are_refused_in_one_line(box: RunningBox) -> None:
    words = [sys.executable, "-m", "jambox", "meters", "--socket", str(box.socket)]
    environment = os.environ | {"TERM": "no-such-terminal"}
    done = subprocess.run(words, env=environment, capture_output=True, stdin=subprocess.DEVNULL, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("jambox: no terminal that can be drawn on")
    assert "Traceback" not in done.stderr
