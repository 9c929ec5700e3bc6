"""A programme: cycles played one after another, each alone or in a meeting that a hand sweeps, from beat to beat."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from jambox.music.arrangement import Arrangement
from jambox.music.cycle import Cycle, Score
from jambox.music.drums import Drums
from jambox.music.meet import Fit
from jambox.units import Bpm

_ROUNDING = 1e-6
REST = 2.0
"""Seconds that the last stroke of a piece is left to ring before the next begins, at least."""


@dataclass(frozen=True)
class Number:
    """A number of a programme: `first`, and whom it meets, with their families; at `tempo`, for about `seconds`.

    The blend goes through `blends`, in straight lines of as many beats each; `energy` stays. All are 0 to 1.
    """

    first: tuple[Cycle, Drums]
    second: tuple[Cycle, Drums] | None
    tempo: Bpm
    seconds: float
    blends: tuple[float, ...] = (0.0,)
    energy: float = 1.0
    fit: Fit | None = None

    @property
    def cast(self) -> tuple[tuple[Cycle, Drums], ...]:
        """Who plays."""
        return (self.first, self.second) if self.second else (self.first,)

    @property
    def beats(self) -> float:
        """How long it is played before it closes on sam: whole cycles of the first, at least one."""
        room = (self.seconds - REST) * self.tempo / 60.0
        return max(int(room // self.first[0].beats), 1) * self.first[0].beats

    def blend(self, beat: float) -> float:
        """The blend at `beat`."""
        place = min(max(beat / self.beats, 0.0), 1.0) * (len(self.blends) - 1)
        before = min(int(place), max(len(self.blends) - 2, 0))
        after = min(before + 1, len(self.blends) - 1)
        return self.blends[before] + (self.blends[after] - self.blends[before]) * (place - before)


class Step(NamedTuple):
    """From `beat` on, `score` is played."""

    beat: float
    score: Score


def steps(number: Number, arrangement: Arrangement, line: int) -> Iterator[Step]:
    """The scores of a number, one of a `line` after another, as a hand at the knobs gives them to the box.

    The hand moves on every beat; what is contested changes at the sam of the cycle that leads.
    """
    meeting = arrangement.meeting
    sams = (meeting.first, meeting.second) if meeting else (number.first[0].beats,)
    beats = {float(beat) for beat in range(int(number.beats))}
    beats |= {round(turn * sam, 6) for sam in sams for turn in range(int(number.beats / sam + _ROUNDING))}
    settled, last = number.blend(0.0), None
    for serial, beat in enumerate(sorted(beats), 1):
        blend = number.blend(beat)
        sam = meeting.sam(blend) if meeting else sams[0]
        if abs(beat - round(beat / sam) * sam) < _ROUNDING * 10:
            settled = blend
        score = arrangement.score(serial, line, number.energy, blend, settled)
        if last is None or (score.hits, score.length, score.turn) != (last.hits, last.length, last.turn):
            yield Step(beat, score)
        last = score
