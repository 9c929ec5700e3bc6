"""The shipped cycles say what the project's copy of the facts says: field by field, grid by grid, source by source.

`data/rhythms.json` holds the facts as they were compiled, `data/sources.json` what its short names of sources mean.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from jambox.music.cycle import GROUP, Cycle
from jambox.music.rows import Row, spoken
from tests.shipped import LIBRARY

DATA = Path(__file__).parent / "data"
FACTS: list[dict[str, Any]] = json.loads((DATA / "rhythms.json").read_text(encoding="utf-8"))
SOURCES: dict[str, str] = json.loads((DATA / "sources.json").read_text(encoding="utf-8"))
CYCLES = LIBRARY.cycles
CERTAINTY = {"S2": "S2", "S1": "S1", "DIS": "disputed", "GK": "unchecked"}
UNSURE = " (GK)"
OWN = {"kalamatianos"}
"""Cycles beside those of the facts, with sources of their own."""

RENAMED = {"T ketuk, N kenong, P kempul, G gong": "colotomy", "p kempyang, t ketuk": "colotomy"}
"""Voices that the facts call by their legend."""
WRITTEN_OUT = {
    ("adi", "solkattu"): "ta ka dhi mi " * 8,
    ("matsuri", "kuchi shōga"): "don . do ko don . kon . " * 2,
}
"""What the facts abbreviate."""
SLIP_JIG = {"bodhrán": "DudUduDudUduDudUdu"}
"""Two bars, which the facts have as two voices of one bar each."""
ADDED = {
    "samba": {"agogô (chromatone)": "LL.L.H.HL.L.L.H."},
    "soukous": {"bell (jcelerier)": "x..x..x..xx....."},
    "maracatu": {"gonguê (chromatone)": "LH.HL.H.L.H.LH.H"},
    "dnb": {"kick (simpler)": "x.........x....."},
    # These three the notes describe in words.
    "rockers": {"kick (on all four)": "x...x...x...x..."},
    "trap": {"snare (Trap1a)": ".........x......"},
    "aqsaq": {"with the sixth": "D.T.DDT.T"},
}
"""Other readings, which the facts have in their notes."""
IN_WORDS = {"rockers", "trap", "aqsaq"}
WORDED = (
    ("list71", "the public multi-culture list"),
    ("Another source (arab57)", "Another source, a public data file,"),
    ("numbers in the microtiming table", "see timing"),
    ("Sixteenths are uneven, see microtiming.", "Sixteenths are uneven."),
    (
        "See microtiming: this family uses unequal pulses.",
        "This family uses unequal pulses; no figures for this piece were found.",
    ),
    ("Swing ratio depends on tempo, see microtiming.", "The swing ratio depends on the tempo."),
    ("Beat 2 early, see microtiming.", "Beat 2 comes early."),
    ("Sacred context: label neutrally.", "It belongs to sacred settings."),
    ("treat with respect in preset naming.", "treat with respect."),
    (" Ask a player before shipping.", " Ask a player."),
    (" Needs a percussionist.", ""),
    ("(GK)", "(general knowledge)"),
    ("(file 69429213522)", "(a genre preset table)"),
    ("set by laya, see Laya above", "set by laya, within about 20 to 400 matras per minute"),
)
"""What the files say in place of the facts' notes to themselves."""
NO_FIGURE = {"", "—"}

every = pytest.mark.parametrize("fact", FACTS, ids=lambda fact: str(fact["id"]))


def worded(text: str) -> str:
    for old, new in WORDED:
        text = text.replace(old, new)
    return text


def cycle_of(fact: dict[str, Any]) -> Cycle:
    return CYCLES[fact["id"]]


def text_of(row: Row) -> str:
    """A row as it is said or seen, without what is for the eye."""
    return (" " if row.words else "").join(spoken(token.text) for token in row.tokens)


def told(row: Row, text: str) -> str:
    """The facts' text of that row, in the same form."""
    bare = text.replace("|", " ").replace("–", "-")
    return " ".join(bare.split()) if row.words else bare.replace(" ", "")


def test_there_are_150_and_each_is_shipped() -> None:
    assert len(FACTS) == 150
    facts = {fact["id"] for fact in FACTS}
    assert {cycle.file.id for cycle in CYCLES.values()} == facts | OWN
    assert not facts & OWN


@pytest.mark.parametrize("name", sorted(OWN))
def test_a_cycle_beside_the_facts_is_as_sure_as_its_sources(name: str) -> None:
    file = CYCLES[name].file
    assert all(re.match(r"https?://\S+\.\S+ \(.+\)|GitHub \S+/\S+, .*\(commit ", source) for source in file.sources)
    assert len(file.sources) >= {"S2": 2, "S1": 1}[file.certainty]
    assert file.tempo.certainty == "unchecked"
    assert all(row.voice.certainty for row in file.rows)


def test_kalamatianos_is_long_short_short_as_its_sources_have_it() -> None:
    cycle = CYCLES["kalamatianos"]
    assert (cycle.file.pulses, cycle.file.groups, cycle.file.drums) == (7, (3, 2, 2), "darbuka")
    assert [stroke.name for stroke in cycle.strokes] == ["dum", "ka", "ka", "dum", "ka", "tak", "ka"]
    heavy = [stroke.beat * 2 for stroke in cycle.strokes if stroke.weight >= GROUP]
    assert heavy == [0, 3, 5]
    # 125 steps a minute, three to a bar of three and a half beats.
    assert cycle.tempo == pytest.approx(125 / 3 * 3.5, abs=0.5)


@every
def test_names_places_and_units(fact: dict[str, Any]) -> None:
    file = cycle_of(fact).file
    found = (file.name, file.region, file.meter, file.unit, file.pulses)
    assert found == (fact["name"], fact["region"], fact["meter"], fact["unit"], fact["n"])
    assert list(file.names.values()) == ([fact["alt"]] if fact["alt"] else [])
    assert all(re.fullmatch(r"[a-z]{2}", language) for language in file.names)
    assert file.tradition


@every
def test_certainty_sources_and_notes(fact: dict[str, Any]) -> None:
    file = cycle_of(fact).file
    assert file.certainty == CERTAINTY[fact["status"]]
    assert list(file.sources) == [SOURCES[name] for name in fact["src"]]
    assert file.notes == worded(fact["notes"])


@every
def test_groups(fact: dict[str, Any]) -> None:
    file = cycle_of(fact).file
    numbers = [int(number) for number in fact["group"].split("+")] if re.fullmatch(r"[\d+]+", fact["group"]) else []
    if numbers and sum(numbers) == file.pulses:
        assert list(file.groups) == numbers
        assert file.grouping == ""
    else:
        # In words, for half the cycle, or not at all: the file keeps the words.
        assert file.grouping == ("" if fact["group"] == "—" else fact["group"])


GROUPED_IN_WORDS = {
    "ektaal": [2] * 6,
    "chautal": [2] * 6,
    "adi": [4, 2, 2],
    "aksak": [2, 2, 2, 3],
    "curcuna": [3, 2, 2, 3],
    "kpanlogo": [3, 3, 4, 2, 4],
    "alegrias": [3, 3, 2, 2, 2],
    "bulerias": [3, 3, 2, 2, 2],
    "terkish": [3, 1, 2, 2],
    "dembow": [3, 3, 2] * 2,
    "masmudi-kabir": [8, 8],
    "lancaran": [4] * 4,
    "ladrang": [4] * 8,
    "ching-3": [8] * 4,
    "standard-bell": [3] * 4,
    "hornpipe": [3] * 4,
}


@pytest.mark.parametrize("name", GROUPED_IN_WORDS)
def test_groups_that_the_facts_have_in_words(name: str) -> None:
    assert list(CYCLES[name].file.groups) == GROUPED_IN_WORDS[name]


@every
def test_marks(fact: dict[str, Any]) -> None:
    marks = re.findall(r"(\w)=(\d+)", fact["voices"].get("marks", ""))
    if marks:
        assert {int(pulse): sign for sign, pulse in marks} == cycle_of(fact).file.marks.labels
    else:
        assert not cycle_of(fact).file.marks.tali
        assert not cycle_of(fact).file.marks.khali


@every
def test_every_voice_is_there_stroke_for_stroke(fact: dict[str, Any]) -> None:
    rows = {row.name: row for row in cycle_of(fact).file.rows}
    # One repeated tone is no rhythm.
    wanted = {name: text for name, text in fact["voices"].items() if name not in ("marks", "balungan")}
    if fact["id"] == "slip-jig":
        assert "".join(wanted.values()) == SLIP_JIG["bodhrán"]
        wanted = SLIP_JIG
    for name, text in wanted.items():
        row = rows.pop(RENAMED.get(name, name.removesuffix(UNSURE)))
        assert text_of(row) == told(row, WRITTEN_OUT.get((fact["id"], name), text))
        if name.endswith(UNSURE):
            assert row.voice.certainty == "unchecked"
    added = ADDED.get(fact["id"], {})
    assert {name: text_of(row) for name, row in rows.items()} == added
    if fact["id"] not in IN_WORDS:
        assert all(text in fact["notes"] for text in added.values())


def test_what_the_facts_call_general_knowledge_is_not_called_more() -> None:
    for fact in FACTS:
        file = cycle_of(fact).file
        if "bols" in fact["notes"] and "general knowledge" in fact["notes"]:
            assert [row.voice.certainty for row in file.rows] == ["unchecked"]
        if "(GK)" in fact["tempo"] and not re.search(r"swing|usual \(GK\)|sebene", fact["tempo"]):
            assert file.tempo.certainty == "unchecked" or file.certainty == "unchecked"
        if fact["tempo"] in NO_FIGURE or not re.search(r"\d", fact["tempo"]):
            assert file.tempo.certainty == "unchecked"


WIDER = {"maqsum", "samba", "gutgeori", "reel", "gahu", "boom-bap", "ayyub", "waltz-vienna"}
"""Where the facts give more than one range, or one of another unit."""
PER_BEAT = {
    **dict.fromkeys(("paidushko", "rachenitsa", "lesnoto", "daichovo", "kopanitsa", "petrunino", "buchimish"), 2),
    "karsilama": 2,
}
"""Where they count pulses, and the file beats of two."""


@every
def test_tempo(fact: dict[str, Any]) -> None:
    tempo = cycle_of(fact).file.tempo
    assert tempo.told == ("" if fact["tempo"] in NO_FIGURE else worded(fact["tempo"]))
    ranged = re.search(r"(\d+)–(\d+)", fact["tempo"])
    if ranged and fact["id"] not in WIDER:
        beat = PER_BEAT.get(fact["id"], 1)
        found = (tempo.low * beat, tempo.high * beat)
        assert found[0] <= int(ranged[1]) <= int(ranged[2]) <= found[1]
        if fact["id"] not in LOOSER:
            assert found == (int(ranged[1]), int(ranged[2]))


LOOSER = {"adi"}
"""Where the range that is told is that of one kind of piece."""

TIMINGS = {
    # The first beat's onsets, as shares of the beat (or the bar), at the usual tempo.
    "samba": (4, [0.0, 0.25, 0.48, 0.73]),
    "manjanin": (3, [0.0, 0.27, 0.60]),
    "telespringar": (3, [0.0, 0.39, 0.75]),
    "waltz-vienna": (3, [0.0, 1 / 3 - 0.04, 2 / 3]),
    "ukg": (2, [0.0, 0.56]),
    "boom-bap": (2, [0.0, 0.58]),
}


@pytest.mark.parametrize("name", TIMINGS)
def test_microtiming_is_that_of_the_literature(name: str) -> None:
    pulses, shares = TIMINGS[name]
    timing = CYCLES[name].file.timing
    assert timing is not None
    assert timing.sources
    onsets = [(pulse + offset) / pulses for pulse, offset in enumerate(timing.at(100.0)[:pulses])]
    assert onsets == pytest.approx(shares, abs=0.004)


@pytest.mark.parametrize(
    ("tempo", "ratio"), [(60, 3.545), (120, 3.545), (132, 3.545), (200, 2.0), (300, 1.0), (320, 1.0)]
)
@pytest.mark.parametrize("name", ["swing-ride", "swing-brushes"])
def test_swing_is_less_the_faster_it_is(name: str, tempo: float, ratio: float) -> None:
    ride = [stroke.beat for stroke in CYCLES[name].timed(tempo) if "ride" in stroke.voice or "tap" in stroke.voice]
    assert ride[:4] == pytest.approx([0.0, 1.0, ride[2], 2.0])
    assert (ride[2] - 1.0) / (2.0 - ride[2]) == pytest.approx(ratio, abs=0.001)


def test_cycles_with_a_timing() -> None:
    assert {name for name, cycle in CYCLES.items() if cycle.file.timing and ":" not in name} == {
        *TIMINGS,
        *("chaal", "swing-ride", "swing-brushes"),
    }
