"""A cycle as a picture: in columns for a terminal, or round, as SVG."""

import math
import textwrap
from collections.abc import Iterator, Sequence
from html import escape

from jambox.columns import pad, width
from jambox.music.certainty import WORDS
from jambox.music.cycle import Cycle
from jambox.music.rows import Row, spoken

BAR = "│"
RING = 34.0
"""Between the circles of two voices, in SVG units."""
CORE = 90.0
"""Radius of the innermost circle."""
NAMED = 2
"""Voices up to which each stroke's name stands beside it; of more, a pointer's rest shows it."""
HEAD = "▼"
"""Over the pulse that sounds."""
BLANK = " "
"""A line of a block, not the end of it."""
HAIR = 1e-6
"""Pulses by which a pulse may be missed, however sums were rounded."""
COLOURS = ("#b5482a", "#2a6f97", "#4f772d", "#7b4b94", "#b08900", "#3d405b", "#008080", "#9b2226")


def drawn(cycle: Cycle, columns: int = 100) -> str:
    """The cycle for a terminal of that many `columns`: names, pulses by groups, marks, strokes by voice, sources."""
    head = [line for told in _head(cycle) for line in _wrapped(told, columns)]
    return "\n".join((*head, "", *_body(cycle, columns), *_foot(cycle, columns)))


def playing(cycle: Cycle, beat: float | None, columns: int = 100) -> list[str]:
    """The cycle's name and table in lines, HEAD standing over the pulse that sounds at `beat`; over none for None.

    Beats count from sam on, and through its repetitions.
    """
    pulse = None
    if beat is not None:
        file = cycle.file
        pulse = math.floor(beat * file.pulses_per_beat + HAIR) + file.marks.sam - 1
        pulse %= file.pulses * file.turns
    named = _wrapped("  ".join((cycle.file.name, *cycle.file.names.values())), columns)
    return [*named, "", *_body(cycle, columns, pulse)]


def window(lines: Sequence[str], height: int) -> list[str]:
    """As many of the lines as there is room for: from the first on, or from the block on that HEAD stands over."""
    head = next((number for number, line in enumerate(lines) if HEAD in line), 0)
    end = next((number for number in range(head, len(lines)) if not lines[number]), len(lines))
    return list(lines[head if end > height else 0 :][:height])


def _head(cycle: Cycle) -> Iterator[str]:
    file = cycle.file
    tempo, sure = file.tempo, WORDS[file.tempo.certainty or file.certainty]
    yield "  ".join((file.name, *file.names.values()))
    where = (file.tradition, file.region, file.meter)
    yield f"{cycle.id}: {', '.join(part for part in where if part)}; {WORDS[file.certainty]}"
    groups = "+".join(map(str, file.groups))
    said = f" ({file.grouping})" if file.grouping else ""
    turns = f", a phrase of {file.turns} turns" if file.turns > 1 else ""
    yield f"{file.pulses} pulses{f' ({file.unit})' if file.unit else ''} in {groups}{said}{turns}"
    if file.group_names:
        yield f"groups: {', '.join(file.group_names)}"
    beat = f", counting {file.beat}" if file.beat else ""
    told = f": {tempo.told}" if tempo.told else ""
    yield f"{tempo.usual:g} per minute{beat}; from {tempo.low:g} to {tempo.high:g} ({sure}{told})"


def _body(cycle: Cycle, columns: int, head: int | None = None) -> Iterator[str]:
    """The table, its groups in as many blocks as the terminal needs; HEAD over the pulse `head`, from 0."""
    file = cycle.file
    heard = _heard(cycle)
    fitting = [row for row in heard if not (row.voice.places or file.pulses) % file.pulses]
    labels = file.marks.labels
    names = ["", "", *(_title(row, cycle) for row in fitting)]
    cells = [
        [str(pulse % file.pulses + 1) for pulse in range(file.pulses * file.turns)],
        [labels.get(pulse % file.pulses + 1, "") for pulse in range(file.pulses * file.turns)],
        *(_cells(row, file.pulses, file.turns) for row in fitting),
    ]
    left = max(map(width, names))
    for block in _blocks(file.groups * file.turns, cells, columns - left):
        columned = [[_padded(cells, pulse) for pulse in group] for group in block]
        parts = [["  ".join(row) for row in zip(*group, strict=True)] for group in columned]
        if head is not None:
            over = [
                [pad(HEAD * (pulse == head), width(_padded(cells, pulse)[0])) for pulse in group] for group in block
            ]
            line = f"{pad('', left)}   {'   '.join('  '.join(group) for group in over)}".rstrip()
            yield line or BLANK
        for number, name in enumerate(names):
            yield f"{pad(name, left)} {BAR} {f' {BAR} '.join(part[number] for part in parts)}".rstrip()
        yield ""
    for row in heard:
        if row not in fitting:
            yield f"{_title(row, cycle)}, {row.voice.places} even places: {row.voice.row}"
            yield ""


def _foot(cycle: Cycle, columns: int) -> Iterator[str]:
    file = cycle.file
    meant = {(word, name): None for row in _heard(cycle) for word, name in row.voice.strokes.items()}
    if meant:
        yield from _wrapped(f"letters and words: {', '.join(f'{word} {name}' for word, name in meant)}", columns)
    if file.timing:
        late = ", ".join(f"{offset:+.2f}" for offset in file.timing.at(cycle.tempo))
        rule = ", by the tempo" if file.timing.swing else ""
        whom = f" of {', '.join(file.timing.voices)}" if file.timing.voices else ""
        sure = WORDS[file.timing.certainty]
        yield from _wrapped(f"timing{whom}: {late} pulses from the grid, over and over{rule} ({sure})", columns)
    others = [f"{file.id}:{name}" if number else file.id for number, name in enumerate(file.readings)]
    if len(others) > 1:
        yield from _wrapped(f"readings: {', '.join(others)}", columns)
    yield from _wrapped(f"drums: {file.drums}", columns)
    if file.notes:
        yield from _wrapped(file.notes, columns)
    yield "sources:"
    for source in (*file.sources, *(file.timing.sources if file.timing else ())):
        yield from _wrapped(f"  {source}", columns)


def _heard(cycle: Cycle) -> list[Row]:
    return [row for row in cycle.file.rows if row.voice.reading in ("", cycle.reading)]


def _wrapped(text: str, columns: int) -> list[str]:
    return textwrap.wrap(text, columns, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def _title(row: Row, cycle: Cycle) -> str:
    sure = row.voice.certainty
    return f"{row.name} ({WORDS[sure]})" if sure and sure != cycle.file.certainty else row.name


def _cells(row: Row, pulses: int, turns: int) -> list[str]:
    """What stands at each pulse; of a finer row, all that falls within it."""
    tokens = [spoken(token.text) if row.words else token.text for token in row.tokens]
    tokens *= pulses * turns * ((row.voice.places or pulses) // pulses) // len(tokens)
    each = len(tokens) // (pulses * turns)
    return [("-" if row.words else "").join(tokens[start : start + each]) for start in range(0, len(tokens), each)]


def _padded(cells: Sequence[Sequence[str]], pulse: int) -> list[str]:
    column = [row[pulse] for row in cells]
    return [pad(cell, max(map(width, column))) for cell in column]


def _blocks(groups: Sequence[int], cells: Sequence[Sequence[str]], columns: int) -> Iterator[list[range]]:
    block: list[range] = []
    taken = first = 0
    for group in groups:
        pulses = range(first, first + group)
        needs = 3 + sum(2 + width(_padded(cells, pulse)[0]) for pulse in pulses)
        if block and taken + needs > columns:
            yield block
            block, taken = [], 0
        block.append(pulses)
        taken, first = taken + needs, first + group
    yield block


# The round picture


def svg(cycle: Cycle) -> str:
    """The cycle as a round picture: sam at the top, clockwise; a circle for each voice, the strokes where they fall."""
    file = cycle.file
    voices = list(dict.fromkeys(stroke.voice for stroke in cycle.strokes))
    edge = CORE + RING * len(voices)
    half = edge + 40.0
    legend = 24.0 * len(voices) + 20.0
    top = f'viewBox="{-half:g} {-half:g} {2 * half:g} {2 * half + legend:g}" font-family="sans-serif"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {top}>',
        f"<title>{escape(file.name)}</title>",
        f'<rect x="{-half:g}" y="{-half:g}" width="{2 * half:g}" height="{2 * half + legend:g}" fill="#fffdf8"/>',
        *_spokes(cycle, edge),
        *_rings(cycle, voices),
        *_middle(cycle),
    ]
    for number, voice in enumerate(voices):
        height = half + 24.0 * number
        parts.append(f'<circle cx="{-half + 24:g}" cy="{height - 5:g}" r="6" fill="{_colour(number)}"/>')
        parts.append(f'<text x="{-half + 38:g}" y="{height:g}" font-size="15">{escape(voice)}</text>')
    return "\n".join((*parts, "</svg>", ""))


def _spokes(cycle: Cycle, edge: float) -> Iterator[str]:
    file = cycle.file
    heads = {sum(file.groups[:number]) for number in range(len(file.groups))}
    for pulse in range(file.pulses * file.turns):
        place = pulse % file.pulses
        share = (pulse - (file.marks.sam - 1)) / (file.pulses * file.turns)
        inner, outer = _at(share, CORE - 12.0), _at(share, edge - 12.0)
        stroke = 'stroke="#555" stroke-width="2"' if place in heads else 'stroke="#ccc" stroke-width="1"'
        yield f'<line x1="{inner[0]:.2f}" y1="{inner[1]:.2f}" x2="{outer[0]:.2f}" y2="{outer[1]:.2f}" {stroke}/>'
        label = file.marks.labels.get(place + 1, "")
        yield _text(_at(share, edge + 8.0), f"{place + 1}", 13, "#555")
        if label:
            yield _text(_at(share, edge + 26.0), label, 15, "#b5482a")


def _rings(cycle: Cycle, voices: list[str]) -> Iterator[str]:
    for number in range(len(voices)):
        yield f'<circle r="{CORE + RING * number:g}" fill="none" stroke="#ddd"/>'
    for stroke in cycle.timed(cycle.tempo):
        number = voices.index(stroke.voice)
        x, y = _at(stroke.beat / cycle.beats, CORE + RING * number)
        size = 3.0 + 8.0 * stroke.weight
        yield f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{size:.1f}" fill="{_colour(number)}">'
        yield f"<title>{escape(stroke.name)}</title></circle>"
        if len(voices) <= NAMED:
            place = _at(stroke.beat / cycle.beats, CORE + RING * (number + 0.5))
            yield _text(place, stroke.name, 12, "#222")


def _middle(cycle: Cycle) -> Iterator[str]:
    file = cycle.file
    lines = [*file.names.values(), *textwrap.wrap(file.name, 16), f"{file.tempo.usual:g} per minute"]
    for number, line in enumerate(lines):
        yield _text((0.0, 20.0 * (number - (len(lines) - 1) / 2.0)), line, 15, "#222")


def _at(share: float, radius: float) -> tuple[float, float]:
    angle = 2.0 * math.pi * share
    return radius * math.sin(angle), -radius * math.cos(angle)


def _text(place: tuple[float, float], text: str, size: int, colour: str) -> str:
    where = f'x="{place[0]:.2f}" y="{place[1]:.2f}" text-anchor="middle" dominant-baseline="middle"'
    return f'<text {where} font-size="{size}" fill="{colour}">{escape(text)}</text>'


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]
