"""The drone pipe: a formant that moves, and breath taken in."""

import numpy as np

from jambox.sound.instruments import drone_pipe
from jambox.units import Hertz
from tests.sound.measure import level_db, spectrum

RATE = 16000
SOUND = drone_pipe.blow(Hertz(65.4), 7.8, RATE, 1)


def looks(width: float) -> list[np.ndarray]:
    size = round(width * RATE)
    return [SOUND[at : at + size] for at in range(round(0.9 * RATE), round(6.9 * RATE) - size, size)]


def test_the_tongue_moves_what_mouth_and_throat_take_away() -> None:
    """The lowest place between 1.1 and 1.9 kHz, wanders by a fifth and more."""
    places = []
    for look in looks(0.15):
        hertz, size = spectrum(look, RATE, 1)
        bell = np.exp(-0.5 * (np.arange(-250.0, 251.0) * hertz[1] / 60.0) ** 2)
        inside = (hertz > 1100.0) & (hertz < 1900.0)
        places.append(float(hertz[inside][np.argmin(np.convolve(size**2, bell, "same")[inside])]))
    low, high = np.quantile(places, [0.1, 0.9])
    assert high > 1.2 * low


def test_the_player_breathes_in_every_few_seconds() -> None:
    """The sound dips by 2 dB and more, in between one and three places."""
    levels = np.array([level_db(look) for look in looks(0.1)])
    low = levels < np.median(levels) - 2.0
    assert 1 <= np.count_nonzero(np.diff(low.astype(int)) == 1) <= 3
