"""What passed lately: for people who look on."""

from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from jambox.midi.table import Delivery

REMEMBERED = 8192
"""Messages that are kept: some seconds of everybody playing."""
SHOWN = 64
"""Bytes that are kept of each: thousands of dumps would fill the memory."""


class Passage(NamedTuple):
    """A message that came from `source` at `time` (monotonic seconds), and what was sent because of it.

    Of long system exclusive, the first SHOWN bytes.
    """

    time: float
    source: str
    message: bytes
    deliveries: tuple[Delivery, ...]


class Passages:
    """The latest messages, and how many there were. Not thread-safe."""

    __slots__ = ("_count", "_latest")

    def __init__(self) -> None:
        self._latest: deque[Passage] = deque(maxlen=REMEMBERED)
        self._count = 0

    def add(self, time: float, source: str, message: bytes, sent: Sequence[Delivery]) -> None:
        """Takes note of a message and of what was sent because of it. About 0.3 µs."""
        if len(message) > SHOWN:
            message, sent = message[:SHOWN], [(destination, out[:SHOWN]) for destination, out in sent]
        self._latest.append(Passage(time, source, message, tuple(sent)))
        self._count += 1

    def since(self, count: int) -> tuple[int, tuple[Passage, ...]]:
        """How many there were so far, and of those after the first `count` the latest, oldest first.

        There are fewer than that where more than REMEMBERED have come.
        """
        fresh = min(max(self._count - count, 0), len(self._latest))
        return self._count, tuple(islice(self._latest, len(self._latest) - fresh, None))
