"""The place of a fault in a TOML text."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.errors import At
from jambox.pointing import Spot, show, spot, syntax_spot

TEXT = '''# A file.
id = "x"  # its name
names = { hi = "तीन", "other one" = 'b' }
numbers = [
  1, # one
  [2, 3],
]
a.b = 7

[tempo]
low = 40.5
"usual speed" = 1

[lines."open hat"]
row = "Dha Na"
long = """
text"""

[[strings]]
name = "Pa"
[[strings]]
name = "Sa"
[strings.more]
deep = true
'''


@pytest.mark.parametrize(
    ("at", "place"),
    [
        ((), (1, 1)),
        (("id",), (2, 6)),
        (("id", 0), (2, 7)),
        (("names",), (3, 9)),
        (("names", "hi"), (3, 16)),
        (("names", "other one"), (3, 37)),
        (("numbers",), (4, 11)),
        (("numbers", 0), (5, 3)),
        (("numbers", 1), (6, 3)),
        (("numbers", 1, 1), (6, 7)),
        (("a",), (8, 1)),
        (("a", "b"), (8, 7)),
        (("tempo",), (10, 1)),
        (("tempo", "low"), (11, 7)),
        (("tempo", "usual speed"), (12, 17)),
        (("lines", "open hat", "row"), (15, 7)),
        (("lines", "open hat", "row", 4), (15, 12)),
        (("lines", "open hat", "long", 1), (17, 2)),
        (("strings", 0, "name"), (20, 8)),
        (("strings", 1), (21, 1)),
        (("strings", 1, "name"), (22, 8)),
        (("strings", "more", "deep"), (24, 8)),
        # As far as it leads.
        (("tempo", "high"), (10, 1)),
        (("gone", "away"), (1, 1)),
    ],
)
def test_what_keys_lead_to(at: At, place: tuple[int, int]) -> None:
    tomllib.loads(TEXT)
    assert spot(TEXT, at) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [("a = 1\nb c", (2, 3)), ('a = "x\n', (1, 7)), ("a = [1,\n", (1, 8)), ("a = 1\na = 2\n", (2, 6))],
)
def test_where_a_text_is_no_toml(text: str, place: tuple[int, int]) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as raised:
        tomllib.loads(text)
    assert syntax_spot(text, str(raised.value)) == place
    assert syntax_spot(text, "something else") is None


@pytest.mark.parametrize(
    ("line", "column", "shown"),
    [
        ("ab = c", 6, "    1 | ab = c\n      |      ^"),
        ("\tx", 2, "    1 | \tx\n      | \t^"),
        ("덩 쿵", 3, "    1 | 덩 쿵\n      |    ^"),
        ("", 1, "    1 | \n      | ^"),
    ],
)
def test_the_caret_stands_under_the_place(line: str, column: int, shown: str) -> None:
    assert show(line, Spot(1, column)) == shown


VALUES = st.recursive(
    st.integers(-9, 9) | st.booleans() | st.text("ab x#]}", max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=8,
)


def text_of(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case list():
            return f"[ {' , '.join(map(text_of, value))} ]"
        case dict():
            return f"{{ {', '.join(f'{key} = {text_of(each)}' for key, each in value.items())} }}"
    return str(value)


def leaves(value: Any, at: At = ()) -> list[tuple[At, Any]]:
    parts: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    below = [leaf for key, each in parts for leaf in leaves(each, (*at, key))]
    return below or [(at, value)]


@given(st.dictionaries(st.text("abc", min_size=1), VALUES, min_size=1, max_size=4))
def test_every_value_is_found_where_it_is_written(table: dict[str, Any]) -> None:
    text = "\n".join(f"{key} = {text_of(value)}" for key, value in table.items())
    assert tomllib.loads(text) == table
    lines = text.split("\n")
    for at, value in leaves(table):
        place = spot(text, at)
        assert lines[place.line - 1][place.column - 1 :].startswith(text_of(value).split(" ")[0])
