"""The least that any program in Python can do between two instruments: it sends each message on as it comes.

The peer of the box where speed is compared: python-rtmidi's callback and nothing else, in a process of its own. The box
takes no notice of it nor of its ports, which bear a name that it ignores.
"""

import subprocess
import sys
from types import TracebackType
from typing import Self

import rtmidi

UNSEEN = "Midi Through"
"""A client's name that the box ignores."""
INTO = "echo in"
"""The name of the port that it hears."""


class FarEcho:
    """A process that sends what comes to the port `INTO` on to the port whose name contains `part`."""

    def __init__(self, part: str) -> None:
        self._part = part

    def __enter__(self) -> Self:
        """Returns when it listens."""
        words = [sys.executable, __file__, self._part]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline(), "the echo did not start"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=10.0)


def _main(part: str) -> None:
    into, out = rtmidi.MidiIn(rtmidi.API_LINUX_ALSA, UNSEEN), rtmidi.MidiOut(rtmidi.API_LINUX_ALSA, UNSEEN)
    out.open_port(next(number for number, name in enumerate(out.get_ports()) if part in name), "echo out")
    into.ignore_types(sysex=False, timing=False, active_sense=False)
    into.set_callback(lambda event, _data: out.send_message(event[0]))
    into.open_virtual_port(INTO)
    print("listens", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    _main(*sys.argv[1:])
