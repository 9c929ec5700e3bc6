"""The mixer's parameters: one table of names, units, ranges, defaults and curves.

The structures below are that table. Configuration and its refusals, the README's table, the numbers that cross over to
the engine, and the bounds to which the engine clamps them are all made from it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from jambox.sound import layout
from jambox.sound.layout import STRIPS

Curve = Literal["linear", "log", "switch", "choice"]
"""How a knob would move through the range."""
OFF = -60.0
"""dB at and below which a send or a return is silent."""


def _number(low: float, high: float, unit: str, what: str, curve: Curve = "linear") -> msgspec.Meta:
    return msgspec.Meta(ge=low, le=high, description=what, extra={"unit": unit, "curve": curve})


def _switch(what: str) -> msgspec.Meta:
    return msgspec.Meta(description=what, extra={"unit": "", "curve": "switch"})


class Equaliser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Three bands, each flat at 0 dB."""

    low: Annotated[float, _number(-15, 15, "dB", "low shelf, half of it at 100 Hz")] = 0.0
    mid: Annotated[float, _number(-15, 15, "dB", "swept band, a good octave wide")] = 0.0
    mid_frequency: Annotated[float, _number(100, 8000, "Hz", "centre of the swept band", "log")] = 1000.0
    high: Annotated[float, _number(-15, 15, "dB", "high shelf, half of it at 8 kHz")] = 0.0


class Gate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Below the threshold, `ratio` dB less come out for each dB less that comes in: 2 expands, 20 gates, 1 is off."""

    threshold: Annotated[float, _number(-80, 0, "dBFS", "peak level below which it closes")] = -50.0
    ratio: Annotated[float, _number(1, 20, ":1", "1 is off, 2 an expander, 20 a gate", "log")] = 1.0
    range: Annotated[float, _number(0, 80, "dB", "the most that it takes away")] = 40.0
    attack: Annotated[float, _number(0.1, 50, "ms", "time constant of opening", "log")] = 1.0
    release: Annotated[float, _number(10, 2000, "ms", "time constant of closing", "log")] = 150.0


class Compressor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Above the threshold, 1 dB more comes out for each `ratio` dB more that come in; a soft knee of 6 dB; 1 is off."""

    threshold: Annotated[float, _number(-60, 0, "dBFS", "peak level in the middle of the knee")] = -20.0
    ratio: Annotated[float, _number(1, 20, ":1", "1 is off", "log")] = 1.0
    attack: Annotated[float, _number(0.1, 100, "ms", "time constant of turning down", "log")] = 10.0
    release: Annotated[float, _number(20, 2000, "ms", "time constant of letting go", "log")] = 200.0
    make_up: Annotated[float, _number(0, 24, "dB", "gain after it")] = 0.0
    side_chain: Annotated[
        float, _number(20, 500, "Hz", "high-pass in what compressor, gate and ducking listen to", "log")
    ] = 80.0


class Strip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One capture channel, in the order in which sound passes."""

    trim: Annotated[float, _number(-60, 40, "dB", "gain before everything else")] = 0.0
    invert: Annotated[bool, _switch("turn the polarity round")] = False
    high_pass: Annotated[
        Literal[0, 80, 120], msgspec.Meta(description="0 is off", extra={"unit": "Hz", "curve": "choice"})
    ] = 0
    eq: Equaliser = Equaliser()
    gate: Gate = Gate()
    compressor: Compressor = Compressor()
    pan: Annotated[float, _number(-1, 1, "", "left to right at equal power; the balance of a pair")] = 0.0
    reverb: Annotated[float, _number(OFF, 6, "dB", "send to the reverb, -60 is off")] = OFF
    mute: Annotated[bool, _switch("silent, in the mix and in the reverb")] = False
    solo: Annotated[bool, _switch("alone, or with others, on the cue output")] = False
    pair: Annotated[bool, _switch("this strip and the next are left and right; this one's settings hold for both")] = (
        False
    )
    mic: Annotated[bool, _switch("a microphone, or what else may howl: the feedback guard looks after it")] = False
    strokes: Annotated[bool, _switch("who strikes here draws tempo and energy along, as `[accompany]` says")] = False


class Bus(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is played, besides its level on the panel."""

    reverb: Annotated[float, _number(OFF, 6, "dB", "send to the reverb, -60 is off")] = OFF
    solo: Annotated[bool, _switch("alone, or with others, on the cue output")] = False


class Reverb(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One room for all."""

    level: Annotated[float, _number(OFF, 6, "dB", "its return, -60 is off")] = 0.0
    size: Annotated[float, _number(3, 30, "m", "mean way between two walls; a short decay makes it smaller", "log")] = (
        12.0
    )
    decay: Annotated[float, _number(0.3, 10, "s", "time for 60 dB at low frequencies", "log")] = 1.8
    damping: Annotated[float, _number(1000, 16000, "Hz", "where it decays in half that time", "log")] = 5000.0


class Duck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Drone and rhythm give way to a strip."""

    strip: Annotated[
        int,
        msgspec.Meta(
            ge=0,
            le=STRIPS,
            description="to this strip, counted from 1; 0 is off",
            extra={"unit": "", "curve": "choice"},
        ),
    ] = 0
    depth: Annotated[float, _number(0, 24, "dB", "by so much, 12 dB over the threshold and more")] = 9.0
    threshold: Annotated[float, _number(-60, 0, "dBFS", "peak level from which they give way")] = -40.0


class Master(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What everything passes last, before volume and limiter."""

    tone: Annotated[float, _number(-6, 6, "dB", "tilt around 1 kHz: less low and more high, or the reverse")] = 0.0
    width: Annotated[float, _number(0, 2, "", "0 is mono, 1 as it is, 2 twice as wide")] = 1.0


class Cue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one player hears: all that is soloed, before mute and levels; else the mix as it is played."""

    level: Annotated[float, _number(OFF, 12, "dB", "of the cue output, -60 is off")] = 0.0


class Mixer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it; `strips` by capture channel."""

    strips: Annotated[tuple[Strip, ...], msgspec.Meta(max_length=STRIPS)] = ()
    drone: Bus = Bus()
    rhythm: Bus = Bus()
    reverb: Reverb = Reverb()
    duck: Duck = Duck()
    master: Master = Master()
    cue: Cue = Cue()
    guard: Annotated[bool, _switch("the feedback guard: notch what howls, on strips marked mic")] = True


@dataclass(frozen=True, slots=True)
class Parameter:
    """One row of the table: `name` with the names of its tables before it, as `compressor.ratio`.

    `choices` has the only values there are, if they are few; it is empty for a range.
    """

    name: str
    unit: str
    low: float
    high: float
    default: float
    curve: Curve
    what: str
    choices: tuple[float, ...] = ()


def table(kind: type[msgspec.Struct], path: str = "") -> tuple[Parameter, ...]:
    """The parameters of a structure, in order, without those of its strips."""
    return tuple(_rows(kind, path))


def _rows(kind: type[msgspec.Struct], path: str) -> Iterator[Parameter]:
    hints = get_type_hints(kind, include_extras=True)
    for field in msgspec.structs.fields(kind):
        hint = hints[field.name]
        if get_origin(hint) is not Annotated:
            yield from _rows(hint, f"{path}{field.name}.")
        elif field.name != "strips":
            kind_of, meta = get_args(hint)
            yield _row(path + field.name, kind_of, meta, field.default)


def _row(name: str, kind: Any, meta: msgspec.Meta, default: float) -> Parameter:
    values = get_args(kind) or (False, True)
    low, high = (min(values), max(values)) if meta.ge is None or meta.le is None else (meta.ge, meta.le)
    more = meta.extra or {}
    numbers = range(int(low), int(high) + 1) if kind is int else () if kind is float else values
    choices, limits = tuple(float(value) for value in numbers), (float(low), float(high))
    return Parameter(name, more["unit"], *limits, float(default), more["curve"], meta.description or "", choices)


STRIP_TABLE = table(Strip)
"""The columns of a strip's row, as in layout."""
HOUSE_TABLE = table(Mixer)
"""What there is once; it follows the rows of all strips."""
VALUES = STRIPS * layout.STRIP_VALUES + layout.HOUSE_VALUES
"""Numbers that describe a mixer."""


def bounds() -> tuple[list[float], list[float]]:
    """The lowest and the highest of all VALUES."""
    rows = STRIP_TABLE * STRIPS + HOUSE_TABLE
    return [row.low for row in rows], [row.high for row in rows]


def flatten(mixer: Mixer) -> list[float]:
    """The VALUES of a mixer; strips that it does not name have their defaults."""
    strips = (*mixer.strips, *[Strip()] * (STRIPS - len(mixer.strips)))
    numbers = [number for strip in strips for number in _numbers(strip)]
    return numbers + list(_numbers(mixer))


def _numbers(part: msgspec.Struct) -> Iterator[float]:
    for name in part.__struct_fields__:
        value = getattr(part, name)
        if isinstance(value, msgspec.Struct):
            yield from _numbers(value)
        elif not isinstance(value, tuple):
            yield float(value)


def markdown() -> str:
    """The table for people."""
    lines = ["| key | from | to | default | |", "| --- | --- | --- | --- | --- |"]
    lines += [_line(row, "strips[].") for row in STRIP_TABLE] + [_line(row, "") for row in HOUSE_TABLE]
    return "\n".join(lines) + "\n"


def _line(row: Parameter, path: str) -> str:
    low, high, default = (shown(row, value) for value in (row.low, row.high, row.default))
    return f"| `{path}{row.name}` | {low} | {high} | {default} | {row.what} |"


def shown(row: Parameter, value: float) -> str:
    """A value for people, as `-6 dB`."""
    if row.curve == "switch":
        return "true" if value else "false"
    return f"{value:g} {row.unit}".strip().replace(" :1", ":1")


def names(rows: Sequence[Parameter]) -> tuple[str, ...]:
    """The names in a table, as layout's constants are called."""
    return tuple(row.name.replace(".", "_").upper() for row in rows)
