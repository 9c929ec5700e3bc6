"""One blow on a drum, bell or block, as a table of figures says it: modes, noises, rattles, and how the pitch settles.

What all struck families share. A blow stretches a skin, so that it starts sharp and settles within some tens of
milliseconds; no two blows are the same, so that each seed moves every mode a little in level and pitch.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from jambox.errors import UnknownNameError
from jambox.sound.instruments.finish import finish
from jambox.sound.instruments.grains import Grains, rattle
from jambox.sound.instruments.tones import Band, Mode, Samples, Signal, bursts, clock, decay, modes, noise
from jambox.units import Hertz

CENTS = 8.0
"""Most by which a seed moves the pitch of an untuned blow; a tuned one, a quarter of it."""
LEVEL = 0.6
"""Most by which a seed moves the loudness, in dB."""
BALANCE = 0.75
"""Standard deviation of each mode's level over seeds, in dB."""
START = 0.12
"""Turns by which the lowest mode is under way when the sound begins, so that also a deep drum speaks at once."""
GOLDEN = 0.618034
"""Turns between the phases of one mode and the next."""
AIR = Band(300, 9000, -42, 0.14)
"""The breath of a blow that outlasts its slap, under its strongest part: heard in every recording measured."""
LONGEST = 6.0
"""Seconds after which even a gong is faded out: the bank has room for 40 s of drums."""
INAUDIBLE = 60.0
"""A blow is cut where all of it has fallen by so many dB below its strongest part."""


@dataclass(frozen=True, slots=True)
class Blow:
    """How one blow sounds. `pitch` in Hz is what the modes' ratios refer to; `target` the loudness in LUFS over 0.3 s.

    `tuned`: the pitch is the tonic instead, by octaves between `pitch` and twice that. `bend`: semitones by which it
    starts sharp (negative: flat), falling to 1/e in `settle` seconds. `buzz`: what lies against the skin, as snares do,
    and sounds only while it moves. `again`: further blows, seconds later and dB softer. `drive`: over 0, how far the
    sum is pushed into soft clipping.
    """

    pitch: float
    modes: tuple[Mode, ...]
    noises: tuple[Band, ...]
    target: float
    bend: float = 0.0
    settle: float = 0.03
    grains: tuple[Grains, ...] = ()
    buzz: tuple[Band, ...] = ()
    again: tuple[tuple[float, float], ...] = ()
    drive: float = 0.0
    tuned: bool = False

    @property
    def _parts(self) -> list[tuple[float, float]]:
        parts = [(m.level, m.t60) for m in self.modes]
        parts += [(b.level, b.t60) for b in (*self.noises, *self.buzz)]
        return parts + [(g.level, g.t60) for g in self.grains]

    @property
    def air(self) -> Band:
        """Its breath, see `AIR`."""
        return Band(AIR.low, AIR.high, AIR.level + max(level for level, _ in self._parts), AIR.t60)

    @property
    def seconds(self) -> float:
        """Length of its sound, until it is inaudible."""
        parts = self._parts
        top = max(level for level, _ in parts)
        last = max((delay for delay, _ in self.again), default=0.0)
        ring = max(t60 * (INAUDIBLE + level - top) / 60.0 for level, t60 in parts)
        return last + min(LONGEST, max(0.05, ring))


def by_octaves(tonic: float, low: float) -> float:
    """The tonic moved by octaves to `low` or above, below its double."""
    return float(tonic * 2.0 ** -np.floor(np.log2(tonic / low)))


def strike(family: str, blows: Mapping[str, Blow], name: str, tonic: Hertz, rate: int, seed: int) -> Samples:
    """One blow of a family; shape (frames,) with the onset at index 0.

    Seeds differ in pitch by `CENTS` at most, in loudness by `LEVEL`, in the balance of the modes, and in all noise.
    Raises UnknownNameError.
    """
    try:
        blow = blows[name]
    except KeyError:
        raise UnknownNameError(f"{family}: no sound {name!r}; there are {', '.join(blows)}") from None
    rng = np.random.default_rng([seed, *f"{family} {name}".encode()])
    frames = round(blow.seconds * rate)
    base = by_octaves(tonic, blow.pitch) if blow.tuned else blow.pitch
    once = _once(blow, base, frames, rate, rng)
    sound = once.copy()
    for delay, softer in blow.again:
        start = round(delay * rate * rng.uniform(0.9, 1.1))
        sound[start:] += 10.0 ** (-softer / 20.0) * once[: frames - start]
    if blow.drive:
        sound = np.tanh(blow.drive * sound / max(float(np.abs(sound).max()), 1e-12))
    return finish(sound, rate, blow.target + rng.uniform(-LEVEL, LEVEL), fade=0.2 * blow.seconds)


def _once(blow: Blow, base: float, frames: int, rate: int, rng: np.random.Generator) -> Signal:
    cents = rng.uniform(-CENTS, CENTS) * (0.25 if blow.tuned else 1.0)
    bend = blow.bend * rng.uniform(0.8, 1.2) * np.exp(-clock(frames, rate) / blow.settle)
    pitch: Signal = base * 2.0 ** (bend / 12.0 + cents / 1200.0)
    moved = tuple(Mode(m.ratio, m.level + rng.normal(0.0, BALANCE), m.t60) for m in blow.modes)
    # Modes reach the ear from all over the skin, some towards it, some away: in step they would make one sharp hump.
    phases = [START + (GOLDEN * k + rng.uniform(-0.05, 0.05) if k else 0.0) for k in range(len(moved))]
    body = modes(moved, pitch, rate, phases)
    sound = body + bursts((*blow.noises, blow.air), frames, rate, rng)
    for grains in blow.grains:
        sound += rattle(grains, frames, rate, rng)
    if blow.buzz:
        # Snares are thrown off and fall back once in each turn of the skin.
        beat = np.maximum(body, 0.0) / max(float(np.abs(body).max()), 1e-12)
        for band in blow.buzz:
            hiss = noise(band.low, band.high, frames, rate, rng) * decay(band.t60, frames, rate)
            sound += 10.0 ** (band.level / 20.0) * hiss * np.sqrt(beat)
    return sound
