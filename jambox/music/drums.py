"""A drum family's file: which sounds and which MIDI keys each stroke of the tradition stands for.

Sounds are made by an instrument, or recorded, by a table that says which file is struck how hard.
"""

import difflib
from collections.abc import Iterable, Mapping
from typing import Annotated, TypeVar

import msgspec

from jambox.errors import At, DataError, UnknownNameError, pointed
from jambox.music.cycle import Cycle, Hit, Score, Sound, Stroke
from jambox.music.roll import ROOM, SPARE, size
from jambox.toml import decode

Key = Annotated[int, msgspec.Meta(ge=0, le=127)]
Weight = Annotated[float, msgspec.Meta(ge=0, le=1)]

T = TypeVar("T")
FEW = 20
"""Names that a message lists all."""
LONGEST = 6.0
"""Seconds after which any recording is faded out: the bank has room for 40 s of a family."""
SOFTEST = 0.6
"""Velocity of a stroke of weight 0; one of weight 1 has velocity 1."""
_ANY = Sound(0, 1, 1.0)
"""Stands for a sound that is not made yet."""


class StrokeSounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sounds struck together, and the MIDI keys that stand for them (General MIDI percussion).

    With `choke`, it is struck by, or on, what strokes of the same word are: it stops what still rings of them.

    A gesture that is seen and not heard, as a wave of the hand, has neither.
    """

    sounds: tuple[str, ...]
    keys: tuple[Key, ...] = ()
    weight: Weight = 1.0
    choke: str = ""


class Layer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A recording: `file` in the family's folder, for velocities from those of the layer before up to `below`.

    It is played with `gain` dB, moved by `pitch` semitones.
    """

    file: Annotated[str, msgspec.Meta(min_length=1)]
    below: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0
    gain: Annotated[float, msgspec.Meta(ge=-60, le=24)] = 0.0
    pitch: Annotated[float, msgspec.Meta(ge=-24, le=24)] = 0.0


class Drums(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A drum family as its file says it. `instrument` makes its sounds; where it is empty, one called as the family.

    Those in `files` are recorded instead, each a file of the folder `samples`, or several Layers, softest first. They
    are faded out after `longest` seconds. Where a `package` of Debian's brings that folder, the family is
    there only while the folder is, and is played only where a cycle's file or the configuration says so.
    """

    id: str
    name: str
    certainty: str
    sources: tuple[str, ...]
    strokes: dict[str, StrokeSounds]
    names: dict[str, str] = {}
    notes: str = ""
    instrument: str = ""
    samples: str = ""
    files: dict[str, str | tuple[Layer, ...]] = {}
    longest: Annotated[float, msgspec.Meta(ge=0.05, le=LONGEST)] = LONGEST
    package: str = ""

    @property
    def maker(self) -> str:
        """The instrument that makes its sounds."""
        return self.instrument or self.id

    @property
    def sounds(self) -> tuple[str, ...]:
        """Every sound that some stroke needs, each once, in the order of the file; of one in layers, each layer."""
        needed = dict.fromkeys(sound for stroke in self.strokes.values() for sound in stroke.sounds)
        return tuple(part for sound in needed for part in (self.recorded(sound) or (sound,)))

    @property
    def recordings(self) -> dict[str, Layer]:
        """Those of its sounds that are recorded."""
        return {part: layer for sound in self.files for part, layer in self.recorded(sound).items()}

    def recorded(self, sound: str) -> dict[str, Layer]:
        """The layers of a sound, softest first, each by the name that the bank knows it by; none if it is made."""
        layers = self.files.get(sound, ())
        if isinstance(layers, str):
            return {sound: Layer(layers)}
        return {f"{sound}/{place}" if len(layers) > 1 else sound: layer for place, layer in enumerate(layers, 1)}

    def struck(self, sound: str, velocity: float) -> str:
        """The layer of a sound that `velocity`, 0 to 1 or a little over, strikes."""
        layers = self.recorded(sound)
        loudest = next(reversed(layers), sound)
        return next((name for name, layer in layers.items() if velocity <= layer.below), loudest)

    @property
    def chokes(self) -> dict[str, str]:
        """What each sound is choked with, by the word: what a stroke with `choke` has, but for what goes on elsewhere.

        That is what another stroke, without a choke, has alone, as the bell that is struck along with a drum.
        """
        free = {one.sounds[0] for one in self.strokes.values() if len(one.sounds) == 1 and not one.choke}
        found: dict[str, str] = {}
        for one in self.strokes.values():
            for sound in one.sounds if one.choke else ():
                if sound not in free:
                    found.setdefault(sound, one.choke)
        return found


def parse_drums(text: str, place: str) -> Drums:
    """The family that `text` (TOML) describes; `place` names the file in messages. Raises DataError."""
    return decode(text, Drums, place, DataError)


def score(cycle: Cycle, drums: Drums, sounds: dict[str, Sound], serial: int = 0, tempo: float | None = None) -> Score:
    """The cycle played on the family, `sounds` telling where the bank holds each sound.

    Microtiming that depends on the tempo is that of `tempo` beats per minute (the cycle's usual one). Raises DataError
    as `hit` does.
    """
    strokes = cycle.timed(cycle.tempo if tempo is None else tempo)
    hits = (hit(stroke, stroke.beat, cycle, drums, sounds) for stroke in strokes)
    return Score(serial, cycle.beats, tuple(one for one in hits if one))


def hit(
    stroke: Stroke, beat: float, cycle: Cycle, drums: Drums, sounds: Mapping[str, Sound], force: float = 1.0
) -> Hit | None:
    """A stroke of the cycle as it falls on `beat`, its velocity multiplied by `force`; None for a silent gesture.

    A sound that is not in the bank is left out. Raises DataError for a stroke that the family does not know.
    """
    if stroke.name not in drums.strokes:
        known = ", ".join(drums.strokes)
        at = _written(cycle, stroke)
        told = f"{at[0]}.{stroke.voice}: {stroke.name!r} is no stroke of {drums.id}: it has {known}"
        raise pointed(DataError(f"{cycle.file.id}: {told}"), at)
    struck = drums.strokes[stroke.name]
    if not struck.sounds and not struck.keys:
        return None
    velocity = (SOFTEST + (1.0 - SOFTEST) * stroke.weight * struck.weight) * force
    parts = (drums.struck(name, velocity) for name in struck.sounds)
    return Hit(beat, tuple(sounds[part] for part in parts if part in sounds), struck.keys, velocity)


def fit(cycles: Iterable[Cycle], families: Mapping[str, Drums]) -> None:
    """Nothing, where their family plays every stroke, and the box has room for them.

    Raises DataError, or UnknownNameError for the family.
    """
    for cycle in cycles:
        try:
            family = named(families, cycle.file.drums, "drum family")
        except UnknownNameError as fault:
            raise pointed(UnknownNameError(f"drums: {fault}"), ("drums",)) from fault
        made = score(cycle, family, dict.fromkeys(family.sounds, _ANY))
        if size(made) > ROOM - SPARE:
            told = f"{cycle.id}: {len(made.hits)} strokes are more than the box plays in one cycle"
            raise pointed(DataError(f"{told}: leave some out, or make its turns fewer"), ("pulses",))


def named(table: Mapping[str, T], name: str, kind: str) -> T:
    """What is called `name`. Raises UnknownNameError, with the names there are, or, of many, those most alike."""
    if name in table:
        return table[name]
    there = f"there are {', '.join(sorted(table))}"
    if len(table) > FEW:
        alike = difflib.get_close_matches(name, table, n=3, cutoff=0.5)
        there = f"of {len(table)}, most alike are {', '.join(alike)}" if alike else f"none of {len(table)} is alike"
    raise UnknownNameError(f"no {kind} is called {name!r}: {there}")


def _written(cycle: Cycle, stroke: Stroke) -> At:
    """Where in the cycle's file the stroke stands."""
    row = next(row for row in cycle.file.rows if row.name == stroke.voice)
    return (*row.key, max(row.voice.row.find(stroke.name), 0))
