"""What the keys shall sound: the box's tonic and tuning, as routes ask for them."""

import math
from dataclasses import dataclass

from jambox.units import A4

KEYS = tuple(float(key) for key in range(128))


@dataclass(frozen=True, slots=True)
class Ground:
    """`tonic` as a key, with a fraction; what each key shall sound, as such a key too, None for nothing.

    Keys are counted by `a4`, in Hz: at that, key 69 sounds.
    """

    tonic: float = 0.0
    pitches: tuple[float | None, ...] = KEYS
    a4: float = A4

    @property
    def keys(self) -> tuple[int, ...]:
        """The keys nearest to what sounds, from the lowest; the lower of two. The tonic's own is nearest to it."""
        off = self.tonic - round(self.tonic)
        near = {math.ceil(round(pitch - off, 6) - 0.5) for pitch in self.pitches if pitch is not None}
        return tuple(sorted(key for key in near if 0 <= key <= 127))

    @property
    def heard(self) -> tuple[float | None, ...]:
        """`pitches` as an instrument counts them whose A4 is 440 Hz."""
        apart = 12.0 * math.log2(self.a4 / A4)
        return tuple([None if pitch is None else pitch + apart for pitch in self.pitches])


EQUAL = Ground()
"""Twelve-tone equal temperament."""
