"""What is played: one cycle on its drums, or two that meet, as a score at any energy and blend."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from jambox.music import energy, meet
from jambox.music.cycle import Cycle, Score, Sound
from jambox.music.drums import Drums, hit
from jambox.music.meet import Fit, Meeting


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

    def moves(self, before: float, after: float) -> bool:
        """Whether some place changes hands between two blends: what then has to wait for sam."""
        parts = self.meeting.parts if self.meeting else ()
        return any(part.contested and part.at(before) != part.at(after) for part in parts)
