"""The clock of others: which one leads, its tempo and beat, and where its song stands.

MIDI clock is 24 ticks to the beat; Start, Continue and song position say which beat the next tick is (MIDI 1.0 Detailed
Specification, "System Real Time Messages" and "Song Position Pointer"). Ticks arrive with up to a millisecond or more
of jitter, some are lost or come twice, and masters jump. So a line is laid through many ticks, as many as still lie on
one: the more, the less their jitter matters; after a change of tempo, only the latest do.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from jambox.midi.messages import CLOCK, CONTINUE, SONG_POSITION, START, STOP
from jambox.midi.sync import PPQN
from jambox.scene import FASTEST, SLOWEST
from jambox.units import Bpm

SPP = 6
"""Ticks in one unit of song position: a sixteenth note."""
SILENT = 0.5
"""Seconds without a tick after which a clock has fallen silent. At SLOWEST, ticks are 125 ms apart."""
LOCK, LOOSE = 24, 36
"""Ticks that must lie on one line before it is believed, and among how many."""
WINDOWS = (12, 24, 48, 96)
"""Ticks to lay a line through: the first always, then each longer one while the newest ticks still lie on it."""
RECENT = 6
"""The newest ticks, whose mean tells a change of tempo from jitter."""
EVERY = 2
"""Ticks between two new lines."""
SURE = 4.0
"""Standard errors by which that mean must be off. Jitter alone does that once in some hundred lines."""
OFF = 0.25
"""Ticks by which one may miss its place; others are not counted in."""
ROOM = 1.02
"""Share by which jitter may take the tempo past what the box can play."""
DOUBT = 12
"""A tick out of place, twice or missing counts 2, a good one takes 1 away: from here on a new line is looked for."""
CALM = 8
"""Good ticks in a row after which what was out of place before was noise. In a new tempo some are good by chance."""
ECHO = 0.006
"""Seconds from our own tick within which a come-back of it arrives, through a device that repeats or obeys us."""
ECHOES = 20
"""So many of the last LOCK ticks close behind our own may mean that a clock is our own come back."""
PROMPT = 1.0
"""It is if it began within so many seconds of our own clock, or of its being plugged in: echoes do not wait."""


def concerns(message: bytes) -> bool:
    """Whether a whole message is about clocks: a tick, Start, Continue, Stop or song position."""
    return message[0] == SONG_POSITION or message in (CLOCK, START, CONTINUE, STOP)


@dataclass(frozen=True, slots=True)
class Lead:
    """What the leading clock says: at `time` (monotonic seconds) it stands on `beat`, going at `tempo`.

    While the song is `running`, beats count from its beginning, and it was last started, continued or moved at beat
    `begun`, for the `cue`-th time. While not, only their distance to whole ticks means something.

    A leader that counts cycles of `cycle` beats has a sam on beat 0 and every so many after, whether or not it runs. A
    MIDI clock counts none (0).
    """

    source: str
    tempo: Bpm
    beat: float
    time: float
    running: bool = False
    cue: int = 0
    begun: float = 0.0
    cycle: float = 0.0

    def beat_at(self, time: float) -> float:
        """The beat at `time`."""
        return self.beat + (time - self.time) * self.tempo / 60.0

    def time_at(self, beat: float) -> float:
        """When `beat` falls: the inverse of `beat_at`."""
        return self.time + (beat - self.beat) * 60.0 / self.tempo


@dataclass(frozen=True, slots=True)
class Line:
    """Tick `index` falls at `time`, and one every `period` seconds before and after."""

    index: float
    time: float
    period: float

    def time_at(self, index: float) -> float:
        return self.time + (index - self.index) * self.period

    def off(self, tick: tuple[int, float]) -> float:
        """Seconds by which a tick is late."""
        return tick[1] - self.time_at(tick[0])


def line(ticks: Sequence[tuple[int, float]]) -> Line:
    """The least-squares line through ticks (index, time); at least two."""
    count = len(ticks)
    index = sum(i for i, _ in ticks) / count
    time = sum(t for _, t in ticks) / count
    spread = sum((i - index) ** 2 for i, _ in ticks)
    return Line(index, time, sum((i - index) * (t - time) for i, t in ticks) / spread)


def best_line(ticks: Sequence[tuple[int, float]]) -> Line:
    """The line through as many of the newest ticks as lie on one."""
    newest = ticks[-WINDOWS[0] :]
    best = line(newest)
    jitter = math.sqrt(sum(best.off(tick) ** 2 for tick in newest) / (len(newest) - 2))
    limit = SURE * jitter / math.sqrt(RECENT) + 1e-5
    for size in WINDOWS[1:]:
        longer = line(ticks[-size:])
        if abs(sum(longer.off(tick) for tick in ticks[-RECENT:])) > RECENT * limit:
            break
        best = longer
        if size >= len(ticks):
            break
    return best


def numbered(times: Sequence[float]) -> list[int]:
    """The number of each tick, from 0 for the first: one more each time, save where one is missing or came twice.

    That shows by the median interval. A tick that comes twice gets its number twice.
    """
    usual = max(median(later - earlier for earlier, later in pairwise(times)), 1e-6)
    numbers, last = [0], times[0]
    for time in times[1:]:
        steps = round((time - last) / usual)
        numbers.append(numbers[-1] + steps)
        if steps:
            last = time
    return numbers


class _Clock:
    """The clock of one source: its ticks, numbered as they come; the line through them; and its song.

    `line` is None until LOCK ticks lay on one; a line that no longer fits holds until there is another. `since` is when
    the present series of ticks began, `last` the latest sign of life.
    """

    def __init__(self, plugged: float = -math.inf) -> None:
        self.plugged = plugged
        self.running = False
        self.cue = self.begun = 0
        self._index = -1  # of the tick last counted in
        self._origin = 0  # the index of the song's beginning
        self._song = 0  # the tick of the song at which Continue goes on
        self._cued: int | None = None  # the tick of the song that comes next
        self._ticks: deque[tuple[int, float]] = deque(maxlen=WINDOWS[-1])
        self._count = self._seen = 0  # ticks counted in, and heard, since the search for a line began
        self._doubt = self._trouble = 0  # the index of the first tick that was out of place
        self._calm = CALM  # good ticks in a row
        self.rest()

    def rest(self) -> None:
        """Forget tempo and beat: the clock has fallen silent. Its song stays where it was."""
        self.stop()
        self.last, self.since = -math.inf, math.inf
        self.line: Line | None = None
        self._echoes: deque[bool] = deque(maxlen=LOCK)
        self._seek(self._index + 1)

    def answers(self, began: float) -> bool:
        """Whether it ticks in answer to our own clock, which began to tick for it at `began`."""
        return sum(self._echoes) >= ECHOES and self.since - max(began, self.plugged) < PROMPT

    def lead(self, source: str) -> Lead:
        """What it says; for one with a line."""
        assert self.line is not None
        tempo = Bpm(60.0 / (PPQN * self.line.period))
        beat = (self._index - self._origin) / PPQN
        time = self.line.time_at(self._index)
        return Lead(source, tempo, beat, time, self.running, self.cue, self.begun / PPQN)

    def tick(self, time: float, own: float) -> None:
        """A tick; our own latest was at `own`."""
        self.last, self.since = time, min(self.since, time)
        self._echoes.append(0.0 <= time - own < ECHO)
        self._seen += 1
        index: int | None = self._index + 1
        if self._locked and self.line:
            if self._cued is not None:
                self._anchor(self.line, time)
            index = self._place(self.line, time)
        if index is None:
            return
        self._index = index
        self._ticks.append((index, time))
        self._count += 1
        if self._count % EVERY == 0:
            self._fit()
        if self._cued is not None:
            self.running, self.cue, self.begun = True, self.cue + 1, self._cued
            self._origin, self._cued = self._index - self._cued, None

    def start(self, time: float) -> None:
        """Start: the next tick is the song's first."""
        self.last, self._cued = time, 0

    def go_on(self, time: float) -> None:
        """Continue: the next tick is the one at which the song was stopped, or to which it was moved."""
        self.last = time
        if not self.running and self._cued is None:
            self._cued = self._song

    def stop(self) -> None:
        """Stop: ticks go on, but the song does not."""
        if self._cued is not None:
            self._song, self._cued = self._cued, None
        elif self.running:
            self._song = self._index + 1 - self._origin
        self.running = False

    def move(self, song: int) -> None:
        """Song position: tick `song` is next, now or when the song continues."""
        if self.running or self._cued is not None:
            self._cued = song
        else:
            self._song = song

    def _anchor(self, line: Line, time: float) -> None:
        # Many masters begin their ticks anew at Start: the tempo stays, but this tick is on the beat. What may be noise
        # is left to the line.
        steps = max(1, round((time - line.time_at(self._index)) / line.period))
        shift = time - line.time_at(self._index + steps)
        if abs(shift) > OFF / 2.0 * line.period:
            self._ticks = deque(((index, tick + shift) for index, tick in self._ticks), WINDOWS[-1])
            self.line = Line(line.index, line.time + shift, line.period)

    def _place(self, line: Line, time: float) -> int | None:
        """The number of a tick at `time`, None when it is not on the line; a new search when many are not."""
        steps = round((time - line.time_at(self._index)) / line.period)
        good = steps >= 1 and abs(time - line.time_at(self._index + steps)) <= OFF * line.period
        worse = 2 * (steps - 1) - 1 if good else 2
        if worse > 0 and self._calm >= CALM:
            self._trouble = self._index - self._seen + 1
        self._calm = 0 if worse > 0 else self._calm + 1
        self._doubt = max(0, self._doubt + worse)
        if self._doubt >= DOUBT:
            # What was out of place were ticks after all, in another tempo: each counts.
            self._seek(self._trouble + self._seen)
            return self._index + 1
        return self._index + steps if good else None

    def _seek(self, index: int) -> None:
        """Look for a new line, from tick `index` on."""
        self._index = index - 1
        self._ticks.clear()
        self._locked = False
        self._count = self._seen = self._doubt = self._trouble = 0
        self._calm = CALM

    def _fit(self) -> None:
        ticks = list(self._ticks)
        if self._locked:
            self.line = best_line(ticks)
        elif len(ticks) >= LOCK:
            self._lock(ticks[-LOOSE:])
            if not self._locked and len(ticks) == WINDOWS[-1]:
                self.line = None

    def _lock(self, ticks: list[tuple[int, float]]) -> None:
        """Go by `ticks`, if LOCK of them lie on a line once they are numbered rightly."""
        first = ticks[0][0]
        numbers = [first + number for number in numbered([time for _, time in ticks])]
        places: dict[int, float] = {}
        for number, (_, time) in zip(numbers, ticks, strict=True):
            places.setdefault(number, time)
        kept = list(places.items())[-LOCK:]
        if len(kept) < LOCK:
            return
        found = line(kept)
        even = all(abs(found.off(tick)) <= OFF * found.period for tick in kept)
        if even and SLOWEST / ROOM <= 60.0 / (PPQN * found.period) <= FASTEST * ROOM:
            self._locked, self.line, self._index = True, best_line(kept), numbers[-1]
            self._ticks = deque(kept, WINDOWS[-1])
            cued = self._origin + self.begun - first
            if self.running and cued > 0:
                self._origin += numbers[cued] - first - cued


class Follower:
    """All clocks that are heard, and the one that leads: the first to tick evenly, until it falls silent.

    Sources are any strings. Not thread-safe. Times are monotonic seconds, and come in order for each source.
    """

    def __init__(self) -> None:
        self._clocks: dict[str, _Clock] = {}
        self._leader = ""
        self._own = self._began = -math.inf

    def plug(self, source: str, time: float) -> None:
        """The source is here, since `time`."""
        self._clocks[source] = _Clock(time)

    def hear(self, source: str, message: bytes, time: float) -> None:
        """Take in a whole message that came from `source` at `time`; those that are not about clocks do nothing."""
        if not concerns(message):
            return
        clock = self._clocks.setdefault(source, _Clock())
        if message == CLOCK:
            clock.tick(time, self._own)
        elif message == START:
            clock.start(time)
        elif message == CONTINUE:
            clock.go_on(time)
        elif message == STOP:
            clock.stop()
        else:
            clock.move(SPP * (message[1] | message[2] << 7))

    def ticked(self, time: float) -> None:
        """Our own clock sent a tick at `time`: one that comes right after it may be its echo."""
        if time - self._own > SILENT:
            self._began = time
        self._own = time

    def forget(self, source: str) -> None:
        """The source is gone."""
        self._clocks.pop(source, None)

    def lead(self, now: float) -> Lead | None:
        """What the clock that leads at `now` says; None when none does."""
        for clock in self._clocks.values():
            if now - clock.last > SILENT and clock.last > -math.inf:
                clock.rest()
        leader = self._clocks.get(self._leader)
        if leader is None or leader.line is None:
            if self._leader:
                self._began = now  # while it led, it did not get ours
            able = [name for name, clock in self._clocks.items() if clock.line and not clock.answers(self._began)]
            self._leader = min(able, key=lambda name: self._clocks[name].since, default="")
            leader = self._clocks.get(self._leader)
        return leader.lead(self._leader) if leader else None
