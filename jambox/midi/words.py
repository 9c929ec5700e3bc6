"""MIDI messages in words, for people who look at what goes through."""

from jambox.midi.messages import (
    CONTROL,
    CONTROLLER,
    END_OF_SYSEX,
    HOLD_2,
    NOTE_OFF,
    NOTE_ON,
    POLY_PRESSURE,
    PRESSURE,
    PROGRAM,
    SOSTENUTO,
    SUSTAIN,
    SYSEX,
)
from jambox.units import key_name

CENTRE = 0x2000
"""Pitch bend at rest."""
SYSTEM = {
    0xF1: "MTC quarter frame",
    0xF2: "song position",
    0xF3: "song select",
    0xF6: "tune request",
    0xF7: "end of exclusive",
    0xF8: "clock",
    0xFA: "start",
    0xFB: "continue",
    0xFC: "stop",
    0xFE: "active sensing",
    0xFF: "reset",
}
"""The system messages' names (MIDI 1.0 Detailed Specification, tables V and VI)."""

_PEDALS = {SUSTAIN: "sustain pedal", SOSTENUTO: "sostenuto pedal", HOLD_2: "hold 2"}
_KEYED = {NOTE_OFF: "note off", NOTE_ON: "note on", POLY_PRESSURE: "key pressure"}


def describe(message: bytes) -> str:
    """Any bytes in words: `note on C4 100, channel 1`; channels count from 1, middle C is C4. Never raises.

    System exclusive without its end is taken for the begin of a longer one.
    """
    if not message:
        return "nothing"
    status, data = message[0], message[1:]
    if status == SYSEX:
        more = "" if message[-1] == END_OF_SYSEX else "over "
        return f"system exclusive, {more}{len(message)} bytes"
    if status > SYSEX:
        return " ".join((SYSTEM.get(status, f"undefined {status:02X}"), *map(str, data)))
    wanted = 1 if status & 0xF0 in (PROGRAM, PRESSURE) else 2
    if status < 0x80 or len(data) != wanted or max(data) > 127:
        return f"no message: {message.hex(' ').upper()}"
    return f"{_channel(status & 0xF0, data)}, channel {(status & 0x0F) + 1}"


def hold(number: int) -> str:
    """What is held, see `messages.pressed`, in words: `C4, channel 1`."""
    channel, key = number >> 8, number & 0xFF
    name = key_name(key) if key < CONTROLLER else _PEDALS.get(key - CONTROLLER, f"controller {key - CONTROLLER}")
    return f"{name}, channel {channel + 1}"


def _channel(kind: int, data: bytes) -> str:
    if kind in _KEYED:
        return f"{_KEYED[kind]} {key_name(data[0])} {data[1]}"
    if kind == CONTROL:
        return f"controller {data[0]} {data[1]}"
    if kind == PROGRAM:
        return f"program {data[0] + 1}"
    if kind == PRESSURE:
        return f"pressure {data[0]}"
    return f"bend {(data[0] | data[1] << 7) - CENTRE:+d}"
