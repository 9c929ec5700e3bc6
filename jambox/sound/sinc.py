"""The windowed sinc by which `resampler` reads between frames, as a table of weights."""

import math

from jambox.sound.tables import table

TAPS = 64
"""Frames under the sinc: half of them lie ahead, which is the delay."""
PHASES = 256
"""Fractions of a frame in the table. Straight lines between them are within -98 dB up to 20 kHz at 48 kHz."""
REJECTION = 100.0
"""Decibels by which the window keeps aliases down."""


def sinc_table(ratio: float = 1.0) -> "memoryview[float]":
    """The weights (float64, PHASES + 1 x TAPS) to go from a rate to `ratio` times it. Takes some 20 ms; at start-up.

    Cut off in the middle of the transition band, so that what the lower of both rates cannot hold is REJECTION dB down
    above its half, but for the topmost twentieth of the band, which folds back into itself. Kaiser's window, with his
    formula for beta (J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", 1974).
    """
    beta = 0.1102 * (REJECTION - 8.7)
    width = (REJECTION - 7.95) / (14.36 * TAPS)  # of the transition band, in cycles a frame
    cutoff = min(1.0, ratio) * 0.5 - 0.4 * width
    half = TAPS // 2
    # The window's sinc at every place that any phase reads, one side of it: the other is the same.
    peak = _bessel(beta)
    side = [
        2.0 * cutoff * _sinc(2.0 * cutoff * x) * (_bessel(beta * math.sqrt(1.0 - (x / half) ** 2)) / peak)
        for x in (n / PHASES for n in range(half * PHASES))
    ]
    side.append(0.0)
    weights = table("d", PHASES + 1, TAPS)
    for phase in range(PHASES + 1):
        row = [side[abs((k - half + 1) * PHASES - phase)] for k in range(TAPS)]
        whole = sum(row)
        for k in range(TAPS):
            weights[phase, k] = row[k] / whole
    return weights  # type: ignore[no-any-return]


def _sinc(x: float) -> float:
    return math.sin(math.pi * x) / (math.pi * x) if x else 1.0


def _bessel(x: float) -> float:
    """The modified Bessel function I0, by its power series."""
    term = total = 1.0
    n = 1
    while term > 1e-15 * total:
        term *= (x / (2.0 * n)) ** 2
        total += term
        n += 1
    return total
