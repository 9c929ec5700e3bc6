"""Music on which nothing howls, some of it as like a howl as music gets: mono, at the tests' rate, peaks at -6 dBFS."""

from collections.abc import Callable

import numpy as np

from jambox.sound.instruments import tabla, tanpura
from jambox.units import Hertz
from tests.sound.bench import RATE, Samples


def clock(seconds: float) -> Samples:
    """Seconds of each frame."""
    return np.asarray(np.arange(round(seconds * RATE)) / RATE)


def tone(pitch: Samples, levels: Samples, *overtones: float) -> Samples:
    """A tone that follows `pitch` (Hz) and `levels` (amplitudes), with overtones of these dB below the fundamental."""
    phase = 2.0 * np.pi * np.cumsum(pitch) / RATE
    amplitudes = [1.0, *(10.0 ** (-level / 20.0) for level in overtones)]
    return np.asarray(levels * sum(a * np.sin((n + 1) * phase) for n, a in enumerate(amplitudes)))


def wander(t: Samples, cents: float, random: np.random.Generator, seconds: float = 0.1) -> Samples:
    """Factors that wander by so many cents (standard deviation), as breath and hand do."""
    points = random.normal(0.0, cents, round(t[-1] / seconds) + 2)
    return np.asarray(2.0 ** (np.interp(t / seconds, np.arange(len(points)), points) / 1200.0))


def line(notes: tuple[float, ...], seconds: float, attack: float, make: Callable[[float, Samples], Samples]) -> Samples:
    """Notes one after another, each with a soft beginning of `attack` seconds and an end of 50 ms."""
    t = clock(seconds)
    shape = np.minimum(1.0 - np.exp(-t / (0.4 * attack)), np.clip((seconds - t) / 0.05, 0.0, 1.0))
    return np.concatenate([make(note, t) * shape for note in notes])


def voice(base: float, vowel: tuple[float, ...], random: np.random.Generator) -> Samples:
    """A sung line with vibrato, through formants (Hz)."""

    def sing(note: float, t: Samples) -> Samples:
        vibrato = 2.0 ** (50.0 / 1200.0 * np.sin(2.0 * np.pi * 5.5 * t) * np.clip(t / 0.4 - 0.3, 0.0, 1.0))
        pitch = base * note * vibrato * wander(t, 6.0, random)
        phase = 2.0 * np.pi * np.cumsum(pitch) / RATE
        sound = np.zeros(len(t))
        for n in range(1, int(5000.0 / (base * note)) + 1):
            f = n * base * note
            sound += n**-0.8 * sum(1.0 / (1.0 + ((f - g) / (0.1 * g)) ** 2) for g in vowel) * np.sin(n * phase)
        return np.asarray(sound * (0.6 + 0.4 * np.sin(np.pi * t / t[-1])))

    return line((1.0, 5 / 4, 3 / 2, 2.0), 0.9, 0.08, sing)


def flute(random: np.random.Generator) -> Samples:
    """Long notes with a breath of noise and little overtones."""

    def blow(note: float, t: Samples) -> Samples:
        tremble = 1.0 + 0.06 * np.sin(2.0 * np.pi * 4.8 * t)
        breath = random.normal(0.0, 0.01, len(t))
        return tone(880.0 * note * wander(t, 4.0, random), tremble, 18.0, 26.0, 34.0) + breath

    return line((1.0, 3 / 2, 2.0), 1.6, 0.12, blow)


def whistle(random: np.random.Generator, swell: float) -> Samples:
    """A whistled line that swells by `swell` dB on each note; the purest of sounds that come from a mouth."""

    def blow(note: float, t: Samples) -> Samples:
        levels = 10.0 ** (swell / 20.0 * (t / t[-1] - 1.0))
        return tone(1200.0 * note * wander(t, 6.0, random), levels, 38.0, 45.0) + random.normal(0.0, 0.003, len(t))

    return line((1.0, 5 / 4, 4 / 3, 3 / 2), 1.2, 0.1, blow)


def guitar(random: np.random.Generator) -> Samples:
    """Plucks over one another (Karplus and Strong, by the loop's own partials)."""
    t = clock(5.0)
    sound = np.zeros(len(t))
    for beat in range(15):
        first = round(beat / 3.0 * RATE)
        own = t[: len(t) - first]
        f = float(random.choice([82.4, 110.0, 146.8, 196.0, 246.9, 329.6])) * 2.0 ** (random.integers(0, 13) / 12.0)
        for n in range(1, 20):
            weight = abs(np.sin(np.pi * n * 0.17)) / n
            sound[first:] += weight * np.sin(2.0 * np.pi * n * f * own) * np.exp(-own * (0.8 + 0.25 * n))
    return sound


def organ(swell: float, *overtones: float) -> Samples:
    """Two held notes, wholly still, that swell by `swell` dB in 4 s."""
    t = clock(4.0)
    levels = 10.0 ** (swell / 20.0 * (t / t[-1] - 1.0)) * np.clip(t / 0.05, 0.0, 1.0)
    still = np.ones(len(t))
    return tone(261.6 * still, levels, *overtones) + tone(392.4 * still, levels, *overtones)


def tanpuras() -> Samples:
    """Four strings in turn."""
    strings = [tanpura.pluck(Hertz(f), 6.0, RATE, seed) for seed, f in enumerate((207.7, 277.2, 277.2, 138.6))]
    sound = np.zeros(10 * RATE)
    for number in range(8):
        pluck = strings[number % 4]
        first = round(number * 0.8 * RATE)
        sound[first : first + len(pluck)] += pluck[: len(sound) - first]
    return sound


def tablas(random: np.random.Generator) -> Samples:
    """Strokes four a second."""
    sound = np.zeros(6 * RATE)
    for number in range(22):
        stroke = tabla.stroke(str(random.choice(tabla.NAMES)), Hertz(277.2), RATE, number)
        first = number * RATE // 4
        length = min(len(stroke), len(sound) - first)
        sound[first : first + length] += stroke[:length]
    return sound


def music() -> dict[str, Samples]:
    """All of it, by name."""
    random = np.random.default_rng(7)
    pieces = {
        "tanpura": tanpuras(),
        "tabla": tablas(random),
        "a low voice, aa": voice(110.0, (700.0, 1200.0, 2600.0), random),
        "a high voice, oo": voice(330.0, (350.0, 700.0, 2700.0), random),
        "a high voice, ee": voice(440.0, (450.0, 2300.0, 3000.0), random),
        "flute": flute(random),
        "whistle": whistle(random, 0.0),
        "whistle that swells": whistle(random, 15.0),
        "guitar": guitar(random),
        "organ that swells": organ(24.0, 6.0, 9.0, 12.0, 15.0),
        "stopped organ pipes that swell": organ(24.0, 40.0, 20.0),
    }
    return {name: 0.5 * piece / np.abs(piece).max() for name, piece in pieces.items()}
