"""Which of the strokes that inputs hear are the box's own, out of its loudspeakers: those must not draw its tempo.

The box knows what it strikes, and when that is heard. Where most of its strokes are answered by one at the inputs,
these hear it, and what falls together with its own counts for nothing; where few are, who falls together with it plays.
"""

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass

from jambox.music.cycle import Score
from jambox.music.humanising import EXACT, Touch, intervals, place
from jambox.units import Seconds

NEAR = Seconds(0.03)
"""By so much may a stroke at the inputs be off one of the box's, and still be that: 10 m of air take as long."""
HEARD = 0.5
"""Share of its own strokes, answered, from which on the inputs hear the box."""
KNOWN = 8
"""Its own strokes that must have passed before the inputs are taken for deaf to it."""
WINDOW = 12.0
"""Beats that are looked back on."""


@dataclass(frozen=True, slots=True)
class Own:
    """The box's own strokes: their `beats` in a cycle of `length` beats, in order, and where they are heard.

    That is off the written beat by what the `touch` draws for their `apart`, beats to the nearer neighbour, as
    `humanising.intervals` has them. Beats are counted from `origin`, where on the timeline the cycle first began.
    """

    beats: tuple[float, ...]
    length: float
    apart: tuple[float, ...] = ()
    touch: Touch = EXACT
    origin: float = 0.0

    def count(self, beat: float) -> int:
        """How many strokes are written before `beat`, counted from beat 0 on; below 0 before it."""
        turn, within = divmod(beat, self.length)
        return int(turn) * len(self.beats) + bisect_left(self.beats, within)

    def heard_at(self, number: int) -> float:
        """The beat on which the stroke of that number is heard."""
        turn, at = divmod(number, len(self.beats))
        beat = turn * self.length + self.beats[at]
        if not self.touch.share:
            return beat
        spot = place(self.origin) + turn * place(self.length) + place(self.beats[at])
        return beat + self.touch.late(spot, self.apart[at])

    def nearest(self, beat: float) -> int | None:
        """The number of the stroke that is heard nearest to `beat`; None where there are none.

        None is ever half way to its neighbour: it is one of the two between which `beat` lies.
        """
        if not self.beats:
            return None
        after = self.count(beat)
        return min((after - 1, after), key=lambda number: abs(self.heard_at(number) - beat))


def own(score: Score, touch: Touch = EXACT, origin: float = 0.0) -> Own:
    """The strokes of `score`, played by `touch` since the beat `origin`."""
    apart = {hit.beat: interval for hit, interval in zip(score.hits, intervals(score), strict=True)}
    beats = tuple(sorted(apart))
    return Own(beats, score.length, tuple(apart[beat] for beat in beats), touch, origin)


class Overheard:
    """Sorts strokes at the inputs. Everything is counted in beats, as the box's cycle is."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew: another cycle, or another run."""
        self._begun: float | None = None
        self._answered: deque[tuple[float, int]] = deque()
        self._share = 1.0

    @property
    def hears_box(self) -> bool:
        """Whether the inputs hear what the box strikes, or may well."""
        return self._share >= HEARD

    def is_players(self, beat: float, rate: float, own: Own) -> bool:
        """Whether a stroke that is heard at `beat`, while `rate` of them pass in a second, counts as a player's."""
        number = own.nearest(beat)
        if number is None or abs(own.heard_at(number) - beat) > NEAR * rate:
            return True
        if not self._answered or self._answered[-1][1] != number:
            self._answered.append((beat, number))
        return not self.hears_box

    def look(self, beat: float, own: Own, *, held: bool = False) -> None:
        """The box is at `beat` now.

        `held`: players are understood who may well strike with it from now on: inputs that did not hear it still don't.
        """
        if self._begun is None or beat < self._begun:
            self.forget()
            self._begun = beat
        since = max(self._begun, beat - WINDOW)
        while self._answered and self._answered[0][0] < since:
            self._answered.popleft()
        if held and not self.hears_box:
            return
        passed = own.count(beat) - own.count(since)
        self._share = len(self._answered) / passed if passed >= KNOWN else 1.0
