"""Trims by what was heard: each strip's loudest phrase shall peak at TARGET."""

from collections.abc import Sequence

from jambox.sound.dials import DIALS
from jambox.sound.parameters import Mixer, Strip
from jambox.units import Decibels, decibels

SECONDS = 8.0
"""How long the inputs are listened to: a phrase, and time to begin it."""
TARGET = Decibels(-12.0)
"""dBFS. Who plays twice as loud on the night, and then some, is still far from clipping."""
_TRIM = DIALS["strip1.trim"]
QUIETEST = Decibels(TARGET - _TRIM.high)
"""dBFS. What even the highest trim would not bring to TARGET is the noise of an input on which nobody plays."""
CLIPPED = 0.9999
"""Captured samples from here on are clipped, as channels.FULL."""


def trims(loudest: Sequence[float], mixer: Mixer) -> dict[str, float]:
    """Trims in dB, by the parameters' names, for the loudest captured amplitude of each strip; none for a silent one.

    Both sides of a pair count for its one trim. Steps of 0.1 dB.
    """
    found: dict[str, float] = {}
    for number, peak in _heard(loudest, mixer):
        level = decibels(peak)
        if level > QUIETEST:
            found[f"strip{number}.trim"] = round(min(max(TARGET - level, _TRIM.low), _TRIM.high), 1)
    return found


def told(loudest: Sequence[float], mixer: Mixer) -> str:
    """What `trims` comes to, for the player."""
    if not loudest:
        return "there are no inputs to listen to"
    found = trims(loudest, mixer)
    if not found:
        return "no input was heard: the trims stay as they are"
    words = [f"{name} {trim:+.1f} dB" for name, trim in found.items()]
    silent = [f"strip{number}" for number, _ in _heard(loudest, mixer) if f"strip{number}.trim" not in found]
    words += [f"{', '.join(silent)} {'is' if len(silent) == 1 else 'are'} silent"] if silent else []
    words += [f"strip{n} clips before it gets here: turn it down there" for n, peak in _clipping(loudest)]
    return "; ".join(words)


def _heard(loudest: Sequence[float], mixer: Mixer) -> list[tuple[int, float]]:
    # Strips by their number, from 1; a pair is its first strip. The last has no other to its right.
    found: list[tuple[int, float]] = []
    paired = False
    for place, peak in enumerate(loudest):
        if paired:
            number, other = found.pop()
            found.append((number, max(other, peak)))
            paired = False
        else:
            strip = mixer.strips[place] if place < len(mixer.strips) else Strip()
            paired = strip.pair and place + 1 < len(loudest)
            found.append((place + 1, peak))
    return found


def _clipping(loudest: Sequence[float]) -> list[tuple[int, float]]:
    return [(place + 1, peak) for place, peak in enumerate(loudest) if peak >= CLIPPED]
