"""`jambox meters` and `jambox show --live`: the running box's meters and its cycle, live on a terminal."""

import curses
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jambox import playhead, remote
from jambox.cli.asking import answer
from jambox.cli.parsing import Arguments, command
from jambox.errors import DeviceError
from jambox.gauges import picture
from jambox.music.library import Library

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
    return _on_screen(_watch, arguments)


def follow(arguments: Arguments, found: Library) -> int:
    """Draws the cycle that the arguments name, or the one that plays, with a playhead, until q is typed."""
    if arguments.cycle:
        found.cycle(arguments.cycle)
    answer(arguments, remote.Request(status=True))
    return _on_screen(_follow, arguments, found)


def _on_screen(watch: Callable[..., None], *arguments: object) -> int:
    try:
        curses.wrapper(watch, *arguments)
    except curses.error as fault:
        raise DeviceError(f"no terminal that can be drawn on ({fault}): see `jambox status`") from fault
    return 0


def _prepare(screen: Any) -> None:
    if curses.tigetstr("civis"):
        curses.curs_set(0)
    screen.timeout(round(EVERY * 1000))


def _follow(screen: Any, arguments: Arguments, found: Library) -> None:
    _prepare(screen)
    while True:
        status = answer(arguments, remote.Request(status=True)).status
        height, width = screen.getmaxyx()
        now = time.monotonic()
        shown = playhead.picture(found.cycles, found.drums, status, arguments.cycle, now, width - 1, height)
        _put(screen, shown)
        if screen.getch() in (ord("q"), ord("Q")):
            return


def _watch(screen: Any, arguments: Arguments) -> None:
    _prepare(screen)
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
    lines = picture(shown, clipping, width - 1)[:height]
    _put(screen, [line.text for line in lines], [_HEAT[line.heat] for line in lines])


def _put(screen: Any, lines: Sequence[str], looks: Sequence[int] = ()) -> None:
    screen.erase()
    # The last cell of a screen cannot be written: curses would scroll it.
    for row, line in enumerate(lines):
        screen.addstr(row, 0, line, looks[row] if looks else curses.A_NORMAL)
    screen.refresh()
