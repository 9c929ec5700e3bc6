"""What strikes, and how much darker a soft stroke is for it.

Force grows faster than the dent that a stick, a hand or a felt takes, as its power p: 3/2 between hard round bodies
(Hertz; Chaigne and Doutaut 1997, on xylophones), 2.2 to 3.5 in the felt of piano hammers (Hall and Askenfelt 1988). So
what strikes faster stays shorter: contact lasts as the speed to the power -(p - 1) / (p + 1) (Avanzini and Rocchesso,
DAFx 2001). A drumstick stays 3 to 6 ms on a head (Wagner, KTH 2006). The spectrum of the blow reaches to about one over
that time (Liljencrants, Mechanical Music Digest 2002), and falls by 12 dB an octave from there, as that of half a sine
does: a contact longer by r costs r squared of what lies above. Here a stroke's speed goes with its amplitude, which is
its velocity squared, so that the high share left is velocity ** (4 (p - 1) / (p + 1)): at half velocity 5 dB less under
wood, 8 under a hand, 10 under felt.

That p of a hand lies between wood and felt, and all the corners from which it is heard, are this project's estimates,
which players should check. What is shaken, scraped or brushed, and what a machine makes, is only quieter: for those no
law was found.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from jambox.sound.instruments.finish import STROKE_SECONDS, weighting
from jambox.sound.instruments.tones import Samples, Signal
from jambox.sound.softness import EVEN, Softness


class Touch(NamedTuple):
    """What strikes: from which `corner` (Hz) softness is heard, and by which `exponent` force grows with its dent."""

    corner: float
    exponent: float

    @property
    def power(self) -> float:
        """The power of the velocity by which what lies above the corner is left."""
        return 4.0 * (self.exponent - 1.0) / (self.exponent + 1.0)


FELT = Touch(350.0, 2.5)
"""Any padded or wound beater."""
HAND = Touch(600.0, 2.0)
FINGER = Touch(1200.0, 2.0)
STICK = Touch(1000.0, 1.5)
CANE = Touch(1800.0, 1.5)
"""Thin sticks."""
WOOD = Touch(2500.0, 1.5)
"""Wood, or a nail, on wood."""
METAL = Touch(4000.0, 1.5)
"""Wood or metal on metal."""

TOUCHES: Mapping[str, Mapping[Touch, tuple[str, ...]]] = MappingProxyType(
    {
        "accents": {WOOD: ("block",), HAND: ("bass", "tap", "foot")},
        "alfaia": {STICK: ("alfaia", "alfaia soft", "tarol"), METAL: ("gonguê high", "gonguê low")},
        "batucada": {
            FELT: ("surdo 1", "surdo 2", "surdo 3", "surdo 3 muted"),
            STICK: ("caixa",),
            CANE: ("tamborim",),
            METAL: ("agogô high", "agogô low"),
            HAND: ("pandeiro damped", "pandeiro open"),
        },
        "bendir": {HAND: ("low", "high")},
        "bodhran": {STICK: ("accented down", "down", "accented up", "up")},
        "bombo": {FELT: ("bombo",), WOOD: ("rim",)},
        "buk": {HAND: ("gung", "gung muted"), STICK: ("chae",), WOOD: ("ttak", "ttak soft")},
        "cajon": {HAND: ("bass", "slap", "tap")},
        "candombe": {
            WOOD: ("madera",),
            HAND: ("chico hand", "repique hand"),
            STICK: ("chico stick", "repique stick"),
        },
        "ching": {METAL: ("ching", "chap")},
        "clave": {WOOD: ("clave", "palito", "cáscara", "block"), METAL: ("campana",), STICK: ("timbal",)},
        "conga": {
            HAND: ("open", "slap", "heel", "toe"),
            FINGER: ("bongó high", "bongó low", "bongó touch", "bongó thumb"),
        },
        "cumbia": {HAND: ("llamador",)},
        "daf": {HAND: ("dum",), FINGER: ("tak", "ka")},
        "darbuka": {HAND: ("dum", "slap"), FINGER: ("tak", "ka", "light tak", "light left", "light right")},
        "davul": {FELT: ("düm",), CANE: ("tek",)},
        "dhol": {STICK: ("ge",), CANE: ("na",)},
        "dholak": {HAND: ("ge", "ka"), FINGER: ("na", "ti"), METAL: ("chak",)},
        "djembe": {
            HAND: ("bass", "tone", "slap"),
            STICK: ("dundun", "sangban", "kenken", "dundun muted", "sangban muted"),
            METAL: ("dundun bell", "sangban bell", "kenken bell"),
        },
        "drumset": {
            FELT: ("kick", "soft kick"),
            STICK: ("snare", "ghost snare"),
            WOOD: ("rim", "block"),
            METAL: ("closed hat", "open hat", "hat foot", "ride", "cymbal"),
            HAND: ("clap",),
        },
        "gamelan": {FELT: ("gong", "kempul", "kenong", "ketuk", "kempyang")},
        "gankogui": {
            METAL: ("gankogui", "gankogui low", "bell", "dawuro"),
            STICK: ("kagan",),
            HAND: ("open", "bass", "slap"),
        },
        "ghatam": {HAND: ("gumki", "thom", "clap"), FINGER: ("ta", "ka", "nam")},
        "janggu": {STICK: ("kung",), CANE: ("deok", "deo", "reo")},
        "kit": {FELT: ("kick",), STICK: ("snare",), WOOD: ("rim",), METAL: ("closed hat", "open hat")},
        "kudum": {FELT: ("düm", "tek", "ke")},
        "mridangam": {
            FINGER: ("nam", "din", "dim", "chapu", "arai chapu", "ki", "ta", "mi"),
            HAND: ("thom", "gumki", "tha", "clap"),
        },
        "pakhawaj": {FINGER: ("ta", "din", "te", "ti"), HAND: ("ge", "ka")},
        "palmas": {HAND: ("palmas", "palmas two", "contra", "golpe")},
        "riq": {HAND: ("dum",), FINGER: ("tak", "ka")},
        "tabla": {FINGER: ("na", "tin", "tun", "te", "ti"), HAND: ("ge", "ke")},
        "taiko": {STICK: ("right", "left")},
        "tombak": {HAND: ("tom",), FINGER: ("bak",)},
        "zabumba": {
            FELT: ("zabumba open", "zabumba closed"),
            CANE: ("bacalhau",),
            METAL: ("triangle open", "triangle damped", "agogô high", "agogô low"),
        },
    }
)
"""Family -> what strikes -> the sounds that it makes; those that stand nowhere are only quieter."""


def touch(family: str, name: str) -> Touch | None:
    """What strikes a family's sound, where a soft stroke of it is darker."""
    return next((kind for kind, names in TOUCHES.get(family, {}).items() if name in names), None)


def softness(kind: Touch | None, samples: Samples, rate: int) -> Softness:
    """How soft strokes of these samples are darker, measured over the time that their loudness is."""
    if kind is None:
        return EVEN
    frames = round(STROKE_SECONDS * rate)
    frequency: Signal = np.fft.rfftfreq(2 * frames, 1.0 / rate).astype(np.float64)
    energy = np.abs(np.fft.rfft(samples[:frames].astype(np.float64), 2 * frames)) ** 2 * weighting(frequency)
    pole = 1.0 - np.exp(-2.0 * np.pi * kind.corner / rate)
    below = pole / (1.0 - (1.0 - pole) * np.exp(-2j * np.pi * frequency / rate))
    shares = [float((energy * np.abs(part) ** 2).sum() / max(energy.sum(), 1e-20)) for part in (below, 1.0 - below)]
    return Softness(kind.corner, kind.power, *shares)
