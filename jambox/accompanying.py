"""The box goes along with the players: where they play softly, or little, its rhythm is sparser, its drone softer."""

import math
from dataclasses import dataclass, field
from typing import Annotated

import msgspec

from jambox.scene import SILENCE, Scene
from jambox.units import Decibels, Seconds

SOFT, LOUD = Decibels(-42.0), Decibels(-15.0)
"""Falling peaks of all inputs, in dBFS: nobody plays, or hardly; and all do. Levelled inputs peak at -12."""
SWELL, SINK = Seconds(1.0), Seconds(4.0)
"""Time constants by which the drone comes up with the players, and goes back without them."""
BARS = 1.0
"""The same for the rhythm, in its own rounds from sam to sam: one loud note changes nothing."""
DENSE = 2.0
"""Strokes a beat from which on there are many."""
ENERGY_STEP, LEVEL_STEP = 0.05, 0.25
"""By how much energy (of 1) and level (dB) have to differ before they change: nothing flickers, and little is sent."""


class Accompanying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far the box goes along with the players; what is set by hand is where it ends when all play their loudest.

    `energy`: by which share of it the rhythm's energy goes down while nobody plays; `drone`: by how many dB the drone.
    Strokes are heard of whoever plays keys or pads on ports that fit one of `players` (see `Port.fits`), and of what is
    struck on strips that are marked `strokes`. `tempo`: they draw it along. `density`: by which share the rhythm's
    energy goes down while there are none.
    """

    energy: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    drone: Annotated[float, msgspec.Meta(ge=0, le=24)] = 0.0
    players: tuple[Annotated[str, msgspec.Meta(min_length=1)], ...] = ()
    tempo: bool = False
    density: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0

    @property
    def heeds_strokes(self) -> bool:
        """Whether anything comes of strokes."""
        return bool(self.tempo or self.density)


@dataclass
class Accompanist:
    """Listens, and changes a scene to what shall be heard. Starts as if all played."""

    along: Accompanying
    _heard: float | None = None
    _rhythm: float = 1.0
    _struck: float = 1.0
    _drone: float = 1.0
    _applied: tuple[float, float] = field(default=(1.0, 0.0))

    def hear(self, peak: float, length: float, tempo: float, now: float, strokes: int | None = None) -> bool:
        """The inputs' falling peak (an amplitude) is told at `now`; rounds are of `length` beats. Whether it matters.

        And how many strokes there were since the last call; None: nobody listens for them.
        """
        beat = 60.0 / tempo
        round_ = length * beat * BARS
        passed = 0.0 if self._heard is None else max(0.0, now - self._heard)
        self._heard = now
        share = loudness(peak)
        self._rhythm += (share - self._rhythm) * _towards(passed, round_)
        self._drone += (share - self._drone) * _towards(passed, SWELL if share > self._drone else SINK)
        if strokes is not None:
            self._struck += strokes / DENSE * beat / round_ - self._struck * _towards(passed, round_)
        energy = 1.0 - self.along.energy * (1.0 - self._rhythm)
        energy *= 1.0 - self.along.density * (1.0 - min(self._struck, 1.0))
        level = -self.along.drone * (1.0 - self._drone)
        if abs(energy - self._applied[0]) < ENERGY_STEP and abs(level - self._applied[1]) < LEVEL_STEP:
            return False
        self._applied = energy, level
        return True

    def accompany(self, scene: Scene) -> Scene:
        """The scene as it shall be heard now; the very same where nothing goes along."""
        energy, level = self._applied
        if self._applied == (1.0, 0.0):
            return scene
        drone = max(scene.drone_level + level, SILENCE) if scene.drone_level > SILENCE else scene.drone_level
        return msgspec.structs.replace(scene, energy=scene.energy * energy, drone_level=drone)


def loudness(peak: float) -> float:
    """How much is played, 0 to 1, straight along the decibels between SOFT and LOUD, by the inputs' peak amplitude."""
    level = 20.0 * math.log10(max(peak, 1e-9))
    return min(max((level - SOFT) / (LOUD - SOFT), 0.0), 1.0)


def _towards(passed: float, constant: float) -> float:
    """The share of the way that is gone in `passed` seconds with a time constant."""
    return 1.0 - math.exp(-passed / constant)
