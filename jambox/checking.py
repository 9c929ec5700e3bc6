"""Whether a cycle's, drum family's, drone's or tuning's file can be used; if not, what is wrong, and where."""

from collections.abc import Mapping

from jambox.errors import DataError, JamboxError, UnknownNameError, pointed
from jambox.music.cycle import parse_cycles
from jambox.music.drone import parse_drone
from jambox.music.drums import Drums, fit, parse_drums
from jambox.music.scala import parse_map
from jambox.music.tuning import parse_tuning
from jambox.pointing import Spot, show, spot, syntax_spot
from jambox.sound.instruments import FAMILIES
from jambox.sound.instruments.drones import DRONES
from jambox.toml import read

SCALA = ("scl", "kbm")
"""What the files of scales and keyboard maps end with."""
_PARTS = {"pulses": "cycles", "groups": "cycles", "strokes": "drums", "strings": "drones"}
"""Keys that only the files of one part have."""


def check(text: str, place: str, folder: str, families: Mapping[str, Drums]) -> str:
    """What `text` describes, in a line. `place` names its file, `folder` is what the file's folder is called.

    Raises DataError, or UnknownNameError for a family or a sound that is not there, with `at` where that is known.
    """
    try:
        return _checked(text, place, _part(text, place, folder), families)
    except (DataError, UnknownNameError) as fault:
        if str(fault).startswith(place):
            raise
        raise pointed(type(fault)(f"{place}: {fault}"), fault.at) from fault


def explained(text: str, fault: JamboxError) -> str:
    """The line of `text` where the fault lies, with a caret under it; empty where that is not known."""
    match fault.at:
        case (int(line),):
            return show(text, Spot(line, 1))
    place = syntax_spot(text, str(fault))
    if place is None and fault.at:
        place = spot(text, fault.at)
    return show(text, place) if place else ""


def _checked(text: str, place: str, part: str, families: Mapping[str, Drums]) -> str:
    match part:
        case "cycles":
            cycles = parse_cycles(text, place)
            fit(cycles, families)
            strokes = sum(len(cycle.strokes) for cycle in cycles)
            return f"cycle {cycles[0].file.id}: {len(cycles)} to choose from, {strokes} strokes; nothing is wrong"
        case "drums":
            drums = parse_drums(text, place)
            _check_sounds(drums)
            return f"drum family {drums.id}: {len(drums.strokes)} strokes; nothing is wrong"
        case "scl":
            tuning = parse_tuning(text, place, "")
            notes, period = len(tuning.scale.intervals), tuning.scale.period
            return f"tuning {tuning.name}: {notes} notes, the period is {period:.3f} cents; nothing is wrong"
        case "kbm":
            found = parse_map(text, place)
            played = f"{found.size} keys a round" if found.size else "each key the degree after the one below"
            return f"keyboard map: {played}; key {found.reference} at {found.frequency:g} Hz; nothing is wrong"
        case _:
            drone = parse_drone(text, place)
            for name in drone.known():
                if name not in DRONES:
                    told = f"no instrument is called {name!r}: there are {', '.join(DRONES)}"
                    raise pointed(UnknownNameError(told), ("instrument",))
            return f"drone {drone.id}: {len(drone.strings)} strings; nothing is wrong"


def _part(text: str, place: str, folder: str) -> str:
    if (kind := place.rpartition(".")[2].lower()) in SCALA:
        return kind
    if folder in _PARTS.values():
        return folder
    found = read(text, place, DataError)
    part = next((part for key, part in _PARTS.items() if key in found), "")
    if not part:
        raise DataError(f"{place}: neither pulses, strokes nor strings: it is no cycle, drum family or drone")
    return part


def _check_sounds(drums: Drums) -> None:
    made = any(sound not in drums.files for stroke in drums.strokes.values() for sound in stroke.sounds)
    if drums.maker not in FAMILIES and (drums.instrument or (made and not drums.files)):
        told = f"no instrument is called {drums.maker!r}: there are {', '.join(FAMILIES)}"
        raise pointed(UnknownNameError(told), ("instrument",) if drums.instrument else ("id",))
    names = FAMILIES[drums.maker].names if drums.instrument or not drums.files else ()
    known = dict.fromkeys((*names, *drums.files))
    for name, stroke in drums.strokes.items():
        for number, sound in enumerate(stroke.sounds):
            if sound not in known:
                told = f"strokes.{name}.sounds[{number}]: {drums.maker} has no {sound!r}: it has {', '.join(known)}"
                raise pointed(UnknownNameError(told), ("strokes", name, "sounds", number))
