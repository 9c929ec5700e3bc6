"""Where in a TOML text something stands, and how to show it: the line, with a caret under the place."""

import re
from typing import NamedTuple

from jambox.columns import width
from jambox.errors import At

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}\s#]+")
_TOLD = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")
_OPENING = re.compile(r'"""\r?\n?|\'\'\'\r?\n?|.')


class Spot(NamedTuple):
    """A line and a column, both from 1."""

    line: int
    column: int


def syntax_spot(text: str, message: str) -> Spot | None:
    """Where the parser's `message` says that `text` is no TOML; None when it does not say."""
    told = _TOLD.search(message)
    if told is None:
        return None
    return Spot(int(told[1]), int(told[2])) if told[1] else _spot(text, len(text.rstrip()))


def spot(text: str, at: At) -> Spot:
    """Where in `text`, which must be valid TOML, that stands to which `at` leads, or as far as it leads there."""
    found = _Scan(text).places
    best = max((at[:length] for length in range(len(at) + 1) if at[:length] in found), key=len, default=())
    start = found.get(best, 0)
    string = _STRING.match(text, start)
    match at[len(best) :]:
        case (int(index),) if string:
            opening = _OPENING.match(string[0])
            assert opening is not None
            return _spot(text, start + opening.end() + index)
    return _spot(text, start)


def show(text: str, place: Spot) -> str:
    """The line of `text`, with its number, and a caret under the place."""
    lines = text.splitlines() or [""]
    line = lines[min(place.line, len(lines)) - 1]
    head = f"{place.line:>5} | "
    # Tabs stay tabs, so that the caret stands right however wide they are shown.
    indent = "".join(letter if letter == "\t" else " " * width(letter) for letter in line[: place.column - 1])
    return f"{head}{line}\n{' ' * (len(head) - 2)}| {indent}^"


def _spot(text: str, index: int) -> Spot:
    return Spot(text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


class _Scan:
    """Walks once through a valid text, and notes where each value, and each table's header, begins."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.index = 0
        self.places: dict[At, int] = {}
        table: At = ()
        while self._blank() < len(text):
            if text[self.index] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _blank(self) -> int:
        found = _BLANK.match(self.text, self.index)
        self.index = found.end() if found else self.index
        return self.index

    def _take(self, *signs: str) -> bool:
        self._blank()
        if self.text.startswith(signs, self.index):
            self.index += 1
            return True
        return False

    def _header(self) -> At:
        start = self.index
        double = self.text.startswith("[[", start)
        self.index += 2 if double else 1
        table: At = self._keys()
        self.index += 2 if double else 1
        if double:
            table = (*table, next(n for n in range(start + 1) if (*table, n) not in self.places))
        self.places[table] = start
        return table

    def _keys(self) -> tuple[str, ...]:
        keys: list[str] = []
        while not keys or self._take("."):
            self._blank()
            if found := _STRING.match(self.text, self.index):
                keys.append(found[0][1:-1])
            else:
                found = _BARE.match(self.text, self.index)
                assert found is not None
                keys.append(found[0])
            self.index = found.end()
        self._blank()
        return tuple(keys)

    def _pair(self, table: At) -> None:
        start = self._blank()
        keys = self._keys()
        self.places.update({(*table, *keys[:count]): start for count in range(1, len(keys))})
        self._take("=")
        self._blank()
        self._value((*table, *keys))

    def _value(self, at: At) -> None:
        self._blank()
        self.places[at] = self.index
        if self._take("["):
            for number in range(len(self.text)):
                if self._take("]"):
                    return
                self._value((*at, number))
                self._take(",")
        elif self._take("{"):
            while not self._take("}"):
                self._pair(at)
                self._take(",")
        else:
            found = _STRING.match(self.text, self.index) or _SCALAR.match(self.text, self.index)
            assert found is not None
            self.index = found.end()
