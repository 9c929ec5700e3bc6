"""Ports, and the algebra of routes: its laws, and its text."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jambox.midi.notation import WORDS, parse_route
from jambox.midi.route import EVERYTHING, From, Parallel, Port, Series, To, Unit
from jambox.midi.stages import Delay, Latch
from jambox.midi.steps import (
    CC,
    SCALES,
    CCMap,
    CCScale,
    Channel,
    ChannelMap,
    FixedVelocity,
    Keys,
    Kind,
    NoteToCC,
    Program,
    Snap,
    ToChannel,
    Transpose,
    Velocity,
    VelocityCurve,
)


@pytest.mark.parametrize(
    ("identity", "client", "number", "device", "name"),
    [
        ("Keys:Keys MIDI 1 24:0", 24, 0, "Keys", "Keys MIDI 1"),
        ("Virtual Raw MIDI 2-0:VirMIDI 2-0 24:0", 24, 0, "Virtual Raw MIDI 2-0", "VirMIDI 2-0"),
        ("FLUID Synth (812):Synth input port (812:0) 129:0", 129, 0, "FLUID Synth", "Synth input port"),
        ("Piano (2):Piano (2) MIDI 1 24:0", 24, 0, "Piano (2)", "Piano (2) MIDI 1"),
        ("Bare: 130:2", 130, 2, "Bare", ""),
        ("साज़:بندر 131:0", 131, 0, "साज़", "بندر"),
    ],
)
def test_a_port_has_a_device_and_a_name_without_numbers(
    identity: str, client: int, number: int, device: str, name: str
) -> None:
    assert Port.parse(identity) == Port(identity, client, number, device, name)


@pytest.mark.parametrize("identity", ["", "Keys", "Keys MIDI 1 24:0", "Keys:Keys MIDI 1", "Keys:x 24:"])
def test_another_form_is_refused(identity: str) -> None:
    with pytest.raises(ValueError, match="is no ALSA port"):
        Port.parse(identity)


@pytest.mark.parametrize(("identity", "text"), [("Keys:Keys MIDI 1 24:0", "Keys MIDI 1"), ("Bare: 130:2", "Bare")])
def test_a_port_is_shown_by_its_name(identity: str, text: str) -> None:
    assert str(Port.parse(identity)) == text


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        *((pattern, True) for pattern in ("Keys", "KEYS", "keys midi 1", "*", "k*", "*midi ?", "Keys MIDI [12]")),
        *((pattern, False) for pattern in ("Key", "Keys MIDI 2", "Keys 24:0", "24", "[!k]*", "Synth")),
    ],
)
def test_a_port_fits_patterns_of_its_device_or_name(pattern: str, fits: bool) -> None:
    assert Port.parse("Keys:Keys MIDI 1 24:0").fits(pattern) == fits


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        *(
            (pattern, True)
            for pattern in ("keys@usb-0000:01:00.0-1.2", "Keys MIDI 2@usb-*", "*@*-1.2", "Keys", "Keys#1")
        ),
        *((pattern, True) for pattern in ("Keys@usb-0000:01:00.0-1.2#1", "KEYS@USB-0000:01:00.?-1.2")),
        *((pattern, False) for pattern in ("Keys@usb-0000:01:00.0-1", "Keys@*.1", "Pads@usb-*", "Keys#0", "Keys@*#0")),
        *((pattern, False) for pattern in ("@usb-0000:01:00.0-1.2", "Keys@", "Keys@#1", "*.2", "usb-*", "#1")),
    ],
)
def test_a_pattern_may_tell_the_socket_and_the_ports_number(pattern: str, fits: bool) -> None:
    assert Port.parse("Keys:Keys MIDI 2 24:1", "usb-0000:01:00.0-1.2").fits(pattern) == fits


@pytest.mark.parametrize("pattern", ["Keys@*", "Keys@", "Keys@#0", "Keys#1"])
def test_a_program_is_in_no_socket(pattern: str) -> None:
    assert not Port.parse("Keys:Keys 129:0").fits(pattern)


@pytest.mark.parametrize("identity", ["a@b:c#1 24:0", "Foo #1:Foo [A] 24:3", "Keys:Keys@usb-x 129:0", "Bare: 130:2"])
@pytest.mark.parametrize("path", ["", "usb-0000:01:00.0-1.2"])
def test_signs_of_patterns_may_be_part_of_a_name(identity: str, path: str) -> None:
    port = Port.parse(identity, path)
    assert all(port.fits(pattern) for pattern in (port.device, port.name or "*", port.stable))


@given(st.text(min_size=1), st.sampled_from(["", "usb-0000:01:00.0-1.2"]), st.integers(0, 63))
def test_every_port_fits_its_stable_name(device: str, path: str, number: int) -> None:
    assume(":" not in device)
    assert Port.parse(f"{device}:{device} MIDI 1 24:{number}", path).fits(
        Port.parse(f"{device}:{device} MIDI 1 32:{number}", path).stable
    )


# the algebra

channels = st.integers(1, 16)
keys = st.integers(0, 127)
velocities = st.integers(1, 127)
controllers = st.integers(0, 119)
ordered_keys = st.tuples(keys, keys).map(sorted)
ordered_velocities = st.tuples(velocities, velocities).map(sorted)
patterns = st.text(min_size=1, max_size=5)
words: st.SearchStrategy[Unit] = st.one_of(
    st.builds(From, patterns),
    st.builds(To, patterns),
    st.lists(channels, min_size=1, max_size=3).map(lambda numbers: Channel(*numbers)),
    st.lists(st.sampled_from(["note", "cc", "bend", "sysex", "program", "pressure"]), min_size=1, max_size=3).map(
        lambda names: Kind(*names)
    ),
    ordered_keys.map(lambda pair: Keys(*pair)),
    st.just(Keys("C2", "B♭3")),
    ordered_velocities.map(lambda pair: Velocity(*pair)),
    st.builds(VelocityCurve, st.floats(0.1, 10)),
    st.builds(FixedVelocity, velocities),
    st.builds(Transpose, st.integers(-127, 127), st.booleans()),
    st.sampled_from([*SCALES]).map(Snap),
    st.sets(st.integers(0, 11), min_size=1, max_size=3).map(lambda steps: Snap(*steps)),
    st.builds(ToChannel, channels),
    st.dictionaries(channels, channels, min_size=1, max_size=3).map(ChannelMap),
    st.lists(st.integers(0, 127), min_size=1, max_size=3).map(lambda numbers: CC(*numbers)),
    st.dictionaries(controllers, controllers, min_size=1, max_size=3).map(CCMap),
    st.builds(CCScale, controllers, st.integers(0, 127), st.integers(0, 127)),
    st.builds(NoteToCC, controllers),
    st.builds(Program, st.integers(1, 128), st.none() | st.integers(0, 16_383), channels),
    st.just(Latch()),
    st.builds(Delay, st.integers(1, 64) | st.floats(0.0, 64, exclude_min=True)),
)
units = st.recursive(
    words,
    lambda inner: st.tuples(inner, inner, st.booleans()).map(
        lambda drawn: drawn[0] >> drawn[1] if drawn[2] else drawn[0] | drawn[1]
    ),
    max_leaves=8,
)


@given(units)
def test_what_is_shown_makes_the_same_unit_again(unit: Unit) -> None:
    assert eval(repr(unit), dict(WORDS)) == unit
    assert parse_route(repr(unit)) == unit
    assert hash(parse_route(repr(unit))) == hash(unit)


@given(units, units, units)
def test_series_and_parallel_are_associative(one: Unit, two: Unit, three: Unit) -> None:
    assert (one >> two) >> three == one >> (two >> three)
    assert (one | two) | three == one | (two | three)


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        (EVERYTHING, "From('*') >> To('*')"),
        (Channel(1, 10), "Channel(1, 10)"),
        (Keys("C2", 59), "Keys('C2', 59)"),
        (Transpose(-12), "Transpose(-12)"),
        (Transpose(5, fold=True), "Transpose(5, fold=True)"),
        (ChannelMap({1: 2, 3: 4}), "ChannelMap({1: 2, 3: 4})"),
        (Program(5), "Program(5)"),
        (Latch() >> Delay(0.75), "Latch() >> Delay(0.75)"),
        (Program(5, channel=2, bank=300), "Program(5, bank=300, channel=2)"),
        (From("a") | To("b") >> CC(1), "From('a') | To('b') >> CC(1)"),
        ((From("a") | To("b")) >> CC(1), "(From('a') | To('b')) >> CC(1)"),
    ],
)
def test_units_are_shown_as_they_are_written(unit: Unit, text: str) -> None:
    assert repr(unit) == text


def test_units_are_values() -> None:
    assert {Keys("C2", "B3"), Keys("C2", "B3")} == {Keys("C2", "B3")}
    both: list[Unit] = [Series((CC(1), CC(2))), Parallel((CC(1), CC(2)))]
    assert both[0] != both[1]
    with pytest.raises(AttributeError):
        FixedVelocity(1).velocity = 2  # type: ignore[misc]
