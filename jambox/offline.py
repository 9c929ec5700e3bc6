"""The same engine offline: from a cycle and a drone to a sound file, deterministic and faster than real time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
from numpy.typing import NDArray

from jambox.errors import DataError, DeviceError, JamboxError
from jambox.midifile import Section, Struck, midi_file
from jambox.music.arrangement import Arrangement, Cast
from jambox.music.cycle import Cycle, Score, Sound
from jambox.music.drone import Drone, figure
from jambox.music.drums import Drums, score
from jambox.music.humanising import Touch
from jambox.music.roll import ROOM, lay
from jambox.programme import Number, steps
from jambox.rounds import LOCKS, Lock
from jambox.sound import commands, layout, shelves, workshop
from jambox.sound.agreement import OUTPUTS
from jambox.sound.engine import Engine
from jambox.sound.parameters import Mixer
from jambox.sound.players import RhythmPlayer, Samples
from jambox.sound.shelves import Job, Shelf, Shelves, Wanted
from jambox.sound.tables import view
from jambox.sound.voices import Voices
from jambox.units import Bpm, Hertz

DEFAULT_BLOCK = 1024
STEMS = {"drone": layout.DRONE, "rhythm": layout.RHYTHM}
"""The buses that have a stem."""
QUIET = 2.0**-12
"""Stems are rendered at this volume, and made louder after it, which floats do without loss: no limiter hears them."""
Bank = NDArray[np.float32]
Frames = NDArray[np.float32]


class Strike(NamedTuple):
    """What the rhythm struck at `frame`: `beat` counts from where its `run` began, runs from 1; keys and velocity."""

    run: int
    beat: float
    frame: int
    keys: tuple[int, ...]
    velocity: float


Heard = Callable[[Strike], None]


@dataclass(frozen=True)
class Piece:
    """What to render: `cycle` with its `drums`, or None for no rhythm; `drone`, or None; `levels` as amplitudes.

    The drone's rounds go with what `round` says. In place of a cycle, a whole `programme`. Strokes are off the grid by
    `humanise` of what is measured of players, 0 to 1.
    """

    rate: int
    tempo: Bpm
    tonic: Hertz
    levels: tuple[float, float, float, float]
    cycle: Cycle | None = None
    drums: Drums | None = None
    drone: Drone | None = None
    seed: int = 0
    cache: str = ""
    programme: tuple[Number, ...] = ()
    round: Lock = Lock.FREE
    humanise: float = 0.0


class _Heard(RhythmPlayer):
    """Plays, and tells `heard` each strike."""

    def __init__(self, rate: float, samples: Samples, seed: int, touch: Touch, heard: Heard) -> None:
        super().__init__(rate, samples, seed, touch)
        self._heard = heard

    def strike(self, number: int, beat: float, spot: int, voices: Voices, frame: int) -> None:
        super().strike(number, beat, spot, voices, frame)
        assert self.score is not None
        beat += self.touch.late(spot, self.score.interval(number))
        keys, velocity = self.score.keys_of(number), self.velocity(number, spot)
        self._heard(Strike(self.run, beat - self.beginning, frame, keys, velocity))


def blocks(piece: Piece, frames: int, block: int = DEFAULT_BLOCK, heard: Heard | None = None) -> Iterator[Frames]:
    """The piece's first `frames` frames, in arrays (float32, up to `block` x 2). The same samples for any `block`.

    `heard`, if there is one, is told what the rhythm strikes.
    """
    arranged = shelves.arrange(piece.rate)
    bank = np.zeros(arranged.frames, dtype=np.float32)
    engine = _engine(piece, block, bank, arranged, heard)
    moments = _moments(engine, bank, arranged, piece)
    silence = view(np.zeros(0, dtype=np.float32))
    done, due = 0, next(moments, frames)
    while done < frames:
        while due <= done:
            # What is due is done on the way to the moment after it.
            due = next(moments, frames)
        count = min(block, frames - done, due - done)
        played = np.zeros((count, OUTPUTS), dtype=np.float32)
        engine.render(silence, view(played.reshape(-1)), count)
        done += count
        yield played


def prepare(piece: Piece, longest: int) -> Engine:
    """An engine that is about to play the piece from its frame 0 on."""
    arranged = shelves.arrange(piece.rate)
    return _engine(piece, longest, np.zeros(arranged.frames, dtype=np.float32), arranged)


def _engine(piece: Piece, longest: int, bank: Bank, arranged: Shelves, heard: Heard | None = None) -> Engine:
    engine = Engine(piece.rate, Mixer(), 0, longest, view(bank), piece.seed, humanise=piece.humanise)
    if heard:
        engine.rhythm = _Heard(piece.rate, engine.samples, piece.seed, engine.rhythm.touch, heard)
    engine.set_levels(piece.levels)
    engine.strips.glides[:] = engine.strips.levels
    engine.carry_out(commands.SetTempo(piece.tempo))
    if piece.drone:
        shelf = arranged.drones[0]
        made = _fill(engine, bank, piece, shelf, shelves.drone_wanted(piece.drone, piece.tonic, shelf))
        sounds = shelves.drone_sounds(piece.drone, shelf, made)
        engine.load_figure(figure(piece.drone, piece.tonic, sounds, seed=piece.seed))
        engine.carry_out(commands.LockDrone(LOCKS.index(piece.round)))
        engine.carry_out(commands.StartDrone())
    if piece.cycle and piece.drums:
        strokes = _strokes(engine, bank, piece, arranged.drums[0], piece.drums)
        engine.load_score(lay(score(piece.cycle, piece.drums, strokes, tempo=piece.tempo)))
        engine.carry_out(commands.StartRhythm(0.0))
    return engine


def _moments(engine: Engine, bank: Bank, arranged: Shelves, piece: Piece) -> Iterator[int]:
    """The frames at which the programme does something; asked for the next, it does what was due at the last."""
    start = 0.0
    for number, part in enumerate(piece.programme):
        begin = round(start * piece.rate)
        yield begin
        casts = []
        # Beside those of the part before, which ring on.
        free = arranged.drums[2:4] if number % 2 else arranged.drums[:2]
        for shelf, (cycle, drums) in zip(free, part.cast, strict=False):
            casts.append(Cast(cycle, drums, _strokes(engine, bank, piece, shelf, drums)))
        arrangement = Arrangement(casts[0], casts[1] if part.second else None, part.tempo, part.fit)
        engine.carry_out(commands.StopRhythm())
        engine.carry_out(commands.SetTempo(part.tempo))
        for step in steps(part, arrangement, number + 1):
            if step.beat:
                yield begin + round(step.beat * 60.0 / part.tempo * piece.rate)
                engine.swap_score(_laid(step.score, part))
            else:
                engine.load_score(_laid(step.score, part))
                engine.carry_out(commands.StartRhythm(0.0))
        # Half a beat before sam nothing of it has sounded yet.
        yield begin + round((part.beats - 0.5) * 60.0 / part.tempo * piece.rate)
        engine.carry_out(commands.EndRhythm())
        start += part.seconds


def _laid(made: Score, part: Number) -> "memoryview[float]":
    numbers = lay(made)
    if len(numbers) > ROOM:
        told = f"{' meeting '.join(cycle.id for cycle, _ in part.cast)}: {len(made.hits)} strokes are more than the box"
        raise DataError(f"{told} plays in one round: thin them (--energy), or choose shorter cycles")
    return numbers


def write(
    path: Path,
    piece: Piece,
    frames: int,
    block: int,
    progress: Callable[[int], None],
    heard: Heard | None = None,
) -> None:
    """Render into a sound file (24 bits; the kind by its suffix), telling `progress` the frames done.

    Raises DeviceError when the file cannot be written, DataError for a meeting of too many strokes; what stood there
    before is then as it was.
    """
    _write(path, piece.rate, "PCM_24", blocks(piece, frames, block, heard), progress)


def stems(piece: Piece) -> tuple[str, ...]:
    """What the piece has stems of."""
    rhythm = piece.cycle or piece.programme
    return tuple(name for name, there in (("drone", piece.drone), ("rhythm", rhythm)) if there)


def stem(piece: Piece, name: str, frames: int, block: int = DEFAULT_BLOCK) -> Iterator[Frames]:
    """What `name`, one of STEMS, gives to the piece, with its level and its share of reverb, as `blocks` does.

    All stems together are the piece before its limiter.
    """
    levels = [0.0] * layout.LEVELS
    levels[STEMS[name]] = piece.levels[STEMS[name]]
    levels[layout.VOLUME] = piece.levels[layout.VOLUME] * QUIET
    inputs, drone, rhythm, volume = levels
    for played in blocks(replace(piece, levels=(inputs, drone, rhythm, volume)), frames, block):
        yield played / np.float32(QUIET)


def write_stems(folder: Path, piece: Piece, frames: int, block: int, progress: Callable[[int], None]) -> None:
    """Render each stem into a WAV file of its own in `folder`, in floats of 32 bits, which no peak overflows.

    Makes the folder where there is none. Raises as `write` does.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise DeviceError(f"cannot write into {folder}: {fault}; name a folder that you may write to") from fault
    for name in stems(piece):
        _write(folder / f"{name}.wav", piece.rate, "FLOAT", stem(piece, name, frames, block), progress)


def write_midi(path: Path, piece: Piece, seconds: float, strikes: Sequence[Strike]) -> None:
    """Write the `strikes` that were heard in the piece's first `seconds` as a Standard MIDI File.

    Raises DeviceError when the file cannot be written; what stood there before is then as it was.
    """
    new = path.parent / f".{path.name}.new"
    try:
        new.write_bytes(midi_file(tuple(_sections(piece, seconds, strikes))))
        new.replace(path)
    except OSError as fault:
        raise DeviceError(f"cannot write {path}: {fault}; name a .mid file in a folder with room") from fault
    finally:
        new.unlink(missing_ok=True)


def _sections(piece: Piece, seconds: float, strikes: Sequence[Strike]) -> Iterator[Section]:
    def struck(run: int) -> tuple[Struck, ...]:
        return tuple(Struck(one.beat, one.keys, one.velocity) for one in strikes if one.run == run)

    if piece.cycle:
        yield Section(piece.cycle.file.name, piece.cycle, piece.tempo, 0.0, seconds * piece.tempo / 60.0, struck(1))
    start = 0.0
    for run, part in enumerate(piece.programme, 1):
        title = " ↔ ".join(cycle.file.name for cycle, _ in part.cast)
        begin = round(start * piece.rate) / piece.rate
        beats = min(part.beats, (seconds - begin) * part.tempo / 60.0)
        yield Section(title, part.first[0], part.tempo, begin, beats, struck(run))
        start += part.seconds


def _write(path: Path, rate: int, kind: str, sound: Iterator[Frames], progress: Callable[[int], None]) -> None:
    new = path.parent / f".{path.name}.new{path.suffix}"
    try:
        with soundfile.SoundFile(str(new), "w", rate, OUTPUTS, kind) as file:
            done = 0
            for played in sound:
                file.write(played)
                done += len(played)
                progress(done)
        new.replace(path)
    except JamboxError:
        raise
    except (soundfile.LibsndfileError, OSError, ValueError, TypeError) as fault:
        raise DeviceError(f"cannot write {path}: {fault}; name a .wav or .flac file in a folder with room") from fault
    finally:
        new.unlink(missing_ok=True)


def _strokes(engine: Engine, bank: Bank, piece: Piece, shelf: Shelf, drums: Drums) -> dict[str, Sound]:
    made = _fill(engine, bank, piece, shelf, shelves.drums_wanted(drums, piece.tonic, shelf))
    return shelves.drums_sounds(drums, shelf, made)


def _fill(engine: Engine, bank: Bank, piece: Piece, shelf: Shelf, wanted: tuple[Wanted, ...]) -> list[int]:
    slots = []
    for made in workshop.make(Job(shelf, piece.rate, piece.cache, wanted), bank):
        engine.carry_out(made.define())
        slots.append(made.slot)
    return slots
