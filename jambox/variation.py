"""What surprises, and who asked for another laya, have changed about the cycle that is set, as a value."""

from dataclasses import dataclass, replace
from typing import Annotated

import msgspec

RECENT = 8
"""Surprises within which none comes twice."""
UNDONE = 32
"""Changes that can be undone, one after another."""
LAYAS = {0.5: "half laya", 1.0: "its own laya", 2.0: "double laya"}
"""How fast a cycle can pass against the beat, and what that is called."""
Pulses = Annotated[int, msgspec.Meta(ge=1, le=512)]


class Variation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a cycle is played otherwise than its file says; what does not fit the cycle leaves it as it is.

    `groups` are other groups of its pulses; at a `laya` of 2 it passes twice as fast against the beat, of 0.5 half as
    fast; `swing` is the long pulse's share of two, in place of 0.5 (0: even); `accent` by how many pulses the accents
    of its groups come later; `drums` another family that plays it. Empty, 1, 0, 0 and empty are the cycle's own.
    """

    groups: tuple[Pulses, ...] = ()
    laya: Annotated[float, msgspec.Meta(ge=0.5, le=2.0)] = 1.0
    swing: Annotated[float, msgspec.Meta(ge=0.0, le=0.75)] = 0.0
    accent: Annotated[int, msgspec.Meta(ge=-8, le=8)] = 0
    drums: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A surprise: from now on this `cycle`, in this `variation`. `key` tells it from others, `told` tells players."""

    cycle: str
    variation: Variation
    key: str
    told: str


@dataclass(frozen=True, slots=True)
class Luck:
    """Surprises so far: from which `seed`, how many were `drawn`, the keys of the `recent` ones, and the way back.

    `past` has the cycle and the variation before each change that can still be undone, the latest last.
    """

    seed: int = 0
    drawn: int = 0
    recent: tuple[str, ...] = ()
    past: tuple[tuple[str, Variation], ...] = ()

    def after(self, change: Change, cycle: str, variation: Variation) -> "Luck":
        """The luck after `change`, which took the place of `cycle` in `variation`."""
        recent = (*self.recent, change.key)[-RECENT:]
        return replace(self.asked(cycle, variation), drawn=self.drawn + 1, recent=recent)

    def asked(self, cycle: str, variation: Variation) -> "Luck":
        """The luck after a change that a player asked for, not chance, in place of `cycle` in `variation`."""
        return replace(self, past=(*self.past, (cycle, variation))[-UNDONE:])

    def back(self) -> "Luck":
        """The luck once the latest change is undone; what was drawn stays drawn."""
        return Luck(self.seed, self.drawn, self.recent, self.past[:-1])

    def settled(self) -> "Luck":
        """The luck of another cycle: there is nothing to undo."""
        return Luck(self.seed, self.drawn, self.recent)
