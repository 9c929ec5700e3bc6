"""The rig's own checks: its devices do what the tests of the box rely on."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.rig import hardware
from tests.rig.far_midi import Arrival, FarKeys, FarPort
from tests.rig.far_sound import FarCard, bare_loop, lag

Report = Callable[[str], None]
RATE = 48000
BUTTON = 17


@pytest.fixture
def button_factory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The lgpio factory of gpiozero, whose import moves to the folder LG_WD and leaves a file there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LG_WD", str(tmp_path))
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "lgpio")
    yield
    from gpiozero import Device

    if Device.pin_factory is not None:
        Device.pin_factory.close()
        Device.pin_factory = None


@pytest.mark.rig
@pytest.mark.parametrize("period", [64, 128])
def test_a_bare_loop_has_no_xrun_and_even_periods(period: int, report: Report) -> None:
    loop = bare_loop(period=period, periods=3, seconds=4.0)
    seconds = period / RATE
    shortest, longest = loop.intervals.min() * 1e3, loop.intervals.max() * 1e3
    report(f"{period} × 3: {loop.xruns} xruns, intervals {shortest:.4f} to {longest:.4f} ms")
    assert loop.xruns == 0
    assert len(loop.intervals) == 4 * RATE // period - 1
    # One tick is 1/3000 s; the loop's own clock readings cost a few µs.
    np.testing.assert_allclose(loop.intervals, seconds, atol=20e-6)


@pytest.mark.rig(virtual_time=False)
def test_a_bare_loop_in_real_time_keeps_its_rate(report: Report) -> None:
    loop = bare_loop(period=1024, periods=4, seconds=2.0)
    report(f"real time, 1024 × 4: {loop.xruns} xruns, longest interval {loop.intervals.max() * 1e3:.1f} ms")
    assert np.median(loop.intervals) == pytest.approx(1024 / RATE, rel=0.05)


@pytest.mark.rig
@pytest.mark.parametrize("period", [64, 128])
@pytest.mark.parametrize("sample", ["float32", "int32", "int16"])
def test_what_is_played_comes_back_whole_after_a_fixed_time(period: int, sample: str, report: Report) -> None:
    played = np.random.default_rng(1).uniform(-0.5, 0.5, (RATE, 2)).astype(np.float32)
    with FarCard(played, sample=sample) as far:
        late = time.monotonic() - far.started
        loop = bare_loop(period=period, periods=3, seconds=1.2, sample=sample)
        heard = far.heard()
    frames = lag(played[:, 0], heard[:, 0])
    report(f"loop-through {period} × 3, {sample}: {frames} frames, {frames / RATE * 1e3:.2f} ms")
    assert loop.xruns == 0
    assert 3 * period <= frames <= 4 * period + 48
    begun = int(late * RATE) + 4096
    exact = 2**-14 if sample == "int16" else 1e-7
    np.testing.assert_allclose(heard[begun:], played[begun - frames : len(played) - frames], atol=exact)


@pytest.mark.rig
def test_the_far_end_can_stop_early() -> None:
    with FarCard(np.zeros((60 * RATE, 2), np.float32)) as far:
        bare_loop(period=128, seconds=0.5)
        assert RATE // 2 <= len(far.heard(early=True)) < RATE


@pytest.mark.rig
def test_a_pulled_card_is_told_and_comes_back() -> None:
    hardware.unplug_card()
    assert hardware.card_index("Loopback") is None
    hardware.plug_card()
    hardware.wait_for(lambda: hardware.card_index("Loopback") is not None)
    assert bare_loop(seconds=0.2).xruns == 0


@pytest.mark.rig
@hardware.needs_lgpio
@pytest.mark.usefixtures("button_factory")
def test_an_edge_reaches_gpiozero(report: Report) -> None:
    from gpiozero import LED, Button

    pressed: list[float] = []
    with Button(BUTTON) as button, LED(22) as light:
        button.when_pressed = lambda: pressed.append(time.monotonic())
        moment = time.monotonic()
        hardware.press(BUTTON)
        hardware.wait_for(lambda: bool(pressed), 1.0)
        report(f"GPIO edge to gpiozero callback: {(pressed[0] - moment) * 1e3:.3f} ms")
        assert pressed[0] - moment < 2e-3
        hardware.release(BUTTON)
        hardware.wait_for(lambda: not button.is_pressed, 1.0)
        light.on()
        assert hardware.level(22) == 1
        light.off()
        assert hardware.level(22) == 0


@pytest.mark.rig
def test_a_note_of_the_gadget_reaches_rtmidi_and_back(report: Report) -> None:
    note, answer = b"\x90\x3c\x40", b"\x80\x3c\x00"
    with FarKeys() as keys, FarPort() as box:
        box.listen_to("Rig Keys").send_to("Rig Keys")
        sent = keys.send(note)
        hardware.wait_for(lambda: bool(box.arrivals))
        answered = box.send(answer)
        back: list[Arrival] = []

        def heard_back() -> bool:
            back.extend(keys.received())
            return bool(back)

        hardware.wait_for(heard_back)
    up, down = box.arrivals[0].time - sent, back[0].time - answered
    report(f"USB MIDI: up {up * 1e3:.3f} ms, down {down * 1e3:.3f} ms")
    assert [arrival.data for arrival in box.arrivals] == [note]
    assert b"".join(arrival.data for arrival in back) == answer
    assert 0 <= up < 2e-3
    assert 0 <= down < 2e-3


@pytest.mark.rig
def test_unplugging_the_gadget_takes_its_port_away(report: Report) -> None:
    with FarPort() as box:
        assert box.sees("Rig Keys")
        hardware.unplug_keys()
        gone = hardware.wait_for(lambda: not box.sees("Rig Keys"), every=1e-3)
        hardware.plug_keys()
        back = hardware.wait_for(lambda: box.sees("Rig Keys"), every=1e-3)
    report(f"USB MIDI port gone {gone * 1e3:.0f} ms after the card, back {back * 1e3:.0f} ms after the card")


@pytest.mark.rig
def test_messages_between_two_clients_keep_their_pace(report: Report) -> None:
    messages = [bytes([0xB0, 1, value % 128]) for value in range(500)]
    with FarPort("Far A") as one, FarPort("Far B") as other:
        other.open_virtual()
        one.send_to("Far B")
        sent = one.send_evenly(messages, 1000.0)
        hardware.wait_for(lambda: len(other.arrivals) == len(messages))
    took = [arrival.time - moment for arrival, moment in zip(other.arrivals, sent, strict=True)]
    report(f"sequencer hop at 1,000 messages/s: at most {max(took) * 1e3:.3f} ms")
    assert [arrival.data for arrival in other.arrivals] == messages
    assert max(took) < 1e-3
    np.testing.assert_allclose(np.diff(sent), 1e-3, atol=1e-4)
