# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: annotation_typing=False
"""The input strips: trim, guard, filters, gate, compressor, and their sums on the buses. Compiled like kernel.py.

Every number that is heard goes in a straight line from one tick (TICK frames) to the next, so that nothing jumps. A
filter keeps the state s, t and runs by six coefficients: with d = x - t,

    y = c0 x + c1 s + c2 t        s' = b1 s + b2 d        t' = t + b2 s + b4 d

which is a trapezoidal state-variable filter. The matrix that takes (s, t) to (s', t') is the Cayley transform of one
whose symmetric part is not positive, for every G > 0 and K >= 0; it lengthens no vector, and neither does any mean of
two such matrices. So coefficients may glide in straight lines, however fast, and the filter stays stable.
"""

from typing import Any

import cython

from jambox.sound.layout import (
    ACTIVE,
    CLIPPED,
    CLOSED,
    CLOSING,
    COEFFICIENTS,
    CUE,
    DEEPEST,
    DESIGN,
    FAULTS,
    FILTER,
    FILTERS,
    FLOOR,
    GAIN_ROWS,
    GAINS,
    GATING,
    LETTING,
    LEVEL_BEFORE,
    LEVEL_NOW,
    LINE,
    LISTENED,
    LOUD,
    LOUDEST,
    LOUDNESS,
    OPENING,
    PARTNER,
    PEAK,
    REDUCTION,
    RESTLESS,
    SEIZING,
    SEND,
    SHUT,
    SIDE,
    SLOPE,
    SQUARE,
    SQUARES,
    STEEPNESS,
    STRIP_FLAGS,
    STRIP_METERS,
    STRIP_STATE,
    THRESHOLD,
    TICK,
    TOP,
    TURNED_DOWN,
    WANTED,
)
from jambox.sound.tables import table

if not cython.compiled:
    from math import exp, log

NEAR = 1e-9
"""A design number that comes so near to its goal has reached it."""
CORNERS = 0.5
"""Corners of filters glide so much slower than all else: what rings in a swept band dies away on its way up."""
HALF_KNEE = 0.34538776394910684
"""3 dB in nepers."""
SILENCE = 1e-10
"""The level below which all levels are alike: -200 dB."""
SETTLED = 1e-7
"""Nepers at which gate and compressor have let go altogether."""
FULL = 0.9999
"""A captured sample from here on is clipped."""


class Channels:
    """All strips of one mixer.

    `guard` is the part of that name. The arrays belong to the caller: `goals` and `present` (float64, strips x DESIGN),
    `state` (float64, strips x STRIP_STATE), `flags` (int64, strips x STRIP_FLAGS), `meters` (float64, strips x
    STRIP_METERS), `faults` (float64, the house's meters), all flat.

    `glide`, `fall` and `mean` are shares per tick in 0…1; levels are held for `hold` to 2 `hold` ticks.
    """

    def __init__(
        self,
        strips: int,
        guard: Any,
        goals: "memoryview[float]",
        present: "memoryview[float]",
        state: "memoryview[float]",
        flags: "memoryview[int]",
        meters: "memoryview[float]",
        faults: "memoryview[float]",
        glide: float,
        fall: float,
        mean: float,
        hold: int,
    ) -> None:
        self.strips = strips
        self.guard = guard
        self.goals = goals
        self.present = present
        self.state = state
        self.flags = flags
        self.meters = meters
        self.faults = faults
        self.halfway = table("d", strips * DESIGN)
        self.line, self.slopes, self.targets = (table("d", strips * LINE) for _ in range(3))
        self.signals, self.keys = table("d", strips * TICK), table("d", strips * TICK)
        self.glide = glide
        self.fall = fall
        self.mean = mean
        self.hold = hold
        self.ticks = 0

    def settle(self) -> None:
        """Stand at the goals at once, without gliding there."""
        for i in range(self.strips):
            for n in range(i * DESIGN, (i + 1) * DESIGN):
                self.present[n] = self.halfway[n] = self.goals[n]
            self._aim(i)
            self._aim(i)
            self._look(i)

    def tick(self) -> None:
        """Aim at where things shall stand TICK frames from now. Call it before every TICK-th frame."""
        turn = self.ticks % self.hold == 0
        self.ticks += 1
        for i in range(self.strips):
            if self.flags[i * STRIP_FLAGS + RESTLESS] != 0:
                moving = self._glide(i)
                changing = self._aim(i)
                self.flags[i * STRIP_FLAGS + RESTLESS] = 1 if moving or changing else 0
                self._look(i)
            self._measure(i, turn)
            self.guard.tick(i)

    def _glide(self, i: int) -> bool:
        # One behind the other, so that even the beginning of a glide has no corner.
        moving = False
        for n in range(i * DESIGN, (i + 1) * DESIGN):
            gap, lag = self.goals[n] - self.halfway[n], self.halfway[n] - self.present[n]
            if gap != 0.0 or lag != 0.0:
                moving = True
                near = abs(gap) < NEAR
                corner = n - i * DESIGN < GAINS and (n - i * DESIGN) % FILTER == 0
                glide = self.glide * CORNERS if corner else self.glide
                self.halfway[n] = self.goals[n] if near else self.halfway[n] + gap * glide
                self.present[n] = self.goals[n] if near and abs(lag) < NEAR else self.present[n] + lag * glide
        return moving

    def _aim(self, i: int) -> bool:
        # From the old targets, which are reached by now, to those of the present design.
        start = i * LINE
        for n in range(start, start + LINE):
            self.line[n] = self.targets[n]
        for f in range(FILTERS):
            _solve(self.present, i * DESIGN + f * FILTER, self.targets, start + f * COEFFICIENTS)
        for n in range(GAIN_ROWS):
            self.targets[start + FILTERS * COEFFICIENTS + n] = self.present[i * DESIGN + GAINS + n]
        changing = False
        for n in range(start, start + LINE):
            self.slopes[n] = (self.targets[n] - self.line[n]) * (1.0 / TICK)
            changing = changing or self.slopes[n] != 0.0
        return changing

    def _look(self, i: int) -> None:
        # What changes nothing is left out, and starts from silence when it is wanted again.
        active = i * STRIP_FLAGS + ACTIVE
        for f in range(SIDE):
            n = i * LINE + f * COEFFICIENTS + 3
            flat = self.line[n] == 1.0 and self.line[n + 1] == 0.0 and self.line[n + 2] == 0.0
            flat = flat and self.targets[n] == 1.0 and self.targets[n + 1] == 0.0 and self.targets[n + 2] == 0.0
            self.flags[active + f] = 0 if flat else 1
            if flat:
                self.state[i * STRIP_STATE + 2 * f] = 0.0
                self.state[i * STRIP_STATE + 2 * f + 1] = 0.0
        design, state = i * DESIGN, i * STRIP_STATE
        idle = self.present[design + STEEPNESS] == 0.0 and self.present[design + SLOPE] == 0.0
        idle = idle and self.goals[design + STEEPNESS] == 0.0 and self.goals[design + SLOPE] == 0.0
        idle = idle and self.state[state + TURNED_DOWN] == 0.0 and self.state[state + CLOSED] == 0.0
        self.flags[active + SIDE] = 0 if idle and self.flags[i * STRIP_FLAGS + LISTENED] == 0 else 1
        if self.flags[active + SIDE] == 0:
            self._forget(i)

    def _forget(self, i: int) -> None:
        state = i * STRIP_STATE
        self.state[state + 2 * SIDE] = self.state[state + 2 * SIDE + 1] = 0.0
        self.state[state + LEVEL_NOW] = self.state[state + LEVEL_BEFORE] = 0.0
        self.state[state + WANTED] = self.state[state + SHUT] = 0.0
        self.state[state + LOUDNESS] = log(SILENCE)
        for k in range(i * TICK, (i + 1) * TICK):
            self.keys[k] = 0.0

    def _measure(self, i: int, turn: bool) -> None:
        state, meters, flags = i * STRIP_STATE, i * STRIP_METERS, i * STRIP_FLAGS
        self.meters[meters + PEAK] = max(self.state[state + LOUD], self.meters[meters + PEAK] * self.fall)
        square = self.state[state + SQUARES] * (1.0 / TICK)
        self.meters[meters + SQUARE] += (square - self.meters[meters + SQUARE]) * self.mean
        self.state[state + LOUD] = self.state[state + SQUARES] = 0.0
        if self.flags[flags + ACTIVE + SIDE] == 0:
            return
        if turn:
            self.state[state + LEVEL_BEFORE] = self.state[state + LEVEL_NOW]
            self.state[state + LEVEL_NOW] = 0.0
        self._judge(i, max(self.state[state + LEVEL_NOW], self.state[state + LEVEL_BEFORE]))
        self._let_go(i, state + WANTED, state + TURNED_DOWN)
        self._let_go(i, state + SHUT, state + CLOSED)
        self.meters[meters + REDUCTION] = self.state[state + TURNED_DOWN]
        self.meters[meters + GATING] = self.state[state + CLOSED]

    def _let_go(self, i: int, goal: int, present: int) -> None:
        if self.state[goal] == 0.0 and 0.0 < self.state[present] < SETTLED:
            self.state[present] = 0.0
            self.flags[i * STRIP_FLAGS + RESTLESS] = 1

    def _judge(self, i: int, level: float) -> None:
        # What gate and compressor shall take away at this level (Giannoulis, Massberg and Reiss, "Digital dynamic range
        # compressor design", JAES 60, 2012, equation 4, as attenuation).
        state, design = i * STRIP_STATE, i * DESIGN
        loudness = log(max(level, SILENCE))
        over = loudness - self.present[design + THRESHOLD]
        wanted = 0.0
        if over >= HALF_KNEE:
            wanted = over * self.present[design + SLOPE]
        elif over > -HALF_KNEE:
            over += HALF_KNEE
            wanted = over * over * self.present[design + SLOPE] * (0.25 / HALF_KNEE)
        under = self.present[design + FLOOR] - loudness
        shut = 0.0
        if under > 0.0:
            shut = min(under * self.present[design + STEEPNESS], self.present[design + DEEPEST])
        self.state[state + LOUDNESS] = loudness
        self.state[state + WANTED] = wanted
        self.state[state + SHUT] = shut

    def run(
        self,
        captured: "memoryview[float]",
        buses: "memoryview[float]",
        width: int,
        first: int,
        at: int,
        frames: int,
    ) -> None:
        """Add frames `first` on of `captured` to the rows of `buses` (`width` long) from column `at` on.

        The frames, TICK at most, end before or at the next tick.
        """
        for i in range(self.strips):
            self._take(i, captured, first, frames)
            self.guard.run(i, self.signals, i * TICK, frames)
            for f in range(SIDE):
                if self.flags[i * STRIP_FLAGS + ACTIVE + f] != 0:
                    self._filter(i, f, self.signals, frames)
            if self.flags[i * STRIP_FLAGS + ACTIVE + SIDE] != 0:
                for k in range(i * TICK, i * TICK + frames):
                    self.keys[k] = self.signals[k]
                self._filter(i, SIDE, self.keys, frames)
        for i in range(self.strips):
            if self.flags[i * STRIP_FLAGS + ACTIVE + SIDE] != 0:
                self._dynamics(i, frames)
            self._sum(i, buses, width, at, frames)

    def _take(self, i: int, captured: "memoryview[float]", first: int, frames: int) -> None:
        place = i * LINE + FILTERS * COEFFICIENTS
        trim, slope = self.line[place], self.slopes[place]
        row, index = i * TICK, first * self.strips + i
        top = self.meters[i * STRIP_METERS + TOP]
        for k in range(row, row + frames):
            x = captured[index]
            index += self.strips
            if not abs(x) < FULL:
                if abs(x) < LOUDEST:
                    self.meters[i * STRIP_METERS + CLIPPED] += 1.0
                else:
                    x = 0.0
                    self.faults[FAULTS] += 1.0
            top = max(top, abs(x))
            self.signals[k] = x * trim
            trim += slope
        self.meters[i * STRIP_METERS + TOP] = top
        self.line[place] = trim

    def _filter(self, i: int, f: int, x: "memoryview[float]", frames: int) -> None:
        state, place = i * STRIP_STATE + 2 * f, i * LINE + f * COEFFICIENTS
        _run(x, i * TICK, frames, self.line, self.slopes, place, self.state, state)

    def _dynamics(self, i: int, frames: int) -> None:
        state, design = i * STRIP_STATE, i * DESIGN
        mine, theirs = i * TICK, self.flags[i * STRIP_FLAGS + PARTNER] * TICK
        now, down, closed = self.state[state + LEVEL_NOW], self.state[state + TURNED_DOWN], self.state[state + CLOSED]
        level = max(now, self.state[state + LEVEL_BEFORE])
        wanted, shut = self.state[state + WANTED], self.state[state + SHUT]
        seizing, letting = self.present[design + SEIZING], self.present[design + LETTING]
        opening, closing = self.present[design + OPENING], self.present[design + CLOSING]
        for k in range(frames):
            key = max(abs(self.keys[mine + k]), abs(self.keys[theirs + k]))
            now = max(now, key)
            if key > level:
                level = key
                self._judge(i, level)
                wanted, shut = self.state[state + WANTED], self.state[state + SHUT]
            down += (wanted - down) * (seizing if wanted > down else letting)
            closed += (shut - closed) * (closing if shut > closed else opening)
            if down + closed != 0.0:
                self.signals[mine + k] *= exp(-(down + closed))
        self.state[state + LEVEL_NOW] = now
        self.state[state + TURNED_DOWN] = down
        self.state[state + CLOSED] = closed

    def _sum(self, i: int, buses: "memoryview[float]", width: int, at: int, frames: int) -> None:
        row, state = i * TICK, i * STRIP_STATE
        loud, squares = self.state[state + LOUD], self.state[state + SQUARES]
        for k in range(row, row + frames):
            loud = max(loud, abs(self.signals[k]))
            squares += self.signals[k] * self.signals[k]
        self.state[state + LOUD] = loud
        self.state[state + SQUARES] = squares
        gains = i * LINE + FILTERS * COEFFICIENTS
        _add(self.signals, row, frames, self.line, self.slopes, gains + 1, buses, at)
        _add(self.signals, row, frames, self.line, self.slopes, gains + 2, buses, width + at)
        _add(self.signals, row, frames, self.line, self.slopes, gains + 3, buses, SEND * width + at)
        _add(self.signals, row, frames, self.line, self.slopes, gains + 4, buses, CUE * width + at)
        _add(self.signals, row, frames, self.line, self.slopes, gains + 5, buses, (CUE + 1) * width + at)


def _solve(design: "memoryview[float]", d: int, out: "memoryview[float]", n: int) -> None:
    g, k = exp(design[d]), design[d + 1]
    m0, m1, m2 = design[d + 2], design[d + 3], design[d + 4]
    a1 = 1.0 / (1.0 + g * (g + k))
    a2 = g * a1
    a3 = g * a2
    out[n] = 2.0 * a1 - 1.0
    out[n + 1] = 2.0 * a2
    out[n + 2] = 2.0 * a3
    out[n + 3] = m0 + m1 * a2 + m2 * a3
    out[n + 4] = m1 * a1 + m2 * a2
    out[n + 5] = m2 * (1.0 - a3) - m1 * a2


def _run(
    x: "memoryview[float]",
    row: int,
    frames: int,
    line: "memoryview[float]",
    slopes: "memoryview[float]",
    n: int,
    state: "memoryview[float]",
    m: int,
) -> None:
    b1, b2, b4, c0, c1, c2 = line[n], line[n + 1], line[n + 2], line[n + 3], line[n + 4], line[n + 5]
    p1, p2, p4, q0, q1, q2 = slopes[n], slopes[n + 1], slopes[n + 2], slopes[n + 3], slopes[n + 4], slopes[n + 5]
    s, t = state[m], state[m + 1]
    for k in range(row, row + frames):
        v = x[k]
        x[k] = c0 * v + c1 * s + c2 * t
        d = v - t
        t = (t + b2 * s) + b4 * d
        s = b1 * s + b2 * d
        b1 += p1
        b2 += p2
        b4 += p4
        c0 += q0
        c1 += q1
        c2 += q2
    state[m], state[m + 1] = s, t
    line[n], line[n + 1], line[n + 2], line[n + 3], line[n + 4], line[n + 5] = b1, b2, b4, c0, c1, c2


def _add(
    x: "memoryview[float]",
    row: int,
    frames: int,
    line: "memoryview[float]",
    slopes: "memoryview[float]",
    n: int,
    out: "memoryview[float]",
    at: int,
) -> None:
    gain, slope = line[n], slopes[n]
    if gain == 0.0 and slope == 0.0:
        return
    for k in range(frames):
        out[at + k] += x[row + k] * gain
        gain += slope
    line[n] = gain
