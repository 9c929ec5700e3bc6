# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: annotation_typing=False
"""From parameters to the numbers that the inner loops run by. Compiled, since all of a scene may change in one block.

Filters are state-variable ones in the trapezoidal form (Zavalishin, "The Art of VA Filter Design", 2018, chapter 4;
mixing of their outputs after Simper, "Linear Trapezoidal State Variable Filter", Cytomic 2013): G is the tangent of
half the angle at the corner, K the damping, M0 to M2 what of input, band-pass and low-pass is mixed. A strip's design
has the logarithm of G, so that corners glide by octaves: what rings in a filter dies away before the corner has taken
it up far. Everything here is real-time safe.
"""

import cython

from jambox.sound.layout import (
    CLOSING,
    COMPRESSOR_ATTACK,
    COMPRESSOR_MAKE_UP,
    COMPRESSOR_RATIO,
    COMPRESSOR_RELEASE,
    COMPRESSOR_SIDE_CHAIN,
    COMPRESSOR_THRESHOLD,
    CUE_GAIN,
    CUE_LEVEL,
    DEEPEST,
    DRONE_CUE,
    DRONE_REVERB,
    DRONE_SEND,
    DRONE_SOLO,
    DUCK_DEPTH,
    DUCK_STRIP,
    DUCK_THRESHOLD,
    EQ_HIGH,
    EQ_LOW,
    EQ_MID,
    EQ_MID_FREQUENCY,
    FILTER,
    FLOOR,
    GAIN_CUE_LEFT,
    GAIN_CUE_RIGHT,
    GAIN_LEFT,
    GAIN_RIGHT,
    GAIN_SEND,
    GAINS,
    GATE_ATTACK,
    GATE_RANGE,
    GATE_RATIO,
    GATE_RELEASE,
    GATE_THRESHOLD,
    HIGH_PASS,
    INVERT,
    LETTING,
    MASTER_TONE,
    MASTER_WIDTH,
    MUTE,
    OPENING,
    PAN,
    RETURN,
    REVERB,
    REVERB_LEVEL,
    RHYTHM_CUE,
    RHYTHM_REVERB,
    RHYTHM_SEND,
    RHYTHM_SOLO,
    SEIZING,
    SIDE,
    SLOPE,
    SOLO,
    STEEPNESS,
    THRESHOLD,
    TONE,
    TONE_HIGH,
    TONE_LOW,
    TRIM,
    WIDTH,
    YIELD_FROM,
    YIELD_TO,
    YIELDING,
)

if not cython.compiled:
    from math import cos, exp, log, sin, sqrt, tan

PI = 3.141592653589793
NEPERS = 0.11512925464970228
"""Nepers a dB: ln(10) / 20."""
BUTTERWORTH = 1.4142135623730951
"""K of a filter that is flat up to its corner."""
LOW_SHELF, HIGH_SHELF, TILT = 100.0, 8000.0, 1000.0
"""Hz."""
MID_K = 1.0
"""K of the swept band at 0 dB: 1.4 octaves between the points of half its dB."""
HIGHEST = 0.45
"""Share of the rate above which no corner lies."""
QUIETEST = -60.0
"""dB at and below which a send is silent."""


def clamp(values: "memoryview[float]", lows: "memoryview[float]", highs: "memoryview[float]") -> None:
    """Hold every value within its bounds; one that is no number becomes the lowest."""
    for i in range(len(values)):
        if not values[i] >= lows[i]:
            values[i] = lows[i]
        elif values[i] > highs[i]:
            values[i] = highs[i]


def strip(values: "memoryview[float]", v: int, design: "memoryview[float]", d: int, rate: float, side: int) -> None:
    """Work out the design at `d` of the strip whose parameters begin at `v`.

    `side` is 0 for a strip alone, 1 and 2 for the left and the right of a pair.
    """
    _filters(values, v, design, d, rate)
    _dynamics(values, v, design, d, rate)
    _gains(values, v, design, d, side)


def _filters(values: "memoryview[float]", v: int, design: "memoryview[float]", d: int, rate: float) -> None:
    corner = values[v + HIGH_PASS]
    if corner >= 1.0:
        _put(design, d, _tangent(corner, rate), BUTTERWORTH, 1.0, -BUTTERWORTH, -1.0)
    else:
        _put(design, d, _tangent(80.0, rate), BUTTERWORTH, 1.0, 0.0, 0.0)
    a = exp(values[v + EQ_LOW] * NEPERS * 0.5)
    g = _tangent(LOW_SHELF, rate) / sqrt(a)
    _put(design, d + FILTER, g, BUTTERWORTH, 1.0, BUTTERWORTH * (a - 1.0), a * a - 1.0)
    a = exp(values[v + EQ_MID] * NEPERS * 0.5)
    k = MID_K / a
    _put(design, d + 2 * FILTER, _tangent(values[v + EQ_MID_FREQUENCY], rate), k, 1.0, k * (a * a - 1.0), 0.0)
    a = exp(values[v + EQ_HIGH] * NEPERS * 0.5)
    g = _tangent(HIGH_SHELF, rate) * sqrt(a)
    _put(design, d + 3 * FILTER, g, BUTTERWORTH, a * a, BUTTERWORTH * (1.0 - a) * a, 1.0 - a * a)
    g = _tangent(values[v + COMPRESSOR_SIDE_CHAIN], rate)
    _put(design, d + SIDE * FILTER, g, BUTTERWORTH, 1.0, -BUTTERWORTH, -1.0)


def _put(design: "memoryview[float]", d: int, g: float, k: float, m0: float, m1: float, m2: float) -> None:
    design[d] = log(g)
    design[d + 1] = k
    design[d + 2] = m0
    design[d + 3] = m1
    design[d + 4] = m2


def _tangent(frequency: float, rate: float) -> float:
    return tan(PI * min(frequency / rate, HIGHEST))


def _dynamics(values: "memoryview[float]", v: int, design: "memoryview[float]", d: int, rate: float) -> None:
    design[d + FLOOR] = values[v + GATE_THRESHOLD] * NEPERS
    design[d + STEEPNESS] = values[v + GATE_RATIO] - 1.0
    design[d + DEEPEST] = values[v + GATE_RANGE] * NEPERS
    design[d + OPENING] = _share(values[v + GATE_ATTACK], rate)
    design[d + CLOSING] = _share(values[v + GATE_RELEASE], rate)
    design[d + THRESHOLD] = values[v + COMPRESSOR_THRESHOLD] * NEPERS
    design[d + SLOPE] = 1.0 - 1.0 / values[v + COMPRESSOR_RATIO]
    design[d + SEIZING] = _share(values[v + COMPRESSOR_ATTACK], rate)
    design[d + LETTING] = _share(values[v + COMPRESSOR_RELEASE], rate)


def _share(milliseconds: float, rate: float) -> float:
    # Of the way to its goal that something with this time constant goes in a frame.
    return 1.0 - exp(-1000.0 / (milliseconds * rate))


def _gains(values: "memoryview[float]", v: int, design: "memoryview[float]", d: int, side: int) -> None:
    trim = exp(values[v + TRIM] * NEPERS)
    design[d + GAINS] = -trim if values[v + INVERT] >= 0.5 else trim
    angle = (values[v + PAN] + 1.0) * (PI / 4.0)
    gain = exp(values[v + COMPRESSOR_MAKE_UP] * NEPERS)
    left, right = cos(angle) * gain, sin(angle) * gain
    if side == 1:
        left, right = min(left * BUTTERWORTH, gain), 0.0
    elif side == 2:
        left, right = 0.0, min(right * BUTTERWORTH, gain)
    heard = 0.0 if values[v + MUTE] >= 0.5 else 1.0
    alone = _switch(values[v + SOLO])
    design[d + GAIN_LEFT] = left * heard
    design[d + GAIN_RIGHT] = right * heard
    design[d + GAIN_SEND] = _send(values[v + REVERB]) * gain * heard
    design[d + GAIN_CUE_LEFT] = left * alone
    design[d + GAIN_CUE_RIGHT] = right * alone


def _switch(value: float) -> float:
    return 1.0 if value >= 0.5 else 0.0


def _send(level: float) -> float:
    return exp(level * NEPERS) if level > QUIETEST else 0.0


def house(values: "memoryview[float]", v: int, design: "memoryview[float]", rate: float) -> None:
    """Work out the house's design from its parameters, which begin at `v`."""
    design[TONE] = _tangent(TILT, rate)
    design[TONE_LOW] = exp(-values[v + MASTER_TONE] * NEPERS)
    design[TONE_HIGH] = exp(values[v + MASTER_TONE] * NEPERS)
    design[WIDTH] = values[v + MASTER_WIDTH]
    design[RETURN] = _send(values[v + REVERB_LEVEL])
    design[DRONE_SEND] = _send(values[v + DRONE_REVERB])
    design[RHYTHM_SEND] = _send(values[v + RHYTHM_REVERB])
    design[DRONE_CUE] = _switch(values[v + DRONE_SOLO])
    design[RHYTHM_CUE] = _switch(values[v + RHYTHM_SOLO])
    design[CUE_GAIN] = _send(values[v + CUE_LEVEL])
    design[YIELD_TO] = values[v + DUCK_STRIP]
    design[YIELDING] = values[v + DUCK_DEPTH] * NEPERS
    design[YIELD_FROM] = values[v + DUCK_THRESHOLD] * NEPERS
