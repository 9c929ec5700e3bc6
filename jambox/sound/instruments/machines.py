"""Kits after two drum machines, the TR-808 and the TR-909.

808: figures that Iain McCurdy's study for Csound gives (as restated in csound-expression's Tr808): kick 56 Hz for 1.1
s, its first half-cycle an octave higher, as the circuit does under accent (service notes); toms 90, 133 and 200 Hz;
congas 227, 310 and 420 Hz for 0.33, 0.26 and 0.18 s; claves 2500 Hz for 36 ms; cowbell of two square waves, 540 and
800 Hz, that falls fast at first and then for 0.5 s (baratatronix, ericarcher); maracas 6 to 12 kHz for 60 ms. Snare,
clap, rim and hats are those of `kit`, which has them from the same study.

909: general knowledge throughout. Kick from 200 Hz down to 50 in some 50 ms, with a click; snare of two oscillators
that fall, under two bands of noise; toms alike, deeper. The machine's hats and cymbals are recordings; these are not.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from jambox.sound.instruments import kit
from jambox.sound.instruments.strokes import Blow, strike
from jambox.sound.instruments.tones import Band, Mode, Samples
from jambox.units import Hertz

Machine = Callable[[str, Hertz, int, int], Samples]
_KIT = ("snare", "clap", "rim", "closed hat", "open hat")


def _tom(pitch: float, t60: float, bend: float, settle: float, target: float) -> Blow:
    return Blow(pitch, (Mode(1.0, 0, t60),), (Band(100, 1000, -21, 0.12),), target, bend=bend, settle=settle, drive=1.2)


def _conga(pitch: float, t60: float, target: float) -> Blow:
    return Blow(pitch, (Mode(1.0, 0, t60),), (), target, bend=6.0, settle=0.003)


def _squares(level: float, t60: float) -> tuple[Mode, ...]:
    # Odd harmonics of both waves through a band-pass near 850 Hz.
    low = ((1.0, -3.0), (3.0, -15.0), (5.0, -24.0))
    high = ((1.4815, 0.0), (4.4444, -18.0), (7.4074, -27.0))
    return tuple(Mode(ratio, level + loud, t60) for ratio, loud in (*low, *high))


EIGHT: Mapping[str, Blow] = MappingProxyType(
    {
        "kick": Blow(
            56.0,
            (Mode(1.0, 0, 1.1), Mode(2.0, -32, 0.3)),
            (Band(600, 3000, -24, 0.008),),
            -21.0,
            bend=12.0,
            settle=0.006,
            drive=1.3,
        ),
        "low tom": _tom(90.0, 0.45, 7.0, 0.006, -22.0),
        "mid tom": _tom(133.0, 0.38, 7.0, 0.005, -22.0),
        "high tom": _tom(200.0, 0.30, 7.0, 0.004, -22.0),
        "low conga": _conga(227.0, 0.33, -23.0),
        "mid conga": _conga(310.0, 0.26, -23.0),
        "high conga": _conga(420.0, 0.18, -23.5),
        "claves": Blow(2500.0, (Mode(1.0, 0, 0.036),), (), -23.0, drive=2.0),
        "cowbell": Blow(540.0, (*_squares(0.0, 0.12), *_squares(-9.0, 0.5)), (), -23.5),
        "maracas": Blow(9000.0, (), (Band(6000, 12000, 0, 0.06),), -28.0),
    }
)

NINE: Mapping[str, Blow] = MappingProxyType(
    {
        "kick": Blow(
            50.0,
            (Mode(1.0, 0, 0.55), Mode(2.0, -24, 0.3), Mode(3.0, -28, 0.2)),
            (Band(1500, 7000, -14, 0.008), Band(300, 1500, -20, 0.012)),
            -21.0,
            bend=24.0,
            settle=0.02,
            drive=1.8,
        ),
        "snare": Blow(
            182.0,
            (Mode(1.0, -2, 0.16), Mode(1.81, -4, 0.11)),
            (Band(900, 4000, -13, 0.16), Band(4000, 12000, -12, 0.24)),
            -22.5,
            bend=5.0,
            settle=0.012,
            drive=1.5,
        ),
        "rim": Blow(
            500.0,
            (Mode(1.0, -6, 0.025), Mode(1.9, -2, 0.03), Mode(3.3, 0, 0.03), Mode(5.1, -8, 0.02)),
            (Band(1000, 6000, -10, 0.012),),
            -26.5,
            drive=2.0,
        ),
        "low tom": _tom(82.0, 0.50, 9.0, 0.04, -22.0),
        "mid tom": _tom(118.0, 0.42, 9.0, 0.035, -22.0),
        "high tom": _tom(165.0, 0.35, 9.0, 0.03, -22.0),
    }
)

EIGHT_NAMES = (*EIGHT, *_KIT)
NINE_NAMES = (*NINE, *(name for name in _KIT if name not in NINE))


def eight(name: str, tonic: Hertz, rate: int, seed: int) -> Samples:
    """One sound of the 808's kit, see `strokes.strike`. Raises UnknownNameError."""
    return kit.hit(name, rate, seed) if name in _KIT else strike("kit808", EIGHT, name, tonic, rate, seed)


def nine(name: str, tonic: Hertz, rate: int, seed: int) -> Samples:
    """One sound of the 909's kit, see `strokes.strike`. Raises UnknownNameError."""
    own = name in NINE or name not in _KIT
    return strike("kit909", NINE, name, tonic, rate, seed) if own else kit.hit(name, rate, seed)
