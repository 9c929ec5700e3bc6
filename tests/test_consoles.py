"""The hands that reach the panel through the socket, which panel a box gets, and the wired and the terminal's one."""

import asyncio
import logging
import os
import pty
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPWMPin

from jambox import consoles
from jambox.config import Panel
from jambox.consoles import TOUCH, GpioConsole, NoConsole, TerminalConsole, is_pi, open_console, play, read_pins
from jambox.errors import DataError, DeviceError, UnknownNameError
from jambox.panel import gpio
from jambox.panel.controls import Pressed, Reading, Released, Stepped, Turned
from jambox.panel.feedback import View
from jambox.panel.gestures import Click, Gesture, Gestures, Hold, Press, Step
from jambox.remote import Request
from jambox.scene import Scene
from jambox.state import State
from jambox.units import Seconds

VIEW = View(State(Scene(drone_on=True)), Seconds(100.0), beat=0.0)


def played(request: Request) -> list[Reading]:
    """What a request makes of the panel."""
    readings: list[Reading] = []
    asyncio.run(play(request, readings.append))
    return readings


def kinds(readings: list[Reading]) -> list[tuple[str, str]]:
    return [(type(reading).__name__, reading.control) for reading in readings]


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


# The panel on the terminal.


class Terminal:
    """A pseudo-terminal as standard input and output, and the far end of it."""

    def __init__(self) -> None:
        self.far, self._near = pty.openpty()
        self.keyboard, self.screen = os.fdopen(os.dup(self._near), "r"), os.fdopen(os.dup(self._near), "w")
        os.set_blocking(self.far, False)
        self.before = self.mode()
        self.text = ""

    def attach(self, monkeypatch: pytest.MonkeyPatch) -> None:
        # Not in the fixture: between set-up and test, pytest takes standard output back.
        monkeypatch.setattr(sys, "stdin", self.keyboard)
        monkeypatch.setattr(sys, "stdout", self.screen)

    def mode(self) -> list[Any]:
        return termios.tcgetattr(self._near)

    def type(self, keys: str) -> None:
        os.write(self.far, keys.encode())

    def read(self) -> str:
        """What was written since the last call."""
        try:
            return os.read(self.far, 65536).decode()
        except BlockingIOError:
            return ""

    async def until(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + 5.0
        while not condition():
            assert time.monotonic() < end, "it never came"
            await asyncio.sleep(0.001)

    async def shows(self, text: str) -> str:
        """Waits until `text` was written; all that was."""
        written = ""

        def there() -> bool:
            nonlocal written
            written += self.read()
            return text in written

        await self.until(there)
        return written

    def hang_up(self) -> None:
        if self.far >= 0:
            os.close(self.far)
            self.far = -1

    def close(self) -> None:
        self.hang_up()
        self.keyboard.close()
        with suppress(OSError):  # what could not be written to a far end that is gone
            self.screen.close()
        os.close(self._near)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    terminal = Terminal()
    yield terminal
    terminal.close()


def test_keys_act_log_lines_go_above_the_panel_and_the_terminal_comes_back(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.attach(monkeypatch)
    fed: list[Reading] = []
    stopped: list[bool] = []

    async def life() -> None:
        console = open_console(Panel("terminal"), fed.append, lambda: stopped.append(True))
        assert isinstance(console, TerminalConsole)
        assert console.faults == {}
        assert terminal.mode() != terminal.before
        terminal.type("d")
        console.refresh(VIEW)
        await terminal.until(lambda: len(fed) == 2)
        assert kinds(fed) == [("Pressed", "drone"), ("Released", "drone")]
        await terminal.shows("DRONE")
        logging.getLogger("jambox.test").warning("the %s is loose", "string")
        written = await terminal.shows("RHYTHM")
        assert written.index("the string is loose") < written.index("DRONE")
        terminal.type("q")
        await terminal.until(lambda: bool(stopped))
        terminal.type("d")
        for _ in range(5):
            await asyncio.sleep(0.001)
        assert len(fed) == 2
        console.close()

    handlers = logging.root.handlers[:]
    asyncio.run(life())
    assert logging.root.handlers == handlers
    assert terminal.mode() == terminal.before
    assert stopped == [True]
    assert terminal.read().endswith("\x1b[?25h")


def test_a_terminal_that_hangs_up_stops_the_box_and_raises_nothing(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.attach(monkeypatch)
    stopped: list[bool] = []

    async def life() -> None:
        console = open_console(Panel("terminal"), lambda _reading: None, lambda: stopped.append(True))
        console.refresh(VIEW)
        terminal.hang_up()
        console.refresh(View(State(), Seconds(101.0)))
        logging.getLogger("jambox.test").warning("is anybody there?")
        await terminal.until(lambda: bool(stopped))
        console.close()

    handlers = logging.root.handlers[:]
    asyncio.run(life())
    assert logging.root.handlers == handlers


def test_readings_have_a_source_of_their_own() -> None:
    assert {
        reading.source for reading in played(Request(press="drone")) if isinstance(reading, Pressed | Released)
    } == {"socket"}
