"""Wheels that are pedals by one route and wheels by another, and what echoes them meanwhile."""

from collections.abc import Callable

import pytest

from jambox.midi import messages
from tests.midi.test_router import DOWN, KEYS, UP, Table, parsed

WHEEL, WHEEL_DOWN = bytes([0xB0, 1, 100]), bytes([0xB0, 1, 0])
AS_PEDAL = "CCMap({1: 64})"


def test_a_pedal_that_is_a_wheel_over_there_comes_down_with_its_route_and_so_does_what_echoes_it() -> None:
    """Synth's cable leads into Organ, whose echo of the wheel is in flight when a route makes pedals of all wheels."""
    table = Table("From('Keys') >> CCMap({64: 1}) >> To('Synth')")
    table.plug([KEYS, table.organ.port], [table.synth, table.organ])
    table.play(KEYS, DOWN)
    echoed = table.synth.take()
    assert echoed == [bytes([0xB0, 1, 127])]
    table.router.reroute(parsed(AS_PEDAL))
    table.play(table.organ.port, *echoed)
    assert table.take() == ([WHEEL_DOWN, DOWN], [])
    table.play(table.organ.port, WHEEL_DOWN)
    assert table.take() == ([UP], [])
    assert table.router.held() == ()


@pytest.mark.parametrize(
    "end",
    [
        lambda table: table.play(table.organ.port, WHEEL_DOWN),
        lambda table: table.plug([KEYS], [table.synth, table.organ]),
        lambda table: table.router.release_all(),
        lambda table: table.router.reroute(parsed("From('*') >> To('*')")),
    ],
    ids=["it comes down", "it goes", "panic", "it is a wheel again"],
)
def test_an_echo_of_a_wheel_left_up_is_a_pedal_until(end: Callable[[Table], None]) -> None:
    """It is echoed by Organ before a route makes pedals of all wheels, and comes in after that."""
    table = Table("From('*') >> To('*')")
    table.plug([KEYS, table.organ.port], [table.synth, table.organ])
    table.play(KEYS, WHEEL)
    table.router.reroute(parsed(AS_PEDAL))
    table.play(table.organ.port, WHEEL)
    table.play(KEYS, WHEEL_DOWN)
    assert table.router.held() == ((table.synth.port.identity, messages.PEDAL),)
    end(table)
    assert UP in table.synth.take()
    assert table.router.held() == ()
