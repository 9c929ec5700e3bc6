"""Finds and checks the data: the shipped folder first, then the user's, each file on its own."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import msgspec

from jambox.errors import DataError, UnknownNameError, pointed
from jambox.music.certainty import SURE
from jambox.music.cycle import Cycle, parse_cycles
from jambox.music.drone import Drone, parse_drone, strung
from jambox.music.drums import Drums, fit, named, parse_drums
from jambox.music.scala import LARGEST, parse_map, text_of
from jambox.music.tuning import Tuning, parse_tuning, tuned
from jambox.units import Bpm

SHIPPED = Path(__file__).parent / "data"
OTHERS = "others"
"""What stands for the tradition of a tuning that tells none."""
MANY = 500
"""Tunings that are read from one folder: more than anybody turns through, and soon read."""
FEW = ("just5", "edo12", "pyth12", "rast-24", "tr-ussak", "shur", "sl-av", "pl-av")
"""A few tunings that are far apart, and whose sources no other contradicts: pure, as keyboards are, in pure fifths,
Arab, Turkish, Persian, slendro and pelog."""
T = TypeVar("T")


@dataclass(frozen=True)
class Library:
    """All data by id, and one message for each file that could not be used.

    A cycle of which sources give several readings is there once for each. Cycles and tunings stand tradition by
    tradition. `absent` are drum families whose recordings are not installed, by id, each with what to do about it.
    """

    cycles: dict[str, Cycle]
    drums: dict[str, Drums]
    drones: dict[str, Drone]
    faults: tuple[str, ...]
    tunings: Mapping[str, Tuning] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)

    def style(self, wished: Iterable[str] = ()) -> tuple[dict[str, Bpm], tuple[str, ...]]:
        """The cycles that STYLE turns through, with their usual tempos; a line for each wished one that is not there.

        Without wishes, they are those with a source that no other contradicts, each in its first reading.
        """
        wished = tuple(wished) or tuple(
            name for name, cycle in self.cycles.items() if name == cycle.file.id and cycle.file.certainty in SURE
        )
        missing = [name for name in wished if name not in self.cycles]
        told = tuple(f"style: no cycle is called {name!r}: see `jambox list cycles`" for name in missing)
        return {name: self.cycles[name].tempo for name in wished if name in self.cycles}, told

    def chosen(self, wished: Mapping[str, str]) -> tuple["Library", tuple[str, ...]]:
        """With the families that are `wished` in the place of others, by their ids; a line for each that cannot be.

        Who takes a family's place must know all of its strokes.
        """
        drums, told = dict(self.drums), []
        for place, name in wished.items():
            try:
                lacking = self.family(place).strokes.keys() - self.family(name).strokes.keys()
            except UnknownNameError as fault:
                told.append(f"drums.{place}: {fault}")
                continue
            if lacking:
                lacks = f"{name!r} does not know {', '.join(sorted(lacking))}"
                told.append(f"drums.{place}: {lacks}: take a kit by `jambox kit KIT --for {place} --id {name}`")
            else:
                drums[place] = self.drums[name]
        return replace(self, drums=drums), tuple(told)

    def cycle(self, name: str) -> Cycle:
        """The cycle of that id. Raises UnknownNameError, listing those that exist; so do the next three."""
        return named(self.cycles, name, "cycle")

    def drone(self, name: str) -> Drone:
        return named(self.drones, name, "drone")

    def family(self, name: str) -> Drums:
        if name in self.absent:
            raise UnknownNameError(self.absent[name])
        return named(self.drums, name, "drum family")

    def tuning(self, name: str) -> Tuning:
        return named(self.tunings, name, "tuning")

    def tuned(self, drone: str, tuning: str, strings: str = "") -> Drone:
        """The drone with those strings, see `strung`, in that tuning. Raises UnknownNameError, DataError."""
        return tuned(strung(self.drone(drone), strings), self.tuning(tuning))


def load(folders: Iterable[Path] = (SHIPPED,)) -> Library:
    """Read every `cycles/*.toml`, `drums/*.toml`, `drones/*.toml` and `tunings/*.scl`, with the `.kbm` beside it.

    A later folder's file replaces the same id; a tuning's is its file's name.

    A file that is wrong is left out and explained in `faults`; the rest is loaded. A cycle is wrong, too, when its drum
    family, which a later folder may have replaced, lacks one of its strokes. A family whose package is not installed is
    no fault, but `absent`.
    """
    folders = tuple(folders)
    faults: list[str] = []
    drums, absent = _families(folders, faults)
    drones = {drone.id: drone for _, drone in _read(folders, "drones", parse_drone, faults)}
    found: dict[str, tuple[Cycle, ...]] = {}
    for path, cycles in _read(folders, "cycles", parse_cycles, faults):
        try:
            fit(cycles, drums)
        except (DataError, UnknownNameError) as fault:
            faults.append(f"{path}: {absent.get(cycles[0].file.drums, fault)}")
        else:
            found[cycles[0].file.id] = cycles
    kept = [cycle for cycles in found.values() for cycle in cycles]
    kept.sort(key=lambda cycle: cycle.file.tradition or cycle.file.region)
    tunings = {tuning.id: tuning for folder in folders for tuning in tunings_in(folder / "tunings", faults)}
    return Library({cycle.id: cycle for cycle in kept}, drums, drones, tuple(faults), by_tradition(tunings), absent)


def by_tradition(tunings: Mapping[str, Tuning]) -> dict[str, Tuning]:
    """The tunings, tradition by tradition."""
    return dict(sorted(tunings.items(), key=lambda item: item[1].tradition or OTHERS))


def read_scala(path: Path) -> str:
    """The text of a scale's or map's file. Raises DataError, soon, for one that is too large or no text; OSError."""
    if path.exists() and not path.is_file():
        raise DataError(f"{shown(path)}: it is no file: a scale is written in one")  # a pipe would never end
    with path.open("rb") as file:
        return text_of(file.read(LARGEST + 1), shown(path))


def tunings_in(folder: Path, faults: list[str], many: int = MANY) -> Iterator[Tuning]:
    """The tunings in a folder's `.scl` files, each with the map of the same name; nothing where there is no folder.

    What cannot be used is left out and explained in `faults`; so are those beyond `many`. Hidden files are passed by:
    computers leave such behind on sticks. Upper case is as lower case in what a name ends with.
    """
    try:
        names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as fault:
        faults.append(_explained(folder, fault))
        return
    maps = _maps(names)
    scales = [name for name in names if name.lower().endswith(".scl")]
    if len(scales) > many:
        faults.append(f"{shown(folder)}: more than {many} tunings: those from {shown(scales[many])} on are left out")
    for name in scales[:many]:
        beside = maps.get(name[:-4])
        try:
            yield read_tuning(folder / name, folder / beside if beside else None)
        except (DataError, OSError) as fault:
            faults.append(_explained(folder / name, fault))


def map_beside(scale: Path) -> Path | None:
    """The map that belongs to a scale's file, as `tunings_in` has it; None where there is none."""
    try:
        maps = _maps(sorted(each.name for each in scale.parent.iterdir()))
    except OSError:
        return None
    found = maps.get(scale.name[:-4]) if scale.suffix.lower() == ".scl" else None
    return scale.with_name(found) if found else None


def _maps(names: Iterable[str]) -> dict[str, str]:
    """The names of maps, by those of their scales, without what they end with."""
    return {name[:-4]: name for name in names if name.lower().endswith(".kbm")}


def read_tuning(path: Path, beside: Path | None = None) -> Tuning:
    """The tuning in that file, with the map in the one `beside` it. Raises DataError, OSError."""
    if not path.name.isprintable():
        raise DataError(f"{shown(path)}: its name is no text in UTF-8: give it another")
    tuning = parse_tuning(read_scala(path), shown(path), path.stem)
    if beside is None:
        return tuning
    return msgspec.structs.replace(tuning, map=parse_map(read_scala(beside), shown(beside)))


def _explained(path: Path, fault: DataError | OSError) -> str:
    return str(fault) if isinstance(fault, DataError) else f"{shown(path)}: {fault.strerror or fault}"


def shown(path: Path | str) -> str:
    """The path, with what no name should have in it replaced: bytes that are no UTF-8, and what moves a cursor."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in str(path))


def unheard(text: str, path: Path) -> list[DataError]:
    """What is wrong with the recordings of a drum family, whose file at `path` has the `text`. None, of other files."""
    try:
        family = parse_drums(text, str(path))
    except DataError:
        return []
    home = path.absolute().parent
    if told := _missing(family, home):
        return [pointed(DataError(f"{path}: {told}"), ("samples",))]
    return [pointed(DataError(f"{path}: {fault}"), fault.at) for fault in _brought(family, home)[1]]


def _families(folders: tuple[Path, ...], faults: list[str]) -> tuple[dict[str, Drums], dict[str, str]]:
    """The drum families, and those that are absent."""
    drums: dict[str, Drums] = {}
    absent: dict[str, str] = {}
    for path, family in _read(folders, "drums", parse_drums, faults):
        if told := _missing(family, path.parent):
            absent[family.id] = told
            drums.pop(family.id, None)
        else:
            absent.pop(family.id, None)
            drums[family.id], wrong = _brought(family, path.parent)
            faults += [f"{path}: {fault}" for fault in wrong]
    return drums, absent


def _missing(family: Drums, home: Path) -> str:
    """What to do where the package with the family's recordings is not installed; empty where nothing is."""
    if not family.package or (home / Path(family.samples).expanduser()).is_dir():
        return ""
    return f"{family.id} is recorded, and {family.samples} is not there: sudo apt install {family.package}"


def _brought(family: Drums, folder: Path) -> tuple[Drums, list[DataError]]:
    if not family.files and not family.samples:
        return family, []
    # Who has no recordings need not wait for what reads them.
    from jambox.music.recorded import brought

    return brought(family, folder)


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
