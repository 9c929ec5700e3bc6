"""Tapped tempo: when a series begins anew, and what it says."""

import random
from functools import reduce

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jambox.taps import LONGEST, SHORTEST, TOLERANCE, WINDOW, series, tapped


def tap_all(*times: float) -> tuple[float, ...]:
    return reduce(series, times, ())


def regular(interval: float, count: int, start: float = 10.0) -> list[float]:
    return [start + i * interval for i in range(count)]


@pytest.mark.parametrize(
    ("times", "kept"),
    [
        ((), ()),
        ((5.0,), (5.0,)),
        ((5.0, 5.5), (5.0, 5.5)),
        ((5.0, 5.1), (5.1,)),
        ((5.0, 8.1), (8.1,)),
        ((5.0, 4.5), (4.5,)),
        ((5.0, 5.5, 6.0, 6.6), (5.0, 5.5, 6.0, 6.6)),
        ((5.0, 5.5, 6.0, 6.7), (6.0, 6.7)),
        ((5.0, 5.5, 6.0, 6.3), (6.0, 6.3)),
        ((5.0, 5.5, 6.0, 7.0), (6.0, 7.0)),
        ((5.0, 5.5, 6.0, 9.5), (9.5,)),
        (tuple(regular(0.5, 12, 0.0)), tuple(regular(0.5, 12, 0.0)[-WINDOW:])),
    ],
    ids=["none", "one", "two", "bounce", "pause", "back", "loose", "slower", "faster", "half", "rest", "window"],
)
def test_which_taps_belong_together(times: tuple[float, ...], kept: tuple[float, ...]) -> None:
    assert tap_all(*times) == pytest.approx(kept)


@pytest.mark.parametrize("taps", [(), (3.0,)])
def test_fewer_than_two_taps_say_nothing(taps: tuple[float, ...]) -> None:
    assert tapped(taps) is None


@given(st.floats(SHORTEST + 0.001, LONGEST - 0.001), st.integers(2, 20), st.floats(0.0, 1e6))
def test_regular_taps_give_their_tempo_and_the_last_as_the_beat(interval: float, count: int, start: float) -> None:
    times = regular(interval, count, start)
    heard = tapped(tap_all(*times))
    assert heard is not None
    assert heard.tempo == pytest.approx(60.0 / interval, rel=1e-6)
    assert heard.beat == pytest.approx(times[-1], abs=1e-6)


@given(st.lists(st.floats(0.0, 4.0), max_size=30))
def test_tempo_and_series_stay_within_their_ranges(intervals: list[float]) -> None:
    taps: tuple[float, ...] = ()
    time = 100.0
    for interval in intervals:
        time += interval
        taps = series(taps, time)
        assert 1 <= len(taps) <= WINDOW
        assert taps[-1] == time
        heard = tapped(taps)
        assert (heard is None) == (len(taps) == 1)
        if heard is not None:
            assert 60.0 / LONGEST - 1e-6 <= heard.tempo <= 60.0 / SHORTEST + 1e-6


@pytest.mark.parametrize(("count", "within"), [(4, 0.02), (8, 0.01)])
def test_a_player_who_strays_by_ten_milliseconds_is_heard(count: int, within: float) -> None:
    # 10 ms is a generous spread for tapping at 120 per minute; the share of bad series shows the estimate's strength.
    chance = random.Random(3)
    bad = 0
    for _ in range(500):
        heard = tapped(tap_all(*(time + chance.gauss(0.0, 0.01) for time in regular(0.5, count))))
        assert heard is not None
        bad += abs(heard.tempo / 120.0 - 1.0) > within
    assert bad < 50


def test_the_line_beats_the_mean_of_intervals() -> None:
    chance = random.Random(4)
    line = mean = 0.0
    for _ in range(300):
        times = [time + chance.gauss(0.0, 0.01) for time in regular(0.5, WINDOW)]
        heard = tapped(times)
        assert heard is not None
        line += (60.0 / heard.tempo - 0.5) ** 2
        mean += ((times[-1] - times[0]) / (WINDOW - 1) - 0.5) ** 2
    assert line < 0.8 * mean


def test_the_beat_is_the_lines_not_the_last_taps() -> None:
    times = regular(0.5, 8)
    heard = tapped([*times[:-1], times[-1] + 0.03])
    assert heard is not None
    assert times[-1] < heard.beat < times[-1] + 0.02


@given(st.floats(0.2, 1.4), st.floats(0.2, 1.4))
def test_a_change_of_mind_is_heard_from_the_second_tap_on(old: float, new: float) -> None:
    assume(abs(new - old) > (TOLERANCE + 0.01) * old)
    times = regular(old, 6)
    heard = tapped(tap_all(*times, times[-1] + new, times[-1] + 2 * new))
    assert heard is not None
    assert heard.tempo == pytest.approx(60.0 / new)


def test_a_slow_drift_of_tempo_stays_one_series() -> None:
    times, interval = [0.0], 0.6
    for _ in range(15):
        interval *= 0.97
        times.append(times[-1] + interval)
    assert len(tap_all(*times)) == WINDOW
