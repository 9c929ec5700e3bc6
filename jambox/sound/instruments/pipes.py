"""Flue pipes of an organ and bowed strings, which sound for as long as there is wind or a bow.

Organ: the harmonics of a principal fall by some 6 to 8 dB each, and wind hisses far below them: general knowledge.
Bowed: Helmholtz's motion gives the bridge a sawtooth, of 1/n; wood and air of a cello ring near 100, 190 and 230 Hz,
its bridge near 1.2 kHz, above which it falls: general knowledge. Bow noise 35 to 45 dB below and dips where the bow
turns, 0.15 to 0.4 times a second, are this project's own.
"""

import numpy as np

from jambox.sound.instruments.steady import Steady
from jambox.sound.instruments.tones import Signal

_PRINCIPAL = np.array([0.0, -7.0, -12.0, -19.0, -24.0, -30.0, -35.0, -40.0, -45.0, -50.0])
_BODY = ((100.0, 0.30, 1.0), (190.0, 0.20, 1.4), (235.0, 0.15, 1.0), (430.0, 0.3, 0.6), (1200.0, 0.5, 1.2))
"""Where a cello rings: Hz, width in octaves, by how much."""


def _principal(n: Signal, _frequencies: Signal) -> Signal:
    amplitudes: Signal = 10.0 ** (np.interp(n, np.arange(1, 11), _PRINCIPAL) / 20.0) * (n <= len(_PRINCIPAL))
    return amplitudes


def _bowed(n: Signal, frequencies: Signal) -> Signal:
    body = 0.6 + sum(
        gain * np.exp(-0.5 * (np.log2(frequencies / centre) / width) ** 2) for centre, width, gain in _BODY
    )
    amplitudes: Signal = body / n * (1.0 + (frequencies / 3000.0) ** 2) ** -0.75
    return amplitudes


ORGAN = Steady(
    _principal, -27.9, swell=0.12, sway=0.15, rates=(0.1, 0.4), shimmer=0.3, hiss=(400.0, 5000.0, -46.0), spread=0.3
)
BOWED = Steady(
    _bowed,
    -25.6,
    swell=0.6,
    sway=1.0,
    rates=(0.3, 1.1),
    shimmer=0.9,
    hiss=(300.0, 6000.0, -38.0),
    dips=(3.0, 0.5),
    spread=0.3,
)
