"""Earcons: short, soft, in tune, and telling one from another by the way they move."""

import numpy as np
import pytest

from jambox.errors import UnknownNameError
from jambox.sound.instruments import earcons
from jambox.units import Hertz
from tests.sound.measure import partial_cents, peak_db, peak_near

RATE = 48000
D3 = Hertz(146.83)
D5 = 4.0 * D3


@pytest.mark.parametrize("name", earcons.NAMES)
@pytest.mark.parametrize("tonic", [98.0, 146.83, 233.0])
def test_short_and_soft(name: str, tonic: float) -> None:
    sound = earcons.earcon(name, Hertz(tonic), RATE)
    assert len(sound) <= (1.0 if name == "chime" else 0.4) * RATE
    assert -30.0 < peak_db(sound) <= -11.99


@pytest.mark.parametrize(
    ("name", "ratio", "start", "end"),
    [
        ("chime", 2.0, 0.35, 0.95),
        ("arrive", 1.0, 0.005, 0.1),
        ("arrive", 3 / 2, 0.11, 0.39),
        ("leave", 3 / 2, 0.005, 0.1),
        ("leave", 1.0, 0.11, 0.39),
        ("refuse", 1 / 2, 0.125, 0.24),
        ("error", 1 / 2, 0.23, 0.39),
    ],
)
def test_notes_are_just_intervals_on_the_tonic(name: str, ratio: float, start: float, end: float) -> None:
    sound = earcons.earcon(name, D3, RATE)[round(start * RATE) : round(end * RATE)]
    assert abs(partial_cents(sound, RATE, ratio * D5, within=120.0)) < 12.0


def test_arriving_rises_and_leaving_falls() -> None:
    def balance(name: str, start: float, end: float) -> float:
        sound = earcons.earcon(name, D3, RATE)[round(start * RATE) : round(end * RATE)]
        return peak_near(sound, RATE, 1.5 * D5)[1] - peak_near(sound, RATE, D5)[1]

    assert balance("arrive", 0.11, 0.38) > balance("arrive", 0.0, 0.1) + 6.0
    assert balance("leave", 0.11, 0.38) < balance("leave", 0.0, 0.1) - 6.0


def test_no_two_are_alike() -> None:
    sounds = [earcons.earcon(name, D3, RATE) for name in earcons.NAMES]
    for i, one in enumerate(sounds):
        for other in sounds[:i]:
            frames = min(len(one), len(other))
            assert abs(np.corrcoef(one[:frames], other[:frames])[0, 1]) < 0.9


def test_an_unknown_earcon_is_named() -> None:
    with pytest.raises(UnknownNameError, match=r"earcons.*'fanfare'.*chime"):
        earcons.earcon("fanfare", D3, RATE)
