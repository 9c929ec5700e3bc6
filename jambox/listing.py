"""What there is, as rows for `jambox list`: one dict each, the same keys in all rows of a list."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from jambox.columns import aligned
from jambox.config import STICKS
from jambox.midi import ports
from jambox.midi.twins import titles
from jambox.music import library, partners
from jambox.music.cycle import Cycle
from jambox.panel.controls import CONTROLS
from jambox.places import config_home
from jambox.sound import cards
from jambox.tunings import everything

Rows = list[dict[str, Any]]
NEAREST = 5
"""Partners that are shown where none is good."""
_UNDER_HEADS = ("id", "name", "pulses", "groups", "tempo", "notes", "kind", "certainty")
"""The columns of rows that stand under a tradition's name; the rest would be too wide."""


def cycles() -> Rows:
    """The cycles that can be played, each of its readings on its own; tempo in beats per minute.

    Beside what all lists of things to play tell, a row has the whole file.
    """
    return [
        {
            "id": cycle.id,
            "name": _titled(cycle),
            "tradition": file.tradition or file.region,
            "region": file.region,
            "pulses": file.pulses,
            "groups": "+".join(map(str, file.groups)),
            "tempo": file.tempo.usual,
            "certainty": file.certainty,
            "reading": cycle.reading,
            "file": msgspec.to_builtins(file),
        }
        for cycle, file in ((cycle, cycle.file) for cycle in _data().cycles.values())
    ]


def drums() -> Rows:
    """The drum families, and how many of the sounds of each are recorded."""
    return [
        {
            "id": family.id,
            "name": family.name,
            "strokes": len(family.strokes),
            "sounds": len(family.sounds),
            "recorded": len(family.files),
            "certainty": family.certainty,
        }
        for family in _data().drums.values()
    ]


def drones() -> Rows:
    """The drones that can be played."""
    return [
        {
            "id": drone.id,
            "name": " ".join((drone.name, *drone.names.values())),
            "region": drone.region,
            "strings": ", ".join(string.name for string in drone.strings),
            "strung": ", ".join(drone.strung),
            "certainty": drone.certainty,
        }
        for drone in _data().drones.values()
    ]


def tunings(sticks: Sequence[str] = STICKS) -> Rows:
    """The tunings there are, also on `sticks` (globs of folders): how many notes each has above its first, in cents.

    The period is the last; `map`: of keys.
    """
    return [
        {
            "id": tuning.id,
            "name": " ".join((tuning.name, *tuning.names.values())),
            "tradition": tuning.tradition or library.OTHERS,
            "notes": len(tuning.scale.intervals),
            "kind": tuning.kind,
            "certainty": tuning.certainty,
            "cents": [round(cents, 3) for cents in tuning.scale.cents],
            "map": tuning.map is not None,
            "sources": list(tuning.sources),
            "remarks": tuning.notes,
        }
        for tuning in everything(config_home() / "data", sticks).tunings.values()
    ]


def midi() -> Rows:
    """The MIDI instruments that are plugged in, and what means that very socket in a route.

    Raises DeviceError where the sequencer is missing.
    """
    found = ports.listed()
    shown = titles(found)
    return [{"port": shown[port.identity], "pattern": port.stable} for port in found]


def audio() -> Rows:
    """The sound cards: their ALSA names for now, and what they are known by."""
    return [
        {
            "device": card.device,
            "card": card.key,
            "kind": card.kind,
            "name": card.name,
            "plays": card.plays,
            "captures": card.captures,
        }
        for card in cards.listed()
    ]


def controls() -> Rows:
    """The panel's controls."""
    return [{"control": name, "label": control.label, "does": control.purpose} for name, control in CONTROLS.items()]


def partners_of(name: str) -> Rows:
    """The cycles that the one of that id meets, the best first, each with the reasons; tempo in beats per minute.

    Raises UnknownNameError.
    """
    found = _data()
    cycle = found.cycle(name)
    return [
        {
            "id": one.id,
            "name": _titled(found.cycles[one.id]),
            "tradition": found.cycles[one.id].file.tradition or found.cycles[one.id].file.region,
            "score": round(one.score, 3),
            "good": one.score >= partners.GOOD,
            "same_length": one.length,
            "same_grouping": one.grouping,
            "shared_onsets": one.shared,
            "onsets": one.places,
            "period": one.period,
            "tempo": round(one.tempo, 2),
            "reasons": list(one.reasons),
        }
        for one in partners.partners(cycle, found.cycles.values())
    ]


def partner_table(rows: Rows) -> str:
    """The good partners of `partners_of` for people, or, where there is none, the NEAREST."""
    good = [row for row in rows if row["good"]]
    shown = good or rows[:NEAREST]
    lines = aligned([[row["id"], row["name"], row["tradition"], ", ".join(row["reasons"])] for row in shown])
    return "\n".join(lines if good else ["none is near; the nearest are", *lines])


LISTS: dict[str, Callable[[], Rows]] = {
    "cycles": cycles,
    "drones": drones,
    "drums": drums,
    "tunings": tunings,
    "midi": midi,
    "audio": audio,
    "controls": controls,
}


def table(rows: Rows) -> str:
    """The rows for people, in columns; those that share a tradition under its name."""
    shown = [[str(row[key]) for key in (_UNDER_HEADS if "tradition" in row else row) if key in row] for row in rows]
    lines: list[str] = []
    tradition = ""
    for row, line in zip(rows, aligned(shown), strict=True):
        if row.get("tradition", "") != tradition:
            tradition = row["tradition"]
            lines.append(tradition)
        lines.append(f"  {line}" if tradition else line)
    return "\n".join(lines)


def _titled(cycle: Cycle) -> str:
    return " ".join((cycle.file.name, *cycle.file.names.values()))


def _data() -> library.Library:
    return library.load((library.SHIPPED, config_home() / "data"))
