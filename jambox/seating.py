"""Whose strips are whose, and that what was set of a strip goes where its card goes."""

from collections.abc import Mapping
from dataclasses import dataclass

Settings = Mapping[str, float]
"""Parameters of strips by their names, as `dials` has them."""


@dataclass(frozen=True, slots=True)
class Seat:
    """`channels` strips from `first` on, counted from 0, are kept for the card that is known by `card`."""

    card: str
    first: int
    channels: int

    @property
    def strips(self) -> range:
        """Its strips."""
        return range(self.first, self.first + self.channels)


def settle(
    mixer: Settings, seats: tuple[Seat, ...], kept: Mapping[str, Settings], seat: Seat
) -> tuple[dict[str, float], tuple[Seat, ...], dict[str, dict[str, float]]]:
    """What was set of the mixer's strips, whose they are, and what is kept for other cards, once `seat` is taken.

    Who sat there before, and the card's own strips elsewhere, take their settings along into `kept`, by card, in which
    strip1 is a card's first. The card finds its own again, also when only its socket is another. Settings of strips
    on which nobody has sat so far become the card's.
    """
    live, stored = dict(mixer), {card: dict(settings) for card, settings in kept.items()}
    rest = []
    for other in seats:
        own = other.card == seat.card
        if not own and not set(other.strips) & set(seat.strips):
            rest.append(other)
            continue
        card = seat.card if own or (other.first == seat.first and _alike(other.card, seat.card)) else other.card
        taken = {name: live.pop(name) for name in tuple(live) if (_place(name) or 0) - 1 in other.strips}
        stored[card] = stored.get(card, {}) | {_moved(name, -other.first): value for name, value in taken.items()}
    here = {other.card for other in rest}
    known = (card for card in stored if _alike(card, seat.card) and card not in here)
    own_again = stored.pop(seat.card if seat.card in stored else next(known, ""), {})
    fits = {name for name in own_again if (_place(name) or 0) <= seat.channels}
    live |= {_moved(name, seat.first): own_again.pop(name) for name in tuple(own_again) if name in fits}
    if own_again:
        stored[seat.card] = own_again
    return live, (*rest, seat), {card: settings for card, settings in stored.items() if settings}


def _alike(card: str, other: str) -> bool:
    # Of one make, and told apart by their sockets only.
    base, _, path = card.partition("@")
    return bool(path) and "@" in other and other.partition("@")[0] == base


def _place(name: str) -> int | None:
    # The strip of a parameter, counted from 1; None for one of the house.
    first = name.partition(".")[0]
    number = first.removeprefix("strip")
    return int(number) if number != first and number.isdigit() else None


def _moved(name: str, by: int) -> str:
    return f"strip{(_place(name) or 0) + by}.{name.partition('.')[2]}"
