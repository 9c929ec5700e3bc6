"""FluidSynth as the instrument at the far end of a route: what it is sent, it sounds, to be measured."""

import ctypes
from typing import Any

import numpy as np

from jambox import peers
from jambox.errors import JamboxError
from jambox.midi.messages import SYSEX

RATE = 48_000
OCARINA = 79
"""A sound of General MIDI that is steady and nearly a sine."""
_FINEST = 7
"""Interpolation of the seventh order."""


def missing() -> str:
    """What to install, if FluidSynth or its sounds are not here."""
    try:
        peers.loaded(), peers.soundfont()
    except JamboxError as fault:
        return str(fault)
    return ""


class Fluid:
    """One instrument of sixteen parts, dry. `hear` takes whole messages; `render` goes on by so many seconds."""

    def __init__(self) -> None:
        library = self._library = peers.loaded()
        for level in range(peers.LOUDEST_LOG):
            library.fluid_set_log_function(level, None, None)
        library.new_fluid_settings.restype = library.new_fluid_synth.restype = ctypes.c_void_p
        self._settings = ctypes.c_void_p(library.new_fluid_settings())
        library.fluid_settings_setnum(self._settings, b"synth.sample-rate", ctypes.c_double(RATE))
        for name in ("reverb", "chorus"):
            library.fluid_settings_setint(self._settings, f"synth.{name}.active".encode(), 0)
        self._synth = ctypes.c_void_p(library.new_fluid_synth(self._settings))
        assert library.fluid_synth_sfload(self._synth, str(peers.soundfont()).encode(), 1) >= 0
        library.fluid_synth_set_interp_method(self._synth, -1, _FINEST)
        for channel in range(16):
            library.fluid_synth_program_change(self._synth, channel, OCARINA)

    def hear(self, message: bytes) -> None:
        """Takes a message as a driver hands it on."""
        library, synth, kind, channel = self._library, self._synth, message[0] & 0xF0, message[0] & 0x0F
        if message[0] == SYSEX:
            body, handled = message[1:-1], ctypes.c_int(0)
            library.fluid_synth_sysex(synth, body, len(body), None, None, ctypes.byref(handled), 0)
            return
        calls: dict[int, Any] = {
            0x80: lambda: library.fluid_synth_noteoff(synth, channel, message[1]),
            0x90: lambda: library.fluid_synth_noteon(synth, channel, message[1], message[2]),
            0xB0: lambda: library.fluid_synth_cc(synth, channel, message[1], message[2]),
            0xC0: lambda: library.fluid_synth_program_change(synth, channel, message[1]),
            0xD0: lambda: library.fluid_synth_channel_pressure(synth, channel, message[1]),
            0xE0: lambda: library.fluid_synth_pitch_bend(synth, channel, message[1] | message[2] << 7),
        }
        calls[kind]()

    def render(self, seconds: float) -> "np.ndarray[Any, np.dtype[np.float64]]":
        """What sounds, both sides together."""
        frames = round(seconds * RATE)
        left, right = (ctypes.c_float * frames)(), (ctypes.c_float * frames)()
        self._library.fluid_synth_write_float(self._synth, frames, left, 0, 1, right, 0, 1)
        return np.asarray(left, dtype=np.float64) + np.asarray(right, dtype=np.float64)

    def close(self) -> None:
        """Gives its memory back."""
        self._library.delete_fluid_synth(self._synth)
        self._library.delete_fluid_settings(self._settings)
