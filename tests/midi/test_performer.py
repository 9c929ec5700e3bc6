import os
import threading
import time
from collections.abc import Callable

import pytest

from jambox.frameclock import FrameClock
from jambox.midi import messages
from jambox.midi.messages import CLOCK, START, STOP
from jambox.midi.performer import EARLY, Performer
from jambox.midi.sync import LEAD, READY, Hit, Pattern, Performance, Playhead
from jambox.timeline import Timeline
from jambox.units import Bpm

KICK = Pattern(4.0, (Hit(0.0, 36, 100),))
KICK_OFF = messages.note_off(9, 36)


def plan(t0: float, *, stop: float | None = None, tempo: float = 120.0) -> Performance:
    return Performance(Timeline(Bpm(tempo), 48_000.0), FrameClock(0.0, t0, 48_000.0), KICK, 0.0, stop)


class Now:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def into(sent: list[bytes]) -> Callable[[bytes, float], None]:
    return lambda message, _offset: sent.append(message)


def test_each_step_sends_what_is_due_and_says_how_long_to_wait() -> None:
    sent: list[bytes] = []
    now = Now()
    player = Performer[Performance](into(sent), Playhead, clock=now)
    assert player.step() is None
    player.follow(plan(1.0))
    assert player.step() == pytest.approx(1.0 - LEAD)
    now.time = 1.0 - LEAD
    assert player.step() == pytest.approx(LEAD)
    assert sent == [START]
    now.time = 1.0
    assert player.step() == pytest.approx(1 / 48)
    assert sent == [START, CLOCK, messages.note_on(9, 36, 100)]


def test_a_step_that_comes_late_waits_no_longer_than_needed() -> None:
    sent: list[bytes] = []
    now = Now()
    player = Performer[Performance](into(sent), Playhead, clock=now)
    player.follow(plan(0.0))
    now.time = 10.0
    assert player.step() == pytest.approx(READY)
    now.time += READY
    assert player.step() == pytest.approx(1 / 48 - READY)
    assert sent.count(CLOCK) == 481


def test_release_and_stop_send_at_once() -> None:
    sent: list[bytes] = []
    now = Now()
    player = Performer[Performance](into(sent), Playhead, clock=now)
    player.follow(plan(0.0))
    player.step()
    now.time = READY
    player.step()
    sent.clear()
    player.release()
    assert sent == [KICK_OFF]
    player.close()
    assert sent == [KICK_OFF, STOP]


def test_the_thread_carries_a_run_out_and_ends() -> None:
    sent: list[bytes] = []
    stopped = threading.Event()

    def send(message: bytes, offset: float) -> None:
        assert offset == 0.0
        sent.append(message)
        if message == STOP:
            stopped.set()

    player = Performer[Performance](send, Playhead)
    player.start()
    player.follow(plan(time.monotonic() + 0.01, stop=1.0, tempo=400.0))
    assert stopped.wait(10.0)
    player.close()
    assert sent == [START, CLOCK, messages.note_on(9, 36, 100), *sent[3:-1], STOP]
    assert sent.count(CLOCK) == 24
    assert sent.count(KICK_OFF) == 1


class Counted(Playhead):
    """Counts how often the thread looks for what is due."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = threading.Semaphore(0)

    def take(self, now: float) -> list[bytes]:
        self.looks.release()
        return super().take(now)


def test_only_what_is_due_before_wakes_the_thread() -> None:
    line, now = Counted(), Now()
    player = Performer[Performance](lambda _message, _offset: None, lambda: line, clock=now)
    player.start()
    assert line.looks.acquire(timeout=10.0)
    player.follow(plan(1000.0))
    assert line.looks.acquire(timeout=10.0)
    for moment in (1000.0, 1000.0 - EARLY / 2.0, 1001.0):
        player.follow(plan(moment))
    assert not line.looks.acquire(blocking=False)
    player.follow(plan(999.0))
    assert line.looks.acquire(timeout=10.0)
    player.close()
    assert not line.looks.acquire(blocking=False)


def test_without_permission_the_thread_keeps_its_priority(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    player = Performer[Performance](lambda _message, _offset: None, Playhead)
    player.start()
    player.close()
    assert not player.realtime
