"""Tunings that come and go: the user's folder and sticks, what is wrong with their files, and what is kept of them."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import pytest

from jambox import tunings
from jambox.actions import Action, SetTuning
from jambox.config import Config, Style, Tuning
from jambox.music.library import FEW, MANY, SHIPPED, Library, load, tunings_in
from jambox.music.scala import LARGEST
from jambox.options import Options
from jambox.panel.feedback import Event
from jambox.scene import Scene
from jambox.scenes import TUNING, Kept, load_tuning, save_tuning
from jambox.tuner import ground_of
from jambox.tunings import SHOWN, Tunings, everything, look
from tests.shipped import LIBRARY

THIRD = "a pure third\n1\n5/4\n"
WHITE = "12\n0\n127\n60\n60\n261.6\n1\n0\n" + "x\n" * 11
LOADED = Library({}, {}, {}, (), load((SHIPPED,)).tunings)


def write(folder: Path, *names: str, text: str = THIRD) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text(text)


class Box:
    """What a box gives its tunings: folders below `root`, a scene, and what is told."""

    def __init__(self, root: Path, *wished: str) -> None:
        self.own, self.stick, self.state = root / "data" / "tunings", root / "media" / "a" / "tunings", root / "state"
        self.state.mkdir(exist_ok=True)
        config = Config(tuning=Tuning(folders=(str(root / "media" / "*" / "tunings"),)), style=Style(tunings=wished))
        paths = {"socket": root, "cache": root, "state": self.state, "data": root / "data"}
        self.options = Options(config, lambda: config, **paths)
        self.scene, self.forgot = Scene(), 0
        self.acts: list[Action] = []
        self.said: list[str] = []
        self.news: list[Event] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    def tell(self, event: Event, _earcon: str) -> None:
        self.news.append(event)

    def forget(self) -> None:
        self.forgot += 1

    def live(self, life: Callable[[Tunings], Awaitable[None]]) -> None:
        """A life of its tunings, on an event loop."""
        found = Tunings(LOADED, self.options)

        async def run() -> None:
            close = found.watch(lambda: self.scene, self.acts.append, self.forget, cast(Any, self))
            try:
                await life(found)
            finally:
                close()

        asyncio.run(run())


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def test_what_is_on_a_stick_is_there_with_its_map_and_turned_through(box: Box) -> None:
    write(box.own, "mine.scl")
    write(box.stick, "third.scl", "Third 2.SCL", "._third.scl", "notes.txt")
    write(box.stick, "Third 2.Kbm", text=WHITE)

    async def life(found: Tunings) -> None:
        assert set(found) == LOADED.tunings.keys() | {"mine", "third", "Third 2"}
        assert len(found) == len(LOADED.tunings) + 3
        assert found["third"].scale.intervals == ((5, 4),)
        assert found["Third 2"].map is not None
        assert found.turned() == (*FEW, "mine", "Third 2", "third")
        assert found.as_dict() == {"sticks": ["Third 2", "third"], "kept": [], "faults": []}

    box.live(life)
    assert box.said == []


def test_a_map_beside_a_users_scale_says_what_keys_sound_and_the_tonic_how_high(box: Box) -> None:
    """Seven degrees on the white keys, as maps of others have it; their last entry is left out."""
    write(box.stick, "white.scl", text="x\n7\n9/8\n5/4\n4/3\n3/2\n5/3\n15/8\n2\n")
    bare = ground_of(Scene(tuning="white", tonic=261.625565), Tunings(LOADED, box.options))
    write(box.stick, "white.kbm", text="12\n0\n127\n60\n60\n260.0\n7\n0\nx\n1\nx\n2\n3\nx\n4\nx\n5\nx\n6\n")
    mapped = ground_of(Scene(tuning="white", tonic=261.625565), Tunings(LOADED, box.options))
    assert bare.pitches[61] == pytest.approx(60.0)
    assert [key for key in range(60, 72) if mapped.pitches[key] is not None] == [60, 62, 64, 65, 67, 69, 71]
    assert [mapped.pitches[key] for key in (60, 64, 76, 48)] == pytest.approx([60.0, 63.8631, 75.8631, 48.0], abs=1e-4)


def test_what_is_wished_is_turned_through_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    box = Box(tmp_path, "third", "edo12", "gone")
    write(box.stick, "third.scl", "other.scl")

    async def life(found: Tunings) -> None:
        assert found.turned() == ("third", "edo12")

    box.live(life)
    assert caplog.messages == ["style: no tuning is called 'gone' yet: see `jambox list tunings`"]


def test_a_stick_that_comes_and_goes_is_told_and_the_tuning_in_use_stays(box: Box) -> None:
    async def life(found: Tunings) -> None:
        write(box.stick, "third.scl", "other.scl")
        await found.look()
        box.scene = Scene(tuning="third")
        (box.stick / "third.scl").unlink()
        (box.stick / "other.scl").unlink()
        await found.look()
        assert found["third"].scale.intervals == ((5, 4),)
        assert "other" not in found
        assert found.turned() == (*FEW, "third")
        await found.look()

    box.live(life)
    assert box.said == ["tunings here: other, third", "tunings gone: other, third"]
    assert box.news == [Event.ARRIVED, Event.LEFT]
    assert (box.acts, box.forgot) == ([], 0)


def test_a_file_that_is_another_now_is_taken_at_once_where_it_is_in_use(box: Box) -> None:
    async def life(found: Tunings) -> None:
        write(box.own, "mine.scl", "other.scl")
        await found.look()
        write(box.own, "other.scl", text="x\n1\n3/2\n")
        await found.look()
        assert (box.acts, box.forgot) == ([], 1)
        box.scene = Scene(tuning="mine")
        write(box.own, "mine.scl", text="x\n1\n4/3\n")
        await found.look()
        assert found["mine"].scale.intervals == ((4, 3),)
        write(box.own, "mine.scl", text="x\n1\n4:3\n")
        await found.look()
        assert found["mine"].scale.intervals == ((4, 3),)

    box.live(life)
    assert (box.acts, box.forgot) == ([SetTuning("mine")], 2)
    assert box.news == [Event.REFUSED]


def test_of_a_users_file_that_breaks_the_last_that_was_good_stays_in_use(box: Box) -> None:
    write(box.own, "mine.scl")
    loaded = Library({}, {}, {}, (), {**LOADED.tunings, **{t.id: t for t in tunings_in(box.own, [])}})
    found = Tunings(loaded, box.options)
    box.scene = Scene(tuning="mine")

    async def run() -> None:
        close = found.watch(lambda: box.scene, box.acts.append, box.forget, cast(Any, box))
        for third in ("6/5", "6/0"):
            write(box.own, "mine.scl", text=THIRD.replace("5/4", third))
            await found.look()
            assert found["mine"].scale.intervals == ((6, 5),)
        assert found.kept("mine") is not None
        write(box.own, "mine.scl")
        await found.look()
        assert (found["mine"].scale.intervals, found.kept("mine")) == (((5, 4),), None)
        close()

    asyncio.run(run())
    assert box.acts == [SetTuning("mine")] * 2


def test_of_many_only_some_are_named(box: Box) -> None:
    async def life(found: Tunings) -> None:
        write(box.stick, *(f"{letter}.scl" for letter in "abcdefghijkl"))
        write(box.stick, *(f"{letter}.scl" for letter in "mnopqrstuvwxyz"), text="")
        await found.look()
        assert len(found) == len(LOADED.tunings) + 12
        (*faults, rest) = cast(list[str], found.as_dict()["faults"])
        assert len(faults) == SHOWN
        assert rest == f"{box.stick}: 4 more cannot be used: see `jambox check {box.stick}`"

    box.live(life)
    assert box.said == ["tunings here: a, b, c, d, e, f, g, h, i, j, 2 more"]


BAD = {
    "ratio.scl": (THIRD.replace("5/4", "5/0").encode(), "ratio.scl: line 3: '5/0' is no ratio"),
    "junk.scl": (bytes(range(256)), "junk.scl: it is no text"),
    "huge.scl": (b"!" * (LARGEST + 2), "huge.scl: it is larger than 256 KiB"),
    "just5.scl": (THIRD.encode(), "just5.scl: there is another tuning called 'just5': give the file another name"),
    "\udcff.scl": (THIRD.encode(), "\N{REPLACEMENT CHARACTER}.scl: its name is no text in UTF-8: give it another"),
    "a\nb.scl": (THIRD.encode(), "a\N{REPLACEMENT CHARACTER}b.scl: its name is no text in UTF-8: give it another"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_used_is_told_and_the_rest_is_there(
    box: Box, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    write(box.stick, "third.scl")
    (box.stick / name).write_bytes(BAD[name][0])

    async def life(found: Tunings) -> None:
        assert "third" in found
        assert name[:-4] not in found or found["just5"] == LOADED.tunings["just5"]

    box.live(life)
    (told,) = caplog.messages
    assert told.startswith(f"{box.stick}/{BAD[name][1]}")
    assert told.isprintable()


def test_pipes_folders_wrong_maps_and_folders_that_are_files_keep_nobody_waiting(box: Box) -> None:
    write(box.stick, "third.scl", "mapped.scl")
    write(box.stick, "mapped.kbm", text="12\n")
    os.mkfifo(box.stick / "pipe.scl")
    (box.stick / "folder.scl").mkdir()
    write(box.stick.parent.parent / "b", "tunings")
    found = look({}, box.own, [str(box.stick.parent.parent / "*" / "tunings")])
    assert list(found.sticks) == ["third"]
    assert [told.removeprefix(f"{box.stick}/").split(":")[0] for told in found.faults] == [
        "folder.scl",
        "mapped.kbm",
        "pipe.scl",
    ]


def test_what_cannot_be_read_is_told(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    write(box.own, "mine.scl")
    write(box.stick, "third.scl")
    (box.stick / "gone.scl").symlink_to("nowhere")

    def fail(path: Path) -> None:
        raise OSError(5, "Input/output error", str(path))

    sticks = [str(box.stick)]
    assert look({}, box.own, sticks).faults == (f"{box.stick}/gone.scl: No such file or directory",)
    monkeypatch.setattr(Path, "iterdir", fail)
    assert look({}, box.own, sticks).faults == (f"{box.own}: Input/output error", f"{box.stick}: Input/output error")


def test_two_sticks_may_bring_the_same_but_not_two_of_a_name(box: Box) -> None:
    media = box.stick.parent.parent
    write(box.stick, "third.scl", "same.scl")
    write(media / "b" / "tunings", "third.scl", text="x\n1\n6/5\n")
    write(media / "b" / "tunings", "same.scl")
    found = look({}, box.own, [str(media / "*" / "tunings"), str(box.stick)])
    assert found.sticks["third"].scale.intervals == ((5, 4),)
    assert [told.split(": ")[1] for told in found.faults] == ["there is another tuning called 'third'"]


def test_there_may_be_too_many(box: Box) -> None:
    write(box.stick, *(f"{number:04d}.scl" for number in range(MANY + 2)))
    found = look({}, box.own, [str(box.stick)])
    assert len(found.sticks) == MANY
    assert found.faults == (f"{box.stick}: more than {MANY} tunings: those from 0500.scl on are left out",)


def test_a_stick_that_keeps_its_reader_waiting_keeps_nobody_else(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    slow, real = threading.Event(), look
    looks: list[int] = []

    def waiting(*given: Any) -> tunings.Found:
        looks.append(slow.wait(10.0))
        return real(*given)

    write(box.stick, "third.scl")
    monkeypatch.setattr(tunings, "look", waiting)
    monkeypatch.setattr(tunings, "PATIENCE", 0.01)

    async def life(found: Tunings) -> None:
        assert "third" not in found
        for _ in range(5):
            await found.look()
        assert "third" not in found
        slow.set()
        monkeypatch.setattr(tunings, "PATIENCE", 10.0)
        await found.look()
        assert "third" in found

    box.live(life)
    assert box.said == ["tunings here: third"]
    assert len(looks) <= 3


def test_what_was_kept_is_there_after_a_restart_and_a_stick_comes_first(box: Box) -> None:
    write(box.stick, "third.scl")
    write(box.stick, "third.kbm", text=WHITE)
    first = Tunings(LOADED, box.options)
    kept = first.kept("third")
    assert kept is not None
    assert (first.kept("just5"), first.kept("gone")) == (None, None)
    save_tuning(box.state, kept)
    (box.stick / "third.scl").unlink()

    async def life(found: Tunings) -> None:
        assert "third" not in found
        assert found.remember(Scene(tuning="other")).tuning == "other"
        assert "third" not in found
        found.remember(Scene(tuning="third"))
        assert found["third"] == first["third"]
        assert found.kept("third") == kept
        write(box.stick, "third.scl", text="x\n1\n6/5\n")
        await found.look()
        assert found["third"].scale.intervals == ((6, 5),)
        assert found.as_dict()["kept"] == []

    box.live(life)


@pytest.mark.parametrize(
    "text", [b"{}", b'{"id": "third", "scl": ""}', b'{"id": "third", "scl": "x\\n0\\n", "kbm": "1"}']
)
def test_what_was_kept_may_be_broken(box: Box, text: bytes, caplog: pytest.LogCaptureFixture) -> None:
    (box.state / TUNING).write_bytes(text)
    found = Tunings(LOADED, box.options)
    found.remember(Scene(tuning="third"))
    assert "third" not in found
    assert len(caplog.messages) == 1


def test_a_kept_tuning_is_read_back_as_it_was_saved(tmp_path: Path) -> None:
    assert load_tuning(tmp_path) is None
    save_tuning(tmp_path, Kept("third", THIRD, WHITE))
    assert load_tuning(tmp_path) == Kept("third", THIRD, WHITE)


def test_everything_is_what_a_box_would_have(box: Box) -> None:
    write(box.own, "mine.scl")
    write(box.stick, "third.scl")
    found = everything(box.options.data, box.options.config.tuning.folders)
    assert {"mine", "third", "just5"} <= found.tunings.keys()
    assert list(found.cycles) == list(LIBRARY.cycles)


MOUNTED = """
import asyncio, subprocess, sys
from pathlib import Path
from tests.test_tunings import Box

async def life(found):
    place = str(box.stick.parent)
    for words in (("mount", "-t", "tmpfs", "none", place), ("umount", place)):
        subprocess.run(words, check=True)
        tuning = words[0] == "mount"
        if tuning:
            (box.stick).mkdir()
            (box.stick / "third.scl").write_text("x\\n1\\n5/4\\n")
        for _ in range(2000):
            await asyncio.sleep(0.01)
            if ("third" in found) == tuning:
                break

box = Box(Path(sys.argv[1]))
box.stick.parent.mkdir(parents=True)
box.live(life)
print(box.said, *box.news)
"""


def test_a_stick_is_seen_when_it_is_mounted(tmp_path: Path) -> None:
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode:
        pytest.skip("mounting takes root, and a kernel that lets it")
    words = ["unshare", "-m", sys.executable, "-c", MOUNTED, str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, "['tunings here: third', 'tunings gone: third'] arrived left\n"), (
        done.stderr
    )


def test_without_the_kernels_word_a_stick_is_seen_when_asked_for(
    box: Box, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tunings, "MOUNTS", str(box.state / "nowhere"))

    async def life(found: Tunings) -> None:
        write(box.stick, "third.scl")
        await found.look()
        assert "third" in found

    box.live(life)
    assert "a stick is seen when its tuning is asked for by name" in caplog.text
