"""The command line, as people and programs type it."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile

from jambox import __version__, doctor
from jambox.__main__ import build_parser, main
from jambox.columns import width
from jambox.doctor import Finding, Grade
from jambox.music import library
from jambox.sound import cards
from jambox.sound.cards import Card
from jambox.units import parse_pitch
from tests.sound.measure import partial_cents
from tests.test_kits import FILES, archive

NOT_A_BOX = "no box answers at"


def commands() -> dict[str, argparse.ArgumentParser]:
    """Every command's parser."""
    (action,) = (a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction))
    return dict(action.choices)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user who has nothing but the sounds already rendered; the working folder is theirs, and no box runs."""
    for name in ("STATE_DIRECTORY", "CACHE_DIRECTORY", "RUNTIME_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("CONFIG", "STATE", "RUNTIME"):
        folder = tmp_path / name.lower()
        folder.mkdir()
        monkeypatch.setenv(f"XDG_{name}_DIR" if name == "RUNTIME" else f"XDG_{name}_HOME", str(folder))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> int:
    """The exit status of a command in this process."""
    try:
        return main(words)
    except SystemExit as end:
        return int(end.code or 0)


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
        ("render out.wav --seconds 2 --tonic C9", 2, "argument --tonic: C9 lies outside 20 to 2000 Hz"),
        ("render out.wav --seconds 2 --block 0", 2, "argument --block: 0 lies outside 1 to 65536"),
        ("render out.wav --seconds 2 --block 1.5", 2, "argument --block: '1.5' is no whole number"),
        ("render out.wav --seconds 2 --seed -1", 2, "argument --seed: -1 lies outside"),
        ("render out.wav --seconds 2 --rate 22050", 2, "argument --rate: invalid choice"),
        ("render out.wav --seconds 2 --cycle tintal", 1, "no cycle is called 'tintal': of 168, most alike are teental"),
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
        ("render no/such/folder/out.wav --seconds 0.1", 1, "cannot write no/such/folder/out.wav"),
        ("render out.xyz --seconds 0.1", 1, "cannot write out.xyz: "),
        ("render . --seconds 0.1", 1, "cannot write "),
        ("list songs", 2, "invalid choice: 'songs'"),
        ("show", 1, "nothing to show: name a cycle, as in `jambox list cycles`, or say --live for what plays"),
        ("show --live", 1, NOT_A_BOX),
        ("show tintal --live", 1, "no cycle is called 'tintal'"),
        ("show rupak --live --svg", 2, "argument --svg: not allowed with argument --live"),
        ("show tintal", 1, "no cycle is called 'tintal': of 168, most alike are teental"),
        ("partners tintal", 1, "no cycle is called 'tintal': of 168, most alike are teental"),
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


@pytest.mark.parametrize("rate", [44100, 48000])
def test_a_rendering_is_as_long_as_asked(home: Path, rate: int) -> None:
    assert run("render", "out.wav", "--seconds", "2", "--rate", str(rate), "--cycle", "four-floor") == 0
    info = soundfile.info(str(home / "out.wav"))
    assert (info.frames, info.samplerate, info.channels, info.subtype) == (2 * rate, rate, 2, "PCM_24")
    samples, _ = soundfile.read(str(home / "out.wav"))
    assert 0.05 < abs(samples).max() <= 1.0


def test_a_rendering_can_bring_its_strokes_and_its_parts(home: Path) -> None:
    words = "render out.wav --seconds 0.5 --cycle four-floor --midi out.mid --stems parts"
    assert run(*words.split()) == 0
    assert (home / "out.mid").read_bytes().startswith(b"MThd")
    assert [path.name for path in (home / "parts").iterdir()] == ["rhythm.wav"]


def test_a_drumkit_is_checked_and_played(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive(home / "mine.h2drumkit", FILES)
    before = sorted(home.rglob("*"))
    assert run("check", "mine.h2drumkit") == 0
    assert capsys.readouterr().out == "drumkit Mine: 1 sounds; nothing is wrong\n"
    assert sorted(home.rglob("*")) == before
    assert run("kit", "mine.h2drumkit", "--for", "kit") == 0
    file = home / "config" / "jambox" / "data" / "drums" / "kit.toml"
    assert capsys.readouterr().out == f"{file}: drum family kit, 1 sounds of 2 recordings\n"
    assert run("check", str(file)) == 0
    (file.parent / "kit.samples" / "soft.wav").unlink()
    capsys.readouterr()
    assert run("check", str(file)) == 1
    wrong, line, caret = capsys.readouterr().err.splitlines()
    assert "files.kick[0].file: " in wrong
    assert line[caret.index("^") :].startswith('"soft.wav"')


def test_a_rendering_goes_by_a4_tonic_and_tuning(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--seconds", "1", "--drone", "tanpura")
    assert run("render", "a.wav", *words, "--a4", "432", "--tonic", "A2+10", "--tuning", "edo12") == 0
    sound, rate = soundfile.read(str(home / "a.wav"))
    # The first string is Pa, here 500 cents below Sa.
    pa = 108.0 * 2 ** ((10 - 500) / 1200)
    assert abs(partial_cents(sound[rate // 4 :].sum(axis=1), rate, 4 * pa, within=20.0)) <= 3.0
    assert run("render", "a.wav", *words, "--strings", "3/4+7 .Sa") == 0
    sound, _ = soundfile.read(str(home / "a.wav"))
    fourth = parse_pitch("D3+7") * 3.0
    assert abs(partial_cents(sound[rate // 4 :].sum(axis=1), rate, fourth, within=20.0)) <= 3.0
    assert run("render", "a.wav", *words, "--strings", "mi") == 1
    assert "by name there are pa, ma, ni, dha" in capsys.readouterr().err
    assert run("render", "a.wav", *words, "--tuning", "rast") == 1
    assert "no tuning is called 'rast': of 133" in capsys.readouterr().err


def test_a_rendering_is_the_same_in_blocks_of_any_size(home: Path) -> None:
    words = ["--seconds", "1", "--cycle", "teental", "--drone", "tanpura", "--tempo", "200", "--seed", "3"]
    for block in ("1024", "64", "65", "1", "65536"):
        assert run("render", f"{block}.wav", *words, "--block", block) == 0
    first, *others = ((home / f"{block}.wav").read_bytes() for block in ("1024", "64", "65", "1", "65536"))
    assert all(other == first for other in others)
    assert run("render", "other.wav", *words[:-1], "4") == 0
    assert (home / "other.wav").read_bytes() != first


@pytest.mark.parametrize(
    ("what", "key", "known"),
    [
        ("cycles", "id", "teental"),
        ("drones", "id", "tanpura"),
        ("tunings", "id", "rast-24"),
        ("controls", "control", "volume"),
    ],
)
def test_a_list_is_a_table_or_json(capsys: pytest.CaptureFixture[str], what: str, key: str, known: str) -> None:
    assert run("list", what, "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    names = [row[key] for row in rows]
    assert known in names
    assert run("list", what) == 0
    lines = capsys.readouterr().out.splitlines()
    # What is indented stands under its tradition.
    indented = [line for line in lines if line.startswith("  ")]
    assert [line.split()[0] for line in indented or lines] == names


def test_the_list_of_cycles_has_everything_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "cycles", "--json") == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["karachi:2"]["reading"] == "2"
    file = rows["karachi:2"]["file"]
    assert file["grid"]["reading 2"]["row"] == "T..kD.T."
    assert len(file["sources"]) == 3
    assert file["tempo"]["told"] == "lively"


def test_cycles_are_listed_by_tradition_and_fit_the_eye(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "cycles") == 0
    lines = capsys.readouterr().out.splitlines()
    heads = [line for line in lines if not line.startswith(" ")]
    assert heads == sorted(set(heads))
    assert {"Hindustani tala", "Brazilian", "Contemporary"} <= set(heads)
    assert next(line.split()[-1] for line in lines if line.startswith("  karachi ")) == "disputed"
    assert max(map(width, lines)) <= 120


def test_a_cycle_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "rupak") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Rupak  रूपक\n")
    assert "theka │ Tin  Tin  Na │ Dhi  Na │ Dhi  Na\n" in shown
    assert run("show", "rupak", "--svg") == 0
    assert capsys.readouterr().out.startswith("<svg ")


def test_partners_are_told_with_their_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["partners", "rupak"]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("tevra ")
    assert first.endswith("as many pulses, grouped alike, 7 of 11 onsets shared")
    assert main(["partners", "seguiriya"]) == 0
    assert main(["partners", "rupak", "--json"]) == 0
    out = capsys.readouterr().out
    rows = json.loads(out[out.index("[") :])
    assert len(rows) > 150
    assert (rows[0]["id"], rows[0]["good"], rows[0]["same_grouping"], rows[-1]["good"]) == ("tevra", True, True, False)


def test_a_file_is_checked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (library.SHIPPED / "cycles" / "teental.toml").read_text(encoding="utf-8")
    (home / "mine.toml").write_text(text, encoding="utf-8")
    assert run("check", "mine.toml") == 0
    assert capsys.readouterr().out == "cycle teental: 1 to choose from, 16 strokes; nothing is wrong\n"
    (home / "mine.toml").write_text(text.replace("[9]", "[19]"), encoding="utf-8")
    assert run("check", "mine.toml") == 1
    out, err = capsys.readouterr()
    assert out == ""
    told, line, caret = err.splitlines()
    assert told == "jambox: mine.toml: marks: pulse 19 lies outside the cycle's 16 pulses"
    assert line.endswith("| khali = [19]")
    assert line[caret.index("^") :] == "19]"


def test_a_folder_of_tunings_is_checked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = home / "foreign"
    folder.mkdir()
    (folder / "Third.SCL").write_bytes(b"! G\xfcte\n\n1\n5/4\n")
    assert run("check", str(folder)) == 0
    assert capsys.readouterr().out == "1 tunings can be used, 0 cannot\n"
    (folder / "two.scl").write_text("\n2\n5//4\n2\n")
    assert run("check", str(folder)) == 1
    told = capsys.readouterr()
    assert told.out == "1 tunings can be used, 1 cannot\n"
    assert told.err.startswith(f"jambox: {folder}/two.scl: line 3: '5//4' is no pitch")


def test_tunings_on_a_stick_are_listed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "stick").mkdir()
    (home / "stick" / "third.scl").write_text("\n1\n5/4\n")
    (home / "config" / "jambox").mkdir()
    (home / "config" / "jambox" / "config.toml").write_text(f'[tuning]\nfolders = ["{home}/st*"]\n')
    assert run("list", "tunings", "--json") == 0
    assert {"third", "just5"} <= {row["id"] for row in json.loads(capsys.readouterr().out)}


def test_a_tunings_file_is_checked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "mine.scl").write_bytes("! Não\nmine\n2\n3/2\n2/0\n".encode("latin-1"))
    assert run("check", "mine.scl") == 1
    assert capsys.readouterr().err.splitlines() == [
        "jambox: mine.scl: line 5: '2/0' is no ratio: both its numbers are above 0",
        "    5 | 2/0",
        "      | ^",
    ]


def test_the_cards_are_listed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "listed", lambda: (Card("USB", "USB-Audio", "Scarlett 2i2 USB", True, False),))
    assert run("list", "audio", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["device"], row["card"], row["kind"]) == ("hw:CARD=USB", "USB", "usb")
    assert (row["name"], row["plays"], row["captures"]) == ("Scarlett 2i2 USB", True, False)
    monkeypatch.setattr(cards, "listed", tuple)
    assert run("list", "audio") == 0
    assert capsys.readouterr().out == ""


def test_the_users_own_files_are_listed_too(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = home / "config" / "jambox" / "data" / "drones"
    folder.mkdir(parents=True)
    text = (Path(doctor.__file__).parent / "music" / "data" / "drones" / "tanpura.toml").read_text()
    (folder / "mine.toml").write_text(text.replace('id = "tanpura"', 'id = "mine"'))
    assert run("list", "drones") == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert {"tanpura", "shruti-box"} <= set(listed)
    assert listed[-1] == "mine"


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


def test_the_bench_tells_figures(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("bench", "--frames", "16", "--voices", "2", "--inputs", "1", "--blocks", "50")
    assert run(*words, "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert result["deadline"] == pytest.approx(16 / 48000 * 1e6)
    assert result["load"] == {
        "frames": 16,
        "rate": 48000,
        "inputs": 1,
        "voices": 2,
        "pitched": False,
        "plain": False,
        "blocks": 50,
    }
    figures = [result["microseconds"][name] for name in ("p50", "p99", "p99.9", "p100")]
    assert 0.0 < figures[0] <= figures[1] <= figures[2] <= figures[3]
    assert run(*words, "--pitched") == 0
    told = capsys.readouterr().out
    assert "16 frames at 48000 Hz: 1 full strips, 2 pitched voices, 50 blocks" in told
    assert "p99.9" in told


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


@pytest.fixture
def rights() -> Iterator[None]:
    before = os.sched_getscheduler(0)
    yield
    assert os.sched_getscheduler(0) == before


@pytest.mark.usefixtures("rights")
def test_the_doctor_is_a_table_or_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "listed", tuple)
    assert run("doctor", "--json") == 1
    findings: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert {"about", "grade", "found", "remedy"} == set(findings[0])
    about = [finding["about"] for finding in findings]
    assert {"python", "packages", "inner loops", "real time", "memory lock", "midi", "panel", "state"} <= set(about)
    (sound,) = (finding for finding in findings if finding["about"] == "sound card")
    assert (sound["grade"], sound["found"]) == ("bad", "none that plays was found")
    assert run("doctor") == 1
    told = capsys.readouterr().out
    assert "✗ sound card       none that plays was found\n" in told
    assert "→ plug a USB interface or a HAT in" in told
    assert run("doctor", "--audio", "null") == (0 if "compiled" in told else 1)


# The doctor has its own tests in test_doctor.py; here only that a bad finding is the exit status.


@pytest.mark.parametrize(("grade", "status"), [(Grade.GOOD, 0), (Grade.WEAK, 0), (Grade.BAD, 1)])
def test_only_a_bad_finding_is_an_exit_status(monkeypatch: pytest.MonkeyPatch, grade: Grade, status: int) -> None:
    monkeypatch.setattr(doctor, "examine", lambda *_words: [Finding("x", grade, "y")])
    assert run("doctor") == status
