"""The stages of all routes while they run, the beats that they count, and the ground that they tune by."""

from collections.abc import Iterable, Iterator, Mapping

from jambox.midi.ground import EQUAL, Ground
from jambox.midi.stages import Retuning, Running, Seat
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

    __slots__ = ("_beats", "_ground", "_news", "_running", "_seats")

    def __init__(self) -> None:
        self._seats: Mapping[str, Seat] = {}
        self._running: dict[str, Running] = {}
        self._beats = Timeline(TEMPO, 1.0)
        self._ground = EQUAL
        self._news: list[tuple[str, bytes]] = []

    def keep(self, seats: Mapping[str, Seat]) -> list[str]:
        """Lets these run, see `Table.stages`: those that do already go on. Gives those that do no more."""
        gone = [identity for identity in self._running if identity not in seats]
        self._news += [(to, sent) for to, retuning in self._tuning(gone) for sent in retuning.end()]
        before, self._seats = self._running, seats
        self._running = {identity: before.get(identity) or seat.stage.start() for identity, seat in seats.items()}
        self._begin([identity for identity in seats if identity not in before])
        return gone

    def news(self) -> list[tuple[str, bytes]]:
        """What to send to which destinations, since stages that tune them have come or gone; each once."""
        news, self._news = self._news, []
        return news

    def tune(self, ground: Ground) -> list[tuple[str, bytes]]:
        """Tunes by another ground from now on: what to send to which destinations."""
        self._ground = ground
        return [(to, sent) for to, retuning in self._tuning(self._running) for sent in retuning.tune(ground)]

    def of(self, source: str) -> list[str]:
        """The stages of one source."""
        return [identity for identity, seat in self._seats.items() if seat.source == source]

    def source(self, stage: str) -> str:
        """The source of a stage; empty where it has several."""
        return self._seats[stage].source

    def restart(self, stages: Iterable[str] | None = None) -> None:
        """Lets these, or all, begin anew: nothing waits any more."""
        chosen = tuple(self._running) if stages is None else tuple(stages)
        for identity in chosen:
            self._running[identity] = self._seats[identity].stage.start()
        self._begin(chosen)

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

    def _begin(self, stages: Iterable[str]) -> None:
        self._news += [(to, sent) for to, retuning in self._tuning(stages) for sent in retuning.begin(self._ground)]

    def _tuning(self, stages: Iterable[str]) -> Iterator[tuple[str, Retuning]]:
        """Those of `stages` that tune: which destination, and what does."""
        for identity in stages:
            running = self._running[identity]
            if isinstance(running, Retuning):
                yield self._seats[identity].destination, running
