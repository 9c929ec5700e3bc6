"""The meters as text."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.gauges import HOT, Line, picture
from jambox.sound import meters
from jambox.sound.tables import table


def page(strips: int, **numbers: float) -> dict[str, Any]:
    """The meters of so many silent strips; `numbers` are those of the first."""
    made = table("d", meters.METERS)
    made[0] = strips
    shown: dict[str, Any] = meters.as_dict(made)
    if strips:
        shown["strips"][0] |= numbers
    return shown


def test_strips_buses_and_master_each_have_their_line() -> None:
    lines = [line.text for line in picture(page(2), [False, False], 80)]
    assert lines[0].split() == ["-60", "dBFS", "0", "peak", "rms", "less"]
    assert [line.split(" ")[0] for line in lines[1:]] == [
        *("strip1", "strip2", "", "inputs", "drone", "rhythm", "master", "reverb", "", "master")
    ]
    assert lines[1].split() == ["strip1", "-", "-", "0.0"]
    assert lines[-1] == "master   -120.0 LUFS over 3 s, true peak -120.0 dBTP"


@pytest.mark.parametrize(
    ("numbers", "clips", "line"),
    [
        (
            {"peak": -30.0, "rms": -42.0, "compressor": 3.2},
            False,
            Line("strip1   ███│█           -30.0   -42.0    3.2", 0),
        ),
        ({"peak": HOT, "rms": -60.0}, False, Line("strip1   █████████     -6.0   -60.0    0.0", 1)),
        ({"peak": 3.0, "rms": 0.0, "gate": 20.0}, True, Line("strip1  █████████│ 3.0 0.0 0.0 gate CLIP", 2)),
    ],
)
def test_a_bar_shows_peak_and_mean(numbers: dict[str, float], clips: bool, line: Line) -> None:
    shown = picture(page(1, **numbers), [clips], 56)[1]
    assert (shown.text.split(), shown.heat) == (line.text.split(), line.heat)
    assert len(shown.text.split("   ")[0]) <= 19


def test_reductions_stand_where_they_belong() -> None:
    shown = page(0) | {"limiter": 4.5, "duck": 9.0}
    less = {line.text.split()[0]: line.text.split()[-1] for line in picture(shown, [], 80)[2:7]}
    assert less == {"inputs": "0.0", "drone": "9.0", "rhythm": "9.0", "master": "4.5", "reverb": "0.0"}


@given(
    strips=st.integers(0, 16),
    peak=st.floats(-120.0, 20.0),
    rms=st.floats(-120.0, 20.0),
    width=st.integers(1, 300),
)
def test_no_line_is_wider_than_the_room(strips: int, peak: float, rms: float, width: int) -> None:
    lines = picture(page(strips, peak=peak, rms=rms), [True] * strips, width)
    assert max(len(line.text) for line in lines) <= width
    assert len(lines) == strips + 9
