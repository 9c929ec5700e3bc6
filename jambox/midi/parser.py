"""Bytes as they come from one source -> whole messages.

By the rules of the MIDI 1.0 Detailed Specification (MMA, 1996) for receivers: running status, real-time bytes inside
other messages, system exclusive of any number of pieces; whatever is no message is skipped up to the next status byte.
ALSA and rtmidi mostly hand over whole messages; but a clock tick inside system exclusive tears that apart, and other
programs may put any bytes at all into it.
"""

import re
from collections.abc import Sequence

from jambox.midi.messages import END_OF_SYSEX, LENGTHS, REAL_TIME, SYSEX, is_whole

LONGEST = 256 * 1024
"""Bytes of the longest system exclusive message that is passed, from F0 to F7."""
_TOKENS = re.compile(rb"[\x00-\x7f]+|[\x80-\xff]")


class Parser:
    """The messages in the bytes of one source. In which pieces these come makes no difference.

    Never raises. Holds up to `LONGEST` bytes of a message that has not ended. Not thread-safe.
    """

    __slots__ = ("_begun", "_idle", "_running", "_skipping", "faults")

    def __init__(self) -> None:
        self.faults = 0
        """How often something was skipped: bytes without a status, or after one that is undefined; a message that
        broke off; an F7 that ends nothing; system exclusive of more than `LONGEST` bytes. Each counts once."""
        self._idle = True  # between two messages
        self._begun = bytearray()  # a message that has not ended, with its status
        self._running = 0  # the status of data bytes without one; 0 for none
        self._skipping = False  # up to the next status byte, what is skipped has been counted

    def feed(self, data: bytes) -> Sequence[bytes]:
        """The messages that `data` ends, each with its status byte. About 0.3 µs if it is a whole one, as is usual."""
        if self._idle and len(data) <= LONGEST and is_whole(data):
            if data[0] < REAL_TIME:
                self._running = data[0] if data[0] < SYSEX else 0
            return (data,)
        return self._parse(data)

    def _parse(self, data: bytes) -> list[bytes]:
        ended: list[bytes] = []
        for token in _TOKENS.findall(data):
            if token[0] >= REAL_TIME:
                if LENGTHS[token[0]]:
                    ended.append(token)
                else:
                    self.faults += 1
            elif token[0] & 0x80:
                self._begin(token[0], ended)
            else:
                self._go_on(token, ended)
        self._idle = not self._begun and not self._skipping
        return ended

    def _begin(self, status: int, ended: list[bytes]) -> None:
        """Takes a status byte, save real time, which ends whatever went before."""
        skipped, self._skipping = self._skipping, False
        begun, self._begun = self._begun, bytearray()
        self._running = status if status < SYSEX else 0
        if status == END_OF_SYSEX:
            if begun[:1] == b"\xf0":
                ended.append(bytes(begun + b"\xf7"))
            elif begun or not skipped:
                self.faults += 1
            return
        if begun:
            self.faults += 1
        if LENGTHS[status] == 1:
            ended.append(bytes([status]))
        elif LENGTHS[status] or status == SYSEX:
            self._begun.append(status)
        else:
            self.faults += 1
            self._skipping = True

    def _go_on(self, data: bytes, ended: list[bytes]) -> None:
        """Takes data bytes."""
        while data and not self._skipping:
            if not self._begun:
                if not self._running:
                    self._skip()
                    return
                self._begun.append(self._running)
            if self._begun[0] == SYSEX:
                self._begun += data
                if len(self._begun) >= LONGEST:
                    self._skip()
                return
            missing = LENGTHS[self._begun[0]] - len(self._begun)
            self._begun += data[:missing]
            data = data[missing:]
            if len(self._begun) == LENGTHS[self._begun[0]]:
                ended.append(bytes(self._begun))
                self._begun.clear()

    def _skip(self) -> None:
        self.faults += 1
        self._begun.clear()
        self._skipping = True
