"""The engine kept playing: started, watched, restarted with the same state, moved to the best card that there is."""

import asyncio
import logging
import re
import time
from collections.abc import Callable

import msgspec

from jambox.config import Audio
from jambox.easing import Easing
from jambox.errors import DeviceError
from jambox.sound import cards, meters
from jambox.sound.agreement import Ready, Request, Settings
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


def wanted_device(audio: Audio) -> str:
    """The ALSA name to play on now: what the config names, or the best card, or `null`."""
    if audio.device != "auto":
        return audio.device
    card = cards.choose(cards.listed())
    return card.device if card else NULL


class Keeper:
    """Keeps an engine running for `audio`, with `mixer`, until `close`.

    `on_engine(link)` is called whenever a new engine plays and must be told everything. While the wanted device
    cannot be had, the engine plays into the null device and `fault` says why. For the event loop's thread.
    """

    def __init__(self, audio: Audio, mixer: Mixer, bank: int, seed: int, on_engine: Callable[[Link], None]) -> None:
        self._audio = audio
        self._mixer = mixer
        self._bank = bank
        self._seed = seed
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

    def meters(self) -> dict[str, object]:
        """The engine's latest meters, in dB."""
        return meters.as_dict(self.link.meters())

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

    async def reconsider(self) -> None:
        """While on the null device for want of a card: try it again when cards have come or gone, or it was refused."""
        if self._engine is None or self._closing.is_set() or self.ready is None or self.ready.name != NULL:
            return
        device, found = wanted_device(self._audio), cards.listed()
        named = any(card.id in re.split("[:=,]", device) for card in found)
        due = time.monotonic() - self._tried > self._retry
        if device != NULL and (found != self._cards or (named and due)):
            await self._engine.stop()

    async def _one_life(self) -> str:
        link = Link()
        found, device = cards.listed(), wanted_device(self._audio)
        self._retry = RETRY if found != self._cards else min(2.0 * self._retry, LONGEST_RETRY)
        self._cards, self._tried = found, time.monotonic()
        try:
            engine = await EngineProcess.start(self._settings(link, device))
            self.fault = "" if device != NULL or self._audio.device == NULL else NO_CARD
            if self.fault:
                _log.warning("audio: %s", self.fault)
        except DeviceError as fault:
            if str(fault) != self.fault:
                _log.error("%s", fault)
            self.fault = str(fault)
            link.close()
            link = Link()
            engine = await EngineProcess.start(self._settings(link, NULL))
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

    def _settings(self, link: Link, device: str) -> Settings:
        audio = self._audio
        request = Request(device, audio.rate, self._easing.period, audio.buffer[1], audio.inputs)
        return Settings(link.descriptor, self._bank, request, self._mixer, self._seed)


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
