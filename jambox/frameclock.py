"""FrameClock: sample frames to monotonic seconds and back, smoothed from the jittery times at which blocks arrive.

The engine feeds one loop per block and publishes the result; control reads it to know when a frame is heard.
"""

import math
from dataclasses import dataclass

from jambox.units import Seconds

WIDE = 2.0 * math.sqrt(2.0)
"""Of the loop at its start: b = sqrt(2) w = 4 / n for the n-th pair, as the gain of a least-squares line."""
TRUST = 1.0
"""Seconds of pairs that the nominal rate is worth: the first few, by themselves, could mean any."""


@dataclass(frozen=True, slots=True)
class FrameClock:
    """`frame` passes at `time` (seconds of the monotonic clock), `rate` frames each second. Real-time safe."""

    frame: float
    time: float
    rate: float

    def time_at(self, frame: float) -> Seconds:
        """When `frame` passes."""
        return Seconds(self.time + (frame - self.frame) / self.rate)

    def frame_at(self, time: float) -> float:
        """The frame that passes at `time`: the inverse of `time_at`."""
        return self.frame + (time - self.time) * self.rate

    def later(self, frames: float) -> "FrameClock":
        """The clock of the same frames, each passing `frames` later: from rendered to heard."""
        return FrameClock(self.frame, self.time + frames / self.rate, self.rate)


class DelayLockedLoop:
    """Second-order loop over (frame, time) pairs that come about every `period` frames of `rate` Hz.

    After F. Adriaensen, "Using a DLL to filter time", Linux Audio Conference 2005: b = sqrt(2) w, c = w^2 with
    w = 2 pi bandwidth / updates per second. `bandwidth` in Hz trades jitter against settling: it is what the loop
    narrows down to, as a least-squares line through all pairs since the start would (b = 4 / n). Real-time safe.
    """

    __slots__ = ("_bandwidth", "_begun", "_frame", "_longest", "_pace", "_rate", "_time")

    def __init__(self, rate: float, period: int, bandwidth: float = 0.1) -> None:
        self._rate = rate
        self._longest = 16 * period
        self._bandwidth = 2.0 * math.pi * bandwidth / rate
        self._pace = 1.0 / rate
        self._begun = self._frame = 0.0
        self._time: float | None = None

    def update(self, frame: float, time: float) -> FrameClock:
        """Take in that `frame` passed at about `time`; give the filtered clock.

        A gap of 16 periods, a step back, or a jump of more than 50 ms (start, xrun, suspend) starts the loop anew
        at that pair.
        """
        passed = frame - self._frame
        if self._time is None or not 0.0 < passed < self._longest:
            return self._restart(frame, time)
        predicted = self._time + passed * self._pace
        error = time - predicted
        if abs(error) > 0.05:
            return self._restart(frame, time)
        omega = max(self._bandwidth, WIDE / (frame - self._begun + TRUST * self._rate)) * passed
        self._time = predicted + math.sqrt(2.0) * omega * error
        self._pace += omega * omega * error / passed
        self._frame = frame
        return FrameClock(frame, self._time, 1.0 / self._pace)

    def _restart(self, frame: float, time: float) -> FrameClock:
        self._begun = self._frame = frame
        self._time, self._pace = time, 1.0 / self._rate
        return FrameClock(frame, time, self._rate)
