"""Microtiming: how far from the even grid a cycle's strokes fall, everywhere the same or as the tempo says."""

from typing import Annotated

import msgspec

from jambox.music.certainty import Certainty

Offset = Annotated[float, msgspec.Meta(ge=-0.5, le=0.5)]
TRIPLET = 3
"""Pulses to a beat where a swing rule applies: its long note has two of them."""


class Swing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The short note of a swung beat: `short` seconds, but at least `least` of the beat and at most a half of it."""

    short: Annotated[float, msgspec.Meta(ge=0.02, le=0.5)]
    least: Annotated[float, msgspec.Meta(ge=0.05, le=0.5)]

    def share(self, tempo: float) -> float:
        """The short note's share of the beat at `tempo` beats per minute."""
        return min(max(self.short * tempo / 60.0, self.least), 0.5)


class Timing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`offsets`, in pulses, of pulse after pulse, over and over; or a `swing` rule. Later is above 0.

    What lies between two pulses is moved in proportion. `voices` names whom it moves; empty, all. The certainty, and
    the sources, are those of the figures.
    """

    certainty: Certainty
    sources: tuple[str, ...]
    offsets: tuple[Offset, ...] = ()
    swing: Swing | None = None
    voices: tuple[str, ...] = ()

    def at(self, tempo: float) -> tuple[float, ...]:
        """The offsets at `tempo` beats per minute."""
        if self.swing is None:
            return self.offsets
        late = TRIPLET * (1.0 - self.swing.share(tempo)) - (TRIPLET - 1)
        return (0.0, late / 2.0, late)


def moved(pulse: float, offsets: tuple[float, ...]) -> float:
    """Where what the grid has at `pulse` (from 0) falls, in pulses. Order is kept; a pulse of offset 0 stays."""
    whole = int(pulse // 1.0)
    part = pulse - whole
    before, after = offsets[whole % len(offsets)], offsets[(whole + 1) % len(offsets)]
    return pulse + before + (after - before) * part
