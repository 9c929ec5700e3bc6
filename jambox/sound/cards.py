"""The sound cards that ALSA lists, and which one the box takes when it may choose."""

import re
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc/asound")
_CARD = re.compile(r"^ *(\d+) \[(\S+) *\]: (\S.*?) - (.*)$", re.MULTILINE)
_PCM = re.compile(r"^(\d+)-(\d+): .*?$", re.MULTILINE)
NEVER = ("hdmi", "loopback", "dummy")
"""Cards that are taken only by name: a screen's loudspeakers, and ALSA's own devices."""
BUILT_IN = ("headphones", "hda")
"""A Pi's own jack, and a computer's."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card by its id (its index changes from boot to boot), and whether its first PCM plays and captures."""

    id: str
    driver: str
    name: str
    plays: bool
    captures: bool

    @property
    def device(self) -> str:
        """Its ALSA name."""
        return f"hw:CARD={self.id}"


def parse_cards(cards: str, pcms: str) -> tuple[Card, ...]:
    """The cards that the texts of /proc/asound/cards and /proc/asound/pcm list."""
    lines = [line for line in reversed(pcms.splitlines()) if _PCM.match(line)]
    # After its names, a PCM's line has a part for each way: "playback 1", "capture 1".
    ways = {int(line.split("-", 1)[0]): {part.split(" ")[0] for part in line.split(" : ")[2:]} for line in lines}
    return tuple(
        Card(name, driver, title, "playback" in ways.get(int(index), ()), "capture" in ways.get(int(index), ()))
        for index, name, driver, title in _CARD.findall(cards)
    )


def choose(cards: tuple[Card, ...]) -> Card | None:
    """The card to play on: one that also captures before one that does not, a HAT before USB before a built-in one."""
    able = [card for card in cards if card.plays and not any(word in _words(card) for word in NEVER)]
    return min(able, key=_rank, default=None)


def listed() -> tuple[Card, ...]:
    """The cards of this machine; none where ALSA is missing."""
    try:
        return parse_cards((PROC / "cards").read_text(), (PROC / "pcm").read_text())
    except OSError:
        return ()


def _words(card: Card) -> str:
    return f"{card.id} {card.driver} {card.name}".lower()


def _rank(card: Card) -> tuple[bool, int]:
    words = _words(card)
    built_in = any(word in words for word in BUILT_IN)
    return not card.captures, 2 if built_in else 1 if "usb" in words else 0
