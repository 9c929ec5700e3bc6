"""The drone's player, struck frame by frame, and steady drones: a round of 1 s, breaths of 1.2 s."""

from typing import Any

from jambox.music.cycle import Sound
from jambox.music.drone import Figure
from jambox.sound import layout
from jambox.sound.players import NEVER
from jambox.sound.plucker import CHANGE_FADE, DRONE_FADE, ENTRY, DronePlayer
from tests.sound.bench import RATE, figure_of
from tests.sound.recorder import Recorder, run, samples


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
