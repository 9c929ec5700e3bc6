"""One string of a tanpura, plucked once: the jvari, a band of overtones that walks down while the string rings.

The bridge of a tanpura is wide and faintly curved, and a thread lifts the string a hair above it, so the string
grazes the bridge in every period. The contact feeds energy from low to high partials, also to those that have a
node where the string is plucked (Raman's "virtual overtones"), and the fed band moves down in frequency while the
string decays (van Walstijn and Chatziioannou, ISMA 2014). Here this is additive: partials of exact frequency, a
bump of gain that comes up over them after each pluck and walks down, and slow undulation of each partial.

The start values of the band (place, speed, width, gain) are this project's own, tuned by measuring.

Tanpuras come in three sizes. A man's is the largest, its strings about a metre long, with Sa near C#3 (138.6 Hz) on the
two in the middle; a woman's has three quarters of that length and stands about a fifth higher
(scribd.com/doc/26094972); the tanpuri, smaller still, accompanies instruments, at the octave, so as not to cover their
low register (museumofworldmusic.com). Shorter strings ring less long and smaller bodies speak higher: by how much is
general knowledge.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from jambox.sound.instruments.finish import finish
from jambox.sound.instruments.tones import BLOCK, LN_1000, Samples, Signal, amplitude, partials
from jambox.units import Hertz

STIFFNESS = 3e-6
"""B in f_n = n f0 sqrt(1 + B n^2). Thin steel of a metre has 1e-5 and more; less keeps partial 10 within 0.3 cents
of the harmonic, so that the partials of Sa and Pa meet."""
LOUDNESS = -23.0
"""LUFS of the first two seconds of a pluck: four strings sound together and make up the rest."""
T60 = 10.0
"""Seconds for the lowest partials to fall by 60 dB; partial n takes T60 / (1 + 0.03 n)."""

_MOST = 80
_TOP = 10000.0
_BAND_END = 4.5
_BAND_WIDTH = 0.35
_FED = 0.09


@dataclass(frozen=True, slots=True)
class Build:
    """How a tanpura is built. `t60` in seconds as above; the body is weak below `body` Hz; partials as n ** -`tilt`.

    `jvari` is the gain of the moving band in dB. At 0 the string does not touch the bridge.
    """

    t60: float = T60
    body: float = 110.0
    tilt: float = 0.8
    jvari: float = 17.0


PLAIN = Build()
MALE = Build(t60=12.0, body=95.0, tilt=0.85)
FEMALE = Build(t60=9.0, body=150.0, tilt=0.8)
TANPURI = Build(t60=6.0, body=230.0, tilt=0.65, jvari=15.0)
BUILDS: Mapping[str, Build] = MappingProxyType(
    {"tanpura": PLAIN, "tanpura-male": MALE, "tanpura-female": FEMALE, "tanpuri": TANPURI}
)
"""By the names of the instruments."""


def pluck(frequency: Hertz, seconds: float, rate: int, seed: int, build: Build = PLAIN) -> Samples:
    """One pluck of a string tuned to `frequency` (20 to 1000 Hz); shape (round(seconds * rate),).

    Seeds give plucks that differ in place, attack, band and undulation, never in pitch. The attack takes 30 to
    60 ms, as a player hides it; the end fades to 0 over a fifth of the length, half a second at most.
    """
    rng = np.random.default_rng([seed, round(frequency * 100)])
    frames = round(seconds * rate)
    count = max(4, min(_MOST, int(min(_TOP, 0.45 * rate) / frequency)))
    n = np.arange(1, count + 1, dtype=np.float64)
    frequencies = frequency * n * np.sqrt((1.0 + STIFFNESS * n * n) / (1.0 + STIFFNESS))
    t = np.arange(-(-frames // BLOCK) + 1)[:, None] * BLOCK / rate
    levels = _plucked(n, frequencies, build, rng) * np.exp(t * (-LN_1000 / build.t60) * (1.0 + 0.03 * n))
    levels = levels * _jvari(n, t, frequency, build.jvari, rng) * _undulation(n, t, rng) * _attack(t, rng)
    # Phases nearly alike leave the packet of overtones in one place of the period, as the bridge does. The lowest are
    # alike in all plucks, so that those begun whole periods apart join without a shift of pitch.
    phases = np.exp(1j * rng.normal(0.0, 0.4, count) * np.clip((n - 4.0) / 8.0, 0.0, 1.0))
    sound = partials(frequencies, levels * phases, frames, rate)
    return finish(sound, rate, LOUDNESS, measured=min(2.0, seconds), fade=min(0.5, 0.2 * seconds))


def _plucked(n: Signal, frequencies: Signal, build: Build, rng: np.random.Generator) -> Signal:
    """Initial amplitudes, combed by the place of the pluck, below the body's range weaker; shape (P,).

    An ideal pluck falls as 1/n in velocity; the contact at the bridge lifts the upper partials, hence n^-tilt.
    """
    place = rng.uniform(0.25, 0.45)
    comb = np.sqrt(np.sin(np.pi * n * place) ** 2 + 0.15)
    body = frequencies / np.hypot(frequencies, build.body)
    amplitudes: Signal = comb * body / n**build.tilt
    return amplitudes


def _jvari(n: Signal, t: Signal, frequency: float, level: float, rng: np.random.Generator) -> Signal:
    """Gain of the moving band, shape (T, P): Gaussian over n, its centre falling exponentially to `_BAND_END`."""
    # The band starts near 4 kHz on a string of 140 Hz and, by ear and by the string's length, not in proportion.
    start = min(30.0 * np.sqrt(140.0 / frequency), 0.8 * len(n)) * rng.uniform(0.9, 1.1)
    centre = _BAND_END + (start - _BAND_END) * np.exp(-t / rng.uniform(1.0, 1.6))
    spread = _BAND_WIDTH * centre / 2.355
    # The contact feeds the upper partials period by period: the band is not there at once.
    fed = 1.0 - np.exp(-t / _FED)
    gain: Signal = np.exp(np.log(amplitude(level)) * fed * np.exp(-0.5 * ((n - centre) / spread) ** 2))
    return gain


def _undulation(n: Signal, t: Signal, rng: np.random.Generator) -> Signal:
    """Slow swelling of each partial on its own, 0.15 to 0.9 Hz, deeper for higher ones; shape (T, P)."""
    depth = 0.08 + 0.25 * np.minimum(1.0, n / 20.0)
    rate = rng.uniform(0.15, 0.9, len(n))
    swell: Signal = 1.0 + depth * np.sin(2.0 * np.pi * (t * rate + rng.uniform(0.0, 1.0, len(n))))
    return swell


def _attack(t: Signal, rng: np.random.Generator) -> Signal:
    """Raised-cosine rise; shape (T, 1)."""
    rise: Signal = 0.5 - 0.5 * np.cos(np.pi * np.minimum(1.0, t / rng.uniform(0.03, 0.06)))
    return rise
