"""The players, struck frame by frame: on the grid, once each, whatever is changed meanwhile."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox.music.cycle import Hit, Score, Sound
from jambox.music.drone import Figure
from jambox.sound import layout
from jambox.sound.players import CHANGE, CHANGE_FADE, DRONE_FADE, END, ENTRY, NEVER, DronePlayer, RhythmPlayer, Samples
from jambox.sound.softness import Softness
from jambox.sound.voices import Voices
from tests.sound.bench import RATE, figure_of, score_of

SLOTS = 32
TEMPI = (20.0, 61.7, 120.0, 133.33, 400.0)
FOUR = score_of((0.0, 0), (1.0, 1), (2.5, 2), (3.0, 3))


class Recorder(Voices):
    """Writes down (frame, slot, gain, pan) of every voice and (bus, seconds) of every release."""

    def __init__(self, length: int = 10) -> None:
        super().__init__(RATE)
        self.length = length
        self.frame = 0
        self.entries: list[tuple[float, float]] = []
        self.struck: list[tuple[int, int, float, float]] = []
        self.released: list[tuple[int, float]] = []
        self.groups: list[int] = []
        self.darkened: list[tuple[float, float]] = []
        self.choked: list[tuple[int, int]] = []

    def start(
        self,
        bus: int,
        offset: int,
        length: int,
        gain: float,
        pan: float = 0.0,
        step: float = 1.0,
        choke: int = 0,
        skip: float = 0.0,
        rise: float = 0.0,
        dark: float = 0.0,
        corner: float = 0.0,
    ) -> None:
        assert (bus in (layout.DRONE, layout.RHYTHM), length, step) == (True, self.length, 1.0)
        self.struck.append((self.frame, offset // length, gain, pan))
        self.groups.append(choke)
        self.darkened.append((dark, corner))
        self.entries.append((skip, rise))

    def release(self, bus: int, seconds: float) -> None:
        self.released.append((bus, seconds))

    def choke(self, group: int) -> None:
        self.choked.append((self.frame, group))

    @property
    def places(self) -> list[tuple[int, int]]:
        return [(frame, slot) for frame, slot, _, _ in self.struck]

    @property
    def slots(self) -> list[int]:
        return [slot for _, slot, _, _ in self.struck]


def samples(length: int = 10) -> Samples:
    made = Samples(SLOTS)
    for slot in range(SLOTS):
        made.define(slot, length * slot, length)
    return made


def rhythm(score: Score | None = FOUR, tempo: float = 120.0, beat: float | None = 0.0) -> RhythmPlayer:
    """A player that has started at frame 0 from `beat`."""
    player = RhythmPlayer(RATE, samples(), 0)
    player.set_tempo(tempo, 0)
    if score is not None:
        player.load(score, 0)
    if beat is not None:
        player.start(beat, 0)
    return player


def run(player: RhythmPlayer | DronePlayer, voices: Recorder, until: int) -> None:
    """Let the player do everything that is due before frame `until`."""
    while player.due < until:
        assert player.due >= voices.frame
        voices.frame = player.due
        player.play(voices, voices.frame)
    voices.frame = until


@pytest.mark.parametrize("tempo", TEMPI)
def test_hits_land_on_the_grid_over_many_cycles(tempo: float) -> None:
    player, voices = rhythm(tempo=tempo), Recorder()
    frames_per_beat = 60.0 * RATE / tempo
    run(player, voices, round(400 * frames_per_beat))
    beats = [4 * turn + beat for turn in range(100) for beat in (0.0, 1.0, 2.5, 3.0)]
    assert voices.places == [(round(beat * frames_per_beat), i % 4) for i, beat in enumerate(beats)]


@settings(max_examples=60)
@given(changes=st.lists(st.tuples(st.integers(1, 40000), st.floats(20, 400)), max_size=12))
def test_tempo_changes_neither_repeat_nor_lose_a_hit(changes: list[tuple[int, float]]) -> None:
    player, voices = rhythm(), Recorder()
    frame = 0
    for wait, tempo in changes:
        frame += wait
        run(player, voices, frame)
        before = player.timeline.beat_at(frame)
        player.set_tempo(tempo, frame)
        assert player.timeline.beat_at(frame) == pytest.approx(before, abs=1e-9)
    run(player, voices, frame + RATE * 4)
    assert voices.slots == [i % 4 for i in range(len(voices.slots))]
    # As many as the position asks for: the last beat reached tells how many hits lie before it.
    assert abs(len(voices.slots) - FOUR.index_at(player.timeline.beat_at(voices.frame))) <= 1


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
        player.swap(line(PULSES, *sorted(kept)), frame)
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


def test_what_was_struck_before_the_beat_was_moved_back_is_not_struck_again_by_its_kin() -> None:
    player, voices = rhythm(line(PULSES, 0, 2, 5)), Recorder()
    run(player, voices, RATE // 2 + 10)
    player.place_beat(RATE // 2 + 10010, RATE // 2 + 10)  # beat 1 is to come once more, in a fifth of a second
    player.swap(line(PULSES, 0, 1, 2, 3, 5), RATE // 2 + 10)
    run(player, voices, 2 * RATE)
    assert voices.slots[:3] == [0, 2, 5]


def test_a_score_of_another_line_is_not_swapped_in() -> None:
    for other in (line(PULSES, 1, number=8), FOUR):
        player, voices = rhythm(line(PULSES, 0)), Recorder()
        player.swap(other, 0)
        run(player, voices, 2 * RATE)
        assert voices.slots == [0]
    player = rhythm(None, beat=None)
    player.swap(line(PULSES, 1), 0)
    assert player.score is None


def test_one_that_waits_is_replaced_by_its_kin_and_what_sounds_is_not() -> None:
    player, voices = rhythm(line(PULSES, 0, 2)), Recorder()
    player.load(line(PULSES, 3, number=8), 10)
    player.swap(line(PULSES, 4, number=8), 20)
    run(player, voices, 4 * RATE)
    assert voices.slots == [0, 2, 4]


def test_kin_that_comes_in_at_sam_goes_on_in_the_midst_of_its_period() -> None:
    """Two cycles of four beats make a period of eight: at the first's second sam, the second half is played."""
    player, voices = rhythm(line(PULSES, 0, turn=2.0)), Recorder()
    run(player, voices, RATE // 2)
    player.load(line(PULSES, 1, 5, turn=2.0), RATE // 2)
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
    player.load(Score(2, 28.0, hits, 7, turn), voices.frame)
    run(player, voices, round(30.0 * RATE / 2.0))
    assert voices.slots == [0, 1, 2, 3, 4, 5, 0]


def test_the_end_comes_at_the_next_sam_of_several_in_a_score() -> None:
    player, voices = rhythm(line(PULSES, 0, 5, turn=2.0)), Recorder()
    run(player, voices, RATE // 4)
    player.end(RATE // 4)
    run(player, voices, 4 * RATE)
    assert (player.playing, voices.places) == (False, [(0, 0), (RATE, 0)])


@pytest.mark.parametrize(("beat", "slots"), [(0.0, [0, 1, 2, 3, 0]), (1.5, [2, 3, 0, 1, 2]), (3.0, [3, 0, 1, 2, 3])])
def test_play_starts_from_any_beat_of_the_cycle(beat: float, slots: list[int]) -> None:
    player, voices = rhythm(beat=beat), Recorder()
    run(player, voices, 4 * RATE)
    assert voices.slots[:5] == slots
    assert voices.places[0][0] == round((FOUR.beat_of(FOUR.index_at(beat)) - beat) * RATE / 2)


@pytest.mark.parametrize(
    ("beat", "heard", "struck"),
    [
        (0.0, 500.0, [(500, 0), (24500, 1), (60500, 2)]),
        (0.0, -2000.0, [(0, 0), (22000, 1), (58000, 2)]),
        (0.0, -4000.0, [(20000, 1), (56000, 2), (68000, 3)]),
        (2.0, -23000.0, [(1000, 3), (25000, 0), (49000, 1)]),
        (7.0, 24000.0, [(24000, 3), (48000, 0), (72000, 1)]),
        (0.0, -24000.0 * 1e6, [(0, 0), (24000, 1), (60000, 2)]),
    ],
    ids=["to come", "just passed", "passed for longer", "on the way", "a later beat", "passed for days"],
)
def test_joining_is_in_place_at_once(beat: float, heard: float, struck: list[tuple[int, int]]) -> None:
    """At 120 a minute a beat is 24,000 frames."""
    player, voices = rhythm(beat=None), Recorder()
    player.join(beat, heard, 0)
    assert (player.beginning, player.run) == (beat, 1)
    run(player, voices, 2 * RATE)
    assert voices.places[:3] == struck


@pytest.mark.parametrize("frame", [1, 30000, 71999, 72001, 95999])
def test_end_closes_on_sam_and_strikes_it(frame: int) -> None:
    player, voices = rhythm(), Recorder()
    run(player, voices, frame)
    player.end(frame)
    assert player.pending == END
    assert player.boundary == 4.0
    run(player, voices, 20 * RATE)
    assert voices.places[-1] == (2 * RATE, 0)
    assert voices.slots == [0, 1, 2, 3, 0]
    assert (player.playing, player.due, player.pending) == (False, NEVER, 0)


def test_end_at_the_very_frame_of_sam_closes_there() -> None:
    # At 133.33 to the minute sam of the second cycle lies between two frames, and is due after its place.
    for tempo in (120.0, 133.33, 61.7):
        player, voices = rhythm(tempo=tempo), Recorder()
        sam = round(4 * 60.0 * RATE / tempo)
        run(player, voices, sam)
        player.end(sam)
        run(player, voices, 30 * RATE)
        assert voices.places[-1] == (sam, 0)
        assert len(voices.struck) == 5


def test_end_without_a_stroke_on_sam_closes_silently() -> None:
    player, voices = rhythm(score_of((1.0, 1), (2.0, 2))), Recorder()
    run(player, voices, 1000)
    player.end(1000)
    run(player, voices, 20 * RATE)
    assert voices.slots == [1, 2]
    assert not player.playing


def test_end_strikes_everything_that_lies_on_sam() -> None:
    player, voices = rhythm(score_of((0.0, 0), (0.0, 5), (2.0, 2))), Recorder()
    player.end(1)
    run(player, voices, 20 * RATE)
    assert voices.slots == [0, 5, 2, 0, 5]


def test_another_score_comes_in_at_sam() -> None:
    player, voices = rhythm(), Recorder()
    run(player, voices, 30000)
    player.load(score_of((0.0, 10), (1.0, 11), length=3.0, serial=2), 30000)
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
    player.load(score_of((0.0, 10), serial=2), sam - 10)
    player.load(score_of((0.0, 11), serial=3), sam)
    run(player, voices, sam + 1)
    assert voices.places[-1] == (sam, 11)


def test_at_the_frame_of_sam_a_score_still_comes_in_there() -> None:
    for tempo in (120.0, 133.33, 61.7, 77.7):
        player, voices = rhythm(tempo=tempo), Recorder()
        sam = round(4 * 60.0 * RATE / tempo)
        run(player, voices, sam)
        player.load(score_of((0.0, 10), serial=2), sam)
        run(player, voices, sam + 1)
        assert voices.places[-1] == (sam, 10)


def test_just_after_sam_a_score_waits_for_the_next() -> None:
    for tempo in (120.0, 133.33, 61.7, 77.7):
        player, voices = rhythm(tempo=tempo), Recorder()
        sam = round(4 * 60.0 * RATE / tempo)
        run(player, voices, sam + 1)
        player.load(score_of((0.0, 10), serial=2), sam + 1)
        assert player.boundary == 8.0


def test_a_silent_player_takes_a_score_at_once() -> None:
    player = rhythm(beat=None)
    player.load(score_of((0.0, 7), serial=2), 100)
    assert player.score is not None
    assert player.score.serial == 2
    assert (player.pending, player.due) == (0, NEVER)


def test_a_score_that_waits_while_the_rhythm_ends_is_kept() -> None:
    player, voices = rhythm(), Recorder()
    player.load(score_of((0.0, 10), serial=2), 1)
    player.end(2)
    run(player, voices, 20 * RATE)
    assert voices.slots == [0, 1, 2, 3, 0]
    player.start(0.0, voices.frame)
    run(player, voices, voices.frame + 1)
    assert voices.slots[-1] == 10


def test_starting_anew_takes_the_score_that_waits() -> None:
    player, voices = rhythm(), Recorder()
    run(player, voices, 1000)
    player.load(score_of((0.0, 10), serial=2), 1000)
    player.start(0.0, 2000)
    run(player, voices, 2001)
    assert voices.places == [(0, 0), (2000, 10)]
    assert player.pending == 0


def test_starting_again_calls_the_end_off() -> None:
    player, voices = rhythm(), Recorder()
    player.end(1)
    player.start(0.0, 0)
    run(player, voices, 5 * RATE)
    assert len(voices.struck) > 5


def test_stop_strikes_nothing_more() -> None:
    player, voices = rhythm(), Recorder()
    run(player, voices, 1000)
    player.load(score_of((0.0, 10), serial=2), 1000)
    player.stop()
    run(player, voices, 20 * RATE)
    assert voices.slots == [0]
    assert player.score is not None
    assert player.score.serial == 2


def test_without_a_score_nothing_starts_and_nothing_breaks() -> None:
    player = rhythm(score=None)
    player.end(5)
    player.place_beat(10.0, 20)
    player.stop()
    assert (player.playing, player.due) == (False, NEVER)


def test_a_score_of_rests_plays_on_in_silence() -> None:
    rests = Score(2, 4.0, ())
    player, voices = rhythm(), Recorder()
    player.load(rests, 1)
    run(player, voices, 10 * RATE)
    assert voices.slots == [0, 1, 2, 3]
    assert (player.playing, player.due) == (True, NEVER)
    player.load(score_of((0.0, 10), serial=3), 10 * RATE)
    run(player, voices, 10 * RATE + 1)
    assert voices.places[-1] == (10 * RATE, 10)
    ending = rhythm(rests)
    ending.end(5)
    run(ending, Recorder(), 20 * RATE)
    assert not ending.playing


@pytest.mark.parametrize("shift", [-9000, -700, 0, 1, 2500])
def test_a_placed_beat_moves_the_grid_under_it(shift: int) -> None:
    player, voices = rhythm(score_of((0.0, 0), (1.0, 1), (2.0, 2), (3.0, 3))), Recorder()
    beat = RATE // 2
    now = 2 * beat + 10000
    run(player, voices, now)
    player.place_beat(2 * beat + shift, now)
    run(player, voices, 8 * beat)
    assert voices.slots[:6] == [0, 1, 2, 3, 0, 1]
    assert [frame for frame, _ in voices.places[3:6]] == [k * beat + shift for k in (3, 4, 5)]


def test_a_sam_that_was_placed_back_is_not_closed_on_twice() -> None:
    player, voices = rhythm(), Recorder()
    sam = 2 * RATE
    run(player, voices, sam + 10)
    player.place_beat(sam + 2500, sam + 10)
    player.end(sam + 10)
    assert player.boundary == 8.0
    run(player, voices, 20 * RATE)
    assert voices.slots == [0, 1, 2, 3, 0, 1, 2, 3, 0]


def test_hits_that_a_placed_beat_jumps_over_are_not_struck() -> None:
    eighths = score_of(*[(k / 2.0, k) for k in range(8)])
    player, voices = rhythm(eighths), Recorder()
    beat = RATE // 2
    run(player, voices, beat + 10)
    # From 1.0 to 1.45, where nothing lies between, and on to 1.9: the eighth at 1.5 is jumped over.
    for heard in (0.55 * beat, 0.1 * beat):
        player.place_beat(heard, beat + 10)
    assert player.timeline.beat_at(beat + 10) == pytest.approx(1.9, abs=0.01)
    run(player, voices, 2 * beat)
    assert voices.slots[:4] == [0, 1, 2, 4]


def test_velocity_is_squared_and_sounds_strike_together() -> None:
    hit = Hit(0.0, (Sound(4, 1, 0.5), Sound(5, 1, 1.0)), (), 0.6)
    player, voices = rhythm(Score(1, 4.0, (hit,))), Recorder()
    run(player, voices, 1)
    assert voices.slots == [4, 5]
    assert [gain for _, _, gain, _ in voices.struck] == pytest.approx([0.18, 0.36])


def test_a_sound_chokes_its_group_and_others_choke_nothing() -> None:
    hits = (Hit(0.0, (Sound(4, 1, 1.0, 5), Sound(6, 1, 1.0)), (), 1.0), Hit(1.0, (Sound(6, 1, 1.0),), (), 1.0))
    player, voices = rhythm(Score(1, 4.0, hits), tempo=60.0), Recorder()
    run(player, voices, 5 * RATE)
    assert voices.choked == [(0, 5), (4 * RATE, 5)]
    assert voices.groups == [5, 0, 0, 5, 0]


def test_variants_stay_within_their_run_and_never_repeat() -> None:
    score = Score(1, 1.0, (Hit(0.0, (Sound(6, 3, 1.0),), (), 1.0),))
    player, voices = rhythm(score, tempo=400.0), Recorder()
    run(player, voices, 10 * RATE)
    assert set(voices.slots) == {6, 7, 8}
    assert all(a != b for a, b in zip(voices.slots, voices.slots[1:], strict=False))


def drone() -> DronePlayer:
    return DronePlayer(RATE, samples())


def test_strings_are_plucked_in_turn_at_their_times() -> None:
    figure = figure_of(3, 4, 5, 6, seconds=5.0, jitter=0.04, waits=(1.0, 1.0, 1.0, 2.0), pans=(-0.5, 0.0, 0.0, 0.5))
    player, voices = drone(), Recorder()
    player.load(figure, voices, 0)
    assert player.due == NEVER
    player.start(1000)
    run(player, voices, 1000 + 50 * RATE)
    expected = [(1000 + round(figure.time_of(turn) * RATE), 3 + turn % 4) for turn in range(len(voices.struck))]
    assert voices.places == expected
    assert len(expected) in range(39, 42)
    assert [pan for _, _, _, pan in voices.struck[:4]] == [-0.5, 0.0, 0.0, 0.5]


def test_another_drone_takes_over_at_once() -> None:
    player, voices = drone(), Recorder()
    player.load(figure_of(1, 2), voices, 0)
    player.start(0)
    run(player, voices, 1000)
    player.load(figure_of(8, 9, seconds=2.0), voices, 1000)
    run(player, voices, RATE + 1001)
    assert voices.released == [(layout.DRONE, CHANGE_FADE)]
    assert voices.places == [(0, 1), (1000, 8), (1000 + RATE, 9)]


def test_a_drone_that_is_plucked_alike_goes_on_where_the_other_stood() -> None:
    player, voices = drone(), Recorder()
    player.load(figure_of(1, 2), voices, 0)
    player.start(0)
    run(player, voices, 1000)
    player.bend(1.5, voices, 1000)
    player.load(figure_of(8, 9), voices, 1000)
    run(player, voices, 2 * RATE)
    assert (voices.released, player.ratio) == ([], 1.0)
    assert voices.places == [(0, 1), (RATE // 2, 9), (RATE, 8), (3 * RATE // 2, 9)]


def test_more_variants_of_the_same_strings_do_not_interrupt() -> None:
    player, voices = drone(), Recorder()
    player.load(figure_of(1, 4), voices, 0)
    player.start(0)
    run(player, voices, 1000)
    player.load(figure_of(1, 4, variants=3), voices, 1000)
    run(player, voices, 3 * RATE)
    assert voices.released == []
    assert [frame for frame, _ in voices.places] == [k * RATE // 2 for k in range(6)]
    assert all(slot in ((1, 2, 3), (4, 5, 6))[k % 2] for k, slot in enumerate(voices.slots))


def test_strings_without_samples_rest() -> None:
    figure = figure_of(1, 2, 3)
    player, voices = drone(), Recorder()
    sounds = (figure.sounds[0], Sound(2, 0, 1.0), figure.sounds[2])
    player.load(figure_of(1, 2, 3, sounds=sounds), voices, 0)
    player.start(0)
    run(player, voices, RATE)
    assert voices.slots == [1, 3]


def test_a_drone_that_was_started_first_sounds_when_its_figure_comes() -> None:
    player, voices = drone(), Recorder()
    player.start(0)
    assert player.due == NEVER
    player.load(figure_of(7), voices, 500)
    run(player, voices, 501)
    assert voices.places == [(500, 7)]


def test_a_drone_that_sounds_is_not_started_over() -> None:
    player, voices = drone(), Recorder()
    player.load(figure_of(1, 2), voices, 0)
    player.start(0)
    run(player, voices, 1000)
    player.start(1000)
    run(player, voices, RATE)
    assert voices.places == [(0, 1), (RATE // 2, 2)]


def test_a_stopped_drone_fades_and_plucks_no_more() -> None:
    player, voices = drone(), Recorder()
    player.load(figure_of(7), voices, 0)
    player.start(0)
    run(player, voices, 10)
    player.stop(voices)
    run(player, voices, 10 * RATE)
    assert voices.released == [(layout.DRONE, DRONE_FADE)]
    assert voices.slots == [7]
    player.load(figure_of(9), voices, 10)
    assert player.due == NEVER


def test_a_soft_stroke_is_darkened_by_the_softness_of_its_sample() -> None:
    voices, table = Recorder(), samples()
    table.define(3, 30, 10, Softness(900.0, 1.0, 0.5, 0.5))
    player = RhythmPlayer(RATE, table, 0)
    for slot, velocity in ((3, 0.5), (3, 1.0), (4, 0.5)):
        player.strike(Hit(0.0, (Sound(slot, 1, 1.0),), (), velocity), 0.0, voices, 0)
    assert voices.darkened == [(0.5, 900.0), (0.0, 900.0), (0.0, 0.0)]
    assert [gain for _, _, gain, _ in voices.struck] == pytest.approx([0.25 / (0.5 + 0.25 * 0.5) ** 0.5, 1.0, 0.25])


# Steady drones: a round of 1 s, breaths of 1.2 s

LENGTH = RATE + RATE // 5


def steady(*slots: int, **more: Any) -> Figure:
    return figure_of(*slots, steady=True, **more)


def test_a_steady_drone_begins_with_every_string_in_the_midst_of_its_breath() -> None:
    player, voices = DronePlayer(RATE, samples(LENGTH)), Recorder(LENGTH)
    player.load(steady(1, 2, 3, 4), voices, 0)
    player.start(500)
    run(player, voices, 501)
    quarter = RATE // 4
    # The first one's breath falls already, and its next one begins.
    assert voices.places == [(500, 1), (500, 2), (500, 3), (500, 4), (500, 1)]
    assert voices.entries == [*((skip * quarter, ENTRY) for skip in (4, 3, 2, 1)), (0, 0.0)]
    run(player, voices, 500 + RATE)
    assert voices.places[5:] == [(500 + turn * quarter, turn + 1) for turn in (1, 2, 3)]
    assert set(voices.entries[5:]) == {(0, 0.0)}


def test_what_has_ended_before_the_lead_is_not_sounded() -> None:
    player, voices = DronePlayer(RATE, samples(RATE // 2)), Recorder(RATE // 2)
    player.load(steady(1, 2, 3, 4), voices, 0)
    player.start(0)
    run(player, voices, 1)
    assert voices.slots == [4, 1]


def test_strings_of_a_steady_drone_come_in_as_soon_as_they_are_there() -> None:
    player, voices = DronePlayer(RATE, samples(LENGTH)), Recorder(LENGTH)
    figure = steady(1, 2)
    player.load(steady(1, 2, sounds=(figure.sounds[0], Sound(2, 0, 1.0))), voices, 0)
    player.start(0)
    run(player, voices, RATE // 4)
    assert voices.slots == [1, 1]
    voices.frame = RATE // 4
    player.load(figure, voices, RATE // 4)
    assert voices.places[2:] == [(RATE // 4, 2)]
    assert voices.entries[2:] == [(RATE // 2 + RATE // 4, ENTRY)]
    run(player, voices, RATE // 2 + 1)
    assert voices.places[3:] == [(RATE // 2, 2)]
    assert voices.released == []


def test_another_steady_drone_comes_in_while_the_first_gives_way() -> None:
    player, voices = DronePlayer(RATE, samples(LENGTH)), Recorder(LENGTH)
    player.load(steady(1, 2), voices, 0)
    player.start(0)
    run(player, voices, 1000)
    player.load(steady(8), voices, 1000)
    run(player, voices, 1001)
    assert voices.released == [(layout.DRONE, CHANGE_FADE)]
    assert voices.places[-2:] == [(1000, 8), (1000, 8)]
    assert voices.entries[-2:] == [(RATE, ENTRY), (0, 0.0)]
