"""Standard MIDI Files, read back by mido: ticks, meters, markers, notes that end."""

import io

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.midifile import NOTE, TICKS, Section, Struck, midi_file
from jambox.units import Bpm
from tests.shipped import LIBRARY


def section(cycle: str, *struck: Struck, tempo: float = 120.0, begin: float = 0.0, beats: float = 8.0) -> Section:
    found = LIBRARY.cycle(cycle)
    return Section(found.file.name, found, Bpm(tempo), begin, beats, struck)


def tracks(*sections: Section) -> list[list[tuple[int, mido.Message]]]:
    """Each track's messages with the ticks they stand on."""
    file = mido.MidiFile(file=io.BytesIO(midi_file(sections)), charset="utf-8")
    assert (file.type, file.ticks_per_beat) == (1, TICKS)
    found = []
    for track in file.tracks:
        now, timed = 0, []
        for message in track:
            now += message.time
            timed.append((now, message))
        found.append(timed)
    return found


def notes(*sections: Section) -> list[tuple[int, str, int, int]]:
    return [
        (tick, message.type, message.note, message.velocity)
        for tick, message in tracks(*sections)[1]
        if not message.is_meta
    ]


@pytest.mark.parametrize(
    ("cycle", "tempo", "microseconds", "meter", "groups"),
    [
        ("teental", 120.0, 500_000, (16, 4, 24), "4+4+4+4"),
        ("rupak", 90.0, 666_667, (7, 4, 24), "3+2+2"),
        ("lesnoto", 200.0, 300_000, (7, 8, 24), "3+2+2"),
        # The beat is a dotted quarter.
        ("standard-bell", 100.0, 400_000, (12, 8, 36), "3+3+3+3"),
        ("four-floor", 120.0, 500_000, (16, 16, 24), "4+4+4+4"),
    ],
)
def test_a_cycle_is_written_in_its_meter(
    cycle: str, tempo: float, microseconds: int, meter: tuple[int, int, int], groups: str
) -> None:
    first = [message for tick, message in tracks(section(cycle, tempo=tempo))[0] if tick == 0]
    assert first[0].tempo == microseconds
    assert (first[1].numerator, first[1].denominator, first[1].clocks_per_click) == meter
    assert first[2].text == groups
    assert first[3].text == LIBRARY.cycle(cycle).file.name


@pytest.mark.parametrize(
    ("cycle", "beats", "markers"),
    [
        ("rupak", 7.0, [(0, "sam, khali"), (3, "tali 1"), (5, "tali 2"), (7, "sam, khali")]),
        ("teental", 9.0, [(0, "sam"), (4, "tali 2"), (8, "khali")]),
        ("four-floor", 8.0, [(0, "sam"), (4, "sam"), (8, "sam")]),
    ],
)
def test_its_marks_are_markers(cycle: str, beats: float, markers: list[tuple[int, str]]) -> None:
    found = tracks(section(cycle, beats=beats))[0]
    marks = [(tick / TICKS, message.text) for tick, message in found if message.type == "marker"]
    assert marks[1:] == markers


def test_strokes_are_notes_that_end_before_the_key_is_struck_again() -> None:
    struck = (Struck(0.0, (36, 38), 1.0), Struck(0.0625, (36,), 0.5), Struck(1.0, (38,), 0.001), Struck(2.0, (), 1.0))
    length = round(NOTE * 2 * TICKS)
    assert notes(section("teental", *struck)) == [
        (0, "note_on", 38, 127),
        (0, "note_on", 36, 127),
        (60, "note_off", 36, 64),
        (60, "note_on", 36, 64),
        (length, "note_off", 38, 64),
        (60 + length, "note_off", 36, 64),
        (960, "note_on", 38, 1),
        (960 + length, "note_off", 38, 64),
    ]


def test_a_key_struck_twice_at_once_is_one_note_and_the_louder() -> None:
    struck = (Struck(0.0, (36,), 0.25), Struck(0.0, (36,), 0.5))
    assert notes(section("teental", *struck))[0] == (0, "note_on", 36, 64)
    assert len(notes(section("teental", *struck))) == 2


def test_sections_begin_at_their_seconds() -> None:
    sections = [
        section("teental", Struck(0.0, (36,), 1.0), tempo=60.0, begin=1.0),
        section("standard-bell", Struck(0.0, (40,), 1.0), tempo=100.0, begin=31.0),
        section("rupak", Struck(0.0, (41,), 1.0), tempo=97.0, begin=90.5),
    ]
    file = mido.MidiFile(file=io.BytesIO(midi_file(sections)))
    now, heard = 0.0, []
    for message in file:
        now += message.time
        if message.type == "note_on":
            heard.append(now)
    assert heard == pytest.approx([1.0, 31.0, 90.5], abs=0.001)


@given(
    st.lists(
        st.tuples(st.floats(0.0, 64.0), st.integers(0, 127), st.floats(0.0, 2.0)),
        max_size=40,
    ),
    st.floats(20.0, 400.0),
)
def test_every_note_ends_once_and_no_key_sounds_twice(struck: list[tuple[float, int, float]], tempo: float) -> None:
    made = section("curcuna", *(Struck(beat, (key,), loud) for beat, key, loud in struck), tempo=tempo)
    down: set[int] = set()
    for _, kind, key, velocity in notes(made):
        assert (key in down) == (kind == "note_off")
        assert 1 <= velocity <= 127
        down ^= {key}
    assert not down
    assert {key for _, key, _ in struck} == {key for _, _, key, _ in notes(made)}
