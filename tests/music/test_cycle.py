"""A cycle's text form, its faults, weights by place, and the laws of a score."""

from fractions import Fraction

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jambox.errors import DataError
from jambox.music.cycle import BEAT, GROUP, PULSE, SAM, Cycle, Hit, Score, Stroke, parse_cycle, place_weight

HEAD = """
id = "rupak"
name = "Rupak"
region = "North India"
drums = "tabla"
pulses = 7
groups = [3, 2, 2]
certainty = "S2"
sources = []
"""
TEMPO = "[tempo]\nlow = 40\nusual = 80\nhigh = 200\n"
THEKA = '[lines]\ntheka = "Tin Tin Na | Dhin Na | Dhin Na"\n'
RUPAK = HEAD + TEMPO + THEKA


def strokes(cycle: Cycle) -> list[tuple[float, str, float]]:
    return [(stroke.beat, stroke.name, round(stroke.weight, 9)) for stroke in cycle.strokes]


def test_a_line_becomes_strokes() -> None:
    cycle = parse_cycle(RUPAK, "rupak.toml")
    assert (cycle.beats, cycle.tempo) == (7.0, 80.0)
    assert strokes(cycle) == [
        (0.0, "Tin", SAM),
        (1.0, "Tin", BEAT),
        (2.0, "Na", BEAT),
        (3.0, "Dhin", GROUP),
        (4.0, "Na", BEAT),
        (5.0, "Dhin", GROUP),
        (6.0, "Na", BEAT),
    ]


def test_a_grid_becomes_strokes_in_the_order_of_their_beats() -> None:
    text = HEAD.replace("7", "8").replace("[3, 2, 2]", "[4, 4]") + "pulses_per_beat = 2\n" + TEMPO
    cycle = parse_cycle(text + '[grid]\nkick = "x... X..o"\n"open hat" = "X.o.|.x.."\n', "x.toml")
    assert cycle.beats == 4.0
    assert strokes(cycle) == [
        (0.0, "kick", SAM),
        (0.0, "open hat", 1.0),
        (1.0, "open hat", 0.4),
        (2.0, "kick", 1.0),
        (2.5, "open hat", PULSE),
        (3.5, "kick", 0.2),
    ]


def test_lines_and_grid_sound_together_and_rests_are_silent() -> None:
    lines = '[lines]\na = ". . Na . . . ."\nb = "Dha . . . . . ."\n'
    cycle = parse_cycle(HEAD + TEMPO + lines + '[grid]\nclap = "......x"\n', "x.toml")
    assert [(stroke.beat, stroke.name) for stroke in cycle.strokes] == [(0.0, "Dha"), (2.0, "Na"), (6.0, "clap")]


KEYS = (
    "id, name, region, drums, pulses, groups, tempo, certainty, sources, "
    "pulses_per_beat, names, tradition, meter, unit, beat, grouping, group_names, weights, turns, marks, lines, grid, "
    "timing, notes"
)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("pulses = 7", "pulses = 8", "groups: they add up to 7, but pulses is 8"),
        ("[3, 2, 2]", "[3, 2]", "groups: they add up to 5, but pulses is 7"),
        ("[3, 2, 2]", "[]", "groups: they add up to 0, but pulses is 7"),
        ("[3, 2, 2]", "[3, 2, 2, 0]", "groups[3]: Expected `int` >= 1 (found 0)"),
        (
            "Tin Tin Na |",
            "Tin Na |",
            "lines.theka: 6 strokes and rests for 7 pulses: write one for each pulse, . for a rest",
        ),
        (
            THEKA,
            '[grid]\nkick = "x..x.x.x"',
            "grid.kick: 8 strokes and rests for 7 pulses: write one for each pulse, . for a rest",
        ),
        (THEKA, '[grid]\n"open hat" = "x..y.x."', "grid.open hat: 'y' at pulse 4 is none of . x X o"),
        ("[tempo]", "marks = { tali = [1, 8] }\n[tempo]", "marks: pulse 8 lies outside the cycle's 7 pulses"),
        ("[tempo]", "marks = { sam = 9 }\n[tempo]", "marks: pulse 9 lies outside the cycle's 7 pulses"),
        ("[tempo]", "marks = { khali = [12] }\n[tempo]", "marks: pulse 12 lies outside the cycle's 7 pulses"),
        ("[tempo]", "marks = { tali = [0] }\n[tempo]", "marks.tali[0]: Expected `int` >= 1 (found 0)"),
        (THEKA, "", "no strokes: write some in a table [lines] or [grid]"),
        (THEKA, '[lines]\ntheka = ". . . . . . ."', "no strokes: write some in a table [lines] or [grid]"),
        (
            "region",
            "regoin",
            f"Object contains unknown field `regoin`: the keys are {KEYS}",
        ),
        (
            "low",
            "lowest",
            "tempo: Object contains unknown field `lowest`: the keys are low, usual, high, told, certainty",
        ),
        ('name = "Rupak"\n', "", "Object missing required field `name`"),
        ("pulses = 7", 'pulses = "seven"', "pulses: Expected `int`, got `str` (found 'seven')"),
        ("pulses = 7", "pulses = 7.5", "pulses: Expected `int`, got `float` (found 7.5)"),
        ("pulses = 7", "pulses = 1000", "pulses: Expected `int` <= 512 (found 1000)"),
        ('"Tin Tin Na | Dhin Na | Dhin Na"', "7", "lines.theka: Expected `str | object`, got `int` (found 7)"),
        ("usual = 80", "usual = 10", "tempo.usual: Expected `float` >= 20.0 (found 10)"),
        ("usual = 80", "usual = 300", "tempo: 300 is not between low (40) and high (200)"),
        ("low = 40", "low = 90", "tempo: 80 is not between low (90) and high (200)"),
    ],
)
def test_a_fault_is_named_with_its_place(old: str, new: str, fault: str) -> None:
    assert old in RUPAK
    with pytest.raises(DataError) as raised:
        parse_cycle(RUPAK.replace(old, new), "rupak.toml")
    assert str(raised.value) == f"rupak.toml: {fault}"


@pytest.mark.parametrize(
    ("groups", "per_beat", "sam", "weights"),
    [
        ([4, 4], 1, 1, [SAM, BEAT, BEAT, BEAT, GROUP, BEAT, BEAT, BEAT]),
        ([3, 3, 2], 2, 1, [SAM, PULSE, BEAT, GROUP, BEAT, PULSE, GROUP, PULSE]),
        ([2, 2], 4, 1, [SAM, PULSE, GROUP, PULSE]),
        ([2, 2], 1, 3, [GROUP, BEAT, SAM, BEAT]),
    ],
)
def test_weight_by_place(groups: list[int], per_beat: int, sam: int, weights: list[float]) -> None:
    pulses = sum(groups)
    text = HEAD.replace("7", str(pulses)).replace("[3, 2, 2]", str(groups)) + f"pulses_per_beat = {per_beat}\n"
    text += f"marks = {{ sam = {sam} }}\n{TEMPO}[grid]\nx = '{'x' * pulses}'"
    file = parse_cycle(text, "x.toml").file
    assert [place_weight(file, pulse) for pulse in range(pulses)] == weights


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8), st.integers(1, 4), st.data())
def test_strokes_lie_in_the_cycle_and_weigh_up_to_one(groups: list[int], per_beat: int, data: st.DataObject) -> None:
    pulses = sum(groups)
    row = data.draw(st.text(".xXo", min_size=pulses, max_size=pulses))
    assume(set(row) != {"."})
    text = HEAD.replace("7", str(pulses)).replace("[3, 2, 2]", str(groups)) + f"pulses_per_beat = {per_beat}\n"
    cycle = parse_cycle(f"{text}{TEMPO}[grid]\nx = '{row}'", "x.toml")
    assert [stroke.beat * per_beat for stroke in cycle.strokes] == pytest.approx(
        [pulse for pulse, letter in enumerate(row) if letter != "."]
    )
    assert all(0.0 <= stroke.weight <= 1.0 and 0.0 <= stroke.beat < cycle.beats for stroke in cycle.strokes)
    assert cycle.beats * per_beat == pytest.approx(pulses)


def test_a_cycle_is_a_value() -> None:
    assert parse_cycle(RUPAK, "a") == parse_cycle(RUPAK, "b")
    assert parse_cycle(RUPAK, "a").strokes[0] == Stroke(0.0, "Tin", SAM, "theka")


# Scores


@st.composite
def scores(draw: st.DrawFn) -> Score:
    """Scores on a grid of pulses, as those of cycles are: often with beats that binary fractions miss."""
    per_beat, pulses = draw(st.integers(1, 12)), draw(st.integers(1, 64))
    places = sorted(draw(st.lists(st.integers(0, pulses - 1), min_size=1, max_size=12)))
    return Score(1, pulses / per_beat, tuple(Hit(place / per_beat, (), (), 1.0) for place in places))


@given(scores(), st.integers(-1000, 10**6))
def test_the_beat_of_a_hit_finds_that_hit(score: Score, index: int) -> None:
    beat = score.beat_of(index)
    found = score.index_at(beat)
    assert score.beat_of(found) == beat
    assert found <= index
    assert found == index or score.beat_of(index - 1) == beat


@given(scores(), st.floats(-1e4, 1e6))
def test_the_hit_at_a_beat_is_the_first_that_does_not_lie_before_it(score: Score, beat: float) -> None:
    index = score.index_at(beat)
    assert score.beat_of(index) >= beat
    assert score.beat_of(index - 1) < beat


@given(scores(), st.integers(0, 10**6))
def test_hits_come_in_order_and_repeat_with_the_cycle(score: Score, index: int) -> None:
    assert score.beat_of(index) <= score.beat_of(index + 1)
    assert score.beat_of(index + len(score.hits)) - score.beat_of(index) == pytest.approx(score.length, abs=1e-6)


def test_a_million_turns_of_a_third_do_not_drift() -> None:
    score = Score(1, 7 / 3, (Hit(0.0, (), (), 1.0), Hit(1 / 3, (), (), 1.0)))
    assert score.beat_of(2 * 10**6 + 1) == pytest.approx(float(10**6 * Fraction(7, 3) + Fraction(1, 3)), abs=1e-8)


def test_a_score_crosses_to_the_engine_unchanged() -> None:
    score = Score(3, 4.0, (Hit(0.0, (), (36, 42), 0.9), Hit(1.5, (), (), 0.6)))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(score), type=Score) == score
