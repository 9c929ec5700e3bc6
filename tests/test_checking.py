"""A user's file checked: what is wrong, and where."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jambox
from jambox.checking import check, explained
from jambox.errors import DataError, JamboxError
from jambox.music.library import SHIPPED
from tests.shipped import LIBRARY

FAMILIES = LIBRARY.drums


def text_of(name: str, old: str = "", new: str = "") -> str:
    text = (SHIPPED / name).read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize("folder", ["", "known"])
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("cycles/karachi.toml", "cycle karachi: 3 to choose from, 13 strokes; nothing is wrong"),
        ("drums/daf.toml", "drum family daf: 3 strokes; nothing is wrong"),
        ("drones/tanpura.toml", "drone tanpura: 4 strings; nothing is wrong"),
        ("tunings/bp-et.scl", "tuning Bohlen–Pierce, equal: 13 notes, the period is 1901.955 cents; nothing is wrong"),
        ("tunings/wtp.kbm", "keyboard map: 12 keys a round; key 63 at 311.127 Hz; nothing is wrong"),
    ],
)
def test_a_good_file_is_told_what_it_is(name: str, told: str, folder: str) -> None:
    mine = f"mine.{name.rpartition('.')[2]}"
    assert check(text_of(name), mine, name.partition("/")[0] if folder else "", FAMILIES) == told


def test_a_scales_fault_is_told_and_its_line_shown() -> None:
    text = text_of("tunings/just5.scl", "7/5", "7:5")
    with pytest.raises(DataError) as raised:
        check(text.replace("4/3", "x4/3"), "mine.scl", "", FAMILIES)
    shown, caret = explained(text.replace("4/3", "x4/3"), raised.value).split("\n")
    line = shown.split("|")[0].strip()
    assert str(raised.value).startswith(f"mine.scl: line {line}: 'x4/3' is no pitch: write cents with a period")
    assert shown.endswith("|  x4/3")
    assert caret.endswith("| ^")


def test_a_map_in_which_each_key_plays_the_next_degree_is_told_so() -> None:
    told = check("0\n0\n127\n60\n69\n440.0\n0\n", "mine.kbm", "", FAMILIES)
    assert told == "keyboard map: each key the degree after the one below; key 69 at 440 Hz; nothing is wrong"


def test_a_cycle_with_more_strokes_than_the_box_plays_is_told_so() -> None:
    voices = "\n".join(f'voice{number} = {{ row = "{"x" * 256}", stroke = "dum" }}' for number in range(3))
    text = text_of("cycles/maqsum.toml").partition("[grid]")[0].replace("pulses = 8", "pulses = 256")
    text = text.replace("groups = [4, 4]", "groups = [128, 128]") + "[grid]\n" + voices
    with pytest.raises(DataError) as raised:
        check(text, "mine.toml", "", FAMILIES)
    assert str(raised.value) == (
        "mine.toml: maqsum: 768 strokes are more than the box plays in one cycle: "
        "leave some out, or make its turns fewer"
    )
    assert explained(text, raised.value).split("\n")[0].endswith("| pulses = 256")
    fewer = text.replace("voice2", "# voice2")
    assert check(fewer, "mine.toml", "", FAMILIES) == "cycle maqsum: 1 to choose from, 512 strokes; nothing is wrong"


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_every_shipped_family_has_its_sounds(name: str) -> None:
    assert check(text_of(f"drums/{name}.toml"), "mine.toml", "drums", FAMILIES).startswith(f"drum family {name}: ")


@pytest.mark.parametrize(
    ("name", "old", "new", "told", "line", "under"),
    [
        ("cycles/teental.toml", "= 16", "= 15", "groups: they add up to 16, but pulses is 15", "groups = ", "[4"),
        ("cycles/teental.toml", "Dha Tin", "Dha Tan", "teental: lines.theka: 'Tan' is no stroke of", "theka = ", "Tan"),
        ("cycles/teental.toml", "[9]", "[19]", "marks: pulse 19 lies outside", "khali = ", "19"),
        ("cycles/teental.toml", '"S2"', '"S9"', "certainty: Invalid enum value 'S9'", "certainty = ", '"S9"'),
        ("cycles/teental.toml", '"tabla"', '"tbla"', "drums: no drum family is called 'tbla'", "drums = ", '"tbla"'),
        ("cycles/teental.toml", "region", "regoin", "Object contains unknown field `regoin`", "regoin = ", '"North'),
        ("cycles/teental.toml", "id =", "id", "not valid TOML: Expected '='", "id ", '"teental"'),
        ("cycles/kuku.toml", "x.oo..x.x.oo", "x.oo..x.x.oy", "grid.djembe 1: 'y' at pulse 12", '"djembe 1"', "y.."),
        ("drums/daf.toml", '["ka"]', '["kaa"]', "strokes.ka.sounds[0]: daf has no 'kaa'", "sounds = ", '"kaa"'),
        (
            "drums/daf.toml",
            'instrument = "daf"',
            'instrument = "harp"',
            "no instrument is called 'harp'",
            "instrument = ",
            '"harp"',
        ),
        ("drums/kit.toml", '"kit"', '"kti"', "no instrument is called 'kti'", "id = ", '"kti"'),
        (
            "drones/tanpura.toml",
            'instrument = "tanpura"',
            'instrument = "lute"',
            "no instrument is called 'lute': there are tanpura",
            "instrument = ",
            '"lute"',
        ),
        ("drones/tanpura.toml", "seconds = 5.0", 'seconds = "5"', "seconds: Expected `float`", "seconds = ", '"5"'),
    ],
)
def test_a_fault_is_told_and_shown(name: str, old: str, new: str, told: str, line: str, under: str) -> None:
    text = text_of(name, old, new)
    with pytest.raises(JamboxError) as raised:
        check(text, "mine.toml", name.partition("/")[0], FAMILIES)
    assert str(raised.value).startswith(f"mine.toml: {told}")
    shown, caret = explained(text, raised.value).split("\n")
    assert shown.partition("| ")[2].startswith(line)
    assert shown[caret.index("^") :].startswith(under)


RECORDED = """
id = "mine"
name = "Mine"
certainty = "unchecked"
sources = []
strokes.dum = { sounds = ["low"] }
strokes.tek = { sounds = ["rim"] }
files.low = "low.wav"
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (RECORDED, "strokes.tek.sounds[0]: mine has no 'rim': it has low"),
        ('instrument = "harp"' + RECORDED, "no instrument is called 'harp'"),
        ('instrument = "kit"' + RECORDED, ""),
        (RECORDED + 'files.rim = [{ file = "rim.wav", below = 2 }]', "files.rim[0].below: Expected `float` <= 1.0"),
        (RECORDED + 'files.rim = [{ file = "rim.wav" }]', ""),
    ],
)
def test_recorded_sounds_are_known(text: str, told: str) -> None:
    if not told:
        assert check(text, "x.toml", "drums", FAMILIES) == "drum family mine: 2 strokes; nothing is wrong"
        return
    with pytest.raises(JamboxError) as raised:
        check(text, "x.toml", "drums", FAMILIES)
    assert str(raised.value).startswith(f"x.toml: {told}")


def test_the_readmes_example_can_be_used() -> None:
    readme = (Path(jambox.__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    text = readme.partition('```toml\nid = "mine"')[2].partition("```")[0]
    assert check(f'id = "mine"{text}', "mine.toml", "cycles", FAMILIES) == (
        "cycle mine: 1 to choose from, 16 strokes; nothing is wrong"
    )


FILES = ("cycles/samba.toml", "cycles/ektaal.toml", "cycles/ukg.toml", "cycles/slip-jig.toml", "drums/daf.toml")
EDITS = st.lists(
    st.tuples(st.integers(0, 1 << 12), st.integers(0, 9), st.text('x.|-"[]{}=,# 09aé덩\n\\', max_size=3)),
    min_size=1,
    max_size=4,
)


@given(st.sampled_from(FILES), EDITS)
@settings(max_examples=200)
def test_whatever_is_wrong_is_told_and_never_breaks_anything(name: str, edits: list[tuple[int, int, str]]) -> None:
    text = text_of(name)
    for start, length, new in edits:
        start %= len(text)
        text = text[:start] + new + text[start + length :]
    try:
        told, shown = check(text, "mine.toml", name.partition("/")[0], FAMILIES), ""
    except JamboxError as fault:
        told, shown = str(fault), explained(text, fault)
    assert told.startswith("mine.toml: ") or told.endswith("nothing is wrong")
    assert shown == "" or (shown.count("\n") == 1 and shown.endswith("^"))


def test_what_is_left_out_has_no_place() -> None:
    text = text_of("cycles/teental.toml", 'name = "Teental / Tintal"\n')
    with pytest.raises(DataError, match="Object missing required field `name`") as raised:
        check(text, "mine.toml", "cycles", FAMILIES)
    assert explained(text, raised.value) == ""


def test_a_file_of_none_of_the_kinds_is_told_so() -> None:
    with pytest.raises(
        DataError, match=r"^mine\.toml: neither pulses, strokes nor strings: it is no cycle, drum family"
    ):
        check("a = 1", "mine.toml", "", FAMILIES)
