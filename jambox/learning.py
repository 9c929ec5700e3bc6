"""Learning by hand: hold SHIFT, move the MIDI thing, press (or turn) the control; the same again frees it.

The rule, so that no accident on a busy stage binds anything. While SHIFT is held on the panel:

- A port that played in the REST seconds before it first moved here is being played: nothing of it counts.
- Of all other ports together exactly one thing must have moved: a note struck once, a program chosen once, or one
  controller. A second thing, or a second stroke, and nothing is learned until SHIFT comes up.
- Then a button pressed, the encoder turned, or a knob turned by TURN *on the panel* is bound to that thing, instead of
  what it does otherwise. A hand on MIDI binds nothing, and each thing is bound or freed once until SHIFT comes up.
- SHIFT + TAP is panic, at once and always. TAP is bound when it is held on, until its hold.
- SHIFT held to its own hold does nothing more, once one thing has moved; nor does a knob turned with it.

Pitch bend, pressure, clock and the like neither count nor hinder, nor do the controllers in `MUTE`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from jambox.mapping import Binding, shown
from jambox.midi.match import HALF, Subject, presses, subject
from jambox.midi.messages import CONTROL, NOTE_ON
from jambox.midi.route import Port
from jambox.panel.controls import CONTROLS, Kind, Pressed, Reading, Stepped, Turned
from jambox.panel.gestures import Gesture, Hold, Turn

REST = 2.0
"""Seconds without a message after which an instrument is not being played: longer than the breath of most phrases."""
TURN = 0.05
"""A knob turned by this share of its travel while SHIFT is held is meant; less is a sleeve that touched it."""
MUTE = frozenset({0, 32, 6, 38, *range(96, 102)})
"""Bank select, data entry and (N)RPN (MIDI 1.0, table III): they come along with something else."""
FINE = range(32, 64)
"""The lower halves of the controllers 0 to 31: they come along with the upper ones."""
NEAR = 16
"""An endless encoder sends steps of fewer than this, up or down in two's complement."""


Keys = Mapping[str, object]
"""Some keys of a Binding."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was shown: a binding for a thing of `port`; or, in `fault`, why there can be none."""

    port: Port
    binding: Binding | None
    fault: str = ""


@dataclass(slots=True)
class _Moved:
    """One thing that moved: how often it was struck, and what values it took."""

    port: Port
    subject: Subject
    strokes: int = 0
    lifted: bool = False
    values: list[int] = field(default_factory=list)

    @property
    def is_one(self) -> bool:
        """Whether it counts as moved once."""
        return self.subject.kind == CONTROL or self.strokes == 1

    @property
    def is_endless(self) -> bool:
        """Whether it looks like an endless encoder: small steps and nothing else, more than one."""
        return len(self.values) > 1 and all(0 < v < NEAR or v > 128 - NEAR for v in self.values)

    @property
    def is_knob(self) -> bool:
        """Whether it looks like something with a position."""
        return len(set(self.values)) > 2

    @property
    def mode(self) -> Keys:
        """What kind of switch it looks like: one that came up again, or one that stays or sends nothing then."""
        if self.subject.kind == CONTROL:
            sides = {value >= HALF for value in self.values}
            return {} if len(sides) == 2 or self.is_knob else {"mode": "latching"}
        return {} if self.subject.kind != NOTE_ON or self.lifted else {"mode": "trigger"}


class Learning:
    """What happens while SHIFT is held. Times are monotonic seconds."""

    def __init__(self) -> None:
        self.held = False
        self._clear()

    def hold(self, held: bool) -> None:
        """SHIFT is held on the panel, or no more."""
        if held != self.held:
            self.held = held
            self._clear()

    def hear(self, port: Port, message: bytes, time: float, before: float | None) -> None:
        """A whole `message` came from `port` while SHIFT is held; its last one that was not bound came at `before`."""
        moved = subject(message)
        if moved is None or (moved.kind == CONTROL and moved.number in MUTE):
            return
        if port not in self._heard:
            self._heard[port] = before is not None and time - before < REST
        key = port.identity, moved
        if self._heard[port] or key in self._done:
            return
        if moved.kind == NOTE_ON and not presses(message):
            if key in self._moved:
                self._moved[key].lifted = True
            else:
                self._heard[port] = True  # the end of a note that began before SHIFT: it is being played
            return
        coarse = port.identity, moved._replace(number=max(moved.number - FINE.start, 0))
        if moved.kind == CONTROL and moved.number in FINE and coarse in self._moved:
            return
        thing = self._moved.setdefault(key, _Moved(port, moved))
        thing.strokes += 1
        thing.values.append(message[-1])

    def read(self, reading: Reading) -> Lesson | None:
        """The lesson that a reading of the panel completes; it then means nothing else."""
        moved = self._one
        match reading:
            case Pressed(control=name) if moved and name not in ("shift", "tap"):
                return self._taught(moved, {"press": name, **moved.mode})
            case Stepped(control=name, steps=steps) if moved:
                return self._taught(moved, {"turn": name, **_stepping(moved, steps)})
            case Turned(control=name, position=position, pickup=pickup) if moved:
                first = self._stood.setdefault(name, position)
                if pickup and abs(position - first) < TURN:
                    return None
                return self._taught(moved, {"turn": name})
        return None

    def judge(self, gesture: Gesture) -> Lesson | Gesture | None:
        """The gesture, as a rule; the lesson that it completes, or nothing where it only served for one."""
        match gesture:
            case Hold("shift") if self._one or self._done:
                return None
            case Turn(held=held) if "shift" in held and (self._one or self._done):
                return None
            case Hold("tap", held) if "shift" in held and (moved := self._one):
                return self._taught(moved, {"press": "tap", **moved.mode})
        return gesture

    @property
    def _one(self) -> _Moved | None:
        """The one thing that moved."""
        moved = [each for each in self._moved.values() if not self._heard[each.port]]
        return moved[0] if self.held and len(moved) == 1 and moved[0].is_one else None

    def _taught(self, moved: _Moved, target: Keys) -> Lesson:
        self._done |= self._moved.keys()
        self._moved.clear()
        self._stood.clear()
        if fault := _fault(moved, target):
            return Lesson(moved.port, None, fault)
        return Lesson(moved.port, msgspec.convert({**shown(moved.port, moved.subject), **target}, Binding))

    def _clear(self) -> None:
        self._heard: dict[Port, bool] = {}  # whether it is being played
        self._moved: dict[tuple[str, Subject], _Moved] = {}
        self._stood: dict[str, float] = {}
        self._done: set[tuple[str, Subject]] = set()


def _stepping(moved: _Moved, steps: int) -> Keys:
    return {} if moved.is_endless else {"steps": 1 if steps > 0 else -1, **moved.mode}


def _fault(moved: _Moved, target: Keys) -> str:
    name = str(target.get("turn", ""))
    if not name:
        return ""
    label = CONTROLS[name].label
    if Kind.KNOB in CONTROLS[name].kinds:
        if moved.subject.kind != CONTROL:
            return f"only a knob, a fader or a pedal with a position can turn {label}"
        if moved.is_endless:
            return f"an endless encoder cannot turn {label}: let it send positions"
    elif moved.is_knob and not moved.is_endless:
        return f"what has a position cannot turn {label}: move an endless encoder, a pad or a switch"
    return ""
