"""The panels that a box can have: wired, on a terminal, or none; and the hands that reach it through the socket."""

import asyncio
import logging
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from jambox.config import Panel
from jambox.errors import DataError, DeviceError
from jambox.panel.controls import CONTROLS, Kind, Pressed, Reading, Released, Stepped, Turned, control
from jambox.panel.feedback import View, lights
from jambox.panel.gestures import BOUNCE
from jambox.panel.gpio import GpioPanel
from jambox.panel.pins import PinMap, parse_panel
from jambox.panel.terminal import TerminalPanel
from jambox.remote import Request
from jambox.units import Seconds

PINS = Path(__file__).parent.parent / "hardware" / "panel.toml"
TOUCH = BOUNCE + 0.01
"""Seconds that a press through the socket lasts at least: longer than bounce."""
_log = logging.getLogger(__name__)


class Console(Protocol):
    """A panel under the box's event loop."""

    @property
    def faults(self) -> dict[str, str]:
        """What does not work, a line for each part."""

    def refresh(self, view: View) -> None:
        """Show the lights, and read what has to be asked for."""

    def close(self) -> None:
        """Give everything back."""


def open_console(panel: Panel, feed: Callable[[Reading], None], stop: Callable[[], None]) -> Console:
    """The panel that `panel` asks for; with `auto`, the wired one on a Raspberry Pi, else the terminal if there is one.

    `feed` takes readings on the event loop's thread; `stop` is called when the player quits. A panel that cannot be
    opened is a fault, and the box plays on.
    """
    kind = panel.kind
    if kind == "auto":
        kind = "gpio" if is_pi() else "terminal" if sys.stdin and sys.stdin.isatty() else "none"
    try:
        if kind == "gpio":
            return GpioConsole(read_pins(panel.board), feed)
        if kind == "terminal":
            return TerminalConsole(feed, stop)
    except (DeviceError, DataError) as fault:
        _log.warning("%s", fault)
        return NoConsole({"panel": str(fault)})
    _log.info("panel: none; `jambox press` and `jambox turn` play the box")
    return NoConsole({})


def is_pi() -> bool:
    """Whether this is a Raspberry Pi, as its device tree or /proc/cpuinfo says."""
    for path in (Path("/proc/device-tree/model"), Path("/proc/cpuinfo")):
        try:
            if "Raspberry Pi" in path.read_text(errors="replace"):
                return True
        except OSError:
            continue
    return False


def read_pins(board: str) -> PinMap:
    """The pin map for an audio board. Raises DataError when the file or the board is not there."""
    try:
        maps = parse_panel(PINS.read_text(encoding="utf-8"), str(PINS))
    except OSError as fault:
        raise DataError(f"{PINS}: cannot be read: {fault}") from fault
    if board not in maps:
        raise DataError(f"panel.board: {board!r} is no board in {PINS}: there are {', '.join(maps)}")
    return maps[board]


async def play(request: Request, feed: Callable[[Reading], None]) -> None:
    """Do with the panel what `request` asks, in real time. Raises UnknownNameError for a control that is not there."""
    begin = time.monotonic()
    held = [name.lower() for name in (*request.holding, request.press) if name]
    # All names are looked at first: a wrong one must not leave another button down.
    for name in held:
        control(name, Kind.BUTTON)
    turned = _turned(request.turn.lower(), request.value, begin) if request.turn else None
    for name in held:
        feed(Pressed(name, Seconds(begin), "socket"))
    if turned:
        feed(turned)
    if held:
        await asyncio.sleep(max(request.hold, TOUCH))
    end = max(time.monotonic(), begin + TOUCH)
    for name in reversed(held):
        feed(Released(name, Seconds(end), "socket"))
    if held:
        await asyncio.sleep(BOUNCE)  # a press that follows at once is not taken for bounce


def _turned(name: str, value: float, now: float) -> Reading:
    if name in CONTROLS and Kind.ENCODER in CONTROLS[name].kinds:
        return Stepped(name, round(value), Seconds(now))
    control(name, Kind.KNOB)
    return Turned(name, min(max(value, 0.0), 1.0), Seconds(now))


class NoConsole:
    """No panel: the socket alone."""

    def __init__(self, faults: dict[str, str]) -> None:
        self.faults = faults

    def refresh(self, view: View) -> None:
        """Nothing to show."""

    def close(self) -> None:
        """Nothing to give back."""


class GpioConsole:
    """The wired panel; its readings come on a thread of its own and are handed to the loop's."""

    def __init__(self, pins: PinMap, feed: Callable[[Reading], None]) -> None:
        loop = asyncio.get_running_loop()
        self._panel = GpioPanel(pins, lambda reading: _hand_over(loop, feed, reading))
        for fault in self._panel.faults:
            _log.warning("%s", fault)
        _log.info("panel: GPIO pins of the board %s", pins.board)

    @property
    def faults(self) -> dict[str, str]:
        return {f"panel {number}": fault for number, fault in enumerate(self._panel.faults)}

    def refresh(self, view: View) -> None:
        """Read the knobs and set the lights."""
        self._panel.poll()
        self._panel.show(lights(view))

    def close(self) -> None:
        """Darken the lights and give the pins back."""
        self._panel.close()


def _hand_over(loop: asyncio.AbstractEventLoop, feed: Callable[[Reading], None], reading: Reading) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(feed, reading)


class TerminalConsole:
    """The panel on the terminal; log lines appear above it. Raises DeviceError where no keys can be waited for."""

    def __init__(self, feed: Callable[[Reading], None], stop: Callable[[], None]) -> None:
        self.faults: dict[str, str] = {}
        try:
            asyncio.get_running_loop().add_reader(sys.stdin, self._read)
        except (OSError, ValueError) as fault:  # a file, or nothing at all
            raise DeviceError(f"no keys can be typed here: {fault}: start the box from a terminal") from fault
        self._panel = TerminalPanel()
        self._feed, self._stop = feed, stop
        self._view: View | None = None
        self._log = _PanelLog(self._panel)
        self._handlers = logging.root.handlers[:]
        logging.root.handlers[:] = [self._log]
        _log.info("panel: this terminal; ? shows the keys, q quits")

    def refresh(self, view: View) -> None:
        """Draw the panel where it has changed."""
        self._view = view
        with suppress(OSError):  # a terminal that hung up; its keyboard ends too, and that stops the box
            self._panel.draw(view)

    def close(self) -> None:
        """Give the terminal back as it was."""
        asyncio.get_running_loop().remove_reader(self._panel.fileno())
        logging.root.handlers[:] = self._handlers
        with suppress(OSError):
            self._panel.close()

    def _read(self) -> None:
        if self._view is None:
            return
        for reading in self._panel.read(self._view.state.scene):
            self._feed(reading)
        if self._panel.ended:
            asyncio.get_running_loop().remove_reader(self._panel.fileno())
            self._stop()


class _PanelLog(logging.Handler):
    def __init__(self, panel: TerminalPanel) -> None:
        super().__init__()
        self._panel = panel

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError):
            self._panel.say(self.format(record))
