"""What a message sets off in the callback in which it arrives: looked up, noted in the ledger, sent; echoes are cut.

A route that changes nothing could be left to the kernel, which subscribes one port to another. It is not: all that a
port sends would pass, its clock included, which at a receiver adds up with the box's own; no ledger would know the
notes that hang when the port is unplugged, rerouted or silenced by a panic, nor a key that another source holds, too;
an echo could not be cut, a flood not thinned, nothing be learnt or looked at. What it would save is one wake-up of a
process, about half the time of a note through any program (tests/rig/test_latency.py measures all three).
"""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import rtmidi

from jambox.errors import DeviceError
from jambox.midi import follow, messages
from jambox.midi.alarm import Alarm, Alarming
from jambox.midi.claims import Claims
from jambox.midi.company import Company
from jambox.midi.ground import EQUAL, Ground
from jambox.midi.held import Held
from jambox.midi.intake import Counters, Intake
from jambox.midi.loops import Loops
from jambox.midi.match import COMMANDS
from jambox.midi.offsets import ON_TIME, Offsets
from jambox.midi.pages import Pages, Send
from jambox.midi.passages import Passage, Passages
from jambox.midi.players import DRONE_PORT, Address, seated
from jambox.midi.route import EVERYTHING, Port, Unit
from jambox.midi.table import Delivery, Edge, Table, ways
from jambox.midi.twins import both_placed
from jambox.units import Bpm

_SEND_ERRORS = (rtmidi.RtMidiError, ValueError, DeviceError)


class Router:
    """Leads messages between ports by `routes`; one lock keeps them in order.

    `receive` and `broadcast` may be called from any thread, and neither raise nor wait for anything but that lock; all
    else belongs to the thread that opens and closes ports. `on_clock` is called by `receive` with the identity of a
    source, its tick, Start, Continue, Stop or song position, and when that came. What `claims` takes goes nowhere. What
    is to be sent later is sent by a thread, at its time by `clock` (monotonic seconds).
    """

    def __init__(
        self,
        routes: Sequence[Unit] = (EVERYTHING,),
        on_clock: Callable[[str, bytes, float], None] = lambda _source, _message, _time: None,
        offsets: Offsets = ON_TIME,
        pages: Pages | None = None,
        claims: Claims | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        new_alarm: Callable[[Callable[[], float | None], Callable[[], float]], Alarming] = Alarm,
    ) -> None:
        self.counters = Counters()
        self.routes, self._ground, self._ways, self._on_clock = tuple(routes), EQUAL, ways(routes), on_clock
        self._offsets, self._clock, self._alarm = offsets, clock, new_alarm(self.catch_up, clock)
        self._lock = threading.Lock()  # guards all that follows
        self._held, self._loops, self._intake = Held(), Loops(), Intake(self.counters)
        self._company, self._pages, self._claims = Company(), pages or Pages(), claims or Claims()
        self._sources: tuple[Port, ...] = ()
        self._destinations: tuple[Port, ...] = ()
        self._senders: dict[str, Send] = {}
        self._own: dict[str, Send] = {}
        self._listeners: frozenset[Address] = frozenset()
        self._commanders: frozenset[Address] = frozenset()
        self._table, self._passages = Table((), (), ()), Passages()
        self._leader, self._commanding = "", frozenset[str]()
        self._players = seated(offsets, ())

    @property
    def sources(self) -> tuple[Port, ...]:
        """The ports that are heard now."""
        return self._sources

    @property
    def destinations(self) -> tuple[Port, ...]:
        """The ports that are sent to now."""
        return self._destinations

    @property
    def cut(self) -> tuple[tuple[Port, Port], ...]:
        """The edges that are cut now, by source and destination."""
        return self._as_ports(self._loops.cut)

    def news(self) -> tuple[tuple[Port, Port], ...]:
        """The edges that were cut since the last call."""
        return self._as_ports(self._loops.news())

    def passed(self, since: int) -> tuple[int, tuple[Passage, ...]]:
        """As `Passages.since`."""
        with self._lock:
            return self._passages.since(since)

    def held(self) -> tuple[tuple[str, int], ...]:
        """What is down where: destinations, and holds as `messages.pressed` counts them."""
        with self._lock:
            return tuple(place for place in self._held.down() if place[0] in self._senders)

    def malformed(self) -> tuple[tuple[Port, int], ...]:
        """Which of the sources sent what is no message, and how often, see `Parser.faults`."""
        with self._lock:
            faults = [(port, self._intake.faults(port.identity)) for port in self._sources]
            return tuple((port, count) for port, count in faults if count)

    def flooding(self) -> tuple[Port, ...]:
        """Which of the sources send more than an instrument would, see `Storms.flooding`."""
        with self._lock:
            flooding = self._intake.flooding(self._clock())
            return tuple(port for port in self._sources if port.identity in flooding)

    def noting(self, port: Port, send: Send) -> Send:
        """`send`, which takes what `port` is to hear now, and takes note of it, see `Page.noting`."""
        with self._lock:
            return self._pages.take(port.identity, port.stable).noting(send)

    def join(self, sources: Collection[Port], destinations: Mapping[Port, Send]) -> None:
        """Lets the routes be those between these ports. What the others hold is let go; who comes together is greeted.

        What a destination still sounds, since its cable was pulled or a box crashed, ends before all else: as `noting`
        has noted it, which has to be on the way there. What was cut is mended when one of those goes by which it came
        back.
        """
        with self._lock:
            gone = [port.identity for port in self._destinations if port not in destinations]
            silent = [port.identity for port in self._sources if port not in sources]
            fresh = [port.identity for port in destinations if port not in self._destinations]
            self._sources, self._destinations = tuple(sources), tuple(destinations)
            for identity in gone:
                self._pages.give(identity)
                self._held.release_destination(identity)
            pages = {port.identity: self._pages.take(port.identity, port.stable) for port in destinations}
            self._senders = {port.identity: send for port, send in destinations.items()} | self._own
            self._send_all([(name, messages.release(hold)) for name in fresh for hold in pages[name].down()])
            for identity in silent:
                self._intake.forget(identity)
                self._silence(identity)
            self._lay()

    def own(self, senders: Mapping[str, Send]) -> None:
        """Lets the box's own ports, RHYTHM_PORT and DRONE_PORT, carry what it plays. No route leads there."""
        with self._lock:
            others = {name: send for name, send in self._senders.items() if name not in self._own}
            for name in self._own:
                self._held.release_destination(name)
            self._own = dict(senders)
            self._senders = others | self._own
            self._lead()

    def joined(self, listeners: frozenset[Address], commanders: frozenset[Address]) -> None:
        """Lets `listeners` hear the rhythm's notes on the box's own port alone, and takes `commanders` for no players.

        What those send, save a clock, is heard on the box's own port alone; what they hold is let go.
        """
        if (listeners, commanders) != (self._listeners, self._commanders):
            with self._lock:
                self._listeners, self._commanders = listeners, commanders
                self._lead()
                for identity in self._commanding:
                    self._silence(identity)

    def tune(self, ground: Ground) -> None:
        """Lets routes that ask for the box's tonic or tuning follow it. What sounds ends as it began."""
        if ground != self._ground:
            self._ground, made = ground, ways(self.routes, ground)
            with self._lock:
                self._ways = made
                self._lay()
                self._send_all(self._company.tune(ground))

    def reroute(self, routes: Sequence[Unit]) -> None:
        """Leads by other routes from now on. What sounds over one that is not among them is let go; the rest plays on.

        Who comes together by a new one is greeted.
        """
        made = ways(routes, self._ground)
        with self._lock:
            self.routes, self._ways = tuple(routes), made
            self._lay()

    def pace(self, tempo: Bpm) -> None:
        """Counts beats by this tempo from now on: what is delayed by beats follows."""
        with self._lock:
            if self._company.pace(tempo, self._clock()):
                self._set()

    def be_led(self, source: str) -> None:
        """Keeps the rhythm's clock from the instrument of `source`, whose own clock leads; from none if it is empty."""
        if source != self._leader:
            with self._lock:
                self._leader = source
                self._lead()

    def broadcast(self, message: bytes, offset: float = 0.0) -> None:
        """Sends a message of the rhythm to all of this offset, beside the routes; the clock not to who leads."""
        with self._lock:
            players = self._players[offset]
            names = players.led if follow.concerns(message) else players.struck
            self._send_all(self._held.deliver(players.source, message, [(name, message) for name in names]))

    def pluck(self, message: bytes) -> None:
        """Sends a message of the drone to whoever listens to it. From any thread, as `broadcast`."""
        with self._lock:
            heard = [(DRONE_PORT, message)] if DRONE_PORT in self._own else []
            self._send_all(self._held.deliver(DRONE_PORT, message, heard))

    def receive(self, source: str, data: bytes, now: float) -> None:
        """Takes what came from `source` at `now`, in monotonic seconds: any bytes. COMMANDS is for bindings alone."""
        with self._lock:
            for message in self._intake.feed(source, data, now):
                self._take(source, message, now)
            if self._intake.due is not None:
                self._set()

    def listen(self, now: float) -> None:
        """Lets go of what those sources hold that sent active sensing and have fallen silent by `now`, see `Sensing`.

        They stay sources. To be called some 50 times a second; next to nothing where nobody sends active sensing.
        """
        if self._intake.senses:
            with self._lock:
                for source in self._intake.silent(now):
                    self._claims.lose(source, now)
                    self._silence(source)

    def tear(self, source: str) -> None:
        """Lets go of what a source holds, of which messages were lost before they came here."""
        with self._lock:
            self._intake.tear(source, self._clock())
            self._silence(source)

    def catch_up(self) -> float | None:
        """Sends what is due. Gives when there will be more; None when nothing waits. The alarm's work."""
        with self._lock:
            now = self._clock()
            for source, message in self._intake.take(now):
                self._take(source, message, now)
            for stage, message in self._company.take(now):
                sent = self._send_on(stage, message, now, self._company.source(stage))
                self._passages.add(now, self._company.source(stage), message, sent)
            return self._due()

    def release_all(self) -> None:
        """Lets go of every note and pedal that went out, then silences every channel of every destination.

        For panic, for the end, and after the first ports are joined: an earlier run may have left notes behind.
        """
        with self._lock:
            self._send_all(self._held.release_all())
            self._company.restart()
            self._intake.drop()
            self._send_all([(name, message) for name in self._senders for message in messages.silence()])
            self._send_all(self._company.news())

    def close(self) -> None:
        """Routes nothing any more: or a note could come in behind its release."""
        with self._lock:
            self._table = Table((), (), ())
            self._leave()
        self._alarm.close()

    def _as_ports(self, edges: Collection[Edge]) -> tuple[tuple[Port, Port], ...]:
        if not edges:
            return ()
        with self._lock:
            ports = {port.identity: port for port in (*self._sources, *self._destinations)}
            return tuple((ports[source], ports[destination]) for source, destination in edges)

    # the caller of what follows holds the lock

    def _lay(self) -> None:
        """Makes the table for the ports and ways there are now.

        Lets go of what went by ways that are no more, and greets where two have come together.
        """
        self._place()
        ports = {port.identity: port.instrument for port in (*self._sources, *self._destinations)}
        before, self._table = self._table, Table(self._ways, self._sources, self._destinations)
        self._claims.lay(self._sources)
        self._loops.join(ports)
        self._prune(self._table.edges)
        self._lead()
        edges = dict.fromkeys((*before.edges, *self._table.edges))
        changed = [edge for edge in edges if before.texts(edge) != self._table.texts(edge)]
        self._leave()
        for edge in changed:
            self._part(edge)
        self._send_all([greeting for edge in changed for greeting in self._table.greeting(edge)])

    def _prune(self, edges: Iterable[Edge]) -> list[Edge]:
        """Takes out of the table, of these `edges`, what is to be cut; gives what was there until now."""
        fresh = [edge for edge in self._loops.judge(edges) if edge in self._table.edges]
        for edge in fresh:
            self._table.cut(edge)
        return fresh

    def _place(self) -> None:
        """Lets ports stand in for absent ones of their name, where routes or offsets mean those."""
        patterns = [pattern for way in self._ways for pattern in (*way.sources, *way.destinations)]
        patterns += [pattern for pattern, _ in self._offsets.patterns]
        self._sources, self._destinations = both_placed(self._sources, self._destinations, patterns)

    def _leave(self) -> None:
        """Lets go of what the stages hold that are no more in the table."""
        for stage in self._company.keep(self._table.stages):
            self._held.release_destination(stage)
            self._send_all(self._held.release_source(stage))
        self._send_all(self._company.news())

    def _part(self, edge: Edge) -> None:
        """Lets go of what a source holds at a destination, there or at what tunes it."""
        for landing in self._table.landings(edge[1]):
            self._send_all(self._held.release_edge((edge[0], landing)), edge[0])

    def _silence(self, source: str) -> None:
        """Lets go of what a source and its stages hold."""
        stages = self._company.of(source)
        for identity in (source, *stages):
            self._send_all(self._held.release_source(identity), source)
        self._company.restart(stages)

    def _lead(self) -> None:
        self._commanding = frozenset(p.identity for p in self._sources if (p.client, p.number) in self._commanders)
        leader = next((port.instrument for port in self._sources if port.identity == self._leader), None)
        self._players = seated(self._offsets, self._destinations, leader, self._listeners, self._own)

    def _plays(self, source: str, message: bytes, now: float) -> bool:
        """Whether a message is to be routed: it is not bound, or ends what was routed before it was."""
        if not self._claims.take(source, message, now):
            return source != COMMANDS.identity
        hold = messages.let_go(message)
        return hold is not None and self._held.holds(source, hold)

    def _take(self, source: str, message: bytes, now: float) -> None:
        """Does what a whole message is there for."""
        sent: Sequence[Delivery] = ()
        if messages.is_routed(message):
            if source not in self._commanding and self._plays(source, message, now):
                sent = self._route(source, message, now)
        elif follow.concerns(message) and source != COMMANDS.identity:
            self._on_clock(source, message, now)
        self._passages.add(now, source, message, sent)

    def _route(self, source: str, message: bytes, now: float) -> Sequence[Delivery]:
        """Sends a message where it goes, unless it answers the question what comes back."""
        if self._loops.answered(source, message, now):
            for edge in self._prune((*self._table.edges, *self._loops.cut)):
                self._leave()
                self._part(edge)
            return ()
        stray = self._held.is_stray(source, message)
        if stray and self._intake.refuses(source, now, self._loops.repeats(source, message, now)):
            return ()
        routed = self._table.deliveries(source, message)
        # What comes back and goes nowhere does no harm.
        echoed = bool(routed) and self._loops.received(source, message, now)
        deliveries = self._held.deliver(source, message, routed)
        self._loops.sent(source, deliveries, now)
        if echoed:  # now that a key that was just pressed is taken
            self._send_all(self._loops.ask(message, self._table.edges, self._held.taken()))
        return self._send_all(deliveries, source)

    def _send_on(self, stage: str, message: bytes, now: float, source: str) -> list[Delivery]:
        """Sends what comes out of a stage because of `source` where it goes."""
        deliveries = self._held.deliver(stage, message, self._table.deliveries(stage, message))
        self._loops.sent(source, deliveries, now)
        return self._send_all(deliveries, source)

    def _send_all(self, deliveries: Iterable[Delivery], source: str = "") -> list[Delivery]:
        """Sends each where it goes, because of `source`, through stages too. Gives what was sent to instruments."""
        sent = []
        for destination, message in deliveries:
            if (send := self._senders.get(destination)) is None:
                sent += self._enter(destination, message, source)
                continue
            try:
                send(message)
                sent.append((destination, message))
                self.counters.sent += 1
            except _SEND_ERRORS:
                self.counters.errors += 1
        return sent

    def _enter(self, stage: str, message: bytes, source: str) -> list[Delivery]:
        """Lets a stage hear a message."""
        now = self._clock()
        outs = self._company.hear(stage, message, now)
        on = [sent for out in outs for sent in self._send_on(stage, out, now, source)]
        self._set()
        return on

    def _set(self) -> None:
        if (moment := self._due()) is not None:
            self._alarm.set(moment)

    def _due(self) -> float | None:
        return min((due for due in (self._intake.due, self._company.due()) if due is not None), default=None)
