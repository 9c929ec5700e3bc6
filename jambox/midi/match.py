"""What a message moves (a key, a controller, a program), and which messages are kept from the routes for that."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from jambox.midi.messages import ALL_SOUND_OFF, CONTROL, NOTE_OFF, NOTE_ON, POLY_PRESSURE, PROGRAM
from jambox.midi.route import Port

HALF = 64
"""A controller that is a switch is on from this value (MIDI 1.0, table III: 0 to 63 off, 64 to 127 on)."""
COMMANDS = Port("jambox:control", 0, 0, "jambox:control", "jambox:control")
"""The box's own port, on which programs and other boxes speak to it; nothing is routed from there."""
T = TypeVar("T")
Head = tuple[int, int]
"""The first two bytes of a message: its status, and its key, controller or program."""


class Subject(NamedTuple):
    """What a message moves: `kind` is NOTE_ON, CONTROL or PROGRAM; `channel` 0 to 15; `number` 0 to 127."""

    kind: int
    channel: int
    number: int


def subject(message: bytes) -> Subject | None:
    """What a whole `message` moves; None for all but notes, controllers and programs, and for channel modes."""
    kind = message[0] & 0xF0
    if kind == NOTE_OFF:
        kind = NOTE_ON
    if kind not in (NOTE_ON, CONTROL, PROGRAM) or (kind == CONTROL and message[1] >= ALL_SOUND_OFF):
        return None
    return Subject(kind, message[0] & 0x0F, message[1])


def presses(message: bytes) -> bool:
    """Whether a whole `message` that has a subject brings it down: a note-on, a controller at HALF, a program."""
    kind = message[0] & 0xF0
    if kind == CONTROL:
        return message[2] >= HALF
    return kind == PROGRAM or (kind == NOTE_ON and message[2] > 0)


@dataclass(frozen=True, slots=True)
class Match:
    """The messages of ports that fit `port` (see `Port.fits`) which move one thing; None: on any channel."""

    port: str
    kind: int
    number: int
    channel: int | None = None

    def heads(self) -> Iterator[Head]:
        """How such messages begin; those of a key are its end and its pressure, too."""
        kinds = (NOTE_ON, NOTE_OFF, POLY_PRESSURE) if self.kind == NOTE_ON else (self.kind,)
        channels = range(16) if self.channel is None else (self.channel,)
        return ((kind | channel, self.number) for kind in kinds for channel in channels)


def matched(port: Port, matches: Iterable[tuple[Match, T]]) -> dict[Head, T]:
    """What stands beside the first of `matches` that a message of `port` fits, by the message's head."""
    found: dict[Head, T] = {}
    for match, value in matches:
        if port.fits(match.port):
            found |= {head: value for head in match.heads() if head not in found}
    return found
