"""Guests: cards that keep their own clocks, as further strips beside the inputs of the card that the engine plays on.

A guest's process writes its frames into a ring and says when they pass; here they are read at the host's pace, so late
that they are surely there: the host's period (the block is read at its end), the guest's (it writes so many at once),
half of the resampler's taps, and LATE for the threads. A block of which not all frames are there is not played: what
sounded last is let go within a few milliseconds, and faded in when there is more.
"""

from collections.abc import Sequence
from typing import Protocol

from jambox.frameclock import FrameClock
from jambox.sound.drift import Drift
from jambox.sound.resampler import fade_in, let_go, resample, spread
from jambox.sound.sinc import TAPS
from jambox.sound.tables import table

CHANNELS = 8
"""The most that one guest may have."""
RUN, WRITTEN, FRAME, TIME, PACE, PERIOD, LINE = range(7)
"""What a guest says: which start of its card it is; frames written since its process began; frame FRAME passes at TIME
(monotonic seconds), PACE each second; frames that it writes at once."""
FIRST, COUNT, PLACE = range(3)
"""Where it sits: its first strip among those for guests, and how many it has, 0 for none."""
LATE = 0.001
"""Seconds by which a guest's frames may come late: USB hands them on once a millisecond."""
LATER, LATEST = 0.0005, 0.010
"""Seconds more for one whose frames were not there, each time, and at most."""
FADE_IN, LET_GO = 0.020, 0.010
"""Seconds in which a guest comes in, and in which its last sample is let go."""


class Source(Protocol):
    """What an inlet has for the engine: weights (float64, PHASES + 1 x TAPS), the ring by its channels, line, place."""

    @property
    def taps(self) -> "memoryview[float]": ...
    @property
    def rings(self) -> "Sequence[memoryview[float]]": ...
    def line(self) -> "memoryview[float] | None":
        """LINE numbers; None when they are just being written."""

    def place(self) -> "memoryview[float] | None":
        """PLACE numbers; None when they are just being written."""


class Guests:
    """Joins guests to the `inputs` captured channels of a card, for a mixer of `wanted` strips and `places` for guests.

    Blocks are of `period` frames at `rate` Hz. All but the constructor is real-time safe.
    """

    def __init__(
        self, sources: Sequence[Source], rate: float, period: int, inputs: int, wanted: int, places: int
    ) -> None:
        self.width = wanted + places
        self._inputs, self._wanted = inputs, wanted
        self._joined: memoryview[float] = table("f", period * self.width)
        self._guests = [_Guest(source, rate, period, wanted, places) for source in sources]

    @property
    def dry(self) -> int:
        """How often a guest's frames were not there."""
        return sum(guest.dry for guest in self._guests)

    def join(self, captured: "memoryview[float]", clock: FrameClock, frame: float) -> "memoryview[float]":
        """The block that begins at the host's `frame` (float32, period x width): `captured` (period x inputs), guests.

        `clock` says when the block's first frame could be read, as for `process.play`.
        """
        spread(captured, self._inputs, self._joined, self.width, self._wanted)
        for guest in self._guests:
            guest.join(clock, frame, self._joined, self.width)
        return self._joined


class _Guest:
    """One guest: silent, sounding (its drift has a position), or letting go (`share` of what is `left`)."""

    def __init__(self, source: Source, rate: float, period: int, wanted: int, places: int) -> None:
        self._source = source
        self._rate, self._period = rate, period
        self._wanted, self._places = wanted, places
        self._drift = Drift(0.0)
        self._clock: FrameClock | None = None
        self._run, self._written = -1.0, 0.0
        self._first = self._channels = 0
        self._place = (0, 0)
        self._base = self._later = self._begin = 0.0
        self._level = self._share = 0.0
        self._last: memoryview[float] = table("f", CHANNELS)
        self._left: memoryview[float] = table("f", CHANNELS)
        self._room: memoryview[float] = table("d", TAPS)
        self.dry = 0

    def join(self, host: FrameClock, frame: float, out: "memoryview[float]", width: int) -> None:
        self._listen()
        sounding = self._drift.position is not None
        sounds = (
            self._channels > 0 and self._place == (self._first, self._channels) and self._play(host, frame, out, width)
        )
        if not sounds:
            self._break_off(sounding)
        if self._share > 0.0:
            offset = self._wanted + self._first
            slope = 1.0 / (LET_GO * self._rate)
            self._share = let_go(self._left, out, offset, width, self._channels, self._share, slope)
        if sounds:
            self._remember(out, width)
        elif self._share == 0.0 and self._place != (self._first, self._channels):
            # Only in silence: nothing jumps from strip to strip.
            self._first, self._channels = self._place
            self._later = 0.0

    def _listen(self) -> None:
        # What is just being written is taken a block later.
        line, place = self._source.line(), self._source.place()
        if place is not None:
            first, channels = int(place[FIRST]), int(place[COUNT])
            fits = first >= 0 and 0 <= channels <= CHANNELS and first + channels <= self._places
            self._place = (first, channels) if fits else (0, 0)
        if line is not None and line[PACE] > 0.0:
            if line[RUN] != self._run or line[WRITTEN] < self._written:
                self._run, self._later = line[RUN], 0.0
                self._begin = line[WRITTEN] - line[PERIOD]
                self._break_off(self._drift.position is not None)
            self._written = line[WRITTEN]
            self._clock = FrameClock(line[FRAME], line[TIME], line[PACE])
            self._base = self._period * line[PACE] / self._rate + line[PERIOD] + TAPS / 2

    def _play(self, host: FrameClock, frame: float, out: "memoryview[float]", width: int) -> bool:
        guest, drift = self._clock, self._drift
        if guest is None:
            return False
        drift.delay = self._base + (LATE + self._later) * guest.rate
        found = drift.follow(host, guest, frame)
        if found is None:
            return False
        position, step, goal = found
        if position - TAPS / 2 < self._begin:
            return False  # What lies before belongs to another time.
        ring = self._source.rings[self._channels - 1]
        # Also False for what is no number.
        there = position + self._period * max(step, goal) + TAPS / 2 + 1.0 <= self._written
        if not (there and self._written - ring.shape[1] + TAPS < position):  # type: ignore[index]
            self._later = min(self._later + LATER, LATEST)
            return False
        offset = self._wanted + self._first
        drift.position = resample(self._source.taps, ring, position, step, goal, self._room, out, offset, width)
        if self._level < 1.0:
            self._level = fade_in(out, offset, width, self._channels, self._level, 1.0 / (FADE_IN * self._rate))
        return True

    def _break_off(self, sounding: bool) -> None:
        self._drift.position = None
        self._level = 0.0
        if sounding:
            self.dry += 1
            self._left[:] = self._last
            self._share = 1.0

    def _remember(self, out: "memoryview[float]", width: int) -> None:
        end = (self._period - 1) * width + self._wanted + self._first
        for channel in range(self._channels):
            self._last[channel] = out[end + channel]
