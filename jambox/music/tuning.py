"""A tuning: a Scala scale, perhaps with a keyboard map, where it comes from and how sure it is.

What is known of a tuning stands in its file's comments, `! source: …`, which other readers of Scala files skip: so it
stays with the numbers wherever the file is copied. Keys are tradition, kind, certainty, source (as often as there are),
notes, and `name` with a language, as `! name ar: راست`; files of others have none of them.
"""

import re
from bisect import bisect_left
from collections.abc import Callable
from typing import Any, get_args

import msgspec

from jambox.errors import DataError
from jambox.music.certainty import Certainty
from jambox.music.drone import Drone
from jambox.music.scala import Map, Scale, parse_scale, print_scale
from jambox.units import Cents, cents

NEAR = 50.0
"""Cents within which a tuning's degree is still the one that a string is named after: half a semitone."""
_FACT = re.compile(r"! *(tradition|kind|certainty|source|notes|name ([a-z]{2})): *(.*)")


class Tuning(msgspec.Struct, frozen=True):
    """A tuning by its `id`; `names` are its own, by language; `kind` says what the numbers are: theory, measured, …"""

    id: str
    scale: Scale
    map: Map | None = None
    names: dict[str, str] = {}
    tradition: str = ""
    kind: str = ""
    certainty: Certainty = "unchecked"
    sources: tuple[str, ...] = ()
    notes: str = ""

    @property
    def name(self) -> str:
        """What its file calls it."""
        return self.scale.description or self.id

    def nearest(self, place: float) -> Cents:
        """The degree nearest to `place`, in cents above the tonic, in whatever period; the lower of two."""
        return self.finder()(place)

    def finder(self) -> Callable[[float], Cents]:
        """`nearest` for many places: what all of them need is counted once."""
        period = abs(self.scale.period)
        degrees = sorted({degree % period if period else degree for degree in (0.0, *self.scale.cents)})
        if period:
            degrees = [degrees[-1] - period, *degrees, degrees[0] + period]

        def find(place: float) -> Cents:
            base = place // period * period if period else 0.0
            after = min(max(bisect_left(degrees, place - base), 1), len(degrees) - 1)
            near = [base + degree for degree in degrees[max(after - 1, 0) : after + 1]]
            return Cents(min(near, key=lambda degree: (round(abs(degree - place), 6), degree)))

        return find

    def string(self, place: float) -> Cents:
        """Where a string is tuned that is named after the degree at `place` cents above the tonic, as Pa is after 3/2.

        That is the nearest degree, if there is one NEAR it: a tuning that knows none, as a raga without Pa, leaves the
        string pure. Octaves are as wide as the period, if that is near an octave; the tonic's own are nothing else.
        """
        octaves, rest = divmod(place, 1200.0)
        period = abs(self.scale.period)
        base = octaves * (period if abs(period - 1200.0) <= NEAR else 1200.0)
        found = self.nearest(rest) if rest else 0.0
        return Cents(base + (found if abs(found - rest) <= NEAR else rest))


def tuned(drone: Drone, tuning: Tuning) -> Drone:
    """The drone with each string where `Tuning.string` puts it; what its file says in cents comes on top."""
    strings = []
    for string in drone.strings:
        over, under = string.ratio
        named = cents(over / under)
        # Rounded, so that a string that stays where it was stays the very same.
        moved = 0.0 if string.pure else round(tuning.string(named) - named, 6)
        strings.append(msgspec.structs.replace(string, cents=string.cents + moved))
    return msgspec.structs.replace(drone, strings=tuple(strings))


def print_tuning(tuning: Tuning) -> str:
    """The tuning as a `.scl` file has it, without its map; `parse_tuning` reads it back."""
    facts = {"tradition": tuning.tradition, "kind": tuning.kind, "notes": tuning.notes}
    if tuning.certainty != "unchecked":
        facts["certainty"] = tuning.certainty
    told = [*facts.items(), *(("source", source) for source in tuning.sources)]
    told += [(f"name {language}", name) for language, name in tuning.names.items()]
    return "".join(f"! {key}: {value}\n" for key, value in told if value) + print_scale(tuning.scale)


def parse_tuning(text: str, place: str, name: str) -> Tuning:
    """The tuning `name` that `text` (.scl) describes; `place` names its file. Raises DataError with line and rule."""
    scale = parse_scale(text, place)
    facts: dict[str, Any] = {"names": {}, "sources": ()}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("!") or not (match := _FACT.fullmatch(line.rstrip())):
            continue
        key, language, value = match.groups()
        if language:
            facts["names"][language] = value
        elif key == "source":
            facts["sources"] += (value,)
        elif key == "certainty" and value not in get_args(Certainty):
            known = ", ".join(get_args(Certainty))
            raise DataError(f"{place}: line {number}: {value!r} is no certainty: there are {known}")
        else:
            facts[key] = value
    return Tuning(name, scale, **facts)
