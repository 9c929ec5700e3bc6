"""What is played: one cycle on its drums, or two that meet, as a score at any energy and blend."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import msgspec

from jambox.music import energy, meet, passages
from jambox.music.cycle import Cycle, Hit, Score, Sound, Stroke, Word
from jambox.music.drums import Drums, hit
from jambox.music.meet import HALF, Fit, Meeting
from jambox.music.passages import Kind, Passage

Marked = tuple[tuple[float, ...], tuple[float, ...]]
"""Beats after sam: of claps, and of waves."""
SAME = 1e-6
"""Beats within which two places are one, however their sums were rounded."""


class Cast(NamedTuple):
    """A cycle, the family that plays it, and where the bank holds each of its sounds."""

    cycle: Cycle
    drums: Drums
    sounds: Mapping[str, Sound]


@dataclass(frozen=True)
class Arrangement:
    """`first`, and `second` laid over it, at `tempo` beats per minute; without a second there is nobody to meet."""

    first: Cast
    second: Cast | None
    tempo: float
    fit: Fit | None = None

    @cached_property
    def meeting(self) -> Meeting | None:
        """Both on their common period."""
        if self.second is None:
            return None
        return meet.meeting(self.first.cycle, self.second.cycle, self.tempo, self.fit)

    def score(
        self, serial: int, line: int, amount: float = 1.0, blend: float = 0.0, settled: float | None = None
    ) -> Score:
        """What sounds at the energy `amount` and at `blend`, both 0 to 1; `settled` as in `Meeting.at`.

        Raises DataError for a stroke that its family does not know.
        """
        force, meeting = energy.force(amount), self.meeting
        if meeting is None or blend == settled == 0.0 or (blend == 0.0 and settled is None):
            played, length, sam = meet.alone(self.first.cycle, self.tempo), self.first.cycle.beats, 0.0
        else:
            played, length, sam = meeting.at(blend, settled), meeting.length, meeting.sam(blend)
        hits = []
        for one in played:
            cast = self.second if one.second and self.second else self.first
            if energy.sounds(one.needs, amount):
                hits.append(hit(one.stroke, one.beat, cast.cycle, cast.drums, cast.sounds, force))
        return Score(serial, length, tuple(one for one in hits if one), line, sam)

    def passage(
        self, kind: Kind, tempo: float, room: float, amount: float = 1.0, blend: float = 0.0, seed: int = 0
    ) -> Passage:
        """What leads to the next sam, `room` beats away, in the terms of the cycle that leads at `blend`."""
        leads, stretch = self.leader(blend)
        found = passages.passage(kind, leads.cycle, leads.drums, tempo / stretch, room / stretch, amount, seed)
        strokes = tuple(msgspec.structs.replace(stroke, beat=stroke.beat * stretch) for stroke in found.strokes)
        return replace(found, length=found.length * stretch, strokes=strokes)

    def lead(self, score: Score, passage: Passage, amount: float = 1.0, blend: float = 0.0) -> Score:
        """The score with `passage` in place of what it has before each sam, and on sam if the passage closes there.

        `blend` is the one at which the passage was made: its strokes are of the cycle that led then.
        An introduction has nothing beside it but the words that lead to sam: its score, of twice its length, is for the
        time before the first sam.
        """
        (leads, _), force, turn = self.leader(blend), energy.force(amount), score.sam

        def struck(strokes: Iterable[Stroke], sam: float) -> Iterator[Hit]:
            for stroke in strokes:
                one = hit(stroke, sam + stroke.beat, leads.cycle, leads.drums, leads.sounds, force)
                if one and stroke.beat >= -turn - SAME:
                    yield one

        if passage.kind is Kind.INTRO:
            length = turn = 2.0 * passage.length
            words = _leading(score, passage.length)
            return Score(score.serial, length, tuple(struck(passage.strokes, length)), score.line, 0.0, words)
        kept = [one for one in score.hits if one.beat % turn < turn - passage.length - SAME]
        if passage.landing:
            kept = [*struck(passage.landing, 0.0), *(one for one in kept if one.beat > SAME)]
        for number in range(round(score.length / turn)):
            kept += struck(passage.strokes, (number + 1) * turn)
        return msgspec.structs.replace(score, hits=tuple(sorted(kept, key=lambda one: one.beat)))

    def leader(self, blend: float) -> tuple[Cast, float]:
        """Who has sam at `blend`, and how many beats of the score one of its own is."""
        if self.second is None or self.meeting is None or blend < HALF:
            return self.first, 1.0
        return self.second, self.meeting.second / self.second.cycle.beats

    def marks(self, blend: float) -> Marked:
        """On which beats of the score after sam who leads at `blend` has claps (tali), and waves (khali)."""
        cast, stretch = self.leader(blend)
        marks, per_beat = cast.cycle.file.marks, cast.cycle.file.pulses_per_beat / stretch
        pulses = cast.cycle.file.pulses
        return marks.after_sam(marks.tali, pulses, per_beat), marks.after_sam(marks.khali, pulses, per_beat)

    def moves(self, before: float, after: float) -> bool:
        """Whether some place changes hands between two blends: what then has to wait for sam."""
        parts = self.meeting.parts if self.meeting else ()
        return any(part.contested and part.at(before) != part.at(after) for part in parts)


def _leading(score: Score, length: float) -> tuple[Word, ...]:
    """The words of the last `length` beats before a sam, laid so that this sam comes after twice as many."""
    sams = range(1, math.ceil(length / score.sam - SAME) + 1)
    before = [(sam * score.sam - word.beat, word.slot) for sam in sams for word in score.words]
    found = [Word(2.0 * length - beats, slot) for beats, slot in before if beats <= length + SAME]
    return tuple(sorted(found, key=lambda word: word.beat))
