"""The engine kept playing: started, watched, restarted with the same state, moved to the best card that there is."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

import msgspec

from jambox.config import OUTPUTS_3_4, Audio
from jambox.cuecard import CueCard
from jambox.easing import Easing
from jambox.errors import DeviceError
from jambox.guestbook import Guestbook
from jambox.sound import cards
from jambox.sound.agreement import OUTPUTS, WITH_CUE, Ready, Request, Settings
from jambox.sound.commands import Status
from jambox.sound.parameters import Mixer
from jambox.sound.shared import Link
from jambox.sound.supervisor import EngineProcess

HUNG = 0.5
"""Seconds without a new frame after which an engine counts as hung."""
PATIENCE = (0.0, 0.0, 0.5, 2.0, 5.0)
"""Seconds before each restart of an engine that dies again within STEADY."""
STEADY = 10.0
RETRY, LONGEST_RETRY = 2.0, 60.0
"""Seconds after which a card that is there and refuses is tried again, doubling: each time the rhythm halts."""
NULL = "null"
NO_CARD = "no sound card that plays was found: the box plays into nothing until one is plugged in"
_log = logging.getLogger(__name__)


def wanted_devices(audio: Audio, found: Sequence[cards.Card]) -> tuple[str, ...]:
    """The ALSA names to play on, best first: what the config names, or the cards that it prefers, or `null`."""
    if audio.device != "auto":
        return (audio.device,)
    # What shall play the cue plays the mix only where nothing else does.
    able = sorted(cards.ranked(found, audio.prefer), key=lambda card: card.is_meant(audio.cue))
    return tuple(card.device for card in able) or (NULL,)


def wanted_device(audio: Audio) -> str:
    """The best of `wanted_devices` now."""
    return wanted_devices(audio, cards.listed())[0]


class Keeper:
    """Keeps an engine running for `audio`, with `mixer` and, if there are any, `guests` and `cue`, until `close`.

    `on_engine(link)` is called whenever a new engine plays and must be told everything. While the wanted `device`
    cannot be had, the engine plays on the next best, or into the null device, and `fault` says why. For the event
    loop's thread.
    """

    def __init__(
        self,
        audio: Audio,
        mixer: Mixer,
        bank: int,
        seed: int,
        on_engine: Callable[[Link], None],
        guests: Guestbook | None = None,
        cue: CueCard | None = None,
        humanise: float = 0.0,
    ) -> None:
        self._audio = audio
        self._mixer = mixer
        self._guests, self._cue = guests, cue
        self._bank = bank
        self._seed, self._humanise = seed, humanise
        self._on_engine = on_engine
        self._engine: EngineProcess | None = None
        self._closing = asyncio.Event()
        self._cards: tuple[cards.Card, ...] = ()
        self._tried, self._retry = 0.0, RETRY
        self._last_frame = 0.0
        self._moved = 0.0
        self._easing = Easing(audio.buffer[0], audio.pinned)
        self._ending: asyncio.Future[None] | None = None
        self.link = Link()
        self.ready: Ready | None = None
        self.device = ""
        self.fault = ""
        self.restarts = 0

    @property
    def strained(self) -> str:
        """Why the period is longer than what was wanted; empty while it is not."""
        return self._easing.why

    @property
    def pid(self) -> int:
        """The engine's process; 0 while there is none."""
        return self._engine.pid if self._engine else 0

    async def run(self) -> None:
        """Start, watch and restart, until `close`."""
        deaths = 0
        while not self._closing.is_set():
            begun = time.monotonic()
            message = await self._one_life()
            if self._closing.is_set():
                return
            well = not message or time.monotonic() - begun > STEADY
            deaths = 0 if well else min(deaths + 1, len(PATIENCE) - 1)
            self.restarts += 1
            _log.warning("the engine ended (%s): it is started again", message or "asked to")
            await asyncio.sleep(PATIENCE[deaths])

    async def close(self) -> None:
        """Let the engine fade out and end."""
        self._closing.set()
        if self._engine:
            await self._engine.stop()

    def set_mixer(self, mixer: Mixer) -> None:
        """Let this engine, and all that come after it, glide to other parameters."""
        self._mixer = mixer
        self.link.set_mixer(mixer)

    def status(self) -> Status:
        """The engine's latest report."""
        return self.link.status()

    def look(self) -> None:
        """Kill an engine that hangs, end one whose xruns repeat for one with a longer period. Call it every 20 ms."""
        if self._engine is None or self._closing.is_set():
            return
        now, status = time.monotonic(), self.link.status()
        frame = status.frame
        if self.ready and self._easing.hear(status.xruns, self.ready.period, now):
            _log.warning("%s", self._easing.why)
            self._ending = asyncio.ensure_future(self._engine.stop())
        if frame != self._last_frame:
            self._last_frame, self._moved = frame, now
        elif now - self._moved > HUNG:
            _log.error("the engine hangs: it is killed")
            self._engine.kill()
            self._moved = now

    async def reconsider(self, found: Sequence[cards.Card]) -> None:
        """Move to a better card of those `found` when one has come; call it some times a second.

        From the null device also when a card that refused may be tried again.
        """
        if self._engine is None or self._closing.is_set() or self.ready is None:
            return
        best, plays, changed = wanted_devices(self._audio, found)[0], self.ready.name, tuple(found) != self._cards
        if best == plays:
            self.fault = NO_CARD if plays == NULL != self._audio.device else ""
        if best in (plays, NULL):
            return
        card = cards.card_of(best, found)
        if plays != NULL:
            # Each move halts the music for a moment: not before it can succeed, and once for each card that comes.
            move = changed and card is not None and cards.may_play(card)
        else:
            due = time.monotonic() - self._tried > self._retry
            move = changed or (card is not None and due)
        if move:
            await self._engine.stop()

    async def _one_life(self) -> str:
        link = Link()
        found = cards.listed()
        self._retry = RETRY if found != self._cards else min(2.0 * self._retry, LONGEST_RETRY)
        self._cards, self._tried = found, time.monotonic()
        link, engine, self.fault = await self._best(link, found)
        old, self.link, self._engine, self.ready = self.link, link, engine, engine.ready
        old.close()
        self._easing.begin(time.monotonic())
        link.set_mixer(self._mixer)  # it may have changed while the engine started
        self._last_frame, self._moved = -1.0, time.monotonic()
        if self._closing.is_set():
            await engine.stop()
        else:
            self._on_engine(link)
        message = await engine.ended
        self._engine = None
        return message

    async def _best(self, link: Link, found: Sequence[cards.Card]) -> tuple[Link, EngineProcess, str]:
        """An engine on the best device that can be had, its link, and why it is not the best of all."""
        wanted, fault = wanted_devices(self._audio, found), ""
        for device in wanted:
            try:
                engine = await self._start(link, device)
            except DeviceError as refusal:
                if str(refusal) not in (self.fault, fault):
                    _log.error("%s", refusal)
                fault = fault or str(refusal)
                link.close()
                link = Link()
            else:
                if device == NULL != self._audio.device:
                    _log.warning("audio: %s", NO_CARD)
                    fault = NO_CARD
                return link, engine, fault
        return link, await self._start(link, NULL), fault

    async def _start(self, link: Link, device: str) -> EngineProcess:
        self.device = device
        if self._guests:
            await self._guests.make_way(device)
        if self._cue:
            await self._cue.make_way(device)
        return await EngineProcess.start(self._settings(link, device))

    def _settings(self, link: Link, device: str) -> Settings:
        audio = self._audio
        outputs = WITH_CUE if audio.cue == OUTPUTS_3_4 else OUTPUTS
        request = Request(device, audio.rate, self._easing.period, audio.buffer[1], audio.inputs, outputs)
        outlet = self._cue.descriptor if self._cue else -1
        inlets, count = (self._guests.descriptor, self._guests.count) if self._guests else (-1, 0)
        words = (self._seed, inlets, count, outlet, self._humanise)
        return Settings(link.descriptor, self._bank, request, self._mixer, *words)


def describe(ready: Ready) -> str:
    """One line for people: card, period, inputs, and the rights that the engine has."""
    milliseconds = 1000.0 * ready.period / ready.rate
    rights = "real time" if ready.realtime else "no real-time rights: `jambox doctor` tells how to get them"
    locked = "" if ready.locked else ", memory not locked"
    return (
        f"audio: {ready.name}, {ready.rate} Hz, {ready.period} frames ({milliseconds:.1f} ms) x {ready.periods}, "
        f"{ready.inputs} inputs, {ready.format}, {rights}{locked}"
    )


def as_dict(ready: Ready | None) -> dict[str, object]:
    """What the engine's device granted, for `jambox status`."""
    return msgspec.structs.asdict(ready) if ready else {}
