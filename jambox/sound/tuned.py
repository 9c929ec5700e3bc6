"""Which drums are tuned to the tonic: the others are rendered once, and stay as they are whatever the tonic is.

Without numpy, which the instruments themselves need, as the control process asks.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from jambox.units import Hertz

TUNED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "drumset": frozenset({"log drum"}),
        "gamelan": frozenset({"gong", "kempul", "kenong"}),
        "mridangam": frozenset({"nam", "din", "dim", "chapu", "arai chapu", "ki", "ta", "mi", "thom", "gumki", "tha"}),
        "pakhawaj": frozenset({"ta", "din", "te", "ti", "ge", "ka"}),
        "tabla": frozenset({"na", "tin", "tun", "te", "ti", "ge", "ke"}),
    }
)
"""Instrument -> those of its sounds whose pitch is the tonic's."""
ANY = Hertz(440.0)
"""What the tonic is said to be where it does not matter."""


def tonic_of(instrument: str, sounds: Iterable[str], tonic: Hertz) -> Hertz:
    """The `tonic` where one of these sounds goes by it, else ANY."""
    return ANY if TUNED.get(instrument, frozenset()).isdisjoint(sounds) else tonic
