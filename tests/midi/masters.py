"""Clocks for whoever follows one: masters whose ticks jitter, speed up, are lost, or come twice."""

import random
from collections.abc import Callable, Iterator

from jambox.midi.follow import Follower, Lead
from jambox.midi.messages import CLOCK
from jambox.midi.sync import PPQN

JITTER = 1e-3
"""Seconds by which a tick is late at most."""
MEAN = JITTER / 2.0
A, B = "A:A 20:0", "B:B 24:0"
Tempo = Callable[[float], float]


def steady(tempo: float) -> Tempo:
    return lambda _beat: tempo


HUNDRED = steady(100.0)


class Master:
    """A clock with jitter: `beats` hands its ticks to a Follower, and gives each tick's beat and true time."""

    def __init__(self, follower: Follower, source: str = A, seed: int = 0, time: float = 100.0) -> None:
        self.follower, self.source, self.time, self.beat = follower, source, time, 0.0
        self.chance = random.Random(seed)

    def tell(self, message: bytes, before: float = 0.002) -> None:
        self.follower.hear(self.source, message, self.time - before)

    def beats(
        self, count: float, tempo: Tempo = HUNDRED, *, missing: float = 0.0, twice: float = 0.0
    ) -> Iterator[tuple[float, float]]:
        """Goes on for `count` beats; `time` is then that of the next tick."""
        for _ in range(round(count * PPQN)):
            late = self.time + JITTER * self.chance.random()
            if self.chance.random() >= missing:
                self.follower.hear(self.source, CLOCK, late)
            if self.chance.random() < twice:
                self.follower.hear(self.source, CLOCK, late + 0.0005)
            yield self.beat, self.time
            self.time += 60.0 / PPQN / tempo(self.beat)
            self.beat += 1.0 / PPQN

    def play(self, count: float, tempo: Tempo = HUNDRED, *, missing: float = 0.0, twice: float = 0.0) -> None:
        for _ in self.beats(count, tempo, missing=missing, twice=twice):
            pass

    @property
    def lead(self) -> Lead:
        """What is known when the latest tick has come."""
        lead = self.follower.lead(self.time)
        assert lead is not None
        return lead

    @property
    def off(self) -> float:
        """Seconds by which the beat is believed to be ahead of where it is, the mean of the jitter apart."""
        lead = self.lead
        return (lead.beat_at(self.time + MEAN) - self.beat) * 60.0 / lead.tempo
