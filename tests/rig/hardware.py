"""The hands on the rig's hardware, through sysfs and configfs: buttons, the USB cable of the MIDI gadget, the
sound card's cable.

Only inside the rig, as its root. `devices` has the same for a shell.
"""

import importlib.util
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

needs_lgpio = pytest.mark.skipif(
    importlib.util.find_spec("lgpio") is None, reason="lgpio is not to be had on this machine: no wired panel to test"
)
"""For tests whose panel is wired."""
UDC = Path("/sys/kernel/config/usb_gadget/keys/UDC")
LOOPBACK = Path("/sys/bus/platform/drivers/snd_aloop")


def wait_until(moment: float) -> None:
    """Returns at `moment` on CLOCK_MONOTONIC, in seconds, or at once if it is past: a far end paced by
    absolute times does not drift.
    """
    time.sleep(max(0.0, moment - time.monotonic()))


def wait_for(condition: Callable[[], bool], seconds: float = 5.0) -> float:
    """Looks every millisecond until `condition()` holds; returns how many seconds that took. Raises
    TimeoutError after `seconds`.
    """
    start = time.monotonic()
    looks = 0
    while not condition():
        looks += 1
        if time.monotonic() - start > seconds:
            raise TimeoutError(f"not so within {seconds} s: {condition}")
        wait_until(start + looks * 1e-3)
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
    return int((_line(line) / "value").read_text())


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


def unplug_card(number: int = 0) -> None:
    """Pulls loopback card `number` (0 is the first): whoever plays on it is told "No such device"."""
    (LOOPBACK / "unbind").write_text(f"snd_aloop.{number}")


def plug_card(number: int = 0) -> None:
    """Puts loopback card `number` back."""
    (LOOPBACK / "bind").write_text(f"snd_aloop.{number}")
