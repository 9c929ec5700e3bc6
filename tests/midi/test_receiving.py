"""From the bytes of sources to the messages at destinations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.midi import messages
from jambox.midi.loops import LATE
from jambox.midi.notation import parse_route
from jambox.midi.passages import SHOWN
from jambox.midi.route import Port
from jambox.midi.router import Router
from jambox.midi.sensing import SILENCE

KEYS, PADS, SYNTH = (
    Port.parse(f"{name}:{name} MIDI 1 {number}:0") for name, number in (("K", 24), ("P", 28), ("S", 32))
)
ON, OFF = messages.note_on(0, 60, 100), messages.note_off(0, 60)


class Circle:
    """A router with two sources and one destination that keeps what it hears."""

    def __init__(self, route: str = "From('*') >> To('*')") -> None:
        self.heard: list[bytes] = []
        self.clocks: list[str] = []
        self.router = Router([parse_route(route)], lambda _source, message, _time: self.clocks.append(message.hex()))
        self.plug(KEYS, PADS)

    def plug(self, *sources: Port) -> None:
        self.router.join(sources, {SYNTH: self.heard.append})

    def play(self, source: Port, text: str, now: float = 0.0) -> None:
        self.router.receive(source.identity, bytes.fromhex(text), now)

    def take(self) -> list[str]:
        heard, self.heard[:] = [message.hex() for message in self.heard], []
        return heard


@pytest.fixture
def circle() -> Circle:
    return Circle()


@pytest.mark.parametrize(
    ("pieces", "heard", "clocks"),
    [
        (["90 3C 64", "3E 64", "3C 00"], ["903c64", "903e64", "903c00"], []),  # running status
        (["90 3C", "F8", "64"], ["903c64"], ["f8"]),
        (["F0 01 02 F8", "03 04 FA", "05 F7"], ["f00102030405f7"], ["f8", "fa"]),  # as rtmidi hands it over
        (["F0 01 02", "90 3C 64"], ["903c64"], []),
        (["F1 35", "F3 02", "F6", "F2 01 02"], ["f135", "f302", "f6"], ["f20102"]),
        (["FF", "FE", "F9"], [], []),
    ],
)
def test_bytes_are_routed_as_messages(circle: Circle, pieces: list[str], heard: list[str], clocks: list[str]) -> None:
    for piece in pieces:
        circle.play(KEYS, piece)
    assert circle.take() == heard
    assert circle.clocks == clocks


def test_each_source_has_its_own_bytes(circle: Circle) -> None:
    circle.play(KEYS, "90 3C")
    circle.play(PADS, "91 3E")
    circle.play(KEYS, "64 F0 01")
    circle.play(PADS, "65 F0 02 F7")
    circle.play(KEYS, "03 F7")
    assert circle.take() == ["903c64", "913e65", "f002f7", "f00103f7"]
    assert circle.router.malformed() == ()


def test_what_is_no_message_is_counted_for_each_source(circle: Circle) -> None:
    circle.play(KEYS, "01 02 90 3C 90 3C 64")
    circle.play(PADS, "F4")
    assert circle.take() == ["903c64"]
    assert circle.router.malformed() == ((KEYS, 2), (PADS, 1))
    assert circle.router.counters.dropped == 3
    circle.plug(PADS)
    circle.plug(PADS, KEYS)
    assert circle.router.malformed() == ((PADS, 1),)


def test_a_message_that_unplugging_tore_apart_does_not_go_on(circle: Circle) -> None:
    circle.play(KEYS, "90 3C")
    circle.plug(PADS)
    circle.plug(PADS, KEYS)
    circle.play(KEYS, "64")
    assert circle.take() == []


def test_only_the_begin_of_long_system_exclusive_is_shown(circle: Circle) -> None:
    circle.play(KEYS, "F0" + "01" * 1000 + "F7")
    ((_, _, message, deliveries),) = circle.router.passed(0)[1]
    assert message == b"\xf0" + b"\x01" * (SHOWN - 1)
    assert deliveries == ((SYNTH.identity, message),)
    assert [len(data) for data in circle.heard] == [1002]


def test_active_sensing_goes_nowhere_and_is_not_counted(circle: Circle) -> None:
    circle.play(KEYS, "FE")
    assert circle.take() == []
    assert circle.router.counters.received == 0
    assert circle.router.passed(0) == (0, ())


def test_notes_end_when_active_sensing_does(circle: Circle) -> None:
    circle.play(KEYS, "FE", 1.0)
    circle.play(KEYS, "90 3C 64", 1.1)
    circle.play(KEYS, "B0 40 7F", 1.1)
    circle.play(PADS, "91 3E 64", 1.1)
    circle.take()
    circle.router.listen(1.1 + SILENCE - 0.01)
    assert circle.take() == []
    circle.router.listen(1.1 + SILENCE)
    assert circle.take() == ["803c40", "b04000"]
    circle.play(KEYS, "90 3C 64", 2.0)
    circle.router.listen(9.0)
    assert circle.take() == ["903c64"]  # without active sensing again, silence means nothing
    assert circle.router.sources == (KEYS, PADS)


def test_whatever_comes_keeps_active_sensing_alive(circle: Circle) -> None:
    circle.play(KEYS, "FE", 0.0)
    circle.play(KEYS, "90 3C 64", 0.1)
    for tick in range(1, 10):
        circle.play(KEYS, "F8" if tick % 2 else "90", tick * 0.3)
        circle.router.listen(tick * 0.3)
    assert circle.take() == ["903c64"]


def test_a_source_that_was_unplugged_is_not_waited_for(circle: Circle) -> None:
    circle.play(KEYS, "FE", 0.0)
    circle.plug(PADS)
    circle.plug(PADS, KEYS)
    circle.play(KEYS, "90 3C 64", 0.1)
    circle.router.listen(9.0)
    assert circle.take() == ["903c64"]


@pytest.mark.parametrize(("kind", "heard"), [("mtc", ["f135"]), ("common", ["f302", "f6"]), ("note", ["903c64"])])
def test_time_code_and_system_common_have_their_kinds(kind: str, heard: list[str]) -> None:
    circle = Circle(f"Kind('{kind}')")
    circle.play(KEYS, "F1 35 90 3C 64 F3 02 F6")
    assert circle.take() == heard


def parameter(channel: int, number: int, value: int) -> list[bytes]:
    """An NRPN as it is set: number by MSB and LSB, value by MSB and LSB, one step up, and back to none."""
    steps = ((99, number >> 7), (98, number & 127), (6, value >> 7), (38, value & 127), (96, 0), (101, 127), (100, 127))
    return [bytes([0xB0 | channel, controller, data]) for controller, data in steps]


def expressive(channel: int, key: int) -> list[bytes]:
    """A note of MPE: bend, pressure and timbre on its own channel, before and while it sounds."""
    note, control, pressure, bend = (kind | channel for kind in (0x90, 0xB0, 0xD0, 0xE0))
    moves = [bytes([bend, 0, 64]), bytes([control, 74, 64]), bytes([pressure, 9])]
    return [*moves, bytes([note, key, 100]), *moves, bytes([note - 0x10, key, 64])]


def phrases(channels: range) -> st.SearchStrategy[list[bytes]]:
    channel, data = st.sampled_from(channels), st.integers(0, 127)
    number = st.integers(0, 16_383)
    others = st.sampled_from([bytes.fromhex(text) for text in ("F135", "F302", "F6", "F07E7F0601F7", "F04101F7")])
    parts = (
        st.builds(parameter, channel, number, number)
        | st.builds(expressive, channel, data)
        | st.lists(others, max_size=2)
    )
    return st.lists(parts, max_size=6).map(lambda some: [message for part in some for message in part])


@given(phrases(range(8)), phrases(range(8, 16)), st.data())
def test_messages_of_one_source_arrive_in_the_order_in_which_they_came(
    keys: list[bytes], pads: list[bytes], draw: st.DataObject
) -> None:
    """Those of the other come in between, at any byte: what is shown for MPE and NRPN holds for all."""
    circle = Circle()
    pads = [message for message in pads if message[0] < 0xF0]
    left, now = {KEYS: b"".join(keys), PADS: b"".join(pads)}, 0.0
    while any(left.values()):
        now += 2 * LATE  # sooner, what repeats itself might be an echo, and would be asked about
        source = draw.draw(st.sampled_from([source for source, data in left.items() if data]))
        size = draw.draw(st.integers(1, 12))
        circle.router.receive(source.identity, left[source][:size], now)
        left[source] = left[source][size:]
    of_pads = [message for message in circle.heard if message[0] < 0xF0 and message[0] & 0x0F >= 8]
    assert of_pads == pads
    assert [message for message in circle.heard if message not in of_pads] == keys
    assert circle.router.counters.dropped == 0
