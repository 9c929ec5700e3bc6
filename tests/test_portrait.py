"""What a cycle looks like, in columns and round."""

import math
import re
from xml.etree import ElementTree

import pytest

from jambox.columns import width
from jambox.music.cycle import parse_cycle
from jambox.portrait import CORE, HEAD, RING, drawn, playing, svg, window
from tests.shipped import LIBRARY

CYCLES = LIBRARY.cycles
RUPAK = """      │ 1    2    3  │ 4    5  │ 6    7
      │ 0            │ 1       │ 2
theka │ Tin  Tin  Na │ Dhi  Na │ Dhi  Na"""
KHALIJI = """           │ 1  2  3 │ 4  5  6 │ 7  8
           │ X       │         │
skeleton B │ D  .  . │ D  T  . │ T  ."""
JANGGU = """       │ 1   2  3 │ 4   5  6  │ 7   8   9
       │ X        │           │
janggu │ 덩  .  . │ 덩  .  덕 │ 쿵  덕  ."""
SLIP_JIG = """        │ 1  2  3 │ 4  5  6 │ 7  8  9 │ 1  2  3 │ 4  5  6 │ 7  8  9
        │ X       │         │         │ X       │         │
bodhrán │ D  u  d │ U  d  u │ D  u  d │ U  d  u │ D  u  d │ U  d  u"""
FINER = """      │ 1    2    3    4    │ 5    6    7    8
      │ X                   │
theka │ Dha  Dhi  Dhi  Dha  │ Dha  Dhi  Dhi  Dha
claps │ xX   ..   x.   ..   │ x.   ..   ..   ox"""


@pytest.mark.parametrize(
    ("name", "table"), [("rupak", RUPAK), ("khaliji:b", KHALIJI), ("semachi", JANGGU), ("slip-jig", SLIP_JIG)]
)
def test_the_table(name: str, table: str) -> None:
    assert f"\n\n{table}\n\n" in drawn(CYCLES[name])


def test_a_narrow_terminal_gets_the_groups_in_blocks() -> None:
    lines = drawn(CYCLES["teental"], 60).splitlines()
    thekas = [line for line in lines if line.startswith("theka")]
    assert thekas == [
        "theka │ Dha  Dhin  Dhin  Dha │ Dha  Dhin  Dhin  Dha",
        "theka │ Dha  Tin  Tin  Ta │ Ta  Dhin  Dhin  Dha",
    ]


@pytest.mark.parametrize("columns", [20, 60, 100])
@pytest.mark.parametrize("name", CYCLES)
def test_every_shipped_cycle_is_drawn_with_all_that_is_known(name: str, columns: int) -> None:
    cycle = CYCLES[name]
    file = cycle.file
    text = drawn(cycle, columns)
    flat = " ".join(text.split())
    told = (file.name, *file.names.values(), file.tradition, file.region, file.notes, file.tempo.told)
    for part in (*told, *file.sources):
        assert " ".join(part.split()) in flat
    assert all(row.name in flat for row in file.rows if row.voice.reading in ("", cycle.reading))
    if columns == 100:
        assert max(map(width, text.splitlines())) <= 140


# The playhead


def numbered(lines: list[str]) -> tuple[str, str]:
    """What stands under the playhead: the pulse's number, and the stroke of the first voice."""
    row = next(number for number, line in enumerate(lines) if HEAD in line)
    column = width(lines[row][: lines[row].index(HEAD)])
    under = []
    for line in (lines[row + 1], lines[row + 3]):
        start = next(i for i in range(len(line)) if width(line[:i]) == column)
        under.append(line[start:].split()[0])
    return under[0], under[1]


def test_the_head_stands_over_its_pulse() -> None:
    table = """
                        ▼
       │ 1   2  3 │ 4   5  6  │ 7   8   9
       │ X        │           │
janggu │ 덩  .  . │ 덩  .  덕 │ 쿵  덕  .
"""
    assert "\n".join(playing(CYCLES["semachi"], 4.0 / 3.0)).endswith(table)


@pytest.mark.parametrize(
    ("name", "beat", "pulse", "stroke"),
    [
        ("teental", 0.0, "1", "Dha"),
        ("teental", 0.99, "1", "Dha"),
        ("teental", 9.2, "10", "Tin"),
        ("teental", 16.0 - 1e-9, "1", "Dha"),
        ("teental", 33.0, "2", "Dhin"),
        ("semachi", 2.0, "7", "쿵"),
        ("slip-jig", 3.0, "1", "U"),
    ],
)
@pytest.mark.parametrize("columns", [60, 100])
def test_the_pulse_is_that_of_the_beat(name: str, beat: float, pulse: str, stroke: str, columns: int) -> None:
    assert numbered(playing(CYCLES[name], beat, columns)) == (pulse, stroke)


def test_a_cycle_that_is_written_from_another_pulse_is_followed_from_its_sam() -> None:
    elsewhere = [cycle for cycle in CYCLES.values() if cycle.file.marks.sam != 1]
    assert elsewhere
    for cycle in elsewhere:
        assert numbered(playing(cycle, 0.0, 400))[0] == str(cycle.file.marks.sam)


@pytest.mark.parametrize("name", ["teental", "semachi", "samba", "slip-jig"])
def test_the_table_stands_still_while_the_head_moves(name: str) -> None:
    cycle = CYCLES[name]
    tables = {
        tuple(line for line in playing(cycle, beat / 4.0, 60) if HEAD not in line and line != " ")
        for beat in range(round(4 * cycle.beats))
    }
    assert len(tables) == 1
    assert list(next(iter(tables))) == playing(cycle, None, 60)


@pytest.mark.parametrize(("height", "first"), [(100, 0), (11, 0), (10, 7), (4, 7)])
def test_where_there_is_no_room_the_block_of_the_head_is_shown(height: int, first: int) -> None:
    lines = playing(CYCLES["teental"], 9.0, 60)
    assert HEAD in lines[7]
    assert len(lines) == 12
    assert window(lines, height) == lines[first : first + height]
    assert window(playing(CYCLES["teental"], None, 60), 3) == playing(CYCLES["teental"], None, 60)[:3]


def test_what_is_uncertain_is_said() -> None:
    text = drawn(CYCLES["tevra"])
    assert "one source" in text
    assert "theka (not yet checked)" in text
    assert "(not yet checked: set by laya" in text
    assert "readings: karachi, karachi:2, karachi:3" in drawn(CYCLES["karachi:2"])
    assert "sources disagree" in drawn(CYCLES["karachi"])


def test_letters_and_timing_are_explained() -> None:
    text = drawn(CYCLES["ukg"])
    assert "timing of hat, rim, perc: +0.00, +0.12 pulses from the grid, over and over (one source)" in text
    assert "over and over, by the tempo (sources agree)" in drawn(CYCLES["swing-ride"])
    assert "letters and words: D dum, T tak\n" in drawn(CYCLES["maqsum"])
    assert "groups: laghu, drutam, drutam" in drawn(CYCLES["adi"])


def test_rows_of_other_places_than_pulses() -> None:
    assert "clave 12/8 (on 12), 12 even places: x.x..x.x.x.." in drawn(CYCLES["rumba-32:12-8"])
    text = """
id = "a"
name = "A"
region = "here"
drums = "kit"
pulses = 8
groups = [4, 4]
certainty = "S1"
sources = []
tempo = { low = 40, usual = 80, high = 200 }
lines = { theka = "Dha Dhi Dhi Dha Dha Dhi Dhi Dha" }
grid = { claps = { row = "xX..x...|x.....ox", places = 16 } }
"""
    assert [line.split() for line in FINER.splitlines()] == [
        line.split() for line in drawn(parse_cycle(text, "a.toml")).split("\n\n")[1].splitlines()
    ]


# The round picture

NAMESPACE = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", CYCLES)
def test_every_shipped_cycle_is_a_valid_picture_with_each_stroke(name: str) -> None:
    cycle = CYCLES[name]
    root = ElementTree.fromstring(svg(cycle))
    assert root.findtext(f"{NAMESPACE}title") == cycle.file.name
    struck = [circle for circle in root.iter(f"{NAMESPACE}circle") if circle.find(f"{NAMESPACE}title") is not None]
    assert [circle.findtext(f"{NAMESPACE}title") for circle in struck] == [
        stroke.name for stroke in cycle.timed(cycle.tempo)
    ]


def test_strokes_stand_clockwise_from_sam_at_the_top() -> None:
    root = ElementTree.fromstring(svg(CYCLES["maqsum"]))
    struck = [circle for circle in root.iter(f"{NAMESPACE}circle") if circle.find(f"{NAMESPACE}title") is not None]
    places = [(float(circle.attrib["cx"]), float(circle.attrib["cy"])) for circle in struck]
    assert all(math.hypot(*place) == pytest.approx(CORE, abs=0.02) for place in places)
    turns = [round(math.atan2(x, -y) / (2.0 * math.pi) * 8.0) % 8 for x, y in places]
    assert turns == [0, 1, 3, 4, 6]


def test_each_voice_has_its_circle() -> None:
    radii = re.findall(r'<circle r="([\d.]+)"', svg(CYCLES["four-floor"]))
    assert [float(radius) for radius in radii] == [CORE + RING * number for number in range(4)]
