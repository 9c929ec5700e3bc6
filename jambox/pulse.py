"""From the engine's status to what control needs of the pulse: when a beat is heard, and what MIDI sends of it."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from jambox.frameclock import FrameClock
from jambox.midi.plucks import Note
from jambox.midi.sync import Hit, Pattern, Performance, Touch
from jambox.music.cycle import Score
from jambox.music.drone import Figure
from jambox.music.humanising import hand, intervals
from jambox.rounds import Course, Round
from jambox.sound.commands import Status
from jambox.sound.players import END
from jambox.timeline import Timeline
from jambox.units import Bpm, Hertz, frequency_key

TAIL = 1.0 / 48.0
"""Beats by which the run outlasts its last sam, so that its stroke and its clock still go out."""

AHEAD = 0.03
"""Seconds that a command takes to the engine at most, with the period that it renders meanwhile."""


def heard(status: Status) -> FrameClock:
    """The clock of frames as they are heard."""
    return FrameClock(status.clock_frame, status.clock_time, status.clock_rate).later(status.latency)


def timeline(status: Status) -> Timeline:
    """The rhythm's Timeline, at the rate that the engine's device really runs."""
    return Timeline(Bpm(status.tempo), status.nominal_rate, status.beat0, status.frame0)


def course(status: Status) -> Course:
    """What says when the drone's plucks come."""
    first, beat, length = int(status.drone_first), status.drone_beat, status.drone_length
    locked = Round(first, beat, length, status.drone_following, status.drone_then) if length else None
    return Course(status.drone_start, status.nominal_rate, timeline(status), status.drone_shift, locked)


def beat_at(status: Status, time: float) -> float | None:
    """The beat, counted from the running cycles' first sam, that is heard at `time`; None while no rhythm plays."""
    if not status.playing or not status.clock_rate:
        return None
    return timeline(status).beat_at(heard(status).frame_at(time)) - status.origin


def seconds_to(status: Status, beat: float, now: float) -> float:
    """Seconds from `now` until the engine renders `beat`; negative when it has."""
    clock = FrameClock(status.clock_frame, status.clock_time, status.clock_rate)
    return clock.time_at(timeline(status).frame_at(beat)) - now


def room(status: Status, length: float, now: float) -> float:
    """Beats to the next sam, of which there is one every `length` beats, from where the engine can still be told of.

    0 while no rhythm plays.
    """
    if not status.playing or not status.clock_rate:
        return 0.0
    clock = FrameClock(status.clock_frame, status.clock_time, status.clock_rate)
    return length - (timeline(status).beat_at(clock.frame_at(now + AHEAD)) - status.origin) % length


def pattern(score: Score) -> Pattern:
    """The score's MIDI notes."""
    return Pattern(
        score.length,
        tuple(
            Hit(hit.beat, key, min(max(round(hit.velocity * 127), 1), 127), interval, hand(hit))
            for hit, interval in zip(score.hits, intervals(score), strict=True)
            for key in hit.keys
        ),
    )


def performance(status: Status, notes: Pattern, touch: Touch | None = None) -> Performance:
    """What MIDI sends, as far as the engine's plans are known. An introduction is not for others: they begin on sam."""
    return Performance(
        timeline(status),
        heard(status),
        notes,
        max(status.start, 0.0),
        status.boundary + TAIL if status.pending == END else None,
        status.origin,
        touch=touch,
    )


@dataclass(frozen=True, slots=True)
class Plucks:
    """The drone's run that `status` tells of, played on `figure`, as `midi.plucks.Plucking` asks for it."""

    status: Status
    figure: Figure
    offset: float = 0.0

    def later(self, offset: float) -> "Plucks":
        """The same run, sent `offset` seconds later than it is heard."""
        return replace(self, offset=offset)

    @property
    def start(self) -> object:
        """The frame of its first pluck."""
        return self.status.drone_start

    @property
    def pitch(self) -> object:
        """The figure's pitches, and at how many times those it sounds."""
        return self.figure.frequencies, self.status.drone_bend

    @property
    def steady(self) -> bool:
        """Whether its strings sound on."""
        return self.figure.steady

    def time_at(self, turn: int) -> float:
        """The monotonic second at which a pluck is to be sent."""
        return heard(self.status).time_at(self._frame_of(turn)) + self.offset

    def _frame_of(self, turn: int) -> float:
        # What was plucked before the tempo changed, or is due in the midst of it, only the engine knows exactly.
        status = self.status
        if turn == status.drone_turn - 1.0:
            return status.drone_last
        if turn == status.drone_turn:
            return status.drone_due
        if self.figure.steady:
            read = self.figure.frame_of(turn, status.nominal_rate) + status.drone_shift * status.nominal_rate
            begun = self.figure.lead * status.nominal_rate
            return status.drone_start + max(read / status.drone_bend, begun)
        return self.figure.frame_by(turn, course(status))

    def at(self, turn: int) -> Note | None:
        """A pluck as a note; None while its samples are not there, or where MIDI has no such key."""
        pluck = self.figure.pluck(turn)
        string = turn % len(self.figure.frequencies)
        keys, offs = _keys(self._frequencies)
        if pluck is None or not 0 <= keys[string] <= 127:
            return None
        # Amplitude goes with the square of the velocity, as with strokes.
        velocity = min(max(round(127 * math.sqrt(pluck.level)), 1), 127)
        tuned = [off for off, _ in Counter(offs).most_common()].index(offs[string])
        return Note(string, keys[string], velocity, offs[string], tuned)

    @property
    def _frequencies(self) -> list[float]:
        """The strings as they are heard now, in Hz."""
        return [each * self.status.drone_bend for each in self.figure.frequencies]


def _keys(frequencies: Sequence[float]) -> tuple[list[int], list[float]]:
    """The strings' keys, and by how many semitones they lie above those, to a tenth of a cent.

    Keys are apart as the strings are, also where those lie half way between two: one bend that fits all best, the mean
    of how far each lies above its key, as on a circle, says which is nearest.
    """
    heights = [frequency_key(Hertz(frequency)) for frequency in frequencies]
    angles = [2.0 * math.pi * height for height in heights]
    common = math.atan2(sum(map(math.sin, angles)), sum(map(math.cos, angles))) / (2.0 * math.pi)
    keys = [round(height - common) for height in heights]
    return keys, [round(height - key, 3) for height, key in zip(heights, keys, strict=True)]


def plucks(status: Status, figures: Mapping[int, Figure]) -> Plucks | None:
    """What MIDI sends of the drone, as far as the engine's plans are known; None while it is silent."""
    figure = figures.get(int(status.figure))
    return Plucks(status, figure) if status.drone and status.clock_rate and figure else None
