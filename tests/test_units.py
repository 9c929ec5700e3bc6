"""Formulas between units, and pitches as text."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.units import (
    A4,
    Decibels,
    Hertz,
    cents,
    decibels,
    frequency_key,
    gain,
    key_frequency,
    parse_pitch,
    pitch_name,
)

LEVELS = st.floats(-120.0, 40.0)
KEYS = st.floats(0.0, 127.0)


@pytest.mark.parametrize(("level", "ratio"), [(0.0, 1.0), (20.0, 10.0), (-20.0, 0.1), (-6.0206, 0.5), (-math.inf, 0.0)])
def test_gain_and_decibels(level: float, ratio: float) -> None:
    assert gain(Decibels(level)) == pytest.approx(ratio, rel=1e-5)
    assert decibels(ratio) == pytest.approx(level, abs=1e-4)


@given(LEVELS)
def test_decibels_undo_gain(level: float) -> None:
    assert decibels(gain(Decibels(level))) == pytest.approx(level, abs=1e-9)


@pytest.mark.parametrize(
    ("ratio", "interval"), [(1.0, 0.0), (2.0, 1200.0), (1.5, 701.955), (5 / 4, 386.3137), (0.5, -1200.0)]
)
def test_cents(ratio: float, interval: float) -> None:
    assert cents(ratio) == pytest.approx(interval, abs=1e-3)


@pytest.mark.parametrize(
    ("key", "frequency"), [(69, 440.0), (57, 220.0), (60, 261.6256), (0, 8.1758), (127, 12543.854)]
)
def test_key_frequency(key: int, frequency: float) -> None:
    assert key_frequency(key) == pytest.approx(frequency, rel=1e-6)


@given(KEYS, st.floats(400.0, 480.0))
def test_frequency_key_undoes_key_frequency(key: float, a4: float) -> None:
    assert frequency_key(key_frequency(key, Hertz(a4)), Hertz(a4)) == pytest.approx(key, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "frequency"),
    [
        ("A4", 440.0),
        ("a4", 440.0),
        (" D3 ", 146.8324),
        ("F#2", 92.4986),
        ("F♯2", 92.4986),
        ("Gb2", 92.4986),
        ("B♭3", 233.0819),
        ("bb3", 233.0819),
        ("C-1", 8.1758),
        ("B#3", 261.6256),
        ("Cb4", 246.9417),
        ("146.83Hz", 146.83),
        ("147 hz", 147.0),
        ("0.5Hz", 0.5),
        ("A4+14", 440.0 * 2 ** (14 / 1200)),
        ("A4 -3.5 c", 440.0 * 2 ** (-3.5 / 1200)),
        ("C-1 +1200 cents", 2 * 8.1758),
    ],
)
def test_parse_pitch(text: str, frequency: float) -> None:
    assert parse_pitch(text) == pytest.approx(frequency, rel=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "D",
        "H3",
        "D33",
        "Dis3",
        "D##3",
        "-5Hz",
        "146.83",
        "1e3Hz",
        "0Hz",
        "0.0 Hz",
        "9" * 400 + "Hz",
        "D3 Hz",
        "D3 14",
        "D3+",
        "D3+14x",
    ],
)
def test_what_is_no_pitch_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="is no pitch: write a note with its octave, as D3"):
        parse_pitch(text)


def test_notes_go_by_the_a4_that_is_given_and_hertz_do_not() -> None:
    low = Hertz(432.0)
    assert parse_pitch("A3", low) == pytest.approx(216.0)
    assert parse_pitch("146.83Hz", low) == 146.83
    assert pitch_name(Hertz(216.0), low) == "A3"
    assert pitch_name(Hertz(220.0), low) == "A3 +32 c"


@pytest.mark.parametrize(
    ("frequency", "name"),
    [
        (440.0, "A4"),
        (146.8324, "D3"),
        (146.0, "D3 -10 c"),
        (220.0 * 2 ** (14 / 1200), "A3 +14 c"),
        (440.0 * 2 ** (0.4 / 1200), "A4"),
        (8.1758, "C-1"),
        (233.0819, "A#3"),
    ],
)
def test_pitch_name(frequency: float, name: str) -> None:
    assert pitch_name(Hertz(frequency)) == name


@given(st.integers(0, 119), st.integers(-49, 49), st.floats(400.0, 480.0).map(Hertz))
def test_parse_pitch_undoes_pitch_name(key: int, off: int, a4: Hertz) -> None:
    frequency = key_frequency(key + off / 100, a4)
    assert parse_pitch(pitch_name(frequency, a4), a4) == pytest.approx(frequency)


@given(st.floats(20.0, 20000.0))
def test_pitch_name_is_within_half_a_semitone(frequency: float) -> None:
    name, _, off = pitch_name(Hertz(frequency)).partition(" ")
    assert abs(int(off.removesuffix(" c") or 0)) <= 50
    octaves = {"C": -9, "D": -7, "E": -5, "F": -4, "G": -2, "A": 0, "B": 2}[name[0]] + ("#" in name)
    nearest = A4 * 2.0 ** (octaves / 12.0 + int(name.lstrip("ABCDEFG#")) - 4)
    assert cents(frequency / nearest) == pytest.approx(int(off.removesuffix(" c") or 0), abs=0.51)
