"""How long the engine takes for a block under a stated load, as percentiles and as a share of the block's deadline."""

import gc
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

import msgspec
import numpy as np

from jambox.sound import kernel, layout
from jambox.sound.commands import Status
from jambox.sound.devices import OUTPUTS
from jambox.sound.engine import Engine
from jambox.sound.parameters import Mixer
from jambox.sound.tables import view

PERCENTILES = (50.0, 99.0, 99.9, 100.0)
WARM_UP = 500


@dataclass(frozen=True)
class Load:
    """What is rendered: blocks of `frames` at `rate` Hz, from `inputs` capture channels and `voices` that all sound."""

    frames: int = 64
    rate: int = 48000
    inputs: int = 8
    voices: int = 32
    pitched: bool = False
    blocks: int = 20000


class Result(msgspec.Struct, frozen=True):
    """Microseconds a block at each percentile, the deadline, and each as a share of it."""

    load: dict[str, int]
    compiled: bool
    deadline: float
    microseconds: dict[str, float]
    share: dict[str, float]


def measure(load: Load) -> Result:
    """Render the load block by block, as fast as it goes, and time each block."""
    # On a thread of its own: denormals are flushed by thread, and the caller's arithmetic stays as it is.
    with ThreadPoolExecutor(1) as pool:
        times = np.array(pool.submit(_times, load).result()) * 1e6
    deadline = load.frames / load.rate * 1e6
    micro = {f"p{p:g}": float(np.percentile(times, p)) for p in PERCENTILES}
    return Result(
        asdict(load),
        kernel.__file__.endswith(".so"),
        deadline,
        {name: round(value, 1) for name, value in micro.items()},
        {name: round(value / deadline, 4) for name, value in micro.items()},
    )


def _times(load: Load) -> list[float]:
    length = load.rate * 20
    bank = np.random.default_rng(1).uniform(-0.1, 0.1, length).astype(np.float32)
    engine = Engine(load.rate, Mixer(), load.inputs, load.frames, view(bank))
    engine.set_levels((1.0,) * layout.LEVELS)
    noise = np.random.default_rng(2).uniform(-0.1, 0.1, load.frames * load.inputs).astype(np.float32)
    captured, played = view(noise), view(np.zeros(load.frames * OUTPUTS, dtype=np.float32))
    status = Status()
    times = []
    kernel.flush_denormals()
    gc.collect()
    gc.freeze()
    gc.disable()
    for block in range(WARM_UP + load.blocks):
        _keep_sounding(engine, load, length)
        begun = time.perf_counter()
        engine.render(captured, played, load.frames)
        engine.report(status)
        taken = time.perf_counter() - begun
        if block >= WARM_UP:
            times.append(taken)
    gc.enable()
    gc.unfreeze()
    return times


def _keep_sounding(engine: Engine, load: Load, length: int) -> None:
    step = 1.0137 if load.pitched else 1.0
    while engine.voices.count < load.voices:
        engine.voices.start(layout.DRONE, engine.voices.count * 997, length // 2, 0.1, step=step)


def table(result: Result) -> str:
    """The result for people."""
    load = result.load
    lines = [
        f"{load['frames']} frames at {load['rate']} Hz: {load['inputs']} inputs, {load['voices']} "
        f"{'pitched ' if load['pitched'] else ''}voices, "
        f"{load['blocks']} blocks, kernel {'compiled' if result.compiled else 'NOT compiled: run ./jam setup'}",
        f"deadline {result.deadline:.0f} µs",
    ]
    lines += [
        f"{name:>6}  {value:8.1f} µs  {100.0 * result.share[name]:6.2f} % of the deadline"
        for name, value in result.microseconds.items()
    ]
    return "\n".join(lines)
