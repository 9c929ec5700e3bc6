"""The box in a Link session on the rig: its sound at the far end of the cable, beside the session's beats."""

import importlib.util
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from jambox.following import SLEW
from jambox.scene import Scene
from tests.rig import hardware
from tests.rig.box import LOOK, SAMPLE, RunningBox, card, hide_far_keys, onsets, silence, with_probe
from tests.rig.far_sound import FarCard
from tests.test_link import BINDING, Far

SCENE = Scene(volume=0.0, drone_level=-60.0, rhythm_level=0.0, cycle="probe", tempo=156.0)
IGNORING = msgspec.structs.replace(SCENE, follow=False)
OWN_BEAT = 60.0 / SCENE.tempo
TEMPO, CYCLE, BEATS = 150.0, 4.0, 16
Report = Callable[[str], None]
NEAR = 1e-3
"""Seconds between a stroke and its beat; AUDIOENGINE-1 of Link's TEST-PLAN allows three times as many."""

pytestmark = pytest.mark.skipif(importlib.util.find_spec("link") is None, reason=BINDING)


@pytest.fixture(autouse=True)
def _one_gadget() -> None:
    hide_far_keys()


@pytest.fixture
def cable() -> FarCard:
    """The far end of the cable, to be entered right before the box: later, the loopback card puts some ms between."""
    return FarCard(silence(60.0), sample=SAMPLE)


@pytest.fixture
def box(tmp_path: Path) -> RunningBox:
    return RunningBox(with_probe(tmp_path), *card(256, 3), scene=SCENE, config="[link]\n")


def press_rhythm(box: RunningBox) -> float:
    hardware.wait_until(time.monotonic() + 1.5)  # until the chime has faded and the rim is rendered
    pressed = time.monotonic()
    box.press("rhythm")
    return pressed


def strokes(cable: FarCard, begin: float) -> NDArray[np.float64]:
    """When the strokes since `begin` were heard."""
    times = onsets(cable.heard(early=True)) + cable.started
    return times[times > begin]


def beats(times: NDArray[np.float64], said: dict[str, Any]) -> NDArray[np.float64]:
    """The session's beats at `times`, on the line that it said."""
    there: NDArray[np.float64] = said["phase"] + (times - said["time"]) * said["tempo"] / 60.0
    return there


def off(there: NDArray[np.float64], tempo: float) -> NDArray[np.float64]:
    """Seconds from the nearest whole beats."""
    apart: NDArray[np.float64] = (there - np.round(there)) * 60.0 / tempo
    return apart


def grown_old(far: Far) -> None:
    """Of two sessions that meet the older lives on; of two that began within half a second, either."""
    far.say()
    hardware.wait_until(time.monotonic() + 1.0)


@pytest.mark.rig
def test_strokes_are_heard_on_the_sessions_beats(cable: FarCard, box: RunningBox, report: Report) -> None:
    """AUDIOENGINE-1."""
    with Far([], TEMPO) as far:
        grown_old(far)
        with cable, box:
            hardware.wait_for(lambda: box.status()["clock"] == "Link", 10.0, every=LOOK)
            pressed = press_rhythm(box)
            hardware.wait_until(pressed + (CYCLE + BEATS) * 60.0 / TEMPO)
            said = far.say(quantum=CYCLE)
            there = beats(strokes(cable, pressed), said)
    late = off(there, TEMPO)
    report(f"{len(there)} strokes off the session's beats by {late.min() * 1e3:+.2f} to {late.max() * 1e3:+.2f} ms")
    assert said["tempo"] == pytest.approx(TEMPO, abs=1e-3)
    assert np.round(there[0]) % CYCLE == 0.0
    assert list(np.diff(np.round(there))) == [1.0] * (len(there) - 1)
    assert len(there) >= BEATS
    assert np.abs(late).max() < NEAR


@pytest.mark.rig
def test_who_joins_a_playing_box_finds_its_beat_and_changes_nothing(
    cable: FarCard, box: RunningBox, report: Report
) -> None:
    """BEATTIME-2, and what follows: the other leaves."""
    with cable, box:
        pressed = press_rhythm(box)
        hardware.wait_until(pressed + 8 * OWN_BEAT)
        with Far([], TEMPO) as far:
            hardware.wait_for(lambda: far.say()["peers"] == 1, 5.0)
            hardware.wait_for(lambda: box.status()["clock"] == "Link", 5.0, every=LOOK)
            hardware.wait_until(time.monotonic() + 8 * OWN_BEAT)
            said = far.say(quantum=CYCLE)
        hardware.wait_for(lambda: box.status()["clock"] == "the box", 10.0, every=LOOK)
        hardware.wait_until(time.monotonic() + 8 * OWN_BEAT)
        times = strokes(cable, pressed)
    there = beats(times, said)
    between = np.diff(times)
    late = off(there, SCENE.tempo)
    report(f"{len(times)} strokes, {between.min() * 1e3:.2f} to {between.max() * 1e3:.2f} ms apart; off the other's ")
    report(f"beats by {late.min() * 1e3:+.2f} to {late.max() * 1e3:+.2f} ms")
    assert said["tempo"] == pytest.approx(SCENE.tempo, abs=1e-3)
    assert np.abs(between - OWN_BEAT).max() < 1e-3
    assert np.round(there[0]) % CYCLE == 0.0
    assert np.abs(late).max() < NEAR


@pytest.mark.rig
def test_a_playing_box_is_bent_to_the_beat_of_a_session_that_it_joins(
    cable: FarCard, tmp_path: Path, report: Report
) -> None:
    box = RunningBox(with_probe(tmp_path), *card(256, 3), scene=IGNORING, config="[link]\n")
    with Far([], TEMPO) as far:
        grown_old(far)
        with cable, box:
            hardware.wait_until(time.monotonic() + 1.5)
            said = far.say(quantum=1.0)
            hardware.wait_until(said["time"] + (1.4 - said["phase"]) * 60.0 / TEMPO)
            pressed = time.monotonic()
            box.press("rhythm")
            hardware.wait_until(pressed + 4 * OWN_BEAT)
            joined = time.monotonic()
            box.press("tap", hold=0.6)
            hardware.wait_until(joined + 24 * 60.0 / TEMPO)
            said = far.say(quantum=CYCLE)
            box.press("tap", hold=0.6)
            hardware.wait_for(lambda: far.say()["peers"] == 0, 5.0)
            assert box.status()["clock"] == "the box"
            times = strokes(cable, pressed)
    between = np.diff(times)
    before = off(beats(times[times < joined + 0.5][-1:], said), TEMPO)
    late = off(beats(times[times > joined + 16 * 60.0 / TEMPO], said), TEMPO)
    report(f"joined {before[0] * 1e3:+.0f} ms apart; shortest and longest beat {between.min() * 1e3:.1f} and ")
    report(f"{between.max() * 1e3:.1f} ms; then off by {late.min() * 1e3:+.2f} to {late.max() * 1e3:+.2f} ms")
    assert said["tempo"] == pytest.approx(TEMPO, abs=1e-3)
    assert abs(before[0]) > 60.0 / TEMPO / 6.0
    assert between.min() > 60.0 / TEMPO / (1.0 + SLEW) - 1e-3
    assert between.max() < 60.0 / TEMPO / (1.0 - SLEW) + 1e-3
    assert np.abs(late).max() < NEAR


@pytest.mark.rig
@pytest.mark.parametrize(("tempo", "own", "multiple", "bent"), [(20.0, 20.0, 1.0, 6.0), (999.0, 249.75, 4.0, 21.0)])
def test_the_whole_range_of_tempos_is_followed(
    tempo: float, own: float, multiple: float, bent: float, cable: FarCard, box: RunningBox, report: Report
) -> None:
    """TEMPO-4: one too fast for the box is followed at a quarter, whose sam may be up to 1.5 beats from the old one."""
    with cable, Far([], TEMPO) as far, box:
        hardware.wait_for(lambda: box.status()["clock"] == "Link", 10.0, every=LOOK)
        pressed = press_rhythm(box)
        hardware.wait_until(pressed + CYCLE * 60.0 / TEMPO)
        far.say(tempo=tempo)
        changed = time.monotonic()
        hardware.wait_until(changed + (bent + 3.0) * 60.0 / own)
        said = far.say(quantum=CYCLE * multiple)
        times = strokes(cable, pressed)
    late = off(beats(times[times > changed + bent * 60.0 / own], said) / multiple, own)
    report(f"at {tempo:g} per minute {len(late)} strokes off by {late.min() * 1e3:+.2f} to {late.max() * 1e3:+.2f} ms")
    assert len(late) in (2, 3, 4)
    assert np.abs(late).max() < NEAR
