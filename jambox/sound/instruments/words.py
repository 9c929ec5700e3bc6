"""A spoken word made ready for the bank: its vowel on a known frame, as loud as others, no longer than there is room.

The beat that a listener hears in a syllable, its P-centre, lies near the onset of the vowel, whatever consonants come
before (S. M. Marcus, "Acoustic determinants of perceptual center (P-center) location", Perception & Psychophysics 30,
1981; A. M. Cooper, D. H. Whalen, C. A. Fowler, "P-centers are unaffected by phonetic categorization", ibid. 39, 1986).
It goes with the rise of energy in the range of the first formants (S. K. Scott, "The point of P-centres", Psychological
Research 61, 1998), and is told by that here.
"""

import numpy as np

from jambox.sound.instruments.finish import CEILING, loudness
from jambox.sound.instruments.tones import Samples, Signal

LOWEST, HIGHEST = 300.0, 2500.0
"""Hz between which vowels have most of their energy, while the murmur of nasals lies below and hiss above."""
WINDOW = 0.02
"""Seconds over which that energy is averaged: some periods of a low voice."""
SHARE = 0.5
"""Of the highest such amplitude: where it is reached first, the vowel begins."""
RISE, FALL = 0.02, 0.03
"""Seconds in which a cut consonant comes in, and in which a word ends that is cut."""
QUIET = 1e-3
"""Of the peak: what lies below it at the end is the program's pause."""
LOUDNESS = -18.0
"""LUFS of every word over its first 0.3 s, before its own gain: well over drums that are practised to."""


def vowel(sound: Signal, rate: int) -> int:
    """The frame at which the first vowel of `sound` (mono) begins; 0 for silence."""
    if not len(sound):
        return 0
    pad = round(WINDOW * rate)
    size = 1 << (len(sound) + 2 * pad).bit_length()
    spectrum = np.fft.rfft(np.concatenate((np.zeros(pad), sound)), size)
    frequency = np.fft.rfftfreq(size, 1.0 / rate)
    spectrum[(frequency < LOWEST) | (frequency > HIGHEST)] = 0.0
    band = np.fft.irfft(spectrum, size)[: len(sound) + 2 * pad]
    window = np.hanning(pad + 2)[1:-1]
    level = np.sqrt(np.convolve(band * band, window / window.sum(), "same"))[pad:]
    return int(np.argmax(level >= SHARE * level.max())) if level.max() > 0.0 else 0


def placed(sound: Signal, rate: int, lead: float, longest: float, gain: float) -> Samples:
    """The word with its vowel `lead` seconds from the beginning, faded out by `longest` seconds after it.

    It has the loudness LOUDNESS and `gain` dB, where no peak passes CEILING dBFS. Silence of two frames for silence.
    """
    start, before = vowel(sound, rate), round(lead * rate)
    heard = np.flatnonzero(np.abs(sound) > QUIET * np.abs(sound).max(initial=0.0))
    if not len(heard):
        return np.zeros(2, dtype=np.float32)
    end = min(int(heard[-1]) + 1, start + round(longest * rate))
    first = max(start - before, 0)
    word = np.concatenate((np.zeros(before - (start - first)), sound[first:end]))
    rise, fall = round(RISE * rate), min(round(FALL * rate), len(word))
    if first:
        word[:rise] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(rise) / rise)
    word[len(word) - fall :] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(1, fall + 1) / fall)
    level = LOUDNESS + gain - loudness(word[before:], rate)
    most = 10.0 ** (CEILING / 20.0) / max(float(np.abs(word).max()), 1e-9)
    return np.asarray(word * min(10.0 ** (level / 20.0), most), dtype=np.float32)
