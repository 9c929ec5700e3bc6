"""Sounds that were rendered before, on disk, and how they come into the bank.

Without numpy: its import takes longer than all of them together, and a box that starts needs nothing else of it. The
files are numpy's own (NEP 1, version 1.0), one array of little-endian float32 each, and behind it the sound's softness.
"""

import contextlib
import functools
import hashlib
import os
import re
import struct
from pathlib import Path

import msgspec

from jambox.sound.shelves import Job, Made, Wanted
from jambox.sound.softness import Softness

LARGEST = 256_000_000
"""Bytes that are kept: 200 drones, or all drum families on 20 tonics."""
_INSTRUMENTS = Path(__file__).parent / "instruments"
_MAGIC = b"\x93NUMPY\x01\x00"
_LENGTH = struct.Struct("<H")
_SOFTNESS = struct.Struct("<4d")
_MOST = Softness(100_000.0, 10.0, 1.0, 1.0)
_FRAME = 4
"""Bytes."""
_OURS = re.compile(r"[0-9a-f]{64}\.(npy|\d+)")
"""Names of sounds, and of what was left when the power went while one was written."""


def place(wanted: Wanted, rate: int, folder: str) -> Path:
    """Where a sound is kept: the name says what it is, and by which version of the instruments it was made."""
    # The slot is where a sound lies, not what it is.
    what = msgspec.json.encode((msgspec.structs.replace(wanted, slot=0), rate))
    return Path(folder) / f"{hashlib.sha256(what + _version()).hexdigest()}.npy"


def trim(folder: str, largest: int = LARGEST) -> None:
    """Remove sounds of `folder` until they take `largest` bytes at most, those first that were not used for longest.

    As far as the file system tells when a file was read; else, those first that are oldest. What cannot be removed, or
    is gone, is passed over.
    """
    found = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                if _OURS.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                    stat = entry.stat(follow_symlinks=False)
                    found.append((max(stat.st_atime_ns, stat.st_mtime_ns), stat.st_size, entry.path))
    total = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if total <= largest:
            break
        with contextlib.suppress(OSError):
            os.unlink(path)
            total -= size


def lay(job: Job, wanted: Wanted, offset: int, bank: int) -> Made | None:
    """Lays one sound of a job in the bank behind the descriptor `bank`, from frame `offset` on, if it is kept.

    None when it is not, is broken, or does not fit. Reads a file.
    """
    if not job.cache or wanted.recording:
        return None
    try:
        samples, softness = read(place(wanted, job.rate, job.cache))
    except (OSError, ValueError):
        return None
    frames = len(samples) // _FRAME
    if offset + frames > job.shelf.offset + job.shelf.frames:
        return None
    os.pwrite(bank, samples, offset * _FRAME)
    return Made(wanted.slot, offset, frames, softness)


def read(path: Path) -> tuple[memoryview, Softness]:
    """A sound that is kept: float32 as bytes, and its softness. Raises OSError, or ValueError for what is broken."""
    data = path.read_bytes()
    end = max(len(data) - _SOFTNESS.size, 0)
    samples = _samples(data, end)
    softness = Softness(*_SOFTNESS.unpack_from(data, end))
    if not all(0.0 <= value <= most for value, most in zip(softness, _MOST, strict=True)):
        raise ValueError("no such softness")
    return samples, softness


def behind(softness: Softness) -> bytes:
    """What stands behind the samples in a file."""
    return _SOFTNESS.pack(*softness)


def _samples(data: bytes, end: int) -> memoryview:
    # Those before `end`, uncopied. Raises ValueError for what is no such file, or not all of one.
    start = len(_MAGIC) + _LENGTH.size
    if not data.startswith(_MAGIC) or end < start:
        raise ValueError("no file of numpy's")
    (length,) = _LENGTH.unpack_from(data, len(_MAGIC))
    samples = memoryview(data)[start + length : end]
    # As numpy writes it.
    wanted = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({len(samples) // _FRAME},), }}".encode()
    if data[start : start + length].strip() != wanted or len(samples) % _FRAME:
        raise ValueError("no such array")
    return samples


@functools.cache
def _version() -> bytes:
    # The instruments' own text.
    return b"".join(hashlib.sha256(path.read_bytes()).digest() for path in sorted(_INSTRUMENTS.glob("*.py")))
