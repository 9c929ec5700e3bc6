"""A bench for the sound core: the kernel as plain Python, banks of simple sounds, and blocks of any size."""

import importlib.util
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import jambox.sound
from jambox.music.cycle import Hit, Score, Sound
from jambox.music.drone import Figure
from jambox.sound import strips
from jambox.sound.commands import Command, DefineSample
from jambox.sound.engine import Engine
from jambox.sound.parameters import Mixer, Strip, flatten
from jambox.sound.tables import view

RATE = 48000
PLAIN = Mixer()
Samples = NDArray[np.floating[Any]]


LOOPS = ("design", "spectra", "guard", "channels", "hall", "master", "mix")
"""The compiled modules that make sound."""


def interpreted(name: str) -> ModuleType:
    """A compiled module of jambox.sound run as it stands, uncompiled, under a name of its own."""
    path = Path(jambox.sound.__path__[0]) / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"jambox.sound.interpreted_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


INTERPRETED = {name: interpreted(name) for name in LOOPS}


@contextmanager
def loops(compiled: bool) -> Iterator[None]:
    """Engines made within run on the compiled loops, or on interpreted ones."""
    with pytest.MonkeyPatch.context() as patch:
        for name, module in INTERPRETED.items():
            if not compiled:
                patch.setattr(strips, name, module)
        yield


def engine_with(
    sounds: Iterable[Samples],
    inputs: int = 0,
    longest: int = 128,
    rate: float = RATE,
    seed: int = 0,
    open_: bool = True,
    mixer: Mixer = PLAIN,
    humanise: float = 0.0,
) -> Engine:
    """An engine whose slot i holds the i-th sound; with `open_` all levels stand at 1 already."""
    laid = [np.asarray(sound, dtype=np.float32) for sound in sounds]
    bank = view(np.concatenate([np.zeros(1, np.float32), *laid]))
    engine = Engine(rate, mixer, inputs, longest, bank, seed, humanise=humanise)
    offset = 1
    for slot, sound in enumerate(laid):
        engine.carry_out(DefineSample(slot, offset, len(sound)))
        offset += len(sound)
    if open_:
        engine.set_levels((1.0,) * 4)
        engine.strips.glides[:] = engine.strips.levels
    return engine


def render(engine: Engine, frames: int, block: int = 128, captured: Samples | None = None) -> Samples:
    """The engine's next frames, shape (frames, 2), in blocks; `captured` has shape (frames, inputs)."""
    played = np.full((frames, 2), np.nan, dtype=np.float32)
    heard = np.zeros((frames, 0), dtype=np.float32) if captured is None else np.asarray(captured, dtype=np.float32)
    for first in range(0, frames, block):
        last = min(first + block, frames)
        engine.render(view(heard[first:last].reshape(-1)), view(played[first:last].reshape(-1)), last - first)
    return played


Act = Callable[[Engine], object]


def do(command: Command) -> Act:
    """The command as something that can be scripted."""
    return lambda engine: engine.carry_out(command)


def perform(
    engine: Engine, script: Iterable[tuple[int, Act]], frames: int, block: int, captured: Samples | None = None
) -> Samples:
    """Render `frames`, doing what the script says at its frames; in between, blocks of `block`."""
    parts = []
    done = 0
    for frame, act in [*sorted(script, key=lambda line: line[0]), (frames, lambda _engine: None)]:
        piece = None if captured is None else captured[done:frame]
        parts.append(render(engine, frame - done, block, piece))
        done = frame
        act(engine)
    return np.concatenate(parts)


def score_of(*hits: tuple[float, int], length: float = 4.0, serial: int = 1) -> Score:
    """A score of (beat, slot) at full velocity."""
    return Score(serial, length, tuple(Hit(beat, (Sound(slot, 1, 1.0),), (), 1.0) for beat, slot in hits))


def figure_of(*slots: int, seconds: float = 1.0, jitter: float = 0.0, variants: int = 1, **more: Any) -> Figure:
    """A figure that plucks one string for each slot, evenly and at full level unless told otherwise."""
    count = len(slots)
    words: dict[str, Any] = {
        "serial": 1,
        "sounds": tuple(Sound(slot, variants, 1.0) for slot in slots),
        "frequencies": (1000.0,) * count,
        "waits": (1.0,) * count,
        "levels": (1.0,) * count,
        "pans": (0.0,) * count,
        "seconds": seconds,
        "jitter": jitter,
        "softest": 1.0,
        "seed": 0,
    }
    return Figure(**(words | more))


def swell(cycles: int, frequency: float, rate: float = RATE, amplitude: float = 0.5) -> Samples:
    """Whole periods of a sine: it starts and ends at 0."""
    t = np.arange(round(cycles * rate / frequency) + 1) / rate
    return np.asarray(amplitude * np.sin(2.0 * np.pi * frequency * t), dtype=np.float32)


def click(frames: int = 8) -> Samples:
    """A single 1, then silence."""
    samples = np.zeros(frames, dtype=np.float32)
    samples[0] = 1.0
    return samples


def desk(*strips: Strip, inputs: int | None = None, rate: float = RATE, **more: Any) -> Engine:
    """An engine with these strips, all open; `more` names other parts of the Mixer."""
    count = len(strips) if inputs is None else inputs
    return engine_with([], count, rate=rate, mixer=Mixer(strips=strips, **more))


def turn(engine: Engine, *strips: Strip, **more: Any) -> None:
    """Let the engine glide to another Mixer."""
    engine.set_mixer(flatten(Mixer(strips=strips, **more)))


def mono(engine: Engine, signal: Samples, block: int = 128) -> Samples:
    """What comes out on the left for one captured channel."""
    return render(engine, len(signal), block, signal.reshape(-1, 1))[:, 0].astype(np.float64)
