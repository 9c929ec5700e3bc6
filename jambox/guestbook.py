"""The cards that join as guests: found, captured by a process of their own, seated on their strips, and let go.

Cards are looked for in /proc/asound some times a second, as `cards.listed` does in some 50 µs. That needs no rights, no
further library, and no kind of socket that the service is not allowed (udev's are netlink). A card that went and came
between two looks is not missed: its process ended.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from jambox.config import Audio, CardStrips
from jambox.errors import DeviceError
from jambox.seating import Seat
from jambox.sound import guests, seats
from jambox.sound.agreement import Capturing, Request
from jambox.sound.cards import Card, card_of
from jambox.sound.inlets import Inlets
from jambox.sound.parameters import Mixer
from jambox.sound.supervisor import GuestProcess

PERIODS = 8
"""In a guest's buffer: what lies there ahead of a reader that is in time costs nothing."""
RETRY, LONGEST_RETRY = 0.5, 60.0
"""Seconds after which a card that refused, or broke off, is tried again, doubling."""
STEADY = 10.0
"""Seconds after which one that breaks off is as good as new."""
HUNG = 1.0
"""Seconds without a new frame after which a guest counts as hung."""
_log = logging.getLogger(__name__)


@dataclass
class _Guest:
    """A card that is a guest, or about to be."""

    card: Card
    number: int
    begun: float
    process: GuestProcess | None = None
    seat: Seat | None = None
    written: float = -1.0
    moved: float = 0.0


class Guestbook:
    """Sees to the guests that `audio` lets in.

    `told(card, joined, news)` is called before one is heard, and when it has left; that one joins which was there at
    the first look is no news. `saved` are seats that cards had before. For the event loop's thread.
    """

    def __init__(self, audio: Audio, told: Callable[[Card, bool, bool], None], saved: Sequence[Seat] = ()) -> None:
        self._audio = audio
        self._told = told
        self._strips = audio.joining
        self._inlets = Inlets(len(self._strips))
        self._guests: dict[str, _Guest] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        within = set(self._strips)
        self._seats = tuple(seat for seat in saved if set(seat.strips) <= within)
        self._retries: dict[str, tuple[float, float]] = {}
        self._faults: dict[str, str] = {}
        self._known: set[str] | None = None
        self.descriptor, self.count = self._inlets.descriptor, len(self._strips)

    @property
    def faults(self) -> tuple[str, ...]:
        """Why cards that should be guests are none."""
        return tuple(self._faults.values())

    @property
    def end(self) -> int:
        """The strip after the last on which a guest sits, counted from 0; 0 without guests."""
        return max((guest.seat.strips.stop for guest in self._guests.values() if guest.seat), default=0)

    def look(self, found: Sequence[Card], host: str) -> None:
        """Invite cards that have come, let go of those that went, and of the one that the engine is about to play on.

        `found` is what there is now, `host` the engine's device. Call it some times a second.
        """
        now = time.monotonic()
        welcome = {card.key: card for card in self._welcome(found, host)}
        if self._known is None:
            self._known = set(welcome)
        for key in [*self._retries, *self._faults]:
            if key not in welcome:
                self._retries.pop(key, None)
                self._faults.pop(key, None)
        for key, guest in self._guests.items():
            if key not in welcome:
                self._dismiss(guest)
            else:
                self._watch(guest, now)
        for key, card in welcome.items():
            if key not in self._tasks and now >= self._retries.get(key, (0.0, 0.0))[0]:
                self._invite(card, now)

    async def make_way(self, device: str) -> None:
        """Let go of the card that `device` names, so that the engine can have it, and wait until it is free."""
        for key, guest in list(self._guests.items()):
            if card_of(device, (guest.card,)):
                self._dismiss(guest)
                await asyncio.wait({self._tasks[key]})

    def arranged(self, mixer: Mixer, settings: Sequence[CardStrips], host: Card | None) -> Mixer:
        """The mixer with each card's own strips where it sits; the engine's card sits on the first ones."""
        sitting = [(guest.card, guest.seat) for guest in self._guests.values() if guest.seat]
        if host:
            sitting.append((host, Seat(host.key, 0, self._audio.inputs)))
        own = [
            (seat, each.strips)
            for card, seat in sitting
            if (each := next((one for one in settings if card.is_meant(one.card)), None))
        ]
        return seats.arranged(mixer, own)

    def seat(self, card: Card) -> Seat | None:
        """Where a guest sits; None when it is none."""
        guest = self._guests.get(card.key)
        return guest.seat if guest else None

    def as_dict(self) -> list[dict[str, object]]:
        """The guests that are here, for `jambox status`: strips count from 1, `pace` is in frames per second."""
        return [self._describe(guest) for guest in self._guests.values() if guest.seat]

    async def close(self) -> None:
        """Let go of all."""
        for guest in self._guests.values():
            self._dismiss(guest)
        if self._tasks:
            await asyncio.wait(set(self._tasks.values()))
        self._inlets.close()

    def _welcome(self, found: Sequence[Card], host: str) -> list[Card]:
        playing = card_of(host, found)
        able = [card for card in found if card.captures and card is not playing] if self._strips else []
        return [card for card in able if any(card.is_meant(pattern) for pattern in self._audio.guests)]

    def _watch(self, guest: _Guest, now: float) -> None:
        line = self._inlets.inlets[guest.number].line()
        if guest.process is None or line is None:
            return
        if line[guests.WRITTEN] != guest.written:
            guest.written, guest.moved = line[guests.WRITTEN], now
        elif now - guest.moved > HUNG:
            _log.error("the guest %s hangs: it is killed", guest.card.key)
            guest.process.kill()

    def _invite(self, card: Card, now: float) -> None:
        taken = {guest.number for guest in self._guests.values()}
        number = next((number for number in range(self.count) if number not in taken), None)
        if number is None:
            self._faults[card.key] = _no_room(card)
            return
        self._guests[card.key] = guest = _Guest(card, number, now)
        self._tasks[card.key] = asyncio.ensure_future(self._serve(guest))

    def _dismiss(self, guest: _Guest) -> None:
        if guest.process:
            guest.process.kill()
        else:
            self._tasks[guest.card.key].cancel()

    async def _serve(self, guest: _Guest) -> None:
        key = guest.card.key
        request = Request(
            guest.card.device, self._audio.rate, self._audio.buffer[0], PERIODS, min(self.count, guests.CHANNELS)
        )
        try:
            with suppress(asyncio.CancelledError):
                guest.process = await GuestProcess.start(Capturing(self.descriptor, self.count, guest.number, request))
                message = await self._stay(guest)
                self._fail(guest, message)
        except DeviceError as fault:
            self._fail(guest, str(fault))
        finally:
            del self._guests[key], self._tasks[key]
        if guest.seat:
            _log.info("guest gone: %s", key)
            self._told(guest.card, False, True)

    async def _stay(self, guest: _Guest) -> str:
        assert guest.process is not None
        card, inlet, joined = guest.card, self._inlets.inlets[guest.number], guest.process.ready
        guest.moved = time.monotonic()
        present = {other.card.key for other in self._guests.values() if other.seat}
        guest.seat, self._seats = seats.take(
            self._seats, card.key, min(joined.channels, guests.CHANNELS), self._strips, present
        )
        try:
            if guest.seat is None:
                await guest.process.stop()
                return _no_room(card)
            self._faults.pop(card.key, None)
            _log.info("guest here: %s on strips %s, %d Hz", card.key, _numbers(guest.seat), joined.rate)
            self._told(card, True, self._known is not None and card.key not in self._known)
            inlet.seat(guest.seat.first - self._strips.start, guest.seat.channels)
            return await asyncio.shield(guest.process.ended)
        finally:
            guest.process.kill()
            inlet.seat(0, 0)
            if self._known is not None:
                self._known.discard(card.key)

    def _fail(self, guest: _Guest, message: str) -> None:
        now, key = time.monotonic(), guest.card.key
        _, wait = self._retries.get(key, (0.0, RETRY))
        steady = guest.seat is not None and now - guest.begun > STEADY
        wait = RETRY if steady else wait
        self._retries[key] = (now + wait, min(2.0 * wait, LONGEST_RETRY))
        if guest.seat is None and self._faults.get(key) != message:
            self._faults[key] = message
            _log.warning("guest: %s", message)

    def _describe(self, guest: _Guest) -> dict[str, object]:
        assert guest.seat is not None
        assert guest.process is not None
        joined, line = guest.process.ready, self._inlets.inlets[guest.number].line()
        return {
            "card": guest.card.key,
            "name": guest.card.name,
            "strips": [strip + 1 for strip in guest.seat.strips],
            "rate": joined.rate,
            "period": joined.period,
            "format": joined.format,
            "realtime": joined.realtime,
            "pace": round(line[guests.PACE], 2) if line else 0.0,
            "xruns": int(line[guests.RUN]) if line else 0,
        }


def _no_room(card: Card) -> str:
    return f"{card.key}: no strip is free for it: raise audio.guest_strips, or name fewer cards in audio.guests"


def _numbers(seat: Seat) -> str:
    return " and ".join(str(strip + 1) for strip in seat.strips)
