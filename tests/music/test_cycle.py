"""A cycle's text form, its faults, and weights by place."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jambox.errors import At, DataError
from jambox.music.cycle import (
    BEAT,
    BETWEEN,
    GROUP,
    PULSE,
    SAM,
    Cycle,
    Marks,
    Stroke,
    parse_cycle,
    parse_cycles,
    place_weight,
)

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
    "pulses_per_beat, names, tradition, meter, unit, beat, grouping, group_names, weights, "
    "counted_from, counted_on, turns, marks, lines, grid, "
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
        ("[3, 2, 2]", "[3, 2, 2]\ncounted_from = 8", "counted_from: 8 is more than the cycle's 7 pulses"),
        ("[3, 2, 2]", "[3, 2, 2]\ncounted_on = [9]", "counted_on: pulse 9 lies outside the cycle's 7 pulses"),
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


MORE = RUPAK.replace(THEKA, "")


@pytest.mark.parametrize(
    ("text", "fault", "at"),
    [
        (
            f'group_names = ["a", "b"]\n{RUPAK}',
            "group_names: 2 names for 3 groups: name each, or none",
            ("group_names",),
        ),
        (
            f"weights = [1, 0.5]\n{RUPAK}",
            "weights: 2 for 7 pulses: give one for each pulse, or none at all",
            ("weights",),
        ),
        (f"weights = [1, 2]\n{RUPAK}", "weights[1]: Expected `float` <= 1.0 (found 2)", ("weights", 1)),
        (RUPAK.replace('"S2"', '"sure"'), "certainty: Invalid enum value 'sure'", ("certainty",)),
        (RUPAK.replace('"rupak"', '"Ru pak"'), "id: Expected `str` matching regex", ("id",)),
        (
            RUPAK + '[grid]\ntheka = "x......"\n',
            "lines.theka: there are two voices of that name: give them different ones",
            ("lines", "theka"),
        ),
        (
            RUPAK + '[grid]\na = { row = "x......", accents = "b" }\n',
            "grid.a.accents: no voice is called 'b': there are theka, a",
            ("grid", "a", "accents"),
        ),
        (
            RUPAK + '[grid]\na = { row = "x", reading = "A b" }\n',
            "grid.a.reading: Expected `str`",
            ("grid", "a", "reading"),
        ),
        (RUPAK + '[grid]\na = { row = "x......y", places = 8 }\n', "grid.a: 'y' at pulse 8", ("grid", "a", "row", 7)),
        (RUPAK.replace("Na |", "|"), "lines.theka: 5 strokes and rests for 7 pulses", ("lines", "theka")),
        (
            MORE + '[grid]\na = { row = "x......", silent = true }\n',
            "no strokes: write some in a table [lines] or [grid]",
            (),
        ),
    ],
)
def test_more_faults_are_named_and_lead_to_their_place(text: str, fault: str, at: At) -> None:
    with pytest.raises(DataError) as raised:
        parse_cycle(text, "rupak.toml")
    assert str(raised.value).startswith(f"rupak.toml: {fault}")
    assert raised.value.at == at


@pytest.mark.parametrize(
    ("timing", "fault", "at"),
    [
        ("", "timing: give either offsets or a swing rule", ("timing",)),
        (
            "offsets = [0.0, 0.1, 0, 0, 0, 0, 0]\nswing = { short = 0.1, least = 0.2 }",
            "timing: give either offsets or a swing rule",
            ("timing",),
        ),
        (
            "swing = { short = 0.1, least = 0.2 }",
            "timing.swing: it is for 3 pulses to a beat, not 1: give offsets instead",
            ("timing", "swing"),
        ),
        (
            "offsets = [0.0, 0.1]",
            "timing.offsets: 2 for 7 pulses: give one for each, or for a part that repeats",
            ("timing", "offsets"),
        ),
        ("offsets = [0.1]", "timing.offsets: sam cannot be moved: begin with 0", ("timing", "offsets")),
        ("offsets = [0.7]", "timing.offsets[0]: Expected `float` <= 0.5 (found 0.7)", ("timing", "offsets", 0)),
        (
            'offsets = [0.0]\nvoices = ["theka", "clap"]',
            "timing.voices: no voice is called 'clap': there are theka",
            ("timing", "voices", 1),
        ),
    ],
)
def test_a_faulty_timing_is_named(timing: str, fault: str, at: At) -> None:
    text = f'{RUPAK}[timing]\ncertainty = "S1"\nsources = []\n{timing}\n'
    with pytest.raises(DataError) as raised:
        parse_cycle(text, "rupak.toml")
    assert str(raised.value) == f"rupak.toml: {fault}"
    assert raised.value.at == at


def test_divided_words_and_gaps() -> None:
    cycle = parse_cycle(RUPAK.replace("Tin Tin Na", "Dha-Ge - -Dha"), "x.toml")
    assert strokes(cycle)[:4] == [(0.0, "Dha", SAM), (0.5, "Ge", BETWEEN), (2.5, "Dha", BETWEEN), (3.0, "Dhin", GROUP)]


def test_what_is_played_begins_with_sam_wherever_it_is_written() -> None:
    cycle = parse_cycle(RUPAK.replace("[tempo]", "marks = { sam = 6 }\n[tempo]"), "x.toml")
    assert strokes(cycle)[:3] == [(0.0, "Dhin", SAM), (1.0, "Na", BEAT), (2.0, "Tin", GROUP)]
    assert cycle.strokes[-1].beat == 6.0


def test_a_voice_accents_another_and_a_silent_one_is_not_struck() -> None:
    grid = '[grid]\nclap = "..x..x."\nhand = { row = "LRLRLRL", silent = true }\n'
    plain, accented = (
        parse_cycle(f"{MORE}{grid}{more}", "x.toml") for more in ("", 'loud = { row = "..>....", accents = "clap" }\n')
    )
    assert strokes(plain) == [(2.0, "clap", 0.6), (5.0, "clap", 0.8)]
    assert strokes(accented) == [(2.0, "clap", 0.8), (5.0, "clap", 0.8)]


def test_a_row_may_divide_the_cycle_by_itself() -> None:
    cycle = parse_cycle(f'{MORE}[grid]\na = {{ row = "x.xx", places = 4 }}\nb = "......x"\n', "x.toml")
    assert strokes(cycle) == [(0.0, "a", SAM), (3.5, "a", BETWEEN), (5.25, "a", BETWEEN), (6.0, "b", BEAT)]


def test_a_phrase_of_several_turns() -> None:
    cycle = parse_cycle(f'turns = 2\n{MORE}[grid]\na = "x......"\nb = ".......|x......"\n', "x.toml")
    assert cycle.beats == 14.0
    assert strokes(cycle) == [(0.0, "a", SAM), (7.0, "a", SAM), (7.0, "b", SAM)]


def test_own_weights_stand_in_for_those_of_the_groups() -> None:
    text = f'weights = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 1]\n{MORE}[grid]\na = "xX.o..X"\n'
    assert [weight for _, _, weight in strokes(parse_cycle(text, "x.toml"))] == [0.1, 0.4, 0.2, 1.0]


def test_readings_share_what_belongs_to_all() -> None:
    grid = '[grid]\na = { row = "x......", reading = "one" }\nb = { row = ".x.....", reading = "two" }\nc = "..x...."\n'
    first, second = parse_cycles(MORE + grid, "x.toml")
    assert first == parse_cycle(MORE + grid, "x.toml")
    assert [(cycle.id, cycle.reading) for cycle in (first, second)] == [("rupak", "one"), ("rupak:two", "two")]
    assert [name for _, name, _ in strokes(first)] == ["a", "c"]
    assert [name for _, name, _ in strokes(second)] == ["b", "c"]


def test_microtiming_moves_whom_it_names() -> None:
    timing = '[timing]\ncertainty = "S1"\nsources = []\noffsets = [0.0, 0.2, 0, 0, 0, 0, -0.3]\nvoices = ["a"]\n'
    cycle = parse_cycle(f'{MORE}[grid]\na = ".x....x"\nb = ".x....x"\n{timing}', "x.toml")
    assert [(round(stroke.beat, 6), stroke.voice) for stroke in cycle.timed(80.0)] == [
        (1.0, "b"),
        (1.2, "a"),
        (5.7, "a"),
        (6.0, "b"),
    ]
    assert [stroke.beat for stroke in cycle.strokes] == [1.0, 1.0, 6.0, 6.0]


@pytest.mark.parametrize(
    ("marks", "labels"),
    [
        (Marks(1, (5, 13), (9,)), {1: "X", 5: "2", 9: "0", 13: "3"}),
        (Marks(1, (4, 6), (1,)), {1: "0", 4: "1", 6: "2"}),
        (Marks(16), {16: "X"}),
    ],
)
def test_the_labels_of_marks(marks: Marks, labels: dict[int, str]) -> None:
    assert marks.labels == labels


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
