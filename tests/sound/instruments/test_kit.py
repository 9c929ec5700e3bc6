"""The kit, measured against the figures it is built on."""

import numpy as np
import pytest

from jambox.errors import UnknownNameError
from jambox.sound.instruments import kit
from tests.sound.measure import band_db, level_db, partial_cents, pitch_track, t60

RATE = 48000


def test_the_kick_falls_from_above_150_hz_to_its_rest() -> None:
    track = pitch_track(kit.hit("kick", RATE, 1), RATE, 20.0, 280.0)
    assert track[round(0.003 * RATE) : round(0.008 * RATE)].mean() > 130.0
    assert np.median(track[round(0.15 * RATE) : round(0.3 * RATE)]) == pytest.approx(kit.KICK_REST, rel=0.03)


def test_the_snare_has_its_shell_and_its_wires() -> None:
    sound = kit.hit("snare", RATE, 1)
    assert abs(partial_cents(sound[960:9600], RATE, 171.0, within=80.0)) < 25.0
    assert -8.0 < band_db(sound, RATE, 900.0, 11000.0) < -0.3
    assert t60(sound, RATE, 171.0, 0.03, 0.12) == pytest.approx(0.16, rel=0.15)


def test_the_clap_is_four_bursts() -> None:
    """Level rises again by 3 dB and more at about 10, 20 and 30 ms."""
    rises = np.zeros(3)
    for seed in range(8):
        power = kit.hit("clap", RATE, seed).astype(np.float64) ** 2
        for i, at in enumerate((10, 20, 30)):
            before = power[round((at - 3.5) * 48) : round((at - 1.2) * 48)].mean()
            after = power[round((at + 1.2) * 48) : round((at + 3.5) * 48)].mean()
            rises[i] += 10.0 * np.log10(after / before) / 8
    assert rises.min() > 3.0


@pytest.mark.parametrize("name", ["closed hat", "open hat"])
def test_hats_are_all_treble(name: str) -> None:
    assert band_db(kit.hit(name, RATE, 1), RATE, 4000.0, 24000.0) > -0.5


def test_the_open_hat_rings_on_where_the_closed_one_has_ended() -> None:
    closed, opened = kit.hit("closed hat", RATE, 1), kit.hit("open hat", RATE, 1)
    assert len(closed) < RATE // 4
    assert level_db(opened[RATE // 4 : RATE // 2]) > level_db(opened[:2400]) - 20.0


@pytest.mark.parametrize("rate", [44100, 96000])
def test_the_kit_sounds_alike_at_every_rate(rate: int) -> None:
    """Nothing aliases: the hats' energy below 3 kHz stays as low as at 48 kHz."""
    assert band_db(kit.hit("open hat", rate, 1), rate, 0.0, 3000.0) < -15.0


def test_an_unknown_sound_is_named() -> None:
    with pytest.raises(UnknownNameError, match=r"kit.*'gong'.*kick"):
        kit.hit("gong", RATE, 1)
