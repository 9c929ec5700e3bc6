"""Boxes on data of the user's own: broken files, what Style turns through, tunings on a stick."""

import shutil
from pathlib import Path

from jambox.music import library
from tests.boxes import UNLINKED, RunningBox


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
