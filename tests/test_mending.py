"""Saved scenes that do not fit any more."""

import pytest

from jambox.mending import mend, refer
from jambox.reference import Reference
from jambox.rounds import Lock
from jambox.scene import Scene
from jambox.seating import Seat
from jambox.units import Hertz, parse_pitch
from tests.shipped import LIBRARY

DRONES = LIBRARY.drones


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
        (Scene(strings="ma", round=Lock.CYCLE), Scene(strings="ma", round=Lock.CYCLE), ()),
        (
            Scene(strings="mine"),
            Scene(),
            (
                "strings of tanpura: 'mine' is no string: write a degree (Sa, re, Re, ga, Ga, Ma, Ma#, Pa, dha, Dha, "
                "ni, Ni) or a ratio, as .Pa Sa+1 3/2 .Sa*2; by name there are pa, ma, ni, dha, pa-ni, pa-ma-ni: "
                "the box starts with its usual ones",
            ),
        ),
        (
            Scene(tuning="lost"),
            Scene(reference=Reference(scale="")),
            ("the tuning lost is not there: the box starts with just5",),
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
    assert mend(scene, ["teental", "four-floor"], DRONES, ["just5"]) == (mended, told)


def test_without_the_first_scenes_cycle_another_is_taken() -> None:
    mended, _ = mend(Scene(cycle="gone"), ["mine"], DRONES, ["just5"])
    assert mended.cycle == "mine"


def test_where_there_are_none_the_name_stays() -> None:
    assert mend(Scene(cycle="gone"), [], DRONES, [])[0].cycle == "gone"


# What the configuration says of tonic and tuning

D3, E3 = parse_pitch("D3"), parse_pitch("E3")
BY_HAND = Scene(tonic=200.0, tuning="rast-24")


@pytest.mark.parametrize(
    ("scene", "given", "tonic", "tuning"),
    [
        (Scene(), Reference(), D3, "just5"),
        (Scene(), Reference(tonic="E3", scale="edo12"), E3, "edo12"),
        (Scene(), Reference(a4=432.0), D3 * 432 / 440, "just5"),
        (Scene(), Reference(a4=415.0, tonic="E3"), parse_pitch("E3", Hertz(415.0)), "just5"),
        (Scene(), Reference(a4=415.0, tonic="200Hz"), 200.0, "just5"),
        # What was set by hand stays until the configuration changes its mind.
        (BY_HAND, Reference(), 200.0, "rast-24"),
        (BY_HAND, Reference(tonic="E3"), E3, "rast-24"),
        (BY_HAND, Reference(scale="edo12"), 200.0, "edo12"),
        (BY_HAND, Reference(a4=480.0), 200.0 * 480 / 440, "rast-24"),
        # A note moved along stays within the box's range.
        (Scene(tonic=520.0), Reference(a4=480.0), 520.0, "just5"),
    ],
)
def test_the_latest_word_counts(scene: Scene, given: Reference, tonic: float, tuning: str) -> None:
    referred = refer(scene, given)
    assert referred.tonic == pytest.approx(tonic)
    assert (referred.tuning, referred.reference) == (tuning, given)
    assert refer(referred, given) == referred


def test_a_tuning_whose_file_comes_later_is_found_at_the_next_start() -> None:
    given = Reference(scale="mine")
    without, told = mend(refer(Scene(), given), ["teental"], DRONES, ["just5"])
    assert (without.tuning, told) == ("just5", ("the tuning mine is not there: the box starts with just5",))
    assert mend(refer(without, given), ["teental"], DRONES, ["just5", "mine"])[0].tuning == "mine"
