"""The house is as its map says: every file is on it, pure files are pure, and imports keep to their folders.

The map is the part of jambox's docstring that begins with the line `jambox/`. Two spaces further in stand its files and
folders, a folder's own two further; `★` after the name marks a file that touches the world, `♪` one that runs in the
engine's process. A folder with nothing beneath it on the map stands for all its files, with its marks.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import jambox

ROOT = Path(jambox.__file__).parent
FOUNDATION = {
    "errors.py",
    "units.py",
    "timeline.py",
    "rounds.py",
    "frameclock.py",
    "taps.py",
    "actions.py",
    "variation.py",
    "effects.py",
    "state.py",
    "seating.py",
    "toml.py",
}
TOP = {"", "cli"}
PARTS = {"midi", "music", "sound", "panel"}
USES = {("sound", "music")}
"""The one part that may use another: what the engine plays is a Score."""
WORLD = {
    *("alsaaudio", "gpiod", "gpiozero", "lgpio", "link", "rtmidi"),
    *("logging", "mmap", "os", "pathlib"),
    *("asyncio", "multiprocessing", "select", "signal", "socket", "subprocess", "threading"),
    *("ctypes", "random", "time"),
}
"""What only ★ files may import: devices; files; processes, threads and their talk; foreign code, chance, clocks."""
LINE = re.compile(r"( *)([\w.]+(?:\.py|/))((?: +[★♪])*)(?: .*)?")


class Import(NamedTuple):
    """`file` imports `module`; `target` is the house's file of that module, or None for one from elsewhere."""

    file: str
    line: int
    module: str
    target: str | None

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


def read_map(text: str) -> dict[str, str]:
    """Each file, or folder that stands for its files, by its path below the root: its marks."""
    lines = [match for line in text.splitlines() if (match := LINE.fullmatch(line))]
    start = next(i for i, line in enumerate(lines) if line[2] == "jambox/")
    entries: dict[str, str] = {}
    folder = ""
    for line in lines[start + 1 :]:
        depth = (len(line[1]) - len(lines[start][1])) // 2
        path = line[2] if depth == 1 else folder + line[2]
        if depth == 2:
            entries.pop(folder, None)
        elif depth == 1 and path.endswith("/"):
            folder = path
        entries[path] = line[3].replace(" ", "")
    return entries


def house(entries: dict[str, str]) -> dict[str, str]:
    """Each file of the house that is on the map: its marks. Packages' `__init__.py` are there, unmarked, anyway."""
    marks = {}
    for path in sorted(ROOT.rglob("*.py")):
        file = path.relative_to(ROOT).as_posix()
        covering = (entry for entry in entries if file == entry or (entry.endswith("/") and file.startswith(entry)))
        if (entry := next(covering, None)) is not None:
            marks[file] = entries[entry]
        elif path.name == "__init__.py":
            marks[file] = ""
    return marks


def imports_of(file: str, text: str, files: set[str]) -> list[Import]:
    """All imports of a file, those inside functions too."""
    found = []
    for node in _statements(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [Import(file, node.lineno, name.name, _target(name.name, files)) for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = ["jambox", *file.split("/")[: -node.level]] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            for name in node.names:
                below = f"{module}.{name.name}"
                inner = _target(below, files)
                # A name that is no file of its own comes from the module itself.
                found.append(Import(file, node.lineno, below if inner else module, inner or _target(module, files)))
    return found


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Every statement below a node; expressions, in which nothing is imported, are passed over."""
    for below in ast.iter_child_nodes(node):
        if not isinstance(below, ast.expr):
            yield below
            yield from _statements(below)


def _target(module: str, files: set[str]) -> str | None:
    if module.split(".")[0] != "jambox":
        return None
    path = "/".join(module.split(".")[1:])
    return next((file for file in (f"{path}.py", f"{path}/__init__.py".lstrip("/")) if file in files), None)


def part(file: str) -> str:
    """The folder at the top level in which a file stands; empty for a file of the top level."""
    return file.split("/")[0] if "/" in file else ""


MAP = read_map(jambox.__doc__ or "")
MARKS = house(MAP)
PURE = {file for file, marks in MARKS.items() if "★" not in marks}
IMPORTS = [one for file in MARKS for one in imports_of(file, (ROOT / file).read_text(encoding="utf-8"), set(MARKS))]


def check(faults: list[str], law: str) -> None:
    assert not faults, f"{law}:\n" + "\n".join(f"  {fault}" for fault in sorted(faults))


def test_every_file_is_on_the_map() -> None:
    there = {path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py")}
    check(sorted(there - MARKS.keys()), "files that the map in jambox/__init__.py lacks")


def test_everything_on_the_map_is_there() -> None:
    check([path for path in MAP if not (ROOT / path).exists()], "on the map in jambox/__init__.py, but not there")


def test_pure_files_do_not_touch_the_world() -> None:
    faults = [f"{one}" for one in IMPORTS if one.file in PURE and one.module.split(".")[0] in WORLD]
    check(faults, "files without ★ on the map do without devices, files, threads, clocks and processes")


def test_pure_files_import_no_file_that_touches_the_world() -> None:
    faults = [f"{one}, a ★ file" for one in IMPORTS if one.file in PURE and one.target and one.target not in PURE]
    check(faults, "files without ★ on the map import none with ★")


def test_parts_do_not_import_each_other() -> None:
    pairs = [(one, (part(one.file), part(one.target))) for one in IMPORTS if one.target is not None]
    faults = [f"{one}" for one, pair in pairs if set(pair) <= PARTS and pair[0] != pair[1] and pair not in USES]
    check(faults, "midi/, music/, sound/ and panel/ do not import each other, save that sound/ uses music/")


def test_only_the_top_level_joins_files_that_touch_the_world() -> None:
    faults = [
        f"{one}, a ★ file of another folder"
        for one in IMPORTS
        if one.target and one.target not in PURE and part(one.target) not in ("", part(one.file))
        if part(one.file) not in TOP
    ]
    check(faults, "only ★ files of the top level, and the commands, import ★ files of folders")


def test_the_foundation_imports_no_part() -> None:
    assert MARKS.keys() >= FOUNDATION
    faults = [f"{one}" for one in IMPORTS if one.file in FOUNDATION and one.target and part(one.target)]
    check(faults, "the foundation stands below all folders")


def test_coverage_leaves_out_what_touches_the_world_and_nothing_else() -> None:
    settings = tomllib.loads((ROOT.parent / "pyproject.toml").read_text(encoding="utf-8"))
    omitted = settings["tool"]["coverage"]["run"]["omit"]
    assert omitted == sorted(f"jambox/{file}" for file in MARKS.keys() - PURE)


def test_a_map_is_read() -> None:
    text = """A house with a box.py ─> and more.

        jambox/
          errors.py     the tree
          midi/
            ports.py  ★ rtmidi ports
          sound/        what sounds
            shared.py ★ ♪ shared memory, see errors.py
            drums/    ♪ pure functions
          take/       ★
          __main__.py ★ the command line

    Imports run downward only: midi/ never
    """
    assert read_map(text) == {
        "errors.py": "",
        "midi/ports.py": "★",
        "sound/shared.py": "★♪",
        "sound/drums/": "♪",
        "take/": "★",
        "__main__.py": "★",
    }


def test_imports_are_found_wherever_they_stand() -> None:
    text = """
import os.path, jambox.box
from jambox import units
from jambox.midi import ports, Name
def late():
    from jambox.midi.ports import Port
    from . import held
    from .. import box
    from ..units import Bpm
"""
    files = {"__init__.py", "box.py", "units.py", "midi/__init__.py", "midi/ports.py", "midi/held.py"}
    assert [(one.module, one.target) for one in imports_of("midi/route.py", text, files)] == [
        ("os.path", None),
        ("jambox.box", "box.py"),
        ("jambox.units", "units.py"),
        ("jambox.midi.ports", "midi/ports.py"),
        ("jambox.midi", "midi/__init__.py"),
        ("jambox.midi.ports", "midi/ports.py"),
        ("jambox.midi.held", "midi/held.py"),
        ("jambox.box", "box.py"),
        ("jambox.units", "units.py"),
    ]
