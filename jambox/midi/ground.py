"""What the keys shall sound: the box's tonic and tuning, as routes ask for them."""

import math
from dataclasses import dataclass

KEYS = tuple(float(key) for key in range(128))


@dataclass(frozen=True, slots=True)
class Ground:
    """`tonic` as a key, with a fraction; what each key shall sound, as such a key too, None for nothing."""

    tonic: float = 0.0
    pitches: tuple[float | None, ...] = KEYS

    @property
    def keys(self) -> tuple[int, ...]:
        """The keys nearest to what sounds, from the lowest; the lower of two. The tonic's own is nearest to it."""
        off = self.tonic - round(self.tonic)
        near = {math.ceil(round(pitch - off, 6) - 0.5) for pitch in self.pitches if pitch is not None}
        return tuple(sorted(key for key in near if 0 <= key <= 127))


EQUAL = Ground()
"""Twelve-tone equal temperament."""
