"""The stages of all routes while they run, and the beats that they count."""

from collections.abc import Iterable, Mapping

from jambox.midi.stages import Running, Stage
from jambox.timeline import Timeline
from jambox.units import Bpm

TEMPO = Bpm(120.0)
"""Beats per minute until a tempo is told."""
ROUNDING = 1e-9
"""Beats by which a computed moment may fall short of the beat that it is computed from."""


class Company:
    """One `Running` for each stage that the table has. Times are seconds of one clock that does not go back.

    Beats are counted by a Timeline of seconds, on which a new tempo makes no jump. Not thread-safe.
    """

    __slots__ = ("_beats", "_running", "_stages")

    def __init__(self) -> None:
        self._stages: Mapping[str, tuple[Stage, str]] = {}
        self._running: dict[str, Running] = {}
        self._beats = Timeline(TEMPO, 1.0)

    def keep(self, stages: Mapping[str, tuple[Stage, str]]) -> list[str]:
        """Lets these run, see `Table.stages`: those that do already go on. Gives those that do no more."""
        gone = [identity for identity in self._running if identity not in stages]
        self._stages = stages
        self._running = {
            identity: self._running.get(identity) or stage.start() for identity, (stage, _) in stages.items()
        }
        return gone

    def of(self, source: str) -> list[str]:
        """The stages of one source."""
        return [identity for identity, (_, heard) in self._stages.items() if heard == source]

    def source(self, stage: str) -> str:
        """The source of a stage."""
        return self._stages[stage][1]

    def restart(self, stages: Iterable[str] | None = None) -> None:
        """Lets these, or all, begin anew: nothing waits any more."""
        for identity in tuple(self._running) if stages is None else stages:
            self._running[identity] = self._stages[identity][0].start()

    def pace(self, tempo: Bpm, now: float) -> bool:
        """Counts beats by another tempo from now on. Gives whether it is another."""
        changed = tempo != self._beats.tempo
        if changed:
            self._beats = self._beats.with_tempo(tempo, now)
        return changed

    def hear(self, stage: str, message: bytes, now: float) -> list[bytes]:
        """What goes on at once when a stage hears `message`; nothing if it does not run."""
        running = self._running.get(stage)
        return running.hear(message, self._beats.beat_at(now)) if running else []

    def due(self) -> float | None:
        """When there will be more; None when nothing waits."""
        beats = (beat for running in self._running.values() if (beat := running.due()) is not None)
        first = min(beats, default=None)
        return None if first is None else self._beats.frame_at(first)

    def take(self, now: float) -> list[tuple[str, bytes]]:
        """What goes on by `now`, by stage, in order."""
        beat = self._beats.beat_at(now) + ROUNDING
        return [(stage, message) for stage, running in self._running.items() for message in running.take(beat)]
