"""How far a player's hands are off the grid and off the even, drawn so that whoever knows the seed draws the same.

In time, a stroke is off by a share of the interval that it is struck in: trained tappers by about 2 % of it (Repp,
"Sensorimotor synchronization: a review of the tapping literature", Psychonomic Bulletin & Review 12, 2005), a drummer
by 15.6 ms at 180 strokes a minute, which is 4.7 % (Hennig et al., "The nature and perception of fluctuations in human
musical rhythms", PLoS ONE 6(10), 2011, who also found that the deviations drift, as 1/f noise does). TIMING lies in
between; both figures are quoted from memory of the papers and were not looked up again. For LEVEL no figure was found
that could be cited: it is a choice, a little above the smallest difference in level that is heard, about 1 dB.
"""

import math
from bisect import bisect_left
from typing import NamedTuple

from jambox.music.chance import uniform
from jambox.music.cycle import Hit, Score

TIMING = 0.03
"""Standard deviation in time, as a share of the interval to the nearer neighbour."""
LEVEL = 1.5
"""Standard deviation in level, in dB."""
MOST = 2.5
"""Standard deviations beyond which nothing is drawn."""
LONGEST = 1.0
"""Beats: a player who has nothing to strike for longer keeps the beat meanwhile."""
APART = 0.1
"""Beats that neighbours stay apart, 15 ms in the fastest tempo there is; what is closer stays as it is."""
OCTAVES = 4
"""Drifts that are added to what is each place's own, each through twice as many beats as the one before, from one on.

So Voss made 1/f noise (Gardner, "White and brown music, fractal curves and one-over-f fluctuations", Scientific
American 238(4), 1978).
"""
PLACES = 665_280
"""Places to a beat, as many as MIDI's grains: by these whole numbers those who draw agree on where they are."""
_KINDS = 8
_OWN, _FORCE, _DRIFT = 0, 1, 2
"""What is drawn for, a remainder of what is drawn by: one number more to mix would cost half as much again."""
_DRAWN = math.sqrt(1.0 + OCTAVES)
_HALF = 1 << 26


class Touch(NamedTuple):
    """Hands that play with `share`, 0 to 1, of what is measured; 0 is exact. All methods are real-time safe."""

    seed: int = 0
    share: float = 0.0

    def late(self, place: int, interval: float) -> float:
        """Beats by which what falls on `place` is late, or, below 0, early; `interval` as `intervals` tells it."""
        most = 0.5 * (interval - APART)
        if self.share == 0.0 or most <= 0.0:
            return 0.0
        drawn, beat = normal(self.seed, place * _KINDS + _OWN), place // PLACES
        for octave in range(OCTAVES):
            drawn += normal(self.seed, (beat >> octave) * _KINDS + _DRIFT + octave)
        spread = self.share * TIMING * min(interval, LONGEST)
        most = min(most, MOST * spread)
        return min(max(spread * drawn / _DRAWN, -most), most)

    def force(self, place: int, hand: int) -> float:
        """By what the velocity of a stroke is multiplied; of several on one `place`, each has a `hand` of its own."""
        if self.share == 0.0:
            return 1.0
        drawn = min(max(normal(self.seed, place * _KINDS + _FORCE, hand), -MOST), MOST)
        # Amplitude goes with the square of the velocity.
        return float(10.0 ** (self.share * LEVEL * drawn / 40.0))


EXACT = Touch()
"""Plays what is written."""


def normal(seed: int, *place: int) -> float:
    """A normally distributed number that depends on `seed` and `place` alone (Box and Muller, 1958). Real-time safe."""
    scaled = uniform(seed, *place) * _HALF
    radius = (int(scaled) + 0.5) / _HALF
    return math.sqrt(-2.0 * math.log(radius)) * math.cos(2.0 * math.pi * (scaled % 1.0))


def place(beat: float) -> int:
    """The place of a beat. Real-time safe."""
    return round(beat * PLACES)


def intervals(score: Score) -> list[float]:
    """For each hit, the beats to the nearer neighbour before or after it; 0 on sam, where all meet and nobody is off.

    Sam is a neighbour whether it is struck or not, so that nothing is ever carried over it.
    """
    end, turns = place(score.length), max(round(score.length / score.sam), 1)
    sams = {place(turn * score.sam) for turn in range(turns)} | {end}
    struck = [place(hit.beat) % end for hit in score.hits]
    places = sorted(sams | set(struck))

    def interval(one: int) -> float:
        if one in sams:
            return 0.0
        number = bisect_left(places, one)
        return min(one - places[number - 1], places[number + 1] - one) / PLACES

    return [interval(one) for one in struck]


def hand(hit: Hit) -> int:
    """What tells a hit from others on its place: its key or, where it has none, its sound."""
    if hit.keys:
        return hit.keys[0]
    return 128 + (hit.sounds[0].slot if hit.sounds else 0)
