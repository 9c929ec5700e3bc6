"""The card that plays the cue: found, played on by a process of its own, and let go. The main output does not notice.

`audio.cue` names it as `audio.prefer` names cards; it is looked for as guests are. `3/4` are outputs of the card that
the engine plays on, and need no process.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from jambox.config import OUTPUTS_3_4, Audio
from jambox.errors import DeviceError
from jambox.guestbook import HUNG, LONGEST_RETRY, RETRY, STEADY
from jambox.sound.agreement import WITH_CUE, Cueing, Ready, Request
from jambox.sound.cards import Card, card_of, may_play
from jambox.sound.outlet import Outlet, Report
from jambox.sound.supervisor import CueProcess

_log = logging.getLogger(__name__)


class CueCard:
    """Sees to the cue that `audio` wants.

    `told(card, here, news)` is called when a card begins to play it, and when that has left; that one plays it which
    was there at the first look is no news. For the event loop's thread.
    """

    def __init__(self, audio: Audio, told: Callable[[Card, bool, bool], None]) -> None:
        self._audio = audio
        self._told = told
        self._outlet = Outlet() if audio.cue not in ("", OUTPUTS_3_4) else None
        self._card: Card | None = None
        self._task: asyncio.Task[None] | None = None
        self._process: CueProcess | None = None
        self._refusal = ""
        self._tried: Card | None = None
        self._due, self._wait = 0.0, RETRY
        self._played, self._moved = -1.0, 0.0
        self._first: Card | None = None
        self._looked = self._absent = False
        self.descriptor = self._outlet.descriptor if self._outlet else -1

    def fault(self, ready: Ready | None) -> str:
        """Why there is no cue although there should be; `ready` is what the engine's device granted."""
        if self._audio.cue == OUTPUTS_3_4 and ready and ready.outputs < WITH_CUE:
            return f"cue: {ready.name} has no outputs 3 and 4: name another card in audio.cue"
        if self._absent:
            return f"cue: no card for it is here: plug in what audio.cue = {self._audio.cue!r} means, or change that"
        return self._refusal

    def look(self, found: Sequence[Card], host: str) -> None:
        """Play on a card that has come, let go of one that went, or on which the engine is about to play.

        `found` is what there is now, `host` the engine's device. Call it some times a second.
        """
        if self._outlet is None:
            return
        now = time.monotonic()
        card = self._chosen(found, host)
        self._first, self._looked = self._first if self._looked else card, True
        self._absent = card is None
        if self._task:
            if card != self._card:
                self._dismiss()
            else:
                self._watch(now)
        elif card and (now >= self._due or card != self._tried) and may_play(card):
            self._card = self._tried = card
            self._task = asyncio.ensure_future(self._serve(card, self._outlet, now))

    async def make_way(self, device: str) -> None:
        """Let go of the card that `device` names, so that the engine can have it, and wait until it is free."""
        if self._task and self._card and card_of(device, (self._card,)):
            self._dismiss()
            await asyncio.wait({self._task})

    def as_dict(self) -> dict[str, dict[str, object]]:
        """What plays the cue, for `jambox status`, by what the card is known by; `pace` is in frames per second."""
        if self._card is None or self._process is None or self._outlet is None:
            return {}
        cued, fares = self._process.ready, self._outlet.fares() or Report()
        told: dict[str, object] = {"rate": cued.rate, "period": cued.period, "periods": cued.periods}
        told |= {"format": cued.format, "realtime": cued.realtime, "pace": round(fares.pace, 2)}
        return {self._card.key: told | {"xruns": int(fares.xruns), "dry": int(fares.dry)}}

    async def close(self) -> None:
        """Let go of it."""
        if self._task:
            self._dismiss()
            await asyncio.wait({self._task})
        if self._outlet:
            self._outlet.close()

    def _chosen(self, found: Sequence[Card], host: str) -> Card | None:
        playing = card_of(host, found)
        able = [card for card in found if card.plays and card is not playing and card.is_meant(self._audio.cue)]
        return self._card if self._card in able else next(iter(able), None)

    def _watch(self, now: float) -> None:
        fares = self._outlet.fares() if self._outlet else None
        if self._process is None or fares is None:
            return
        if fares.played != self._played:
            self._played, self._moved = fares.played, now
        elif now - self._moved > HUNG:
            _log.error("the cue's card hangs: its process is killed")
            self._process.kill()

    def _dismiss(self) -> None:
        if self._process:
            self._process.kill()
        elif self._task:
            self._task.cancel()

    async def _serve(self, card: Card, outlet: Outlet, begun: float) -> None:
        audio, here = self._audio, False
        try:
            with suppress(asyncio.CancelledError):
                request = Request(card.device, audio.rate, *audio.buffer, 0)
                self._process = await CueProcess.start(Cueing(outlet.descriptor, request))
                here, self._refusal, self._moved = True, "", time.monotonic()
                _log.info("cue: %s, %d Hz", card.key, self._process.ready.rate)
                self._told(card, True, card != self._first)
                self._fail(await self._process.ended, here, begun)
        except DeviceError as fault:
            self._fail(str(fault), here, begun)
        finally:
            self._task = self._process = self._card = None
        if here:
            self._first = None
            _log.info("cue: %s is gone", card.key)
            self._told(card, False, True)

    def _fail(self, message: str, here: bool, begun: float) -> None:
        now = time.monotonic()
        self._wait = RETRY if here and now - begun > STEADY else self._wait
        self._due, self._wait = now + self._wait, min(2.0 * self._wait, LONGEST_RETRY)
        if not here and message != self._refusal:
            self._refusal = message
            _log.warning("cue: %s", message)
