"""The scene and the learned bindings on disk: old or new, never broken, at whatever instant the power goes."""

import fcntl
import os
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from jambox.errors import AlreadyRunningError, StateError
from jambox.mapping import Binding
from jambox.scene import Scene

FILE, LEARNED, TUNING = "scene.json", "learned.json", "tuning.json"
T = TypeVar("T")
D = TypeVar("D")


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tuning that came on a stick, for when that is gone: its `id`, and the texts of its scale and map."""

    id: str
    scl: str
    kbm: str = ""


def save(folder: Path, scene: Scene) -> None:
    """Write the scene: a new file, flushed to the disk, then renamed over the old one, then the folder flushed.

    Raises StateError when the folder cannot be written; the old scene then stays.
    """
    _write(folder, FILE, "the scene", scene)


def load(folder: Path) -> Scene:
    """The scene last saved; the first-time scene where there is none. Raises StateError for a file that is no scene."""
    return _read(folder / FILE, "scene", Scene, Scene())


def save_learned(folder: Path, bindings: tuple[Binding, ...]) -> None:
    """Write the learned bindings, as `save` does the scene."""
    _write(folder, LEARNED, "what was learned", bindings)


def load_learned(folder: Path) -> tuple[Binding, ...]:
    """The bindings last saved; none where there are none. Raises StateError for a file that holds no bindings."""
    return _read(folder / LEARNED, "list of bindings", tuple[Binding, ...], ())


def save_tuning(folder: Path, tuning: Kept) -> None:
    """Write the tuning that came on a stick, as `save` does the scene."""
    _write(folder, TUNING, "the tuning", tuning)


def load_tuning(folder: Path) -> Kept | None:
    """The tuning last saved. Raises StateError for a file that holds none."""
    return _read(folder / TUNING, "tuning", Kept, None)


def _write(folder: Path, name: str, what: str, value: Any) -> None:
    new = folder / f"{name}.new"
    try:
        with new.open("wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(value)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(folder / name)
        _flush(folder)
    except OSError as fault:
        remedy = "make room, or let the user write there"
        raise StateError(f"{folder}: {what} cannot be saved: {fault}; {remedy}") from fault


def _read(path: Path, what: str, kind: type[T], first: D) -> T | D:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return first
    except OSError as fault:
        raise StateError(f"{path}: cannot be read: {fault}") from fault
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise StateError(f"{path}: is no {what}: {fault}; {_set_aside(path)}") from fault


def claim(folder: Path) -> int:
    """Keep `folder` for this process until the descriptor that comes back is closed; make it where it is missing.

    Raises AlreadyRunningError when another box has it, StateError when the folder cannot be used.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            raise
    except BlockingIOError as fault:
        raise AlreadyRunningError(
            f"{folder}: another box is using it: stop that one, or name another by --state"
        ) from fault
    except OSError as fault:
        raise StateError(f"{folder}: cannot keep the state there: {fault}; name another folder by --state") from fault
    return descriptor


def _set_aside(path: Path) -> str:
    # Renamed, so that nothing in it is lost when the next scene is saved.
    aside = path.with_suffix(".broken")
    try:
        path.replace(aside)
    except OSError as fault:
        return f"it cannot be set aside: {fault}"
    return f"it is kept as {aside.name}"


def _flush(folder: Path) -> None:
    # A rename is only in the folder's memory until the folder is flushed too.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
