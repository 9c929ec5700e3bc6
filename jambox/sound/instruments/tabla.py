"""The strokes of the tabla: the tuned dayan of the right hand, the bayan of the left with its bending bass.

Raman (1920, 1934): the loaded head of the dayan rings in five harmonics 1:2:3:4:5, and each stroke lets some of them
ring and damps the others. Levels and decay times below follow what was measured on the CC0 recordings of a tabla
by dio_333 (Freesound 130404 to 130430): there Na is mode 3 with 5 and 4, Tin mode 2, Tun the free mode 1 with a T60
of 2.2 s, Te and Ke thuds of some 40 ms. That instrument's mode 1 was 210 cents sharp of the others, one of the
deviations that Courtney describes (Journal of the Sangeet Research Academy, 1999); here it is Raman's, so that Tun
agrees with the drone. Mode 2 of Na is lifted above the measured level, to make its pitch plain.

The bayan's modes are 1, 2, 3.01, 4.01 (Csound manual, modal frequency table) with 5 and 6 as measured. In the
recordings the heel's pressure moved Ge from 104 Hz up to 137 Hz in 240 ms and back, or let it sink from 122 Hz to
92 Hz in 300 ms; the glide here is the first of these.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from jambox.errors import UnknownNameError
from jambox.sound.instruments.finish import finish
from jambox.sound.instruments.tones import Band, Mode, Samples, Signal, bursts, clock, modes
from jambox.units import Hertz

DAYAN_LOW = Hertz(233.08)
"""The dayan's mode 1 is Sa, taken by octaves to this frequency (B♭3) or above, below its double."""
BAYAN_LOW = Hertz(70.0)
"""The bayan rests on Sa, or on the Pa below it where Sa would lie above `BAYAN_HIGH`."""
BAYAN_HIGH = Hertz(110.0)

_DETUNE = 3.0
_LEVEL_SPREAD = 0.8
_MODE_SPREAD = 1.5


@dataclass(frozen=True, slots=True)
class Stroke:
    """How one stroke sounds: which drum, which modes and noises, how long, how loud (LUFS over 0.3 s).

    `press` is the glide of the heel in semitones, 0 for none; `slack` the semitones by which the blow itself
    stretches the head at first.
    """

    dayan: bool
    modes: tuple[Mode, ...]
    noises: tuple[Band, ...]
    seconds: float
    target: float
    press: float = 0.0
    slack: float = 0.0


def _air(level: float) -> Band:
    """The breath of the blow that outlasts its slap: faint, broad, 0.14 s in every recording measured."""
    return Band(300, 9000, level, 0.14)


_RIM = (
    *(Mode(3.0, -9, 0.44), Mode(4.0, -19, 0.34), Mode(5.0, -14, 0.14), Mode(6.0, -22, 0.12)),
    *(Mode(7.1, -20, 0.09), Mode(8.2, -22, 0.08), Mode(9.4, -25, 0.06)),
)

STROKES: Mapping[str, Stroke] = MappingProxyType(
    {
        "na": Stroke(
            True,
            (Mode(1.0, -21, 0.06), Mode(2.0, -25, 0.90), *_RIM),
            (Band(200, 1600, -24, 0.03), Band(1600, 4500, -12, 0.03), Band(4500, 11000, -20, 0.03), _air(-44)),
            1.0,
            -22.5,
        ),
        "tin": Stroke(
            True,
            (Mode(1.0, -8, 0.06), Mode(2.0, -17, 1.50), Mode(3.0, -19, 0.36), Mode(4.0, -27, 0.28)),
            (Band(180, 500, -14, 0.03), Band(700, 2500, -22, 0.03), Band(2500, 10000, -24, 0.03), _air(-44)),
            1.3,
            -23.0,
        ),
        "tun": Stroke(
            True,
            (Mode(1.0, 0, 2.20), Mode(2.0, -26, 1.50), Mode(3.0, -23, 0.50), Mode(4.0, -33, 0.30)),
            (Band(120, 400, -12, 0.03), Band(700, 4000, -19, 0.03), Band(4000, 9000, -30, 0.03), _air(-46)),
            1.8,
            -22.0,
            slack=0.15,
        ),
        "te": Stroke(
            True,
            (Mode(0.65, -2, 0.045), Mode(1.2, -6, 0.04), Mode(4.8, -20, 0.09)),
            (Band(120, 400, -8, 0.045), Band(600, 4000, -12, 0.035), Band(4000, 9000, -24, 0.03), _air(-38)),
            0.16,
            -29.0,
        ),
        "ti": Stroke(
            True,
            (Mode(0.7, -4, 0.045), Mode(4.9, -20, 0.07)),
            (Band(100, 400, -12, 0.045), Band(1500, 6000, -10, 0.04), Band(6000, 10000, -22, 0.03), _air(-36)),
            0.14,
            -30.5,
        ),
        "ge": Stroke(
            False,
            (
                *(Mode(1.0, 0, 1.60), Mode(2.0, -11, 0.60), Mode(3.01, -17, 0.55)),
                *(Mode(4.01, -20, 0.45), Mode(5.0, -24, 0.35), Mode(6.0, -28, 0.25)),
            ),
            (Band(200, 900, -17, 0.04), Band(900, 6500, -22, 0.03), _air(-46)),
            1.2,
            -21.0,
            press=4.5,
            slack=0.6,
        ),
        "ke": Stroke(
            False,
            (Mode(1.3, 0, 0.09), Mode(2.2, -8, 0.06), Mode(9.0, -16, 0.08), Mode(13.5, -24, 0.08)),
            (Band(90, 300, -8, 0.06), Band(300, 1600, -12, 0.045), Band(1600, 8000, -18, 0.03), _air(-38)),
            0.18,
            -28.5,
        ),
    }
)
"""Strokes by name. Dha is ge and na together, Dhin ge and tin: the drum's data file says which."""
NAMES = tuple(STROKES)


def dayan_pitch(sa: Hertz) -> Hertz:
    """Mode 1 of the dayan: `sa` moved by octaves into `DAYAN_LOW` to twice that."""
    return Hertz(sa * 2.0 ** -np.floor(np.log2(sa / DAYAN_LOW)))


def bayan_pitch(sa: Hertz) -> Hertz:
    """Resting pitch of the bayan: Sa by octaves, or the Pa below (3/4 of it), from 70 to 110 Hz."""
    pitch = sa * 2.0 ** -np.floor(np.log2(sa / BAYAN_LOW))
    return Hertz(pitch if pitch <= BAYAN_HIGH else pitch * 0.75)


def stroke(name: str, sa: Hertz, rate: int, seed: int) -> Samples:
    """One stroke, in tune with `sa`; shape (frames,) with the onset at index 0.

    Seeds differ by 0.8 dB, 3 cents on the dayan, the balance of modes, the depth of the glide, and new noise.
    Raises UnknownNameError.
    """
    try:
        kind = STROKES[name]
    except KeyError:
        raise UnknownNameError(f"tabla: no stroke {name!r}; there are {', '.join(NAMES)}") from None
    rng = np.random.default_rng([seed, *name.encode()])
    frames = round(kind.seconds * rate)
    base = dayan_pitch(sa) if kind.dayan else bayan_pitch(sa)
    pitch = base * 2.0 ** (_bend(kind, frames, rate, rng) / 12.0 + rng.uniform(-_DETUNE, _DETUNE) / 1200.0)
    ringing = tuple(Mode(m.ratio, m.level + rng.normal(0.0, _MODE_SPREAD * 0.5), m.t60) for m in kind.modes)
    sound = modes(ringing, pitch, rate) + bursts(kind.noises, frames, rate, rng)
    target = kind.target + rng.uniform(-_LEVEL_SPREAD, _LEVEL_SPREAD)
    return finish(sound, rate, target, fade=0.1 * kind.seconds)


def _bend(kind: Stroke, frames: int, rate: int, rng: np.random.Generator) -> Signal:
    """Deviation from the resting pitch in semitones, shape (frames,): the blow's slack, then the heel's press."""
    t = clock(frames, rate)
    slack = kind.slack * np.exp(-t / 0.04)
    depth = kind.press * rng.uniform(0.85, 1.15)
    up = 0.5 - 0.5 * np.cos(np.pi * np.clip((t - 0.07) / 0.16, 0.0, 1.0))
    back = 0.5 + 0.5 * np.cos(np.pi * np.clip((t - 0.25) / 0.35, 0.0, 1.0))
    bend: Signal = slack + depth * up * back
    return bend
