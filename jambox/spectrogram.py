"""What a drone sounds like, over time and pitch: levels for a picture, and the centroid's path through them."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from jambox.music.drone import Drone
from jambox.sound.instruments import tanpura
from jambox.sound.instruments.drones import DRONES
from jambox.sound.instruments.tones import Samples, Signal
from jambox.units import Hertz

RATE = 48000
"""Frames a second of what is looked at."""
FLOOR = -80.0
"""dB below the loudest, where levels end."""
_WINDOW = 4096
_HOP = 1024


class Spectrogram(NamedTuple):
    """Levels in dB under the loudest, shape (T, F), at `times` in s and `frequencies` in Hz; centres, (T,), in Hz."""

    times: Signal
    frequencies: Signal
    levels: Signal
    centroids: Signal


def spectrogram(sound: Samples, rate: int = RATE) -> Spectrogram:
    """Hann windows of 85 ms at 48 kHz, a quarter of that apart; a sound shorter than one is silent after its end."""
    padded = np.pad(np.asarray(sound, dtype=np.float64), (0, max(0, _WINDOW - len(sound))))
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    power = np.abs(np.fft.rfft(windows * np.hanning(_WINDOW))) ** 2
    frequencies = np.arange(float(power.shape[1])) * (rate / _WINDOW)
    top = max(float(power.max()), 1e-20)
    levels = np.maximum(FLOOR, 10.0 * np.log10(np.maximum(power / top, 1e-20)))
    centroids: Signal = (power @ frequencies) / np.maximum(power.sum(axis=1), 1e-20)
    times: Signal = (np.arange(len(windows)) * _HOP + 0.5 * _WINDOW) / rate
    return Spectrogram(times, frequencies, levels, centroids)


def sounds(drone: Drone, tonic: Hertz) -> dict[str, Samples]:
    """One sound on each of its instruments, by their titles; of a tanpura its tonic, on its bridge and free of it."""
    played = drone.instruments()
    if drone.instrument in tanpura.BUILDS:
        string = min(range(len(played)), key=lambda i: abs(drone.strings[i].ratio[0] - drone.strings[i].ratio[1]))
        pitch, build = drone.frequency(string, tonic), tanpura.BUILDS[drone.instrument]
        return {
            f"{drone.name}, {pitch:.1f} Hz, on its bridge": tanpura.pluck(pitch, drone.ring, RATE, 0, build),
            "the same string, free of the bridge": tanpura.pluck(pitch, drone.ring, RATE, 0, replace(build, jvari=0.0)),
        }
    found = {}
    for i, name in enumerate(played):
        if name not in played[:i]:
            pitch = drone.frequency(i, tonic)
            found[f"{drone.name}: {name}, {pitch:.1f} Hz"] = DRONES[name](pitch, drone.ring, RATE, 1)
    return found
