"""What ALSA's sequencer announces: ports that come and go, also those that went and came back between two looks.

rtmidi cannot tell; listing all ports takes it hundreds of system calls, in which no other thread of Python runs.
Codes and structures are those of the kernel's <sound/asequencer.h>, for 64-bit machines.

The one kept library that could, alsa-midi (MIT), was weighed and left: it has no wheels for aarch64 and so reads 900
lines of C declarations whenever it is imported; with 1.0.4 that took 0.19 s and 15 MB here, where this file takes
nothing that is not loaded anyway. It has one author, and rested from 2023 to 2026. What is used here belongs to the
interface that the kernel keeps for programs.
"""

import contextlib
import errno
import fcntl
import os
import struct

from jambox import usb

DEVICE = "/dev/snd/seq"
WHOLE_CLIENT = -1
"""In place of a port's number: all ports of the client."""

_CLIENT_ID = 0x80045301
_CLIENT_INFO = 0xC0BC5310
_CREATE_PORT = 0xC0A85320
_SUBSCRIBE_PORT = 0x40505330
_CLIENT = struct.Struct("@i4x64s52xi60x")  # its number, its name, its sound card or -1 for a program
_PORT_INFO = struct.Struct("@BB64sIIiiiiiPIB59x")
_SUBSCRIPTION = struct.Struct("@BBBBIIB67x")
_EVENT = struct.Struct("@B15xBB10x")  # type, then the address that the announcement is about
_MAY_WRITE = 1 << 1
_APPLICATION = 1 << 20
_ANNOUNCE = (0, 1)  # System:Announce
_CLIENT_EXIT, _PORT_START, _PORT_EXIT, _PORT_CHANGE = 61, 63, 64, 65


class Announcements:
    """A client of the sequencer that hears its announcements and nothing else. Raises OSError where there is none.

    `fileno()` is what an event loop can wait on: readable when there is something to `take`. What clients named `own`
    do is not announced: each port that the box opens makes one.
    """

    def __init__(self, own: str) -> None:
        self._own, self._ours = own.encode(), set[int]()
        self._fd = os.open(DEVICE, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            (client,) = struct.unpack("i", fcntl.ioctl(self._fd, _CLIENT_ID, bytes(4)))
            info = _PORT_INFO.pack(client, 0, b"announcements", _MAY_WRITE, _APPLICATION, 0, 0, 0, 0, 0, 0, 0, 0)
            port = fcntl.ioctl(self._fd, _CREATE_PORT, info)[1]
            fcntl.ioctl(self._fd, _SUBSCRIBE_PORT, _SUBSCRIPTION.pack(*_ANNOUNCE, client, port, 0, 0, 0))
        except OSError:
            self.close()
            raise

    def take(self) -> set[tuple[int, int]] | None:
        """The (client, port) that went since the last call, or None when no port came, went or changed. Never waits."""
        gone: set[tuple[int, int]] = set()
        changed = False
        with contextlib.suppress(BlockingIOError):
            while True:
                kind, client, port = _EVENT.unpack(self._read())
                if self._is_ours(kind, client):
                    continue
                changed = changed or kind in (0, _CLIENT_EXIT, _PORT_START, _PORT_EXIT, _PORT_CHANGE)
                if kind in (_CLIENT_EXIT, _PORT_EXIT):
                    gone.add((client, port if kind == _PORT_EXIT else WHOLE_CLIENT))
        return gone if changed else None

    def _is_ours(self, kind: int, client: int) -> bool:
        if not kind:
            self._ours.clear()  # One of them may have gone meanwhile, and its number become another's.
        if kind == _PORT_START and self._info(client)[0] == self._own:
            self._ours.add(client)
        ours = client in self._ours
        if kind == _CLIENT_EXIT:
            self._ours.discard(client)
        return ours

    def _info(self, client: int) -> tuple[bytes, int]:
        """A client's name and sound card; without a name when it is gone."""
        try:
            _, name, card = _CLIENT.unpack(fcntl.ioctl(self._fd, _CLIENT_INFO, _CLIENT.pack(client, b"", 0)))
        except FileNotFoundError:
            return b"", -1
        return name.rstrip(b"\0"), card

    def _read(self) -> bytes:
        """One event; one of type 0 when the kernel had to drop some. Raises BlockingIOError when there is none."""
        try:
            return os.read(self._fd, _EVENT.size)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            return bytes(_EVENT.size)

    def path(self, client: int) -> str:
        """Where the device that is this client is plugged in, see `usb.path`; empty for a program, and when it went."""
        card = self._info(client)[1]
        return usb.path(card) if card >= 0 else ""

    def fileno(self) -> int:
        """The file that the kernel writes announcements to."""
        return self._fd

    def close(self) -> None:
        """Leaves the sequencer."""
        os.close(self._fd)
