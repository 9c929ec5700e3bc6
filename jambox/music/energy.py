"""Energy: how much of a cycle sounds, from its bare skeleton to all of it, and how hard it is struck.

Every stroke needs a certain energy, and sounds from there on; so more energy never takes a stroke away.
"""

import msgspec

from jambox.music.cycle import Cycle

CALM = 0.7
"""Velocity at energy 0, as a share of that at 1. Amplitude goes with its square: some 6 dB."""
_ROUNDING = 1e-9


def needs(cycle: Cycle) -> tuple[float, ...]:
    """The energy, 0 to 1, from which on each stroke of `cycle` sounds, in the order of its strokes.

    A stroke of weight w needs 1 - w. The skeleton needs none: what falls on sam and on the claps and waves that mark
    the cycle. Where nothing does, as in a clave that leaves sam empty, the heaviest strokes are the skeleton.
    """
    marked = _marked(cycle)
    bare = {i for i, stroke in enumerate(cycle.strokes) if round(stroke.beat, 6) in marked}
    if not bare:
        heaviest = max((stroke.weight for stroke in cycle.strokes), default=0.0)
        bare = {i for i, stroke in enumerate(cycle.strokes) if stroke.weight >= heaviest - _ROUNDING}
    return tuple(0.0 if i in bare else 1.0 - stroke.weight for i, stroke in enumerate(cycle.strokes))


def sounds(need: float, energy: float) -> bool:
    """Whether a stroke that needs `need` sounds at `energy`, both 0 to 1."""
    return energy >= need - _ROUNDING


def kept(cycle: Cycle, energy: float) -> Cycle:
    """The cycle with only those strokes that sound at `energy`, 0 to 1; at 1, the cycle as it is."""
    strokes = tuple(stroke for stroke, need in zip(cycle.strokes, needs(cycle), strict=True) if sounds(need, energy))
    return msgspec.structs.replace(cycle, strokes=strokes)


def force(energy: float) -> float:
    """By what a stroke's velocity is multiplied at `energy`, 0 to 1: CALM to 1."""
    return CALM + (1.0 - CALM) * energy


def _marked(cycle: Cycle) -> set[float]:
    """The beats of sam, tali and khali, in every turn."""
    file = cycle.file
    marked = {file.marks.sam, *file.marks.tali, *file.marks.khali}
    within = {(pulse - file.marks.sam) % file.pulses for pulse in marked}
    beats = {pulse + turn * file.pulses for pulse in within for turn in range(file.turns)}
    return {round(beat / file.pulses_per_beat, 6) for beat in beats}
