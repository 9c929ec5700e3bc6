"""What each source holds at each destination, so that a note-off always follows its note-on."""

from collections.abc import Callable, Iterator

from jambox.midi import messages
from jambox.midi.match import HALF
from jambox.midi.messages import CONTROL, CONTROLLER, PEDALS, POLY_PRESSURE
from jambox.midi.table import Delivery, Edge

Place = tuple[str, int]
"""A destination or a source, and a hold there, see `messages.subject`."""
_PEDALS = frozenset(CONTROLLER | pedal for pedal in PEDALS)


class Held:
    """The ledger of keys and pedals that are down: what sounds where, and who holds it by which key.

    Pedals are `messages.PEDALS`.

    Laws: the end of a note goes wherever its beginning went, as what it was there (another key, another channel, a
    controller), whatever the routes say by then; and nowhere else. So does the end of a pedal, when its routes change.
    What several keys or sources hold at one destination is let go when the last of them lets go. Once all sources are
    released nothing is down anywhere. Sources and destinations are any strings. Not thread-safe: the caller locks.

    A wheel that goes out as a wheel is a value, and in no ledger: where it stands is where it was left, a fader no less
    than a modulation. So an instrument that sends back what it hears may be left with its wheel up when a new route
    makes a pedal of everybody's wheel; if what it sends back comes in by that route, it holds that pedal, like a hand
    that rests on the wheel, until it is pulled or panic ends everything. To put every wheel back at a new route would
    mend that, and pull down each fader that anybody has set.
    """

    __slots__ = ("_holders", "_went")

    def __init__(self) -> None:
        self._holders: dict[Place, set[Place]] = {}  # what is down -> who holds it
        self._went: dict[str, dict[int, dict[Place, None]]] = {}  # by source and its hold: what that holds down

    def __len__(self) -> int:
        """How many keys and pedals are down, counted once per destination."""
        return len(self._holders)

    def down(self) -> tuple[Place, ...]:
        """What is down now, by destination."""
        return tuple(sorted(self._holders))

    def taken(self) -> set[int]:
        """The holds that are down at any destination, or at any source, as what that sent."""
        return {hold for _, hold in self._holders}.union(*self._went.values())

    def holds(self, source: str, hold: int) -> bool:
        """Whether `source` holds anything down by its `hold`."""
        return bool(self._went.get(source, {}).get(hold))

    def is_stray(self, source: str, message: bytes) -> bool:
        """Whether a whole `message` is the end of a note that `source` has not begun, or has ended."""
        if message[0] >= POLY_PRESSURE:
            return False
        hold = messages.let_go(message)
        return hold is not None and hold not in self._went.get(source, ())

    def deliver(self, source: str, message: bytes, routed: list[Delivery]) -> list[Delivery]:
        """What to send where when `source` sends the whole `message`, which becomes `routed`; takes note."""
        kind = message[0] & 0xF0
        if kind == CONTROL:
            return self._control(source, message, routed)
        if (hold := messages.pressed(message)) is not None:
            self._went.setdefault(source, {}).setdefault(hold, {})  # without destinations, too: its end has none either
            for destination, out in routed:
                self._hold(source, hold, (destination, messages.subject(out)))
        elif (hold := messages.let_go(message)) is not None:
            return self._let_go(source, hold, routed)
        return routed

    def release_source(self, source: str) -> list[Delivery]:
        """Lets go of all that `source` holds: the messages to send."""
        ended = list(self._release(source, lambda _hold: True))
        self._went.pop(source, None)
        return ended

    def release_destination(self, destination: str) -> list[Delivery]:
        """Forgets `destination`: the messages that end its notes, if it can still hear."""
        down = sorted(place for place in self._holders if place[0] == destination)
        for place in down:
            for source, hold in self._holders.pop(place):
                del self._went[source][hold][place]
        return [(destination, messages.release(hold)) for _, hold in down]

    def release_edge(self, edge: Edge) -> list[Delivery]:
        """Lets go of what one source holds at one destination: the messages to send."""
        source, destination = edge
        return [
            (destination, messages.release(place[1]))
            for hold, went in sorted(self._went.get(source, {}).items())
            for place in tuple(went)
            if place[0] == destination and self._drop(source, hold, place)
        ]

    def release_all(self) -> list[Delivery]:
        """Lets go of everything: the messages to send."""
        down = [(destination, messages.release(hold)) for destination, hold in sorted(self._holders)]
        self._holders, self._went = {}, {}
        return down

    def _let_go(self, source: str, hold: int, routed: list[Delivery]) -> list[Delivery]:
        """The end of a note, where it began; where that is unknown, wherever it is routed and nobody holds it."""
        ends = {(destination, messages.subject(out)): out for destination, out in routed}
        went = self._went.get(source, {}).get(hold)
        if went is None:
            return [(place[0], out) for place, out in ends.items() if place not in self._holders]
        ended = [place for place in tuple(went) if self._drop(source, hold, place)]
        del self._went[source][hold]
        return [(place[0], ends.get(place) or messages.release(place[1])) for place in ended]

    def _control(self, source: str, message: bytes, routed: list[Delivery]) -> list[Delivery]:
        """A control change: it may be a pedal, may become one, and may end notes."""
        hold = messages.subject(message)
        ended: list[Delivery] = []
        if (channel := messages.silences(message)) is not None:
            # Real note-offs first: some instruments ignore all notes off. Other sources' keys stay in the ledger.
            ended = list(self._release(source, lambda hold: hold >> 8 == channel and hold & 0xFF < CONTROLLER))
        elif message[1] in PEDALS and messages.let_go(message) is not None:
            there = {(destination, messages.subject(out)) for destination, out in routed}
            stale = [place for place in self._went.get(source, {}).get(hold, ()) if place not in there]
            ended = [(place[0], messages.release(place[1])) for place in stale if self._drop(source, hold, place)]
        return ended + [
            (destination, out) for destination, out in routed if self._moves(source, hold, destination, out)
        ]

    def _moves(self, source: str, hold: int, destination: str, out: bytes) -> bool:
        """Whether a control change is to be sent: not, if it lifts a pedal that others still hold.

        What a pedal has become, say the wheel of an organ's rotor, is held as the pedal is.
        """
        if out[1] not in PEDALS and hold & 0xFF not in _PEDALS:
            return True
        place = destination, messages.subject(out)
        if out[2] >= HALF:
            self._hold(source, hold, place)
            return True
        return self._drop(source, hold, place)

    def _release(self, source: str, chosen: Callable[[int], bool]) -> Iterator[Delivery]:
        holds = self._went.get(source, {})
        for hold in sorted(filter(chosen, holds)):
            for place in tuple(holds[hold]):
                if self._drop(source, hold, place):
                    yield place[0], messages.release(place[1])
            del holds[hold]

    def _hold(self, source: str, hold: int, place: Place) -> None:
        self._holders.setdefault(place, set()).add((source, hold))
        self._went.setdefault(source, {}).setdefault(hold, {})[place] = None

    def _drop(self, source: str, hold: int, place: Place) -> bool:
        """Takes one hold off what is down at `place`; True when nobody holds that any more."""
        self._went.get(source, {}).get(hold, {}).pop(place, None)
        holders = self._holders.get(place, set())
        holders.discard((source, hold))
        if holders:
            return False
        self._holders.pop(place, None)
        return True
