"""The sounds of the box: pure functions from pitch, rate and seed to float32 samples.

    tones      partials, struck modes, bands of noise: what every sound is made of
    finish     soft ends, no DC, known loudness
    tanpura    one string, plucked: `tanpura.pluck`
    tabla      dayan and bayan strokes
    kit        kick, snare, clap, hats, rim
    earcons    what the box says

`render` makes any drum sound or earcon by family and name. All of it allocates and takes milliseconds, so it
belongs to the workshop, never to the engine's process. Same arguments, same samples, on one machine.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from jambox.errors import UnknownNameError
from jambox.sound.instruments import earcons, kit, tabla
from jambox.sound.instruments.tones import Samples
from jambox.units import Hertz


class Family(NamedTuple):
    """The names of a family's sounds and the function (name, tonic, rate, seed) that makes one.

    `variants`: do seeds matter, so that a bank wants several of each?
    """

    names: tuple[str, ...]
    render: Callable[[str, Hertz, int, int], Samples]
    variants: bool


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "tabla": Family(tabla.NAMES, tabla.stroke, True),
        "kit": Family(kit.NAMES, lambda name, _tonic, rate, seed: kit.hit(name, rate, seed), True),
        "earcons": Family(earcons.NAMES, lambda name, tonic, rate, _seed: earcons.earcon(name, tonic, rate), False),
    }
)


def render(family: str, name: str, tonic: Hertz, rate: int, seed: int) -> Samples:
    """One sound of a family, in tune with `tonic` in Hz where it has pitch; shape (frames,), mono.

    Peaks lie within -2 dBFS, of earcons within -12. Raises UnknownNameError for a family or a name not in FAMILIES.
    """
    try:
        kind = FAMILIES[family]
    except KeyError:
        raise UnknownNameError(f"no family of sounds {family!r}; there are {', '.join(FAMILIES)}") from None
    return kind.render(name, tonic, rate, seed)
