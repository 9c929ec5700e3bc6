"""A tape is where the voices are that were bent with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.sound import layout
from jambox.sound.tape import Tape
from tests.sound.bench import RATE, Act, engine_with, perform, swell

LONG = 4 * RATE
GLIDE = 0.03

speeds = st.floats(0.25, 4.0)
moves = st.lists(st.tuples(st.integers(1, 3000), speeds), min_size=1, max_size=5)


@given(moves, st.integers(0, 3000))
def test_it_is_where_a_voice_is(moves: list[tuple[int, float]], more: int) -> None:
    engine = engine_with([swell(1, RATE / LONG)])
    engine.voices.start(layout.DRONE, engine.samples.offsets[0], LONG, 1.0)
    tape, frame = Tape(), 0
    script: list[tuple[int, Act]] = []
    tape.start(0, 0.0, 1.0)
    before = 1.0
    for wait, speed in moves:
        frame += wait
        tape.glide(speed, frame, GLIDE * RATE)
        script.append((frame, bends(speed / before)))
        before = speed
    perform(engine, script, frame + more, 1024)
    if engine.voices.count:
        assert engine.voices.floats[0, layout.POSITION] == pytest.approx(tape.position(frame + more), abs=1e-4)


def bends(ratio: float) -> Act:
    return lambda engine: engine.voices.bend(layout.DRONE, ratio, GLIDE)


@given(moves, st.floats(0.0, 1e6), st.floats(-1e5, 1e5))
def test_the_frame_of_a_position_is_the_first_at_or_behind_it(
    moves: list[tuple[int, float]], ahead: float, begun: float
) -> None:
    tape, frame = Tape(), 500
    tape.start(frame, begun, 1.0)
    for wait, speed in moves:
        frame += wait
        tape.glide(speed, frame, GLIDE * RATE)
    wanted = tape.position(frame) + ahead
    found = tape.frame_at(wanted)
    assert tape.position(found) >= wanted - 1e-6
    assert found == frame or tape.position(found - 1) < wanted
    assert tape.frame_at(tape.position(frame) - 1.0) == frame


def test_who_runs_evenly_reads_frame_by_frame_exactly() -> None:
    tape = Tape()
    tape.start(1000, 288000.0, 1.0)
    for frame in (1000, 1001, 500_000_000):
        assert tape.position(frame) == 288000.0 + frame - 1000
        assert tape.frame_at(288000.0 + frame - 1000) == frame
    assert tape.behind(1000 - 288000) == 0.0


def test_by_how_much_it_is_behind() -> None:
    """What is due at position x is due so much later than from a start at that pace."""
    tape = Tape()
    tape.start(0, 0.0, 1.0)
    tape.glide(2.0, 48000, 1440.0)
    assert tape.frame_at(480_000.0) == pytest.approx((480_000.0 + tape.behind(0)) / 2.0, abs=1.0)
