"""The command line: `jambox COMMAND`, each with a --help that shows an example."""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence

from jambox import __version__
from jambox.cli import asking, bringing, instruments, looking, mixing, playing, plotting, rendering, sounding, watching
from jambox.errors import JamboxError


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
    for module in (playing, rendering, sounding, asking, mixing, watching, instruments, looking, plotting, bringing):
        module.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
