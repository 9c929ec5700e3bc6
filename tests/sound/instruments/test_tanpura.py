"""The tanpura string, measured: pitch, decay, the walking band, undulation, level."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from jambox.sound.instruments import tanpura
from jambox.sound.instruments.tones import Samples
from jambox.units import Hertz
from tests.sound.measure import centroid, envelope_db, level_db, lufs, onset, partial_cents, peak_db, t60

RATE = 48000
STRINGS = (65.0, 73.42, 110.0, 146.83, 220.0, 330.0)
D3 = Hertz(146.83)
FREE = replace(tanpura.PLAIN, jvari=0.0)
"""A string that does not touch the bridge."""


@cache
def string(frequency: float, seconds: float = 7.0, rate: int = RATE, seed: int = 1) -> Samples:
    return tanpura.pluck(Hertz(frequency), seconds, rate, seed)


@pytest.mark.parametrize("frequency", STRINGS)
def test_the_first_ten_partials_lie_within_a_cent(frequency: float) -> None:
    sound = string(frequency)[RATE // 2 :]
    for n in range(1, 11):
        assert abs(partial_cents(sound, RATE, n * frequency, within=30.0)) < 1.0, n


@pytest.mark.parametrize("rate", [44100, 96000])
def test_pitch_does_not_depend_on_the_rate(rate: int) -> None:
    sound = string(D3, 4.0, rate)
    assert abs(partial_cents(sound, rate, D3, within=30.0)) < 0.3
    assert abs(partial_cents(sound, rate, 5 * D3, within=30.0)) < 0.5


def test_pitch_is_steady_from_150_ms_on() -> None:
    early, late = string(D3)[round(0.15 * RATE) : RATE], string(D3)[2 * RATE : 4 * RATE]
    drift = partial_cents(early, RATE, D3, within=30.0) - partial_cents(late, RATE, D3, within=30.0)
    assert abs(drift) < 1.0


@pytest.mark.parametrize("frequency", STRINGS)
def test_the_fundamental_decays_as_stated(frequency: float) -> None:
    """The undulation leaves the line through 6 s of level within 5 %."""
    assert t60(string(frequency), RATE, frequency, 0.2, 6.2, 0.2) == pytest.approx(tanpura.T60 / 1.03, rel=0.05)


@pytest.mark.parametrize("frequency", STRINGS)
def test_the_band_walks_down_after_the_pluck(frequency: float) -> None:
    """Above partial 3 the centre of power falls at every look, from far up to partials 4 to 7."""
    sound = string(frequency)
    looks = [0.05, 0.8, 1.8, 3.0, 5.0]
    centres = [
        centroid(sound[round(at * RATE) : round((at + 0.4) * RATE)], RATE, 3.5 * frequency) / frequency for at in looks
    ]
    assert all(later < earlier for earlier, later in pairwise(centres)), centres
    assert centres[0] > 2.0 * centres[-1]
    assert 4.0 < centres[-1] < 7.0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_partials_swell_when_the_band_passes_them(seed: int) -> None:
    """Though they decay all along, they are louder well after the pluck than at its start: no plain string does so."""
    rises = []
    for n in range(10, 17):
        level = envelope_db(string(D3, seed=seed), RATE, n * D3, 0.1)
        rises.append(float(level[RATE // 2 : 4 * RATE].max() - level[round(0.15 * RATE)]))
    assert np.median(rises) > 3.0, rises


def test_partials_undulate_each_on_its_own() -> None:
    """After taking the straight decay off, partials 1 and 2 leave at least 0.3 dB, and not the same."""
    rests = []
    for n in (1, 2):
        level = envelope_db(string(D3), RATE, n * D3, 0.1)[round(0.3 * RATE) : 6 * RATE : 480]
        at = np.arange(len(level))
        rests.append(level - np.polyval(np.polyfit(at, level, 1), at))
    assert min(float(rest.std()) for rest in rests) > 0.3
    assert abs(np.corrcoef(rests[0], rests[1])[0, 1]) < 0.9


@pytest.mark.parametrize("frequency", STRINGS)
@pytest.mark.parametrize("seed", [1, 2])
def test_no_pluck_clicks(frequency: float, seed: int) -> None:
    """The rise takes 20 to 60 ms: small after 2 ms, there after 60, and no step larger than in the ringing sound."""
    sound = string(frequency, seed=seed)
    rise = np.abs(sound[: round(0.002 * RATE)]).max() / np.abs(sound).max()
    assert rise < 0.02
    assert round(0.004 * RATE) < onset(sound, below=12.0) < round(0.06 * RATE)
    start = np.abs(np.diff(sound[: round(0.02 * RATE)])).max()
    assert start < np.abs(np.diff(sound[round(0.05 * RATE) : RATE])).max()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_strings_are_about_as_loud_as_each_other(seed: int) -> None:
    levels = [level_db(string(frequency, seed=seed)[: 2 * RATE]) for frequency in STRINGS]
    assert max(levels) - min(levels) < 3.0
    assert lufs(string(D3, seed=seed), 2.0) == pytest.approx(tanpura.LOUDNESS, abs=0.3)


@pytest.mark.parametrize("frequency", STRINGS)
def test_bounds_ends_and_dc(frequency: float) -> None:
    sound = string(frequency)
    assert sound.dtype == np.float32
    assert sound.shape == (7 * RATE,)
    assert peak_db(sound) <= -1.99
    assert sound[0] == sound[-1] == 0.0
    assert np.abs(sound[-96:]).max() < 1e-4
    assert abs(float(sound.mean(dtype=np.float64))) < 1e-6


def test_a_seed_is_a_pluck() -> None:
    assert np.array_equal(string(D3), tanpura.pluck(D3, 7.0, RATE, 1))
    other = string(D3, seed=2)
    assert abs(np.corrcoef(string(D3), other)[0, 1]) < 0.95
    assert partial_cents(other, RATE, D3, within=30.0) == pytest.approx(
        partial_cents(string(D3), RATE, D3, within=30.0), abs=0.3
    )


@pytest.mark.parametrize("build", [tanpura.MALE, tanpura.FEMALE, tanpura.TANPURI])
@pytest.mark.parametrize("frequency", [98.0, 146.83, 220.0])
def test_each_size_rings_as_long_as_it_says(build: tanpura.Build, frequency: float) -> None:
    """Undulation leaves each pluck within 10 %."""
    sounds = [tanpura.pluck(Hertz(frequency), 6.0, 8000, seed, build) for seed in range(4)]
    rings = [t60(sound, 8000, frequency, 0.2, 4.8, 0.2) for sound in sounds]
    assert rings == pytest.approx([build.t60 / 1.03] * 4, rel=0.1)


def test_a_tanpuri_is_brighter_and_its_body_smaller() -> None:
    male, tanpuri = (tanpura.pluck(D3, 2.0, 24000, 1, build) for build in (tanpura.MALE, tanpura.TANPURI))
    assert centroid(tanpuri, 24000) > 1.3 * centroid(male, 24000)


@pytest.mark.parametrize("frequency", [73.42, 146.83, 220.0])
def test_the_bridge_makes_the_centroid_rise_and_fall(frequency: float) -> None:
    """A string free of the bridge grows duller from the first on. On the bridge it grows brighter for some tenths of a
    second, by a fifth and more, and then duller all the way.
    """
    looks = np.array([0.03, 0.1, 0.2, 0.3, 0.45, 0.7, 1.2, 2.0, 3.4])
    tracks = []
    for build in (tanpura.PLAIN, FREE):
        sounds = [tanpura.pluck(Hertz(frequency), 4.5, 20000, seed, build) for seed in (1, 2, 3)]
        spans = [[sound[round(at * 20000) : round((at + 0.1) * 20000)] for sound in sounds] for at in looks]
        tracks.append(np.array([np.mean([centroid(span, 20000) for span in each]) for each in spans]))
    bridge, free = tracks
    top = int(np.argmax(bridge))
    assert 0.1 <= looks[top] <= 0.5
    assert bridge[top] > 1.2 * bridge[0]
    assert (np.diff(bridge[4:]) < 0.0).all()
    assert bridge[-1] < 0.5 * bridge[top]
    assert bridge[top] > 1.8 * free[top]
    assert (np.diff(free) < 0.0).all()


@pytest.mark.parametrize(("build", "swells"), [(tanpura.PLAIN, True), (FREE, False)])
def test_a_high_partial_swells_on_the_bridge_alone(build: tanpura.Build, swells: bool) -> None:
    """Partial 12, mean of four plucks: where the band passes it, it rises after the pluck, and then falls."""
    sounds = [tanpura.pluck(D3, 4.0, 16000, seed, build) for seed in range(4)]
    level = np.mean([envelope_db(sound, 16000, 12 * D3, 0.2) for sound in sounds], axis=0)
    assert (level[8000:48000].max() > level[3200] + 3.0) == swells


@pytest.mark.parametrize("frequency", [20.0, 1000.0])
def test_the_extremes_of_pitch(frequency: float) -> None:
    sound = string(frequency, 1.0)
    assert np.isfinite(sound).all()
    assert abs(partial_cents(sound[RATE // 10 :], RATE, frequency)) < 2.0
