"""Readings to gestures: what a hand meant, computed from time stamps alone.

Pure: the clock is passed in. Debounce, holds and chords follow from the times of the readings, so they come out the
same whenever the owner happens to call.
"""

import msgspec

from jambox.panel.controls import CONTROLS, Pressed, Reading, Released, Stepped, Turned, checked
from jambox.units import Seconds

BOUNCE = Seconds(0.020)
"""Edges this close behind one that counted are bounce: most switches settle within 10 ms (J. Ganssle on debouncing)."""
STUCK = Seconds(20.0)
"""A button down this long no longer changes the meaning of others: a jammed SHIFT must not turn TAP into panic."""

NOTHING: frozenset[str] = frozenset()


class Press(msgspec.Struct, frozen=True):
    """A button went down, with the buttons in `held` down that give it another meaning."""

    control: str
    held: frozenset[str]
    time: Seconds


class Click(msgspec.Struct, frozen=True):
    """A button came up before its hold threshold, and was not used as a modifier; `held` as at its press."""

    control: str
    held: frozenset[str]
    time: Seconds


class Hold(msgspec.Struct, frozen=True):
    """A button reached its hold threshold, and was not used as a modifier; `held` as at its press."""

    control: str
    held: frozenset[str]
    time: Seconds


class Turn(msgspec.Struct, frozen=True):
    """A knob moved to `position`, 0 to 1; with `pickup` it must first meet the present value; `source` as in Turned.

    The buttons in `held` are down and give it another meaning; only a hand on the panel itself has such.
    """

    control: str
    position: float
    time: Seconds
    pickup: bool
    source: str = ""
    held: frozenset[str] = NOTHING


class Step(msgspec.Struct, frozen=True):
    """An encoder moved by `steps` detents, with the buttons in `held` down that give it another meaning."""

    control: str
    steps: int
    held: frozenset[str]
    time: Seconds


class Stuck(msgspec.Struct, frozen=True):
    """A button has been down for STUCK seconds: a heavy object, or a broken switch. It modifies nothing any more."""

    control: str
    time: Seconds


Gesture = Press | Click | Hold | Turn | Step | Stuck


class _Switch:
    """One switch: what counts as its level, and what its present press has been used for."""

    __slots__ = ("changed", "control", "down", "held", "raw", "spent", "stuck")

    def __init__(self, control: str) -> None:
        self.control = control
        self.changed = float("-inf")
        self.down = False
        self.raw = False
        self.held = NOTHING
        self.spent = False
        self.stuck = False

    @property
    def active(self) -> bool:
        return self.down and not self.stuck

    def deadline(self) -> float | None:
        """When something is next due on it without a reading, in monotonic seconds."""
        if self.raw != self.down:
            return self.changed + BOUNCE
        if not self.down or self.stuck:
            return None
        return self.changed + (STUCK if self.spent else CONTROLS[self.control].hold)

    def edge(self, down: bool, time: float) -> bool:
        """Takes an edge; whether it counts now."""
        if not (down or self.raw or self.down):
            # A release without a press, of a button down since before start-up: what bounces behind it is no press.
            self.changed = time
        self.raw = down
        return down != self.down and time >= self.changed + BOUNCE


class Gestures:
    """Turns readings into gestures. Give it every reading, and call `tick` when `deadline` has come.

    A release without a press (a button that was down at start-up) means nothing. Each switch of a control presses
    alone, so one that is stuck leaves the others in charge.
    """

    def __init__(self) -> None:
        self._switches: dict[tuple[str, str], _Switch] = {}

    @property
    def held(self) -> frozenset[str]:
        """The controls that count as held down."""
        return frozenset(s.control for s in self._switches.values() if s.active)

    def deadline(self) -> float | None:
        """When to call `tick`, in monotonic seconds; None when nothing is due."""
        return min((d for s in self._switches.values() if (d := s.deadline()) is not None), default=None)

    def tick(self, now: float) -> tuple[Gesture, ...]:
        """The gestures due up to `now`, monotonic seconds, stamped with the moments at which they were due."""
        gestures: list[Gesture] = []
        while True:
            due = [(d, s) for s in self._switches.values() if (d := s.deadline()) is not None and d <= now]
            if not due:
                return tuple(gestures)
            time, switch = min(due, key=lambda pair: pair[0])
            gestures += self._expire(switch, time)

    def feed(self, reading: Reading) -> tuple[Gesture, ...]:
        """The gestures that `reading` completes, after those due before it.

        Raises UnknownNameError, and changes nothing, for a control that the panel does not have.
        """
        checked(reading)
        before = self.tick(reading.time)
        match reading:
            case Pressed(control, time, source) | Released(control, time, source):
                switch = self._switches.setdefault((control, source), _Switch(control))
                down = isinstance(reading, Pressed)
                return before + (self._change(switch, down, time) if switch.edge(down, time) else ())
            case Turned(control, position, time, pickup, source):
                held = NOTHING if source else self._modifiers(control)
                return (*before, Turn(control, position, time, pickup, source, held))
            case Stepped(control, steps, time):
                return (*before, Step(control, steps, self._modifiers(control), time))

    def _modifiers(self, control: str) -> frozenset[str]:
        """The held controls that give `control` another meaning; they are spent by that."""
        used = [
            s for s in self._switches.values() if s.control in self.held and control in CONTROLS[s.control].modifies
        ]
        for switch in used:
            switch.spent = True
        return frozenset(switch.control for switch in used)

    def _change(self, switch: _Switch, down: bool, time: float) -> tuple[Gesture, ...]:
        switch.down, switch.changed = down, time
        if down:
            switch.held, switch.spent, switch.stuck = self._modifiers(switch.control), False, False
            return (Press(switch.control, switch.held, Seconds(time)),)
        return () if switch.spent else (Click(switch.control, switch.held, Seconds(time)),)

    def _expire(self, switch: _Switch, time: float) -> tuple[Gesture, ...]:
        if switch.raw != switch.down:
            return self._change(switch, switch.raw, time)
        if switch.spent:
            switch.stuck = True
            return (Stuck(switch.control, Seconds(time)),)
        switch.spent = True
        return (Hold(switch.control, switch.held, Seconds(time)),)
