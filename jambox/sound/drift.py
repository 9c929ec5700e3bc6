"""At which pace a card is read that keeps its own clock, so that it neither runs dry nor falls behind.

Two cards of 48,000 Hz differ by some ten to hundreds of parts per million. Each has its FrameClock, which says when its
frames pass; both together say which frame of the guest passes with which frame of the host. What is read stays a fixed
delay behind that: the method of F. Adriaensen, "Controlling adaptive resampling", Linux Audio Conference 2012.
"""

from jambox.frameclock import FrameClock

SETTLE = 4.0
"""Seconds in which a deviation falls to a third: the slower, the less is heard of the noise in the clocks."""
REACH = 0.002
"""Share of the pace that is added or taken away at most to make a deviation up: 3.5 cents, which nobody hears."""
LOST = 0.02
"""Seconds of deviation past which it is not made up but skipped: the guest stopped, or its clock jumped."""


class Drift:
    """Where to read a guest's frames, `delay` of its frames behind the one that passes now. Real-time safe.

    `position` is the guest's frame, with its fraction, that is read next, None until there is one; `step` the guest's
    frames for each of the host's. Another `delay` is moved to as other deviations are.
    """

    __slots__ = ("delay", "position", "step")

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.position: float | None = None
        self.step = 1.0

    def follow(self, host: FrameClock, guest: FrameClock, frame: float) -> tuple[float, float, float] | None:
        """What to read for the block that begins at the host's `frame`: position, step at its begin and at its end.

        None when there is nothing to read yet or reading begins anew, which the next call does.
        """
        there = guest.frame_at(host.time_at(frame)) - self.delay
        ratio = guest.rate / host.rate
        if there < 0.0 or (self.position is not None and abs(there - self.position) > LOST * guest.rate):
            self.position = None
            return None
        if self.position is None:
            self.position, self.step = there, ratio
        before = self.step
        correction = (there - self.position) / (SETTLE * guest.rate)
        self.step = ratio * (1.0 + min(max(correction, -REACH), REACH))
        return self.position, before, self.step
