"""What a route does to messages: filters and changes, one idea each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jambox.midi import messages
from jambox.midi.ground import Ground
from jambox.midi.lanes import Lane, table
from jambox.midi.messages import (
    BEND,
    CONTROL,
    NOTE_OFF,
    NOTE_ON,
    POLY_PRESSURE,
    PRESSURE,
    PROGRAM,
    QUARTER_FRAME,
    SONG_SELECT,
    SYSEX,
    TUNE_REQUEST,
)
from jambox.midi.route import Word
from jambox.units import frequency_key, parse_pitch

KINDS: Mapping[str, tuple[int, ...]] = {
    "note": (NOTE_OFF, NOTE_ON),
    "cc": (CONTROL,),
    "program": (PROGRAM,),
    "bend": (BEND,),
    "pressure": (POLY_PRESSURE, PRESSURE),
    "sysex": (SYSEX,),
    "mtc": (QUARTER_FRAME,),
    "common": (SONG_SELECT, TUNE_REQUEST),
}
"""What `Kind` calls the statuses: "mtc" is time code's quarter frames, "common" the rest of system common."""
SCALES: Mapping[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "pentatonic": (0, 2, 4, 7, 9),
    "minor pentatonic": (0, 3, 5, 7, 10),
}
"""Semitones above the tonic, in equal temperament: scales as Western theory names them. Others are given by steps."""
CONTROLLERS = 119
"""The last of the controllers: 120 to 127 are channel mode messages (MIDI 1.0, table IIIa)."""

_MANY: dict[str, Any] = {"many": True}
"""Marks a field that takes all positional arguments."""


class Step(Word):
    """A unit that looks at messages and not at ports."""

    def through(self, lane: Lane) -> Lane | None:
        """`lane` led through this unit; the same one where it does nothing, None where nothing comes out."""
        raise NotImplementedError


@dataclass(frozen=True, repr=False, init=False)
class Channel(Step):
    """Only channels `numbers`, 1 to 16. What has no channel passes."""

    numbers: tuple[int, ...] = field(metadata=_MANY)

    def __init__(self, *numbers: int) -> None:
        _some("channels", numbers)
        object.__setattr__(self, "numbers", tuple(_whole("a channel", number, 1, 16) for number in numbers))

    def through(self, lane: Lane) -> Lane | None:
        """As `Step.through`."""
        return lane if lane.channel is None or lane.channel + 1 in self.numbers else None


@dataclass(frozen=True, repr=False, init=False)
class Kind(Step):
    """Only messages of the kinds `names`.

    They are note, cc, program, bend, pressure (of key or channel), sysex, mtc, common (song select, tune request).
    """

    names: tuple[str, ...] = field(metadata=_MANY)

    def __init__(self, *names: str) -> None:
        _some("kinds", names)
        for name in names:
            if name not in KINDS:
                raise ValueError(f"{name!r} is no kind of message: allowed are {', '.join(map(repr, KINDS))}")
        object.__setattr__(self, "names", names)

    def through(self, lane: Lane) -> Lane | None:
        """As `Step.through`."""
        return lane if any(lane.kind in KINDS[name] for name in self.names) else None


@dataclass(frozen=True, repr=False)
class Keys(Step):
    """Of the notes, only keys from `low` to `high`: names (C4 is key 60, middle C) or numbers, 0 to 127."""

    low: str | int
    high: str | int

    def __post_init__(self) -> None:
        if _key(self.low) > _key(self.high):
            raise ValueError(f"{self.low!r} lies above {self.high!r}: write the lower key first")

    def through(self, lane: Lane) -> Lane:
        """As `Step.through`."""
        low, high = _key(self.low), _key(self.high)
        return lane.firsts(table(lambda key: key if low <= key <= high else None)) if lane.has_key else lane


@dataclass(frozen=True, repr=False)
class Velocity(Step):
    """Of the notes, only those struck with a velocity from `low` to `high`, 1 to 127. A note's end follows it."""

    low: int
    high: int

    def __post_init__(self) -> None:
        if _whole("a velocity", self.low, 1, 127) > _whole("a velocity", self.high, 1, 127):
            raise ValueError(f"velocity {self.low} lies above {self.high}: write the lower one first")

    def through(self, lane: Lane) -> Lane:
        """As `Step.through`."""
        return _struck(lane, table(lambda v: v if self.low <= v <= self.high or not v else None))


@dataclass(frozen=True, repr=False)
class VelocityCurve(Step):
    """Velocities bent by the power `gamma`, above 0 to 10: below 1 they get louder in the middle, above 1 softer."""

    gamma: float

    def __post_init__(self) -> None:
        if not 0.0 < _number("gamma", self.gamma) <= 10.0:
            raise ValueError(f"gamma {self.gamma} is out of range: allowed is above 0, up to 10")

    def through(self, lane: Lane) -> Lane:
        """As `Step.through`."""
        return _struck(lane, table(lambda v: max(1, round(127 * (v / 127) ** self.gamma)) if v else 0))


@dataclass(frozen=True, repr=False)
class FixedVelocity(Step):
    """Every note with the same `velocity`, 1 to 127."""

    velocity: int

    def __post_init__(self) -> None:
        _whole("a velocity", self.velocity, 1, 127)

    def through(self, lane: Lane) -> Lane:
        """As `Step.through`."""
        return _struck(lane, table(lambda v: self.velocity if v else 0))


@dataclass(frozen=True, repr=False)
class Transpose(Step):
    """Keys `semitones` higher, -127 to 127. Beyond the ends of MIDI a note is lost, or `fold`ed back by octaves."""

    semitones: int
    fold: bool = False

    def __post_init__(self) -> None:
        _whole("semitones", self.semitones, -127, 127)
        if not isinstance(self.fold, bool):
            raise ValueError(f"fold is {self.fold!r}: allowed are True, False")

    def through(self, lane: Lane) -> Lane:
        """As `Step.through`."""
        return lane.firsts(table(self._moved)) if lane.has_key else lane

    def _moved(self, key: int) -> int | None:
        key += self.semitones
        if self.fold and key < 0:
            return key % 12
        if self.fold and key > 127:
            return 116 + (key - 116) % 12  # the topmost octave: 116 to 127
        return key if 0 <= key <= 127 else None


@dataclass(frozen=True, repr=False, init=False)
class Snap(Step):
    """Keys moved to the nearest of a scale on the box's tonic, the lower of two: a name, or semitones, 0 to 11.

    Without either, to those keys that are nearest to the degrees of the box's tuning.
    """

    scale: tuple[str | int, ...] = field(metadata=_MANY)

    def __init__(self, *scale: str | int) -> None:
        if scale and isinstance(scale[0], str):
            if len(scale) > 1 or scale[0] not in SCALES:
                raise ValueError(f"{scale} is no scale: allowed is one of {', '.join(map(repr, SCALES))}, or semitones")
        else:
            for step in scale:
                _whole("semitones", step, 0, 11)
        object.__setattr__(self, "scale", scale)

    def through(self, lane: Lane) -> Lane:
        """As `Step.through`."""
        if not lane.has_key:
            return lane
        fitting = self._fitting(lane.ground)
        return lane.firsts(table(lambda key: min(fitting, key=lambda other: abs(other - key))))

    def _fitting(self, ground: Ground) -> Sequence[int]:
        if not self.scale:
            return ground.keys or range(128)
        steps = SCALES[self.scale[0]] if isinstance(self.scale[0], str) else self.scale
        return [key for key in range(128) if (key - round(ground.tonic)) % 12 in steps]


@dataclass(frozen=True, repr=False)
class ToChannel(Step):
    """Everything on channel `number`, 1 to 16."""

    number: int

    def __post_init__(self) -> None:
        _whole("a channel", self.number, 1, 16)

    def through(self, lane: Lane) -> Lane:
        """As `Step.through`."""
        return lane if lane.channel is None else lane.to(lane.kind | self.number - 1)


@dataclass(frozen=True, repr=False, init=False)
class ChannelMap(Step):
    """Channels changed as {from: to}, each 1 to 16. Others pass."""

    channels: tuple[tuple[int, int], ...] = field(metadata={"pairs": True})

    def __init__(self, channels: Mapping[int, int]) -> None:
        object.__setattr__(self, "channels", _pairs("a channel", channels, 1, 16))

    def through(self, lane: Lane) -> Lane:
        """As `Step.through`."""
        if lane.channel is None:
            return lane
        return lane.to(lane.kind | dict(self.channels).get(lane.channel + 1, lane.channel + 1) - 1)


@dataclass(frozen=True, repr=False, init=False)
class CC(Step):
    """Only the control changes `numbers`, 0 to 127, and nothing else."""

    numbers: tuple[int, ...] = field(metadata=_MANY)

    def __init__(self, *numbers: int) -> None:
        _some("controllers", numbers)
        object.__setattr__(self, "numbers", tuple(_whole("a controller", number, 0, 127) for number in numbers))

    def through(self, lane: Lane) -> Lane | None:
        """As `Step.through`."""
        return lane.firsts(table(lambda cc: cc if cc in self.numbers else None)) if lane.kind == CONTROL else None


@dataclass(frozen=True, repr=False, init=False)
class CCMap(Step):
    """Controllers changed as {from: to}, each 0 to 119. Others pass."""

    numbers: tuple[tuple[int, int], ...] = field(metadata={"pairs": True})

    def __init__(self, numbers: Mapping[int, int]) -> None:
        object.__setattr__(self, "numbers", _pairs("a controller", numbers, 0, CONTROLLERS))

    def through(self, lane: Lane) -> Lane:
        """As `Step.through`."""
        return lane.firsts(table(lambda cc: dict(self.numbers).get(cc, cc))) if lane.kind == CONTROL else lane


@dataclass(frozen=True, repr=False)
class CCScale(Step):
    """Values of controller `number`, 0 to 119: 0 becomes `low`, 127 becomes `high`. The higher first turns it round."""

    number: int
    low: int
    high: int

    def __post_init__(self) -> None:
        _whole("a controller", self.number, 0, CONTROLLERS)
        _whole("a value", self.low, 0, 127)
        _whole("a value", self.high, 0, 127)

    def through(self, lane: Lane) -> Lane:
        """As `Step.through`."""
        if lane.kind != CONTROL:
            return lane
        return lane.seconds(table(lambda v: self.low + round(v * (self.high - self.low) / 127)), self.number)


@dataclass(frozen=True, repr=False)
class NoteToCC(Step):
    """Notes as controller `number`, 0 to 119: the velocity when struck, 0 at the end."""

    number: int

    def __post_init__(self) -> None:
        _whole("a controller", self.number, 0, CONTROLLERS)

    def through(self, lane: Lane) -> Lane | None:
        """As `Step.through`."""
        if lane.kind == POLY_PRESSURE:
            return None  # of a note that nobody hears
        if not lane.has_key:
            return lane
        held = lane if lane.kind == NOTE_ON else lane.seconds(table(lambda _: 0))
        return held.firsts(table(lambda _: self.number)).to(CONTROL | lane.status & 0x0F)


@dataclass(frozen=True, repr=False)
class Program(Step):
    """Chooses a sound when source and destination come together; everything passes.

    `number` is 1 to 128 as in General MIDI's list, `bank` 0 to 16,383, on `channel` 1 to 16. What comes after it in
    its series is done to it too.
    """

    number: int
    bank: int | None = None
    channel: int = 1

    def __post_init__(self) -> None:
        _whole("a program", self.number, 1, 128)
        _whole("a bank", 0 if self.bank is None else self.bank, 0, 16_383)
        _whole("a channel", self.channel, 1, 16)

    def through(self, lane: Lane) -> Lane:
        """As `Step.through`."""
        return lane

    @property
    def messages(self) -> tuple[bytes, ...]:
        """What is sent: bank select (MSB by CC 0, LSB by CC 32; MIDI 1.0), then the program change."""
        return messages.program(self.channel - 1, self.number - 1, self.bank)


def _struck(lane: Lane, change: bytes) -> Lane:
    return lane.seconds(change) if lane.kind == NOTE_ON else lane


def _some(what: str, given: tuple[object, ...]) -> None:
    if not given:
        raise ValueError(f"no {what} are named: expected one or more")


def _number(what: str, number: float) -> float:
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise ValueError(f"{what} is {number!r}: expected a number")
    return number


def _whole(what: str, number: int | str, low: int, high: int) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
        raise ValueError(f"{number!r} is not {what}: expected a whole number from {low} to {high}")
    return number


def _pairs(what: str, pairs: Mapping[int, int], low: int, high: int) -> tuple[tuple[int, int], ...]:
    if not isinstance(pairs, Mapping) or not pairs:
        raise ValueError(f"{pairs!r} is no map: expected the form {{1: 2}}, each {what} from {low} to {high}")
    return tuple((_whole(what, one, low, high), _whole(what, other, low, high)) for one, other in pairs.items())


def _key(name: str | int) -> int:
    return _whole("a key", round(frequency_key(parse_pitch(name))) if isinstance(name, str) else name, 0, 127)
