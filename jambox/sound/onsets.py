"""When something is struck, told from sound: a rise of level, from one short piece to the next, above what still rings.

Sound comes in as `hearing.Funnel` thins it out, in any pieces. Levels are those of its second differences, from sample
to sample, in which a stroke stands out from the lower tones that go on: the energy weighted towards high frequencies
that J. P. Bello et al. review ("A tutorial on onset detection in music signals", IEEE Transactions on Speech and Audio
Processing 13, 2005).
"""

import math
from collections import deque
from collections.abc import Sequence
from operator import mul, sub

HOP = 64
"""Samples of a piece: 5 ms at the Funnel's 12 kHz."""
BEFORE = 7
"""Pieces that it is compared with, but for the last, in which a stroke may have begun."""
RISE = 4.0
"""dB by which it must be louder than the loudest of them."""
QUIET = -65.0
"""dBFS of those differences below which nothing is struck."""
PAUSE = 11
"""Pieces from one stroke to the next at least, 59 ms: what comes sooner belongs to it."""


class Onsets:
    """Tells the strokes in what it is fed. Some 0.1 ms for a tenth of a second of sound."""

    def __init__(self) -> None:
        self._rest: list[float] = [0.0, 0.0]  # the last samples of the piece before, and what is less than a piece
        self._levels: deque[float] = deque([0.0] * BEFORE, BEFORE)
        self._piece = 0
        self._last = -PAUSE

    def feed(self, samples: Sequence[float]) -> list[int]:
        """The samples at which something is struck, each by its number from the first that was ever fed; to HOP / 2."""
        self._rest += samples
        found = []
        pieces = (len(self._rest) - 2) // HOP
        for k in range(pieces):
            piece = self._rest[k * HOP : (k + 1) * HOP + 2]
            slopes = list(map(sub, piece[1:], piece))
            steps = list(map(sub, slopes[1:], slopes))
            level = 10.0 * math.log10(sum(map(mul, steps, steps)) / HOP + 1e-12)
            before = max(list(self._levels)[:-1])
            if level > QUIET and level > before + RISE and self._piece - self._last >= PAUSE:
                self._last = self._piece
                found.append(self._piece * HOP + _middle(steps))
            self._levels.append(level)
            self._piece += 1
        del self._rest[: pieces * HOP]
        return found


def _middle(steps: Sequence[float]) -> int:
    """Where in a piece its loud part begins: at the first step half as large as the largest."""
    half = 0.5 * max(map(abs, steps))
    return next(n for n, step in enumerate(steps) if abs(step) >= half)
