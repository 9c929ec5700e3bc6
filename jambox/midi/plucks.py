"""What the drone sends by MIDI and when: each pluck of a string as a note, from there to the next on the same key."""

from typing import Protocol

from jambox.midi import messages
from jambox.midi.sync import LATE

CHANNEL = 15
"""Channel 16 of the panels: away from the players, who are mostly on the first, and from drums on the tenth."""
CENTRE = 8192
"""Pitch bend at rest (MIDI 1.0, table II)."""
RANGE = 2.0
"""Semitones that a bend reaches either way, as General MIDI sets it."""


class Plucking(Protocol):
    """A run of the drone, as far as it is known now. Turns count its plucks from 0."""

    @property
    def start(self) -> object:
        """What tells this run from another."""

    def time_at(self, turn: int) -> float:
        """The monotonic second at which a pluck is to be sent."""

    def at(self, turn: int) -> tuple[int, int] | None:
        """The key and velocity of a pluck; None for one that is not heard."""

    @property
    def bend(self) -> float:
        """Semitones by which the strings lie above their keys, -0.5 to 0.5."""


def bent(semitones: float) -> bytes:
    """The pitch bend for so many semitones, -RANGE to RANGE."""
    value = min(max(CENTRE + round(semitones / RANGE * CENTRE), 0), 2 * CENTRE - 1)
    return bytes([messages.BEND | CHANNEL, value & 0x7F, value >> 7])


class Strings:
    """Carries one run after another from pluck to pluck, through whatever Pluckings replace each other.

    Each pluck is given out once, in order, with its bend: whoever comes to listen is in tune from the next one on. Not
    thread-safe.
    """

    __slots__ = ("_down", "_plan", "_turn")

    def __init__(self) -> None:
        self._plan: Plucking | None = None
        self._turn = 0
        self._down: dict[int, None] = {}

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
                given += self._struck(*note, self._plan.bend)
        return given

    def release(self) -> list[bytes]:
        """The note-offs that are still to come, at once."""
        down, self._down = self._down, {}
        return [messages.note_off(CHANNEL, key) for key in down]

    def _struck(self, key: int, velocity: int, bend: float) -> list[bytes]:
        before = [messages.note_off(CHANNEL, key)] if key in self._down else []
        self._down[key] = None
        return [*before, bent(bend), messages.note_on(CHANNEL, key, velocity)]
