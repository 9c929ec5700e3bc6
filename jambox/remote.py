"""The local socket: one line of JSON asks, one answers. Tests, the command line and any other panel speak it.

{"press": "drone", "hold": 0.6}   {"turn": "volume", "value": 0.7}   {"turn": "style", "value": 1, "holding": ["drone"]}
{"status": true}   {"traffic": 0}   {"reroute": true}   {"mixer": {"strip1.trim": -6}}   {"levels": true}
{"tonic": "D3", "tuning": "rast-24"}   {"drone": "tanpura", "round": "cycle"}
"""

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import msgspec

from jambox.errors import AlreadyRunningError, JamboxError, NotRunningError, SocketError
from jambox.sound.levelling import SECONDS

LONGEST = 65536
"""Bytes in a line."""
PATIENCE = 10.0
"""Seconds that a caller waits for the answer."""
MODE = 0o660
LONGEST_HOLD = 30.0
"""Seconds that a press may last."""
_log = logging.getLogger(__name__)
Holding = Annotated[float, msgspec.Meta(ge=0, le=LONGEST_HOLD)]


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked: `press` a button for `hold` seconds, `turn` a knob or encoder to or by `value`, or `status`.

    `mixer` sets parameters by name, to what a string, number or switch says, or, null, back to the configuration's;
    a name for many, as `strip1`, can be set back too. It asks for all values, if it sets none. `levels` has the inputs
    listened to, or no more; `meters` asks for what they show.

    `tonic`, a note or Hz, and `tuning`, an id, set what all sounds by; `drone`, an id, and `strings` the drone, `round`
    what its rounds go with.

    With `traffic`, the MIDI messages after the first so many since the start; the answer waits a moment for some. With
    `reroute`, that MIDI be led by the routes, and read by the bindings, that the configuration file says now.
    """

    press: str = ""
    hold: Holding = 0.0
    turn: str = ""
    value: float = 0.0
    holding: tuple[str, ...] = ()
    status: bool = False
    traffic: Annotated[int, msgspec.Meta(ge=0)] | None = None
    reroute: bool = False
    mixer: dict[str, str | float | bool | None] | None = None
    levels: bool = False
    tonic: str = ""
    tuning: str = ""
    strings: str = ""
    drone: str = ""
    round: str = ""
    meters: bool = False


class Traffic(msgspec.Struct, frozen=True, array_like=True):
    """A MIDI message that passed: `time` in monotonic seconds, its source; it and what was sent whereto, in hex."""

    time: float
    source: str
    message: str
    sent: tuple[tuple[str, str], ...]


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of it: what the box said to the player, the status, values or meters asked for, or the error.

    `received` counts the MIDI messages that have come so far, `passed` has the latest of those asked for.
    """

    said: tuple[str, ...] = ()
    status: dict[str, Any] = {}
    mixer: dict[str, float] = {}
    meters: dict[str, Any] = {}
    received: int = 0
    passed: tuple[Traffic, ...] = ()
    error: str = ""


def default_path() -> Path:
    """Where the socket lies: the service's runtime folder, the user's, or /tmp's for this user alone."""
    if folder := os.environ.get("RUNTIME_DIRECTORY"):
        return Path(folder) / "socket"
    service = Path("/run/jambox/socket")
    if service.exists():
        return service
    user = os.environ.get("XDG_RUNTIME_DIR")
    return (Path(user) if user else Path(f"/tmp/jambox-{os.getuid()}")) / "jambox" / "socket"


async def serve(path: Path, handle: Callable[[Request], Awaitable[Answer]]) -> asyncio.Server:
    """Answer at `path` until the server is closed, readable and writable for owner and group.

    Raises AlreadyRunningError when a box answers there, SocketError when the folder refuses.
    """
    try:
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        _claim(path)
        server = await asyncio.start_unix_server(_Connections(handle), path, limit=LONGEST)
        path.chmod(MODE)
    except AlreadyRunningError:
        raise
    except OSError as fault:
        message = f"{path}: the box cannot listen there: {fault}; no command can reach it: name another by --socket"
        raise SocketError(message) from fault
    return server


async def listen(path: Path, handle: Callable[[Request], Awaitable[Answer]]) -> tuple[asyncio.Server | None, str]:
    """As `serve`, but without a server, and with the reason, where the folder refuses."""
    try:
        return await serve(path, handle), ""
    except SocketError as fault:
        _log.warning("%s", fault)
        return None, str(fault)


def ask(path: Path, request: Request) -> Answer:
    """Ask the box at `path`. Raises NotRunningError when none answers."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE + request.hold + (SECONDS if request.levels else 0.0))
        try:
            connection.connect(os.fspath(path))
            connection.sendall(msgspec.json.encode(request) + b"\n")
            line = connection.makefile("rb").readline()
        except OSError as fault:
            raise NotRunningError(f"no box answers at {path} ({fault}): start it by `./jam`") from fault
    if not line:
        raise NotRunningError(f"the box at {path} hung up: look at its log")
    try:
        return msgspec.json.decode(line, type=Answer)
    except msgspec.DecodeError as fault:
        raise NotRunningError(f"what answers at {path} is no box ({fault}): name the box's by --socket") from fault


def _claim(path: Path) -> None:
    # A socket that a killed box left behind is taken over (asyncio does that, and leaves other files alone); one that
    # answers is not.
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(os.fspath(path))
        except (FileNotFoundError, ConnectionRefusedError):
            return
    raise AlreadyRunningError(f"a box is already running at {path}: stop it first, or speak to it by `jambox press`")


class _Connections:
    def __init__(self, handle: Callable[[Request], Awaitable[Answer]]) -> None:
        self._handle = handle

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            # Cancelled means that the box ends; asyncio of 3.11 would log that as a fault.
            with suppress(ConnectionError, asyncio.CancelledError):
                while line := await self._line(reader):
                    writer.write(msgspec.json.encode(await self._answer(line)) + b"\n")
                    await writer.drain()
        finally:
            writer.close()

    async def _line(self, reader: asyncio.StreamReader) -> bytes:
        """The next line, empty at the end. One that is too long is taken whole, and LONGEST + 1 bytes of it stay."""
        kept = b""
        while True:
            try:
                line = await reader.readuntil()
            except asyncio.IncompleteReadError as end:
                line = end.partial
            except asyncio.LimitOverrunError as overrun:
                kept = (kept + await reader.readexactly(overrun.consumed))[: LONGEST + 1]
                continue
            return (kept + line)[: LONGEST + 1]

    async def _answer(self, line: bytes) -> Answer:
        if len(line.rstrip(b"\n")) > LONGEST:
            return Answer(error=f"not understood: the line is longer than {LONGEST} bytes")
        try:
            return await self._handle(msgspec.json.decode(line, type=Request))
        except (msgspec.DecodeError, UnicodeDecodeError) as fault:
            return Answer(error=f"not understood: {fault}")
        except JamboxError as fault:
            return Answer(error=str(fault))
