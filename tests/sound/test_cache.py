"""Sounds that are kept come into the bank as the workshop made them, and what is broken is not taken."""

import asyncio
import os
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from jambox.sound import cache, supervisor, workshop
from jambox.sound.shared import allocate
from jambox.sound.shelves import Job, Made, Shelf, Wanted

RATE = 8000
TONIC = 146.83
FRAMES = 60000
SHELF = Shelf(8, 16, 1000, 40000)
WANTED = tuple(Wanted(8 + n, "kit", name, TONIC, 0.0, n) for n, name in enumerate(("rim", "kick", "clap")))


@pytest.fixture
def bank() -> Iterator[int]:
    descriptor = allocate("bank", FRAMES * 4)
    yield descriptor
    os.close(descriptor)


def job(folder: Path, wanted: tuple[Wanted, ...] = WANTED, shelf: Shelf = SHELF) -> Job:
    return Job(shelf, RATE, str(folder), wanted)


def kept(task: Job) -> tuple[list[Made], NDArray[np.float32]]:
    """What the workshop makes of it, and so what is kept from now on."""
    bank = np.zeros(FRAMES, dtype=np.float32)
    return list(workshop.make(task, bank)), bank


def lies(bank: int) -> NDArray[np.float32]:
    return np.frombuffer(os.pread(bank, FRAMES * 4, 0), dtype=np.float32)


def made(task: Job, bank: int) -> list[Made]:
    async def run() -> list[Made]:
        return [one async for one in supervisor.make(task, bank)]

    return asyncio.run(run())


def test_what_is_kept_is_laid_as_the_workshop_lays_it(
    tmp_path: Path, bank: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted, samples = kept(job(tmp_path))

    async def forbidden(*words: str, **_options: object) -> None:
        raise AssertionError(f"a process: {words}")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", forbidden)
    assert made(job(tmp_path), bank) == wanted
    assert np.array_equal(lies(bank), samples)


@pytest.mark.parametrize("known", [0, 1, 2])
def test_the_workshop_makes_the_rest(tmp_path: Path, bank: int, known: int) -> None:
    kept(job(tmp_path, WANTED[:known]))
    found = made(job(tmp_path), bank)
    wanted, samples = kept(job(tmp_path))
    assert found == wanted
    assert np.array_equal(lies(bank), samples)


def test_a_shelf_that_is_too_short_ends_where_it_does_for_the_workshop(tmp_path: Path, bank: int) -> None:
    whole, _ = kept(job(tmp_path))
    short = SHELF._replace(frames=whole[0].frames + whole[1].frames + 1)
    assert made(job(tmp_path, shelf=short), bank) == whole[:2]


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"",
        lambda data: data[:8],
        lambda data: data[:9],
        lambda data: data[:100],
        lambda data: data[:-4],
        lambda data: data[:-1],
        lambda data: data + b"\0\0\0\0",
        lambda data: data[:-32],
        lambda data: data[:-8] + struct.pack("<d", float("nan")),
        lambda data: data[:-8] + struct.pack("<d", -0.5),
        lambda data: data.replace(b"<f4", b"<i4"),
        lambda data: data.replace(b"'shape'", b"'shape "),
        lambda data: data.replace(b"NUMPY\x01", b"NUMPY\x02"),
    ],
)
def test_what_is_broken_is_not_taken(tmp_path: Path, bank: int, change: "object") -> None:
    assert callable(change)
    kept(job(tmp_path))
    path = cache.place(WANTED[0], RATE, str(tmp_path))
    assert cache.lay(job(tmp_path), WANTED[0], 0, bank)
    path.write_bytes(change(path.read_bytes()))
    assert cache.lay(job(tmp_path), WANTED[0], 0, bank) is None


def test_without_a_cache_nothing_is_kept(bank: int) -> None:
    assert cache.lay(Job(SHELF, RATE, "", WANTED), WANTED[0], 0, bank) is None


def test_what_was_not_used_for_longest_goes_when_there_is_too_much(tmp_path: Path) -> None:
    names = [f"{number:064x}.npy" for number in range(5)]
    ages = {names[0]: 10, names[1]: 50, names[2]: 30, names[3]: 20, names[4]: 40}
    for name, age in ages.items():
        (tmp_path / name).write_bytes(bytes(1000))
        os.utime(tmp_path / name, (100 - age, 100 - age))
    (tmp_path / "mine.npy").write_bytes(bytes(9000))
    (tmp_path / f"{7:064x}.4711").write_bytes(bytes(500))  # the power went while it was written
    os.utime(tmp_path / f"{7:064x}.4711", (1, 1))
    cache.trim(str(tmp_path), 3000)
    assert sorted(path.name for path in tmp_path.iterdir()) == [names[0], names[2], names[3], "mine.npy"]
    cache.trim(str(tmp_path), 3000)
    assert len(list(tmp_path.iterdir())) == 4


def test_reading_counts_as_use(tmp_path: Path) -> None:
    for number, (read, written) in enumerate([(90, 10), (20, 20)]):
        (tmp_path / f"{number:064x}.npy").write_bytes(bytes(1000))
        os.utime(tmp_path / f"{number:064x}.npy", (read, written))
    cache.trim(str(tmp_path), 1000)
    assert [path.name for path in tmp_path.iterdir()] == [f"{0:064x}.npy"]


def test_the_workshop_trims_what_it_has_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trimmed: list[str] = []
    monkeypatch.setattr(cache, "trim", trimmed.append)
    kept(job(tmp_path))
    assert trimmed == [str(tmp_path)]


def test_a_folder_that_is_not_there_needs_no_trimming(tmp_path: Path) -> None:
    cache.trim(str(tmp_path / "not there"), 0)
