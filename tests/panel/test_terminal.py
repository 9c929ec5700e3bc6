"""The panel on a keyboard: keys through the same gestures and bindings, and a real pseudo-terminal."""

import io
import os
import re
import select
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.actions import (
    Action,
    ClickDrone,
    CountIn,
    HoldRhythm,
    Level,
    NotYet,
    Panic,
    PressDrone,
    PressRhythm,
    SetLevel,
    SetShare,
    Share,
    Surprise,
    TakeTonic,
    Tap,
    TurnDrone,
    TurnPartner,
    TurnStyle,
    TurnTonic,
    TurnTuning,
    Where,
)
from jambox.panel.bindings import Bindings
from jambox.panel.controls import level_position, travel
from jambox.panel.feedback import WAVE, View, flash, lights
from jambox.panel.gestures import NOTHING, Gestures
from jambox.panel.terminal import KEYS, NUDGE, TerminalPanel, help_text, picture, readings, split_keys
from jambox.scene import Scene
from jambox.state import State
from jambox.units import Seconds

NOW = Seconds(100.0)
VIEW = View(State(), NOW, beat=0.0)


def actions(keys: str, gap: float = 1.5) -> list[Action]:
    """What typing `keys`, `gap` seconds apart, does."""
    gestures, bindings, scene = Gestures(), Bindings(), Scene()
    done: list[Action] = []
    for i, key in enumerate(keys):
        for reading in readings(key, NOW + i * gap, {}):
            for gesture in gestures.feed(reading):
                done += bindings.actions(gesture, scene)
    assert gestures.held == NOTHING
    return done


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("d", [PressDrone(), ClickDrone()]),
        ("D", [PressDrone(), TakeTonic()]),
        ("r", [PressRhythm()]),
        (" ", [PressRhythm()]),
        ("R", [PressRhythm(), HoldRhythm()]),
        ("c", [CountIn()]),
        ("n", [TurnDrone(1)]),
        ("tt", [Tap(NOW), Tap(Seconds(NOW + 1.5))]),
        ("[", [TurnStyle(-1)]),
        ("]]", [TurnStyle(1), TurnStyle(1)]),
        ("}", [PressDrone(), TurnTonic(1)]),
        ("{", [PressDrone(), TurnTonic(-1)]),
        ("u", [PressDrone(), TurnTuning(1)]),
        ("U", [PressDrone(), TurnTuning(-1)]),
        (">", [NotYet("turning through the scenes")]),
        ("w", [Where()]),
        ("W", [TurnPartner(1)]),
        ("p", [Panic()]),
        ("K", [NotYet("an open-ended take")]),
        ("H", [NotYet("saving the scene")]),
        # From the middle, where a knob is that nobody knows of.
        ("e", [SetShare(Share.ENERGY, travel(0.5 - NUDGE))]),
        ("M", [SetShare(Share.MEET, travel(0.5 + NUDGE))]),
        ("s", [Surprise()]),
        ("x?", []),
    ],
)
def test_keys(keys: str, expected: list[Action]) -> None:
    assert actions(keys) == expected


def test_quick_taps_are_all_heard() -> None:
    assert len(actions("tttttttt", gap=0.15)) == 8


@given(st.text(st.sampled_from(sorted(k for k in KEYS if len(k) == 1)), max_size=20), st.floats(0.0, 0.6))
def test_no_typing_leaves_anything_held(keys: str, gap: float) -> None:
    gestures = Gestures()
    for i, key in enumerate(keys):
        for reading in readings(key, NOW + i * gap, {}):
            gestures.feed(reading)
    gestures.tick(NOW + 100.0)
    assert gestures.held == NOTHING
    assert gestures.deadline() is None


@pytest.mark.parametrize(
    ("text", "keys", "rest"),
    [
        ("dR ", ["d", "R", " "], ""),
        ("a\x1b[Ab\x1bOC", ["a", "up", "b", "right"], ""),
        ("\x1b[B\x1b[D", ["down", "left"], ""),
        ("\x1b[3~x\x1b[1;5Cy", ["x", "y"], ""),  # keys that mean nothing here
        ("d\x1b", ["d"], "\x1b"),
        ("\x1b[", [], "\x1b["),
        ("\x1bO", [], "\x1bO"),
        ("é\n", ["é", "\n"], ""),
        ("", [], ""),
    ],
)
def test_split_keys(text: str, keys: list[str], rest: str) -> None:
    assert split_keys(text) == (keys, rest)


def test_help_names_every_key() -> None:
    text = help_text()
    assert all((key if key != " " else "space") in text for key in (*KEYS, "?", "q"))


@pytest.mark.parametrize("colour", [False, True])
def test_picture(colour: bool) -> None:
    lines = picture(VIEW, 80, colour)
    plain = re.sub("\x1b\\[[0-9]+m", "", lines[0])
    assert plain == "● BEAT   ○ DRONE   ○ RHYTHM   ○ KEEP   ● STATUS"
    assert ("\x1b" in "".join(lines)) is colour
    assert "-12.0 dB" in lines[1]
    assert lines[3].split() == ["energy", "██████████", "100%", "meet", "░░░░░░░░░░", "0%"]
    assert lines[4].startswith("teental silent at 90.0 per minute")


@pytest.mark.parametrize(
    ("beat", "waves", "shown"),
    [
        (None, (), "○"),
        (0.0, (), "●"),
        (0.04, (0.0,), "◉"),  # rupak
        (0.2, (), "○"),
        (4.0, (8.0,), "◕"),
        (4.11, (8.0,), "◕"),
        (4.13, (8.0,), "○"),
        (8.0, (8.0,), "◎"),
        (8.06, (8.0,), "◎"),  # where the light is dark for a moment
        (8.13, (8.0,), "○"),
        (4.0, (4.0,), "◎"),
        (9.0, (8.0,), "◔"),
        (9.07, (8.0,), "○"),
    ],
)
def test_sam_claps_waves_and_other_beats_are_told_apart(
    beat: float | None, waves: tuple[float, ...], shown: str
) -> None:
    view = View(State(Scene(tempo=60.0)), NOW, beat=beat, claps=(4.0,), waves=waves)
    assert picture(view, 80, colour=False)[0].startswith(f"{shown} BEAT ")
    coloured = picture(view, 80, colour=True)[0]
    assert coloured.startswith("○ BEAT" if shown == "○" else f"\x1b[33m{shown}\x1b[0m BEAT")


@given(st.none() | st.floats(0.0, 64.0), st.floats(20.0, 400.0), st.lists(st.floats(0.0, 64.0), max_size=3))
def test_the_terminal_is_dark_where_the_light_is_but_for_flickering(
    beat: float | None, tempo: float, marks: list[float]
) -> None:
    view = View(State(Scene(tempo=tempo)), NOW, beat=beat, claps=tuple(marks[:2]), waves=tuple(marks[2:]))
    now = flash(view)
    assert picture(view, 80, colour=False)[0].startswith("○ BEAT") == (now is None)
    assert (lights(view)["beat"] > 0.0) == (now is not None and not (now.wave and int(WAVE * now.passed) == 1))


@given(st.integers(0, 200))
def test_picture_keeps_to_the_width(width: int) -> None:
    assert all(len(line) <= width for line in picture(VIEW, width, colour=False))


class Pty:
    """A pseudo-terminal: `keyboard` and `screen` are the panel's, `type` and `shown` the player's."""

    def __init__(self) -> None:
        self.outer, inner = os.openpty()
        self.keyboard: TextIO = os.fdopen(inner, "r")
        self.screen: TextIO = os.fdopen(os.dup(inner), "w")

    def type(self, keys: str) -> None:
        os.write(self.outer, keys.encode())

    def shown(self, until: str) -> str:
        """What is written up to and with `until`; a terminal hands it over in pieces."""
        data = b""
        while until.encode() not in data:
            assert select.select([self.outer], [], [], 5.0)[0], f"{until!r} is not in {data!r}"
            data += os.read(self.outer, 1)
        return data.decode()

    def lines_are_edited(self) -> bool:
        return bool(termios.tcgetattr(self.keyboard)[3] & termios.ICANON)


@pytest.fixture
def pty(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pty]:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    pty = Pty()
    yield pty
    pty.keyboard.close()
    pty.screen.close()
    os.close(pty.outer)


def test_single_keys_while_open_and_lines_again_after_an_error(pty: Pty) -> None:
    def mishap() -> None:
        with TerminalPanel(pty.keyboard, pty.screen):
            assert not pty.lines_are_edited()
            raise LookupError("a mishap")

    assert pty.lines_are_edited()
    with pytest.raises(LookupError, match="a mishap"):
        mishap()
    assert pty.lines_are_edited()
    assert pty.shown("h") == "\x1b[?25l\x1b[?25h"


def test_reading_from_a_terminal(pty: Pty) -> None:
    with TerminalPanel(pty.keyboard, pty.screen, lambda: NOW) as panel:
        assert panel.fileno() == pty.keyboard.fileno()
        pty.type("d\x1b")
        assert panel.read(Scene()) == list(readings("d", NOW, {}))
        pty.type("[Cq")
        assert panel.read(Scene()) == list(readings("right", NOW, {}))
        assert panel.ended


def test_knobs_go_on_from_the_scene_and_add_up(pty: Pty) -> None:
    gestures, bindings = Gestures(), Bindings()
    with TerminalPanel(pty.keyboard, pty.screen, lambda: NOW) as panel:
        pty.type("VVV")
        done = [
            action
            for reading in panel.read(Scene())
            for gesture in gestures.feed(reading)
            for action in bindings.actions(gesture, Scene())
        ]
    last = done[-1]
    assert len(done) == 3
    assert isinstance(last, SetLevel)
    assert last.name == Level.VOLUME
    assert level_position(last.level) == pytest.approx(level_position(Scene().volume) + 3 * NUDGE)


def test_drawing_is_in_place_and_only_when_something_changed(pty: Pty) -> None:
    with TerminalPanel(pty.keyboard, pty.screen) as panel:
        panel.draw(VIEW)
        assert pty.shown("\x1b[J").count("\n") == 5
        panel.draw(VIEW)
        panel.draw(View(State(rhythm_on=True), NOW))
        again = pty.shown("\x1b[J")
        assert again.startswith("\x1b[5A")
        assert "playing" in again
        panel.say("teental")
        assert pty.shown("playing").startswith("\x1b[5A\r\x1b[Jteental")


def test_help_is_shown(pty: Pty) -> None:
    with TerminalPanel(pty.keyboard, pty.screen) as panel:
        pty.type("?")
        assert panel.read(Scene()) == []
        assert "hold RHYTHM" in pty.shown("quit")


def test_no_color(pty: Pty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    with TerminalPanel(pty.keyboard, pty.screen) as panel:
        panel.draw(VIEW)
        assert re.search("\x1b\\[[0-9]+m", pty.shown("\x1b[J")) is None


def test_without_a_terminal_only_messages_are_written(tmp_path: Path) -> None:
    keys, screen = tmp_path / "keys", io.StringIO()
    keys.write_text("t")
    with keys.open() as keyboard, TerminalPanel(keyboard, screen, lambda: NOW) as panel:
        panel.draw(VIEW)
        panel.say("no MIDI instrument")
        assert panel.read(Scene()) == list(readings("t", NOW, {}))
        before, last = panel.ended, panel.read(Scene())
        assert (before, last, panel.ended) == (False, [], True)
    assert screen.getvalue() == "no MIDI instrument\n"


def test_a_terminal_that_hangs_up_ends_the_panel(pty: Pty) -> None:
    with TerminalPanel(pty.keyboard, io.StringIO()) as panel:
        os.close(pty.outer)
        assert panel.read(Scene()) == []
        assert panel.ended
    pty.outer = os.open(os.devnull, os.O_RDONLY)
