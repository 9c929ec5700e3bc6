"""The router beside its routes: what is bound is kept from them, and the box's own ports carry what it plays."""

import pytest

from jambox.midi import messages
from jambox.midi.claims import Claims
from jambox.midi.match import COMMANDS, Head
from jambox.midi.messages import CLOCK
from jambox.midi.pages import Send
from jambox.midi.players import DRONE_PORT, RHYTHM_PORT
from jambox.midi.route import Port
from jambox.midi.router import Router

KEYS, PADS = Port.parse("Keys:Keys 24:0"), Port.parse("Pads:Pads 28:0")
ON, OFF = bytes([0x90, 36, 100]), bytes([0x80, 36, 64])
DOWN, UP = bytes([0xB0, 64, 127]), bytes([0xB0, 64, 0])
KEY = {(0x90, 36): False, (0x80, 36): False, (0xA0, 36): False}
PEDAL = {(0xB0, 64): False}


class Rig:
    """A router between keys and pads; `bound` is bound on the keys and on the box's own port."""

    def __init__(self, bound: dict[Head, bool]) -> None:
        self.bound, self.sent, self.told = bound, [], []  # type: ignore[var-annotated]
        self.claims = Claims(
            lambda ports: {port.identity: self.bound for port in ports if port in (KEYS, COMMANDS)},
            lambda source, message, _time, _before: self.told.append((source, message)),
        )
        self.router = Router(claims=self.claims)
        self.router.join([KEYS, PADS], {port: self.to(port.identity) for port in (KEYS, PADS)})

    def to(self, name: str) -> Send:
        return lambda message: self.sent.append((name, message))

    def play(self, *sent: bytes, source: Port = KEYS) -> list[bytes]:
        """What the pads hear of it, or the keys."""
        self.sent.clear()
        for message in sent:
            self.router.receive(source.identity, message, 1.0)
        return [message for _, message in self.sent]

    def own(self) -> None:
        self.router.own({name: self.to(name) for name in (RHYTHM_PORT, DRONE_PORT)})


def test_what_is_bound_goes_nowhere_but_to_its_meaning() -> None:
    rig = Rig(KEY | PEDAL)
    other = bytes([0x90, 38, 1])
    assert rig.play(ON, bytes([0xA0, 36, 9]), OFF, DOWN, UP, other) == [other]
    assert [message for _, message in rig.told] == [ON, bytes([0xA0, 36, 9]), OFF, DOWN, UP]
    assert rig.play(ON, source=PADS) == [ON]
    _, passed = rig.router.passed(0)
    assert [passage.deliveries for passage in passed[:5]] == 5 * [()]
    assert rig.router.held() == ((KEYS.identity, 36), (PADS.identity, 38))


def test_what_is_bound_thru_goes_everywhere_too() -> None:
    rig = Rig(dict.fromkeys(KEY, True))
    assert rig.play(ON, OFF) == [ON, OFF]
    assert [message for _, message in rig.told] == [ON, OFF]


@pytest.mark.parametrize(("begin", "end", "bound"), [(ON, OFF, KEY), (DOWN, UP, PEDAL)])
def test_what_was_routed_when_it_began_ends_there_though_it_was_bound_between(
    begin: bytes, end: bytes, bound: dict[Head, bool]
) -> None:
    rig = Rig({})
    assert rig.play(begin) == [begin]
    rig.bound = bound
    rig.claims.renew()
    assert rig.play(end) == [end]
    assert rig.router.held() == ()
    assert rig.play(begin, end) == []


def test_what_was_bound_when_it_began_and_is_free_by_its_end_harms_nobody() -> None:
    rig = Rig(dict(KEY))
    assert rig.play(ON) == []
    rig.bound = {}
    rig.claims.renew()
    assert rig.play(OFF) == [OFF]
    assert rig.router.held() == ()


def test_the_boxs_own_port_is_for_bindings_alone() -> None:
    ticks: list[bytes] = []
    rig = Rig(dict(KEY))
    rig.router = Router(on_clock=lambda _source, message, _time: ticks.append(message), claims=rig.claims)
    rig.router.join([KEYS, PADS], {PADS: rig.to("pads")})
    for message in (ON, bytes([0x90, 99, 1]), CLOCK, messages.START, b"\xf0\x01\xf7", b"\x90\x01", b""):
        rig.router.receive(COMMANDS.identity, message, 1.0)
    assert rig.told == [(COMMANDS.identity, ON)]
    assert (rig.sent, ticks) == ([], [])
    assert (rig.router.counters.received, rig.router.counters.dropped) == (5, 0)
    assert {passage.source for passage in rig.router.passed(0)[1]} == {"jambox:control"}


def test_the_rhythm_is_heard_on_the_boxs_own_port_without_its_clock() -> None:
    rig = Rig({})
    rig.own()
    hit = messages.note_on(9, 36, 100)
    rig.router.broadcast(hit)
    rig.router.broadcast(CLOCK)
    assert rig.sent == [
        (KEYS.identity, hit),
        (PADS.identity, hit),
        (RHYTHM_PORT, hit),
        (KEYS.identity, CLOCK),
        (PADS.identity, CLOCK),
    ]


def test_the_drone_is_heard_on_the_boxs_own_port_alone() -> None:
    rig = Rig({})
    note = messages.note_on(15, 50, 90)
    rig.router.pluck(note)
    assert rig.sent == []
    rig.own()
    rig.router.pluck(note)
    assert rig.sent == [(DRONE_PORT, note)]
    assert rig.router.held() == ((DRONE_PORT, 15 << 8 | 50),)


def test_panic_ends_what_the_boxs_own_ports_sound() -> None:
    rig = Rig({})
    rig.own()
    rig.router.pluck(messages.note_on(15, 50, 90))
    rig.router.broadcast(messages.note_on(9, 36, 100))
    rig.sent.clear()
    rig.router.release_all()
    heard = {name: [message for to, message in rig.sent if to == name] for name in (RHYTHM_PORT, DRONE_PORT)}
    assert heard[DRONE_PORT] == [messages.note_off(15, 50), *messages.silence()]
    assert heard[RHYTHM_PORT] == [messages.note_off(9, 36), *messages.silence()]


def test_ports_that_come_and_go_leave_the_boxs_own_alone_until_it_gives_them_back() -> None:
    rig = Rig({})
    rig.own()
    rig.router.pluck(messages.note_on(15, 50, 90))
    rig.router.join([KEYS], {})
    assert rig.router.destinations == ()
    rig.sent.clear()
    rig.router.broadcast(messages.note_on(9, 36, 100))
    assert [name for name, _ in rig.sent] == [RHYTHM_PORT]
    rig.router.own({})
    assert rig.router.held() == ()
    rig.sent.clear()
    rig.router.broadcast(messages.note_on(9, 36, 100))
    rig.router.pluck(messages.note_on(15, 50, 90))
    rig.router.release_all()
    assert rig.sent == []


def test_an_instrument_that_falls_silent_lets_go_of_what_is_bound() -> None:
    rig = Rig(dict(KEY))
    rig.router.receive(KEYS.identity, bytes([messages.ACTIVE_SENSING]), 1.0)
    rig.router.receive(KEYS.identity, ON, 1.1)
    rig.router.listen(1.2)
    assert rig.told == [(KEYS.identity, ON)]
    rig.router.listen(9.0)
    assert rig.told == [(KEYS.identity, ON), (KEYS.identity, messages.RESET)]
