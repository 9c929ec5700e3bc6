"""Routes as text, and how a wrong one is told."""

import ast
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.errors import ConfigError
from jambox.midi.notation import LENGTH, WORDS, parse_route
from jambox.midi.route import From, To, Unit
from jambox.midi.steps import CC, ChannelMap, Keys, Program, Transpose


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("From('Keys')", From("Keys")),
        ('  To("सुर")  ', To("सुर")),
        ("From('a') >> Transpose(-12, fold=True) >> To('b')", From("a") >> Transpose(-12, fold=True) >> To("b")),
        ("(From('a')\n  | From('b')) >> CC(1)", (From("a") | From("b")) >> CC(1)),
        ("\n\tChannelMap({1: 2})", ChannelMap({1: 2})),
        ("Keys(low='C2', high=59)", Keys("C2", 59)),
        ("Program(number=5, bank=3)", Program(5, 3)),
        ("|".join(["CC(1)"] * 600), None),
        ("|".join(["Delay(1)"] * 300), None),
        (">>".join(["Delay(1)"] * 8), None),
    ],
)
def test_routes_are_read(text: str, unit: Unit | None) -> None:
    assert parse_route(text) == (unit or parse_route(text))


UNIT = "expected a unit such as From('Keys'), or units joined by >> or |"
VALUE = "expected a number, a text in quotes, True, False, or a map of numbers as {1: 2}"


@pytest.mark.parametrize(
    ("text", "what", "line", "column"),
    [
        ("", "not understood: invalid syntax", 1, 1),
        ("From('a'", "not understood: '(' was never closed", 1, 5),
        ("  From('a') >>", "not understood: invalid syntax", 1, 15),
        ("\n  From('a') > ", "not understood: invalid syntax", 2, 14),
        ("CC(1)\n>> CC(2)", "not understood: invalid syntax", 2, 1),
        ("CC(1) \0", "not understood: source code string cannot contain null bytes", 1, 8),
        ("From", UNIT, 1, 1),
        ("From('a') + To('b')", UNIT, 1, 1),
        ("From('a') >> 'b'", UNIT, 1, 14),
        ("From('é') >> x.y", UNIT, 1, 14),
        ("__import__('os')", f"'__import__' is no unit: allowed are {', '.join(WORDS)}", 1, 1),
        ("(CC(1)\n | (CC(2) >> Chanel(3)))", f"'Chanel' is no unit: allowed are {', '.join(WORDS)}", 2, 14),
        ("\n (CC(1)\n | Chanel(3))", f"'Chanel' is no unit: allowed are {', '.join(WORDS)}", 3, 4),
        ("CC(1) >> To(name)", VALUE, 1, 13),
        ("To(*'ab')", VALUE, 1, 4),
        ("CC(~1)", VALUE, 1, 4),
        ("CC(-'a')", VALUE, 1, 4),
        ("CC(None)", VALUE, 1, 4),
        ("To(b'a')", VALUE, 1, 4),
        ("To(f'{1}')", VALUE, 1, 4),
        ("CCMap({**{1: 2}})", VALUE, 1, 7),
        ("CCMap({1: [2]})", VALUE, 1, 11),
        ("Keys(**{'low': 1})", "** is not allowed here", 1, 1),
        ("CC(1) >> Keys('C2')", "wrong arguments: the form is Keys(low, high)", 1, 10),
        ("CC(1) >> Channel(number=2)", "wrong arguments: the form is Channel(*numbers)", 1, 10),
        ("Program(1, 2, 3, 4)", "wrong arguments: the form is Program(number, bank=..., channel=...)", 1, 1),
        ("CCMap({'a': 2})", "'a' is not a controller: expected a whole number from 0 to 119", 1, 1),
        ("CCMap({{}: 2})", VALUE, 1, 7),
        ("CC(1) >> Latch(1)", "wrong arguments: the form is Latch()", 1, 10),
        ("CC(1) >> Delay()", "wrong arguments: the form is Delay(beats)", 1, 10),
        ("CC(1) >> Delay(0)", "beats 0 are out of range: allowed is above 0, up to 64", 1, 10),
        (
            "CC(1) | (Latch() >> " + ">>".join(["Delay(1)"] * 7) + " >> (CC(2) | Latch()))",
            "a series of more than 8 Latch() or Delay(): do with fewer",
            1,
            10,
        ),
        ("CC(1) >> Keys('C4', 'C2')", "'C4' lies above 'C2': write the lower key first", 1, 10),
    ],
)
def test_a_wrong_route_is_refused_with_its_place(text: str, what: str, line: int, column: int) -> None:
    with pytest.raises(ConfigError) as fault:
        parse_route(text)
    shown = text.split("\n")[line - 1]
    assert str(fault.value) == f"{what} (line {line}, column {column})\n  {shown}\n  {' ' * (column - 1)}^"


def test_a_route_beyond_measure_is_refused() -> None:
    with pytest.raises(ConfigError, match=f"a route of {LENGTH + 5} characters: allowed are {LENGTH}"):
        parse_route("CC(1)" + " " * LENGTH)


@pytest.mark.parametrize("text", ["-" * (LENGTH - 1) + "1", "(" * LENGTH, "~" * LENGTH])
def test_a_route_that_is_too_deep_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_route(text)


pieces = st.sampled_from(
    ["From(", "'a'", ")", ">>", "|", "CC(", "1", "-", "{", ":", "}", "(", "\n", ",", "=", "**", "x"]
)


@given(st.one_of(st.text(), st.lists(pieces).map("".join), st.sampled_from("(-[~").map(lambda c: c * LENGTH)))
def test_any_text_is_a_route_or_a_config_error(text: str) -> None:
    with suppress(ConfigError):
        assert isinstance(parse_route(text), Unit)


def test_nothing_is_ever_called_but_units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ast, "literal_eval", None)
    for text in (
        "print('x')",
        "From(print('x'))",
        "From('a').__class__('b')",
        "(lambda: 1)()",
        "From(pattern=open('x'))",
    ):
        with pytest.raises(ConfigError):
            parse_route(text)
