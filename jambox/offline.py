"""The same engine offline: from a cycle and a drone to a sound file, deterministic and faster than real time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import soundfile
from numpy.typing import NDArray

from jambox.errors import DeviceError
from jambox.music.arrangement import Arrangement, Cast
from jambox.music.cycle import Cycle, Sound
from jambox.music.drone import Drone, figure
from jambox.music.drums import Drums, score
from jambox.programme import Number, steps
from jambox.sound import commands, shelves, workshop
from jambox.sound.agreement import OUTPUTS
from jambox.sound.engine import Engine
from jambox.sound.parameters import Mixer
from jambox.sound.shelves import Job, Shelf, Shelves, Wanted
from jambox.sound.tables import view
from jambox.units import Bpm, Hertz

DEFAULT_BLOCK = 1024
Bank = NDArray[np.float32]


@dataclass(frozen=True)
class Piece:
    """What to render: `cycle` with its `drums`, or None for no rhythm; `drone`, or None; `levels` as amplitudes.

    In place of a cycle, a whole `programme`.
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


def blocks(piece: Piece, frames: int, block: int = DEFAULT_BLOCK) -> Iterator[NDArray[np.float32]]:
    """The piece's first `frames` frames, in arrays (float32, up to `block` x 2). The same samples for any `block`."""
    arranged = shelves.arrange(piece.rate)
    bank = np.zeros(arranged.frames, dtype=np.float32)
    engine = _engine(piece, block, bank, arranged)
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


def _engine(piece: Piece, longest: int, bank: Bank, arranged: Shelves) -> Engine:
    engine = Engine(piece.rate, Mixer(), 0, longest, view(bank), piece.seed)
    engine.set_levels(piece.levels)
    engine.strips.glides[:] = engine.strips.levels
    engine.carry_out(commands.SetTempo(piece.tempo))
    if piece.drone:
        shelf = arranged.drones[0]
        made = _fill(engine, bank, piece, shelf, shelves.drone_wanted(piece.drone, piece.tonic, shelf))
        sounds = shelves.drone_sounds(piece.drone, shelf, made)
        engine.load_figure(figure(piece.drone, piece.tonic, sounds, seed=piece.seed))
        engine.carry_out(commands.StartDrone())
    if piece.cycle and piece.drums:
        strokes = _strokes(engine, bank, piece, arranged.drums[0], piece.drums)
        engine.load_score(score(piece.cycle, piece.drums, strokes, tempo=piece.tempo))
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
                engine.swap_score(step.score)
            else:
                engine.load_score(step.score)
                engine.carry_out(commands.StartRhythm(0.0))
        # Half a beat before sam nothing of it has sounded yet.
        yield begin + round((part.beats - 0.5) * 60.0 / part.tempo * piece.rate)
        engine.carry_out(commands.EndRhythm())
        start += part.seconds


def write(path: Path, piece: Piece, frames: int, block: int, progress: Callable[[int], None]) -> None:
    """Render into a sound file (24 bits; the kind by its suffix), telling `progress` the frames done.

    Raises DeviceError when the file cannot be written; what stood there before is then as it was.
    """
    new = path.parent / f".{path.name}.new{path.suffix}"
    try:
        with soundfile.SoundFile(str(new), "w", piece.rate, OUTPUTS, "PCM_24") as file:
            done = 0
            for played in blocks(piece, frames, block):
                file.write(played)
                done += len(played)
                progress(done)
        new.replace(path)
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
        engine.carry_out(commands.DefineSample(*msgspec.structs.astuple(made)))
        slots.append(made.slot)
    return slots
