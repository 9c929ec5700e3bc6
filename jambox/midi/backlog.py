"""What waits for one destination behind a long system exclusive message, and in which portions it goes out.

Nothing but real time may come between the bytes of system exclusive (MIDI 1.0 Detailed Specification), so while a long
one goes out piece by piece everything else for that destination waits, in the order in which it came.
"""

from collections import deque

from jambox.errors import DeviceError
from jambox.midi.messages import SYSEX, let_go, silences, subject

SHORT = 256
"""Bytes up to which system exclusive goes out at once, as any message does: ALSA's own drivers make events of as many
(MAX_MIDI_EVENT_BUF in the kernel's sound/core/seq/seq_midi.c)."""
CAPACITY = 1 << 20
"""Bytes that may wait, each message counted with `OVERHEAD` more: some 15,000 notes, or four of the longest dumps. And,
beyond, one end of each key and pedal."""
OVERHEAD = 64


class Backlog:
    """First in, first out; what ends notes is never refused. Not thread-safe."""

    __slots__ = ("_ended", "_size", "_start", "_waiting")

    def __init__(self) -> None:
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._start = 0  # of what is left of the first, when that is long
        self._ended: set[int] = set()  # what ends after all that fitted, and so need not end again

    def __bool__(self) -> bool:
        """Whether anything waits."""
        return bool(self._waiting)

    @property
    def is_inside(self) -> bool:
        """Whether a part of a long message went out and the rest waits."""
        return self._start > 0

    def add(self, message: bytes) -> None:
        """Lets a whole message wait. Raises DeviceError when too much does already, save for what ends notes."""
        cost = len(message) + OVERHEAD
        if self._size + cost <= CAPACITY:
            self._ended.clear()
        elif let_go(message) is None and silences(message) is None:
            raise DeviceError("MIDI: too much waits behind system exclusive. Send less at a time")
        elif (end := subject(message)) in self._ended:
            return
        else:
            self._ended.add(end)
        self._waiting.append(message)
        self._size += cost

    def take(self, room: int) -> list[bytes]:
        """What goes out next, in order, `room` bytes (1 or more) at most, though one short message in any case.

        Either whole short messages or one piece of a long one: a piece begins with F0 or a data byte.
        """
        if self._waiting and len(self._waiting[0]) > SHORT:
            return [self._piece(room)]
        taken: list[bytes] = []
        while self._waiting and len(self._waiting[0]) <= SHORT and (not taken or room >= len(self._waiting[0])):
            room -= len(self._waiting[0])
            taken.append(self._pop())
        return taken

    def skip(self) -> int:
        """Gives up all system exclusive that waits, and the rest of a long one; gives the number of messages."""
        kept = [message for message in self._waiting if message[0] != SYSEX]
        lost = len(self._waiting) - len(kept)
        self._waiting, self._start = deque(kept), 0
        self._size = sum(len(message) + OVERHEAD for message in kept)
        return lost

    def clear(self) -> int:
        """Gives up everything; gives the number of messages."""
        lost = len(self._waiting)
        self._waiting.clear()
        self._size = self._start = 0
        return lost

    def _piece(self, room: int) -> bytes:
        message = self._waiting[0]
        piece = message[self._start : self._start + min(room, SHORT)]
        self._start += len(piece)
        if self._start == len(message):
            self._pop()
        return piece

    def _pop(self) -> bytes:
        self._start = 0
        message = self._waiting.popleft()
        self._size -= len(message) + OVERHEAD
        return message
