"""The rhythm's player inside the engine: it knows the frame at which it next does something, and does it there."""

import math

from jambox.music.chance import variant
from jambox.music.humanising import EXACT, Touch, place
from jambox.music.roll import Roll, Rolls
from jambox.rounds import SAME, Metre
from jambox.sound import layout
from jambox.sound.softness import EVEN, Softness
from jambox.sound.voices import Voices
from jambox.timeline import Timeline
from jambox.units import Bpm

NEVER = 1 << 62
"""A frame that does not come."""
CHANGE, END = 1, 2
"""What is pending at the next sam."""
STOP_FADE = 0.03
"""Seconds in which a stopped rhythm fades."""
SKIPPED = 0.125
"""A hit that lies this many beats back when its turn comes was jumped over, by a placed beat; it is not struck."""
APART = 0.015
"""Seconds that hands stay apart. A score that comes in mid-cycle draws nothing by what was struck before it."""


class Samples:
    """Where each slot of the bank lies: offset and length in frames; and its softness. Real-time safe."""

    def __init__(self, slots: int) -> None:
        self.offsets = [0] * slots
        self.lengths = [0] * slots
        self.softness = [EVEN] * slots

    def define(self, slot: int, offset: int, frames: int, softness: Softness = EVEN) -> None:
        self.offsets[slot], self.lengths[slot], self.softness[slot] = offset, frames, softness


class RhythmPlayer:
    """Plays scores, each handed over as the numbers of a Roll, along a Timeline. All methods are real-time safe.

    Positions are absolute beats and whole hit numbers, so that no tempo change plays a hit twice or loses one.
    """

    def __init__(self, rate: float, samples: Samples, seed: int, touch: Touch = EXACT) -> None:
        self.timeline = Timeline(Bpm(120.0), rate)
        self.playing = False
        self.run = 0
        self.beginning = 0.0
        self.origin = 0.0
        self.boundary = math.inf
        self.pending = 0
        self.due = NEVER
        self.score: Roll | None = None
        self.coming: Roll | None = None
        """What is taken at the next sam."""
        self._index = 0
        self._struck = -math.inf
        self._free = 0
        """The frame from which on another hit may be heard."""
        self._late = False
        """The last hit was heard after its beat."""
        self._apart = int(APART * rate)
        self._rolls = Rolls()
        self._samples = samples
        self._seed = seed
        self.touch = touch

    @property
    def metre(self) -> Metre:
        """What others can go by. An introduction counts as the cycle that it leads to."""
        score, after = self.score, self.coming
        if score is not None and after is not None and after.is_kin(score):
            score = after
        return Metre(self.timeline, self.playing, self.origin, score.sam if score is not None else 0.0)

    def load(self, numbers: "memoryview[float]", frame: int) -> None:
        """Take another score: at once when silent, else at the next sam."""
        score = self._rolls.take(numbers, self.score, self.coming)
        if not self.playing or self.score is None:
            self.score = score
            return
        self.coming = score
        if not self.pending:
            self.pending, self.boundary = CHANGE, self._next_sam(frame)
        self._plan(frame)

    def swap(self, numbers: "memoryview[float]", frame: int) -> None:
        """Go on by another score of the line that sounds, or let it wait in place of one of its line; else nothing.

        What was struck is not struck again, and what would have been struck before `frame` is not made up for.
        """
        score = self._rolls.take(numbers, self.score, self.coming)
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
            self.strike(self._index % self.score.count, beat, self._place(), voices, frame)
            self._index += 1
        elif self.pending == CHANGE:
            self._change()
        else:
            self._close(voices, frame)
            return
        self._plan(frame)

    def strike(self, number: int, beat: float, spot: int, voices: Voices, frame: int) -> None:
        """Sound the hit of that number, which is written at `beat`, on `frame`; one that is long past is left out.

        The touch draws its velocity for `spot`. Real-time safe.
        """
        assert self.score is not None
        self._struck, self._free = beat, frame + self._apart
        self._late = self.timeline.frame_at(beat) < frame - 0.5
        if self.timeline.beat_at(frame) - beat > SKIPPED:
            return
        velocity = self.velocity(number, spot)
        for one in self.score.sounds_of(number):
            sound = self.score.sound(one)
            slot = sound.slot + variant(self._seed + sound.slot, sound.variants, self._index)
            offset, length = self._samples.offsets[slot], self._samples.lengths[slot]
            if sound.choke:
                voices.choke(sound.choke)
            softness = self._samples.softness[slot]
            dark, lift = softness.struck(velocity)
            loud = velocity * velocity * sound.gain * lift
            voices.start(layout.RHYTHM, offset, length, loud, choke=sound.choke, dark=dark, corner=softness.corner)

    def velocity(self, number: int, spot: int) -> float:
        """At which velocity the hit of that number is struck at `spot`: at most in full, unless it is written so."""
        assert self.score is not None
        written = self.score.velocity(number)
        return min(written * self.touch.force(spot, self.score.hand(number)), max(written, 1.0))

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
        for number in range(self.score.index_at(0.0), self.score.count):
            if self.score.beat(number) > 0.0:
                break
            self.strike(number, self.boundary, place(self.boundary), voices, frame)
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
        return self.origin + self.score.beat_of(self._index) if self.score.count else math.inf

    def _place(self) -> int:
        assert self.score is not None
        return place(self.origin) + self.score.place_of(self._index)

    def _plan(self, frame: int) -> None:
        if not self.playing or self.score is None:
            return
        beat, free = self._next_beat(), frame
        if self.touch.share:
            beat = self._pass_by(beat)
            if beat < self.boundary - SAME:
                if beat > self._struck + SAME:
                    free = max(free, min(self._free, round(self.timeline.frame_at(beat))))
                beat += self.touch.late(self._place(), self.score.interval(self._index % self.score.count))
        beat = min(beat, self.boundary)
        self.due = max(round(self.timeline.frame_at(beat)), free) if beat < math.inf else NEVER

    def _pass_by(self, beat: float) -> float:
        """The next hit's beat, once those are left out that another score has put too near behind one struck late.

        Within a score none is: whoever is late stays away from the next. So nothing that was meant to be near is lost.
        """
        while self._late and self._struck + SAME < beat < self.boundary - SAME:
            if self.timeline.frame_at(beat) > self._free - 1:
                break
            self._index += 1
            beat = self._next_beat()
        return beat
