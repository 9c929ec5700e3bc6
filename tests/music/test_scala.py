"""Scala's files: each rule kept is read, each rule broken told with file and line; what is written is read back."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.errors import DataError
from jambox.music.scala import (
    DIGITS,
    LARGEST,
    Interval,
    Map,
    Scale,
    parse_map,
    parse_scale,
    print_map,
    print_scale,
    text_of,
)
from jambox.units import key_frequency

EDO12 = Scale("12", tuple(100.0 * step for step in range(1, 13)))
FIFTHS = Scale("fifths", ((3, 2), (2, 1)))
A440 = "0\n0\n127\n60\n69\n440.0\n0\n"


def fault_of(text: str, kind: str = "scl") -> str:
    with pytest.raises(DataError) as raised:
        (parse_scale if kind == "scl" else parse_map)(text, f"x.{kind}")
    assert raised.value.at == (int(str(raised.value).split("line ")[1].split(":")[0]),)
    return str(raised.value)


# Scales


@pytest.mark.parametrize(
    ("line", "interval"),
    [
        # The examples of the format's description.
        ("81/64", (81, 64)),
        ("408.0", 408.0),
        ("408.", 408.0),
        ("5", (5, 1)),
        ("-5.0", -5.0),
        ("10/20", (10, 20)),
        ("100.0 cents", 100.0),
        (" 100.0 C#", 100.0),
        (" 5/4   E\\", (5, 4)),
        # Others that it allows.
        ("\t3/2\t! a fifth", (3, 2)),
        ("3 / 2", (3, 2)),
        ("2", (2, 1)),
        ("2/1octave", (2, 1)),
        (".5", 0.5),
        ("0.", 0.0),
        ("1/1", (1, 1)),
        ("2147483647/2147483646", (2147483647, 2147483646)),
        ("36893488147419103232/36472996377170786403", (36893488147419103232, 36472996377170786403)),
        ("12345.678", 12345.678),
        ("701.955 3/2", 701.955),
    ],
)
def test_a_line_is_read(line: str, interval: Interval) -> None:
    assert parse_scale(f"one\n1\n{line}\n", "x.scl").intervals == (interval,)


@pytest.mark.parametrize(
    "text",
    [
        "! a.scl\n!\nfifths\n 2\n!\n 3/2\n 2/1\n",
        "fifths\r\n2\r\n3/2\r\n2/1",
        "fifths\r2\r3/2\r2/1\r",
        "  fifths \n\t2  \n3/2\n! between\n2/1\n\nwhat follows is no longer read: 9/0\n",
    ],
)
def test_a_text_is_read_whatever_its_comments_and_ends_of_lines(text: str) -> None:
    assert parse_scale(text, "x.scl") == FIFTHS


def test_a_scale_may_have_no_notes_and_no_description() -> None:
    none = parse_scale("\n0\n", "x.scl")
    assert none == Scale("")
    assert (none.period, none.cents, none.degree(5), none.degree(-5)) == (0.0, (), 0.0, 0.0)
    assert Map().frequencies(none) == (440.0,) * 128


def test_degrees_go_on_period_by_period_in_their_own_order() -> None:
    wide = Scale("", (-200.0, (3, 1), 1300.0, 150.0))
    assert [round(wide.degree(number), 3) for number in range(-2, 6)] == [
        1751.955,
        1150.0,
        0,
        -200,
        1901.955,
        1300,
        150,
        -50,
    ]
    assert wide.period == 150.0
    assert Scale("", (-50.0,)).degree(3) == -150.0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: the file ends where the description, which may be empty, is due"),
        ("! only\n! comments\n", "line 2: the file ends where the description, which may be empty, is due"),
        ("a", "line 1: the file ends where the number of notes is due"),
        ("a\n\n", "line 2: '' is not the number of notes: a number of notes is 0 or more"),
        ("a\n-1\n", "line 2: '-1' is not the number of notes: a number of notes is 0 or more"),
        ("a\n2.0\n2\n2\n", "line 2: '2.0' is not the number of notes: a number of notes is 0 or more"),
        ("a\n12notes\n", "line 2: '12notes' is not the number of notes: a number of notes is 0 or more"),
        ("a\n99999999999\n", "line 2: '99999999999' is not the number of notes: a number of notes is 0 or more"),
        ("! c\na\n2\n! c\n3/2\n", "line 5: the file ends where note 2 of 2 is due"),
        ("a\n1\n\n2\n", "line 3: the line is empty: write cents with a period, as 701.955, or a ratio, as 3/2"),
        ("a\n1\noctave\n", "line 3: 'octave' is no pitch: write cents with a period, as 701.955, or a ratio, as 3/2"),
        ("a\n1\n+5.0\n", "line 3: '+5.0' is no pitch: write cents with a period, as 701.955, or a ratio, as 3/2"),
        ("a\n1\n.\n", "line 3: '.' is no pitch: write cents with a period, as 701.955, or a ratio, as 3/2"),
        ("a\n2\n-3/2\n2\n", "line 3: '-3/2' is no ratio: both its numbers are above 0"),
        ("a\n1\n3/-2\n", "line 3: '3/-2' is no ratio: both its numbers are above 0"),
        ("a\n1\n3/0\n", "line 3: '3/0' is no ratio: both its numbers are above 0"),
        ("a\n1\n0\n", "line 3: '0' is no ratio: both its numbers are above 0"),
        ("a\n1\n3/2/1\n", "line 3: '3/2/1' is no pitch: a ratio has one slash and whole numbers, cents have a period"),
        ("a\n1\n3/\n", "line 3: '3/' is no pitch: a ratio has one slash and whole numbers, cents have a period"),
        ("a\n1\n3/2.5\n", "line 3: '3/2.5' is no pitch: a ratio has one slash and whole numbers, cents have a period"),
        ("a\n1\n4:3\n", "line 3: '4:3' is no pitch: a ratio has one slash and whole numbers, cents have a period"),
        (
            "a\n1\n701,955\n",
            "line 3: '701,955' is no pitch: a ratio has one slash and whole numbers, cents have a period",
        ),
        ("a\n1\n1000001.\n", "line 3: '1000001.' is too far away: 1000000 cents at most"),
        (
            f"a\n1\n{'9' * (DIGITS + 1)}\n",
            f"line 3: '{'9' * 40}…' is too long: a ratio's numbers have 200 digits at most",
        ),
    ],
)
def test_a_rule_broken_is_told_with_file_and_line(text: str, told: str) -> None:
    assert fault_of(text) == f"x.scl: {told}"


INTERVALS = st.one_of(
    st.tuples(st.integers(1, 10**40), st.integers(1, 10**40)),
    st.integers(-(10**12), 10**12).map(lambda millionths: millionths / 10**6),
)
DESCRIPTIONS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=30).map(str.strip)


@given(st.builds(Scale, DESCRIPTIONS, st.lists(INTERVALS, max_size=30).map(tuple)))
def test_what_is_written_is_read_back(scale: Scale) -> None:
    assert parse_scale(print_scale(scale), "x.scl") == scale


# Files


def test_a_file_is_utf_8_or_latin_1() -> None:
    assert text_of("Bağlama".encode(), "x.scl") == "Bağlama"
    assert text_of(b"\xef\xbb\xbfB", "x.scl") == "B"
    assert text_of("Não".encode("latin-1"), "x.scl") == "Não"


def test_megabytes_and_junk_are_refused_at_once() -> None:
    begun = time.process_time()
    for data, told in (
        (b"1" * (LARGEST + 1), "x.scl: it is larger than 256 KiB: no scale needs that"),
        (b"a\n1\n\0", "x.scl: it is no text: a scale is written in lines of it"),
    ):
        with pytest.raises(DataError) as raised:
            text_of(data, "x.scl")
        assert str(raised.value) == told
    # The worst that may still be a scale: one long line, digits without end, lines without end.
    for line in ("9" * LARGEST, "9 " * (LARGEST // 2), "\n" * LARGEST, "!\n" * (LARGEST // 2), "9/" * (LARGEST // 2)):
        with pytest.raises(DataError):
            parse_scale(f"a\n99999\n{line}", "x.scl")
        with pytest.raises(DataError):
            parse_map(line, "x.kbm")
    assert time.process_time() - begun < 1.0


def test_a_thousand_notes_are_read() -> None:
    text = "many\n1000\n" + "".join(f"{1.2 * step:.6f}\n" for step in range(1, 1001))
    scale = parse_scale(text, "x.scl")
    assert len(scale.cents) == 1000
    assert scale.degree(1500) == pytest.approx(1800.0)


@given(st.text("0123456789./-x! \n\r\tAé", max_size=60))
def test_any_text_is_a_scale_or_a_fault_with_its_line(text: str) -> None:
    for kind, parse in (("scl", parse_scale), ("kbm", parse_map)):
        try:
            parse(text, f"x.{kind}")
        except DataError:
            assert fault_of(text, kind).startswith(f"x.{kind}: line ")


# Maps

WHITE = (
    "! white keys\n12\n! first\n0\n! last\n127\n60 ! middle\n69\n440.0 Hz\n7\n! degrees\n"
    "0\nx\n1\nX\n2\n3\nx\n4\nx\n5\nx\n6\n"
)
MAJOR = Scale("major", ((9, 8), (5, 4), (4, 3), (3, 2), (5, 3), (15, 8), (2, 1)))


def test_a_map_of_the_white_keys() -> None:
    white = parse_map(WHITE, "x.kbm")
    assert white.degrees == (0, None, 1, None, 2, 3, None, 4, None, 5, None, 6)
    sound = white.frequencies(MAJOR)
    assert [key for key in range(60, 72) if sound[key] is None] == [61, 63, 66, 68, 70]
    assert [sound[key] for key in (69, 60, 72, 48, 67)] == pytest.approx([440, 264, 528, 132, 396])


def test_a_map_without_degrees_is_linear() -> None:
    sound = parse_map(A440, "x.kbm").frequencies(EDO12)
    assert sound == pytest.approx([key_frequency(key) for key in range(128)])
    # Each key the next degree, so that two keys make an octave here.
    assert parse_map(A440, "x.kbm").frequencies(FIFTHS)[71] == pytest.approx(880.0)


def test_keys_outside_the_range_sound_as_ever() -> None:
    sound = parse_map("0\n60\n71\n60\n60\n300.0\n0\n", "x.kbm").frequencies(EDO12)
    assert (sound[60], sound[59], sound[72]) == (300.0, key_frequency(59), key_frequency(72))


def test_keys_left_out_at_the_end_play_nothing_and_the_octave_may_be_any_degree() -> None:
    found = parse_map("4\n0\n127\n60\n60\n100.0\n1\n0\n-1\n", "x.kbm")
    sound = found.frequencies(FIFTHS)
    # The formal octave is a fifth here: four keys up, a fifth up.
    assert [sound[key] for key in (60, 61, 62, 63, 64, 56)] == pytest.approx([100, 75, None, None, 150, 100 / 1.5])


def test_the_octave_0_is_the_scales_last_degree() -> None:
    sound = parse_map("1\n0\n127\n60\n60\n100.0\n0\n0\n", "x.kbm").frequencies(FIFTHS)
    assert (sound[61], sound[59]) == (200.0, 50.0)


def test_what_no_number_holds_plays_nothing() -> None:
    sound = Map(reference=60).frequencies(Scale("", (1_000_000.0,)))
    assert sound[60] == 440.0
    assert sound[63] is None


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("12\n", "", "line 2: the file ends where the first key to retune is due"),
        ("12\n", "-1\n", "line 2: '-1' is not the size of the map: a size is 0 or more"),
        ("12\n", "twelve\n", "line 2: 'twelve' is not the size of the map: a size is 0 or more"),
        ("\n0\n!", "\n-1\n!", "line 4: '-1' is not the first key to retune: a key is 0 to 127"),
        ("127\n", "128\n", "line 6: '128' is not the last key to retune: a key is 0 to 127"),
        ("\n0\n! last\n127", "\n64\n! last\n63", "line 6: the last key to retune, 63, lies below the first, 64"),
        ("60 ! middle", "C4", "line 7: 'C4' is not the middle key, where the map begins: a key is 0 to 127"),
        ("69\n", "6.9\n", "line 8: '6.9' is not the reference key: a key is 0 to 127"),
        ("69\n", "70\n", "line 8: the reference key 70 is not mapped: it needs a degree to be tuned by"),
        ("440.0 Hz", "0.0", "line 9: '0.0' is no reference frequency: it is in Hz, above 0, as 440.0"),
        ("440.0 Hz", "-440", "line 9: '-440' is no reference frequency: it is in Hz, above 0, as 440.0"),
        ("440.0 Hz", "440,0", "line 9: '440,0' is no reference frequency: it is in Hz, above 0, as 440.0"),
        ("\n7\n", "\nx\n", "line 10: 'x' is not the degree that is the formal octave: a degree is a whole number"),
        (
            "\n1\n",
            "\n1/1\n",
            "line 14: '1/1' is no degree: write a whole number, or x for a key that plays nothing",
        ),
    ],
)
def test_a_maps_rule_broken_is_told_with_file_and_line(old: str, new: str, told: str) -> None:
    assert old in WHITE
    text = "! white keys\n" if new == "" else WHITE.replace(old, new, 1)
    text = f"{text}12\n" if new == "" else text
    assert fault_of(text, "kbm") == f"x.kbm: {told}"


@st.composite
def maps(draw: st.DrawFn) -> Map:
    first, last = sorted((draw(st.integers(0, 127)), draw(st.integers(0, 127))))
    middle = draw(st.integers(0, 127))
    degrees = tuple(draw(st.lists(st.one_of(st.none(), st.integers(-300, 300)), max_size=20)))
    mapped = [place for place, degree in enumerate(degrees) if degree is not None]
    size = max(len(degrees), draw(st.integers(0, 30))) if mapped else 0
    reference = middle if not mapped else (middle + draw(st.sampled_from(mapped))) % size
    if mapped:
        reference = next(key for key in range(128) if (key - middle) % size == mapped[0])
    hertz = draw(st.integers(1, 10**8)) / 10**4
    return Map(size, first, last, middle, reference, hertz, draw(st.integers(-99, 99)), degrees if mapped else ())


@given(maps())
def test_a_map_that_is_written_is_read_back(found: Map) -> None:
    assert parse_map(print_map(found), "x.kbm") == found
