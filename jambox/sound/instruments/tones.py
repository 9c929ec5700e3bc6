"""The three building blocks of every sound here: steady partials, struck modes and bands of noise.

Pure functions over numpy; they allocate, so they belong to the workshop and never to the engine's process.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float64]
"""Sound while it is being made: shape (frames,), mono, any level."""
Samples = NDArray[np.float32]
"""Finished sound: shape (frames,), mono, -1 to 1."""

BLOCK = 256
"""Frames between two points of an envelope in `partials`: 5.3 ms at 48 kHz."""
LN_1000 = float(np.log(1000.0))
"""Nepers in 60 dB: an amplitude e^(-LN_1000 t / T60) has fallen by 60 dB at t = T60."""


@dataclass(frozen=True, slots=True)
class Mode:
    """One way a body rings: frequency as a ratio to the body's pitch, initial level in dB, T60 in seconds."""

    ratio: float
    level: float
    t60: float


@dataclass(frozen=True, slots=True)
class Band:
    """A burst of noise between `low` and `high` Hz, initial level in dB (RMS), T60 in seconds."""

    low: float
    high: float
    level: float
    t60: float


def amplitude(level: float) -> float:
    """Amplitude of a level in dB."""
    return float(10.0 ** (level / 20.0))


def clock(frames: int, rate: int) -> Signal:
    """Time of each frame in seconds, shape (frames,)."""
    return np.arange(frames) / rate


def decay(t60: float, frames: int, rate: int) -> Signal:
    """Exponential fall from 1, by 60 dB in each `t60` seconds; shape (frames,)."""
    return np.exp(clock(frames, rate) * (-LN_1000 / t60))


def partials(
    frequencies: Signal, envelopes: NDArray[np.float64] | NDArray[np.complex128], frames: int, rate: int
) -> Signal:
    """Sum of sines with slowly moving amplitudes; shape (frames,).

    `frequencies` in Hz, shape (P,). `envelopes`, shape (ceil(frames / BLOCK) + 1, P), are the amplitudes at every
    BLOCK-th frame, joined by straight lines; a complex one also sets the phase (argument 0: a sine from 0).

    Within a block each sine is a phasor that starts at its exact phase and turns by the same BLOCK steps, so the
    whole sum is two matrix products of (blocks, P) by (P, BLOCK). Frequencies stay exact for any length; the steps
    are complex64, whose rounding noise lies below -120 dB.
    """
    blocks = -(-frames // BLOCK)
    turn = 2j * np.pi * frequencies / rate
    steps = np.exp(turn[:, None] * np.arange(BLOCK)).astype(np.complex64)
    starts = np.exp(np.arange(blocks)[:, None] * BLOCK * turn)
    level = (envelopes[:-1] * starts).astype(np.complex64)
    slope = (np.diff(envelopes, axis=0) * starts).astype(np.complex64)
    ramp = np.arange(BLOCK) / BLOCK
    sound: Signal = (level @ steps).imag + (slope @ steps).imag * ramp
    return sound.reshape(-1)[:frames]


def modes(table: tuple[Mode, ...], pitch: Signal, rate: int, phases: Sequence[float] = ()) -> Signal:
    """Sum of decaying sines, each from phase 0, as after a blow, or from that of `phases` in turns; shape of `pitch`.

    `pitch` is the pitch of the body in Hz at each frame, shape (frames,). Modes above 0.45 `rate` are left out, and
    each ends where it has fallen by 120 dB.
    """
    cycles = np.concatenate(([0.0], np.cumsum(pitch[:-1]))) / rate
    sound, time, highest = np.zeros(len(pitch)), clock(len(pitch), rate), pitch.max()
    for mode, phase in zip(table, phases or (0.0,) * len(table), strict=True):
        if mode.ratio * highest < 0.45 * rate:
            frames = min(len(pitch), round(2.0 * mode.t60 * rate) + 1)
            ring = np.exp(time[:frames] * (-LN_1000 / mode.t60))
            ring *= amplitude(mode.level)
            ring *= np.sin(2.0 * np.pi * (mode.ratio * cycles[:frames] + phase))
            sound[:frames] += ring
    return sound


def noise(low: float, high: float, frames: int, rate: int, rng: np.random.Generator) -> Signal:
    """Steady Gaussian noise of RMS 1 between `low` and `high` Hz, with edges a third of an octave wide."""
    spectrum = np.fft.rfft(rng.standard_normal(frames))
    frequency = np.fft.rfftfreq(frames, 1.0 / rate)
    # A little more than all that the edges leave anything of.
    first, last = np.searchsorted(frequency, (0.79 * low, 1.26 * high))
    octave = np.log2(np.maximum(frequency[first:last], 1.0))
    spectrum[:first] = spectrum[last:] = 0.0
    spectrum[first:last] *= np.clip((octave - np.log2(low)) * 3.0 + 1.0, 0.0, 1.0)
    spectrum[first:last] *= np.clip((np.log2(high) - octave) * 3.0 + 1.0, 0.0, 1.0)
    shaped = np.fft.irfft(spectrum, frames)
    shaped /= max(float(np.sqrt(np.mean(shaped**2))), 1e-12)
    return shaped


def bursts(table: tuple[Band, ...], frames: int, rate: int, rng: np.random.Generator) -> Signal:
    """Sum of decaying bands of noise; shape (frames,)."""
    sound = np.zeros(frames)
    for band in table:
        hiss = noise(band.low, band.high, frames, rate, rng)
        fall = decay(band.t60, frames, rate)
        fall *= amplitude(band.level)
        fall *= hiss
        sound += fall
    return sound
