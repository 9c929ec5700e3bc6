"""A drumkit of Hydrogen's, from its `drumkit.xml` to the file of a drum family.

The format is that of http://www.hydrogen-music.org/drumkit: instruments with layers, each a sound file for a range of
velocities. Hydrogen's pan, filters, envelopes and effects are left out.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.etree import ElementTree
from xml.parsers import expat

import msgspec

from jambox.errors import DataError
from jambox.music.drums import Drums, Layer, StrokeSounds

LARGEST = 4_000_000
"""Bytes of a `drumkit.xml`; of Debian's kits the largest has 70,000."""
FIRST_KEY = 36
"""Where Hydrogen's instruments lie on a keyboard, if they do not say: the first on this key."""
UNSAID = 60
"""The key that Hydrogen writes for an instrument that has none of its own."""
CUTS = (6.0, 4.0, 3.0, 2.0, 1.5, 1.0, 0.7, 0.5, 0.3)
"""Seconds that recordings may be cut at; rather than under the fourth, a kit is played with fewer layers."""
FAMILIAR = {
    "kick": ("kick", "bass ?drum", r"bd\d*"),
    "soft kick": ("soft kick", "kick soft"),
    "snare": ("snare", r"sd\d*"),
    "ghost snare": ("ghost", "snare soft"),
    "clap": ("clap",),
    "rim": ("side ?stick", "stick", "rim ?shot", "rim"),
    "open hat": ("open (hh|hi-?hat|hat)", "(hh|hi-?hat|hat) open"),
    "closed hat": ("closed (hh|hi-?hat|hat)", "(hh|hi-?hat|hat) cl(osed)?", "hi-?hat", "hat", "hh"),
    "hat foot": ("(pedal|foot) (hh|hi-?hat|hat)", "(hh|hi-?hat|hat) (pedal|foot|pd)"),
    "ride": ("ride",),
    "cymbal": ("crash", "cymbal"),
    "shaker": ("shaker", "maraca", "cabasa"),
    "block": ("wood ?block",),
    "low": ("(bongo|conga|tom) lo(w)?",),
    "high": ("(bongo|conga|tom) hi(gh)?",),
}
"""Sounds of this project's families, and what kits call them, the likeliest first."""


class Instrument(NamedTuple):
    """An instrument of a kit: its MIDI key, the group in which one chokes another, or "", and layers, softest first."""

    name: str
    key: int
    choke: str
    layers: tuple[Layer, ...]


class Kit(NamedTuple):
    """A kit, and what its file says of who made it and who may use it."""

    name: str
    author: str
    license: str
    instruments: tuple[Instrument, ...]


def parse_kit(data: bytes, place: str) -> Kit:
    """The kit that `data`, a `drumkit.xml`, describes; `place` names the file in messages. Raises DataError.

    Instruments without a sound are left out. No document type, and so no entity that grows, is taken.
    """
    if len(data) > LARGEST:
        raise DataError(f"{place}: {len(data)} bytes: a kit has at most {LARGEST}; save it again in Hydrogen")
    root = _tree(data, place)
    if root.tag != "drumkit_info":
        raise DataError(f"{place}: its root is {root.tag!r}, not 'drumkit_info': it describes no drumkit of Hydrogen's")
    found, names = [], set[str]()
    for number, node in enumerate(root.iter("instrument")):
        layers = tuple(sorted(_layers(node, place), key=lambda layer: layer.below))
        if not layers:
            continue
        plain = name = _text(node, "name") or f"instrument {number + 1}"
        while name in names:
            name = f"{plain} ({number + 1})" if name == plain else f"{name}+"
        names.add(name)
        key = _number(node, "midiOutNote", UNSAID, place)
        group = _number(node, "muteGroup", -1, place)
        at = FIRST_KEY + number if key == UNSAID else key
        found.append(Instrument(name, int(min(max(at, 0), 127)), f"group {group:g}" if group >= 0 else "", layers))
    if not found:
        raise DataError(f"{place}: no instrument has a sound: choose another kit")
    return Kit(_text(root, "name") or "Kit", _text(root, "author"), _text(root, "license"), tuple(found))


def family_of(kit: Kit, name: str, folder: str, model: Drums | None = None) -> Drums:
    """A drum family `name` whose samples are the kit's, in `folder`.

    With a `model`, it plays the strokes of that family, with the kit's sounds where it has familiar ones, and with the
    model's for the others; without, each instrument is a stroke of its own. Raises DataError when none is familiar.
    """
    source = f"Drumkit {kit.name}, by {kit.author or '?'}, licence: {kit.license or 'not said'}"
    files: dict[str, str | tuple[Layer, ...]]
    if model is None:
        strokes = {one.name: StrokeSounds((one.name,), (one.key,), 1.0, one.choke) for one in kit.instruments}
        files = {one.name: one.layers for one in kit.instruments}
    else:
        strokes = model.strokes
        matched = {sound: familiar(kit, sound) for sound in model.sounds}
        files = {sound: one.layers for sound, one in matched.items() if one}
        if not files:
            told = f"{kit.name}: none of its sounds is familiar to {model.id}"
            raise DataError(f"{told}: leave --for out, and write in the file that is made which sound is which")
    maker = model.maker if model else ""
    return Drums(name, kit.name, "unchecked", (source,), strokes, {}, "", maker, folder, files)


def fitted(family: Drums, lengths: Mapping[str, float], room: float, slots: int) -> Drums:
    """The family in `room` seconds and `slots` samples: as many layers of each sound as may be, cut late if at all.

    `lengths` has the seconds of each file. Of the layers the loudest stays, and others evenly below it.
    """
    most = max(len(family.recorded(sound)) for sound in family.files)
    tries = [(count, cut) for count in range(most, 0, -1) for cut in CUTS[:4]] + [(1, cut) for cut in CUTS[4:]]
    for count, cut in tries:
        files: dict[str, str | tuple[Layer, ...]] = {
            sound: _spread(tuple(family.recorded(sound).values()), count) for sound in family.files
        }
        tried = msgspec.structs.replace(family, files=files, longest=cut)
        layers = tried.recordings.values()
        if len(layers) <= slots and sum(min(lengths[layer.file], cut) for layer in layers) <= room:
            break
    return tried


def _spread(layers: tuple[Layer, ...], count: int) -> tuple[Layer, ...]:
    if len(layers) <= count:
        return layers
    return tuple(layers[round((place + 1) * len(layers) / count) - 1] for place in range(count))


def familiar(kit: Kit, sound: str) -> Instrument | None:
    """The instrument of the kit that is most likely the `sound` of one of this project's families."""
    for pattern in FAMILIAR.get(sound, ()):
        for one in kit.instruments:
            if re.search(rf"(?<![a-z]){pattern}(?![a-z])", one.name.lower().replace("_", " ")):
                return one
    return None


def family_text(family: Drums) -> str:
    """The file of a family with recordings."""
    return "\n".join(_lines(family)) + "\n"


def _lines(family: Drums) -> Iterator[str]:
    yield f"id = {_quoted(family.id)}"
    yield f"name = {_quoted(family.name)}"
    yield f"certainty = {_quoted(family.certainty)}"
    yield f"sources = [{', '.join(map(_quoted, family.sources))}]"
    if family.instrument:
        yield f"instrument = {_quoted(family.instrument)}  # makes the sounds that are not in [files]"
    yield f"samples = {_quoted(family.samples)}"
    yield f"longest = {family.longest}  # seconds"
    for stroke, one in family.strokes.items():
        yield f"\n[strokes.{_quoted(stroke)}]"
        yield f"sounds = [{', '.join(map(_quoted, one.sounds))}]"
        yield f"keys = {list(one.keys)}"
        yield f"weight = {one.weight}"
        if one.choke:
            yield f"choke = {_quoted(one.choke)}"
    yield "\n[files]  # softest first, each for velocities up to `below`"
    for sound in family.files:
        yield f"{_quoted(sound)} = ["
        for layer in family.recorded(sound).values():
            more = f", gain = {layer.gain}" if layer.gain else ""
            more += f", pitch = {layer.pitch}" if layer.pitch else ""
            yield f"  {{ file = {_quoted(layer.file)}, below = {layer.below}{more} }},"
        yield "]"


def _quoted(text: str) -> str:
    # A string of JSON's is one of TOML's, save for DEL.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _tree(data: bytes, place: str) -> ElementTree.Element:
    try:
        _refuse_types(data, place)
        root = ElementTree.fromstring(data)
    except (expat.ExpatError, ElementTree.ParseError, LookupError, ValueError) as fault:
        raise DataError(f"{place}: not valid XML: {fault}: get the kit again") from fault
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]
    return root


def _refuse_types(data: bytes, place: str) -> None:
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        line = parser.CurrentLineNumber
        raise DataError(f"{place}: line {line}: a document type, which no drumkit needs: take it out")

    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(data, True)


def _layers(node: ElementTree.Element, place: str) -> Iterator[Layer]:
    loud = _number(node, "volume", 1.0, place) * _number(node, "gain", 1.0, place)
    layers = list(node.iter("layer"))
    # Kits from before layers have one file for each instrument.
    for layer in layers or [node]:
        if file := _text(layer, "filename"):
            below = _number(layer, "max", 1.0, place) if layers else 1.0
            gain = loud * (_number(layer, "gain", 1.0, place) if layers else 1.0)
            pitch = _number(layer, "pitch", 0.0, place) if layers else 0.0
            decibels = 20.0 * math.log10(max(gain, 1e-3))
            yield Layer(
                file,
                round(min(max(below, 0.001), 1.0), 4),
                round(min(max(decibels, -60.0), 24.0), 2),
                round(min(max(pitch, -24.0), 24.0), 3),
            )


def _text(node: ElementTree.Element, name: str) -> str:
    return (node.findtext(name) or "").strip()


def _number(node: ElementTree.Element, name: str, usual: float, place: str) -> float:
    text = _text(node, name) or str(usual)
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        of = _text(node, "name") or _text(node, "filename")
        raise DataError(f"{place}: instrument {of!r}: {name}: {text!r} is no number: write one")
    return value
