"""The sample bank divided into shelves, and what the workshop is asked to lay on each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from jambox.music.cycle import Sound
from jambox.music.drone import TURNS, Drone
from jambox.music.drums import Drums
from jambox.sound.commands import DefineSample
from jambox.sound.softness import EVEN, Softness
from jambox.sound.tuned import tonic_of
from jambox.units import Hertz

VARIANTS = 3
"""Renderings of each drum stroke."""
SIGNALS = ("chime", "arrive", "leave", "learn", "forget", "refuse", "error")
"""Earcons, in the order of their slots."""
WORDS = 48
"""The most words that are said in one cycle."""
_FAMILIES = 4
_SIGNALS_SLOTS, _DRUMS_SLOTS, _DRONE_SLOTS = 8, 96, 64
_SIGNALS_SECONDS, _DRUMS_SECONDS, _DRONE_SECONDS = 4.0, 40.0, 90.0
_WORDS_SECONDS = 36.0


class Shelf(NamedTuple):
    """A part of the bank: `slots` slots from `slot` on, and `frames` frames from `offset` on."""

    slot: int
    slots: int
    offset: int
    frames: int

    def behind(self, made: "Made") -> "Shelf":
        """What is left of it behind that sample."""
        used = made.offset + made.frames - self.offset
        return self._replace(offset=self.offset + used, frames=self.frames - used)


class Shelves(NamedTuple):
    """One shelf for earcons, four for drums, two for drones, and two for words or none.

    Of drums, two families may sound and two wait for sam or be made; or one sound, one wait and one or two be made.
    """

    signals: Shelf
    drums: tuple[Shelf, ...]
    drones: tuple[Shelf, Shelf]
    words: tuple[Shelf, ...] = ()

    @property
    def frames(self) -> int:
        """Length of the whole bank."""
        last = (*self.drones, *self.words)[-1]
        return last.offset + last.frames


class Recording(msgspec.Struct, frozen=True):
    """A sound file, played with `gain` dB and moved by `pitch` semitones, faded out after `longest` seconds."""

    path: str
    gain: float
    pitch: float
    longest: float


class Spoken(msgspec.Struct, frozen=True, omit_defaults=True):
    """A word as `voice` says `text`: words a minute, pitch (0 to 99), dB; its vowel comes after `lead` seconds.

    It is faded out `longest` seconds after that. `version` is the program's.
    """

    voice: str
    text: str
    speed: int
    pitch: int
    gain: float
    lead: float
    longest: float
    version: str


class Wanted(msgspec.Struct, frozen=True, omit_defaults=True):
    """One sample to render into `slot`: `name` of an instrument at `frequency` (Hz); `seconds` for what rings on.

    A `recording` is read instead, each time anew: its file may be another by then. A `word` is spoken instead.
    """

    slot: int
    instrument: str
    name: str
    frequency: float
    seconds: float
    seed: int
    recording: Recording | None = None
    word: Spoken | None = None


class Made(msgspec.Struct, frozen=True):
    """One sample that now lies in the bank, and how soft strokes of it are darker."""

    slot: int
    offset: int
    frames: int
    softness: Softness = EVEN

    def define(self) -> DefineSample:
        """What the engine is told of it."""
        return DefineSample(self.slot, self.offset, self.frames, *self.softness)


@dataclass
class Filled:
    """What lies on a shelf: for which sounds it was filled, and the samples made so far."""

    shelf: Shelf
    key: tuple[str, float] | None = None
    made: dict[int, Made] = field(default_factory=dict)


class Job(msgspec.Struct, frozen=True):
    """What the workshop shall lay on a shelf, in that order, at `rate` Hz; `cache` is a folder, or empty for none."""

    shelf: Shelf
    rate: int
    cache: str
    wanted: tuple[Wanted, ...]


def arrange(rate: int, words: bool = False) -> Shelves:
    """The shelves of a bank for samples at `rate` Hz, with room for `words` or without."""
    slot = offset = 0

    def shelf(slots: int, seconds: float) -> Shelf:
        nonlocal slot, offset
        made = Shelf(slot, slots, offset, int(seconds * rate))
        slot, offset = slot + slots, offset + made.frames
        return made

    signals = shelf(_SIGNALS_SLOTS, _SIGNALS_SECONDS)
    drums = tuple(shelf(_DRUMS_SLOTS, _DRUMS_SECONDS) for _ in range(_FAMILIES))
    return Shelves(
        signals,
        drums,
        (shelf(_DRONE_SLOTS, _DRONE_SECONDS), shelf(_DRONE_SLOTS, _DRONE_SECONDS)),
        tuple(shelf(WORDS, _WORDS_SECONDS) for _ in range(2)) if words else (),
    )


def words_wanted(words: Iterable[Spoken], shelf: Shelf) -> tuple[Wanted, ...]:
    """Each of the words, in that order, as far as there are slots."""
    slots = range(shelf.slot, shelf.slot + shelf.slots)
    return tuple(Wanted(slot, "", "", 0.0, 0.0, 0, word=word) for slot, word in zip(slots, words, strict=False))


def signals_wanted(tonic: Hertz, shelf: Shelf) -> tuple[Wanted, ...]:
    """The earcons, in tune with the tonic."""
    return tuple(Wanted(shelf.slot + i, "earcons", name, tonic, 0.0, 0) for i, name in enumerate(SIGNALS))


def drums_wanted(drums: Drums, tonic: Hertz, shelf: Shelf) -> tuple[Wanted, ...]:
    """Every sound of a family: first one rendering of each, then their variants, which recordings have none of."""
    recordings = {
        sound: Recording(f"{drums.samples}/{layer.file}", layer.gain, layer.pitch, drums.longest)
        for sound, layer in drums.recordings.items()
    }
    places = _places(drums, shelf)
    return tuple(
        Wanted(
            slot + turn, drums.maker, sound, tonic_of(drums.maker, (sound,), tonic), 0.0, turn, recordings.get(sound)
        )
        for turn in range(VARIANTS)
        for sound, (slot, variants) in places.items()
        if turn < variants
    )


def drums_key(drums: Drums, tonic: Hertz) -> tuple[str, float]:
    """What a shelf with all sounds of a family is known by: the tonic matters where one of them is tuned to it."""
    return drums.id, tonic_of(drums.maker, drums.sounds, tonic)


def drums_sounds(drums: Drums, shelf: Shelf, made: Iterable[int]) -> dict[str, Sound]:
    """Where each sound lies, given the slots that were made; sounds without any are left out."""
    places, chokes = _places(drums, shelf), drums.chokes
    counts = _counts((slot for slot, _ in places.values()), VARIANTS, made)
    # All layers of a sound are of its group.
    whole = {part: sound for sound in drums.files for part in drums.recorded(sound)}
    words = {part: chokes.get(whole.get(part, part), "") for part in places}
    # A group is known by the first of its slots, which no other family has; 0 is none.
    groups = {word: 1 + min(places[part][0] for part in places if words[part] == word) for word in words.values()}
    groups[""] = 0
    found = {
        part: Sound(slot, min(counts[slot], variants), 1.0, groups[words[part]])
        for part, (slot, variants) in places.items()
    }
    return {part: where for part, where in found.items() if where.variants}


def _places(drums: Drums, shelf: Shelf) -> dict[str, tuple[int, int]]:
    """The first slot of each sound, and how many variants it has from there on."""
    places, recordings, free = {}, drums.recordings, shelf.slot
    for sound in drums.sounds:
        variants = 1 if sound in recordings else VARIANTS
        places[sound] = free, variants
        free += variants
    return places


def drone_wanted(drone: Drone, tonic: Hertz, shelf: Shelf) -> tuple[Wanted, ...]:
    """Every string of a drone: first one pluck of each, then their variants."""
    played = drone.instruments()
    return tuple(
        Wanted(
            shelf.slot + i * drone.variants + turn,
            played[i],
            "pluck",
            drone.frequency(i, tonic),
            drone.ring,
            i * TURNS + turn,
        )
        for turn in range(drone.variants)
        for i in range(len(drone.strings))
    )


def drone_sounds(drone: Drone, shelf: Shelf, made: Iterable[int]) -> tuple[Sound, ...]:
    """Where each string's plucks lie, given the slots that were made; 0 variants for a string that has none yet."""
    slots = [shelf.slot + i * drone.variants for i in range(len(drone.strings))]
    counts = _counts(slots, drone.variants, made)
    return tuple(Sound(slot, counts[slot], 1.0) for slot in slots)


def _counts(slots: Iterable[int], variants: int, made: Iterable[int]) -> dict[int, int]:
    # Only variants without a gap before them count: a Sound is a run of slots.
    there = set(made)
    counts = {}
    for slot in slots:
        run = 0
        while run < variants and slot + run in there:
            run += 1
        counts[slot] = run
    return counts
