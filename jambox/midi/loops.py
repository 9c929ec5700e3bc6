"""Sees at run time that what a destination is sent comes back, and which edges must be cut so that nothing goes round.

That a message comes in shortly after it went out, again and again, is no proof: two players strike alike, a sequencer
doubles a part, a fast encoder repeats itself. It is a reason to ask. Each destination is sent some note-offs of keys
that sound nowhere and that nobody presses, which no instrument minds, and each its own keys. From where those come in,
there all comes back that it is sent: from the instrument itself, or from another one that a cable or a program joins
with it.

The edge from one whom an instrument echoes is cut, or the others would hear him twice. Where it comes back from another
instrument, and where several echo each other, what closes a ring is cut, and no more. Nor is more cut where it comes
back late, as from an instrument that is there to give echoes.

What comes back in another key, on another channel, or without its note-offs answers nothing: so does a player who
follows another at the octave, and an instrument that is there to harmonize. Nor is asked about what comes back later
than `LATE`, or now sooner, now later. Such a ring is not found, unless two changes undo each other on the way round,
and what goes round in it may go on. But notes cannot grow for long: where three or more make several of each message,
the storm ends them, and is told of (see `Storms`). Pedals, programs and system exclusive know no such end.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from jambox.midi import messages
from jambox.midi.table import Delivery, Edge

WINDOW = 0.030
"""Seconds within which an echo comes back: a few ms by USB, a chord on a 31,250 baud cable or a busy program more."""
ECHOES, MOST = 8, 1024
"""So many echoes of one source from another are looked into; if nothing was found, twice as many, up to the most."""
OTHERS = 8
"""So many messages from there that are no echoes make up for one: music that repeats itself is not asked about."""
ASKED = 4
"""Keys for each destination, and between them as many by which nobody is asked: who lets go of one of those unpressed,
as a program does that ends every note there is, has answered nothing."""
LATE, STEADY = 0.250, 0.002
"""Seconds within which an echo comes back that is always equally late, and by how much it may then be early or late: a
program or a network on the way, or what waits for a beat. Players are not that steady, sequencers are."""
PATIENCE = 0.4
"""Seconds in which answers count, and in which nothing else is asked."""

Link = tuple[str, str]
"""The identities of a destination, and of the source from which comes in what it is sent."""


@dataclass(slots=True)
class Question:
    """Which keys went where, why, what has come back, and since when; keys are holds, see `messages.subject`.

    Those `deaf` let go of what is `unasked`; `strays` are ends that came of what never began.
    """

    began: float
    accused: tuple[str, str]
    keys: dict[int, str] = field(default_factory=dict)
    back: dict[Link, set[int]] = field(default_factory=dict)
    first: dict[Link, float] = field(default_factory=dict)
    strays: set[tuple[str, int]] = field(default_factory=set)
    unasked: set[int] = field(default_factory=set)
    deaf: set[str] = field(default_factory=set)


class Loops:
    """Remembers what went out in the last `LATE` seconds, counts what comes back, asks, and knows what is proven.

    Proofs stand until one of those ports goes that they speak of. Times are seconds of one clock that does not go
    back. Not thread-safe.
    """

    __slots__ = (
        *("_cut", "_echoed", "_instruments", "_key", "_late", "_left", "_links", "_others"),
        *("_question", "_sent", "_told"),
    )

    def __init__(self) -> None:
        self._instruments: Mapping[str, object] = {}
        # By time: when last, because of whom, and how many of it have not come back.
        self._sent: OrderedDict[bytes, tuple[float, str, int]] = OrderedDict()
        # By whose echoes they are, and from whom they come: how many more are looked into, and of how many.
        self._left: dict[tuple[str, str], tuple[int, int]] = {}
        self._late: dict[tuple[str, str], float] = {}  # likewise, how late the latest came that was late
        self._others: dict[str, int] = {}  # by source, how many messages that were no echoes
        self._question: Question | None = None
        self._key = 0  # how many keys were asked by
        self._links: dict[Link, None] = {}
        self._echoed: dict[Edge, Link] = {}
        self._cut: tuple[Edge, ...] = ()
        self._told: frozenset[Edge] = frozenset()

    @property
    def cut(self) -> tuple[Edge, ...]:
        """The edges that are cut now."""
        return self._cut

    def join(self, instruments: Mapping[str, object]) -> None:
        """The ports there are now, as identities, and what each belongs to. Forgets what concerns others."""
        here = instruments.keys()
        self._instruments = instruments
        self._left = {pair: count for pair, count in self._left.items() if here >= set(pair)}
        self._late = {pair: delay for pair, delay in self._late.items() if here >= set(pair)}
        self._others = {source: count for source, count in self._others.items() if source in here}
        self._links = {link: None for link in self._links if here >= set(link)}
        self._echoed = {edge: link for edge, link in self._echoed.items() if here >= {*edge, *link}}
        if self._question and not here >= {*self._question.accused, *self._question.keys.values()}:
            self._question = None

    def sent(self, source: str, deliveries: Iterable[Delivery], now: float) -> None:
        """Takes note of what goes out because of `source`."""
        for message in dict.fromkeys(message for _, message in deliveries):
            copies = self._sent[message][2] if message in self._sent else 0
            self._sent[message] = now, source, copies + 1
            self._sent.move_to_end(message)
        while self._sent and now - self._sent[next(iter(self._sent))][0] > LATE:
            self._sent.popitem(last=False)

    def received(self, source: str, message: bytes, now: float) -> bool:
        """Whether there is a reason to `ask`, as `message` comes from `source`."""
        found = self._sent.get(message)
        if found is None or not self._is_echo(found[1], source, now - found[0]):
            self._make_up(source)
            return False
        self._came_back(message, *found)
        if self._question and now - self._question.began < PATIENCE:
            return False
        pair = found[1], source
        left, needed = self._left.get(pair, (ECHOES, ECHOES))
        if left > 1:
            self._left[pair] = left - 1, needed
            return False
        self._left[pair] = (min(2 * needed, MOST),) * 2
        self._question = Question(now, pair)
        return True

    def ask(self, message: bytes, edges: Iterable[Edge], taken: Collection[int]) -> list[Delivery]:
        """What to send where `edges` lead, to find out where `message` came back: on its channel, if it has one.

        `taken` are the holds that are down at any destination or source: the ends of those are no answers. To be called
        when `received` says so.
        """
        assert self._question is not None
        channel = message[0] & 0x0F if message[0] < messages.SYSEX else 0
        keys = self._free(channel, taken)
        wanted = [to for to in dict.fromkeys(to for _, to in edges) for _ in range(ASKED)]
        # By turns, so that whoever goes through them up or down comes to one that is not asked by.
        for destination, unasked, hold in zip(wanted, keys, keys, strict=False):
            self._question.unasked.add(unasked)
            self._question.keys[hold] = destination
        return [(destination, messages.release(hold)) for hold, destination in self._question.keys.items()]

    def repeats(self, source: str, message: bytes, now: float) -> bool:
        """Whether the end of a note that `source` never began came from there before, since the last question.

        That may be an answer in another key, which is not to go round for ever.
        """
        question, stray = self._question, (source, messages.subject(message))
        if question is None or now - question.began > PATIENCE:
            return False
        repeated = stray in question.strays
        question.strays.add(stray)
        return repeated

    def answered(self, source: str, message: bytes, now: float) -> bool:
        """Whether `message` from `source` is an answer, and not to be routed. What follows from it, `judge` says."""
        question = self._question
        if question is None:
            return False
        if now - question.began > PATIENCE:
            self._question = None
            return False
        if (hold := messages.pressed(message)) is not None:
            # From now on that key has a player, whose note-off is one.
            question.keys.pop(hold, None)
            question.unasked.discard(hold)
        hold = messages.let_go(message)
        if hold in question.unasked:
            question.deaf.add(source)
        if hold is None or hold not in question.keys or source in question.deaf:
            return False
        link = question.keys[hold], source
        question.back.setdefault(link, set()).add(hold)
        question.first.setdefault(link, now)
        if len(question.back[link]) == ASKED:
            self._prove(question, link)
        return True

    def judge(self, edges: Iterable[Edge]) -> tuple[Edge, ...]:
        """Those that are to be cut of `edges`, all that there are by the routes. They are `cut` from now on."""
        self._cut = tuple(self._closing(edges)) if self._links else ()
        return self._cut

    def news(self) -> tuple[Edge, ...]:
        """The edges that were cut since the last call."""
        fresh = tuple(edge for edge in self._cut if edge not in self._told)
        self._told = frozenset(self._cut)
        return fresh

    def _is_echo(self, player: str, source: str, delay: float) -> bool:
        """Whether what comes from `source` so long after it went out because of `player` may be an echo."""
        if delay <= WINDOW:
            return True
        steady = abs(delay - self._late.get((player, source), delay + 1.0)) <= STEADY
        self._late[player, source] = delay
        return steady and delay <= LATE

    def _came_back(self, message: bytes, moment: float, source: str, copies: int) -> None:
        if copies > 1:
            self._sent[message] = moment, source, copies - 1
        else:
            del self._sent[message]

    def _make_up(self, source: str) -> None:
        self._others[source] = others = self._others.get(source, 0) + 1
        if others % OTHERS == 0:
            for pair, (left, needed) in self._left.items():
                if pair[1] == source:
                    self._left[pair] = min(left + 1, needed), needed

    def _prove(self, question: Question, link: Link) -> None:
        if link not in self._links:
            self._left.clear()  # what was counted may have gone round by it
        self._links[link] = None
        destination, source = link
        player, echo = question.accused
        soon = question.first[link] - question.began <= WINDOW
        if soon and echo == source and self._instruments.get(destination) == self._instruments.get(source):
            self._echoed[player, destination] = link

    def _closing(self, edges: Iterable[Edge]) -> Iterator[Edge]:
        """What was cut is looked at last, so that it stays so where there is a choice."""
        onward: dict[str, set[str]] = {}  # by source, from where else that comes in which it plays
        for edge in sorted(edges, key=self._cut.__contains__):
            source, destination = edge
            ends = {end for heard, end in self._links if heard == destination}
            if edge in self._echoed or source in _reached(ends, onward):
                yield edge
            elif ends:
                onward.setdefault(source, set()).update(ends)

    def _free(self, channel: int, taken: Collection[int]) -> Iterator[int]:
        """Keys to ask by, each once: of this channel first; others than last time, whose answers may be late."""
        for turn in range(16 * 128):
            hold = (channel + turn // 128) % 16 << 8 | (127 - self._key) % 128
            self._key += 1
            if hold not in taken:
                yield hold


def _reached(ends: Iterable[str], onward: Mapping[str, Iterable[str]]) -> set[str]:
    """All sources from which comes in what comes in from `ends`."""
    reached: set[str] = set()
    waiting = list(ends)
    while waiting:
        if (end := waiting.pop()) not in reached:
            reached.add(end)
            waiting += onward.get(end, ())
    return reached
