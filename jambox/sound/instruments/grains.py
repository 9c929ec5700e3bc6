"""Many small bodies that knock against each other: rattles, jingles, chains of rings.

Perry Cook's PhISEM: each collision adds to a burst of noise, the bursts ring in the body's resonances, and fewer and
weaker collisions follow as the shaking dies away. Figures of the Synthesis ToolKit's Shakers, which are for each sample
at 44.1 kHz, are given here in seconds and collisions a second; all collisions of one sound are drawn at once.
"""

from dataclasses import dataclass

import numpy as np

from jambox.sound.instruments.tones import LN_1000, Signal, amplitude, decay


@dataclass(frozen=True, slots=True)
class Grains:
    """What rattles. `resonances` are Hz, gain and T60 in seconds of each; `rate` is collisions a second at first.

    `grain` is the T60 of one collision's noise, `t60` that of the shaking, both in seconds; `level` in dB (RMS of the
    first 20 ms).
    """

    resonances: tuple[tuple[float, float, float], ...]
    rate: float
    grain: float
    t60: float
    level: float


def rattle(grains: Grains, frames: int, rate: int, rng: np.random.Generator) -> Signal:
    """The grains from the moment they are set in motion, with their first collision at once; shape (frames,)."""
    size = 1 << (2 * frames - 1).bit_length()
    knocks = rng.poisson(grains.rate / rate, frames).astype(np.float64) * decay(grains.t60, frames, rate)
    steady = max(1.0, grains.rate * grains.grain / LN_1000)
    knocks[0] += 2.0 * steady
    burst = decay(grains.grain, frames, rate)
    envelope = np.fft.irfft(np.fft.rfft(knocks, size) * np.fft.rfft(burst, size), size)[:frames]
    noise = np.fft.rfft(envelope * rng.standard_normal(frames), size)
    turn = np.exp(-2j * np.pi * np.arange(len(noise)) / size)
    response = np.zeros(len(noise), dtype=np.complex128)
    for frequency, gain, t60 in grains.resonances:
        if frequency < 0.45 * rate:
            pole = np.exp(-LN_1000 / (t60 * rate) + 2j * np.pi * frequency / rate)
            peak = (1.0 - abs(pole)) * abs(1.0 - abs(pole) * np.exp(-4j * np.pi * frequency / rate))
            response += gain * peak / ((1.0 - pole * turn) * (1.0 - pole.conjugate() * turn))
    sound: Signal = np.fft.irfft(noise * response, size)[:frames]
    first = sound[: round(0.02 * rate)]
    return sound * (amplitude(grains.level) / max(float(np.sqrt(np.mean(first**2))), 1e-12))
