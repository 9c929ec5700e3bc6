"""Strokes of players, and on strips that are marked, while the rhythm plays: counted, and the tempo goes along."""

import sys
from collections.abc import Callable
from dataclasses import replace

from jambox import pulse
from jambox.accompanying import Accompanying
from jambox.actions import Action, Led
from jambox.approach import Approach
from jambox.ensemble import Ensemble
from jambox.following import worth
from jambox.music.cycle import Score
from jambox.music.humanising import Touch
from jambox.overheard import Overheard, Own, own
from jambox.rack import Rack
from jambox.scene import FASTEST, SLOWEST
from jambox.sound import hearing
from jambox.sound.commands import Status
from jambox.sound.onsets import Onsets
from jambox.sound.shared import Link
from jambox.stage import Stage
from jambox.state import State
from jambox.tracking import Pace, Tracker
from jambox.units import Bpm

NEWS = 0.005
"""Share by which the tempo that is drawn must differ from the scene's to become that: it is saved then."""


class Along:
    """Hears the players whom `wished` names, and who strike on strips that are marked for it.

    While the box leads, it gives `act` the tempo where that is wished. The `touch` plays the box's own strokes. Times
    are monotonic seconds. For the event loop's thread. Free of cost where nobody is named, and no strip is marked.
    """

    def __init__(
        self,
        wished: Accompanying,
        touch: Touch,
        rack: Rack,
        ensemble: Ensemble,
        stage: Stage,
        act: Callable[[Action], None],
    ) -> None:
        self._wished, self._touch, self._act = wished, touch, act
        self._rack, self._ensemble, self._stage = rack, ensemble, stage
        self._tracker, self._approach, self._overheard = Tracker(), Approach(), Overheard()
        self._passed, self._first, self._read = sys.maxsize, 0, 0
        self._link: Link | None = None
        self._onsets = Onsets()
        self._score, self._own = -1, Own((), 1.0)
        self._home = self._told = Bpm(0.0)
        self._steered = 0.0
        self._count: int | None = None

    def steer(self, status: Status, state: State, now: float) -> Bpm | None:
        """The tempo that the engine is to go on in, if that is worth a command. Call it some ten times a second."""
        if not self._listens:
            self._rest()
            return None
        beat = pulse.beat_at(status, now)
        score = self._stage.scores.get(int(status.score))
        if beat is None or score is None or not state.rhythm_on:
            self._rest()
            return None
        if state.scene.tempo != self._told:
            self._home = self._told = Bpm(state.scene.tempo)
            self._tracker.forget()
        box = Pace(now, beat, status.tempo / 60.0)
        strokes = sorted((*self._struck(), *self._overhear(status, box, score)))
        self._count = (self._count or 0) + len(strokes)
        if state.leader or not self._wished.tempo:
            self._tracker.forget()
            return None
        for time in strokes:
            self._tracker.hear(time)
        self._tracker.look(box, self._home)
        passed, self._steered = min(max(now - self._steered, 0.0), 1.0), now
        return self._draw(status, box, passed)

    def counted(self) -> int | None:
        """How many strokes there were since the last call; None while they are not listened for."""
        count = self._count
        if count is not None:
            self._count = 0
        return count

    def as_dict(self) -> dict[str, object]:
        """For `jambox status`; empty where nobody is listened to."""
        if not self._listens:
            return {}
        pace = self._tracker.pace
        told: dict[str, object] = {"sure": pace is not None, "strokes": self._tracker.strokes}
        if pace:
            told["tempo"] = round(pace.tempo, 2)
        if self._marked:
            told |= {"strips": self._marked, "inputs_hear_box": self._overheard.hears_box}
        return told

    @property
    def _listens(self) -> bool:
        return self._wished.heeds_strokes and bool(self._wished.players or self._marked)

    @property
    def _marked(self) -> list[int]:
        """The strips that are marked, counted from 1."""
        return [number for number, strip in enumerate(self._rack.mixer.strips, 1) if strip.strokes]

    def _draw(self, status: Status, box: Pace, passed: float) -> Bpm | None:
        tempo = self._told
        if pace := self._tracker.pace:
            drawn = self._approach.draw(pace, self._tracker.exact, box, self._home, passed)
            tempo, kept = (Bpm(min(max(each, SLOWEST), FASTEST)) for each in drawn)
            if abs(kept / self._told - 1.0) > NEWS:
                self._told = kept
                self._act(Led("", kept))
        else:
            self._approach.forget()
        return tempo if worth(tempo, status) else None

    def _rest(self) -> None:
        """Somebody else leads, or nothing plays: what is heard meanwhile is not for us."""
        self._tracker.forget()
        self._overheard.forget()
        self._link = self._count = None
        self._passed = sys.maxsize

    def _struck(self) -> list[float]:
        if not self._wished.players:
            return []
        self._passed, times = self._ensemble.struck(self._passed, self._wished.players)
        return times

    def _overhear(self, status: Status, box: Pace, score: Score) -> list[float]:
        """When players have struck what the inputs hear."""
        link, ready = self._rack.keeper.link, self._rack.keeper.ready
        if not self._marked or ready is None:
            return []
        last = link.heard
        if link is not self._link or not 0 <= last - self._read <= hearing.KEPT // 2:
            self._link, self._first, self._read, self._onsets = link, last, last, Onsets()
        strikes = self._strikes(score, status.origin)
        self._overheard.look(box.beat, strikes, held=self._tracker.pace is not None)
        found = self._onsets.feed(link.overhear_strokes(self._read, last))
        self._read = last
        factor = hearing.thinning(ready.rate)
        # A frame is captured before the block is read that it lies in.
        clock = pulse.heard(status).later(-status.latency - ready.period)
        times = [clock.time_at((self._first + sample) * factor) for sample in found]
        return [time for time in times if self._overheard.is_players(box.beat_at(time), box.rate, strikes)]

    def _strikes(self, score: Score, origin: float) -> Own:
        if self._score != score.serial:
            self._score, self._own = score.serial, own(score, self._touch, origin)
        if self._own.origin != origin:
            self._own = replace(self._own, origin=origin)
        return self._own
