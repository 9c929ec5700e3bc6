"""What one interpolated voice costs here and in FluidSynth, measured in one run, in turn.

FluidSynth (LGPL 2.1) is loaded when it is there and needed for nothing else. It renders as many voices offline, with
linear interpolation, without reverb and chorus. Its voices also have envelopes and a filter; the box's have neither,
and two gains.
"""

import ctypes
import ctypes.util
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from jambox.bench import Load, measure
from jambox.errors import JamboxError

LIBRARIES = ("libfluidsynth.so.3", "libfluidsynth.so.2")
FONTS = ("TimGM6mb.sf2", "default-GM.sf2", "FluidR3_GM.sf2")
FONT_FOLDERS = (Path("/usr/share/sounds/sf2"), Path("/usr/share/soundfonts"))
REMEDY = "sudo apt-get install libfluidsynth3 timgm6mb-soundfont"
LINEAR = 1
ORGAN = 16
"""A sound of General MIDI that goes on for as long as its key is held."""
DRUM_CHANNEL = 9
LOUDEST_LOG = 5
WARM_UP = 100


class Comparison(msgspec.Struct, frozen=True):
    """Nanoseconds for one interpolated voice and one frame, here and there, and the ratio."""

    voices: int
    frames: int
    here: float
    fluidsynth: float
    ratio: float


def compare(load: Load, rounds: int = 5) -> Comparison:
    """Both, in turn, `rounds` times; the medians of each. Raises JamboxError when FluidSynth or a font is missing."""
    library, font = loaded(), soundfont()
    blocks = max(load.blocks // rounds, 1)
    here, there = [], []
    for _ in range(rounds):
        few, many = (
            measure(Load(load.frames, load.rate, 0, voices, pitched=True, blocks=blocks)).microseconds["p50"]
            for voices in (0, load.voices)
        )
        here.append(1000.0 * (many - few) / (load.voices * load.frames))
        there.append(_cost(library, font, load, blocks))
    ours, theirs = float(np.median(here)), float(np.median(there))
    return Comparison(load.voices, load.frames, round(ours, 2), round(theirs, 2), round(ours / theirs, 3))


def table(result: Comparison) -> str:
    """The comparison for people."""
    return (
        f"{result.voices} interpolated voices, {result.frames} frames a block, nanoseconds per voice and frame\n"
        f"  jambox      {result.here:6.2f}\n  FluidSynth  {result.fluidsynth:6.2f}\n  ratio       {result.ratio:6.2f}"
    )


def loaded() -> Any:
    for name in (*LIBRARIES, ctypes.util.find_library("fluidsynth")):
        if name:
            try:
                return ctypes.CDLL(name)
            except OSError:
                continue
    raise JamboxError(f"FluidSynth is not here to compare with: {REMEDY}")


def soundfont() -> Path:
    for folder in FONT_FOLDERS:
        for name in FONTS:
            if (folder / name).is_file():
                return folder / name
    raise JamboxError(f"no SoundFont for FluidSynth in {FONT_FOLDERS[0]}: {REMEDY}")


def _cost(library: Any, font: Path, load: Load, blocks: int) -> float:
    """Nanoseconds per voice and frame in FluidSynth."""
    settings, synth = _synthesizer(library, font, load)
    try:
        few = _median(library, synth, load.frames, blocks)
        sounding = _hold(library, synth, load.voices)
        many = _median(library, synth, load.frames, blocks)
        if library.fluid_synth_get_active_voice_count(synth) != sounding:
            raise JamboxError("FluidSynth's voices ended while they were timed: ask for fewer blocks")
        return 1e9 * (many - few) / (sounding * load.frames)
    finally:
        library.delete_fluid_synth(synth)
        library.delete_fluid_settings(settings)


def _synthesizer(library: Any, font: Path, load: Load) -> tuple[Any, Any]:
    library.new_fluid_settings.restype = library.new_fluid_synth.restype = ctypes.c_void_p
    for level in range(LOUDEST_LOG):
        library.fluid_set_log_function(level, None, None)
    settings = ctypes.c_void_p(library.new_fluid_settings())
    library.fluid_settings_setnum(settings, b"synth.sample-rate", ctypes.c_double(load.rate))
    for name, value in (("reverb.active", 0), ("chorus.active", 0), ("polyphony", 2 * load.voices), ("cpu-cores", 1)):
        library.fluid_settings_setint(settings, f"synth.{name}".encode(), value)
    synth = ctypes.c_void_p(library.new_fluid_synth(settings))
    if library.fluid_synth_sfload(synth, str(font).encode(), 1) < 0:
        raise JamboxError(f"FluidSynth cannot read {font}: {REMEDY}")
    library.fluid_synth_set_interp_method(synth, -1, LINEAR)
    return settings, synth


def _hold(library: Any, synth: Any, voices: int) -> int:
    """Hold keys until that many voices sound, or a few more where a key has two; how many do."""
    buffer = (ctypes.c_float * 64)()
    sounding = 0
    for number in range(voices):
        channel = number % 15
        channel += channel >= DRUM_CHANNEL
        library.fluid_synth_program_change(synth, channel, ORGAN)
        library.fluid_synth_noteon(synth, channel, 40 + number // 15 * 3 + channel % 3, 40)
        library.fluid_synth_write_float(synth, 64, buffer, 0, 1, buffer, 0, 1)
        sounding = library.fluid_synth_get_active_voice_count(synth)
        if sounding >= voices:
            break
    return sounding


def _median(library: Any, synth: Any, frames: int, blocks: int) -> float:
    left, right = (ctypes.c_float * frames)(), (ctypes.c_float * frames)()
    times = []
    for _ in range(WARM_UP + blocks):
        begun = time.perf_counter()
        library.fluid_synth_write_float(synth, frames, left, 0, 1, right, 0, 1)
        times.append(time.perf_counter() - begun)
    return float(np.median(times[WARM_UP:]))
