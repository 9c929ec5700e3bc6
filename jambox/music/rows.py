"""The rows of a cycle's file: words or letters, one for each place, and the strokes that they stand for."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, NamedTuple

import msgspec

from jambox.errors import At, DataError, pointed
from jambox.music.certainty import Certainty

REST = "."
ACCENT = 0.2
"""What an accent adds to the weight of its place."""
LETTERS = {"x": 0.0, "X": ACCENT, "o": -ACCENT}
"""Letters of a grid that names the stroke, and what they add to the weight of their place: struck, accented, soft."""
_WORD = re.compile(r"[^\s|]+")
_JOINT = re.compile(r"(?<=\w)-(?=\w)")

Count = Annotated[int, msgspec.Meta(ge=1, le=512)]
Reading = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]*$")]


class Voice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row, where there is more to say of it than its text.

    `stroke`: what x, X and o strike, where not the voice's own name; `strokes`: what other letters, or words, mean to
    the drum family. `places`: into how many equal places it divides the cycle, where not into pulses. `reading`: the
    only one in which it is played. `accents`: it strikes nothing, but makes the strokes of that voice heavier.
    `silent`: it is spoken or shown, not struck.
    """

    row: str
    stroke: str = ""
    strokes: dict[str, str] = {}
    places: Count | None = None
    reading: Reading = ""
    accents: str = ""
    silent: bool = False
    certainty: Certainty | None = None


class Token(NamedTuple):
    """A word or letter that is no rest: its place in the row from 0, and where in the row's text it begins."""

    place: int
    text: str
    start: int


class Row(NamedTuple):
    """A voice by name, as it is written: in `words` or in letters; `key` leads to its text in the file."""

    name: str
    voice: Voice
    words: bool
    key: At

    @property
    def tokens(self) -> list[Token]:
        """Every word or letter, rests too; `|` is for the eye."""
        found = _WORD.finditer(self.voice.row) if self.words else re.finditer(r"[^\s|]", self.voice.row)
        return [Token(place, match[0], match.start()) for place, match in enumerate(found)]


class Named(NamedTuple):
    """A stroke of a row: its place, which may lie between two; its name; what it adds to the weight there."""

    place: float
    name: str
    accent: float


def written(words: bool, table: Mapping[str, str | Voice]) -> Iterator[Row]:
    """The rows of a file's `[lines]` (of words) or `[grid]` (of letters)."""
    part = "lines" if words else "grid"
    for name, voice in table.items():
        if isinstance(voice, str):
            yield Row(name, Voice(voice), words, (part, name))
        else:
            yield Row(name, voice, words, (part, name, "row"))


def strokes(row: Row, places: int, turns: int, place: str) -> list[Named]:
    """What a row strikes in a phrase of `turns` cycles of `places` places each; a row of one cycle is repeated.

    Raises DataError, for the file called `place`, for a wrong length or an unknown letter.
    """
    tokens = row.tokens
    if len(tokens) not in {places, places * turns}:
        raise pointed(DataError(f"{place}: {_title(row)}: {_length_fault(tokens, places, turns)}"), row.key)
    named = [stroke for token in tokens if token.text != REST for stroke in _named(row, token, place)]
    repeats = places * turns // len(tokens)
    return [stroke._replace(place=stroke.place + turn * len(tokens)) for turn in range(repeats) for stroke in named]


def spoken(word: str) -> str:
    """A word as it is said: without the hyphens that divide it. `-Dha`, whose first half is silent, keeps its own."""
    return _JOINT.sub("", word)


def _named(row: Row, token: Token, place: str) -> Iterator[Named]:
    if row.words:
        parts = row.voice.strokes.get(token.text, token.text).split("-")
        for number, part in enumerate(parts):
            if part:
                yield Named(token.place + number / len(parts), row.voice.strokes.get(part, part), 0.0)
        return
    voice = row.voice
    if (voice.silent or voice.accents) and not voice.strokes:
        yield Named(float(token.place), token.text, 0.0)
        return
    known = voice.strokes or dict.fromkeys(LETTERS, voice.stroke or row.name)
    if token.text not in known:
        told = f"{token.text!r} at pulse {token.place + 1} is none of {' '.join((REST, *known))}"
        raise pointed(DataError(f"{place}: {_title(row)}: {told}"), (*row.key, token.start))
    yield Named(float(token.place), known[token.text], 0.0 if voice.strokes else LETTERS[token.text])


def _title(row: Row) -> str:
    return f"{row.key[0]}.{row.name}"


def _length_fault(tokens: list[Token], places: int, turns: int) -> str:
    wanted = f"{places} pulses" if turns == 1 else f"{places} pulses, or {places * turns} in {turns} turns"
    return f"{len(tokens)} strokes and rests for {wanted}: write one for each pulse, . for a rest"
