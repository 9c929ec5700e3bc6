"""Messages that are kept from the routes because they are bound: told to whoever knows what they mean."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from jambox.midi.match import COMMANDS, Head
from jambox.midi.messages import RESET, silences
from jambox.midi.route import Port

Tell = Callable[[str, bytes, float, float | None], None]
"""Is told the identity of a source, its message, when that came, and when the last one came that was not bound."""


Heads = Callable[[Sequence[Port]], Mapping[str, Mapping[Head, bool]]]
"""By identity of these ports: how the messages begin that are bound there, and whether each is routed all the same."""


def _none(_ports: Sequence[Port]) -> Mapping[str, Mapping[Head, bool]]:
    return {}


def _nobody(_source: str, _message: bytes, _time: float, _before: float | None) -> None:
    pass


class Claims:
    """What is bound on each port, as `heads` says.

    While it `listens`, `tell` is told of the messages that are not bound, too. `take` and `lay` need the caller's lock;
    `renew` and `listens` are for the one thread that changes bindings.
    """

    __slots__ = ("_heads", "_played", "_sources", "_table", "_tell", "listens")

    def __init__(self, heads: Heads = _none, tell: Tell = _nobody) -> None:
        self._heads, self._tell = heads, tell
        self._sources: tuple[Port, ...] = ()
        self._played: dict[str, float] = {}  # by source: when it last sent what is routed
        self.listens = False
        self.renew()

    def lay(self, sources: Iterable[Port]) -> None:
        """The ports that are heard now, beside the box's own."""
        self._sources = tuple(sources)
        here = {port.identity for port in self._sources}
        self._played = {source: time for source, time in self._played.items() if source in here}
        self.renew()

    def renew(self) -> None:
        """Asks for the heads again: bindings have changed."""
        self._table = self._heads((COMMANDS, *self._sources))

    def lose(self, source: str, now: float) -> None:
        """Tells that `source` is there and heard no more, as if it had sent a reset."""
        if self._table.get(source):
            self._tell(source, RESET, now, self._played.get(source))

    def take(self, source: str, message: bytes, now: float) -> bool:
        """Tells of a channel or exclusive `message` of `source`; whether it is kept from the routes. Some 0.2 µs.

        That all notes are off is told where something is bound, and kept from nobody.
        """
        bound = self._table.get(source)
        thru = bound.get((message[0], message[1])) if bound else None
        if thru is not None or self.listens or (bound and silences(message) is not None):
            self._tell(source, message, now, self._played.get(source))
        if thru is not False:
            self._played[source] = now
        return thru is False
