"""Words to the service manager: ready, alive, stopping (sd_notify(3)). Without one, nothing happens."""

import os
import socket
from contextlib import suppress


def notify(state: str) -> None:
    """Send `READY=1`, `WATCHDOG=1`, `STOPPING=1` or `STATUS=...` to the socket that NOTIFY_SOCKET names."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager:
        # A leading @ stands for Linux's abstract sockets.
        manager.sendto(state.encode(), f"\0{address[1:]}" if address.startswith("@") else address)
