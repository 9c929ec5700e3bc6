"""Words on the cue, measured: where they fall, through every change, and that nobody else hears them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from jambox.music.cycle import Hit, Score, Sound, Word
from jambox.music.roll import lay, rolled
from jambox.sound.commands import DefineSample, EndRhythm, JoinRhythm, SetTempo, StartRhythm, StopRhythm
from jambox.sound.engine import Engine
from jambox.sound.parameters import Mixer
from jambox.sound.speaker import ENTRY, LATE, LEAD
from jambox.sound.tables import view
from jambox.units import Bpm

RATE = 8000
BEFORE = round(LEAD * RATE)
DRUM, ONE, TWO, OTHER = 0, 1, 2, 3
HEIGHTS = {ONE: 0.1, TWO: 0.2, OTHER: 0.4}
"""Each word is a step of its own height that begins where its vowel shall; before it there is a whisper."""
WHISPER = 0.001
TEMPO = Bpm(120.0)
BEAT = RATE // 2
HITS = tuple(Hit(float(beat), (Sound(DRUM, 1, 1.0),), (36,), 1.0) for beat in range(4))
WORDS = (Word(0.0, ONE), Word(2.0, TWO))
SCORE = Score(1, 4.0, HITS, 1, 0.0, WORDS)
MUTE = Score(1, 4.0, HITS, 1)
OTHERS = Score(2, 3.0, HITS[:3], 2, 0.0, (Word(0.0, OTHER),))


def engine(score: Score) -> Engine:
    step = RATE // 10
    drum = np.exp(-np.arange(step) / 50.0)
    words = [np.concatenate((np.full(BEFORE, WHISPER), np.full(step, height))) for height in HEIGHTS.values()]
    made = Engine(RATE, Mixer(), 0, 256, view(np.concatenate([drum, *words]).astype(np.float32)))
    made.carry_out(DefineSample(DRUM, 0, step))
    for number, slot in enumerate(HEIGHTS):
        made.carry_out(DefineSample(slot, step + number * (BEFORE + step), BEFORE + step))
    made.set_levels((1.0, 1.0, 1.0, 0.5))
    made.carry_out(SetTempo(TEMPO))
    made.load_score(lay(score))
    return made


def render(made: Engine, frames: int, block: int = 160) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What is played, and what only the cue has, left side of each."""
    played, cue = np.zeros((2, frames, 2), np.float32)
    for first in range(0, frames, block):
        part = slice(first, min(first + block, frames))
        count = len(played[part])
        made.render(view(np.zeros(0, np.float32)), view(played[part].reshape(-1)), count, view(cue[part].reshape(-1)))
    return played[:, 0], (cue - played)[:, 0]


def said(words: NDArray[np.float32]) -> list[tuple[int, int]]:
    """The frames at which vowels begin, and which word each is."""
    high = words > 0.5 * HEIGHTS[ONE] * np.sqrt(0.5)
    starts = [int(start) for start in np.flatnonzero(high & ~np.concatenate(([False], high[:-1])))]
    return [(start, nearest(words[min(start + 2 * round(ENTRY * RATE), len(words) - 1)])) for start in starts]


def nearest(height: np.float32) -> int:
    """The word of that height, as it is on one side."""
    return min(HEIGHTS, key=lambda slot: abs(HEIGHTS[slot] * np.sqrt(0.5) - float(height)))


def test_each_vowel_falls_on_its_beat() -> None:
    made = engine(SCORE)
    made.carry_out(StartRhythm(0.0))
    _, words = render(made, 9 * BEAT)
    # The first begins in its midst, and so within its entry.
    (first, one), *rest = said(words)
    assert (first < ENTRY * RATE, one) == (True, ONE)
    assert rest == [(2 * BEAT, TWO), (4 * BEAT, ONE), (6 * BEAT, TWO), (8 * BEAT, ONE)]
    assert words[2 * BEAT - BEFORE] == pytest.approx(WHISPER * np.sqrt(0.5))
    assert words[2 * BEAT - BEFORE - 1] == 0.0


def test_nobody_else_hears_them() -> None:
    heard = []
    for score in (SCORE, MUTE):
        made = engine(score)
        made.carry_out(StartRhythm(0.0))
        heard.append(render(made, 6 * BEAT))
    assert np.array_equal(heard[0][0], heard[1][0])
    assert heard[0][1].any()
    assert not heard[1][1].any()


@pytest.mark.parametrize("block", [1, 64, 127])
def test_blocks_of_any_size_say_the_same(block: int) -> None:
    parts = []
    for size in (block, 160):
        made = engine(SCORE)
        made.carry_out(StartRhythm(1.0))
        parts.append(render(made, 2 * BEAT, size))
    assert np.array_equal(parts[0][0], parts[1][0])
    assert np.array_equal(parts[0][1], parts[1][1])


def test_another_tempo_moves_what_is_to_come() -> None:
    made = engine(SCORE)
    made.carry_out(StartRhythm(0.0))
    before = render(made, BEAT)[1]
    made.carry_out(SetTempo(240.0))
    words = np.concatenate((before, render(made, 4 * BEAT)[1]))
    assert said(words)[1:] == [(3 * BEAT // 2, TWO), (5 * BEAT // 2, ONE), (7 * BEAT // 2, TWO), (9 * BEAT // 2, ONE)]


def test_a_beat_too_near_to_be_led_up_to_is_said_from_the_midst_of_its_word() -> None:
    made = engine(SCORE)
    made.carry_out(StartRhythm(1.0))
    before = render(made, BEAT // 2)[1]
    made.carry_out(SetTempo(480.0))
    words = np.concatenate((before, render(made, BEAT)[1]))
    # Beat 2, half a beat away, now comes after an eighth of a second, less than the lead.
    assert said(words)[0] == (BEAT // 2 + BEAT // 8, TWO)


@pytest.mark.parametrize(("late", "expected"), [(0.5 * LATE, [ONE]), (2.0 * LATE, [])])
def test_one_who_joins_a_little_late_is_still_told(late: float, expected: list[int]) -> None:
    made = engine(SCORE)
    made.carry_out(JoinRhythm(0.0, -late * RATE))
    assert [slot for _, slot in said(render(made, BEAT)[1])] == expected


def test_the_sam_that_ends_it_is_said_and_nothing_more() -> None:
    made = engine(SCORE)
    made.carry_out(StartRhythm(0.0))
    before = render(made, 3 * BEAT)[1]
    made.carry_out(EndRhythm())
    words = np.concatenate((before, render(made, 6 * BEAT)[1]))
    assert said(words)[-1] == (4 * BEAT, ONE)


def test_a_stop_fades_the_word_as_well() -> None:
    made = engine(SCORE)
    made.carry_out(StartRhythm(0.0))
    render(made, 2 * BEAT + 80)
    made.carry_out(StopRhythm())
    words = render(made, 4 * BEAT)[1]
    assert words[0] > 0.5 * HEIGHTS[TWO] * np.sqrt(0.5)
    assert not words[round(0.031 * RATE) :].any()


def test_what_comes_at_sam_is_said_on_it() -> None:
    made = engine(SCORE)
    made.carry_out(StartRhythm(0.0))
    before = render(made, 3 * BEAT)[1]
    made.load_score(lay(OTHERS))
    words = np.concatenate((before, render(made, 8 * BEAT)[1]))
    assert said(words)[1:] == [(2 * BEAT, TWO), (4 * BEAT, OTHER), (7 * BEAT, OTHER), (10 * BEAT, OTHER)]


def test_a_mute_beginning_leads_to_the_first_word() -> None:
    made = engine(Score(1, 4.0, HITS, 1))
    made.carry_out(StartRhythm(-2.0))
    made.load_score(lay(SCORE))
    words = render(made, 5 * BEAT)[1]
    assert said(words) == [(2 * BEAT, ONE), (4 * BEAT, TWO)]


def test_words_that_come_in_the_midst_are_said_from_there_on() -> None:
    made = engine(MUTE)
    made.carry_out(StartRhythm(0.0))
    before = render(made, BEAT)[1]
    made.swap_score(lay(SCORE))
    words = np.concatenate((before, render(made, 4 * BEAT)[1]))
    assert said(words) == [(2 * BEAT, TWO), (4 * BEAT, ONE)]
    made.swap_score(lay(MUTE))
    assert not said(render(made, 4 * BEAT)[1])[1:]


@settings(max_examples=15, deadline=None)
@given(st.floats(min_value=-9.0, max_value=9.0), st.sampled_from((0.0, 2.0)))
def test_the_word_after_a_beat_is_the_first_one_there(beat: float, turn: float) -> None:
    score = Score(1, 4.0, HITS, 1, turn, (Word(0.5, ONE), Word(1.25, TWO)))
    places = [(k * score.sam + word.beat, word.slot) for k in range(-8, 8) for word in score.words]
    assert rolled(lay(score)).word_after(beat) == min(place for place in places if place[0] >= beat)


def test_there_may_be_no_word_at_all() -> None:
    assert rolled(lay(MUTE)).word_after(0.0) == (np.inf, 0)
