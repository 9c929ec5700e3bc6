# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: annotation_typing=False
"""Buses and master: levels, ducking, reverb, tone, width, volume, limiter, loudness. Compiled like kernel.py.

**The limiter** keeps true peaks (ITU-R BS.1770-4, annex 2) under its ceiling without any look-ahead, and so adds no
latency. The interpolator that tells true peaks is a filter of 4 x 12 taps; in its transposed form each register holds
what one of its outputs will be if nothing but silence follows. A frame is let through as loud as keeps every register
within the ceiling. Silence always does, so there is a gain for every frame, and no output ever passes the ceiling.

On top of that, an envelope with instant attack and slow release holds the samples themselves `headroom` lower, so that
slow signals never touch the registers, and remembers what the registers asked for, up to what they can ask for at most.
"""

from typing import Any

import cython

from jambox.sound.layout import (
    BUS_METERS,
    CUE,
    CUE_GAIN,
    DRONE_CUE,
    DRONE_SEND,
    DUCKED,
    DUCKING,
    ENERGY,
    ENVELOPE,
    FAULTS,
    HALL,
    HOUSE_DESIGN,
    HOUSE_LINE,
    INPUTS,
    LIMITED,
    LOUDEST,
    PHASES,
    RECENT,
    RETURN,
    RHYTHM_CUE,
    RHYTHM_SEND,
    ROWS,
    SEND,
    SLOTS,
    SOLOING,
    TAPS,
    TICK,
    TONE,
    TONE_HIGH,
    TONE_LOW,
    TRUE_PEAK,
    VOLUME,
    WIDTH,
    WORDS,
    YIELD_FROM,
    YIELD_TO,
    YIELDING,
)
from jambox.sound.tables import table

if not cython.compiled:
    from math import exp

NEAR = 1e-9
"""A design number that comes so near to its goal has reached it."""
YIELD_RANGE = 1.3815510557964275
"""12 dB in nepers: so much over the threshold, drone and rhythm give way as far as they do."""


class Master:
    """What comes after strips and voices.

    The arrays belong to the caller: `levels` and `glides` (float64, LEVELS): goals and present gains of the panel;
    `goals` and `present` (float64, HOUSE_DESIGN); `meters` (float64, METERS); `taps` (float64, TAPS x PHASES) of the
    interpolator, newest frame first; `weighting` (float64, 10): b0 b1 b2 a1 a2 of the two filters of BS.1770.

    Shares per frame: `level_glide`, and `release`, by which the limiter's envelopes fall. Shares per tick: `glide`,
    `fall` and `mean` of the meters, `giving` and `taking` of the ducking. `ceiling`, `headroom` and `worst` are ratios:
    the limiter's true peak, and by what a peak is multiplied for the envelope's ordinary and greatest demand. Loudness
    moves on every `slot` ticks.
    """

    def __init__(
        self,
        hall: Any,
        levels: "memoryview[float]",
        glides: "memoryview[float]",
        goals: "memoryview[float]",
        present: "memoryview[float]",
        meters: "memoryview[float]",
        taps: "memoryview[float]",
        weighting: "memoryview[float]",
        *,
        level_glide: float,
        release: float,
        glide: float,
        fall: float,
        mean: float,
        giving: float,
        taking: float,
        ceiling: float,
        headroom: float,
        worst: float,
        slot: int,
    ) -> None:
        self.hall = hall
        self.levels, self.glides = levels, glides
        self.goals, self.present = goals, present
        self.meters, self.taps, self.weighting = meters, taps, weighting
        self.level_glide, self.release = level_glide, release
        self.glide, self.fall, self.mean, self.giving, self.taking = glide, fall, mean, giving, taking
        self.ceiling, self.headroom, self.worst = ceiling, headroom, worst
        self.slot = slot
        self.halfway = table("d", HOUSE_DESIGN)
        self.line, self.slopes, self.targets = (table("d", HOUSE_LINE) for _ in range(3))
        self.gathered = table("d", TRUE_PEAK + 1)
        self.tilt, self.weighed, self.slots = table("d", 2), table("d", 8), table("d", SLOTS + 1)
        self.registers = table("d", 2 * (TAPS + 1) * PHASES)
        self.ticks = 0

    def settle(self) -> None:
        """Stand at the goals at once, without gliding there."""
        for n in range(HOUSE_DESIGN):
            self.present[n] = self.halfway[n] = self.goals[n]
        self._aim()
        self._aim()
        self.hall.settle()

    def tick(self, loudness: float) -> None:
        """Aim at where things shall stand TICK frames from now; `loudness` (nepers) is that of the strip yielded to."""
        # One behind the other, as the strips glide.
        for n in range(HOUSE_DESIGN):
            gap, lag = self.goals[n] - self.halfway[n], self.halfway[n] - self.present[n]
            near = abs(gap) < NEAR
            self.halfway[n] = self.goals[n] if near else self.halfway[n] + gap * self.glide
            self.present[n] = self.goals[n] if near and abs(lag) < NEAR else self.present[n] + lag * self.glide
        self.present[YIELD_TO] = self.goals[YIELD_TO]
        self._duck(loudness)
        self._aim()
        self._measure()
        self.hall.tick()

    def _duck(self, loudness: float) -> None:
        wanted = 0.0
        if self.present[YIELD_TO] != 0.0:
            over = (loudness - self.present[YIELD_FROM]) * (1.0 / YIELD_RANGE)
            wanted = self.present[YIELDING] * min(max(over, 0.0), 1.0)
        ducked = self.meters[DUCKED]
        ducked += (wanted - ducked) * (self.giving if wanted > ducked else self.taking)
        self.meters[DUCKED] = 0.0 if wanted == 0.0 and ducked < NEAR else ducked

    def _aim(self) -> None:
        for n in range(HOUSE_LINE):
            self.line[n] = self.targets[n]
            self.targets[n] = exp(-self.meters[DUCKED]) if n == DUCKING else self.present[TONE + n]
            self.slopes[n] = (self.targets[n] - self.line[n]) * (1.0 / TICK)

    def _measure(self) -> None:
        for n in range(BUS_METERS):
            self.meters[n] = max(self.gathered[n], self.meters[n] * self.fall)
            square = self.gathered[BUS_METERS + n] * (1.0 / TICK)
            self.meters[BUS_METERS + n] += (square - self.meters[BUS_METERS + n]) * self.mean
        self.meters[LIMITED] = max(self.gathered[LIMITED], 1.0)
        self.meters[TRUE_PEAK] = max(self.gathered[TRUE_PEAK], self.meters[TRUE_PEAK] * self.fall)
        for n in range(TRUE_PEAK + 1):
            self.gathered[n] = 0.0
        self.ticks += 1
        if self.ticks % self.slot == 0:
            self._turn()

    def _turn(self) -> None:
        # The youngest slot gives way to the oldest: what it held is part of 3 s from now on.
        self.slots[(self.ticks // self.slot) % SLOTS] = self.slots[SLOTS]
        self.slots[SLOTS] = 0.0
        energy = 0.0
        for n in range(SLOTS):
            energy += self.slots[n]
        self.meters[ENERGY] = energy / (SLOTS * self.slot * TICK)

    def run(
        self,
        played: "memoryview[float]",
        cue: "memoryview[float]",
        buses: "memoryview[float]",
        width: int,
        first: int,
        at: int,
        frames: int,
    ) -> None:
        """Mix `frames` columns of the rows of `buses` (`width` long) from column `at` on into frames `first` on.

        `played` and `cue` (float32, block x 2) are interleaved and flat; an empty `cue` is left alone. The frames, TICK
        at most, end before or at the next tick.
        """
        self._solo(DRONE_CUE, buses, width, 2 * width + at, at, frames)
        self._solo(RHYTHM_CUE, buses, width, 4 * width + at, at, frames)
        self._scale(buses, width, at, frames)
        self._guard(buses, width, at, frames)
        for bus in range(3):
            self._gather(bus, buses, width, 2 * bus * width + at, frames)
        self._join(buses, width, at, frames)
        self.hall.run(buses, SEND * width + at, 2 * width + at, 3 * width + at, frames)
        self._return(buses, width, at, frames)
        self._gather(HALL, buses, width, 2 * width + at, frames)
        self._shape(buses, width, at, frames)
        self._limit(buses, width, at, frames)
        self._gather(VOLUME, buses, width, at, frames)
        self._weigh(buses, at, 0, frames)
        self._weigh(buses, width + at, 1, frames)
        out = 2 * first
        for k in range(at, at + frames):
            played[out] = buses[k]
            played[out + 1] = buses[width + k]
            out += 2
        if len(cue) > 0:
            self._cue(cue, buses, width, first, at, frames)

    def _solo(self, gain: int, buses: "memoryview[float]", width: int, row: int, at: int, frames: int) -> None:
        # Before its level, as strips are: what is to come can be heard before anybody else hears it.
        level, slope = self.line[gain], self.slopes[gain]
        if level == 0.0 and slope == 0.0:
            return
        for k in range(frames):
            buses[CUE * width + at + k] += buses[row + k] * level
            buses[(CUE + 1) * width + at + k] += buses[row + width + k] * level
            level += slope
        self.line[gain] = level

    def _scale(self, buses: "memoryview[float]", width: int, at: int, frames: int) -> None:
        duck, slope = self.line[DUCKING], self.slopes[DUCKING]
        for bus in range(3):
            level, goal, yielding = self.glides[bus], self.levels[bus], duck
            row = 2 * bus * width + at
            for k in range(row, row + frames):
                level += (goal - level) * self.level_glide
                gain = level
                if bus == INPUTS:
                    buses[SEND * width + k] *= gain
                else:
                    gain *= yielding
                    yielding += slope
                buses[k] *= gain
                buses[width + k] *= gain
            self.glides[bus] = level
        self.line[DUCKING] = yielding

    def _guard(self, buses: "memoryview[float]", width: int, at: int, frames: int) -> None:
        # No meter, filter or envelope hears of what is broken: an infinity would never leave it again.
        for k in range(at, at + frames):
            left = buses[k] + buses[2 * width + k] + buses[4 * width + k] + buses[6 * width + k]
            right = buses[width + k] + buses[3 * width + k] + buses[5 * width + k] + buses[7 * width + k]
            if not (abs(left) < LOUDEST and abs(right) < LOUDEST):
                for row in range(ROWS):
                    buses[row * width + k] = 0.0
                self.meters[FAULTS] += 1.0

    def _gather(self, bus: int, buses: "memoryview[float]", width: int, row: int, frames: int) -> None:
        peak, squares = self.gathered[bus], self.gathered[BUS_METERS + bus]
        for k in range(row, row + frames):
            left, right = buses[k], buses[width + k]
            peak = max(peak, max(abs(left), abs(right)))
            squares += 0.5 * (left * left + right * right)
        self.gathered[bus], self.gathered[BUS_METERS + bus] = peak, squares

    def _join(self, buses: "memoryview[float]", width: int, at: int, frames: int) -> None:
        drone, rhythm = self.line[DRONE_SEND], self.line[RHYTHM_SEND]
        for k in range(at, at + frames):
            buses[SEND * width + k] += 0.5 * drone * (buses[2 * width + k] + buses[3 * width + k])
            buses[SEND * width + k] += 0.5 * rhythm * (buses[4 * width + k] + buses[5 * width + k])
            drone += self.slopes[DRONE_SEND]
            rhythm += self.slopes[RHYTHM_SEND]
            buses[k] += buses[2 * width + k] + buses[4 * width + k] + buses[6 * width + k]
            buses[width + k] += buses[3 * width + k] + buses[5 * width + k] + buses[7 * width + k]
        self.line[DRONE_SEND], self.line[RHYTHM_SEND] = drone, rhythm

    def _return(self, buses: "memoryview[float]", width: int, at: int, frames: int) -> None:
        gain = self.line[RETURN]
        for k in range(at, at + frames):
            buses[2 * width + k] *= gain
            buses[3 * width + k] *= gain
            buses[k] += buses[2 * width + k]
            buses[width + k] += buses[3 * width + k]
            gain += self.slopes[RETURN]
        self.line[RETURN] = gain

    def _shape(self, buses: "memoryview[float]", width: int, at: int, frames: int) -> None:
        # Tone: a one-pole low-pass in trapezoidal form, and what it leaves. Then width, then volume.
        share = self.present[TONE] / (1.0 + self.present[TONE])
        low, high, wide = self.line[TONE_LOW], self.line[TONE_HIGH], self.line[WIDTH]
        first, second, volume = self.tilt[0], self.tilt[1], self.glides[VOLUME]
        for k in range(at, at + frames):
            left, right = buses[k], buses[width + k]
            step = (left - first) * share
            below = first + step
            first = below + step
            left = below * low + (left - below) * high
            step = (right - second) * share
            below = second + step
            second = below + step
            right = below * low + (right - below) * high
            middle, side = 0.5 * (left + right), 0.5 * (left - right) * wide
            volume += (self.levels[VOLUME] - volume) * self.level_glide
            buses[k], buses[width + k] = (middle + side) * volume, (middle - side) * volume
            low += self.slopes[TONE_LOW]
            high += self.slopes[TONE_HIGH]
            wide += self.slopes[WIDTH]
        self.line[TONE_LOW], self.line[TONE_HIGH], self.line[WIDTH] = low, high, wide
        self.tilt[0], self.tilt[1], self.glides[VOLUME] = first, second, volume

    def _limit(self, buses: "memoryview[float]", width: int, at: int, frames: int) -> None:
        envelope, recent = self.meters[ENVELOPE], self.meters[RECENT]
        limited, loudest = self.gathered[LIMITED], self.gathered[TRUE_PEAK]
        for k in range(at, at + frames):
            left, right = buses[k], buses[width + k]
            peak = max(abs(left), abs(right))
            recent = max(peak, recent * self.release)
            envelope = max(peak * self.headroom, envelope * self.release)
            if envelope > 1.0:
                left /= envelope
                right /= envelope
            share = min(self._room(0, left), self._room(TAPS + 1, right))
            if share < 1.0:
                left *= share
                right *= share
                envelope = max(envelope, 1.0)
                most = recent * self.worst
                envelope = most if envelope > most * share else envelope / share
            limited = max(limited, envelope)
            loudest = max(loudest, max(self._enter(0, left), self._enter(TAPS + 1, right)))
            buses[k], buses[width + k] = left, right
        self.meters[ENVELOPE], self.meters[RECENT] = envelope, recent
        self.gathered[LIMITED], self.gathered[TRUE_PEAK] = limited, loudest

    def _room(self, row: int, x: float) -> float:
        # The share of x that no register of this side carries past the ceiling.
        share = 1.0
        for n in range(TAPS * PHASES):
            before = self.registers[(row + 1) * PHASES + n]
            more = self.taps[n] * x
            if abs(before + more) > self.ceiling and more != 0.0:
                room = (self.ceiling if more > 0.0 else -self.ceiling) - before
                share = min(share, room / more)
        return max(share, 0.0)

    def _enter(self, row: int, x: float) -> float:
        for n in range(TAPS * PHASES):
            self.registers[row * PHASES + n] = self.registers[(row + 1) * PHASES + n] + self.taps[n] * x
        peak = 0.0
        for n in range(row * PHASES, (row + 1) * PHASES):
            peak = max(peak, abs(self.registers[n]))
        return peak

    def _weigh(self, buses: "memoryview[float]", row: int, side: int, frames: int) -> None:
        w, z, energy = self.weighting, 4 * side, self.slots[SLOTS]
        z1, z2, z3, z4 = self.weighed[z], self.weighed[z + 1], self.weighed[z + 2], self.weighed[z + 3]
        for k in range(row, row + frames):
            x = buses[k]
            y = w[0] * x + z1
            z1 = w[1] * x - w[3] * y + z2
            z2 = w[2] * x - w[4] * y
            x = w[5] * y + z3
            z3 = w[6] * y - w[8] * x + z4
            z4 = w[7] * y - w[9] * x
            energy += x * x
        self.weighed[z], self.weighed[z + 1], self.weighed[z + 2], self.weighed[z + 3] = z1, z2, z3, z4
        self.slots[SLOTS] = energy

    def _cue(
        self, cue: "memoryview[float]", buses: "memoryview[float]", width: int, first: int, at: int, frames: int
    ) -> None:
        # What is soloed, or else the mix; and over either what is said to players.
        solo, slope = self.line[SOLOING], self.slopes[SOLOING]
        level, rise = self.line[CUE_GAIN], self.slopes[CUE_GAIN]
        for k in range(frames):
            for side in range(2):
                x = buses[side * width + at + k]
                x += solo * (buses[(CUE + side) * width + at + k] - x)
                x += buses[(2 * WORDS + side) * width + at + k]
                cue[2 * (first + k) + side] = min(max(x * level, -self.ceiling), self.ceiling)
            solo += slope
            level += rise
        self.line[SOLOING], self.line[CUE_GAIN] = solo, level
