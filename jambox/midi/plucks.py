"""What the drone sends by MIDI and when: each pluck of a string as a note, from there to the string's next.

Strings that are bent alike share a channel; so all strings are in tune at once. Where the drone is tuned otherwise
while it sounds, what is down is bent at once as far as its key and channel stay. Else it ends: what is plucked comes
with its next pluck, but what sounds on is struck anew, since nobody would hear it until its next breath.
"""

from typing import NamedTuple, Protocol

from jambox.midi import messages
from jambox.midi.pitch import bend
from jambox.midi.sync import LATE

CHANNELS = (15, 14, 13, 12, 11, 10)
"""Channels 16 to 11 of the panels: away from the players, who are mostly on the first, and from drums on the tenth."""


class Note(NamedTuple):
    """A pluck as a note: on which string, counted from 0; `off` semitones above its `key`, by the bend `tuned`.

    `tuned` counts the bends, from 0, which most strings need; those beyond the `CHANNELS` share the last one.
    """

    string: int
    key: int
    velocity: int
    off: float = 0.0
    tuned: int = 0


class Plucking(Protocol):
    """A run of the drone, as far as it is known now. Turns count its plucks from 0."""

    @property
    def start(self) -> object:
        """What tells this run from another."""

    @property
    def pitch(self) -> object:
        """What tells how this run is tuned now from how it was."""

    @property
    def steady(self) -> bool:
        """Whether strings sound on from one turn to the next, as breaths do, and do not die away."""

    def time_at(self, turn: int) -> float:
        """The monotonic second at which a pluck is to be sent."""

    def at(self, turn: int) -> Note | None:
        """A pluck; None for one that is not heard."""


class Strings:
    """Carries one run after another from pluck to pluck, through whatever Pluckings replace each other.

    Each pluck is given out once, in order, with its bend: whoever comes to listen is in tune from the next one on. Not
    thread-safe.
    """

    __slots__ = ("_down", "_plan", "_turn")

    def __init__(self) -> None:
        self._plan: Plucking | None = None
        self._turn = 0
        self._down: dict[int, tuple[int, Note]] = {}  # by string: of which turn which note sounds

    def follow(self, plan: Plucking | None) -> list[bytes]:
        """Goes on by `plan`, or stops without one. Gives what to send at once.

        That is the end of a run that this breaks off, as one does with another `start` than the present one's, or what
        a run needs that has another `pitch`.
        """
        before, self._plan = self._plan, plan
        if plan is None or before is None or plan.start != before.start:
            self._turn = 0
            return self.release()
        return [] if plan.pitch == before.pitch else self._retuned(plan)

    def due(self) -> float | None:
        """When the next pluck is heard; None when nothing is to come."""
        return None if self._plan is None else self._plan.time_at(self._turn)

    def take(self, now: float) -> list[bytes]:
        """What is due by `now`, in order. Plucks more than `LATE` behind are left out."""
        given: list[bytes] = []
        while self._plan is not None and (time := self._plan.time_at(self._turn)) <= now:
            turn, note = self._turn, self._plan.at(self._turn)
            self._turn += 1
            if note is not None and now - time <= LATE:
                given += self._struck(turn, note)
        return given

    def release(self) -> list[bytes]:
        """The note-offs that are still to come, at once."""
        down, self._down = self._down, {}
        return [messages.note_off(*_place(note)) for _, note in down.values()]

    def _retuned(self, plan: Plucking) -> list[bytes]:
        down, self._down = self._down, {}
        given: list[bytes] = []
        bends: dict[int, float] = {}
        moved: list[tuple[int, Note]] = []
        for string, (turn, before) in down.items():
            note = plan.at(turn)
            if note is not None and _place(note) == _place(before):
                self._down[string] = turn, note
                if note.off != before.off:
                    bends[_channel(note)] = note.off
                continue
            given.append(messages.note_off(*_place(before)))
            if note is not None and plan.steady:
                moved.append((turn, note))
        given += [bend(channel, off) for channel, off in bends.items()]
        for turn, note in sorted(moved):
            given += self._struck(turn, note)
        return given

    def _struck(self, turn: int, note: Note) -> list[bytes]:
        place = _place(note)
        ended = {
            string: _place(held)
            for string, (_, held) in self._down.items()
            if string == note.string or _place(held) == place
        }
        for string in ended:
            del self._down[string]
        self._down[note.string] = turn, note
        before = [messages.note_off(*held) for held in ended.values()]
        return [*before, bend(place[0], note.off), messages.note_on(*place, note.velocity)]


def _channel(note: Note) -> int:
    return CHANNELS[min(note.tuned, len(CHANNELS) - 1)]


def _place(note: Note) -> tuple[int, int]:
    """On which channel which key."""
    return _channel(note), note.key
