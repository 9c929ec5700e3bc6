"""Input strips, buses and master: the numbers that the kernel mixes by."""

import math

from jambox.sound import layout
from jambox.sound.agreement import StripSetting
from jambox.sound.tables import table
from jambox.units import Decibels, gain

CEILING = gain(Decibels(-0.31))
"""Amplitude that no sample passes: a hair under -0.3 dBFS, for the rounding of 16-bit cards."""
GLIDE = 0.010
"""Time constant, in seconds, with which every gain follows its goal."""
RELEASE = 0.150
"""Time constant, in seconds, with which the limiter lets go."""
FALL = 0.3
"""Time constant, in seconds, with which meters fall."""


class Strips:
    """The arrays of gains that glide. Real-time safe after construction."""

    def __init__(self, settings: tuple[StripSetting, ...]) -> None:
        self.strips = table("d", len(settings) * layout.STRIP_FLOATS)
        self.levels = table("d", layout.LEVELS)
        self.glides = table("d", layout.LEVELS)
        self.meters = table("d", layout.METERS)
        for number, setting in enumerate(settings):
            self.set_strip(number, setting)

    def set_strip(self, number: int, setting: StripSetting) -> None:
        """Let strip `number` glide to another gain and pan (equal power)."""
        angle = (setting.pan + 1.0) * math.pi / 4.0
        self.strips[number * layout.STRIP_FLOATS + layout.STRIP_LEFT_GOAL] = setting.gain * math.cos(angle)
        self.strips[number * layout.STRIP_FLOATS + layout.STRIP_RIGHT_GOAL] = setting.gain * math.sin(angle)


def coefficient(seconds: float, rate: float) -> float:
    """Per-frame factor by which a decay of that time constant falls: exp(-1 / (seconds rate))."""
    return math.exp(-1.0 / (seconds * rate))
