"""A rhythm cycle: pulses, groups and strokes; its text form, and the score that a player of it reads."""

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Annotated

import msgspec

from jambox.errors import At, DataError, pointed
from jambox.music import rows
from jambox.music.certainty import Certainty
from jambox.music.rows import ACCENT, Count, Row, Voice
from jambox.music.timing import TRIPLET, Timing, moved
from jambox.toml import decode
from jambox.units import Bpm

Tempo = Annotated[float, msgspec.Meta(ge=20, le=400)]
Weight = Annotated[float, msgspec.Meta(ge=0, le=1)]
Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]*$")]

SAM, GROUP, BEAT, PULSE, BETWEEN = 1.0, 0.8, 0.6, 0.4, 0.2
"""Weight of a stroke by its place: the first beat, head of a group, another beat, between beats, between pulses."""


class Stroke(msgspec.Struct, frozen=True):
    """A named stroke at `beat` (0, which is sam, up to the cycle's length), of weight 0 (ornament) to 1 (sam).

    `voice` is the row of the cycle's file that it stands in.
    """

    beat: float
    name: str
    weight: float
    voice: str = ""


class Marks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The gestures that keep the tala, as pulse numbers from 1: sam, claps (tali), waves (khali)."""

    sam: Count = 1
    tali: tuple[Count, ...] = ()
    khali: tuple[Count, ...] = ()

    def after_sam(self, numbers: Iterable[int], pulses: int, pulses_per_beat: float) -> tuple[float, ...]:
        """The beats after sam on which these pulses lie, in a cycle of `pulses`."""
        return tuple(sorted((number - self.sam) % pulses / pulses_per_beat for number in numbers))

    @property
    def labels(self) -> dict[int, str]:
        """What is written under each of these pulses: X at sam, 0 at khali, claps by their number, sam being the first.

        A sam that is khali is 0, and the claps then begin with 1.
        """
        first = 1 if self.sam in self.khali else 2
        claps = {pulse: str(number) for number, pulse in enumerate(self.tali, first)}
        return {self.sam: "X"} | claps | dict.fromkeys(self.khali, "0")


class TempoRange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Beats per minute: the slowest, the usual and the fastest that the cycle is played at.

    `told`: what is known of it in words; `certainty`: that of the figures, where it is not the cycle's.
    """

    low: Tempo
    usual: Tempo
    high: Tempo
    told: str = ""
    certainty: Certainty | None = None


class CycleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A cycle as its file says it. `lines` are stroke names pulse by pulse; `grid` is a row of letters for each stroke.

    In both, `.` is a rest and `|` is for the eye. A word divided by hyphens divides its pulse. In a grid, `x` is
    struck, `X` accented, `o` soft; where a voice says what its letters mean, they may be any.

    `meter`, `unit` and `beat` name the metre, the pulse and what the tempo counts as the tradition does; `grouping` is
    how it groups the pulses, where `groups` do not say it all, and `group_names` what the groups are called. `weights`,
    one for each pulse, stand in for those that the groups give. Players count the first beat as `counted_from`, and
    stress the pulses `counted_on`, where those are not the heads of groups. A phrase of several `turns` of the cycle is
    played as one.
    """

    id: Id
    name: str
    region: str
    drums: str
    pulses: Count
    groups: tuple[Count, ...]
    tempo: TempoRange
    certainty: Certainty
    sources: tuple[str, ...]
    pulses_per_beat: Count = 1
    names: dict[str, str] = {}
    tradition: str = ""
    meter: str = ""
    unit: str = ""
    beat: str = ""
    grouping: str = ""
    group_names: tuple[str, ...] = ()
    weights: tuple[Weight, ...] = ()
    counted_from: Count = 1
    counted_on: tuple[Count, ...] = ()
    turns: Annotated[int, msgspec.Meta(ge=1, le=16)] = 1
    marks: Marks = Marks()
    lines: dict[str, str | Voice] = {}
    grid: dict[str, str | Voice] = {}
    timing: Timing | None = None
    notes: str = ""

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every voice, those of `lines` first."""
        return (*rows.written(True, self.lines), *rows.written(False, self.grid))

    @property
    def readings(self) -> tuple[str, ...]:
        """The readings that sources give of it, the first being the one that is meant by the bare id; else one, ""."""
        return tuple(dict.fromkeys(row.voice.reading for row in self.rows if row.voice.reading)) or ("",)


class Cycle(msgspec.Struct, frozen=True):
    """A cycle to play: its file, the strokes in the order of their beats on the even grid, and which reading it is."""

    file: CycleFile
    strokes: tuple[Stroke, ...]
    reading: str = ""

    @property
    def id(self) -> str:
        """The id by which it is chosen; of a reading other than the first, `id:reading`."""
        return self.file.id if self.reading == self.file.readings[0] else f"{self.file.id}:{self.reading}"

    @property
    def beats(self) -> float:
        """Length in beats: what the tempo counts."""
        return self.file.pulses * self.file.turns / self.file.pulses_per_beat

    @property
    def tempo(self) -> Bpm:
        return Bpm(self.file.tempo.usual)

    def falls(self, tempo: float) -> tuple[float, ...]:
        """Where each of the strokes falls at `tempo` beats per minute, in beats, microtiming and all."""
        timing, file = self.file.timing, self.file
        if timing is None:
            return tuple(stroke.beat for stroke in self.strokes)
        offsets, sam = timing.at(tempo), file.marks.sam - 1

        def late(stroke: Stroke) -> float:
            if timing.voices and stroke.voice not in timing.voices:
                return stroke.beat
            return (moved(stroke.beat * file.pulses_per_beat + sam, offsets) - sam) / file.pulses_per_beat

        return tuple(map(late, self.strokes))

    def timed(self, tempo: float) -> tuple[Stroke, ...]:
        """The strokes where they fall at `tempo` beats per minute, microtiming and all, in their order."""
        if self.file.timing is None:
            return self.strokes
        pairs = zip(self.strokes, self.falls(tempo), strict=True)
        late = (msgspec.structs.replace(stroke, beat=beat) for stroke, beat in pairs)
        return tuple(sorted(late, key=lambda stroke: stroke.beat))


class Sound(msgspec.Struct, frozen=True, array_like=True):
    """Samples that sound the same stroke: `variants` slots of the bank from `slot` on, played at `gain`.

    It stops what rings of earlier strokes of the group `choke`, of which one is on one drum; 0 is none.
    """

    slot: int
    variants: int
    gain: float
    choke: int = 0


class Hit(msgspec.Struct, frozen=True, array_like=True):
    """What is struck at `beat` of the cycle: `sounds` together, and MIDI `keys`, with a velocity of 0…1."""

    beat: float
    sounds: tuple[Sound, ...]
    keys: tuple[int, ...]
    velocity: float


class Word(msgspec.Struct, frozen=True, array_like=True):
    """What is said to players at `beat` after each sam: the sample in `slot`, which begins some time before."""

    beat: float
    slot: int


class Score(msgspec.Struct, frozen=True, array_like=True):
    """A cycle made ready to play: `length` in beats, hits by beat, and a `serial` that tells scores apart.

    Scores of one `line` (0 is none) are the same music, thinner or fuller: one may take another's place anywhere. A sam
    comes every `turn` beats; 0, once in its length. The `words`, by beat, come anew from each sam to the next.
    """

    serial: int
    length: float
    hits: tuple[Hit, ...]
    line: int = 0
    turn: float = 0.0
    words: tuple[Word, ...] = ()

    @property
    def sam(self) -> float:
        """Beats from sam to sam. Real-time safe."""
        return self.turn or self.length

    def is_kin(self, other: "Score") -> bool:
        """Whether both are of one line. Real-time safe."""
        return self.line == other.line != 0


def parse_cycle(text: str, place: str) -> Cycle:
    """The cycle that `text` (TOML) describes, in its first reading; `place` names the file in messages.

    Raises DataError.
    """
    return parse_cycles(text, place)[0]


def parse_cycles(text: str, place: str) -> tuple[Cycle, ...]:
    """The cycle that `text` describes in each of its readings, of which it has at least one. Raises DataError."""
    file = decode(text, CycleFile, place, DataError)
    for told, at in _faults(file):
        raise pointed(DataError(f"{place}: {told}"), at)
    return tuple(Cycle(file, _strokes(file, reading, place), reading) for reading in file.readings)


def place_weight(file: CycleFile, pulse: int) -> float:
    """Weight of a pulse (from 0) by its place alone: sam, group head, beat, or between beats."""
    if file.weights:
        return file.weights[pulse]
    if pulse == file.marks.sam - 1:
        return SAM
    if pulse in accumulate(file.groups, initial=0):
        return GROUP
    return BEAT if pulse % file.pulses_per_beat == 0 else PULSE


def _strokes(file: CycleFile, reading: str, place: str) -> tuple[Stroke, ...]:
    strokes = sorted(_read(file, reading, place), key=lambda stroke: stroke.beat)
    if not strokes:
        raise DataError(f"{place}: no strokes: write some in a table [lines] or [grid]")
    return tuple(strokes)


def _read(file: CycleFile, reading: str, place: str) -> Iterator[Stroke]:
    heard = [row for row in file.rows if row.voice.reading in ("", reading)]
    accents = {
        (row.voice.accents, pulse) for row in heard if row.voice.accents for pulse, _ in _struck(file, row, place)
    }
    for row in heard:
        struck = _struck(file, row, place)
        if row.voice.silent or row.voice.accents:
            continue
        for pulse, named in struck:
            whole = int(pulse) % file.pulses
            weight = (place_weight(file, whole) if pulse.is_integer() else BETWEEN) + named.accent
            weight += ACCENT if (row.name, pulse) in accents else 0.0
            # What is played begins with sam, wherever the tradition writes it.
            beat = (pulse - (file.marks.sam - 1)) % (file.pulses * file.turns) / file.pulses_per_beat
            yield Stroke(beat, named.name, min(max(weight, 0.0), 1.0), row.name)


def _struck(file: CycleFile, row: Row, place: str) -> list[tuple[float, rows.Named]]:
    """What a row strikes, by pulses from 0."""
    places = row.voice.places or file.pulses
    found = rows.strokes(row, places, file.turns, place)
    return [(float(named.place * file.pulses / places), named) for named in found]


def _faults(file: CycleFile) -> Iterator[tuple[str, At]]:
    """What does not fit together, and where."""
    if sum(file.groups) != file.pulses:
        yield f"groups: they add up to {sum(file.groups)}, but pulses is {file.pulses}", ("groups",)
    if file.group_names and len(file.group_names) != len(file.groups):
        told = f"group_names: {len(file.group_names)} names for {len(file.groups)} groups: name each, or none"
        yield told, ("group_names",)
    if file.weights and len(file.weights) != file.pulses:
        told = f"weights: {len(file.weights)} for {file.pulses} pulses: give one for each pulse, or none at all"
        yield told, ("weights",)
    marks = file.marks
    for key, pulses in (("sam", (marks.sam,)), ("tali", marks.tali), ("khali", marks.khali)):
        for number, pulse in enumerate(pulses):
            if pulse > file.pulses:
                told = f"marks: pulse {pulse} lies outside the cycle's {file.pulses} pulses"
                yield told, ("marks", key) if key == "sam" else ("marks", key, number)
    if file.counted_from > file.pulses:
        yield f"counted_from: {file.counted_from} is more than the cycle's {file.pulses} pulses", ("counted_from",)
    for number, pulse in enumerate(file.counted_on):
        if pulse > file.pulses:
            told = f"counted_on: pulse {pulse} lies outside the cycle's {file.pulses} pulses"
            yield told, ("counted_on", number)
    tempo = file.tempo
    if not tempo.low <= tempo.usual <= tempo.high:
        told = f"tempo: {tempo.usual:g} is not between low ({tempo.low:g}) and high ({tempo.high:g})"
        yield told, ("tempo", "usual")
    yield from _voice_faults(file)
    yield from _timing_faults(file)


def _voice_faults(file: CycleFile) -> Iterator[tuple[str, At]]:
    names = [row.name for row in file.rows]
    for row in file.rows:
        title, key = f"{row.key[0]}.{row.name}", row.key[:2]
        if names.count(row.name) > 1:
            yield f"{title}: there are two voices of that name: give them different ones", key
        if row.voice.accents and row.voice.accents not in names:
            told = f"{title}.accents: no voice is called {row.voice.accents!r}: there are {', '.join(names)}"
            yield told, (*key, "accents")


def _timing_faults(file: CycleFile) -> Iterator[tuple[str, At]]:
    timing = file.timing
    if timing is None:
        return
    if bool(timing.offsets) == (timing.swing is not None):
        yield "timing: give either offsets or a swing rule", ("timing",)
    elif timing.swing and file.pulses_per_beat != TRIPLET:
        told = f"timing.swing: it is for {TRIPLET} pulses to a beat, not {file.pulses_per_beat}: give offsets instead"
        yield told, ("timing", "swing")
    elif timing.offsets and file.pulses % len(timing.offsets):
        told = f"timing.offsets: {len(timing.offsets)} for {file.pulses} pulses: give one for each, or for a part"
        yield f"{told} that repeats", ("timing", "offsets")
    elif timing.offsets and timing.offsets[(file.marks.sam - 1) % len(timing.offsets)]:
        yield "timing.offsets: sam cannot be moved: begin with 0", ("timing", "offsets")
    names = [row.name for row in file.rows]
    for number, name in enumerate(timing.voices):
        if name not in names:
            told = f"timing.voices: no voice is called {name!r}: there are {', '.join(names)}"
            yield told, ("timing", "voices", number)
