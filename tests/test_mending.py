"""Saved scenes that do not fit any more."""

import pytest

from jambox.mending import mend
from jambox.seating import Seat
from jambox.state import Scene


@pytest.mark.parametrize(
    ("scene", "mended", "told"),
    [
        (Scene(), Scene(), ()),
        (Scene(partner="four-floor"), Scene(partner="four-floor"), ()),
        (
            Scene(partner="gone", meet=0.5),
            Scene(meet=0.5),
            ("the saved partner gone is not there: the best there is takes its place",),
        ),
        (Scene(mixer={"strip1.trim": -6.0}), Scene(mixer={"strip1.trim": -6.0}), ()),
        (Scene(cycle="gone"), Scene(), ("the saved cycle gone is not there: the box starts with teental",)),
        (
            Scene(drone="lost", volume=-3.0),
            Scene(volume=-3.0),
            ("the saved drone lost is not there: the box starts with tanpura",),
        ),
        (
            Scene(kept={"USB": {"strip1.trim": -6.0, "gone": 1.0}}, seats=(Seat("USB", 2, 2), Seat("B", 15, 2))),
            Scene(kept={"USB": {"strip1.trim": -6.0}}, seats=(Seat("USB", 2, 2),)),
            (
                "a saved setting of the mixer is left out: the mixer has no 'gone': names are such as "
                "strip1.trim, strip1.eq.mid, reverb.decay; `jambox mixer all` lists them",
            ),
        ),
        (
            Scene(mixer={"strip1.trim": 99.0, "strip2.pan": 0.5}),
            Scene(mixer={"strip2.pan": 0.5}),
            ("a saved setting of the mixer is left out: strip1.trim: 99.0 lies outside -60 to 40 dB",),
        ),
    ],
)
def test_what_is_not_there_costs_only_itself(scene: Scene, mended: Scene, told: tuple[str, ...]) -> None:
    assert mend(scene, ["teental", "four-floor"], ["tanpura"]) == (mended, told)


def test_without_the_first_scenes_cycle_another_is_taken() -> None:
    mended, _ = mend(Scene(cycle="gone"), ["mine"], ["tanpura"])
    assert mended.cycle == "mine"


def test_where_there_are_none_the_name_stays() -> None:
    assert mend(Scene(cycle="gone"), [], ["tanpura"])[0].cycle == "gone"
