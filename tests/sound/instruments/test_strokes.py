"""One blow: its length, its bend, what buzzes, what comes again, and how seeds differ."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.errors import UnknownNameError
from jambox.sound.instruments.grains import Grains
from jambox.sound.instruments.strokes import CENTS, LONGEST, Blow, by_octaves, strike
from jambox.sound.instruments.tones import Band, Mode, Samples
from jambox.units import Hertz
from tests.sound.measure import level_db, lufs, onset, partial_cents, pitch_track

RATE = 48000
D3 = Hertz(146.83)
PLAIN = Blow(200.0, (Mode(1.0, 0.0, 0.5),), (), -24.0)


def struck(blow: Blow, seed: int = 1, tonic: Hertz = D3) -> Samples:
    return strike("test", {"blow": blow}, "blow", tonic, RATE, seed)


@given(st.floats(20.0, 2000.0), st.floats(20.0, 2000.0))
def test_octaves_reach_the_range_and_stay_the_same_note(tonic: float, low: float) -> None:
    pitch = by_octaves(tonic, low)
    assert low * (1.0 - 1e-9) <= pitch < 2.0 * low * (1.0 + 1e-9)
    octaves = np.log2(pitch / tonic)
    assert octaves == pytest.approx(round(octaves), abs=1e-9)


@pytest.mark.parametrize(
    ("blow", "seconds"),
    [
        (PLAIN, 0.5),
        (Blow(200.0, (Mode(1.0, 0.0, 0.5), Mode(2.0, -30.0, 2.0)), (), -24.0), 1.0),
        (Blow(200.0, (), (Band(500, 2000, 0.0, 0.2),), -24.0), 0.2),
        (Blow(200.0, (), (), -24.0, grains=(Grains(((3000.0, 1.0, 0.001),), 900.0, 0.003, 0.3, 0.0),)), 0.3),
        (Blow(200.0, (Mode(1.0, 0.0, 0.1),), (), -24.0, buzz=(Band(500, 2000, 0.0, 0.4),)), 0.4),
        (Blow(200.0, (Mode(1.0, 0.0, 0.5),), (), -24.0, again=((0.1, 6.0),)), 0.6),
        (Blow(200.0, (Mode(1.0, 0.0, 0.01),), (), -24.0), 0.05),
        (Blow(200.0, (Mode(1.0, 0.0, 20.0),), (), -24.0), LONGEST),
    ],
)
def test_a_blow_lasts_until_it_is_inaudible(blow: Blow, seconds: float) -> None:
    assert blow.seconds == pytest.approx(seconds)
    assert len(struck(blow)) == round(seconds * RATE)


def test_it_starts_sharp_and_settles() -> None:
    blow = Blow(200.0, (Mode(1.0, 0.0, 0.8),), (), -24.0, bend=3.0, settle=0.05)
    track = pitch_track(struck(blow), RATE, 150.0, 300.0)
    assert 12.0 * np.log2(track[round(0.02 * RATE)] / 200.0) == pytest.approx(3.0 * np.exp(-0.4), abs=0.7)
    assert track[round(0.35 * RATE)] == pytest.approx(200.0, rel=0.01)


@pytest.mark.parametrize(("tuned", "most"), [(False, CENTS), (True, CENTS / 4.0)])
def test_seeds_move_the_pitch_a_little(tuned: bool, most: float) -> None:
    blow = Blow(110.0, (Mode(1.0, 0.0, 0.9),), (), -24.0, tuned=tuned)
    pitch = by_octaves(D3, 110.0) if tuned else 110.0
    cents = [partial_cents(struck(blow, seed), RATE, pitch) for seed in range(10)]
    assert max(abs(c) for c in cents) < most + 0.5
    assert np.ptp(cents) > 0.5 * most


def test_seeds_move_the_loudness_a_little() -> None:
    levels = [lufs(struck(PLAIN, seed)) for seed in range(8)]
    assert np.mean(levels) == pytest.approx(-24.0, abs=0.5)
    assert 0.3 < np.ptp(levels) < 1.3


def test_what_buzzes_falls_silent_between_the_turns_of_the_skin() -> None:
    blow = Blow(50.0, (Mode(1.0, -60.0, 5.0),), (), -24.0, buzz=(Band(2000, 8000, 0.0, 5.0),))
    x = struck(blow)[: RATE // 2]
    levels = np.array([level_db(x[i : i + 48]) for i in range(4800, len(x) - 48, 48)])
    silent = levels < levels.max() - 30.0
    assert 0.35 < silent.mean() < 0.6


def test_blows_that_come_again_are_softer_and_in_time() -> None:
    click = Blow(3000.0, (Mode(1.0, 0.0, 0.03),), (), -24.0, again=((0.05, 6.0),))
    x = struck(click)
    later = x[round(0.04 * RATE) : round(0.06 * RATE)]
    assert 0.044 < 0.04 + onset(later) / RATE < 0.056
    assert 20.0 * np.log10(np.abs(x).max() / np.abs(later).max()) == pytest.approx(6.0, abs=1.5)


def test_drive_makes_a_blow_louder_below_the_same_peak() -> None:
    loud = Blow(200.0, (Mode(1.0, 0.0, 0.2),), (), 0.0)
    driven = Blow(200.0, (Mode(1.0, 0.0, 0.2),), (), 0.0, drive=3.0)
    assert lufs(struck(driven)) > lufs(struck(loud)) + 1.5


@pytest.mark.parametrize("pitch", [50.0, 60.0, 75.0])
def test_a_deep_drum_speaks_at_once(pitch: float) -> None:
    assert onset(struck(Blow(pitch, (Mode(1.0, 0.0, 0.6),), (), -24.0)), below=10.0) < 0.002 * RATE


def test_an_unknown_name_says_what_there_is() -> None:
    with pytest.raises(UnknownNameError, match=r"test: no sound 'blew'; there are blow"):
        strike("test", {"blow": PLAIN}, "blew", D3, RATE, 1)
