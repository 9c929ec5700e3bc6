"""A command typed in this process."""

from jambox.__main__ import main

NOT_A_BOX = "no box answers at"


def run(*words: str) -> int:
    """The exit status of a command in this process."""
    try:
        return main(words)
    except SystemExit as end:
        return int(end.code or 0)
