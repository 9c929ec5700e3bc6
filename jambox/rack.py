"""The cards together: the one that the engine plays on, its guests, the cue's, and the mixer with each one's strips."""

import logging
from collections.abc import Callable, Sequence

from jambox.actions import SitDown
from jambox.config import Config
from jambox.cuecard import CueCard
from jambox.guestbook import Guestbook
from jambox.herald import Herald
from jambox.keeper import NULL, Keeper
from jambox.panel.feedback import Event
from jambox.seating import Seat
from jambox.sound import cards, dials, meters
from jambox.sound.cards import Card, card_of
from jambox.sound.dials import Values
from jambox.sound.shared import Link

_log = logging.getLogger(__name__)


class Rack:
    """The cards of a box with `config`.

    `on_engine(link)` is called like Keeper's; `herald` tells when a card has come, or gone. For the event loop's
    thread. `act(SitDown)` is called where a card sits down, before it is heard; `saved` are the seats of before.
    """

    def __init__(
        self,
        config: Config,
        bank: int,
        on_engine: Callable[[Link], None],
        herald: Herald,
        act: Callable[[SitDown], None] = lambda _action: None,
        saved: Sequence[Seat] = (),
    ) -> None:
        self._config = config
        self._act = act
        self._on_engine, self._herald = on_engine, herald
        self._found: tuple[Card, ...] = ()
        self._host = ""
        self._set: Values = {}
        self.mixer = config.mixer
        self.guests = Guestbook(config.audio, self._on_guest, saved)
        self.cue = CueCard(config.audio, self._on_cue)
        told, humanise = self._on_new_engine, config.style.humanise
        self.keeper = Keeper(config.audio, config.mixer, bank, config.seed, told, self.guests, self.cue, humanise)

    def lay(self, values: Values) -> None:
        """Let the engine glide to the mixer with `values` over what the configuration says of it and of the cards."""
        self._set = values
        self._arrange()

    @property
    def strips(self) -> int:
        """How many strips there are, up to the last on which a card sits; 0 while none captures."""
        ready = self.keeper.ready
        return max(ready.inputs if ready else 0, self.guests.end)

    def meters(self) -> dict[str, object]:
        """The engine's latest meters, in dB, of the strips up to the last on which a card sits."""
        return meters.as_dict(self.keeper.link.meters(), self.strips)

    async def look(self) -> None:
        """See what has come and gone. Call it some times a second."""
        self._found = cards.listed()
        if self.keeper.device:
            self.guests.look(self._found, self.keeper.device)
            self.cue.look(self._found, self.keeper.device)
        await self.keeper.reconsider(self._found)

    async def close(self) -> None:
        """Let the engine fade out and end, then guests and cue."""
        await self.keeper.close()
        await self.guests.close()
        await self.cue.close()

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong with cards."""
        return (self.keeper.fault, self.keeper.strained, *self.guests.faults, self.cue.fault(self.keeper.ready))

    def as_dict(self) -> list[dict[str, object]]:
        """All cards for `jambox status`, by what they are known by: which is the clock, which are guests.

        The one that plays the cue, which may be a guest too, tells how it fares under that name.
        """
        guests = {guest["card"]: guest for guest in self.guests.as_dict()}
        cues = self.cue.as_dict()
        host = card_of(self.keeper.device, self._found)
        return [
            {
                "card": card.key,
                "name": card.name,
                "is": "clock" if card is host else "guest" if card.key in guests else "",
            }
            | guests.get(card.key, {})
            | ({"cue": cues[card.key]} if card.key in cues else {})
            for card in self._found
        ]

    def _on_new_engine(self, link: Link) -> None:
        self._found = cards.listed()
        host = card_of(self.keeper.device, self._found)
        if host and self._config.audio.inputs:
            self._act(SitDown(host.key, 0, self._config.audio.inputs))
        self._arrange()
        self._on_engine(link)
        now = self.keeper.device
        before, self._host = self._host, now
        if before not in ("", now):
            here = before == NULL or card_of(before, self._found) is not None
            self._told(f"playing on {now} now, not on {before} any more", here)

    def _on_guest(self, card: Card, joined: bool, news: bool) -> None:
        if joined and (seat := self.guests.seat(card)):
            self._act(SitDown(seat.card, seat.first, seat.channels))
        self._arrange()
        if news:
            self._told(f"{card.name} ({card.key}) {'joins' if joined else 'left'}", joined)

    def _on_cue(self, card: Card, here: bool, news: bool) -> None:
        if news:
            self._told(f"{card.name} ({card.key}) {'plays the cue' if here else 'left the cue'}", here)

    def _told(self, text: str, here: bool) -> None:
        _log.info("%s", text)
        self._herald.tell(*((Event.ARRIVED, "arrive") if here else (Event.LEFT, "leave")))

    def _arrange(self) -> None:
        host = card_of(self.keeper.device, self._found)
        base = self.guests.arranged(self._config.mixer, self._config.cards, host)
        self.mixer = dials.laid(base, self._set)
        self.keeper.set_mixer(self.mixer)
