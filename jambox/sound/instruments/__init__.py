"""The sounds of the box: pure functions from pitch, rate and seed to float32 samples.

    tones      partials, struck modes, bands of noise: what every sound is made of
    finish     soft ends, no DC, known loudness
    bodies     skins, kettles, bars, bells: how they ring
    grains     rattles and jingles
    strokes    one blow, from a table of figures
    touch      what strikes, and how much darker soft strokes are
    drones     what drones are played on: the table
    breaths    one breath of a steady sound, which goes over into the next
    steady     what sounds on, from a table of figures
    reeds      shruti box, harmonium, drones of bagpipes, othu
    pipes      organ, bowed strings
    shapes     rows of harmonics, bells, resonances: spectra of what sounds on
    tanpura    one string, plucked: `tanpura.pluck`, in three sizes
    wheel      a hurdy-gurdy's drones and the bark of its chien
    drone_pipe a pipe after the yiḏaki
    overtones  khöömei, sygyt, kargyraa
    rims       singing bowls, glasses
    pad        sawtooth waves a few cents apart
    tabla      dayan and bayan strokes
    kit        kick, snare, clap, hats, rim
    goblets    darbuka, tombak
    djembe     djembe and dununs
    hoops      daf, bendir, bodhrán, riq
    kettles    kudüm
    congas     conga, bongó, cajón
    woods      claves and palitos, palmas, plain accents
    barrels    davul, dhol, dholak, bombo, shime-daiko, janggu, buk, candombe, cumbia
    pots       ghatam
    brazil     batucada, alfaia, zabumba
    loaded     pakhawaj
    mridangam  mridangam, with the hands that keep the tala
    machines   kits after the TR-808 and the TR-909
    drumset    kick, snare, cymbals, brushes and more
    irons      gankogui and its drums, ching, gongs of the gamelan
    earcons    what the box says

`render` makes any drum sound or earcon by family and name. All of it allocates and takes milliseconds, so it
belongs to the workshop, never to the engine's process. Same arguments, same samples, on one machine.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from jambox.errors import UnknownNameError
from jambox.sound.instruments import (
    barrels,
    brazil,
    congas,
    djembe,
    drumset,
    earcons,
    goblets,
    hoops,
    irons,
    kettles,
    kit,
    loaded,
    machines,
    mridangam,
    pots,
    tabla,
    touch,
    woods,
)
from jambox.sound.instruments.strokes import Blow, strike
from jambox.sound.instruments.tones import Samples
from jambox.sound.softness import Softness
from jambox.units import Hertz


class Family(NamedTuple):
    """The names of a family's sounds and the function (name, tonic, rate, seed) that makes one.

    `variants`: do seeds matter, so that a bank wants several of each?
    """

    names: tuple[str, ...]
    render: Callable[[str, Hertz, int, int], Samples]
    variants: bool


STRUCK: Mapping[str, Mapping[str, Blow]] = MappingProxyType(
    {
        "accents": woods.ACCENTS,
        "alfaia": brazil.ALFAIA,
        "batucada": brazil.BATUCADA,
        "bendir": hoops.BENDIR,
        "bodhran": hoops.BODHRAN,
        "bombo": barrels.BOMBO,
        "buk": barrels.BUK,
        "cajon": congas.CAJON,
        "candombe": barrels.CANDOMBE,
        "ching": irons.CHING,
        "clave": woods.CLAVE,
        "conga": congas.CONGA,
        "cumbia": barrels.CUMBIA,
        "daf": hoops.DAF,
        "darbuka": goblets.DARBUKA,
        "davul": barrels.DAVUL,
        "dhol": barrels.DHOL,
        "dholak": barrels.DHOLAK,
        "djembe": djembe.DJEMBE,
        "drumset": drumset.DRUMSET,
        "gamelan": irons.GAMELAN,
        "gankogui": irons.GANKOGUI,
        "ghatam": pots.GHATAM,
        "janggu": barrels.JANGGU,
        "kudum": kettles.KUDUM,
        "mridangam": mridangam.MRIDANGAM,
        "pakhawaj": loaded.PAKHAWAJ,
        "palmas": woods.PALMAS,
        "riq": hoops.RIQ,
        "taiko": barrels.TAIKO,
        "tombak": goblets.TOMBAK,
        "zabumba": brazil.ZABUMBA,
    }
)
"""Families that are tables of blows."""

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "tabla": Family(tabla.NAMES, tabla.stroke, True),
        "kit": Family(kit.NAMES, lambda name, _tonic, rate, seed: kit.hit(name, rate, seed), True),
        **{name: Family(tuple(blows), partial(strike, name, blows), True) for name, blows in STRUCK.items()},
        "kit808": Family(machines.EIGHT_NAMES, machines.eight, True),
        "kit909": Family(machines.NINE_NAMES, machines.nine, True),
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


def softness(family: str, name: str, samples: Samples, rate: int) -> Softness:
    """How soft strokes of a rendered sound are darker: not at all for what is no struck drum."""
    return touch.softness(touch.touch(family, name), samples, rate)
