"""Which period to play with: the wanted one, until xruns repeat; then a longer one, up to the box's end.

Pure: times are passed in, in monotonic seconds.
"""

LONGEST = 256
"""Frames a period beyond which none grows: three of them are 16 ms at 48 kHz, and players begin to notice."""
APART = 1.0
"""Seconds between two incidents: a card that stumbles stumbles often, and one stall is no more than one."""
REPEATED, WITHIN = 3, 30.0
"""So many incidents within so many seconds, and the period grows."""
QUIET = 5.0
"""Seconds after an engine's start in which nothing counts: everything else is starting, too."""


class Easing:
    """The period of one box; `pinned` keeps it as it is. `why` tells what made it grow, for people."""

    def __init__(self, period: int, pinned: bool = False) -> None:
        self.period = period
        self.why = ""
        self._pinned = pinned
        self._incidents: list[float] = []
        self._counted = 0.0
        self._begun = 0.0

    def begin(self, now: float) -> None:
        """Another engine plays; it counts its xruns from 0."""
        self._begun, self._counted, self._incidents = now, 0.0, []

    def hear(self, xruns: float, granted: int, now: float) -> bool:
        """The engine, whose card granted `granted` frames a period, has counted so many xruns.

        Whether the period has just grown: then another engine shall be started with it.
        """
        fresh, self._counted = xruns - self._counted, xruns
        if fresh <= 0.0 or now - self._begun < QUIET or self._pinned or granted >= LONGEST:
            return False
        if self._incidents and now - self._incidents[-1] < APART:
            return False
        self._incidents = [*(moment for moment in self._incidents if now - moment <= WITHIN), now]
        if len(self._incidents) < REPEATED:
            return False
        took = self._incidents[-1] - self._incidents[0]
        self.period = min(max(2 * granted, self.period), LONGEST)
        self._incidents = []
        self.why = (
            f"the sound had {REPEATED} gaps within {took:.0f} s at {granted} frames a period: "
            f"it plays with {self.period} until the next start; choose a safer profile in the configuration, "
            "or pin the period there"
        )
        return True
