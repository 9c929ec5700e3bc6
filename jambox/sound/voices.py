"""The table of sounding voices: samples of the bank under way, oldest first."""

import math

from jambox.sound import layout
from jambox.sound.tables import table

CAPACITY = 160
"""Rows of the table."""
POLYPHONY = 128
"""Voices beyond this many make the oldest fade."""
STEAL_FADE = 0.005
"""Seconds that a voice takes to make room."""
CHOKE_FADE = 0.005
"""Seconds in which a hand, or a pedal, stops what rings: soon enough to be one with the stroke, too slow to click."""


class Voices:
    """Sounding voices. All methods are real-time safe: the table is allocated once."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self.ints = table("l", CAPACITY, layout.VOICE_INTS)
        self.floats = table("d", CAPACITY, layout.VOICE_FLOATS)
        self.count = 0
        self.refused = 0

    def start(
        self,
        bus: int,
        offset: int,
        length: int,
        gain: float,
        pan: float = 0.0,
        step: float = 1.0,
        choke: int = 0,
        skip: float = 0.0,
        rise: float = 0.0,
        dark: float = 0.0,
        corner: float = 0.0,
    ) -> None:
        """Sound `length` frames of the bank from `offset` on `bus`, `step` bank frames per frame.

        `gain` is an amplitude, `pan` -1…1 (equal power), `choke` the group in which it can be choked; the share `dark`,
        0…1, of what lies above `corner` (Hz) is taken away. A full table refuses and counts it. `skip` frames are
        passed over, and in `rise` seconds the rest comes in.
        """
        if self.count >= POLYPHONY:
            self._steal()
        if self.count >= CAPACITY or length < 2:
            self.refused += 1
            return
        angle = (pan + 1.0) * math.pi / 4.0
        row = self.count
        for column, whole in enumerate((offset, length, bus, choke)):
            self.ints[row, column] = whole
        level, ramp = (0.0, 1.0 / (rise * self._rate)) if rise else (1.0, 0.0)
        left, right = gain * math.cos(angle), gain * math.sin(angle)
        pole = 1.0 - math.exp(-2.0 * math.pi * corner / self._rate)
        for column, number in enumerate((skip, step, left, right, level, ramp, step, 0.0, dark, pole, 0.0)):
            self.floats[row, column] = number
        self.count += 1

    def release(self, bus: int, seconds: float) -> None:
        """Fade every voice of `bus` out within `seconds`; those already fading faster stay as they are."""
        for row in range(self.count):
            if self.ints[row, layout.BUS] == bus:
                self._fade(row, seconds)

    def choke(self, group: int) -> None:
        """Fade what sounds of `group` out within CHOKE_FADE, but for what begins on this very frame."""
        for row in range(self.count):
            if self.ints[row, layout.CHOKE] == group and self.floats[row, layout.POSITION] > 0.0:
                self._fade(row, CHOKE_FADE)

    def bend(self, bus: int, ratio: float, seconds: float) -> None:
        """Let every voice of `bus` glide, within `seconds`, to `ratio` of the step that it has or glides to."""
        for row in range(self.count):
            if self.ints[row, layout.BUS] == bus:
                self.glide(row, self.floats[row, layout.GOAL] * ratio, seconds)

    def glide(self, row: int, step: float, seconds: float) -> None:
        """Let the voice of a row glide to `step` within `seconds`."""
        self.floats[row, layout.GOAL] = step
        self.floats[row, layout.SLIDE] = (step - self.floats[row, layout.STEP]) / (seconds * self._rate)

    def cross(self, row: int, offset: int, length: int, position: float, gain: float, seconds: float) -> None:
        """Fade from the voice of a row to the sample of `length` frames at `offset`, from its frame `position` on.

        The new one is as loud and stands where the old one does, times `gain`. Past its end, or in a full table, there
        is none, and the old one fades all the same.
        """
        if position < length - 1 and self.count < CAPACITY:
            new = self.count
            for column in range(layout.VOICE_INTS):
                self.ints[new, column] = self.ints[row, column]
            self.ints[new, layout.OFFSET], self.ints[new, layout.LENGTH] = offset, length
            left, right = self.floats[row, layout.LEFT] * gain, self.floats[row, layout.RIGHT] * gain
            rise = 1.0 / (seconds * self._rate)
            for column, number in enumerate((position, 1.0, left, right, 0.0, rise, 1.0, 0.0, 0.0, 0.0, 0.0)):
                self.floats[new, column] = number
            self.count += 1
        self._fade(row, seconds)

    def _steal(self) -> None:
        # The oldest that is not about to end anyway.
        for row in range(self.count):
            if self._fade(row, STEAL_FADE):
                return

    def _fade(self, row: int, seconds: float) -> bool:
        ramp = -1.0 / (seconds * self._rate)
        sooner = bool(ramp < self.floats[row, layout.RAMP])
        if sooner:
            self.floats[row, layout.RAMP] = ramp
        return sooner
