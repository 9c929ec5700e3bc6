"""A stand-in for ALSA's sequencer and for rtmidi's clients, by which ports come and go in no time."""

from collections.abc import Callable
from typing import Any

import rtmidi

from jambox.midi.inputs import Input
from jambox.midi.notation import parse_route
from jambox.midi.outlets import Outlets
from jambox.midi.pieces import Address
from jambox.midi.ports import MidiPorts, Output
from jambox.midi.router import Router

KEYS, PADS_1, PADS_2 = "Keys:Keys MIDI 1 24:0", "Pads:Pads MIDI 1 28:0", "Pads:Pads MIDI 2 28:1"
THROUGH, OWN = "Midi Through:Midi Through Port-0 14:0", "jambox:Keys MIDI 1 130:0"
ON, OFF = [0x90, 60, 100], [0x80, 60, 64]
OURS = 200
"""The box's inputs have higher numbers."""
LONG = [0xF0, *[1] * 298, 0xF7]


class Sequencer:
    """A stand-in for ALSA's sequencer and rtmidi's clients: ports come and go by name."""

    def __init__(self, *names: str) -> None:
        self.names = list(names)
        self.clients: list[FakeInput | FakeOutput] = []
        self.refused: set[str] = set()
        self.shifted = False
        self.sent: list[tuple[str, bytes]] = []
        self.now = 0.0
        self.gone: set[tuple[int, int]] = set()
        self.told: list[str] = []
        self.lost: dict[Address, int] = {}
        self.looks = 0
        self.paths: dict[int, str] = {}
        self.carriers = self.made = 0
        self.outlets: list[Outlets] = []
        self.collections: list[int] = []
        """How many clients there were whenever garbage was collected."""

    def collect(self) -> int:
        self.collections.append(len(self.clients))
        return 0

    def new_outlets(self, on_loss: Callable[[int], None]) -> Outlets:
        self.carriers += 1
        self.outlets.append(StillOutlets(on_loss, lambda: FakeCarrier(self), lambda: self.now))
        return self.outlets[-1]

    def look(self) -> dict[Address, int]:
        self.looks += 1
        return dict(self.lost)

    def play(self, name: str, message: list[int]) -> None:
        for client in self.clients:
            if isinstance(client, FakeInput) and client.opened == name and client.callback is not None:
                client.callback((message, 0.0), client.data)

    def take(self) -> list[tuple[str, bytes]]:
        sent, self.sent = self.sent, []
        return sent


class FakeClient:
    def __init__(self, sequencer: Sequencer) -> None:
        self.sequencer = sequencer
        self.opened = ""
        sequencer.clients.append(self)  # type: ignore[arg-type]

    def get_ports(self) -> list[str]:
        return list(self.sequencer.names)

    def get_port_name(self, port: int) -> str | None:
        if self.sequencer.shifted:
            return "Other:Other 99:0"
        return self.sequencer.names[port]

    def open_port(self, port: int, name: str) -> None:
        if self.sequencer.names[port] in self.sequencer.refused:
            raise rtmidi.SystemError("refused")
        assert name
        self.opened = self.sequencer.names[port]

    def open_virtual_port(self, name: str) -> None:
        self.opened = f"jambox:{name}"

    def delete(self) -> None:
        self.sequencer.clients.remove(self)  # type: ignore[arg-type]


class FakeInput(FakeClient):
    callback: Callable[[tuple[list[int], float], Any], None] | None = None
    data: Any = None

    def __init__(self, sequencer: Sequencer) -> None:
        super().__init__(sequencer)
        sequencer.made += 1
        self.number = OURS + sequencer.made

    def ignore_types(self, sysex: bool, timing: bool, active_sense: bool) -> None:
        assert not self.opened
        assert (sysex, timing, active_sense) == (False, False, False)

    def set_callback(self, func: Callable[[tuple[list[int], float], Any], None], data: Any) -> None:
        assert not self.opened
        self.callback, self.data = func, data

    @property
    def is_called(self) -> bool:
        """Whether it calls back what it hears."""
        return self.callback is not None

    def cancel_callback(self) -> None:
        self.callback = None

    def delete(self) -> None:
        assert self.callback is None
        super().delete()


class FakeOutput(FakeClient):
    def send_message(self, message: bytes) -> None:
        if self.opened in self.sequencer.refused:
            raise rtmidi.SystemError("gone")
        self.sequencer.sent.append((self.opened, message))


class FakeAnnouncements:
    def __init__(self, sequencer: Sequencer) -> None:
        self.sequencer = sequencer

    def take(self) -> set[tuple[int, int]] | None:
        gone, self.sequencer.gone = self.sequencer.gone, set()
        changed = bool(gone) or self.sequencer.told != self.sequencer.names
        self.sequencer.told = list(self.sequencer.names)
        return gone if changed else None

    def path(self, client: int) -> str:
        return self.sequencer.paths.get(client, "")

    def fileno(self) -> int:
        return 9

    def close(self) -> None:
        self.sequencer.told = ["closed"]


class FakeCarrier:
    """There is always room for 100 bytes; pieces go to the port, or the box's input, that has the address."""

    def __init__(self, sequencer: Sequencer) -> None:
        self.sequencer = sequencer

    def send(self, to: Address, piece: bytes) -> None:
        if to[0] > OURS:
            for client in self.sequencer.clients:
                if isinstance(client, FakeInput) and (client.number, 0) == to and client.callback is not None:
                    client.callback((list(piece), 0.0), client.data)
            return
        name = next(name for name in self.sequencer.names if name.endswith(f" {to[0]}:{to[1]}"))
        self.sequencer.sent.append((name, piece))

    def gauge(self, to: Address) -> Callable[[], int]:
        assert to
        return lambda: 100

    def close(self) -> None:
        self.sequencer.carriers -= 1


class StillOutlets(Outlets):
    """Outlets whose thread never starts: a test takes its steps."""

    def start(self) -> None:
        """Starts nothing."""


class Log:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def ports(
        self,
        sequencer: Sequencer,
        *routes: str,
        on_clock: Callable[[str, bytes, float], None] = lambda _source, _message, _time: None,
    ) -> MidiPorts:
        def new_input() -> Input:
            return FakeInput(sequencer)

        def new_output() -> Output:
            return FakeOutput(sequencer)

        return MidiPorts(
            Router([parse_route(route) for route in routes or ["From('*') >> To('*')"]], on_clock),
            lambda port: self.lines.append(f"+{port.name}"),
            lambda port: self.lines.append(f"-{port.name}"),
            lambda error: self.lines.append(f"!{error}"),
            new_input=new_input,
            new_output=new_output,
            new_announcements=lambda: FakeAnnouncements(sequencer),
            new_outlets=sequencer.new_outlets,
            refused=sequencer.look,
            clock=lambda: sequencer.now,
            collect=sequencer.collect,
        )

    def take(self) -> list[str]:
        lines, self.lines = self.lines, []
        return lines


def opened(log: Log, *names: str, routes: tuple[str, ...] = ()) -> tuple[Sequencer, MidiPorts]:
    sequencer = Sequencer(*names)
    ports = log.ports(sequencer, *routes)
    ports.poll()
    log.take()
    return sequencer, ports
