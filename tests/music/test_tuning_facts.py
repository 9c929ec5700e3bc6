"""The shipped tunings say what the project's copy of the facts says: degree by degree, source by source.

`data/tunings.json` holds the facts as they were compiled. The numbers are typed from them, none is a copy of a file of
the Scala archive. Names in scripts of their own are not among the facts: they are general knowledge.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from jambox.music.library import SHIPPED, load
from jambox.music.scala import parse_scale, print_scale
from jambox.music.tuning import Tuning

FACTS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "tunings.json").read_text(encoding="utf-8"))
TUNINGS = load((SHIPPED,)).tunings
CERTAINTY = {"S2": "S2", "S1": "S1", "DIS": "disputed", "GK": "unchecked"}
TRADITIONS = {
    "A": "Western",
    "B": "Harmonic series, blues, modern",
    "C": "South Asia",
    "C2": "Hindustani ragas",
    "D": "Arab",
    "E": "Turkish",
    "F": "Persian",
    "G": "Southeast Asia",
    "H": "Africa",
    "I": "Europe",
    "J": "Japan and Korea",
}
PRECISE = 0.1
"""Cents by which a degree may differ from the facts."""
WHOLE = {"edo53": [4, 5, 8, 9, 13, 17, 22, 31, 53]}
"""Of these the facts list some degrees only."""
ARCHIVE = "(by the copy in GitHub cuthbertLab/music21, music21/scale/scala/scl, commit 3146cb08)"
SOURCED = (
    ("definition; listed degrees only: 4 5 8 9 13 17 22 31 53", "definition"),
    ("`", ""),
    ("(via music21 copy)", ARCHIVE),
    ("DaMuSc", "DaMuSc (GitHub jomimc/DaMuSc, commit 2a91e2e8)"),
    ("our clustering", "this project's clustering"),
    ("mapped by us", "mapped by this project"),
    ("repo narenratan/scale-library", "GitHub narenratan/scale-library, commit e9ccb06a"),
    (
        "surge tuning-library tests/data rast file",
        "GitHub surge-synthesizer/tuning-library (commit 24a9dd07), tests/data, the file of Rast",
    ),
    ("knowledge — needs checking", "knowledge, not yet checked"),
    (": GK)", ": general knowledge)"),
)
NOTED = (
    ("(docslib 11509280)", "(docslib.org 11509280)"),
    ("Default for the raga table below.", "The ragas here are laid out in it."),
    ("see measured row", "see the measured todi"),
    ("(GK)", "(general knowledge)"),
    (": GK)", ": general knowledge)"),
)
"""What the files say in place of the facts' notes to themselves, and of their short names of sources."""

every = pytest.mark.parametrize("fact", FACTS, ids=lambda fact: str(fact["id"]))


def worded(text: str, words: tuple[tuple[str, str], ...]) -> str:
    for old, new in words:
        text = text.replace(old, new)
    return text


def tuning_of(fact: dict[str, Any]) -> Tuning:
    return TUNINGS[fact["id"]]


def test_there_are_133_and_each_is_shipped() -> None:
    assert len(FACTS) == 133
    assert TUNINGS.keys() == {fact["id"] for fact in FACTS}


@every
def test_each_degree_is_where_the_facts_have_it(fact: dict[str, Any]) -> None:
    scale = tuning_of(fact).scale
    numbers = WHOLE.get(fact["id"], range(1, len(fact["cents"]) + 1))
    assert [scale.degree(number) for number in numbers] == pytest.approx(fact["cents"], abs=PRECISE)
    assert len(scale.intervals) == numbers[-1]
    # What the facts give as ratios is kept so.
    ratios = [tuple(map(int, value.split("/"))) for value in fact["vals"] if "/" in value]
    assert set(ratios) <= set(scale.intervals)


@every
def test_names_certainty_sources_and_notes(fact: dict[str, Any]) -> None:
    tuning = tuning_of(fact)
    assert (tuning.name, tuning.kind, tuning.certainty) == (fact["name"], fact["kind"], CERTAINTY[fact["status"]])
    assert tuning.tradition == TRADITIONS[fact["sec"].partition(".")[0]]
    assert tuning.sources == (worded(fact["src"], SOURCED),)
    assert tuning.notes == worded(fact["note"], NOTED)
    assert all(not name.isascii() or language in ("no", "gd") for language, name in tuning.names.items())


@every
def test_each_is_written_and_read_back(fact: dict[str, Any]) -> None:
    scale = tuning_of(fact).scale
    assert parse_scale(print_scale(scale), "x.scl") == scale


# What a keyboard plays of those that have a map


def test_the_chanter_plays_its_nine_notes_where_pipers_write_them() -> None:
    for name, low_a in (("ghb-54", 459.0), ("ghb-91", 470.0), ("ghb-98", 470.0)):
        tuning = TUNINGS[name]
        assert tuning.map is not None
        sound = tuning.map.frequencies(tuning.scale)
        written = [67, 69, 71, 73, 74, 76, 78, 79, 81]
        assert sound[69] == low_a
        played = [sound[key] for key in written]
        assert played == pytest.approx([low_a * 2 ** (cents / 1200) for cents in tuning.scale.cents])
        assert [key for key in range(67, 82) if sound[key] is None] == [68, 70, 72, 75, 77, 80]


def test_the_well_tuned_piano_lies_by_key_on_e_flat() -> None:
    tuning = TUNINGS["wtp"]
    assert tuning.map is not None
    sound = tuning.map.frequencies(tuning.scale)
    assert sound[63] == pytest.approx(311.127, abs=0.001)
    assert [sound[70], sound[75], sound[66]] == pytest.approx([311.127 * r for r in (3 / 2, 2, 147 / 128)], rel=1e-6)
