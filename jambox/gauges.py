"""The meters as text: bars and numbers for each strip and bus, as wide as there is room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

BOTTOM = -60.0
"""dBFS at the left end of a bar; the right end is 0."""
HOT = -6.0
"""dBFS from which a bar is hot."""
NARROWEST, WIDEST = 10, 60
"""Characters of a bar."""
_NUMBERS = 37
"""Characters of a row beside its name and bar."""
_NAME = 9
_EIGHTHS = " ▏▎▍▌▋▊▉"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the picture; `heat` is 0, 1 for a hot level, 2 for one that clips."""

    text: str
    heat: int = 0


def picture(meters: Mapping[str, Any], clipping: Sequence[bool], width: int) -> tuple[Line, ...]:
    """What `jambox status` has of the meters, in lines of at most `width` characters; `clipping` says which strips do.

    A bar shows the peak, with the mean (RMS) as a mark; then come both in dBFS, and by how much compressor and gate, or
    limiter and ducking, turn down.
    """
    bar = min(max(width - _NAME - _NUMBERS, NARROWEST), WIDEST)
    head = f"{'':<{_NAME}}{'-60 dBFS':<{bar - 1}}0   {'peak':>6}  {'rms':>6}  {'less':>5}"
    lines = [Line(head)]
    for number, strip in enumerate(meters["strips"]):
        clips = number < len(clipping) and clipping[number]
        less = f"{strip['compressor']:5.1f}  {'gate' if strip['gate'] > 1.0 else '':<4}  {'CLIP' if clips else '':<4}"
        lines.append(_row(f"strip{number + 1}", strip, bar, less, clips))
    lines.append(Line(""))
    for name, bus in meters["buses"].items():
        down = meters["limiter"] if name == "master" else meters["duck"] if name in ("drone", "rhythm") else 0.0
        lines.append(_row(name, bus, bar, f"{down:5.1f}", False))
    loudness, true_peak = meters["loudness"], meters["true_peak"]
    lines += [Line(""), Line(f"master   {loudness:.1f} LUFS over 3 s, true peak {true_peak:.1f} dBTP")]
    return tuple(Line(line.text[:width].rstrip(), line.heat) for line in lines)


def _row(name: str, levels: Mapping[str, float], bar: int, more: str, clips: bool) -> Line:
    peak, rms = levels["peak"], levels["rms"]
    heat = 2 if clips else 1 if peak >= HOT else 0
    return Line(f"{name:<{_NAME}}{_bar(peak, rms, bar)}   {_shown(peak)}  {_shown(rms)}  {more}", heat)


def _shown(level: float) -> str:
    return f"{level:6.1f}" if level > -119.9 else f"{'-':>6}"


def _bar(peak: float, rms: float, length: int) -> str:
    eighths = round(_share(peak) * length * 8)
    full, part = divmod(eighths, 8)
    cells = list("█" * full + (_EIGHTHS[part] if part else "") + " " * length)[:length]
    if rms > BOTTOM:
        cells[min(int(_share(rms) * length), length - 1)] = "│"
    return "".join(cells)


def _share(level: float) -> float:
    return min(max((level - BOTTOM) / -BOTTOM, 0.0), 1.0)
