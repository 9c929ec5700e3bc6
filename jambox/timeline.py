"""Timeline: beats to frames and back, as a pure bijection (the model of Ableton Link's timelines)."""

from dataclasses import dataclass

from jambox.units import Beats, Bpm


@dataclass(frozen=True, slots=True)
class Timeline:
    """At `frame0` the position is `beat0`, and beats pass at `tempo` for ever before and after.

    `rate` is in frames per second, `tempo` in beats per minute; both above 0. Frames are fractional here, so that
    nothing drifts; whoever plays rounds once, at the end. Real-time safe: arithmetic only.
    """

    tempo: Bpm
    rate: float
    beat0: float = 0.0
    frame0: float = 0.0

    @property
    def frames_per_beat(self) -> float:
        return 60.0 * self.rate / self.tempo

    def frame_at(self, beat: float) -> float:
        """The frame, with fraction, at which `beat` falls."""
        return self.frame0 + (beat - self.beat0) * self.frames_per_beat

    def beat_at(self, frame: float) -> Beats:
        """The beat position at `frame`: the inverse of `frame_at`."""
        return Beats(self.beat0 + (frame - self.frame0) / self.frames_per_beat)

    def with_tempo(self, tempo: Bpm, frame: float) -> "Timeline":
        """The Timeline that goes on from this one's position at `frame` in another tempo: no jump."""
        return Timeline(tempo, self.rate, self.beat_at(frame), frame)

    def with_beat(self, beat: float, frame: float) -> "Timeline":
        """The Timeline of the same tempo on which `beat` falls at `frame`."""
        return Timeline(self.tempo, self.rate, beat, frame)
