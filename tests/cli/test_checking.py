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


MAP = "2\n0\n127\n60\n60\n250.0\n2\n0\n1\n"


@pytest.mark.parametrize(("scale", "beside"), [("mine.scl", "mine.kbm"), ("Mine.SCL", "Mine.Kbm")])
def test_a_scale_is_checked_with_its_map(
    home: Path, capsys: pytest.CaptureFixture[str], scale: str, beside: str
) -> None:
    """As the box reads it: upper case is as lower case in what names end with."""
    (home / scale).write_text("mine\n2\n3/2\n2/1\n")
    (home / beside).write_text(MAP)
    (home / "other.kbm").write_text("x\n")
    assert run("check", scale) == 0
    assert capsys.readouterr().out.splitlines() == [
        "tuning mine: 2 notes, the period is 1200.000 cents; nothing is wrong",
        "keyboard map: 2 keys a round; key 60 at 250 Hz; nothing is wrong",
    ]
    (home / beside).write_text(MAP.replace("250.0", "-250"))
    assert run("check", scale) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"jambox: {beside}: line 6: '-250' is no reference frequency: it is in Hz, above 0, as 440.0",
        "    6 | -250",
        "      | ^",
    ]


def test_both_a_scale_and_its_map_are_told_wrong(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "mine.scl").write_text("mine\n2\n3//2\n2/1\n")
    (home / "mine.kbm").write_text(MAP.replace("127", "128"))
    assert run("check", "mine.scl") == 1
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("jambox: ")]
    assert [line.split(" is ")[0] for line in told] == [
        "jambox: mine.scl: line 3: '3//2'",
        "jambox: mine.kbm: line 3: '128'",
    ]
    assert run("check", "mine.kbm") == 1
    assert "mine.scl" not in capsys.readouterr().err


def test_a_map_that_cannot_be_read_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "mine.scl").write_text("mine\n1\n2/1\n")
    (home / "mine.kbm").mkdir()
    assert run("check", "mine.scl") == 1
    assert "mine.kbm: it is no file" in capsys.readouterr().err
