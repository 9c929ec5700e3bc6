"""The router between instruments that are played, pulled and plugged in again; and a box that crashes."""

from collections.abc import Iterable

import pytest

from jambox.midi import messages
from jambox.midi.notation import parse_route
from jambox.midi.pages import SIZE, Pages
from jambox.midi.route import Port
from jambox.midi.router import Router
from tests.midi.synth import Synth

KEYS, PADS = Port.parse("Keys:Keys MIDI 1 20:0"), Port.parse("Pads:Pads MIDI 1 24:0")
ON, OFF = bytes([0x90, 60, 100]), bytes([0x80, 60, 64])
DOWN, UP = bytes([0xB0, 64, 127]), bytes([0xB0, 64, 0])
SILENCE = list(messages.silence())


class Table:
    """What stands on the table: a router, and what is plugged into it."""

    def __init__(self, *routes: str, memory: bytearray | None = None) -> None:
        self.memory = bytearray(SIZE) if memory is None else memory
        self.router = Router(
            [parse_route(route) for route in routes or ["From('*') >> To('*')"]], pages=Pages(memoryview(self.memory))
        )
        self.synth, self.organ = Synth("Synth:Synth MIDI 1 28:0"), Synth("Organ:Organ MIDI 1 32:0")
        self.plug([KEYS, PADS], [self.synth, self.organ])

    def plug(self, sources: Iterable[Port], synths: Iterable[Synth]) -> None:
        """From now on these are plugged in."""
        self.router.join(tuple(sources), {synth.port: synth.hear for synth in synths})

    def play(self, source: Port, *texts: bytes) -> None:
        for message in texts:
            self.router.receive(source.identity, message, 0.0)

    def take(self) -> tuple[list[bytes], list[bytes]]:
        """What synth and organ were sent since the last call."""
        return self.synth.take(), self.organ.take()


def test_a_box_that_crashed_ends_what_it_left_before_all_else() -> None:
    table = Table()
    table.play(KEYS, ON, DOWN, bytes([0x93, 72, 1]), bytes([0x83, 72, 1]))
    table.play(PADS, bytes([0xB1, 66, 127]), bytes([0x91, 36, 1]))
    table.organ.heard.clear()
    after = Table("From('Keys') >> Program(5) >> To('Synth')", memory=table.memory)
    sent = [OFF, UP, bytes([0x81, 36, 64]), bytes([0xB1, 66, 0])]
    assert after.take() == ([*sent, bytes([0xC0, 4])], sent)
    after.router.release_all()
    assert after.take() == (SILENCE, SILENCE)


def test_a_box_that_stopped_left_nothing() -> None:
    table = Table()
    table.play(KEYS, ON, DOWN)
    table.router.close()
    table.router.release_all()
    assert Table(memory=table.memory).take() == ([], [])


def test_what_is_still_unplugged_when_the_next_box_starts_ends_when_it_is_back() -> None:
    table = Table("From('Keys') >> To('Synth')")
    table.play(KEYS, ON)
    after = Router(pages=Pages(memoryview(table.memory)))
    after.join((KEYS,), {table.organ.port: table.organ.hear})
    assert table.take() == ([ON], [])
    back = Synth("Synth:Synth MIDI 1 36:0")
    after.join((KEYS,), {table.organ.port: table.organ.hear, back.port: back.hear})
    assert back.heard == [OFF]


def test_a_destination_that_comes_back_has_the_notes_ended_that_it_kept() -> None:
    table = Table()
    table.play(KEYS, ON, DOWN)
    table.plug([KEYS, PADS], [table.organ])
    table.take()
    table.play(KEYS, OFF)
    assert table.take() == ([], [OFF])
    table.plug([KEYS, PADS], [table.organ, table.synth])
    assert table.take() == ([OFF, UP], [])
    assert table.synth.down == set()
    table.play(KEYS, UP)
    assert table.take() == ([UP], [UP])


@pytest.mark.parametrize("message", [bytes([0xB0, 65, 127]), bytes([0xB0, 7, 127]), bytes([0xE0, 0, 0])])
def test_what_does_not_sound_by_itself_is_not_ended(message: bytes) -> None:
    table = Table()
    table.play(KEYS, message)
    table.take()
    assert Table(memory=table.memory).take() == ([], [])
