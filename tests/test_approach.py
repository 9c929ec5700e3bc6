"""The box's beat is brought onto that of players and machines, wherever in it they begin, and to nobody who follows."""

import math
from itertools import pairwise

import pytest

from jambox.approach import BRING, IN_TOUCH, Approach
from jambox.tracking import EXACT, Pace
from jambox.units import Bpm, Seconds
from tests.test_tracking import EIGHTHS, QUARTERS, Jam, Moment, repeated, steadily

MACHINE = 0.0015
"""Seconds by which a machine's strokes are off, as they are heard."""
BARS = 8.0
"""Beats in which its beat has come: two bars."""


def begun(
    off: float, tempo: float, strokes: tuple[tuple[float, ...], float] = QUARTERS, jitter: float = MACHINE
) -> Jam:
    """Whoever strikes `off` beats later than the box's beat."""
    return Jam((beat + off for beat in repeated(*strokes)), steadily(tempo), tempo=tempo, jitter=jitter)


def apart(moment: Moment, off: float, tempo: float, grid: float = 1.0) -> float:
    """Seconds by which the strokes are off the box's beat, or a `grid` of its beats."""
    return math.remainder(moment.late - off * 60.0 / tempo, grid * 60.0 / tempo)


@pytest.mark.no_cover
@pytest.mark.parametrize("tempo", [60.0, 90.0, 120.0, 180.0, 240.0])
@pytest.mark.parametrize("off", [0.1, 0.2, 0.25, 0.3, 1.0 / 3.0, 0.4, 0.45, -0.1, -0.2, -0.25])
def test_a_machine_that_begins_off_the_beat_is_on_it_two_bars_after_it_is_believed(off: float, tempo: float) -> None:
    moments = begun(off, tempo).run(30.0 * 120.0 / tempo)
    believed = next(each.time for each in moments if each.sure)
    after = [each for each in moments if each.time > believed + BARS * 60.0 / tempo]
    assert max(abs(apart(each, off, tempo)) for each in after) < 0.01
    assert max(abs(each.tempo / tempo - 1.0) for each in moments) <= BRING + 1e-9
    # Nothing jumps: what is a tenth of a second apart lies on one line, at a tempo that is allowed.
    steps = [later.tempo / each.tempo for each, later in pairwise(moments)]
    assert max(abs(step - 1.0) for step in steps) <= BRING * 0.1 * tempo * (1.0 + BRING) / 60.0 + 1e-9


@pytest.mark.parametrize(
    ("strokes", "off", "grid"),
    [
        (EIGHTHS, 0.2, 0.5),
        (EIGHTHS, 0.4, 0.5),
        (((0.0, 0.25, 0.5, 0.75), 1.0), 0.1, 0.25),
        (((0.0,), 2.0), 0.3, 1.0),
        (((0.0, 2.0 / 3.0), 1.0), 0.1, 1.0),
    ],
    ids=["eighths", "late eighths", "sixteenths", "half notes", "swing"],
)
def test_patterns_are_brought_to_the_nearest_place(
    strokes: tuple[tuple[float, ...], float], off: float, grid: float
) -> None:
    moments = begun(off, 110.0, strokes).run(30.0)
    assert max(abs(apart(each, off, 110.0, grid)) for each in moments[-150:]) < 0.01


@pytest.mark.parametrize("tempo", [103.0, 108.0])
def test_a_machine_in_another_tempo_is_met_as_well(tempo: float) -> None:
    jam = Jam((beat + 0.3 for beat in repeated(*QUARTERS)), steadily(tempo), tempo=100.0, jitter=MACHINE)
    moments = jam.run(50.0)
    assert max(abs(apart(each, 0.3, tempo)) for each in moments[-100:]) < 0.01
    assert not jam.approach.follows


@pytest.mark.no_cover
def test_it_stays_with_a_machine() -> None:
    moments = begun(0.35, 97.3).run(300.0)
    assert max(abs(apart(each, 0.35, 97.3)) for each in moments[300:]) < 0.012
    assert max(abs(each.tempo / 97.3 - 1.0) for each in moments[300:]) < 0.02


@pytest.mark.parametrize("off", [0.1, 0.3, 0.4])
def test_people_are_met_once_and_left_in_touch(off: float) -> None:
    moments = begun(off, 100.0, jitter=0.02).run(60.0)
    assert max(abs(apart(each, off, 100.0)) for each in moments[200:]) < IN_TOUCH + 0.01
    assert max(abs(each.tempo / 100.0 - 1.0) for each in moments[200:]) < 0.025


@pytest.mark.no_cover
@pytest.mark.parametrize("tempo", [60.0, 100.0, 180.0])
@pytest.mark.parametrize("off", [0.5, 0.6, 2.0 / 3.0])
@pytest.mark.parametrize("jitter", [MACHINE, 0.02])
def test_off_beats_straight_and_swung_stay_where_they_are(off: float, tempo: float, jitter: float) -> None:
    moments = begun(off, tempo, jitter=jitter).run(40.0)
    assert moments[-1].sure
    assert max(abs(each.late) for each in moments) < 0.03
    assert max(abs(each.tempo / tempo - 1.0) for each in moments) < 0.02


@pytest.mark.no_cover
@pytest.mark.parametrize("habit", [-0.06, -0.03, 0.03, 0.1, 0.2])
@pytest.mark.parametrize("jitter", [MACHINE, 0.005, 0.02])
def test_whoever_follows_the_box_does_not_make_it_run(habit: float, jitter: float) -> None:
    """As a machine does that is clocked by it, and heard a little later; and people who tap along."""
    jam = Jam(repeated(*EIGHTHS), steadily(0.0), habit=habit, jitter=jitter)
    moments = jam.run(120.0)
    assert jam.approach.follows == (jitter < EXACT or abs(habit) > IN_TOUCH)
    assert max(abs(each.tempo / 100.0 - 1.0) for each in moments) <= BRING
    assert max(abs(each.tempo / 100.0 - 1.0) for each in moments[-300:]) < 0.01


def test_who_is_met_and_comes_nearer_is_met_again_and_who_does_not_is_let_be() -> None:
    home, box = Bpm(60.0), Pace(0.0, 0.0, 1.0)
    approach, ahead = Approach(), 0.2
    while abs(ahead) > 0.003:
        tempo, _ = approach.draw(Pace(box.time, box.beat + ahead, 1.0), True, box, home, Seconds(0.1))
        assert approach.brings
        box = Pace(box.time + 0.1, box.beat + 0.1 * tempo / 60.0, tempo / 60.0)
        ahead -= 0.1 * (tempo / 60.0 - 1.0)
    assert not approach.follows
    for look in range(100):
        tempo, _ = approach.draw(Pace(box.time, box.beat + 0.02, box.rate), True, box, home, Seconds(0.1))
        assert tempo <= 60.0 * (1.0 + BRING)
        box = Pace(box.time + 0.1, box.beat + 0.1 * tempo / 60.0, tempo / 60.0)
        assert approach.follows or look < 50
    assert not approach.brings
    assert approach.draw(Pace(box.time, box.beat + 3.0, 1.0), True, box, home, Seconds(9.0))[0] == pytest.approx(60.0)
