"""Which strokes at the inputs are taken for the box's own: by how many of its own are answered there."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox.music.cycle import Hit, Score, Sound
from jambox.music.humanising import MOST, TIMING, Touch
from jambox.music.roll import lay
from jambox.overheard import KNOWN, NEAR, Overheard, Own, own
from jambox.sound import commands
from tests.sound.bench import RATE as FRAMES
from tests.sound.bench import click, engine_with, render

RATE = 100.0 / 60.0
LENGTH = 4.0
OWN = (0.0, 1.0, 2.0, 2.5, 3.0)
"""What the box strikes in each cycle."""
BOX = Own(OWN, LENGTH)


def heard(overheard: Overheard, strokes: Sequence[float], beats: float, own: Own = BOX) -> list[float]:
    """Those of the strokes of each cycle that count as players', when so many beats have gone by."""
    taken = []
    for tenth in range(round(beats * 10)):
        beat = tenth / 10.0
        overheard.look(beat, own)
        for stroke in strokes:
            if 0.0 <= (beat - stroke) % LENGTH < 0.0999 and beat >= stroke:
                at = stroke + (beat - stroke) // LENGTH * LENGTH
                if overheard.is_players(at, RATE, own):
                    taken.append(at)
    return taken


@pytest.mark.parametrize(
    ("strokes", "own", "taken"),
    [
        ((*OWN, 1.5), OWN, {1.5}),
        (OWN, OWN, set()),
        ((0.0, 1.0, 2.0), OWN, set()),
        ((0.0, 1.5), OWN, {0.0, 1.5}),
        ((2.0 + NEAR * RATE * 1.1,), OWN, {2.0 + NEAR * RATE * 1.1}),
        ((0.0, 1.0, 2.0), (), {0.0, 1.0, 2.0}),
    ],
    ids=["a loudspeaker and a player", "a loudspeaker", "most strokes", "few strokes", "beside", "a silent box"],
)
def test_what_falls_on_its_own_strokes_counts_where_most_are_unanswered(
    strokes: Sequence[float], own: tuple[float, ...], taken: set[float]
) -> None:
    overheard = Overheard()
    late = [beat % LENGTH for beat in heard(overheard, strokes, 24.0, Own(own, LENGTH)) if beat >= 12.0]
    assert {round(beat, 6) for beat in late} == {round(beat, 6) for beat in taken}


def test_until_enough_is_known_the_inputs_may_hear_the_box() -> None:
    overheard = Overheard()
    assert overheard.hears_box
    assert heard(overheard, (0.0, 1.5), (KNOWN - 1) * LENGTH / len(OWN)) == [1.5, 5.5]
    assert overheard.hears_box


def test_another_run_begins_anew() -> None:
    overheard = Overheard()
    heard(overheard, (0.0,), 24.0)
    assert not overheard.hears_box
    overheard.look(0.0, BOX)
    assert overheard.hears_box


SEVENTHS = tuple(number / 7 for number in range(28) if number % 5)


def box(beats: Sequence[float], touch: Touch, origin: float = 0.0) -> Own:
    hits = tuple(Hit(beat, (Sound(0, 1, 0.5),), (36,), 0.5) for beat in beats)
    return own(Score(1, LENGTH, hits), touch, origin)


@settings(max_examples=100)
@given(
    st.lists(st.integers(0, 63), min_size=1, max_size=12, unique=True).map(
        lambda places: sorted(p / 16 for p in places)
    ),
    st.floats(-20.0, 20.0),
    st.floats(0.0, 1.0),
    st.integers(0, 1 << 30),
)
def test_strokes_are_numbered_in_order_and_the_nearest_is_found(
    beats: list[float], beat: float, share: float, seed: int
) -> None:
    mine = box(beats, Touch(seed, share), 12.0)
    number = mine.count(beat)
    exact = Own(tuple(beats), LENGTH)
    assert exact.heard_at(number - 1) < beat <= exact.heard_at(number)
    found = mine.nearest(beat)
    assert found is not None
    off = [abs(mine.heard_at(number + one) - beat) for one in range(-3, 4)]
    assert abs(mine.heard_at(found) - beat) == min(off)


def test_where_nothing_is_struck_nothing_is_near() -> None:
    assert Own((), LENGTH).nearest(1.0) is None


@pytest.mark.parametrize("beats", [OWN, SEVENTHS])
@pytest.mark.parametrize(("tempo", "begun"), [(40.0, 0.0), (100.0, 2.0), (300.0, 0.0)])
def test_the_box_knows_where_its_hands_really_strike(beats: Sequence[float], tempo: float, begun: float) -> None:
    """Where the engine plays them, to the frame; at a slow tempo some are farther off the grid than NEAR."""
    engine, touch = engine_with([click(8)], seed=9, humanise=1.0), Touch(9, 1.0)
    hits = tuple(Hit(beat, (Sound(0, 1, 0.5),), (36,), 0.5) for beat in beats)
    engine.carry_out(commands.SetTempo(tempo))
    engine.load_score(lay(Score(1, LENGTH, hits)))
    engine.carry_out(commands.StartRhythm(begun))
    sound = np.abs(render(engine, round(12.0 * 60.0 / tempo * FRAMES))[:, 0])
    frames = np.flatnonzero(sound)
    frames = frames[np.diff(frames, prepend=-100) > 8]
    mine, rate = own(Score(1, LENGTH, hits), touch), tempo / 60.0
    first = mine.count(begun)
    # The very first cannot be early.
    for number, frame in enumerate(frames[1:], first + 1):
        assert mine.heard_at(number) - begun == pytest.approx(frame / FRAMES * rate, abs=rate / FRAMES)
    apart = [abs(mine.heard_at(n) - Own(tuple(beats), LENGTH).heard_at(n)) for n in range(first, first + len(frames))]
    assert len(frames) > 10
    assert max(apart) <= TIMING * MOST
    if tempo == 40.0 and beats is OWN:
        assert max(apart) > NEAR * rate


@pytest.mark.parametrize("tempo", [40.0, 100.0, 300.0])
def test_its_own_hands_are_no_players_and_who_plays_beside_them_is(tempo: float) -> None:
    mine, rate = box(OWN, Touch(4, 1.0)), tempo / 60.0
    overheard, taken = Overheard(), set[float]()
    air = 0.005 * rate
    for number in range(100):
        struck = mine.heard_at(number) + air
        overheard.look(struck, mine)
        assert not overheard.is_players(struck, rate, mine)
        beside = struck + 1.2 * NEAR * rate
        if beside + NEAR * rate < mine.heard_at(number + 1):
            overheard.look(beside, mine)
            assert overheard.is_players(beside, rate, mine)
            taken.add(beside)
    assert overheard.hears_box
    assert len(taken) > 50
