"""The last step of every sound: soft ends, no DC, a known loudness, float32."""

from functools import lru_cache

import numpy as np

from jambox.sound.instruments.tones import Samples, Signal, amplitude

CEILING = -2.0
"""No finished sound peaks above this, in dBFS."""
STROKE_SECONDS = 0.3
"""Length over which the loudness of a stroke is measured."""

# ITU-R BS.1770-4, tables 1 and 2: (b0, b1, b2, a1, a2) of the two K-weighting filters at 48 kHz.
_SHELF = (1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585)
_HIGH_PASS = (1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621)


def _power(biquad: tuple[float, float, float, float, float], frequency: Signal) -> Signal:
    """Squared magnitude of a 48 kHz filter at `frequency` in Hz; above 24 kHz, that at 24 kHz."""
    b0, b1, b2, a1, a2 = biquad
    z = np.exp(-2j * np.pi * np.minimum(frequency, 24000.0) / 48000.0)
    response: Signal = np.abs((b0 + b1 * z + b2 * z * z) / (1.0 + a1 * z + a2 * z * z)) ** 2
    return response


def weighting(frequency: Signal) -> Signal:
    """By how much K-weighting multiplies the power at `frequency` in Hz."""
    return _power(_SHELF, frequency) * _power(_HIGH_PASS, frequency)


def loudness(sound: Signal | Samples, rate: int, seconds: float = STROKE_SECONDS) -> float:
    """K-weighted loudness of the first `seconds`, in LUFS (ITU-R BS.1770-4, one channel, one window, no gate).

    A shorter sound counts as followed by silence. Silence gives -200.
    """
    frames = round(seconds * rate)
    spectrum = np.fft.rfft(np.asarray(sound[:frames], dtype=np.float64), 2 * frames)
    weighted = np.abs(spectrum) ** 2 * _weights(2 * frames, rate)
    mean_square = 2.0 * weighted.sum() / (2 * frames) / frames
    return float(10.0 * np.log10(max(mean_square, 1e-20)) - 0.691)


@lru_cache(maxsize=4)
def _weights(frames: int, rate: int) -> Signal:
    # Nearly all sounds are measured over the same time.
    return weighting(np.fft.rfftfreq(frames, 1.0 / rate).astype(np.float64))


def finish(
    sound: Signal,
    rate: int,
    target: float,
    *,
    measured: float = STROKE_SECONDS,
    fade: float = 0.01,
    ceiling: float = CEILING,
) -> Samples:
    """The sound ready for the bank: starts and ends at exactly 0, no DC, `target` LUFS over `measured` seconds.

    The rise takes 0.25 ms, the last `fade` seconds (at least 2 ms) fall to 0. Where the target would make the peak
    pass `ceiling` dBFS, the ceiling wins.
    """
    frames = len(sound)
    rise = min(frames // 2, max(1, round(0.00025 * rate)))
    fall = min(frames - rise, max(1, round(max(fade, 0.002) * rate)))
    soft = np.array(sound, dtype=np.float64)
    soft[:rise] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(rise) / rise)
    soft[-fall:] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(1, fall + 1) / fall)
    # The mean goes as a hump as long as the sound, not as a step, so that the ends stay at 0.
    hump = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(frames) / max(1, frames - 1))
    soft -= hump * (soft.sum() / max(hump.sum(), 1e-12))
    soft *= amplitude(target - loudness(soft, rate, measured))
    peak = float(np.abs(soft).max())
    soft *= min(1.0, amplitude(ceiling) / max(peak, 1e-12))
    soft[0] = soft[-1] = 0.0
    return soft.astype(np.float32)
