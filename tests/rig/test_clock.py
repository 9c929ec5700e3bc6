"""The running box led by the clocks of other programs: when its strokes are heard, and what it tells the others."""

import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from jambox.midi.follow import LOCK, SILENT
from jambox.midi.messages import CLOCK, CONTINUE, START, STOP
from jambox.midi.sync import LEAD, PPQN
from jambox.remote import Request
from jambox.scene import Scene
from tests.rig import hardware
from tests.rig.box import LOOK, SAMPLE, RunningBox, card, hide_far_keys, onsets, silence, with_probe
from tests.rig.far_midi import FarPort
from tests.rig.far_sound import FarCard

Report = Callable[[str], None]
Event = tuple[float, FarPort, bytes]
SCENE = Scene(volume=0.0, drone_level=-60.0, rhythm_level=0.0, cycle="probe", tempo=104.0)
TEMPO = 100.0
BEAT = 60.0 / TEMPO
JITTER = 1e-3
"""Seconds by which a tick comes late at most: USB 1.1 has its frames every millisecond."""
NEAR = 3e-3
"""Seconds by which a stroke may miss the master's beat."""
MASTER, OTHER, BOX = "Master", "Other", "the box"
FASTER = 133.0
ANOTHER = 60.0 / FASTER
"""The other's tempo, and its beats in seconds."""
SEEN = 0.06
"""Seconds after which a change of who leads is seen at the latest: the box looks, then we do."""
GLIDE = 1.12
"""Share by which a beat may differ from the one before: a tenth, and what an onset is heard off its place."""


@pytest.fixture(autouse=True)
def _one_gadget() -> None:
    hide_far_keys()


@pytest.fixture
def master() -> Iterator[FarPort]:
    with FarPort("Master") as far:
        yield far.open_virtual()


@pytest.fixture
def other() -> Iterator[FarPort]:
    with FarPort("Other") as far:
        yield far.open_virtual()


@pytest.fixture
def far() -> Iterator[FarCard]:
    with FarCard(silence(60.0), sample=SAMPLE) as far:
        yield far


@pytest.fixture
def box(tmp_path: Path, far: FarCard) -> Iterator[RunningBox]:  # noqa: ARG001 (the far end decides for the cable)
    with RunningBox(with_probe(tmp_path), *card(256, 3), scene=SCENE) as box:
        hardware.wait_until(time.monotonic() + 1.5)  # until the chime has faded and the rim is rendered
        yield box


def ticks(port: FarPort, begin: float, beats: float, tempo: float = TEMPO) -> list[Event]:
    """The ticks of so many beats from `begin` on, each a little late."""
    jitter = random.Random(len(port.name))
    count = round(beats * PPQN)
    return [(begin + n * 60.0 / tempo / PPQN + JITTER * jitter.random(), port, CLOCK) for n in range(count)]


def play(events: Iterable[Event]) -> None:
    """Send each message at its time."""
    for moment, port, message in sorted(events, key=lambda event: event[0]):
        hardware.wait_until(moment)
        port.send(message)


def watched(box: RunningBox, events: Iterable[Event], begin: float, every: float) -> list[tuple[float, dict[str, Any]]]:
    """Plays, and looks at the status from `begin` on: when, and what it is."""
    players = threading.Thread(target=play, args=(events,))
    players.start()
    hardware.wait_until(begin)
    looks = []
    while players.is_alive():
        looks.append((time.monotonic(), box.status()))
        hardware.wait_until(time.monotonic() + every)
    players.join()
    return looks


def spread(seconds: NDArray[np.float64]) -> str:
    """The least and the greatest of some differences, for people."""
    return f"{seconds.min() * 1e3:+.2f} to {seconds.max() * 1e3:+.2f} ms"


def misses(far: FarCard, begin: float, tempo: float = TEMPO) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The strokes heard from just before `begin` on: their beats, counted from there, and seconds after the beat."""
    beats = (onsets(far.heard(early=True)) + far.started - begin) * tempo / 60.0
    beats = beats[beats > -0.5]
    return np.round(beats), (beats - np.round(beats)) * 60.0 / tempo


def clock(box: RunningBox) -> Any:
    return box.status()["midi"]["clock"]


@pytest.mark.rig
@pytest.mark.parametrize(("idle", "first"), [(0, 1), (3, 0)], ids=["clock from Start on", "clock before Start"])
def test_strokes_are_heard_on_the_masters_beats(
    idle: int, first: int, master: FarPort, other: FarPort, far: FarCard, box: RunningBox, report: Report
) -> None:
    begin = time.monotonic() + 0.1 + idle * BEAT
    other.arrivals.clear()
    end = begin + 19.5 * BEAT
    play([(begin - LEAD, master, START), *ticks(master, begin - idle * BEAT, idle + 19.5), (end, master, STOP)])
    hardware.wait_for(lambda: box.status()["rhythm"] == "silent", 0.2, every=LOOK)
    tempo = clock(box)["tempo"]
    beats, off = misses(far, begin)
    report(f"strokes on beats {beats[0]:.0f} to {beats[-1]:.0f}; the first {off[0] * 1e3:+.1f} ms; ")
    report(f"from beat 4 on {off[beats >= 4].min() * 1e3:+.2f} to {off[beats >= 4].max() * 1e3:+.2f} ms; {tempo} bpm")
    assert list(beats) == list(range(first, 20))
    assert np.abs(off[beats >= 4]).max() < NEAR
    assert 0.0 < off[0] < 0.03 if idle else abs(off[0]) < NEAR
    # Its own clock goes on to others, and not back to who leads.
    assert not {CLOCK, START, STOP} & {arrival.data for arrival in master.arrivals}
    sent = np.array([arrival.time for arrival in other.arrivals if arrival.data == CLOCK])
    late = (sent - begin) / BEAT * PPQN
    late = late[late > 4 * PPQN - 0.5]
    assert len(late) == 15.5 * PPQN
    assert np.abs(late - np.round(late)).max() * BEAT / PPQN < NEAR
    assert [a.data for a in other.arrivals if a.data in (START, STOP)] == [START, STOP]


@pytest.mark.rig
def test_a_playing_box_joins_without_a_jump_and_goes_on_when_the_master_is_gone(
    master: FarPort, far: FarCard, box: RunningBox, report: Report
) -> None:
    box.press("rhythm")
    begin = time.monotonic() + 2.0
    play([(begin - LEAD, master, START), *ticks(master, begin, 30)])
    leading = clock(box)["source"]
    end = begin + 42 * BEAT
    hardware.wait_until(end)
    status = box.status()
    strokes = onsets(far.heard(early=True)) + far.started
    between = np.diff(strokes)
    off = (strokes - begin) / BEAT
    off = (off - np.round(off)) * BEAT
    led = (strokes > begin + 12 * BEAT) & (strokes < begin + 30 * BEAT)
    alone = strokes[strokes > begin + 31 * BEAT]
    report(f"joined {off[np.searchsorted(strokes, begin + BEAT)] * 1e3:+.0f} ms apart; shortest and longest beat ")
    report(
        f"{between.min() * 1e3:.1f} and {between.max() * 1e3:.1f} ms; led {np.abs(off[led]).max() * 1e3:.2f} ms off; "
    )
    report(f"alone beats of {np.diff(alone).min() * 1e3:.2f} to {np.diff(alone).max() * 1e3:.2f} ms")
    assert leading == "Master"
    assert status["clock"] == "the box"
    assert between.min() > BEAT / 1.12
    assert between.max() < BEAT * 1.12
    assert np.abs(off[led]).max() < NEAR
    assert len(alone) >= 10
    np.testing.assert_allclose(np.diff(alone), BEAT, atol=1e-3)
    assert status["engine"]["run"] == 1


@pytest.mark.rig
def test_the_first_clock_leads_and_others_neither_start_nor_stop(
    master: FarPort, other: FarPort, far: FarCard, box: RunningBox, report: Report
) -> None:
    with FarPort("Pads") as pads:
        pads.open_virtual()
        begin = time.monotonic() + 3 * BEAT
        events = [(begin - LEAD, master, START), *ticks(master, begin - 2 * BEAT, 22)]
        events += [(begin + 5 * BEAT, other, START), *ticks(other, begin + 5.3 * BEAT, 14, FASTER)]
        events += [
            (begin + 8.2 * BEAT, pads, STOP),
            (begin + 9.1 * BEAT, other, STOP),
            (begin + 9.3 * BEAT, pads, START),
        ]
        events += [(begin + 11 * BEAT, pads, CONTINUE)]
        looks = [look for _, look in watched(box, events, begin + 4 * BEAT, 0.05)]
        beats, off = misses(far, begin)
    tempi = [look["engine"]["tempo"] for look in looks]
    report(f"two clocks, at {TEMPO:g} and {FASTER:g}: ")
    report(f"strokes on {len(beats)} beats, {np.abs(off[4:]).max() * 1e3:.2f} ms off; ")
    report(f"meanwhile the box plays at {min(tempi):.2f} to {max(tempi):.2f}")
    assert {look["midi"]["clock"]["source"] for look in looks} == {"Master"}
    assert {look["rhythm"] for look in looks} == {"playing"}
    assert {look["engine"]["run"] for look in looks} == {1}
    np.testing.assert_allclose(tempi, TEMPO, rtol=0.002)
    assert list(beats[:20]) == list(range(20))
    assert np.abs(off[4:]).max() < NEAR


@pytest.mark.rig
@pytest.mark.parametrize(
    ("joins", "leaders"),
    [(5.0, [MASTER, OTHER]), (17.0, [MASTER, BOX, OTHER])],
    ids=["to one that ticks already", "to one that comes later"],
)
def test_from_a_clock_that_falls_silent_the_lead_goes_to_another_without_a_jump(
    joins: float, leaders: list[str], master: FarPort, other: FarPort, far: FarCard, box: RunningBox, report: Report
) -> None:
    """The master ticks for 12 beats, the other from beat `joins` on, in another tempo."""
    begin = time.monotonic() + 3 * BEAT
    last, came = begin + 12 * BEAT - BEAT / PPQN, begin + joins * BEAT
    events = [(begin - LEAD, master, START), *ticks(master, begin - 2 * BEAT, 14), *ticks(other, came, 36, FASTER)]
    looks = watched(box, events, begin + 6 * BEAT, 0.02)
    strokes = onsets(far.heard(early=True)) + far.started
    between = np.diff(strokes[strokes > begin - 0.5 * BEAT])
    ratios = between[1:] / between[:-1]
    since = {name: min(moment for moment, look in looks if look["clock"] == name) for name in leaders}
    before = [look["engine"]["tempo"] for moment, look in looks if moment < since[OTHER]]
    settled = strokes[strokes > since[OTHER] + 6.0]
    places = (settled - came) / (ANOTHER / PPQN)
    off = (places - np.round(places)) * ANOTHER / PPQN
    silent, needed = since[leaders[1]] - last, since[OTHER] - came
    report(f"given up {silent:.3f} s after the last tick; the other taken {needed:.2f} s after its first; each beat ")
    report(
        f"{ratios.min():.3f} to {ratios.max():.3f} of the one before; in the end {spread(off)} off the other's ticks"
    )
    assert [name for name, _ in groupby(look["clock"] for _, look in looks)] == leaders
    assert {(look["rhythm"], look["engine"]["run"]) for _, look in looks} == {("playing", 1)}
    assert SILENT < silent < SILENT + SEEN
    assert BOX not in leaders or 0.0 < needed - (LOCK - 1) * ANOTHER / PPQN < 2 * ANOTHER / PPQN + SEEN
    np.testing.assert_allclose(before, TEMPO, rtol=0.002)
    assert ratios.max() < GLIDE
    assert ratios.min() > 1.0 / GLIDE
    assert len(settled) > 10
    np.testing.assert_allclose(np.diff(settled), ANOTHER, atol=NEAR)
    assert np.abs(off).max() < NEAR


@pytest.mark.rig
def test_it_goes_on_where_the_master_goes_on_and_the_player_joins_on_its_beat(
    master: FarPort, far: FarCard, box: RunningBox, report: Report
) -> None:
    """The master continues at beat 10.5; the player stops the box there, and starts it again between two beats."""
    begin = time.monotonic() + 2 * BEAT
    events = [(begin - 2 * LEAD, master, bytes([0xF2, 42, 0])), (begin - LEAD, master, CONTINUE)]
    player = threading.Thread(target=play, args=([*events, *ticks(master, begin - 2 * BEAT, 30)],))
    player.start()
    hardware.wait_until(begin + 6.1 * BEAT)
    started = box.engine["start"]
    box.ask(Request(press="tap", holding=("shift",)))
    stopped = box.status()["rhythm"]
    hardware.wait_until(begin + 8.25 * BEAT)
    box.press("rhythm")
    hardware.wait_until(begin + 20 * BEAT)
    player.join()
    beats, off = misses(far, begin + 0.5 * BEAT)
    report(f"continued at beat {started}; strokes {off.min() * 1e3:+.2f} to {off.max() * 1e3:+.2f} ms off, also the ")
    report(f"first after the player's press, {off[beats == 8][0] * 1e3:+.2f} ms")
    assert (started, stopped) == (10.5, "silent")
    # The song's beat 11 is half a beat after the master went on.
    assert list(beats) == [*range(6), *range(8, len(off) + 2)]
    assert np.abs(off).max() < NEAR


@pytest.mark.rig
def test_hold_tap_ignores_and_follows(master: FarPort, box: RunningBox) -> None:
    begin = time.monotonic() + 0.1
    assert box.press("tap", 0.6) == ("other clocks are ignored",)
    play([(begin - LEAD + 1.0, master, START), *ticks(master, begin + 1.0, 4)])
    assert (box.status()["clock"], box.status()["rhythm"]) == ("the box", "silent")
    assert clock(box)["source"] == "Master"
    assert box.engine["tempo"] == pytest.approx(SCENE.tempo)
    begin = time.monotonic() + 0.1
    play(ticks(master, begin, 1))
    assert box.press("tap", 0.6)[0] == "other clocks may lead"
    play(ticks(master, time.monotonic(), 4))
    assert box.status()["clock"] == "Master"
    assert box.engine["tempo"] == pytest.approx(TEMPO, rel=0.02)
