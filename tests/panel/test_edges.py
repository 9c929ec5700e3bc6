"""Edges awaited: in the order in which they were stamped, on lines that are taken and given back."""

import errno
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from queue import Queue
from threading import Event
from typing import Any

import gpiod
import pytest
from gpiod.line import Bias, Direction, Edge, Value
from gpiozero.exc import GPIOZeroError

from jambox.panel.controls import Pressed, Reading, Released, Stepped
from jambox.panel.edges import BUFFER, EdgeFactory, Edges
from jambox.panel.gpio import GpioPanel
from jambox.panel.pins import parse_panel
from jambox.units import Seconds

PANEL = Path(__file__).parents[2] / "hardware" / "panel.toml"
PINS = parse_panel(PANEL.read_text(), "panel.toml")["generic"]
TAKEN = PINS.buttons["drone"][0]
"""A line that another program has."""
PI_4 = 0xC03114
PATIENCE = 5.0
"""Seconds after which what should have come at once has not."""
Told = tuple[str, int, bool]


class Line:
    """A line as libgpiod gives it: its edges are in a file that can be waited for."""

    def __init__(self, *settings: gpiod.LineSettings) -> None:
        self.settings = [*settings]
        self.released = False
        self.before_reading: Callable[[], None] = lambda: None
        self.value = Value.ACTIVE
        self._edges: list[gpiod.EdgeEvent] = []
        self.fd = os.eventfd(0)

    def move(self, moment: int, high: bool) -> None:
        """The line goes high or low at that nanosecond."""
        self.value = Value.ACTIVE if high else Value.INACTIVE
        kind = gpiod.EdgeEvent.Type.RISING_EDGE if high else gpiod.EdgeEvent.Type.FALLING_EDGE
        self._edges.append(gpiod.EdgeEvent(kind.value, moment, 0, 0, 0))
        os.eventfd_write(self.fd, 1)

    def read_edge_events(self) -> list[gpiod.EdgeEvent]:
        self.before_reading()
        os.eventfd_read(self.fd)
        edges, self._edges = self._edges, []
        return edges

    def get_value(self, _number: int) -> Value:
        return self.value

    def reconfigure_lines(self, config: dict[int, gpiod.LineSettings]) -> None:
        self.settings += config.values()

    def release(self) -> None:
        self.released = True
        os.close(self.fd)


class Chip:
    """A chip as libgpiod gives it, with one line that is taken."""

    def __init__(self, path: str) -> None:
        self.path, self.lines = path, dict[int, Line]()
        self.is_open = True

    def __bool__(self) -> bool:
        return self.is_open

    def request_lines(self, config: dict[int, gpiod.LineSettings], *, consumer: str, event_buffer_size: int) -> Line:
        assert (consumer, event_buffer_size) == ("jambox", BUFFER)
        ((number, settings),) = config.items()
        if number == TAKEN:
            raise OSError(errno.EBUSY, "Device or resource busy")
        self.lines[number] = Line(settings)
        return self.lines[number]

    def close(self) -> None:
        self.is_open = False


@pytest.fixture
def waiting() -> Iterator[Edges]:
    waiting = Edges()
    yield waiting
    waiting.close()


@pytest.fixture
def told() -> "Queue[Told]":
    return Queue()


def hears(told: "Queue[Told]", name: str) -> Callable[[int, bool], None]:
    return lambda moment, high: told.put((name, moment, high))


def next_of(told: "Queue[Told]", count: int) -> list[Told]:
    return [told.get(timeout=PATIENCE) for _ in range(count)]


def test_every_edge_is_told_once_with_its_stamp(waiting: Edges, told: "Queue[Told]") -> None:
    line = Line()
    waiting.watch(line, hears(told, "one"))
    line.move(1_000, False)
    assert next_of(told, 1) == [("one", 1_000, False)]
    line.move(2_000, True)
    line.move(2_001, False)
    assert next_of(told, 2) == [("one", 2_000, True), ("one", 2_001, False)]
    assert told.empty()


def test_edges_of_several_lines_come_in_the_order_of_their_stamps(waiting: Edges, told: "Queue[Told]") -> None:
    """They come while the thread is busy; it finds all of them at once."""
    one, other, holding = Line(), Line(), Line()
    held, free = Event(), Event()

    def hold(_moment: int, _high: bool) -> None:
        held.set()
        assert free.wait(PATIENCE)

    waiting.watch(one, hears(told, "one"))
    waiting.watch(other, hears(told, "other"))
    waiting.watch(holding, hold)
    holding.move(1, True)
    assert held.wait(PATIENCE)
    one.move(10, False)
    one.move(30, True)
    other.move(20, False)
    other.move(40, True)
    free.set()
    assert next_of(told, 4) == [("one", 10, False), ("other", 20, False), ("one", 30, True), ("other", 40, True)]


def test_what_comes_on_one_line_while_another_is_read_comes_in_its_turn(waiting: Edges, told: "Queue[Told]") -> None:
    one, other = Line(), Line()
    waiting.watch(one, hears(told, "one"))
    waiting.watch(other, hears(told, "other"))

    def meanwhile() -> None:
        one.before_reading = lambda: None
        other.move(20, False)
        one.move(30, True)

    one.before_reading = meanwhile
    one.move(10, False)
    assert next_of(told, 3) == [("one", 10, False), ("other", 20, False), ("one", 30, True)]


def test_a_line_that_was_left_is_silent_and_the_others_are_not(waiting: Edges, told: "Queue[Told]") -> None:
    one, other = Line(), Line()
    waiting.watch(one, hears(told, "one"))
    waiting.watch(other, hears(told, "other"))
    waiting.leave(one)
    one.move(10, True)
    other.move(20, True)
    assert next_of(told, 1) == [("other", 20, True)]
    assert told.empty()


@pytest.fixture
def factory(monkeypatch: pytest.MonkeyPatch) -> Iterator[EdgeFactory]:
    monkeypatch.setattr(gpiod, "Chip", Chip)
    monkeypatch.setattr(EdgeFactory, "_get_revision", lambda _self: PI_4)
    factory = EdgeFactory(4)
    yield factory
    factory.close()


def lines(factory: EdgeFactory) -> dict[int, Line]:
    """The lines that were taken."""
    chip: Any = factory._chip
    taken: dict[int, Line] = chip.lines
    return taken


def next_reading(heard: "Queue[Reading]") -> Reading:
    return heard.get(timeout=PATIENCE)


def test_buttons_and_encoders_are_pulled_up_and_read_with_the_kernels_stamps(factory: EdgeFactory) -> None:
    heard: Queue[Reading] = Queue()
    with GpioPanel(replace(PINS, lights={}, pots={}), heard.put, lambda: 5.05, factory) as panel:
        assert [fault for fault in panel.faults if f"GPIO {TAKEN}" not in fault] == []
        assert ["Device or resource busy" in fault for fault in panel.faults] == [True]
        taken = lines(factory)
        tap, (first, second) = PINS.buttons["tap"][0], PINS.encoders["style"]
        for line in taken.values():
            assert (line.settings[-1].direction, line.settings[-1].bias) == (Direction.INPUT, Bias.PULL_UP)
            assert line.settings[-1].edge_detection is Edge.BOTH
        taken[tap].move(5_000_000_001, False)
        taken[tap].move(5_030_000_000, True)
        source = f"GPIO {tap}"
        assert next_reading(heard) == Pressed("tap", Seconds(5.000000001), source)
        assert next_reading(heard) == Released("tap", Seconds(5.03), source)
        for count, (number, high) in enumerate(((first, False), (second, False), (first, True), (second, True))):
            taken[number].move(5_040_000_000 + count, high)
        assert next_reading(heard) == Stepped("style", 1, Seconds(5.040000003))
    assert all(line.released for line in taken.values())
    assert heard.empty()


def test_a_line_that_was_given_back_can_be_taken_again(factory: EdgeFactory) -> None:
    pins = replace(PINS, lights={}, pots={}, encoders={}, buttons={"tap": PINS.buttons["tap"]})
    number = PINS.buttons["tap"][0]
    for _ in range(2):
        heard: Queue[Reading] = Queue()
        with GpioPanel(pins, heard.put, lambda: 5.0, factory) as panel:
            assert panel.faults == ()
            lines(factory)[number].move(5_000_000_000, False)
            assert next_reading(heard) == Pressed("tap", Seconds(5.0), f"GPIO {number}")


def test_a_line_that_is_down_at_the_start_is_named(factory: EdgeFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Line, "get_value", lambda _self, _number: Value.INACTIVE)
    pins = replace(PINS, lights={}, pots={}, encoders={}, buttons={"tap": PINS.buttons["tap"]})
    with GpioPanel(pins, lambda _reading: None, lambda: 5.0, factory) as panel:
        assert "button TAP (GPIO 4) is down since the start" in panel.faults[0]


@pytest.mark.parametrize(
    ("what", "value"), [("function", "output"), ("pull", "sideways"), ("edges", "rising"), ("bounce", 0.1)]
)
def test_what_an_awaited_input_cannot_do_is_refused(factory: EdgeFactory, what: str, value: object) -> None:
    pin = factory.pin(PINS.buttons["tap"][0])
    with pytest.raises(GPIOZeroError):
        setattr(pin, what, value)


def test_a_physical_pull_stays(factory: EdgeFactory) -> None:
    pin = factory.pin(2)
    assert pin.pull == "up"
    with pytest.raises(GPIOZeroError, match="physical"):
        pin.pull = "floating"


def test_the_chip_is_closed_once(factory: EdgeFactory) -> None:
    chip: Any = factory._chip
    factory.close()
    factory.close()
    assert (chip.path, chip.is_open) == ("/dev/gpiochip4", False)
