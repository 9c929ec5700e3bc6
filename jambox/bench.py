"""How long the engine takes for a block under a stated load, as percentiles and as a share of the block's deadline."""

import gc
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

import msgspec
import numpy as np

from jambox.frameclock import FrameClock
from jambox.sound import kernel, layout, tables
from jambox.sound.agreement import OUTPUTS
from jambox.sound.commands import Status
from jambox.sound.engine import Engine
from jambox.sound.hearing import Funnel
from jambox.sound.meters import METERS
from jambox.sound.outlet import Outlet
from jambox.sound.parameters import Bus, Compressor, Duck, Equaliser, Gate, Master, Mixer, Strip
from jambox.sound.rights import freeze_objects
from jambox.sound.shared import Link
from jambox.sound.tables import view

PERCENTILES = (50.0, 99.0, 99.9, 100.0)
WARM_UP = 500
HOUSE = Mixer(
    strips=(
        Strip(
            trim=3.0,
            high_pass=80,
            eq=Equaliser(3.0, -4.0, 800.0, 2.0),
            gate=Gate(threshold=-45.0, ratio=4.0),
            compressor=Compressor(threshold=-24.0, ratio=4.0, make_up=6.0),
            pan=0.2,
            reverb=-12.0,
            solo=True,
            mic=True,
            strokes=True,
        ),
    )
    * layout.STRIPS,
    drone=Bus(-12.0, solo=True),
    rhythm=Bus(-12.0, solo=True),
    duck=Duck(strip=1),
    master=Master(tone=1.0, width=1.2),
)
"""Every strip with all that it has, in one reverb; drone and rhythm give way; all of them in the cue."""
CURVES: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("voices", (1, 2, 4, 8, 16, 32, 48, 64, 96, 128)),
    ("inputs", (0, 1, 2, 4, 8, 12, 16)),
    ("frames", (32, 64, 128, 256, 512)),
)
"""Along what the cost is followed, and where it is taken."""


@dataclass(frozen=True)
class Load:
    """What is rendered: blocks of `frames` at `rate` Hz, from `inputs` capture channels and `voices` that all sound.

    `plain` strips do nothing but level and pan; others do all that they can, and there is a cue.
    """

    frames: int = 64
    rate: int = 48000
    inputs: int = 16
    voices: int = 48
    pitched: bool = False
    plain: bool = False
    blocks: int = 20000


class Result(msgspec.Struct, frozen=True):
    """Microseconds a block at each percentile, the deadline, each as a share of it; voices that sounded at the end."""

    load: dict[str, int]
    compiled: bool
    sounding: int
    deadline: float
    microseconds: dict[str, float]
    share: dict[str, float]


def measure(load: Load) -> Result:
    """Render the load block by block, as fast as it goes, and time each block."""
    # On a thread of its own: denormals are flushed by thread, and the caller's arithmetic stays as it is.
    with ThreadPoolExecutor(1) as pool:
        times, sounding = pool.submit(_times, load).result()
    deadline = load.frames / load.rate * 1e6
    micro = {f"p{p:g}": float(np.percentile(times, p)) * 1e6 for p in PERCENTILES}
    return Result(
        asdict(load),
        kernel.__file__.endswith(".so"),
        sounding,
        deadline,
        {name: round(value, 1) for name, value in micro.items()},
        {name: round(value / deadline, 4) for name, value in micro.items()},
    )


def curves(load: Load) -> list[Result]:
    """The load along each of CURVES, the rest of it as it stands."""
    return [measure(along(load, name, value)) for name, values in CURVES for value in values]


def along(load: Load, name: str, value: int) -> Load:
    """The load with another number of voices, inputs or frames."""
    return msgspec.convert(asdict(load) | {name: value}, Load)


def _times(load: Load) -> tuple[list[float], int]:
    length = load.rate * 20
    bank = np.random.default_rng(1).uniform(-0.1, 0.1, length).astype(np.float32)
    engine = Engine(load.rate, Mixer() if load.plain else HOUSE, load.inputs, load.frames, view(bank))
    engine.set_levels((1.0,) * layout.LEVELS)
    noise = np.random.default_rng(2).uniform(-0.1, 0.1, load.frames * load.inputs).astype(np.float32)
    captured, played = view(noise), view(np.zeros(load.frames * OUTPUTS, dtype=np.float32))
    cue, outlet = (tables.NOTHING, None) if load.plain else (tables.table("f", load.frames * OUTPUTS), Outlet())
    status, page = Status(), tables.table("d", METERS)
    link, everyone = Link(), Funnel(load.rate, tables.filled([1.0] * load.inputs))
    strikers = Funnel(load.rate, engine.strips.strokes)
    times = []
    kernel.flush_denormals()
    freeze_objects()
    gc.disable()
    for block in range(WARM_UP + load.blocks):
        _keep_sounding(engine, load, length)
        begun = time.perf_counter()
        frame = engine.frame
        engine.render(captured, played, load.frames, cue)
        link.hear(captured, load.frames, everyone, strikers)
        if outlet:
            outlet.put(cue, frame, FrameClock(frame, begun, load.rate), 0)
        engine.report(status)
        engine.strips.read_meters(page)
        taken = time.perf_counter() - begun
        if block >= WARM_UP:
            times.append(taken)
    gc.enable()
    gc.unfreeze()
    link.close()
    if outlet:
        outlet.close()
    return times, int(status.voices)


def _keep_sounding(engine: Engine, load: Load, length: int) -> None:
    step = 1.0137 if load.pitched else 1.0
    while engine.voices.count < load.voices:
        engine.voices.start(layout.DRONE, engine.voices.count * 997, length // 2, 0.1, step=step)


def table(result: Result) -> str:
    """The result for people."""
    load = result.load
    strips = "plain strips" if load["plain"] else "full strips"
    lines = [
        f"{load['frames']} frames at {load['rate']} Hz: {load['inputs']} {strips}, {load['voices']} "
        f"{'pitched ' if load['pitched'] else ''}voices, "
        f"{load['blocks']} blocks, kernel {'compiled' if result.compiled else 'NOT compiled: run ./jam setup'}",
        f"deadline {result.deadline:.0f} µs",
    ]
    lines += [
        f"{name:>6}  {value:8.1f} µs  {100.0 * result.share[name]:6.2f} % of the deadline"
        for name, value in result.microseconds.items()
    ]
    return "\n".join(lines)


def curve_table(results: Sequence[Result]) -> str:
    """The curves for people: the median at each place, and what each step has cost."""
    lines = []
    left = list(results)
    for name, values in CURVES:
        lines.append(f"{name:>6}      p50     p99.9  each more")
        before: tuple[int, float] | None = None
        for value in values:
            result = left.pop(0)
            median = result.microseconds["p50"]
            more = f"{1000.0 * (median - before[1]) / (value - before[0]):7.0f} ns" if before else ""
            lines.append(f"{value:6d} {median:8.1f} {result.microseconds['p99.9']:9.1f}  {more}".rstrip())
            before = (value, median)
    return "\n".join(lines)
