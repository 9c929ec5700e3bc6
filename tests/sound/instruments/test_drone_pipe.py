"""The drone pipe: a formant that moves, and breath taken in."""

import numpy as np

from jambox.sound.instruments import drone_pipe
from jambox.units import Hertz
from tests.sound.measure import band_db, level_db

RATE = 16000
SOUND = drone_pipe.blow(Hertz(65.4), 7.8, RATE, 1)


def looks(width: float) -> list[np.ndarray]:
    size = round(width * RATE)
    return [SOUND[at : at + size] for at in range(round(0.9 * RATE), round(6.9 * RATE) - size, size)]


def test_the_tongue_moves_the_formant() -> None:
    """The power in a band where mouth and throat resonate goes up and down by 6 dB and more."""
    stopped = [band_db(look, RATE, 1300.0, 1600.0) - band_db(look, RATE, 1750.0, 2050.0) for look in looks(0.15)]
    assert max(stopped) - min(stopped) > 6.0


def test_the_player_breathes_in_every_few_seconds() -> None:
    """The sound dips by 2 dB and more, in between one and three places."""
    levels = np.array([level_db(look) for look in looks(0.1)])
    low = levels < np.median(levels) - 2.0
    assert 1 <= np.count_nonzero(np.diff(low.astype(int)) == 1) <= 3
