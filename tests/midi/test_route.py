import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.midi.route import Port, everyone

KEYS = Port.parse("Keys:Keys MIDI 1 24:0")
PADS_1 = Port.parse("Pads:Pads MIDI 1 28:0")
PADS_2 = Port.parse("Pads:Pads MIDI 2 28:1")
SYNTH = Port.parse("FLUID Synth (812):Synth input port (812:0) 129:0")


@pytest.mark.parametrize(
    ("identity", "client", "number", "device", "name"),
    [
        ("Keys:Keys MIDI 1 24:0", 24, 0, "Keys", "Keys MIDI 1"),
        ("Virtual Raw MIDI 2-0:VirMIDI 2-0 24:0", 24, 0, "Virtual Raw MIDI 2-0", "VirMIDI 2-0"),
        ("FLUID Synth (812):Synth input port (812:0) 129:0", 129, 0, "FLUID Synth (812)", "Synth input port (812:0)"),
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


def test_each_is_heard_by_all_others_and_never_by_its_own_device() -> None:
    assert everyone([KEYS, PADS_1], [KEYS, PADS_1, PADS_2, SYNTH]) == {
        KEYS.identity: (PADS_1.identity, PADS_2.identity, SYNTH.identity),
        PADS_1.identity: (KEYS.identity, SYNTH.identity),
    }


def test_two_devices_of_the_same_make_hear_each_other() -> None:
    one, other = Port.parse("Keys:Keys MIDI 1 24:0"), Port.parse("Keys:Keys MIDI 1 28:0")
    assert everyone([one, other], [one, other]) == {one.identity: (other.identity,), other.identity: (one.identity,)}


def test_a_program_that_plays_and_hears_as_two_clients_does_not_hear_itself() -> None:
    out, into = Port.parse("Sequencer:out 129:0"), Port.parse("Sequencer:in 130:0")
    assert everyone([out], [into, KEYS]) == {out.identity: (KEYS.identity,)}


@given(st.lists(st.tuples(st.integers(14, 20), st.integers(0, 2)), unique=True, max_size=8))
def test_every_instrument_hears_every_other(numbers: list[tuple[int, int]]) -> None:
    ports = [Port.parse(f"I:P {client}:{port}") for client, port in numbers]
    table = everyone(ports, ports)
    for source in ports:
        for destination in ports:
            assert (destination.identity in table[source.identity]) == (source.client != destination.client)
