"""A simulated room that closes the loop: what the box plays comes back to its microphone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jambox.sound import layout
from jambox.sound.engine import Engine
from jambox.sound.tables import view
from tests.sound.bench import RATE, Samples

BLOCK = 128


@dataclass(frozen=True)
class Mode:
    """A resonance between loudspeaker and microphone: Hz, seconds for 60 dB, and its gain by that of the strongest."""

    frequency: float
    t60: float
    gain: float = 1.0


def impulse_response(modes: Sequence[Mode], seconds: float, delay: float) -> Samples:
    """Modes that ring after `delay` seconds, each loudest at its frequency by its gain."""
    t = np.arange(round(seconds * RATE)) / RATE
    ringing = np.zeros(len(t))
    for mode in modes:
        falls = math.log(1000.0) / mode.t60
        ringing += mode.gain * 2.0 * falls / RATE * np.exp(-falls * t) * np.cos(2.0 * np.pi * mode.frequency * t)
    return np.concatenate([np.zeros(round(delay * RATE)), ringing])


def at_loop_gain(response: Samples, level: float) -> Samples:
    """The response, its highest peak raised to `level` dB of the whole loop's gain; the strip takes half the power."""
    peak = np.abs(np.fft.rfft(response, 1 << 18)).max()
    return np.asarray(response * 10.0 ** (level / 20.0) / peak / math.sqrt(0.5))


def play(engine: Engine, response: Samples, excitation: Samples) -> tuple[Samples, Samples]:
    """What the microphone hears (held at full scale) and what the box plays on the left, block by block.

    The response begins with a block's time at least, which the box itself takes.
    """
    count = -(-len(response) // BLOCK)
    padded = np.zeros(count * BLOCK)
    padded[: len(response)] = response
    parts = np.fft.rfft(padded.reshape(count, BLOCK), 2 * BLOCK, axis=1)
    spectra = np.zeros((count, BLOCK + 1), dtype=complex)
    tail = np.zeros(BLOCK)
    blocks = len(excitation) // BLOCK
    heard, played = np.zeros((2, blocks * BLOCK))
    out = np.zeros((BLOCK, 2), dtype=np.float32)
    assert not response[:BLOCK].any()
    for block in range(blocks):
        here = slice(block * BLOCK, (block + 1) * BLOCK)
        # The newest part of the response is silent, so that this block need not be known yet.
        back = np.fft.irfft((parts[1:] * spectra[:-1]).sum(axis=0))
        microphone = np.clip(excitation[here] + tail + back[:BLOCK], -1.0, 1.0).astype(np.float32)
        tail = back[BLOCK:]
        engine.render(view(microphone), view(out.reshape(-1)), BLOCK)
        spectra = np.roll(spectra, 1, axis=0)
        spectra[0] = np.fft.rfft(out[:, 0].astype(np.float64), 2 * BLOCK)
        heard[here], played[here] = microphone, out[:, 0]
    return heard, played


def notches(engine: Engine, strip: int = 0) -> list[tuple[float, float]]:
    """Hz and dB of the notches that are down."""
    start = strip * layout.STRIP_METERS + layout.NOTCHED
    meters = engine.strips.strip_meters
    found = [(meters[start + 2 * n], meters[start + 2 * n + 1]) for n in range(layout.NOTCHES)]
    return [(frequency, depth) for frequency, depth in found if depth > 0.0]
