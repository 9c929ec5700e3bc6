"""A drone: strings plucked in turn; its text form, and the figure that a player of it reads."""

from typing import Annotated

import msgspec

from jambox.errors import DataError
from jambox.music.chance import uniform, variant
from jambox.music.cycle import Sound
from jambox.toml import decode
from jambox.units import Hertz

Ratio = Annotated[float, msgspec.Meta(gt=0.05, lt=20)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class String(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One string: its degree's name, numerator and denominator of its ratio to the tonic, and how it is played.

    `wait` is the share of the figure that passes before the next string; `level` is 0…1; `pan` -1 (left) to 1.
    """

    name: str
    ratio: tuple[int, int]
    wait: Ratio = 1.0
    level: Share = 1.0
    pan: Annotated[float, msgspec.Meta(ge=-1, le=1)] = 0.0
    cents: Annotated[float, msgspec.Meta(ge=-100, le=100)] = 0.0


class Drone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A drone as its file says it. `seconds` is the time of one round, `jitter` the share of a wait that varies."""

    id: str
    name: str
    region: str
    instrument: str
    strings: tuple[String, ...]
    seconds: Annotated[float, msgspec.Meta(ge=1, le=60)]
    ring: Annotated[float, msgspec.Meta(ge=1, le=20)]
    certainty: str
    sources: tuple[str, ...]
    variants: Annotated[int, msgspec.Meta(ge=1, le=8)] = 3
    jitter: Annotated[float, msgspec.Meta(ge=0, le=0.3)] = 0.04
    softest: Share = 0.75
    names: dict[str, str] = {}
    notes: str = ""

    def frequency(self, string: int, tonic: Hertz) -> Hertz:
        """Frequency of a string when the tonic (Sa) is `tonic`."""
        over, under = self.strings[string].ratio
        return Hertz(tonic * over / under * 2.0 ** (self.strings[string].cents / 1200.0))


class Pluck(msgspec.Struct, frozen=True):
    """One pluck: which slot of the bank, how loud (0…1), where (pan -1…1)."""

    slot: int
    level: float
    pan: float


class Figure(msgspec.Struct, frozen=True, array_like=True):
    """A drone made ready to play: the bank's sounds string by string, and when they are plucked."""

    serial: int
    sounds: tuple[Sound, ...]
    frequencies: tuple[float, ...]
    waits: tuple[float, ...]
    levels: tuple[float, ...]
    pans: tuple[float, ...]
    seconds: float
    jitter: float
    softest: float
    seed: int

    @property
    def slots(self) -> tuple[int, ...]:
        """Where the bank holds each string's samples."""
        return tuple(sound.slot for sound in self.sounds)

    def time_of(self, turn: int) -> float:
        """Seconds from the first pluck to the `turn`-th. Real-time safe.

        Each pluck strays from its own place, so that nothing adds up and turn k can be told without the others; the
        shorter wait beside it bounds how far, so that plucks keep their order. A string is struck in phase with what
        still rings of it, a shift of half its period at most: its partials then keep their exact pitch.
        """
        rounds, string = divmod(turn, len(self.waits))
        whole = sum(self.waits)
        share = (rounds * whole + sum(self.waits[:string])) / whole
        room = min(self.waits[string - 1], self.waits[string]) / whole if turn else 0.0
        time = (share + self.jitter * (2.0 * uniform(self.seed, turn, 0) - 1.0) * room) * self.seconds
        frequency = self.frequencies[string]
        return round(time * frequency) / frequency

    def frame_of(self, turn: int, rate: float) -> int:
        """Frames at `rate` a second from the first pluck to the `turn`-th. Real-time safe."""
        return round(self.time_of(turn) * rate)

    def pluck(self, turn: int) -> Pluck | None:
        """The `turn`-th pluck, or None while its string's samples are not there. Real-time safe."""
        string = turn % len(self.sounds)
        sound = self.sounds[string]
        if sound.variants == 0:
            return None
        slot = sound.slot + variant(self.seed + string, sound.variants, turn // len(self.sounds))
        level = self.softest + (1.0 - self.softest) * uniform(self.seed, turn, 1)
        return Pluck(slot, level * self.levels[string] * sound.gain, self.pans[string])


def parse_drone(text: str, place: str) -> Drone:
    """The drone that `text` (TOML) describes; `place` names the file in messages. Raises DataError."""
    drone = decode(text, Drone, place, DataError)
    for number, string in enumerate(drone.strings):
        if min(string.ratio) < 1:
            raise DataError(f"{place}: strings[{number}].ratio: write two whole numbers above 0, as [3, 2]")
    if not drone.strings:
        raise DataError(f"{place}: strings: a drone needs at least one")
    return drone


def figure(drone: Drone, tonic: Hertz, sounds: tuple[Sound, ...], serial: int = 0, seed: int = 0) -> Figure:
    """The drone played on `sounds` of that tonic, one for each string in turn; one with 0 variants is not ready yet."""
    return Figure(
        serial,
        sounds,
        tuple(drone.frequency(i, tonic) for i in range(len(drone.strings))),
        tuple(string.wait for string in drone.strings),
        tuple(string.level for string in drone.strings),
        tuple(string.pan for string in drone.strings),
        drone.seconds,
        drone.jitter,
        drone.softest,
        seed,
    )
