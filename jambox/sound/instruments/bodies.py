"""How bodies ring: round skins, kettles, bars, blocks and bells, as tables of ratios to their lowest tone.

Skins: zeros of the Bessel functions J_m, the ideal membrane. Where a skin is struck decides which of its modes speak:
mode (m, n) in proportion to J_m(z r) at r of the radius, so the middle excites those with m = 0 only and the edge many
(shown on a conga, ISB Journal of Physics 8, 2014). Over a closed kettle the air draws the modes with diameters to
1 : 1.5 : 2 : 2.5 (Morrison and Rossing, 2018). A bar free at both ends: Euler and Bernoulli. Wood block and agogô:
Synthesis ToolKit, ModalBar.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from jambox.sound.instruments.tones import Mode

# (diameters, circles) -> zero of J_m.
ZEROS: Mapping[tuple[int, int], float] = MappingProxyType(
    {
        (0, 1): 2.4048,
        (1, 1): 3.8317,
        (2, 1): 5.1356,
        (0, 2): 5.5201,
        (3, 1): 6.3802,
        (1, 2): 7.0156,
        (4, 1): 7.5883,
        (2, 2): 8.4172,
        (0, 3): 8.6537,
        (5, 1): 8.7715,
        (3, 2): 9.7610,
        (6, 1): 9.9361,
        (1, 3): 10.1735,
        (4, 2): 11.0647,
        (7, 1): 11.0864,
        (2, 3): 11.6198,
        (0, 4): 11.7915,
    }
)
KETTLE = (1.0, 1.5, 1.98, 2.44, 2.9, 0.85)
"""Modes (1,1), (2,1), (3,1), (4,1), (5,1) and, last, (0,1) over closed air, as measured on timpani."""
FREE_BAR = (1.0, 2.757, 5.404, 8.933)
WOOD_BLOCK = (1.0, 2.777, 7.378, 15.377)
AGOGO = (1.0, 4.08, 6.669)

_STEPS = (np.arange(64) + 0.5) * np.pi / 64


def bessel(order: int, x: float) -> float:
    """J of whole `order` at `x` from 0 to 20, by Bessel's integral."""
    return float(np.mean(np.cos(order * _STEPS - x * np.sin(_STEPS))))


def skin(at: float, level: float, t60: float, *, damping: float = 1.0, tilt: float = 4.0) -> tuple[Mode, ...]:
    """The modes of a round skin struck at `at` of its radius (0 the middle, 1 the edge), as ratios to mode (0,1).

    The strongest has `level` in dB. Mode (0,1) has `t60`, one of ratio r has t60 / r ** `damping`. `tilt` is how many
    dB an octave the softness of what strikes takes away. Modes 40 dB below the strongest are left out.
    """
    lowest = ZEROS[0, 1]
    raw = []
    for (order, _), zero in ZEROS.items():
        ratio = zero / lowest
        drive = abs(bessel(order, zero * at)) / abs(bessel(order + 1, zero))
        raw.append((ratio, 20.0 * np.log10(max(drive, 1e-6)) - tilt * np.log2(ratio)))
    top = max(loud for _, loud in raw)
    return tuple(
        Mode(ratio, float(level + loud - top), t60 / ratio**damping) for ratio, loud in raw if loud > top - 40.0
    )


def ringing(ratios: tuple[float, ...], levels: tuple[float, ...], t60s: tuple[float, ...]) -> tuple[Mode, ...]:
    """The modes of a body given its ratios, and a level in dB and a T60 in seconds for each."""
    return tuple(Mode(ratio, level, t60) for ratio, level, t60 in zip(ratios, levels, t60s, strict=True))


def measured(pitch: float, *parts: tuple[float, float, float]) -> tuple[Mode, ...]:
    """Modes as they were read from a recording, in Hz, dB and seconds, made ratios to `pitch`."""
    return tuple(Mode(hertz / pitch, level, t60) for hertz, level, t60 in parts)
