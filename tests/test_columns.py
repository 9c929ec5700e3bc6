"""Columns in any script."""

import pytest

from jambox.columns import aligned, cut, pad, width


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("Dha", 3),
        ("덩", 2),
        ("祭り", 4),
        ("तीनताल", 6),
        ("கண்ட", 3),
        ("é", 1),
        ("e\u0301", 1),
        ("مقسوم", 5),
        ("│", 1),
    ],
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns
    assert width(pad(text, 8)) == 8


@pytest.mark.parametrize(
    ("text", "columns", "left"),
    [
        ("Dha", 2, "Dh"),
        ("Dha", 3, "Dha"),
        ("Dha", 9, "Dha"),
        ("덩덕", 3, "덩"),
        ("ne\u0301", 2, "ne\u0301"),
        ("a", 0, ""),
    ],
)
def test_what_is_cut_fits(text: str, columns: int, left: str) -> None:
    assert cut(text, columns) == left


def test_rows_stand_in_columns_without_blanks_at_their_ends() -> None:
    assert aligned([["덩", "a", ""], ["abc", "bcd", "x"]]) == ["덩   a", "abc  bcd  x"]
    assert aligned([["a", "b"]], "|") == ["a|b"]
    assert aligned([]) == []
