"""What each source holds at each destination, so that a note-off always follows its note-on."""

from collections.abc import Callable, Iterator, Sequence

from jambox.midi import messages

Delivery = tuple[str, bytes]
"""A destination and the message for it."""


class Held:
    """The ledger of keys and sustain pedals that are down, by destination and by the sources that hold them there.

    Laws: a note-off goes wherever its note-on went, whatever the routes say by then. A key that several sources hold
    at one destination is let go when the last of them lets go. Once all sources are released nothing is down anywhere.
    Sources and destinations are any strings. Not thread-safe: the caller locks.
    """

    __slots__ = ("_holders",)

    def __init__(self) -> None:
        self._holders: dict[str, dict[int, set[str]]] = {}

    def __len__(self) -> int:
        """How many keys and pedals are down, counted once per destination."""
        return sum(map(len, self._holders.values()))

    def deliver(self, source: str, destinations: Sequence[str], message: bytes) -> list[Delivery]:
        """What to send where when `source`, routed to `destinations`, sends the whole `message`; takes note."""
        if (hold := messages.pressed(message)) is not None:
            for destination in destinations:
                self._holders.setdefault(destination, {}).setdefault(hold, set()).add(source)
        elif (hold := messages.let_go(message)) is not None:
            destinations = self._let_go(source, destinations, hold)
        elif (channel := messages.silences(message)) is not None:
            # Real note-offs first: some instruments ignore all notes off. Other sources' keys stay in the ledger.
            ended = list(self._release(source, lambda hold: hold >> 8 == channel and hold & 0xFF != messages.PEDAL))
            return ended + [(destination, message) for destination in destinations]
        return [(destination, message) for destination in destinations]

    def release_source(self, source: str) -> list[Delivery]:
        """Lets go of all that `source` holds: the messages to send."""
        return list(self._release(source, lambda _hold: True))

    def release_destination(self, destination: str) -> list[Delivery]:
        """Forgets `destination`: the messages that end its notes, if it can still hear."""
        return [(destination, messages.release(hold)) for hold in sorted(self._holders.pop(destination, {}))]

    def release_all(self) -> list[Delivery]:
        """Lets go of everything: the messages to send."""
        return [delivery for destination in tuple(self._holders) for delivery in self.release_destination(destination)]

    def _let_go(self, source: str, routed: Sequence[str], hold: int) -> list[str]:
        """Where the end of `hold` goes: wherever `source` was the last to hold; to be safe, also where nobody does."""
        went = [d for d, holds in self._holders.items() if source in holds.get(hold, ())]
        for destination in went:
            self._drop(source, destination, hold)
        return [d for d in dict.fromkeys((*went, *routed)) if hold not in self._holders.get(d, ())]

    def _release(self, source: str, chosen: Callable[[int], bool]) -> Iterator[Delivery]:
        for destination, holds in tuple(self._holders.items()):
            for hold in sorted(hold for hold, sources in holds.items() if source in sources and chosen(hold)):
                if self._drop(source, destination, hold):
                    yield destination, messages.release(hold)

    def _drop(self, source: str, destination: str, hold: int) -> bool:
        """Takes `source` off one hold; True when nobody holds it any more."""
        holds = self._holders[destination]
        holds[hold].discard(source)
        if holds[hold]:
            return False
        del holds[hold]
        if not holds:
            del self._holders[destination]
        return True
