"""The panel on the terminal."""

import asyncio
import logging
import os
import pty
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from jambox.config import Panel
from jambox.consoles import TerminalConsole, open_console
from jambox.panel.controls import Reading
from jambox.panel.feedback import View
from jambox.state import State
from jambox.units import Seconds
from tests.panels import VIEW, kinds


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
