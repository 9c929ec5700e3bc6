"""A second loopback card whose clock drifts, and how whole a tone comes from it."""

import subprocess

import numpy as np
from numpy.typing import NDArray

from tests.rig.box import RATE

Sound = NDArray[np.float32]
TONE = 1000.0
FASTER = 100_000
"""Of PCM Rate Shift: right."""


def shift(value: int) -> None:
    """Lets the second card run by that other pace, in hundred thousandths of a period's length."""
    for device in (0, 1):
        control = f"iface=PCM,name='PCM Rate Shift 100000',device={device}"
        subprocess.run(["amixer", "-q", "-c", "USB", "cset", control, str(value)], check=True)


def tone(seconds: float, amplitude: float = 0.5) -> Sound:
    wave = amplitude * np.sin(2 * np.pi * TONE / RATE * np.arange(round(seconds * RATE)))
    return np.stack([wave, np.zeros_like(wave)], axis=1).astype(np.float32)


def residue(x: NDArray[np.float64], within: float) -> tuple[float, float]:
    """Where the tone in `x` lies (Hz, as if the card were right), and decibels by which all else from 20 Hz on lies
    below it; what lies `within` Hz of it is the tone.

    The tick of the loopback card, 16 frames, beats with the periods of one that drifts 1.5 times a second.
    """
    power = np.abs(np.fft.rfft(x * np.kaiser(len(x), 20.0))) ** 2
    frequency = np.fft.rfftfreq(len(x), 1.0 / RATE)
    peak = int(power.argmax())
    place = float(np.sum((power * frequency)[peak - 3 : peak + 4]) / np.sum(power[peak - 3 : peak + 4]))
    near = np.abs(frequency - place) < within
    return place, float(10.0 * np.log10(power[~near & (frequency > 20.0)].sum() / power[near].sum()))
