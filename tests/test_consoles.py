"""Which panel a box gets, and the wired one."""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPWMPin

from jambox import consoles
from jambox.config import Panel
from jambox.consoles import GpioConsole, NoConsole, is_pi, open_console, read_pins
from jambox.errors import DataError, DeviceError
from jambox.panel import gpio
from jambox.panel.controls import Pressed, Reading
from jambox.units import Seconds
from tests.panels import VIEW, kinds

# Which panel.


class Chosen(Exception):  # noqa: N818  # no error, but what is looked for
    """The panel that would have been opened."""


@pytest.mark.parametrize(
    ("kind", "pi", "terminal", "expected"),
    [
        ("auto", True, True, "GpioConsole"),
        ("auto", True, False, "GpioConsole"),
        ("auto", False, True, "TerminalConsole"),
        ("gpio", False, True, "GpioConsole"),
        ("terminal", True, False, "TerminalConsole"),
    ],
)
def test_which_panel_is_opened(
    monkeypatch: pytest.MonkeyPatch, kind: Any, pi: bool, terminal: bool, expected: str
) -> None:
    def chosen(name: str) -> Callable[..., Any]:
        def opened(*_words: object) -> None:
            raise Chosen(name)

        return opened

    monkeypatch.setattr(consoles, "is_pi", lambda: pi)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: terminal, raising=False)
    for name in ("GpioConsole", "TerminalConsole"):
        monkeypatch.setattr(consoles, name, chosen(name))
    with pytest.raises(Chosen, match=f"^{expected}$"):
        open_console(Panel(kind), lambda _reading: None, lambda: None)


@pytest.mark.parametrize("stdin", ["no terminal", "closed"])
def test_without_pi_and_terminal_there_is_no_panel_and_no_fault(monkeypatch: pytest.MonkeyPatch, stdin: str) -> None:
    monkeypatch.setattr(consoles, "is_pi", lambda: False)
    if stdin == "closed":
        monkeypatch.setattr(sys, "stdin", None)
    else:
        monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    for kind in ("auto", "none"):
        console = open_console(Panel(kind), lambda _reading: None, lambda: None)
        assert isinstance(console, NoConsole)
        assert console.faults == {}
        console.refresh(VIEW)
        console.close()


def test_a_panel_that_cannot_be_opened_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse() -> None:
        raise DeviceError("no GPIO here: add the user to the group gpio")

    async def opened(panel: Panel) -> dict[str, str]:
        return open_console(panel, lambda _reading: None, lambda: None).faults

    monkeypatch.setattr(gpio, "open_factories", refuse)
    assert asyncio.run(opened(Panel("gpio"))) == {"panel": "no GPIO here: add the user to the group gpio"}
    assert "panel.board: 'spam' is no board" in asyncio.run(opened(Panel("gpio", "spam")))["panel"]
    assert len(caplog.records) == 2


@pytest.mark.parametrize("stdin", ["a file", "nothing", "closed"])
def test_a_terminal_panel_without_keys_is_a_fault(monkeypatch: pytest.MonkeyPatch, stdin: str) -> None:
    async def opened() -> dict[str, str]:
        handlers = logging.root.handlers[:]
        console = open_console(Panel("terminal"), lambda _reading: None, lambda: None)
        assert logging.root.handlers == handlers
        return console.faults

    with Path(os.devnull if stdin == "nothing" else __file__).open() as file:
        monkeypatch.setattr(sys, "stdin", None if stdin == "closed" else file)
        assert asyncio.run(opened())["panel"].endswith("start the box from a terminal")


@pytest.mark.parametrize(
    ("model", "cpuinfo", "expected"),
    [
        ("Raspberry Pi 4 Model B Rev 1.4\0", None, True),
        (None, "Model\t\t: Raspberry Pi 3 Model B Rev 1.2\n", True),
        ("Radxa ROCK 5B\0", "processor: 0\n", False),
        (None, "model name: Intel\n", False),
        (None, None, False),
    ],
)
def test_whether_this_is_a_pi(
    monkeypatch: pytest.MonkeyPatch, model: str | None, cpuinfo: str | None, expected: bool
) -> None:
    def read(path: Path, **_options: object) -> str:
        text = {"model": model, "cpuinfo": cpuinfo}[path.name]
        if text is None:
            raise FileNotFoundError(path)
        return text

    monkeypatch.setattr(Path, "read_text", read)
    assert is_pi() is expected


def test_pins_are_those_of_the_board(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert read_pins("generic").board == "generic"
    with pytest.raises(DataError, match=r"^panel\.board: 'spam' is no board in .*panel\.toml: there are .*generic"):
        read_pins("spam")
    monkeypatch.setattr(consoles, "PINS", tmp_path / "gone.toml")
    with pytest.raises(DataError, match=r"gone\.toml: cannot be read: "):
        read_pins("generic")
    (tmp_path / "gone.toml").write_text("x = ")
    with pytest.raises(DataError, match=r"gone\.toml: not TOML"):
        read_pins("generic")


# The wired panel.


class Factory(MockFactory):  # type: ignore[misc]  # gpiozero is untyped
    """Mock pins, of which only BEAT's can dim."""

    def pin(self, name: Any, pin_class: Any = None, **kwargs: Any) -> Any:
        return super().pin(name, MockPWMPin if name == PINS.lights["beat"] else pin_class, **kwargs)


PINS = read_pins("generic")
DRONE = PINS.buttons["drone"][0]


@pytest.fixture
def factory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Factory]:
    factory = Factory()
    monkeypatch.setattr(Device, "pin_factory", factory)
    monkeypatch.setattr(gpio, "open_factories", lambda: (factory, factory))
    yield factory
    factory.reset()


def test_the_wired_panels_readings_come_on_the_loops_thread(factory: Factory) -> None:
    fed: list[tuple[Reading, int]] = []

    async def life() -> None:
        console = GpioConsole(PINS, lambda reading: fed.append((reading, threading.get_ident())))
        pin = factory.pin(DRONE)
        for move in (pin.drive_low, pin.drive_high):
            # Edges come on a thread of their own.
            thread = threading.Thread(target=move)
            thread.start()
            thread.join()
        assert fed == []
        for _ in range(3):
            await asyncio.sleep(0.0)
        assert kinds([reading for reading, _ in fed]) == [("Pressed", "drone"), ("Released", "drone")]
        assert {thread for _, thread in fed} == {threading.get_ident()}
        console.refresh(VIEW)
        assert factory.pin(PINS.lights["drone"]).state
        console.close()
        assert factory.pin(PINS.lights["drone"]).function == "input"

    asyncio.run(life())


@pytest.mark.usefixtures("factory")
def test_a_reading_after_the_end_harms_nobody() -> None:
    feeds: list[Callable[[Reading], None]] = []

    class Wired(gpio.GpioPanel):
        def __init__(self, pins: Any, on_reading: Callable[[Reading], None]) -> None:
            super().__init__(pins, on_reading)
            feeds.append(on_reading)

    async def life() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(consoles, "GpioPanel", Wired)
            GpioConsole(PINS, lambda _reading: pytest.fail("fed")).close()

    asyncio.run(life())
    feeds[0](Pressed("drone", Seconds(1.0)))


def test_what_does_not_work_on_the_wired_panel_is_told_until_it_does(
    factory: Factory, caplog: pytest.LogCaptureFixture
) -> None:
    async def life() -> None:
        pin = factory.pin(DRONE)
        pin._set_pull = lambda _value: None  # a closed switch wins over the pull-up
        pin.drive_low()
        console = GpioConsole(PINS, lambda _reading: None)
        down = [fault for fault in console.faults.values() if "is down since the start" in fault]
        assert len(down) == 1
        assert down[0] in caplog.text
        pin.drive_high()
        assert not any("is down since the start" in fault for fault in console.faults.values())
        console.close()

    asyncio.run(life())
