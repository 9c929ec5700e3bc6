"""When the period grows, and when it must not."""

import pytest

from jambox.easing import LONGEST, QUIET, Easing


def grown(period: int, xruns: list[tuple[float, int]], pinned: bool = False, granted: int | None = None) -> list[float]:
    """When it grows, for xruns counted at these times; after that, the next engine plays with it from then on."""
    easing, base, moments = Easing(period, pinned), 0, []
    easing.begin(0.0)
    for now, count in xruns:
        if easing.hear(float(count - base), granted or easing.period, now):
            moments.append(now)
            easing.begin(now)
            base = count
    return moments


@pytest.mark.parametrize(
    ("xruns", "moments"),
    [
        ([], []),
        ([(10.0, 0), (20.0, 0), (30.0, 0)], []),
        ([(10.0, 1), (20.0, 2)], []),
        ([(10.0, 1), (20.0, 2), (30.0, 3)], [30.0]),
        # Too far apart.
        ([(10.0, 1), (25.1, 2), (40.2, 3), (55.3, 4)], []),
        ([(10.0, 1), (25.1, 2), (40.2, 3), (41.3, 4)], [41.3]),
        # One stall with many gaps is one incident; looked at again, nothing new has happened.
        ([(10.0 + n / 100, n) for n in range(1, 90)], []),
        ([(10.0, 1), (11.5, 1), (13.0, 1), (14.5, 1)], []),
        # A card that stumbles without end.
        ([(10.0 + n / 100, n) for n in range(1, 250)], [12.01]),
        # While everything starts.
        ([(1.0, 1), (2.5, 2), (4.0, 3), (4.9, 4)], []),
        ([(2.0, 1), (3.5, 2), (QUIET, 3), (6.5, 4), (8.0, 5)], [8.0]),
    ],
)
def test_the_period_grows_when_gaps_repeat(xruns: list[tuple[float, int]], moments: list[float]) -> None:
    assert [round(moment, 2) for moment in grown(64, xruns)] == moments
    assert grown(64, xruns, pinned=True) == []
    assert grown(LONGEST, xruns) == []


@pytest.mark.parametrize(
    ("period", "granted", "steps"),
    [
        (64, None, [128, 256]),
        (96, None, [192, 256]),
        (128, None, [256]),
        (64, 128, [256]),
        (512, None, []),
        (16, 512, []),
    ],
)
def test_it_grows_by_steps_up_to_the_longest(period: int, granted: int | None, steps: list[int]) -> None:
    easing, now, seen = Easing(period), 0.0, []
    for _ in range(4):
        easing.begin(now)
        for count in range(1, 4):
            now += 6.0
            if easing.hear(float(count), max(easing.period, granted or 0), now):
                seen.append(easing.period)
                assert f"it plays with {easing.period} until the next start" in easing.why
    assert seen == steps
    assert easing.period == (steps or [period])[-1]
    assert bool(easing.why) == bool(steps)
