# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: annotation_typing=False
"""Frames of one clock at the pace of another: band-limited interpolation at any ratio, which may change as it runs.
And how such frames come in and go.

The weights of `sinc` are tabulated at PHASES fractions of a frame, and read between them along a straight line (J. O.
Smith, "Digital Audio Resampling", 2002). Typed by resampler.pxd; compiled and interpreted alike, bit for bit.

Written here because none of the libraries' bindings fits: the engine's process holds no numpy, which samplerate and
soxr want; they take a ratio per call and keep frames back (19 to 240), so that what leaves when cannot be
told to a fraction of a frame, on which the drift's loop depends.
"""

from jambox.sound.sinc import PHASES, TAPS


def resample(
    taps: "memoryview[float]",
    ring: "memoryview[float]",
    position: float,
    step: float,
    goal: float,
    weights: "memoryview[float]",
    out: "memoryview[float]",
    offset: int,
    stride: int,
) -> float:
    """Fill every `stride`-th frame's samples of `out` from `ring`; the position after it. Real-time safe.

    `ring` (float32, channels x capacity) holds frame n at n modulo capacity. Output begins at input frame `position` (0
    or more) and moves by `step` input frames at first, by `goal` at the end. Frames from position - TAPS/2 + 1 to
    TAPS/2 past the last one must be there. Channel c of output frame i goes to out[i * stride + offset + c] (float32).
    `weights` (float64, TAPS) is room to work in.
    """
    channels, capacity = len(ring), ring.shape[1]  # type: ignore[index]
    frames = len(out) // stride
    place, pace = position, step
    glide = (goal - step) / frames
    for i in range(frames):
        whole = int(place)
        phase = (place - whole) * PHASES
        row = int(phase)
        rest = phase - row
        for k in range(TAPS):
            weights[k] = taps[row, k] + rest * (taps[row + 1, k] - taps[row, k])
        first = (whole - TAPS // 2 + 1 + capacity) % capacity
        before = min(TAPS, capacity - first)
        for c in range(channels):
            x = 0.0
            for k in range(before):
                x += weights[k] * ring[c, first + k]
            for k in range(before, TAPS):
                x += weights[k] * ring[c, first + k - capacity]
            out[i * stride + offset + c] = x
        place += pace
        pace += glide
    return place


def stow(samples: "memoryview[float]", channels: int, ring: "memoryview[float]", position: int, frames: int) -> None:
    """Lay `frames` of interleaved `samples` (float32, of so many channels) into `ring` from frame `position` on.

    `ring` (float32, rows x capacity) gets as many channels as it has rows, or as there are. Real-time safe.
    """
    capacity = ring.shape[1]  # type: ignore[index]
    rows = min(len(ring), channels)
    for k in range(frames):
        place = (position + k) % capacity
        for c in range(rows):
            ring[c, place] = samples[k * channels + c]


def spread(captured: "memoryview[float]", inputs: int, out: "memoryview[float]", stride: int, wanted: int) -> None:
    """Copy the first `wanted` of `inputs` channels (interleaved) to every `stride`-th frame's; the rest is silence.

    Real-time safe.
    """
    frames = len(out) // stride
    copied = min(inputs, wanted)
    for i in range(frames):
        for c in range(copied):
            out[i * stride + c] = captured[i * inputs + c]
        for c in range(copied, stride):
            out[i * stride + c] = 0.0


def fade_in(out: "memoryview[float]", offset: int, stride: int, channels: int, level: float, slope: float) -> float:
    """Scale these channels by `level`, which rises to 1 by `slope` a frame; the level after that. Real-time safe."""
    frames = len(out) // stride
    for i in range(frames):
        for c in range(channels):
            out[i * stride + offset + c] *= level
        level = min(level + slope, 1.0)
    return level


def let_go(
    last: "memoryview[float]",
    out: "memoryview[float]",
    offset: int,
    stride: int,
    channels: int,
    share: float,
    slope: float,
) -> float:
    """Add what is left of the samples `last` (float32) while `share` falls to 0 by `slope` a frame; the share then.

    It bends down and in again without a corner: 3 s² - 2 s³. Real-time safe.
    """
    frames = len(out) // stride
    for i in range(frames):
        share = max(share - slope, 0.0)
        gain = share * share * (3.0 - 2.0 * share)
        for c in range(channels):
            out[i * stride + offset + c] += last[c] * gain
    return share
