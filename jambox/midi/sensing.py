"""Active sensing: a source that has sent it once, and then nothing at all, is no longer there."""

SILENCE = 0.33
"""Seconds: a sender leaves 270 ms at most, a receiver waits for 330 (MIDI 1.0 Detailed Specification, with the ten per
cent that it allows both)."""


class Sensing:
    """When each source that has sent active sensing was heard last. Times are seconds of one clock. Not thread-safe."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: dict[str, float] = {}

    def __bool__(self) -> bool:
        """Whether there is any such source."""
        return bool(self._last)

    def sensed(self, source: str, now: float) -> None:
        """Takes active sensing from `source`: from here on its silence means something."""
        self._last[source] = now

    def heard(self, source: str, now: float) -> None:
        """Takes any bytes from `source`."""
        if source in self._last:
            self._last[source] = now

    def silent(self, now: float) -> list[str]:
        """The sources that have been silent for `SILENCE`; each once, until it sends active sensing again."""
        found = [source for source, last in self._last.items() if now - last >= SILENCE]
        for source in found:
            del self._last[source]
        return found

    def forget(self, source: str) -> None:
        """Expects nothing more of `source`, which was unplugged."""
        self._last.pop(source, None)
