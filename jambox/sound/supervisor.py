"""Control's end of the processes below it: the engine, kept alive; guests; the cue; the workshop, run for one job."""

import asyncio
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from typing import Generic, TypeVar

import msgspec

from jambox.errors import DeviceError
from jambox.sound import cache
from jambox.sound.agreement import Capturing, Cued, Cueing, Joined, Ready, Settings
from jambox.sound.shelves import Job, Made

START_SECONDS = 20.0
"""An engine that does not play by then hangs in its device."""
STOP_SECONDS = 2.0
"""An engine that has not faded out and ended by then is killed."""
Says = TypeVar("Says")


class _Process(Generic[Says]):
    """One run of a process that opens a device. `ended` completes when it is gone, for whatever reason."""

    def __init__(self, process: asyncio.subprocess.Process, ready: Says) -> None:
        self._process = process
        self.ready = ready
        self.ended = asyncio.ensure_future(self._watch())

    @property
    def pid(self) -> int:
        return self._process.pid

    async def stop(self) -> None:
        """Let it fade out and end; kill it when it does not."""
        with suppress(ProcessLookupError):
            self._process.terminate()
        done, _ = await asyncio.wait({self.ended}, timeout=STOP_SECONDS)
        if not done:
            self.kill()
            await self.ended

    def kill(self) -> None:
        """End an engine that hangs."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def _watch(self) -> str:
        return await _last_words(self._process)


class EngineProcess(_Process[Ready]):
    """One run of the engine's process. `start` it once."""

    @classmethod
    async def start(cls, settings: Settings) -> "EngineProcess":
        """Start an engine and wait until it plays. Raises DeviceError with its message when its device refuses."""
        process, line = await _start("process", settings)
        return cls(process, msgspec.json.decode(line, type=Ready))


class GuestProcess(_Process[Joined]):
    """One run of a guest's process. `start` it once."""

    @classmethod
    async def start(cls, settings: Capturing) -> "GuestProcess":
        """Start a guest and wait until it captures. Raises DeviceError with its message when its card refuses."""
        process, line = await _start("capture", settings)
        return cls(process, msgspec.json.decode(line, type=Joined))


class CueProcess(_Process[Cued]):
    """One run of the process of a cue card. `start` it once."""

    @classmethod
    async def start(cls, settings: Cueing) -> "CueProcess":
        """Start it and wait until it plays. Raises DeviceError with its message when its card refuses."""
        process, line = await _start("cueing", settings)
        return cls(process, msgspec.json.decode(line, type=Cued))


async def _start(module: str, settings: Settings | Capturing | Cueing) -> tuple[asyncio.subprocess.Process, bytes]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"jambox.sound.{module}",
        msgspec.json.encode(settings).decode(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        pass_fds=settings.descriptors,
    )
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), START_SECONDS)
    except TimeoutError as fault:
        await _kill(process)
        name, seconds = settings.device.name, f"{START_SECONDS:g} s"
        raise DeviceError(f"{name}: does not start within {seconds}: unplug it and plug it in again") from fault
    except asyncio.CancelledError:
        await _kill(process)
        raise
    if not line:
        raise DeviceError(await _last_words(process))
    return process, line


async def make(job: Job, bank: int) -> AsyncIterator[Made]:
    """Lay what `job` wants in the bank behind that descriptor; each sample as it lies there.

    What is kept is laid at once; from the first on that is not, it is the workshop's work. Closing the iterator ends
    that. Raises DeviceError with the workshop's message when it fails.
    """
    shelf, wanted = job.shelf, list(job.wanted)
    while wanted and (made := cache.lay(job, wanted[0], shelf.offset, bank)):
        yield made
        await asyncio.sleep(0)  # others have their turn between two sounds
        wanted.pop(0)
        shelf = shelf.behind(made)
    if wanted:
        rest = Job(shelf, job.rate, job.cache, tuple(wanted))
        async with aclosing(_work(rest, bank)) as work:
            async for made in work:
                yield made


async def _work(job: Job, bank: int) -> AsyncGenerator[Made, None]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "jambox.sound.workshop",
        str(bank),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        pass_fds=(bank,),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(msgspec.json.encode(job))
        process.stdin.write_eof()
        async for line in process.stdout:
            yield msgspec.json.decode(line, type=Made)
        if message := await _last_words(process):
            raise DeviceError(f"the workshop failed: {message}")
    finally:
        await _kill(process)


async def _kill(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


async def _last_words(process: asyncio.subprocess.Process) -> str:
    # The last line that a process wrote to standard error, or how it ended; empty for a good end.
    assert process.stderr is not None
    text = (await process.stderr.read()).decode(errors="replace").strip()
    status = await process.wait()
    if status == 0:
        return ""
    how = f"signal {-status}" if status < 0 else f"exit status {status}"
    return text.splitlines()[-1] if text else f"the process ended by {how}"
