"""The commands that look at this machine and at what there is to play."""

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import msgspec

from jambox.cli import watching
from jambox.cli.bringing import check_kit, is_kit
from jambox.cli.parsing import Arguments, add_json, command, whole
from jambox.cli.playing import add_setting_options, configured, written
from jambox.errors import DataError, JamboxError, SettingError
from jambox.listing import LISTS, partner_table, partners_of, table, tunings
from jambox.music import library
from jambox.music.drums import Drums
from jambox.places import config_home, sounds_cache, state_home
from jambox.sound.voices import POLYPHONY


def add(commands: Any) -> None:
    """Adds list, show, partners, check, doctor and bench."""
    for each in (_add_list, _add_show, _add_partners, _add_check, _add_doctor, _add_bench):
        each(commands)


def _add_list(commands: Any) -> None:
    example = "jambox list cycles"
    parser = command(
        commands,
        _list,
        "list",
        "tell what there is: cycles, drums, drones, tunings, MIDI ports, cards, controls",
        example,
    )
    parser.add_argument("what", choices=sorted(LISTS))
    add_json(parser)


def _list(arguments: Arguments) -> int:
    rows = tunings(written().tuning.folders) if arguments.what == "tunings" else LISTS[arguments.what]()
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    elif rows:
        print(table(rows))
    return 0


def _add_show(commands: Any) -> None:
    parser = command(commands, _show, "show", "draw a cycle: pulses, strokes, marks, sources", "jambox show teental")
    help_ = "by its id in `jambox list cycles` (with --live: what plays)"
    parser.add_argument("cycle", nargs="?", default="", metavar="ID", help=help_)
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--svg", action="store_true", help="a round picture, as SVG")
    ways.add_argument("--live", action="store_true", help="follow the running box with a playhead; q ends it")
    parser.add_argument("--socket", type=Path, metavar="PATH")


def _show(arguments: Arguments) -> int:
    from jambox import portrait

    if not (arguments.cycle or arguments.live):
        raise SettingError("nothing to show: name a cycle, as in `jambox list cycles`, or say --live for what plays")
    found = library.load((library.SHIPPED, config_home() / "data"))
    if arguments.live:
        return watching.follow(arguments, found)
    cycle = found.cycle(arguments.cycle)
    print(portrait.svg(cycle) if arguments.svg else portrait.drawn(cycle, shutil.get_terminal_size((100, 24)).columns))
    return 0


def _add_partners(commands: Any) -> None:
    what = "tell which cycles meet one well, and why: length, groups, shared onsets"
    parser = command(commands, _partners, "partners", what, "jambox partners rupak")
    parser.add_argument("cycle", metavar="ID", help="by its id in `jambox list cycles`")
    add_json(parser)


def _partners(arguments: Arguments) -> int:
    rows = partners_of(arguments.cycle)
    print(json.dumps(rows, ensure_ascii=False, indent=2) if arguments.json else partner_table(rows))
    return 0


def _add_check(commands: Any) -> None:
    what = "tell what is wrong with the file of a cycle, drum family, drone or tuning, a folder of those, or a drumkit"
    parser = command(commands, _check, "check", what, "jambox check ~/.config/jambox/data/cycles/mine.toml")
    parser.add_argument("file", type=Path, metavar="FILE", help="a .toml, .scl, .kbm, .h2drumkit, or a folder")


def _check(arguments: Arguments) -> int:
    path: Path = arguments.file
    if path.is_dir() and any(each.suffix.lower() == ".scl" for each in path.iterdir()):
        return _check_scales(path)
    if is_kit(path):
        return check_kit(path)
    families = library.load((library.SHIPPED, config_home() / "data")).drums
    beside = library.map_beside(path)
    return max(_check_file(file, families) for file in ((path, beside) if beside else (path,)))


def _check_file(path: Path, families: Mapping[str, Drums]) -> int:
    from jambox import checking

    try:
        scala = path.suffix[1:].lower() in checking.SCALA
        text = library.read_scala(path) if scala else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise DataError(f"{path}: {fault}; name a text file in UTF-8") from fault
    faults: list[JamboxError] = []
    try:
        told = checking.check(text, str(path), path.absolute().parent.name, families)
        faults += library.unheard(text, path)
    except JamboxError as fault:
        faults.append(fault)
    for wrong in faults:
        print(f"jambox: {wrong}", file=sys.stderr)
        if place := checking.explained(text, wrong):
            print(place, file=sys.stderr)
    if not faults:
        print(told)
    return 1 if faults else 0


def _check_scales(folder: Path) -> int:
    faults: list[str] = []
    good = sum(1 for _ in library.tunings_in(folder, faults, sys.maxsize))
    for fault in faults:
        print(f"jambox: {fault}", file=sys.stderr)
    print(f"{good} tunings can be used, {len(faults)} cannot")
    return 1 if faults else 0


def _add_doctor(commands: Any) -> None:
    parser = command(commands, _doctor, "doctor", "tell what is missing, and what to do about it", "jambox doctor")
    add_setting_options(parser)
    add_json(parser)


def _doctor(arguments: Arguments) -> int:
    from jambox import doctor

    config = configured(arguments)
    findings = doctor.examine(config.audio, arguments.state or state_home(), sounds_cache(), config.voice)
    print(msgspec.json.format(msgspec.json.encode(findings)).decode() if arguments.json else doctor.table(findings))
    return 0 if doctor.playable(findings) else 1


def _add_bench(commands: Any) -> None:
    parser = command(
        commands,
        _bench,
        "bench",
        "time the engine, as a share of the deadline; or the router",
        "jambox bench --frames 64",
    )
    for name, default, low, high in _BENCH:
        help_ = f"{low} to {high} (default: {default})"
        parser.add_argument(f"--{name}", type=whole(low, high), default=default, metavar="N", help=help_)
    parser.add_argument("--pitched", action="store_true", help="voices that are interpolated")
    parser.add_argument("--plain", action="store_true", help="strips that do nothing but level and pan")
    others = parser.add_mutually_exclusive_group()
    others.add_argument("--curve", action="store_true", help="how the cost grows with voices, strips and frames")
    others.add_argument("--midi", action="store_true", help="how many messages pass ten routes")
    others.add_argument("--drones", action="store_true", help="what each drone costs, as it is and bent")
    others.add_argument("--peers", action="store_true", help="what a voice costs here and in FluidSynth")
    add_json(parser)


_BENCH = (
    ("frames", 64, 1, 4096),
    ("rate", 48000, 8000, 192000),
    ("inputs", 16, 0, 16),
    ("voices", 48, 0, POLYPHONY),
    ("blocks", 20000, 1, 10_000_000),
)


def _bench(arguments: Arguments) -> int:
    from jambox import bench, dronecost, peers, traffic

    load = bench.Load(**{field.name: getattr(arguments, field.name) for field in fields(bench.Load)})
    result: object
    if arguments.peers:
        result = peers.compare(load)
        text = peers.table(result)
    elif arguments.drones:
        result = dronecost.measure(load.frames, load.rate)
        text = dronecost.table(result)
    elif arguments.midi:
        result = traffic.measure()
        text = traffic.table(result)
    elif arguments.curve:
        result = bench.curves(load)
        text = bench.curve_table(result)
    else:
        result = bench.measure(load)
        text = bench.table(result)
    print(msgspec.json.encode(result).decode() if arguments.json else text)
    return 0
