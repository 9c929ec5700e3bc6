"""System exclusive in pieces, and how many bytes its receiver has room for: what rtmidi cannot do on ALSA.

rtmidi (1.5.8, as measured with Linux 6.12) sends system exclusive as one event or not at all. One of more than some
5 KiB never fits a program's queue, and stays in the way of all that comes after it; one of 16 KiB is refused; of one
for a device the kernel drops what its buffer of 4 KiB has no room for, silently. Nor does it take parts. So these go
through a client of our own, as the kernel's drivers do it: an event for each piece. Nobody may wait for a refusal: a
program whose queue overflows loses all that was in it. So one looks first.
Codes and structures are those of the kernel's <sound/asequencer.h>, for 64-bit machines.
"""

import fcntl
import os
import re
import struct
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from jambox.midi.announce import DEVICE
from jambox.midi.backlog import SHORT
from jambox.midi.route import PROGRAMS

NEAR = 64
"""Bytes on their way to a device at most, as far as one can tell: a clock tick waits for them. 20 ms by DIN cable."""
DIN = 3125.0
"""Bytes a second on a MIDI cable (31,250 baud, ten bits to a byte): what any device must take."""

_CLIENT_ID = 0x80045301
_CLIENT_INFO = 0xC0BC5310
_CLIENT_POOL = 0xC058534B
_CREATE_PORT = 0xC0A85320
_PORT_INFO = struct.Struct("@BB64sIIiiiiiPIB59x")
_CLIENT = struct.Struct("@i120xi60x")  # its number; its sound card
_POOL = struct.Struct("@iiiiii64x")  # client; ..., cells for what it hears, ..., those of them that are free
_EVENT = struct.Struct("@BBBBIIBBBBI8x")  # type, flags, tag, queue; time; from port; to client and port; length
_SYSEX, _VARIABLE, _DIRECT = 130, 1 << 2, 253
_APPLICATION = 1 << 20
_PORTS_OF_A_DEVICE = 32
"""The kernel numbers a card's ports so: 32 for each raw MIDI device (256 / SNDRV_RAWMIDI_DEVICES)."""
_BYTES_OF_A_CELL = 3
"""A short message takes a cell of a program's queue, and 28 bytes of system exclusive take one and a bit."""

Address = tuple[int, int]
"""Client and port on the sequencer."""


class Pieces:
    """A client of the sequencer that sends pieces of system exclusive, of `SHORT` bytes at most.

    May be used from any thread. Waits for nothing. Raises OSError where there is no sequencer.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._fd = os.open(DEVICE, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            (client,) = struct.unpack("i", fcntl.ioctl(self._fd, _CLIENT_ID, bytes(4)))
            info = _PORT_INFO.pack(client, 0, b"system exclusive", 0, _APPLICATION, 0, 0, 0, 0, 0, 0, 0, 0)
            self._port = fcntl.ioctl(self._fd, _CREATE_PORT, info)[1]
        except OSError:
            self.close()
            raise

    def send(self, to: Address, piece: bytes) -> None:
        """Sends a piece at once. Raises OSError when the port is gone, or has no room."""
        os.write(self._fd, _EVENT.pack(_SYSEX, _VARIABLE, 0, _DIRECT, 0, 0, 0, self._port, *to, len(piece)) + piece)

    def gauge(self, to: Address) -> Callable[[], int]:
        """What tells, each time it is called, how many bytes may go to a port now; 0 for none. Some 10 µs.

        A program's queue is filled to the half. A device gets more when the kernel's buffer for it is almost empty;
        where that cannot be seen, as much as a cable carries. Both it and what it gives raise OSError if the port is
        gone.
        """
        client, number = to
        if client >= PROGRAMS:
            return partial(self._room_of_program, client)
        card: int = _CLIENT.unpack(fcntl.ioctl(self._fd, _CLIENT_INFO, _CLIENT.pack(client, 0)))[1]
        device, stream = divmod(number, _PORTS_OF_A_DEVICE)
        path = Path(f"/proc/asound/card{card}/midi{device}")
        if not path.exists() or waiting(path.read_text(), stream) is None:
            return _Pace(self._clock)
        return lambda: max(0, NEAR - (waiting(path.read_text(), stream) or 0))

    def close(self) -> None:
        """Leaves the sequencer."""
        os.close(self._fd)

    def _room_of_program(self, client: int) -> int:
        pool = _POOL.unpack(fcntl.ioctl(self._fd, _CLIENT_POOL, _POOL.pack(client, 0, 0, 0, 0, 0)))
        cells, free = pool[2], pool[5]
        return int(min(SHORT, max(0, free - cells // 2) * _BYTES_OF_A_CELL))


class _Pace:
    """So many bytes as a cable carries."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._next = clock, clock()

    def __call__(self) -> int:
        now = self._clock()
        if now < self._next:
            return 0
        self._next = now + NEAR / DIN
        return NEAR


def waiting(text: str, stream: int) -> int | None:
    """How many bytes wait for a raw MIDI device, by its file in /proc/asound; None if that output is not open."""
    found = re.search(rf"^Output {stream}\n(?: .*\n)*? +Buffer size +: (\d+)\n +Avail +: (\d+)\n", text, re.MULTILINE)
    return int(found[1]) - int(found[2]) if found else None
