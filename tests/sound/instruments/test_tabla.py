"""Tabla strokes, measured: Raman's harmonics, which of them each stroke lets ring, the glide of Ge."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.errors import UnknownNameError
from jambox.sound.instruments import tabla
from jambox.units import Hertz
from tests.sound.measure import band_db, level_db, partial_cents, peak_near, pitch_track, t60

RATE = 48000
D3 = Hertz(146.83)
D4 = 2.0 * D3


@pytest.mark.parametrize(("name", "harmonics"), [("na", (2, 3, 4, 5)), ("tin", (2, 3, 4)), ("tun", (1, 2, 3, 4))])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_dayan_rings_in_ramans_harmonics(name: str, harmonics: tuple[int, ...], seed: int) -> None:
    sound = tabla.stroke(name, D3, RATE, seed)[480 : RATE // 2]
    for n in harmonics:
        assert abs(partial_cents(sound, RATE, n * D4, within=50.0)) < 4.0, n


@pytest.mark.parametrize(("name", "strongest"), [("na", 3), ("tin", 2), ("tun", 1)])
def test_each_stroke_has_its_own_strongest_harmonic(name: str, strongest: int) -> None:
    sound = tabla.stroke(name, D3, RATE, 1)[round(0.03 * RATE) : RATE // 2]
    levels = {n: peak_near(sound, RATE, n * D4)[1] for n in range(1, 6)}
    assert max(levels, key=lambda n: levels[n]) == strongest


def test_na_and_tin_damp_the_fundamental() -> None:
    for name, partial in (("na", 3), ("tin", 2)):
        sound = tabla.stroke(name, D3, RATE, 1)[round(0.1 * RATE) : RATE // 2]
        assert peak_near(sound, RATE, partial * D4)[1] - peak_near(sound, RATE, D4)[1] > 40.0


@pytest.mark.parametrize(
    ("name", "harmonic", "seconds"), [("na", 3, 0.44), ("tin", 2, 1.5), ("tun", 1, 2.2), ("tun", 3, 0.5)]
)
def test_ringing_partials_decay_as_measured_on_a_tabla(name: str, harmonic: int, seconds: float) -> None:
    sound = tabla.stroke(name, D3, RATE, 1)
    assert t60(sound, RATE, harmonic * D4, 0.08, 0.45) == pytest.approx(seconds, rel=0.1)


@pytest.mark.parametrize("name", ["te", "ti", "ke"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_dry_strokes_are_over_at_once(name: str, seed: int) -> None:
    """60 ms after the blow they have lost 25 dB and more."""
    sound = tabla.stroke(name, D3, RATE, seed)
    assert level_db(sound[:960]) - level_db(sound[2880:3840]) > 25.0


def test_ti_is_brighter_than_te_and_ke_is_darkest() -> None:
    def bright(name: str) -> float:
        return float(np.mean([band_db(tabla.stroke(name, D3, RATE, s), RATE, 1500.0, 9000.0) for s in range(5)]))

    assert bright("ti") > bright("te") > bright("ke")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ge_glides_up_and_back(seed: int) -> None:
    """3 to 8 semitones above its rest within 80 to 300 ms, and back to 50 cents by 700 ms."""
    rest = tabla.bayan_pitch(D3)
    sound = tabla.stroke("ge", D3, RATE, seed)
    track = 12.0 * np.log2(pitch_track(sound, RATE, 0.7 * rest, 1.6 * rest)[: round(0.8 * RATE)] / rest)
    top = round(0.03 * RATE) + int(np.argmax(track[round(0.03 * RATE) : round(0.6 * RATE)]))
    assert 3.0 < track[top] < 8.0
    assert 0.08 < top / RATE < 0.3
    assert abs(np.median(track[round(0.68 * RATE) : round(0.75 * RATE)])) < 0.5


@given(st.floats(30.0, 2000.0))
def test_drums_agree_with_the_tonic(sa: float) -> None:
    """The dayan stands on Sa itself, the bayan on Sa or the Pa below, each in its range."""
    dayan, bayan = tabla.dayan_pitch(Hertz(sa)), tabla.bayan_pitch(Hertz(sa))
    assert 233.0 < dayan < 466.2
    assert 70.0 * (1.0 - 1e-9) <= bayan <= 110.0 + 1e-9
    octaves = np.log2(dayan / sa)
    assert octaves == pytest.approx(round(octaves), abs=1e-9)
    below = np.log2(dayan / bayan)
    assert min(abs(v - round(v)) for v in (below, below - np.log2(4 / 3))) < 1e-9


@pytest.mark.parametrize("name", ["na", "tun"])
def test_variants_stay_within_3_cents_and_differ_by_a_decibel(name: str) -> None:
    harmonic = {"na": 3, "tun": 1}[name] * D4
    sounds = [tabla.stroke(name, D3, RATE, seed) for seed in range(8)]
    cents = [partial_cents(sound[: RATE // 2], RATE, harmonic) for sound in sounds]
    assert max(abs(c) for c in cents) < 4.0
    assert np.ptp(cents) > 0.5
    levels = [level_db(sound[: RATE // 3]) for sound in sounds]
    assert 0.2 < np.ptp(levels) < 3.0


def test_an_unknown_stroke_is_named() -> None:
    with pytest.raises(UnknownNameError, match=r"tabla.*'dum'.*na, tin"):
        tabla.stroke("dum", D3, RATE, 1)
