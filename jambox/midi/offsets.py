"""How much earlier or later than it is heard each instrument is sent the rhythm.

A drum machine sounds some milliseconds after its message: synthesis, its own output buffer, a slow cable. An earlier
clock makes up for that; a later one, for ears that hear the box through a longer way.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from jambox.midi.route import Port


@dataclass(frozen=True, slots=True)
class Offsets:
    """Patterns (see `Port.fits`) with the seconds by which their ports are sent the rhythm later; below 0, earlier.

    Of several patterns that fit the first counts; what fits none has 0.
    """

    patterns: tuple[tuple[str, float], ...] = ()

    @classmethod
    def of(cls, milliseconds: Mapping[str, float]) -> "Offsets":
        """The offsets that a table of patterns and milliseconds stands for."""
        return cls(tuple((pattern, offset / 1000.0) for pattern, offset in milliseconds.items()))

    @property
    def distinct(self) -> tuple[float, ...]:
        """All offsets that a port may have, the earliest first."""
        return tuple(sorted({0.0, *(offset for _, offset in self.patterns)}))

    def at(self, port: Port) -> float:
        """The offset of `port`."""
        return next((offset for pattern, offset in self.patterns if port.fits(pattern)), 0.0)


ON_TIME = Offsets()
"""All at the time at which it is heard."""
