"""A second card as a guest, in virtual time: its sound comes in its strip, whole and in time, and comes and goes."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jambox import remote
from jambox.remote import Request
from jambox.sound.guests import LATE
from jambox.sound.levelling import TARGET
from jambox.sound.sinc import TAPS
from tests.rig import hardware
from tests.rig.box import RATE, SAMPLE, SILENT, RunningBox, noise, silence
from tests.rig.far_sound import FarCard, lag

Report = Callable[[str], None]
HOST, GUEST = "hw:CARD=HAT,DEV=0", "USB"
CONFIG = """
[audio]
guests = ["USB"]
guest_strips = 2
[[cards]]
card = "USB"
strips = [{pan = -1}, {pan = 1}]
"""
TWO = "snd-aloop.enable=1,1 snd-aloop.id=HAT,USB"
TIMES = int(os.environ.get("JAMBOX_SOAK", "3"))
cards = pytest.mark.rig(append=TWO, usb_midi=False)


def words(period: int) -> list[str]:
    return ["--audio", HOST, "--panel", "none", "--period", str(period), "--periods", "3"]


def guests(box: RunningBox) -> list[dict[str, Any]]:
    return guests_of(box.status())


def guests_of(status: dict[str, Any]) -> list[dict[str, Any]]:
    return [card for card in status["cards"] if card["is"] == "guest"]


@cards
def test_what_a_guest_hears_comes_out_in_time(tmp_path: Path, report: Report) -> None:
    period = 128
    played = noise(6.0)
    with (
        FarCard(played, device="hw:USB,1,0", sample=SAMPLE) as theirs,
        FarCard(silence(6.0), device="hw:HAT,1,0", sample=SAMPLE) as far,
        RunningBox(tmp_path, *words(period), scene=SILENT, config=CONFIG) as box,
    ):
        hardware.wait_for(lambda: bool(guests(box)))
        (guest,) = guests(box)
        begun = time.monotonic() - far.started
        heard = far.heard()
        engine = box.engine
    apart = round((far.started - theirs.started) * RATE)
    first = round((begun + 1.5) * RATE)
    late = lag(played[first + apart :, 0], heard[first : first + len(played) - first - apart, 0])
    added = late - 3 * period
    promised = period + TAPS / 2 + LATE * RATE
    report(f"{period} x 3: {late} frames, {added} more than an input of the card itself; promised {promised:.0f}")
    assert guest["strips"] == [3, 4]
    assert engine["xruns"] == engine["late"] == engine["dry"] == engine["broken"] == 0
    assert abs(added - promised) < 64
    assert added <= 2 * period + TAPS / 2


@cards
def test_a_guest_that_is_pulled_goes_and_comes_back_to_its_strips(tmp_path: Path, report: Report) -> None:
    tone = 0.4 * np.sin(2 * np.pi * 200.0 / RATE * np.arange(2 * RATE))
    played = np.stack([tone, tone], axis=1).astype(np.float32)
    with (
        FarCard(silence(4.0 * TIMES + 8.0), device="hw:HAT,1,0", sample=SAMPLE) as far,
        RunningBox(tmp_path, *words(128), scene=SILENT, config=CONFIG) as box,
    ):
        box.ask(Request(mixer={"reverb.decay": 2.5, "strip3.trim": -3}))
        for _ in range(TIMES):
            hardware.wait_for(lambda: bool(guests(box)), every=0.02)
            with FarCard(played, device="hw:USB,1,0", sample=SAMPLE):
                hardware.wait_until(time.monotonic() + 0.5)
                hardware.unplug_card(1)
                hardware.wait_for(lambda: not guests(box), every=0.02)
            hardware.plug_card(1)
        hardware.wait_for(lambda: bool(guests(box)), every=0.02)
        status = box.status()
        mixer = remote.ask(box.socket, Request(mixer={})).mixer
        heard = far.heard(early=True)
    report(f"pulled {TIMES} times: {status['engine']['dry']:.0f} broke off, {status['engine']['restarts']} restarts")
    assert status["engine"]["restarts"] == status["engine"]["xruns"] == 0
    assert status["engine"]["dry"] == TIMES
    assert [card["strips"] for card in guests_of(status)] == [[3, 4]]
    assert not status["faults"]
    assert (mixer["reverb.decay"], mixer["strip3.trim"], mixer["strip3.pan"]) == (2.5, -3.0, -1.0)
    assert np.abs(heard).max() > 0.2


@cards
def test_the_trims_of_a_guest_are_set_by_what_it_hears(tmp_path: Path, report: Report) -> None:
    tone = 0.1 * np.sin(2 * np.pi * 200.0 / RATE * np.arange(14 * RATE))
    played = np.stack([tone, 0.5 * tone], axis=1).astype(np.float32)
    with (
        FarCard(silence(14.0), device="hw:HAT,1,0", sample=SAMPLE) as far,
        FarCard(played, device="hw:USB,1,0", sample=SAMPLE),
        RunningBox(tmp_path, *words(128), scene=SILENT, config=CONFIG) as box,
    ):
        hardware.wait_for(lambda: bool(guests(box)))
        hardware.wait_until(time.monotonic() + 1.0)
        said = box.ask(Request(levels=True))
        strips = remote.ask(box.socket, Request(meters=True)).meters["strips"]
        mixer = remote.ask(box.socket, Request(mixer={})).mixer
        far.heard(early=True)
    report(said[-1])
    assert [mixer[f"strip{number}.trim"] for number in (1, 2)] == [0.0, 0.0]
    trims = [mixer[f"strip{number}.trim"] for number in (3, 4)]
    assert trims == pytest.approx([TARGET + 20.0, TARGET + 26.0], abs=0.15)
    assert said[-1] == f"strip3.trim {trims[0]:+.1f} dB; strip4.trim {trims[1]:+.1f} dB; strip1, strip2 are silent"
    assert len(strips) == 4
