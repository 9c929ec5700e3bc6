"""How far a player's hands are off the grid and off the even, drawn so that whoever knows the seed draws the same.

Of these papers no more than the beginnings were read, which tell what was found and no spreads:

- What players are off by is correlated over long stretches, and listeners prefer that to chance without memory: Hennig
  et al., "The nature and perception of fluctuations in human musical rhythms", PLoS ONE 6(10), 2011 (PMC3202537).
- It has two parts, one within about 8 beats, another that is the tempo's: Sogorski, Geisel and Priesemann, "Correlated
  microtiming deviations in jazz and rock music", PLoS ONE 13(1), 2018 (PMC5783353). Here only the first is drawn: the
  box keeps its tempo.
- On one hi-hat both times and amplitudes hang together over long, while neighbours go opposite ways: Räsänen et al.,
  "Fluctuations of hi-hat timing and dynamics in a virtuoso drum track", PLoS ONE 10(6), 2015 (docslib.org/doc/
  10114438). Of 132 recordings by 58 people few had this change from near to far: Gordon et al., arXiv 1904.11752, 2019.
  It is not drawn.
- One professional's strokes were 10 to 20 ms off a metronome, whose tempo is not told: "When the beat goes off",
  Harvard Gazette, July 2012.
- Drummers strike less evenly, in time and force, at their fastest: "Expertise- and tempo-related performance
  differences in unimanual drumming", Motor Control 25, 2021.

The spreads themselves are unchecked. Two are quoted from memory: 2 % of the interval by trained tappers (Repp,
"Sensorimotor synchronization", Psychonomic Bulletin & Review 12, 2005), and 15.6 ms at 180 strokes a minute by one
drummer, which is 4.7 % (Hennig et al.). TIMING lies in between. For LEVEL no figure was found: it is a guess, a little
above the smallest difference in level that is heard, about 1 dB.

One recording was measured for comparison, four bars of the Amen break (gowers, CC0, freesound.org 202537; Debian's
sonic-pi-samples): 30 of 31 eighths lie 3.5 ms, or 1.6 %, off an even grid, and 26 strokes that come in several bars
differ by 0.36 dB from bar to bar, after whatever tape and limiter did to them.
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

The longest is of 8 beats: what is slower counts as tempo.

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
