# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: annotation_typing=False
"""The reverb: four allpass filters in a row, then a network of eight delay lines that feed each other.

After Jot and Chaigne, "Digital delay networks for designing artificial reverberators" (AES 90, 1991): a mixing matrix
that loses nothing (Hadamard's), and in each line a one-pole filter that loses what the line's length demands, so that
all frequencies up to the damping decay by 60 dB in the time set. The allpasses are those of Schroeder ("Natural
sounding artificial reverberation", JAES 10, 1962) with Dattorro's lengths and gains ("Effect design 1", JAES 45, 1997).
Nothing is modulated. Compiled like kernel.py.

When the size changes, the lines are read at their old and their new lengths for a moment and faded over, since drawing
them out would shift the pitch again in each round; gains follow in straight lines from tick to tick, in a
tenth of a second.
"""

import cython

from jambox.sound.layout import (
    HALL_DELAY,
    HALL_DESIGN,
    HALL_GAIN,
    HALL_INPUT,
    HALL_POLE,
    REVERB_DAMPING,
    REVERB_DECAY,
    REVERB_SIZE,
    SPEED_OF_SOUND,
    TICK,
)
from jambox.sound.tables import table

if not cython.compiled:
    from math import cos, exp, sqrt

LINES, DIFFUSERS = 8, 4
NEAR = 1e-9
"""A gain that comes so near to its goal has reached it."""
ROUNDS = 32.0
"""What sounds goes round so many times at least while it decays: a short decay makes the room smaller."""
TAU, LN_1000, EIGHTH, MIDDLE = 6.283185307179586, 6.907755278982137, 0.35355339059327373, 0.7071067811865476
LEFT_SIGNS, RIGHT_SIGNS = 0b01010101, 0b00110011
"""Lines that count negative on the left and on the right: two rows of Hadamard's matrix, so both sides differ."""


class Hall:
    """One room.

    The arrays belong to the caller: `lines` (float32, LINES x `length`), `diffusers` (float32, DIFFUSERS x `short`),
    both lengths powers of two; `tuning` (float64, 2 DIFFUSERS): delays in frames and gains of the diffusers; `shares`
    (float64, LINES): lengths of the lines as shares of the mean; `primes` (int64): the next prime of each number;
    `goals` and `present` (float64, HALL_DESIGN); `state` (float64, 2 LINES). `glide` is a share per tick, `step` one of
    the fade per frame.
    """

    def __init__(
        self,
        lines: "memoryview[float]",
        diffusers: "memoryview[float]",
        tuning: "memoryview[float]",
        shares: "memoryview[float]",
        primes: "memoryview[int]",
        goals: "memoryview[float]",
        present: "memoryview[float]",
        state: "memoryview[float]",
        glide: float,
        step: float,
    ) -> None:
        self.lines = lines
        self.diffusers = diffusers
        self.tuning = tuning
        self.shares = shares
        self.primes = primes
        self.goals = goals
        self.present = present
        self.state = state
        self.length = len(lines) // LINES
        self.short = len(diffusers) // DIFFUSERS
        self.glide = glide
        self.step = step
        self.new, self.slopes = table("d", LINES), table("d", HALL_DESIGN)
        self.moving = False
        self.fading = False
        self.fade = 0.0
        self.written = 0

    def design(self, values: "memoryview[float]", v: int, rate: float) -> None:
        """Work out the goals from the house's parameters, which begin at `v`."""
        decay, cosine = values[v + REVERB_DECAY], cos(TAU * min(values[v + REVERB_DAMPING] / rate, 0.45))
        mean = min(values[v + REVERB_SIZE] / SPEED_OF_SOUND, decay / ROUNDS) * rate
        kept = 0.0
        for i in range(LINES):
            length = int(mean * self.shares[i])
            delay = self.primes[length]
            gain = exp(-LN_1000 * delay / (decay * rate))
            pole = _pole(gain * gain, cosine)
            kept += gain * gain
            self.goals[HALL_DELAY + i] = delay
            self.goals[HALL_GAIN + i] = gain * (1.0 - pole)
            self.goals[HALL_POLE + i] = pole
        # Steady lows come out as loud as they go in, half on each side, whatever the decay.
        self.goals[HALL_INPUT] = sqrt((LINES - kept) / kept)

    def settle(self) -> None:
        """Stand at the goals at once."""
        for n in range(HALL_DESIGN):
            self.present[n] = self.goals[n]
        self.moving = False

    def tick(self) -> None:
        """Let the gains come nearer to their goals, and begin to fade when others are the lengths."""
        if not self.fading:
            for i in range(LINES):
                self.new[i] = self.goals[HALL_DELAY + i]
                self.fading = self.fading or self.new[i] != self.present[HALL_DELAY + i]
        self.moving = False
        for n in range(HALL_GAIN, HALL_DESIGN):
            gap = self.goals[n] - self.present[n]
            if abs(gap) < NEAR:
                self.present[n] = self.goals[n]
                gap = 0.0
            self.slopes[n] = gap * self.glide * (1.0 / TICK)
            self.moving = self.moving or gap != 0.0

    def run(self, buses: "memoryview[float]", send: int, left: int, right: int, frames: int) -> None:
        """Fill `frames` columns of `buses` from `left` and `right` on with the reverb of those from `send` on."""
        length, short = self.length, self.short
        for k in range(frames):
            place = (self.written + k) & (self.length - 1)
            x = buses[send + k]
            for i in range(DIFFUSERS):
                x = _diffuse(self.diffusers, i * short, short - 1, self.written + k, self.tuning, i, x)
            buses[left + k] = buses[right + k] = 0.0
            for i in range(LINES):
                y = self._read(i, i * length, place)
                y = self.present[HALL_GAIN + i] * y + self.present[HALL_POLE + i] * self.state[i]
                self.state[i] = y
                self.state[LINES + i] = y
                buses[left + k] += -y if (LEFT_SIGNS >> i) & 1 else y
                buses[right + k] += -y if (RIGHT_SIGNS >> i) & 1 else y
            buses[left + k] *= MIDDLE
            buses[right + k] *= MIDDLE
            _mingle(self.state)
            x *= self.present[HALL_INPUT] * EIGHTH
            for i in range(LINES):
                self.lines[i * length + place] = x + self.state[LINES + i] * EIGHTH
            if self.moving:
                self._move()
            if self.fading:
                self._fade()
        self.written = (self.written + frames) & (length * short - 1)

    def _read(self, i: int, start: int, place: int) -> float:
        delay = int(self.present[HALL_DELAY + i])
        x = self.lines[start + ((place - delay) & (self.length - 1))]
        if self.fading:
            delay = int(self.new[i])
            x += self.fade * (self.lines[start + ((place - delay) & (self.length - 1))] - x)
        return x

    def _move(self) -> None:
        for n in range(HALL_GAIN, HALL_DESIGN):
            self.present[n] += self.slopes[n]

    def _fade(self) -> None:
        self.fade += self.step
        if self.fade >= 1.0:
            for i in range(LINES):
                self.present[HALL_DELAY + i] = self.new[i]
            self.fading = False
            self.fade = 0.0


def _pole(kept: float, cosine: float) -> float:
    # Of the low-pass whose square at that frequency, beside that at 0, is `kept`: the decay is twice as fast there.
    a, b = 1.0 - kept, 1.0 - kept * cosine
    return (b - sqrt(b * b - a * a)) / a


def _diffuse(
    lines: "memoryview[float]", start: int, mask: int, written: int, tuning: "memoryview[float]", i: int, x: float
) -> float:
    delay, gain = int(tuning[i]), tuning[DIFFUSERS + i]
    old = lines[start + ((written - delay) & mask)]
    x -= gain * old
    lines[start + (written & mask)] = x
    return old + gain * x


def _mingle(state: "memoryview[float]") -> None:
    # Hadamard's matrix of order 8, without its factor, by three rounds of sums and differences.
    for i in range(LINES, LINES + 4):
        a, b = state[i], state[i + 4]
        state[i], state[i + 4] = a + b, a - b
    for i in range(LINES, LINES + 8, 4):
        a, b, c, d = state[i], state[i + 1], state[i + 2], state[i + 3]
        a, b, c, d = a + c, b + d, a - c, b - d
        state[i], state[i + 1], state[i + 2], state[i + 3] = a + b, a - b, c + d, c - d
