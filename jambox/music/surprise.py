"""Surprise: one thing about the cycle is changed, drawn by chance that can be played again from its seed.

What a surprise changes is a Variation; `varied` plays a cycle by it.
"""

from collections.abc import Collection, Iterator, Mapping

from msgspec.structs import replace

from jambox.music.chance import uniform
from jambox.music.cycle import Cycle, CycleFile, Stroke, place_weight
from jambox.music.drums import Drums
from jambox.music.timing import Timing
from jambox.variation import LAYAS, Change, Variation

DEEP = frozenset({35, 36, 41, 43, 45, 52, 64})
"""General MIDI keys of bass drums, low toms, a gong and the low conga: what a family's deep strokes stand for."""
SWINGS = (0.0, 0.56, 0.6, 0.64)
"""Shares of the long pulse of two: even, and up to about 9 to 5, past which a listener hears triplets."""
ACCENTS = (-1, 0, 1, 2)


def varied(cycle: Cycle, variation: Variation, families: Mapping[str, Drums]) -> Cycle:
    """The cycle as `variation` has it; what does not fit it changes nothing."""
    if variation.groups and sum(variation.groups) == cycle.file.pulses:
        regrouped = replace(cycle.file, groups=variation.groups, group_names=(), weights=())
        cycle = _weighed(cycle, regrouped, [place_weight(regrouped, p) for p in range(cycle.file.pulses)])
    if variation.accent:
        cycle = _weighed(cycle, cycle.file, _displaced(cycle.file, variation.accent))
    if variation.swing and _swings(cycle.file):
        late = 2.0 * variation.swing - 1.0
        timing = Timing("unchecked", ("a surprise",), (0.0, late))
        cycle = replace(cycle, file=replace(cycle.file, timing=timing))
    if variation.laya == 2.0:
        cycle = _faster(cycle)
    elif variation.laya == 0.5 and cycle.file.timing is None:
        cycle = _slower(cycle)
    home, other = families.get(cycle.file.drums), families.get(variation.drums)
    return recast(cycle, home, other) if home and other else cycle


def unfit(cycle: Cycle, variation: Variation, laya: float) -> str:
    """Why the cycle, varied so, cannot pass in that laya, since half would stretch what is uneven; empty if it can."""
    if laya < 1.0 and cycle.file.timing is not None:
        return f"{LAYAS[laya]} does not fit {cycle.id}: its pulses are uneven"
    return f"{LAYAS[laya]} does not fit {cycle.id} while it swings" if laya < 1.0 and variation.swing else ""


def draw(
    name: str,
    variation: Variation,
    seed: int,
    turn: int,
    recent: Collection[str],
    cycles: Mapping[str, Cycle],
    families: Mapping[str, Drums],
) -> Change | None:
    """The surprise of `seed` at `turn`, for the cycle called `name` in `variation`; None where all are `recent`.

    First what kind of thing it changes is drawn, then to what. `cycles` are those it may change to.
    """
    kinds = []
    for kind in _KINDS:
        fresh = [one for one in kind(name, variation, cycles, families) if one.key not in recent]
        if fresh:
            kinds.append(fresh)
    if not kinds:
        return None
    kind_drawn = kinds[int(uniform(seed, turn, 0) * len(kinds))]
    return kind_drawn[int(uniform(seed, turn, 1) * len(kind_drawn))]


def recast(cycle: Cycle, home: Drums, other: Drums) -> Cycle:
    """The cycle played by `other`: a stroke of the same name where there is one, else a deep one by a deep one.

    Of several, the one whose weight in its family is nearest. Gestures that are not heard are left out.
    """
    names = {name: _counterpart(name, home, other) for name in _heard(home)}
    strokes = tuple(replace(stroke, name=names[stroke.name]) for stroke in cycle.strokes if stroke.name in names)
    return replace(cycle, file=replace(cycle.file, drums=other.id), strokes=strokes)


def groupings(file: CycleFile) -> tuple[tuple[int, ...], ...]:
    """Other groups for the cycle's pulses: its own in another order; of equal ones, threes and twos."""
    own, pulses = file.groups, file.pulses
    if len(set(own)) > 1:
        found = [own[i:] + own[:i] for i in range(1, len(own))]
    else:
        cells: list[tuple[int, ...]] = [(3, 3, 2), (3, 2, 3), (2, 3, 3)] if pulses % 8 == 0 else []
        cells += [(3, 3), (2, 2, 2)] if pulses % 6 == 0 else []
        cells += [(3, 3, 2, 2, 2)] if pulses % 12 == 0 else []
        found = [cell * (pulses // sum(cell)) for cell in cells]
    return tuple(dict.fromkeys(groups for groups in found if groups != own))


def _cycles(
    name: str, variation: Variation, cycles: Mapping[str, Cycle], _families: Mapping[str, Drums]
) -> Iterator[Change]:
    for other, cycle in cycles.items():
        fits = not unfit(cycle, variation, variation.laya)
        if other != name and cycle.beats == cycles[name].beats and fits:
            yield Change(other, variation, f"cycle {other}", f"surprise: {other}, of the same length")


def _groups(
    name: str, variation: Variation, cycles: Mapping[str, Cycle], _families: Mapping[str, Drums]
) -> Iterator[Change]:
    file = cycles[name].file
    for groups in ((), *groupings(file)):
        if groups != variation.groups:
            shown = "+".join(map(str, groups or file.groups))
            yield Change(name, replace(variation, groups=groups), f"groups {shown}", f"surprise: grouped {shown}")


def _layas(
    name: str, variation: Variation, cycles: Mapping[str, Cycle], _families: Mapping[str, Drums]
) -> Iterator[Change]:
    for laya, told in LAYAS.items():
        if laya != variation.laya and not unfit(cycles[name], variation, laya):
            yield Change(name, replace(variation, laya=laya), f"laya {laya:g}", f"surprise: {told}")


def _swing(
    name: str, variation: Variation, cycles: Mapping[str, Cycle], _families: Mapping[str, Drums]
) -> Iterator[Change]:
    for swing in SWINGS:
        if swing != variation.swing and _swings(cycles[name].file) and variation.laya >= 1.0:
            told = f"swing, {swing:.0%} of two pulses long" if swing else "even pulses"
            yield Change(name, replace(variation, swing=swing), f"swing {swing:g}", f"surprise: {told}")


def _accents(
    name: str, variation: Variation, _cycles: Mapping[str, Cycle], _families: Mapping[str, Drums]
) -> Iterator[Change]:
    for accent in ACCENTS:
        if accent != variation.accent:
            pulses = "one pulse" if abs(accent) == 1 else f"{abs(accent)} pulses"
            told = f"accents {pulses} {'later' if accent > 0 else 'earlier'}" if accent else "accents where they belong"
            yield Change(name, replace(variation, accent=accent), f"accent {accent}", f"surprise: {told}")


def _drums(
    name: str, variation: Variation, cycles: Mapping[str, Cycle], families: Mapping[str, Drums]
) -> Iterator[Change]:
    home = cycles[name].file.drums
    for drums in families.values():
        chosen = "" if drums.id == home else drums.id
        if chosen != variation.drums and (not chosen or {_deep(drums, s) for s in _heard(drums)} == {True, False}):
            told = f"surprise: played on {drums.name}"
            yield Change(name, replace(variation, drums=chosen), f"drums {drums.id}", told)


_KINDS = (_cycles, _groups, _layas, _swing, _accents, _drums)


def _weighed(cycle: Cycle, file: CycleFile, weights: list[float]) -> Cycle:
    """The cycle with other weights for its pulses; a stroke keeps what an accent adds to that of its place."""
    own = [place_weight(cycle.file, pulse) for pulse in range(cycle.file.pulses)]

    def weighed(stroke: Stroke) -> Stroke:
        pulse = round(stroke.beat * cycle.file.pulses_per_beat, 6) + cycle.file.marks.sam - 1
        if not pulse.is_integer():
            return stroke
        place = int(pulse) % cycle.file.pulses
        return replace(stroke, weight=min(max(stroke.weight + weights[place] - own[place], 0.0), 1.0))

    return replace(cycle, file=file, strokes=tuple(map(weighed, cycle.strokes)))


def _displaced(file: CycleFile, accent: int) -> list[float]:
    """The weights of all pulses, moved `accent` pulses later; sam stays where it is, and what would land on it too."""
    own = [place_weight(file, pulse) for pulse in range(file.pulses)]
    sam = file.marks.sam - 1
    around = [pulse for pulse in range(file.pulses) if pulse != sam]
    turned = around[-accent % len(around) :] + around[: -accent % len(around)] if around else []
    moved = list(own)
    for place, source in zip(around, turned, strict=True):
        moved[place] = own[source]
    return moved


def _faster(cycle: Cycle) -> Cycle:
    """Twice as fast against the beat."""
    file = replace(cycle.file, pulses_per_beat=cycle.file.pulses_per_beat * 2, timing=_plain(cycle.file.timing))
    return replace(cycle, file=file, strokes=tuple(replace(s, beat=s.beat / 2.0) for s in cycle.strokes))


def _slower(cycle: Cycle) -> Cycle:
    """Half as fast against the beat: each pulse becomes two."""
    file, marks = cycle.file, cycle.file.marks
    doubled = replace(
        marks,
        sam=2 * marks.sam - 1,
        tali=tuple(2 * pulse - 1 for pulse in marks.tali),
        khali=tuple(2 * pulse - 1 for pulse in marks.khali),
    )
    weights = tuple(weight for each in file.weights for weight in (each, each))
    groups = tuple(2 * group for group in file.groups)
    file = replace(file, pulses=2 * file.pulses, groups=groups, weights=weights, marks=doubled)
    return replace(cycle, file=file, strokes=tuple(replace(s, beat=s.beat * 2.0) for s in cycle.strokes))


def _plain(timing: Timing | None) -> Timing | None:
    """Microtiming without a rule that goes by the beat, which counts for another pulse then."""
    return None if timing is None or timing.swing else timing


def _swings(file: CycleFile) -> bool:
    return file.timing is None and file.pulses % 2 == 0 and file.marks.sam % 2 == 1


def _counterpart(name: str, home: Drums, other: Drums) -> str:
    heard = _heard(other)
    if name in heard or not heard:
        return name
    alike = [each for each in heard if _deep(other, each) == _deep(home, name)] or heard
    return min(alike, key=lambda each: abs(other.strokes[each].weight - home.strokes[name].weight))


def _heard(drums: Drums) -> list[str]:
    return [name for name, stroke in drums.strokes.items() if stroke.sounds or stroke.keys]


def _deep(drums: Drums, name: str) -> bool:
    return not DEEP.isdisjoint(drums.strokes[name].keys)
