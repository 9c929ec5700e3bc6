"""How the box's beat comes to that of players who are believed: by a tempo bent for a while, never by a jump.

Whoever taps to a pulse is ahead of it by habit, by tens of milliseconds (B. H. Repp, "Sensorimotor synchronization: a
review of the tapping literature", Psychonomic Bulletin & Review 12, 2005): a box that met them would run away from
itself. So people are left IN_TOUCH. Machines go by clocks of their own, and those are met, as are people who begin
farther off. That the strokes do not come along is proven by meeting them: a box that has gone all the way, and has not
come nearer, is followed itself, and lets it be.
"""

import math

from jambox.tracking import RANGE, WINDOW, Pace
from jambox.units import Bpm, Seconds

IN_TOUCH = Seconds(0.045)
"""By so much may people be ahead or behind without being met."""
REACH = 1.5
"""Beats in which what is more than that falls to a third."""
BEND, SLEW = 0.03, 0.03
"""Shares of the tempo: by which it is bent at most to stay with them, and by which it changes at most in a second."""
BRING = 0.1
"""The same to bring the beat onto theirs, and in a beat: then none is more than a tenth longer or shorter than the one
before, as with clocks that lead."""
NEAR, THERE = Seconds(0.008), Seconds(0.003)
"""A machine farther off than that is met again, until it is so near; people, until they are as near as a machine."""
SPARE = 1.5
"""How many times the way the beat is moved before it is plain that they come along."""
BACK = WINDOW
"""Beats for which the box then goes on in the tempo of before, until nothing else is read out of what it did itself."""


class Approach:
    """Draws the tempo at each look. Begin another one, or `forget`, when players are not believed any more."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Whoever is believed next is met anew."""
        self._fresh, self.follows = True, False
        self._way: tuple[float, Pace] | None = None  # beats still to be moved at most, and the pace of before
        self._back: tuple[float, Pace] | None = None  # until which beat of the box, and the pace to come back to

    @property
    def brings(self) -> bool:
        """Whether the beat is being brought onto theirs."""
        return self._way is not None

    def draw(self, players: Pace, exact: bool, box: Pace, home: Bpm, seconds: float) -> tuple[Bpm, Bpm]:
        """The tempo in which the box, which is at `box` now, goes on after `seconds` of being drawn by players.

        And the one that it keeps when they stop: without what it is bent to meet them. Neither leaves RANGE of `home`.
        `exact`: they strike as only machines do.
        """
        ahead = players.beat_at(box.time) - box.beat
        self._look(ahead, exact, players, box, seconds)
        if self._back:
            return drawn(0.0, self._back[1], box, home, bend=BEND, slew=BRING * seconds * box.rate)
        if self._way:
            return drawn(ahead / REACH, players, box, home, bend=BRING, slew=BRING * seconds * box.rate)
        beyond = 0.0 if self.follows else math.copysign(max(abs(ahead) - IN_TOUCH * box.rate, 0.0), ahead)
        return drawn(beyond / REACH, players, box, home, bend=BEND, slew=SLEW * seconds)

    def _look(self, ahead: float, exact: bool, players: Pace, box: Pace, seconds: float) -> None:
        apart = abs(ahead) / box.rate
        if self._way:
            left, before = self._way
            left -= math.copysign(1.0, ahead) * (box.rate - before.rate) * seconds
            self._way = left, before
            if left < 0.0:
                self.follows, self._back = True, (box.beat + BACK, before)
            if left < 0.0 or apart < (THERE if exact else NEAR):
                self._way = None
        elif self._back:
            self._back = self._back if box.beat < self._back[0] else None
        elif not self.follows and apart > (NEAR if exact else IN_TOUCH) and (exact or self._fresh):
            self._way = SPARE * abs(ahead), players
        self._fresh = False


def drawn(share: float, players: Pace, box: Pace, home: Bpm, *, bend: float, slew: float) -> tuple[Bpm, Bpm]:
    """The players' tempo bent by a share of it, `bend` at most, and no more than `slew` from the box's; and unbent."""
    steady = _within(players.tempo, home, RANGE)
    tempo = _within(steady * (1.0 + min(max(share, -bend), bend)), home, RANGE)
    tempo = _within(tempo, box.tempo, slew)
    return Bpm(tempo), Bpm(_within(steady, tempo, bend))


def _within(value: float, middle: float, share: float) -> float:
    """The value, no farther from the middle than by a share of it."""
    return min(max(value, middle * (1.0 - share)), middle * (1.0 + share))
