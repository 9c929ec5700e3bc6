"""The commands that speak to the running box."""

import argparse
import json
from pathlib import Path
from typing import Any

from jambox import remote
from jambox.cli.parsing import Arguments, add_json, command, number, pitch_text
from jambox.errors import JamboxError, SettingError
from jambox.rounds import LOCKS


def add(commands: Any) -> None:
    """Adds press, turn, tune and status."""
    for each in (_add_press, _add_turn, _add_tune, _add_status):
        each(commands)


def _add_press(commands: Any) -> None:
    parser = command(commands, _press, "press", "press a button of the running box", "jambox press drone")
    parser.add_argument("control", metavar="CONTROL", help="see `jambox list controls`")
    parser.add_argument(
        "--hold", type=number(0.0, remote.LONGEST_HOLD), default=0.0, metavar="SECONDS", help="keep it down so long"
    )
    _add_remote(parser)


def _press(arguments: Arguments) -> int:
    request = remote.Request(press=arguments.control, hold=arguments.hold, holding=tuple(arguments.holding))
    return ask(arguments, request)


def _add_turn(commands: Any) -> None:
    parser = command(commands, _turn, "turn", "turn a knob or an encoder of the running box", "jambox turn volume 0.7")
    parser.add_argument("control", metavar="CONTROL", help="see `jambox list controls`")
    parser.add_argument(
        "value",
        type=number(-100.0, 100.0),
        metavar="VALUE",
        help="a knob's position, 0 to 1; an encoder's steps, +1 or -1",
    )
    _add_remote(parser)


def _turn(arguments: Arguments) -> int:
    request = remote.Request(turn=arguments.control, value=arguments.value, holding=tuple(arguments.holding))
    return ask(arguments, request)


def _add_tune(commands: Any) -> None:
    what = "set the tonic, the tuning, the drone, its strings and rounds of the running box"
    parser = command(commands, _tune, "tune", what, "jambox tune --tonic D3 --tuning rast-24")
    parser.add_argument("--tonic", type=pitch_text, metavar="D3|D3+14c|146.83Hz", help="60 to 520 Hz")
    parser.add_argument("--tuning", metavar="ID", help="by its id in `jambox list tunings`")
    parser.add_argument("--drone", metavar="ID", help="by its id in `jambox list drones`")
    help_ = "usual, a name in `jambox list drones`, or written out, as '.Ma Sa Sa+1 .Sa*2'"
    parser.add_argument("--strings", metavar="NAME|'…'", help=help_)
    locks = [lock.value for lock in LOCKS]
    parser.add_argument("--round", choices=locks, help="what the rounds of plucks go with (at first: free)")
    parser.add_argument("--socket", type=Path, metavar="PATH")


def _tune(arguments: Arguments) -> int:
    names = ("tonic", "tuning", "drone", "strings", "round")
    wished: dict[str, Any] = {name: getattr(arguments, name) or "" for name in names}
    if not any(wished.values()):
        raise SettingError("nothing to set: name a --tonic, a --tuning, a --drone, --strings or a --round")
    return ask(arguments, remote.Request(**wished))


def _add_status(commands: Any) -> None:
    parser = command(commands, _status, "status", "tell what the running box is doing", "jambox status --json")
    add_json(parser)
    parser.add_argument("--socket", type=Path, metavar="PATH")


def _status(arguments: Arguments) -> int:
    status = answer(arguments, remote.Request(status=True)).status
    if arguments.json:
        print(json.dumps(status, ensure_ascii=False, indent=2))
        return 0
    audio, engine, midi = status["audio"], status["engine"], status["midi"]
    print(status["says"])
    if audio:
        buffer = f"{audio['period']} x {audio['periods']}"
        print(f"audio   {audio['name']} {audio['rate']} Hz, {buffer}, {audio['inputs']} inputs")
    for card in status["cards"]:
        if card["is"] == "guest":
            strips = ", ".join(map(str, card["strips"]))
            print(f"guest   {card['name']} ({card['card']}), {card['rate']} Hz, on strips {strips}")
        if cue := card.get("cue"):
            print(f"cue     {card['name']} ({card['card']}), {cue['rate']} Hz, {cue['xruns']} xruns, {cue['dry']} dry")
    print(f"engine  {engine['xruns']:.0f} xruns, {engine['late']:.0f} late, {engine['restarts']} restarts")
    for line in _levels(status["meters"]):
        print(line)
    print(f"midi    {', '.join(midi['outputs']) or 'no instrument'}")
    print(f"clock   {status['clock']}")
    if link := status["link"]:
        print(f"link    {link['peers']} peers, {link['tempo']:.1f} per minute")
    for fault in status["tunings"]["faults"]:
        print(f"tuning  {fault}")
    if players := status["players"]:
        sure = f"at {players['tempo']:.1f} per minute" if players["sure"] else "no tempo that is sure"
        deaf = ", but for what falls on the box's own strokes" if players.get("inputs_hear_box") else ""
        print(f"players {sure}, by {players['strokes']} strokes{deaf}")
    for fault in status["faults"]:
        print(f"fault   {fault}")
    return 0


def _levels(meters: dict[str, Any]) -> list[str]:
    rows = [(f"strip{n}", strip, strip["compressor"], strip["clipped"]) for n, strip in enumerate(meters["strips"], 1)]
    rows += [(name, bus, meters["limiter"] if name == "master" else 0.0, 0) for name, bus in meters["buses"].items()]
    lines = []
    for name, levels, less, clipped in rows:
        marks = [f"peak {levels['peak']:.1f}, rms {levels['rms']:.1f} dBFS"]
        marks += [f"{less:.1f} dB turned down"] if less else []
        marks += [f"{clipped} frames clipped"] if clipped else []
        lines.append(f"{name:<7} {', '.join(marks)}")
    return [*lines, f"loud    {meters['loudness']:.1f} LUFS over 3 s, true peak {meters['true_peak']:.1f} dBTP"]


def _add_remote(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--while", dest="holding", action="append", default=[], metavar="CONTROL", help="held meanwhile"
    )
    parser.add_argument("--socket", type=Path, metavar="PATH")


def ask(arguments: Arguments, request: remote.Request) -> int:
    """Says what the box said; the exit status. Raises as `answer` does."""
    for line in answer(arguments, request).said:
        print(line)
    return 0


def answer(arguments: Arguments, request: remote.Request) -> remote.Answer:
    """What the box answers. Raises JamboxError when it refuses, NotRunningError when there is none."""
    told = remote.ask(arguments.socket or remote.default_path(), request)
    if told.error:
        raise JamboxError(told.error)
    return told
