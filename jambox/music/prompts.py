"""What is said to players of a cycle while it sounds: the count of its beats, or the syllables of its strokes.

A count goes by beats where they come to a whole number and the groups begin on them, or where the metre is square, so
that groups are accents across it; else by pulses, as in aksak. Numbers are those by which the tradition counts, so that
a gong that closes the cycle has the last. What would come too fast for speech is left out: first what lies between
pulses, then all but the heads of groups, at last all but sam.
"""

from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from jambox.music.cycle import Cycle, CycleFile, Stroke
from jambox.music.syllables import TONGUES

FASTEST = 0.18
"""Seconds from word to word below which nothing is understood."""
SQUARE = (2, 4, 8)
"""Beats of a metre across which groups may lie."""
SAME = 1e-6
"""Beats within which two places are one."""


class Stress(IntEnum):
    """How much a word weighs: between pulses, on one, at the head of a group, at sam."""

    BETWEEN = 0
    PLAIN = 1
    GROUP = 2
    SAM = 3


class Line(NamedTuple):
    """What is said at `beat` after sam."""

    beat: float
    text: str
    stress: Stress


class Prompt(NamedTuple):
    """Everything that is said in one cycle, by beat, in a voice; `gap` is the shortest time between two, in seconds."""

    voice: str
    lines: tuple[Line, ...]
    gap: float


def count(cycle: Cycle, tempo: float, language: str, most: int) -> Prompt:
    """The count of a cycle's beats at `tempo` beats per minute, in at most `most` different words, or sam alone."""
    return _fitting(language, tuple(_numbers(cycle.file)), cycle.beats, tempo, most)


def syllables(cycle: Cycle, tempo: float, most: int) -> Prompt | None:
    """The syllables of its strokes, in a voice of their own language; None where its strokes have none, or not at sam.

    Of strokes that fall together, the heaviest is spoken.
    """
    tongue = TONGUES.get(cycle.file.drums)
    if tongue is None:
        return None
    said: dict[float, tuple[Stroke, float]] = {}
    for stroke, falls in zip(cycle.strokes, cycle.falls(tempo), strict=True):
        heavier = stroke.beat not in said or stroke.weight > said[stroke.beat][0].weight
        if stroke.name in tongue.spelling and heavier:
            said[stroke.beat] = stroke, falls
    lines = tuple(
        Line(falls, tongue.spelling[stroke.name], _stress(cycle.file, beat * cycle.file.pulses_per_beat))
        for beat, (stroke, falls) in sorted(said.items())
    )
    if not any(line.stress is Stress.SAM for line in lines):
        return None
    return _fitting(tongue.voice, lines, cycle.beats, tempo, most)


def _numbers(file: CycleFile) -> Iterator[Line]:
    step = _step(file)
    numbers = file.pulses // step
    for pulse in range(0, file.pulses * file.turns, step):
        number = (pulse + file.marks.sam - 1) % file.pulses // step + file.counted_from - 1
        yield Line(pulse / file.pulses_per_beat, str(number % numbers + 1), _stress(file, pulse))


def _step(file: CycleFile) -> int:
    """Pulses from one number to the next."""
    beats, rest = divmod(file.pulses, file.pulses_per_beat)
    on_beats = all((mark - file.marks.sam + 1) % file.pulses_per_beat == 0 for mark in _marked(file))
    return file.pulses_per_beat if not rest and (on_beats or beats in SQUARE) else 1


def _marked(file: CycleFile) -> set[int]:
    """The written pulses, from 0, that tell the groups: their heads, or, where sam closes the cycle, their ends.

    Or else those that the file says.
    """
    if file.counted_on:
        return {pulse - 1 for pulse in file.counted_on}
    heads = {sum(file.groups[:place]) for place in range(len(file.groups))}
    return {(head - 1) % file.pulses for head in heads} if file.marks.sam == file.pulses > 1 else heads


def _stress(file: CycleFile, pulse: float) -> Stress:
    """Of what falls on a pulse, counted from sam, from 0."""
    whole = round(pulse)
    if abs(pulse - whole) > SAME:
        return Stress.BETWEEN
    if whole % file.pulses == 0:
        return Stress.SAM
    return Stress.GROUP if (whole + file.marks.sam - 1) % file.pulses in _marked(file) else Stress.PLAIN


def _fitting(voice: str, lines: tuple[Line, ...], beats: float, tempo: float, most: int) -> Prompt:
    for least in Stress:
        kept = tuple(line for line in lines if line.stress >= least)
        after = (*(line.beat for line in kept[1:]), kept[0].beat + beats)
        gap = min(late - line.beat for line, late in zip(kept, after, strict=True)) * 60.0 / tempo
        if gap >= FASTEST - SAME and len({(line.text, line.stress) for line in kept}) <= most:
            break
    return Prompt(voice, kept, gap)
