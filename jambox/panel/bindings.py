"""Gestures to actions: the standard panel as a table.

Pure. Time-critical actions answer the press, nothing destructive answers a click, and a hold answers at its threshold.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from jambox.actions import (
    Action,
    ClickDrone,
    CountIn,
    FollowClock,
    HoldRhythm,
    LevelInputs,
    NotYet,
    Panic,
    PressDrone,
    PressRhythm,
    SetLevel,
    SetShare,
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
from jambox.panel.controls import Kind, control, level, level_travel, met, travel
from jambox.panel.gestures import Click, Gesture, Hold, Press, Step, Stuck, Turn
from jambox.scene import Scene
from jambox.units import Seconds

QUIET = Seconds(1.0)
"""An encoder that can do nothing yet says so once, and again only after it has rested this long."""

MODIFIERS = ("shift", "drone")
"""What counts when several are held: the first."""

BUTTONS: Mapping[tuple[type[Press | Click | Hold], str, str | None], Action | Callable[[Seconds], Action]] = (
    MappingProxyType(
        {
            (Press, "tap", None): Tap,
            (Press, "tap", "shift"): Panic(),
            (Hold, "tap", None): FollowClock(),
            (Press, "drone", None): PressDrone(),
            (Press, "drone", "shift"): TurnDrone(1),
            (Click, "drone", None): ClickDrone(),
            (Hold, "drone", None): TakeTonic(),
            (Press, "rhythm", None): PressRhythm(),
            (Press, "rhythm", "shift"): CountIn(),
            (Hold, "rhythm", None): HoldRhythm(),
            (Click, "style", None): Where(),
            (Hold, "style", None): TurnPartner(1),
            (Click, "style", "drone"): TurnTuning(1),
            (Hold, "style", "drone"): TurnTuning(-1),
            (Click, "surprise", None): Surprise(),
            (Hold, "surprise", None): UndoSurprise(),
            (Click, "surprise", "shift"): TurnLaya(1),
            (Hold, "surprise", "shift"): TurnLaya(-1),
            (Click, "keep", None): NotYet("keeping what was just played"),
            (Hold, "keep", None): NotYet("an open-ended take"),
            (Hold, "keep", "shift"): NotYet("locking the panel"),
            (Hold, "shift", None): NotYet("saving the scene"),
        }
    )
)
"""What a button does by gesture, control and modifier: an action, or what makes one of the gesture's time."""

STEPS: Mapping[tuple[str, str | None], Callable[[int], Action]] = MappingProxyType(
    {
        ("style", None): TurnStyle,
        ("style", "drone"): TurnTonic,
        ("style", "shift"): lambda _steps: NotYet("turning through the scenes"),
    }
)
"""What an encoder does by control and modifier: what makes an action of the steps."""

TURNS: Mapping[tuple[str, str | None], Action] = MappingProxyType({("inputs", "shift"): LevelInputs()})
"""What a knob does by control and modifier, whatever its position."""
TURN = 0.1
"""The share of its travel by which a knob is turned then: more than a sleeve does, and more than a lesson takes."""


class Bindings:
    """The standard bindings. Remembers where each knob stands, and what was said of those that do nothing yet."""

    def __init__(self) -> None:
        self._stands: dict[tuple[str, str], float] = {}
        self._stood: dict[str, float] = {}
        self._touched: dict[str, Seconds] = {}

    def actions(self, gesture: Gesture, scene: Scene) -> tuple[Action, ...]:
        """What `gesture` asks for while `scene` is set; often nothing.

        Knobs that a hand turns (`pickup`) leave a value alone until they meet it where it stands in `scene`, so apply
        each action before asking for the next. Raises UnknownNameError for a control that the panel does not have.
        """
        match gesture:
            case Press(name, held, time) | Click(name, held, time) | Hold(name, held, time):
                control(name, Kind.BUTTON)
                found = BUTTONS.get((type(gesture), name, _modifier(held)))
                if found is None:
                    return ()
                return (found(time) if callable(found) else found,)
            case Step(name, steps, held, time):
                control(name, Kind.ENCODER)
                make = STEPS.get((name, _modifier(held)))
                return () if make is None else self._once(name, make(steps), time)
            case Turn():
                return self._turn(gesture, scene)
            case Stuck():
                return ()

    def _turn(self, turn: Turn, scene: Scene) -> tuple[Action, ...]:
        knob, now = control(turn.control, Kind.KNOB), travel(turn.position)
        # A knob on the box and one of an instrument stand each where they stand: between them lies no turn.
        last = self._stands.get((knob.name, turn.source))
        if turn.pickup:
            self._stands[knob.name, turn.source] = now
        if (action := TURNS.get((knob.name, _modifier(turn.held)))) is not None:
            return self._turn_held(turn, action)
        self._stood.pop(knob.name, None)
        if turn.pickup and last is None:
            return ()
        present = getattr(scene, knob.name)
        if turn.pickup and not met(last, now, level_travel(present) if knob.level else present):
            return ()
        if knob.share:
            return (SetShare(knob.share, now),)
        assert knob.level is not None
        return (SetLevel(knob.level, level(now)),)

    def _turn_held(self, turn: Turn, action: Action) -> tuple[Action, ...]:
        first = self._stood.setdefault(turn.control, turn.position)
        if turn.pickup and abs(turn.position - first) < TURN:
            return ()
        self._stood[turn.control] = turn.position
        return (action,) if self._rested(turn.control, turn.time) else ()

    def _once(self, name: str, action: Action, time: Seconds) -> tuple[Action, ...]:
        """`action`, unless it is a NotYet that was due less than QUIET ago."""
        if not isinstance(action, NotYet):
            return (action,)
        return (action,) if self._rested(name, time) else ()

    def _rested(self, name: str, time: Seconds) -> bool:
        before, self._touched[name] = self._touched.get(name), time
        return before is None or time - before >= QUIET


def _modifier(held: frozenset[str]) -> str | None:
    return next((name for name in MODIFIERS if name in held), None)
