"""What is learned while SHIFT is held, and what must not be."""

from typing import Any

import pytest

from jambox.learning import REST, TURN, Learning, Lesson
from jambox.mapping import Binding
from jambox.midi.route import Port
from jambox.panel.controls import CONTROLS, Kind, Pressed, Reading, Released, Stepped, Turned
from jambox.panel.gestures import NOTHING, Click, Gesture, Hold, Press
from jambox.units import Seconds

PADS, PEDAL, SYNTH = (Port.parse(f"{name}:{name} 2{n}:0") for n, name in enumerate(("Pads", "Pedal", "Synth")))
AT = Seconds(9.0)
SHIFT = frozenset({"shift"})
ON, OFF = "992464", "892440"
PRESS = Pressed("drone", AT)
RIGHT, LEFT = Stepped("style", 1, AT), Stepped("style", -2, AT)
KNOB = [Turned("volume", position, AT, pickup=True) for position in (0.5, 0.5 + TURN / 2, 0.5 + TURN)]


def cc(value: int, number: int = 64) -> str:
    return bytes([0xB0, number, value]).hex()


def shown(*sent: str | tuple[Port, str], before: float | None = None) -> Learning:
    """SHIFT is held and that came in, from the pads where it does not say; each port's last was `before`."""
    learning = Learning()
    learning.hold(True)
    for count, each in enumerate(sent):
        port, message = (PADS, each) if isinstance(each, str) else each
        learning.hear(port, bytes.fromhex(message), 5.0 + count / 10, before)
    return learning


def taught(learning: Learning, *readings: Reading) -> dict[str, Any] | str | None:
    """The binding's keys but for the port's, or the fault, or None."""
    for reading in readings:
        if (lesson := learning.read(reading)) is not None:
            return keys_of(lesson)
    return None


def keys_of(lesson: Lesson) -> dict[str, Any] | str:
    if lesson.binding is None:
        return lesson.fault
    named = {name: getattr(lesson.binding, name) for name in Binding.__struct_fields__}
    first = Binding.__struct_defaults__
    return {
        name: value
        for (name, value), default in zip(named.items(), first, strict=True)
        if value != default and name != "port"
    }


PAD = {"channel": 10, "note": "C2"}
SWITCH = {"channel": 1, "cc": 64}


@pytest.mark.parametrize(
    ("sent", "readings", "keys"),
    [
        ([ON, OFF], [PRESS], PAD | {"press": "drone"}),
        ([ON, "992400"], [PRESS], PAD | {"press": "drone"}),
        ([ON], [PRESS], PAD | {"press": "drone", "mode": "trigger"}),
        ([ON, OFF], [RIGHT], PAD | {"turn": "style", "steps": 1}),
        ([ON, OFF], [LEFT], PAD | {"turn": "style", "steps": -1}),
        ([cc(127), cc(0)], [PRESS], SWITCH | {"press": "drone"}),
        ([cc(127)], [PRESS], SWITCH | {"press": "drone", "mode": "latching"}),
        ([cc(0)], [PRESS], SWITCH | {"press": "drone", "mode": "latching"}),
        ([cc(30), cc(50), cc(60)], [PRESS], SWITCH | {"press": "drone"}),
        ([cc(127), cc(0)], [RIGHT], SWITCH | {"turn": "style", "steps": 1}),
        ([cc(127)], [RIGHT], SWITCH | {"turn": "style", "steps": 1, "mode": "latching"}),
        ([cc(1, 20), cc(1, 20)], [RIGHT], {"channel": 1, "cc": 20, "turn": "style"}),
        ([cc(127, 20), cc(125, 20), cc(2, 20)], [LEFT], {"channel": 1, "cc": 20, "turn": "style"}),
        ([cc(50, 7), cc(51, 7)], KNOB, {"channel": 1, "cc": 7, "turn": "volume"}),
        ([cc(64, 7)], [Turned("volume", 0.5, AT)], {"channel": 1, "cc": 7, "turn": "volume"}),
        (["c205"], [PRESS], {"channel": 3, "program": 6, "press": "drone"}),
        (["c205"], [RIGHT], {"channel": 3, "program": 6, "turn": "style", "steps": 1}),
        # What comes along with a thing does not hide it.
        (["b00001", "b02002", "c005"], [PRESS], {"channel": 1, "program": 6, "press": "drone"}),
        ([ON, "a92440", "d940", "e90040", OFF], [PRESS], PAD | {"press": "drone"}),
        ([cc(53, 7), cc(9, 39), cc(54, 7)], KNOB, {"channel": 1, "cc": 7, "turn": "volume"}),
        ([cc(99, 39), cc(9, 39), cc(4, 39)], KNOB, {"channel": 1, "cc": 39, "turn": "volume"}),
    ],
)
def test_what_moved_is_bound_to_what_is_pressed(sent: list[str], readings: list[Reading], keys: dict[str, Any]) -> None:
    assert taught(shown(*sent), *readings) == keys


def test_every_control_but_shift_can_be_learned() -> None:
    for control in CONTROLS.values():
        for kind in control.kinds:
            learning = shown(cc(30, 7), cc(31, 7)) if kind is Kind.KNOB else shown(ON, OFF)
            reading: Reading
            if kind is Kind.BUTTON:
                reading = Pressed(control.name, AT)
            else:
                reading = Stepped(control.name, 1, AT) if kind is Kind.ENCODER else Turned(control.name, 0.5, AT)
            lesson = learning.read(reading)
            assert (lesson is not None) == (control.name not in ("shift", "tap")), control.name
    assert keys_of(lesson_of(shown(ON, OFF).judge(Hold("tap", SHIFT, AT)))) == PAD | {"press": "tap"}


def lesson_of(judged: object) -> Lesson:
    assert isinstance(judged, Lesson)
    return judged


@pytest.mark.parametrize(
    "sent",
    [
        [],
        ["992464", "892440", "992464"],  # a second stroke
        ["992464", "992664"],  # another key
        ["992464", "b00101"],
        ["b00101", "b04001"],
        ["992464", (PEDAL, "b0407f")],
        ["c005", "c005"],
        ["892440"],  # the end of a note that began before
        ["892440", "b0407f"],
        ["d040", "e00040", "b07b00", "f07ef7"],
        ["b00000", "b06500", "b00602"],
    ],
)
@pytest.mark.parametrize("reading", [PRESS, RIGHT, Turned("volume", 0.5, AT)])
def test_anything_but_one_thing_teaches_nothing(sent: list[str | tuple[Port, str]], reading: Reading) -> None:
    learning = shown(*sent)
    assert learning.read(reading) is None
    assert learning.judge(Hold("tap", SHIFT, AT)) == Hold("tap", SHIFT, AT)
    assert learning.judge(Hold("shift", NOTHING, AT)) == Hold("shift", NOTHING, AT)


def test_who_is_playing_teaches_nothing_and_hinders_nobody() -> None:
    assert taught(shown(ON, OFF, before=5.0 - REST + 0.01), PRESS) is None
    assert taught(shown(ON, OFF, before=5.0 - REST), PRESS) is not None
    learning = shown((SYNTH, "903c64"), (SYNTH, "904064"), before=4.9)
    learning.hear(PEDAL, bytes.fromhex(cc(127)), 5.5, None)
    learning.hear(SYNTH, bytes.fromhex("904364"), 9.5, 5.1)  # still the one that was playing
    learning.hear(PEDAL, bytes.fromhex(cc(0)), 9.6, None)
    assert taught(learning, PRESS) == SWITCH | {"press": "drone"}


def test_two_that_begin_to_play_teach_nothing_until_shift_comes_up() -> None:
    learning = shown(ON, OFF, (PEDAL, cc(127)))
    learning.hear(PADS, bytes.fromhex(ON), 30.0, 5.0)
    assert learning.read(PRESS) is None
    learning.hold(False)
    learning.hold(True)
    learning.hear(PADS, bytes.fromhex(ON), 40.0, 30.0)
    assert taught(learning, PRESS) is not None


def test_without_shift_nothing_is_learned() -> None:
    learning = shown(ON, OFF)
    learning.hold(False)
    assert learning.read(PRESS) is None
    learning.hear(PADS, bytes.fromhex(ON), 6.0, None)
    assert learning.read(PRESS) is None


@pytest.mark.parametrize(
    "reading",
    [Pressed("shift", AT), Released("drone", AT), Pressed("tap", AT), Turned("volume", 0.5, AT, pickup=True)],
)
def test_readings_that_complete_nothing(reading: Reading) -> None:
    assert shown(ON, OFF).read(reading) is None


@pytest.mark.parametrize(
    ("gesture", "kept"),
    [
        (Press("tap", SHIFT, AT), True),
        (Click("tap", SHIFT, AT), True),
        (Hold("tap", NOTHING, AT), True),
        (Hold("keep", SHIFT, AT), True),
        (Click("shift", NOTHING, AT), True),
        (Hold("shift", NOTHING, AT), False),
    ],
)
def test_panic_is_panic_and_shifts_own_hold_does_nothing(gesture: Gesture, kept: bool) -> None:
    assert shown(ON, OFF).judge(gesture) == (gesture if kept else None)


@pytest.mark.parametrize(
    ("sent", "readings", "fault"),
    [
        ([ON, OFF], KNOB, "only a knob, a fader or a pedal with a position can turn VOLUME"),
        (["c005"], KNOB, "only a knob, a fader or a pedal with a position can turn VOLUME"),
        ([cc(1), cc(127)], KNOB, "an endless encoder cannot turn VOLUME: let it send positions"),
        ([cc(30), cc(31), cc(32)], [RIGHT], "what has a position cannot turn STYLE: "),
    ],
)
def test_what_does_not_fit_is_refused(sent: list[str], readings: list[Reading], fault: str) -> None:
    found = taught(shown(*sent), *readings)
    assert isinstance(found, str)
    assert found.startswith(fault)


def test_each_thing_is_learned_once_until_shift_comes_up() -> None:
    learning = shown(ON)
    assert taught(learning, PRESS) is not None
    assert taught(learning, Released("drone", AT), PRESS) is None
    learning.hear(PADS, bytes.fromhex(OFF), 6.0, 5.0)
    learning.hear(PADS, bytes.fromhex(ON), 6.1, 5.0)
    assert taught(learning, PRESS) is None
    assert learning.judge(Hold("shift", NOTHING, AT)) is None
    learning.hear(PADS, bytes.fromhex("992664"), 6.2, 5.0)
    assert taught(learning, Pressed("keep", AT)) == {"channel": 10, "note": "D2", "press": "keep", "mode": "trigger"}


def test_a_port_is_known_by_its_name_when_it_comes_back() -> None:
    lesson = shown(ON, OFF).read(PRESS)
    assert lesson
    assert lesson.port == PADS
    assert lesson.binding
    assert lesson.binding.port == "Pads#0"
    assert Port.parse("Pads:Pads 99:0").fits(lesson.binding.port)
