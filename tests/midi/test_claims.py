"""What is bound is kept from the routes and told; while the box listens, all else is told, too."""

from collections.abc import Mapping, Sequence

from jambox.midi.claims import Claims
from jambox.midi.match import COMMANDS, Head
from jambox.midi.route import Port

KEYS, PADS = Port.parse("Keys:Keys 24:0"), Port.parse("Pads:Pads 28:0")
BOUND, THRU, OTHER = bytes([0xB0, 64, 127]), bytes([0x90, 36, 100]), bytes([0x90, 60, 100])


class Told:
    def __init__(self) -> None:
        self.lines: list[tuple[str, str, float, float | None]] = []
        self.bound: dict[str, dict[Head, bool]] = {"Keys": {(0xB0, 64): False, (0x90, 36): True}}
        self.claims = Claims(self.heads, self.tell)

    def heads(self, ports: Sequence[Port]) -> Mapping[str, Mapping[Head, bool]]:
        return {port.identity: self.bound.get(str(port), {}) for port in ports}

    def tell(self, source: str, message: bytes, time: float, before: float | None) -> None:
        self.lines.append((source, message.hex(), time, before))

    def take(self) -> list[tuple[str, str, float, float | None]]:
        lines, self.lines = self.lines, []
        return lines


def test_what_is_bound_is_told_and_kept_and_what_is_thru_is_told_and_not_kept() -> None:
    told = Told()
    told.claims.lay([KEYS, PADS])
    assert told.claims.take(KEYS.identity, BOUND, 1.0)
    assert not told.claims.take(KEYS.identity, THRU, 2.0)
    assert not told.claims.take(KEYS.identity, OTHER, 3.0)
    assert not told.claims.take(PADS.identity, BOUND, 4.0)
    assert not told.claims.take("unknown", bytes([0xF0, 0xF7]), 5.0)
    assert told.take() == [(KEYS.identity, "b0407f", 1.0, None), (KEYS.identity, "902464", 2.0, None)]


def test_while_it_listens_all_is_told_with_the_time_of_what_was_last_played() -> None:
    told = Told()
    told.claims.lay([KEYS])
    told.claims.take(KEYS.identity, OTHER, 1.0)
    told.claims.listens = True
    assert not told.claims.take(KEYS.identity, OTHER, 2.0)
    assert told.claims.take(KEYS.identity, BOUND, 3.0)
    told.claims.listens = False
    told.claims.take(KEYS.identity, OTHER, 4.0)
    assert told.take() == [(KEYS.identity, "903c64", 2.0, 1.0), (KEYS.identity, "b0407f", 3.0, 2.0)]


def test_new_bindings_count_when_they_are_asked_for() -> None:
    told = Told()
    told.claims.lay([KEYS])
    told.bound = {"Keys": {(0x90, 60): False}, "jambox:control": {(0xB0, 20): False}}
    assert told.claims.take(KEYS.identity, BOUND, 1.0)
    told.claims.renew()
    assert not told.claims.take(KEYS.identity, BOUND, 2.0)
    assert told.claims.take(KEYS.identity, OTHER, 3.0)
    assert told.claims.take(COMMANDS.identity, bytes([0xB0, 20, 1]), 4.0)


def test_a_port_that_comes_back_has_not_played() -> None:
    told = Told()
    told.claims.lay([KEYS, PADS])
    told.claims.take(KEYS.identity, OTHER, 1.0)
    told.claims.lay([PADS])
    told.claims.lay([KEYS, PADS])
    told.claims.take(KEYS.identity, BOUND, 2.0)
    assert told.take() == [(KEYS.identity, "b0407f", 2.0, None)]


def test_all_notes_off_is_told_where_something_is_bound_and_kept_from_nobody() -> None:
    told, off = Told(), bytes([0xB0, 123, 0])
    told.claims.lay([KEYS, PADS])
    assert not told.claims.take(KEYS.identity, off, 1.0)
    assert not told.claims.take(PADS.identity, off, 2.0)
    told.claims.lose(KEYS.identity, 3.0)
    told.claims.lose(PADS.identity, 4.0)
    assert told.take() == [(KEYS.identity, off.hex(), 1.0, None), (KEYS.identity, "ff", 3.0, 1.0)]


def test_without_bindings_nothing_is_kept() -> None:
    claims = Claims()
    claims.lay([KEYS])
    claims.listens = True
    assert not claims.take(KEYS.identity, BOUND, 1.0)
