"""Who gets what the box plays: its clock and its strokes, each at its own time."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from jambox.midi.offsets import Offsets
from jambox.midi.route import Port

RHYTHM = "rhythm"
"""The source of the box's strokes for those without an offset; for others, it is one for each offset."""
RHYTHM_PORT, DRONE_PORT = "jambox:rhythm", "jambox:drone"
"""The box's own ports, on which others listen to what it plays; the latter is also the source of the drone's notes."""
Address = tuple[int, int]
"""A port on the sequencer: its client and its number there."""


@dataclass(frozen=True, slots=True)
class Players:
    """Who gets the rhythm with one offset: its notes, and its clock. `source` is who holds their notes."""

    source: str
    struck: tuple[str, ...] = ()
    led: tuple[str, ...] = ()


def seated(
    offsets: Offsets,
    destinations: Iterable[Port],
    leader: int | str | None = None,
    listeners: Collection[Address] = (),
    own: Collection[str] = (),
) -> dict[float, Players]:
    """The players by offset, in seconds.

    The instrument that is `leader` gets no clock of ours; `listeners` hear the strokes on the box's
    `own` port, and so get them there alone.
    """
    ports = tuple(destinations)
    return {
        offset: _seated(offset, [p for p in ports if offsets.at(p) == offset], leader, listeners, own)
        for offset in offsets.distinct
    }


def _seated(
    offset: float,
    ports: list[Port],
    leader: int | str | None,
    listeners: Collection[Address],
    own: Collection[str],
) -> Players:
    source = f"{RHYTHM} {offset * 1e3:+g} ms" if offset else RHYTHM
    struck = [port.identity for port in ports if (port.client, port.number) not in listeners]
    there = [name for name in own if name == RHYTHM_PORT and not offset]
    return Players(source, (*struck, *there), tuple([port.identity for port in ports if port.instrument != leader]))
