"""Another score while the rhythm plays: at sam, or by its kin in the midst of the cycle."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox.music.cycle import Score
from jambox.music.humanising import MOST, TIMING, Touch
from jambox.music.roll import lay
from jambox.sound.players import APART, CHANGE, NEVER, RhythmPlayer
from tests.sound.bench import RATE, score_of
from tests.sound.recorder import FOUR, Recorder, rhythm, run


def line(score: Score, *kept: int, number: int = 7, turn: float = 0.0) -> Score:
    """A score of one line that keeps only those hits."""
    return Score(100, score.length, tuple(score.hits[i] for i in kept), number, turn)


PULSES = score_of((0.0, 0), (0.5, 1), (1.0, 2), (1.0, 3), (1.75, 4), (2.5, 5), (3.0, 6), (3.875, 7))


@settings(max_examples=200)
@given(
    st.sets(st.integers(0, 7)),
    st.lists(st.tuples(st.integers(0, 60000), st.sets(st.integers(0, 7))), max_size=12),
)
def test_a_swap_in_mid_cycle_neither_repeats_nor_loses_a_hit(
    first: set[int], swaps: list[tuple[int, set[int]]]
) -> None:
    """What is struck on a frame is what the score in force there has."""
    player, voices = rhythm(line(PULSES, *sorted(first))), Recorder()
    frame, inforce = 0, [(0, first)]
    for wait, kept in swaps:
        frame += wait
        run(player, voices, frame)
        player.swap(lay(line(PULSES, *sorted(kept))), frame)
        inforce.append((frame, kept))
    run(player, voices, frame + 4 * RATE)
    expected = []
    for turn in range(voices.frame // (2 * RATE) + 1):
        for slot, hit in enumerate(PULSES.hits):
            at = round((4 * turn + hit.beat) * RATE / 2)
            kept = [kept for since, kept in inforce if since <= at][-1]
            if slot in kept and at < voices.frame:
                expected.append((at, slot))
    assert voices.places == expected


FINE = score_of(*((place / 8 + place % 3 * 0.017, place) for place in range(32)))
"""Some neighbours are nearer than hands may be off, some farther; sam is always struck."""
KEPT = st.sets(st.integers(1, 31)).map(lambda kept: {0, *kept})


def handed(seed: int, tempo: float, kept: set[int]) -> RhythmPlayer:
    """A player by hand that has started with those of FINE."""
    player = rhythm(None, tempo, None)
    player.touch = Touch(seed, 1.0)
    player.load(lay(line(FINE, *sorted(kept))), 0)
    player.start(0.0, 0)
    return player


@settings(max_examples=300)
@given(
    st.integers(0, 1 << 30),
    st.floats(20.0, 400.0),
    KEPT,
    st.lists(st.tuples(st.floats(0.0, 3.0), KEPT), min_size=1, max_size=12),
)
def test_hands_stay_apart_whenever_other_strokes_come_in(
    seed: int, tempo: float, first: set[int], swaps: list[tuple[float, set[int]]]
) -> None:
    player, voices = handed(seed, tempo, first), Recorder()
    frames, frame = 60.0 * RATE / tempo, 0
    for beats, kept in swaps:
        frame += round(beats * frames)
        run(player, voices, frame)
        player.swap(lay(line(FINE, *sorted(kept))), frame)
    run(player, voices, round((frame / frames // 4 + 3.9) * 4 * frames))
    beat = 0.0
    for (before, one), (after, other) in itertools.pairwise(voices.places):
        written = (FINE.hits[other].beat - FINE.hits[one].beat) % 4.0 or 4.0
        assert after - before >= min(APART * RATE, written * frames) - 1.0
        # In their order, none twice.
        beat += written
        assert abs(after / frames - beat) <= TIMING * MOST + 1.0 / frames
    sams = [at for at, slot in voices.places if slot == 0]
    assert sams == [round(turn * 4 * frames) for turn in range(len(sams))]
    assert len(sams) > 3


@pytest.mark.parametrize("tempo", [40.0, 400.0])
def test_a_stroke_that_comes_in_too_near_behind_a_late_one_is_left_out_once(tempo: float) -> None:
    frames = 60.0 * RATE / tempo
    late = next(seed for seed in range(999) if Touch(seed, 1.0).late(665_280, 1.0) > 0.06)
    # The beat is struck late, since nothing is near; then there is to be something just after it, which has passed.
    player, voices = rhythm(None, tempo, None), Recorder()
    thin = score_of((0.0, 0), (1.0, 1), (3.0, 3))
    full = score_of((0.0, 0), (1.0, 1), (1.05, 2), (3.0, 3))
    player.touch = Touch(late, 1.0)
    player.load(lay(line(thin, 0, 1, 2)), 0)
    player.start(0.0, 0)
    run(player, voices, round(1.062 * frames))
    player.swap(lay(line(full, 0, 1, 2, 3)), voices.frame)
    run(player, voices, round(6.5 * frames))
    assert voices.slots == [0, 1, 3, 0, 1, 2]


def test_what_was_struck_before_the_beat_was_moved_back_is_not_struck_again_by_its_kin() -> None:
    player, voices = rhythm(line(PULSES, 0, 2, 5)), Recorder()
    run(player, voices, RATE // 2 + 10)
    player.place_beat(RATE // 2 + 10010, RATE // 2 + 10)  # beat 1 is to come once more, in a fifth of a second
    player.swap(lay(line(PULSES, 0, 1, 2, 3, 5)), RATE // 2 + 10)
    run(player, voices, 2 * RATE)
    assert voices.slots[:3] == [0, 2, 5]


def test_a_score_of_another_line_is_not_swapped_in() -> None:
    for other in (line(PULSES, 1, number=8), FOUR):
        player, voices = rhythm(line(PULSES, 0)), Recorder()
        player.swap(lay(other), 0)
        run(player, voices, 2 * RATE)
        assert voices.slots == [0]
    player = rhythm(None, beat=None)
    player.swap(lay(line(PULSES, 1)), 0)
    assert player.score is None


def test_one_that_waits_is_replaced_by_its_kin_and_what_sounds_is_not() -> None:
    player, voices = rhythm(line(PULSES, 0, 2)), Recorder()
    player.load(lay(line(PULSES, 3, number=8)), 10)
    player.swap(lay(line(PULSES, 4, number=8)), 20)
    run(player, voices, 4 * RATE)
    assert voices.slots == [0, 2, 4]


def test_kin_that_comes_in_at_sam_goes_on_in_the_midst_of_its_period() -> None:
    """Two cycles of four beats make a period of eight: at the first's second sam, the second half is played."""
    player, voices = rhythm(line(PULSES, 0, turn=2.0)), Recorder()
    run(player, voices, RATE // 2)
    player.load(lay(line(PULSES, 1, 5, turn=2.0)), RATE // 2)
    assert player.boundary == 2.0
    run(player, voices, 4 * RATE)
    assert (player.origin, voices.slots) == (0.0, [0, 5, 1, 5])


def test_a_hit_on_the_sam_at_which_its_kin_comes_in_is_struck_once() -> None:
    """Five times 14/3 is a little more than 70/3, as computers count."""
    turn = 14.0 / 3.0
    assert 5 * turn > 70.0 / 3.0
    hits = score_of(*((14.0 * number / 3.0, number) for number in range(6))).hits
    player, voices = rhythm(Score(1, 28.0, hits, 7, turn)), Recorder()
    run(player, voices, round(22.0 * RATE / 2.0))
    player.load(lay(Score(2, 28.0, hits, 7, turn)), voices.frame)
    run(player, voices, round(30.0 * RATE / 2.0))
    assert voices.slots == [0, 1, 2, 3, 4, 5, 0]


def test_the_end_comes_at_the_next_sam_of_several_in_a_score() -> None:
    player, voices = rhythm(line(PULSES, 0, 5, turn=2.0)), Recorder()
    run(player, voices, RATE // 4)
    player.end(RATE // 4)
    run(player, voices, 4 * RATE)
    assert (player.playing, voices.places) == (False, [(0, 0), (RATE, 0)])


def test_another_score_comes_in_at_sam() -> None:
    player, voices = rhythm(), Recorder()
    run(player, voices, 30000)
    player.load(lay(score_of((0.0, 10), (1.0, 11), length=3.0, serial=2)), 30000)
    assert (player.pending, player.boundary) == (CHANGE, 4.0)
    run(player, voices, 4 * RATE - 1)
    beat = RATE // 2
    assert voices.places == [
        *[(0, 0), (beat, 1), (5 * beat // 2, 2), (3 * beat, 3)],
        *[(4 * beat, 10), (5 * beat, 11), (7 * beat, 10)],
    ]
    assert (player.pending, player.boundary, player.origin) == (0, math.inf, 4.0)
    assert player.score is not None
    assert player.score.serial == 2


def test_the_last_of_several_scores_comes_in_at_the_same_sam() -> None:
    player, voices = rhythm(tempo=133.33), Recorder()
    sam = round(4 * 60.0 * RATE / 133.33)
    run(player, voices, sam)
    player.load(lay(score_of((0.0, 10), serial=2)), sam - 10)
    player.load(lay(score_of((0.0, 11), serial=3)), sam)
    run(player, voices, sam + 1)
    assert voices.places[-1] == (sam, 11)


def test_at_the_frame_of_sam_a_score_still_comes_in_there() -> None:
    for tempo in (120.0, 133.33, 61.7, 77.7):
        player, voices = rhythm(tempo=tempo), Recorder()
        sam = round(4 * 60.0 * RATE / tempo)
        run(player, voices, sam)
        player.load(lay(score_of((0.0, 10), serial=2)), sam)
        run(player, voices, sam + 1)
        assert voices.places[-1] == (sam, 10)


def test_just_after_sam_a_score_waits_for_the_next() -> None:
    for tempo in (120.0, 133.33, 61.7, 77.7):
        player, voices = rhythm(tempo=tempo), Recorder()
        sam = round(4 * 60.0 * RATE / tempo)
        run(player, voices, sam + 1)
        player.load(lay(score_of((0.0, 10), serial=2)), sam + 1)
        assert player.boundary == 8.0


def test_a_silent_player_takes_a_score_at_once() -> None:
    player = rhythm(beat=None)
    player.load(lay(score_of((0.0, 7), serial=2)), 100)
    assert player.score is not None
    assert player.score.serial == 2
    assert (player.pending, player.due) == (0, NEVER)


def test_a_score_that_waits_while_the_rhythm_ends_is_kept() -> None:
    player, voices = rhythm(), Recorder()
    player.load(lay(score_of((0.0, 10), serial=2)), 1)
    player.end(2)
    run(player, voices, 20 * RATE)
    assert voices.slots == [0, 1, 2, 3, 0]
    player.start(0.0, voices.frame)
    run(player, voices, voices.frame + 1)
    assert voices.slots[-1] == 10


def test_starting_anew_takes_the_score_that_waits() -> None:
    player, voices = rhythm(), Recorder()
    run(player, voices, 1000)
    player.load(lay(score_of((0.0, 10), serial=2)), 1000)
    player.start(0.0, 2000)
    run(player, voices, 2001)
    assert voices.places == [(0, 0), (2000, 10)]
    assert player.pending == 0


def test_a_score_of_rests_plays_on_in_silence() -> None:
    rests = Score(2, 4.0, ())
    player, voices = rhythm(), Recorder()
    player.load(lay(rests), 1)
    run(player, voices, 10 * RATE)
    assert voices.slots == [0, 1, 2, 3]
    assert (player.playing, player.due) == (True, NEVER)
    player.load(lay(score_of((0.0, 10), serial=3)), 10 * RATE)
    run(player, voices, 10 * RATE + 1)
    assert voices.places[-1] == (10 * RATE, 10)
    ending = rhythm(rests)
    ending.end(5)
    run(ending, Recorder(), 20 * RATE)
    assert not ending.playing
