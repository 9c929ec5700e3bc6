"""The FrameClock's laws, and the loop measured on simulated arrival times."""

import math
import random
from itertools import pairwise
from statistics import pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.frameclock import DelayLockedLoop, FrameClock

RATE, PERIOD = 48000.0, 128
BLOCKS = int(RATE) // PERIOD
"""Updates in a second."""
CLOCKS = st.builds(FrameClock, st.floats(0, 1e9), st.floats(0, 1e6), st.floats(40000, 100000))


def run(loop: DelayLockedLoop, times: list[float], frame: int = 0) -> list[FrameClock]:
    return [loop.update(frame + i * PERIOD, time) for i, time in enumerate(times)]


def arrivals(seconds: float, ppm: float = 0.0, jitter: float = 0.0) -> list[float]:
    """Times of blocks of a card whose clock is `ppm` fast, each up to `jitter` seconds late."""
    chance = random.Random(1)
    pace = PERIOD / (RATE * (1.0 + ppm * 1e-6))
    return [100.0 + i * pace + chance.uniform(0.0, jitter) for i in range(int(seconds * BLOCKS))]


@given(CLOCKS, st.floats(0, 1e9))
def test_frame_at_undoes_time_at(clock: FrameClock, frame: float) -> None:
    assert clock.frame_at(clock.time_at(frame)) == pytest.approx(frame, abs=1e-3)


@given(CLOCKS, st.floats(0, 1e6))
def test_time_at_undoes_frame_at(clock: FrameClock, time: float) -> None:
    assert clock.time_at(clock.frame_at(time)) == pytest.approx(time, abs=1e-6)


def test_a_clock_tells_frames_by_its_rate() -> None:
    clock = FrameClock(1000.0, 5.0, RATE)
    assert clock.time_at(1000.0) == 5.0
    assert clock.time_at(1000.0 + RATE) == 6.0
    assert clock.frame_at(4.5) == 1000.0 - RATE / 2


@given(CLOCKS, st.floats(0, 1e5), st.floats(0, 1e9))
def test_later_delays_every_frame(clock: FrameClock, delay: float, frame: float) -> None:
    later = clock.later(delay)
    assert later.time_at(frame) - clock.time_at(frame) == pytest.approx(delay / clock.rate, abs=1e-6)
    assert later.rate == clock.rate


def test_exact_times_stay_exact() -> None:
    times = arrivals(20.0)
    for frame, (clock, time) in enumerate(zip(run(DelayLockedLoop(RATE, PERIOD), times), times, strict=True)):
        assert clock.frame == frame * PERIOD
        assert clock.time == pytest.approx(time, abs=1e-9)
        assert clock.rate == pytest.approx(RATE, rel=1e-9)


def test_jitter_of_half_a_millisecond_shrinks_more_than_tenfold() -> None:
    exact = arrivals(30.0)
    heard = arrivals(30.0, jitter=0.5e-3)
    settled = slice(10 * BLOCKS, None)
    clocks = run(DelayLockedLoop(RATE, PERIOD), heard)[settled]
    before = pstdev(time - true for time, true in zip(heard[settled], exact[settled], strict=True))
    after = pstdev(clock.time - true for clock, true in zip(clocks, exact[settled], strict=True))
    assert before > 0.14e-3
    assert after < before / 10.0
    assert max(abs(clock.rate / RATE - 1.0) for clock in clocks) < 50e-6


@pytest.mark.no_cover
@pytest.mark.parametrize("jitter", [0.0, 0.5e-3])
@pytest.mark.parametrize("ppm", [-500.0, -20.0, 20.0, 500.0])
def test_a_card_that_drifts_is_followed(ppm: float, jitter: float) -> None:
    exact, heard = arrivals(60.0, ppm), arrivals(60.0, ppm, jitter)
    clocks = run(DelayLockedLoop(RATE, PERIOD), heard)[20 * BLOCKS :]
    lag = jitter / 2.0
    for clock, true in zip(clocks, exact[20 * BLOCKS :], strict=True):
        assert clock.time == pytest.approx(true + lag, abs=1e-6 + 0.2 * jitter)
        assert clock.rate / RATE - 1.0 == pytest.approx(ppm * 1e-6, abs=0.1e-6 + 0.1 * jitter)


def test_times_never_run_back() -> None:
    clocks = run(DelayLockedLoop(RATE, PERIOD), arrivals(30.0, 200.0, 1e-3))
    assert all(a.time < b.time for a, b in pairwise(clocks))


def test_blocks_of_other_sizes_give_the_same_clock() -> None:
    loop, frame = DelayLockedLoop(RATE, PERIOD), 0
    chance = random.Random(2)
    for _ in range(30 * BLOCKS):
        frame += chance.randrange(1, 4 * PERIOD)
        clock = loop.update(frame, 7.0 + frame / 48010.0)
    assert clock.time == pytest.approx(7.0 + frame / 48010.0, abs=1e-7)
    assert clock.rate == pytest.approx(48010.0, abs=1e-3)


@pytest.mark.parametrize(
    ("frames", "seconds"),
    [
        (PERIOD, 0.06),
        (PERIOD, -0.06),
        (PERIOD, 3600.0),
        (16 * PERIOD, 16 * PERIOD / RATE),
        (0, 0.0),
        (-PERIOD, -PERIOD / RATE),
    ],
    ids=["late", "early", "suspend", "gap", "same frame", "back"],
)
def test_a_jump_starts_the_loop_anew(frames: int, seconds: float) -> None:
    loop = DelayLockedLoop(RATE, PERIOD)
    times = arrivals(20.0, 300.0)
    run(loop, times)
    frame, time = (len(times) - 1) * PERIOD + frames, times[-1] + seconds + math.copysign(0.001, seconds)
    assert loop.update(frame, time) == FrameClock(frame, time, RATE)
    after = loop.update(frame + PERIOD, time + PERIOD / RATE)
    assert after.time == pytest.approx(time + PERIOD / RATE, abs=1e-9)


def test_a_late_block_within_the_limit_barely_moves_the_clock() -> None:
    loop = DelayLockedLoop(RATE, PERIOD)
    times = arrivals(10.0)
    run(loop, times)
    clock = loop.update(len(times) * PERIOD, times[-1] + PERIOD / RATE + 0.02)
    assert clock.time == pytest.approx(times[-1] + PERIOD / RATE, abs=0.1e-3)
