"""A score as numbers in one row, as pins on the roll of a barrel organ: taken over as a whole, and read in place.

The numbers (float64) are the head, then columns: of hits their beats, velocities, intervals and hands (`humanising`),
and where their first sound and key stand; of sounds their slots, variants, gains and chokes; keys; of words their
beats and slots.
"""

import math
from array import array
from bisect import bisect_left
from typing import NamedTuple

from jambox.music import humanising
from jambox.music.cycle import Hit, Score, Sound, Word

HEAD = 8
"""Numbers in the head: serial, line, length, turn, and how many hits, sounds, keys and words there are."""
ROOM = 8191
"""Numbers of the longest score that can be handed over: twice those of the fullest meeting of what is shipped."""

SPARE = 1400
"""Numbers that a cycle by itself leaves, for what is said to players on each of 512 pulses, and for a fill."""


def size(score: Score) -> int:
    """How many numbers `score` has."""
    hits = score.hits
    within = sum(4 * len(hit.sounds) + len(hit.keys) for hit in hits)
    return HEAD + 2 + 6 * len(hits) + within + 2 * len(score.words)


def lay(score: Score) -> "memoryview[float]":
    """The numbers of `score`, whose hits and words come by beat."""
    hits, words = score.hits, score.words
    sounds = [sound for hit in hits for sound in hit.sounds]
    keys = [key for hit in hits for key in hit.keys]
    counts = (len(hits), len(sounds), len(keys), len(words))
    row = array("d", (score.serial, score.line, score.length, score.turn, *counts))
    row.extend(hit.beat for hit in hits)
    row.extend(hit.velocity for hit in hits)
    row.extend(humanising.intervals(score))
    row.extend(map(humanising.hand, hits))
    for parts in ([hit.sounds for hit in hits], [hit.keys for hit in hits]):
        first = 0
        for part in parts:
            row.append(first)
            first += len(part)
        row.append(first)
    for field in ("slot", "variants", "gain", "choke"):
        row.extend(getattr(sound, field) for sound in sounds)
    row.extend(keys)
    row.extend(word.beat for word in words)
    row.extend(word.slot for word in words)
    return memoryview(row)


class Struck(NamedTuple):
    """A sound of a roll, as `cycle.Sound` has it."""

    slot: int
    variants: int
    gain: float
    choke: int


class Roll:
    """A score read from its numbers, of which there is room for `room`. `take` and reading are real-time safe.

    What it takes from one score to another is one copy, and as many objects for the longest score as for the shortest.
    """

    def __init__(self, room: int) -> None:
        self.numbers: memoryview[float] = memoryview(array("d", bytes(8 * max(room, HEAD))))
        self.take(self.numbers)

    def take(self, numbers: "memoryview[float]") -> "Roll":
        """Be another score: that of `numbers`, which `lay` made."""
        self.numbers[: len(numbers)] = numbers
        head = self.numbers
        self.serial, self.line = int(head[0]), int(head[1])
        self.length, self.turn = head[2], head[3]
        self.sam = self.turn or self.length
        self.count, self.sounds, self.words = int(head[4]), int(head[5]), int(head[7])
        self._beats = HEAD
        self._velocities = self._beats + self.count
        self._intervals = self._velocities + self.count
        self._hands = self._intervals + self.count
        self._first_sound = self._hands + self.count
        self._first_key = self._first_sound + self.count + 1
        self._sounds = self._first_key + self.count + 1
        self._keys = self._sounds + 4 * self.sounds
        self._word_beats = self._keys + int(head[6])
        self._word_slots = self._word_beats + self.words
        return self

    def is_kin(self, other: "Roll") -> bool:
        """Whether both are of one line."""
        return self.line == other.line != 0

    def velocity(self, place: int) -> float:
        """Of the hit at `place`, counted from the cycle's first."""
        return self.numbers[self._velocities + place]

    def beat(self, place: int) -> float:
        """Of the hit at `place` of the cycle."""
        return self.numbers[self._beats + place]

    def interval(self, place: int) -> float:
        """Beats from the hit at `place` to its nearer neighbour; 0 on sam."""
        return self.numbers[self._intervals + place]

    def hand(self, place: int) -> int:
        """What tells the hit at `place` from others on the same beat."""
        return int(self.numbers[self._hands + place])

    def sounds_of(self, place: int) -> range:
        """The numbers of the sounds of the hit at `place`."""
        first = self._first_sound + place
        return range(int(self.numbers[first]), int(self.numbers[first + 1]))

    def sound(self, number: int) -> Struck:
        """The sound of that number."""
        row, at, count = self.numbers, self._sounds + number, self.sounds
        return Struck(int(row[at]), int(row[at + count]), row[at + 2 * count], int(row[at + 3 * count]))

    def keys_of(self, place: int) -> tuple[int, ...]:
        """The MIDI keys of the hit at `place`."""
        row, first = self.numbers, self._first_key + place
        return tuple(int(row[self._keys + number]) for number in range(int(row[first]), int(row[first + 1])))

    def beat_of(self, index: int) -> float:
        """Beat of the `index`-th hit, counted from the cycle's first on through its repetitions."""
        turn, place = divmod(index, self.count)
        return turn * self.length + self.beat(place)

    def place_of(self, index: int) -> int:
        """The same as `humanising.place` counts, where MIDI, which counts in whole numbers throughout, has it too."""
        turn, at = divmod(index, self.count)
        return turn * humanising.place(self.length) + humanising.place(self.beat(at))

    def index_at(self, beat: float) -> int:
        """The first hit at or after `beat`."""
        turn = int(beat // self.length)
        # The same sum as in `beat_of`, so that the beat of a hit finds that hit in spite of rounding.
        return turn * self.count + self._after(beat, turn * self.length, self._beats, self.count)

    def word_after(self, beat: float) -> tuple[float, int]:
        """The first word at or after `beat`, counted as in `beat_of`: its beat and slot; inf and 0 where there is none.

        Words come anew from each sam to the next.
        """
        if not self.words:
            return math.inf, 0
        start = beat // self.sam * self.sam
        place = self._after(beat, start, self._word_beats, self.words)
        if place == self.words:
            start, place = start + self.sam, 0
        return start + self.numbers[self._word_beats + place], int(self.numbers[self._word_slots + place])

    def score(self) -> Score:
        """The score again."""
        row = self.numbers
        hits = tuple(
            Hit(
                self.beat(place),
                tuple(Sound(*self.sound(number)) for number in self.sounds_of(place)),
                self.keys_of(place),
                self.velocity(place),
            )
            for place in range(self.count)
        )
        words = tuple(Word(row[self._word_beats + i], int(row[self._word_slots + i])) for i in range(self.words))
        return Score(self.serial, self.length, hits, self.line, self.turn, words)

    def _after(self, beat: float, start: float, column: int, count: int) -> int:
        """The first place of a sorted column of beats from `start` that is not before `beat`."""
        return bisect_left(self.numbers, beat, column, column + count, key=lambda each: start + each) - column


class Rolls:
    """As many rolls as a player can need at once: what sounds, what comes, and one to take more. Real-time safe."""

    def __init__(self, room: int = ROOM) -> None:
        self._rolls = (Roll(room), Roll(room), Roll(room))

    def take(self, numbers: "memoryview[float]", *used: Roll | None) -> Roll:
        """The score of `numbers`, on a roll that is not among the two `used` ones."""
        for roll in self._rolls:
            if roll is not used[0] and roll is not used[-1]:
                return roll.take(numbers)
        raise AssertionError("of three rolls, two are in use at most")


def rolled(numbers: "memoryview[float]") -> Roll:
    """A roll of just these numbers."""
    return Roll(len(numbers)).take(numbers)


def read(text: bytes) -> Score:
    """The score whose numbers `text` is."""
    return rolled(memoryview(text).cast("d")).score()
