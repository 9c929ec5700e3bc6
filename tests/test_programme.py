"""Programmes, step by step."""

import pytest

from jambox.music.arrangement import Arrangement, Cast
from jambox.music.cycle import Cycle
from jambox.music.drums import Drums
from jambox.programme import Number, steps
from jambox.units import Bpm
from tests.shipped import LIBRARY


def part(name: str) -> tuple[Cycle, Drums]:
    cycle = LIBRARY.cycle(name)
    return cycle, LIBRARY.family(cycle.file.drums)


def number(first: str, second: str | None, seconds: float, *blends: float, energy: float = 1.0) -> Number:
    return Number(part(first), part(second) if second else None, Bpm(120.0), seconds, blends, energy)


def arranged(made: Number) -> Arrangement:
    casts = [Cast(cycle, drums, {}) for cycle, drums in made.cast]
    return Arrangement(casts[0], casts[1] if made.second else None, made.tempo)


@pytest.mark.parametrize(
    ("seconds", "beats"),
    # Seven beats at 120 take 3.5 s, and the last stroke rings for 2 s.
    [(0.1, 7.0), (5.5, 7.0), (8.9, 7.0), (9.0, 14.0), (60.0, 112.0)],
)
def test_it_closes_on_sam(seconds: float, beats: float) -> None:
    assert number("rupak", None, seconds, 0.0).beats == beats


@pytest.mark.parametrize(
    ("blends", "at"),
    [
        ((0.5,), {0.0: 0.5, 8.0: 0.5, 14.0: 0.5}),
        ((0.0, 1.0), {-1.0: 0.0, 0.0: 0.0, 7.0: 0.5, 14.0: 1.0, 15.0: 1.0}),
        ((0.0, 1.0, 0.0), {0.0: 0.0, 3.5: 0.5, 7.0: 1.0, 10.5: 0.5, 14.0: 0.0}),
    ],
)
def test_the_blend_goes_in_straight_lines(blends: tuple[float, ...], at: dict[float, float]) -> None:
    made = number("rupak", "lesnoto", 9.0, *blends)
    assert {beat: made.blend(beat) for beat in at} == pytest.approx(at)


def test_what_does_not_change_is_one_step() -> None:
    made = number("teental", None, 30.0, 0.0, energy=0.0)
    (step,) = steps(made, arranged(made), 3)
    assert (step.beat, step.score.line, len(step.score.hits)) == (0.0, 3, 4)


def test_a_sweep_begins_with_one_and_comes_to_the_other() -> None:
    made = number("rupak", "lesnoto", 120.0, 0.0, 1.0)
    found = list(steps(made, arranged(made), 1))
    assert len(found) > 5
    assert [step.beat for step in found] == sorted({step.beat for step in found})
    assert len(found[0].score.hits) == 7
    # The tala is gone but for its sam's last cycle; the sevens have all come.
    assert len(found[-1].score.hits) == 6
    serials = [step.score.serial for step in found]
    assert serials == sorted(set(serials))
