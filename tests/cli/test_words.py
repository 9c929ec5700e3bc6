"""The command line's words, as people and programs type them: help, and what is wrong with them."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from jambox import __version__
from jambox.__main__ import build_parser
from tests.cli.prompt import NOT_A_BOX, run


def commands() -> dict[str, argparse.ArgumentParser]:
    """Every command's parser."""
    (action,) = (a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction))
    return dict(action.choices)


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_has_help_with_an_example_of_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(name, "--help") == 0
    told = capsys.readouterr().out
    example = told.rsplit("example: ", 1)[1].strip()
    assert example.startswith(f"jambox {name}")
    # What the example says can be typed.
    commands()[name].parse_args(example.split()[2:])


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out == f"jambox {__version__}\n"


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ("", 2, "the following arguments are required: COMMAND"),
        ("dance", 2, "invalid choice: 'dance'"),
        ("render", 2, "the following arguments are required: OUT.wav, --seconds"),
        ("render out.wav --seconds two", 2, "argument --seconds: 'two' is no number"),
        ("render out.wav --seconds 0", 2, "argument --seconds: 0 lies outside 0.001 to 86400"),
        ("render out.wav --seconds nan", 2, "argument --seconds: nan lies outside"),
        ("render out.wav --seconds 2 --tempo 500", 2, "argument --tempo: 500 lies outside 20 to 400"),
        ("render out.wav --seconds 2 --tempo fast", 2, "argument --tempo: 'fast' is no number"),
        ("render out.wav --seconds 2 --tonic H3", 2, "argument --tonic: 'H3' is no pitch: write a note"),
        ("render out.wav --seconds 2", 1, "nothing to play: name a --cycle, a --drone, or both"),
        ("render out.wav --seconds 2 --cycle teental --strings ma", 1, "--strings are a drone's: name it with --drone"),
        ("render out.wav --seconds 2 --tonic C9", 2, "argument --tonic: C9 lies outside 20 to 2000 Hz"),
        ("render out.wav --seconds 2 --block 0", 2, "argument --block: 0 lies outside 1 to 65536"),
        ("render out.wav --seconds 2 --block 1.5", 2, "argument --block: '1.5' is no whole number"),
        ("render out.wav --seconds 2 --seed -1", 2, "argument --seed: -1 lies outside"),
        ("render out.wav --seconds 2 --rate 22050", 2, "argument --rate: invalid choice"),
        ("render out.wav --seconds 2 --cycle tintal", 1, "no cycle is called 'tintal': of 169, most alike are teental"),
        ("render out.wav --seconds 2 --cycle rupak --meet tintal", 1, "no cycle is called 'tintal'"),
        (
            "render out.wav --seconds 2 --cycle rupak --meet lesnoto,curcuna",
            1,
            "--meet names 2 cycles, --cycle 1: name one for each",
        ),
        ("render out.wav --seconds 2 --cycle rupak --blend 0,1", 1, "--blend is for those that meet"),
        (
            "render out.wav --seconds 2 --cycle rupak --meet lesnoto --blend 0,2",
            2,
            "argument --blend: 2 lies",
        ),
        (
            "render out.wav --seconds 2 --cycle rupak --meet lesnoto --fit all",
            2,
            "argument --fit: invalid choice",
        ),
        ("render out.wav --seconds 2 --energy 2", 2, "argument --energy: 2 lies outside 0 to 1"),
        ("render out.wav --seconds 2 --drone bagpipe", 1, "no drone is called 'bagpipe': "),
        ("tune", 1, "nothing to set: name a --tonic, a --tuning, a --drone, --strings or a --round"),
        *(
            (f"tune {words}", 1, NOT_A_BOX)
            for words in ("--tonic C3", "--tuning rast-24", "--drone othu", "--round beat")
        ),
        ("hear", 2, "the following arguments are required: DRONE"),
        ("hear bagpipe --audio null", 1, "no drone is called 'bagpipe': "),
        ("hear othu --audio hw:Nope", 1, "; a running box plays it by `jambox tune --drone othu`"),
        ("render no/such/folder/out.wav --seconds 0.1 --cycle teental", 1, "cannot write no/such/folder/out.wav"),
        ("render out.xyz --seconds 0.1 --cycle teental", 1, "cannot write out.xyz: "),
        ("render . --seconds 0.1 --cycle teental", 1, "cannot write "),
        ("list songs", 2, "invalid choice: 'songs'"),
        ("show", 1, "nothing to show: name a cycle, as in `jambox list cycles`, or say --live for what plays"),
        ("show --live", 1, NOT_A_BOX),
        ("show tintal --live", 1, "no cycle is called 'tintal'"),
        ("show rupak --live --svg", 2, "argument --svg: not allowed with argument --live"),
        ("show tintal", 1, "no cycle is called 'tintal': of 169, most alike are teental"),
        ("partners tintal", 1, "no cycle is called 'tintal': of 169, most alike are teental"),
        ("kit gone.h2drumkit", 1, "gone.h2drumkit: cannot be unpacked ("),
        ("kit wrong.toml", 1, "wrong.toml: cannot be unpacked ("),
        ("kit wrong.toml --for tbla", 1, "no drum family is called 'tbla'"),
        ("check gone.h2drumkit", 1, "gone.h2drumkit: cannot be unpacked ("),
        ("check gone/drumkit.xml", 1, "gone: cannot be unpacked ("),
        ("check .", 1, "drumkit.xml'"),
        ("check gone.toml", 1, "gone.toml: [Errno 2] No such file or directory"),
        ("check binary.toml", 1, "binary.toml: 'utf-8' codec can't decode byte"),
        (
            "check wrong.toml",
            1,
            "wrong.toml: neither pulses, strokes nor strings: it is no cycle, drum family or drone",
        ),
        ("press drone", 1, NOT_A_BOX),
        ("press drone --hold -1", 2, "argument --hold: -1 lies outside 0 to 30"),
        ("press drone --hold nan", 2, "argument --hold: nan lies outside 0 to 30"),
        ("press drone --hold 1e30", 2, "argument --hold: 1e30 lies outside 0 to 30"),
        ("turn volume 0.5", 1, NOT_A_BOX),
        ("turn style -1", 1, NOT_A_BOX),
        ("turn volume loud", 2, "argument VALUE: 'loud' is no number"),
        ("turn volume inf", 2, "argument VALUE: inf lies outside"),
        ("status", 1, NOT_A_BOX),
        ("mixer", 1, NOT_A_BOX),
        ("mixer strip1.trim -6", 1, NOT_A_BOX),
        ("levels", 1, NOT_A_BOX),
        ("meters", 1, NOT_A_BOX),
        ("status --socket nowhere", 1, "no box answers at nowhere"),
        ("run --config gone.toml", 1, "gone.toml: no such file; name another by --config, or leave it out"),
        ("run --config .", 1, ".: cannot be read: "),
        ("run --config broken.toml", 1, "broken.toml: not valid TOML: "),
        ("run --config wrong.toml", 1, "wrong.toml: audio.period: Expected `int` >= 16 (found 7)"),
        ("run --config binary.toml", 1, "binary.toml: cannot be read: "),
        ("run --period 7", 1, "command line: audio.period: Expected `int` >= 16 (found 7)"),
        ("run --rate 22050", 1, "command line: audio.rate: Invalid enum value 22050 (found 22050): allowed are 44100,"),
        ("run --panel knobs", 2, "invalid choice: 'knobs'"),
        ("doctor --config gone.toml", 1, "gone.toml: no such file"),
        ("bench --frames 0", 2, "argument --frames: 0 lies outside 1 to 4096"),
        ("bench --voices 1000", 2, "argument --voices: 1000 lies outside 0 to 128"),
        ("bench --blocks none", 2, "argument --blocks: 'none' is no whole number"),
    ],
)
def test_wrong_input_is_told_in_one_line(
    home: Path, capsys: pytest.CaptureFixture[str], words: str, status: int, told: str
) -> None:
    (home / "broken.toml").write_text("audio = ")
    (home / "wrong.toml").write_text("[audio]\nperiod = 7\n")
    (home / "binary.toml").write_bytes(b"\xff\xfe\xfd")
    before = sorted(home.iterdir())
    assert run(*words.split()) == status
    out, err = capsys.readouterr()
    assert out == ""
    last = err.strip().splitlines()[-1]
    assert told in last
    assert last.startswith("jambox")
    assert "Traceback" not in err
    assert err.count("\n") == 1 or status == 2
    assert sorted(home.iterdir()) == before


def test_the_configs_come_in_order(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = home / "config" / "jambox" / "config.toml"
    own.parent.mkdir()
    own.write_text("[audio]\nperiod = 7\n")
    assert run("doctor") == 1
    assert capsys.readouterr().err == f"jambox: {own}: audio.period: Expected `int` >= 16 (found 7)\n"
    (home / "other.toml").write_text('[audio]\ndevice = "null"\nperiod = 256\n')
    run("doctor", "--config", "other.toml", "--periods", "2", "--json")
    findings = {finding["about"]: finding for finding in json.loads(capsys.readouterr().out)}
    assert findings["playing"]["found"].startswith("null grants 48000 Hz, 256 x ")


def test_a_reader_that_has_seen_enough_is_no_fault() -> None:
    words = [sys.executable, "-m", "jambox", "list", "cycles"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


def test_python_may_run_the_package_from_anywhere(home: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "jambox", "status"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"jambox: {NOT_A_BOX} {home / 'runtime' / 'jambox' / 'socket'} ")
    assert done.stderr.count("\n") == 1
