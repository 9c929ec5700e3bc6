"""A picture of the standard panel, as SVG: pure, the same text every time, drawn from tables.

The face plate is dark and opaque, so that the picture reads on a light and on a dark page; fonts are the reader's own.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

from jambox.panel.pins import FEET, POTS, label

WIDTH, HEIGHT = 960, 470

_PLATE = "#22262c"
_EDGE = "#3a4049"
_INK = "#f2efe8"
_FAINT = "#a3a9b3"
_METAL = "#0f1114"
_LAMPS = {"beat": "#ffd27a", "drone": "#7fd6a2", "rhythm": "#f5a352", "keep": "#f2706b", "status": "#79b8f2"}


class _Knob(NamedTuple):
    x: int
    turn: float
    """Where its pointer stands, 0 to 1."""
    hint: str


class _Button(NamedTuple):
    x: int
    colour: str
    light: str | None
    press: str
    hold: str


_KNOB_Y, _BUTTON_Y, _LIGHT_Y = 142, 336, 272
_KNOBS = {
    "volume": _Knob(92, 0.62, "the whole box"),
    "inputs": _Knob(214, 0.55, "the players"),
    "drone_level": _Knob(336, 0.45, "the ground"),
    "rhythm_level": _Knob(458, 0.58, "the pulse"),
    "energy": _Knob(592, 0.35, "calm … busy"),
    "meet": _Knob(714, 0.5, "cycle A … B"),
}
_STYLE = _Knob(856, 0.0, "push: where am I?")
_BUTTONS = {
    "drone": _Button(92, "#3f8f66", "drone", "on / off", "listen"),
    "rhythm": _Button(242, "#c1752b", "rhythm", "start / fill", "end"),
    "tap": _Button(392, "#d8d3c6", "beat", "tempo", "clock"),
    "surprise": _Button(542, "#7b5ea7", None, "change one thing", "undo"),
    "keep": _Button(692, "#b2423d", "keep", "keep that", "take"),
    "shift": _Button(842, "#59626f", "status", "second function", "save"),
}


def panel_svg() -> str:
    """The panel as an SVG document, 960 by 470, ending in a newline."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-labelledby="title" font-family="Helvetica Neue, Helvetica, Arial, sans-serif" text-anchor="middle">',
        '<title id="title">The panel of the jam box: six knobs and an encoder above, six buttons and five lights '
        "below</title>",
        *_plate(),
        *(line for name in POTS for line in _knob(label(name), _KNOBS[name])),
        *_encoder(),
        *(line for name in _BUTTONS for line in _button(name, _BUTTONS[name])),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _plate() -> Iterator[str]:
    yield (
        f'<rect x="3" y="3" width="{WIDTH - 6}" height="{HEIGHT - 6}" rx="26" fill="{_PLATE}" '
        f'stroke="{_EDGE}" stroke-width="3"/>'
    )
    for x in (26, WIDTH - 26):
        for y in (26, HEIGHT - 26):
            yield f'<circle cx="{x}" cy="{y}" r="6" fill="{_METAL}" stroke="{_EDGE}" stroke-width="2"/>'
            yield f'<path d="M{x - 3.5} {y - 3.5}L{x + 3.5} {y + 3.5}" stroke="{_EDGE}" stroke-width="2"/>'
    yield f'<path d="M40 230H{WIDTH - 40}" stroke="{_EDGE}" stroke-width="2"/>'
    yield f'<path d="M525 74V196M786 74V196" stroke="{_EDGE}" stroke-width="2"/>'


def _text(x: float, y: float, size: int, colour: str, text: str, more: str = "") -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}"{more}>{text}</text>'


def _title(x: float, y: float, text: str) -> str:
    return _text(x, y, 16, _INK, text, ' font-weight="700" letter-spacing="1.5"')


def _ray(x: float, y: float, turn: float, inner: float, outer: float) -> str:
    """A path along a radius at `turn` 0 to 1: 0 is half past seven, 1 half past four, as knobs turn (270 degrees)."""
    angle = math.radians(270.0 * turn - 135.0)
    sine, cosine = math.sin(angle), math.cos(angle)
    return f"M{x + inner * sine:.1f} {y - inner * cosine:.1f}L{x + outer * sine:.1f} {y - outer * cosine:.1f}"


def _knob(title: str, knob: _Knob) -> Iterator[str]:
    x, y = knob.x, _KNOB_Y
    ticks = "".join(_ray(x, y, i / 10, 43, 49) for i in range(11))
    yield _title(x, 62, title)
    yield f'<path d="{ticks}" stroke="{_FAINT}" stroke-width="2" stroke-linecap="round"/>'
    yield f'<circle cx="{x}" cy="{y}" r="36" fill="{_METAL}" stroke="{_EDGE}" stroke-width="3"/>'
    yield f'<circle cx="{x}" cy="{y}" r="26" fill="{_EDGE}"/>'
    yield (f'<path d="{_ray(x, y, knob.turn, 12, 33)}" stroke="{_INK}" stroke-width="5" stroke-linecap="round"/>')
    yield _text(x, 210, 14, _FAINT, knob.hint)


def _encoder() -> Iterator[str]:
    x, y = _STYLE.x, _KNOB_Y
    notches = "".join(_ray(x, y, i * 360 / 270 / 24, 36, 41) for i in range(24))
    yield _title(x, 62, label("style"))
    yield f'<circle cx="{x}" cy="{y}" r="39" fill="{_METAL}"/>'
    yield f'<path d="{notches}" stroke="{_EDGE}" stroke-width="4"/>'
    yield f'<circle cx="{x}" cy="{y}" r="30" fill="{_EDGE}" stroke="{_FAINT}" stroke-width="2"/>'
    for side in (-1, 1):
        sweep = (side + 1) // 2
        yield (
            f'<path d="M{x + side * 19} {y - 51}A55 55 0 0 {sweep} {x + side * 46} {y - 34}" fill="none" '
            f'stroke="{_FAINT}" stroke-width="3" stroke-linecap="round"/>'
        )
        head = f"M{x + side * 53} {y - 38}L{x + side * 51} {y - 25}L{x + side * 39} {y - 31}Z"
        yield f'<path d="{head}" fill="{_FAINT}"/>'
    yield _text(x, 210, 14, _FAINT, _STYLE.hint)


def _button(name: str, button: _Button) -> Iterator[str]:
    x, y = button.x, _BUTTON_Y
    if button.light:
        colour = _LAMPS[button.light]
        yield f'<circle cx="{x}" cy="{_LIGHT_Y}" r="13" fill="{colour}" fill-opacity="0.22"/>'
        yield f'<circle cx="{x}" cy="{_LIGHT_Y}" r="7" fill="{colour}"/>'
        if button.light != name:
            yield _text(x + 20, _LIGHT_Y + 5, 13, _FAINT, label(button.light), ' text-anchor="start"')
    yield f'<circle cx="{x}" cy="{y}" r="37" fill="{_METAL}" stroke="{_EDGE}" stroke-width="3"/>'
    yield f'<circle cx="{x}" cy="{y}" r="29" fill="{button.colour}"/>'
    yield f'<circle cx="{x}" cy="{y}" r="24" fill="none" stroke="#fff" stroke-opacity="0.18" stroke-width="2"/>'
    yield _title(x, 400, label(name))
    foot = f" · {FEET[name]}" if name in FEET else ""
    yield _text(x, 421, 14, _FAINT, f"{button.press}{foot}")
    yield _text(x, 440, 14, _FAINT, f"hold: {button.hold}")
