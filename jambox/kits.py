"""Hydrogen's drumkits taken in: from a folder where they lie, from a `.h2drumkit` unpacked, as a drum family."""

import contextlib
import gzip
import io
import math
import re
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec

from jambox.errors import DataError
from jambox.music.drums import Drums, Layer
from jambox.music.hydrogen import LARGEST, Kit, family_of, family_text, fitted, parse_kit
from jambox.music.recorded import ROOM, SLOTS, TAKES, measured
from jambox.sound import recordings
from jambox.sound.instruments.finish import CEILING, loudness
from jambox.sound.shelves import Recording

DESCRIPTION = "drumkit.xml"
UNPACKED = 256 * 1024 * 1024
"""Bytes that an archive may unpack to; the largest of Debian's kits has 159 MB."""
MOST = 4096
"""Files in an archive."""
LOUDEST = -21.0
"""LUFS over 0.3 s of the loudest stroke of a family: those that are made lie within 1 LU of it."""
NEAR = 1.0
"""LU by which a family may be softer than others."""
SILENT = -70.0
"""LUFS below which a kit is no louder for being levelled."""
GAINS = (-60.0, 24.0)
"""dB within which a layer's gain lies."""
QUIET, RATE = 60.0, 48_000
HEARD = 0.5
"""Seconds of a recording in which it is at its loudest."""
NAME = re.compile("[a-z0-9][a-z0-9-]*")
"""Of a family, and so of its file."""


class _Limited:
    """Reads no more than UNPACKED bytes, and some for the headers, of what unpacks from an archive."""

    def __init__(self, file: io.BufferedIOBase) -> None:
        self._file, self._left = file, UNPACKED + MOST * 2048

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(min(size, self._left + 1) if size >= 0 else self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise DataError(f"it unpacks to more than {UNPACKED >> 20} MB: it is no drumkit")
        return data


def name_of(kit: Kit) -> str:
    """An id for the kit: small letters, digits, hyphens."""
    return re.sub("[^a-z0-9]+", "-", kit.name.lower()).strip("-") or "kit"


def read(path: Path) -> tuple[Kit, Path | None]:
    """The kit in a folder or an archive, and the folder; None for an archive. Raises DataError."""
    if path.is_dir():
        try:
            with (path / DESCRIPTION).open("rb") as there:
                return parse_kit(there.read(LARGEST + 1), str(path / DESCRIPTION)), path.resolve()
        except OSError as fault:
            raise DataError(f"{path}: {fault}: name a folder with a {DESCRIPTION}, or a .h2drumkit") from fault
    description = None
    with _unpacking(path):
        for name, file in _members(path, []):
            if name.name == DESCRIPTION:
                description = file.read(LARGEST + 1)
                break
    if description is not None:
        return parse_kit(description, f"{path}: {DESCRIPTION}"), None
    raise DataError(f"{path}: has no {DESCRIPTION}: it is no drumkit of Hydrogen's")


def levels(family: Drums) -> tuple[float, float]:
    """The loudness of a family's loudest recording, struck hard, in LUFS over 0.3 s; and the highest peak, in dBFS.

    Peaks over full scale count as they are. Reads the files.
    """
    found = [_levels(family, list(family.recorded(sound).values())[-1]) for sound in family.files]
    return max(loud for loud, _ in found), max(peak for _, peak in found)


def _levels(family: Drums, layer: Layer) -> tuple[float, float]:
    # Read softly, so that nothing is held below the ceiling yet.
    given = Recording(f"{family.samples}/{layer.file}", layer.gain - QUIET, layer.pitch, min(family.longest, HEARD))
    sound = recordings.read(given, RATE).astype("float64")
    peak = 20.0 * math.log10(max(float(abs(sound).max()), 1e-9))
    return loudness(sound, RATE) + QUIET, peak + QUIET


def levelled(family: Drums) -> Drums:
    """The family with all its recordings louder or softer alike, so that its loudest sound has LOUDEST.

    Or as near to that as no sound's peak passes CEILING, above which it would be held down alone: the balance among
    sounds and layers stays as it was recorded. Silence is left alone. Reads the files.
    """
    loudest, peak = levels(family)
    if loudest < SILENT:
        return family
    gains = [layer.gain for layer in family.recordings.values()]
    more = min(LOUDEST - loudest, CEILING - peak, GAINS[1] - max(gains))
    more = math.floor(10.0 * max(more, GAINS[0] - min(gains))) / 10.0
    files: dict[str, str | tuple[Layer, ...]] = {
        sound: tuple(
            msgspec.structs.replace(layer, gain=round(max(layer.gain + more, GAINS[0]), 2))
            for layer in family.recorded(sound).values()
        )
        for sound in family.files
    }
    return msgspec.structs.replace(family, files=files)


def take(path: Path, drums: Path, name: str = "", model: Drums | None = None) -> tuple[Path, Drums, list[str]]:
    """Write the kit as a drum family into the folder `drums`: its file, what it plays, and what was wrong with it.

    It is made as loud as families are. An archive is unpacked beside it. With a `model`, the family plays that one's
    strokes, and takes its place unless it has another `name`. Raises DataError when nothing of it can be used, or a
    family of that name is there already, and then leaves nothing behind.
    """
    kit, folder = read(path)
    name = name or (model.id if model else name_of(kit))
    target, samples = drums / f"{name}.toml", drums / f"{name}.samples"
    if not NAME.fullmatch(name):
        raise DataError(f"{name!r} is no id: take small letters, digits, hyphens")
    for there in (target, samples):
        if there.exists():
            raise DataError(f"{there} is there already: move it away, or choose another name with --id")
    faults = list[str]()
    try:
        drums.mkdir(parents=True, exist_ok=True)
        if folder is None:
            _unpack(path, samples, faults)
        family = family_of(kit, name, str(folder) if folder else samples.name, model)
        kept, lengths, wrong = measured(family, drums)
        if not kept.recordings:
            raise DataError(f"{path}: none of its sounds can be used: {wrong[0]}")
        made = sum(TAKES for sound in kept.sounds if sound not in kept.recordings)
        room = ROOM if not made else ROOM / 2.0
        kept = levelled(fitted(kept, lengths, room, SLOTS - made))
        # Where the folder lies may change together with where the file lies.
        text = family_text(msgspec.structs.replace(kept, samples=family.samples))
        new = target.with_suffix(".new")
        new.write_text(text, encoding="utf-8")
        new.replace(target)
    except OSError as fault:
        raise DataError(f"{drums}: {fault}: make room there") from fault
    finally:
        if not target.exists() and samples.exists():
            shutil.rmtree(samples)
    return target, kept, [*faults, *map(str, wrong)]


def _unpack(path: Path, folder: Path, faults: list[str]) -> None:
    folder.mkdir()
    with _unpacking(path):
        for name, file in _members(path, faults):
            if name.name != DESCRIPTION:
                # A kit's files lie side by side, below one folder of its name.
                with (folder / name.name).open("wb") as copy:
                    shutil.copyfileobj(file, copy)


@contextlib.contextmanager
def _unpacking(path: Path) -> Iterator[None]:
    """Lets what is wrong with an archive be told with its name."""
    try:
        yield
    except DataError as fault:
        raise DataError(f"{path}: {fault}") from fault
    except (OSError, EOFError, tarfile.TarError, ValueError, zlib.error) as fault:
        raise DataError(f"{path}: cannot be unpacked ({fault}): get it again, as a .h2drumkit, or make room") from fault


def _members(path: Path, faults: list[str]) -> Iterator[tuple[PurePosixPath, IO[bytes]]]:
    """The files of an archive, one after another; what is no plain file within it is told in `faults`.

    Raises DataError for a bomb, and whatever gzip and tarfile raise for what is no archive, or broken.
    """
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        limited = _Limited(gzip.GzipFile(fileobj=raw) if packed else raw)
        with tarfile.open(fileobj=limited, mode="r|") as archive:  # type: ignore[call-overload]
            for count, member in enumerate(archive):
                if count >= MOST:
                    raise DataError(f"it has more than {MOST} files: it is no drumkit")
                name = PurePosixPath(member.name)
                if member.isdir():
                    continue
                if name.is_absolute() or ".." in name.parts or "\0" in member.name or not name.name:
                    faults.append(f"{path}: {member.name!r} leads out of the archive: it is left out")
                elif not member.isreg():
                    faults.append(f"{path}: {member.name!r} is no plain file but a link or a device: it is left out")
                elif file := archive.extractfile(member):
                    yield name, file
