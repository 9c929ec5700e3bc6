import pytest
import rtmidi

from jambox.errors import DeviceError
from jambox.midi import messages
from jambox.midi.claims import Claims
from jambox.midi.own import OwnPorts
from jambox.midi.route import Port
from jambox.midi.router import Router
from tests.midi.sequencer import FakeClient, FakeInput, FakeOutput, Sequencer

ON = [0x90, 61, 100]


class OwnClient(FakeClient):
    """A client whose virtual ports are listed, each under a number of its own."""

    def open_virtual_port(self, name: str) -> None:
        super().open_virtual_port(name)
        self.sequencer.names.append(f"{self.opened} {140 + len(self.sequencer.names)}:0")


class OwnInput(OwnClient, FakeInput):
    def ignore_types(self, sysex: bool, timing: bool, active_sense: bool) -> None:
        assert (sysex, timing, active_sense) == (True, True, True)


class OwnOutput(OwnClient, FakeOutput):
    pass


class FakeSubscribers:
    """Who is joined to which port."""

    def __init__(self, sequencer: Sequencer) -> None:
        self.sequencer = sequencer
        self.found: dict[tuple[int, int], set[tuple[int, int]]] = {}
        sequencer.told.append("asked")

    def readers(self, port: tuple[int, int]) -> frozenset[tuple[int, int]]:
        assert self.name(port) == "jambox:rhythm"
        return frozenset(self.found.get(port, set()))

    def writers(self, port: tuple[int, int]) -> frozenset[tuple[int, int]]:
        assert self.name(port) == "jambox:control"
        return frozenset(self.found.get(port, set()))

    def close(self) -> None:
        self.sequencer.told.remove("asked")

    def name(self, port: tuple[int, int]) -> str:
        return next(name for name in self.sequencer.names if name.endswith(f" {port[0]}:{port[1]}")).rpartition(" ")[0]


def opened(
    sequencer: Sequencer, told: list[bytes], subscribers: FakeSubscribers | None = None
) -> tuple[Router, OwnPorts]:
    heads = {(0x90, 61): False}
    claims = Claims(
        lambda ports: {port.identity: heads for port in ports},
        lambda _source, message, _time, _before: told.append(message),
    )
    router = Router(claims=claims)
    asking = subscribers or FakeSubscribers(sequencer)
    inputs, outputs = lambda: OwnInput(sequencer), lambda: OwnOutput(sequencer)
    return router, OwnPorts(router, inputs, outputs, lambda: asking, lambda: sequencer.now)


def test_three_ports_are_there_until_they_are_closed() -> None:
    sequencer, told = Sequencer(), list[bytes]()
    router, own = opened(sequencer, told)
    assert [client.opened for client in sequencer.clients] == ["jambox:rhythm", "jambox:drone", "jambox:control"]
    assert [name.rpartition(" ")[0] for name in sequencer.names] == [client.opened for client in sequencer.clients]
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

    def input_() -> OwnInput:
        if len(sequencer.clients) >= allowed:
            raise rtmidi.SystemError("no memory")
        return OwnInput(sequencer)

    def output() -> OwnOutput:
        if len(sequencer.clients) >= allowed:
            raise rtmidi.SystemError("no memory")
        return OwnOutput(sequencer)

    with pytest.raises(DeviceError, match="own ports did not open"):
        OwnPorts(Router(), input_, output, lambda: FakeSubscribers(sequencer))
    assert (sequencer.clients, sequencer.told) == ([], [])


def test_ports_that_go_while_they_are_listed_are_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sequencer, listed, looks = Sequencer("Passing:Passing 128:0"), FakeClient.get_ports, []

    def going(client: FakeClient) -> list[str]:
        looks.append(client)
        if len(looks) in (2, 3, 5):
            raise rtmidi.InvalidPortError("gone")
        return listed(client)

    with monkeypatch.context() as patch:
        patch.setattr(FakeClient, "get_ports", going)
        _, own = opened(sequencer, [])
    own.poll()
    own.close()

    def never(_client: FakeClient) -> list[str]:
        raise rtmidi.InvalidPortError("gone")

    monkeypatch.setattr(FakeClient, "get_ports", never)
    with pytest.raises(DeviceError, match="own ports did not open"):
        opened(sequencer, [])
    assert sequencer.clients == []


SYNTH, KEYS = Port.parse("Synth:Synth 128:0"), Port.parse("Keys:Keys 129:0")
HIT, HIT_OFF = messages.note_on(9, 36, 100), messages.note_off(9, 36)


def joined() -> tuple[Sequencer, FakeSubscribers, Router, OwnPorts, list[bytes]]:
    """The box's own ports beside another box's, a synth, and keys that it hears."""
    sequencer, told = Sequencer("jambox:rhythm 199:0", "jambox:control 200:0"), list[bytes]()
    subscribers = FakeSubscribers(sequencer)
    router, own = opened(sequencer, told, subscribers)
    router.join([KEYS], {SYNTH: lambda message: sequencer.sent.append((str(SYNTH), message))})
    return sequencer, subscribers, router, own, told


def test_who_listens_to_the_rhythm_does_not_hear_it_twice() -> None:
    sequencer, subscribers, router, own, _ = joined()

    def heard(message: bytes) -> list[str]:
        own.poll()
        router.broadcast(message)
        return [name for name, _ in sequencer.take()]

    assert heard(HIT) == ["Synth", "jambox:rhythm"]
    subscribers.found = {(142, 0): {(128, 0)}}
    assert heard(HIT_OFF) == ["Synth", "jambox:rhythm"]  # a note ends where it began
    assert heard(HIT) == ["jambox:rhythm"]
    assert heard(messages.CLOCK) == ["Synth"]
    subscribers.found = {}
    heard(HIT_OFF)
    assert heard(HIT) == ["Synth", "jambox:rhythm"]
    own.close()


def test_who_commands_the_box_is_no_player() -> None:
    sequencer, subscribers, router, own, told = joined()
    other, other_off = messages.note_on(0, 60, 90), messages.note_off(0, 60)

    def played(*sent: bytes) -> list[bytes]:
        for message in sent:
            router.receive(KEYS.identity, message, 1.0)
        return [message for _, message in sequencer.take()]

    assert played(other) == [other]
    subscribers.found = {(144, 0): {(129, 0)}}
    own.poll()
    assert sequencer.take() == [("Synth", other_off)]
    assert played(other_off, other, other_off, bytes(ON)) == []
    assert told == []  # it is heard where it commands
    subscribers.found = {}
    own.poll()
    assert played(other, bytes(ON)) == [other]
    assert told == [bytes(ON)]
    own.close()
