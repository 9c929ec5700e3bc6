"""A kit for four on the floor: kick, snare, clap, closed and open hat, rim, after the TR-808 and its kin.

Snare, clap, hat and rim figures are those that Iain McCurdy's TR-808 study for Csound gives (as restated in
csound-expression's Tr808): two sines of 171 and 342 Hz under noise; four bursts of noise 10 ms apart, then a tail;
six pulse waves of 285 to 835 Hz, high-passed at 5 kHz; 1700 Hz for 22 ms. The kick follows a measured CC0 recording
(Freesound, "bd_haus" by Rodrigo The Mad): from 187 Hz to 52 Hz with a time constant of 28 ms. Hats decay as a
measured closed cymbal does, 60 dB in 0.3 s.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from jambox.errors import UnknownNameError
from jambox.sound.instruments.finish import finish
from jambox.sound.instruments.tones import (
    BLOCK,
    Band,
    Mode,
    Samples,
    Signal,
    amplitude,
    bursts,
    clock,
    decay,
    modes,
    noise,
    partials,
)

KICK_REST = 52.0
"""Hz to which the kick sinks."""
HAT_PULSES = (296.0, 284.8, 365.0, 347.8, 420.0, 835.0)
"""Hz of the six pulse oscillators of the 808's hats and cymbal: 296 times 1, 0.962, 1.233, 1.175, 1.419, 2.821."""

_SPREAD = 0.6


def _kick(rate: int, rng: np.random.Generator) -> Signal:
    t = clock(round(0.5 * rate), rate)
    pitch = KICK_REST + 135.0 * np.exp(-t / 0.028)
    body = modes((Mode(1.0, 0, 0.75), Mode(2.0, -22, 0.25)), pitch, rate)
    # A little saturation gives a small loudspeaker overtones from which to guess the bass.
    return np.tanh(1.6 * body) + bursts((Band(500, 3000, -13, 0.02),), len(t), rate, rng)


def _snare(rate: int, rng: np.random.Generator) -> Signal:
    frames = round(0.35 * rate)
    pitch = 171.0 * (1.0 + 0.06 * np.exp(-clock(frames, rate) / 0.01))
    shell = modes((Mode(1.0, -4, 0.16), Mode(2.0, -10, 0.10)), pitch, rate)
    return shell + bursts((Band(1000, 5000, -8, 0.24), Band(5000, 10000, -13, 0.14)), frames, rate, rng)


def _clap(rate: int, rng: np.random.Generator) -> Signal:
    frames = round(0.4 * rate)
    hiss = noise(900, 2400, frames, rate, rng) + 0.25 * noise(2400, 7000, frames, rate, rng)
    hands = np.zeros(frames)
    for number, t60 in enumerate((0.035, 0.035, 0.035, 0.28)):
        start = round((0.010 * number + (rng.uniform(-0.001, 0.001) if number else 0.0)) * rate)
        hands[start:] = np.maximum(hands[start:] * 0.3, decay(t60, frames - start, rate))
    return hiss * hands


def _hat(t60: float, seconds: float, rate: int, rng: np.random.Generator) -> Signal:
    frames = round(seconds * rate)
    top = min(0.45 * rate, 16000.0)
    pairs = [(f * k, k) for f in HAT_PULSES for k in range(int(2500 / f) + 1, int(top / f) + 1)]
    frequencies = np.array([f for f, _ in pairs])
    harmonic = np.array([k for _, k in pairs], dtype=np.float64)
    # A pulse of width 1/4 has harmonics sin(k pi / 4) / k; the two high-passes at 5 kHz are of second order.
    levels = np.abs(np.sin(np.pi * harmonic / 4.0)) / harmonic / (1.0 + (5000.0 / frequencies) ** 2) ** 2
    envelopes = levels * np.exp(2j * np.pi * rng.uniform(0.0, 1.0, len(levels)))
    metal = partials(frequencies, np.tile(envelopes, (-(-frames // BLOCK) + 1, 1)), frames, rate)
    hiss = noise(8000, min(14000.0, top), frames, rate, rng)
    metal = metal / max(float(np.sqrt(np.mean(metal**2))), 1e-12)
    return (metal + amplitude(-6) * hiss) * decay(t60, frames, rate)


def _closed_hat(rate: int, rng: np.random.Generator) -> Signal:
    return _hat(0.3, 0.2, rate, rng)


def _open_hat(rate: int, rng: np.random.Generator) -> Signal:
    return _hat(1.1, 0.7, rate, rng)


def _rim(rate: int, rng: np.random.Generator) -> Signal:
    frames = round(0.08 * rate)
    click = modes((Mode(1.0, 0, 0.035), Mode(0.47, -8, 0.03)), np.full(frames, 1700.0), rate)
    return click + bursts((Band(300, 4000, -14, 0.02),), frames, rate, rng)


_Maker = Callable[[int, np.random.Generator], Signal]
# Name -> how it is made, its loudness in LUFS over 0.3 s, its fade in seconds.
_SOUNDS: Mapping[str, tuple[_Maker, float, float]] = MappingProxyType(
    {
        "kick": (_kick, -20.5, 0.1),
        "snare": (_snare, -22.5, 0.08),
        "clap": (_clap, -21.0, 0.1),
        "closed hat": (_closed_hat, -28.0, 0.05),
        "open hat": (_open_hat, -26.0, 0.3),
        "rim": (_rim, -28.0, 0.02),
    }
)
NAMES = tuple(_SOUNDS)


def hit(name: str, rate: int, seed: int) -> Samples:
    """One hit; shape (frames,) with the onset at index 0. Seeds differ by 0.6 dB and by new noise.

    Raises UnknownNameError.
    """
    try:
        maker, target, fade = _SOUNDS[name]
    except KeyError:
        raise UnknownNameError(f"kit: no sound {name!r}; there are {', '.join(NAMES)}") from None
    rng = np.random.default_rng([seed, *name.encode()])
    sound = maker(rate, rng)
    return finish(sound, rate, target + rng.uniform(-_SPREAD, _SPREAD), fade=fade)
