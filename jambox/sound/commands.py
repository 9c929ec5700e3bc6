"""What control tells the engine and what the engine tells back, as records of fixed size."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, get_args, get_type_hints

import msgspec

RECORD = 8
"""Numbers (float64) in a record: which command, and up to seven values."""


class DefineSample(msgspec.Struct, frozen=True):
    """Slot `slot` is `frames` of the bank from frame `offset` on; the rest is its Softness."""

    slot: int
    offset: int
    frames: int
    corner: float = 0.0
    power: float = 0.0
    low: float = 0.0
    high: float = 0.0


class LoadScore(msgspec.Struct, frozen=True):
    """Take the Score that lies in `page`: at once when the rhythm is silent, else at its next sam."""

    page: int


class SwapScore(msgspec.Struct, frozen=True):
    """Go on by the Score that lies in `page`, at once, where one of its line sounds; likewise where one waits."""

    page: int


class LoadDrone(msgspec.Struct, frozen=True):
    """Take the Figure that lies in `page`; a sounding drone changes over."""

    page: int


class StartRhythm(msgspec.Struct, frozen=True):
    """Play from `beat` (0 is sam), now."""

    beat: float


class JoinRhythm(msgspec.Struct, frozen=True):
    """Play as if `beat` fell, or had fallen, on `frame`; what lies a little way back is struck at once."""

    beat: float
    frame: float


class EndRhythm(msgspec.Struct, frozen=True):
    """Play up to the next sam, strike it, and be silent."""


class StopRhythm(msgspec.Struct, frozen=True):
    """Fade the rhythm out, now."""


class SetTempo(msgspec.Struct, frozen=True):
    """Go on in `tempo` beats per minute from the present position."""

    tempo: float


class PlaceBeat(msgspec.Struct, frozen=True):
    """Let the beat nearest to `frame` fall on it."""

    frame: float


class StartDrone(msgspec.Struct, frozen=True):
    """Pluck, from now on."""


class StopDrone(msgspec.Struct, frozen=True):
    """Fade the drone out."""


class BendDrone(msgspec.Struct, frozen=True):
    """Let the drone glide to `ratio` of the pitch that its figure has, until another is loaded."""

    ratio: float


class LockDrone(msgspec.Struct, frozen=True):
    """Let the drone's rounds go with what `rounds.LOCKS` has at that number."""

    lock: int


class Listen(msgspec.Struct, frozen=True):
    """Begin anew to keep what is loudest of each captured channel."""


class Strike(msgspec.Struct, frozen=True):
    """Sound one slot at `gain`, past the levels of drone and rhythm: an earcon."""

    slot: int
    gain: float


Command = (
    DefineSample
    | LoadScore
    | SwapScore
    | LoadDrone
    | StartRhythm
    | JoinRhythm
    | EndRhythm
    | StopRhythm
    | SetTempo
    | PlaceBeat
    | StartDrone
    | StopDrone
    | Strike
    | Listen
    | BendDrone
    | LockDrone
)

_KINDS: tuple[type[Any], ...] = get_args(Command)
_NUMBERS = tuple(tuple(get_type_hints(kind).values()) for kind in _KINDS)


def encode(command: Command) -> tuple[float, ...]:
    """The record (RECORD float64) of a command."""
    values = (float(_KINDS.index(type(command))), *map(float, msgspec.structs.astuple(command)))
    return values + (0.0,) * (RECORD - len(values))


def decode(record: Sequence[float]) -> Command:
    """The command of a record: the inverse of `encode`. Real-time safe."""
    kind = int(record[0])
    values = [number(value) for number, value in zip(_NUMBERS[kind], record[1:], strict=False)]
    command: Command = _KINDS[kind](*values)
    return command


@dataclass(slots=True)
class Status:
    """What the engine publishes after every block.

    `frame` is the next frame to be rendered. Frame `clock_frame` was rendered at `clock_time` (monotonic seconds,
    filtered) at `clock_rate` frames per second (`nominal_rate` by name), and is heard `latency` frames later.

    While the rhythm plays (`playing` 1), for the `run`-th time and since beat `start`, beat `beat0` falls on frame
    `frame0` at `tempo`; the score of serial `score` counts its cycles from beat `origin`; at `boundary`, a sam, comes
    what is `pending` (1: another score, 2: the end). `drone` is 1 while it plucks the figure of serial `figure`, whose
    first pluck was at frame `drone_start`, at `drone_bend` times its pitch. Its turn `drone_turn` is due at frame
    `drone_due`, the one before was at `drone_last`; others follow from `drone_shift` while it is free, of a steady
    drone so much sooner as it is bent up; else from the `rounds.Round` that it is in, whose `drone_length` then is not
    0.

    Peaks are amplitudes; `xruns`, `late` (blocks that took longer than they last), `dry` (guests that broke off) and
    `broken` (frames silenced) count from the start; `block_time` is what the last block cost, in seconds; `heard`
    counts the commands carried out.
    """

    frame: float = 0.0
    clock_frame: float = 0.0
    clock_time: float = 0.0
    clock_rate: float = 0.0
    nominal_rate: float = 0.0
    latency: float = 0.0
    playing: float = 0.0
    run: float = 0.0
    start: float = 0.0
    tempo: float = 0.0
    beat0: float = 0.0
    frame0: float = 0.0
    score: float = -1.0
    origin: float = 0.0
    boundary: float = 0.0
    pending: float = 0.0
    drone: float = 0.0
    figure: float = -1.0
    drone_start: float = 0.0
    drone_bend: float = 1.0
    drone_turn: float = -1.0
    drone_last: float = 0.0
    drone_due: float = 0.0
    drone_shift: float = 0.0
    drone_first: float = 0.0
    drone_beat: float = 0.0
    drone_length: float = 0.0
    drone_following: float = 0.0
    drone_then: float = 0.0
    voices: float = 0.0
    peak_inputs: float = 0.0
    peak_drone: float = 0.0
    peak_rhythm: float = 0.0
    peak_master: float = 0.0
    xruns: float = 0.0
    late: float = 0.0
    dry: float = 0.0
    broken: float = 0.0
    block_time: float = 0.0
    heard: float = 0.0


STATUS = len(fields(Status))
