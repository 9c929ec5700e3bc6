"""A drone: strings plucked in turn, or sounding on; its text form, and the figure that a player of it reads."""

import math
import re
from fractions import Fraction
from typing import Annotated

import msgspec

from jambox.errors import DataError, pointed
from jambox.music.certainty import Certainty
from jambox.music.chance import uniform, variant
from jambox.music.cycle import Sound
from jambox.rounds import Course, Round
from jambox.toml import decode
from jambox.units import Hertz

Ratio = Annotated[float, msgspec.Meta(gt=0.05, lt=20)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
DEGREES = {
    "Sa": Fraction(1),
    "re": Fraction(16, 15),
    "Re": Fraction(9, 8),
    "ga": Fraction(6, 5),
    "Ga": Fraction(5, 4),
    "Ma": Fraction(4, 3),
    "Ma#": Fraction(45, 32),
    "Pa": Fraction(3, 2),
    "dha": Fraction(8, 5),
    "Dha": Fraction(27, 16),
    "ni": Fraction(9, 5),
    "Ni": Fraction(15, 8),
}
"""What strings are named after, komal ones in small letters, Ma# tivra: the tuning `ni12`, a common just gamut."""
MOST = 12
"""Strings that a drone may have: a pluck of 7 s of each fits the bank's shelf."""
TURNS = 8
"""Variants that a string can have at most. Their seeds follow each other: those of one string have one `seed // TURNS`.
"""
ROOM = 84.0
"""Seconds of sound that are rendered for a drone: what fits the shelf with a little to spare."""
OVERLAP = 0.8
"""Seconds in which a breath of a steady drone rises while the one before falls: their weights make up 1."""
_PANS = (-0.15, 0.1, -0.1, 0.15, -0.05, 0.05)
_STRING = re.compile(
    r"(?P<down>\.{0,3})(?P<degree>[A-Za-z]+#?|\d{1,3}/\d{1,3})(?P<up>'{0,3})"
    r"(?P<cents>[+-]\d{1,3}(?:\.\d+)?)?(?:@(?P<level>\d?\.?\d+))?(?:\*(?P<wait>\d{1,2}(?:\.\d+)?))?"
    r"(?::(?P<instrument>[a-z][a-z0-9-]{0,30}))?"
)


class String(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One string: its degree's name, numerator and denominator of its ratio to the tonic, and how it is played.

    `wait` is the share of the figure that passes before the next string; `level` is 0…1; `pan` -1 (left) to 1. A `pure`
    string has that ratio in whatever tuning; others take the tuning's degree. An `instrument` is this string's
    alone, where it has another than the drone.
    """

    name: str
    ratio: tuple[int, int]
    wait: Ratio = 1.0
    level: Share = 1.0
    pan: Annotated[float, msgspec.Meta(ge=-1, le=1)] = 0.0
    cents: Annotated[float, msgspec.Meta(ge=-100, le=100)] = 0.0
    pure: bool = False
    instrument: str = ""


class Strung(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another set of strings, as `parse_strings` reads it, and how sure it is."""

    strings: str
    certainty: Certainty
    sources: tuple[str, ...]
    notes: str = ""


class Drone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A drone as its file says it. `seconds` is the time of one round, `jitter` the share of a wait that varies.

    A `steady` one has no plucks but breaths, one of each string in a round, which go over into each other: it has no
    jitter, goes with no beat, and a breath rings for the round and OVERLAP, whatever the file says. With a `lowest`
    tonic, in Hz, its own is the one from there to an octave above, in whichever octave players have theirs.
    """

    id: str
    name: str
    region: str
    instrument: str
    strings: tuple[String, ...]
    seconds: Annotated[float, msgspec.Meta(ge=1, le=60)]
    certainty: Certainty
    sources: tuple[str, ...]
    ring: Annotated[float, msgspec.Meta(ge=1, le=20)] = 7.0
    steady: bool = False
    lowest: Annotated[float, msgspec.Meta(ge=20, le=1000)] | None = None
    variants: Annotated[int, msgspec.Meta(ge=1, le=TURNS)] = 3
    jitter: Annotated[float, msgspec.Meta(ge=0, le=0.3)] = 0.04
    softest: Share = 0.75
    names: dict[str, str] = {}
    notes: str = ""
    strung: dict[str, Strung] = {}

    def frequency(self, string: int, tonic: Hertz) -> Hertz:
        """Frequency of a string when the tonic (Sa) is `tonic`."""
        over, under = self.strings[string].ratio
        octaves = -math.floor(math.log2(tonic / self.lowest) + 1e-9) if self.lowest else 0
        return Hertz(tonic * 2.0**octaves * over / under * 2.0 ** (self.strings[string].cents / 1200.0))

    def instruments(self) -> tuple[str, ...]:
        """What each string is played on."""
        return tuple(string.instrument or self.instrument for string in self.strings)

    def known(self) -> tuple[str, ...]:
        """The instruments that its file names anywhere, each once: what a player's strings may be played on."""
        others = (string for other in self.strung.values() for string in parse_strings(other.strings))
        named = (string.instrument for string in (*self.strings, *others))
        return tuple(dict.fromkeys((self.instrument, *filter(None, named))))


class Pluck(msgspec.Struct, frozen=True):
    """One pluck: which slot of the bank, how loud (0…1), where (pan -1…1)."""

    slot: int
    level: float
    pan: float


class Figure(msgspec.Struct, frozen=True, array_like=True):
    """A drone made ready to play: the bank's sounds string by string, and when they are plucked.

    One that is `steady` begins in the midst, at its `lead`, where every string is sounding already.
    """

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
    steady: bool = False

    @property
    def lead(self) -> float:
        """Seconds from the first pluck to where a player begins. Real-time safe."""
        return self.seconds if self.steady else 0.0

    @property
    def slots(self) -> tuple[int, ...]:
        """Where the bank holds each string's samples."""
        return tuple(sound.slot for sound in self.sounds)

    def is_kin(self, other: "Figure") -> bool:
        """Whether both pluck as many strings at the same times: they differ in pitch and sound. Real-time safe."""
        times = [(one.waits, one.seconds, one.jitter, one.seed, one.steady) for one in (self, other)]
        return times[0] == times[1]

    def time_of(self, turn: int, shift: float = 0.0) -> float:
        """Seconds from the first pluck to the `turn`-th, which is free, and `shift` later. Real-time safe.

        Each pluck strays from its own place, so that nothing adds up and turn k can be told without the others; the
        shorter wait beside it bounds how far, so that plucks keep their order. A string is struck in phase with what
        still rings of it, a shift of half its period at most: its partials then keep their exact pitch.
        """
        return self._in_phase(self.place_of(turn) + shift, turn)

    def place_of(self, turn: int) -> float:
        """Seconds from the first pluck to where the `turn`-th is due, whatever still rings. Real-time safe."""
        rounds, string = divmod(turn, len(self.waits))
        whole = sum(self.waits)
        share = (rounds * whole + sum(self.waits[:string])) / whole
        return (share + self._stray(turn)) * self.seconds

    def beat_of(self, turn: int, locked: Round) -> float:
        """The beat on which a pluck is due by rounds that are locked. Their first does not stray. Real-time safe."""
        rounds, string = divmod(turn - locked.first, len(self.waits))
        stray = self._stray(turn) if string else 0.0
        return locked.beat_at(rounds, sum(self.waits[:string]) / sum(self.waits) + stray)

    def earliest(self, locked: Round) -> float:
        """The beat before which the next round must not begin: half a wait after its last pluck. Real-time safe."""
        half = 0.5 * self.waits[-1] / sum(self.waits)
        return self.beat_of(locked.first + len(self.waits) - 1, locked) + half * locked.length

    def frame_of(self, turn: int, rate: float) -> int:
        """Frames at `rate` a second from the first pluck to the `turn`-th, which is free. Real-time safe."""
        return round(self.time_of(turn) * rate)

    def frame_by(self, turn: int, course: Course) -> int:
        """The frame of the `turn`-th pluck. Real-time safe."""
        start, rate = course.start, course.rate
        if course.round is None:
            return round(start) + round(self.time_of(turn, course.shift) * rate)
        due = course.timeline.frame_at(self.beat_of(turn, course.round))
        return round(start + self._in_phase((due - start) / rate, turn) * rate)

    def _stray(self, turn: int) -> float:
        """The share of a round by which a pluck is off its place."""
        if not self.jitter:
            return 0.0
        string = turn % len(self.waits)
        room = min(self.waits[string - 1], self.waits[string]) / sum(self.waits) if turn else 0.0
        return self.jitter * (2.0 * uniform(self.seed, turn, 0) - 1.0) * room

    def _in_phase(self, time: float, turn: int) -> float:
        frequency = self.frequencies[turn % len(self.frequencies)]
        return round(time * frequency) / frequency

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
    """The drone that `text` (TOML) describes; `place` names the file in messages. Raises DataError.

    It has as many variants as there is ROOM for.
    """
    drone = decode(text, Drone, place, DataError)
    if drone.steady:
        drone = msgspec.structs.replace(drone, jitter=0.0, ring=drone.seconds + OVERLAP)
    try:
        _check(drone)
    except DataError as fault:
        raise pointed(DataError(f"{place}: {fault}"), fault.at) from fault
    return msgspec.structs.replace(drone, variants=_variants(drone, len(drone.strings)))


def _check(drone: Drone) -> None:
    count = len(drone.strings)
    if not 1 <= count <= MOST:
        raise pointed(DataError(f"strings: there are {count}: a drone has 1 to {MOST}"), ("strings",))
    if count * drone.ring > ROOM:
        told = f"strings: {count} of {drone.ring:g} s each: there is room for {ROOM:g} s"
        raise pointed(DataError(told), ("strings",))
    for number, string in enumerate(drone.strings):
        if min(string.ratio) < 1:
            told = f"strings[{number}].ratio: write two whole numbers above 0, as [3, 2]"
            raise pointed(DataError(told), ("strings", number, "ratio"))
    for name, other in drone.strung.items():
        try:
            parse_strings(other.strings)
        except DataError as fault:
            raise pointed(DataError(f"strung.{name}.strings: {fault}"), ("strung", name, "strings")) from fault


def _variants(drone: Drone, strings: int) -> int:
    return min(drone.variants, max(1, int(ROOM / (drone.ring * strings))))


def parse_strings(text: str) -> tuple[String, ...]:
    """The strings that `text` says, in the order in which they are plucked. Raises DataError.

    As in `.Pa Sa Sa+1 .Sa*2`: each is a degree or a ratio, which then is pure; a point before it for each octave down,
    a `'` behind it for each up; cents, by + or -; a level of 0 to 1 behind @; its share of the round behind *; behind a
    colon an instrument of its own, as in `Sa:sygyt-9`.
    """
    words = text.replace(",", " ").split()
    if not 1 <= len(words) <= MOST:
        raise DataError(f"{len(words)} strings: a drone has 1 to {MOST}, as .Pa Sa Sa .Sa")
    return tuple(_string(word, number) for number, word in enumerate(words))


def strung(drone: Drone, wish: str) -> Drone:
    """The drone with the strings that `wish` says: a set of its own, by name, or a text; empty: as it is.

    Raises DataError.
    """
    if not wish:
        return drone
    try:
        strings = parse_strings(drone.strung[wish].strings if wish in drone.strung else wish)
    except DataError as fault:
        raise DataError(f"strings of {drone.id}: {fault}; by name there are {', '.join(drone.strung)}") from fault
    known = drone.known()
    for string in strings:
        if string.instrument and string.instrument not in known:
            raise DataError(f"strings of {drone.id}: not on {string.instrument!r}; it has {', '.join(known)}")
    if len(strings) * drone.ring > ROOM:
        raise DataError(f"strings of {drone.id}: there is room for {int(ROOM / drone.ring)}, of {drone.ring:g} s each")
    return msgspec.structs.replace(drone, strings=strings, variants=_variants(drone, len(strings)))


def _string(word: str, number: int) -> String:
    match = _STRING.fullmatch(word)
    degree = match["degree"] if match else ""
    if not match or not ("/" in degree or degree in DEGREES):
        raise DataError(
            f"{word!r} is no string: write a degree ({', '.join(DEGREES)}) or a ratio, as .Pa Sa+1 3/2 .Sa*2"
        )
    over, _, under = degree.partition("/")
    if under and not (int(over) and int(under)):
        raise DataError(f"{word!r}: both numbers of a ratio are above 0")
    ratio = (Fraction(degree) if under else DEGREES[degree]) * Fraction(2) ** (len(match["up"]) - len(match["down"]))
    cents, level, wait = float(match["cents"] or 0.0), float(match["level"] or 1.0), float(match["wait"] or 1.0)
    if abs(cents) > 100.0 or level > 1.0 or not 0.05 < wait < 20.0:
        raise DataError(f"{word!r}: cents go from -100 to 100, a level from 0 to 1, a share from 0.05 to 20")
    name = f"{match['down']}{degree}{match['up']}"
    pan, own = _PANS[number % len(_PANS)], match["instrument"] or ""
    return String(name, ratio.as_integer_ratio(), wait, level, pan, cents, bool(under), own)


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
        drone.steady,
    )
