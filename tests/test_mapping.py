"""Bindings as they are written: what they mean, and how a wrong one is refused."""

import re
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox import mapping
from jambox.config import parse_config
from jambox.errors import ConfigError
from jambox.mapping import ACTIONS, DEFAULTS, Binding, shown
from jambox.midi.match import COMMANDS, Match, Subject
from jambox.midi.messages import CONTROL, NOTE_ON, PROGRAM
from jambox.midi.route import Port
from jambox.panel.controls import CONTROLS, Kind


@pytest.mark.parametrize(
    ("text", "match", "words"),
    [
        ('cc = 64, press = "rhythm"', Match("*", CONTROL, 64), "controller 64, of *: RHYTHM"),
        ('port = "Pads", channel = 10, note = "C2", press = "tap"', Match("Pads", NOTE_ON, 36, 9), None),
        ('note = 36, action = "panic"', Match("*", NOTE_ON, 36), "note C2, of *: panic"),
        ('program = 128, turn = "style", steps = -1', Match("*", PROGRAM, 127), "program 128, of *: STYLE -1"),
        (
            'channel = 1, cc = 7, turn = "volume"',
            Match("*", CONTROL, 7, 0),
            "controller 7, channel 1, of *: knob VOLUME",
        ),
        ('cc = 1, turn = "drone_level", pickup = false', Match("*", CONTROL, 1), "controller 1, of *: knob DRONE"),
        ('cc = 1, turn = "style", thru = true', Match("*", CONTROL, 1), "controller 1, of *: STYLE"),
        ('cc = 1, turn = "style", steps = 1, mode = "latching"', Match("*", CONTROL, 1), None),
        ('note = "F#2", press = "shift", mode = "trigger"', Match("*", NOTE_ON, 42), "note F#2, of *: SHIFT"),
    ],
)
def test_a_binding_is_read(text: str, match: Match, words: str | None) -> None:
    (binding,) = parse_config(f"[midi]\nbindings = [{{ {text} }}]", "f").midi.bindings
    assert binding.match == match
    if words:
        assert str(binding) == words


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('cc = 64, press = "tab"', ".press: Invalid enum value 'tab' (found 'tab'): allowed are drone, keep, rhythm, "),
        ('cc = 64, turn = "tap"', ".turn: Invalid enum value 'tap' (found 'tap'): allowed are drone_level, energy, "),
        ('cc = 64, action = "stop"', ".action: Invalid enum value 'stop' (found 'stop'): allowed are count in, "),
        ("cc = 64", ": a binding has one of press, turn, action (found none)"),
        ('press = "tap"', ": a binding has one of note, cc, program (found none)"),
        ('cc = 64, note = "C2", press = "tap"', ": a binding has one of note, cc, program (found note and cc)"),
        ('cc = 120, press = "tap"', ".cc: Expected `int` <= 119 (found 120)"),
        ('note = "H2", press = "tap"', ": note: 'H2' is no pitch: "),
        ('note = "A9", press = "tap"', ": note: 'A9' is no MIDI key: they go from C-1 to G9"),
        ('note = 128, press = "tap"', ".note: Expected `int` <= 127 (found 128)"),
        ('program = 0, press = "tap"', ".program: Expected `int` >= 1 (found 0)"),
        ('cc = 1, channel = 17, press = "tap"', ".channel: Expected `int` <= 16 (found 17)"),
        ('note = 60, turn = "volume"', ": only a controller (cc) can turn volume: "),
        ('note = 60, turn = "style"', ": a note or a program turns style by steps: give steps, as 1 or -1"),
        ('cc = 1, turn = "volume", steps = 1', ": steps is for turn = 'style' alone"),
        ('cc = 1, press = "tap", steps = 1', ": steps is for turn = 'style' alone"),
        ('cc = 1, turn = "volume", mode = "latching"', ": mode is for what presses, steps or acts, "),
        ('cc = 1, turn = "style", mode = "trigger"', ": mode is for what presses, steps or acts, "),
        ('cc = 1, press = "tap", mode = "toggle"', ".mode: Invalid enum value 'toggle' (found 'toggle'): allowed are "),
        ('cc = 1, press = "tap", pickup = false', ": pickup is for a knob alone"),
        ('cc = 1, press = "tap", port = ""', ": port is empty: expected a port's name, as 'Keys' or '*Synth*'"),
        (
            'cc = 1, control = "tap"',
            ": Object contains unknown field `control`: the keys are port, channel, note, cc, ",
        ),
    ],
)
def test_a_wrong_binding_is_refused_with_its_place(text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=f"^{re.escape(f'here.toml: midi.bindings[1]{told}')}"):
        parse_config(f'[midi]\nbindings = [{{ cc = 1, press = "tap" }}, {{ {text} }}]', "here.toml")


def test_what_can_be_named_is_what_the_panel_has() -> None:
    def named(*kinds: Kind) -> set[str]:
        return {name for name, control in CONTROLS.items() if control.kinds & set(kinds)}

    assert set(get_args(mapping.Button)) == named(Kind.BUTTON)
    assert set(get_args(mapping.Turning)) == named(Kind.KNOB, Kind.ENCODER)
    assert set(get_args(mapping.Direct)) == set(ACTIONS)


def test_the_boxs_own_port_commands_every_control() -> None:
    assert {binding.port for binding in DEFAULTS} == {"jambox:control"}
    assert all(COMMANDS.fits(binding.port) for binding in DEFAULTS)
    commanded = [name for binding in DEFAULTS if (name := binding.press or binding.turn)]
    assert set(commanded) == set(CONTROLS)
    assert [binding.meaning for binding in DEFAULTS].count("STYLE") == 2  # it is pushed and turned
    matches = [binding.match for binding in DEFAULTS]
    assert len(set(matches)) == len(matches)


KINDS = st.sampled_from([NOTE_ON, CONTROL, PROGRAM])
DEVICES = st.text(st.characters(exclude_characters=":@#()*?[", exclude_categories=["Cs"]), min_size=1)


@given(
    DEVICES, st.sampled_from([NOTE_ON, CONTROL, PROGRAM]), st.integers(0, 15), st.integers(0, 119), st.integers(0, 9)
)
def test_what_is_shown_is_a_binding_of_that_message_from_such_a_port(
    device: str, kind: int, channel: int, number: int, place: int
) -> None:
    port = Port.parse(f"{device}:{device} MIDI 1 24:{place}")
    keys: dict[str, Any] = {**shown(port, Subject(kind, channel, number)), "press": "tap"}
    binding = msgspec.convert(keys, Binding)
    assert binding.match == Match(port.stable, kind, number, channel)
    assert Port.parse(f"{device}:another 99:{place}").fits(binding.port)
    assert not Port.parse(f"{device}:{device} 24:{place + 1}").fits(binding.port)
    assert not Port.parse(f"{device}x:{device}x MIDI 1 24:{place}").fits(binding.port)
    assert binding.thing.endswith(f"of {device}")
    assert msgspec.json.decode(msgspec.json.encode(binding), type=Binding) == binding


def test_twins_are_told_apart_by_their_sockets() -> None:
    left, right = (
        Port.parse(f"Pads:Pads MIDI 1 {client}:0", path) for client, path in ((24, "usb-a-1"), (28, "usb-a-2"))
    )
    binding = msgspec.convert({**shown(left, Subject(NOTE_ON, 9, 36)), "press": "tap"}, Binding)
    assert binding.port == "Pads@usb-a-1#0"
    assert (left.fits(binding.port), right.fits(binding.port)) == (True, False)
    assert binding.thing == "note C2, channel 10, of Pads"
