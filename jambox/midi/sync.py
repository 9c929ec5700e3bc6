"""What the rhythm sends by MIDI and when: clock at 24 per beat, Start and Stop, and its hits as notes.

Positions are integers, `GRAINS` to the beat, so that ticks and hits neither drift nor get lost when tempo, pattern or
clock estimate change on the way: only a position's time is computed from floats, each time anew.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from jambox.frameclock import FrameClock
from jambox.midi import messages
from jambox.timeline import Timeline

PPQN = 24
"""MIDI clocks per beat (MIDI 1.0: F8 is sent 24 times per quarter note)."""
GRAINS = PPQN * 27_720
"""Positions per beat. 27,720 is the least common multiple of 1 to 12: such divisions of a tick are exact."""
TICK = GRAINS // PPQN
LEAD, READY = 0.002, 0.001
"""Seconds from Start to the first clock, as a rule and where Start is late: receivers need 1 ms (MIDI 1.0)."""
NOTE = 0.080
"""Seconds from a hit's note-on to its note-off: drum modules ignore it, keyboards would hang without."""
LATE = 0.050
"""A hit that is late by more seconds is left out: a burst of stale drums is worse than a gap. Clocks all go out."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A note of the pattern: `beat` from the cycle's start (modulo the cycle), key 0 to 127, velocity 1 to 127.

    `interval` (beats) and `hand` are what a Touch draws by.
    """

    beat: float
    key: int
    velocity: int
    interval: float = 0.0
    hand: int = 0


class Touch(Protocol):
    """A player's hands: how far they are off at each position, by `music.humanising`."""

    def late(self, place: int, interval: float) -> float:
        """Beats by which what stands at a position is late, or, below 0, early."""

    def force(self, place: int, hand: int) -> float:
        """By what a velocity is multiplied there."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One cycle of `beats` beats (above 0), repeated for ever.

    Raises ValueError when it has no length or a hit lies outside MIDI's range.
    """

    beats: float
    hits: tuple[Hit, ...]
    _positions: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _hits: dict[int, tuple[Hit, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.length < 1:
            raise ValueError(f"a pattern of {self.beats} beats has no length: give it beats above 0")
        hits: dict[int, tuple[Hit, ...]] = {}
        for hit in self.hits:
            if not (0 <= hit.key <= 127 and 1 <= hit.velocity <= 127):
                raise ValueError(f"{hit} is no MIDI note: keys go from 0 to 127, velocities from 1 to 127")
            position = round(hit.beat * GRAINS) % self.length
            hits[position] = (*hits.get(position, ()), hit)
        object.__setattr__(self, "_hits", hits)
        object.__setattr__(self, "_positions", tuple(sorted(hits)))

    @property
    def length(self) -> int:
        """The cycle in grains."""
        return round(self.beats * GRAINS)

    def after(self, position: int) -> int | None:
        """The first position with a hit after `position`, both counted from a cycle's start; None if there is none."""
        if not self._positions:
            return None
        cycle, within = divmod(position, self.length)
        index = bisect_right(self._positions, within)
        if index == len(self._positions):
            cycle, index = cycle + 1, 0
        return cycle * self.length + self._positions[index]

    def at(self, position: int) -> tuple[Hit, ...]:
        """The hits at `position`, counted from a cycle's start."""
        return self._hits.get(position % self.length, ())


@dataclass(frozen=True, slots=True)
class Performance:
    """A run of the rhythm, as far as it is known now.

    `timeline` gives the frame of a beat, `clock` the monotonic second at which that frame is *heard*. The run begins at
    beat `start`, where the first clock falls, and ends before beat `stop` (None: not known yet). A cycle of `pattern`
    begins at beat `sam`. All is sent `offset` seconds later than it is heard; below 0, earlier. A Performance with the
    same `start` goes on with the same run, on the same axis of beats; everything else may differ. A `touch` plays its
    hits off the grid; clocks stay on it.
    """

    timeline: Timeline
    clock: FrameClock
    pattern: Pattern
    start: float
    stop: float | None = None
    sam: float = 0.0
    offset: float = 0.0
    touch: Touch | None = None

    @property
    def first(self) -> int:
        """The position of `start`."""
        return round(self.start * GRAINS)

    def later(self, offset: float) -> "Performance":
        """The same run, sent `offset` seconds later than it is heard."""
        return replace(self, offset=offset)

    def time_at(self, position: int) -> float:
        """The monotonic second at which what stands at `position` is to be sent."""
        return self.clock.time_at(self.timeline.frame_at(position / GRAINS)) + self.offset

    def ended(self, position: int) -> bool:
        """Whether the run is over at `position`."""
        return self.stop is not None and position >= round(self.stop * GRAINS)

    def after(self, position: int, unplayed: int) -> tuple[int, int | None]:
        """The first position after `position` with something to send, and where the hits are written that it has, None
        if it has none; `position` itself once the run is over. Hits are those that are written from `unplayed` on.
        """
        if self.ended(position):
            return position, None
        tick = max(self.first, position + TICK - (position - self.first) % TICK)
        written = self._written_from(unplayed)
        hit = tick + 1 if written is None else max(self._played(written), position + 1)
        following = min(tick, hit)
        if self.stop is not None and (end := round(self.stop * GRAINS)) <= following:
            return end, None
        return following, written if following == hit else None

    def at(self, position: int, written: int | None) -> tuple[bytes, ...]:
        """What is sent at `position`, the clock before the hits that are `written` there."""
        notes = () if written is None else self._notes(written)
        return notes if (position - self.first) % TICK else (messages.CLOCK, *notes)

    def unplayed(self, position: int, unplayed: int) -> int:
        """From where on hits of another pattern are to come once all up to `position` is sent, as in the engine.

        What is yet to be struck late still is; what this pattern does not have there is not made up for.
        """
        written = self._written_from(unplayed)
        return max(unplayed, position + 1 if written is None else min(written, position + 1))

    def _written_from(self, position: int) -> int | None:
        """Where the first hits from `position` on are written; None if there are none."""
        sam = round(self.sam * GRAINS)
        written = self.pattern.after(max(position, self.first) - 1 - sam)
        return None if written is None else written + sam

    def _played(self, position: int) -> int:
        """Where what is written at `position` is played: not before the run begins."""
        if self.touch is None:
            return position
        late = round(self.touch.late(position, self._written(position)[0].interval) * GRAINS)
        return max(position + late, self.first)

    def _written(self, position: int) -> tuple[Hit, ...]:
        return self.pattern.at(position - round(self.sam * GRAINS))

    def _notes(self, position: int) -> tuple[bytes, ...]:
        touch = self.touch
        return tuple(
            messages.note_on(messages.DRUMS, hit.key, _forced(hit, touch.force(position, hit.hand) if touch else 1.0))
            for hit in self._written(position)
        )


def _forced(hit: Hit, force: float) -> int:
    """The velocity of a hit that is struck with another force."""
    return min(max(round(hit.velocity * force), 1), 127)


class Playhead:
    """Carries one run after another from position to position, through whatever Performances replace each other.

    Each clock and each hit is given out once, in order; a hit's note-off `NOTE` seconds after it, or at once when the
    run stops. Times are seconds of the monotonic clock. Not thread-safe.
    """

    __slots__ = ("_offs", "_over", "_plan", "_planned", "_position", "_ready", "_unplayed")

    def __init__(self) -> None:
        self._plan: Performance | None = None
        self._position: int | None = None  # all up to here is given out; None: Start is still to come
        self._unplayed = 0  # hits that are written before are given out, or never will be
        self._over = True
        self._ready = -math.inf  # before this second, no clock
        self._planned = -math.inf  # when a plan before this one would have given the next position
        self._offs: dict[int, float] = {}  # key -> when its note-off is due

    def follow(self, plan: Performance | None) -> list[bytes]:
        """Goes on by `plan`, or stops without one. Gives what to send at once: the end of a run that this breaks off.

        A plan with another `start` than the present one's begins a new run. After the end of a run, its plan begins
        nothing: follow None before a run that starts at the same beat again.
        """
        ended: list[bytes] = []
        if plan is None or self._plan is None or plan.first != self._plan.first:
            ended = self._end()
            self._position, self._over, self._planned = None, plan is None, -math.inf
            self._unplayed = plan.first if plan else 0
        elif self._plan and (following := self._following()) is not None:
            # What a slower tempo puts into the past is not late.
            self._planned = max(self._planned, self._plan.time_at(following.position))
            if self._position is not None and plan.pattern is not self._plan.pattern:
                self._unplayed = self._plan.unplayed(self._position, self._unplayed)
        self._plan = plan
        return ended

    def due(self) -> float | None:
        """When there is something to send next; None when nothing is to come."""
        times = list(self._offs.values())
        if (following := self._following()) is not None:
            times.append(following.time)
        return min(times, default=None)

    def take(self, now: float) -> list[bytes]:
        """What is due by `now`, in order. Hits more than `LATE` behind are left out; clocks never are."""
        given: list[bytes] = []
        while True:
            following = self._following()
            off = min(self._offs.items(), key=lambda item: item[1], default=None)
            if off is not None and off[1] <= now and (following is None or off[1] <= following.time):
                given.append(self._off(off[0]))
            elif following is not None and following.time <= now:
                given += self._advance(following, now)
            else:
                return given

    def release(self) -> list[bytes]:
        """The note-offs that are still due, at once."""
        return [self._off(key) for key in tuple(self._offs)]

    def _following(self) -> "_Due | None":
        """What the run sends next; Start has the position before the first."""
        if self._plan is None or self._over:
            return None
        if self._position is None:
            return _Due(self._plan.time_at(self._plan.first) - LEAD, self._plan.first - 1, None)
        position, written = self._plan.after(self._position, self._unplayed)
        return _Due(max(self._plan.time_at(position), self._ready), position, written)

    def _advance(self, due: "_Due", now: float) -> list[bytes]:
        assert self._plan is not None
        time, position, written = due
        # One that is sent early is late for the ear only later.
        stale = now - max(self._plan.time_at(position), self._planned) > LATE - min(self._plan.offset, 0.0)
        started, self._position, self._planned = self._position is not None, position, -math.inf
        if not started:
            self._ready = now + READY
            return [messages.START]
        if self._plan.ended(position):
            return self._end()
        if written is not None:
            self._unplayed = written + 1
        given: list[bytes] = []
        for message in self._plan.at(position, written):
            if message != messages.CLOCK:
                if stale:
                    continue
                key = message[1]
                given += [self._off(key)] if key in self._offs else []
                self._offs[key] = time + NOTE
            given.append(message)
        return given

    def _end(self) -> list[bytes]:
        """Stop, if the run had begun and not ended, and the note-offs."""
        stop = [] if self._over or self._position is None else [messages.STOP]
        self._over = True
        return stop + self.release()

    def _off(self, key: int) -> bytes:
        del self._offs[key]
        return messages.note_off(messages.DRUMS, key)


class _Due(NamedTuple):
    """When something is to be sent, at which position, and where the hits of it are written, if it has any."""

    time: float
    position: int
    written: int | None
