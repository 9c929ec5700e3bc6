"""MIDI instruments as a panel: tables of messages and what they ask for, and the law that nothing stays down."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.actions import FinishRhythm, Panic, Tap
from jambox.mapping import Binding
from jambox.midi import messages
from jambox.midi.route import Port
from jambox.panel.controls import Pressed, Released, Stepped, Turned
from jambox.panel.gestures import BOUNCE, NOTHING, STUCK, Gestures
from jambox.surface import LONGEST, READINGS, Asked, Surface
from jambox.units import Seconds

PEDAL, PADS = Port.parse("Pedal:Pedal 24:0"), Port.parse("Pads:Pads 28:0")
ON, OFF = bytes([0x99, 36, 100]), bytes([0x89, 36, 64])


def bound(**keys: Any) -> Binding:
    return msgspec.convert(keys, Binding)


def cc(value: int, number: int = 64) -> bytes:
    return bytes([0xB0, number, value])


def surface(*bindings: Binding) -> Surface:
    made = Surface(bindings)
    for port in (PEDAL, PADS):
        made.plug(port, 0.0)
    return made


def short(asked: Asked) -> str:
    """A reading in a word: `+tap` down, `-tap` up, `style+1`, `volume 0.5`."""
    match asked:
        case Pressed(control):
            return f"+{control}"
        case Released(control):
            return f"-{control}"
        case Stepped(control, steps):
            return f"{control}{steps:+d}"
        case Turned(control, position):
            return f"{control} {position:.2f}"
    return type(asked).__name__


def play(binding: Binding, *sent: bytes, apart: float = 0.1) -> list[list[str]]:
    """What each message, `apart` seconds after the one before, asks for."""
    made = surface(binding)
    return [
        [short(asked) for asked in made.hear(PEDAL.identity, message, count * apart)]
        for count, message in enumerate(sent)
    ]


CLICK = ["+tap", "-tap"]
TABLE: dict[str, tuple[Binding, list[bytes], list[list[str]]]] = {
    "a pedal down and up": (bound(cc=64, press="tap"), [cc(127), cc(0)], [["+tap"], ["-tap"]]),
    "half way": (bound(cc=64, press="tap"), [cc(63), cc(64), cc(63)], [[], ["+tap"], ["-tap"]]),
    "a pedal with a position": (
        bound(cc=64, press="tap"),
        [cc(20), cc(70), cc(127), cc(90), cc(30), cc(0)],
        [[], ["+tap"], [], [], ["-tap"], []],
    ),
    "a pedal that sends no release": (
        bound(cc=64, press="tap"),
        [cc(127), cc(127), cc(127)],
        [["+tap"], ["-tap", *CLICK], CLICK],
    ),
    "a pad": (bound(note="C2", press="tap"), [ON, OFF, ON, OFF], [["+tap"], ["-tap"], ["+tap"], ["-tap"]]),
    "a note-off as a soft note-on": (
        bound(note=36, press="tap"),
        [ON, bytes([0x99, 36, 0])],
        [["+tap"], ["-tap"]],
    ),
    "a pad that sends no release": (
        bound(note=36, press="tap"),
        [ON, ON, ON, ON, OFF, ON],
        [["+tap"], ["-tap", *CLICK], CLICK, CLICK, [], ["+tap"]],
    ),
    "a release without a press": (bound(note=36, press="tap"), [OFF, ON], [[], ["+tap"]]),
    "its pressure": (bound(note=36, press="tap"), [ON, bytes([0xA9, 36, 50]), OFF], [["+tap"], [], ["-tap"]]),
    "another channel": (bound(note=36, channel=9, press="tap"), [ON, OFF], [[], []]),
    "another key": (bound(note=37, press="tap"), [ON, OFF], [[], []]),
    "a pedal that latches": (
        bound(cc=64, press="tap", mode="latching"),
        [cc(127), cc(0), cc(0), cc(127)],
        [CLICK, CLICK, [], CLICK],
    ),
    "a pad that latches, softly": (
        bound(note=36, press="tap", mode="latching"),
        [bytes([0x99, 36, 9]), OFF, bytes([0x99, 36, 9])],
        [CLICK, CLICK, CLICK],
    ),
    "a trigger": (bound(note=36, press="tap", mode="trigger"), [ON, OFF, ON], [CLICK, [], CLICK]),
    "a program": (bound(program=6, press="tap"), [b"\xc0\x05", b"\xc0\x05", b"\xc0\x06"], [CLICK, CLICK, []]),
    "a knob": (
        bound(cc=7, turn="volume"),
        [cc(0, 7), cc(127, 7), cc(63, 7)],
        [["volume 0.00"], ["volume 1.00"], ["volume 0.50"]],
    ),
    "an endless encoder": (
        bound(cc=20, turn="style"),
        [cc(1, 20), cc(127, 20), cc(3, 20), cc(125, 20), cc(0, 20)],
        [["style+1"], ["style-1"], ["style+3"], ["style-3"], []],
    ),
    "a pad that steps": (bound(note=36, turn="style", steps=-1), [ON, OFF, ON], [["style-1"], [], ["style-1"]]),
    "a pedal that steps": (bound(cc=64, turn="style", steps=2), [cc(127), cc(0)], [["style+2"], []]),
    "an action": (bound(cc=64, action="panic"), [cc(127), cc(0), cc(127)], [["Panic"], [], ["Panic"]]),
}


@pytest.mark.parametrize("name", TABLE)
def test_table(name: str) -> None:
    binding, sent, expected = TABLE[name]
    assert play(binding, *sent) == expected


def test_readings_carry_the_messages_time_and_a_source_of_their_own() -> None:
    made = surface(bound(cc=64, press="tap"), bound(cc=7, turn="volume"), bound(cc=8, turn="volume", pickup=False))
    (pressed,) = made.hear(PEDAL.identity, cc(127), 3.5)
    (other,) = made.hear(PADS.identity, cc(127), 3.6)
    assert isinstance(pressed, Pressed)
    assert isinstance(other, Pressed)
    assert pressed.time == 3.5
    assert len({pressed.source, other.source, ""}) == 3
    (knob,) = made.hear(PEDAL.identity, cc(10, 7), 4.0)
    (fader,) = made.hear(PEDAL.identity, cc(10, 8), 4.0)
    assert isinstance(knob, Turned)
    assert isinstance(fader, Turned)
    assert (knob.pickup, fader.pickup) == (True, False)
    assert len({knob.source, fader.source, ""}) == 3


def test_actions_are_made_of_the_messages_time() -> None:
    made = surface(bound(cc=64, action="tap"), bound(cc=65, action="end rhythm"))
    assert made.hear(PEDAL.identity, cc(127), 3.5) == (Tap(Seconds(3.5)),)
    assert made.hear(PEDAL.identity, cc(127, 65), 3.5) == (FinishRhythm(),)


def test_a_stroke_that_follows_at_once_is_one_of_its_own_and_an_echo_is_none() -> None:
    gestures, made = Gestures(), surface(bound(note=36, press="tap"))

    def strikes(*times: float) -> list[Seconds]:
        return [
            gesture.time
            for time in times
            for asked in made.hear(PADS.identity, ON, time)
            if isinstance(asked, READINGS)
            for gesture in gestures.feed(asked)
            if type(gesture).__name__ == "Press"
        ]

    assert strikes(1.0, 1.0 + BOUNCE / 2, 1.15, 1.30) == [1.0, 1.15, 1.30]


def test_the_first_of_several_bindings_counts_and_others_port_by_port() -> None:
    one, other = bound(port="Pads", note=36, press="tap"), bound(note=36, action="panic")
    made = surface(one, other)
    assert [short(asked) for asked in made.hear(PADS.identity, ON, 1.0)] == ["+tap"]
    assert made.hear(PEDAL.identity, ON, 1.0) == (Panic(),)
    assert made.hear("unknown", ON, 1.0) == ()
    assert made.binding(PADS.identity, ON) == one
    assert made.binding(PADS.identity, bytes([0xE0, 0, 64])) is None
    assert made.present(PADS, one.match) == one
    assert made.port(PADS.identity) == PADS
    assert made.port("unknown") is None


def test_heads_tell_what_is_kept_and_what_is_routed_all_the_same() -> None:
    made = surface(
        bound(port="Pads", note=36, channel=10, press="tap", thru=True), bound(cc=64, channel=1, press="keep")
    )
    assert made.heads([PADS, PEDAL]) == {
        PADS.identity: {(0x99, 36): True, (0x89, 36): True, (0xA9, 36): True, (0xB0, 64): False},
        PEDAL.identity: {(0xB0, 64): False},
    }


def test_a_button_comes_up_when_its_instrument_is_pulled() -> None:
    made = surface(bound(cc=64, press="shift"))
    made.hear(PEDAL.identity, cc(127), 1.0)
    made.hear(PADS.identity, cc(127), 1.0)
    (up,) = made.unplug(PEDAL, 2.0)
    assert (short(up), isinstance(up, Released) and up.time) == ("-shift", 2.0)
    assert made.unplug(PEDAL, 3.0) == ()
    assert made.hear(PEDAL.identity, cc(127), 4.0) == ()
    made.plug(PEDAL, 4.5)
    assert len(made.hear(PEDAL.identity, cc(127), 5.0)) == 1


def test_a_reset_lifts_all_that_a_port_holds_and_all_notes_off_its_keys() -> None:
    made = surface(bound(cc=64, press="shift"), bound(note=36, press="tap"), bound(note=37, press="drone"))

    def hold() -> None:
        for message in (cc(127), ON, bytes([0x90, 37, 100])):
            made.hear(PADS.identity, message, 1.0)
        made.hear(PEDAL.identity, cc(127), 1.0)

    hold()
    assert [short(asked) for asked in made.hear(PADS.identity, bytes([0xB9, 123, 0]), 2.0)] == ["-tap"]
    assert [short(asked) for asked in made.hear(PADS.identity, bytes([0xB0, 120, 0]), 2.0)] == ["-drone"]
    hold()
    assert [short(asked) for asked in made.hear(PADS.identity, b"\xff", 3.0)] == ["-shift", "-tap", "-drone"]
    assert made.deadline() == 1.0 + LONGEST
    assert [short(asked) for asked in made.hear(PEDAL.identity, b"\xff", 3.0)] == ["-shift"]


def test_a_button_comes_up_when_its_binding_goes_or_another_comes_before_it() -> None:
    pedal, pad = bound(cc=64, press="shift"), bound(note=36, press="drone")
    made = surface(pedal, pad)
    made.hear(PEDAL.identity, cc(127), 1.0)
    made.hear(PADS.identity, ON, 1.0)
    assert made.bind([pedal, pad], 2.0) == ()
    assert [short(asked) for asked in made.bind([bound(cc=64, press="tap"), pedal, pad], 3.0)] == ["-shift"]
    assert [short(asked) for asked in made.hear(PEDAL.identity, cc(127), 4.0)] == ["+tap"]
    assert [short(asked) for asked in made.bind([], 5.0)] == ["-drone", "-tap"]


def test_a_pad_keeps_its_bindings_in_another_socket_and_gives_them_back_to_its_twin() -> None:
    first, second = (Port.parse(f"Pads:Pads {client}:0", f"usb-hcd.0-{client}") for client in (1, 2))
    made = Surface([bound(port=first.stable, note=36, press="tap"), bound(port="Pads", note=37, press="keep")])
    made.plug(second, 0.0)
    assert [short(asked) for asked in made.hear(second.identity, ON, 1.0)] == ["+tap"]
    assert (0x99, 36) in made.heads([second])[second.identity]
    assert [short(asked) for asked in made.plug(first, 2.0)] == ["-tap"]
    assert (0x99, 36) not in made.heads([first, second])[second.identity]
    assert made.hear(second.identity, ON, 3.0) == ()
    assert [short(asked) for asked in made.hear(first.identity, ON, 3.0)] == ["+tap"]


def test_a_button_that_stays_down_comes_up_before_it_counts_as_broken() -> None:
    made = surface(bound(note=36, press="shift"))
    assert made.deadline() is None
    made.hear(PADS.identity, ON, 1.0)
    assert made.deadline() == 1.0 + LONGEST
    assert made.tick(1.0 + LONGEST - 0.01) == ()
    (up,) = made.tick(90.0)
    assert (short(up), isinstance(up, Released) and up.time) == ("-shift", 1.0 + LONGEST)
    assert made.deadline() is None
    assert LONGEST < STUCK


# The law: whatever bound instruments send, no button is down once they are silent, or gone.

BINDINGS = st.sampled_from(
    [
        bound(note=36, press="shift"),
        bound(note=36, press="tap", mode="trigger"),
        bound(note=37, press="drone", mode="latching"),
        bound(cc=64, press="rhythm"),
        bound(cc=64, press="keep", mode="latching"),
        bound(cc=65, turn="style", steps=1),
        bound(cc=66, action="tap"),
        bound(cc=7, turn="volume"),
        bound(cc=20, turn="style"),
        bound(program=1, press="surprise"),
    ]
)
MESSAGES = st.one_of(
    st.builds(lambda key, value: bytes([0x90, key, value]), st.sampled_from([36, 37]), st.sampled_from([0, 1, 100])),
    st.builds(lambda key: bytes([0x80, key, 64]), st.sampled_from([36, 37])),
    st.builds(lambda number, value: cc(value, number), st.sampled_from([7, 20, 64, 65, 66, 123]), st.integers(0, 127)),
    st.sampled_from([b"\xc0\x00", b"\xa0\x24\x40", b"\xd0\x40", b"\xe0\x00\x40", b"\xf0\xf7"]),
)
EVENTS = st.one_of(
    st.tuples(st.sampled_from([PEDAL, PADS]), MESSAGES),
    st.tuples(st.sampled_from([PEDAL, PADS]), st.sampled_from(["plug", "unplug"])),
    st.lists(BINDINGS, max_size=6),
)
GAPS = st.sampled_from([0, 1, 19, 20, 21, 200, 900, 16_000])


@pytest.mark.parametrize("end", ["silence", "unplug", "unbind"])
@given(st.lists(BINDINGS, max_size=8), st.lists(st.tuples(GAPS, EVENTS), max_size=60))
def test_nothing_stays_down(end: str, bindings: list[Binding], events: list[tuple[int, Any]]) -> None:
    made, gestures, time = surface(*bindings), Gestures(), 1.0

    def feed(asked: tuple[Asked, ...]) -> None:
        for each in asked:
            if isinstance(each, READINGS):
                gestures.feed(each)

    for gap, event in events:
        time += gap / 1000
        feed(made.tick(time))
        match event:
            case Port() as port, "plug":
                feed(made.plug(port, time))
            case Port() as port, "unplug":
                feed(made.unplug(port, time))
            case Port() as port, bytes() as message:
                assert messages.is_whole(message)
                feed(made.hear(port.identity, message, time))
            case list() as others:
                feed(made.bind(others, time))
    if end == "silence":
        feed(made.tick(time + LONGEST))
        gestures.tick(time + LONGEST + 1.0)
    elif end == "unplug":
        feed(made.unplug(PEDAL, time) + made.unplug(PADS, time))
        gestures.tick(time + 0.1)
    else:
        feed(made.bind([], time))
        gestures.tick(time + 0.1)
    assert gestures.held == NOTHING
    assert made.deadline() is None
