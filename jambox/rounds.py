"""A drone's rounds that go with the beat or with the cycle: how many beats they last, and on which one they begin.

All is counted in absolute beats of the rhythm's Timeline, so that nothing adds up and tempo may change at any time.
Real-time safe: arithmetic only.
"""

import math
from enum import StrEnum
from typing import NamedTuple

from jambox.timeline import Timeline

LATE = 0.125
"""A round that is due up to this many beats back, because beats were moved, begins at once; else at the next place."""
NEARER = 0.05
"""By how much, as a logarithm of ratios, another length must be nearer to replace the present: clocks waver."""
SAME = 1e-6
"""Beats within which two places are one, however their sums were rounded."""


class Lock(StrEnum):
    """What the rounds of a plucked drone go with. What sounds on in breaths is free in any case."""

    FREE = "free"
    BEAT = "beat"
    CYCLE = "cycle"


LOCKS = tuple(Lock)
"""By the numbers under which the engine is told of them."""


class Metre(NamedTuple):
    """What rounds go by: beats pass along `timeline`; while a rhythm is `playing`, one is at `origin`, a sam.

    Another sam comes every `sam` beats; 0: no cycle is known.
    """

    timeline: Timeline
    playing: bool = False
    origin: float = 0.0
    sam: float = 0.0


class Round(NamedTuple):
    """A round: its `first` pluck is that turn, on `beat`; it lasts `length` beats.

    The next begins on `following`, which is `beat + length`, or a little off it where a round had to find its place,
    and will last `then` beats.
    """

    first: int
    beat: float
    length: float
    following: float = 0.0
    then: float = 0.0

    def beat_at(self, rounds: int, share: float) -> float:
        """The beat at that share of a round, so many rounds after this one; those to come are taken to be alike."""
        if rounds <= 0:
            return self.beat + (rounds + share) * self.length
        return self.following + (rounds - 1 + share) * self.then


class Course(NamedTuple):
    """What says when the plucks of a run come: from frame `start` on, at `rate` a second, free or by a `round`.

    While free, `shift` is by how many seconds plucks are later than they would be without ever having been locked.
    """

    start: float
    rate: float
    timeline: Timeline
    shift: float = 0.0
    round: Round | None = None


def beats_of(lock: Lock, seconds: float, metre: Metre) -> float:
    """How many beats a round lasts that would last `seconds` by itself.

    By the beat the nearest whole number of beats, at least one; by the cycle as many whole cycles, or one of its equal
    parts of whole beats, whichever is nearest by ratio.
    """
    wanted, sam = seconds * metre.timeline.tempo / 60.0, metre.sam
    if lock is not Lock.CYCLE or not sam:
        return float(max(1, round(wanted)))
    if wanted >= sam:
        cycles = math.floor(wanted / sam)
        return _nearer(wanted, cycles * sam, (cycles + 1) * sam)
    whole = round(sam)
    if abs(sam - whole) > SAME:
        return sam
    parts = int(sam / wanted)
    fewer = next(count for count in range(parts, 0, -1) if whole % count == 0)
    more = next((count for count in range(parts + 1, whole) if whole % count == 0), whole)
    return _nearer(wanted, sam / more, sam / fewer)


def _nearer(wanted: float, low: float, high: float) -> float:
    return low if wanted * wanted < low * high else high


def begun(here: float, wait: float, metre: Metre) -> float:
    """The beat that counts as the first of a run that begins `here`, at once: the nearest, where a rhythm plays.

    But none by which the next pluck, due `wait` beats later, would come after less than half of that.
    """
    nearest = metre.origin + math.floor(here - metre.origin + 0.5)
    return nearest if metre.playing and nearest - here >= -0.5 * wait else here


def planned(now: Round, earliest: float, here: float, lock: Lock, seconds: float, metre: Metre) -> Round:
    """`now`, with what is to follow it: a round that would last `seconds` by itself.

    In silence it begins where `now` ends; else on the nearest beat or, by the cycle, the nearest of the places that
    divide it evenly from sam on: not before `earliest`, nor before `here`, where time stands, but for LATE. By the
    cycle, rounds keep their length while another is not NEARER, and where it has no place; on sam every one has.
    """
    ends, length = now.beat + now.length, beats_of(lock, seconds, metre)
    if not metre.playing:
        return now._replace(following=max(ends, here), then=length)
    cycles = lock is Lock.CYCLE and metre.sam > 0.0
    step, least = min(length, metre.sam) if cycles else 1.0, max(earliest, here - LATE)
    if cycles and ends >= least and _has_place(now.length, ends, metre):
        wanted = seconds * metre.timeline.tempo / 60.0
        gained = abs(math.log(now.length / wanted)) - abs(math.log(length / wanted))
        if gained < NEARER or not _whole((ends - metre.origin) / step):
            return now._replace(following=ends, then=now.length)
    nearest = math.floor((ends - metre.origin) / step + 0.5)
    first = math.ceil((least - metre.origin) / step - SAME)
    return now._replace(following=metre.origin + max(nearest, first) * step, then=length)


def _has_place(length: float, beat: float, metre: Metre) -> bool:
    """Whether rounds of that length go with the cycle, and one of them begins on `beat`."""
    sam = metre.sam
    fits = _whole(length / sam) if length >= sam else _whole(length) and _whole(sam / length)
    return fits and _whole((beat - metre.origin) / min(length, sam))


def _whole(number: float) -> bool:
    return abs(number - round(number)) < SAME
