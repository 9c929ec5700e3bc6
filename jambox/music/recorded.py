"""Whether a drum family's recordings can be played: each file looked for, opened and read once, before it is needed."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import msgspec
import soundfile

from jambox.errors import At, DataError, pointed
from jambox.music.drums import LONGEST, Drums, Layer, StrokeSounds

ROOM, SLOTS, TAKES = 40.0, 96, 3
"""Seconds and samples that a family may have, and samples that a sound takes which is made."""
RATES = range(4_000, 384_001)
CHANNELS = 8
"""The most of a recording: they are played as one."""
_CHUNK = 1 << 16


def brought(family: Drums, home: Path) -> tuple[Drums, list[DataError]]:
    """The family with the recordings that can be played, and what is wrong with the others.

    `home` is the folder of its file: `samples` is found from there. A sound without any is made by the `instrument`,
    where one is named, or else is left out. Reads each file once. Each fault has its place in the family's file.
    """
    if not family.files:
        told = "samples: no files are named: say in a table [files] which sound is which"
        return family, [pointed(DataError(told), ("samples",))] if family.samples else []
    kept, lengths, faults = measured(family, home)
    seconds = sum(min(lengths[layer.file], family.longest) for layer in kept.recordings.values())
    slots = sum(1 if sound in kept.recordings else TAKES for sound in kept.sounds)
    if seconds > ROOM or slots > SLOTS:
        told = f"files: {seconds:.0f} s, and {slots} samples: there is room for {ROOM:g} s and {SLOTS}, and the last"
        faults.append(pointed(DataError(f"{told} do not sound: take some out, or cut them with `longest`"), ("files",)))
    return kept, faults


def measured(family: Drums, home: Path) -> tuple[Drums, dict[str, float], list[DataError]]:
    """As `brought`, and the seconds of each file, up to LONGEST; whether there is room for all is not asked."""
    folder = (home / Path(family.samples).expanduser()).resolve()
    faults: list[DataError] = []
    files: dict[str, str | tuple[Layer, ...]] = {}
    lengths: dict[str, float] = {}
    for sound, layers in family.files.items():
        good = []
        for layer, at in _layers(layers, ("files", sound)):
            try:
                lengths[layer.file] = _length(folder, layer.file)
            except (DataError, OSError, ValueError, soundfile.LibsndfileError) as fault:
                faults.append(pointed(DataError(f"{_path(at)}: {_told(fault, folder / layer.file)}"), at))
            else:
                good.append(layer)
        if good:
            files[sound] = tuple(sorted(good, key=lambda layer: layer.below))
    faults += _unknown(family)
    kept = msgspec.structs.replace(family, samples=str(folder), files=files, strokes=_strokes(family, files))
    return kept, lengths, faults


def _layers(layers: str | tuple[Layer, ...], at: At) -> Iterator[tuple[Layer, At]]:
    if isinstance(layers, str):
        yield Layer(layers), at
    else:
        for number, layer in enumerate(layers):
            yield layer, (*at, number, "file")


def _path(at: At) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in at).lstrip(".")


def _told(fault: Exception, path: Path) -> str:
    if isinstance(fault, DataError):
        return str(fault)
    return f"{path} cannot be read ({fault}): give it as WAV, FLAC, Ogg or AIFF"


def _length(folder: Path, name: str) -> float:
    """Seconds that are played of a recording. Raises DataError, OSError or LibsndfileError when it cannot be."""
    given = PurePosixPath(name)
    path = (folder / name).resolve()
    if given.is_absolute() or ".." in given.parts or not path.is_relative_to(folder):
        raise DataError(f"{name!r} leads out of {folder}: put the file there, or name its folder in `samples`")
    if not path.is_file():
        raise DataError(f"{path}: no such file: put it there, or take this out")
    with soundfile.SoundFile(str(path)) as file:
        if file.samplerate not in RATES or file.channels > CHANNELS or file.frames < 2:
            found = f"{file.samplerate} Hz, {file.channels} channels, {file.frames} frames"
            raise DataError(f"{path} has {found}: give it as one or two channels at 44,100 or 48,000 Hz")
        left = wanted = min(file.frames, round(LONGEST * file.samplerate))
        while left:
            read = len(file.buffer_read(min(left, _CHUNK), "float32")) // (4 * file.channels)
            if not read:
                raise DataError(f"{path} ends after {wanted - left} of {wanted} frames: get it again")
            left -= read
        return float(wanted / file.samplerate)


def _unknown(family: Drums) -> Iterator[DataError]:
    sounds = {sound for stroke in family.strokes.values() for sound in stroke.sounds}
    for sound in family.files:
        if sound not in sounds:
            told = f"files.{sound}: no stroke has that sound: there are {', '.join(sorted(sounds))}"
            yield pointed(DataError(told), ("files", sound))
    if family.instrument:
        return
    for name, stroke in family.strokes.items():
        for number, sound in enumerate(stroke.sounds):
            if sound not in family.files:
                told = (
                    f"strokes.{name}.sounds[{number}]: no file for {sound!r}: name one in [files], or an `instrument`"
                )
                yield pointed(DataError(told), ("strokes", name, "sounds", number))


def _strokes(family: Drums, files: dict[str, str | tuple[Layer, ...]]) -> dict[str, StrokeSounds]:
    """Without an instrument, only what there is a file for sounds."""
    if family.instrument:
        return family.strokes
    return {
        name: msgspec.structs.replace(stroke, sounds=tuple(sound for sound in stroke.sounds if sound in files))
        for name, stroke in family.strokes.items()
    }
