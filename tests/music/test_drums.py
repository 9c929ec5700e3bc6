"""A drum family's text form, and a cycle played on it."""

import pytest

from jambox.errors import DataError
from jambox.music.cycle import Hit, Sound, parse_cycle
from jambox.music.drums import SOFTEST, Drums, StrokeSounds, parse_drums, score
from tests.shipped import LIBRARY

DRUMS = Drums(
    "tabla",
    "Tabla",
    "S2",
    (),
    {
        "Dha": StrokeSounds(("ge", "na"), (64, 60)),
        "Na": StrokeSounds(("na",), (60,), 0.5),
        "Ge": StrokeSounds(("ge",)),
    },
)
CYCLE = """
id = "short"
name = "Short"
region = "nowhere"
drums = "tabla"
pulses = 4
groups = [2, 2]
certainty = "S1"
sources = []
tempo = { low = 40, usual = 80, high = 200 }
lines = { theka = "Dha Na Ge ." }
"""
GE, NA = Sound(10, 3, 1.0), Sound(20, 4, 0.5)
FAMILY = """
id = "d"
name = "D"
certainty = "S1"
sources = ["here"]
[strokes."open hat"]
sounds = ["open hat"]
keys = [46]
weight = 0.5
choke = "hat"
[strokes.both]
sounds = ["open hat", "kick"]
"""


def test_a_family_is_read() -> None:
    drums = parse_drums(FAMILY, "d.toml")
    assert drums.strokes["open hat"] == StrokeSounds(("open hat",), (46,), 0.5, "hat")
    assert drums.strokes["both"] == StrokeSounds(("open hat", "kick"))
    assert drums.sounds == ("open hat", "kick")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("46", "128", "strokes.open hat.keys[0]: Expected `int` <= 127 (found 128)"),
        ("0.5", "1.5", "strokes.open hat.weight: Expected `float` <= 1.0 (found 1.5)"),
        (
            "choke",
            "chokes",
            "strokes.open hat: Object contains unknown field `chokes`: the keys are sounds, keys, weight, choke",
        ),
        ('sounds = ["open hat"]\n', "", "strokes.open hat: Object missing required field `sounds`"),
        ('"kick"', "3", "strokes.both.sounds[1]: Expected `str`, got `int` (found 3)"),
        ('["here"]', '"here"', "sources: Expected `array`, got `str` (found 'here')"),
        (
            "id",
            "ID",
            "Object contains unknown field `ID`: "
            "the keys are id, name, certainty, sources, strokes, names, notes, instrument, "
            "samples, files, longest, package",
        ),
    ],
)
def test_a_fault_is_named_with_its_place(old: str, new: str, fault: str) -> None:
    with pytest.raises(DataError) as raised:
        parse_drums(FAMILY.replace(old, new, 1), "d.toml")
    assert str(raised.value) == f"d.toml: {fault}"


def test_a_cycle_becomes_a_score() -> None:
    made = score(parse_cycle(CYCLE, "short.toml"), DRUMS, {"ge": GE, "na": NA}, serial=7)
    assert (made.serial, made.length) == (7, 4.0)
    assert made.hits == (
        Hit(0.0, (GE, NA), (64, 60), 1.0),
        Hit(1.0, (NA,), (60,), SOFTEST + (1 - SOFTEST) * 0.6 * 0.5),
        Hit(2.0, (GE,), (), SOFTEST + (1 - SOFTEST) * 0.8),
    )


@pytest.mark.parametrize(("sounds", "struck"), [({}, [(), (), ()]), ({"na": NA}, [(NA,), (NA,), ()])])
def test_sounds_that_are_not_there_are_left_out_and_keys_are_not(
    sounds: dict[str, Sound], struck: list[tuple[Sound, ...]]
) -> None:
    made = score(parse_cycle(CYCLE, "short.toml"), DRUMS, sounds)
    assert [hit.sounds for hit in made.hits] == struck
    assert [hit.keys for hit in made.hits] == [(64, 60), (60,), ()]


def test_a_stroke_that_the_family_lacks_is_named() -> None:
    with pytest.raises(DataError, match=r"^short: lines.theka: 'Tun' is no stroke of tabla: it has Dha, Na, Ge$"):
        score(parse_cycle(CYCLE.replace("Na Ge", "Tun Ge"), "short.toml"), DRUMS, {})


@pytest.mark.parametrize(
    ("family", "chokes"),
    [
        ("kit", {"hat": {"open hat", "closed hat"}}),
        ("tabla", {"bayan": {"ge", "ke"}}),
        ("djembe", {"sangban": {"sangban", "sangban muted"}, "dundun": {"dundun", "dundun muted"}}),
        (
            "mridangam",
            {
                "thoppi": {"thom", "tha", "gumki"},
                "valanthalai": {"nam", "din", "dim", "chapu", "arai chapu", "ki", "ta", "mi"},
            },
        ),
        ("ching", {"cups": {"ching", "chap"}}),
        ("palmas", {}),
    ],
)
def test_what_is_choked_is_what_a_hand_stops_and_no_bell_beside_it(family: str, chokes: dict[str, set[str]]) -> None:
    found = LIBRARY.family(family).chokes
    assert {word: {sound for sound in found if found[sound] == word} for word in set(found.values())} == chokes
