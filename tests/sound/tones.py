"""Sounds from which a tonic may be taken, or may not: sung and played notes, and what is none, in mono."""

import numpy as np
from numpy.typing import NDArray

RATE = 48000
Samples = NDArray[np.float64]


def harmonic(track: Samples, weights: Samples) -> Samples:
    """Partials at whole multiples of a pitch that is given at each frame, of these amplitudes."""
    phase = 2.0 * np.pi * np.cumsum(track) / RATE
    return np.asarray(sum(weight * np.sin((n + 1) * phase + n) for n, weight in enumerate(weights)))


def steady(hertz: float, seconds: float) -> Samples:
    return np.full(round(seconds * RATE), hertz)


def wobble(hertz: float, seconds: float, cents: float, speed: float) -> Samples:
    """Vibrato, by so many cents either way."""
    t = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(hertz * 2.0 ** (cents / 1200.0 * np.sin(2.0 * np.pi * speed * t + 1.0)))


def slide(hertz: float, seconds: float, cents: float) -> Samples:
    """Up, or down, by so many cents in each second."""
    t = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(hertz * 2.0 ** (cents * t / 1200.0))


def vowel(track: Samples, formants: tuple[float, ...]) -> Samples:
    """A voice: a source that falls by 12 dB an octave, made louder at its formants (80 Hz wide)."""
    hertz = float(np.median(track))
    n = np.arange(1, int(6000.0 / hertz) + 1)
    level = sum(1.0 / np.hypot(1.0, (n * hertz - formant) / 40.0) for formant in formants)
    return harmonic(track, level / n)


def reed(hertz: float, seconds: float) -> Samples:
    """A harmonium's tongue: partials that fall by 6 dB an octave, up to 8 kHz."""
    n = np.arange(1, int(8000.0 / hertz) + 1)
    return harmonic(steady(hertz, seconds), 1.0 / n)


def pluck(hertz: float, seconds: float, decay: float = 2.0, stiff: float = 4e-5) -> Samples:
    """A guitar's string, plucked at a fifth of it: partials a little sharp, the higher the shorter."""
    t = np.arange(round(seconds * RATE)) / RATE
    first = np.sqrt(1.0 + stiff)
    made = np.zeros(len(t))
    for n in range(1, int(5000.0 / hertz) + 1):
        height = n * hertz * np.sqrt(1.0 + stiff * n * n) / first
        made += np.sin(np.pi * n / 5.0) / n * np.exp(-t * (1.0 + 0.3 * n) / decay) * np.sin(2.0 * np.pi * height * t)
    return made * np.minimum(t / 0.002, 1.0)


def room(sound: Samples, snr: float, seed: int = 1, level: float = 0.1) -> Samples:
    """The sound at that RMS level, in white noise `snr` dB below it."""
    loud = np.sqrt(np.mean(sound**2)) or 1.0
    noise = np.random.default_rng(seed).standard_normal(len(sound))
    return np.asarray(level * (sound / loud + 10.0 ** (-snr / 20.0) * noise))
