"""The law of the router: whatever is played, pulled, plugged in and rerouted, nothing sounds on once all hands rest.

Hypothesis plays on a table with twins, with a player who floods, with instruments that send back what they hear or
that a cable joins, and with a box that crashes. Each instrument knows by itself what it was sent: it ends notes and
pedals by nothing but their own ends, and sounds on without its cable.

To rest is to end all that one began. So must an instrument that sends back what it hears, where that is a wheel which a
route takes for a pedal: nobody but who moved the wheel knows how far up it was meant to stay (see `Held`).
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from unittest import mock

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from jambox.midi import loops, storms
from jambox.midi.ground import Ground
from jambox.midi.notation import parse_route
from jambox.midi.pages import SIZE, Pages
from jambox.midi.route import Port
from jambox.midi.router import Router
from jambox.units import Bpm
from tests.midi.test_router import FakeAlarm

HOP = 0.004
"""Seconds until what an instrument hears has come back."""
REST = 30.0
"""Seconds after which everything delayed has come, and what goes round has been found out."""
ROUNDS, FEW = 150, 1000
"""How often a message comes back in one wait at most: some sixty times, or twice that, before it is cut. A wait that
begins with fewer than FEW under way may bring some more."""
SCARCE = {"FLOOD": 20, "VALUES": 200, "NOTES": 400}
"""Limits of a storm that a few messages reach."""
PEDAL_NUMBERS = (64, 66, 69)
PLAYERS = ("Keys", "Keys'", "Pads")
PLUG = (*PLAYERS, "Synth", "Synth'", "Organ")
LINKS: tuple[dict[str, str], ...] = (
    {},
    {"Synth": "Synth"},
    {"Synth": "Organ"},
    {"Synth": "Organ", "Organ": "Synth"},
    {"Synth": "Synth'"},
)
"""By who hears, from whom it comes in."""
PLAYED = [
    "From('Keys') >> To('Synth') | From('Keys') >> Transpose(12) >> To('Organ')",
    "From('Keys@usb-1') >> To('Synth@usb-4')",
    "From('Keys@usb-2') >> Latch() >> To('Synth@usb-5')",
    "From('Keys') >> Keys('C-1', 'B3') >> To('Synth') | From('Keys') >> Keys('C4', 'G9') >> Latch() >> To('Organ')",
    "From('Keys') >> Snap(0, 4, 7) >> Delay(0.25) >> Latch() >> Transpose(1) >> To('*')",
    "From('Pads') >> Velocity(1, 63) >> Delay(0.5) >> To('Organ') | From('Pads') >> Velocity(64, 127) >> To('Synth')",
    "From('Pads') >> CCMap({1: 64, 64: 1}) >> To('Synth')",
    "From('Keys') >> CCMap({1: 64})",
    "From('Pads') >> Kind('note') >> NoteToCC(64) >> To('Organ') | From('Pads') >> ToChannel(2) >> To('Organ')",
    "From('Keys') >> Tune('bend', channels='1-2') >> To('Synth') | From('Pads') >> Tune('mts') >> To('Synth')",
    "From('Keys') >> Latch() >> Tune('mpe', channels='2-3') >> To('Organ')",
]
ANYBODY = [
    "From('*') >> To('*')",
    "Transpose(-12)",
    "Snap('major')",
    "VelocityCurve(0.7) >> To('Synth')",
    "ChannelMap({1: 2, 2: 1})",
    "Delay(0.5)",
    "Latch()",
    "Latch() >> Delay(0.25) >> Transpose(1)",
    "CCMap({1: 64})",
    "Tune()",
    "Delay(0.25) >> Tune('bend', channels='1-3', range=1)",
    "Tune('bend', channels='2-4')",
    "Tune('mpe', channels='2-4')",
]
"""No two of these at once: or what comes back would come twice, and then four times."""

channels = st.sampled_from([0, 1])
keys = st.sampled_from([60, 61, 125, 126, 127])
controllers = st.sampled_from([1, 64, 66, 69])
strikes = st.builds(lambda channel, key, how: bytes([0x90 | channel, key, how]), channels, keys, st.integers(1, 127))
turns = st.builds(
    lambda channel, number, value: bytes([0xB0 | channel, number, value]), channels, controllers, st.integers(1, 127)
)
others = st.sampled_from(
    [
        bytes([0xF0, 0x7D, 1, 2, 3, 0xF7]),
        bytes([0xB0, 120, 0]),
        bytes([0xB1, 123, 0]),
        bytes([0xE0, 0, 65]),
        bytes([0xD1, 90]),
        bytes([0xC0, 5]),
        bytes([0xFE]),
    ]
)
noise = st.lists(st.sampled_from([0x00, 0x3C, 0x40, 0xF0, 0xF7, 0xF8, 0xF4, 0xFF, 0xF2]), max_size=6).map(bytes)
players = st.sampled_from(PLAYERS)
plans = st.tuples(st.lists(st.sampled_from(PLAYED), max_size=3, unique=True), st.sampled_from(["", *ANYBODY]))


def ended(message: bytes) -> bytes:
    """What the hand sends that lets go of what it began with `message`."""
    if message[0] & 0xF0 == 0x90:
        return bytes([0x80 | message[0] & 0x0F, message[1], 64])
    return bytes([message[0], message[1], 0])


@dataclass
class Instrument:
    """One that stands on the table, plugged in as `port` or not: what is down there, and what its player holds."""

    name: str
    path: str
    port: Port | None = None
    down: set[tuple[int, int, int]] = field(default_factory=set)
    held: dict[tuple[int, int], bytes] = field(default_factory=dict)
    status: int = 0

    def hear(self, message: bytes) -> None:
        """Takes what it is sent."""
        kind, channel = message[0] >> 4, message[0] & 0x0F
        if kind in (0x8, 0x9):
            (self.down.add if kind == 0x9 and message[2] else self.down.discard)((0, channel, message[1]))
        elif kind == 0xB and message[1] in PEDAL_NUMBERS:
            (self.down.add if message[2] >= 64 else self.down.discard)((1, channel, message[1]))

    def touch(self, message: bytes) -> None:
        """Its player begins something."""
        self.held[message[0], message[1]] = message

    def send_back(self, message: bytes) -> None:
        """It is the end of a cable, and `message` came in by that. Of keys and pedals it is sent the ends, too."""
        if message[0] >> 4 == 0xB and message[1] not in PEDAL_NUMBERS and message[1] < 120:
            self.touch(message)

    def rest(self) -> list[bytes]:
        """Its player lets go of everything: what that sends."""
        held, self.held = self.held, {}
        return [ended(message) for message in held.values()]


class Law(RuleBasedStateMachine):
    """What can happen, and at the end the law."""

    def __init__(self) -> None:
        super().__init__()
        self.limits = [mock.patch.object(storms, name, limit) for name, limit in SCARCE.items()]
        self.limits.append(mock.patch.object(loops, "ECHOES", 3))
        for limit in self.limits:
            limit.start()
        self.memory = memoryview(bytearray(SIZE))
        self.now, self.number, self.order = 0.0, count(20), count()
        self.coming: list[tuple[float, int, Instrument, bytes]] = []
        self.stand = {name: Instrument(name, f"usb-{place}") for place, name in enumerate(PLUG, 1)}
        self.drums: dict[int, bytes] = {}
        self.texts: list[str] = [ANYBODY[0]]
        self.links: dict[str, str] = {}

    @initialize(links=st.sampled_from(LINKS), plan=plans)
    def begin(self, links: dict[str, str], plan: tuple[list[str], str]) -> None:
        self.links = links
        self.texts = [text for text in (*plan[0], plan[1]) if text]
        self._boot()
        self._plug(*PLUG)

    # what players do

    @rule(player=players, messages=st.lists(st.one_of(strikes, turns), min_size=1, max_size=4))
    def play(self, player: str, messages: list[bytes]) -> None:
        for message in messages:
            self.stand[player].touch(message)
            self._send(player, message)

    @rule(player=players, message=strikes, split=st.integers(1, 2), between=st.sampled_from([b"", b"\xf8"]))
    def play_in_pieces(self, player: str, message: bytes, split: int, between: bytes) -> None:
        instrument = self.stand[player]
        instrument.touch(message)
        for piece in (message[:split] + between, message[split:]):
            self._send_raw(player, piece)
        instrument.status = message[0]

    @rule(player=players, data=st.data())
    def let_go(self, player: str, data: st.DataObject) -> None:
        """Of some, in running status where that serves."""
        instrument = self.stand[player]
        for place in self._some(instrument, data):
            message = ended(instrument.held.pop(place))
            if message[0] >> 4 == 0x8 and instrument.status == message[0] | 0x10:
                self._send_raw(player, bytes([message[1], 0]))
            else:
                self._send(player, message)

    @rule(player=players, message=others)
    def send(self, player: str, message: bytes) -> None:
        self._send(player, message)

    @rule(player=players, data=noise)
    def make_noise(self, player: str, data: bytes) -> None:
        """Bytes that are no messages, and begin no note."""
        self._send_raw(player, b"\xf4" + data)
        self.stand[player].status = 0

    @rule(player=players, number=st.sampled_from([1, 7]), value=st.sampled_from([0, 0, 50, 127]))
    def turn_quickly(self, player: str, number: int, value: int) -> None:
        """A flood of one controller, which stays where it was turned to."""
        for message in [*(bytes([0xB0, number, step]) for step in range(90, 127)), bytes([0xB0, number, value])]:
            self.stand[player].touch(message)
            self._send(player, message)

    @rule(player=players, key=keys)
    def strike_like_a_machine(self, player: str, key: int) -> None:
        """A flood of notes, the last of which stays down."""
        strike = bytes([0x90, key, 100])
        for message in 210 * [strike, ended(strike)] + [strike]:
            self._send(player, message)
        self.stand[player].touch(strike)
        self.wait(0.3)

    @rule(player=players, data=st.data())
    def lose(self, player: str, data: st.DataObject) -> None:
        """The kernel has no room: what the player sends is lost, and the router is told so."""
        instrument = self.stand[player]
        for place in self._some(instrument, data):
            del instrument.held[place]
        if instrument.port:
            self.router.tear(instrument.port.identity)

    @rule(key=st.sampled_from([36, 60, 127]))
    def drum(self, key: int) -> None:
        """The box strikes, and ends what it struck before."""
        if key in self.drums:
            self.router.broadcast(ended(self.drums.pop(key)))
        else:
            self.drums[key] = bytes([0x90, key, 100])
            self.router.broadcast(self.drums[key])

    # what else happens

    @rule(name=st.sampled_from(PLUG))
    def unplug(self, name: str) -> None:
        self.stand[name].port = None
        self._join()

    @rule(names=st.lists(st.sampled_from(PLUG), min_size=1, unique=True))
    def plug(self, names: list[str]) -> None:
        self._plug(*names)

    @rule(plan=plans)
    def reroute(self, plan: tuple[list[str], str]) -> None:
        self.texts = [text for text in (*plan[0], plan[1]) if text]
        self.router.reroute([parse_route(text) for text in self.texts])

    @rule(tonic=st.sampled_from([0, 1, 7]), off=st.sampled_from([0.0, 0.3, 1.7]))
    def tune(self, tonic: int, off: float) -> None:
        """Every seventh key is to sound nothing."""
        pitches = [None if off and key % 7 == 5 else key + off for key in range(128)]
        self.router.tune(Ground(tonic, tuple(pitches)))

    @rule(tempo=st.sampled_from([60.0, 120.0, 300.0]))
    def pace(self, tempo: float) -> None:
        self.router.pace(Bpm(tempo))

    @rule()
    def panic(self) -> None:
        self.router.release_all()

    @rule(commanders=st.sets(st.sampled_from(PLAYERS), max_size=1))
    def take_for_control(self, commanders: set[str]) -> None:
        ports = [port for name in commanders if (port := self.stand[name].port)]
        self.router.joined(frozenset(), frozenset((port.client, port.number) for port in ports))

    @rule()
    def crash(self) -> None:
        self._boot()
        self._join()
        self.drums.clear()

    @rule(seconds=st.sampled_from([0.001, 0.01, 0.1, 0.4, 2.0]))
    def wait(self, seconds: float) -> None:
        """Time passes: the alarm rings, and what was heard comes back."""
        until, passed, most = self.now + seconds, 0, ROUNDS * max(len(self.coming), FEW)
        while (moment := self._next()) <= until:
            self.now = max(self.now, moment)
            if self.coming and self.coming[0][0] <= self.now:
                _, _, instrument, message = heapq.heappop(self.coming)
                if instrument.port:
                    instrument.send_back(message)
                    self.router.receive(instrument.port.identity, message, self.now)
                passed += 1
                assert passed < most
            else:
                self._ring()
        self.now = until
        self.router.listen(self.now)

    def teardown(self) -> None:
        """The law."""
        try:
            if hasattr(self, "router"):
                self._finish()
        finally:
            for limit in self.limits:
                limit.stop()

    def _finish(self) -> None:
        self._plug(*PLUG)
        self.wait(1.0)
        for message in self.drums.values():
            self.router.broadcast(ended(message))
        for names in (PLAYERS, PLUG):
            for name in names:
                for message in self.stand[name].rest():
                    self._send(name, message)
            self.wait(REST)
        # A latch holds until it goes.
        self.router.reroute([parse_route(text) for text in self.texts if "Latch" not in text])
        self.wait(REST)
        assert {name: one.down for name, one in self.stand.items() if one.down} == {}
        assert self.router.held() == ()

    # how that is done

    def _some(self, instrument: Instrument, data: st.DataObject) -> list[tuple[int, int]]:
        held = sorted(instrument.held)
        return data.draw(st.lists(st.sampled_from(held), unique=True)) if held else []

    def _boot(self) -> None:
        self.router = Router(
            [parse_route(text) for text in self.texts],
            pages=Pages(self.memory),
            clock=lambda: self.now,
            new_alarm=self._alarm,
        )

    def _alarm(self, ring: Callable[[], float | None], clock: Callable[[], float]) -> FakeAlarm:
        self.alarm = FakeAlarm(ring, clock)
        return self.alarm

    def _ring(self) -> None:
        self.alarm.moment = None
        if (following := self.alarm.ring()) is not None:
            self.alarm.set(following)

    def _next(self) -> float:
        moments = [self.coming[0][0]] if self.coming else []
        return min([*moments, *([] if self.alarm.moment is None else [self.alarm.moment])], default=float("inf"))

    def _plug(self, *names: str) -> None:
        """These are pulled and plugged in again, or plugged in, each under a number that none had before."""
        for name in names:
            self.stand[name].port = None
        self._join()
        for name in names:
            one, number = self.stand[name], next(self.number)
            called = name.rstrip("'")
            one.port, one.status = Port.parse(f"{called}:{called} MIDI 1 {number % 100 + 20}:0", one.path), 0
        self._join()

    def _join(self) -> None:
        sources = [one.port for one in self.stand.values() if one.port]
        heard = [(one.port, one) for name, one in self.stand.items() if one.port and name not in PLAYERS]
        self.router.join(sources, {port: self.router.noting(port, self._sender(port, one)) for port, one in heard})

    def _sender(self, port: Port, instrument: Instrument) -> Callable[[bytes], None]:
        def send(message: bytes) -> None:
            assert instrument.port == port
            instrument.hear(message)
            if back := self.links.get(instrument.name):
                heapq.heappush(self.coming, (self.now + HOP, next(self.order), self.stand[back], message))

        return send

    def _send(self, player: str, message: bytes) -> None:
        self._send_raw(player, message)
        if message[0] < 0xF8:
            self.stand[player].status = message[0]

    def _send_raw(self, player: str, data: bytes) -> None:
        if port := self.stand[player].port:
            self.router.receive(port.identity, data, self.now)


TestLaw = Law.TestCase
TestLaw.settings = settings(
    max_examples=60, stateful_step_count=30, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)
