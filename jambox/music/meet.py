"""Meet: one cycle laid over another, and which strokes of each sound at a blend from 0 (only A) to 1 (only B).

Each stroke has one span of blends in which it sounds, so turning the knob one way takes strokes of A away and brings
those of B, never the reverse. Where strokes of both would fall together, the heavier keeps the place; the lighter moves
to the nearest rest of the common grid, where neither cycle ever strikes, or is silent, as long as the other sounds.
"""

import math
from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from jambox.music import energy
from jambox.music.cycle import Cycle, Stroke

GAP = 0.0155
"""Seconds below which strokes of two players count as together: 15 ms, and room for a tempo that wavers by 3 %."""
LONGEST, MOST = 64, 400
"""Beats, and strokes, in a common period; what would be longer meets cycle by cycle. The engine reads the score of 400
strokes in a fraction of a period."""
FAR = 2.0
"""A cycle is not itself any more at over twice, or under half, its usual tempo."""
REACH = 1.0
"""Beats that a stroke moves at most."""
HALF = 0.5
"""The blend from which on B has the place of strokes of equal weight."""
_ROUNDING = 1e-6
_ABOVE, _BELOW = 2.0, -1.0
"""Blends that there are not."""
Span = tuple[float, float]


class Fit(StrEnum):
    """What coincides: the beats of both; or whole cycles, one of one with one or several of the other."""

    BEATS = "beats"
    CYCLES = "cycles"


class Common(NamedTuple):
    """How B lies on A: beats of A to one of B, and to the period after which both begin again."""

    stretch: Fraction
    period: Fraction


class Played(NamedTuple):
    """A stroke that falls on `beat` of the period; of B, or else of A; it sounds from the energy that it `needs` on."""

    beat: float
    stroke: Stroke
    second: bool
    needs: float


class Part(NamedTuple):
    """A stroke through all blends: of A, it sounds up to `edge`; of B, from there on.

    While rivals sound that are heavier (of A, from the blend `yields` on; of B, below it), it is struck on `away`, or,
    where that is None, not at all. It is `contested` when it has any rival, or one moves to its place.
    """

    played: Played
    edge: float
    yields: float
    away: float | None
    contested: bool

    @property
    def home(self) -> Span:
        """The blends at which it is struck where it belongs, from and to."""
        if self.played.second:
            return max(self.edge, self.yields), 1.0
        return 0.0, min(self.edge, math.nextafter(self.yields, _BELOW))

    @property
    def abroad(self) -> Span:
        """The blends at which it gives way; none where the first is above the second."""
        if self.played.second:
            return self.edge, math.nextafter(self.yields, _BELOW)
        return self.yields, self.edge

    def at(self, blend: float) -> Played | None:
        """What is played of it at `blend`, 0 to 1."""
        if self.home[0] <= blend <= self.home[1]:
            return self.played
        if self.away is None or not self.abroad[0] <= blend <= self.abroad[1]:
            return None
        return self.played._replace(beat=self.away)


@dataclass(frozen=True)
class Meeting:
    """Two cycles on one period of `length` beats of A, in which A begins anew every `first` beats, B every `second`."""

    length: float
    first: float
    second: float
    parts: tuple[Part, ...]

    def at(self, blend: float, settled: float | None = None) -> tuple[Played, ...]:
        """What is played at `blend`, by beat. A place that is contested changes hands by the blend `settled`, if given.

        So a hand on the knob in mid-cycle, with `settled` what the cycle began with, only brings or takes strokes, and
        never moves one: none is heard twice or missed.
        """
        by = blend if settled is None else settled
        found = (part.at(by if part.contested else blend) for part in self.parts)
        return tuple(sorted((played for played in found if played), key=_order))

    def sam(self, blend: float) -> float:
        """Beats from sam to sam of the cycle that leads at `blend`."""
        return self.first if blend < HALF else self.second


def alone(cycle: Cycle, tempo: float) -> tuple[Played, ...]:
    """The cycle by itself at `tempo` beats per minute, by beat."""
    return tuple(sorted(_laid(cycle, tempo, False, Fraction(1), _beats(cycle)), key=_order))


def common(first: Cycle, second: Cycle, fit: Fit | None = None) -> Common:
    """How `second` lies on `first`, by `fit`, or by what suits the two at their usual tempos.

    Cycles of as many pulses meet pulse by pulse, others on their beats, unless that takes the second FAR from its usual
    tempo: then as many whole cycles coincide as keep it nearest. Periods are bounded by LONGEST and MOST.
    """
    one, other = _beats(first), _beats(second)
    by_beats = Common(Fraction(1), _multiple(one, other))
    same = first.file.pulses * first.file.turns == second.file.pulses * second.file.turns
    pulse_by_pulse = Common(one / other, one)
    fits = [by_beats] if fit is not Fit.CYCLES else []
    if same:
        fits.insert(0 if fit is None else len(fits), pulse_by_pulse)
    for each in fits:
        near = fit is not None or _far(first, second, each.stretch) <= math.log(FAR) + _ROUNDING
        if near and _fits(first, second, each):
            return each
    return _whole(first, second)


def meeting(first: Cycle, second: Cycle, tempo: float, fit: Fit | None = None) -> Meeting:
    """`second` laid over `first`, whose tempo is `tempo` beats per minute. See `common` for `fit`."""
    stretch, period = common(first, second, fit)
    played = [
        *_laid(first, tempo, False, Fraction(1), period),
        *_laid(second, tempo / stretch, True, stretch, period),
    ]
    length, gap = float(period), GAP * tempo / 60.0
    ours, theirs = (sorted((p for p in played if p.second is side), key=_order) for side in (False, True))
    parts = [*_parts(ours, theirs, length, gap), *_parts(theirs, ours, length, gap)]
    # The heaviest choose their rest first.
    parts.sort(key=lambda part: (-part.played.stroke.weight, *_order(part.played)))
    grids = (_grid(first, Fraction(1), period), _grid(second, stretch, period))
    starts = (float(_beats(first)), float(_beats(second) * stretch))
    rests = _Rests(grids, starts, parts, length, gap)
    moved = [part._replace(away=rests.take(part)) for part in parts]
    places = sorted(part.away for part in moved if part.away is not None)
    found = (part._replace(contested=True) if _near(places, part.played.beat, length, gap) else part for part in moved)
    return Meeting(length, *starts, tuple(found))


def apart(one: float, other: float, length: float) -> float:
    """Beats from one place to another of a period, the shorter way round."""
    distance = abs(one - other) % length
    return min(distance, length - distance)


class _Rests:
    """The places of both grids where nothing falls, each given away once for the same blends.

    The cycles begin anew every so many beats: `starts`.
    """

    def __init__(
        self,
        grids: tuple[set[float], set[float]],
        starts: tuple[float, float],
        parts: list[Part],
        length: float,
        gap: float,
    ) -> None:
        self._grids, self._starts = grids, starts
        self._all = sorted(self._grids[0] | self._grids[1])
        self._length, self._gap = length, gap
        self._taken = sorted((part.played.beat, *part.home) for part in parts)
        self._beats = [taken[0] for taken in self._taken]

    def take(self, part: Part) -> float | None:
        """The nearest rest within REACH of a stroke that gives way, first on its own grid; of two, the later.

        It lies between the same sams, so that what changes at one is neither heard twice nor missed. None for a stroke
        that need not give way, or that falls on its cycle's sam, which would be none elsewhere.
        """
        here, span, side = part.played.beat, part.abroad, part.played.second
        if span[0] > span[1] or apart(here, 0.0, self._starts[side]) < _ROUNDING:
            return None
        near = [
            (place not in self._grids[side], round(abs(place - here), 6), -place)
            for place in self._all
            if abs(place - here) <= REACH + _ROUNDING and self._turns(place) == self._turns(here)
        ]
        for *_, back in sorted(near):
            place = -back
            if not any(self._struck(place, span)):
                insort(self._taken, (place, *span))
                insort(self._beats, place)
                return place
        return None

    def _turns(self, place: float) -> tuple[int, ...]:
        """How often each of the cycles has begun anew at `place`."""
        return tuple(int((place + _ROUNDING) // start) for start in self._starts)

    def _struck(self, place: float, span: Span) -> Iterable[bool]:
        """Whether each of what is near `place` is there at some of the same blends."""
        for index in _near(self._beats, place, self._length, self._gap):
            _, since, until = self._taken[index]
            yield max(since, span[0]) <= min(until, span[1])


def _parts(ours: list[Played], theirs: list[Played], length: float, gap: float) -> Iterable[Part]:
    """The parts of one side, which do not yet know where to move to."""
    their_beats, our_beats = [one.beat for one in theirs], [one.beat for one in ours]
    their_weights = [_weight(one, theirs, their_beats, length, gap) for one in theirs]
    for one in ours:
        weight = _weight(one, ours, our_beats, length, gap)
        rivals = [(theirs[i], their_weights[i]) for i in _near(their_beats, one.beat, length, gap)]
        holds = [_holds(rival, weight == other) for rival, other in rivals if other >= weight]
        yields = max(holds, default=_BELOW) if one.second else min(holds, default=_ABOVE)
        yield Part(one, _edge(one), yields, None, bool(rivals))


def _edge(one: Played) -> float:
    """The last blend at which a stroke of A sounds, or the first at which one of B does."""
    if one.second:
        return min(math.nextafter(1.0 - one.stroke.weight, _ABOVE), 1.0)
    return min(one.stroke.weight, math.nextafter(1.0, _BELOW))


def _holds(rival: Played, equal: bool) -> float:
    """The first blend at which a rival of A holds its place no more, or at which one of B does."""
    if rival.second:
        return max(HALF, _edge(rival)) if equal else _edge(rival)
    gone = math.nextafter(_edge(rival), _ABOVE)
    return min(HALF, gone) if equal else gone


def _weight(one: Played, side: list[Played], beats: list[float], length: float, gap: float) -> float:
    """The heaviest that a side strikes on one place."""
    return round(max(side[i].stroke.weight for i in _near(beats, one.beat, length, gap)), 6)


def _near(beats: list[float], place: float, length: float, gap: float) -> list[int]:
    """Which of `beats`, in order, lie less than `gap` from `place`, the period round."""
    found = []
    for around in (place, place - length, place + length):
        index = bisect_left(beats, around - gap)
        while index < len(beats) and beats[index] < around + gap:
            if index not in found:
                found.append(index)
            index += 1
    return found


def _laid(cycle: Cycle, tempo: float, second: bool, stretch: Fraction, period: Fraction) -> Iterable[Played]:
    """A cycle repeated through the period."""
    length = _beats(cycle) * stretch
    strokes = list(zip(cycle.strokes, cycle.falls(tempo), energy.needs(cycle), strict=True))
    for turn in range(int(period / length)):
        start = float(turn * length)
        for stroke, beat, needs in strokes:
            yield Played(start + beat * float(stretch), stroke, second, needs)


def _grid(cycle: Cycle, stretch: Fraction, period: Fraction) -> set[float]:
    pulse = stretch / cycle.file.pulses_per_beat
    return {float(number * pulse) for number in range(int(period / pulse))}


def _order(played: Played) -> tuple[float, bool]:
    return (played.beat, played.second)


def _beats(cycle: Cycle) -> Fraction:
    return Fraction(cycle.file.pulses * cycle.file.turns, cycle.file.pulses_per_beat)


def _multiple(one: Fraction, other: Fraction) -> Fraction:
    """The least common multiple."""
    below = math.lcm(one.denominator, other.denominator)
    return Fraction(math.lcm(int(one * below), int(other * below)), below)


def _whole(first: Cycle, second: Cycle) -> Common:
    """One cycle of one with as many of the other as take about as long at their usual tempos."""
    one, other = _beats(first), _beats(second)
    longer = float(one) / first.tempo * second.tempo / float(other)
    seconds = min(max(round(longer), 1), max(MOST // 2 // len(second.strokes), 1))
    firsts = min(max(round(1.0 / longer), 1), max(MOST // 2 // len(first.strokes), 1))
    return Common(firsts * one / (seconds * other), firsts * one)


def _far(first: Cycle, second: Cycle, stretch: Fraction) -> float:
    """How far, as a logarithm, the second is from its usual tempo when the first is at its own."""
    return abs(math.log(first.tempo / float(stretch) / second.tempo))


def _fits(first: Cycle, second: Cycle, fit: Common) -> bool:
    turns = fit.period / _beats(first), fit.period / (_beats(second) * fit.stretch)
    strokes = turns[0] * len(first.strokes) + turns[1] * len(second.strokes)
    return fit.period <= LONGEST and strokes <= MOST
