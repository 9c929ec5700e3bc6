"""`jambox midi`: the instruments around the running box, and what goes through it."""

import json
from pathlib import Path
from typing import Any

from jambox import remote
from jambox.cli.asking import answer, ask
from jambox.cli.parsing import Arguments, add_json, command
from jambox.midi.words import describe


def add(commands: Any) -> None:
    """Adds midi."""
    what = "tell who hears whom, what is held, who leads; or, as it comes, what goes through; or change who hears whom"
    parser = command(commands, _midi, "midi", what, "jambox midi monitor")
    help_ = "monitor: until Ctrl-C, what comes and goes; reroute: take routes and bindings from the config file"
    parser.add_argument("what", nargs="?", choices=("monitor", "reroute"), help=help_)
    add_json(parser)
    parser.add_argument("--socket", type=Path, metavar="PATH")


def _midi(arguments: Arguments) -> int:
    if arguments.what == "monitor":
        return _monitor(arguments)
    if arguments.what == "reroute":
        return ask(arguments, remote.Request(reroute=True))
    midi = answer(arguments, remote.Request(status=True)).status["midi"]
    print(json.dumps(midi, ensure_ascii=False, indent=2) if arguments.json else "\n".join(_told(midi)))
    return 0


def _told(midi: dict[str, Any]) -> list[str]:
    """The status's part about MIDI, for people."""
    ports = dict.fromkeys([*midi["inputs"], *midi["outputs"]])
    clock, counters = midi["clock"], midi["counters"]
    rows = [("port", f"{port}{_ways(midi, port)}") for port in ports] or [("port", "no instrument")]
    rows += [("route", route) for route in midi["routes"]]
    rows += [("binding", binding) for binding in midi["bindings"]]
    rows += [("cut", edge) for edge in midi["cut"]]
    rows += [("flood", port) for port in midi["flooding"]]
    rows += [("held", f"{held['port']}: {held['what']}") for held in midi["held"]]
    rows += [("clock", f"{clock['source']}, {clock['tempo']} per minute" if clock else "the box")]
    rows += [("garbled", f"{port}: {count} times what is no MIDI") for port, count in midi["malformed"].items()]
    rows += [("count", ", ".join(f"{number} {name}" for name, number in counters.items()))]
    return [f"{name:<7} {text}" for name, text in rows]


def _ways(midi: dict[str, Any], port: str) -> str:
    ways = [word for word, ports in (("in", midi["inputs"]), ("out", midi["outputs"])) if port in ports]
    rate = midi["rates"].get(port)
    return f" ({' and '.join(ways)})" + (f", {rate} messages in the last second" if rate else "")


def _monitor(arguments: Arguments) -> int:
    seen = answer(arguments, remote.Request(traffic=0)).received
    while True:
        told = answer(arguments, remote.Request(traffic=seen))
        missed = told.received - seen - len(told.passed)
        if missed > 0:
            print(f"{missed} more that came too fast to be shown", flush=True)
        for one in told.passed:
            print(json.dumps(_record(one), ensure_ascii=False) if arguments.json else _line(one), flush=True)
        seen = told.received


def _record(one: remote.Traffic) -> dict[str, Any]:
    return {"time": one.time, "from": one.source, "message": one.message, "sent": dict(one.sent)}


def _line(one: remote.Traffic) -> str:
    """`1234.567  Keys: note on C4 100, channel 1  -> Synth; Bass (note on C3 100, channel 1)`."""
    changed = ((port, "" if sent == one.message else f" ({describe(bytes.fromhex(sent))})") for port, sent in one.sent)
    whereto = "; ".join(f"{port}{as_what}" for port, as_what in changed)
    heard = f"{one.time:10.3f}  {one.source}: {describe(bytes.fromhex(one.message))}"
    return f"{heard}  -> {whereto}" if whereto else heard
