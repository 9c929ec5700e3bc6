"""Sees at run time that a destination sends back what it is sent, so that the edge to it can be cut."""

from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping

from jambox.midi.table import Delivery, Edge

WINDOW = 0.010
"""Seconds within which an echo comes back: a few ms by USB, more by a busy program; fingers are slower."""
ECHOES, SPAN = 8, 0.5
"""So many echoes over one edge within so many seconds are no accident: two players strike alike now and then."""


class Loops:
    """Remembers what went out over which edge in the last `WINDOW` seconds, and counts what comes back.

    An echo may come from another port of an instrument, or from the other client of a program. Times are seconds of
    one clock that does not go back. Not thread-safe.
    """

    __slots__ = ("_echoes", "_instruments", "_sent")

    def __init__(self) -> None:
        self._instruments: Mapping[str, object] = {}
        self._sent: OrderedDict[tuple[object, bytes], tuple[float, Edge]] = OrderedDict()  # by time
        self._echoes: dict[Edge, deque[float]] = {}

    def join(self, instruments: Mapping[str, object]) -> None:
        """The ports there are now, as identities, and what each belongs to. Forgets the echoes of others."""
        self._instruments = instruments
        self._echoes = {edge: times for edge, times in self._echoes.items() if instruments.keys() >= set(edge)}

    def sent(self, source: str, deliveries: Iterable[Delivery], now: float) -> None:
        """Takes note of what goes out because of `source`."""
        for destination, message in deliveries:
            key = (self._instruments.get(destination), message)
            self._sent[key] = now, (source, destination)
            self._sent.move_to_end(key)
        while self._sent and now - self._sent[next(iter(self._sent))][0] > WINDOW:
            self._sent.popitem(last=False)

    def received(self, source: str, message: bytes, now: float) -> Edge | None:
        """The edge to cut, if `message` from `source` is the echo that proves a loop."""
        found = self._sent.pop((self._instruments.get(source), message), None)
        if found is None or now - found[0] > WINDOW:
            return None
        edge = found[1]
        times = self._echoes.setdefault(edge, deque(maxlen=ECHOES))
        times.append(now)
        if len(times) < ECHOES or now - times[0] > SPAN:
            return None
        del self._echoes[edge]
        return edge
