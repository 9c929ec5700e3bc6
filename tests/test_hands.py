"""All hands together: the panel, bound instruments, and lessons, from readings and messages to what they mean."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.actions import Panic
from jambox.errors import UnknownNameError
from jambox.hands import Hands, Learned, Meant
from jambox.mapping import Binding
from jambox.midi.match import COMMANDS
from jambox.midi.route import Port
from jambox.panel.bindings import Bindings
from jambox.panel.controls import LONG_HOLD, Pressed, Released, Stepped, Turned
from jambox.panel.gestures import Gesture, Hold, Press, Stuck, Turn
from jambox.scene import Scene
from jambox.surface import LONGEST
from jambox.units import Seconds

PADS, PEDAL = Port.parse("Pads:Pads 28:0"), Port.parse("Pedal:Pedal 24:0")
ON, OFF = bytes([0x99, 36, 100]), bytes([0x89, 36, 64])
OTHER_ON = bytes([0x99, 38, 100])
SHIFT = frozenset({"shift"})


def cc(value: int, number: int = 64) -> bytes:
    return bytes([0xB0, number, value])


def bound(**keys: Any) -> Binding:
    return msgspec.convert(keys, Binding)


def hands(*configured: Binding, learned: tuple[Binding, ...] = ()) -> Hands:
    made = Hands(configured, learned)
    made.plug(PADS, 0.0)
    made.plug(PEDAL, 0.0)
    return made


def learned(made: Hands) -> tuple[Binding, ...]:
    return made.learned


def down(control: str, at: float) -> Pressed:
    return Pressed(control, Seconds(at))


def up(control: str, at: float) -> Released:
    return Released(control, Seconds(at))


def told(meant: tuple[Meant, ...]) -> list[str]:
    """What was meant, in words: `Press tap`, `Panic`, the text of a lesson."""
    return [
        each.text if isinstance(each, Learned) else f"{type(each).__name__} {getattr(each, 'control', '')}".strip()
        for each in meant
    ]


def learn(made: Hands, message: bytes, release: bytes, control: str, at: float) -> list[str]:
    """SHIFT down, the pads move, the control is clicked, SHIFT up: what it meant."""
    meant = made.read(down("shift", at))
    meant += made.hear(PADS.identity, message, at + 0.2, None)
    meant += made.hear(PADS.identity, release, at + 0.3, None)
    meant += made.read(down(control, at + 0.5)) + made.read(up(control, at + 0.6)) + made.read(up("shift", at + 0.8))
    return told(meant + made.tick(at + 2.0))


def test_a_pedal_is_a_button_with_click_hold_and_chord() -> None:
    made = hands(bound(cc=64, press="tap"))
    source = PEDAL.identity
    assert told(made.hear(source, cc(127), 1.0, None)) == ["Press tap"]
    assert told(made.hear(source, cc(0), 1.1, None)) == ["Click tap"]
    made.hear(source, cc(127), 2.0, None)
    assert made.deadline() == 2.5
    assert told(made.tick(2.6)) == ["Hold tap"]
    assert told(made.hear(source, cc(0), 2.7, None)) == []
    made.read(down("shift", 3.0))
    (press,) = made.hear(source, cc(127), 3.1, None)
    assert press == Press("tap", SHIFT, Seconds(3.1))
    assert Bindings().actions(press, Scene()) == (Panic(),)


def test_a_bound_shift_is_a_shift_for_the_panel() -> None:
    made = hands(bound(cc=64, press="shift"))
    made.hear(PEDAL.identity, cc(127), 1.0, None)
    assert made.read(down("keep", 1.2)) == (Press("keep", SHIFT, Seconds(1.2)),)


def test_a_knob_of_an_instrument_and_one_of_the_box_never_make_a_level_jump() -> None:
    made, bindings, scene = hands(bound(cc=7, turn="volume")), Bindings(), Scene()

    def turned(*meant: Meant) -> int:
        return sum(len(bindings.actions(each, scene)) for each in meant if isinstance(each, Turn))

    assert turned(*made.read(Turned("volume", 0.0, Seconds(1.0), pickup=True))) == 0
    assert turned(*made.hear(PEDAL.identity, cc(127, 7), 1.1, None)) == 0
    assert turned(*made.read(Turned("volume", 0.1, Seconds(1.2), pickup=True))) == 0
    assert turned(*made.hear(PEDAL.identity, cc(120, 7), 1.3, None)) == 0
    assert turned(*made.hear(PEDAL.identity, cc(0, 7), 1.4, None)) == 1  # it passed the level


def test_the_boxs_own_port_commands_without_pickup() -> None:
    made = hands()
    assert told(made.hear(COMMANDS.identity, bytes([0x90, 63, 1]), 1.0, None)) == ["Press tap"]
    (turn,) = made.hear(COMMANDS.identity, cc(127, 20), 1.1, None)
    assert isinstance(turn, Turn)
    assert (turn.control, turn.position, turn.pickup) == ("volume", 1.0, False)
    assert made.hear(PADS.identity, cc(127, 20), 1.2, None) == ()
    heads = made.heads([PADS, COMMANDS])
    assert heads[PADS.identity] == {}
    assert (0xB0, 20) in heads[COMMANDS.identity]


def test_actions_come_as_they_are() -> None:
    assert hands(bound(cc=64, action="panic")).hear(PEDAL.identity, cc(127), 1.0, None) == (Panic(),)


def test_a_thing_is_learned_works_at_once_and_is_freed_by_the_same_again() -> None:
    made = hands()
    assert made.hear(PADS.identity, ON, 0.5, None) == ()
    assert learn(made, ON, OFF, "rhythm", 10.0) == [
        "Press shift",
        "note C2, channel 10, of Pads is RHYTHM now",
        "Click shift",
    ]
    assert learned(made) == (bound(port="Pads#0", channel=10, note="C2", press="rhythm"),)
    assert made.heads([PADS]) == {PADS.identity: {(status, 36): False for status in (0x99, 0x89, 0xA9)}}
    assert told(made.hear(PADS.identity, ON, 20.0, None)) == ["Press rhythm"]
    assert told(made.hear(PADS.identity, OFF, 20.1, None)) == ["Click rhythm"]
    # The pad is bound now, so it also acts, with SHIFT; its readings come from no hand on the panel.
    assert learn(made, ON, OFF, "rhythm", 30.0) == [
        "Press shift",
        "Press rhythm",
        "Click rhythm",
        "note C2, channel 10, of Pads is no longer RHYTHM",
    ]
    assert not learned(made)
    assert made.hear(PADS.identity, ON, 40.0, None) == ()


def test_other_configured_bindings_count_from_then_on_and_lift_what_the_old_ones_held() -> None:
    made = hands(bound(cc=64, press="tap"), learned=(bound(note=36, press="keep"),))
    made.hear(PEDAL.identity, cc(127), 1.0, None)
    assert told(made.configure([bound(cc=64, press="drone")], 1.1)) == ["Click tap"]
    assert told(made.hear(PEDAL.identity, cc(127), 1.2, None)) == ["Press drone"]
    assert [binding.press for binding in made.chosen] == ["keep", "drone"]
    assert COMMANDS.fits(made.bindings[-1].port)


def test_what_was_learned_in_one_socket_is_freed_in_another() -> None:
    written = bound(port="Pads@usb-hcd.0-1#0", channel=10, note="C2", press="rhythm")
    moved = Port.parse("Pads:Pads 30:0", "usb-hcd.0-2")
    made = Hands((), (written,))
    made.plug(moved, 0.0)
    made.read(down("shift", 1.0))
    meant = made.hear(moved.identity, ON, 1.1, None) + made.hear(moved.identity, OFF, 1.2, None)
    assert told(meant + made.read(down("rhythm", 1.5))) == [
        "Press rhythm",
        "Click rhythm",
        "note C2, channel 10, of Pads is no longer RHYTHM",
    ]
    assert not learned(made)


def test_a_thing_has_one_meaning_and_a_control_many_things() -> None:
    made = hands()
    learn(made, ON, OFF, "rhythm", 10.0)
    learn(made, OTHER_ON, bytes([0x89, 38, 64]), "rhythm", 20.0)
    assert learn(made, ON, OFF, "drone", 30.0)[-1] == "note C2, channel 10, of Pads is DRONE now"
    assert [str(each) for each in learned(made)] == [
        "note D2, channel 10, of Pads: RHYTHM",
        "note C2, channel 10, of Pads: DRONE",
    ]


def test_what_was_learned_counts_before_what_is_written() -> None:
    written = bound(note=36, press="keep")
    made = hands(written)
    learn(made, ON, OFF, "drone", 10.0)
    assert told(made.hear(PADS.identity, ON, 20.0, None)) == ["Press drone"]
    made.hear(PADS.identity, OFF, 20.1, None)
    learn(made, ON, OFF, "drone", 30.0)
    assert told(made.hear(PADS.identity, ON, 40.0, None)) == ["Press keep"]
    made.hear(PADS.identity, OFF, 40.1, None)
    assert "note C2, of *: KEEP is written in the configuration: take it out there" in learn(
        made, ON, OFF, "keep", 50.0
    )
    assert not learned(made)


def test_what_cannot_be_learned_is_told_and_changes_nothing() -> None:
    made = hands()
    made.read(down("shift", 1.0))
    made.hear(PADS.identity, ON, 1.1, None)
    (refused,) = made.read(Turned("volume", 0.5, Seconds(1.2)))
    assert refused == Learned("only a knob, a fader or a pedal with a position can turn VOLUME", None)
    assert not learned(made)


def test_shift_and_tap_is_panic_at_once_whatever_moved_and_learns_only_when_held_on() -> None:
    made = hands()
    made.read(down("shift", 1.0))
    made.hear(PADS.identity, ON, 1.1, None)
    assert made.read(down("tap", 1.2)) == (Press("tap", SHIFT, Seconds(1.2)),)
    assert told(made.read(up("tap", 1.3))) == ["Click tap"]
    assert not learned(made)
    made.read(down("tap", 1.4))
    assert told(made.tick(1.95)) == ["note C2, channel 10, of Pads is TAP now"]
    assert learned(made) == (bound(port="Pads#0", channel=10, note="C2", press="tap", mode="trigger"),)
    assert told(made.read(up("tap", 2.0)) + made.read(up("shift", 2.5))) == []


def test_panic_among_streaming_notes_learns_nothing_however_long_it_is_held() -> None:
    made = hands()
    made.hear(PADS.identity, ON, 0.9, 0.5)
    made.read(down("shift", 1.0))
    for count in range(10):
        made.hear(PADS.identity, ON if count % 2 else OFF, 1.0 + count / 50, 0.9)
    assert made.read(down("tap", 1.3)) == (Press("tap", SHIFT, Seconds(1.3)),)
    assert told(made.tick(4.0)) == ["Hold tap"]
    assert not learned(made)


def test_shift_held_alone_keeps_its_meaning_and_gives_it_up_for_a_lesson() -> None:
    made = hands()
    made.read(down("shift", 1.0))
    assert told(made.tick(1.0 + LONG_HOLD)) == ["Hold shift"]
    made.read(up("shift", 3.0))
    made.read(down("shift", 4.0))
    made.hear(PADS.identity, ON, 4.5, None)
    assert told(made.tick(4.0 + LONG_HOLD)) == []
    assert told(made.read(Stepped("style", 1, Seconds(6.0)))) == ["note C2, channel 10, of Pads is STYLE +1 now"]


def test_a_hand_on_midi_completes_no_lesson() -> None:
    made = hands(bound(cc=65, press="drone"))
    made.read(down("shift", 1.0))
    assert told(made.hear(PEDAL.identity, cc(127, 65), 1.2, None)) == ["Press drone"]
    assert not learned(made)


def test_the_pedal_that_is_shift_is_not_what_moved() -> None:
    made = hands(bound(port="Pedal", cc=64, press="shift"))
    made.hear(PEDAL.identity, cc(127), 1.0, None)
    assert made.listens
    made.hear(PEDAL.identity, cc(100), 1.2, None)
    made.hear(PADS.identity, ON, 1.3, None)
    assert told(made.read(down("keep", 1.5))) == ["note C2, channel 10, of Pads is KEEP now"]


def test_it_listens_while_shift_is_held_and_no_longer_than_it_can_be_meant() -> None:
    made = hands()

    def listens(*_: Meant) -> bool:
        return made.listens

    assert not listens()
    assert listens(*made.read(down("shift", 1.0)))
    assert not listens(*made.read(up("shift", 1.5)))
    made.read(down("shift", 2.0))
    meant = made.tick(60.0)
    assert isinstance(meant[-1], Stuck)
    assert not listens()


def test_what_an_instrument_held_comes_up_when_it_is_pulled_or_silent() -> None:
    made = hands(bound(cc=64, press="tap"))
    made.hear(PEDAL.identity, cc(127), 1.0, None)
    assert told(made.unplug(PEDAL, 1.2)) == ["Click tap"]
    made.plug(PEDAL, 1.5)
    made.hear(PEDAL.identity, cc(127), 2.0, None)
    assert told(made.tick(2.0 + LONGEST)) == ["Hold tap"]
    assert made.deadline() is None


def test_a_control_that_is_not_there_changes_nothing() -> None:
    made = hands()
    made.read(down("tap", 1.0))
    with pytest.raises(UnknownNameError):
        made.read(down("gong", 9.0))
    assert made.tick(9.0) == (Hold("tap", frozenset(), Seconds(1.5)),)


CONTROLS = st.sampled_from(["tap", "drone", "rhythm", "keep", "surprise", "style"])
STREAM = st.lists(
    st.tuples(
        st.integers(1, 400), st.sampled_from([PADS, PEDAL]), st.sampled_from([ON, OFF, OTHER_ON, cc(127), cc(0)])
    ),
    min_size=2,
    max_size=30,
)


@given(STREAM, CONTROLS, st.booleans())
def test_instruments_that_are_playing_never_become_controls(
    stream: list[tuple[int, Port, bytes]], control: str, held: bool
) -> None:
    """Both have played within REST before SHIFT: whatever they go on with, nothing is learned, nothing is swallowed."""
    made, time = hands(), 10.0
    last = {PADS: 9.5, PEDAL: 9.5}
    meant: list[Meant] = list(made.read(down("shift", time)))
    pressed = 10.0 + sum(gap for gap, _, _ in stream) / 2000
    done = False
    for gap, port, message in stream:
        time += gap / 1000
        if not done and time >= pressed:
            meant += made.read(down(control, time))
            done = True
        if time - last[port] < 2.0:
            meant += made.hear(port.identity, message, time, last[port])
            last[port] = time
    if held:
        meant += made.tick(time + 5.0)
    assert not learned(made)
    assert not [each for each in meant if isinstance(each, Learned)]
    assert [each.control for each in meant if isinstance(each, Press)] == ["shift", control]
    assert all(isinstance(each, Gesture) for each in meant)


def turn_inputs(made: Hands, at: float, *positions: float) -> list[frozenset[str]]:
    """What is held with each turn of INPUTS that means something."""
    meant = [made.read(Turned("inputs", place, Seconds(at + n / 100), True)) for n, place in enumerate(positions)]
    return [each.held for turn in meant for each in turn if isinstance(each, Turn)]


def test_a_knob_turned_with_shift_says_so_unless_a_hand_on_midi_turns_it() -> None:
    made = hands(bound(cc=7, turn="inputs"))
    assert turn_inputs(made, 1.0, 0.5) == [frozenset()]
    made.read(down("shift", 2.0))
    assert turn_inputs(made, 2.1, 0.6) == [SHIFT]
    (turn,) = made.hear(PEDAL.identity, cc(90, 7), 2.2, None)
    assert isinstance(turn, Turn)
    assert turn.held == frozenset()
    assert made.read(up("shift", 2.3)) == ()  # neither a click nor a hold


def test_a_lesson_for_inputs_levels_nothing_however_far_it_is_turned() -> None:
    made = hands()
    made.read(down("shift", 1.0))
    made.hear(PEDAL.identity, cc(90, 7), 1.1, None)
    assert turn_inputs(made, 1.2, 0.5, 0.52, 0.56, 0.7, 0.9) == []
    assert [binding.turn for binding in learned(made)] == ["inputs"]


def test_a_key_is_what_strikes_and_is_neither_bound_nor_a_drum() -> None:
    made = hands(bound(port="Pads", note=60, press="drone"))
    source = PADS.identity
    assert made.key(source, bytes([0x90, 62, 1])) == 62
    assert made.key(PEDAL.identity, bytes([0x9F, 60, 1])) == 60
    for other in (bytes([0x90, 60, 100]), bytes([0x90, 62, 0]), bytes([0x80, 62, 64]), ON, cc(127), bytes([0xC0, 5])):
        assert made.key(source, other) is None, other
