"""Meters: from the engine's numbers to levels in dB, for people and programs."""

import math
from collections.abc import Sequence

from jambox.sound import layout
from jambox.units import Decibels, decibels

BUSES = ("inputs", "drone", "rhythm", "master", "reverb")
"""In the order of their meters."""
FLOOR = Decibels(-120.0)
"""What silence reads, in dB: JSON has no minus infinity."""
HOUSE = 1
STRIPS = HOUSE + layout.METERS
METERS = STRIPS + layout.STRIPS * layout.STRIP_METERS
"""Numbers on the page: how many strips there are, the house's meters, those of all strips."""
LUFS = -0.691
"""ITU-R BS.1770-4: what is added to 10 log10 of the weighted mean square."""
NEPERS = 20.0 / math.log(10.0)
"""Decibels in a neper."""


def as_dict(page: Sequence[float], strips: int = layout.STRIPS) -> dict[str, object]:
    """The meters of a page: peaks in dBFS, means in dBFS (a full-scale square wave reads 0), reductions in dB.

    There are no more than `strips` strips in it.
    `loudness` is the short-term loudness of EBU R 128, in LUFS over 3 s; `true_peak` is in dBTP, `clipped` in frames.
    Of a strip, `peak` and `rms` are as it is heard, before its pan; `loudest` is as it was captured, before its trim,
    since somebody last began to listen.
    `howls` counts what the feedback guard has stopped; `notches` are its notches that are down, in Hz and dB.
    """
    house = page[HOUSE:STRIPS]
    return {
        "strips": [_strip(page, number) for number in range(min(int(page[0]), strips))],
        "buses": {
            name: {"peak": _level(house[bus]), "rms": _power(house[layout.BUS_METERS + bus])}
            for bus, name in enumerate(BUSES)
        },
        "true_peak": _level(house[layout.TRUE_PEAK]),
        "limiter": _rounded(decibels(max(house[layout.LIMITED], 1.0))),
        "duck": _rounded(house[layout.DUCKED] * NEPERS),
        "loudness": _power(house[layout.ENERGY] * 10.0 ** (LUFS / 10.0)),
    }


def loudest(page: Sequence[float]) -> tuple[float, ...]:
    """The loudest captured sample of each strip since somebody began to listen, as an amplitude."""
    return tuple(_column(page, layout.TOP))


def clipped(page: Sequence[float]) -> tuple[float, ...]:
    """The clipped frames of each strip since the engine's start."""
    return tuple(_column(page, layout.CLIPPED))


def _column(page: Sequence[float], column: int) -> Sequence[float]:
    end = STRIPS + int(page[0]) * layout.STRIP_METERS
    return page[STRIPS + column : end : layout.STRIP_METERS]


def _strip(page: Sequence[float], number: int) -> dict[str, object]:
    start = STRIPS + number * layout.STRIP_METERS
    meters = page[start : start + layout.STRIP_METERS]
    return {
        "peak": _level(meters[layout.PEAK]),
        "rms": _power(meters[layout.SQUARE]),
        "compressor": _rounded(meters[layout.REDUCTION] * NEPERS),
        "gate": _rounded(meters[layout.GATING] * NEPERS),
        "clipped": int(meters[layout.CLIPPED]),
        "loudest": _level(meters[layout.TOP]),
        "howls": int(meters[layout.HOWLS]),
        "notches": _notches(meters),
    }


def _notches(meters: Sequence[float]) -> list[dict[str, float]]:
    places = range(layout.NOTCHED, layout.STRIP_METERS, layout.NOTCH_METERS)
    notches = [(meters[place + layout.FREQUENCY], meters[place + layout.DEPTH]) for place in places]
    return [{"frequency": round(frequency, 1), "depth": _rounded(depth)} for frequency, depth in notches if depth > 0.0]


def _level(amplitude: float) -> float:
    return _rounded(max(decibels(amplitude), FLOOR))


def _power(square: float) -> float:
    return _rounded(max(0.5 * decibels(square), FLOOR))


def _rounded(level: float) -> float:
    return round(level, 1)
