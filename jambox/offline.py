"""The same engine offline: from a cycle and a drone to a sound file, deterministic and faster than real time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import soundfile
from numpy.typing import NDArray

from jambox.errors import DeviceError
from jambox.music.cycle import Cycle
from jambox.music.drone import Drone, figure
from jambox.music.drums import Drums, score
from jambox.sound import commands, shelves, workshop
from jambox.sound.agreement import OUTPUTS
from jambox.sound.engine import Engine
from jambox.sound.parameters import Mixer
from jambox.sound.shelves import Job, Shelf, Wanted
from jambox.sound.tables import view
from jambox.units import Bpm, Hertz

DEFAULT_BLOCK = 1024


@dataclass(frozen=True)
class Piece:
    """What to render: `cycle` with its `drums`, or None for no rhythm; `drone`, or None; `levels` as amplitudes."""

    rate: int
    tempo: Bpm
    tonic: Hertz
    levels: tuple[float, float, float, float]
    cycle: Cycle | None = None
    drums: Drums | None = None
    drone: Drone | None = None
    seed: int = 0
    cache: str = ""


def blocks(piece: Piece, frames: int, block: int = DEFAULT_BLOCK) -> Iterator[NDArray[np.float32]]:
    """The piece's first `frames` frames, in arrays (float32, up to `block` x 2). The same samples for any `block`."""
    engine = prepare(piece, block)
    silence = view(np.zeros(0, dtype=np.float32))
    done = 0
    while done < frames:
        count = min(block, frames - done)
        played = np.zeros((count, OUTPUTS), dtype=np.float32)
        engine.render(silence, view(played.reshape(-1)), count)
        done += count
        yield played


def prepare(piece: Piece, longest: int) -> Engine:
    """An engine that is about to play the piece from its frame 0 on."""
    arranged = shelves.arrange(piece.rate)
    bank = np.zeros(arranged.frames, dtype=np.float32)
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
        shelf = arranged.drums[0]
        made = _fill(engine, bank, piece, shelf, shelves.drums_wanted(piece.drums, piece.tonic, shelf))
        strokes = shelves.drums_sounds(piece.drums, shelf, made)
        engine.load_score(score(piece.cycle, piece.drums, strokes, tempo=piece.tempo))
        engine.carry_out(commands.StartRhythm(0.0))
    return engine


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


def _fill(
    engine: Engine, bank: NDArray[np.float32], piece: Piece, shelf: Shelf, wanted: tuple[Wanted, ...]
) -> list[int]:
    slots = []
    for made in workshop.make(Job(shelf, piece.rate, piece.cache, wanted), bank):
        engine.carry_out(commands.DefineSample(*msgspec.structs.astuple(made)))
        slots.append(made.slot)
    return slots
