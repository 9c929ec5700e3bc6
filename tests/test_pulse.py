"""The pulse as control sees it, from reports made by hand: 48 kHz by name, 48,100 in truth, heard 256 frames later."""

import math

import msgspec
import numpy as np
import pytest

from jambox import pulse
from jambox.midi.plucks import Note, Strings
from jambox.midi.sync import Hit, Pattern
from jambox.music.cycle import Hit as ScoreHit
from jambox.music.cycle import Score, Sound
from jambox.music.drone import Figure
from jambox.sound.commands import BendDrone, StartDrone, Status
from jambox.sound.players import CHANGE, END
from tests.sound.bench import engine_with, render

TRUE = 48100.0
"""What the card really runs at."""
STATUS = Status(
    frame=48128.0,
    clock_frame=48000.0,
    clock_time=10.0,
    clock_rate=TRUE,
    nominal_rate=48000.0,
    latency=256.0,
    playing=1.0,
    run=2.0,
    start=4.0,
    tempo=120.0,
    beat0=8.0,
    frame0=24000.0,
    score=3.0,
    origin=16.0,
    boundary=math.inf,
)
"""At 120 a minute a beat is 24,000 frames: beat 8 falls on frame 24,000, beat 9 on 48,000."""


def status(**changes: float) -> Status:
    """STATUS with other values."""
    return Status(**{name: getattr(STATUS, name) for name in Status.__dataclass_fields__} | changes)


def test_a_frame_is_heard_later_than_it_is_rendered() -> None:
    clock = pulse.heard(STATUS)
    assert clock.time_at(48000.0) == pytest.approx(10.0 + 256.0 / TRUE)
    assert clock.frame_at(10.0 + 256.0 / TRUE) == pytest.approx(48000.0)


@pytest.mark.parametrize(
    ("beats", "room"),
    [(0.0, 7.0 - 0.06), (6.9, 0.1 - 0.06), (6.95, 4.0 - 0.01), (7.0, 4.0 - 0.06), (12.0, 3.0 - 0.06)],
    ids=["from before the first sam", "shortly before sam", "too near to sam", "on sam", "in a later cycle"],
)
def test_the_room_before_sam_begins_where_the_engine_can_still_be_told(beats: float, room: float) -> None:
    # Frame 48,000, beat 9, is rendered at 10 s; sam falls on beat 16 and every 4 beats.
    now = 10.0 + beats * 24000.0 / TRUE
    # The engine's card runs a little faster than by its name.
    assert pulse.room(STATUS, 4.0, now) == pytest.approx(room % 4.0, abs=2e-4)


def test_there_is_no_room_while_nothing_plays() -> None:
    assert pulse.room(status(playing=0.0), 4.0, 10.0) == 0.0


def test_an_introduction_is_not_for_others() -> None:
    notes = Pattern(4.0, (Hit(0.0, 36, 100),))
    assert pulse.performance(status(start=-4.0), notes).start == 0.0
    assert pulse.performance(status(start=4.0), notes).start == 4.0


@pytest.mark.parametrize(
    ("time", "beat"),
    [
        (10.0 + 256.0 / TRUE, 9.0 - 16.0),
        (10.0 + (256.0 + 24000.0) / TRUE, 10.0 - 16.0),
        (10.0 + (256.0 + 7 * 24000.0) / TRUE, 0.0),
        (10.0 + (256.0 + 7.5 * 24000.0) / TRUE, 0.5),
    ],
)
def test_the_beat_that_is_heard(time: float, beat: float) -> None:
    assert pulse.beat_at(STATUS, time) == pytest.approx(beat, abs=1e-9)


def test_who_hears_a_steady_drone_by_midi_hears_it_go_through_bend_and_rendering() -> None:
    """Struck anew at once where it is bent to other keys, not at all where its rendering comes, and then in time."""
    low = msgspec.structs.replace(strung((110.0, 220.0)), steady=True, serial=7)
    second = 2.0 ** (2.0 / 12.0)
    sounds = tuple(Sound(number, 1, 1.0) for number in (2, 3))
    high = msgspec.structs.replace(low, frequencies=(110.0 * second, 220.0 * second), sounds=sounds, serial=8)
    engine = engine_with([np.zeros(5 * 48000)] * 4)
    strings = Strings()

    def heard() -> list[bytes]:
        now = status()
        engine.report(now)
        plan = pulse.plucks(now, {7: low, 8: high})
        given = strings.follow(plan)
        return given + strings.take(pulse.heard(now).time_at(engine.frame))

    engine.load_figure(low)
    engine.carry_out(StartDrone())
    render(engine, 64)
    begun = heard()
    assert [message for message in begun if message[0] & 0xF0 == 0x90] == [
        bytes([0x9F, 45, 127]),
        bytes([0x9F, 57, 64]),
        bytes([0x9F, 45, 127]),
    ]
    render(engine, 48000)
    assert heard() == []
    engine.carry_out(BendDrone(second))
    assert heard() == [
        *(bytes([0x8F, 57, 64]), bytes([0x8F, 45, 64])),
        *(bytes([0xEF, 0, 64]), bytes([0x9F, 59, 64]), bytes([0xEF, 0, 64]), bytes([0x9F, 47, 127])),
    ]
    render(engine, 24000)
    engine.load_figure(high)
    assert heard() == []
    turn, due = engine.drone.turn, engine.drone.due
    render(engine, due - engine.frame - 24)
    assert (heard(), engine.drone.turn) == ([], turn)
    render(engine, 48)
    assert heard() == [bytes([0x8F, 59, 64]), bytes([0xEF, 0, 64]), bytes([0x9F, 59, 64])]


@pytest.mark.parametrize("silent", [Status(), status(playing=0.0), status(clock_rate=0.0)])
def test_no_beat_is_heard_while_nothing_plays(silent: Status) -> None:
    assert pulse.beat_at(silent, 10.0) is None


@pytest.mark.parametrize(
    ("beat", "now", "seconds"),
    [
        (9.0, 10.0, 0.0),
        (10.0, 10.0, 24000.0 / TRUE),
        (10.0, 10.1, 24000.0 / TRUE - 0.1),
        (8.0, 10.0, -24000.0 / TRUE),
    ],
)
def test_the_seconds_to_a_beat(beat: float, now: float, seconds: float) -> None:
    assert pulse.seconds_to(STATUS, beat, now) == pytest.approx(seconds, abs=1e-9)


def test_the_notes_of_a_score() -> None:
    sound = (Sound(0, 1, 1.0),)
    score = Score(
        3,
        4.0,
        (
            ScoreHit(0.0, sound, (36, 42), 1.0),
            ScoreHit(1.5, sound, (38,), 0.5),
            ScoreHit(2.0, sound, (), 0.5),
            ScoreHit(3.0, sound, (42,), 0.0001),
        ),
    )
    near = 0.5  # to the stroke that has no key
    hits = (
        Hit(0.0, 36, 127, 0.0, 36),
        Hit(0.0, 42, 127, 0.0, 36),
        Hit(1.5, 38, 64, near, 38),
        Hit(3.0, 42, 1, 1.0, 42),
    )
    assert pulse.pattern(score) == Pattern(4.0, hits)


@pytest.mark.parametrize(
    ("pending", "boundary", "stop"),
    [
        (0, math.inf, None),
        (CHANGE, 32.0, None),
        (END, 32.0, 32.0 + pulse.TAIL),
    ],
)
def test_what_midi_sends(pending: int, boundary: float, stop: float | None) -> None:
    notes = Pattern(4.0, (Hit(0.0, 36, 100),))
    plan = pulse.performance(status(pending=pending, boundary=boundary), notes)
    assert plan.pattern == notes
    assert (plan.start, plan.stop, plan.sam) == (4.0, stop, 16.0)
    assert plan.timeline.frame_at(9.0) == pytest.approx(48000.0)
    assert plan.clock == pulse.heard(STATUS)
    assert plan.clock.time_at(plan.timeline.frame_at(9.0)) == pytest.approx(10.0 + 256.0 / TRUE)


def test_the_tail_is_shorter_than_a_clock_tick_and_holds_the_last_stroke() -> None:
    assert 0.0 < pulse.TAIL < 1.0 / 24.0


def strung(frequencies: tuple[float, ...], variants: int = 1) -> Figure:
    count = len(frequencies)
    sounds = tuple(Sound(number, variants, 1.0) for number in range(count))
    ones, levels = (1.0,) * count, (1.0, 0.25, *(0.5,) * (count - 2))
    return Figure(7, sounds, frequencies, ones, levels, ones, 4.0, 0.0, 1.0, 0)


def test_what_midi_sends_of_the_drone_is_heard_with_its_plucks() -> None:
    figure = strung((110.0, 220.0))
    plan = pulse.plucks(status(drone=1.0, figure=7.0, drone_start=48000.0), {7: figure})
    assert plan is not None
    assert (plan.start, plan.steady) == (48000.0, False)
    for turn in range(5):
        frame = 48000 + round(figure.time_of(turn) * 48000.0)
        assert plan.time_at(turn) == pytest.approx(10.0 + (256.0 + frame - 48000) / TRUE)
    low = Note(0, 45, 127)
    assert [plan.at(turn) for turn in range(3)] == [low, Note(1, 57, round(127 * math.sqrt(0.25))), low]


def test_what_a_steady_drone_sounds_already_when_it_begins_is_sent_then() -> None:
    figure = msgspec.structs.replace(strung((110.0, 220.0)), steady=True)
    plan = pulse.plucks(status(drone=1.0, figure=7.0, drone_start=48000.0 - 4.0 * 48000.0), {7: figure})
    assert plan is not None
    begun = 10.0 + 256.0 / TRUE
    later = [begun + (figure.frame_of(turn, 48000.0) - 4 * 48000) / TRUE for turn in (3, 4)]
    assert [plan.time_at(turn) for turn in range(5)] == pytest.approx([begun, begun, begun, *later])


def test_the_breaths_of_a_bent_drone_are_sent_when_the_engine_begins_them() -> None:
    figure = msgspec.structs.replace(strung((110.0, 220.0)), steady=True, serial=7)
    engine = engine_with([np.zeros(9 * 48000), np.zeros(9 * 48000)])
    engine.load_figure(figure)
    engine.carry_out(StartDrone())
    render(engine, 48000)
    engine.carry_out(BendDrone(1.25))
    render(engine, 4800)
    now = status()
    engine.report(now)
    plan = pulse.plucks(now, {7: figure})
    assert plan is not None
    first = engine.drone.turn
    for turn in range(first, first + 6):
        while engine.drone.turn == turn:
            render(engine, 16)
        clock = pulse.heard(now)
        assert plan.time_at(turn) == pytest.approx(clock.time_at(engine.drone.last), abs=2e-4)


@pytest.mark.parametrize("silent", [Status(), status(drone=0.0, figure=7.0), status(drone=1.0, figure=8.0)])
def test_nothing_is_sent_of_a_drone_that_is_silent_or_unknown(silent: Status) -> None:
    assert pulse.plucks(silent, {7: strung((110.0,))}) is None


def test_what_is_bent_is_sent_on_the_keys_that_it_reaches() -> None:
    """In the same run: what is to become of what sounds, `Strings` knows."""
    figure = strung((110.0, 220.0))

    def plan(semitones: float) -> pulse.Plucks:
        bent = status(drone=1.0, figure=7.0, drone_start=48000.0, drone_bend=2.0 ** (semitones / 12.0))
        return pulse.Plucks(bent, figure)

    assert plan(1.0).at(0) == Note(0, 46, 127, 0.0, 0)
    assert plan(0.3).at(0) == Note(0, 45, 127, 0.3, 0)
    assert plan(1.0).start == plan(0.0).start
    assert plan(1.0).pitch != plan(0.0).pitch == plan(0.0).pitch
    assert pulse.Plucks(plan(1.0).status, strung((111.0, 220.0))).pitch != plan(1.0).pitch


def test_a_string_without_samples_is_not_sent() -> None:
    plan = pulse.plucks(status(drone=1.0, figure=7.0), {7: strung((110.0, 220.0), variants=0)})
    assert plan is not None
    assert plan.at(0) is None


@pytest.mark.parametrize(
    ("cents", "key", "bend"),
    [(0.0, 57, 0.0), (30.0, 57, 0.3), (-30.0, 57, -0.3), (49.0, 57, 0.49), (51.0, 58, -0.49)],
)
def test_each_string_is_bent_to_its_own_pitch(cents: float, key: int, bend: float) -> None:
    tonic = 220.0 * 2.0 ** (cents / 1200.0)
    plan = pulse.Plucks(STATUS, strung((tonic * 3 / 4, tonic, tonic, tonic / 2)))
    found = [note for turn in range(4) if (note := plan.at(turn))]
    assert [note.key for note in found] == [key - 5, key, key, key - 12]
    assert [note.off for note in found] == pytest.approx([bend + 0.01955, bend, bend, bend], abs=0.0006)
    assert [note.tuned for note in found] == [1, 0, 0, 0]


def test_strings_that_lie_between_two_keys_keep_their_intervals() -> None:
    """A tonic half way, and a fifth 2 cents above it: nearest keys would make that a sixth or a fourth."""
    for cents in (49.9, 50.0, 50.1):
        tonic = 220.0 * 2.0 ** (cents / 1200.0)
        plan = pulse.Plucks(STATUS, strung((tonic, tonic * 3 / 2)))
        one, other = plan.at(0), plan.at(1)
        assert one
        assert other
        assert other.key - one.key == 7
        assert other.off - one.off == pytest.approx(0.01955, abs=0.0011)


def test_a_string_that_is_no_midi_key_is_left_out() -> None:
    assert pulse.Plucks(STATUS, strung((4.0, 20_000.0))).at(0) is None


def test_plucks_may_be_sent_later() -> None:
    plan = pulse.Plucks(STATUS, strung((110.0, 220.0)))
    assert plan.later(0.03).time_at(3) == pytest.approx(plan.time_at(3) + 0.03)
