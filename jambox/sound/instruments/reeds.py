"""Reeds that sound on: shruti box, harmonium, the drones of bagpipes, the othu.

Free reeds have strong harmonics to 5 kHz and beyond (arXiv 2401.01606); a pulse of duty 0.35 to 0.45 that falls from
1 kHz on, and the bellows' ripple, 0.3 to 0.6 Hz and up to 1.5 dB and 3 cents, are this project's own. A few cents
between two reeds of a note are two strings of the drone.

The Highland drones: their harmonics are many (McLaurin, docslib.org/doc/5204411), and the bag keeps the pressure even;
that odd ones are stronger, as in any cylinder that a reed closes, is general knowledge, and so are the levels. The othu
is a shawm, conical, with all harmonics and a formant; no measurement of it, nor of the sruti upanga, was found: both
are this project's own.
"""

import numpy as np

from jambox.sound.instruments.steady import Steady, pulse
from jambox.sound.instruments.tones import Signal

SHRUTI = Steady(pulse(0.42), -26.2, swell=0.5, sway=1.0, rates=(0.3, 0.6), spread=0.3)
HARMONIUM = Steady(pulse(0.36), -26.9, swell=0.4, sway=0.7, rates=(0.3, 0.6), hiss=(1500.0, 7000.0, -48.0), spread=0.3)


def _drone(n: Signal, frequencies: Signal) -> Signal:
    # A cylinder closed by its reed, at the lower end; a bell and steps in the bore let the even ones through, too.
    even = np.where(n % 2 == 0, 0.45 + 0.4 * np.minimum(1.0, n / 12.0), 1.0)
    amplitudes: Signal = even * n**-0.4 * (1.0 + (frequencies / 1600.0) ** 2) ** -1.0
    return amplitudes


def _shawm(n: Signal, frequencies: Signal) -> Signal:
    formant = 1.0 + 2.5 * np.exp(-0.5 * (np.log2(frequencies / 1300.0) / 0.5) ** 2)
    amplitudes: Signal = formant * n**-0.5 * (1.0 + (frequencies / 2500.0) ** 2) ** -1.0
    return amplitudes


HIGHLAND = Steady(_drone, -26.4, swell=0.15, sway=0.3, rates=(0.15, 0.4), shimmer=0.4)
UPANGA = Steady(_drone, -22.4, swell=0.4, sway=0.8, rates=(0.2, 0.6), shimmer=0.5, hiss=(1000.0, 6000.0, -45.0))
OTHU = Steady(_shawm, -22.4, swell=0.4, sway=0.8, rates=(0.3, 0.9), shimmer=0.6, hiss=(1500.0, 8000.0, -44.0))
