"""Strokes found in sound as it is captured: all of them, in time, none twice; none in tones, noise and silence."""

import numpy as np
import pytest

from jambox.sound.hearing import Funnel
from jambox.sound.onsets import HOP, PAUSE, Onsets
from jambox.sound.tables import filled, table, view
from tests.sound.tones import RATE, Samples, harmonic, pluck, reed, steady

THIN = 12000
EVERY, SECONDS = 0.21, 4.0
BEATS = np.arange(0.3, SECONDS - 0.2, EVERY)


def drum(hertz: float, decay: float, noise: float) -> Samples:
    t = np.arange(round(0.5 * RATE)) / RATE
    skin = np.sin(2.0 * np.pi * hertz * t) * np.exp(-t / decay)
    stick = np.random.default_rng(2).standard_normal(len(t)) * np.exp(-t / 0.02)
    return (skin + noise * stick) * np.minimum(t / 0.001, 1.0)


def played(stroke: Samples, level: float = 0.3) -> Samples:
    sound = np.zeros(round(SECONDS * RATE) + len(stroke))
    for n, beat in enumerate(BEATS):
        at = round(beat * RATE)
        sound[at : at + len(stroke)] += level * (1.0, 0.5)[n % 2] * stroke
    return sound[: round(SECONDS * RATE)]


def onsets(sound: Samples, block: int = RATE // 50) -> list[float]:
    """In seconds, as the engine hands sound on to whoever listens."""
    funnel, found, ears = Funnel(RATE, filled([1.0])), [], Onsets()
    for start in range(0, len(sound), block):
        piece, thin = sound[start : start + block].astype(np.float32), table("d", block)
        found += ears.feed(thin[: funnel.put(view(piece), len(piece), thin, 0)])
    return [sample / THIN for sample in found]


HUM = 0.001 * np.random.default_rng(1).standard_normal(round(SECONDS * RATE))
WAVER = 1.0 + 0.2 * np.sin(np.arange(round(SECONDS * RATE)) / 3000.0)
DRONE = 0.1 * WAVER * harmonic(steady(146.8, SECONDS), 1.0 / np.arange(1, 20))


@pytest.mark.parametrize(
    ("stroke", "around"),
    [
        (drum(90.0, 0.15, 0.3), HUM),
        (drum(300.0, 0.08, 0.1), HUM),
        (drum(300.0, 0.08, 0.5), HUM + DRONE / 3.0),
        (pluck(196.0, 0.5, 0.4), HUM),
    ],
    ids=["kick", "conga", "conga over a drone", "plucks"],
)
def test_each_stroke_is_found_in_time(stroke: Samples, around: Samples) -> None:
    found = onsets(played(stroke) + around)
    assert len(found) == len(BEATS)
    off = np.array(found) - BEATS
    assert np.abs(off).max() < 0.01
    assert np.std(off) < 0.004


@pytest.mark.parametrize(
    "sound",
    [np.zeros(round(SECONDS * RATE)), 50.0 * HUM, DRONE, 0.2 * reed(220.0, SECONDS)],
    ids=["silence", "noise", "a drone that beats", "a reed"],
)
def test_what_goes_on_has_no_strokes_but_its_beginning(sound: Samples) -> None:
    assert len([at for at in onsets(sound) if at > 0.05]) == 0


def test_pieces_of_any_size_give_the_same() -> None:
    sound = (played(drum(200.0, 0.1, 0.2)) + HUM)[: 2 * RATE]
    assert onsets(sound, 128) == onsets(sound, 4800) == onsets(sound, 1000)


def test_a_roll_is_no_more_than_one_in_each_pause() -> None:
    clicks = np.zeros(RATE)
    clicks[::1000] = 0.5
    gaps = np.diff(onsets(clicks))
    assert len(gaps) == 0 or gaps.min() >= (PAUSE - 1) * HOP / THIN
