"""What the drone sends by MIDI and when: each pluck of a string as a note, from there to the string's next.

Strings that are bent alike share a channel; so all strings are in tune at once.
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
        self._down: dict[int, tuple[int, int]] = {}  # by string: on which channel which key

    def follow(self, plan: Plucking | None) -> list[bytes]:
        """Goes on by `plan`, or stops without one. Gives what to send at once: the end of a run that this breaks off.

        A plan with another `start` than the present one's begins a new run.
        """
        ended: list[bytes] = []
        if plan is None or self._plan is None or plan.start != self._plan.start:
            ended, self._turn = self.release(), 0
        self._plan = plan
        return ended

    def due(self) -> float | None:
        """When the next pluck is heard; None when nothing is to come."""
        return None if self._plan is None else self._plan.time_at(self._turn)

    def take(self, now: float) -> list[bytes]:
        """What is due by `now`, in order. Plucks more than `LATE` behind are left out."""
        given: list[bytes] = []
        while self._plan is not None and (time := self._plan.time_at(self._turn)) <= now:
            note = self._plan.at(self._turn)
            self._turn += 1
            if note is not None and now - time <= LATE:
                given += self._struck(note)
        return given

    def release(self) -> list[bytes]:
        """The note-offs that are still to come, at once."""
        down, self._down = self._down, {}
        return [messages.note_off(*place) for place in down.values()]

    def _struck(self, note: Note) -> list[bytes]:
        channel = CHANNELS[min(note.tuned, len(CHANNELS) - 1)]
        place = channel, note.key
        ended = {string: held for string, held in self._down.items() if string == note.string or held == place}
        for string in ended:
            del self._down[string]
        self._down[note.string] = place
        before = [messages.note_off(*held) for held in ended.values()]
        return [*before, bend(channel, note.off), messages.note_on(channel, note.key, note.velocity)]
