"""The table of voices: where they stand, how they make room, what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.sound import layout
from jambox.sound.voices import CAPACITY, CHOKE_FADE, POLYPHONY, STEAL_FADE, Voices
from tests.sound.bench import RATE, engine_with, render


def filled(count: int, bus: int = layout.RHYTHM) -> Voices:
    voices = Voices(RATE)
    for _ in range(count):
        voices.start(bus, 0, 1000, 1.0)
    return voices


def ramps(voices: Voices) -> list[float]:
    return [voices.floats[row, layout.RAMP] for row in range(voices.count)]


@given(pan=st.floats(-1, 1), gain=st.floats(0, 4))
def test_pan_keeps_the_power(pan: float, gain: float) -> None:
    voices = Voices(RATE)
    voices.start(layout.DRONE, 5, 100, gain, pan)
    left, right = voices.floats[0, layout.LEFT], voices.floats[0, layout.RIGHT]
    assert np.hypot(left, right) == pytest.approx(gain)
    assert right >= left * (1.0 - 1e-12) or pan < 0.0


@pytest.mark.parametrize(("pan", "left", "right"), [(-1.0, 1.0, 0.0), (0.0, 0.5**0.5, 0.5**0.5), (1.0, 0.0, 1.0)])
def test_the_ends_and_the_middle_of_pan(pan: float, left: float, right: float) -> None:
    engine = engine_with([np.full(10, 0.5)])
    engine.voices.start(layout.SIGNALS, 1, 10, 1.0, pan)
    assert render(engine, 1)[0] == pytest.approx([0.5 * left, 0.5 * right], abs=1e-7)


def test_up_to_the_polyphony_nobody_gives_way() -> None:
    voices = filled(POLYPHONY)
    assert voices.count == POLYPHONY
    assert set(ramps(voices)) == {0.0}


def test_beyond_it_the_oldest_fade_one_by_one() -> None:
    voices = filled(POLYPHONY + 3)
    fade = -1.0 / (STEAL_FADE * RATE)
    assert ramps(voices) == [fade] * 3 + [0.0] * POLYPHONY
    assert voices.refused == 0


def test_a_slow_fade_can_still_be_made_to_hurry() -> None:
    voices = filled(POLYPHONY)
    voices.release(layout.RHYTHM, 1.0)
    voices.start(layout.RHYTHM, 0, 1000, 1.0)
    assert ramps(voices)[0] == -1.0 / (STEAL_FADE * RATE)
    assert set(ramps(voices)[1:-1]) == {-1.0 / RATE}


def test_voices_that_end_sooner_anyway_are_left_alone() -> None:
    voices = filled(POLYPHONY)
    voices.release(layout.RHYTHM, STEAL_FADE / 2)
    voices.start(layout.RHYTHM, 0, 1000, 1.0)
    assert ramps(voices) == [-2.0 / (STEAL_FADE * RATE)] * POLYPHONY + [0.0]


def test_a_stolen_voice_is_gone_after_its_fade_and_steps_evenly() -> None:
    engine = engine_with([np.full(4000, 0.001)])
    for _ in range(POLYPHONY + 1):
        engine.voices.start(layout.SIGNALS, 1, 4000, 1.0)
    played = render(engine, round(STEAL_FADE * RATE) + 2)[:, 0]
    assert engine.voices.count == POLYPHONY
    assert np.abs(np.diff(played)).max() <= 0.001 / (STEAL_FADE * RATE) * 1.01


def test_a_full_table_refuses_and_counts() -> None:
    voices = filled(CAPACITY + 7)
    assert (voices.count, voices.refused) == (CAPACITY, 7)


@pytest.mark.parametrize("length", [0, 1])
def test_a_sample_that_is_not_there_is_refused(length: int) -> None:
    voices = Voices(RATE)
    voices.start(layout.RHYTHM, 0, length, 1.0)
    assert (voices.count, voices.refused) == (0, 1)


def test_release_fades_one_bus_and_never_slows_a_fade() -> None:
    voices = filled(2, layout.DRONE)
    voices.start(layout.RHYTHM, 0, 1000, 1.0)
    voices.release(layout.DRONE, 0.1)
    voices.release(layout.DRONE, 1.0)
    assert ramps(voices) == [-1.0 / (0.1 * RATE)] * 2 + [0.0]
    voices.release(layout.DRONE, 0.01)
    assert ramps(voices)[0] == -1.0 / (0.01 * RATE)


# Choking


def test_what_is_choked_falls_silent_within_its_fade_without_a_jump() -> None:
    tone, tap = 0.5 * np.cos(2.0 * np.pi * 80.0 / RATE * np.arange(RATE // 2)), np.full(10, 0.0)
    tone[-1] = 0.0
    engine = engine_with([tone, tap])
    engine.voices.start(layout.RHYTHM, 1, len(tone), 1.0, pan=-1.0, choke=3)
    before = render(engine, 1234)[:, 0]
    engine.voices.choke(3)
    engine.voices.start(layout.RHYTHM, 1 + len(tone), len(tap), 1.0, choke=3)
    after = render(engine, 1000)[:, 0]
    fade = round(CHOKE_FADE * RATE)
    assert np.abs(after[fade + 1 :]).max() == 0.0
    # From frame to frame no more than the tone itself moves, and its level's fall.
    steepest = 0.5 * (2.0 * np.pi * 80.0 / RATE + 1.0 / fade)
    assert np.abs(np.diff(np.concatenate([before[-10:], after]))).max() <= steepest * 1.01
    # It is a fade, not a cut: half way it has half its level.
    assert after[fade // 2] == pytest.approx(0.5 * tone[1234 + fade // 2], abs=0.01)


def test_only_its_group_is_choked_and_not_what_begins_on_the_same_frame() -> None:
    engine = engine_with([np.full(4000, 0.1)])
    for choke in (0, 3, 4):
        engine.voices.start(layout.RHYTHM, 1, 4000, 1.0, choke=choke)
    render(engine, 10)
    engine.voices.start(layout.RHYTHM, 1, 4000, 1.0, choke=3)
    engine.voices.choke(3)
    assert ramps(engine.voices) == [0.0, -1.0 / (CHOKE_FADE * RATE), 0.0, 0.0]
    render(engine, 300)
    assert [engine.voices.ints[row, layout.CHOKE] for row in range(engine.voices.count)] == [0, 4, 3]


def test_a_voice_may_come_in_from_its_midst() -> None:
    engine = engine_with([np.linspace(0.0, 0.4995, 1000)])
    engine.voices.start(layout.SIGNALS, 1, 1000, 1.0, 1.0, skip=500, rise=100 / RATE)
    played = render(engine, 501)[:, 1]
    shares = np.minimum(np.arange(499) / 100.0, 1.0)
    assert played[:499] == pytest.approx(np.arange(500, 999) / 2000.0 * shares, abs=1e-3)
    assert played[500] == 0.0
