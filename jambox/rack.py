"""The sound cards together: the one that the engine plays on, its guests, and the mixer with each card's own strips."""

from collections.abc import Callable

from jambox.config import Config
from jambox.guestbook import Guestbook
from jambox.keeper import NULL, Keeper
from jambox.sound import cards
from jambox.sound.cards import Card, card_of
from jambox.sound.shared import Link


class Rack:
    """The cards of a box with `config`.

    `on_engine(link)` is called like Keeper's; `told(text, here)` when a card has come, or gone. For the event loop's
    thread.
    """

    def __init__(
        self, config: Config, bank: int, on_engine: Callable[[Link], None], told: Callable[[str, bool], None]
    ) -> None:
        self._config = config
        self._on_engine, self._told = on_engine, told
        self._found: tuple[Card, ...] = ()
        self._host = ""
        self.guests = Guestbook(config.audio, self._on_guest)
        self.keeper = Keeper(config.audio, config.mixer, bank, config.seed, self._on_new_engine, self.guests)

    async def look(self) -> None:
        """See what has come and gone. Call it some times a second."""
        self._found = cards.listed()
        if self.keeper.device:
            self.guests.look(self._found, self.keeper.device)
        await self.keeper.reconsider(self._found)

    async def close(self) -> None:
        """Let the engine fade out and end, then the guests."""
        await self.keeper.close()
        await self.guests.close()

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong with cards."""
        return (self.keeper.fault, *self.guests.faults)

    def as_dict(self) -> list[dict[str, object]]:
        """All cards for `jambox status`, by what they are known by, and which is the clock, which are guests."""
        guests = {guest["card"]: guest for guest in self.guests.as_dict()}
        host = card_of(self.keeper.device, self._found)
        return [
            {
                "card": card.key,
                "name": card.name,
                "is": "clock" if card is host else "guest" if card.key in guests else "",
            }
            | guests.get(card.key, {})
            for card in self._found
        ]

    def _on_new_engine(self, link: Link) -> None:
        self._found = cards.listed()
        self._arrange()
        self._on_engine(link)
        now = self.keeper.device
        before, self._host = self._host, now
        if before not in ("", now):
            here = before == NULL or card_of(before, self._found) is not None
            self._told(f"playing on {now} now, not on {before} any more", here)

    def _on_guest(self, card: Card, joined: bool, news: bool) -> None:
        self._arrange()
        if news:
            self._told(f"{card.name} ({card.key}) {'joins' if joined else 'left'}", joined)

    def _arrange(self) -> None:
        host = card_of(self.keeper.device, self._found)
        self.keeper.mixer = mixer = self.guests.arranged(self._config.mixer, self._config.cards, host)
        self.keeper.link.set_mixer(mixer)
