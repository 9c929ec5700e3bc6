"""The pulse as control sees it, from reports made by hand: 48 kHz by name, 48,100 in truth, heard 256 frames later."""

import math

import pytest

from jambox import pulse
from jambox.midi.sync import Hit, Pattern
from jambox.music.cycle import Hit as ScoreHit
from jambox.music.cycle import Score, Sound
from jambox.sound.commands import Status
from jambox.sound.players import CHANGE, END

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
    hits = (Hit(0.0, 36, 127), Hit(0.0, 42, 127), Hit(1.5, 38, 64), Hit(3.0, 42, 1))
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
