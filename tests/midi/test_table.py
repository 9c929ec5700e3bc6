"""The flat table: who hears whom, and that it says what the route says."""

from hypothesis import given, settings
from hypothesis import strategies as st

from jambox.midi import messages
from jambox.midi.lanes import STATUSES, Lane
from jambox.midi.notation import parse_route
from jambox.midi.route import EVERYTHING, From, Parallel, Port, Series, To, Unit
from jambox.midi.steps import Step
from jambox.midi.table import Edge, Table, ways

KEYS = Port.parse("Keys:Keys MIDI 1 24:0")
PADS_1 = Port.parse("Pads:Pads MIDI 1 28:0")
PADS_2 = Port.parse("Pads:Pads MIDI 2 28:1")
SYNTH = Port.parse("FLUID Synth (812):Synth input port (812:0) 129:0")
ON = bytes([0x90, 60, 100])


def table(*routes: str, sources: list[Port], destinations: list[Port]) -> Table:
    return Table(ways(map(parse_route, routes)), sources, destinations)


def everyone(sources: list[Port], destinations: list[Port]) -> set[Edge]:
    return set(Table(ways([EVERYTHING]), sources, destinations).edges)


def test_each_is_heard_by_all_others_and_never_by_its_own_device() -> None:
    assert everyone([KEYS, PADS_1], [KEYS, PADS_1, PADS_2, SYNTH]) == {
        *((KEYS.identity, other.identity) for other in (PADS_1, PADS_2, SYNTH)),
        *((PADS_1.identity, other.identity) for other in (KEYS, SYNTH)),
    }


def test_two_devices_of_the_same_make_hear_each_other() -> None:
    one, other = Port.parse("Keys:Keys MIDI 1 24:0"), Port.parse("Keys:Keys MIDI 1 28:0")
    both = {(one.identity, other.identity), (other.identity, one.identity)}
    assert everyone([one, other], [one, other]) == both


def test_a_program_that_plays_and_hears_as_two_clients_does_not_hear_itself() -> None:
    out, into = Port.parse("Sequencer:out 129:0"), Port.parse("Sequencer:in 130:0")
    assert everyone([out], [into, KEYS]) == {(out.identity, KEYS.identity)}


@given(st.lists(st.tuples(st.integers(14, 20), st.integers(0, 2)), unique=True, max_size=8))
def test_every_instrument_hears_every_other(numbers: list[tuple[int, int]]) -> None:
    ports = [Port.parse(f"I:P {client}:{port}") for client, port in numbers]
    assert everyone(ports, ports) == {(s.identity, d.identity) for s in ports for d in ports if s.client != d.client}


def test_what_passes_unchanged_is_the_message_itself() -> None:
    made = table("From('*') >> Channel(1)", sources=[KEYS], destinations=[SYNTH])
    ((_, out),) = made.deliveries(KEYS.identity, ON)
    assert out is ON
    sysex = bytes([0xF0, *range(100), 0xF7])
    assert made.deliveries(KEYS.identity, sysex)[0][1] is sysex


def test_routes_lie_side_by_side_and_say_the_same_once() -> None:
    routes = "From('Keys') >> To('Pads*')", "Kind('note')", "From('Keys') >> Transpose(12) >> To('*1')"
    made = table(*routes, sources=[KEYS], destinations=[PADS_1, PADS_2, SYNTH])
    high = bytes([0x90, 72, 100])
    assert sorted(made.deliveries(KEYS.identity, ON)) == sorted(
        [*((port.identity, ON) for port in (PADS_1, PADS_2, SYNTH)), (PADS_1.identity, high)]
    )


def test_unknown_sources_are_heard_nowhere() -> None:
    made = table("From('*')", sources=[KEYS], destinations=[SYNTH])
    assert made.deliveries("nobody", ON) == []
    assert made.deliveries(KEYS.identity, messages.CLOCK) == []


def test_a_cut_edge_is_out_and_stays_out() -> None:
    made = table("From('*')", sources=[KEYS], destinations=[PADS_1, SYNTH])
    assert len(made.deliveries(KEYS.identity, ON)) == 2
    edge = KEYS.identity, SYNTH.identity
    made.cut(edge)
    assert made.deliveries(KEYS.identity, ON) == [(PADS_1.identity, ON)]
    assert edge not in made.edges
    again = Table(ways([EVERYTHING]), [KEYS], [PADS_1, SYNTH], {edge})
    assert again.deliveries(KEYS.identity, ON) == [(PADS_1.identity, ON)]


def test_a_stage_is_a_destination_and_a_source() -> None:
    route = (
        "From('Keys') >> Keys(0, 60) >> Latch() >> Transpose(1) >> Delay(2) >> (To('Synth*') | Channel(1) >> To('*1'))"
    )
    made = table(route, sources=[KEYS, SYNTH], destinations=[KEYS, PADS_1, SYNTH])
    assert [(repr(stage), source) for stage, source, _ in made.stages.values()] == 2 * [
        ("Latch()", KEYS.identity),
        ("Delay(2)", KEYS.identity),
    ]
    latches, delays = list(made.stages)[::2], list(made.stages)[1::2]
    assert made.deliveries(KEYS.identity, ON) == [(latch, ON) for latch in latches]
    assert made.deliveries(KEYS.identity, bytes([0x90, 61, 100])) == []
    high = bytes([0x90, 61, 100])
    assert [made.deliveries(latch, ON) for latch in latches] == [[(delay, high)] for delay in delays]
    assert [made.deliveries(delay, ON) for delay in delays] == [[(SYNTH.identity, ON)], [(PADS_1.identity, ON)]]
    other = bytes([0x91, 60, 100])
    assert [made.deliveries(delay, other) for delay in delays] == [[(SYNTH.identity, other)], []]


def test_a_stage_is_the_same_in_every_table_with_its_way() -> None:
    one = table("From('Keys') >> Latch()", sources=[KEYS], destinations=[PADS_1])
    other = table(
        "To('Pads')", "From('*') >> Latch()", "From('Keys') >> Latch()", sources=[KEYS], destinations=[PADS_2]
    )
    assert one.stages.keys() < other.stages.keys()
    assert len(other.stages) == 2
    assert table("From('K*') >> Latch()", sources=[KEYS], destinations=[PADS_1]).stages.keys().isdisjoint(one.stages)


def test_a_route_written_twice_has_one_stage() -> None:
    made = table("Transpose(1) >> Delay(1)", "Transpose(1) >> Delay(1)", sources=[KEYS], destinations=[PADS_1])
    (stage,) = made.stages
    assert len(made.deliveries(KEYS.identity, ON)) == 1
    assert made.deliveries(stage, ON) == [(PADS_1.identity, ON)]


def test_a_stage_goes_with_its_last_destination() -> None:
    made = table("Latch()", sources=[KEYS], destinations=[PADS_1, SYNTH])
    (stage,) = made.stages
    made.cut((KEYS.identity, PADS_1.identity))
    assert list(made.stages) == [stage]
    assert made.deliveries(stage, ON) == [(SYNTH.identity, ON)]
    made.cut((KEYS.identity, SYNTH.identity))
    assert made.stages == {}
    assert made.deliveries(KEYS.identity, ON) == []


def test_a_sound_is_chosen_through_a_stage() -> None:
    made = table("Program(5) >> Latch() >> ToChannel(2)", sources=[KEYS], destinations=[SYNTH])
    assert made.greeting((KEYS.identity, SYNTH.identity)) == [(SYNTH.identity, bytes([0xC1, 4]))]
    assert made.greeting((SYNTH.identity, KEYS.identity)) == []


# the table says what the route says

WORDS = [
    *("From('Keys')", "From('*')", "To('Pads')", "To('* 2')", "To('Synth*')"),
    *("Channel(1, 2)", "Kind('note')", "Kind('cc', 'bend')", "Keys(40, 80)", "Velocity(30, 90)", "VelocityCurve(0.5)"),
    *(
        "FixedVelocity(9)",
        "Transpose(7)",
        "Transpose(-50, fold=True)",
        "Snap(0, 7)",
        "ToChannel(3)",
        "ChannelMap({1: 2, 2: 1})",
    ),
    *("CC(7, 40, 64)", "CCMap({7: 40, 40: 7})", "CCScale(7, 100, 3)", "CCScale(40, 5, 5)", "NoteToCC(40)"),
]
units = st.recursive(
    st.sampled_from(WORDS).map(parse_route),
    lambda inner: st.tuples(inner, inner, st.booleans()).map(
        lambda drawn: drawn[0] >> drawn[1] if drawn[2] else drawn[0] | drawn[1]
    ),
    max_leaves=7,
)
bytes_of_data = st.sampled_from([0, 7, 40, 60, 64, 100, 127])
short = st.tuples(st.integers(0x80, 0xEF), bytes_of_data, bytes_of_data).map(
    lambda drawn: bytes(drawn[: 2 if drawn[0] & 0xE0 == 0xC0 else 3])
)
any_message = st.one_of(short, st.just(b"\xf0\x01\xf7"))


def meaning(unit: Unit, source: Port, destination: Port, message: bytes) -> list[bytes]:
    """What a route means, read unit by unit and message by message."""
    match unit:
        case Series(units):
            out = [message]
            for each in units:
                out = [after for one in out for after in meaning(each, source, destination, one)]
        case Parallel(units):
            out = [after for each in units for after in meaning(each, source, destination, message)]
        case From(pattern):
            out = [message] * source.fits(pattern)
        case To(pattern):
            out = [message] * destination.fits(pattern)
        case Step():
            lane = unit.through(Lane(message[0]))
            sent = None if lane is None else lane.send(message)
            out = [] if sent is None else [sent]
    return list(dict.fromkeys(out))


def heard(unit: Unit, source: Port, message: bytes) -> set[tuple[str, bytes]]:
    out = Table(ways([unit]), [KEYS, SYNTH], [PADS_1, PADS_2, SYNTH]).deliveries(source.identity, message)
    assert len(out) == len(set(out))
    return set(out)


@settings(deadline=None, max_examples=30)
@given(units, st.sampled_from([KEYS, SYNTH]), st.lists(any_message, min_size=1, max_size=10))
def test_the_table_says_what_the_route_means(unit: Unit, source: Port, played: list[bytes]) -> None:
    others = [port for port in (PADS_1, PADS_2, SYNTH) if port.instrument != source.instrument]
    for message in played:
        said = heard(unit, source, message)
        assert said == {(to.identity, out) for to in others for out in meaning(unit, source, to, message)}
        assert all(messages.is_whole(out) for _, out in said)


@settings(deadline=None, max_examples=20)
@given(units, units, any_message)
def test_parallel_is_union(one: Unit, other: Unit, message: bytes) -> None:
    assert heard(one | other, KEYS, message) == heard(one, KEYS, message) | heard(other, KEYS, message)


@settings(deadline=None, max_examples=20)
@given(units, units, units, any_message)
def test_series_spreads_over_parallel(one: Unit, two: Unit, three: Unit, message: bytes) -> None:
    assert heard(one >> (two | three), KEYS, message) == heard(one >> two | one >> three, KEYS, message)


def test_every_status_has_its_row() -> None:
    (way,) = ways([EVERYTHING])
    (leg,) = way.legs
    assert leg.lanes == dict.fromkeys(STATUSES)
