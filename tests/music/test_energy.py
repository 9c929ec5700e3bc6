"""Energy, on a table of cycles and as laws over every cycle that is shipped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.music import energy
from jambox.music.cycle import Cycle, parse_cycle
from tests.shipped import LIBRARY

CYCLES = tuple(LIBRARY.cycles.values())
ENERGIES = st.floats(0.0, 1.0)


def kept(name: str, amount: float) -> list[str]:
    cycle = next(cycle for cycle in CYCLES if cycle.id == name)
    return [f"{stroke.name} {stroke.beat:g}" for stroke in energy.kept(cycle, amount).strokes]


@pytest.mark.parametrize(
    ("name", "amount", "strokes"),
    [
        # Marks alone: sam, the claps of 5 and 13, the wave of 9.
        ("teental", 0.0, ["Dha 0", "Dha 4", "Dha 8", "Ta 12"]),
        ("teental", 0.39, ["Dha 0", "Dha 4", "Dha 8", "Ta 12"]),
        ("rupak", 0.0, ["Tin 0", "Dhi 3", "Dhi 5"]),
        ("rupak", 1.0, ["Tin 0", "Tin 1", "Na 2", "Dhi 3", "Na 4", "Dhi 5", "Na 6"]),
        ("four-floor", 0.0, ["kick 0", "closed hat 0"]),
        # Sam is empty in a 2-3 clave: the head of a group stands for it.
        ("son-23", 0.0, ["clave 2"]),
    ],
)
def test_what_is_kept(name: str, amount: float, strokes: list[str]) -> None:
    assert kept(name, amount) == strokes


def test_marks_are_counted_from_sam_and_in_every_turn() -> None:
    text = """
id = "late"
name = "Late"
region = "nowhere"
drums = "clave"
pulses = 4
groups = [4]
turns = 2
certainty = "S1"
sources = []
tempo = { low = 40, usual = 80, high = 200 }
marks = { sam = 2, tali = [4] }
weights = [0.1, 0.1, 0.1, 0.1]
grid = { clave = "xxxxxxxx" }
"""
    cycle = parse_cycle(text, "late.toml")
    assert [stroke.beat for stroke in energy.kept(cycle, 0.0).strokes] == [0.0, 2.0, 4.0, 6.0]


@given(st.sampled_from(CYCLES), ENERGIES, ENERGIES)
def test_more_energy_never_takes_a_stroke_away(cycle: Cycle, one: float, other: float) -> None:
    low, high = sorted((one, other))
    calm, busy = energy.kept(cycle, low).strokes, energy.kept(cycle, high).strokes
    assert [stroke for stroke in busy if stroke in set(calm)] == list(calm)
    assert energy.force(low) <= energy.force(high)


@given(st.sampled_from(CYCLES), ENERGIES)
def test_what_is_lighter_than_the_energy_asks_is_silent_but_for_the_skeleton(cycle: Cycle, amount: float) -> None:
    strokes, skeleton = energy.kept(cycle, amount).strokes, set(energy.kept(cycle, 0.0).strokes)
    for stroke in cycle.strokes:
        assert (stroke in strokes) == (stroke in skeleton or stroke.weight >= 1.0 - amount - 1e-9)


@pytest.mark.parametrize("cycle", CYCLES, ids=lambda cycle: cycle.id)
def test_from_the_skeleton_to_all(cycle: Cycle) -> None:
    assert energy.kept(cycle, 1.0) == cycle
    assert energy.kept(cycle, 0.0) == energy.kept(cycle, 0.0)
    skeleton = energy.kept(cycle, 0.0).strokes
    assert skeleton
    file = cycle.file
    marks = {file.marks.sam, *file.marks.tali, *file.marks.khali}
    heaviest = max(stroke.weight for stroke in cycle.strokes)
    for stroke in skeleton:
        pulse = (stroke.beat * file.pulses_per_beat + file.marks.sam - 1) % file.pulses + 1
        assert round(pulse, 6) in marks or stroke.weight == heaviest


def test_force() -> None:
    assert (energy.force(0.0), energy.force(1.0)) == (energy.CALM, 1.0)
