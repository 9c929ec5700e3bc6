"""The whole box as `jambox run` starts it, on the null device, without a panel: played through its socket.

One box lives through all of these tests but one.
"""

import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jambox import scenes
from jambox.__main__ import main
from jambox.scene import Scene
from jambox.units import parse_pitch
from tests.boxes import PATIENCE, RunningBox


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
    assert box.ask(press="surprise", hold=0.55).said == ("the change is undone",)
    again = box.status()["scene"]
    assert (again["cycle"], again["variation"]) == (before["cycle"], before["variation"])


def test_another_laya_waits_for_sam_and_is_undone(box: RunningBox) -> None:
    box.ask(press="rhythm")
    before = box.until(lambda status: status["engine"]["playing"])["engine"]
    assert box.ask(press="surprise", holding=("shift",)).said == ("double laya",)
    waits = box.until(lambda status: status["engine"]["pending"])["engine"]
    assert (waits["score"], waits["origin"]) == (before["score"], before["origin"])
    assert box.status()["scene"]["variation"]["laya"] == 2.0
    assert box.ask(press="surprise", hold=0.55, holding=("shift",)).said == ("its own laya",)
    assert box.ask(press="surprise", hold=0.55).said == ("the change is undone",)
    assert box.ask(press="surprise", hold=0.55).said == ("the change is undone",)
    assert box.status()["scene"]["variation"] == {}


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


def test_levels_without_inputs_are_refused(box: RunningBox, capsys: pytest.CaptureFixture[str]) -> None:
    before = box.status()["scene"]["inputs"]
    assert main(["levels", "--socket", str(box.socket)]) == 0
    assert capsys.readouterr().out == "there are no inputs to listen to\n"
    assert box.ask(turn="inputs", value=0.2, holding=("shift",)).said == ("there are no inputs to listen to",)
    assert box.status()["scene"]["inputs"] == before


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
