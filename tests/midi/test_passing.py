"""What passes between ports, and what does not: routes, clocks, echoes, long messages."""

from jambox.midi import messages
from jambox.midi.announce import WHOLE_CLIENT
from jambox.midi.ground import Ground
from jambox.midi.loops import ECHOES
from tests.midi.sequencer import KEYS, LONG, OFF, ON, PADS_1, PADS_2, Log, Sequencer, opened


def test_each_is_heard_by_every_other_and_not_by_itself(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1, PADS_2)
    sequencer.play(KEYS, ON)
    assert sequencer.take() == [(PADS_1, bytes(ON)), (PADS_2, bytes(ON))]
    sequencer.play(PADS_2, [0xF0, 0x7E, 0xF7])
    assert sequencer.take() == [(KEYS, bytes.fromhex("F07EF7"))]
    assert (ports.router.counters.received, ports.router.counters.sent) == (2, 3)


def test_garbage_is_dropped(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1)
    for garbage in ([], [60], [0x90, 60], [0x90, 60, 200], [0xF4], [0xF0, 1]):
        sequencer.play(KEYS, garbage)
        sequencer.play(KEYS, ON)
        assert sequencer.take() == [(PADS_1, bytes(ON))], garbage
    assert ports.router.counters.dropped == 0 + 1 + 1 + 2 + 1 + 1
    assert [(str(port), count) for port, count in ports.router.malformed()] == [("Keys MIDI 1", 6)]


def test_foreign_transport_is_not_passed_on(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1)
    for status in (0xFA, 0xFB, 0xFC, 0xFE, 0xFF):
        sequencer.play(KEYS, [status])
    assert sequencer.take() == []
    assert ports.router.counters.dropped == 0


def test_clocks_are_told_with_their_times(log: Log) -> None:
    sequencer, told = Sequencer(KEYS, PADS_1), []
    ports = log.ports(sequencer, on_clock=lambda source, message, time: told.append((source, message.hex(), time)))
    ports.poll()
    for message in ([0xF8], [0xFA], ON, [0xF2, 1, 2], [0xF2, 1], [0xFE], [0xF1, 3], [0xFC]):
        sequencer.now += 1.0
        sequencer.play(KEYS, message)
    assert told == [(KEYS, "f8", 1.0), (KEYS, "fa", 2.0), (KEYS, "f20102", 4.0), (KEYS, "fc", 8.0)]


def test_who_leads_does_not_get_our_clock(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1, PADS_2)

    def clocked() -> list[str]:
        ports.router.broadcast(messages.CLOCK)
        return [name for name, _ in sequencer.take()]

    assert clocked() == [KEYS, PADS_1, PADS_2]
    ports.router.be_led(PADS_2)
    assert clocked() == [KEYS]  # neither port of the instrument
    ports.router.broadcast(bytes([0x99, 36, 100]))
    assert len(sequencer.take()) == 3
    sequencer.names.remove(KEYS)
    ports.poll()
    assert clocked() == []
    ports.router.be_led("")
    assert clocked() == [PADS_1, PADS_2]


def test_what_a_source_holds_is_let_go_when_the_kernel_threw_some_of_it_away(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1, PADS_2)
    high, high_off = [0x90, 72, 100], [0x80, 72, 64]
    sequencer.play(KEYS, ON)
    sequencer.play(PADS_2, ON)
    ports.poll()
    sequencer.take()
    sequencer.lost = {(24, 0): 3, (28, 0): 0, (99, 9): 7}
    ports.poll()
    assert sequencer.take() == []  # nobody played
    sequencer.play(KEYS, high)
    ports.poll()
    # What PADS_2 holds at KEYS plays on.
    assert sequencer.take()[2:] == [(name, bytes(off)) for off in (OFF, high_off) for name in (PADS_1, PADS_2)]
    sequencer.play(KEYS, high)
    ports.poll()
    assert sequencer.take()[2:] == [(PADS_1, bytes(high_off)), (PADS_2, bytes(high_off))]
    sequencer.play(KEYS, high)
    ports.poll()
    assert len(sequencer.take()) == 2
    assert ports.router.counters.overruns == 1
    assert [str(port) for port in ports.router.flooding()] == ["Keys MIDI 1"]


def test_nothing_is_asked_of_the_kernel_while_nobody_plays(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1)
    for _ in range(3):
        sequencer.play(KEYS, ON)
        for _ in range(3):
            ports.poll()
    assert sequencer.looks == 3


def test_the_rhythm_goes_everywhere_and_is_let_go(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1)
    hit = messages.note_on(9, 36, 100)
    ports.router.broadcast(messages.CLOCK)
    ports.router.broadcast(hit)
    assert sequencer.take() == [(KEYS, b"\xf8"), (PADS_1, b"\xf8"), (KEYS, hit), (PADS_1, hit)]
    ports.router.release_all()
    sent = sequencer.take()
    assert sent[:2] == [(KEYS, messages.note_off(9, 36)), (PADS_1, messages.note_off(9, 36))]
    assert sent[2:] == [(name, message) for name in (KEYS, PADS_1) for message in messages.silence()]


def test_a_route_changes_what_passes_and_a_note_ends_as_it_went(log: Log) -> None:
    route = "From('keys') >> Keys(60, 60) >> Transpose(12) >> ToChannel(3) >> To('* MIDI 2')"
    sequencer, _ = opened(log, KEYS, PADS_1, PADS_2, routes=(route,))
    for message in (ON, [0x90, 61, 100], [0x80, 61, 64]):
        sequencer.play(KEYS, message)
    sequencer.play(PADS_1, ON)
    assert sequencer.take() == [(PADS_2, bytes([0x92, 72, 100]))]
    sequencer.play(KEYS, OFF)
    assert sequencer.take() == [(PADS_2, bytes([0x82, 72, 64]))]
    sequencer.play(KEYS, ON)
    sequencer.take()
    sequencer.names.remove(KEYS)
    _.poll()
    assert sequencer.take() == [(PADS_2, bytes([0x82, 72, 64]))]


def test_keys_follow_the_tonic_and_end_as_they_began(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1, routes=("Snap('major')",))
    sequencer.play(KEYS, [0x90, 61, 100])
    ports.router.tune(Ground(61 + 12))
    ports.router.tune(Ground(61))
    sequencer.play(KEYS, [0x80, 61, 64])
    sequencer.play(KEYS, [0x90, 61, 100])
    assert sequencer.take() == [(PADS_1, bytes(ON)), (PADS_1, bytes(OFF)), (PADS_1, bytes([0x90, 61, 100]))]


def test_a_sound_is_chosen_when_source_and_destination_are_both_there(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, routes=("From('Keys') >> Program(5) >> To('Pads')",))
    assert sequencer.take() == []
    sequencer.names.append(PADS_1)
    ports.poll()
    assert sequencer.take() == [(PADS_1, b"\xc0\x04")]
    sequencer.names.append(PADS_2)
    ports.poll()
    assert sequencer.take() == [(PADS_2, b"\xc0\x04")]
    sequencer.gone.add((24, WHOLE_CLIENT))
    ports.poll()
    assert sequencer.take() == [(PADS_1, b"\xc0\x04"), (PADS_2, b"\xc0\x04")]


def echo(sequencer: Sequencer, source: str, echoing: str, times: int) -> list[bytes]:
    """`source` plays, and what `echoing` is sent comes back from it; gives that."""
    heard = []
    for key in range(times):
        sequencer.play(source, [0x90, key, 100])
        while sent := [message for destination, message in sequencer.take() if destination == echoing]:
            heard += sent
            for message in sent:
                sequencer.play(echoing, list(message))
        sequencer.now += 0.02
    return heard


def test_an_edge_over_which_messages_come_back_is_cut_until_replugged(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1, PADS_2)
    drum = "Drum:Drum MIDI 1 32:0"
    sequencer.names.append(drum)
    ports.poll()
    log.take()
    heard = echo(sequencer, KEYS, drum, ECHOES)
    assert heard[-ECHOES:] == [messages.note_off(0, key) for key in range(ECHOES)]
    cut = [("Keys MIDI 1", "Drum MIDI 1")]
    assert [(str(source), str(destination)) for source, destination in ports.router.cut] == cut
    assert [(str(source), str(destination)) for source, destination in ports.router.news()] == cut
    assert ports.router.news() == ()
    sequencer.play(KEYS, ON)
    assert sequencer.take() == [(PADS_1, bytes(ON)), (PADS_2, bytes(ON))]
    sequencer.play(PADS_1, ON)
    assert sequencer.take() == [(KEYS, bytes(ON)), (drum, bytes(ON))]
    sequencer.gone.add((32, 0))
    ports.poll()
    assert ports.router.cut == ()
    assert log.take() == ["-Drum MIDI 1", "+Drum MIDI 1"]
    sequencer.take()
    sequencer.play(KEYS, ON)
    assert (drum, bytes(ON)) in sequencer.take()


def test_a_new_port_does_not_mend_what_was_cut(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1)
    echo(sequencer, KEYS, PADS_1, ECHOES)
    sequencer.names.append("Drum:Drum MIDI 1 32:0")
    ports.poll()
    assert len(ports.router.cut) == 1
    sequencer.take()
    sequencer.play(KEYS, ON)
    assert [destination for destination, _ in sequencer.take()] == ["Drum:Drum MIDI 1 32:0"]


def test_long_system_exclusive_goes_out_in_pieces_to_each(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1, PADS_2)
    sequencer.play(KEYS, LONG)
    sequencer.play(KEYS, ON)
    ports.router.broadcast(messages.CLOCK)
    assert sequencer.take() == [(name, messages.CLOCK) for name in (KEYS, PADS_1, PADS_2)]
    while sequencer.outlets[0].step():
        pass
    sent = sequencer.take()
    for pads in (PADS_1, PADS_2):
        pieces = [message for name, message in sent if name == pads]
        assert pieces == [bytes(LONG[:100]), bytes(LONG[100:200]), bytes(LONG[200:]), bytes(ON)]


def test_panic_breaks_off_what_is_long(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1)
    sequencer.play(KEYS, ON)
    sequencer.play(KEYS, LONG)
    sequencer.outlets[0].step()
    sequencer.take()
    ports.release_all()
    while sequencer.outlets[0].step():
        pass
    assert [message for name, message in sequencer.take() if name == PADS_1] == [
        b"\xf7",
        bytes(OFF),
        *messages.silence(),
    ]
    assert ports.router.counters.errors == 1


def test_what_comes_back_and_goes_nowhere_is_no_loop(log: Log) -> None:
    sequencer, ports = opened(log, KEYS, PADS_1, routes=("From('Keys') >> To('Pads')",))
    echo(sequencer, KEYS, PADS_1, 3 * ECHOES)
    assert ports.router.cut == ()
