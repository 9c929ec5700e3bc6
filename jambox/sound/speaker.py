"""The words that a score has for players, each begun so long before its beat that its vowel falls on it."""

import math

from jambox.rounds import SAME
from jambox.sound import layout
from jambox.sound.players import CHANGE, END, NEVER, RhythmPlayer, Samples
from jambox.sound.voices import Voices

LEAD = 0.15
"""Seconds of each word's sample that come before its beat: what is longer before a vowel is cut."""
LATE = 0.03
"""Seconds after its beat within which a word may still begin, in the midst of its vowel."""
ENTRY = 0.005
"""Seconds in which a word comes in that begins in its midst."""


class Speaker:
    """Says the words of what a rhythm plays. All methods are real-time safe.

    A word is said on the sam that ends the rhythm, and on the sam that another score begins with, though it begins to
    sound while the one before still plays.
    """

    def __init__(self, rate: float, samples: Samples) -> None:
        self.due = NEVER
        self._rate = rate
        self._samples = samples
        self._run = 0
        self._said = self._beat = -math.inf
        self._slot = 0

    def plan(self, rhythm: RhythmPlayer, frame: int) -> None:
        """Look anew, at `frame`, what `rhythm` comes to next: after everything that changes it."""
        self.due = NEVER
        score, coming = rhythm.score, rhythm.coming
        if not rhythm.playing or score is None or not (score.words or (coming and coming.words)):
            return
        if rhythm.run != self._run:
            self._run, self._said = rhythm.run, rhythm.beginning - 2.0 * SAME
        timeline = rhythm.timeline
        after = max(self._said + SAME, timeline.beat_at(frame - LATE * self._rate))
        beat, slot = score.word_after(after - rhythm.origin)
        beat += rhythm.origin
        if rhythm.pending == CHANGE and coming and beat >= rhythm.boundary - SAME:
            # Of one line, the sams count on.
            origin = rhythm.origin if coming.is_kin(score) else rhythm.boundary
            beat, slot = coming.word_after(max(after, rhythm.boundary - SAME) - origin)
            beat += origin
        if math.isinf(beat) or (rhythm.pending == END and beat > rhythm.boundary + SAME):
            return
        self._beat, self._slot = beat, slot
        self.due = max(round(timeline.frame_at(beat) - LEAD * self._rate), frame)

    def play(self, rhythm: RhythmPlayer, voices: Voices, frame: int) -> None:
        """Begin with the word that is due at `frame`; past its beginning, in its midst."""
        offset, length = self._samples.offsets[self._slot], self._samples.lengths[self._slot]
        skip = max(frame - round(rhythm.timeline.frame_at(self._beat) - LEAD * self._rate), 0)
        if skip < length:
            voices.start(layout.WORDS, offset, length, 1.0, skip=skip, rise=ENTRY if skip else 0.0)
        self._said = self._beat
        self.plan(rhythm, frame)
