# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: annotation_typing=False
"""The feedback guard: it hears that a strip howls, and notches what does. Compiled like kernel.py.

A howl is suspected where a peak of the spectrum (see spectra)

- holds more than what lies around it, from 1.3 octaves below to 1.3 above, so that it has neither harmonics nor company
  (peak-to-harmonic and peak-to-neighbouring power ratio in one),
- stands still, to a fraction of a bin, and
- keeps growing by the same dB in the same time (interframe magnitude slope deviation); or stands at a height where
  only a limiter can have stopped it, level to a fraction of a dB.

The criteria are those of van Waterschoot and Moonen ("Comparative evaluation of howling detection criteria in
notch-filter-based howling suppression", JAES 58, 2010; "Fifty years of acoustic feedback control", Proc. IEEE 99,
2011); they found that of single ones the slope's deviation does best. The numbers are our own, from simulated rooms.

A suspicion is then put to the proof. What is heard comes before the notches: if it falls when the notch goes down, the
loudspeaker was its cause, and the notch stays; if it does not care, it was music, and the notch goes. A notch is kept
for some seconds, let go slowly, and taken back at once when the howl comes back.

What it does not do: where the loop is wide, as with a loudspeaker close by, and no narrow resonance of a room, a howl
can move beside its notch. Within the same bin, below some 500 Hz, or at 1 kHz with 6 dB too much, it is then pardoned.

A notch adds its band-pass (trapezoidal state-variable filter, see design) times a factor to the sound: its depth is
that factor, which glides, and its width does not depend on it.
"""

from typing import Any

import cython

from jambox.sound.layout import (
    BINS,
    DEPTH,
    FREQUENCY,
    GUARDED,
    HISTORY,
    HOWLS,
    NOTCH_METERS,
    NOTCHED,
    NOTCHES,
    PORTIONS,
    SPECTRUM,
    STRIP_FLAGS,
    STRIP_METERS,
    TICK,
)
from jambox.sound.tables import table

if not cython.compiled:
    from math import exp, log, tan

WIDTH = 0.0693
"""Of a notch by its frequency, between its points of -3 dB: a tenth of an octave."""
STEP, STEPS = 9.0, 3
"""dB by which a notch goes down at a time, and how many times."""
FALL = 0.4
"""Share of its power to which a howl has fallen when its notch works: -4 dB."""
WAIT, HOLD, LONGEST, PARDON = 6, 470, 3760, 940
"""Spectra (10.7 ms): until a step must have shown; for which a notch is held, and at most after it was needed again;
for which what turned out to be music is left alone."""
LET_GO = 0.032
"""dB a spectrum by which a notch is let go: 3 dB a second."""
LOWEST, HIGHEST = 7, 405
"""Bins (23.4 Hz) in which howls are looked for: 160 Hz to 9.5 kHz."""
BELOW, ABOVE = 0.4, 2.5
"""What counts as around a peak, by its frequency."""
COMPANY, LONELY = 6.0, 100.0
"""How much more than that a growing peak holds, and a standing one."""
AUDIBLE, LOUD = 1e-6, 0.004
"""Powers from which peaks count: -60 dBFS; and those that stand still, -24 dBFS."""
SOON, LATE = 8, 24
"""Spectra over which fast and slow growth is told: 85 and 256 ms."""
MUCH, LITTLE = 10.0, 3.5
"""dB by which it must have grown in that time."""
SLOWER, FASTER = 0.5, 1.7
"""Between what and what share of the mean growth each quarter of it lies."""
STANDING, LEVEL = 12, 0.15
"""Spectra over which a loud peak must have kept its level, and to how many dB."""
STILL = 0.06
"""Bins by which the frequency may have changed meanwhile: 1.4 Hz, 4 cents at 600 Hz."""
DECIBELS = 4.3429448190325175
"""In a unit of the logarithm of power: 10 / ln(10)."""
NEPERS = 0.11512925464970228
"""In a dB: ln(10) / 20."""
NOTHING = 1e-20
"""The power of silence."""
NEAR = 1e-6
"""A factor that comes so near to its goal has reached it."""

FREE, PROVING, HOLDING, LEAVING, PARDONED = 0, 1, 2, 3, 4
"""What may become of a notch."""
STAGE, BIN, TAKEN, TIMER, KEPT, INTS = 0, 1, 2, 3, 4, 5
"""Of each notch: its stage, where it is, how many steps it is down, spectra left, and for how many it is held."""
S, T, A1, A2, A3, FACTOR, SLOPE, HALFWAY, PRESENT, GOAL, DEEP, TOP, FLOATS = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
"""Of each: its state, its coefficients, the factor and its slope, the factor's way to its goal, depth (dB), the highest
power heard."""


class Guard:
    """The guard over `strips` strips at `rate` Hz.

    `spectra` is the part of that name. `flags` (int64, strips x STRIP_FLAGS) says who is guarded, `meters` (float64,
    strips x STRIP_METERS) is told what is done. `glide` is a share per tick. Real-time safe after construction.
    """

    def __init__(
        self,
        strips: int,
        rate: float,
        spectra: Any,
        flags: "memoryview[int]",
        meters: "memoryview[float]",
        glide: float,
    ) -> None:
        self.spectra = spectra
        self.flags = flags
        self.meters = meters
        self.glide = glide
        self.ticking = table("l", strips)
        self.notching = table("l", strips)
        self.suspects = table("l", strips)
        self.ints = table("l", strips * NOTCHES * INTS)
        self.floats = table("d", strips * NOTCHES * FLOATS)
        self.sums = table("d", BINS + 1)
        self.rate = rate
        self.width = rate / (spectra.factor * SPECTRUM)

    def tick(self, i: int) -> None:
        """Look after strip `i`. Call it before every TICK-th frame."""
        guarded = self.flags[i * STRIP_FLAGS + GUARDED]
        if guarded != self.ticking[i]:
            self.ticking[i] = guarded
            self.suspects[i] = 0
            if guarded == 0:
                self._dismiss(i)
            else:
                self.spectra.forget(i)
        if guarded != 0:
            portion = self.spectra.tick(i)
            if portion == PORTIONS:
                self.suspects[i] = self._suspect(i)
            elif portion == PORTIONS + 1:
                self._act(i)
        if self.notching[i] != 0:
            self._glide(i)

    def run(self, i: int, signals: "memoryview[float]", first: int, frames: int) -> None:
        """Hear `frames` of strip `i`, at `first` in `signals`, and notch them."""
        if self.ticking[i] != 0:
            self.spectra.listen(i, signals, first, frames)
        if self.notching[i] != 0:
            for j in range(i * NOTCHES, (i + 1) * NOTCHES):
                if self.floats[j * FLOATS + FACTOR] != 0.0 or self.floats[j * FLOATS + SLOPE] != 0.0:
                    _notch(signals, first, frames, self.floats, j * FLOATS)

    def _suspect(self, i: int) -> int:
        # The bin of the strongest peak that looks like a howl; 0 is none.
        row = (i * HISTORY + self.spectra.latest[i]) * BINS
        powers = self.spectra.history
        for k in range(BINS):
            self.sums[k + 1] = self.sums[k] + powers[row + k]
        found, most = 0, AUDIBLE
        for k in range(LOWEST, HIGHEST):
            power = powers[row + k]
            if power > most and power >= powers[row + k - 1] and power > powers[row + k + 1] and self._howls(i, k):
                found, most = k, power
        return found

    def _howls(self, i: int, k: int) -> bool:
        peak = self.sums[k + 3] - self.sums[k - 2]
        low, high = int(BELOW * k), int(ABOVE * k)
        beside = self.sums[min(high, BINS)] - self.sums[low] - peak
        if peak < COMPANY * beside:
            return False
        if self._grows(i, k, SOON, MUCH) or self._grows(i, k, LATE, LITTLE):
            return True
        return peak > LONELY * beside and peak > LOUD and self._stands(i, k)

    def _grows(self, i: int, k: int, age: int, least: float) -> bool:
        quarter = age // 4
        now = self._level(i, k, 0)
        rise = now - self._level(i, k, age)
        if rise < least:
            return False
        for n in range(4):
            before = self._level(i, k, (n + 1) * quarter)
            if now - before < 0.25 * SLOWER * rise or now - before > 0.25 * FASTER * rise:
                return False
            now = before
        return self._still(i, k, quarter) and self._still(i, k, 2 * quarter) and self._still(i, k, 3 * quarter)

    def _stands(self, i: int, k: int) -> bool:
        now = self._level(i, k, 0)
        for age in range(1, STANDING + 1):
            if abs(self._level(i, k, age) - now) > LEVEL:
                return False
        third = STANDING // 3
        return self._still(i, k, third) and self._still(i, k, 2 * third) and self._still(i, k, STANDING)

    def _row(self, i: int, age: int) -> int:
        latest: int = self.spectra.latest[i]
        return (i * HISTORY + (latest + HISTORY - age) % HISTORY) * BINS

    def _level(self, i: int, k: int, age: int) -> float:
        # dB around bin k, so many spectra ago.
        return _decibels(self._power(i, k, age))

    def _power(self, i: int, k: int, age: int) -> float:
        place = self._row(i, age) + k
        power: float = self.spectra.history[place - 1] + self.spectra.history[place] + self.spectra.history[place + 1]
        return power

    def _still(self, i: int, k: int, age: int) -> bool:
        return abs(self._place(i, k, age) - self._place(i, k, 0)) < STILL

    def _place(self, i: int, k: int, age: int) -> float:
        # Where the peak at bin k stands, between the bins: the top of a parabola through the logarithms.
        place = self._row(i, age) + k
        a, b = _decibels(self.spectra.history[place - 1]), _decibels(self.spectra.history[place])
        c = _decibels(self.spectra.history[place + 1])
        curve = a - 2.0 * b + c
        return k + 0.5 * (a - c) / curve if curve < 0.0 else 1000.0

    def _act(self, i: int) -> None:
        if self.suspects[i] != 0:
            self._accuse(i, self.suspects[i])
        for j in range(i * NOTCHES, (i + 1) * NOTCHES):
            stage = self.ints[j * INTS + STAGE]
            if stage != FREE:
                self.ints[j * INTS + TIMER] -= 1
                if stage == PROVING:
                    self._prove(i, j)
                elif stage == LEAVING:
                    self._set_depth(i, j, self.floats[j * FLOATS + DEEP] - LET_GO)
                    if self.floats[j * FLOATS + DEEP] == 0.0:
                        self.ints[j * INTS + STAGE] = FREE
                elif self.ints[j * INTS + TIMER] <= 0:
                    self.ints[j * INTS + STAGE] = LEAVING

    def _accuse(self, i: int, k: int) -> None:
        # A notch that was there before is taken back; else a free one goes down, for which the oldest may have to go.
        free = oldest = going = -1
        for j in range(i * NOTCHES, (i + 1) * NOTCHES):
            stage, timer = self.ints[j * INTS + STAGE], self.ints[j * INTS + TIMER]
            known = stage != FREE or self.ints[j * INTS + KEPT] > 0
            if known and abs(self.ints[j * INTS + BIN] - k) <= 1.0 + 0.5 * WIDTH * k:
                self._again(i, j)
                return
            if stage == FREE:
                if self.floats[j * FLOATS + PRESENT] == 0.0 and self.floats[j * FLOATS + FACTOR] == 0.0:
                    free = j
                else:
                    going = j
            elif stage != PROVING and (oldest < 0 or timer < self.ints[oldest * INTS + TIMER]):
                oldest = j
        if free >= 0:
            self._engage(i, free, k)
        elif oldest >= 0 and going < 0:
            self.ints[oldest * INTS + STAGE] = FREE
            self.ints[oldest * INTS + KEPT] = 0
            self._set_depth(i, oldest, 0.0)

    def _engage(self, i: int, j: int, k: int) -> None:
        g = tan(3.141592653589793 * self._place(i, k, 0) * self.width / self.rate)
        a1 = 1.0 / (1.0 + g * (g + WIDTH))
        start = j * FLOATS
        self.floats[start + S] = self.floats[start + T] = 0.0
        self.floats[start + A1], self.floats[start + A2], self.floats[start + A3] = a1, g * a1, g * g * a1
        self.floats[start + TOP] = 0.0
        self.ints[j * INTS + BIN] = k
        self.ints[j * INTS + KEPT] = 0
        self.ints[j * INTS + STAGE] = PROVING
        self.ints[j * INTS + TAKEN] = 0
        self._deepen(i, j)
        self.notching[i] = 1
        self.meters[i * STRIP_METERS + NOTCHED + (j - i * NOTCHES) * NOTCH_METERS + FREQUENCY] = (
            self._place(i, k, 0) * self.width
        )

    def _deepen(self, i: int, j: int) -> None:
        self.ints[j * INTS + TAKEN] += 1
        self.ints[j * INTS + TIMER] = WAIT
        self._set_depth(i, j, self.ints[j * INTS + TAKEN] * STEP)

    def _prove(self, i: int, j: int) -> None:
        power = self._power(i, self.ints[j * INTS + BIN], 0)
        self.floats[j * FLOATS + TOP] = max(self.floats[j * FLOATS + TOP], power)
        if power < self.floats[j * FLOATS + TOP] * FALL:
            self.ints[j * INTS + KEPT] = max(self.ints[j * INTS + KEPT], HOLD)
            self._hold(j)
            self.meters[i * STRIP_METERS + HOWLS] += 1.0
        elif self.ints[j * INTS + TIMER] <= 0:
            if self.ints[j * INTS + TAKEN] < STEPS:
                self._deepen(i, j)
            elif self.ints[j * INTS + KEPT] > 0:
                # Something else that sounds in the place of a proven howl.
                self._hold(j)
            else:
                self.ints[j * INTS + STAGE] = PARDONED
                self.ints[j * INTS + TIMER] = PARDON
                self._set_depth(i, j, 0.0)

    def _hold(self, j: int) -> None:
        self.ints[j * INTS + STAGE] = HOLDING
        self.ints[j * INTS + TIMER] = self.ints[j * INTS + KEPT]

    def _again(self, i: int, j: int) -> None:
        stage = self.ints[j * INTS + STAGE]
        if stage != PROVING and stage != PARDONED:
            # At once as deep as it was; deeper, if that does not do.
            self.ints[j * INTS + STAGE] = PROVING
            self.floats[j * FLOATS + TOP] = 0.0
            if stage != HOLDING:
                self.notching[i] = 1
                self.ints[j * INTS + KEPT] = min(2 * self.ints[j * INTS + KEPT], LONGEST)
                self.ints[j * INTS + TAKEN] -= 1
            if self.ints[j * INTS + TAKEN] < STEPS:
                self._deepen(i, j)
            else:
                self.ints[j * INTS + TIMER] = WAIT

    def _dismiss(self, i: int) -> None:
        for j in range(i * NOTCHES, (i + 1) * NOTCHES):
            self.ints[j * INTS + STAGE] = FREE
            self.ints[j * INTS + KEPT] = 0
            self._set_depth(i, j, 0.0)

    def _set_depth(self, i: int, j: int, depth: float) -> None:
        depth = max(depth, 0.0)
        self.floats[j * FLOATS + DEEP] = depth
        self.floats[j * FLOATS + GOAL] = WIDTH * (exp(-depth * NEPERS) - 1.0)
        self.meters[i * STRIP_METERS + NOTCHED + (j - i * NOTCHES) * NOTCH_METERS + DEPTH] = depth

    def _glide(self, i: int) -> None:
        notching = 0
        for n in range(i * NOTCHES, (i + 1) * NOTCHES):
            j = n * FLOATS
            goal, halfway, present = self.floats[j + GOAL], self.floats[j + HALFWAY], self.floats[j + PRESENT]
            self.floats[j + FACTOR] = present
            present += (halfway - present) * self.glide
            halfway += (goal - halfway) * self.glide
            if abs(goal - present) < NEAR and abs(goal - halfway) < NEAR:
                present = halfway = goal
            self.floats[j + HALFWAY], self.floats[j + PRESENT] = halfway, present
            self.floats[j + SLOPE] = (present - self.floats[j + FACTOR]) * (1.0 / TICK)
            if goal != 0.0 or self.floats[j + FACTOR] != 0.0 or present != 0.0:
                notching = 1
        self.notching[i] = notching


def _decibels(power: float) -> float:
    return log(max(power, NOTHING)) * DECIBELS


def _notch(x: "memoryview[float]", row: int, frames: int, floats: "memoryview[float]", n: int) -> None:
    a1, a2, a3 = floats[n + A1], floats[n + A2], floats[n + A3]
    s, t, factor, slope = floats[n + S], floats[n + T], floats[n + FACTOR], floats[n + SLOPE]
    for k in range(row, row + frames):
        v = x[k] - t
        band = a1 * s + a2 * v
        low = t + a2 * s + a3 * v
        s = 2.0 * band - s
        t = 2.0 * low - t
        x[k] += factor * band
        factor += slope
    floats[n + S], floats[n + T], floats[n + FACTOR] = s, t, factor
