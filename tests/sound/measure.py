"""Measuring sounds, for tests: pitch in cents, decay, onset, level, loudness, brightness.

Everything takes mono samples of shape (frames,) and a rate in Hz, and is written apart from the code under test.
"""

from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.floating[Any]]


def spectrum(x: Sound, rate: int, pad: int = 4) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Frequencies in Hz and magnitudes (a sine of amplitude 1 reads 1), Hann window, zero-padded `pad` times."""
    return _spectrum(np.asarray(x, dtype=np.float64).tobytes(), rate, pad)


@lru_cache(maxsize=1)
def _spectrum(sound: bytes, rate: int, pad: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    # Many partials are looked for in one sound after another.
    x = np.frombuffer(sound)
    window = np.hanning(len(x))
    size = 1 << (pad * len(x) - 1).bit_length()
    magnitude = np.abs(np.fft.rfft(x * window, size)) * 2.0 / window.sum()
    magnitude.flags.writeable = False
    return np.fft.rfftfreq(size, 1.0 / rate).astype(np.float64), magnitude


def peak_near(x: Sound, rate: int, f: float, within: float = 60.0) -> tuple[float, float]:
    """Frequency in Hz and level in dB of the strongest partial within `within` cents of `f`.

    A parabola through the logarithms around the highest bin gives the frequency between bins.
    """
    frequency, magnitude = spectrum(x, rate)
    reach = 2.0 ** (within / 1200.0)
    inside = np.flatnonzero((frequency >= f / reach) & (frequency <= f * reach))
    assert len(inside) > 2, "too short a sound to tell the pitch: lengthen it or widen the search"
    top = int(inside[np.argmax(magnitude[inside])])
    left, mid, right = np.log(np.maximum(magnitude[top - 1 : top + 2], 1e-12))
    curve = left - 2.0 * mid + right
    shift = 0.5 * (left - right) / curve if curve else 0.0
    return float((top + shift) * frequency[1]), float(20.0 * np.log10(max(magnitude[top], 1e-12)))


def partial_cents(x: Sound, rate: int, f: float, within: float = 60.0) -> float:
    """Deviation in cents of the strongest partial near `f` from `f`."""
    return float(1200.0 * np.log2(peak_near(x, rate, f, within)[0] / f))


def envelope_db(x: Sound, rate: int, f: float, smooth: float = 0.02) -> NDArray[np.float64]:
    """Level in dB over time of what sounds near `f`: shifted to 0 Hz, then a Hann mean over `smooth` seconds."""
    frames = len(x)
    shifted = np.asarray(x, dtype=np.float64) * np.exp(-2j * np.pi * f * np.arange(frames) / rate)
    long = max(3, round(smooth * rate))
    size = _quick(frames + long)
    mean = np.fft.ifft(np.fft.fft(shifted, size) * _mean(long, size))
    middle = np.abs(mean[long // 2 : long // 2 + frames])
    level: NDArray[np.float64] = 20.0 * np.log10(2.0 * middle + 1e-9)
    return level


@lru_cache(maxsize=2)
def _mean(frames: int, size: int) -> NDArray[np.complex128]:
    kernel = np.hanning(frames)
    return np.fft.fft(kernel / kernel.sum(), size)


def _quick(size: int) -> int:
    """A transform of this many frames or more that is quickly done: an eighth longer at the most."""
    step = 1 << max(0, size.bit_length() - 4)
    return -(-size // step) * step


def t60(x: Sound, rate: int, f: float, start: float, end: float, smooth: float = 0.02) -> float:
    """Seconds for 60 dB, by a straight line through the level near `f` from `start` to `end` seconds."""
    first, last = round(start * rate), round(end * rate)
    # What the mean reaches on either side, and no more.
    reach = max(3, round(smooth * rate))
    begin = max(0, first - reach)
    level = envelope_db(x[begin : last + reach], rate, f, smooth)[first - begin : last - begin]
    slope = np.polyfit(np.arange(len(level)) / rate, level, 1)[0]
    return float(-60.0 / slope)


def onset(x: Sound, below: float = 20.0) -> int:
    """First frame within `below` dB of the peak."""
    size = np.abs(x)
    return int(np.flatnonzero(size >= size.max() * 10.0 ** (-below / 20.0))[0])


def level_db(x: Sound) -> float:
    """RMS in dBFS (a full-scale square wave reads 0)."""
    return float(10.0 * np.log10(np.mean(np.asarray(x, dtype=np.float64) ** 2) + 1e-20))


def peak_db(x: Sound) -> float:
    """Peak in dBFS."""
    return float(20.0 * np.log10(np.abs(x).max() + 1e-20))


def band_db(x: Sound, rate: int, low: float, high: float) -> float:
    """Power between `low` and `high` Hz relative to all power, in dB."""
    frequency, magnitude = spectrum(x, rate, pad=1)
    power = magnitude**2
    inside = (frequency >= low) & (frequency < high)
    return float(10.0 * np.log10(power[inside].sum() / power.sum() + 1e-20))


def centroid(x: Sound, rate: int, low: float = 0.0, high: float = np.inf) -> float:
    """Centre of power in Hz between `low` and `high`."""
    frequency, magnitude = spectrum(x, rate, pad=1)
    inside = (frequency >= low) & (frequency <= high)
    power = magnitude[inside] ** 2
    return float((frequency[inside] * power).sum() / power.sum())


def highest_around(x: Sound, reach: int) -> Sound:
    """For each frame the highest of it and of `reach` frames on either side, where there are any; of positive ones."""
    top, span, width = np.pad(x, reach), 1, 2 * reach + 1
    while 2 * span <= width:
        top = np.maximum(top[:-span], top[span:])
        span *= 2
    # Two spans that overlap make the width.
    return np.maximum(top[: len(x)], top[width - span : width - span + len(x)])


def pitch_track(x: Sound, rate: int, low: float, high: float) -> NDArray[np.float64]:
    """Momentary frequency in Hz of the one partial between `low` and `high`; shape (frames,). Ends are unsure."""
    transform = np.fft.fft(np.asarray(x, dtype=np.float64))
    frequency = np.fft.fftfreq(len(x), 1.0 / rate)
    analytic = np.fft.ifft(np.where((frequency > low) & (frequency < high), 2.0 * transform, 0.0))
    track: NDArray[np.float64] = np.gradient(np.unwrap(np.angle(analytic))) * rate / (2.0 * np.pi)
    return track


# ITU-R BS.1770-4, tables 1 and 2: the K-weighting filters at 48 kHz.
_K = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285), (-1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621)),
)


def lufs(x: Sound, seconds: float = 0.3) -> float:
    """Loudness of the first `seconds` of a 48 kHz sound, through the filters of BS.1770."""
    frames = round(seconds * 48000)
    size = frames + 48000  # in a second, what the filters ring on has faded
    signal = np.fft.irfft(np.fft.rfft(x[:frames], size) * _weighting(size), size)[:frames]
    return float(10.0 * np.log10(np.mean(np.square(signal)) + 1e-20) - 0.691)


@cache
def _weighting(size: int) -> NDArray[np.complex128]:
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    response: NDArray[np.complex128] = np.prod(
        [np.polyval(b[::-1], z) / np.polyval((*a[::-1], 1.0), z) for b, a in _K], axis=0
    )
    return response
