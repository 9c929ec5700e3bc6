"""Where a sound card is plugged in: what tells two instruments of one make apart, also after they were away.

Bus numbers, device numbers and card numbers depend on what came first; a controller and the ports from there to the
device, hub by hub, do not. (Where controllers bear numbers themselves, as on a Pi 5, "xhci-hcd.0", these come in the
order of its device tree, as far as we know.) Serial numbers are no help: few MIDI instruments have one.
"""

import os
import re

_DEVICE = "/sys/class/sound/card{}/device"
_INTERFACE = re.compile(r".*/([^/]+)/usb\d+/(?:.*/)?\d+-([\d.]+)/\d+-[\d.]+:[\d.]+")


def path(card: int) -> str:
    """The USB path of an ALSA card, by its number, as `parse` gives it; empty when it is not on USB, or gone.

    Takes some 50 µs; waits for nothing.
    """
    return parse(os.path.realpath(_DEVICE.format(card)))


def parse(device: str) -> str:
    """From the folder of a USB interface in sysfs to its device's path, written as the kernel does: usb-HOST-PORTS.

    "usb-0000:01:00.0-1.2" is port 2 of the hub on port 1 of that controller; the same text is in /proc/asound/cards.
    Empty when the folder is no USB interface's.
    """
    found = _INTERFACE.fullmatch(device)
    return f"usb-{found[1]}-{found[2]}" if found else ""
