"""`jambox list`, `show`, `partners`, `doctor` and `bench`."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jambox import doctor
from jambox.__main__ import main
from jambox.columns import width
from jambox.doctor import Finding, Grade
from jambox.sound import cards
from jambox.sound.cards import Card
from tests.cli.prompt import run


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


def test_tunings_on_a_stick_are_listed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "stick").mkdir()
    (home / "stick" / "third.scl").write_text("\n1\n5/4\n")
    (home / "config" / "jambox").mkdir()
    (home / "config" / "jambox" / "config.toml").write_text(f'[tuning]\nfolders = ["{home}/st*"]\n')
    assert run("list", "tunings", "--json") == 0
    assert {"third", "just5"} <= {row["id"] for row in json.loads(capsys.readouterr().out)}


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
