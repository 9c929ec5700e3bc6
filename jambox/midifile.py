"""What was played, as a Standard MIDI File (format 1): strokes as notes, tempo, meter, markers.

A pulse is written as a note value, so that a beat of two pulses is a quarter of two eighths, one of three a dotted
quarter, and one of four a quarter of sixteenths. How a cycle groups its pulses a time signature cannot say: a text
beside it does. What is written lies on the beats as they were played, microtiming and all, to half a tick; the tempo is
whole microseconds to a quarter, as the format has it: the file's seconds are true to 4 in a million.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import mido

from jambox.music.cycle import Cycle
from jambox.units import Bpm

TICKS = 960
"""To a quarter: half a tick is 0.26 ms at 120 quarters to the minute."""
DRUMS = 9
"""General MIDI's channel for drums, counted from 0."""
NOTE = 0.080
"""Seconds from a note-on to its note-off, or less where the key is struck again: as the box plays live."""
_MICROSECONDS = 60e6
_LAST = 255
"""What fits in a byte of a time signature."""
Event = tuple[int, int, mido.Message]
"""At which tick, in which order there, what."""


class Struck(NamedTuple):
    """MIDI `keys` struck together at `beat` of a section, with a velocity of 0…1."""

    beat: float
    keys: tuple[int, ...]
    velocity: float


@dataclass(frozen=True)
class Section:
    """`cycle` from `begin` (seconds) on at `tempo`, and what was `struck`; its marks stand up to `beats`."""

    title: str
    cycle: Cycle
    tempo: Bpm
    begin: float
    beats: float
    struck: Sequence[Struck]

    @property
    def fineness(self) -> int:
        """How often a quarter is halved to be a pulse."""
        return self.cycle.file.pulses_per_beat.bit_length() - 1

    @property
    def quarters(self) -> float:
        """Quarters to a beat."""
        return self.cycle.file.pulses_per_beat / 2.0**self.fineness

    @property
    def microseconds(self) -> int:
        """To a quarter."""
        return round(_MICROSECONDS / (self.tempo * self.quarters))


def midi_file(sections: Sequence[Section]) -> bytes:
    """The file: a track of tempo, meter and markers, and one of the notes. `sections` in the order they begin in."""
    conductor: list[Event] = []
    rhythm: list[Event] = []
    origin, past = 0, None
    for section in sections:
        if past is not None:
            passed = section.begin - past.begin
            origin += round(passed * 1e6 / past.microseconds * TICKS)
        elif section.begin:
            # Before any tempo is said it is 120 quarters to the minute.
            origin = round(section.begin * 2.0 * TICKS)
        conductor += [(origin, 0, message) for message in _meter(section)]
        conductor += [(origin + tick, 1, _meta("marker", text=text)) for tick, text in _markers(section)]
        rhythm += _notes(section, origin)
        past = section
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS, charset="utf-8")
    file.tracks.append(_track("", conductor))
    file.tracks.append(_track("rhythm", rhythm))
    written = io.BytesIO()
    file.save(file=written)
    return written.getvalue()


def _meter(section: Section) -> Iterator[mido.MetaMessage]:
    file = section.cycle.file
    yield _meta("set_tempo", tempo=section.microseconds)
    click = round(24 * section.quarters)
    if file.pulses <= _LAST and click <= _LAST:
        unit = 4 << section.fineness
        yield _meta("time_signature", numerator=file.pulses, denominator=unit, clocks_per_click=click)
    if len(file.groups) > 1:
        yield _meta("text", text="+".join(map(str, file.groups)))
    yield _meta("marker", text=section.title)


def _markers(section: Section) -> Iterator[tuple[int, str]]:
    """Sam, claps and waves of every turn, and where the last closes on sam."""
    file = section.cycle.file
    marks = {(pulse - file.marks.sam) % file.pulses: text for pulse, text in _told(section.cycle).items()}
    turn = file.pulses / file.pulses_per_beat
    turns = int(section.beats / turn + 1e-6)
    for number in range(turns + 1):
        for pulse, text in sorted(marks.items()):
            beat = number * turn + pulse / file.pulses_per_beat
            if beat <= section.beats + 1e-6:
                yield round(beat * section.quarters * TICKS), text


def _told(cycle: Cycle) -> dict[int, str]:
    """Which pulses, from 1, have a mark, and in what words."""
    marks, labels = cycle.file.marks, cycle.file.marks.labels
    told = {pulse: f"tali {labels[pulse]}" for pulse in marks.tali if pulse != marks.sam}
    told |= dict.fromkeys(marks.khali, "khali")
    told[marks.sam] = "sam, khali" if marks.sam in marks.khali else "sam"
    return told


def _notes(section: Section, origin: int) -> Iterator[Event]:
    """Note-ons and note-offs; where a key is struck again sooner, its note ends there, before the next begins."""
    length = max(round(NOTE * 1e6 / section.microseconds * TICKS), 1)
    ons: dict[tuple[int, int], int] = {}
    for struck in section.struck:
        tick = origin + round(struck.beat * section.quarters * TICKS)
        loud = min(max(round(struck.velocity * 127), 1), 127)
        for key in struck.keys:
            ons[tick, key] = max(loud, ons.get((tick, key), 0))
    following: dict[int, int] = {}
    for (tick, key), loud in sorted(ons.items(), reverse=True):
        end = min(tick + length, following.get(key, tick + length))
        following[key] = tick
        yield end, 0, mido.Message("note_off", channel=DRUMS, note=key, velocity=64)
        yield tick, 1, mido.Message("note_on", channel=DRUMS, note=key, velocity=loud)


def _track(name: str, events: list[Event]) -> mido.MidiTrack:
    track, now = mido.MidiTrack(), 0
    if name:
        track.append(_meta("track_name", name=name))
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(_meta("end_of_track"))
    return track


def _meta(kind: str, **values: object) -> mido.MetaMessage:
    return mido.MetaMessage(kind, **values)
