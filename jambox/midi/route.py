"""Who hears whom: ports as ALSA names them, and the table of routes."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

Table = dict[str, tuple[str, ...]]
"""The identity of a source -> the identities of the destinations that hear it."""
PROGRAMS = 128
"""ALSA numbers the clients of programs from here on, those of devices below (SNDRV_SEQ_DYNAMIC_CLIENTS_BEGIN)."""

_PORT = re.compile(r"(?P<device>[^:]*):(?P<name>.*) (?P<client>\d+):(?P<number>\d+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Port:
    """One ALSA sequencer port, as source, as destination or as both.

    `identity` is unique while the port lives; its numbers (`client`, for the device or program, and `number`, for the
    port there) may change when a device is plugged in again. `device` and `name` do not: "Keys", "Keys MIDI 1".
    """

    identity: str
    client: int
    number: int
    device: str
    name: str

    @classmethod
    def parse(cls, identity: str) -> "Port":
        """The port that rtmidi lists as "device:name client:number". Raises ValueError for any other form."""
        match = _PORT.fullmatch(identity)
        if match is None:
            raise ValueError(f"{identity!r} is no ALSA port: expected the form 'Keys:Keys MIDI 1 24:0'")
        return cls(identity, int(match["client"]), int(match["number"]), match["device"], match["name"])

    def __str__(self) -> str:
        return self.name or self.device

    @property
    def instrument(self) -> int | str:
        """What the port belongs to. Two devices of one make are two; a program may hear and play as two clients."""
        return self.client if self.client < PROGRAMS else self.device


def everyone(sources: Iterable[Port], destinations: Collection[Port]) -> Table:
    """The route of a jam: each source is heard at every destination of another instrument, never at its own."""
    return {s.identity: tuple(d.identity for d in destinations if d.instrument != s.instrument) for s in sources}
