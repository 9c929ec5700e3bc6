"""A second card whose clock drifts, in virtual time: a tone comes from it whole, and another one reaches it whole."""

import re
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.rig import hardware
from tests.rig.box import RATE, SAMPLE, SILENT, RunningBox
from tests.rig.drifting import FASTER, TONE, residue, shift, tone
from tests.rig.far_sound import FarCard
from tests.rig.test_cue import cue, solo
from tests.rig.test_guests import TWO, Report, guests, words

CONFIG = """
[audio]
guests = ["USB"]
guest_strips = 2
cue = "USB"
[mixer]
strips = [{pan = -1}, {pan = 1}]
[[cards]]
card = "USB"
strips = [{pan = 1}, {pan = -1}]
"""
"""What the guest hears comes out right, what the other card hears, and the cue of it, left."""
SECONDS, LATEST = 28.0, 8.0
"""How long it plays, and the last seconds of that, which are measured: by then the pace has settled."""
POINTER = Path("/proc/asound/USB/pcm0c/sub0/status")


@pytest.mark.rig(append=TWO, usb_midi=False, timeout=300)
@pytest.mark.parametrize("ppm", [500, -500])
def test_a_tone_comes_whole_from_a_card_that_drifts_and_another_reaches_it(
    tmp_path: Path, report: Report, ppm: int
) -> None:
    shift(FASTER - ppm // 10)
    try:
        with (
            FarCard(tone(SECONDS), device="hw:USB,1,0", sample=SAMPLE) as theirs,
            FarCard(tone(SECONDS), device="hw:HAT,1,0", sample=SAMPLE) as far,
            RunningBox(tmp_path, *words(128), scene=SILENT, config=CONFIG) as box,
        ):
            hardware.wait_for(lambda: bool(guests(box)) and bool(cue(box)))
            solo(box, strip1=True)
            begun, captured = time.monotonic(), pointer()
            hardware.wait_until(begun + SECONDS - 5.0)
            pace = (pointer() - captured) / (time.monotonic() - begun) / RATE
            (guest,), fares, engine = guests(box), cue(box), box.engine
            main, cued = far.heard(early=True)[:, 1], theirs.heard(early=True)[:, 0]
    finally:
        shift(FASTER)
    # Where its phase lies so, the cable counts some frames twice, and its own pace is another: then nothing is tested.
    assert 1e6 * (pace - 1.0) == pytest.approx(ppm, abs=20.0), "the loopback card strays from the pace it was given"
    assert engine["xruns"] == engine["dry"] == guest["xruns"] == fares["xruns"] == fares["dry"] == 0
    for what, heard, started, sign in (("from", main, far.started, 1), ("to", cued, theirs.started, -1)):
        whole = heard[round((begun - started + 1.0) * RATE) :].astype(np.float64)
        drift, noise = measured(whole[-round(LATEST * RATE) :])
        steps = largest_step(whole)
        report(f"{what} a card {ppm:+d} ppm off: {drift:+.1f} ppm in the tone, all else {noise:.1f} dB, largest ")
        report(f"step {steps:.4f} of the tone's; ")
        assert sign * drift == pytest.approx(ppm, abs=20.0)
        assert noise < -90.0
        assert steps < 1.01


def pointer() -> int:
    """How many frames the guest's card has captured, as its driver counts them."""
    (count,) = re.findall(r"^hw_ptr\s*: (\d+)$", POINTER.read_text(), re.MULTILINE)
    return int(count)


def measured(sound: NDArray[np.float64]) -> tuple[float, float]:
    """By how many ppm the tone is off, and decibels by which all else lies below it."""
    place, noise = residue(sound, 5.0)
    return 1e6 * (place / TONE - 1.0), noise


def largest_step(sound: NDArray[np.float64]) -> float:
    """From one frame to the next, as a share of the tone's own."""
    return float(np.abs(np.diff(sound)).max() / (np.pi * TONE / RATE))
