"""Recorded sounds, from files into the bank: one channel, at the bank's rate, with soft ends."""

import numpy as np
import soundfile
from numpy.typing import NDArray

from jambox.sound.instruments.finish import CEILING
from jambox.sound.shelves import Recording

CUT = 0.050
"""Seconds in which a recording that is cut fades."""
EDGE = 0.002
"""Seconds in which any other ends."""
GUARD = 256
"""Frames of silence around it while it is brought to another rate: its ends do not reach each other."""
Samples = NDArray[np.float32]


def read(recording: Recording, rate: int) -> Samples:
    """The recording at `rate` Hz, its channels' mean, its peaks no higher than CEILING dBFS.

    Its beginning is as it was recorded. Silence of two frames where the file cannot be read any more.
    """
    try:
        with soundfile.SoundFile(recording.path) as file:
            wanted = min(file.frames, round(recording.longest * file.samplerate))
            sound = file.read(wanted, dtype="float64", always_2d=True).mean(axis=1)
            cut, given = file.frames > wanted, file.samplerate
    except (soundfile.LibsndfileError, OSError):
        return np.zeros(2, dtype=np.float32)
    sound = np.nan_to_num(sound, nan=0.0, posinf=0.0, neginf=0.0)
    sound = moved(sound, rate / given / 2.0 ** (recording.pitch / 12.0))
    sound *= 10.0 ** (recording.gain / 20.0)
    fall = min(round((CUT if cut else EDGE) * rate), len(sound))
    sound[len(sound) - fall :] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(1, fall + 1) / fall)
    peak = float(np.abs(sound).max(initial=0.0))
    most: float = 10.0 ** (CEILING / 20.0)
    return np.asarray(sound * min(1.0, most / max(peak, 1e-12)), dtype=np.float32)


def moved(sound: NDArray[np.float64], ratio: float) -> NDArray[np.float64]:
    """The sound in `ratio` times as many frames: its spectrum, cut off or filled up with nothing."""
    if abs(ratio - 1.0) < 1e-9:
        return sound
    length = len(sound) + 2 * GUARD
    size = 1 << (length - 1).bit_length()
    new = round(size * ratio)
    spectrum = np.fft.rfft(np.concatenate((np.zeros(GUARD), sound)), size)
    filled = np.zeros(new // 2 + 1, dtype=np.complex128)
    kept = min(len(spectrum), len(filled))
    filled[:kept] = spectrum[:kept]
    # The true ratio, to the nearest frame in all of it.
    start = round(GUARD * new / size)
    made: NDArray[np.float64] = np.fft.irfft(filled, new)[start:] * (new / size)
    return made[: max(round(len(sound) * new / size), 2)]
