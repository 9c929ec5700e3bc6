"""The state of the box as lights: each light's brightness at a moment, from plain values.

Pure: time is passed in, and every light follows from it alone, so a light that is written late is never wrong for long.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import NamedTuple

from jambox.state import State
from jambox.units import Seconds

SAM, CLAP, BEAT = 1.0, 0.5, 0.3
"""Brightness of BEAT on sam, on claps (tali), and on the other beats."""
SAM_FLASH, BEAT_FLASH = Seconds(0.12), Seconds(0.06)
"""Of sam, claps and waves, and of other beats. Shorter flashes also look dimmer: up to about 0.1 s the eye sums light
over time (Bloch's law)."""
WAVE = 3
"""Parts of a wave's flash (khali), of which every other is dark: an open hand has no weight."""
SLOW, WAITING, FAST = Seconds(1.0), Seconds(0.4), Seconds(0.25)
"""Periods of blinking: a warning, a result still to come, a fault."""
DIMMED = frozenset({"beat"})
"""The lights that are ever between dark and full."""


class Health(Enum):
    """How the box is, as STATUS shows it."""

    WELL = "well"
    WARNING = "warning"
    FAULT = "fault"


class Event(StrEnum):
    """What STATUS tells with short dark flashes."""

    ARRIVED = "arrived"
    LEFT = "left"
    LEARNED = "learned"
    FORGOTTEN = "forgotten"
    REFUSED = "refused"
    CLIPPED = "clipped"


FLASHES: Mapping[Event, tuple[int, Seconds]] = MappingProxyType(
    {
        Event.ARRIVED: (1, Seconds(0.15)),
        Event.LEFT: (2, Seconds(0.15)),
        Event.LEARNED: (1, Seconds(0.4)),
        Event.FORGOTTEN: (2, Seconds(0.4)),
        Event.REFUSED: (3, Seconds(0.06)),
        Event.CLIPPED: (5, Seconds(0.04)),
    }
)
"""How often, and for how many seconds each time."""


@dataclass(frozen=True, slots=True)
class News:
    """An event, and when it came (monotonic seconds)."""

    event: Event
    time: Seconds


@dataclass(frozen=True, slots=True)
class View:
    """All that the lights depend on.

    `beat` is the position in the cycle in beats, from 0 on sam, as heard at `now`; None while no beat runs. `pending`:
    something the player asked of the rhythm is still to come. `taking`: the tonic is listened for. `claps` and `waves`
    are the beats after sam on which the cycle has them.
    """

    state: State
    now: Seconds
    beat: float | None = None
    pending: bool = False
    health: Health = Health.WELL
    news: tuple[News, ...] = ()
    taking: bool = False
    claps: tuple[float, ...] = ()
    waves: tuple[float, ...] = ()


class Flash(NamedTuple):
    """What BEAT tells: SAM, CLAP or BEAT; whether it is a `wave`; and which share of its time has passed."""

    brightness: float
    wave: bool
    passed: float


def flash(view: View) -> Flash | None:
    """The flash that BEAT is in at `view.now`; None between two, and while no beat runs."""
    if view.beat is None:
        return None
    # Not all marks lie on whole beats.
    begun = max((math.floor(view.beat), *(mark for mark in (*view.claps, *view.waves) if mark <= view.beat)))
    brightness = SAM if begun == 0 else CLAP if begun in view.claps else BEAT
    wave = begun in view.waves
    seconds = SAM_FLASH if brightness > BEAT or wave else BEAT_FLASH
    passed = (view.beat - begun) / min(seconds * view.state.scene.tempo / 60.0, 0.5)
    return Flash(brightness, wave, passed) if passed < 1.0 else None


def lights(view: View) -> dict[str, float]:
    """Brightness of each light, 0 to 1, at `view.now`."""
    waiting = view.state.ending or view.pending
    rhythm = view.state.rhythm_on and (not waiting or _blink(view.now, WAITING))
    return {
        "beat": _beat(flash(view)),
        "drone": float(_blink(view.now, WAITING) if view.taking else view.state.scene.drone_on),
        "rhythm": float(rhythm),
        "keep": 0.0,
        "status": float(_status(view)),
    }


def recent(news: Iterable[News], now: Seconds) -> tuple[News, ...]:
    """The news that STATUS still has to show; drop the rest."""
    return tuple([n for n in news if now - n.time < _lasts(n.event)])


def _beat(now: Flash | None) -> float:
    if now is None or (now.wave and int(WAVE * now.passed) % 2):
        return 0.0
    return now.brightness


def _status(view: View) -> bool:
    shown = [n for n in recent(view.news, view.now) if n.time <= view.now]
    if shown:
        # What clips does so again and again: other news comes first.
        latest = max(shown, key=lambda n: (n.event is not Event.CLIPPED, n.time))
        _, length = FLASHES[latest.event]
        return int((view.now - latest.time) / length) % 2 == 1
    if view.state.listening and view.health is not Health.FAULT:
        return _blink(view.now, WAITING)
    match view.health:
        case Health.WELL:
            return True
        case Health.WARNING:
            return _blink(view.now, SLOW)
        case Health.FAULT:
            return _blink(view.now, FAST)


def _lasts(event: Event) -> float:
    times, length = FLASHES[event]
    return 2 * times * length


def _blink(now: Seconds, period: Seconds) -> bool:
    return now % period < period / 2.0
