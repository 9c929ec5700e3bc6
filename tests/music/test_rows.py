"""Rows of words and letters, and the strokes they stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.errors import DataError
from jambox.music.rows import Named, Row, Token, Voice, spoken, strokes, written


def row(voice: Voice, words: bool = False, name: str = "drum") -> Row:
    return Row(name, voice, words, ("lines" if words else "grid", name))


def struck(voice: Voice, places: int, words: bool = False, turns: int = 1) -> list[tuple[float, str, float]]:
    return [(named.place, named.name, named.accent) for named in strokes(row(voice, words), places, turns, "x.toml")]


def test_a_table_has_rows_as_text_or_with_more_to_say() -> None:
    voice = Voice("x.", stroke="clap")
    assert list(written(False, {"a": "x.", "b": voice})) == [
        Row("a", Voice("x."), False, ("grid", "a")),
        Row("b", voice, False, ("grid", "b", "row")),
    ]
    assert next(written(True, {"theka": "Dha"})).key == ("lines", "theka")


def test_tokens_know_where_they_stand() -> None:
    assert row(Voice("Dha | Ti-Ra ."), words=True).tokens == [
        Token(0, "Dha", 0),
        Token(1, "Ti-Ra", 6),
        Token(2, ".", 12),
    ]
    assert row(Voice("x.|X")).tokens == [Token(0, "x", 0), Token(1, ".", 1), Token(2, "X", 3)]


@pytest.mark.parametrize(
    ("voice", "places", "words", "expected"),
    [
        (Voice("x.Xo"), 4, False, [(0, "drum", 0.0), (2, "drum", 0.2), (3, "drum", -0.2)]),
        (Voice("x.", stroke="clap"), 2, False, [(0, "clap", 0.0)]),
        (
            Voice("DxX", strokes={"D": "dum", "x": "slap", "X": "both"}),
            3,
            False,
            [(0, "dum", 0), (1, "slap", 0), (2, "both", 0)],
        ),
        (Voice(">.", accents="other"), 2, False, [(0, ">", 0.0)]),
        (Voice("LR", silent=True), 2, False, [(0, "L", 0.0), (1, "R", 0.0)]),
        (Voice("Dha - -Dha ."), 4, True, [(0, "Dha", 0), (2.5, "Dha", 0)]),
        (Voice("Ti-Ra-Ki-Ta"), 1, True, [(0, "Ti", 0), (0.25, "Ra", 0), (0.5, "Ki", 0), (0.75, "Ta", 0)]),
        # A whole word is looked up first, then its parts.
        (Voice("Ti-Ta Ta", strokes={"Ti-Ta": "Ti-Te"}), 2, True, [(0, "Ti", 0), (0.5, "Te", 0), (1, "Ta", 0)]),
        (Voice("Ti-Ta Ta", strokes={"Ta": "Na"}), 2, True, [(0, "Ti", 0), (0.5, "Na", 0), (1, "Na", 0)]),
        (Voice("더-러 덩"), 2, True, [(0, "더", 0), (0.5, "러", 0), (1, "덩", 0)]),
    ],
)
def test_what_a_row_strikes(voice: Voice, places: int, words: bool, expected: list[tuple[float, str, float]]) -> None:
    assert struck(voice, places, words) == expected


def test_a_row_of_one_turn_is_repeated_and_one_of_all_is_not() -> None:
    assert struck(Voice("x.."), 3, turns=2) == [(0, "drum", 0), (3, "drum", 0)]
    assert struck(Voice("x....x"), 3, turns=2) == [(0, "drum", 0), (5, "drum", 0)]


@pytest.mark.parametrize(
    ("voice", "words", "turns", "fault", "at"),
    [
        (
            Voice("x..."),
            False,
            1,
            "grid.drum: 4 strokes and rests for 3 pulses: write one for each pulse, . for a rest",
            (),
        ),
        (Voice("x..."), False, 2, "grid.drum: 4 strokes and rests for 3 pulses, or 6 in 2 turns: write one", ()),
        (Voice(""), False, 1, "grid.drum: 0 strokes and rests for 3 pulses", ()),
        (Voice("Dha Na"), True, 1, "lines.drum: 2 strokes and rests for 3 pulses", ()),
        (Voice("x.|y"), False, 1, "grid.drum: 'y' at pulse 3 is none of . x X o", (3,)),
        (Voice("D.x", strokes={"D": "dum"}), False, 1, "grid.drum: 'x' at pulse 3 is none of . D", (2,)),
    ],
)
def test_a_fault_is_told_with_its_place(voice: Voice, words: bool, turns: int, fault: str, at: tuple[int, ...]) -> None:
    with pytest.raises(DataError) as raised:
        strokes(row(voice, words), 3, turns, "x.toml")
    assert str(raised.value).startswith(f"x.toml: {fault}")
    assert raised.value.at == ("lines" if words else "grid", "drum", *at)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("Ti-Ra-Ki-Ta", "TiRaKiTa"),
        ("-Dha", "-Dha"),
        ("-", "-"),
        ("Dha", "Dha"),
        ("더-러-러-러", "더러러러"),
        (".", "."),
    ],
)
def test_a_word_is_said_without_its_hyphens(word: str, said: str) -> None:
    assert spoken(word) == said


@given(st.text(".xXo|", max_size=60), st.integers(1, 4))
def test_strokes_come_in_order_within_the_phrase(text: str, turns: int) -> None:
    places = len(text.replace("|", ""))
    if not places:
        return
    found = strokes(row(Voice(text)), places, turns, "x.toml")
    assert [named.place for named in found] == sorted({named.place for named in found})
    assert all(0 <= named.place < places * turns for named in found)
    assert len(found) == turns * sum(letter in "xXo" for letter in text)
    assert all(isinstance(named, Named) for named in found)
