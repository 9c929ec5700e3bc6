"""The drone's player inside the engine: it knows the frame of its next pluck, and plucks there."""

import math

from jambox.music.drone import MOST, Figure
from jambox.rounds import SAME, Course, Lock, Metre, Round, beats_of, begun, planned
from jambox.sound import layout
from jambox.sound.players import NEVER, Samples
from jambox.sound.tape import Tape
from jambox.sound.voices import Voices
from jambox.timeline import Timeline
from jambox.units import Bpm

DRONE_FADE = 0.6
"""Seconds in which a stopped drone fades."""
CHANGE_FADE = 0.25
"""Seconds in which a drone gives way to another."""
ENTRY = 0.15
"""Seconds in which a steady drone comes in."""
BEND_GLIDE = 0.03
"""Seconds in which a drone glides to another pitch: too soon to be waited for, too slow to click."""
LOWEST_BEND, HIGHEST_BEND = 1.0 / 16.0, 16.0


class DronePlayer:
    """Plucks a Figure, free or in rounds that go with the rhythm's beat or cycle. All methods are real-time safe.

    What goes with them is first plucked at once, as if on the nearest beat. Each further round begins on a beat, or
    where it divides the cycle, as far as a rhythm plays; one that is under way is carried on to its end in any case.
    Turns are counted, so that no pluck is lost or struck twice. What is steady stays free: its breaths go over into
    each other, as much sooner or later as they are shorter or longer where they are bent.
    """

    def __init__(self, rate: float, samples: Samples) -> None:
        self.playing = False
        self.due = NEVER
        self.figure: Figure | None = None
        self.start_frame = self.last = self.turn = 0
        """Where it began, and plucked last; how many plucks there were."""
        self.shift = 0.0
        self.round: Round | None = None
        self._rate = rate
        self._samples = samples
        self._lock = Lock.FREE
        self._metre = Metre(Timeline(Bpm(120.0), rate))
        self._tape = Tape()
        self._late = [0] * MOST  # by how many frames each string's breaths begin later than the figure says

    def load(self, figure: Figure, voices: Voices, frame: int) -> None:
        """Take another figure; a sounding drone goes over to its kin where it stands, to another with a pluck at once.

        One on the same samples, with more variants, goes on as it is, bent or not, and strings of a steady drone that
        had no samples so far come in; any other is not bent.
        """
        before, self.figure = self.figure, figure
        if before is not None and figure.slots == before.slots:
            self._join(before, voices, frame)
            return
        kin = self.playing and before is not None and figure.is_kin(before)
        if kin and before is not None and figure.steady:
            self._go_over(before, figure, voices, frame)
            return
        self._tape.start(frame, 0.0, 1.0)
        if kin and before is not None:
            self._cross(before, figure, voices)
        elif self.playing:
            voices.release(layout.DRONE, CHANGE_FADE)
            self._begin(frame)

    @property
    def ratio(self) -> float:
        """At how many times its figure's pitch it sounds, or glides to."""
        return self._tape.goal

    def bend(self, ratio: float, voices: Voices, frame: int) -> None:
        """Glide to `ratio` of the figure's pitch, held between LOWEST_BEND and HIGHEST_BEND; plucks to come as well."""
        ratio = min(max(ratio, LOWEST_BEND), HIGHEST_BEND)
        voices.bend(layout.DRONE, ratio / self.ratio, BEND_GLIDE)
        self._tape.glide(ratio, frame, BEND_GLIDE * self._rate)
        if self.playing and self.figure is not None:
            self._plan(self.figure, frame)

    def lock(self, lock: Lock, frame: int) -> None:
        """Let rounds go with something else from the next one on."""
        before, figure, self._lock = self.round, self.figure, lock
        if figure is None or not self.playing or figure.steady:
            return
        if self.turn == 0:
            self.round = self._first_round(figure)
        elif lock is Lock.FREE and before is not None:
            # The next pluck stays where it is, and all others follow as they do by themselves.
            due = self._metre.timeline.frame_at(figure.beat_of(self.turn, before))
            self.shift = (due - self.start_frame) / self._rate - figure.place_of(self.turn)
            self.round = None
        elif lock is not Lock.FREE and before is None:
            self.round = self._taken_up(figure)
        self._plan(figure, frame)

    def heed(self, metre: Metre, frame: int) -> None:
        """Go by this from `frame` on."""
        before, figure, current, self._metre = self._metre, self.figure, self.round, metre
        if metre == before or figure is None or current is None or not self.playing:
            return
        # Where beats are counted anew, what is under way goes on as it was.
        jump = metre.timeline.beat_at(frame) - before.timeline.beat_at(frame)
        if self.turn == 0:
            self.round = self._first_round(figure)
        elif abs(jump) > SAME:
            self.round = current._replace(beat=current.beat + jump)
        self._plan(figure, frame)

    def start(self, frame: int) -> None:
        """Pluck from the first string on; a drone that sounds goes on."""
        if not self.playing:
            self._begin(frame)

    def stop(self, voices: Voices) -> None:
        """Pluck no more and let the strings fade."""
        self.playing, self.due = False, NEVER
        voices.release(layout.DRONE, DRONE_FADE)

    def _begin(self, frame: int) -> None:
        # Of a steady figure, all that began before its lead sounds from the midst on.
        lead = round(self.figure.lead * self._rate) if self.figure else 0
        self.playing, self.turn, self.start_frame, self.last = True, 0, frame - lead, frame
        self.shift, self.round, self.due = 0.0, None, NEVER
        self._late[:] = [0] * MOST
        self._tape.start(frame, float(lead), self.ratio)
        if self.figure:
            self.round = self._first_round(self.figure)
            self._plan(self.figure, frame)
            self.due = frame

    def _first_round(self, figure: Figure) -> Round | None:
        if self._lock is Lock.FREE or figure.steady:
            return None
        length = beats_of(self._lock, figure.seconds, self._metre)
        here = self._metre.timeline.beat_at(self.start_frame)
        return Round(0, begun(here, length * figure.waits[0] / sum(figure.waits), self._metre), length)

    def _taken_up(self, figure: Figure) -> Round:
        """The round that is under way, which was free so far."""
        strings, timeline = len(figure.waits), self._metre.timeline
        first = (self.turn - 1) // strings * strings
        time = first // strings * figure.seconds + self.shift
        beat = timeline.beat_at(self.start_frame + time * self._rate)
        return Round(first, beat, figure.seconds * timeline.tempo / 60.0)

    def _plan(self, figure: Figure, frame: int) -> None:
        """Find when the next round begins, and from that when the next pluck is due."""
        if figure.steady:
            self.shift = self._tape.behind(self.start_frame) / self._rate
            self.due = max(self._tape.frame_at(self._place(figure, self.turn)), frame)
            return
        if self.round is not None:
            # A pluck is due within half a frame of its beat.
            here = self._metre.timeline.beat_at(frame - 0.5)
            earliest = figure.earliest(self.round)
            self.round = planned(self.round, earliest, here, self._lock, figure.seconds, self._metre)
        course = Course(self.start_frame, self._rate, self._metre.timeline, self.shift, self.round)
        self.due = max(figure.frame_by(self.turn, course), frame)

    def _join(self, before: Figure, voices: Voices, frame: int) -> None:
        if not (self.playing and before.steady):
            return
        strings = len(before.sounds)
        for turn in self._under_way(before):
            if before.sounds[turn % strings].variants == 0:
                self._sound(turn, voices, frame, ENTRY)

    def _under_way(self, figure: Figure) -> range:
        """The turns whose breaths may sound still."""
        return range(max(self.turn - 2 * len(figure.sounds), 0), self.turn)

    def _place(self, figure: Figure, turn: int) -> int:
        """Where on the tape a breath begins."""
        return figure.frame_of(turn, self._rate) + self._late[turn % len(figure.sounds)]

    def _go_over(self, before: Figure, figure: Figure, voices: Voices, frame: int) -> None:
        # Breaths go on where they stand, and each string's are moved by half a period at most, so that the partials of
        # both figures meet in phase: what is faded by amplitudes then keeps its level. Where a string's tonic is in
        # another octave now, it has half its partials, at most, in common with what it was: it comes in sooner.
        tape = self._tape
        position, speed = tape.position(frame), tape.speed(frame)
        for turn in range(max(self.turn - len(figure.sounds), 0), self.turn):  # of each string the latest
            self._late[turn % len(figure.sounds)] = self._meeting(before, figure, turn, position, speed)
        self._glide_off(before, figure, voices, speed)
        tape.start(frame, float(round(position)), 1.0)
        while self.turn > 0 and self._place(figure, self.turn - 1) > position:
            self.turn -= 1  # it begins a moment later now
        for turn in self._under_way(figure):
            string = turn % len(figure.sounds)
            self._sound(turn, voices, frame, CHANGE_FADE if _octaves(before, figure, string, speed) == 1.0 else ENTRY)
        self._plan(figure, frame)

    def _meeting(self, before: Figure, figure: Figure, turn: int, position: float, speed: float) -> int:
        """By how many frames its string's breaths are to be late, to be in phase once the string has glided."""
        string, rate = turn % len(figure.sounds), self._rate
        old, new = before.frequencies[string] * _octaves(before, figure, string, speed), figure.frequencies[string]
        glided = 0.5 * BEND_GLIDE * rate * (speed * old - new)
        there = (position - self._place(before, turn)) * old + glided
        periods = ((round(position) - figure.frame_of(turn, rate)) * new - there) / rate
        return round((periods - round(periods)) * rate / new)

    def _glide_off(self, before: Figure, figure: Figure, voices: Voices, speed: float) -> None:
        for row in range(voices.count):
            if voices.ints[row, layout.BUS] == layout.DRONE and voices.floats[row, layout.RAMP] >= 0.0:
                string, _ = self._sounding(before, voices.ints[row, layout.OFFSET])
                higher = figure.frequencies[string] / before.frequencies[string]
                voices.glide(row, higher / _octaves(before, figure, string, speed), BEND_GLIDE)
        voices.release(layout.DRONE, CHANGE_FADE)

    def _cross(self, before: Figure, figure: Figure, voices: Voices) -> None:
        # Each string's sound goes over to that of the same pluck on the new figure, after as many of its periods: the
        # partials of both then meet in phase, and nothing is plucked that was plucked before.
        for row in range(voices.count):
            if voices.ints[row, layout.BUS] != layout.DRONE or voices.floats[row, layout.RAMP] < 0.0:
                continue
            string, turn = self._sounding(before, voices.ints[row, layout.OFFSET])
            old, new = before.sounds[string], figure.sounds[string]
            higher = figure.frequencies[string] / before.frequencies[string]
            slot, position = new.slot + min(turn, new.variants - 1), voices.floats[row, layout.POSITION]
            length = self._samples.lengths[slot] if new.variants else 0
            voices.glide(row, higher, BEND_GLIDE)
            there, offset = round(position / higher), self._samples.offsets[slot]
            voices.cross(row, offset, length, there, new.gain / old.gain, CHANGE_FADE)

    def _sounding(self, figure: Figure, offset: int) -> tuple[int, int]:
        """The string, and the variant of its pluck, whose samples lie at `offset`."""
        for string, sound in enumerate(figure.sounds):
            for turn in range(sound.variants):
                if self._samples.offsets[sound.slot + turn] == offset:
                    return string, turn
        return 0, 0

    def play(self, voices: Voices, frame: int) -> None:
        """Pluck the string that is due at `frame`."""
        figure, current = self.figure, self.round
        assert figure is not None
        if current is not None and self.turn == current.first + len(figure.waits):
            self.round = Round(self.turn, current.following, current.then)
        self._sound(self.turn, voices, frame, ENTRY)
        self.turn, self.last = self.turn + 1, frame
        self._plan(figure, frame)

    def _sound(self, turn: int, voices: Voices, frame: int, entry: float) -> None:
        assert self.figure is not None
        pluck = self.figure.pluck(turn)
        if pluck is None:
            return
        offset, length = self._samples.offsets[pluck.slot], self._samples.lengths[pluck.slot]
        tape, row, skip, speed = self._tape, voices.count, 0.0, self._tape.speed(frame)
        if self.figure.steady:
            skip = max(tape.position(frame) - self._place(self.figure, turn), 0.0)
            skip = round(skip) if speed == tape.goal == 1.0 else skip  # read as it is, and not between frames
        if skip < length:
            rise = entry if skip >= speed else 0.0
            voices.start(layout.DRONE, offset, length, pluck.level, pluck.pan, speed, skip=skip, rise=rise)
            if speed != tape.goal and voices.count > row:
                voices.glide(row, tape.goal, (tape.settled - frame) / self._rate)


def _octaves(before: Figure, figure: Figure, string: int, speed: float) -> float:
    """How often what sounds of a string has to be doubled to come within half an octave of it on the new figure."""
    return 2.0 ** round(math.log2(figure.frequencies[string] / (before.frequencies[string] * speed)))
