# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: annotation_typing=False
"""What is captured, thinned out for whoever listens for a note, and the loops by which its pitch is told.

Typed by hearing.pxd; compiled and interpreted alike, bit for bit. All of it is real-time safe.
"""

import cython

from jambox.sound.tables import table

if not cython.compiled:
    from math import cos, sin

THIN = 12000
"""Hz, at least, at which the sound is kept: pitches are told from what lies below CORNER."""
CORNER = 3000.0
"""Hz; a Butterworth low-pass of fourth order: 38 dB down where what folds back would come to lie on it."""
KEPT = 16384
"""Samples in the ring: more than a second."""
_QS = (0.54119610014620, 1.30656296487638)  # 1 / (2 cos(pi/8)) and 1 / (2 cos(3 pi/8))
TAU = 6.283185307179586


def thinning(rate: float) -> int:
    """Of how many frames at `rate` Hz one is kept."""
    return max(int(rate) // THIN, 1)


class Funnel:
    """All channels together, each by its weight, low-passed, every `factor`-th sample, into a ring.

    `weights` (float64, one for each channel) may change at any time.
    """

    def __init__(self, rate: float, weights: "memoryview[float]") -> None:
        self.factor = thinning(rate)
        self.weights = weights
        self.turn = 0
        self.state = table("d", 4)
        self.design = table("d", 10)
        for stage, quality in enumerate(_QS):
            # R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients": low-pass.
            angle = TAU * CORNER / rate
            alpha, cosine = sin(angle) / (2.0 * quality), cos(angle)
            half = 0.5 * (1.0 - cosine)
            for k, x in enumerate((half, 2.0 * half, half, -2.0 * cosine, 1.0 - alpha)):
                self.design[5 * stage + k] = x / (1.0 + alpha)

    def put(self, captured: "memoryview[float]", frames: int, ring: "memoryview[float]", written: int) -> int:
        """Add `frames` of `captured` (float32, interleaved) to `ring` (float64); how many samples were `written`, then.

        A sample that is no number counts as silence.
        """
        size, channels = len(ring), len(self.weights)
        for i in range(frames):
            x = 0.0
            for c in range(channels):
                x += self.weights[c] * captured[i * channels + c]
            if not -1e6 < x < 1e6:
                x = 0.0
            for s in range(2):
                k = 5 * s
                y = self.design[k] * x + self.state[2 * s]
                self.state[2 * s] = self.design[k + 1] * x - self.design[k + 3] * y + self.state[2 * s + 1]
                self.state[2 * s + 1] = self.design[k + 2] * x - self.design[k + 4] * y
                x = y
            self.turn += 1
            if self.turn == self.factor:
                self.turn = 0
                ring[written % size] = x
                written += 1
        return written


def differences(samples: "memoryview[float]", first: int, window: int, out: "memoryview[float]") -> float:
    """How unlike themselves `window` samples (float64) from `first` on are at each lag up to len(out) - 1.

    Into `out` (float64): the squared difference over its mean up to that lag, as de Cheveigné and Kawahara have it
    ("YIN, a fundamental frequency estimator for speech and music", JASA 111, 2002, equation 8): 0 for what repeats
    itself, about 1 for noise. Gives the mean square. Samples up to window + len(out) past `first` must be there.
    """
    total = 0.0
    out[0] = 1.0
    for lag in range(1, len(out)):
        d = 0.0
        for k in range(window):
            x = samples[first + k] - samples[first + k + lag]
            d += x * x
        total += d
        out[lag] = d * lag / total if total > 0.0 else 1.0
    power = 0.0
    for k in range(window):
        power += samples[first + k] * samples[first + k]
    return power / window


def harmonics(samples: "memoryview[float]", first: int, frames: int, cycle: float, out: "memoryview[float]") -> None:
    """What there is at each multiple of one per `cycle` samples, into `out` (float64): real and imaginary in turn.

    Of `frames` from `first` on, through a Hann window: a sine of amplitude 1 gives 1. The angles are those at `first`.
    """
    for n in range(len(out) // 2):
        step = TAU * (n + 1) / cycle
        # Two hands that turn by one angle a sample: that of the partial, and that of the window.
        a, b, cosine, sine = cos(step), sin(step), 1.0, 0.0
        p, q, over, under = cos(TAU / frames), sin(TAU / frames), 1.0, 0.0
        real = 0.0
        imaginary = 0.0
        for k in range(frames):
            x = samples[first + k] * (0.5 - 0.5 * over)
            real += x * cosine
            imaginary -= x * sine
            cosine, sine = cosine * a - sine * b, sine * a + cosine * b
            over, under = over * p - under * q, under * p + over * q
        out[2 * n] = 4.0 * real / frames
        out[2 * n + 1] = 4.0 * imaginary / frames


def loudness(samples: "memoryview[float]", first: int, frames: int) -> float:
    """The mean square of `frames` from `first` on, through the window of `harmonics`."""
    power = 0.0
    for k in range(frames):
        x = samples[first + k] * (0.5 - 0.5 * cos(TAU * k / frames))
        power += x * x
    return power * 8.0 / 3.0 / frames
