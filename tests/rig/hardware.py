"""The hands on the rig's hardware, through sysfs and configfs: buttons, the USB cable of the MIDI gadget, the
sound card's cable.

Only inside the rig, as its root. `devices` has the same for a shell.
"""

import contextlib
import importlib.util
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

needs_lgpio = pytest.mark.skipif(
    importlib.util.find_spec("lgpio") is None, reason="lgpio is not to be had on this machine: no wired panel to test"
)
"""For tests whose panel is wired."""
GADGETS = Path("/sys/kernel/config/usb_gadget")
UDC = GADGETS / "keys" / "UDC"
LOOPBACK = Path("/sys/bus/platform/drivers/snd_aloop")


def wait_until(moment: float) -> None:
    """Returns at `moment` on CLOCK_MONOTONIC, in seconds, or at once if it is past: a far end paced by
    absolute times does not drift.
    """
    time.sleep(max(0.0, moment - time.monotonic()))


def wait_for(condition: Callable[[], bool], seconds: float = 5.0, every: float = 0.01) -> float:
    """Looks `every` so many seconds until `condition()` holds; returns how many seconds that took, to within one
    look. Raises TimeoutError after `seconds`.

    Each look costs what it costs this machine: to ask the box takes some milliseconds of computing.
    """
    start = time.monotonic()
    looks = 0
    while not condition():
        looks += 1
        if time.monotonic() - start > seconds:
            raise TimeoutError(f"not so within {seconds} s: {condition}")
        wait_until(start + looks * every)
    return time.monotonic() - start


def _line(line: int) -> Path:
    return Path(f"/sys/devices/platform/gpio-sim.0/gpiochip0/sim_gpio{line}")


def press(line: int) -> None:
    """Presses the button between GPIO `line` (0 to 53) and ground: the line goes low."""
    (_line(line) / "pull").write_text("pull-down")


def release(line: int) -> None:
    """Lets the button on GPIO `line` up: the line goes high."""
    (_line(line) / "pull").write_text("pull-up")


def level(line: int) -> int:
    """Returns 0 or 1: what the box drives on GPIO `line`, or what pulls it if the box does not."""
    with watched([line]) as levels:
        return levels()[0]


@contextlib.contextmanager
def watched(lines: Sequence[int]) -> Iterator[Callable[[], list[int]]]:
    """Yields what tells the levels of these GPIO lines, in one system call each."""
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context((_line(line) / "value").open("rb", buffering=0)) for line in lines]
        yield lambda: [int(os.pread(file.fileno(), 2, 0)) for file in files]


def card_index(card: str) -> int | None:
    """Returns the number of the ALSA card whose id is `card` ("Loopback", "Keys", …), None while there is
    none.
    """
    found = re.search(rf"^ *(\d+) \[{re.escape(card)} *\]", Path("/proc/asound/cards").read_text(), re.MULTILINE)
    return int(found[1]) if found else None


def plug_keys() -> None:
    """Plugs the USB MIDI gadget "Rig Keys" in and returns when ALSA has its card (about 0.1 to 0.4 s)."""
    UDC.write_text(next(Path("/sys/class/udc").iterdir()).name)
    wait_for(lambda: card_index("Keys") is not None)


def unplug_keys() -> None:
    """Pulls the USB MIDI gadget and returns when its card is gone. Raises OSError if it is not plugged in."""
    UDC.write_text("\n")
    wait_for(lambda: card_index("Keys") is None)


class Gadget:
    """A USB MIDI instrument of its own, by default of the make of the rig's first one, with `ports` in and out.

    with Gadget("twin") as twin:      # a rig with `append="dummy_hcd.num=2", usb_midi=False` has two free sockets
        twin.plug(0)
        FarKeys("twin")               # its own end

    Leaving pulls it and takes it apart.
    """

    def __init__(self, card: str, ports: int = 1, product: str = "Rig Keys") -> None:
        """`card` is the ALSA id of its own end: up to 15 letters, another for each gadget."""
        self.card, self._folder = card, GADGETS / card
        self._ports, self._product = ports, product
        self._socket: int | None = None

    def __enter__(self) -> Self:
        """Puts it together, as the kernel's Documentation/usb/gadget_configfs.rst says."""
        self._function = self._folder / "functions" / "midi.usb0"
        for folder in ("strings/0x409", "configs/c.1/strings/0x409", "functions/midi.usb0"):
            (self._folder / folder).mkdir(parents=True)
        for name, value in (("idVendor", "0x1d6b"), ("idProduct", "0x0104"), ("strings/0x409/manufacturer", "Rig")):
            (self._folder / name).write_text(value)
        (self._folder / "strings/0x409/product").write_text(self._product)
        for name, value in (("id", self.card), ("in_ports", f"{self._ports}"), ("out_ports", f"{self._ports}")):
            (self._function / name).write_text(value)
        (self._folder / "configs/c.1/midi.usb0").symlink_to(self._function)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket is not None:
            self.unplug()
        (self._folder / "configs/c.1/midi.usb0").unlink()
        for folder in ("functions/midi.usb0", "configs/c.1/strings/0x409", "configs/c.1", "strings/0x409", "."):
            (self._folder / folder).rmdir()

    def plug(self, socket: int = 0) -> None:
        """Plugs it into a free socket, 0 or 1, and returns when ALSA has its card (some 0.2 s)."""
        self.begin_to_plug(socket)
        wait_for(lambda: self.index is not None, every=0.01)

    def begin_to_plug(self, socket: int = 0) -> None:
        """Plugs it in and returns at once: so two come up side by side."""
        (self._folder / "UDC").write_text(f"dummy_udc.{socket}")
        self._socket = socket

    def unplug(self) -> None:
        """Pulls it and returns when its card is gone. Raises OSError if it is not plugged in."""
        (self._folder / "UDC").write_text("\n")
        wait_for(lambda: self.index is None)
        self._socket = None

    @property
    def path(self) -> str:
        """The USB path of where it is plugged in."""
        return f"usb-dummy_hcd.{self._socket}-1"

    @property
    def index(self) -> int | None:
        """The number of its card at the box's end, None while there is none."""
        cards = Path("/proc/asound/cards").read_text()
        found = re.search(rf"^ *(\d+) \[[^\n]*\n[^\n]* at {re.escape(self.path)},", cards, re.MULTILINE)
        return int(found[1]) if found else None


def unplug_card(number: int = 0) -> None:
    """Pulls loopback card `number` (0 is the first): whoever plays on it is told "No such device"."""
    (LOOPBACK / "unbind").write_text(f"snd_aloop.{number}")


def plug_card(number: int = 0) -> None:
    """Puts loopback card `number` back."""
    (LOOPBACK / "bind").write_text(f"snd_aloop.{number}")
