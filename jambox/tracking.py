"""The tempo of players told from when they strike, or that it cannot be told.

Strokes are laid on the beats that the box keeps, divided by whole numbers, at slightly other tempos. How much likelier
each grid makes them than strokes by chance do is weighed as A. N. Robertson does for drums ("A Bayesian approach to
drum tracking", Sound and Music Computing 2011): normally spread around its places, with a floor for those that belong
to nothing. A finer grid explains less by more places, and so counts less. The phase is that of the mean vector of E. W.
Large and J. F. Kolen's oscillators ("Resonance and the perception of musical meter", Connection Science 6, 1994). Once
sure, a line is laid through the strokes and the places they belong to, as if the beat were a clock that others keep
(A. T. Cemgil et al., "On tempo tracking", Journal of New Music Research 29, 2000, filter the same by its noise). Each
place within the beat may be early or late by habit: swing is no change of tempo.

Before they are believed, their beat may be anywhere in the box's, as that of a machine that was started some time.
Where it is, is the law of the fewest places: a train, strokes whole beats apart, is the beat, and of equal strokes the
one that is nearest to it, wherever they lie. But who strikes from the half of the box's beat to two thirds of it alone
plays off-beats, straight or swung, and stays there. Other patterns lie on the nearest places. Once they are believed,
their beat stays where it is.
"""

import cmath
import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter, mul

from jambox.units import Bpm, Seconds

DIVISIONS = (1, 2, 3, 4, 5)
"""Of the beat. Fifths are those of nobody who plays straight, but a light swing; and four strokes over five."""
RANGE = 0.1
"""Share by which players may take the tempo from where it was set."""
SPREAD = Seconds(0.025)
"""Standard deviation of strokes around their places: some 20 ms for people, and what a line leaves."""
STRAY = 0.2
"""Share of strokes that belong to no place."""
WINDOW = 12.0
"""Beats that are looked back on."""
RECENT = 5.0
"""Beats after which a stroke counts a third in the line."""
ON_BEAT = 0.25
"""Share of the strokes that fall on whole beats from which on these alone tell where the beat is."""
TOGETHER = Seconds(0.04)
"""Strokes nearer than this are one: chords, flams, both hands."""
FEW = 6
"""Strokes in the window below which nothing is said."""
LIKELY = 9.0
"""How much likelier than chance, as a natural logarithm, before players are believed; and the third of it, still."""
CLEAR = 0.25
"""The same for each stroke, in the mean."""
LASTING = 6.0
"""Beats that this must last."""
LOST = 4.0
"""Beats after which players who are not understood any more, or are not heard, are left."""
EVERY = 0.5
"""Beats between two looks at all of it."""
FAR, OFF, ANYWHERE, OFF_SHARE = 0.03, Seconds(0.05), Seconds(math.inf), 0.1
"""Standard deviations of what is expected: of the tempo as a share of it, and of where the beat is; the last is the
most of it, in beats."""
EVEN = 0.75
"""Share of the places that equal strokes fall on."""
OFF_BEATS = 1.0 / 2.0, 2.0 / 3.0
"""From where to where in the beat off-beats lie, straight or swung."""
AROUND = Seconds(0.01)
"""By so much, and twice by how much strokes vary, may these lie farther out."""
EXACT = Seconds(0.007)
"""Standard deviation of strokes that is below that of people: no drummer is known to stay within 10 ms of a beat for
long, and where a stroke begins is told to some 3 ms."""
JUMP = 0.05
"""Beats by which the box's own beat may be elsewhere than its tempo says, before all is begun anew."""


@dataclass(frozen=True, slots=True)
class Pace:
    """A beat: `beat` falls at `time` (monotonic seconds), and `rate` of them pass in a second. Real-time safe."""

    time: float
    beat: float
    rate: float

    @property
    def tempo(self) -> Bpm:
        """Beats per minute."""
        return Bpm(self.rate * 60.0)

    def beat_at(self, time: float) -> float:
        """The beat at `time`."""
        return self.beat + (time - self.time) * self.rate


@dataclass(frozen=True, slots=True)
class Reading:
    """Strokes understood: on `division` of a beat, at `pace`; so much likelier than by chance, in all, of `strokes`.

    `spread` is their standard deviation around their places, habits aside, without those that belong to none. Of
    off-beats `place` has the beats to add to `pace`, which is that of the strokes, for that of those who play them.
    """

    division: int
    pace: Pace
    likelihood: float
    strokes: int
    spread: Seconds
    place: float = 0.0

    @property
    def likely(self) -> bool:
        """Whether players are to be believed."""
        return self.likelihood >= LIKELY and self.likelihood >= CLEAR * self.strokes


class Tracker:
    """Told of strokes, and again and again of the box's beat, tells the players' pace once it is sure of it.

    All times are monotonic seconds and come in order. One to three milliseconds every EVERY beats, the more are struck.
    """

    def __init__(self) -> None:
        self._strokes: deque[float] = deque()
        self.forget()

    def forget(self) -> None:
        """Begin anew: the box's beat, or the tempo, was set by somebody else."""
        self._strokes.clear()
        self._box: Pace | None = None
        self._pace: Pace | None = None  # of their strokes, which lie at _place of their beat
        self._place = 0.0
        self.reading: Reading | None = None
        self._due = 0.0
        self._likely = self._unlikely = 0.0

    def hear(self, time: float) -> None:
        """Somebody has struck at `time`."""
        if not self._strokes or time - self._strokes[-1] > TOGETHER:
            self._strokes.append(time)

    @property
    def pace(self) -> Pace | None:
        """The players' pace, counted in the box's beats; None: not sure."""
        own = self._pace
        return Pace(own.time, own.beat + self._place, own.rate) if own else None

    @property
    def exact(self) -> bool:
        """Whether those who are believed strike as only machines do."""
        return self._pace is not None and self.reading is not None and self.reading.spread < EXACT

    @property
    def strokes(self) -> int:
        """How many are looked back on."""
        return len(self._strokes)

    def look(self, box: Pace, home: Bpm) -> None:
        """The box is at `box` now; `home` is the tempo that somebody set."""
        before, self._box = self._box, box
        if before and abs(before.beat_at(box.time) - box.beat) > JUMP:
            self.forget()
            self._box = box
        while self._strokes and (box.time - self._strokes[0]) * box.rate > WINDOW:
            self._strokes.popleft()
        if self._strokes and (box.time - self._strokes[-1]) * box.rate > LOST:
            self._strokes.clear()
            self._pace, self._likely = None, box.beat
        if box.beat < self._due:
            return
        self._due = box.beat + EVERY
        self.reading = read(self._strokes, self._pace or box, home, box.time, anywhere=self._pace is None)
        self._judge(box.beat)

    def _judge(self, beat: float) -> None:
        """Believe what has been likely for long, leave what has been unlikely for long."""
        reading = self.reading
        if reading and (reading.likely or (self._pace and reading.likelihood >= LIKELY / 3.0)):
            self._unlikely = beat
            if self._pace is None and beat - self._likely >= LASTING:
                self._pace, self._place = reading.pace, reading.place
            elif self._pace:
                self._pace = reading.pace
            return
        self._likely = beat
        if beat - self._unlikely >= LOST:
            self._pace = None


def read(strokes: Sequence[float], base: Pace, home: Bpm, now: float, *, anywhere: bool) -> Reading | None:
    """What strokes (monotonic seconds, in order) up to `now` say best; None for too few.

    Their tempo is near that of `base`, and so is their beat, unless it may be `anywhere`.
    """
    times = list(strokes)
    if len(times) < FEW or (times[-1] - times[0]) * base.rate < WINDOW / 3.0:
        return None
    near = min(OFF, OFF_SHARE / base.rate)
    found = []
    for off, reading in _readings(times, base, home, now, (near, ANYWHERE) if anywhere else (near,)):
        if off == near or _is_even(reading, times):
            found.append((_merit(reading, base, off), reading))
    best = max(found, key=itemgetter(0), default=None)
    return best and (_in_place(best[1], base) if anywhere else best[1])


def _in_place(reading: Reading, base: Pace) -> Reading:
    """With its place, if these are strokes on one place of the beat alone, where off-beats are played."""
    place = base.beat_at(reading.pace.time) - reading.pace.beat
    around = (AROUND + 2.0 * reading.spread) * base.rate
    off_beat = reading.division == 1 and OFF_BEATS[0] - around < place % 1.0 < OFF_BEATS[1] + around
    return replace(reading, place=place) if off_beat else reading


def _is_even(reading: Reading, times: list[float]) -> bool:
    """Whether these are strokes whole beats apart, or on nearly all places of a finer division."""
    places = (times[-1] - times[0]) * reading.pace.rate * reading.division + 1.0
    return reading.division == 1 or len(times) > EVEN * places


def _readings(
    times: list[float], base: Pace, home: Bpm, now: float, offs: Sequence[float]
) -> Iterator[tuple[float, Reading]]:
    """For each division, and by how much the beat is off as a rule, the strokes as they are understood then."""
    for division in DIVISIONS:
        known: dict[Pace, Reading] = {}
        for off, turned in _candidates(times, base, home, division, offs):
            reading = known.get(turned) or fitted(times, division, turned, now)
            known[turned] = reading
            yield off, reading


def _merit(reading: Reading, base: Pace, off: float) -> float:
    """The likelihood, less by how little the pace was expected, whose beat is off by `off` (s) as a rule."""
    tempo = reading.pace.rate / base.rate - 1.0
    apart = (reading.pace.beat - base.beat_at(reading.pace.time)) / base.rate
    return reading.likelihood - 0.5 * (tempo / FAR) ** 2 - 0.5 * (apart / off) ** 2


def _candidates(
    times: list[float], base: Pace, home: Bpm, division: int, offs: Sequence[float]
) -> Iterator[tuple[float, Pace]]:
    """For each of `offs`, the pace within RANGE of home at which the strokes lie closest together on a division."""
    middle = 0.5 * (times[0] + times[-1])
    beats = [base.beat_at(time) for time in times]
    away = [(time - middle) * base.rate for time in times]
    low = max(home * (1.0 - RANGE) / base.tempo - 1.0, -2.0 * RANGE)
    high = min(home * (1.0 + RANGE) / base.tempo - 1.0, 2.0 * RANGE)
    # Between neighbours, the strokes at either end move by a sixth of a place.
    step = 1.0 / (6.0 * division * away[-1])
    found: list[tuple[float, float, float]] = [(-math.inf, 0.0, 0.0)] * len(offs)
    turn, first = 2.0j * math.pi * division, math.ceil(low / step)
    hands = [cmath.exp(turn * (beat + first * step * far)) for beat, far in zip(beats, away, strict=True)]
    turns = [cmath.exp(turn * step * far) for far in away]
    for k in range(first, math.floor(high / step) + 1):
        share, vector = k * step, sum(hands, start=0j)
        phase = cmath.phase(vector) / (2.0 * math.pi * division)
        value = 2.0 * abs(vector) ** 2 / len(times) - 0.5 * (share / FAR) ** 2
        for n, off in enumerate(offs):
            found[n] = max(found[n], (value - 0.5 * (phase / base.rate / off) ** 2, share, phase))
        hands = list(map(mul, hands, turns))
    for off, (value, share, phase) in zip(offs, found, strict=True):
        if value > -math.inf:
            yield off, Pace(middle, base.beat_at(middle) - phase, base.rate * (1.0 + share))


def fitted(times: list[float], division: int, pace: Pace, now: float) -> Reading:
    """The strokes on a division of a beat near `pace`, through which a line is laid twice; its beat counts at `now`."""
    for _ in range(2):
        pace = _line(times, division, pace, now)
    spread = SPREAD * pace.rate
    peak = (1.0 - STRAY) / (division * spread * math.sqrt(2.0 * math.pi))
    likelihood = 0.0
    for time in times:
        off = _off(pace.beat_at(time), division)
        likelihood += math.log(peak * math.exp(-0.5 * (off / spread) ** 2) + STRAY)
    return Reading(division, pace, likelihood, len(times), _spread(times, division, pace))


def _spread(times: list[float], division: int, pace: Pace) -> Seconds:
    places: dict[int, list[float]] = {}
    for time in times:
        beat = pace.beat_at(time)
        off = _off(beat, division) / pace.rate
        if abs(off) < 3.0 * SPREAD:
            places.setdefault(round(beat * division) % division, []).append(off)
    freedom = sum(len(offs) - 1 for offs in places.values())
    squares = sum((off - sum(offs) / len(offs)) ** 2 for offs in places.values() for off in offs)
    return Seconds(math.sqrt(squares / freedom)) if freedom else SPREAD


def _off(beat: float, division: int) -> float:
    """Beats by which a beat is later than the nearest place."""
    return beat - round(beat * division) / division


def _line(times: list[float], division: int, pace: Pace, now: float) -> Pace:
    """A line through the strokes by their places, which have habits of their own."""
    spread = SPREAD * pace.rate
    floor = STRAY / (1.0 - STRAY) * division * spread * math.sqrt(2.0 * math.pi)
    places: dict[int, list[tuple[float, float, float]]] = {}
    for time in times:
        beat = pace.beat_at(time)
        off = _off(beat, division)
        near = math.exp(-0.5 * (off / spread) ** 2)
        weight = near / (near + floor) * math.exp((time - now) * pace.rate / RECENT)
        places.setdefault(round(beat * division) % division, []).append((weight, time - now, off))
    means = {place: _mean(points) for place, points in places.items()}
    spread_in_time = lean = 0.0
    for place, points in places.items():
        _, time, off = means[place]
        spread_in_time += sum(weight * (at - time) ** 2 for weight, at, _ in points)
        lean += sum(weight * (at - time) * (by - off) for weight, at, by in points)
    # What is expected of the tempo counts like so many strokes: few do not swing it.
    slope = lean / (spread_in_time + (SPREAD / FAR) ** 2)
    everywhere = _mean([point for points in places.values() for point in points])
    # Who strikes on the beat tells where it is; elsewhere, swing would move it.
    on_beat = means.get(0, everywhere)
    _, time, off = on_beat if on_beat[0] > ON_BEAT * everywhere[0] else everywhere
    return Pace(now, pace.beat_at(now) - off + slope * time, pace.rate - slope)


def _mean(points: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    """The weight of weighted points, and where their middle is in time and in beats."""
    total = sum(weight for weight, _, _ in points) or 1e-12
    return (
        total,
        sum(weight * time for weight, time, _ in points) / total,
        sum(weight * off for weight, _, off in points) / total,
    )
