"""From the engine's status to what control needs of the pulse: when a beat is heard, and what MIDI sends of it."""

from jambox.frameclock import FrameClock
from jambox.midi.sync import Hit, Pattern, Performance
from jambox.music.cycle import Score
from jambox.sound.commands import Status
from jambox.sound.players import END
from jambox.timeline import Timeline
from jambox.units import Bpm

TAIL = 1.0 / 48.0
"""Beats by which the run outlasts its last sam, so that its stroke and its clock still go out."""


def heard(status: Status) -> FrameClock:
    """The clock of frames as they are heard."""
    return FrameClock(status.clock_frame, status.clock_time, status.clock_rate).later(status.latency)


def timeline(status: Status) -> Timeline:
    """The rhythm's Timeline, at the rate that the engine's device really runs."""
    return Timeline(Bpm(status.tempo), status.nominal_rate, status.beat0, status.frame0)


def beat_at(status: Status, time: float) -> float | None:
    """The beat, counted from the running cycles' first sam, that is heard at `time`; None while no rhythm plays."""
    if not status.playing or not status.clock_rate:
        return None
    return timeline(status).beat_at(heard(status).frame_at(time)) - status.origin


def seconds_to(status: Status, beat: float, now: float) -> float:
    """Seconds from `now` until the engine renders `beat`; negative when it has."""
    clock = FrameClock(status.clock_frame, status.clock_time, status.clock_rate)
    return clock.time_at(timeline(status).frame_at(beat)) - now


def pattern(score: Score) -> Pattern:
    """The score's MIDI notes."""
    return Pattern(
        score.length,
        tuple(
            Hit(hit.beat, key, min(max(round(hit.velocity * 127), 1), 127)) for hit in score.hits for key in hit.keys
        ),
    )


def performance(status: Status, notes: Pattern) -> Performance:
    """What MIDI sends, as far as the engine's plans are known."""
    return Performance(
        timeline(status),
        heard(status),
        notes,
        status.start,
        status.boundary + TAIL if status.pending == END else None,
        status.origin,
    )
