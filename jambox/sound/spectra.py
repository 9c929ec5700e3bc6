# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: annotation_typing=False
"""Spectra of the strips that are listened to, a little at every tick. Compiled like kernel.py.

A strip's sound is thinned out to some 24 kHz. Of its last SPECTRUM samples (43 ms), under von Hann's window, the
spectrum is taken a hundred times a second (every HOP samples, 10.7 ms). Taking one needs PORTIONS of about the same
work: two that load, nine stages of a transform of half the size, two that separate and square. Each tick does one of
them, so that no block costs more than another.
"""

import cython

from jambox.sound.layout import BINS, HISTORY, PORTIONS, SPECTRUM, TICK
from jambox.sound.tables import table

if not cython.compiled:
    from math import cos, sin

HALF = 512
"""Complex numbers that are transformed: half as many as there are samples."""
HOP = 256
"""Samples from one spectrum to the next."""
STAGES = 9
LOADING, SQUARING = 2, 11
"""Portions at which the stages begin and end."""
RAW, THIN = 256, 2048
"""Room for what comes in (at least the taps and a tick), and for what is left (SPECTRUM and what comes meanwhile)."""
LENGTH = 12
"""Taps of the filter before thinning, by the factor: what folds over to below 9.5 kHz is 30 dB down."""
TAU = 6.283185307179586


class Spectra:
    """Spectra of `strips` strips, which are thinned out by `factor` (a power of two, up to 8).

    `history` (float32, strips x HISTORY x BINS, flat) are powers: a sine of amplitude 1 on a bin reads 1. `latest` has
    the row of the newest for each strip. Real-time safe after construction.
    """

    def __init__(self, strips: int, factor: int) -> None:
        self.factor = factor
        self.taps = LENGTH * factor
        self.turns = max(HOP * factor // TICK, PORTIONS + 2)
        self.history = table("f", strips * HISTORY * BINS)
        self.latest, self.ticks, self.written, self.begun = (table("l", strips) for _ in range(4))
        self.raw, self.thin = table("f", strips * RAW), table("f", strips * THIN)
        self.real, self.imaginary = table("d", strips * HALF), table("d", strips * HALF)
        self.filter, self.window = table("d", self.taps), table("d", SPECTRUM)
        self.cosines, self.sines = table("d", HALF), table("d", HALF)
        self.places = table("l", HALF)
        # Not all at the same time.
        for i in range(strips):
            self.ticks[i] = i % self.turns
        self._lay()

    def _lay(self) -> None:
        # A sinc under Hamming's window; von Hann's, so that squares come out as said; turns; places of reversed bits.
        total = 0.0
        for n in range(self.taps):
            x = (n - 0.5 * (self.taps - 1)) * TAU * 0.5 / self.factor
            self.filter[n] = sin(x) / x * (0.54 - 0.46 * cos(TAU * n / (self.taps - 1)))
            total += self.filter[n]
        for n in range(self.taps):
            self.filter[n] /= total
        for n in range(SPECTRUM):
            self.window[n] = (1.0 - cos(TAU * n / SPECTRUM)) * (2.0 / SPECTRUM)
        for n in range(HALF):
            self.cosines[n], self.sines[n] = cos(TAU * n / SPECTRUM), sin(TAU * n / SPECTRUM)
            place = 0
            for bit in range(STAGES):
                place |= ((n >> bit) & 1) << (STAGES - 1 - bit)
            self.places[n] = place

    def forget(self, i: int) -> None:
        """Begin with strip `i` as if it had been silent."""
        for n in range(i * HISTORY * BINS, (i + 1) * HISTORY * BINS):
            self.history[n] = 0.0
        for n in range(i * RAW, (i + 1) * RAW):
            self.raw[n] = 0.0
        for n in range(i * THIN, (i + 1) * THIN):
            self.thin[n] = 0.0

    def listen(self, i: int, signals: "memoryview[float]", first: int, frames: int) -> None:
        """Hear `frames` of strip `i`, at `first` in `signals`."""
        written = self.written[i]
        for k in range(frames):
            self.raw[i * RAW + ((written + k) & (RAW - 1))] = signals[first + k]
        self.written[i] = (written + frames) & (RAW * THIN - 1)

    def tick(self, i: int) -> int:
        """Do what is due for strip `i`: the portion that was done (PORTIONS and more: none). Once every TICK frames."""
        self._thin_out(i)
        turn: int = self.ticks[i]
        self.ticks[i] = (turn + 1) % self.turns
        if turn == 0:
            self.begun[i] = self.written[i] // self.factor - SPECTRUM
        if turn < LOADING:
            self._load(i, turn * (HALF // LOADING))
        elif turn < SQUARING:
            self._turn(i, turn - LOADING)
        elif turn < PORTIONS:
            self._square(i, (turn - SQUARING) * (BINS // 2))
            if turn == PORTIONS - 1:
                self.latest[i] = (self.latest[i] + 1) % HISTORY
        return turn

    def _thin_out(self, i: int) -> None:
        end, start = self.written[i], i * RAW
        for n in range((end - TICK) // self.factor, end // self.factor):
            newest = n * self.factor + self.factor - 1
            x = 0.0
            # It is alike from both ends.
            for t in range(self.taps // 2):
                early, late = (newest - self.taps + 1 + t) & (RAW - 1), (newest - t) & (RAW - 1)
                x += self.filter[t] * (self.raw[start + early] + self.raw[start + late])
            self.thin[i * THIN + (n & (THIN - 1))] = x

    def _load(self, i: int, first: int) -> None:
        begun, thin = self.begun[i], i * THIN
        for n in range(first, first + HALF // LOADING):
            place = i * HALF + self.places[n]
            self.real[place] = self.thin[thin + ((begun + 2 * n) & (THIN - 1))] * self.window[2 * n]
            self.imaginary[place] = self.thin[thin + ((begun + 2 * n + 1) & (THIN - 1))] * self.window[2 * n + 1]

    def _turn(self, i: int, stage: int) -> None:
        # Cooley and Tukey's: pairs at this distance, all of them.
        distance = 1 << stage
        for turn in range(distance):
            c, s = self.cosines[turn * (HALF // distance)], self.sines[turn * (HALF // distance)]
            a = i * HALF + turn - 2 * distance
            for _ in range(HALF // (2 * distance)):
                a += 2 * distance
                b = a + distance
                x = self.real[b] * c + self.imaginary[b] * s
                y = self.imaginary[b] * c - self.real[b] * s
                self.real[b], self.imaginary[b] = self.real[a] - x, self.imaginary[a] - y
                self.real[a], self.imaginary[a] = self.real[a] + x, self.imaginary[a] + y

    def _square(self, i: int, first: int) -> None:
        # Even samples went in as real, odd ones as imaginary numbers: take apart what became of both, and join it.
        row = (i * HISTORY + (self.latest[i] + 1) % HISTORY) * BINS
        start = i * HALF
        for k in range(first, first + BINS // 2):
            other = start + ((HALF - k) & (HALF - 1))
            a, b = self.real[start + k], self.imaginary[start + k]
            p, q = self.real[other], self.imaginary[other]
            even, more = 0.5 * (a + p), 0.5 * (b - q)
            odd, less = 0.5 * (b + q), 0.5 * (p - a)
            x = even + odd * self.cosines[k] + less * self.sines[k]
            y = more + less * self.cosines[k] - odd * self.sines[k]
            self.history[row + k] = x * x + y * y
