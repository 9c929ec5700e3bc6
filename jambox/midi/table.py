"""Routes made flat: by source and status byte, where a message goes and through which lane.

What a callback does per message is one look-up, then two more for each destination; routes are not interpreted. The
table is made anew when ports come or go, from ways that are made once. A stage on a way is a destination in it, and a
source.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from jambox.midi.ground import EQUAL, Ground
from jambox.midi.lanes import STATUSES, Lane
from jambox.midi.route import From, Parallel, Port, Series, To, Unit
from jambox.midi.stages import Seat, Stage
from jambox.midi.steps import Program, Step
from jambox.midi.tune import Tune

Delivery = tuple[str, bytes]
"""The identity of a destination or stage, and the message for it."""
Edge = tuple[str, str]
"""The identities of a source and of a destination that hears it."""

_Lanes = dict[int, Lane | None]
"""What becomes of messages by their status byte, of those that anything comes of; None for what passes as it is."""
_Row = tuple[bool, tuple[tuple[str, Lane | None], ...]]
"""Whether a destination is in it more than once; destinations and lanes, None for what passes as it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Leg:
    """A part of a way: up to a stage, or to the destinations."""

    lanes: _Lanes
    stage: Stage | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """One way through a route, without forks; `text` says it.

    All patterns of `sources` fit its sources; so for destinations. `greeting` is sent when source and destination come
    together.
    """

    text: str
    sources: tuple[str, ...]
    destinations: tuple[str, ...]
    legs: tuple[Leg, ...]
    greeting: tuple[bytes, ...]

    def joins(self, source: Port, destination: Port) -> bool:
        """Whether `destination` hears `source` by it. No instrument hears itself: that would be a loop."""
        return (
            source.instrument != destination.instrument
            and all(map(source.fits, self.sources))
            and all(map(destination.fits, self.destinations))
        )


def ways(routes: Iterable[Unit], ground: Ground = EQUAL) -> tuple[Way, ...]:
    """All ways through `routes`, on the box's ground. Takes milliseconds for each."""
    return tuple(_way(units, ground) for route in routes for units in _unforked(route))


def _unforked(unit: Unit) -> list[tuple[Unit, ...]]:
    """The series that a route is, side by side: `a >> (b | c)` is `a >> b | a >> c`."""
    match unit:
        case Series(units):
            return [tuple(part for one in path for part in one) for path in product(*map(_unforked, units))]
        case Parallel(units):
            return [path for one in units for path in _unforked(one)]
    return [(unit,)]


def _way(units: tuple[Unit, ...], ground: Ground) -> Way:
    steps = [unit for unit in units if isinstance(unit, Step)]
    return Way(
        repr(Series(units)),
        tuple(unit.pattern for unit in units if isinstance(unit, From)),
        tuple(unit.pattern for unit in units if isinstance(unit, To)),
        tuple(_legs(steps, ground)),
        tuple(_greeting(steps)),
    )


def _legs(steps: list[Step], ground: Ground) -> Iterator[Leg]:
    begin = 0
    for place, step in enumerate(steps):
        if isinstance(step, Stage):
            yield Leg(_lanes(steps[begin:place], ground), step)
            begin = place + 1
    yield Leg(_lanes(steps[begin:], ground))


def _lanes(steps: list[Step], ground: Ground) -> _Lanes:
    led = ((status, _led(Lane(status, ground=ground), steps)) for status in STATUSES)
    return {status: None if lane.is_plain(status) else lane for status, lane in led if lane is not None}


def _led(lane: Lane, steps: Iterable[Step]) -> Lane | None:
    for step in steps:
        changed = step.through(lane)
        if changed is None:
            return None
        lane = changed
    return lane


def _greeting(steps: list[Step]) -> Iterator[bytes]:
    for place, step in enumerate(steps, 1):
        for message in step.messages if isinstance(step, Program) else ():
            lane = _led(Lane(message[0]), steps[place:])
            if lane is not None and (sent := lane.send(message)) is not None:
                yield from steps[-1].led(sent) if isinstance(steps[-1], Tune) else (sent,)


class Table:
    """`ways` between the ports there are. Only `cut` changes it; a row is made when it is needed first, in 0.1 ms.

    `stages` has all stages, by an identity that is the same in every table with the same way from the same source; what
    tunes a destination is one stage for all sources.
    """

    __slots__ = ("_edges", "_links", "_rows", "stages")

    def __init__(
        self, ways: Iterable[Way], sources: Iterable[Port], destinations: Collection[Port], cut: Collection[Edge] = ()
    ) -> None:
        joined = (
            (source, to, way) for source, way, to in product(sources, ways, destinations) if way.joins(source, to)
        )
        self._edges: dict[Edge, list[Way]] = {}
        for source, to, way in joined:
            if (edge := (source.identity, to.identity)) not in cut:
                self._edges.setdefault(edge, []).append(way)
        self._lay()

    @property
    def edges(self) -> Collection[Edge]:
        """All pairs of source and destination that any way joins."""
        return self._edges.keys()

    def texts(self, edge: Edge) -> list[str]:
        """The ways that join source and destination; none for no edge."""
        return [way.text for way in self._edges.get(edge, ())]

    def greeting(self, edge: Edge) -> list[Delivery]:
        """What to send when source and destination have come together; nothing for no edge."""
        return [(edge[1], message) for way in self._edges.get(edge, ()) for message in way.greeting]

    def landings(self, destination: str) -> list[str]:
        """Where what is meant for a destination arrives: there, or at what tunes it."""
        return [destination, *(identity for identity, seat in self.stages.items() if seat.destination == destination)]

    def deliveries(self, source: str, message: bytes) -> list[Delivery]:
        """What to send where when a source or stage sends `message`, a whole one that is routed.

        Quick enough for a callback.
        """
        made = self._rows.get((source, message[0]))
        repeats, row = made or self._make(source, message[0])
        found = []
        for destination, lane in row:
            out = message if lane is None else lane.send(message)
            if out is not None:
                found.append((destination, out))
        return list(dict.fromkeys(found)) if repeats else found

    def cut(self, edge: Edge) -> None:
        """Takes one of the `edges` out."""
        del self._edges[edge]
        self._lay()

    def _lay(self) -> None:
        """Lays the ways of all edges, leg by leg. Those to several destinations share their stages."""
        self.stages: dict[str, Seat] = {}
        self._links: dict[str, dict[tuple[str, Leg], None]] = {}
        self._rows: dict[tuple[str, int], _Row] = {}
        for (source, destination), ways in self._edges.items():
            for way in ways:
                place = source
                for number, leg in enumerate(way.legs):
                    onward = destination
                    if isinstance(leg.stage, Tune):
                        onward = f"{leg.stage} > {destination}"
                        self.stages[onward] = Seat(leg.stage, "", destination)
                    elif leg.stage is not None:
                        onward = f"{source} > {number} > {way.text}"
                        self.stages[onward] = Seat(leg.stage, source)
                    self._links.setdefault(place, {})[onward, leg] = None
                    place = onward

    def _make(self, source: str, status: int) -> _Row:
        """One row, kept. What goes to a destination unchanged does so once."""
        links = self._links.get(source, ())
        row = tuple(dict.fromkeys((to, leg.lanes[status]) for to, leg in links if status in leg.lanes))
        self._rows[source, status] = made = len({to for to, _ in row}) < len(row), row
        return made
