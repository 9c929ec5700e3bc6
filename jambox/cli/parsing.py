"""What all commands share: how one is declared, and how their words are read."""

import argparse
from collections.abc import Callable
from typing import Any, TypeVar

from jambox.units import parse_pitch

Arguments = argparse.Namespace
N = TypeVar("N", int, float)


def command(
    commands: Any, do: Callable[[Arguments], int], name: str, what: str, example: str
) -> argparse.ArgumentParser:
    """Adds the command `name`, which `do` carries out; `what` is its help, in lower case."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=what,
        description=what[0].upper() + what[1:] + ".",
        epilog=f"example: {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(do=do)
    return parser


def add_json(parser: argparse.ArgumentParser) -> None:
    """Adds --json."""
    parser.add_argument("--json", action="store_true", help="for programs")


def number(low: float, high: float) -> Callable[[str], float]:
    """Reads a number from `low` to `high`."""
    return _within(float, "number", low, high)


def whole(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number from `low` to `high`."""
    return _within(int, "whole number", low, high)


def names(text: str) -> tuple[str, ...]:
    """Reads names between commas."""
    return tuple(name.strip() for name in text.split(","))


def shares(text: str) -> tuple[float, ...]:
    """Reads numbers from 0 to 1 between commas."""
    return tuple(map(number(0.0, 1.0), text.split(",")))


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


def pitch_text(text: str) -> str:
    """A note or a frequency as it was written: which A4 it is read by, and so whether it is in range, is told later."""
    try:
        parse_pitch(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(str(fault)) from fault
    return text


def heard_text(text: str) -> str:
    """As `pitch_text`, of 20 to 2000 Hz."""
    frequency = parse_pitch(pitch_text(text))
    if not 20.0 <= frequency <= 2000.0:
        raise argparse.ArgumentTypeError(f"{text} lies outside 20 to 2000 Hz")
    return text
