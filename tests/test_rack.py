"""The mixer with each card's own strips, and what was set while playing over all of it: no card, no process."""

import pytest

from jambox.actions import Action, SitDown
from jambox.config import parse_config
from jambox.guestbook import Guestbook
from jambox.herald import Herald
from jambox.rack import Rack
from jambox.sound import cards, dials
from jambox.sound.cards import Card

USB = Card("USB", "USB-Audio", "Scarlett 2i2 USB", True, True)
CONFIG = """
[audio]
guests = []
[mixer]
strips = [{trim = 1}, {trim = 2}, {trim = 3}]
[[cards]]
card = "USB"
strips = [{trim = 6}, {trim = 7}]
"""
NAMES = ("strip1.trim", "strip2.trim", "strip3.trim")


def test_what_was_set_while_playing_lies_over_the_cards_own_strips(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[Card] = []
    monkeypatch.setattr(cards, "listed", lambda: tuple(found))
    rack = Rack(parse_config(CONFIG, "c"), -1, lambda _link: None, Herald(lambda _earcon: None))

    def trims() -> list[float]:
        told = dials.values(rack.mixer)
        reached = rack.keeper.link.mixer()
        assert reached is not None
        assert list(reached) == list(told.values())
        return [told[name] for name in NAMES]

    rack.lay({"strip2.trim": -5.0})
    assert trims() == [1.0, -5.0, 3.0]
    # The card has come, and the engine plays on it.
    found.append(USB)
    rack.keeper.device = USB.device
    rack._on_new_engine(rack.keeper.link)
    assert trims() == [6.0, -5.0, 3.0]
    rack.lay({})
    assert trims() == [6.0, 7.0, 3.0]


def test_strips_reach_to_the_last_card_that_sits(monkeypatch: pytest.MonkeyPatch) -> None:
    rack = Rack(parse_config(CONFIG, "c"), -1, lambda _link: None, Herald(lambda _earcon: None))
    assert rack.strips == 0
    monkeypatch.setattr(Guestbook, "end", 4)
    assert rack.strips == 4


def test_it_tells_on_which_strips_the_card_that_plays_sits(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Action] = []
    monkeypatch.setattr(cards, "listed", lambda: (USB,))
    rack = Rack(parse_config(CONFIG, "c"), -1, lambda _link: None, Herald(lambda _earcon: None), told.append)
    rack._on_new_engine(rack.keeper.link)
    assert told == []
    rack.keeper.device = USB.device
    rack._on_new_engine(rack.keeper.link)
    assert told == [SitDown("USB", 0, 2)]
