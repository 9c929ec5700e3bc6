"""What comes back to the router from its destinations, and what only looks like it."""

import pytest

from jambox.midi.loops import ECHOES
from tests.midi.test_router import ECHO, HIGH, KEYS, LATCH, OFF, ON, PADS, Table, parsed


@pytest.mark.parametrize("route", [LATCH, ECHO, "From('Keys') >> To('Synth')"])
def test_an_echo_is_cut_through_a_stage_too(route: str) -> None:
    table = Table(route, "From('Synth') >> To('Organ')", "From('Pads') >> To('Synth')")
    echo(table, 200)
    assert table.synth.down == set()
    assert [(str(source), str(to)) for source, to in table.router.cut] == [("Keys MIDI 1", "Synth MIDI 1")]
    table.play(PADS, ON)
    assert table.synth.down == {60}
    table.wait(9.0)
    assert table.synth.down == {60}


def echo(table: Table, times: int) -> None:
    """Keys play, and the synth sends back what notes begin there because of that, and which end."""
    table.plug([KEYS, PADS, table.synth.port], [table.synth, table.organ])
    for key in range(times):
        table.play(KEYS, bytes([0x90, key % 128, 100]))
        table.wait(0.004)
        while heard := [message for message in table.synth.take() if message[0] < 0xA0]:
            table.play(table.synth.port, *heard)


def test_keys_that_a_hand_lets_go_are_no_answers_though_they_sound_as_others() -> None:
    table = Table("From('Pads') >> Transpose(-64) >> To('Organ')", "From('Keys') >> To('Synth')", "From('Synth')")
    table.play(PADS, *(bytes([0x90, key, 100]) for key in range(64, 128)))
    table.wait(1.0)
    echo(table, ECHOES)
    table.play(PADS, *(bytes([0x80, key, 64]) for key in range(64, 128)))
    table.wait(1.0)
    assert table.organ.down == set()
    assert [str(source) for source, _ in table.router.cut] == ["Keys MIDI 1"]


@pytest.mark.parametrize("key", range(64, 128))
@pytest.mark.parametrize("before", [(), (OFF,)], ids=["even", "odd"])
def test_a_key_that_is_struck_again_and_again_comes_up_though_it_looks_like_an_echo(
    key: int, before: tuple[bytes, ...]
) -> None:
    table = Table()
    table.play(KEYS, *before)
    for _ in range(8 * ECHOES):
        table.play(KEYS, bytes([0x90, key, 100]))
        table.wait(0.004)
        table.play(KEYS, bytes([0x80, key, 64]))
        table.wait(0.004)
        assert table.synth.down == table.organ.down == set()
    assert table.router.cut == ()


def test_other_routes_do_not_mend_what_was_cut() -> None:
    table = Table()
    echo(table, ECHOES)
    assert len(table.router.cut) == 1
    table.router.reroute(parsed("From('K*') >> To('*')"))
    assert len(table.router.cut) == 1
    table.take()
    table.play(KEYS, HIGH)
    assert table.take() == ([], [HIGH])
