"""The player strikes every shipped cycle where its file says: the grid, and its microtiming, within one sample.

What is expected is read from the rows of the file here, without the code that makes strokes of them.
"""

import math
from collections.abc import Iterator
from typing import Any

import pytest

from jambox.music.cycle import Cycle, CycleFile, Sound
from jambox.music.drums import Drums, score
from jambox.music.roll import lay
from jambox.music.rows import Row
from jambox.sound.players import RhythmPlayer, Samples
from tests.shipped import LIBRARY

RATE = 48000
TURNS = 2


class Struck:
    """In the place of voices: the samples that are started."""

    def __init__(self) -> None:
        self.slots: list[int] = []

    def start(self, _bus: int, offset: int, _length: int, _gain: float, **_more: float) -> None:
        self.slots.append(offset)


def lateness(file: CycleFile, voice: str, tempo: float) -> list[float]:
    """By how many pulses each pulse of the cycle is late."""
    timing = file.timing
    if timing is None or (timing.voices and voice not in timing.voices):
        return [0.0] * file.pulses
    if timing.swing is None:
        return list(timing.offsets) * (file.pulses // len(timing.offsets))
    short = max(timing.swing.least, min(0.5, timing.swing.short * tempo / 60.0))
    return [[0.0, 1.5 * (1.0 - short) - 1.0, 3.0 * (1.0 - short) - 2.0][pulse % 3] for pulse in range(file.pulses)]


def written(row: Row, pulses: int) -> Iterator[tuple[float, str]]:
    """Each stroke of a row by its pulse, from 0: the parts of a word divide its place."""
    text = row.voice.row.replace("|", " ")
    places = text.split() if row.words else list(text.replace(" ", ""))
    size = pulses / (row.voice.places or pulses)
    for place, word in enumerate(places):
        parts = row.voice.strokes.get(word, word).split("-") if row.words else [word]
        for number, part in enumerate(parts):
            if part not in ("", "."):
                named = row.voice.strokes.get(part, part if row.words else row.voice.stroke or row.name)
                yield (place + number / len(parts)) * size, named


def expected(cycle: Cycle, family: Drums, tempo: float, turns: int = TURNS) -> list[tuple[float, str]]:
    """Every stroke that is heard in the first turns, by its frame; sam is on frame 0."""
    file, found = cycle.file, []
    phrase = file.pulses * file.turns
    for row in file.rows:
        voice = row.voice
        if voice.silent or voice.accents or voice.reading not in ("", cycle.reading):
            continue
        late = lateness(file, row.name, tempo)
        strokes = list(written(row, file.pulses))
        repeats = 1 if len(row.tokens) > (voice.places or file.pulses) else file.turns
        for pulse, name in ((pulse + turn * file.pulses, name) for turn in range(repeats) for pulse, name in strokes):
            whole, part = int(pulse), pulse - int(pulse)
            after = (1.0 - part) * late[whole % file.pulses] + part * late[(whole + 1) % file.pulses]
            place = (pulse - (file.marks.sam - 1)) % phrase + after
            frames = [(place + turn * phrase) * 60.0 * RATE / tempo / file.pulses_per_beat for turn in range(turns)]
            found += [(frame, sound) for frame in frames for sound in family.strokes[name].sounds]
    return sorted(found)


def played(cycle: Cycle, family: Drums, tempo: float, turns: int = TURNS) -> list[tuple[int, str]]:
    """Every sound that the player starts in the first turns, by its frame."""
    names = list(family.sounds)
    samples: Any = Samples(len(names))
    for slot in range(len(names)):
        samples.define(slot, slot, 1)
    sounds = {name: Sound(slot, 1, 1.0) for slot, name in enumerate(names)}
    made = score(cycle, family, sounds, serial=1, tempo=tempo)
    player, voices = RhythmPlayer(RATE, samples, 0), Struck()
    player.set_tempo(tempo, 0)
    player.load(lay(made), 0)
    player.start(0.0, 0)
    found: list[tuple[int, str]] = []
    for _ in range(turns * len(made.hits)):
        frame = player.due
        before, voices.slots = len(found), []
        player.play(voices, frame)  # type: ignore[arg-type]
        found += [(frame, names[slot]) for slot in voices.slots]
        assert len(found) > before
    return sorted(found)


@pytest.mark.parametrize("name", LIBRARY.cycles)
def test_every_stroke_is_on_its_frame(name: str) -> None:
    cycle = LIBRARY.cycle(name)
    family = LIBRARY.family(cycle.file.drums)
    for tempo in (cycle.file.tempo.low, cycle.file.tempo.usual, cycle.file.tempo.high):
        wanted, found = expected(cycle, family, tempo), played(cycle, family, tempo)
        assert sorted(sound for _, sound in found) == sorted(sound for _, sound in wanted)
        for sound in family.sounds:
            at = [frame for frame, each in found if each == sound]
            right = [frame for frame, each in wanted if each == sound]
            assert at == pytest.approx(right, abs=1.0)


@pytest.mark.no_cover
@pytest.mark.parametrize("name", ["teental", "bulerias", "curcuna", "swing-ride", "lancaran", "four-floor"])
def test_after_20_minutes_nothing_has_drifted(name: str) -> None:
    cycle = LIBRARY.cycle(name)
    family = LIBRARY.family(cycle.file.drums)
    for tempo in (cycle.file.tempo.low, cycle.file.tempo.usual + 0.37, cycle.file.tempo.high):
        turns = math.ceil(20.0 * tempo / (cycle.beats * cycle.file.turns))
        wanted, found = (of(cycle, family, tempo, turns) for of in (expected, played))
        assert wanted[-1][0] > (20.0 * 60.0 - cycle.beats * cycle.file.turns * 60.0 / tempo) * RATE
        for sound in family.sounds:
            at = [frame for frame, each in found if each == sound]
            assert at == pytest.approx([frame for frame, each in wanted if each == sound], abs=1.0)


def test_a_gong_comes_first_and_last() -> None:
    # Its weight falls at the end of each group, and on the last of all the gong: what is played begins and ends there.
    for name in ("lancaran", "gangsaran", "ladrang"):
        first = LIBRARY.cycle(name).strokes[0]
        assert (first.beat, first.name, first.weight) == (0.0, "gong", 1.0)
