"""`jambox check` and `kit`."""

from pathlib import Path

import pytest

from jambox.music import library
from tests.cli.prompt import run
from tests.test_kits import FILES, archive


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


def test_a_tunings_file_is_checked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "mine.scl").write_bytes("! Não\nmine\n2\n3/2\n2/0\n".encode("latin-1"))
    assert run("check", "mine.scl") == 1
    assert capsys.readouterr().err.splitlines() == [
        "jambox: mine.scl: line 5: '2/0' is no ratio: both its numbers are above 0",
        "    5 | 2/0",
        "      | ^",
    ]
