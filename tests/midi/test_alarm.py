"""The thread for what falls due."""

import threading
import time
from itertools import pairwise

from jambox.midi.alarm import Alarm

PATIENCE = 10.0


def test_it_rings_when_its_moment_has_come_and_as_often_as_it_is_told() -> None:
    rung: list[float] = []
    done = threading.Event()

    def ring() -> float | None:
        rung.append(time.monotonic())
        if len(rung) == 3:
            done.set()
            return None
        return rung[-1] + 0.002

    alarm = Alarm(ring)
    begin = time.monotonic()
    alarm.set(begin + 0.01)
    assert done.wait(PATIENCE)
    alarm.close()
    assert rung[0] >= begin + 0.01
    assert all(later - earlier >= 0.002 for earlier, later in pairwise(rung))


def test_an_earlier_moment_counts() -> None:
    rung = threading.Event()

    def ring() -> None:
        rung.set()

    alarm = Alarm(ring)
    alarm.set(time.monotonic() + 1000.0)
    alarm.set(time.monotonic() + 2000.0)
    alarm.set(time.monotonic())
    assert rung.wait(PATIENCE)
    alarm.close()


def test_it_needs_no_thread_until_there_is_something_to_wait_for() -> None:
    before = threading.active_count()
    alarm = Alarm(lambda: None)
    assert threading.active_count() == before
    alarm.set(time.monotonic() + 1000.0)
    assert threading.active_count() == before + 1
    alarm.close()
    assert threading.active_count() == before
    alarm.set(0.0)
    assert threading.active_count() == before


def test_it_may_be_set_with_a_lock_that_it_takes_when_it_rings() -> None:
    lock, done, count = threading.Lock(), threading.Event(), 0

    def ring() -> None:
        nonlocal count
        with lock:
            count += 1
            if count == 200:
                done.set()

    alarm = Alarm(ring)
    while not done.is_set():
        with lock:
            alarm.set(time.monotonic())
    alarm.close()
    assert count >= 200
