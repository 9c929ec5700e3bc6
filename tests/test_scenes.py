"""The scene on disk: the same after a round trip, and after a fault at any step still the old one."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox import scenes
from jambox.errors import AlreadyRunningError, StateError
from jambox.mapping import Binding
from jambox.reference import Reference
from jambox.rounds import Lock
from jambox.scene import HIGHEST_TONIC, LOUDEST, LOWEST_TONIC, SILENCE, Scene
from jambox.seating import Seat

LEVELS = st.floats(SILENCE, LOUDEST)
SCENES = st.builds(
    Scene,
    volume=LEVELS,
    inputs=LEVELS,
    drone_level=LEVELS,
    rhythm_level=LEVELS,
    drone_on=st.booleans(),
    drone=st.text(),
    tonic=st.floats(LOWEST_TONIC, HIGHEST_TONIC),
    tuning=st.text(),
    strings=st.text(),
    round=st.sampled_from(Lock),
    reference=st.builds(Reference, st.floats(400.0, 480.0), st.text(), st.text()),
    cycle=st.text(),
    tempo=st.floats(20, 400),
    mixer=st.dictionaries(st.text(), st.floats(-100.0, 20000.0), max_size=4),
)
OLD, NEW = Scene(cycle="old", tempo=80.0), Scene(cycle="new", tempo=120.0)


class PowerCutError(Exception):
    """Nothing after this happens."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@given(scene=SCENES)
def test_a_scene_comes_back_as_it_was(folder: Path, scene: Scene) -> None:
    scenes.save(folder, scene)
    assert scenes.load(folder) == scene
    assert not (folder / "scene.json.new").exists()


def test_the_first_time_there_is_a_scene_too(tmp_path: Path) -> None:
    assert scenes.load(tmp_path) == scenes.load(tmp_path / "not" / "there") == Scene()


def test_a_scene_from_before_rounds_could_be_locked_has_free_ones(tmp_path: Path) -> None:
    (tmp_path / "scene.json").write_text('{"drone": "othu", "strings": "ma", "tempo": 80.0}')
    assert scenes.load(tmp_path) == Scene(drone="othu", strings="ma", tempo=80.0, round=Lock.FREE)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("open", OLD),
        ("write", OLD),
        ("fsync", OLD),
        ("replace", OLD),
        ("flush", NEW),
    ],
)
def test_the_scene_is_old_or_new_wherever_the_power_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, expected: Scene
) -> None:
    scenes.save(tmp_path, OLD)

    def cut(*_words: Any, **_options: Any) -> Any:
        raise PowerCutError

    places: dict[str, tuple[Any, str]] = {
        "open": (Path, "open"),
        "write": (msgspec.json, "format"),
        "fsync": (os, "fsync"),
        "replace": (Path, "replace"),
        "flush": (scenes, "_flush"),
    }
    with monkeypatch.context() as patch:
        patch.setattr(*places[step], cut)
        with pytest.raises(PowerCutError):
            scenes.save(tmp_path, NEW)
    assert scenes.load(tmp_path) == expected
    scenes.save(tmp_path, NEW)
    assert scenes.load(tmp_path) == NEW


def test_what_was_learned_is_old_or_new_and_no_part_of_the_scene(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (Binding(cc=64, press="tap"),), (Binding(port="Pads", note="C2", turn="style", steps=1),)
    scenes.save(tmp_path, OLD)
    assert scenes.load_learned(tmp_path) == ()
    scenes.save_learned(tmp_path, old)

    def cut(*_words: Any) -> Any:
        raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", cut)
        with pytest.raises(PowerCutError):
            scenes.save_learned(tmp_path, new)
    assert scenes.load_learned(tmp_path) == old
    scenes.save_learned(tmp_path, new)
    assert scenes.load_learned(tmp_path) == new
    assert scenes.load(tmp_path) == OLD


@pytest.mark.parametrize("data", [b"", b"{}", b'[{"cc": 1}]', b'[{"cc": 300, "press": "tap"}]', b'[{"colour": 1}]'])
def test_broken_lessons_are_told_of_and_set_aside(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "learned.json").write_bytes(data)
    with pytest.raises(StateError, match=r"learned\.json: is no list of bindings: .*; it is kept as learned\.broken$"):
        scenes.load_learned(tmp_path)
    assert (tmp_path / "learned.broken").read_bytes() == data
    assert scenes.load_learned(tmp_path) == ()


def test_the_file_is_on_the_disk_before_its_name_and_the_name_before_save_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def flushed(descriptor: int) -> None:
        steps.append(f"flush {Path(os.readlink(f'/proc/self/fd/{descriptor}')).name}")
        fsync(descriptor)

    def renamed(path: Path, target: Path) -> Path:
        steps.append(f"rename {path.name} {target.name}")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(Path, "replace", renamed)
    scenes.save(tmp_path, NEW)
    assert steps == ["flush scene.json.new", "rename scene.json.new scene.json", f"flush {tmp_path.name}"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 512,
        b'{"volume": -12.0',
        b"[]",
        b"null",
        b'{"volume": 7.0}',
        b'{"tonic": 10.0}',
        b'{"tempo": NaN}',
        b'{"colour": "red"}',
        b'{"cycle": "\xff"}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_a_broken_file_is_told_of_and_set_aside(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "scene.json").write_bytes(data)
    with pytest.raises(StateError, match=r"scene\.json: is no scene: .*; it is kept as scene\.broken$"):
        scenes.load(tmp_path)
    assert (tmp_path / "scene.broken").read_bytes() == data
    assert scenes.load(tmp_path) == Scene()


@given(st.binary())
def test_any_bytes_are_a_scene_or_a_state_error(folder: Path, data: bytes) -> None:
    (folder / "scene.json").write_bytes(data)
    with suppress(StateError):
        assert isinstance(scenes.load(folder), Scene)


def test_a_broken_file_that_cannot_be_set_aside_is_a_state_error_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path, _target: Path) -> Path:
        raise OSError(30, "Read-only file system")

    (tmp_path / "scene.json").write_bytes(b"{")
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(StateError, match=r"cannot be set aside: .*Read-only"):
        scenes.load(tmp_path)


def test_a_scene_that_cannot_be_read_is_a_state_error(tmp_path: Path) -> None:
    (tmp_path / "scene.json").mkdir()
    with pytest.raises(StateError, match=r"scene\.json: cannot be read: "):
        scenes.load(tmp_path)


def test_a_full_disk_keeps_the_old_scene(tmp_path: Path) -> None:
    scenes.save(tmp_path, OLD)
    # The kernel's device that is always full: opening works, flushing does not.
    (tmp_path / "scene.json.new").symlink_to("/dev/full")
    with pytest.raises(StateError, match=f"^{tmp_path}: the scene cannot be saved: .*No space left.*; make room"):
        scenes.save(tmp_path, NEW)
    assert scenes.load(tmp_path) == OLD


def test_a_folder_that_is_none_cannot_be_saved_to(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="the scene cannot be saved"):
        scenes.save(tmp_path / "gone", NEW)


def test_a_folder_is_claimed_by_one_box_at_a_time(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "for" / "it"
    claim = scenes.claim(folder)
    with pytest.raises(AlreadyRunningError, match=f"^{folder}: another box is using it: .*--state$"):
        scenes.claim(folder)
    os.close(claim)
    os.close(scenes.claim(folder))


def test_a_claim_is_not_inherited_by_the_engine(tmp_path: Path) -> None:
    claim = scenes.claim(tmp_path)
    assert not os.get_inheritable(claim)
    os.close(claim)


def test_a_folder_that_cannot_be_made_is_a_state_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match=r"cannot keep the state there: .*; name another folder by --state$"):
        scenes.claim(tmp_path / "file" / "state")


def test_refused_claims_leak_no_descriptor(tmp_path: Path) -> None:
    claim = scenes.claim(tmp_path)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        with pytest.raises(AlreadyRunningError):
            scenes.claim(tmp_path)
    assert len(os.listdir("/proc/self/fd")) == before
    os.close(claim)


def test_a_scene_of_before_cards_had_seats_loads_and_one_with_them_comes_back(tmp_path: Path) -> None:
    (tmp_path / "scene.json").write_text('{"mixer": {"strip3.trim": 3.0}}')
    assert scenes.load(tmp_path) == Scene(mixer={"strip3.trim": 3.0})
    scene = Scene(seats=(Seat("USB@usb-x-1", 2, 2),), kept={"HAT": {"strip1.trim": 1.0}})
    scenes.save(tmp_path, scene)
    assert scenes.load(tmp_path) == scene
