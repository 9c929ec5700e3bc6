"""What leads to sam: fills, endings and introductions, made of the cycle's own strokes, in the terms of its tradition.

In North and South Indian music an ending is a phrase three times over, with equal gaps, computed so that the last
stroke of the third falls on sam. Elsewhere it is a run of strokes, and one more on sam.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from jambox.music.chance import uniform
from jambox.music.cycle import SAM, Cycle, Stroke
from jambox.music.drums import Drums

FASTEST, CALM = 0.11, 0.28
"""Seconds from stroke to stroke at least, at energy 1 and at 0: a roll that hands play and ears still count."""
SPLIT = 8
"""Parts into which a pulse is divided at most."""
LONGEST, FILLED = 6.0, 3.0
"""Seconds that an ending and a fill last at most."""
COUNTED, HEARD = 4, 1.2
"""Beats of a count-in; twice as many where those would not last so many seconds, which take a player to come in."""
SOFT, LOUD = 0.3, 0.8
"""Weights between which a run grows."""
DENSE = 0.75
"""The share of its places that a fill strikes."""
PHRASE = 8
"""Places in a phrase at most, where the tradition has none of its own here."""
_ROUNDING = 1e-6


class Kind(StrEnum):
    """What a passage is for."""

    FILL = "fill"
    ENDING = "ending"
    INTRO = "intro"


class Terms(NamedTuple):
    """What a tradition calls its fills, endings and introductions; whether phrases come three times over.

    It `counts` in, or else begins with a run that leads to sam. Strokes that are `spared`, since they ring long or mark
    the cycle, are struck on sam at most.
    """

    fill: str = "fill"
    ending: str = "ending"
    intro: str = "count-in"
    threefold: bool = False
    counts: bool = True
    spared: frozenset[str] = frozenset()

    def of(self, kind: Kind) -> str:
        """What the tradition calls it."""
        return {Kind.FILL: self.fill, Kind.ENDING: self.ending, Kind.INTRO: self.intro}[kind]


TERMS: Mapping[str, Terms] = MappingProxyType(
    {
        "Hindustani tala": Terms("tihai", "tihai", "mukhra", threefold=True, counts=False),
        "Carnatic tala": Terms("mora", "mora", threefold=True, spared=frozenset({"clap"})),
        "Flamenco compás": Terms("remate", "cierre", "llamada", counts=False),
        "Brazilian": Terms("virada", "virada", "chamada", counts=False),
        "West and Central African": Terms(ending="call", intro="call", counts=False),
        "Javanese gamelan": Terms(ending="suwuk", intro="buka", counts=False, spared=frozenset({"gong"})),
    }
)
"""By tradition. That tihai (North) and mora (South) are phrases three times over that end on sam: P. Lockett, "The
Fabric of Time", drumsense.com; tosslevy.nl, "Bols, laya, tihai"; of the mora and its gaps apawelek.blogspot.com. That a
call of the first djembe starts and stops the others: worldbeat101.com. All other words are general knowledge,
unchecked; and what is played under them is computed from the cycle, no player's own."""

PHRASES: Mapping[str, str] = MappingProxyType({"tabla": "Ti Ra Ki Te Dha", "pakhawaj": "Te te Ka ta Ga di Ge na Dha"})
"""Phrases by drum family, of which the last strokes are taken where there is no room for all. General knowledge."""
CLICKS = ("rim", "palitos", "beat", "heel")
"""Strokes to count with, where the family has one of them; else it is the lightest of the cycle."""


@dataclass(frozen=True)
class Passage:
    """`strokes` from `length` beats before sam on, at negative beats; and `landing` on sam, if it closes there."""

    kind: Kind
    name: str
    length: float
    strokes: tuple[Stroke, ...]
    landing: tuple[Stroke, ...] = ()


def terms(cycle: Cycle) -> Terms:
    """The terms of the cycle's tradition."""
    return TERMS.get(cycle.file.tradition, Terms())


def passage(
    kind: Kind, cycle: Cycle, drums: Drums, tempo: float, room: float, energy: float = 1.0, seed: int = 0
) -> Passage:
    """What is played before the next sam, `room` beats away, at `tempo` beats per minute; `energy` and `seed` vary it.

    It lies on the grid, which is the pulse, or several pulses of a beat, or equal parts of a pulse. Where there is no
    room for a stroke, a fill is empty and an ending is the stroke on sam alone.
    """
    words, moments = terms(cycle), _moments(cycle, drums)
    if not moments:
        return Passage(kind, words.of(kind), 0.0, ())
    step = grid(cycle, tempo, energy)
    # The sam before belongs to what was before.
    room = min(room, cycle.beats - step)
    landing = tuple(_on(stroke, 0.0, SAM) for stroke in _landing(moments))
    moments = _spare(moments, words.spared)
    if kind is Kind.INTRO:
        return _intro(cycle, drums, moments, tempo, step, words)
    most = LONGEST if kind is Kind.ENDING else FILLED
    if kind is Kind.FILL:
        room = min(room, max(cycle.beats / 2.0, 1.0))
    places = int(min(room, most * tempo / 60.0) / step + _ROUNDING)
    strokes: tuple[Stroke, ...] = ()
    if words.threefold and (shape := threefold(places, _longest(drums))):
        last = _spare([landing], words.spared)[0]
        strokes = _thrice(shape, _phrase(drums, moments, last, shape.phrase), step)
    elif not words.threefold or kind is Kind.FILL:
        strokes = _run(moments, places, step, seed, DENSE if kind is Kind.FILL else 1.0)
    length = -strokes[0].beat if strokes else 0.0
    return Passage(kind, words.of(kind), length, strokes, landing if kind is Kind.ENDING else ())


class Threefold(NamedTuple):
    """Places in each of three phrases, and in each of the two gaps between them."""

    phrase: int
    gap: int

    @property
    def places(self) -> int:
        """Places from the first stroke to the last, which is on sam."""
        return 3 * self.phrase + 2 * self.gap - 1


def threefold(places: int, most: int = PHRASE) -> Threefold | None:
    """The longest phrase of up to `most` places that fits three times into `places` before sam and sam itself.

    What is left makes the gaps, which are no longer than the phrase. None where there is no room for three strokes.
    """
    phrase = min((places + 1) // 3, most)
    return Threefold(phrase, min((places + 1 - 3 * phrase) // 2, phrase)) if phrase > 0 else None


def grid(cycle: Cycle, tempo: float, energy: float = 1.0) -> float:
    """Beats from place to place: as few as hands play at `tempo` and `energy`."""
    per_beat = cycle.file.pulses_per_beat
    least = (CALM + (FASTEST - CALM) * energy) * tempo / 60.0
    parts, pulse = 1, 1.0 / per_beat
    while 2 * parts <= SPLIT and pulse / (2 * parts) >= least:
        parts *= 2
    if parts > 1:
        return pulse / parts
    several = (pulses for pulses in range(1, per_beat + 1) if per_beat % pulses == 0)
    return next((pulses * pulse for pulses in several if pulses * pulse >= least), 1.0)


Moment = tuple[Stroke, ...]


def _moments(cycle: Cycle, drums: Drums) -> list[Moment]:
    """What is heard together, moment by moment."""
    found: dict[float, list[Stroke]] = {}
    for stroke in cycle.strokes:
        struck = drums.strokes.get(stroke.name)
        if struck and (struck.sounds or struck.keys):
            found.setdefault(round(stroke.beat, 6), []).append(stroke)
    return [tuple(found[beat]) for beat in sorted(found)]


def _landing(moments: Sequence[Moment]) -> Moment:
    """What is struck on sam, or, where nothing is, the heaviest moment."""
    if moments[0][0].beat < _ROUNDING:
        return moments[0]
    return max(moments, key=lambda moment: max(stroke.weight for stroke in moment))


def _spare(moments: Sequence[Moment], spared: frozenset[str]) -> list[Moment]:
    kept = [tuple(stroke for stroke in moment if stroke.name not in spared) for moment in moments]
    return [moment for moment in kept if moment] or list(moments)


def _longest(drums: Drums) -> int:
    return len(PHRASES[drums.id].split()) if drums.id in PHRASES else PHRASE


def _phrase(drums: Drums, moments: Sequence[Moment], landing: Moment, places: int) -> list[Moment]:
    """The family's own phrase, as much as there is room for, or the cycle's first strokes, and what lands on sam."""
    own = [(Stroke(0.0, name, LOUD),) for name in PHRASES.get(drums.id, "").split()[:-1] if name in drums.strokes]
    body = own[len(own) - places + 1 :] if own else [moments[i % len(moments)] for i in range(places - 1)]
    return [*body, landing]


def _thrice(shape: Threefold, phrase: Sequence[Moment], step: float) -> tuple[Stroke, ...]:
    """The strokes of three phrases but for the very last, which is on sam."""
    placed = []
    for turn in range(3):
        for place, moment in enumerate(phrase):
            back = shape.places - turn * (shape.phrase + shape.gap) - place
            placed += [_on(stroke, -back * step, stroke.weight) for stroke in moment if back]
    return tuple(placed)


def _run(moments: Sequence[Moment], places: int, step: float, seed: int = 0, share: float = 1.0) -> tuple[Stroke, ...]:
    """The strokes of the cycle one after another, growing, from a moment that `seed` draws; `share` of all places."""
    first = int(uniform(seed, 0) * len(moments)) if seed else -places
    placed = []
    for place in range(places):
        # The first and the last place hold the run together.
        if 0 < place < places - 1 and uniform(seed, 1, place) >= share:
            continue
        weight = SOFT + (LOUD - SOFT) * (place + 1) / places
        moment = moments[(first + place) % len(moments)]
        placed += [_on(stroke, (place - places) * step, weight) for stroke in moment]
    return tuple(placed)


def _intro(cycle: Cycle, drums: Drums, moments: Sequence[Moment], tempo: float, step: float, words: Terms) -> Passage:
    """A count or a run of COUNTED beats, or of fewer where the cycle is shorter, but of one at least."""
    beats = max(min(COUNTED, int(cycle.beats + _ROUNDING)), 1)
    while beats * 60.0 / tempo < HEARD and 2 * beats <= cycle.beats:
        beats *= 2
    if words.counts:
        click = _click(drums, moments)
        strokes = tuple(_on(click, float(beat - beats), SOFT + (LOUD - SOFT) * (beat == 0)) for beat in range(beats))
    else:
        strokes = _run(moments, int(beats / step + _ROUNDING), step)
    return Passage(Kind.INTRO, words.intro, float(beats), strokes)


def _click(drums: Drums, moments: Sequence[Moment]) -> Stroke:
    name = next((click for click in CLICKS if click in drums.strokes), "")
    if name:
        return Stroke(0.0, name, LOUD)
    return min((stroke for moment in moments for stroke in moment), key=lambda stroke: stroke.weight)


def _on(stroke: Stroke, beat: float, weight: float) -> Stroke:
    return msgspec.structs.replace(stroke, beat=beat, weight=weight)
