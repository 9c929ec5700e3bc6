# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: annotation_typing=False
"""Frames of one clock at the pace of another: band-limited interpolation at any ratio, which may change as it runs.

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
