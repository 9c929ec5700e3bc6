"""The kernel's queues of what our inputs hear: made as long as may be, and watched for what did not fit.

A queue has room for 200 messages, and rtmidi (1.5.8) leaves it at that: 10 ms at 20,000 messages a second, less than a
busy machine may keep us waiting. Once it is full, the kernel refuses what comes and then throws away all that is in it,
ends of notes among it; rtmidi says so on the standard error and goes on.
Codes and structures are those of the kernel's <sound/asequencer.h>, for 64-bit machines.
"""

import contextlib
import fcntl
import os
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from jambox.midi.announce import DEVICE
from jambox.midi.players import Address

CELLS = 2000
"""Messages in a queue at most (SNDRV_SEQ_MAX_EVENTS): 100 ms at 20,000 a second, some 50 bytes of the kernel each."""
CLIENTS = Path("/proc/asound/seq/clients")

_CLIENT_ID = 0x80045301
_GET_POOL, _SET_POOL = 0xC058534B, 0x4058534C
_POOL = struct.Struct("@iiiiii64x")  # client; cells for what it sends, for what it hears; ...
_HEARD = 2
_CLIENT = re.compile(r'^Client +\d+ : "(.*)" \[', re.MULTILINE)
_FROM = re.compile(r"^ +Connected From: (\d+):(\d+)", re.MULTILINE)
_REFUSED = re.compile(r"^ +Input pool :\n(?: +.*\n)*? +Alloc failures +: (\d+)", re.MULTILINE)
T = TypeVar("T")


def lengthened(new: Callable[[], T]) -> tuple[T, int]:
    """What `new` makes, a client of the sequencer, with its queue at CELLS; and its number, 0 where it is none.

    Where the kernel refuses, the queue stays as it was.
    """
    before, number = set(_files()), 0
    client = new()
    for file in set(_files()) - before:
        with contextlib.suppress(OSError):  # it hears all the same
            (number,) = struct.unpack("i", fcntl.ioctl(file, _CLIENT_ID, bytes(4)))
            pool = list(_POOL.unpack(fcntl.ioctl(file, _GET_POOL, _POOL.pack(number, 0, 0, 0, 0, 0))))
            pool[_HEARD] = CELLS
            fcntl.ioctl(file, _SET_POOL, _POOL.pack(*pool))
    return client, number


def refused(client: str, text: str | None = None) -> Mapping[Address, int]:
    """From which ports messages were refused that clients of ours, by name, should have heard; how many so far.

    `text` is what the kernel tells of all clients; by default, what it tells now. Some 0.1 ms; nothing without ALSA.
    """
    if text is None:
        try:
            text = CLIENTS.read_text(errors="replace")
        except OSError:
            return {}
    found: dict[Address, int] = {}
    _, *parts = _CLIENT.split(text)
    for name, part in zip(parts[::2], parts[1::2], strict=True):
        source, count = _FROM.search(part), _REFUSED.search(part)
        if name == client and source and count and int(count[1]):
            found[int(source[1]), int(source[2])] = int(count[1])
    return found


def _files() -> Iterator[int]:
    """The open files of this process that are the sequencer."""
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):  # the folder's own is closed again
            if os.readlink(f"/proc/self/fd/{name}") == DEVICE:
                yield int(name)
