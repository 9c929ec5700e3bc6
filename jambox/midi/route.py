"""Who hears whom: ports as ALSA names them, and the table of routes."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

Table = dict[str, tuple[str, ...]]
"""The identity of a source -> the identities of the destinations that hear it."""

_PORT = re.compile(r"(?P<device>[^:]*):(?P<name>.*) (?P<client>\d+):\d+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Port:
    """One ALSA sequencer port, as source, as destination or as both.

    `identity` is unique while the port lives; its numbers may change when a device is plugged in again. `device` and
    `name` do not: "Keys", "Keys MIDI 1". `client` is ALSA's number for the device or program the port belongs to.
    """

    identity: str
    client: int
    device: str
    name: str

    @classmethod
    def parse(cls, identity: str) -> "Port":
        """The port that rtmidi lists as "device:name client:port". Raises ValueError for any other form."""
        match = _PORT.fullmatch(identity)
        if match is None:
            raise ValueError(f"{identity!r} is no ALSA port: expected the form 'Keys:Keys MIDI 1 24:0'")
        return cls(identity, int(match["client"]), match["device"], match["name"])


def everyone(sources: Iterable[Port], destinations: Collection[Port]) -> Table:
    """The route of a jam: each source is heard at every destination of another client, never at its own."""
    return {s.identity: tuple(d.identity for d in destinations if d.client != s.client) for s in sources}
