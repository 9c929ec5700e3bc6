"""The sound cards that ALSA lists, how each is known again, and in which order they are taken.

A card's number changes from boot to boot, and so does the id of one of two alike ("Device", "Device_1": by who came
first). What stays is its id without that ending together with the USB socket that it is in.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from jambox import usb

PROC = Path("/proc/asound")
NODES = Path("/dev/snd")
_CARD = re.compile(r"^ *(\d+) \[(\S+) *\]: (\S.*?) - (.*)$", re.MULTILINE)
_PCM = re.compile(r"^(\d+)-(\d+): .*?$", re.MULTILINE)
Kind = Literal["hat", "usb", "jack", "hdmi", "virtual"]
"""On a Pi's pins, in a USB socket, a Pi's or a computer's own, a screen's loudspeakers, ALSA's own devices."""
SIGNS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("hdmi", ("hdmi",)),
    ("virtual", ("loopback", "dummy")),
    ("jack", ("headphones", "hda")),
    ("usb", ("usb",)),
)
"""By which words in id, driver or name a card is of a kind; one without any of them is a HAT."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card: whether its first PCM plays and captures, and its USB path, empty when it is not on USB."""

    id: str
    driver: str
    name: str
    plays: bool
    captures: bool
    path: str = ""
    index: int = field(default=-1, compare=False)

    @property
    def device(self) -> str:
        """Its ALSA name, for now."""
        return f"hw:CARD={self.id}"

    @property
    def base(self) -> str:
        """Its id; without the number that ALSA puts after the ids of USB cards of one make."""
        return re.sub(r"_\d+$", "", self.id) if self.path else self.id

    @property
    def key(self) -> str:
        """What it is known by: ID@PATH on USB, elsewhere its id."""
        return f"{self.base}@{self.path}" if self.path else self.id

    @property
    def kind(self) -> Kind:
        """What kind of card it is, by its words."""
        words = f"{self.id} {self.driver} {self.name}".lower()
        return next((kind for kind, signs in SIGNS if any(sign in words for sign in signs)), "hat")

    def is_meant(self, pattern: str) -> bool:
        """Whether `pattern` means it: a kind in lower case, or an id or name, by `*`, `?` and `[ab]`, with @PATH."""
        if pattern == self.kind:
            return True
        named, _, path = pattern.partition("@")
        names = (self.id, self.base, self.name)
        return any(fnmatchcase(name, named) for name in names) and (not path or fnmatchcase(self.path, path))


def parse_cards(cards: str, pcms: str) -> tuple[Card, ...]:
    """The cards that the texts of /proc/asound/cards and /proc/asound/pcm list, without their USB paths."""
    lines = [line for line in reversed(pcms.splitlines()) if _PCM.match(line)]
    # After its names, a PCM's line has a part for each way: "playback 1", "capture 1".
    ways = {int(line.split("-", 1)[0]): {part.split(" ")[0] for part in line.split(" : ")[2:]} for line in lines}

    def card(index: int, name: str, driver: str, title: str) -> Card:
        found = ways.get(index, set())
        return Card(name, driver, title, "playback" in found, "capture" in found, index=index)

    return tuple(card(int(index), *rest) for index, *rest in _CARD.findall(cards))


def ranked(cards: Sequence[Card], preferred: Sequence[str]) -> tuple[Card, ...]:
    """The cards to play on, best first: those that an earlier pattern means; of these, those that also capture."""
    able = [(card, rank(card, preferred)) for card in cards if card.plays]
    return tuple(
        card for card, place in sorted(able, key=lambda one: (one[1], not one[0].captures)) if place < len(preferred)
    )


def rank(card: Card, preferred: Sequence[str]) -> int:
    """The place of the first of the patterns that means the card; their number when none does."""
    return next((place for place, pattern in enumerate(preferred) if card.is_meant(pattern)), len(preferred))


def card_of(device: str, cards: Sequence[Card]) -> Card | None:
    """The card that an ALSA name speaks of, by id or number; None when that is not to be told."""
    words = [word for word in re.split("[:=,]", device)[1:] if word != "CARD"][:1]
    return next((card for card in cards if words and words[0] in (card.id, str(card.index))), None)


def listed() -> tuple[Card, ...]:
    """The cards of this machine; none where ALSA is missing. Takes some 50 µs, and as many for each card."""
    try:
        found = parse_cards((PROC / "cards").read_text(), (PROC / "pcm").read_text())
    except OSError:
        return ()
    return tuple(
        Card(one.id, one.driver, one.name, one.plays, one.captures, usb.path(one.index), one.index) for one in found
    )


def may_play(card: Card) -> bool:
    """Whether its PCM may be opened: the system gives a new card its rights a moment after it comes."""
    return os.access(NODES / f"pcmC{card.index}D0p", os.R_OK | os.W_OK)
