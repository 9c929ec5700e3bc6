"""Units that need memory or time, a latch and a delay, and what each does while it runs.

A route leads through them as through any unit. For the table each is a place of its own between a source and its
destinations: messages end there as at a destination, and begin anew as from a source. So the ledger knows what a stage
holds down, and lets go of it when the stage goes: with its source, with its last destination, or with its route.
"""

from collections import deque
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from jambox.midi import messages
from jambox.midi.ground import Ground
from jambox.midi.lanes import Lane
from jambox.midi.messages import NOTE_OFF, NOTE_ON, POLY_PRESSURE
from jambox.midi.route import Parallel, Series, Unit
from jambox.midi.steps import Step

MOST = 8
"""Stages that a message passes at most."""
LONGEST = 64.0
"""Beats of a delay at most: sixteen bars of four."""
ROOM, EACH = 1 << 21, 64
"""Bytes that wait in a delay at most, and what each message counts besides its own: 30,000 notes, or several dumps of
sounds. Beyond, only what ends a note is let in."""


class Running(Protocol):
    """What a stage does with one source's messages. Times are beats that do not go back."""

    def hear(self, message: bytes, beat: float, /) -> list[bytes]:
        """Takes a whole message that came at `beat`; gives what goes on at once."""

    def due(self) -> float | None:
        """The beat at which there will be more; None when nothing waits."""

    def take(self, beat: float, /) -> list[bytes]:
        """What goes on by `beat`, in order."""


class Retuning:
    """What tunes one destination for all that is played there, a `Running`. Nothing waits in it.

    What `begin`, `tune` and `end` give is for the destination itself.
    """

    __slots__ = ()

    def begin(self, ground: Ground, /) -> list[bytes]:
        """What the destination is told first."""
        raise NotImplementedError

    def tune(self, ground: Ground, /) -> list[bytes]:
        """Goes by another ground from now on: what the destination is told at once."""
        raise NotImplementedError

    def end(self) -> list[bytes]:
        """What the destination is told last, to be as it was."""
        raise NotImplementedError

    def hear(self, message: bytes, beat: float, /) -> list[bytes]:
        """As `Running.hear`."""
        raise NotImplementedError

    def due(self) -> float | None:
        """As `Running.due`."""
        return None

    def take(self, _beat: float, /) -> list[bytes]:
        """As `Running.take`."""
        return []


class Stage(Step):
    """A unit with a memory of its own for each source. It neither chooses nor changes messages."""

    def through(self, lane: Lane) -> Lane:
        """As `Step.through`."""
        return lane

    def start(self) -> Running:
        """What it does with one source's messages, from the first on."""
        raise NotImplementedError


class Seat(NamedTuple):
    """Where a stage stands in the table: behind one source; or, if that is empty, before one destination, for all."""

    stage: Stage
    source: str
    destination: str = ""


@dataclass(frozen=True, repr=False)
class Latch(Stage):
    """Keys that are let go sound on until the next chord begins. All else passes.

    A chord is what is struck from the first key down to the last key up; the first key of the next one ends it. The
    same keys struck once more sound until they are let go, and that is the end.
    """

    def start(self) -> Running:
        """As `Stage.start`."""
        return Latched()


@dataclass(frozen=True, repr=False)
class Delay(Stage):
    """Everything comes `beats` later, above 0 to 64: beats of the box, whatever its tempo becomes meanwhile.

    A message that silences a channel (CC 120, 123 to 127) passes at once, and what waits for that channel is left out.
    """

    beats: float

    def __post_init__(self) -> None:
        if isinstance(self.beats, bool) or not isinstance(self.beats, int | float):
            raise ValueError(f"beats are {self.beats!r}: expected a number")
        if not 0.0 < self.beats <= LONGEST:
            raise ValueError(f"beats {self.beats} are out of range: allowed is above 0, up to {LONGEST:g}")

    def start(self) -> Running:
        """As `Stage.start`."""
        return Delayed(self.beats)


class Latched:
    """The chord that sounds, and the keys that are down."""

    __slots__ = ("_before", "_chord", "_down")

    def __init__(self) -> None:
        self._chord: dict[int, None] = {}
        self._before: frozenset[int] = frozenset()  # the chord before this one
        self._down: set[int] = set()

    def hear(self, message: bytes, _beat: float, /) -> list[bytes]:
        """As `Running.hear`."""
        if (channel := messages.silences(message)) is not None:
            return [*self._end({hold for hold in self._chord if hold >> 8 == channel}), message]
        if message[0] & 0xF0 not in (NOTE_ON, NOTE_OFF):
            return [message]
        hold = messages.subject(message)
        if messages.pressed(message) is not None:
            return [*self._strike(hold), message]
        self._down.discard(hold)
        return self._end(self._before) if not self._down and self._chord.keys() == self._before else []

    def due(self) -> float | None:
        """As `Running.due`."""
        return None

    def take(self, _beat: float, /) -> list[bytes]:
        """As `Running.take`."""
        return []

    def _strike(self, hold: int) -> list[bytes]:
        """A key goes down: what ends before it sounds."""
        if self._down:
            ended = self._end({hold})
        else:
            self._before = frozenset(self._chord)
            ended = self._end(self._before)
        self._down.add(hold)
        self._chord[hold] = None
        return ended

    def _end(self, holds: "set[int] | frozenset[int]") -> list[bytes]:
        """Lets go of those of `holds` that sound."""
        ended = [hold for hold in self._chord if hold in holds]
        for hold in ended:
            del self._chord[hold]
        return [messages.release(hold) for hold in ended]


class Delayed:
    """What waits, in the order in which it came."""

    __slots__ = ("_beats", "_size", "_waiting")

    def __init__(self, beats: float) -> None:
        self._beats = beats
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._size = 0

    def hear(self, message: bytes, beat: float, /) -> list[bytes]:
        """As `Running.hear`."""
        if (channel := messages.silences(message)) is not None:
            self._skip(channel)
            return [message]
        size = EACH + len(message)
        if self._size + size <= ROOM or messages.let_go(message) is not None:
            self._waiting.append((beat + self._beats, message))
            self._size += size
        return []

    def due(self) -> float | None:
        """As `Running.due`."""
        return self._waiting[0][0] if self._waiting else None

    def take(self, beat: float, /) -> list[bytes]:
        """As `Running.take`."""
        taken = []
        while self._waiting and self._waiting[0][0] <= beat:
            taken.append(self._waiting.popleft()[1])
        self._size -= sum(EACH + len(message) for message in taken)
        return taken

    def _skip(self, channel: int) -> None:
        """Leaves out the notes that wait on a channel. Not its pedals: one that is down already must go up."""
        statuses = {kind | channel for kind in (NOTE_OFF, NOTE_ON, POLY_PRESSURE)}
        self._waiting = deque(item for item in self._waiting if item[1][0] not in statuses)
        self._size = sum(EACH + len(message) for _, message in self._waiting)


def deepest(unit: Unit) -> int:
    """How many stages a message passes on its longest way through `unit`."""
    match unit:
        case Series(units):
            return sum(map(deepest, units))
        case Parallel(units):
            return max(map(deepest, units))
    return int(isinstance(unit, Stage))
