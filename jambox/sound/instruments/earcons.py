"""Earcons: what the box says without a screen, short, soft, and in tune with the tonic.

Each is a row of small bells on just intervals above the tonic, which is taken by octaves to 466 to 932 Hz, above most
drones and voices. Rising means something came, falling that it went: two bells for an instrument, three quick ones for
what was learned by hand. Two low knocks on one note mean "not yet"; three low falling notes mean a fault.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from jambox.errors import UnknownNameError
from jambox.sound.instruments.finish import finish
from jambox.sound.instruments.tones import Mode, Samples, modes
from jambox.units import Hertz

LOW = Hertz(466.16)
"""The tonic of an earcon lies from here (B♭4) to an octave above."""
CEILING = -12.0
"""Peak in dBFS that no earcon passes."""

_BELL = (Mode(1.0, 0, 1.0), Mode(2.0, -10, 0.7), Mode(3.0, -20, 0.5))
_KNOCK = (Mode(1.0, 0, 1.0), Mode(2.0, -6, 0.8), Mode(3.0, -9, 0.6), Mode(5.0, -16, 0.4))


@dataclass(frozen=True, slots=True)
class Earcon:
    """Notes as (start in seconds, ratio to the tonic); `bell` gives timbre, `t60` stretches it; all in `seconds`."""

    notes: tuple[tuple[float, float], ...]
    bell: tuple[Mode, ...]
    t60: float
    seconds: float


EARCONS: Mapping[str, Earcon] = MappingProxyType(
    {
        "chime": Earcon(((0.0, 1.0), (0.13, 3 / 2), (0.26, 2.0)), _BELL, 0.9, 1.0),
        "arrive": Earcon(((0.0, 1.0), (0.1, 3 / 2)), _BELL, 0.4, 0.4),
        "leave": Earcon(((0.0, 3 / 2), (0.1, 1.0)), _BELL, 0.4, 0.4),
        "learn": Earcon(((0.0, 1.0), (0.08, 5 / 4), (0.16, 3 / 2)), _BELL, 0.4, 0.4),
        "forget": Earcon(((0.0, 3 / 2), (0.08, 5 / 4), (0.16, 1.0)), _BELL, 0.4, 0.4),
        "refuse": Earcon(((0.0, 1 / 2), (0.12, 1 / 2)), _KNOCK, 0.1, 0.25),
        "error": Earcon(((0.0, 3 / 4), (0.11, 3 / 5), (0.22, 1 / 2)), _KNOCK, 0.25, 0.4),
    }
)
NAMES = tuple(EARCONS)


def earcon(name: str, tonic: Hertz, rate: int) -> Samples:
    """One earcon; shape (frames,), at most 0.4 s (chime 1 s), peak at most -12 dBFS. Raises UnknownNameError."""
    try:
        kind = EARCONS[name]
    except KeyError:
        raise UnknownNameError(f"earcons: no {name!r}; there are {', '.join(NAMES)}") from None
    base = tonic * 2.0 ** -np.floor(np.log2(tonic / LOW))
    sound = np.zeros(round(kind.seconds * rate))
    bell = tuple(Mode(mode.ratio, mode.level, mode.t60 * kind.t60) for mode in kind.bell)
    for start, ratio in kind.notes:
        first = round(start * rate)
        note = modes(bell, np.full(len(sound) - first, base * ratio), rate)
        # 3 ms of rise: a bell, not a click.
        rise = round(0.003 * rate)
        note[:rise] *= np.arange(rise) / rise
        sound[first:] += note
    return finish(sound, rate, -28.0, measured=kind.seconds, fade=0.25 * kind.seconds, ceiling=CEILING)
