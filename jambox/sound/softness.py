"""How a soft stroke differs from a loud one: darker, and as much quieter as its velocity says.

A sound is kept as it is when struck with full force. Of a softer stroke, a share of what lies above a corner is taken
away: a shelf of first order, x - dark (x - low), `low` being x behind a one-pole low-pass. Its energy is of second
degree in that share, so that two figures, measured once, tell for every velocity by how much to lift what is left.
"""

from typing import NamedTuple

FAINTEST = 1e-6
"""Of the energy, what counts as left in any case."""


class Softness(NamedTuple):
    """How one sample darkens: above `corner` (Hz; 0 for not at all), to velocity ** `power` of what there was.

    `low` and `high` are the shares, 0…1, of its K-weighted energy below and above the corner, each by itself.
    """

    corner: float = 0.0
    power: float = 0.0
    low: float = 0.0
    high: float = 0.0

    def struck(self, velocity: float) -> tuple[float, float]:
        """What a stroke of `velocity`, 0 to 1 or over, loses above the corner (0…1), and the factor that makes up.

        At full velocity, exactly 0 and 1. Real-time safe.
        """
        if self.corner <= 0.0 or velocity >= 1.0:
            return 0.0, 1.0
        kept: float = max(velocity, 0.0) ** self.power
        energy = self.low + kept * (1.0 - self.low - self.high) + kept * kept * self.high
        return 1.0 - kept, max(energy, FAINTEST) ** -0.5


EVEN = Softness()
"""Of what is only quieter when it is struck softly."""
