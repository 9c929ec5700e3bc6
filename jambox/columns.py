"""Text in columns, in any script: letters that stand over others take no room, wide ones that of two."""

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    """Columns that a terminal takes for `text`."""
    return sum(_width(letter) for letter in text)


def pad(text: str, columns: int) -> str:
    """`text`, and blanks up to `columns` columns."""
    return text + " " * (columns - width(text))


def cut(text: str, columns: int) -> str:
    """As much of `text` as takes at most `columns` columns."""
    end = taken = 0
    while end < len(text) and (taken := taken + _width(text[end])) <= columns:
        end += 1
    return text[:end]


def aligned(rows: Sequence[Sequence[str]], gap: str = "  ") -> list[str]:
    """Rows of as many cells each, in columns; no blanks at the ends."""
    if not rows:
        return []
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [gap.join(map(pad, row, widths)).rstrip() for row in rows]


def _width(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in ("W", "F") else 1
