"""What a box remembers: loaded at the start, saved a moment after each change, and told of when it cannot be."""

import asyncio
import os
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from jambox import memory, scenes
from jambox.errors import AlreadyRunningError, StateError
from jambox.mapping import Binding
from jambox.memory import Memory
from jambox.scene import Scene

LOUD, QUIET = Scene(volume=0.0), Scene(volume=-30.0)


def same(scene: Scene) -> Scene:
    return scene


def lived(folder: Path, life: Callable[[Memory], None]) -> None:
    async def run() -> None:
        kept = Memory(folder, same)
        try:
            life(kept)
        finally:
            kept.close()

    asyncio.run(run())


def test_what_was_noted_is_there_the_next_time(tmp_path: Path) -> None:
    def life(kept: Memory) -> None:
        kept.note(LOUD)
        kept.note(QUIET)

    lived(tmp_path, life)
    assert scenes.load(tmp_path) == QUIET
    lived(tmp_path, lambda kept: pytest.fail("another") if kept.scene != QUIET else None)


def test_what_was_never_changed_is_never_written(tmp_path: Path) -> None:
    lived(tmp_path, lambda kept: kept.note(Scene()))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock"]


def test_the_tuning_of_a_scene_is_kept_before_it(tmp_path: Path) -> None:
    third = scenes.Kept("third", "x\n0\n")

    async def run() -> None:
        kept = Memory(tmp_path, same, lambda name: third if name == third.id else None)
        kept.note(Scene(tuning="edo12"))
        kept.close()
        assert scenes.load_tuning(tmp_path) is None
        kept = Memory(tmp_path, same, lambda name: third if name == third.id else None)
        (tmp_path / "tuning.json.new").mkdir()
        kept.note(Scene(tuning="third"))
        kept.close()
        assert scenes.load(tmp_path).tuning == "edo12"
        assert "the tuning cannot be saved" in kept.fault
        (tmp_path / "tuning.json.new").rmdir()
        kept = Memory(tmp_path, same, lambda name: third if name == third.id else None)
        kept.note(Scene(tuning="third"))
        kept.close()

    asyncio.run(run())
    assert scenes.load(tmp_path).tuning == "third"
    assert scenes.load_tuning(tmp_path) == third


LEARNED = (Binding(port="Pads", note="C2", channel=10, press="rhythm"),)


def test_what_was_learned_is_there_the_next_time(tmp_path: Path) -> None:
    def life(kept: Memory) -> None:
        assert kept.learned == ()
        kept.learn((Binding(cc=1, press="tap"),))
        kept.learn(LEARNED)

    lived(tmp_path, life)
    assert scenes.load_learned(tmp_path) == LEARNED
    assert not (tmp_path / "scene.json").exists()
    lived(tmp_path, lambda kept: pytest.fail("another") if kept.learned != LEARNED else None)


def test_what_was_learned_is_saved_while_the_box_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "SAVE_AFTER", 0.01)

    async def run() -> None:
        kept = Memory(tmp_path, same)
        kept.learn(LEARNED)
        async with asyncio.timeout(10.0):
            while scenes.load_learned(tmp_path) != LEARNED:
                await asyncio.sleep(0.001)
        kept.close()

    asyncio.run(run())


def test_broken_lessons_are_set_aside_and_leave_the_scene_alone(tmp_path: Path) -> None:
    scenes.save(tmp_path, LOUD)
    (tmp_path / "learned.json").write_text('[{"cc": 1}]')
    kept = Memory(tmp_path, same)
    assert (kept.scene, kept.learned, kept.fault) == (LOUD, (), "")
    assert (tmp_path / "learned.broken").exists()
    kept.close()


def test_it_is_saved_while_the_box_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "SAVE_AFTER", 0.01)

    async def run() -> None:
        kept = Memory(tmp_path, same)
        for scene in (LOUD, QUIET):
            kept.note(scene)
            async with asyncio.timeout(10.0):
                while not (tmp_path / "scene.json").exists() or scenes.load(tmp_path) != scene:
                    await asyncio.sleep(0.001)
        kept.close()

    asyncio.run(run())


def test_two_saves_never_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last save waits for one that a slow disk is still at."""
    monkeypatch.setattr(memory, "SAVE_AFTER", 0.0)
    under_way, may = threading.Event(), threading.Event()
    at_once: list[int] = []
    working: list[None] = []
    save = scenes.save

    def slow(folder: Path, scene: Scene) -> None:
        working.append(None)
        at_once.append(len(working))
        under_way.set()
        assert may.wait(10.0)
        save(folder, scene)
        working.pop()

    async def run() -> None:
        kept = Memory(tmp_path, same)
        kept.note(LOUD)
        await asyncio.to_thread(under_way.wait, 10.0)
        kept.note(QUIET)
        asyncio.get_running_loop().run_in_executor(None, may.set)
        kept.close()

    monkeypatch.setattr(scenes, "save", slow)
    asyncio.run(run())
    assert set(at_once) == {1}
    assert scenes.load(tmp_path) == QUIET


def test_a_disk_that_refuses_is_a_fault_until_it_takes_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Memory(tmp_path, same)

    def full(_folder: Path, _scene: Scene) -> None:
        raise StateError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(scenes, "save", full)
        kept.scene = LOUD
        kept._save()
        assert kept.fault == "no room"
    kept._save()
    assert kept.fault == ""
    kept.close()
    assert scenes.load(tmp_path) == LOUD


def test_a_folder_that_cannot_be_used_costs_the_memory_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = Memory(tmp_path / "file", same)
    assert kept.scene == Scene()
    assert "cannot keep the state there" in kept.fault
    kept.scene = LOUD
    kept.close()
    assert (tmp_path / "file").read_text() == ""


def test_a_broken_scene_is_set_aside_and_no_lasting_fault(tmp_path: Path) -> None:
    (tmp_path / "scene.json").write_text("{")
    kept = Memory(tmp_path, same)
    assert (kept.scene, kept.fault) == (Scene(), "")
    assert (tmp_path / "scene.broken").exists()
    kept.close()


def test_a_scene_is_mended_and_what_is_on_disk_stays_until_something_changes(tmp_path: Path) -> None:
    saved = Scene(cycle="gone", volume=-3.0)
    scenes.save(tmp_path, saved)
    kept = Memory(tmp_path, lambda scene: msgspec.structs.replace(scene, cycle="teental"))
    assert kept.scene == Scene(volume=-3.0)
    kept.close()
    assert scenes.load(tmp_path) == saved


def test_the_folder_is_free_again_at_the_end(tmp_path: Path) -> None:
    kept = Memory(tmp_path, same)
    with pytest.raises(AlreadyRunningError):
        Memory(tmp_path, same)
    kept.close()
    os.close(scenes.claim(tmp_path))
