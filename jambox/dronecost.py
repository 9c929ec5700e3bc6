"""What each drone costs the engine: the median block with it less that without it, one of each in turn.

The samples are noise, which costs as much as any sound; their number and lengths are the drone's.
"""

import gc
import time
from concurrent.futures import ThreadPoolExecutor

import msgspec
import numpy as np

from jambox.music import library
from jambox.music.cycle import Sound
from jambox.music.drone import Drone, figure
from jambox.scene import Scene
from jambox.sound import commands, kernel, layout
from jambox.sound.agreement import OUTPUTS
from jambox.sound.engine import Engine
from jambox.sound.parameters import Mixer
from jambox.sound.tables import NOTHING, view
from jambox.units import Hertz

BLOCKS = 2000
"""Blocks that are timed of each."""
BENT = 2.0 ** (1.0 / 12.0)
"""As a turn of STYLE bends what sounds until its rendering is there; so it is read between frames."""


class Cost(msgspec.Struct, frozen=True):
    """Microseconds of a block that go to a drone of so many voices, as it is and bent; shares of the deadline."""

    drone: str
    voices: int
    microseconds: float
    share: float
    bent_microseconds: float
    bent_share: float


def measure(frames: int, rate: int, blocks: int = BLOCKS) -> list[Cost]:
    """What each drone that comes with the box costs in a block of `frames` at `rate` Hz."""
    # On a thread of its own: denormals are flushed by thread, and the caller's arithmetic stays as it is.
    with ThreadPoolExecutor(1) as pool:
        return list(pool.map(lambda drone: _cost(drone, frames, rate, blocks), library.load().drones.values()))


def table(costs: list[Cost]) -> str:
    """The costs for people."""
    lines = [f"{'':22}voices  as it is, of the deadline    bent, of the deadline"]
    lines += [
        f"{one.drone:22}{one.voices:6d} {one.microseconds:7.2f} µs {100.0 * one.share:12.2f} %"
        f" {one.bent_microseconds:9.2f} µs {100.0 * one.bent_share:10.2f} %"
        for one in costs
    ]
    return "\n".join(lines)


def _cost(drone: Drone, frames: int, rate: int, blocks: int) -> Cost:
    length = round(drone.ring * rate)
    bank = view(np.random.default_rng(1).uniform(-0.1, 0.1, length * len(drone.strings)).astype(np.float32))
    silent, sounding = (Engine(rate, Mixer(), 0, frames, bank) for _ in range(2))
    for string in range(len(drone.strings)):
        sounding.carry_out(commands.DefineSample(string, string * length, length))
    sounds = tuple(Sound(string, 1, 1.0) for string in range(len(drone.strings)))
    sounding.load_figure(figure(drone, Hertz(Scene().tonic), sounds))
    sounding.carry_out(commands.StartDrone())
    for engine in (silent, sounding):
        engine.set_levels((1.0,) * layout.LEVELS)
    played = view(np.zeros(frames * OUTPUTS, dtype=np.float32))
    for _ in range(round(2.0 * drone.ring * rate / frames)):
        sounding.render(NOTHING, played, frames)
    plain, voices = _apart(silent, sounding, played, frames, blocks), sounding.voices.count
    sounding.carry_out(commands.BendDrone(BENT))
    for _ in range(round(0.1 * rate / frames)):
        sounding.render(NOTHING, played, frames)
    bent = _apart(silent, sounding, played, frames, blocks)
    deadline = frames / rate * 1e6
    return Cost(
        drone.id, voices, round(plain, 2), round(plain / deadline, 5), round(bent, 2), round(bent / deadline, 5)
    )


def _apart(silent: Engine, sounding: Engine, played: "memoryview[float]", frames: int, blocks: int) -> float:
    """Microseconds by which a block of the one takes longer than one of the other."""
    kernel.flush_denormals()
    gc.disable()
    times = np.zeros((2, blocks))
    for block in range(blocks):
        for row, engine in enumerate((silent, sounding)):
            begun = time.perf_counter()
            engine.render(NOTHING, played, frames)
            times[row, block] = time.perf_counter() - begun
    gc.enable()
    without, with_it = np.median(times, axis=1)
    return float(with_it - without) * 1e6
