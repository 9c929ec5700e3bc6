"""The workshop: a short-lived, niced process that renders samples into the bank and keeps them in a cache on disk.

    python -m jambox.sound.workshop BANK_FD  < job.json

answers one line of JSON (`Made`) on standard output for each sample, as soon as it lies in the bank.
"""

import contextlib
import mmap
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from jambox.sound import cache, instruments, recordings, speech
from jambox.sound.instruments import words
from jambox.sound.instruments.drones import DRONES
from jambox.sound.shelves import Job, Made, Spoken, Wanted
from jambox.sound.softness import EVEN, Softness
from jambox.units import Hertz

NICENESS = 5
"""A quarter of a core beside one busy process. At 15 it was a thirtieth: drums then took up to half a minute."""


def make(job: Job, bank: NDArray[np.float32]) -> Iterator[Made]:
    """Lay what the job wants on its shelf of `bank` (float32), one sample behind the other.

    Slots that are not the shelf's are left out, and everything from the first sample on that no longer fits. A cache
    that cannot be read or written is done without; one that has grown too large is trimmed.
    """
    try:
        yield from _laid(job, bank)
    finally:
        if job.cache:
            cache.trim(job.cache)


def _laid(job: Job, bank: NDArray[np.float32]) -> Iterator[Made]:
    offset = job.shelf.offset
    end = offset + job.shelf.frames
    slots = range(job.shelf.slot, job.shelf.slot + job.shelf.slots)
    for wanted in job.wanted:
        if wanted.slot not in slots:
            continue
        samples, softness = _sample(
            wanted, job.rate, cache.place(wanted, job.rate, job.cache) if job.cache and not wanted.recording else None
        )
        if offset + len(samples) > end:
            return
        bank[offset : offset + len(samples)] = samples
        yield Made(wanted.slot, offset, len(samples), softness)
        offset += len(samples)


def render(wanted: Wanted, rate: int) -> NDArray[np.float32]:
    """The samples (float32, mono) of one wanted sound. Reads nothing but a recording, and starts nothing but speech.

    Raises UnknownNameError, and for a word DeviceError.
    """
    if wanted.recording:
        return recordings.read(wanted.recording, rate)
    if wanted.word:
        return _spoken(wanted.word, rate)
    if wanted.instrument in DRONES:
        return DRONES[wanted.instrument](Hertz(wanted.frequency), wanted.seconds, rate, wanted.seed)
    return instruments.render(wanted.instrument, wanted.name, Hertz(wanted.frequency), rate, wanted.seed)


def _spoken(word: Spoken, rate: int) -> NDArray[np.float32]:
    given, samples = speech.say(word)
    sound = np.frombuffer(samples, dtype="<i2").astype(np.float64) / 32768.0
    return words.placed(recordings.moved(sound, rate / given), rate, word.lead, word.longest, word.gain)


def _sample(wanted: Wanted, rate: int, path: Path | None) -> tuple[NDArray[np.float32], Softness]:
    if path is None:
        return _rendered(wanted, rate)
    try:
        kept, softness = cache.read(path)
    except (OSError, ValueError):
        samples, softness = _rendered(wanted, rate)
        _keep(path, samples, softness)
        return samples, softness
    return np.frombuffer(kept, dtype="<f4"), softness


def _rendered(wanted: Wanted, rate: int) -> tuple[NDArray[np.float32], Softness]:
    # Recordings have layers of their own, and words are always said alike.
    samples = render(wanted, rate)
    struck = not wanted.recording and not wanted.word and wanted.instrument not in DRONES
    return samples, instruments.softness(wanted.instrument, wanted.name, samples, rate) if struck else EVEN


def _keep(path: Path, samples: NDArray[np.float32], softness: Softness) -> None:
    # A full or read-only disk costs a rendering the next time, and nothing else.
    new = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with new.open("wb") as file:
            np.save(file, samples)
            file.write(cache.behind(softness))
            # Without it, a power cut may leave a name with holes behind it, and samples that are silent for good.
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            new.unlink()


def main() -> None:
    """Do the job that standard input describes, in the bank whose file descriptor is the first argument."""
    os.setpriority(os.PRIO_PROCESS, 0, max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    bank = np.frombuffer(mmap.mmap(int(sys.argv[1]), 0), dtype=np.float32)
    for made in make(job, bank):
        sys.stdout.buffer.write(msgspec.json.encode(made) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
