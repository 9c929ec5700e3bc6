"""The kits after drum machines, measured against the figures they are built on."""

from collections.abc import Mapping

import numpy as np
import pytest

from jambox.errors import UnknownNameError
from jambox.sound.instruments import kit, machines
from jambox.sound.instruments.strokes import Blow
from jambox.sound.shelves import VARIANTS, arrange
from jambox.units import Hertz
from tests.sound.measure import band_db, level_db, lufs, peak_near, pitch_track, t60

RATE = 48000
D3 = Hertz(146.83)
MACHINES = [machines.eight, machines.nine]


@pytest.mark.parametrize(
    ("name", "hertz", "ring"),
    [
        ("kick", 56.0, 1.1),
        ("low tom", 90.0, 0.45),
        ("mid tom", 133.0, 0.38),
        ("high tom", 200.0, 0.30),
        ("low conga", 227.0, 0.33),
        ("mid conga", 310.0, 0.26),
        ("high conga", 420.0, 0.18),
        ("claves", 2500.0, 0.036),
    ],
)
def test_the_808_has_the_pitches_and_decays_of_the_study(name: str, hertz: float, ring: float) -> None:
    """Within 3 and 15 %. The kick and the toms are driven, which holds their beginning down."""
    x = np.concatenate([machines.eight(name, D3, RATE, 1), np.zeros(RATE // 2)])
    settled = x[round(0.1 * ring * RATE) : round(max(0.1, 0.8 * ring) * RATE)]
    assert peak_near(settled, RATE, hertz, 150.0)[0] == pytest.approx(hertz, rel=0.03)
    smooth = max(3.0 / hertz, min(0.04, max(0.005, 0.2 * ring)))
    start = 0.25 * ring + 0.5 * smooth
    assert t60(x, RATE, hertz, start, start + 0.45 * ring, smooth) == pytest.approx(ring, rel=0.15)


@pytest.mark.parametrize(("machine", "early", "rest"), [(machines.eight, 62.0, 56.0), (machines.nine, 95.0, 50.0)])
def test_kicks_fall_to_their_rest(machine: machines.Machine, early: float, rest: float) -> None:
    x = np.concatenate([np.zeros(4800), machine("kick", D3, RATE, 1)])
    track = pitch_track(x, RATE, 25.0, 300.0)[4800:]
    assert track[round(0.004 * RATE) : round(0.012 * RATE)].mean() > early
    assert np.median(track[round(0.15 * RATE) : round(0.3 * RATE)]) == pytest.approx(rest, rel=0.03)


def test_the_cowbell_has_its_two_tones_and_falls_in_two_steps() -> None:
    x = machines.eight("cowbell", D3, RATE, 1)
    for hertz in (540.0, 800.0):
        assert peak_near(x, RATE, hertz)[0] == pytest.approx(hertz, rel=0.01)
    levels = [level_db(x[round(at * RATE) : round((at + 0.02) * RATE)]) for at in (0.005, 0.055, 0.2, 0.25)]
    assert levels[0] - levels[1] > 1.5 * (levels[2] - levels[3])


def test_the_maracas_lie_between_6_and_12_khz() -> None:
    assert band_db(machines.eight("maracas", D3, RATE, 1), RATE, 4800.0, 15000.0) > -0.5


def test_the_snare_of_the_909_has_two_oscillators_and_wires() -> None:
    x = machines.nine("snare", D3, RATE, 1)
    for hertz in (182.0, 329.4):
        assert peak_near(x[1440:9600], RATE, hertz, 100.0)[0] == pytest.approx(hertz, rel=0.03)
    assert -12.0 < band_db(x, RATE, 2000.0, 13000.0) < -1.0


@pytest.mark.parametrize("machine", MACHINES)
def test_what_they_share_with_the_kit_is_the_kits(machine: machines.Machine) -> None:
    assert np.array_equal(machine("closed hat", D3, RATE, 3), kit.hit("closed hat", RATE, 3))


@pytest.mark.parametrize(("machine", "blows"), [(machines.eight, machines.EIGHT), (machines.nine, machines.NINE)])
def test_their_blows_are_as_loud_as_they_are_meant_to_be(machine: machines.Machine, blows: Mapping[str, Blow]) -> None:
    for name, blow in blows.items():
        levels = [lufs(machine(name, D3, RATE, seed)) for seed in range(4)]
        assert np.mean(levels) == pytest.approx(blow.target, abs=0.9), name


@pytest.mark.parametrize(
    ("machine", "names"), [(machines.eight, machines.EIGHT_NAMES), (machines.nine, machines.NINE_NAMES)]
)
def test_they_fit_their_shelf(machine: machines.Machine, names: tuple[str, ...]) -> None:
    frames = sum(len(machine(name, D3, RATE, seed)) for name in names for seed in range(VARIANTS))
    assert frames <= arrange(RATE).drums[0].frames


@pytest.mark.parametrize("machine", MACHINES)
def test_an_unknown_sound_is_named(machine: machines.Machine) -> None:
    with pytest.raises(UnknownNameError, match=r"no sound 'gong'; there are kick"):
        machine("gong", D3, RATE, 1)
