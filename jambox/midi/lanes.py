"""What becomes of the messages with one status byte: a new status, and tables for the data bytes."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from jambox.midi.ground import EQUAL, Ground
from jambox.midi.messages import (
    NOTE_OFF,
    NOTE_ON,
    POLY_PRESSURE,
    QUARTER_FRAME,
    SONG_SELECT,
    SYSEX,
    TUNE_REQUEST,
)

STATUSES = (*range(0x80, SYSEX + 1), QUARTER_FRAME, SONG_SELECT, TUNE_REQUEST)
"""The status bytes that are routed, see `messages.is_routed`."""
DROPPED = 0xFF
"""In a table of data bytes, which go to 127: such a message ends here."""
_SAME = bytes(range(128))
_EACH_SAME = (_SAME,) * 128


def table(change: Callable[[int], int | None]) -> bytes:
    """What `change` makes of each data byte, None for nothing, as `bytes.translate` takes it."""
    made = (change(byte) for byte in range(128))
    return bytes(DROPPED if byte is None else byte for byte in made) + bytes([DROPPED]) * 128


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """The way of all messages that came in with one status byte.

    They go out with `status`. `first` has the outgoing first data byte (key, controller, ...) by the incoming one;
    `second`, by the incoming first data byte, such a table for the second (velocity, value). A system message passes
    or does not, unchanged. `ground` is the box's, for those steps that ask.
    """

    status: int
    first: bytes = _SAME
    second: tuple[bytes, ...] = _EACH_SAME
    ground: Ground = EQUAL

    @property
    def kind(self) -> int:
        """The status without channel; a system message's whole."""
        return self.status if self.status >= SYSEX else self.status & 0xF0

    @property
    def channel(self) -> int | None:
        """The channel, 0 to 15; None where there is none."""
        return None if self.status >= SYSEX else self.status & 0x0F

    @property
    def has_key(self) -> bool:
        """Whether the first data byte is a key."""
        return self.kind in (NOTE_OFF, NOTE_ON, POLY_PRESSURE)

    def to(self, status: int) -> "Lane":
        """Such a lane with another status at its end."""
        return replace(self, status=status)

    def firsts(self, change: bytes) -> "Lane":
        """Such a lane with the first data bytes changed by a `table`."""
        return replace(self, first=self.first.translate(change))

    def seconds(self, change: bytes, only: int | None = None) -> "Lane":
        """Such a lane with the second data bytes changed by a `table`; if `only` is given, where the first is that."""
        made = {each: each.translate(change) for each in set(self.second)}
        chosen = zip(self.first, self.second, strict=True)
        second = tuple(made[each] if only in (None, first) else each for first, each in chosen)
        return replace(self, second=second)

    def is_plain(self, status: int) -> bool:
        """Whether messages that came in with `status` leave as they were."""
        return self.status == status and self.first == _SAME and self.second == _EACH_SAME

    def send(self, message: bytes) -> bytes | None:
        """What becomes of a whole message with this lane's incoming status; None for nothing. About 0.3 µs."""
        if self.status >= SYSEX:
            return message
        first = self.first[message[1]]
        if first == DROPPED:
            return None
        if len(message) == 2:
            return bytes((self.status, first))
        second = self.second[message[1]][message[2]]
        return None if second == DROPPED else bytes((self.status, first, second))
