"""Finds and checks the data: the shipped folder first, then the user's, each file on its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from jambox.errors import DataError, UnknownNameError
from jambox.music.cycle import Cycle, parse_cycle
from jambox.music.drone import Drone, parse_drone
from jambox.music.drums import Drums, parse_drums, score

SHIPPED = Path(__file__).parent / "data"
T = TypeVar("T")


@dataclass(frozen=True)
class Library:
    """All data by id, and one message for each file that could not be used."""

    cycles: dict[str, Cycle]
    drums: dict[str, Drums]
    drones: dict[str, Drone]
    faults: tuple[str, ...]

    def cycle(self, name: str) -> Cycle:
        """The cycle of that id. Raises UnknownNameError, listing those that exist; so do `drone` and `family`."""
        return _find(self.cycles, name, "cycle")

    def drone(self, name: str) -> Drone:
        return _find(self.drones, name, "drone")

    def family(self, name: str) -> Drums:
        return _find(self.drums, name, "drum family")


def load(folders: Iterable[Path] = (SHIPPED,)) -> Library:
    """Read every `cycles/*.toml`, `drums/*.toml` and `drones/*.toml`; a later folder's file replaces the same id.

    A file that is wrong is left out and explained in `faults`; the rest is loaded. A cycle is wrong, too, when its drum
    family, which a later folder may have replaced, lacks one of its strokes.
    """
    folders = tuple(folders)
    faults: list[str] = []
    drums = {family.id: family for _, family in _read(folders, "drums", parse_drums, faults)}
    drones = {drone.id: drone for _, drone in _read(folders, "drones", parse_drone, faults)}
    cycles: dict[str, Cycle] = {}
    for path, cycle in _read(folders, "cycles", parse_cycle, faults):
        try:
            score(cycle, _find(drums, cycle.file.drums, "drum family"), {})
        except (DataError, UnknownNameError) as fault:
            faults.append(f"{path}: {fault}")
        else:
            cycles[cycle.file.id] = cycle
    return Library(cycles, drums, drones, tuple(faults))


def _read(
    folders: tuple[Path, ...], part: str, parse: Callable[[str, str], T], faults: list[str]
) -> list[tuple[Path, T]]:
    found = []
    for path in (path for folder in folders for path in sorted((folder / part).glob("*.toml"))):
        try:
            found.append((path, parse(path.read_text(encoding="utf-8"), str(path))))
        except (DataError, OSError, UnicodeDecodeError) as fault:
            faults.append(str(fault) if isinstance(fault, DataError) else f"{path}: {fault}")
    return found


def _find(table: dict[str, T], name: str, kind: str) -> T:
    if name not in table:
        raise UnknownNameError(f"no {kind} is called {name!r}: there are {', '.join(sorted(table))}")
    return table[name]
