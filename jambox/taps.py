"""Tap tempo: press times to a tempo and a beat, as a pure function."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from jambox.units import Bpm, Seconds

SHORTEST, LONGEST = Seconds(0.15), Seconds(3.0)
"""Intervals outside this range (400 to 20 per minute) begin a new series."""
WINDOW = 8
"""The best estimates come from 6 to 8 taps (mazurka.org.uk, tapping experiments)."""
TOLERANCE = 0.25
"""An interval this far from the median of its series begins a new one: the player has changed their mind."""


@dataclass(frozen=True, slots=True)
class Tapped:
    """What a series of taps says: the tempo, and the moment (monotonic seconds) at which the latest beat fell."""

    tempo: Bpm
    beat: Seconds


def series(taps: Sequence[float], tap: float) -> tuple[float, ...]:
    """The taps that belong together once `tap` (monotonic seconds) has come: at most WINDOW, or `tap` alone."""
    if not taps or not SHORTEST <= tap - taps[-1] <= LONGEST:
        return (tap,)
    intervals = [b - a for a, b in pairwise(taps)]
    if intervals:
        usual = median(intervals)
        if abs(tap - taps[-1] - usual) > TOLERANCE * usual:
            return (taps[-1], tap)
    return (*taps, tap)[-WINDOW:]


def tapped(taps: Sequence[float]) -> Tapped | None:
    """Tempo and beat of a series: the least-squares line through (index, time); None for fewer than two taps.

    A line weighs all taps, where the mean of intervals depends on the first and the last alone.
    """
    n = len(taps)
    if n < 2:
        return None
    centre = (n - 1) / 2.0
    mean = sum(taps) / n
    spread = sum((i - centre) ** 2 for i in range(n))
    interval = sum((i - centre) * (t - mean) for i, t in enumerate(taps)) / spread
    return Tapped(Bpm(60.0 / interval), Seconds(mean + interval * (n - 1 - centre)))
