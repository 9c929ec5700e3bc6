"""A rhythm cycle: pulses, groups and strokes; its text form, and the score that a player of it reads."""

from collections.abc import Iterator
from typing import Annotated

import msgspec

from jambox.errors import DataError
from jambox.toml import decode
from jambox.units import Bpm

Count = Annotated[int, msgspec.Meta(ge=1, le=512)]
Tempo = Annotated[float, msgspec.Meta(ge=20, le=400)]

SAM, GROUP, BEAT, PULSE = 1.0, 0.8, 0.6, 0.4
"""Weight of a stroke by its place: the first beat, the head of a group, another beat, between beats."""

_REST = "."
_GRID = {"x": 0.0, "X": 0.2, "o": -0.2}
"""Letters of a grid and what they add to the weight of their place: struck, accented, soft."""


class Stroke(msgspec.Struct, frozen=True):
    """A named stroke at `beat` (0 up to the cycle's length) with a weight of 0 (ornament) to 1 (sam)."""

    beat: float
    name: str
    weight: float


class Marks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The gestures that keep the tala, as pulse numbers from 1: sam, claps (tali), waves (khali)."""

    sam: Count = 1
    tali: tuple[Count, ...] = ()
    khali: tuple[Count, ...] = ()


class TempoRange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Beats per minute: the slowest, the usual and the fastest that the cycle is played at."""

    low: Tempo
    usual: Tempo
    high: Tempo


class CycleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A cycle as its file says it. `lines` are stroke names pulse by pulse; `grid` is a row of letters for each stroke.

    In both, `.` is a rest and `|` is for the eye. In a grid, `x` is struck, `X` accented, `o` soft.
    """

    id: str
    name: str
    region: str
    drums: str
    pulses: Count
    groups: tuple[Count, ...]
    tempo: TempoRange
    certainty: str
    sources: tuple[str, ...]
    pulses_per_beat: Count = 1
    names: dict[str, str] = {}
    marks: Marks = Marks()
    lines: dict[str, str] = {}
    grid: dict[str, str] = {}
    notes: str = ""


class Cycle(msgspec.Struct, frozen=True):
    """A cycle to play: its file, and the strokes in the order of their beats."""

    file: CycleFile
    strokes: tuple[Stroke, ...]

    @property
    def beats(self) -> float:
        """Length in beats: what the tempo counts."""
        return self.file.pulses / self.file.pulses_per_beat

    @property
    def tempo(self) -> Bpm:
        return Bpm(self.file.tempo.usual)


class Sound(msgspec.Struct, frozen=True, array_like=True):
    """Samples that sound the same stroke: `variants` slots of the bank from `slot` on, played at `gain`."""

    slot: int
    variants: int
    gain: float


class Hit(msgspec.Struct, frozen=True, array_like=True):
    """What is struck at `beat` of the cycle: `sounds` together, and MIDI `keys`, with a velocity of 0…1."""

    beat: float
    sounds: tuple[Sound, ...]
    keys: tuple[int, ...]
    velocity: float


class Score(msgspec.Struct, frozen=True, array_like=True):
    """A cycle made ready to play: `length` in beats, hits by beat, and a `serial` that tells scores apart."""

    serial: int
    length: float
    hits: tuple[Hit, ...]

    def beat_of(self, index: int) -> float:
        """Beat of the `index`-th hit, counted from the cycle's first on through its repetitions. Real-time safe."""
        turn, place = divmod(index, len(self.hits))
        return turn * self.length + self.hits[place].beat

    def index_at(self, beat: float) -> int:
        """The first hit at or after `beat`. Real-time safe."""
        turn = int(beat // self.length)
        # The same sum as in `beat_of`, so that the beat of a hit finds that hit in spite of rounding.
        start = turn * self.length
        place = next((i for i, hit in enumerate(self.hits) if start + hit.beat >= beat), len(self.hits))
        return turn * len(self.hits) + place


def parse_cycle(text: str, place: str) -> Cycle:
    """The cycle that `text` (TOML) describes; `place` names the file in messages. Raises DataError."""
    file = decode(text, CycleFile, place, DataError)
    if sum(file.groups) != file.pulses:
        raise DataError(f"{place}: groups: they add up to {sum(file.groups)}, but pulses is {file.pulses}")
    late = [mark for mark in (file.marks.sam, *file.marks.tali, *file.marks.khali) if mark > file.pulses]
    if late:
        raise DataError(f"{place}: marks: pulse {late[0]} lies outside the cycle's {file.pulses} pulses")
    tempo = file.tempo
    if not tempo.low <= tempo.usual <= tempo.high:
        raise DataError(f"{place}: tempo: {tempo.usual:g} is not between low ({tempo.low:g}) and high ({tempo.high:g})")
    strokes = [*_lines(file, place), *_grid(file, place)]
    if not strokes:
        raise DataError(f"{place}: no strokes: write some in a table [lines] or [grid]")
    return Cycle(file, tuple(sorted(strokes, key=lambda stroke: stroke.beat)))


def place_weight(file: CycleFile, pulse: int) -> float:
    """Weight of a pulse (from 0) by its place alone: sam, group head, beat, or between beats."""
    heads = {sum(file.groups[:i]) for i in range(len(file.groups))}
    if pulse == file.marks.sam - 1:
        return SAM
    if pulse in heads:
        return GROUP
    return BEAT if pulse % file.pulses_per_beat == 0 else PULSE


def _lines(file: CycleFile, place: str) -> Iterator[Stroke]:
    for key, line in file.lines.items():
        names = [name for name in line.split() if name != "|"]
        _check_length(f"{place}: lines.{key}", len(names), file.pulses)
        for pulse, name in enumerate(names):
            if name != _REST:
                yield Stroke(pulse / file.pulses_per_beat, name, place_weight(file, pulse))


def _grid(file: CycleFile, place: str) -> Iterator[Stroke]:
    for name, row in file.grid.items():
        letters = [letter for letter in row if letter not in "| "]
        _check_length(f"{place}: grid.{name}", len(letters), file.pulses)
        for pulse, letter in enumerate(letters):
            if letter == _REST:
                continue
            if letter not in _GRID:
                known = " ".join((_REST, *_GRID))
                raise DataError(f"{place}: grid.{name}: {letter!r} at pulse {pulse + 1} is none of {known}")
            weight = min(max(place_weight(file, pulse) + _GRID[letter], 0.0), 1.0)
            yield Stroke(pulse / file.pulses_per_beat, name, weight)


def _check_length(place: str, found: int, pulses: int) -> None:
    if found != pulses:
        raise DataError(
            f"{place}: {found} strokes and rests for {pulses} pulses: write one for each pulse, . for a rest"
        )
