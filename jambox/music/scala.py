"""Scales and keyboard maps as Scala's files have them: `.scl` and `.kbm`, read and written.

The rules are those of huygens-fokker.org/scala/scl_format.html (M. Op de Coul, 2001-2024) and, for maps, of the
template that Scala writes. Lines that begin with `!` are comments. A reader may refuse files beyond a size.
"""

import math
import re
from collections.abc import Iterator

import msgspec

from jambox.errors import DataError, pointed
from jambox.units import Cents, Hertz, cents, key_frequency

LARGEST = 256 * 1024
"""Bytes of a file at most: some ten thousand notes."""
WIDEST = 1_000_000.0
"""Cents of an interval at most, up or down: 833 octaves, which a float still holds as a ratio."""
DIGITS = 200
"""Of a ratio's numbers at most; Scala asks for those up to 2^31 - 1."""
KEYS = 128

Interval = tuple[int, int] | float
"""A ratio's numerator and denominator, or cents."""

_CENTS = re.compile(r"-?(?:\d+\.\d*|\.\d+)")
_RATIO = re.compile(r"(-?\d+)(?:[ \t]*/[ \t]*(-?\d+))?")
_WHOLE = re.compile(r"-?\d{1,9}(?![^ \t])")
_DECIMAL = re.compile(r"\d{1,9}(?:\.\d{0,12})?(?![^ \t])")


class Scale(msgspec.Struct, frozen=True):
    """A scale: `intervals` above its first note, 1/1, which is not among them. The last is the period, of any size."""

    description: str
    intervals: tuple[Interval, ...] = ()

    @property
    def cents(self) -> tuple[Cents, ...]:
        """The intervals in cents."""
        return tuple(_in_cents(interval) for interval in self.intervals)

    @property
    def period(self) -> Cents:
        """From where on the scale begins again; 0 where it has no note but 1/1."""
        return _in_cents(self.intervals[-1]) if self.intervals else Cents(0.0)

    def degree(self, number: int) -> Cents:
        """Cents of a degree: 0 is 1/1, as many as there are intervals is the period; others lie periods above or below.

        Of a scale without any interval all degrees are 1/1.
        """
        if not self.intervals:
            return Cents(0.0)
        periods, step = divmod(number, len(self.intervals))
        return Cents(periods * self.period + (_in_cents(self.intervals[step - 1]) if step else 0.0))


class Map(msgspec.Struct, frozen=True):
    """Which key plays which degree of a scale.

    `degrees`, None for a key that plays nothing, are those of `middle` and the keys above it; keys further up and down
    play the same, by the degree `octave` higher or lower for each `size` keys; 0 stands for the scale's last. With a
    `size` of 0, each key plays the degree after that of the key below. Of the keys, those from `first` to `last` are
    tuned so, such that the key `reference` has `frequency` Hz.
    """

    size: int = 0
    first: int = 0
    last: int = KEYS - 1
    middle: int = 60
    reference: int = 69
    frequency: float = 440.0
    octave: int = 0
    degrees: tuple[int | None, ...] = ()

    def cents(self, key: int, scale: Scale) -> Cents | None:
        """Cents of what `key` plays above the scale's 1/1; None where it plays nothing."""
        if not self.size:
            return scale.degree(key - self.middle)
        rounds, place = divmod(key - self.middle, self.size)
        degree = self.degrees[place] if place < len(self.degrees) else None
        if degree is None:
            return None
        return Cents(scale.degree(degree) + rounds * scale.degree(self.octave or len(scale.intervals)))

    def frequencies(self, scale: Scale) -> tuple[Hertz | None, ...]:
        """Of each key, 0 to 127: what it sounds, None for nothing. Keys outside `first` to `last` sound as ever."""
        base = self.cents(self.reference, scale) or 0.0
        return tuple(self._frequency(key, scale, base) for key in range(KEYS))

    def _frequency(self, key: int, scale: Scale, base: float) -> Hertz | None:
        if not self.first <= key <= self.last:
            return key_frequency(key)
        sounding = self.cents(key, scale)
        # Degrees far beyond hearing are out of any float's reach.
        octaves = None if sounding is None else (sounding - base) / 1200.0
        return None if octaves is None or abs(octaves) > 900 else Hertz(self.frequency * 2.0**octaves)


def text_of(data: bytes, place: str) -> str:
    """The text of a file of Scala's: UTF-8 or, as the archive's files are, Latin-1. Raises DataError for anything else.

    Give it LARGEST + 1 bytes at most: more than LARGEST are refused.
    """
    if len(data) > LARGEST:
        raise DataError(f"{place}: it is larger than {LARGEST // 1024} KiB: no scale needs that")
    if b"\0" in data:
        raise DataError(f"{place}: it is no text: a scale is written in lines of it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def parse_scale(text: str, place: str) -> Scale:
    """The scale that `text` (.scl) describes; `place` names the file. Raises DataError with line and rule."""
    lines = _Lines(text, place)
    description = lines.next("the description, which may be empty,")
    count = lines.whole("the number of notes", "a number of notes is 0 or more", 0)
    return Scale(description.strip(), tuple(_interval(lines, number, count) for number in range(1, count + 1)))


def print_scale(scale: Scale) -> str:
    """The scale as a `.scl` file has it; `parse_scale` reads it back."""
    lines = (f" {_written(interval)}" for interval in scale.intervals)
    # Only at a line's very begin does `!` make a comment.
    description = " " + scale.description if scale.description.startswith("!") else scale.description
    return "\n".join((description, f" {len(scale.intervals)}", *lines, ""))


def parse_map(text: str, place: str) -> Map:
    """The keyboard map that `text` (.kbm) describes; `place` names the file. Raises DataError with line and rule."""
    lines = _Lines(text, place)
    size = lines.whole("the size of the map", "a size is 0 or more", 0)
    first = lines.key("the first key to retune")
    last = lines.key("the last key to retune")
    if last < first:
        raise lines.fault(f"the last key to retune, {last}, lies below the first, {first}")
    middle = lines.key("the middle key, where the map begins")
    reference, where = lines.key("the reference key"), lines.number
    frequency = lines.hertz()
    octave = lines.whole("the degree that is the formal octave", "a degree is a whole number")
    degrees = tuple(_mapped(lines, size))
    place_of = (reference - middle) % size if size else 0
    if size and (place_of >= len(degrees) or degrees[place_of] is None):
        lines.number = where
        raise lines.fault(f"the reference key {reference} is not mapped: it needs a degree to be tuned by")
    return Map(size, first, last, middle, reference, frequency, octave, degrees)


def print_map(found: Map) -> str:
    """The map as a `.kbm` file has it; `parse_map` reads it back."""
    fields = (found.size, found.first, found.last, found.middle, found.reference)
    entries = ("x" if degree is None else degree for degree in found.degrees)
    return "\n".join(map(str, (*fields, f"{found.frequency:.9f}", found.octave, *entries, "")))


class _Lines:
    """The lines of a text that are no comments, one after another; `number` is that of the latest, from 1."""

    def __init__(self, text: str, place: str) -> None:
        # Only these end a line: others that Python knows are characters of Latin-1.
        self._lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n") if text else []
        self._place, self.number = place, 0

    def fault(self, told: str) -> DataError:
        return pointed(DataError(f"{self._place}: line {self.number}: {told}"), (self.number,))

    def next(self, what: str) -> str:
        """The next line. Raises DataError where there is none."""
        while self.number < len(self._lines):
            self.number += 1
            if not (line := self._lines[self.number - 1]).startswith("!"):
                return line
        self.number = max(len(self._lines), 1)
        raise self.fault(f"the file ends where {what} is due")

    def rest(self) -> Iterator[str]:
        """What follows, without empty lines."""
        while self.number < len(self._lines):
            self.number += 1
            line = self._lines[self.number - 1]
            if not line.startswith("!") and line.strip():
                yield line

    def whole(self, what: str, rule: str, low: int = -(10**9), high: int = 10**9) -> int:
        line = self.next(what).strip(" \t")
        if not _WHOLE.match(line) or not low <= (number := int(line.split()[0])) <= high:
            raise self.fault(f"{_short(line)} is not {what}: {rule}")
        return number

    def key(self, what: str) -> int:
        return self.whole(what, "a key is 0 to 127", 0, KEYS - 1)

    def hertz(self) -> float:
        line = self.next("the reference frequency").strip(" \t")
        if not (match := _DECIMAL.match(line)) or not 0.0 < (frequency := float(match[0])) <= 1e6:
            raise self.fault(f"{_short(line)} is no reference frequency: it is in Hz, above 0, as 440.0")
        return frequency


def _interval(lines: _Lines, number: int, count: int) -> Interval:
    line = lines.next(f"note {number} of {count}").strip(" \t")
    if match := _CENTS.match(line):
        if abs(found := float(match[0])) > WIDEST:
            raise lines.fault(f"{_short(line)} is too far away: {WIDEST:.0f} cents at most")
        return found
    if not (match := _RATIO.match(line)):
        told = "the line is empty" if not line else f"{_short(line)} is no pitch"
        raise lines.fault(f"{told}: write cents with a period, as 701.955, or a ratio, as 3/2")
    if line[match.end() :].lstrip(" \t")[:1] == "/" or line[match.end() : match.end() + 1] in (".", ",", ":"):
        raise lines.fault(f"{_short(line)} is no pitch: a ratio has one slash and whole numbers, cents have a period")
    if max(map(len, match.groups(""))) > DIGITS:
        raise lines.fault(f"{_short(line)} is too long: a ratio's numbers have {DIGITS} digits at most")
    above, below = int(match[1]), int(match[2] or 1)
    if above <= 0 or below <= 0:
        raise lines.fault(f"{_short(match[0])} is no ratio: both its numbers are above 0")
    return above, below


def _mapped(lines: _Lines, size: int) -> Iterator[int | None]:
    """The entries of a map. At its end, keys that play nothing may be left out."""
    for _, line in zip(range(size), lines.rest(), strict=False):
        word = line.split()[0]
        if word.lower() == "x":
            yield None
        elif _WHOLE.fullmatch(word):
            yield int(word)
        else:
            raise lines.fault(f"{_short(word)} is no degree: write a whole number, or x for a key that plays nothing")


def _in_cents(interval: Interval) -> Cents:
    if isinstance(interval, tuple):
        above, below = interval
        return Cents(1200.0 * (math.log2(above) - math.log2(below))) if above > 2**50 else cents(above / below)
    return Cents(interval)


def _written(interval: Interval) -> str:
    if isinstance(interval, tuple):
        return f"{interval[0]}/{interval[1]}"
    text = repr(interval)
    return f"{interval:.6f}" if "e" in text else text


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}…")
