"""The instruments around the box: joined with each other, and playing along with its rhythm."""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from jambox import pulse
from jambox.errors import DeviceError
from jambox.midi.claims import Claims
from jambox.midi.follow import Follower, Lead
from jambox.midi.ground import Ground
from jambox.midi.mapped import mapped
from jambox.midi.match import COMMANDS
from jambox.midi.messages import CLOCK, NOTE_ON
from jambox.midi.offsets import Offsets
from jambox.midi.own import OwnPorts
from jambox.midi.pages import Pages
from jambox.midi.performer import Performer
from jambox.midi.players import DRONE_PORT, RHYTHM_PORT
from jambox.midi.plucks import Strings
from jambox.midi.ports import MidiPorts
from jambox.midi.route import Port, Unit
from jambox.midi.router import Router
from jambox.midi.sync import Pattern, Performance, Playhead
from jambox.midi.twins import titles
from jambox.midi.words import hold
from jambox.music.cycle import Score
from jambox.music.drone import Figure
from jambox.music.humanising import EXACT, Touch
from jambox.remote import Traffic
from jambox.sound.commands import Status
from jambox.units import Bpm

OWN = ""
"""In place of a source: a tick that we sent."""
UNREAD = 4096
"""Ticks kept until they are looked at; a second has some 100 from each clock."""
ONLOOKER, POLL = 1.0, 0.02
"""Seconds that whoever watches the traffic waits for some at most, and between two looks for it."""
_log = logging.getLogger(__name__)


class Ensemble:
    """MIDI ports and performers of one box. Where the sequencer is missing, `fault` says so and nothing is sent.

    What `claims` takes is not routed. `on_arrival` and `on_departure` (with a port and its name) and `on_cut` (with
    what was cut or who floods, in words) are called from `poll`, `on_cue` from any thread, when a clock starts or
    stops. What sounds is noted in the file `held`; what is found there ends at once.
    """

    def __init__(
        self,
        routes: Sequence[Unit],
        offsets: Offsets,
        claims: Claims,
        on_arrival: Callable[[Port, str], None],
        on_departure: Callable[[Port, str], None],
        on_cut: Callable[[str], None],
        on_cue: Callable[[], None],
        held: Path | None = None,
        touch: Touch = EXACT,
    ) -> None:
        self.fault = self._forgetful = ""
        self._on_arrival, self._on_departure, self._on_cue = on_arrival, on_departure, on_cue
        self._follower = Follower()
        self._heard: deque[tuple[str, bytes, float]] = deque(maxlen=UNREAD)
        self._cued: set[str] = set()
        self._lead: Lead | None = None
        self._router = Router(routes, self._hear, offsets, self._pages(held), claims)
        self._on_cut = on_cut
        self._touch = touch if touch.share else None
        self._flooding: tuple[Port, ...] = ()
        self._ports: MidiPorts | None = None
        self._own: OwnPorts | None = None
        self._performer: Performer[Performance] | None = None
        self._plucker: Performer[pulse.Plucks] | None = None
        self._plucks = False
        self._watcher: asyncio.AbstractEventLoop | None = None
        self._run = 0
        self._patterns: dict[int, Pattern] = {}
        self._open(offsets)

    def _open(self, offsets: Offsets) -> None:
        """Opens what there is, and plays on without what is missing."""
        try:
            self._ports = MidiPorts(self._router, self._arrived, self._left, lambda fault: _log.warning("%s", fault))
        except DeviceError as fault:
            self.fault = str(fault)
            _log.warning("%s", fault)
            return
        try:
            self._own = OwnPorts(self._router)
        except DeviceError as fault:
            self.fault = str(fault)
            _log.warning("%s", fault)
        self._ports.poll()
        self._router.release_all()
        self._performer = Performer(self._send, Playhead, offsets.distinct)
        self._plucker = Performer(lambda message, _offset: self._router.pluck(message), Strings)
        self._performer.start()
        self._plucker.start()

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let `loop` call `poll` as soon as an instrument comes or goes, until `close`."""
        if self._ports:
            loop.add_reader(self._ports.fileno(), self.poll)
            self._watcher = loop

    def poll(self) -> None:
        """Open what has appeared, close what has gone, tell what was cut and who floods."""
        if self._ports:
            self._ports.poll()
        if self._own:
            self._own.poll()
        for source, destination in self._router.news():
            self._on_cut(self._echo(source, destination))
        before, self._flooding = self._flooding, self._router.flooding()
        for port in self._flooding:
            if port not in before:
                self._on_cut(self._flood(port))
        for port in before:
            if port not in self._flooding:
                _log.info("MIDI: %s floods no more", self._namer(port)(port.identity))

    def listen(self, now: float) -> None:
        """Let go of what instruments hold that fell silent, see `Router.listen`."""
        self._router.listen(now)

    def tune(self, ground: Ground) -> None:
        """Let the routes follow the box's tonic and tuning."""
        self._router.tune(ground)

    def reroute(self, routes: Sequence[Unit]) -> tuple[str, ...]:
        """Lead by other routes from now on; says which."""
        self._router.reroute(routes)
        told = tuple(f"route {route!r}" for route in routes) or ("no routes",)
        for line in told:
            _log.info("%s", line)
        return told

    def lead(self, now: float) -> Lead | None:
        """What the clock of an instrument says, if one may lead."""
        while self._heard:
            source, message, heard = self._heard.popleft()
            if source == OWN:
                self._follower.ticked(heard)
            else:
                self._follower.hear(source, message, heard)
        self._lead = self._follower.lead(now)
        return self._lead

    def be_led(self, lead: Lead | None) -> None:
        """Keep our clock from the instrument that leads, if one does."""
        self._router.be_led(lead.source if lead else "")

    def follow(self, status: Status, scores: Mapping[int, Score]) -> bool:
        """Let the instruments follow what the engine plays; True once when its rhythm has come to its end."""
        run, serial = int(status.run), int(status.score)
        if status.tempo:
            self._router.pace(Bpm(status.tempo))
        if status.playing and serial in scores:
            if run != self._run:
                self._play(None)
                self._run = run
            self._play(pulse.performance(status, self._pattern(serial, scores[serial]), self._touch))
            return False
        if status.playing or run != self._run or not run:
            return False
        # A run that closed on sam ends by its own plan, when that sam is heard; see `stop` for the other way.
        self._run = 0
        return True

    def pluck(self, status: Status, figures: Mapping[int, Figure]) -> None:
        """Let those who listen to the drone follow what the engine plucks."""
        plan = pulse.plucks(status, figures)
        if self._plucker and (plan or self._plucks):
            self._plucker.follow(plan)
        self._plucks = plan is not None

    def stop(self) -> None:
        """Break the run of the rhythm off."""
        self._run = 0
        self._play(None)

    def lose_engine(self) -> None:
        """Break off all that the engine played: another one counts from its own start."""
        self.stop()
        self.pluck(Status(), {})

    def release_all(self) -> None:
        """Let go of every note of every destination."""
        if self._ports:
            self._ports.release_all()

    def close(self) -> None:
        """Let go of every note and give the ports back."""
        for performer in (self._performer, self._plucker):
            if performer:
                performer.close()
        if self._ports:
            if self._watcher:
                self._watcher.remove_reader(self._ports.fileno())
            self._ports.close()
        if self._own:
            self._own.close()

    def as_dict(self) -> dict[str, object]:
        """Ports and counts, for `jambox status`."""
        router, now, name = self._router, time.monotonic(), self._namer()
        _, latest = router.passed(0)
        lately = Counter(passage.source for passage in latest if now - passage.time < 1.0)
        return {
            "inputs": [name(port.identity) for port in router.sources],
            "outputs": [name(port.identity) for port in router.destinations],
            "cut": [f"{name(source.identity)} -> {name(destination.identity)}" for source, destination in router.cut],
            "flooding": [name(port.identity) for port in self._flooding],
            "counters": asdict(router.counters),
            "malformed": {name(port.identity): count for port, count in router.malformed()},
            "clock": _clock(self._lead, name),
            "routes": [repr(route) for route in router.routes],
            "held": [{"port": name(destination), "what": hold(number)} for destination, number in router.held()],
            "rates": {name(source): count for source, count in lately.items()},
        }

    async def traffic(self, since: int) -> tuple[int, list[Traffic]]:
        """As `passed`, but waits ONLOOKER for some."""
        until = time.monotonic() + ONLOOKER
        while not (found := self.passed(since))[1] and time.monotonic() < until:
            await asyncio.sleep(POLL)
        return found

    def passed(self, since: int) -> tuple[int, list[Traffic]]:
        """How many messages came so far, and the latest of those after the first `since`."""
        count, passages = self._router.passed(since)
        name = self._namer()
        return count, [
            Traffic(
                passage.time,
                name(passage.source),
                passage.message.hex(),
                tuple((name(destination), sent.hex()) for destination, sent in passage.deliveries),
            )
            for passage in passages
        ]

    def struck(self, since: int, patterns: Sequence[str]) -> tuple[int, list[float]]:
        """How many messages came so far, and when keys were struck on ports that fit, after the first `since`.

        Times are monotonic seconds, in order.
        """
        count, passages = self._router.passed(since)
        sources = {port.identity for port in self._router.sources if any(map(port.fits, patterns))} if passages else ()
        struck = [each for each in passages if each.message[0] & 0xF0 == NOTE_ON and each.message[2]]
        return count, [each.time for each in struck if each.source in sources]

    @property
    def faults(self) -> tuple[str, ...]:
        """What keeps instruments from hearing each other, and the remedy."""
        cut = [self._echo(source, destination) for source, destination in self._router.cut]
        return (*cut, *map(self._flood, self._flooding), *(fault for fault in (self.fault, self._forgetful) if fault))

    # called from the threads of the ports and of the performer

    def _hear(self, source: str, message: bytes, heard: float) -> None:
        self._heard.append((source, message, heard))
        # A start counts from the tick that follows it.
        if message != CLOCK:
            self._cued.add(source)
            self._on_cue()
        elif source in self._cued:
            self._cued.discard(source)
            self._on_cue()

    def _send(self, message: bytes, offset: float) -> None:
        if message == CLOCK:
            self._heard.append((OWN, message, time.monotonic()))
        self._router.broadcast(message, offset)

    # called from `poll`

    def _arrived(self, port: Port) -> None:
        self._follower.plug(port.identity, time.monotonic())
        self._on_arrival(port, self._namer()(port.identity))

    def _left(self, port: Port) -> None:
        self._follower.forget(port.identity)
        self._on_departure(port, self._namer(port)(port.identity))

    def _echo(self, source: Port, destination: Port) -> str:
        name = self._namer()
        return (
            f"MIDI: {name(source.identity)} no longer plays {name(destination.identity)}, which sends back what it"
            " hears. Switch its MIDI thru or echo off, or take out the cable that leads it back; then plug it in again"
        )

    def _flood(self, port: Port) -> str:
        return (
            f"MIDI: {self._namer()(port.identity)} floods: its notes go first, of its controllers the latest values; if"
            " messages get lost, its notes end. Look for a loose knob or a program gone wild"
        )

    def _namer(self, *others: Port) -> Callable[[str], str]:
        """What the ports that are here, and `others`, are called: from identities to names for people."""
        shown = {name: name for name in (COMMANDS.identity, RHYTHM_PORT, DRONE_PORT)}
        shown |= titles((*self._router.sources, *self._router.destinations, *others))
        # What has gone is still spoken of.
        return lambda identity: shown.get(identity) or str(Port.parse(identity))

    def _pages(self, held: Path | None) -> Pages:
        try:
            return Pages(mapped(held)) if held else Pages()
        except DeviceError as fault:
            self._forgetful = str(fault)
            _log.warning("%s", fault)
            return Pages()

    def _play(self, plan: Performance | None) -> None:
        if self._performer:
            self._performer.follow(plan)

    def _pattern(self, serial: int, score: Score) -> Pattern:
        if serial not in self._patterns:
            self._patterns = {serial: pulse.pattern(score)}
        return self._patterns[serial]


def _clock(lead: Lead | None, name: Callable[[str], str]) -> dict[str, object]:
    if lead is None:
        return {}
    source, tempo = name(lead.source), round(lead.tempo, 2)
    return {"source": source, "tempo": tempo, "running": lead.running, "beat": round(lead.beat, 2)}
