"""The scores that the engine was told: what each was made from, which comes next, and what leads to sam meanwhile."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import msgspec

from jambox.music.arrangement import Arrangement
from jambox.music.cycle import Score, Word
from jambox.music.passages import Kind, Passage
from jambox.music.roll import lay
from jambox.scene import Scene
from jambox.sound.shelves import Filled

KEPT = 16
"""Scores that are kept: MIDI may still be playing one of them."""
Tell = Callable[[bytes], None]
Prompt = Callable[[Arrangement, float, Sequence[Word]], tuple[Word, ...]]
"""What is said to players of an arrangement at a blend, beside the words that sound now."""


@dataclass(frozen=True)
class Take:
    """What a score was made from: of which line, on which shelves, and by which blend contested places are settled.

    A `passage` leads to its sams, by the cycle that led at the blend `led`, whoever leads by now.
    """

    arrangement: Arrangement
    line: int
    shelves: tuple[Filled, ...]
    settled: float = 0.0
    passage: Passage | None = None
    led: float = 0.0


class Scores:
    """Makes scores and hands them over, laid on a roll: `swap` for what is heard at once, `load` for what comes at sam.

    `sounding` is the serial of the score that the engine was last known to play; `shares` are energy and meet. `prompt`
    tells what is said.
    """

    def __init__(self, swap: Tell, load: Tell, prompt: Prompt = lambda *_: ()) -> None:
        self._swap, self._load, self._prompt = swap, load, prompt
        self.serial = self.sounding = 0
        self.shares = (Scene().energy, Scene().meet)
        self.scores: dict[int, Score] = {}
        self.takes: dict[int, Take] = {}

    def in_use(self) -> list[Take]:
        """The takes that sound and that come next."""
        return [self.takes[serial] for serial in (self.sounding, self.serial) if serial in self.takes]

    def words_in_use(self) -> list[Word]:
        """The words of the scores that sound and that come next."""
        scores = [self.scores[serial] for serial in (self.sounding, self.serial) if serial in self.scores]
        return [word for score in scores for word in score.words]

    def hand_over(self, take: Take) -> None:
        """Let a take come in at the next sam, or at once in silence."""
        self._tell(take, self.shares[1], self._load)

    def vary(self, shares: tuple[float, float], playing: int) -> None:
        """Let other shares be heard at once, and what changes places at sam; `playing` is the score that sounds."""
        self.sounding = playing
        if shares == self.shares or not self.serial:
            return
        self.shares = shares
        self.renew()

    def renew(self) -> None:
        """Let what sounds, and what comes at sam, be made anew; without a score nothing happens."""
        if not self.serial:
            return
        meet = self.shares[1]
        latest, now, waits = self.takes[self.serial], self.takes.get(self.sounding), False
        if now:
            waits = now.arrangement.moves(now.settled, meet)
            self._tell(now, now.settled if waits else meet, self._swap)
        if not now or now.arrangement is not latest.arrangement or waits or now.passage:
            self._tell(latest, meet, self._load)

    def lead(self, kind: Kind, playing: int, tempo: float, room: float, seed: int = 0) -> Passage | None:
        """Let a passage lead to the next sam, `room` beats away, from which on all goes on; None where nothing fits."""
        now = self.takes.get(playing)
        if now is None or not room:
            return None
        self.sounding = playing
        energy, meet = self.shares
        passage = now.arrangement.passage(kind, tempo, room, energy, meet, seed)
        if not passage.strokes and not passage.landing:
            return None
        latest = self.takes[self.serial]
        self._tell(replace(now, passage=passage, led=meet), now.settled, self._swap)
        self._tell(latest, meet, self._load)
        return passage

    def introduce(self, tempo: float, start: Callable[[float], None]) -> Passage:
        """Let an introduction lead to the first sam; `start` begins to play from that beat. There must be a score."""
        latest, (energy, meet) = self.takes[self.serial], self.shares
        passage = latest.arrangement.passage(Kind.INTRO, tempo, 0.0, energy, meet)
        self._tell(replace(latest, passage=passage, led=meet), meet, self._load)
        start(-passage.length)
        self._tell(latest, meet, self._load)
        return passage

    def _tell(self, take: Take, settled: float, tell: Tell) -> None:
        """Hand a take's score over as energy and meet are; its contested places are those of the blend `settled`."""
        self.serial += 1
        energy, meet = self.shares
        made = take.arrangement.score(self.serial, take.line, energy, meet, settled)
        sounding = self.scores.get(self.sounding)
        if words := self._prompt(take.arrangement, meet, sounding.words if sounding else ()):
            made = msgspec.structs.replace(made, words=words)
        if take.passage:
            made = take.arrangement.lead(made, take.passage, energy, take.led)
        self.scores[self.serial], self.takes[self.serial] = made, replace(take, settled=settled)
        for old in [serial for serial in self.scores if serial < self.serial - KEPT and serial != self.sounding]:
            del self.scores[old], self.takes[old]
        tell(bytes(lay(made)))
