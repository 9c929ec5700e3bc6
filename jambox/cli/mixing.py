"""`jambox mixer` and `levels`: the mixer of the running box."""

import json
from pathlib import Path
from typing import Any

from jambox import remote
from jambox.cli.asking import answer, ask
from jambox.cli.parsing import Arguments, add_json, command
from jambox.sound import dials
from jambox.sound.parameters import shown

BASE = "config"
"""The value that stands for what the configuration says."""


def add(commands: Any) -> None:
    """Adds mixer and levels."""
    for each in (_add_mixer, _add_levels):
        each(commands)


def _add_mixer(commands: Any) -> None:
    what = "set a parameter of the running box's mixer, or tell how it is set"
    parser = command(commands, _mixer, "mixer", what, "jambox mixer strip1.trim -6")
    help_ = "as strip1.trim, reverb.decay, strip1, all (default: what is not as usual)"
    parser.add_argument("name", nargs="?", default="", metavar="NAME", help=help_)
    help_ = f"a number, on or off; or {BASE}: what the configuration says (default: tell)"
    parser.add_argument("value", nargs="?", metavar="VALUE", help=help_)
    add_json(parser)
    parser.add_argument("--socket", type=Path, metavar="PATH")


def _mixer(arguments: Arguments) -> int:
    if arguments.value is not None:
        word = None if arguments.value == BASE else arguments.value
        return ask(arguments, remote.Request(mixer={arguments.name: word}))
    told = answer(arguments, remote.Request(mixer={}, status=True))
    names = _asked(arguments.name, told.mixer)
    if arguments.json:
        print(json.dumps({name: told.mixer[name] for name in names}, indent=2))
        return 0
    for name in names:
        row = dials.dial(name)
        live = "  set while playing" if name in told.status["scene"]["mixer"] else ""
        print(f"{name:<26} {shown(row, told.mixer[name]):<10} ({dials.ranged(name)}){live}")
    return 0


def _asked(name: str, values: dict[str, float]) -> tuple[str, ...]:
    if name == "all":
        return tuple(values)
    if not name:
        return tuple(each for each in values if values[each] != dials.dial(each).default)
    found = dials.under(name, values)
    if not found:
        dials.dial(name)
    return found


def _add_levels(commands: Any) -> None:
    what = "listen to the inputs for 8 s and set their trims, so that the loudest phrase peaks at -12 dBFS"
    parser = command(commands, _levels, "levels", what, "jambox levels")
    parser.add_argument("--socket", type=Path, metavar="PATH")


def _levels(arguments: Arguments) -> int:
    return ask(arguments, remote.Request(levels=True))
