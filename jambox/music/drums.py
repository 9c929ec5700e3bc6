"""A drum family's file: which sounds and which MIDI keys each stroke of the tradition stands for."""

from typing import Annotated

import msgspec

from jambox.errors import DataError
from jambox.music.cycle import Cycle, Hit, Score, Sound
from jambox.toml import decode

Key = Annotated[int, msgspec.Meta(ge=0, le=127)]
Weight = Annotated[float, msgspec.Meta(ge=0, le=1)]

SOFTEST = 0.6
"""Velocity of a stroke of weight 0; one of weight 1 has velocity 1."""


class StrokeSounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sounds struck together, and the MIDI keys that stand for them (General MIDI percussion)."""

    sounds: tuple[str, ...]
    keys: tuple[Key, ...] = ()
    weight: Weight = 1.0
    choke: str = ""


class Drums(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A drum family as its file says it."""

    id: str
    name: str
    certainty: str
    sources: tuple[str, ...]
    strokes: dict[str, StrokeSounds]
    names: dict[str, str] = {}
    notes: str = ""

    @property
    def sounds(self) -> tuple[str, ...]:
        """Every sound that some stroke needs, each once, in the order of the file."""
        return tuple(dict.fromkeys(sound for stroke in self.strokes.values() for sound in stroke.sounds))


def parse_drums(text: str, place: str) -> Drums:
    """The family that `text` (TOML) describes; `place` names the file in messages. Raises DataError."""
    return decode(text, Drums, place, DataError)


def score(cycle: Cycle, drums: Drums, sounds: dict[str, Sound], serial: int = 0) -> Score:
    """The cycle played on the family, `sounds` telling where the bank holds each sound.

    A sound that is not in the bank is left out. Raises DataError for a stroke that the family does not know.
    """
    hits = []
    for stroke in cycle.strokes:
        if stroke.name not in drums.strokes:
            known = ", ".join(drums.strokes)
            raise DataError(f"{cycle.file.id}: {stroke.name!r} is no stroke of {drums.id}: it has {known}")
        struck = drums.strokes[stroke.name]
        velocity = SOFTEST + (1.0 - SOFTEST) * stroke.weight * struck.weight
        found = tuple(sounds[name] for name in struck.sounds if name in sounds)
        hits.append(Hit(stroke.beat, found, struck.keys, velocity))
    return Score(serial, cycle.beats, tuple(hits))
