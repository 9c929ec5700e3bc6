"""The players inside the engine: each knows the frame at which it next does something, and does it there."""

import math

from jambox.music.chance import variant
from jambox.music.cycle import Hit, Score
from jambox.music.drone import Figure
from jambox.rounds import SAME, Course, Lock, Metre, Round, beats_of, begun, planned
from jambox.sound import layout
from jambox.sound.softness import EVEN, Softness
from jambox.sound.tape import Tape
from jambox.sound.voices import Voices
from jambox.timeline import Timeline
from jambox.units import Bpm

NEVER = 1 << 62
"""A frame that does not come."""
CHANGE, END = 1, 2
"""What is pending at the next sam."""
STOP_FADE = 0.03
"""Seconds in which a stopped rhythm fades."""
DRONE_FADE = 0.6
"""Seconds in which a stopped drone fades."""
CHANGE_FADE = 0.25
"""Seconds in which a drone gives way to another."""
ENTRY = 0.15
"""Seconds in which a steady drone comes in."""
BEND_GLIDE = 0.03
"""Seconds in which a drone glides to another pitch: too soon to be waited for, too slow to click."""
LOWEST_BEND, HIGHEST_BEND = 1.0 / 16.0, 16.0
SKIPPED = 0.125
"""A hit that lies this many beats back when its turn comes was jumped over, by a placed beat; it is not struck."""


class Samples:
    """Where each slot of the bank lies: offset and length in frames; and its softness. Real-time safe."""

    def __init__(self, slots: int) -> None:
        self.offsets = [0] * slots
        self.lengths = [0] * slots
        self.softness = [EVEN] * slots

    def define(self, slot: int, offset: int, frames: int, softness: Softness = EVEN) -> None:
        self.offsets[slot], self.lengths[slot], self.softness[slot] = offset, frames, softness


class RhythmPlayer:
    """Plays a Score along a Timeline. All methods are real-time safe.

    Positions are absolute beats and whole hit numbers, so that no tempo change plays a hit twice or loses one.
    """

    def __init__(self, rate: float, samples: Samples, seed: int) -> None:
        self.timeline = Timeline(Bpm(120.0), rate)
        self.playing = False
        self.run = 0
        self.beginning = 0.0
        self.origin = 0.0
        self.boundary = math.inf
        self.pending = 0
        self.due = NEVER
        self.score: Score | None = None
        self.coming: Score | None = None
        """What is taken at the next sam."""
        self._index = 0
        self._struck = -math.inf
        self._samples = samples
        self._seed = seed

    @property
    def metre(self) -> Metre:
        """What others can go by. An introduction counts as the cycle that it leads to."""
        score, after = self.score, self.coming
        if score is not None and after is not None and after.is_kin(score):
            score = after
        return Metre(self.timeline, self.playing, self.origin, score.sam if score is not None else 0.0)

    def load(self, score: Score, frame: int) -> None:
        """Take another score: at once when silent, else at the next sam."""
        if not self.playing or self.score is None:
            self.score = score
            return
        self.coming = score
        if not self.pending:
            self.pending, self.boundary = CHANGE, self._next_sam(frame)
        self._plan(frame)

    def swap(self, score: Score, frame: int) -> None:
        """Go on by another score of the line that sounds, or let it wait in place of one of its line; else nothing.

        What was struck is not struck again, and what would have been struck before `frame` is not made up for.
        """
        if self.coming is not None and self.coming.is_kin(score):
            self.coming = score
        if self.score is None or not self.score.is_kin(score):
            return
        here = min(self._next_beat(), self.timeline.beat_at(frame - 0.5))
        self.score = score
        self._index = score.index_at(here - self.origin)
        while self._next_beat() <= self._struck + SAME:
            self._index += 1
        self._plan(frame)

    def start(self, beat: float, frame: int) -> None:
        """Play from `beat` at `frame`; without a score nothing happens."""
        self.join(beat, frame, frame)

    def join(self, beat: float, heard: float, frame: int) -> None:
        """Play from `frame` on, as if from `beat` on frame `heard`; what lies SKIPPED back is struck at `frame`."""
        self._take_next()
        if self.score is None:
            return
        self.timeline = self.timeline.with_beat(beat, heard)
        self.playing, self.pending, self.boundary = True, 0, math.inf
        self.run, self.beginning = self.run + 1, beat
        first = max(beat, self.timeline.beat_at(frame) - SKIPPED)
        self.origin, self._index, self._struck = 0.0, self.score.index_at(first), -math.inf
        self._plan(frame)

    def end(self, frame: int) -> None:
        """Close on the next sam."""
        if self.playing:
            self.pending, self.boundary = END, self._next_sam(frame)
            self._plan(frame)

    def stop(self) -> None:
        """Strike nothing more."""
        self._take_next()
        self.playing, self.pending, self.boundary, self.due = False, 0, math.inf, NEVER

    def set_tempo(self, tempo: float, frame: int) -> None:
        """Go on in another tempo from the position at `frame`."""
        self.timeline = self.timeline.with_tempo(Bpm(tempo), frame)
        self._plan(frame)

    def place_beat(self, heard: float, frame: int) -> None:
        """Let the beat nearest to frame `heard` fall on it."""
        self.timeline = self.timeline.with_beat(round(self.timeline.beat_at(heard)), heard)
        self._plan(frame)

    def play(self, voices: Voices, frame: int) -> None:
        """Do what is due at `frame`: strike, change the score, or close."""
        assert self.score is not None
        beat = self._next_beat()
        if beat < self.boundary - SAME:
            self.strike(self.score.hits[self._index % len(self.score.hits)], beat, voices, frame)
            self._index += 1
        elif self.pending == CHANGE:
            self._change()
        else:
            self._close(voices, frame)
            return
        self._plan(frame)

    def strike(self, hit: Hit, beat: float, voices: Voices, frame: int) -> None:
        """Sound `hit`, which is due at `beat`, on `frame`; one that is long past is left out. Real-time safe."""
        self._struck = beat
        if self.timeline.beat_at(frame) - beat > SKIPPED:
            return
        gain = hit.velocity * hit.velocity
        for sound in hit.sounds:
            slot = sound.slot + variant(self._seed + sound.slot, sound.variants, self._index)
            offset, length = self._samples.offsets[slot], self._samples.lengths[slot]
            if sound.choke:
                voices.choke(sound.choke)
            softness = self._samples.softness[slot]
            dark, lift = softness.struck(hit.velocity)
            loud = gain * sound.gain * lift
            voices.start(layout.RHYTHM, offset, length, loud, choke=sound.choke, dark=dark, corner=softness.corner)

    def _take_next(self) -> None:
        if self.coming is not None:
            self.score, self.coming = self.coming, None

    def _change(self) -> None:
        before = self.score
        self._take_next()
        assert self.score is not None
        if before is not None and self.score.is_kin(before):
            # Its sams count on: this may be one in the midst of a longer period.
            self._index = self.score.index_at(self.boundary - self.origin - SAME)
        else:
            self.origin, self._index = self.boundary, 0
        self.pending, self.boundary = 0, math.inf

    def _close(self, voices: Voices, frame: int) -> None:
        assert self.score is not None
        for hit in self.score.hits:
            if hit.beat == 0.0:
                self.strike(hit, self.boundary, voices, frame)
        self.stop()

    def _next_sam(self, frame: int) -> float:
        assert self.score is not None
        # A hit is due within half a frame of its beat: at the frame of sam, sam has not passed yet.
        length = self.score.sam
        beat = self.timeline.beat_at(frame - 0.5)
        sam = self.origin + math.ceil((beat - self.origin) / length) * length
        return sam + length if sam <= self._struck else sam

    def _next_beat(self) -> float:
        # A score may be all rests.
        assert self.score is not None
        return self.origin + self.score.beat_of(self._index) if self.score.hits else math.inf

    def _plan(self, frame: int) -> None:
        if not self.playing or self.score is None:
            return
        beat = min(self._next_beat(), self.boundary)
        self.due = max(round(self.timeline.frame_at(beat)), frame) if beat < math.inf else NEVER


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

    def load(self, figure: Figure, voices: Voices, frame: int) -> None:
        """Take another figure; a sounding drone goes over to its kin where it stands, to another with a pluck at once.

        One on the same samples, with more variants, goes on as it is, bent or not, and strings of a steady drone that
        had no samples so far come in; any other is not bent.
        """
        before, self.figure = self.figure, figure
        if before is not None and figure.slots == before.slots:
            self._join(before, voices, frame)
            return
        self._tape.start(frame, 0.0, 1.0)
        if self.playing and before is not None and figure.is_kin(before):
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
            self.due = max(self._tape.frame_at(figure.frame_of(self.turn, self._rate)), frame)
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
        for turn in range(max(self.turn - 2 * strings, 0), self.turn):
            if before.sounds[turn % strings].variants == 0:
                self._sound(turn, voices, frame)

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
        self._sound(self.turn, voices, frame)
        self.turn, self.last = self.turn + 1, frame
        self._plan(figure, frame)

    def _sound(self, turn: int, voices: Voices, frame: int) -> None:
        assert self.figure is not None
        pluck = self.figure.pluck(turn)
        if pluck is None:
            return
        offset, length = self._samples.offsets[pluck.slot], self._samples.lengths[pluck.slot]
        tape, row, skip, speed = self._tape, voices.count, 0.0, self._tape.speed(frame)
        if self.figure.steady:
            skip = max(tape.position(frame) - self.figure.frame_of(turn, self._rate), 0.0)
            skip = round(skip) if speed == tape.goal == 1.0 else skip  # read as it is, and not between frames
        if skip < length:
            rise = ENTRY if skip >= speed else 0.0
            voices.start(layout.DRONE, offset, length, pluck.level, pluck.pan, speed, skip=skip, rise=rise)
            if speed != tape.goal and voices.count > row:
                voices.glide(row, tape.goal, (tape.settled - frame) / self._rate)
