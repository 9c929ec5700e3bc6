"""`jambox meters`: the meters of the running box, live on a terminal."""

import curses
import time
from pathlib import Path
from typing import Any

from jambox import remote
from jambox.cli.asking import answer
from jambox.cli.parsing import Arguments, command
from jambox.errors import DeviceError
from jambox.gauges import picture

EVERY = 0.05
"""Seconds between two looks: meters fall by no more than 1.5 dB meanwhile."""
CLIPPED = 1.0
"""Seconds for which a strip that clipped is marked."""
_HEAT = (curses.A_NORMAL, curses.A_BOLD, curses.A_REVERSE)


def add(commands: Any) -> None:
    """Adds meters."""
    what = "show levels, reductions and loudness of the running box, live; q ends it"
    parser = command(commands, _meters, "meters", what, "jambox meters")
    parser.add_argument("--socket", type=Path, metavar="PATH")


def _meters(arguments: Arguments) -> int:
    # Asked before the screen is taken, so that a box that is not there is told of as usual.
    answer(arguments, remote.Request(meters=True))
    try:
        curses.wrapper(_watch, arguments)
    except curses.error as fault:
        raise DeviceError(f"no terminal that can be drawn on ({fault}): see `jambox status`") from fault
    return 0


def _watch(screen: Any, arguments: Arguments) -> None:
    if curses.tigetstr("civis"):
        curses.curs_set(0)
    screen.timeout(round(EVERY * 1000))
    counts: list[int] = []
    clipped: dict[int, float] = {}
    while True:
        shown, now = answer(arguments, remote.Request(meters=True)).meters, time.monotonic()
        before, counts = counts, [strip["clipped"] for strip in shown["strips"]]
        clipped |= {n: now for n, (old, new) in enumerate(zip(before, counts, strict=False)) if new > old}
        _draw(screen, shown, [now - clipped.get(n, -CLIPPED) < CLIPPED for n in range(len(counts))])
        if screen.getch() in (ord("q"), ord("Q")):
            return


def _draw(screen: Any, shown: dict[str, Any], clipping: list[bool]) -> None:
    height, width = screen.getmaxyx()
    screen.erase()
    # The last cell of a screen cannot be written: curses would scroll it.
    for row, line in enumerate(picture(shown, clipping, width - 1)[:height]):
        screen.addstr(row, 0, line.text, _HEAT[line.heat])
    screen.refresh()
