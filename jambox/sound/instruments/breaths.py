"""One breath of a steady sound: it rises in OVERLAP seconds and falls in the last OVERLAP, while the next rises.

The weights of the two make up 1, and a string's breaths begin whole periods apart, so partials that are exact harmonics
and have the same phases in every seed go over without a dip, a bump or a beat. What differs between seeds may be the
slow undulation of levels, which cross-fades whatever it is; pitch, where it strays, has to be back at both ends
(`still`); and noise, of which no two are alike, so that powers, not amplitudes, make up 1.
"""

import numpy as np

from jambox.music.drone import OVERLAP
from jambox.sound.instruments.finish import finish
from jambox.sound.instruments.tones import BLOCK, Samples, Signal, partials


def points(seconds: float, rate: int) -> Signal:
    """The times of an envelope's points, as `tones.partials` has them; shape (T, 1), in seconds."""
    frames = round(seconds * rate)
    return np.arange(-(-frames // BLOCK) + 1)[:, None] * BLOCK / rate


def weight(t: Signal, seconds: float) -> Signal:
    """How much of a breath of `seconds` sounds at `t`: 0 to 1, raised cosines at both ends. Shape of `t`."""
    rise = np.clip(np.minimum(t, seconds - t) / OVERLAP, 0.0, 1.0)
    return 0.5 - 0.5 * np.cos(np.pi * rise)


def still(t: Signal, seconds: float) -> Signal:
    """0 while two breaths sound together, 1 a second further in. For what has to be alike there. Shape of `t`."""
    inside = np.clip(np.minimum(t, seconds - t) - OVERLAP, 0.0, 1.0)
    return 0.5 - 0.5 * np.cos(np.pi * inside)


def wander(t: Signal, slowest: float, fastest: float, count: int, rng: np.random.Generator) -> Signal:
    """`count` slow movements about 0, each three sines between `slowest` and `fastest` Hz; RMS 1. Shape (T, count)."""
    total = np.zeros((len(t), count))
    for _ in range(3):
        rates, phases = rng.uniform(slowest, fastest, count), rng.uniform(0.0, 1.0, count)
        total += np.sin(2.0 * np.pi * (t * rates + phases))
    total *= np.sqrt(2.0 / 3.0)
    return total


def breath(
    frequencies: Signal, envelopes: Signal, seconds: float, rate: int, target: float, hiss: Signal | None = None
) -> Samples:
    """A breath of partials (Hz, shape (P,)), `target` LUFS loud; `envelopes` (T, P) as `tones.partials` takes them.

    `hiss` is noise, of shape (frames,), on the scale of the envelopes.
    """
    frames = round(seconds * rate)
    share = weight(np.arange(frames) / rate, seconds)
    sound = share * partials(frequencies, envelopes, frames, rate)
    if hiss is not None:
        sound += np.sqrt(share) * hiss
    return finish(sound, rate, target, measured=seconds, fade=0.002)
