"""The far ends of MIDI in the rig: the other end of the USB cable, and a sequencer client as another program
would be.

Both stamp what they receive with CLOCK_MONOTONIC seconds, so that arrivals compare with `time.monotonic()` of
the test.
"""

import ctypes
import fcntl
import gc
import os
import struct
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import rtmidi

from jambox.midi.inputs import GRACE
from jambox.midi.queues import lengthened
from tests.rig.hardware import card_index, wait_until

# From the kernel's <sound/asound.h>: an input stream may be read in frames of 32 bytes that carry the
# kernel's own stamp (since 5.14).
_IOCTL_USER_PVERSION = 0x40045702
_IOCTL_PARAMS = 0xC0305710
_PROTOCOL_2_0_4 = 2 << 16 | 0 << 8 | 4
_STREAM_INPUT = 1
_FRAMING_TSTAMP = 1 << 0
_CLOCK_MONOTONIC = 2 << 3
_PARAMS = struct.Struct("@iNNII16x")
_FRAME = struct.Struct("=BB2xIQ16s")


class Arrival(NamedTuple):
    """Bytes that came in, and when, in seconds of CLOCK_MONOTONIC."""

    time: float
    data: bytes


class FarKeys:
    r"""The gadget's own end of the USB cable: what it sends, the box receives from the instrument "Rig Keys",
    and back.

    with FarKeys() as keys:
        keys.send(b"\x90\x3c\x40")
        keys.received()

    The kernel stamps and keeps up to 32,768 packets that arrive (16 bytes or fewer each), so nothing has to
    be read in time.
    """

    def __init__(self, card: str = "rigkeys") -> None:
        """`card` is the id of the gadget's card. Raises FileNotFoundError if there is none."""
        index = card_index(card)
        if index is None:
            raise FileNotFoundError(f"no card {card}: is this the rig, with its USB gadget?")
        self._path = Path(f"/dev/snd/midiC{index}D0")

    def __enter__(self) -> Self:
        self._fd = os.open(self._path, os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(self._fd, _IOCTL_USER_PVERSION, struct.pack("i", _PROTOCOL_2_0_4))
        fcntl.ioctl(
            self._fd,
            _IOCTL_PARAMS,
            _PARAMS.pack(_STREAM_INPUT, 1 << 20, 1, 0, _FRAMING_TSTAMP | _CLOCK_MONOTONIC),
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._fd)

    def send(self, data: bytes) -> float:
        """Sends `data` up the cable at once; returns when. Raises BlockingIOError if 4,096 bytes are already
        waiting.
        """
        now = time.monotonic()
        sent = os.write(self._fd, data)
        if sent != len(data):
            raise BlockingIOError(f"sent {sent} of {len(data)} bytes")
        return now

    def send_steadily(self, data: bytes, rate: float) -> None:
        """Sends any number of bytes, `rate` a second (up to some 2,000,000), and returns when the last are on their
        way. Raises BlockingIOError if the cable does not carry as much.
        """
        start = time.monotonic()
        for at in range(0, len(data), 1024):
            wait_until(start + at / rate)
            self.send(data[at : at + 1024])

    def received(self) -> list[Arrival]:
        """Returns what has arrived since the last call, packet by packet, without waiting."""
        arrivals = []
        try:
            while frames := os.read(self._fd, 1024 * _FRAME.size):
                for kind, length, nanoseconds, seconds, data in _FRAME.iter_unpack(frames):
                    if kind == 0:
                        arrivals.append(Arrival(seconds + nanoseconds * 1e-9, data[:length]))
        except BlockingIOError:
            pass
        return arrivals


class FarPort:
    """Another program on the ALSA sequencer: a virtual input and a virtual output named `name`, or connected
    to existing ports.

    Messages are stamped when rtmidi's callback has them; clock, sysex and active sensing included.
    """

    KEEPS_THREAD = True
    """Else the interpreter takes up rtmidi's thread and forgets it again at every message, as in all who use rtmidi."""

    def __init__(self, name: str = "Far", client: str = "") -> None:
        """`name` is the ports' name, and the client's unless that has another."""
        self.name, self._client = name, client or name
        self.arrivals: list[Arrival] = []
        self._kept = not self.KEEPS_THREAD

    def __enter__(self) -> Self:
        self._input, _ = lengthened(lambda: rtmidi.MidiIn(rtmidi.API_LINUX_ALSA, self._client, 1024))
        self._output = rtmidi.MidiOut(rtmidi.API_LINUX_ALSA, self._client)
        self._input.ignore_types(sysex=False, timing=False, active_sense=False)
        self._input.set_callback(self._arrived)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # rtmidi's clients live until they are deleted, and there are only 64 or so. A callback under way is given time
        # to return, and what it refers to is kept: `delete` waits for it without letting go of the interpreter.
        referents = gc.get_referents(self._input)
        self._input.cancel_callback()
        wait_until(time.monotonic() + GRACE)
        for port in (self._input, self._output):
            port.close_port()
            port.delete()
        del referents

    def _arrived(self, event: tuple[Sequence[int], float], _data: object = None) -> None:
        self.arrivals.append(Arrival(time.monotonic(), bytes(event[0])))
        if not self._kept:
            # To forget and take it up again costs the rig more than a message does (Python/C API, PyGILState_Ensure).
            self._kept = True
            ctypes.pythonapi.PyGILState_Ensure()

    def open_virtual(self) -> Self:
        """Opens both virtual ports: the box finds them as it finds an instrument."""
        self._input.open_virtual_port(self.name)
        self._output.open_virtual_port(self.name)
        return self

    def listen_to(self, part: str) -> Self:
        """Connects the input to the one port whose name contains `part`. Raises LookupError if there is none."""
        self._input.open_port(self._find(self._input, part), self.name)
        return self

    def send_to(self, part: str) -> Self:
        """Connects the output to the one port whose name contains `part`. Raises LookupError if there is
        none.
        """
        self._output.open_port(self._find(self._output, part), self.name)
        return self

    def sees(self, part: str) -> bool:
        """Tells whether a port that can be listened to has `part` in its name."""
        return any(part in name for name in self._input.get_ports())

    def destinations(self) -> list[str]:
        """The names of all ports that can be sent to."""
        return list(self._output.get_ports())

    @staticmethod
    def _find(port: Any, part: str) -> int:
        names = port.get_ports()
        for index, name in enumerate(names):
            if part in name:
                return index
        raise LookupError(f"no port {part!r} among {names}")

    def send(self, data: bytes) -> float:
        """Sends one message at once; returns when, in seconds of CLOCK_MONOTONIC."""
        now = time.monotonic()
        self._output.send_message(data)
        return now

    def send_evenly(self, messages: Iterable[bytes], rate: float, at_once: int = 1) -> list[float]:
        """Sends `rate` messages a second, `at_once` of them together, at absolute times so that the pace does not
        drift; returns when each went, or the first of those that went together.
        """
        start = now = time.monotonic()
        sent = []
        for count, message in enumerate(messages):
            if count % at_once == 0:
                wait_until(start + count / rate)
                now = time.monotonic()
            self._output.send_message(message)
            sent.append(now)
        return sent
