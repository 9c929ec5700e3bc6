"""MIDI 1.0 messages as bytes: which are whole, which press or let go, and how a channel is silenced.

Numbers are those of the MIDI 1.0 Detailed Specification (MMA, 1996), tables I to VI. A channel is 0 to 15 here, as on
the wire. Everything is pure, and quick enough for a callback that runs once per message.
"""

from collections.abc import Sequence

NOTE_OFF, NOTE_ON, POLY_PRESSURE, CONTROL, PROGRAM, PRESSURE, BEND = 0x80, 0x90, 0xA0, 0xB0, 0xC0, 0xD0, 0xE0
SYSEX, END_OF_SYSEX = 0xF0, 0xF7
QUARTER_FRAME, SONG_POSITION, SONG_SELECT, TUNE_REQUEST = 0xF1, 0xF2, 0xF3, 0xF6
REAL_TIME = 0xF8
"""The first status of one byte that may stand inside other messages."""
ACTIVE_SENSING = 0xFE
CLOCK, START, CONTINUE, STOP = bytes([0xF8]), bytes([0xFA]), bytes([0xFB]), bytes([0xFC])
RESET = bytes([0xFF])
BANK, BANK_LSB, SUSTAIN, SOSTENUTO, HOLD_2, ALL_SOUND_OFF, ALL_NOTES_OFF = 0, 32, 64, 66, 69, 120, 123
PEDALS = frozenset({SUSTAIN, SOSTENUTO, HOLD_2})
"""The controllers that keep notes sounding after their note-offs: left down, they hang.

Not so portamento, soft pedal and legato footswitch (65, 67, 68): they change how notes sound, not when they end.
"""
DRUMS = 9
"""Channel 10 of the panels: percussion (General MIDI System Level 1)."""
CONTROLLER = 128
"""Controllers are counted as more keys, after 0 to 127."""
PEDAL = CONTROLLER + SUSTAIN
"""The sustain pedal of a channel, counted so; the other two likewise."""
PARAMETERS = frozenset({98, 99, 100, 101, 6, 38, 96, 97})
"""The controllers that choose a parameter, registered or not, and set it: they mean nothing but in their order."""

# F0 to FF
_SYSTEM_LENGTHS = (0, 2, 3, 2, 0, 0, 1, 0, 1, 0, 1, 1, 1, 0, 1, 1)
LENGTHS = bytes([0] * 0x80 + [3] * 0x40 + [2] * 0x20 + [3] * 0x10 + list(_SYSTEM_LENGTHS))
"""Bytes in a message, by its first byte; 0: variable, undefined, or no message's start."""
_PASSED = frozenset({QUARTER_FRAME, SONG_SELECT, TUNE_REQUEST})


def is_whole(message: bytes) -> bool:
    """Whether `message` is exactly one message with its status byte, so that no receiver's parser is confused by it.

    True for system exclusive from F0 to F7. False for running status, truncated messages and undefined status bytes.
    """
    if not message:
        return False
    if message[0] == SYSEX:
        return message[-1] == END_OF_SYSEX and message[1:-1].isascii()
    return len(message) == LENGTHS[message[0]] and message[1:].isascii()


def is_routed(message: bytes) -> bool:
    """Whether `message`, a whole one, goes from instrument to instrument.

    Channel messages, system exclusive, time code, song select and tune request do. Clock, transport and song position
    do not: two clocks at one receiver add up. Nor does active sensing, which speaks for one cable only; nor reset,
    which some instruments send when they are switched on, and which would silence everybody else and put them back to
    how they were then (the specification wants it used sparingly, and by hand).
    """
    return message[0] <= SYSEX or message[0] in _PASSED


def pressed(message: bytes) -> int | None:
    """The hold that a whole `message` begins, or None: a note-on, or one of the `PEDALS` at 64 or above.

    A hold is an int: 256 times the channel, plus the key (0 to 127) or `CONTROLLER` and a controller; see `subject`.
    """
    kind = message[0] & 0xF0
    if kind == NOTE_ON and message[2]:
        return (message[0] & 0x0F) << 8 | message[1]
    if kind == CONTROL and message[2] >= 64 and message[1] in PEDALS:
        return (message[0] & 0x0F) << 8 | CONTROLLER | message[1]
    return None


def let_go(message: bytes) -> int | None:
    """The hold that a whole `message` ends, or None: a note-off, a note-on of velocity 0, or a pedal below 64."""
    kind = message[0] & 0xF0
    if kind == NOTE_OFF or (kind == NOTE_ON and not message[2]):
        return (message[0] & 0x0F) << 8 | message[1]
    if kind == CONTROL and message[2] < 64 and message[1] in PEDALS:
        return (message[0] & 0x0F) << 8 | CONTROLLER | message[1]
    return None


def silences(message: bytes) -> int | None:
    """The channel whose notes a whole `message` ends, or None.

    All sound off, all notes off, and the mode changes, which imply it: CC 120, 123 to 127.
    """
    if message[0] & 0xF0 == CONTROL and (message[1] >= ALL_NOTES_OFF or message[1] == ALL_SOUND_OFF):
        return message[0] & 0x0F
    return None


def subject(message: bytes) -> int:
    """The hold that a note or a control change can begin or end: its channel with its key or controller."""
    of_controller = CONTROLLER if message[0] & 0xF0 == CONTROL else 0
    return (message[0] & 0x0F) << 8 | of_controller | message[1]


def release(hold: int) -> bytes:
    """The message that ends a hold: a real note-off (velocity 64, "no opinion"), or a controller at 0."""
    channel, key = hold >> 8, hold & 0xFF
    if key >= CONTROLLER:
        return bytes([CONTROL | channel, key - CONTROLLER, 0])
    return bytes([NOTE_OFF | channel, key, 64])


def note_on(channel: int, key: int, velocity: int) -> bytes:
    """A note-on: channel 0 to 15, key 0 to 127, velocity 1 to 127."""
    return bytes([NOTE_ON | channel, key, velocity])


def note_off(channel: int, key: int) -> bytes:
    """The note-off to `note_on`."""
    return bytes([NOTE_OFF | channel, key, 64])


def program(channel: int, number: int, bank: int | None) -> tuple[bytes, ...]:
    """A program change (0 to 127), after a bank select (0 to 16,383: 128 times CC 0 plus CC 32) if there is one."""
    change = bytes([PROGRAM | channel, number])
    if bank is None:
        return (change,)
    select = ((BANK, bank >> 7), (BANK_LSB, bank & 0x7F))
    return *(bytes([CONTROL | channel, controller, value]) for controller, value in select), change


def silence(channels: Sequence[int] = range(16)) -> tuple[bytes, ...]:
    """Pedal up, all sound off, all notes off, on each channel: for notes that nobody remembers; after note-offs."""
    return tuple(bytes([CONTROL | c, n, 0]) for c in channels for n in (SUSTAIN, ALL_SOUND_OFF, ALL_NOTES_OFF))
