"""Bindings: which MIDI message stands for which control of the panel, or for which action.

    { port = "Pedal*", cc = 64, press = "rhythm" }
    { port = "Pads", channel = 10, note = "C2", turn = "style", steps = 1 }

A binding to a control is a hand on it: pressed, held and combined, it means what the control itself does.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec

from jambox.actions import (
    Action,
    CountIn,
    FinishRhythm,
    FollowClock,
    LevelInputs,
    Panic,
    PressDrone,
    PressRhythm,
    StopDrone,
    Surprise,
    TakeTonic,
    Tap,
    TurnDrone,
    TurnLaya,
    TurnPartner,
    TurnStyle,
    TurnTonic,
    TurnTuning,
    UndoSurprise,
    Where,
)
from jambox.midi.match import COMMANDS, Match, Subject
from jambox.midi.messages import CONTROL, NOTE_ON, PROGRAM
from jambox.midi.route import Port, parted
from jambox.panel.controls import CONTROLS, Kind
from jambox.units import Seconds, frequency_key, key_frequency, parse_pitch, pitch_name

Button = Literal["style", "drone", "rhythm", "tap", "surprise", "keep", "shift"]
Turning = Literal["volume", "inputs", "drone_level", "rhythm_level", "energy", "meet", "style"]
Direct = Literal[
    "start drone",
    "stop drone",
    "next drone",
    "previous drone",
    "take tonic",
    "start rhythm",
    "count in",
    "end rhythm",
    "tap",
    "next cycle",
    "previous cycle",
    "next partner",
    "surprise",
    "undo surprise",
    "faster laya",
    "slower laya",
    "tonic up",
    "tonic down",
    "next tuning",
    "previous tuning",
    "where",
    "follow",
    "level inputs",
    "panic",
]

ACTIONS: Mapping[str, Action | Callable[[Seconds], Action]] = MappingProxyType(
    {
        "start drone": PressDrone(),
        "stop drone": StopDrone(),
        "next drone": TurnDrone(1),
        "previous drone": TurnDrone(-1),
        "take tonic": TakeTonic(),
        "start rhythm": PressRhythm(),
        "count in": CountIn(),
        "end rhythm": FinishRhythm(),
        "tap": Tap,
        "next cycle": TurnStyle(1),
        "previous cycle": TurnStyle(-1),
        "next partner": TurnPartner(1),
        "surprise": Surprise(),
        "undo surprise": UndoSurprise(),
        "faster laya": TurnLaya(1),
        "slower laya": TurnLaya(-1),
        "tonic up": TurnTonic(1),
        "tonic down": TurnTonic(-1),
        "next tuning": TurnTuning(1),
        "previous tuning": TurnTuning(-1),
        "where": Where(),
        "follow": FollowClock(),
        "level inputs": LevelInputs(),
        "panic": Panic(),
    }
)
"""What an `action` is: an Action, or what makes one of the message's time."""

Channel = Annotated[int, msgspec.Meta(ge=1, le=16)]
Key = Annotated[int, msgspec.Meta(ge=0, le=127)]
Controller = Annotated[int, msgspec.Meta(ge=0, le=119)]
Number = Annotated[int, msgspec.Meta(ge=1, le=128)]
Steps = Annotated[int, msgspec.Meta(ge=-12, le=12)]


class Binding(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One message and what it stands for. Raises ValueError for what cannot go together.

    The message: `note` (a name, C4 is key 60, or 0 to 127), `cc` (0 to 119) or `program` (1 to 128), from ports that
    fit `port`, on `channel` (1 to 16) or on all. What it stands for: `press` a button; `turn` a knob or the encoder, a
    note or a switch by so many `steps`; or an `action` by its name.

    A switch is `momentary` (down, up), `latching` (each change is a stroke) or a `trigger` (never comes up). A knob
    without `pickup` need not meet the present level before it takes hold. With `thru` the message is routed, too.
    """

    port: str = "*"
    channel: Channel | None = None
    note: Key | str | None = None
    cc: Controller | None = None
    program: Number | None = None
    press: Button | None = None
    turn: Turning | None = None
    action: Direct | None = None
    steps: Steps = 0
    mode: Literal["momentary", "latching", "trigger"] = "momentary"
    pickup: bool = True
    thru: bool = False

    def __post_init__(self) -> None:
        """Refuses what cannot go together."""
        _one({"note": self.note, "cc": self.cc, "program": self.program})
        _one({"press": self.press, "turn": self.turn, "action": self.action})
        if not self.port:
            raise ValueError("port is empty: expected a port's name, as 'Keys' or '*Synth*'")
        _ = self.match
        if self.is_knob and self.cc is None:
            raise ValueError(f"only a controller (cc) can turn {self.turn}: a note or a program has no position")
        if self.steps and self.turn != "style":
            raise ValueError("steps is for turn = 'style' alone")
        if self.turn == "style" and not self.steps and self.cc is None:
            raise ValueError("a note or a program turns style by steps: give steps, as 1 or -1")
        if self.mode != "momentary" and not self.is_switch:
            raise ValueError("mode is for what presses, steps or acts, not for what turns")
        if not self.pickup and not self.is_knob:
            raise ValueError("pickup is for a knob alone")

    @property
    def match(self) -> Match:
        """The messages. Raises ValueError for a note that is no key."""
        channel = None if self.channel is None else self.channel - 1
        if self.note is not None:
            return Match(self.port, NOTE_ON, _key(self.note), channel)
        if self.cc is not None:
            return Match(self.port, CONTROL, self.cc, channel)
        return Match(self.port, PROGRAM, (self.program or 1) - 1, channel)

    @property
    def is_knob(self) -> bool:
        """Whether it gives positions."""
        return self.turn is not None and Kind.KNOB in CONTROLS[self.turn].kinds

    @property
    def is_switch(self) -> bool:
        """Whether it goes down and up; if not, it is turned."""
        return self.turn is None or self.steps != 0

    @property
    def target(self) -> tuple[str | None, str | None, str | None, int]:
        """What it stands for."""
        return self.press, self.turn, self.action, self.steps

    @property
    def thing(self) -> str:
        """The message in words: `note C2, channel 10, of Pads`."""
        channel = f", channel {self.channel}" if self.channel else ""
        return f"{_named(self.match)}{channel}, of {parted(self.port)[0]}"

    @property
    def meaning(self) -> str:
        """What it stands for, in words: `RHYTHM`, `knob DRONE`, `STYLE +1`, `panic`."""
        if self.action:
            return self.action
        label = ("knob " if self.is_knob else "") + CONTROLS[self.press or self.turn or ""].label
        return f"{label} {self.steps:+d}" if self.steps else label

    def __str__(self) -> str:
        return f"{self.thing}: {self.meaning}"


def _one(given: Mapping[str, object]) -> None:
    named = [key for key, value in given.items() if value is not None]
    if len(named) != 1:
        found = " and ".join(named) or "none"
        raise ValueError(f"a binding has one of {', '.join(given)} (found {found})")


def _key(note: int | str) -> int:
    try:
        key = note if isinstance(note, int) else round(frequency_key(parse_pitch(note)))
    except ValueError as fault:
        raise ValueError(f"note: {fault}") from fault
    if not 0 <= key <= 127:
        raise ValueError(f"note: {note!r} is no MIDI key: they go from C-1 to G9")
    return key


def _named(match: Match) -> str:
    if match.kind == NOTE_ON:
        return f"note {pitch_name(key_frequency(match.number))}"
    return f"controller {match.number}" if match.kind == CONTROL else f"program {match.number + 1}"


def shown(port: Port, subject: Subject) -> dict[str, str | int]:
    """The keys of a Binding that name `subject` of `port`."""
    named: dict[str, str | int] = {"port": port.stable, "channel": subject.channel + 1}
    if subject.kind == NOTE_ON:
        return named | {"note": pitch_name(key_frequency(subject.number))}
    if subject.kind == CONTROL:
        return named | {"cc": subject.number}
    return named | {"program": subject.number + 1}


def _defaults() -> tuple[Binding, ...]:
    # Controllers 20 to 31 are undefined in MIDI 1.0 (table III): nothing sends them for another reason.
    knobs = ("volume", "inputs", "drone_level", "rhythm_level", "energy", "meet")
    buttons = ("style", "drone", "rhythm", "tap", "surprise", "keep", "shift")
    found: list[dict[str, object]] = [
        {"cc": 20 + number, "turn": name, "pickup": False} for number, name in enumerate(knobs)
    ]
    found.append({"cc": 26, "turn": "style"})
    found += [{"note": 60 + number, "press": name} for number, name in enumerate(buttons)]
    return tuple(msgspec.convert({"port": str(COMMANDS)} | each, Binding) for each in found)


DEFAULTS = _defaults()
"""What the box's own port understands: controllers 20 to 26 turn, keys from middle C on press, in the panel's order."""
