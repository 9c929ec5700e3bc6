"""Pitch as messages: how far a channel bends and is bent, which tuning it plays by, and what single keys sound.

Pitches are keys with a fraction, as an instrument sounds them whose A4 is 440 Hz. Numbers are those of the MIDI 1.0
Detailed Specification, table III, and of its registered parameters; of the MIDI Tuning Standard; and of MIDI
Polyphonic Expression (MMA, RP-053).
"""

from collections.abc import Mapping

from jambox.midi.messages import BEND, CONTROL, END_OF_SYSEX, SYSEX

CENTRE = 8192
"""Pitch bend at rest (MIDI 1.0, table II)."""
USUAL = 2
"""Semitones that a bend reaches either way unless an instrument is told otherwise (General MIDI System Level 1)."""
BEND_RANGE, TUNING_PROGRAM, TUNING_BANK, ZONE = 0, 3, 4, 6
"""Registered parameters: how far bends reach, which tuning a channel plays by, and how many channels MPE takes."""
DATA, DATA_LSB, STEP_UP, STEP_DOWN = 6, 38, 96, 97
OTHER_LSB, OTHER_MSB, PARAMETER_LSB, PARAMETER_MSB = 98, 99, 100, 101
"""The controllers that choose a parameter, and those that set it."""
CHANGES = 60
"""Keys in one message at most: it stays below 256 bytes, which any destination takes at once."""
_NOBODY = 127
_ALL, _REAL_TIME, _TUNING, _SINGLE_NOTES = 0x7F, 0x7F, 0x08, 0x02
_FINEST = 1 << 14
"""Parts of a semitone, 0.0061 cents each."""
_HIGHEST = 128 * _FINEST - 2
"""The last but one: the last, 7F 7F 7F, means that nothing changes."""


def bend(channel: int, semitones: float, reach: float = USUAL) -> bytes:
    """The pitch bend for so many semitones where a whole one reaches `reach`; beyond, what comes nearest."""
    value = min(max(CENTRE + round(semitones / reach * CENTRE), 0), 2 * CENTRE - 1)
    return bytes([BEND | channel, value & 0x7F, value >> 7])


def bent(message: bytes, reach: float = USUAL) -> float:
    """The semitones of a pitch bend."""
    return ((message[1] | message[2] << 7) - CENTRE) / CENTRE * reach


def parameter(channel: int, number: int, value: int) -> tuple[bytes, ...]:
    """Sets a registered parameter, 0 to 127, to a whole `value`; afterwards no parameter is chosen."""
    chosen = ((PARAMETER_MSB, 0), (PARAMETER_LSB, number), (DATA, value), (DATA_LSB, 0))
    nobody = ((PARAMETER_MSB, _NOBODY), (PARAMETER_LSB, _NOBODY))
    return tuple([bytes([CONTROL | channel, controller, byte]) for controller, byte in (*chosen, *nobody)])


def tuned(pitches: Mapping[int, float], tuning: int = 0) -> list[bytes]:
    """Single-note tuning changes, in real time, of `tuning`, 0 to 127: what each key shall sound, 0 to 127.9999."""
    keys = list(pitches)
    return [_tuned({key: pitches[key] for key in keys[n : n + CHANGES]}, tuning) for n in range(0, len(keys), CHANGES)]


def _tuned(pitches: Mapping[int, float], tuning: int) -> bytes:
    changes = [byte for key, pitch in pitches.items() for byte in (key, *_bytes(pitch))]
    head = (_REAL_TIME, _ALL, _TUNING, _SINGLE_NOTES, tuning, len(pitches))
    return bytes([SYSEX, *head, *changes, END_OF_SYSEX])


def _bytes(pitch: float) -> tuple[int, int, int]:
    parts = min(max(round(pitch * _FINEST), 0), _HIGHEST)
    return parts >> 14, parts >> 7 & 0x7F, parts & 0x7F
