"""What is down at each destination, in memory that may outlive the process: so that the next one can end it.

One page for each destination, one byte on it for each hold (see `messages.pressed`): 1 while that key or pedal is down.
A byte is stored before a note-on goes out and cleared after its note-off did, however long either had to wait. A
process that is killed in between leaves a note-off too many, which nobody hears, and never half of anything.

A destination has its page by the name that it keeps when it is plugged in again. So what was down when its cable was
pulled can be ended as well, once it is back.
"""

from collections.abc import Callable
from hashlib import blake2b

from jambox.midi.messages import CONTROLLER, PEDALS, PROGRAM, let_go, pressed

HOLDS = 16 * 256
"""Bytes on a page: 16 channels, each with 128 keys and 128 controllers. As many as a page of memory mostly has."""
PAGES = 64
"""Destinations that are remembered; ALSA's sequencer has no room for more at once."""
SIZE = HOLDS * (1 + PAGES)
"""Bytes of memory: one page with the table of names, then the others."""
MAGIC = b"jambox pages 1\r\n"
"""How the memory begins; another layout gets another number."""

_NAMES, _NAME = 64, 16
"""Where the table of names begins, and the bytes of each: a hash of the name, so that any length will do."""
_FREE = bytes(_NAME)
_KNOWN = frozenset({*range(CONTROLLER), *(CONTROLLER + pedal for pedal in PEDALS)})

Send = Callable[[bytes], object]


class Page:
    """The holds that are down at one destination. `memory` has HOLDS bytes."""

    __slots__ = ("_memory",)

    def __init__(self, memory: memoryview) -> None:
        self._memory = memory

    def down(self) -> tuple[int, ...]:
        """What is down. Bytes that no box writes are passed over."""
        return tuple(hold for hold, byte in enumerate(bytes(self._memory)) if byte == 1 and hold & 0xFF in _KNOWN)

    def noting(self, send: Send) -> Send:
        """`send`, which takes whole messages, and now also takes note of what goes down and up: below 1 µs more."""
        memory = self._memory

        def note(message: bytes) -> None:
            if message[0] >= PROGRAM:
                send(message)
            elif (hold := pressed(message)) is not None:
                memory[hold] = 1
                send(message)
            else:
                send(message)
                if (hold := let_go(message)) is not None:
                    memory[hold] = 0

        return note


class Pages:
    """The pages in `memory`, SIZE bytes; cleared where it begins otherwise than they do. Not thread-safe."""

    def __init__(self, memory: memoryview | None = None) -> None:
        self._memory = memoryview(bytearray(SIZE)) if memory is None else memory
        if self._memory[: len(MAGIC)] != MAGIC:
            self._memory[:] = bytes(SIZE)
            self._memory[: len(MAGIC)] = MAGIC
        self._taken: dict[str, tuple[int | None, Page]] = {}

    def take(self, identity: str, name: str) -> Page:
        """The page of a destination, which has this `identity` while it is there, and the `name` whenever it returns.

        Two of one name have two. Where none is to be had, since something is down on each, it gets one that is
        forgotten with the process.
        """
        if identity not in self._taken:
            self._taken[identity] = self._find(name)
        return self._taken[identity][1]

    def give(self, identity: str) -> None:
        """Gives a page back, with what is down on it, for when that destination returns."""
        del self._taken[identity]

    def _find(self, name: str) -> tuple[int | None, Page]:
        digest = blake2b(name.encode("utf-8", "surrogateescape"), digest_size=_NAME).digest()
        taken = {number for number, _ in self._taken.values()}
        free = [number for number in range(PAGES) if number not in taken]
        ranked = sorted((rank, number) for number in free if (rank := self._rank(number, digest)) is not None)
        if not ranked:
            return None, Page(memoryview(bytearray(HOLDS)))
        rank, number = ranked[0]
        if rank:
            self._name(number)[:] = _FREE  # or a crash in between would leave the holds of one with the name of another
            self._memory[HOLDS * (1 + number) :][:HOLDS] = bytes(HOLDS)
            self._name(number)[:] = digest
        return number, self._page(number)

    def _rank(self, number: int, digest: bytes) -> int | None:
        """How well a page suits: 0 its own, 1 unused, 2 with nothing down; None not at all."""
        name = self._name(number)
        if name == digest:
            return 0
        if name == _FREE:
            return 1
        return None if self._page(number).down() else 2

    def _name(self, number: int) -> memoryview:
        return self._memory[_NAMES + number * _NAME :][:_NAME]

    def _page(self, number: int) -> Page:
        return Page(self._memory[HOLDS * (1 + number) :][:HOLDS])
