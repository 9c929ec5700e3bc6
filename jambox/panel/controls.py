"""The standard panel as data: its controls, what their readings are, and how a knob's travel becomes a level.

Pure. Positions run from 0.0 (fully left) to 1.0 (fully right) as measured; travel is the same without the dead zones.
"""

import math
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import msgspec

from jambox.actions import Level, Share
from jambox.errors import UnknownNameError
from jambox.panel.pins import label
from jambox.scene import LOUDEST, SILENCE
from jambox.units import Decibels, Seconds

HOLD = Seconds(0.5)
"""Devices that people trust take 0.4 to 0.5 s for a hold."""
LONG_HOLD = Seconds(1.0)
DEAD_ZONE = 0.015
"""Share of the travel at either end that reads as the end, which carbon tracks do not quite reach."""
JITTER = 0.006
"""Play between knob and reading: six steps of a 10-bit converter, wider than the noise of a wiper on a long wire."""
PICKUP = 0.02
"""A knob this near the present value has met it."""

# Readings: what GPIO, the terminal and the socket produce. `time` is monotonic, in seconds.


class Pressed(msgspec.Struct, frozen=True):
    """A switch of button `control` closed; `source` tells several switches of one button apart."""

    control: str
    time: Seconds
    source: str = ""


class Released(msgspec.Struct, frozen=True):
    """A switch of button `control` opened."""

    control: str
    time: Seconds
    source: str = ""


class Turned(msgspec.Struct, frozen=True):
    """Knob `control` stands at `position`, 0 to 1; with `pickup` it changes nothing before it meets the present value.

    `source` tells several knobs of one control apart. Raises ValueError for a position outside 0 to 1.
    """

    control: str
    position: float
    time: Seconds
    pickup: bool = False
    source: str = ""

    def __post_init__(self) -> None:
        """Refuses positions that no knob has, among them NaN."""
        if not 0.0 <= self.position <= 1.0:
            raise ValueError(f"{self.control} cannot be turned to {self.position}: positions go from 0 to 1")


class Stepped(msgspec.Struct, frozen=True):
    """Encoder `control` moved by `steps` detents, clockwise positive."""

    control: str
    steps: int
    time: Seconds


Reading = Pressed | Released | Turned | Stepped


class Kind(StrEnum):
    """What a hand does with a control. An encoder with a push is both ENCODER and BUTTON."""

    KNOB = "knob"
    ENCODER = "encoder"
    BUTTON = "button"


class Control(msgspec.Struct, frozen=True):
    """One control of the panel. `modifies` names the controls that mean something else while this one is held."""

    name: str
    kinds: frozenset[Kind]
    purpose: str
    level: Level | None = None
    share: Share | None = None
    hold: Seconds = HOLD
    modifies: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """What stands beside it on the panel."""
        return label(self.name)


_KNOB, _BUTTON = frozenset({Kind.KNOB}), frozenset({Kind.BUTTON})

CONTROLS: Mapping[str, Control] = MappingProxyType(
    {
        control.name: control
        for control in (
            Control("volume", _KNOB, "level of everything", Level.VOLUME),
            Control("inputs", _KNOB, "level of the players; with SHIFT: listen, and set their trims", Level.INPUTS),
            Control("drone_level", _KNOB, "level of the drone", Level.DRONE),
            Control("rhythm_level", _KNOB, "level of the rhythm", Level.RHYTHM),
            Control("energy", _KNOB, "how busy and loud the rhythm is", share=Share.ENERGY),
            Control("meet", _KNOB, "blend of tradition A and tradition B", share=Share.MEET),
            Control(
                "style",
                frozenset({Kind.ENCODER, Kind.BUTTON}),
                "turn: next cycle; push: where am I; hold: the next partner; with DRONE held: turn: the tonic, "
                "push: the next tuning, hold: the one before",
            ),
            Control(
                "drone",
                _BUTTON,
                "drone on or off, fading; with SHIFT: the next one",
                modifies=frozenset({"style"}),
            ),
            Control("rhythm", _BUTTON, "start, fill while playing; hold: end at the next sam; with SHIFT: count in"),
            Control("tap", _BUTTON, "tempo and downbeat; with SHIFT: panic"),
            Control(
                "surprise",
                _BUTTON,
                "change one thing at the next sam; hold: undo it; with SHIFT: faster laya, hold: slower",
            ),
            Control("keep", _BUTTON, "keep what was just played; hold: start or stop a take"),
            Control(
                "shift",
                _BUTTON,
                "with another control: its second meaning; hold: save the scene",
                hold=LONG_HOLD,
                modifies=frozenset({"style", "drone", "rhythm", "tap", "surprise", "keep", "inputs"}),
            ),
        )
    }
)
_NEEDS = {Pressed: Kind.BUTTON, Released: Kind.BUTTON, Turned: Kind.KNOB, Stepped: Kind.ENCODER}


def control(name: str, kind: Kind) -> Control:
    """The control of that name and kind. Raises UnknownNameError, which lists the names there are."""
    found = CONTROLS.get(name)
    if found is None or kind not in found.kinds:
        names = ", ".join(c.name for c in CONTROLS.values() if kind in c.kinds)
        raise UnknownNameError(f"the panel has no {kind} {name!r}: its {kind}s are {names}")
    return found


def checked(reading: Reading) -> Control:
    """The control that a reading comes from. Raises UnknownNameError where there is none of that kind."""
    return control(reading.control, _NEEDS[type(reading)])


# Knobs.


def played(last: float, raw: float) -> float:
    """The reading that follows `raw` with JITTER of play, as a gear with slack follows its shaft.

    Noise narrower than JITTER, peak to peak, never moves it; a turning knob moves it at full resolution.
    """
    return min(max(last, raw - JITTER / 2.0), raw + JITTER / 2.0)


def travel(position: float) -> float:
    """How far a knob at `position` is turned, 0 to 1, with both dead zones cut off."""
    return min(max((position - DEAD_ZONE) / (1.0 - 2.0 * DEAD_ZONE), 0.0), 1.0)


def met(last: float | None, now: float, present: float) -> bool:
    """Whether a knob that moved from `last` to `now` has taken over a value that stands at `present` (all as travel).

    It has if it stood at that value, reached it, or passed it. The first reading, where `last` is None, never has.
    """
    if last is None:
        return False
    low, high = min(last, now), max(last, now)
    return low - PICKUP <= present <= high + PICKUP


_FOOT: float = 10.0 ** ((SILENCE - LOUDEST) / 60.0)
"""Where on the cubic curve SILENCE lies."""


def level(turn: float) -> Decibels:
    """Level of a knob by its travel: SILENCE at 0, LOUDEST at 1, amplitude nearly as the cube of the travel.

    The cube is PulseAudio's volume curve (src/pulse/volume.c), close to a logarithmic potentiometer; its lowest part,
    below SILENCE, is cut off so that all of the travel does something: middle -10 dB, 0 dB at 78 %.
    """
    return Decibels(LOUDEST + 60.0 * math.log10(_FOOT + (1.0 - _FOOT) * min(max(turn, 0.0), 1.0)))


def level_travel(of: float) -> float:
    """The travel, 0 to 1, at which a knob gives the level `of` in dB: the inverse of `level`."""
    cube_root: float = 10.0 ** ((of - LOUDEST) / 60.0)
    return min(max((cube_root - _FOOT) / (1.0 - _FOOT), 0.0), 1.0)


def level_position(of: float) -> float:
    """The position, 0 to 1, of a knob that gives the level `of` in dB."""
    return DEAD_ZONE + (1.0 - 2.0 * DEAD_ZONE) * level_travel(of)


def share_position(of: float) -> float:
    """The position, 0 to 1, of a knob that gives the share `of`, 0 to 1: its travel."""
    return DEAD_ZONE + (1.0 - 2.0 * DEAD_ZONE) * of


# Encoders.

_QUARTERS = {(0, 2): 1, (2, 3): 1, (3, 1): 1, (1, 0): 1, (0, 1): -1, (1, 3): -1, (3, 2): -1, (2, 0): -1}
"""Gray code, A as bit 1 and B as bit 0, closed contacts 1: A closes first when turned clockwise."""


class Quadrature(msgspec.Struct, frozen=True):
    """Where an encoder stands between two detents: its contacts (A is bit 1, B is bit 0) and quarters turned."""

    contacts: int = 0
    quarters: int = 0


def quadrature(state: Quadrature, contacts: int) -> tuple[Quadrature, int]:
    """The encoder after its contacts changed, and the detents passed: -1, 0 or 1, clockwise positive.

    For encoders with one Gray cycle per detent, both contacts open at rest (such as Bourns PEC11, Alps EC11). Contact
    bounce cancels out; half the cycle is enough for a detent, so one edge that the driver loses loses no step.
    """
    quarters = state.quarters + _QUARTERS.get((state.contacts, contacts), 0)
    if contacts:
        return Quadrature(contacts, quarters), 0
    return Quadrature(), (quarters >= 2) - (quarters <= -2)
