"""Drones whose rounds go with the rhythm: pluck by pluck, in frames, whatever is done to tempo, beat and cycle."""

import itertools
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox.music.cycle import Score
from jambox.music.drone import Figure
from jambox.music.roll import lay
from jambox.rounds import Lock, beats_of
from jambox.sound.players import SKIPPED, RhythmPlayer
from jambox.sound.plucker import DronePlayer
from tests.sound.bench import RATE, figure_of, score_of
from tests.sound.recorder import Recorder, samples

FREQUENCIES = (110.0, 146.83, 146.91, 73.42)
TANPURA = figure_of(0, 1, 2, 3, seconds=5.0, jitter=0.04, waits=(1.0, 1.0, 1.0, 2.0), frequencies=FREQUENCIES)
TEENTAL = score_of((0.0, 8), (4.0, 9), (8.0, 9), (12.0, 9), length=16.0)
RUPAK = score_of((0.0, 8), (3.0, 9), (5.0, 9), length=7.0, serial=2)
NEAR = 1.0 + RATE / (2.0 * FREQUENCIES[0])
"""Frames by which the first string, which is struck in phase with what rings of it, may be off its beat."""
Act = Callable[["Pair", int], None]


class Pair:
    """A rhythm and a drone that goes by it, as the engine has them: what is struck, in frames."""

    def __init__(
        self, lock: Lock, figure: Figure = TANPURA, score: Score | None = TEENTAL, tempo: float = 60.0
    ) -> None:
        self.rhythm, self.drone = RhythmPlayer(RATE, samples(), 0), DronePlayer(RATE, samples())
        self.frame = 0
        self.plucks: list[tuple[int, int]] = []
        self.figure = figure
        self.quiet = Recorder()
        self.rhythm.set_tempo(tempo, 0)
        if score:
            self.rhythm.load(lay(score), 0)
        self.agree()
        self.drone.lock(lock, 0)
        self.drone.load(figure, self.quiet, 0)

    def agree(self) -> None:
        self.drone.heed(self.rhythm.metre, self.frame)

    def run(self, frame: int) -> None:
        """Let all happen that is due before `frame`."""
        while (due := min(self.rhythm.due, self.drone.due)) < frame:
            assert due >= self.frame
            self.frame = self.quiet.frame = due
            if self.rhythm.due <= due:
                self.rhythm.play(self.quiet, due)
                self.agree()
            else:
                self.plucks.append((due, self.drone.turn % len(self.figure.waits)))
                self.drone.play(self.quiet, due)
        self.frame = frame

    def do(self, frame: int, act: Act) -> None:
        self.run(frame)
        act(self, frame)
        self.agree()

    def rounds(self) -> list[int]:
        """The frames of the rounds' first plucks."""
        return [frame for frame, string in self.plucks if string == 0]

    def off(self, frame: int, step: float) -> float:
        """By how many frames that is off the nearest of the places that are `step` beats apart, from a sam on."""
        beat = self.rhythm.timeline.beat_at(frame) - self.rhythm.origin
        return abs(beat - round(beat / step) * step) * self.rhythm.timeline.frames_per_beat


def start_drone(pair: Pair, frame: int) -> None:
    pair.drone.start(frame)


def start_rhythm(pair: Pair, frame: int) -> None:
    pair.rhythm.start(0.0, frame)


def gaps(pair: Pair) -> list[int]:
    """Frames between two plucks of one string, of all strings."""
    strings = [[frame for frame, one in pair.plucks if one == string] for string in range(len(pair.figure.waits))]
    return [after - before for frames in strings for before, after in itertools.pairwise(frames)]


@pytest.mark.parametrize(
    ("lock", "tempo", "score", "beats"),
    [
        (Lock.CYCLE, 60.0, TEENTAL, 4),
        (Lock.CYCLE, 120.0, TEENTAL, 8),
        (Lock.CYCLE, 200.0, TEENTAL, 16),
        (Lock.CYCLE, 61.7, RUPAK, 7),
        (Lock.BEAT, 60.0, TEENTAL, 5),
        (Lock.BEAT, 133.33, TEENTAL, 11),
    ],
)
def test_every_round_begins_on_its_beat(lock: Lock, tempo: float, score: Score, beats: int) -> None:
    pair = Pair(lock, score=score, tempo=tempo)
    start_drone(pair, 0)
    pair.do(0, start_rhythm)
    pair.run(90 * RATE + round(NEAR))
    expected = [turn * beats * 60.0 / tempo * RATE for turn in range(len(pair.rounds()))]
    assert len(expected) == 1 + int(90 * tempo / 60 / beats)
    assert all(abs(frame - due) <= NEAR for frame, due in zip(pair.rounds(), expected, strict=True))
    assert [string for _, string in pair.plucks] == [turn % 4 for turn in range(len(pair.plucks))]


def test_strings_are_struck_in_phase_with_what_rings_of_them() -> None:
    pair = Pair(Lock.CYCLE, tempo=87.3)
    start_drone(pair, 1000)
    pair.do(1700, start_rhythm)
    pair.do(9 * RATE, lambda pair, frame: pair.rhythm.set_tempo(91.0, frame))
    pair.run(40 * RATE)
    assert len(pair.plucks) > 20
    for frame, string in pair.plucks:
        periods = (frame - 1000) / RATE * FREQUENCIES[string]
        assert abs(periods - round(periods)) <= 0.51 * FREQUENCIES[string] / RATE


@settings(max_examples=20)
@given(st.sampled_from([Lock.BEAT, Lock.CYCLE]), st.floats(1.0, 14.0), st.floats(40.0, 240.0))
def test_when_the_rhythm_starts_the_next_round_finds_its_place(lock: Lock, seconds: float, tempo: float) -> None:
    """No string is plucked twice within half a round, none waits for two."""
    pair = Pair(lock, tempo=tempo)
    pair.do(700, start_drone)
    pair.do(700 + round(seconds * RATE), start_rhythm)
    assert pair.drone.round is not None
    length, count = pair.drone.round.length, len(pair.rounds())
    pair.run(40 * RATE)
    assert all(pair.off(frame, length if lock is Lock.CYCLE else 1.0) <= NEAR for frame in pair.rounds()[count:])
    frames = length * 60.0 / tempo * RATE
    # A string may stray, and be shifted by half its period.
    slack = 0.05 * frames + RATE / 73.0
    assert all(0.5 * frames - slack <= gap <= 2.0 * frames + slack for gap in gaps(pair))


@settings(max_examples=20)
@given(
    st.sampled_from([Lock.BEAT, Lock.CYCLE]),
    st.lists(st.tuples(st.integers(1, 200000), st.floats(30.0, 300.0)), max_size=8),
)
def test_tempo_changes_neither_repeat_nor_lose_a_pluck_nor_leave_the_grid(
    lock: Lock, changes: list[tuple[int, float]]
) -> None:
    pair, frame = Pair(lock), 0
    pair.do(0, start_rhythm)
    pair.do(0, start_drone)
    for wait, tempo in changes:
        begun = len(pair.plucks)
        pair.do(frame + wait, lambda pair, frame, tempo=tempo: pair.rhythm.set_tempo(tempo, frame))  # type: ignore[misc]
        frame += wait
        assert all(pair.drone.last >= before for before, _ in pair.plucks[begun:])
    now = pair.drone.round
    assert now is not None
    before = len(pair.plucks)
    pair.run(frame + 30 * RATE)
    assert [string for _, string in pair.plucks] == [turn % 4 for turn in range(len(pair.plucks))]
    longest = pair.rhythm.timeline.frames_per_beat * max(now.length, beats_of(lock, 5.0, pair.rhythm.metre))
    times = [frame for frame, _ in pair.plucks[before:]]
    assert all(0 < later - sooner <= longest for sooner, later in itertools.pairwise(times))
    assert all(pair.off(frame, 1.0) <= NEAR for frame, string in pair.plucks[before:] if string == 0)


def test_laya_doubles_and_halves_and_rounds_stay_on_sam() -> None:
    pair = Pair(Lock.CYCLE, tempo=80.0)
    pair.do(0, start_rhythm)
    pair.do(0, start_drone)
    for second, tempo in ((7.3, 160.0), (19.1, 320.0), (31.9, 160.0), (44.2, 80.0), (57.0, 40.0)):
        length = 4.0 if pair.rhythm.timeline.tempo <= 80.0 else 8.0
        pair.do(round(second * RATE), lambda pair, frame, tempo=tempo: pair.rhythm.set_tempo(tempo, frame))  # type: ignore[misc]
        assert pair.drone.round is not None
        assert pair.drone.round.following % min(length, 4.0) == 0.0
    pair.run(80 * RATE)
    assert max(gaps(pair)) < 10.0 * RATE


@pytest.mark.parametrize("shift", [-11000, -300, 500, 13000])
def test_a_placed_beat_moves_the_next_round_and_not_the_one_under_way(shift: int) -> None:
    """Taps of the fourth on place the beat; a tap may come when the round is about to begin."""
    still, moved = Pair(Lock.BEAT, tempo=120.0), Pair(Lock.BEAT, tempo=120.0)
    for pair in (still, moved):
        pair.do(0, start_rhythm)
        pair.do(0, start_drone)
    moved.do(RATE, lambda pair, frame: pair.rhythm.place_beat(RATE + shift, frame))
    for pair in (still, moved):
        pair.run(30 * RATE)
    assert [frame for frame, _ in moved.plucks[:4]] == pytest.approx([frame for frame, _ in still.plucks[:4]], abs=1)
    assert all(moved.off(frame, 1.0) <= NEAR for frame in moved.rounds()[1:])
    # The nearest beat is placed, at most half a beat away.
    moves = (shift + 12000) % 24000 - 12000
    assert moved.rounds()[1] - still.rounds()[1] == pytest.approx(moves, abs=2 * NEAR)


def test_a_round_whose_beat_has_just_passed_begins_at_once() -> None:
    pair = Pair(Lock.BEAT, tempo=60.0)
    pair.do(0, start_rhythm)
    pair.do(0, start_drone)
    late = round((5.0 - 0.5 * SKIPPED) * RATE)
    # The beat on which the round begins is placed back to before the present.
    pair.do(late, lambda pair, frame: pair.rhythm.place_beat(frame - 0.5 * SKIPPED * RATE, frame))
    pair.run(late + 1)
    assert pair.rounds() == [0, late]


def test_in_silence_rounds_keep_their_length_from_where_the_drone_started() -> None:
    pair = Pair(Lock.CYCLE, tempo=60.0)
    pair.do(12345, start_drone)
    pair.run(14 * RATE)
    pair.do(14 * RATE, lambda pair, frame: pair.rhythm.set_tempo(66.0, frame))
    pair.run(40 * RATE)
    firsts = pair.rounds()
    assert firsts[:4] == pytest.approx([12345 + turn * 4 * RATE for turn in range(4)], abs=NEAR)
    assert [after - before for before, after in itertools.pairwise(firsts[4:])] == pytest.approx(
        [4 * 60 / 66 * RATE] * (len(firsts) - 5), abs=2 * NEAR
    )
    assert pair.off(firsts[1], 1.0) > RATE / 10


def test_a_drone_that_comes_in_later_sounds_at_once_and_is_in_place_from_its_next_round_on() -> None:
    pair = Pair(Lock.CYCLE, tempo=120.0)
    pair.do(0, start_rhythm)
    pair.do(3 * RATE, start_drone)
    pair.run(40 * RATE)
    firsts = pair.rounds()
    # A round lasts 8 beats, of half a second each; it has begun on beat 6, and would end on beat 14: 16 is next.
    assert firsts[0] == 3 * RATE
    assert firsts[1:] == pytest.approx([(8 + 4 * turn) * RATE for turn in range(len(firsts) - 1)], abs=NEAR)


@pytest.mark.parametrize("late", [-0.2, 0.3])
def test_pressed_beside_a_beat_only_the_first_pluck_is_off_it(late: float) -> None:
    pair = Pair(Lock.BEAT, msgspec.structs.replace(TANPURA, jitter=0.0), tempo=60.0)
    pair.do(0, start_rhythm)
    pair.do(round((3.0 + late) * RATE), start_drone)
    pair.run(19 * RATE + RATE // 2)
    assert pair.plucks[0] == (round((3.0 + late) * RATE), 0)
    beats = [4.0, 5.0, 6.0, 8.0, 9.0, 10.0, 11.0, 13.0, 14.0, 15.0, 16.0, 18.0, 19.0]
    half_a_period = 1.0 + RATE / (2.0 * min(FREQUENCIES))
    assert [frame for frame, _ in pair.plucks[1:]] == pytest.approx([beat * RATE for beat in beats], abs=half_a_period)


def test_another_cycle_is_gone_by_from_its_sam_on() -> None:
    pair = Pair(Lock.CYCLE, tempo=60.0)
    pair.do(0, start_rhythm)
    pair.do(0, start_drone)
    pair.do(5 * RATE, lambda pair, frame: pair.rhythm.load(lay(RUPAK), frame))
    pair.run(60 * RATE)
    # Rounds of 4 beats up to sam, from there on of 7.
    expected = [0, 4, 8, 12, 16, 23, 30, 37, 44, 51, 58]
    assert pair.rounds() == pytest.approx([beat * RATE for beat in expected], abs=NEAR)


def test_an_introduction_is_not_gone_by_but_the_cycle_that_it_leads_to() -> None:
    """Its score has another length, and is of the same line."""
    led = Score(3, 16.0, TEENTAL.hits, 7)
    intro = Score(4, 6.0, (), 7)
    pair = Pair(Lock.CYCLE, score=intro, tempo=60.0)
    pair.do(RATE, lambda pair, frame: pair.rhythm.start(-3.0, frame))
    pair.rhythm.load(lay(led), pair.frame)
    pair.agree()
    assert pair.rhythm.metre.sam == 16.0
    pair.do(RATE + 100, start_drone)
    pair.run(30 * RATE)
    assert pair.rounds()[1:] == pytest.approx([(beat + 4) * RATE for beat in (4, 8, 12, 16, 20, 24)], abs=NEAR)


def test_the_end_of_the_rhythm_leaves_rounds_as_they_are() -> None:
    pair = Pair(Lock.CYCLE, tempo=60.0)
    pair.do(0, start_rhythm)
    pair.do(0, start_drone)
    pair.do(3 * RATE, lambda pair, frame: pair.rhythm.end(frame))
    pair.run(40 * RATE)
    assert not pair.rhythm.playing
    assert pair.rounds() == pytest.approx([turn * 4 * RATE for turn in range(10)], abs=NEAR)


@pytest.mark.parametrize("second", [3.0, 4.4, 4.99])
@pytest.mark.parametrize("lock", [Lock.BEAT, Lock.CYCLE])
def test_locked_and_free_again_no_pluck_is_lost_or_doubled(lock: Lock, second: float) -> None:
    pair = Pair(Lock.FREE, tempo=60.0)
    pair.do(0, start_rhythm)
    pair.do(100, start_drone)
    pair.do(round(second * RATE), lambda pair, frame: pair.drone.lock(lock, frame))
    pair.run(20 * RATE)
    later = [frame for frame in pair.rounds() if frame > second * RATE]
    assert all(pair.off(frame, 4.0 if lock is Lock.CYCLE else 1.0) <= NEAR for frame in later)
    due = pair.drone.due
    pair.do(20 * RATE, lambda pair, frame: pair.drone.lock(Lock.FREE, frame))
    assert pair.drone.due == pytest.approx(due, abs=NEAR)
    pair.run(60 * RATE)
    assert [string for _, string in pair.plucks] == [turn % 4 for turn in range(len(pair.plucks))]
    assert all(2.5 * RATE < gap < 10.0 * RATE for gap in gaps(pair))
    free = pair.rounds()[-6:]
    assert [after - before for before, after in itertools.pairwise(free)] == pytest.approx([5 * RATE] * 5, rel=0.1)


def test_a_lock_before_the_first_pluck_is_there_from_the_first_round_on() -> None:
    pair = Pair(Lock.FREE, tempo=60.0)
    pair.do(0, start_rhythm)
    pair.do(0, start_drone)
    pair.do(0, lambda pair, frame: pair.drone.lock(Lock.CYCLE, frame))
    pair.run(20 * RATE)
    assert pair.rounds() == pytest.approx([turn * 4 * RATE for turn in range(5)], abs=NEAR)


def test_the_beat_where_no_cycle_is_known() -> None:
    pair = Pair(Lock.CYCLE, score=None, tempo=90.0)
    pair.do(0, start_drone)
    assert pair.drone.round is not None
    assert pair.drone.round.length == 8.0


def test_what_is_steady_stays_free() -> None:
    plucked = []
    for lock in Lock:
        pair = Pair(lock, figure_of(0, 1, seconds=3.0, steady=True), tempo=77.0)
        pair.do(0, start_rhythm)
        pair.do(5000, start_drone)
        pair.do(4 * RATE, lambda pair, frame: pair.rhythm.set_tempo(99.0, frame))
        pair.do(5 * RATE, lambda pair, frame, lock=lock: pair.drone.lock(lock, frame))  # type: ignore[misc]
        pair.run(20 * RATE)
        plucked.append(pair.plucks)
    assert plucked[0] == plucked[1] == plucked[2]
    assert len(plucked[0]) > 10


def test_a_kindred_drone_goes_on_in_the_same_round_and_another_begins_its_own() -> None:
    pair = Pair(Lock.CYCLE, tempo=60.0)
    pair.do(0, start_rhythm)
    pair.do(0, start_drone)
    higher = figure_of(
        4, 5, 6, 7, seconds=5.0, jitter=0.04, waits=(1.0, 1.0, 1.0, 2.0), frequencies=(220.0,) * 4, serial=2
    )
    pair.do(5 * RATE, lambda pair, frame: pair.drone.load(higher, pair.quiet, frame))
    pair.run(13 * RATE)
    assert pair.rounds() == pytest.approx([turn * 4 * RATE for turn in range(4)], abs=NEAR)
    pair.figure = figure_of(8, 9, seconds=2.0, frequencies=(220.0,) * 2, serial=3)
    pair.do(13 * RATE, lambda pair, frame: pair.drone.load(pair.figure, pair.quiet, frame))
    pair.plucks.clear()
    pair.run(20 * RATE)
    assert pair.rounds()[0] == 13 * RATE
    # It began on beat 13, for two beats; with its next round on an even one it waits for one beat or three.
    assert pair.rounds()[1:] == pytest.approx([beat * RATE for beat in (16, 18)], abs=NEAR)
