"""The least that any program in Python can do, to compare the box with: an echo, and a timer that ticks.

Each is python-rtmidi and nothing else, in a process of its own. The box takes no notice of them nor of their ports,
which bear a name that it ignores.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import rtmidi

from jambox.midi.messages import CLOCK
from jambox.midi.performer import hurry

UNSEEN = "Midi Through"
"""A client's name that the box ignores."""
INTO = "echo in"
"""The name of the port that the echo hears."""
AHEAD = 0.1
"""Seconds until the timer's first tick."""


class _Peer:
    """A process that runs this file."""

    def __init__(self, *words: str) -> None:
        self._command = [sys.executable, "-m", "tests.rig.far_peers", *words]

    def __enter__(self) -> Self:
        """Returns when it is ready."""
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline(), f"{self._command} did not start"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Lets it come to its end."""
        self._process.communicate(timeout=60.0)


class FarEcho(_Peer):
    """Sends what comes to the port `INTO` on to the port whose name contains `part`, as long as it is entered."""

    def __init__(self, part: str) -> None:
        super().__init__("echo", part)


class FarTimer(_Peer):
    """Sends `count` clock ticks, one every `every` seconds at absolute times, to the port whose name contains `part`.

    Its thread has the priority of the box's performer. Leaving waits for the last tick.
    """

    def __init__(self, part: str, count: int, every: float) -> None:
        super().__init__("timer", part, str(count), str(every))


def _opened(part: str) -> rtmidi.MidiOut:
    out = rtmidi.MidiOut(rtmidi.API_LINUX_ALSA, UNSEEN)
    out.open_port(next(number for number, name in enumerate(out.get_ports()) if part in name), "out")
    return out


def _echo(part: str) -> None:
    into, out = rtmidi.MidiIn(rtmidi.API_LINUX_ALSA, UNSEEN), _opened(part)
    into.ignore_types(sysex=False, timing=False, active_sense=False)
    into.set_callback(lambda event, _data: out.send_message(event[0]))
    into.open_virtual_port(INTO)
    print("ready", flush=True)
    sys.stdin.read()


def _timer(part: str, count: str, every: str) -> None:
    hurry()
    out = _opened(part)
    print("ready", flush=True)
    begin = time.monotonic() + AHEAD
    for number in range(int(count)):
        time.sleep(max(0.0, begin + number * float(every) - time.monotonic()))
        out.send_message(CLOCK)


_KINDS: dict[str, Callable[..., None]] = {"echo": _echo, "timer": _timer}

if __name__ == "__main__":
    _KINDS[sys.argv[1]](*sys.argv[2:])
