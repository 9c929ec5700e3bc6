"""On which strips a card sits down, also after it was away, and the mixer that this comes to."""

from collections.abc import Sequence, Set

import msgspec

from jambox.seating import Seat
from jambox.sound.parameters import Mixer, Strip


def take(
    seats: tuple[Seat, ...], card: str, channels: int, strips: range, present: Set[str]
) -> tuple[Seat | None, tuple[Seat, ...]]:
    """Where a card with `channels` (1 or more) sits down among `strips`; and all seats, the latest last.

    Its own seat is kept for it, also when it was plugged into another socket while its name's other cards are here.
    Whoever is away loses the seat only when there is no other room, the longest away first. The cards `present` stay
    where they are. Where there is not room for all channels, the first ones sit; None when there is no room at all.
    """
    own = _own(seats, card, present)
    rest = tuple(seat for seat in seats if seat is not own)
    here = tuple(seat for seat in rest if seat.card in present)
    # First with all seats kept, then giving up one after the other that is away.
    away = tuple(seat for seat in rest if seat.card not in present)
    for wanted in range(channels, 0, -1):
        if own and wanted <= own.channels:
            return _sit(Seat(card, own.first, wanted), rest)
        for given_up in range(len(away) + 1):
            kept = (*away[given_up:], *here)
            first = _room(strips, wanted, kept)
            if first is not None:
                return _sit(Seat(card, first, wanted), tuple(seat for seat in rest if seat in kept))
    return None, seats


def _own(seats: tuple[Seat, ...], card: str, present: Set[str]) -> Seat | None:
    base, _, path = card.partition("@")
    exact = next((seat for seat in seats if seat.card == card), None)
    moved = (seat for seat in seats if path and seat.card.partition("@")[0] == base and seat.card not in present)
    return exact or next(moved, None)


def _room(strips: range, wanted: int, kept: Sequence[Seat]) -> int | None:
    taken = {strip for seat in kept for strip in seat.strips}
    firsts = range(strips.start, strips.stop - wanted + 1)
    return next((first for first in firsts if not taken & set(range(first, first + wanted))), None)


def _sit(seat: Seat, others: tuple[Seat, ...]) -> tuple[Seat, tuple[Seat, ...]]:
    return seat, (*others, seat)


def arranged(mixer: Mixer, own: Sequence[tuple[Seat, Sequence[Strip]]]) -> Mixer:
    """The mixer in which the strips of these seats are those of the cards that sit there; others stay as they are."""
    strips = list(mixer.strips)
    for seat, theirs in own:
        strips += [Strip()] * (seat.first + seat.channels - len(strips))
        for strip, wanted in zip(seat.strips, theirs, strict=False):
            strips[strip] = wanted
    return msgspec.structs.replace(mixer, strips=tuple(strips))
