"""The command line: `jambox COMMAND`, each with a --help that shows an example."""

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from jambox import __version__, remote
from jambox.config import Config, parse_config
from jambox.errors import ConfigError, JamboxError
from jambox.listing import LISTS, table
from jambox.music import library
from jambox.places import config_home, sounds_cache, state_home
from jambox.sound.voices import POLYPHONY
from jambox.state import FASTEST, SLOWEST, Scene
from jambox.toml import fit
from jambox.units import Bpm, Decibels, Hertz, gain, parse_pitch

Arguments = argparse.Namespace
N = TypeVar("N", int, float)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; its exit status. 2 for a wrong command line, 1 for anything else that went wrong."""
    parser = build_parser()
    arguments = parser.parse_args(words)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        status: int = arguments.do(arguments)
        sys.stdout.flush()
    except JamboxError as fault:
        print(f"jambox: {fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = argparse.ArgumentParser(
        "jambox", description="A headless jam box: a drone, a pulse, a mixer, a MIDI router."
    )
    parser.add_argument("--version", action="version", version=f"jambox {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in (_add_run, _add_render, _add_list, _add_press, _add_turn, _add_status, _add_doctor, _add_bench):
        add(commands)
    return parser


def _command(
    commands: Any, do: Callable[[Arguments], int], name: str, what: str, example: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=what,
        description=what[0].upper() + what[1:] + ".",
        epilog=f"example: {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(do=do)
    return parser


# run


def _add_run(commands: Any) -> None:
    parser = _command(
        commands, _run, "run", "play, until it is stopped", "jambox run --panel terminal --audio hw:CARD=USB"
    )
    _add_setting_options(parser)
    parser.add_argument("--panel", choices=("auto", "gpio", "terminal", "none"), help="which panel (default: auto)")
    parser.add_argument("--socket", type=Path, metavar="PATH", help="where the box listens")


def _add_setting_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="default: ~/.config/jambox/config.toml or /etc/jambox.toml"
    )
    parser.add_argument("--audio", metavar="NAME", help="auto, null, wav:PATH or an ALSA name (default: auto)")
    parser.add_argument("--period", type=int, metavar="N", help="frames a period (default: 128)")
    parser.add_argument("--periods", type=int, metavar="N", help="periods a buffer (default: 3)")
    parser.add_argument("--rate", type=int, metavar="HZ", help="frames a second (default: 48000)")
    parser.add_argument("--state", type=Path, metavar="DIR", help="where the scene is kept")


def _run(arguments: Arguments) -> int:
    from jambox.box import Box, Options

    options = Options(
        config=_config(arguments),
        state=arguments.state or state_home(),
        socket=arguments.socket or remote.default_path(),
        cache=sounds_cache(),
        data=config_home() / "data",
    )
    return asyncio.run(_play(Box(options)))


async def _play(box: Any) -> int:
    await box.run()
    return 0


def _config(arguments: Arguments) -> Config:
    config = Config()
    for path in [arguments.config] if arguments.config else [Path("/etc/jambox.toml"), config_home() / "config.toml"]:
        try:
            config = parse_config(path.read_text(encoding="utf-8"), str(path))
        except FileNotFoundError:
            if arguments.config:
                raise ConfigError(f"{path}: no such file; name another by --config, or leave it out") from None
        except (OSError, UnicodeDecodeError) as fault:
            raise ConfigError(f"{path}: cannot be read: {fault}") from fault
    given = {
        "device": arguments.audio,
        "period": arguments.period,
        "periods": arguments.periods,
        "rate": arguments.rate,
    }
    found = msgspec.to_builtins(config)
    found["audio"] |= {key: value for key, value in given.items() if value is not None}
    if getattr(arguments, "panel", None):
        found["panel"]["kind"] = arguments.panel
    return fit(found, Config, "command line", ConfigError)


# render


def _add_render(commands: Any) -> None:
    example = "jambox render out.wav --seconds 20 --cycle teental --drone tanpura --tonic D3"
    parser = _command(commands, _render, "render", "play into a sound file, faster than real time", example)
    parser.add_argument("out", type=Path, metavar="OUT.wav")
    parser.add_argument("--seconds", type=_number(0.001, 86400.0), required=True, metavar="S")
    parser.add_argument("--cycle", metavar="ID", help="a rhythm, by its id in `jambox list cycles`")
    parser.add_argument("--drone", metavar="ID", help="a drone, by its id in `jambox list drones`")
    parser.add_argument("--tonic", type=_pitch, default=Hertz(Scene().tonic), metavar="D3|146.83Hz", help="default: D3")
    parser.add_argument("--tempo", type=_number(SLOWEST, FASTEST), metavar="BPM", help="default: the cycle's own")
    parser.add_argument("--rate", type=int, choices=(44100, 48000, 96000), default=48000)
    parser.add_argument(
        "--block",
        type=_whole(1, 65536),
        default=1024,
        metavar="N",
        help="frames at a time; changes nothing (default: 1024)",
    )
    parser.add_argument(
        "--seed", type=_whole(0, 1 << 31), default=0, metavar="N", help="another variation of strokes and plucks"
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


def _number(low: float, high: float) -> Callable[[str], float]:
    return _within(float, "number", low, high)


def _whole(low: int, high: int) -> Callable[[str], int]:
    return _within(int, "whole number", low, high)


def _within(kind: Callable[[str], N], name: str, low: N, high: N) -> Callable[[str], N]:
    def read(text: str) -> N:
        try:
            value = kind(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no {name}") from None
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} lies outside {low:g} to {high:g}")
        return value

    return read


def _pitch(text: str) -> Hertz:
    try:
        pitch = parse_pitch(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(str(fault)) from fault
    if not 20.0 <= pitch <= 2000.0:
        raise argparse.ArgumentTypeError(f"{text} lies outside 20 to 2000 Hz")
    return pitch


# list


def _add_list(commands: Any) -> None:
    example = "jambox list cycles"
    parser = _command(
        commands, _list, "list", "tell what there is: cycles, drones, MIDI ports, cards, controls", example
    )
    parser.add_argument("what", choices=sorted(LISTS))
    _add_json(parser)


def _list(arguments: Arguments) -> int:
    rows = LISTS[arguments.what]()
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    elif rows:
        print(table(rows))
    return 0


# the running box


def _add_press(commands: Any) -> None:
    parser = _command(commands, _press, "press", "press a button of the running box", "jambox press drone")
    parser.add_argument("control", metavar="CONTROL", help="see `jambox list controls`")
    parser.add_argument(
        "--hold", type=_number(0.0, remote.LONGEST_HOLD), default=0.0, metavar="SECONDS", help="keep it down so long"
    )
    _add_remote(parser)


def _press(arguments: Arguments) -> int:
    request = remote.Request(press=arguments.control, hold=arguments.hold, holding=tuple(arguments.holding))
    return _ask(arguments, request)


def _add_turn(commands: Any) -> None:
    parser = _command(commands, _turn, "turn", "turn a knob or an encoder of the running box", "jambox turn volume 0.7")
    parser.add_argument("control", metavar="CONTROL", help="see `jambox list controls`")
    parser.add_argument(
        "value",
        type=_number(-100.0, 100.0),
        metavar="VALUE",
        help="a knob's position, 0 to 1; an encoder's steps, +1 or -1",
    )
    _add_remote(parser)


def _turn(arguments: Arguments) -> int:
    request = remote.Request(turn=arguments.control, value=arguments.value, holding=tuple(arguments.holding))
    return _ask(arguments, request)


def _add_status(commands: Any) -> None:
    parser = _command(commands, _status, "status", "tell what the running box is doing", "jambox status --json")
    _add_json(parser)
    parser.add_argument("--socket", type=Path, metavar="PATH")


def _status(arguments: Arguments) -> int:
    status = _answer(arguments, remote.Request(status=True)).status
    if arguments.json:
        print(json.dumps(status, ensure_ascii=False, indent=2))
        return 0
    audio, engine, midi = status["audio"], status["engine"], status["midi"]
    print(status["says"])
    if audio:
        buffer = f"{audio['period']} x {audio['periods']}"
        print(f"audio   {audio['name']} {audio['rate']} Hz, {buffer}, {audio['inputs']} inputs")
    print(f"engine  {engine['xruns']:.0f} xruns, {engine['late']:.0f} late, {engine['restarts']} restarts")
    print(f"midi    {', '.join(midi['outputs']) or 'no instrument'}")
    print(f"clock   {status['clock']}")
    for fault in status["faults"]:
        print(f"fault   {fault}")
    return 0


def _add_remote(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--while", dest="holding", action="append", default=[], metavar="CONTROL", help="held meanwhile"
    )
    parser.add_argument("--socket", type=Path, metavar="PATH")


def _ask(arguments: Arguments, request: remote.Request) -> int:
    for line in _answer(arguments, request).said:
        print(line)
    return 0


def _answer(arguments: Arguments, request: remote.Request) -> remote.Answer:
    answer = remote.ask(arguments.socket or remote.default_path(), request)
    if answer.error:
        raise JamboxError(answer.error)
    return answer


# looking at the machine


def _add_doctor(commands: Any) -> None:
    parser = _command(commands, _doctor, "doctor", "tell what is missing, and what to do about it", "jambox doctor")
    _add_setting_options(parser)
    _add_json(parser)


def _doctor(arguments: Arguments) -> int:
    from jambox import doctor

    findings = doctor.examine(_config(arguments).audio, arguments.state or state_home(), sounds_cache())
    print(msgspec.json.format(msgspec.json.encode(findings)).decode() if arguments.json else doctor.table(findings))
    return 0 if doctor.playable(findings) else 1


def _add_bench(commands: Any) -> None:
    parser = _command(
        commands, _bench, "bench", "time the engine, as a share of the deadline", "jambox bench --frames 64"
    )
    for name, default, low, high in _BENCH:
        help_ = f"{low} to {high} (default: {default})"
        parser.add_argument(f"--{name}", type=_whole(low, high), default=default, metavar="N", help=help_)
    parser.add_argument("--pitched", action="store_true", help="voices that are interpolated")
    _add_json(parser)


_BENCH = (
    ("frames", 64, 1, 4096),
    ("rate", 48000, 8000, 192000),
    ("inputs", 8, 0, 16),
    ("voices", 32, 0, POLYPHONY),
    ("blocks", 20000, 1, 10_000_000),
)


def _bench(arguments: Arguments) -> int:
    from jambox import bench

    load = {name: getattr(arguments, name) for name in ("frames", "rate", "inputs", "voices", "blocks", "pitched")}
    result = bench.measure(bench.Load(**load))
    print(msgspec.json.encode(result).decode() if arguments.json else bench.table(result))
    return 0


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")


if __name__ == "__main__":
    sys.exit(main())
