"""The drones of a hurdy-gurdy: strings that a wheel bows without end, and the dog that barks.

A rosined wheel bows the strings as a bow does, so each moves in Helmholtz's sawtooth: partial n at 1/n. The
trompette, the highest drone, stands on a loose bridge, the chien (dog). Where a push of the wrist, the coup de poignet,
lifts the string's amplitude above what the tirant peg allows, the chien hammers the soundboard at the string's own
pitch, near a square wave with bounces; while it does the string is longer and its pitch a little lower (gurdyworld.com;
hotpipes.com/hgtromp.html; mail-archive.com/hg@hurdygurdy.com, msg00266).

The wheel's speed and the number of coups in a turn are general knowledge; the levels, the fall of the pitch and the
resonance of the board are this project's own.
"""

import numpy as np

from jambox.music.drone import OVERLAP
from jambox.sound.instruments.breaths import breath, points
from jambox.sound.instruments.shapes import bells, harmonics, strength, swelling
from jambox.sound.instruments.tones import Samples, Signal, amplitude, noise, partials
from jambox.units import Hertz

LOUDNESS = -28.7
"""LUFS of a breath, without the barks."""
TURN = 0.75
"""Seconds of one turn of the wheel: 80 a minute, where players have 60 to 100. Rounds of 6 s hold whole turns."""
COUPS = 4
"""Pushes of the wrist in a turn. Players have 1, 2, 3, 4 or 6."""
DROP = 5.0
"""Cents by which the trompette falls while the chien barks."""
BUZZ = 0.11
"""Seconds of one bark."""

_TOP = 9000.0
_MOST = 70
_BOARD = ((480.0, 250.0, 4.0), (1150.0, 500.0, 3.0), (2200.0, 1400.0, 5.0))
_BARK = ((1300.0, 700.0, 8.0), (2900.0, 1500.0, 12.0))
_CORNER = 2600.0
_HISS = -42.0
_LOUDER = 2.2


def bourdon(frequency: Hertz, seconds: float, rate: int, seed: int) -> Samples:
    """One breath of a drone string (30 to 600 Hz); shape (round(seconds * rate),)."""
    n, levels, hiss = _bowed(frequency, seconds, rate, seed, _CORNER)
    return breath(frequency * n, levels, seconds, rate, LOUDNESS, hiss)


def trompette(frequency: Hertz, seconds: float, rate: int, seed: int) -> Samples:
    """One breath of the trompette (30 to 800 Hz): it sings, and from join to join the chien barks.

    Seeds give other patterns: which pushes of a turn are strong enough, and how strong. The first of a turn always is,
    save where the chien sleeps: in seeds 0, 3, 6 and so on.
    """
    rng = np.random.default_rng([seed, 2])
    n, levels, hiss = _bowed(frequency, seconds, rate, seed, 1.4 * _CORNER)
    # The barks come on top: the string is as loud in every breath, so that breaths join.
    sound = breath(frequency * n, levels, seconds, rate, LOUDNESS, hiss)
    loud = _LOUDER * float(np.sqrt(np.mean(np.square(sound))))
    first, last = 0.5 * OVERLAP, seconds - 0.5 * OVERLAP - TURN / COUPS / 2.0
    for push, at in enumerate(np.arange(first, last, TURN / COUPS) if seed % 3 else ()):
        accent = 1.0 if push % COUPS == 0 else rng.choice([0.0, 0.0, 0.5, 0.7])
        start = round((at + rng.uniform(0.0, 0.012)) * rate)
        if accent:
            bark = chien(frequency, rate, rng)
            room = len(sound[start : start + len(bark)])
            sound[start : start + room] += (bark * (loud * accent * rng.uniform(0.8, 1.0)))[:room].astype(np.float32)
    return sound


def chien(frequency: Hertz, rate: int, rng: np.random.Generator) -> Signal:
    """One bark of the chien on a trompette of that pitch, of RMS 1 at its top; shape (round(BUZZ * rate),)."""
    low = Hertz(frequency * 2.0 ** (-DROP / 1200.0))
    n = harmonics(low, rate, _TOP, _MOST)
    levels = np.where(n % 2 == 1, 1.0, 0.5) / n * bells(low * n, _BARK)
    t = points(BUZZ, rate)
    edge = np.clip(np.minimum(t / 0.012, (BUZZ - t) / 0.06), 0.0, 1.0)
    bounce = 1.0 + 0.3 * rng.standard_normal((len(t), len(n)))
    shape = (0.5 - 0.5 * np.cos(np.pi * edge)) * bounce * levels
    return partials(low * n, shape, round(BUZZ * rate), rate) / float(np.sqrt(0.5 * np.square(levels).sum()))


def _bowed(frequency: Hertz, seconds: float, rate: int, seed: int, corner: float) -> tuple[Signal, Signal, Signal]:
    """Numbers of the partials, shape (P,), their levels, (T, P), and the wheel's noise, (frames,)."""
    rng = np.random.default_rng([seed, round(frequency * 100)])
    n = harmonics(frequency, rate, _TOP, _MOST)
    t = points(seconds, rate)
    levels = bells(frequency * n, _BOARD) / (n * (1.0 + (frequency * n / corner) ** 2))
    # No wheel is quite round: every turn swells a little.
    wobble = 0.07 * np.sin(2.0 * np.pi * (t / TURN + rng.uniform(0.0, 1.0)))
    hiss = noise(1000.0, 6000.0, round(seconds * rate), rate, rng) * (strength(levels) * amplitude(_HISS))
    return n, levels * (1.0 + wobble) * swelling(n, t, 0.12, rng), hiss
