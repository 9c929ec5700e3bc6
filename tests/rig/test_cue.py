"""The cue in virtual time: on outputs 3 and 4 of the card that plays; on a second one, which drifts, goes and comes."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from jambox.remote import Request
from jambox.sound.guests import LATE
from jambox.sound.sinc import TAPS
from tests.rig import hardware
from tests.rig.box import LOOPBACK, RATE, SAMPLE, SILENT, RunningBox, noise, silence
from tests.rig.drifting import tone
from tests.rig.far_sound import FarCard, lag
from tests.rig.test_guests import TIMES, TWO, Report, words

Sound = NDArray[np.float32]
CONFIG = """
[audio]
cue = "USB"
guests = []
[mixer]
strips = [{pan = -1}, {pan = 1}]
"""
NONE = CONFIG.replace('cue = "USB"', "")
cards = pytest.mark.rig(append=TWO, usb_midi=False, timeout=300)


def cue(box: RunningBox) -> dict[str, Any]:
    """How the cue's card fares; nothing while there is none."""
    return next((card["cue"] for card in box.status()["cards"] if "cue" in card), {})


def solo(box: RunningBox, **wanted: bool) -> None:
    box.ask(Request(mixer={f"{name}.solo": on for name, on in wanted.items()}))


@cards
@pytest.mark.parametrize("period", [64, 128, 256])
def test_what_is_soloed_is_heard_at_the_cue_card_in_time(tmp_path: Path, report: Report, period: int) -> None:
    played = noise(6.0)
    with (
        FarCard(played, device="hw:HAT,1,0", sample=SAMPLE) as far,
        FarCard(silence(6.0), device="hw:USB,1,0", sample=SAMPLE) as ears,
        RunningBox(tmp_path, *words(period), scene=SILENT, config=CONFIG) as box,
    ):
        hardware.wait_for(lambda: bool(cue(box)))
        solo(box, strip2=True)
        begun = time.monotonic() - far.started
        heard, main = ears.heard(), far.heard()
        engine, fares = box.engine, cue(box)
    first = round((begun + 1.5) * RATE)
    apart = round((ears.started - far.started) * RATE)
    count = len(played) - first - abs(apart)
    late = lag(played[first : first + count, 1], heard[first - apart : first - apart + count, 1])
    direct = lag(played[first : first + count, 1], main[first : first + count, 1])
    promised = period + 2 * period + TAPS / 2 + LATE * RATE + 2 * period
    report(f"{period} x 3: {late} frames to the cue, promised {promised:.0f}; {direct} to the main output")
    assert direct == 3 * period
    assert abs(late - promised) < 64
    assert not heard[first:, 0].any()
    assert (engine["xruns"], engine["late"], fares["xruns"], fares["dry"]) == (0, 0, 0, 0)


def run(folder: Path, config: str, act: Callable[[RunningBox], None], played: Sound) -> Sound:
    """What the main output plays, from its first sound on, while `act` does something to the box."""
    folder.mkdir()
    with (
        FarCard(played, device="hw:HAT,1,0", sample=SAMPLE) as far,
        RunningBox(folder, *words(128), scene=SILENT, config=config) as box,
    ):
        act(box)
        main = far.heard()
        assert box.engine["xruns"] == 0
    return main


@cards
def test_the_main_output_is_bit_for_bit_what_it_is_without_a_cue(tmp_path: Path, report: Report) -> None:
    played = noise(8.0)

    def busy(box: RunningBox) -> None:
        hardware.wait_for(lambda: bool(cue(box)))
        solo(box, strip1=True)
        hardware.wait_until(time.monotonic() + 0.5)
        hardware.unplug_card(1)
        hardware.wait_for(lambda: not cue(box), every=0.02)
        hardware.plug_card(1)
        hardware.wait_for(lambda: bool(cue(box)), every=0.02)
        solo(box, drone=True)
        box.ask(Request(mixer={"cue.level": 6.0}))

    with_cue, without = (
        run(tmp_path / name, config, act, played)
        for name, config, act in (("with", CONFIG, busy), ("without", NONE, lambda _box: None))
    )
    # Both let through what was played at the same delay; when they began may differ.
    tail = 5 * RATE // 2
    report(f"the last {tail} frames: {np.abs(with_cue[-tail:]).max():.3f} loud")
    assert np.abs(without[-tail:]).max() > 0.2
    assert with_cue[-tail:].tobytes() == without[-tail:].tobytes()


def is_missed(box: RunningBox) -> bool:
    """Whether the box tells that the cue's card is not there."""
    return any("cue: no card" in fault for fault in box.status()["faults"])


@cards
def test_a_cue_card_that_is_pulled_comes_back_and_the_main_output_plays_on(tmp_path: Path, report: Report) -> None:
    played = tone(4.0 * TIMES + 8.0)
    with (
        FarCard(played, device="hw:HAT,1,0", sample=SAMPLE) as far,
        RunningBox(tmp_path, *words(128), scene=SILENT, config=CONFIG) as box,
    ):
        solo(box, strip1=True)
        begun = time.monotonic()
        for _ in range(TIMES):
            hardware.wait_for(lambda: bool(cue(box)), every=0.02)
            hardware.wait_until(time.monotonic() + 0.5)
            hardware.unplug_card(1)
            hardware.wait_for(lambda: not cue(box), every=0.02)
            hardware.wait_for(lambda: is_missed(box), 0.5, every=0.02)
            hardware.plug_card(1)
        hardware.wait_for(lambda: bool(cue(box)), every=0.02)
        status, fares = box.status(), cue(box)
        heard = far.heard(early=True)[:, 0]
    # What comes beside the tone are the earcons of a card that leaves and comes: they end, and have no corner.
    first = round((begun + 0.2 - far.started) * RATE)
    beside = heard[first:] - played[first - 3 * 128 : len(heard) - 3 * 128, 0]
    report(
        f"pulled {TIMES} times: {status['engine']['xruns']:.0f} xruns, beside the tone {np.abs(beside).max():.3f} at "
        f"most, in half of all frames {np.median(np.abs(beside)):.1e}"
    )
    assert not [fault for fault in status["faults"] if "cue" in fault]
    assert status["engine"]["restarts"] == status["engine"]["xruns"] == fares["xruns"] == 0
    assert np.abs(beside).max() < 0.1
    assert np.abs(np.diff(beside)).max() < 0.03
    assert np.median(np.abs(beside)) < 1e-6


@pytest.mark.rig(usb_midi=False)
def test_outputs_3_and_4_carry_the_cue_of_the_same_frames(tmp_path: Path, report: Report) -> None:
    sound = noise(5.0)
    played = np.hstack([sound, np.zeros_like(sound)])
    config = '[audio]\ncue = "3/4"\n[mixer]\nstrips = [{pan = -1}, {pan = 1}]\n'
    audio = ["--audio", LOOPBACK, "--panel", "none", "--period", "128", "--periods", "3"]
    with (
        FarCard(played, sample=SAMPLE) as far,
        RunningBox(tmp_path, *audio, scene=SILENT, config=config) as box,
    ):
        solo(box, strip2=True)
        begun = time.monotonic() - far.started
        heard = far.heard()
        status = box.status()
    first = round((begun + 0.5) * RATE)
    main, alone = heard[first:, :2], heard[first:, 2:]
    late = lag(sound[first:, 1], alone[:, 1])
    report(f"{late} frames to output 4, as to output 2")
    assert status["audio"]["outputs"] == 4
    assert not status["faults"]
    assert late == lag(sound[first:, 0], main[:, 0]) == 3 * 128
    assert not alone[:, 0].any()
    assert alone[3 * 128 :, 1] == pytest.approx(sound[first : -3 * 128, 1], abs=1e-6)
    assert np.array_equal(alone[-RATE:, 1], main[-RATE:, 1])  # the chime has ended
