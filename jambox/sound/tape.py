"""How far samples are read by which frame, where their pitch is bent: as a tape that runs faster and slower."""

import math


class Tape:
    """Glides from one speed to another as the voices do (`Voices.glide`), so that both stay together. Real-time safe.

    Positions are in frames of the bank, speeds in such frames per frame.
    """

    __slots__ = ("_at", "_begun", "_slide", "_speed", "goal", "settled")

    def __init__(self) -> None:
        self.goal = 1.0
        """The speed that it has, or glides to."""
        self.settled = 0
        """The frame from which on it has that."""
        self._begun, self._at, self._speed, self._slide = 0, 0.0, 1.0, 0.0

    def start(self, frame: int, position: float, speed: float) -> None:
        """Be at `position` on `frame`, and run evenly."""
        self._begun = self.settled = frame
        self._at, self._speed, self._slide, self.goal = position, speed, 0.0, speed

    def glide(self, speed: float, frame: int, frames: float) -> None:
        """Go over to another speed within so many `frames` from `frame` on."""
        present = self.speed(frame)
        self._at = self.position(frame)
        self._begun, self._speed, self.goal = frame, present, speed
        self._slide = (speed - present) / frames
        self.settled = frame + math.ceil(frames)

    def speed(self, frame: int) -> float:
        """How fast it runs on a frame from the latest start or glide on."""
        return self.goal if frame >= self.settled else self._speed + (frame - self._begun) * self._slide

    def position(self, frame: int) -> float:
        """Where it is on such a frame."""
        gliding = min(frame, self.settled) - self._begun
        glided = gliding * self._speed + 0.5 * gliding * (gliding - 1) * self._slide
        return self._at + glided + max(frame - self.settled, 0) * self.goal

    def frame_at(self, position: float) -> int:
        """The first such frame on which it has come to `position`."""
        beyond = position - self.position(self.settled)
        if beyond > 0.0:
            return self.settled + math.ceil(beyond / self.goal - 1e-9)
        early, late = self._begun - 1, self.settled
        while late - early > 1:
            between = (early + late) // 2
            early, late = (between, late) if self.position(between) < position else (early, between)
        return late

    def behind(self, frame: int) -> float:
        """By how many of the bank's frames it is behind one that has run at its goal since `frame`, from position 0."""
        return (self.settled - frame) * self.goal - self.position(self.settled)
