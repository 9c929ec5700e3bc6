"""The panel on a keyboard, for a machine without GPIO: keys to readings, lights and levels to a few lines of text.

A terminal tells of no key's release, so a key stands for a whole gesture: its readings are stamped as a hand would have
made them, the later ones up to a second ahead, and may be fed at once.
"""

import os
import re
import shutil
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType, TracebackType
from typing import Any, Self, TextIO

from jambox.actions import Level, Share
from jambox.panel.controls import CONTROLS, Pressed, Reading, Released, Stepped, Turned, level_position, share_position
from jambox.panel.feedback import BEAT, CLAP, SAM, Flash, View, flash, lights
from jambox.panel.gestures import BOUNCE
from jambox.scene import Scene
from jambox.state import describe
from jambox.units import Seconds

TOUCH = Seconds(BOUNCE + 0.01)
"""How long a tapped key counts as down: longer than bounce, far shorter than a hold."""
NUDGE = 0.025
"""How far a key turns a knob."""


@dataclass(frozen=True, slots=True)
class Key:
    """What one key stands for: a click or hold of `button`, steps of an encoder, or a nudge of a knob."""

    does: str
    button: str = ""
    hold: bool = False
    with_: str = ""
    encoder: str = ""
    knob: str = ""
    by: int = 0


def _knob(name: str, what: str, low: str, high: str) -> dict[str, Key]:
    return {low: Key(f"{what} down", knob=name, by=-1), high: Key(f"{what} up", knob=name, by=1)}


def _button(name: str, key: str, click: str, hold: str) -> dict[str, Key]:
    return {key: Key(click, button=name), key.upper(): Key(hold, button=name, hold=True)}


def _style(what: str, low: str, high: str, with_: str = "") -> dict[str, Key]:
    def step(by: int) -> Key:
        return Key(f"{'next' if by > 0 else 'previous'} {what}", encoder="style", by=by, with_=with_)

    return {low: step(-1), high: step(1)}


KEYS: Mapping[str, Key] = MappingProxyType(
    _button("drone", "d", "DRONE", "hold DRONE")
    | {"n": Key("next drone", button="drone", with_="shift")}
    | _button("rhythm", "r", "RHYTHM", "hold RHYTHM: end at sam")
    | {" ": Key("RHYTHM", button="rhythm"), "c": Key("count in", button="rhythm", with_="shift")}
    | _button("tap", "t", "TAP", "hold TAP")
    | _style("cycle", "[", "]")
    | _style("cycle", "left", "right")
    | _style("tonic", "{", "}", with_="drone")
    | _style("scene", "<", ">", with_="shift")
    | _button("style", "w", "where am I", "hold STYLE")
    | {"u": Key("next tuning", button="style", with_="drone")}
    | {"U": Key("previous tuning", button="style", hold=True, with_="drone")}
    | _knob("volume", "volume", "v", "V")
    | _knob("volume", "volume", "down", "up")
    | _knob("inputs", "inputs", "i", "I")
    | {"l": Key("level the inputs", knob="inputs", by=1, with_="shift")}
    | _knob("drone_level", "drone level", "o", "O")
    | _knob("rhythm_level", "rhythm level", "y", "Y")
    | _knob("energy", "energy", "e", "E")
    | _knob("meet", "meet", "m", "M")
    | _button("surprise", "s", "SURPRISE", "hold SURPRISE")
    | {"f": Key("faster laya", button="surprise", with_="shift")}
    | {"F": Key("slower laya", button="surprise", hold=True, with_="shift")}
    | _button("keep", "k", "KEEP", "hold KEEP")
    | {"H": Key("hold SHIFT", button="shift", hold=True), "p": Key("panic", button="tap", with_="shift")}
)
"""Key -> what it stands for; `?` (help) and `q` (quit) are the terminal's own."""

_NAMED = {"[A": "up", "[B": "down", "[C": "right", "[D": "left", "OA": "up", "OB": "down", "OC": "right", "OD": "left"}
_SEQUENCE = re.compile(r"\x1b(\[[0-9;]*[@-~]|O[A-Z])|(\x1b(?:\[[0-9;]*|O)?\Z)|(.)", re.DOTALL)


def split_keys(text: str) -> tuple[list[str], str]:
    """The keys typed in `text`, arrows by name, and the start of an escape sequence that is still to be completed."""
    keys: list[str] = []
    for sequence, rest, key in _SEQUENCE.findall(text):
        if rest:
            return keys, rest
        if key or sequence in _NAMED:
            keys.append(key or _NAMED[sequence])
    return keys, ""


def readings(key: str, now: float, positions: Mapping[str, float]) -> tuple[Reading, ...]:
    """What `key`, typed at `now` in monotonic seconds, stands for; nothing for keys without a meaning.

    `positions` has the knobs' present positions, 0 to 1; a knob that is not there is taken to stand in the middle.
    """
    meaning = KEYS.get(key)
    return () if meaning is None else tuple(_hands(meaning, now, positions))


def _hands(key: Key, now: float, positions: Mapping[str, float]) -> Iterator[Reading]:
    lasts = CONTROLS[key.button].hold + TOUCH if key.hold else TOUCH
    begin, end = Seconds(now), Seconds(now + lasts)
    if key.with_:
        yield Pressed(key.with_, begin, "key")
    if key.button:
        yield Pressed(key.button, begin, "key")
        yield Released(key.button, end, "key")
    if key.encoder:
        yield Stepped(key.encoder, key.by, begin)
    if key.knob:
        yield Turned(key.knob, min(max(positions.get(key.knob, 0.5) + key.by * NUDGE, 0.0), 1.0), begin)
    if key.with_:
        yield Released(key.with_, end, "key")


def help_text() -> str:
    """The keys and what they do, three to a line."""
    items = [f"{'space' if key == ' ' else key:>5}  {meaning.does}" for key, meaning in KEYS.items()]
    items += ["    ?  this help", "    q  quit"]
    return "\n".join("".join(f"{item:<32}" for item in items[i : i + 3]).rstrip() for i in range(0, len(items), 3))


LIT, DARK = "●", "○"
BEATS: Mapping[float, str] = MappingProxyType({SAM: LIT, CLAP: "◕", BEAT: "◔"})
WAVES: Mapping[float, str] = MappingProxyType({SAM: "◉", CLAP: "◎", BEAT: "◎"})
"""What stands for BEAT's light by how bright it is: as full as bright, and for a wave a ring for an open hand.

A terminal has no half light, and its flicker would be missed.
"""
_COLOURS = {"beat": 33, "drone": 36, "rhythm": 32, "keep": 31, "status": 37}
"""ANSI colour numbers (ECMA-48, select graphic rendition)."""


def picture(view: View, width: int, colour: bool) -> tuple[str, ...]:
    """The panel at `view.now` as lines no wider than `width` characters; BEAT as `BEATS` and `WAVES` have it."""
    lamps = []
    for name, brightness in lights(view).items():
        lamp = _beat(flash(view)) if name == "beat" else LIT if brightness else DARK
        lit = colour and lamp != DARK
        lamps.append(f"\x1b[{_COLOURS[name]}m{lamp}\x1b[0m {name.upper()}" if lit else f"{lamp} {name.upper()}")
    scene = view.state.scene
    knobs = [_bar(level, getattr(scene, level.value)) for level in Level]
    shares = "  ".join(_share_bar(share, getattr(scene, share.value)) for share in Share)
    lines = ("  ".join(knobs[:2]), "  ".join(knobs[2:]), shares, describe(view.state))
    # The row of lights is 51 characters wide; cutting it could cut a colour in two.
    return (*(("   ".join(lamps),) if width >= 51 else ()), *(line[:width] for line in lines))


def _beat(now: Flash | None) -> str:
    return DARK if now is None else (WAVES if now.wave else BEATS)[now.brightness]


def _bar(level: Level, decibels: float) -> str:
    name = level.value.replace("_", " ")
    full = round(level_position(decibels) * 10)
    return f"{name:<12} {'█' * full}{'░' * (10 - full)} {decibels:+6.1f} dB"


def _share_bar(share: Share, of: float) -> str:
    full = round(of * 10)
    return f"{share.value:<12} {'█' * full}{'░' * (10 - full)} {of:6.0%}   "


def _positions(scene: Scene) -> dict[str, float]:
    """Where knobs would stand that give what is set."""
    levels = {level.value: level_position(getattr(scene, level.value)) for level in Level}
    return levels | {share.value: share_position(getattr(scene, share.value)) for share in Share}


class TerminalPanel:
    """The panel on a terminal. Sets the keyboard to single keys; `close` (or leaving `with`) sets it back.

    Wait for `fileno()` to become readable, then call `read`. Once `ended` is true there is nothing more to read. Where
    the output is no terminal, only messages are written; where the input is none, keys are read as they come.
    """

    def __init__(
        self,
        keyboard: TextIO | None = None,
        screen: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keyboard, self._screen = keyboard or sys.stdin, screen or sys.stdout
        self._clock = clock
        self.ended = False
        self._rest = ""
        self._drawn: tuple[str, ...] = ()
        self._drawing = self._screen.isatty()
        self._colour = not os.environ.get("NO_COLOR")  # https://no-color.org
        self._before: list[Any] | None = None
        if self._keyboard.isatty():
            self._before = termios.tcgetattr(self._keyboard)
            tty.setcbreak(self._keyboard, termios.TCSADRAIN)
        if self._drawing:
            self._write("\x1b[?25l")

    def fileno(self) -> int:
        """The keyboard's file descriptor."""
        return self._keyboard.fileno()

    def read(self, scene: Scene) -> list[Reading]:
        """The readings of the keys typed since the last call; blocks unless `fileno()` is readable.

        Knobs are nudged from where `scene` has them. `?` prints the keys; `q` and the end of the input set `ended`.
        """
        try:
            data = os.read(self.fileno(), 1024)
        except OSError:  # a terminal that hung up
            data = b""
        if not data:
            self.ended = True
            return []
        keys, self._rest = split_keys(self._rest + data.decode(errors="ignore"))
        positions = _positions(scene)
        found: list[Reading] = []
        for key in keys:
            if key == "?":
                self.say(help_text())
            elif key == "q":
                self.ended = True
            hands = readings(key, self._clock(), positions)
            positions |= {hand.control: hand.position for hand in hands if isinstance(hand, Turned)}
            found += hands
        return found

    def draw(self, view: View) -> None:
        """Draws the panel in place, where the output is a terminal and something changed since."""
        if not self._drawing:
            return
        lines = picture(view, shutil.get_terminal_size().columns - 1, self._colour)
        if lines != self._drawn:
            self._write(self._home() + "".join(f"{line}\x1b[K\n" for line in lines) + "\x1b[J")
            self._drawn = lines

    def say(self, text: str) -> None:
        """Writes a message, above the panel where one is drawn."""
        self._write(f"{self._home()}\x1b[J{text}\n" if self._drawing else f"{text}\n")
        if self._drawn:
            self._write("".join(f"{line}\n" for line in self._drawn))

    def close(self) -> None:
        """Gives the terminal back as it was. May be called twice."""
        before, drawing = self._before, self._drawing
        self._before, self._drawing = None, False
        if before is not None:
            with suppress(termios.error):  # a terminal that hung up
                termios.tcsetattr(self._keyboard, termios.TCSADRAIN, before)
        if drawing:
            self._write("\x1b[?25h")

    def __enter__(self) -> Self:
        """The open panel."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes it."""
        self.close()

    def _home(self) -> str:
        return f"\x1b[{len(self._drawn)}A\r" if self._drawn else "\r"

    def _write(self, text: str) -> None:
        self._screen.write(text)
        self._screen.flush()
