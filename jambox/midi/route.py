"""Who hears whom, and what: routes as small units, joined by `>>` (one after the other) and `|` (side by side).

    From('Keys') >> (Keys('C-1', 'B3') >> To('Bass') | Keys('C4', 'G9') >> Transpose(-12) >> To('Piano'))

A route says which messages of a source arrive at a destination, and as what. Units are values: equal ones are equal,
and their `repr` is the text that makes them again. Each does one thing and lets pass what it does not speak of: a range
of keys says nothing about a pedal. The idea of such an algebra is mididings' (Dominic Sacré, 2008).
"""

import re
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from fnmatch import fnmatchcase
from typing import Any, ClassVar

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

    @property
    def stable(self) -> str:
        """What stays the same when the port comes back, and is no other port's of that device."""
        return f"{self.device}#{self.number}"

    def fits(self, pattern: str) -> bool:
        """Whether device or port is named so; `*`, `?` and `[...]` as in file names, upper and lower case alike."""
        return any(fnmatchcase(name.casefold(), pattern.casefold()) for name in (self.device, self.name))


class Unit:
    """A part of a route, or a whole one."""

    def __rshift__(self, other: "Unit") -> "Series":
        return Series((*_parts(self, Series), *_parts(other, Series)))

    def __or__(self, other: "Unit") -> "Parallel":
        return Parallel((*_parts(self, Parallel), *_parts(other, Parallel)))


def _parts(unit: Unit, kind: "type[Series] | type[Parallel]") -> tuple[Unit, ...]:
    return unit.units if isinstance(unit, kind) else (unit,)


@dataclass(frozen=True, repr=False)
class Series(Unit):
    """What passes the first of `units` goes on to the next."""

    units: tuple[Unit, ...]

    def __repr__(self) -> str:
        return " >> ".join(f"({unit})" if isinstance(unit, Parallel) else repr(unit) for unit in self.units)


@dataclass(frozen=True, repr=False)
class Parallel(Unit):
    """All that passes any of `units`; the same message at the same destination only once."""

    units: tuple[Unit, ...]

    def __repr__(self) -> str:
        return " | ".join(map(repr, self.units))


class Word(Unit):
    """A unit with a name and arguments: all but series and parallel."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @classmethod
    def form(cls) -> str:
        """Its name and arguments, for messages: `Keys(low, high)`, `Channel(*numbers)`."""
        shown = (
            f"*{each.name}"
            if each.metadata.get("many")
            else each.name
            if each.default is MISSING
            else f"{each.name}=..."
            for each in fields(cls)
        )
        return f"{cls.__name__}({', '.join(shown)})"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._arguments())})"

    def _arguments(self) -> Iterator[str]:
        for each in fields(self):
            value = getattr(self, each.name)
            if each.metadata.get("many"):
                yield from map(repr, value)
            elif each.metadata.get("pairs"):
                yield repr(dict(value))
            elif each.default is MISSING:
                yield repr(value)
            elif value != each.default:
                yield f"{each.name}={value!r}"


@dataclass(frozen=True, repr=False)
class From(Word):
    """Only what comes from ports that fit `pattern`, see `Port.fits`."""

    pattern: str

    def __post_init__(self) -> None:
        _check_pattern(self.pattern)


@dataclass(frozen=True, repr=False)
class To(Word):
    """Only to ports that fit `pattern`, see `Port.fits`."""

    pattern: str

    def __post_init__(self) -> None:
        _check_pattern(self.pattern)


def _check_pattern(pattern: str) -> None:
    if not isinstance(pattern, str) or not pattern:
        raise ValueError(f"{pattern!r} is no pattern: expected a port's name, as 'Keys' or '*Synth*'")


EVERYTHING = From("*") >> To("*")
"""The route of a jam: everyone is heard by everyone else."""
