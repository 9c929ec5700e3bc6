import pytest
import rtmidi

from jambox.errors import DeviceError
from jambox.midi import messages
from jambox.midi.claims import Claims
from jambox.midi.own import OwnPorts
from jambox.midi.route import Port
from jambox.midi.router import Router
from tests.midi.test_ports import FakeInput, FakeOutput, Sequencer

ON = [0x90, 61, 100]


class OwnInput(FakeInput):
    def ignore_types(self, sysex: bool, timing: bool, active_sense: bool) -> None:
        assert (sysex, timing, active_sense) == (True, True, True)


class FakeListeners:
    """Listeners to the rhythm's port, by where that is."""

    def __init__(self, sequencer: Sequencer) -> None:
        self.sequencer = sequencer
        self.found: dict[tuple[int, int], set[tuple[int, int]]] = {}
        sequencer.told.append("asked")

    def of(self, port: tuple[int, int]) -> frozenset[tuple[int, int]]:
        return frozenset(self.found.get(port, set()))

    def close(self) -> None:
        self.sequencer.told.remove("asked")


def opened(sequencer: Sequencer, told: list[bytes], listeners: FakeListeners | None = None) -> tuple[Router, OwnPorts]:
    heads = {(0x90, 61): False}
    claims = Claims(
        lambda ports: {port.identity: heads for port in ports},
        lambda _source, message, _time, _before: told.append(message),
    )
    router = Router(claims=claims)
    asking = listeners or FakeListeners(sequencer)
    inputs, outputs = lambda: OwnInput(sequencer), lambda: FakeOutput(sequencer)
    return router, OwnPorts(router, inputs, outputs, lambda: asking, lambda: sequencer.now)


def test_three_ports_are_there_until_they_are_closed() -> None:
    sequencer, told = Sequencer(), list[bytes]()
    router, own = opened(sequencer, told)
    assert [client.opened for client in sequencer.clients] == ["jambox:rhythm", "jambox:drone", "jambox:control"]
    router.broadcast(messages.note_on(9, 36, 100))
    router.pluck(messages.note_on(15, 50, 100))
    assert [name for name, _ in sequencer.take()] == ["jambox:rhythm", "jambox:drone"]
    sequencer.play("jambox:control", ON)
    assert told == [bytes(ON)]
    own.close()
    assert (sequencer.clients, sequencer.told) == ([], [])
    router.broadcast(messages.note_on(9, 36, 100))
    assert sequencer.sent == []


@pytest.mark.parametrize("allowed", [0, 1, 2])
def test_a_sequencer_that_is_full_is_told_of_and_left_as_it_was(allowed: int) -> None:
    sequencer = Sequencer()

    def input_() -> FakeInput:
        if len(sequencer.clients) >= allowed:
            raise rtmidi.SystemError("no memory")
        return OwnInput(sequencer)

    def output() -> FakeOutput:
        if len(sequencer.clients) >= allowed:
            raise rtmidi.SystemError("no memory")
        return FakeOutput(sequencer)

    with pytest.raises(DeviceError, match="own ports did not open"):
        OwnPorts(Router(), input_, output, lambda: FakeListeners(sequencer))
    assert (sequencer.clients, sequencer.told) == ([], [])


def test_who_listens_to_the_rhythm_does_not_hear_it_twice() -> None:
    older, ours, synth = "jambox:rhythm 130:0", "jambox:rhythm 132:0", "Synth:Synth 128:0"
    sequencer = Sequencer(older, ours, synth, "jambox:drone 131:0")
    listeners = FakeListeners(sequencer)
    router, own = opened(sequencer, [], listeners)
    router.join([], {Port.parse(synth): lambda message: sequencer.sent.append((synth, message))})
    hit, off = messages.note_on(9, 36, 100), messages.note_off(9, 36)

    def heard(message: bytes) -> list[str]:
        own.poll()
        router.broadcast(message)
        return [name for name, _ in sequencer.take()]

    assert heard(hit) == [synth, "jambox:rhythm"]
    listeners.found = {(132, 0): {(128, 0)}, (130, 0): {(1, 1)}}
    assert heard(off) == [synth, "jambox:rhythm"]  # a note ends where it began
    assert heard(hit) == ["jambox:rhythm"]
    assert heard(messages.CLOCK) == [synth]
    listeners.found = {}
    heard(off)
    assert heard(hit) == [synth, "jambox:rhythm"]
    own.close()
