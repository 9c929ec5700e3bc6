"""`jambox render`."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from jambox.cli.parsing import Arguments, command, heard_text, names, number, shares, whole
from jambox.cli.playing import written
from jambox.errors import DataError, SettingError
from jambox.music import library, surprise
from jambox.music.cycle import Cycle
from jambox.music.meet import Fit
from jambox.places import config_home, sounds_cache
from jambox.programme import Number
from jambox.reference import HIGHEST_A4, LOWEST_A4, SCALE
from jambox.rounds import LOCKS, Lock
from jambox.scene import FASTEST, SLOWEST, Scene
from jambox.tunings import everything
from jambox.units import A4, Bpm, Decibels, Hertz, gain, parse_pitch
from jambox.variation import LAYAS, Variation

SWEEP = (0.0, 1.0, 0.0)
"""From the one to the other and back."""


def add(commands: Any) -> None:
    """Adds render."""
    example = "jambox render out.wav --seconds 60 --cycle rupak --meet lesnoto --drone tanpura --tonic D3"
    parser = command(commands, _render, "render", "play into a sound file, faster than real time", example)
    parser.add_argument("out", type=Path, metavar="OUT.wav")
    parser.add_argument("--seconds", type=number(0.001, 86400.0), required=True, metavar="S")
    parser.add_argument("--cycle", type=names, default=(), metavar="ID,…", help="by ids in `jambox list cycles`")
    parser.add_argument("--meet", type=names, default=(), metavar="ID,…", help="whom each of them meets")
    parser.add_argument("--blend", type=shares, metavar="M,…", help="blends gone through, 0 to 1 (default: 0,1,0)")
    parser.add_argument("--fit", choices=[fit.value for fit in Fit], help="what coincides (default: what suits both)")
    help_ = "how fast each --cycle passes against the beat: 0.5, 1 or 2 (default: 1)"
    parser.add_argument("--laya", type=float, choices=sorted(LAYAS), default=1.0, metavar="L", help=help_)
    parser.add_argument("--energy", type=number(0.0, 1.0), default=1.0, metavar="E", help="0 to 1 (default: 1)")
    parser.add_argument("--drone", metavar="ID", help="a drone, by its id in `jambox list drones`")
    add_ground(parser)
    locks, help_ = [lock.value for lock in LOCKS], "what its plucks go with (default: free)"
    parser.add_argument("--round", choices=locks, default=Lock.FREE.value, help=help_)
    parser.add_argument("--tempo", type=number(SLOWEST, FASTEST), metavar="BPM", help="default: the cycle's own")
    parser.add_argument("--midi", type=Path, metavar="OUT.mid", help="the strokes as a Standard MIDI File, too")
    parser.add_argument("--stems", type=Path, metavar="DIR", help="drone and rhythm as files of their own, too")
    parser.add_argument("--rate", type=int, choices=(44100, 48000, 96000), default=48000)
    parser.add_argument(
        "--block",
        type=whole(1, 65536),
        default=1024,
        metavar="N",
        help="frames at a time; changes nothing (default: 1024)",
    )
    help_ = "how far strokes are off the grid, as a share of what is measured of players, 0 to 1 (default: 0)"
    parser.add_argument("--humanise", type=number(0.0, 1.0), default=0.0, metavar="H", help=help_)
    parser.add_argument(
        "--seed", type=whole(0, 1 << 31), default=0, metavar="N", help="another variation of strokes and plucks"
    )


def add_ground(parser: Any) -> None:
    """Adds what a drone sounds like."""
    help_ = "of the drone: a name in `jambox list drones`, or written out, as '.Ma Sa Sa+1 .Sa*2'"
    parser.add_argument("--strings", default="", metavar="NAME|'…'", help=help_)
    parser.add_argument("--tonic", type=heard_text, default="D3", metavar="D3|D3+14c|146.83Hz", help="default: D3")
    parser.add_argument("--a4", type=number(LOWEST_A4, HIGHEST_A4), default=A4, metavar="HZ", help="default: 440")
    parser.add_argument("--tuning", default=SCALE, metavar="ID", help=f"of the drone's strings (default: {SCALE})")


def _render(arguments: Arguments) -> int:
    from jambox import offline

    if not (arguments.cycle or arguments.drone):
        raise SettingError("nothing to play: name a --cycle, a --drone, or both")
    if arguments.strings and not arguments.drone:
        raise SettingError("--strings are a drone's: name it with --drone")
    config = written()
    found, unfit = everything(config_home() / "data", config.tuning.folders).chosen(config.drums)
    for fault in unfit:
        print(f"jambox: {fault}", file=sys.stderr)
    numbers = tuple(_programme(arguments, found))
    # One cycle by itself is played to the end of the time; a number closes on sam.
    plain = len(arguments.cycle) == 1 and not arguments.meet and arguments.energy == 1.0
    cycle = numbers[0].first[0] if plain else None
    scene = Scene()
    piece = offline.Piece(
        rate=arguments.rate,
        tempo=Bpm(arguments.tempo or (cycle.tempo if cycle else scene.tempo)),
        tonic=parse_pitch(arguments.tonic, Hertz(arguments.a4)),
        levels=(0.0, gain(Decibels(scene.drone_level)), gain(Decibels(scene.rhythm_level)), 1.0),
        cycle=cycle,
        drums=found.family(cycle.file.drums) if cycle else None,
        programme=() if plain else numbers,
        drone=found.tuned(arguments.drone, arguments.tuning, arguments.strings) if arguments.drone else None,
        round=Lock(arguments.round),
        seed=arguments.seed,
        humanise=arguments.humanise,
        cache=str(sounds_cache()),
    )
    frames = round(arguments.seconds * arguments.rate)
    progress = _bar(frames) if sys.stderr.isatty() else lambda _done: None
    strikes: list[offline.Strike] = []
    offline.write(arguments.out, piece, frames, arguments.block, progress, strikes.append)
    if arguments.midi:
        offline.write_midi(arguments.midi, piece, arguments.seconds, strikes)
    if arguments.stems:
        offline.write_stems(arguments.stems, piece, frames, arguments.block, progress)
    return 0


def _programme(arguments: Arguments, found: library.Library) -> Iterator[Number]:
    """Each cycle in turn, in an equal share of the time, with whom it meets."""
    cycles, partners = arguments.cycle, arguments.meet
    if len(partners) not in (0, len(cycles)):
        raise DataError(f"--meet names {len(partners)} cycles, --cycle {len(cycles)}: name one for each")
    if arguments.blend and not partners:
        raise DataError("--blend is for those that meet: name them with --meet")
    for place, name in enumerate(cycles):
        first = _in_laya(found, name, arguments.laya)
        second = found.cycle(partners[place]) if partners else None
        yield Number(
            (first, found.family(first.file.drums)),
            (second, found.family(second.file.drums)) if second else None,
            Bpm(arguments.tempo or first.tempo),
            arguments.seconds / len(cycles),
            (arguments.blend or SWEEP) if second else (0.0,),
            arguments.energy,
            Fit(arguments.fit) if arguments.fit else None,
        )


def _in_laya(found: library.Library, name: str, laya: float) -> Cycle:
    cycle = found.cycle(name)
    if why := surprise.unfit(cycle, Variation(), laya):
        raise DataError(f"--laya: {why}")
    return surprise.varied(cycle, Variation(laya=laya), found.drums)


def _bar(frames: int) -> Callable[[int], None]:
    shown = -1

    def show(done: int) -> None:
        nonlocal shown
        percent = 100 * done // frames
        if percent != shown:
            shown = percent
            end = "\n" if done == frames else ""
            print(f"\r{'█' * (percent // 4):░<25} {percent:3d} %", end=end, file=sys.stderr, flush=True)

    return show
