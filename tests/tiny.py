"""TinySoundFont as the instrument at the far end of a route: unlike FluidSynth's, its pitches are not cut to cents.

MIT, https://github.com/schellingb/TinySoundFont. It knows bends and how far they reach (RPN 0), but no tuning changes.
It is not among the tools for development: it has wheels for few machines, and asks for PyAudio, which it needs for no
more than to play. `pip install --no-deps tinysoundfont` brings it.
"""

from typing import Any

import numpy as np
import pytest

from jambox import peers
from jambox.midi.messages import SYSEX
from tests.fluid import OCARINA, RATE

tinysoundfont = pytest.importorskip(
    "tinysoundfont", reason="TinySoundFont is not installed: pip install --no-deps tinysoundfont"
)


class Tiny:
    """One instrument of sixteen parts. `hear` takes whole messages; `render` goes on by so many seconds."""

    def __init__(self) -> None:
        self._synth = tinysoundfont.Synth(samplerate=RATE)
        self._synth.sfload(str(peers.soundfont()))
        for channel in range(16):
            self._synth.program_change(channel, OCARINA)

    def hear(self, message: bytes) -> None:
        """Takes a message as a driver hands it on; leaves what it does not know."""
        synth, kind, channel = self._synth, message[0] & 0xF0, message[0] & 0x0F
        assert message[0] < SYSEX
        match kind:
            case 0x80:
                synth.noteoff(channel, message[1])
            case 0x90:
                synth.noteon(channel, message[1], message[2])
            case 0xB0:
                synth.control_change(channel, message[1], message[2])
            case 0xE0:
                synth.pitchbend(channel, message[1] | message[2] << 7)

    def render(self, seconds: float) -> "np.ndarray[Any, np.dtype[np.float64]]":
        """What sounds, both sides together."""
        played = np.frombuffer(self._synth.generate(round(seconds * RATE)), dtype=np.float32)
        return np.asarray(played.reshape(-1, 2).sum(axis=1), dtype=np.float64)

    def close(self) -> None:
        """As `fluid.Fluid.close`: this one's memory goes by itself."""
