"""Where in its cycle the running box is, from what its status tells."""

from dataclasses import asdict
from typing import Any

import msgspec
import pytest

from jambox.errors import UnknownNameError
from jambox.playhead import picture
from jambox.portrait import HEAD
from jambox.scene import Scene
from jambox.sound.commands import Status
from jambox.variation import Variation
from tests.shipped import LIBRARY

RATE = 48000.0


def told(cycle: str = "teental", sounding: tuple[str, ...] = ("teental",), **engine: float) -> dict[str, Any]:
    """The status of a box that plays at 60 a minute, heard from second 100 on; `engine` says otherwise."""
    usual = {"playing": 1.0, "tempo": 60.0, "nominal_rate": RATE, "clock_rate": RATE, "clock_time": 100.0}
    scene = msgspec.to_builtins(Scene(cycle=cycle))
    return {"scene": scene, "cycles": list(sounding), "engine": {"pid": 1} | asdict(Status(**(usual | engine)))}


def lines(status: dict[str, Any], now: float, wanted: str = "", columns: int = 100, height: int = 24) -> list[str]:
    return picture(LIBRARY.cycles, LIBRARY.drums, status, wanted, now, columns, height)


def number(shown: list[str]) -> str:
    """The pulse under the playhead."""
    row = next(i for i, line in enumerate(shown) if HEAD in line)
    return shown[row + 1][shown[row].index(HEAD) :].split()[0]


@pytest.mark.parametrize(("now", "pulse"), [(100.0, "1"), (101.5, "2"), (115.9, "16"), (116.0, "1"), (150.0, "3")])
def test_the_head_is_where_the_box_is_heard(now: float, pulse: str) -> None:
    assert number(lines(told(), now)) == pulse


def test_what_is_heard_comes_later_and_counts_from_where_the_cycle_began() -> None:
    late = told(latency=2 * RATE, origin=1.0)
    assert number(lines(late, 105.0)) == "3"
    assert lines(late, 105.0)[-1] == "cycle 1, beat 3 of 16, 60.0 a minute"
    assert lines(late, 121.5)[-1] == "cycle 2, beat 3 of 16, 60.0 a minute"


@pytest.mark.parametrize(
    ("status", "wanted", "now", "named", "said"),
    [
        (told(sounding=(), playing=0.0), "", 100.0, "Teental", "the rhythm is silent"),
        (told(sounding=(), playing=0.0), "rupak", 100.0, "Rupak", "the rhythm is silent"),
        (told(), "rupak", 100.0, "Rupak", "teental sounds"),
        (told("rupak"), "rupak", 100.0, "Rupak", "teental sounds"),
        (told(), "", 99.0, "Teental", "about to begin"),
    ],
)
def test_without_a_place_there_is_no_head(
    status: dict[str, Any], wanted: str, now: float, named: str, said: str
) -> None:
    shown = lines(status, now, wanted)
    assert shown[0].startswith(named)
    assert shown[-1] == said
    assert not any(HEAD in line for line in shown)


def test_until_sam_the_old_cycle_is_followed_and_whom_it_meets_is_named() -> None:
    shown = lines(told("rupak", ("teental", "bossa")), 100.0)
    assert shown[0].startswith("Teental")
    assert number(shown) == "1"
    assert shown[-1].endswith("a minute, meets bossa")


def test_a_surprise_is_shown_as_it_sounds() -> None:
    status = told()
    status["scene"]["variation"] = msgspec.to_builtins(Variation(groups=(6, 6, 4)))
    assert "6 │ 7" in " ".join(" ".join(lines(status, 100.0)).split())


@pytest.mark.parametrize(("columns", "height"), [(20, 5), (40, 10), (80, 24)])
def test_it_fits_the_screen(columns: int, height: int) -> None:
    for now in range(100, 116):
        shown = lines(told(), float(now), columns=columns, height=height)
        assert len(shown) <= height
        assert all(len(line) <= columns for line in shown)


def test_an_unknown_cycle_is_named() -> None:
    with pytest.raises(UnknownNameError, match="tintal"):
        lines(told(), 100.0, "tintal")
