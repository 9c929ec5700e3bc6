"""Which of the strokes that inputs hear are the box's own, out of its loudspeakers: those must not draw its tempo.

The box knows what it strikes, and when that is heard. Where most of its strokes are answered by one at the inputs,
these hear it, and what falls together with its own counts for nothing; where few are, who falls together with it plays.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Sequence

from jambox.units import Seconds

NEAR = Seconds(0.03)
"""By so much may a stroke at the inputs be off one of the box's, and still be that: 10 m of air take as long."""
HEARD = 0.5
"""Share of its own strokes, answered, from which on the inputs hear the box."""
KNOWN = 8
"""Its own strokes that must have passed before the inputs are taken for deaf to it."""
WINDOW = 12.0
"""Beats that are looked back on."""


class Overheard:
    """Sorts strokes at the inputs; `beats` are those of a cycle's own strokes, in order, of `length` beats.

    Everything is counted in beats, as the box's cycle is.
    """

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

    def is_players(self, beat: float, rate: float, beats: Sequence[float], length: float) -> bool:
        """Whether a stroke that is heard at `beat`, while `rate` of them pass in a second, counts as a player's."""
        number = nearest(beat, beats, length)
        if number is None or abs(beat_of(number, beats, length) - beat) > NEAR * rate:
            return True
        if not self._answered or self._answered[-1][1] != number:
            self._answered.append((beat, number))
        return not self.hears_box

    def look(self, beat: float, beats: Sequence[float], length: float, *, held: bool = False) -> None:
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
        passed = count(beat, beats, length) - count(since, beats, length)
        self._share = len(self._answered) / passed if passed >= KNOWN else 1.0


def count(beat: float, beats: Sequence[float], length: float) -> int:
    """How many strokes of the cycle fall before `beat`, counted from beat 0 on; below 0 before it."""
    turn, place = divmod(beat, length)
    return int(turn) * len(beats) + bisect_left(beats, place)


def beat_of(number: int, beats: Sequence[float], length: float) -> float:
    """The beat of the stroke of that number."""
    turn, place = divmod(number, len(beats))
    return turn * length + beats[place]


def nearest(beat: float, beats: Sequence[float], length: float) -> int | None:
    """The number of the stroke that falls nearest to `beat`; None where there are none."""
    if not beats:
        return None
    after = count(beat, beats, length)
    return min((after - 1, after), key=lambda number: abs(beat_of(number, beats, length) - beat))
