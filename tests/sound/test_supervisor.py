"""Control's end of the engine and the workshop, with their real processes."""

import asyncio
import mmap
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from jambox.errors import DeviceError
from jambox.sound import supervisor
from jambox.sound.agreement import Request, Settings
from jambox.sound.commands import StartDrone
from jambox.sound.parameters import Mixer
from jambox.sound.shared import Link, allocate
from jambox.sound.shelves import Job, Made, Shelf, Wanted
from jambox.sound.supervisor import EngineProcess, make

RATE = 48000
FRAMES = 4 * RATE
SHELF = Shelf(0, 4, 0, FRAMES)
CHIME = Wanted(0, "earcons", "chime", 146.83, 0.0, 0)


@pytest.fixture
def bank() -> Iterator[int]:
    descriptor = allocate("bank", FRAMES * 4)
    yield descriptor
    os.close(descriptor)


@pytest.fixture
def link() -> Iterator[Link]:
    link = Link()
    yield link
    link.close()


def settings(link: Link, bank: int, device: str = "null") -> Settings:
    return Settings(link.descriptor, bank, Request(device, RATE, 128, 3, 2), Mixer(), 0)


def job(*wanted: Wanted) -> Job:
    return Job(SHELF, RATE, "", wanted)


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> float:
    """Waits for it; the seconds that it took."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while not condition():
        assert loop.time() - begun < seconds, "it never came"
        await asyncio.sleep(0.002)
    return loop.time() - begun


def gone(pid: int) -> bool:
    """Whether no such process runs (a zombie, waited for by nobody yet, does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_an_engine_plays_listens_and_ends(link: Link, bank: int) -> None:
    async def life() -> str:
        engine = await EngineProcess.start(settings(link, bank))
        assert (engine.ready.name, engine.ready.rate, engine.ready.period) == ("null", RATE, 128)
        assert engine.pid > 0
        assert not engine.ended.done()
        link.send(StartDrone())
        await until(lambda: link.status().heard == 1 and link.status().drone == 1)
        begun = link.status().frame
        assert await until(lambda: link.status().frame > begun + 10 * 128) < 1.0
        await engine.stop()
        assert gone(engine.pid)
        await engine.stop()
        engine.kill()
        return await engine.ended

    assert asyncio.run(life()) == ""


@pytest.mark.parametrize(
    ("device", "told"),
    [
        ("hw:CARD=Nothing", "hw:CARD=Nothing: .*see the names by `jambox list audio`"),
        ("wav:/nowhere/at/all.wav", "cannot write /nowhere/at/all.wav: .*a folder that you may write to"),
    ],
)
def test_a_device_that_refuses_is_told_in_the_engines_words(link: Link, bank: int, device: str, told: str) -> None:
    with pytest.raises(DeviceError, match=told):
        asyncio.run(EngineProcess.start(settings(link, bank, device)))


def test_a_killed_engine_says_how_it_ended(link: Link, bank: int) -> None:
    async def life() -> str:
        engine = await EngineProcess.start(settings(link, bank))
        engine.kill()
        return await engine.ended

    assert asyncio.run(life()) == f"the process ended by signal {signal.SIGKILL.value}"


def test_an_engine_that_does_not_stop_is_killed(link: Link, bank: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.1)

    async def life() -> str:
        engine = await EngineProcess.start(settings(link, bank))
        os.kill(engine.pid, signal.SIGSTOP)
        await engine.stop()
        return await engine.ended

    assert asyncio.run(life()) == "the process ended by signal 9"


def test_an_engine_that_does_not_start_is_killed(link: Link, bank: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "START_SECONDS", 0.0)
    with pytest.raises(DeviceError, match=r"^null: does not start within 0 s"):
        asyncio.run(EngineProcess.start(settings(link, bank)))


def test_an_engine_whose_start_is_broken_off_is_killed(link: Link, bank: int, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    create = asyncio.create_subprocess_exec

    async def noted(*words: str, **options: object) -> asyncio.subprocess.Process:
        process = await create(*words, **options)  # type: ignore[arg-type]
        begun.append(process.pid)
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)

    async def life() -> None:
        starting = asyncio.ensure_future(EngineProcess.start(settings(link, bank)))
        await until(lambda: bool(begun))
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting
        await until(lambda: gone(begun[0]))

    asyncio.run(life())


def test_the_workshop_lays_samples_in_the_bank(bank: int) -> None:
    async def work() -> list[Made]:
        return [made async for made in make(job(CHIME, msgspec.structs.replace(CHIME, slot=1, name="refuse")), bank)]

    first, second = asyncio.run(work())
    assert (first.slot, first.offset) == (0, 0)
    assert (second.slot, second.offset) == (1, first.frames)
    samples = np.frombuffer(mmap.mmap(bank, 0), dtype=np.float32)
    assert 0.01 < np.abs(samples[: first.frames]).max() <= 1.0
    assert 0.01 < np.abs(samples[second.offset : second.offset + second.frames]).max() <= 1.0
    assert not samples[second.offset + second.frames :].any()


def test_a_workshop_that_fails_says_why(bank: int) -> None:
    async def work() -> None:
        async for _ in make(job(msgspec.structs.replace(CHIME, instrument="theremin")), bank):
            pytest.fail("nobody can make that")

    with pytest.raises(DeviceError, match=r"^the workshop failed: .*theremin"):
        asyncio.run(work())


def test_closing_the_iterator_ends_the_workshop(bank: int, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[asyncio.subprocess.Process] = []
    create = asyncio.create_subprocess_exec

    async def noted(*words: str, **options: object) -> asyncio.subprocess.Process:
        begun.append(await create(*words, **options))  # type: ignore[arg-type]
        return begun[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)

    async def work() -> None:
        many = [msgspec.structs.replace(CHIME, slot=slot % 4, seed=slot) for slot in range(4000)]
        made = make(job(*many), bank)
        await anext(made)
        await made.aclose()  # type: ignore[attr-defined]
        assert begun[0].returncode == -signal.SIGKILL

    asyncio.run(work())
