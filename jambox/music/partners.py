"""Which cycles meet well, and why: computed from their lengths, groups, onsets and tempos, by no opinion."""

import math
from collections.abc import Iterable
from fractions import Fraction
from itertools import accumulate
from typing import NamedTuple

from jambox.music import meet
from jambox.music.cycle import Cycle
from jambox.music.meet import Common

LENGTH, GROUPING, ONSETS = 0.3, 0.3, 0.4
"""What the same length, the same grouping and all onsets shared add to a score of up to 1."""
TEMPO = 0.2
"""What an octave between the tempo that the partner gets and its usual one takes away."""
GOOD = 0.4
"""A partner's score from this on is good: one thing the same, and something of another."""


class Partner(NamedTuple):
    """A cycle to meet, by its id: a `score` of up to 1, and the `reasons` in words.

    `length` is whether both have as many pulses, or beats; `grouping` whether groups begin together throughout the
    common period of `period` beats; of `places` where either strikes in it, both strike `shared`. Its `tempo` is that
    which it gets when the other is played at its usual one.
    """

    id: str
    score: float
    length: bool
    grouping: bool
    shared: int
    places: int
    period: float
    tempo: float
    reasons: tuple[str, ...]


def partners(cycle: Cycle, others: Iterable[Cycle]) -> tuple[Partner, ...]:
    """All `others` that are not readings of the same, the best partner of `cycle` first; equals by id."""
    found = [_partner(cycle, other) for other in others if other.file.id != cycle.file.id]
    return tuple(sorted(found, key=lambda partner: (-round(partner.score, 6), partner.id)))


def good(cycle: Cycle, others: Iterable[Cycle]) -> tuple[Partner, ...]:
    """Those of them whose score is GOOD."""
    return tuple(partner for partner in partners(cycle, others) if partner.score >= GOOD)


def _partner(cycle: Cycle, other: Cycle) -> Partner:
    fit = meet.common(cycle, other)
    ours, theirs = _onsets(cycle, Fraction(1), fit), _onsets(other, fit.stretch, fit)
    shared, places = len(ours & theirs), len(ours | theirs)
    pulses = cycle.file.pulses * cycle.file.turns == other.file.pulses * other.file.turns
    beats = cycle.beats == other.beats
    grouping = _heads(cycle, Fraction(1), fit) == _heads(other, fit.stretch, fit)
    tempo = cycle.tempo / float(fit.stretch)
    reasons = (
        *(["as many pulses"] if pulses else ["as many beats"] if beats else []),
        *(["grouped alike"] if grouping else []),
        f"{shared} of {places} onsets shared",
    )
    score = LENGTH * (pulses or beats) + GROUPING * grouping + ONSETS * shared / places
    score -= TEMPO * min(abs(math.log2(tempo / other.tempo)), 1.0)
    return Partner(other.id, score, pulses or beats, grouping, shared, places, float(fit.period), tempo, reasons)


def _onsets(cycle: Cycle, stretch: Fraction, fit: Common) -> set[float]:
    """The places of the period, on the even grid, where a cycle strikes."""
    length, factor = Fraction(cycle.beats) * stretch, float(stretch)
    starts = [turn * float(length) for turn in range(int(fit.period / length))]
    beats = {stroke.beat * factor for stroke in cycle.strokes}
    return {round(start + beat, 6) for start in starts for beat in beats}


def _heads(cycle: Cycle, stretch: Fraction, fit: Common) -> set[float]:
    """The places of the period where its groups begin."""
    file = cycle.file
    pulse = stretch / file.pulses_per_beat
    heads = {(head - (file.marks.sam - 1)) % file.pulses for head in accumulate(file.groups[:-1], initial=0)}
    starts, beats = range(0, int(fit.period / pulse), file.pulses), float(pulse)
    return {round((start + head) * beats, 6) for start in starts for head in heads}
