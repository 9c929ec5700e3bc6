"""`jambox plot`, with matplotlib and without."""

import sys
from pathlib import Path

import pytest

from jambox.__main__ import main

MISSING = "matplotlib is not installed: pip install 'jambox[plot]'"


def test_without_matplotlib_it_tells_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main(["plot", "tanpura"]) == 1
    assert "matplotlib is missing" in (told := capsys.readouterr().err)
    assert "pip install 'jambox[plot]'" in told
    assert not list(tmp_path.iterdir())


def test_an_unknown_drone_is_told_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plot", "kazoo"]) == 1
    assert "no drone is called 'kazoo'" in capsys.readouterr().err


def test_it_draws_a_picture(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib", reason=MISSING)
    monkeypatch.chdir(tmp_path)
    assert main(["plot", "singing-bowls"]) == 0
    assert capsys.readouterr().out == "singing-bowls.png\n"
    assert (tmp_path / "singing-bowls.png").read_bytes().startswith(b"\x89PNG")


def test_a_form_that_it_cannot_draw_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib", reason=MISSING)
    assert main(["plot", "singing-bowls", "--out", str(tmp_path / "bowl.dot")]) == 1
    assert "bowl.dot: cannot be written" in capsys.readouterr().err
