"""`jambox render`."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jambox.cli.parsing import Arguments, command, number, pitch, whole
from jambox.music import library
from jambox.places import config_home, sounds_cache
from jambox.state import FASTEST, SLOWEST, Scene
from jambox.units import Bpm, Decibels, Hertz, gain


def add(commands: Any) -> None:
    """Adds render."""
    example = "jambox render out.wav --seconds 20 --cycle teental --drone tanpura --tonic D3"
    parser = command(commands, _render, "render", "play into a sound file, faster than real time", example)
    parser.add_argument("out", type=Path, metavar="OUT.wav")
    parser.add_argument("--seconds", type=number(0.001, 86400.0), required=True, metavar="S")
    parser.add_argument("--cycle", metavar="ID", help="a rhythm, by its id in `jambox list cycles`")
    parser.add_argument("--drone", metavar="ID", help="a drone, by its id in `jambox list drones`")
    parser.add_argument("--tonic", type=pitch, default=Hertz(Scene().tonic), metavar="D3|146.83Hz", help="default: D3")
    parser.add_argument("--tempo", type=number(SLOWEST, FASTEST), metavar="BPM", help="default: the cycle's own")
    parser.add_argument("--rate", type=int, choices=(44100, 48000, 96000), default=48000)
    parser.add_argument(
        "--block",
        type=whole(1, 65536),
        default=1024,
        metavar="N",
        help="frames at a time; changes nothing (default: 1024)",
    )
    parser.add_argument(
        "--seed", type=whole(0, 1 << 31), default=0, metavar="N", help="another variation of strokes and plucks"
    )


def _render(arguments: Arguments) -> int:
    from jambox import offline

    found = library.load((library.SHIPPED, config_home() / "data"))
    cycle = found.cycle(arguments.cycle) if arguments.cycle else None
    scene = Scene()
    piece = offline.Piece(
        rate=arguments.rate,
        tempo=Bpm(arguments.tempo or (cycle.tempo if cycle else scene.tempo)),
        tonic=arguments.tonic,
        levels=(0.0, gain(Decibels(scene.drone_level)), gain(Decibels(scene.rhythm_level)), 1.0),
        cycle=cycle,
        drums=found.family(cycle.file.drums) if cycle else None,
        drone=found.drone(arguments.drone) if arguments.drone else None,
        seed=arguments.seed,
        cache=str(sounds_cache()),
    )
    frames = round(arguments.seconds * arguments.rate)
    progress = _bar(frames) if sys.stderr.isatty() else lambda _done: None
    offline.write(arguments.out, piece, frames, arguments.block, progress)
    return 0


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
