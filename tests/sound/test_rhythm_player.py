"""The rhythm's player, struck frame by frame: on the grid, once each, whatever is changed meanwhile."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambox.music.cycle import Hit, Score, Sound
from jambox.music.roll import lay, rolled
from jambox.sound.players import END, NEVER, RhythmPlayer
from jambox.sound.softness import Softness
from tests.sound.bench import RATE, score_of
from tests.sound.recorder import FOUR, Recorder, rhythm, run, samples

TEMPI = (20.0, 61.7, 120.0, 133.33, 400.0)

ROLL = rolled(lay(FOUR))


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
    assert abs(len(voices.slots) - ROLL.index_at(player.timeline.beat_at(voices.frame))) <= 1


@pytest.mark.parametrize(("beat", "slots"), [(0.0, [0, 1, 2, 3, 0]), (1.5, [2, 3, 0, 1, 2]), (3.0, [3, 0, 1, 2, 3])])
def test_play_starts_from_any_beat_of_the_cycle(beat: float, slots: list[int]) -> None:
    player, voices = rhythm(beat=beat), Recorder()
    run(player, voices, 4 * RATE)
    assert voices.slots[:5] == slots
    assert voices.places[0][0] == round((ROLL.beat_of(ROLL.index_at(beat)) - beat) * RATE / 2)


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


def test_starting_again_calls_the_end_off() -> None:
    player, voices = rhythm(), Recorder()
    player.end(1)
    player.start(0.0, 0)
    run(player, voices, 5 * RATE)
    assert len(voices.struck) > 5


def test_stop_strikes_nothing_more() -> None:
    player, voices = rhythm(), Recorder()
    run(player, voices, 1000)
    player.load(lay(score_of((0.0, 10), serial=2)), 1000)
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


def test_a_soft_stroke_is_darkened_by_the_softness_of_its_sample() -> None:
    voices, table = Recorder(), samples()
    table.define(3, 30, 10, Softness(900.0, 1.0, 0.5, 0.5))
    player = RhythmPlayer(RATE, table, 0)
    for slot, velocity in ((3, 0.5), (3, 1.0), (4, 0.5)):
        player.load(lay(Score(1, 4.0, (Hit(0.0, (Sound(slot, 1, 1.0),), (), velocity),))), 0)
        player.strike(0, 0.0, 0, voices, 0)
    assert voices.darkened == [(0.5, 900.0), (0.0, 900.0), (0.0, 0.0)]
    assert [gain for _, _, gain, _ in voices.struck] == pytest.approx([0.25 / (0.5 + 0.25 * 0.5) ** 0.5, 1.0, 0.25])
