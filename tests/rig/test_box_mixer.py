"""The running box's mixer on a card: set while it plays, levelled by what is heard, and told of what clips."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from jambox import remote, scenes
from jambox.easing import APART, QUIET, REPEATED
from jambox.remote import Request
from jambox.scene import Scene
from jambox.sound.levelling import SECONDS, TARGET
from tests.rig import hardware
from tests.rig.box import RATE, SAMPLE, SILENT, STRAIGHT, RunningBox, card, hide_far_keys
from tests.rig.far_sound import FarCard

Report = Callable[[str], None]


@pytest.fixture(autouse=True)
def _one_gadget() -> None:
    if hardware.card_index("rigkeys") is not None:
        hide_far_keys()


@pytest.mark.rig
def test_the_loudest_phrase_is_brought_to_the_target(tmp_path: Path, report: Report) -> None:
    """Left plays phrases, some louder than others; right is silent but for its noise."""
    t = np.arange(30 * RATE) / RATE
    phrases = np.where(t % 2.0 < 1.0, 0.02 + 0.03 * (t % 6.0 < 1.0), 0.0) * np.sin(2 * np.pi * 331.0 * t)
    noise = np.random.default_rng(1).uniform(-1e-4, 1e-4, len(t))
    played = np.stack([phrases, noise], axis=1).astype(np.float32)
    with (
        FarCard(played, sample=SAMPLE) as far,
        RunningBox(tmp_path, *card(256), scene=SILENT, config=STRAIGHT) as box,
    ):
        hardware.wait_until(time.monotonic() + 2.0)
        begun = time.monotonic()
        said = box.ask(Request(levels=True))
        took = time.monotonic() - begun
        after = round((time.monotonic() - far.started + 1.0) * RATE)
        status = box.status()
        heard = far.heard()
        saved = scenes.load(tmp_path / "state").mixer
    peak = 20.0 * np.log10(np.abs(heard[after:, 0]).max())
    report(f"{said[-1]}; the loudest phrase then peaks at {peak:.2f} dBFS")
    trim = round(TARGET - 20.0 * np.log10(0.05), 1)
    listening = f"listening to the inputs for {SECONDS:g} s: play your loudest"
    assert said == (listening, f"strip1.trim {trim:+.1f} dB; strip2 is silent")
    assert SECONDS <= took < SECONDS + 0.2
    assert status["scene"]["mixer"] == saved == {"strip1.trim": trim}
    assert peak == pytest.approx(TARGET, abs=0.1)
    assert status["engine"]["xruns"] == 0


@pytest.mark.rig
def test_a_parameter_set_while_playing_is_heard_without_a_jump(tmp_path: Path, report: Report) -> None:
    t = np.arange(12 * RATE) / RATE
    tone = (0.1 * np.sin(2 * np.pi * 110.0 * t)).astype(np.float32)
    with (
        FarCard(np.stack([tone, tone], axis=1), sample=SAMPLE) as far,
        RunningBox(tmp_path, *card(256), scene=SILENT, config=STRAIGHT) as box,
    ):
        hardware.wait_until(time.monotonic() + 2.0)
        first = round((time.monotonic() - far.started) * RATE)
        trims = (12, -20, 10, 0)
        for trim in trims:
            assert box.ask(Request(mixer={"strip1.trim": trim})) == (f"strip1.trim {trim} dB",)
            hardware.wait_until(time.monotonic() + 0.5)
        last = round((time.monotonic() - far.started) * RATE)
        heard = far.heard().astype(np.float64)
    left = heard[first:last, 0]
    spans = [np.abs(left[round((n + 0.6) * RATE / 2) : round((n + 0.95) * RATE / 2)]).max() for n in range(4)]
    peaks = [20.0 * np.log10(span) for span in spans]
    jump = np.abs(np.diff(left)).max()
    report("peaks: " + ", ".join(f"{peak:.2f} dBFS" for peak in peaks) + f"; the largest step {jump:.4f}")
    assert peaks == pytest.approx([trim - 20.0 for trim in trims], abs=0.1)
    # A sine of 110 Hz with this peak steps by so much from frame to frame; a jump of the trim would be many times that.
    assert jump < 1.3 * 0.1 * 10.0 ** (12 / 20) * 2.0 * np.pi * 110.0 / RATE


@pytest.mark.rig
def test_what_clips_is_counted_for_its_strip(tmp_path: Path) -> None:
    t = np.arange(6 * RATE) / RATE
    loud = np.clip(2.0 * np.sin(2 * np.pi * 200.0 * t), -1.0, 1.0).astype(np.float32)
    quiet = (0.1 * loud).astype(np.float32)
    with (
        FarCard(np.stack([loud, quiet], axis=1), sample=SAMPLE) as far,
        RunningBox(tmp_path, *card(256), scene=SILENT) as box,
    ):
        hardware.wait_until(time.monotonic() + 2.0)
        shown = remote.ask(box.socket, Request(meters=True)).meters
        far.heard(early=True)
    first, second = shown["strips"]
    assert first["clipped"] > 1000
    assert (first["loudest"], second["clipped"], second["loudest"]) == (0.0, 0, -20.0)


@pytest.mark.rig
@pytest.mark.parametrize(("config", "periods"), [("", [64, 128, 256, 256]), ("[audio]\npinned = true\n", [64] * 4)])
def test_the_period_grows_when_the_engine_is_kept_from_playing_again_and_again(
    tmp_path: Path, report: Report, config: str, periods: list[int]
) -> None:
    """Its process is stopped for 60 ms, three times; then it is left alone for as long as one that has just started."""
    with RunningBox(tmp_path, *card(64), scene=SILENT, config=config) as box:
        seen = [box.status()["audio"]["period"]]
        for _ in periods[1:]:
            before = box.engine
            hardware.wait_until(time.monotonic() + QUIET + 0.5)
            for _ in range(REPEATED):
                stop_for(box.engine["pid"], 0.06)
                hardware.wait_until(time.monotonic() + APART + 0.2)
            status = box.status()
            seen.append(status["audio"]["period"])
            assert (status["engine"]["pid"] != before["pid"]) == (seen[-1] != seen[-2])
        faults = box.status()["faults"]
    report(f"periods {seen}; {faults}")
    assert seen == periods
    gaps = [fault for fault in faults if "gaps" in fault]
    assert len(gaps) == (0 if config else 1)
    assert all("at 128 frames a period: it plays with 256 until the next start" in fault for fault in gaps)


@pytest.mark.rig
def test_the_drone_comes_up_with_the_players(tmp_path: Path, report: Report) -> None:
    """Nobody plays for so long that it has drawn back; then somebody does, far above it in pitch."""
    rest, play = 14.0, 6.0
    played = np.zeros((round((rest + play) * RATE), 2), np.float32)
    played[round(rest * RATE) :] = 0.4 * np.sin(2 * np.pi * 9000.0 * np.arange(round(play * RATE)) / RATE)[:, None]
    scene = Scene(volume=0.0, drone_level=-6.0, drone_on=True, drone="organ-point")
    config = "[accompany]\ndrone = 12\n"
    with FarCard(played, sample=SAMPLE) as far, RunningBox(tmp_path, *card(256), scene=scene, config=config):
        begun = time.monotonic() - far.started
        heard = far.heard()[:, 0].astype(np.float64)
    looks = (begun + 1.0, rest - 1.0, rest + play - 1.0)
    spectra = [np.abs(np.fft.rfft(heard[round(at * RATE) :][: RATE // 2] * np.hanning(RATE // 2))) for at in looks]
    levels = [10.0 * np.log10(np.sum(spectrum[:1500] ** 2)) for spectrum in spectra]
    told = ", ".join(f"{level - levels[0]:+.1f} dB" for level in levels)
    report(f"the drone: {told} at first, at rest, with the players")
    assert levels[1] - levels[0] < -6.0
    assert levels[2] - levels[1] == pytest.approx(11.0, abs=2.0)


def stop_for(pid: int, seconds: float) -> None:
    """Lets the process stand still."""
    os.kill(pid, signal.SIGSTOP)
    hardware.wait_until(time.monotonic() + seconds)
    os.kill(pid, signal.SIGCONT)
