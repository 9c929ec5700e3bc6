"""The hands that reach the panel through the socket."""

import asyncio
import time

import pytest

from jambox.consoles import TOUCH, play
from jambox.errors import UnknownNameError
from jambox.panel.controls import Pressed, Reading, Released, Stepped, Turned
from jambox.panel.gestures import Click, Gesture, Gestures, Hold, Press, Step
from jambox.remote import Request
from tests.panels import kinds


def played(request: Request) -> list[Reading]:
    """What a request makes of the panel."""
    readings: list[Reading] = []
    asyncio.run(play(request, readings.append))
    return readings


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (Request(press="drone"), [("Pressed", "drone"), ("Released", "drone")]),
        (Request(press="Drone"), [("Pressed", "drone"), ("Released", "drone")]),
        (Request(turn="volume", value=0.5), [("Turned", "volume")]),
        (Request(turn="STYLE", value=1), [("Stepped", "style")]),
        (
            Request(press="tap", holding=("Shift",)),
            [("Pressed", "shift"), ("Pressed", "tap"), ("Released", "tap"), ("Released", "shift")],
        ),
        (
            Request(turn="style", value=-2, holding=("drone",)),
            [("Pressed", "drone"), ("Stepped", "style"), ("Released", "drone")],
        ),
        (Request(status=True), []),
    ],
)
def test_a_request_is_what_hands_would_do(request_: Request, expected: list[tuple[str, str]]) -> None:
    assert kinds(played(request_)) == expected


@pytest.mark.parametrize(
    ("request_", "gestures"),
    [
        (Request(press="drone"), [Press, Click]),
        (Request(press="drone", hold=0.1), [Press, Click]),
        (Request(press="drone", hold=0.52), [Press, Hold]),
        (Request(turn="style", value=1, holding=("drone",)), [Press, Step]),
    ],
)
def test_it_takes_the_time_that_hands_take(request_: Request, gestures: list[type]) -> None:
    begun = time.monotonic()
    readings = played(request_)
    taken = time.monotonic() - begun
    assert max(request_.hold, TOUCH) <= taken
    made: list[Gesture] = []
    machine = Gestures()
    for reading in readings:
        assert reading.time <= begun + taken
        made += machine.feed(reading)
    assert [type(gesture) for gesture in made] == gestures
    assert not machine.held


def test_presses_one_after_the_other_all_count() -> None:
    machine = Gestures()
    made: list[Gesture] = []

    async def hands() -> None:
        for _ in range(5):
            await play(Request(press="tap"), lambda reading: made.extend(machine.feed(reading)))
        made.extend(machine.tick(time.monotonic() + 1.0))

    asyncio.run(hands())
    assert [type(gesture) for gesture in made] == [Press, Click] * 5


@pytest.mark.parametrize(("value", "position"), [(0.0, 0.0), (0.25, 0.25), (1.0, 1.0), (7.0, 1.0), (-7.0, 0.0)])
def test_a_knob_stands_within_its_travel(value: float, position: float) -> None:
    (turned,) = played(Request(turn="volume", value=value))
    assert isinstance(turned, Turned)
    assert (turned.position, turned.pickup) == (position, False)


@pytest.mark.parametrize(("value", "steps"), [(1.0, 1), (-1.0, -1), (3.0, 3), (0.6, 1)])
def test_an_encoder_steps_by_whole_detents(value: float, steps: int) -> None:
    (stepped,) = played(Request(turn="style", value=value))
    assert isinstance(stepped, Stepped)
    assert stepped.steps == steps


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        (Request(press="drums"), "the panel has no button 'drums': its buttons are style, drone,"),
        (Request(press="volume"), "the panel has no button 'volume'"),
        (Request(turn="drone", value=1.0), "the panel has no knob 'drone': its knobs are volume,"),
        (Request(turn="loudness", value=1.0), "the panel has no knob 'loudness'"),
        (Request(turn="loudness", value=1.0, holding=("drone",)), "the panel has no knob 'loudness'"),
        (Request(press="drums", holding=("drone",)), "the panel has no button 'drums'"),
        (Request(press="tap", holding=("shift", "drums")), "the panel has no button 'drums'"),
    ],
)
def test_a_control_that_is_not_there_moves_nothing(request_: Request, told: str) -> None:
    readings: list[Reading] = []
    with pytest.raises(UnknownNameError, match=told):
        asyncio.run(play(request_, readings.append))
    assert readings == []


def test_readings_have_a_source_of_their_own() -> None:
    assert {
        reading.source for reading in played(Request(press="drone")) if isinstance(reading, Pressed | Released)
    } == {"socket"}
