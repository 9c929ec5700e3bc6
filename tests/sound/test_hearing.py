"""What is captured, thinned out: nothing folds back, pieces of any size give the same. And the loops for pitches."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from jambox.sound import hearing
from jambox.sound.tables import filled, table, view
from tests.sound.bench import interpreted

PLAIN = interpreted("hearing")
Samples = NDArray[np.float64]


def thinned(
    captured: Samples,
    rate: float = 48000.0,
    block: int = 128,
    module: object = hearing,
    weights: Sequence[float] = (),
) -> Samples:
    """What comes of it, shape (frames, channels) or (frames,)."""
    frames = np.asarray(captured.reshape(len(captured), -1), dtype=np.float32)
    funnel = getattr(module, "Funnel")(rate, filled(weights or [1.0] * frames.shape[1]))  # noqa: B009
    ring, written = table("d", hearing.KEPT), 0
    for first in range(0, len(frames), block):
        piece = frames[first : first + block]
        written = funnel.put(view(piece.reshape(-1)), len(piece), ring, written)
    return np.asarray(ring)[:written]


def sine(hertz: float, frames: int, rate: float = 48000.0) -> Samples:
    return np.asarray(np.sin(2.0 * math.pi * hertz / rate * np.arange(frames)))


@pytest.mark.parametrize(("rate", "factor"), [(48000.0, 4), (44100.0, 3), (96000.0, 8), (32000.0, 2), (8000.0, 1)])
def test_it_is_thinned_to_what_pitches_need(rate: float, factor: int) -> None:
    assert hearing.thinning(rate) == factor
    if rate > 20000.0:
        heard = thinned(sine(440.0, 4000, rate), rate)
        assert len(heard) == 4000 // factor
        assert np.abs(heard[200:]).max() == pytest.approx(1.0, abs=0.02)


def test_what_would_fold_back_is_taken_away() -> None:
    for hertz in (9000.0, 11500.0, 15000.0):
        assert np.abs(thinned(sine(hertz, 4000))[200:]).max() < 10.0 ** (-37.0 / 20.0)


def test_pieces_of_any_size_and_both_kinds_of_loops_give_the_same() -> None:
    captured = np.random.default_rng(1).uniform(-1, 1, (700, 3))
    whole = thinned(captured, block=700)
    for block in (1, 64, 65):
        assert (thinned(captured, block=block) == whole).all()
    assert (thinned(captured, module=PLAIN) == whole).all()
    alone = thinned(captured.sum(axis=1))
    assert np.abs(whole - alone).max() < 1e-5


def test_only_those_channels_count_that_have_a_weight() -> None:
    captured = np.random.default_rng(2).uniform(-1, 1, (700, 3))
    for weights in ([0.0, 1.0, 0.0], [1.0, 0.0, 1.0]):
        heard = thinned(captured, weights=weights)
        assert np.abs(heard - thinned(captured @ np.array(weights))).max() < 1e-5
        assert (thinned(captured, module=PLAIN, weights=weights) == heard).all()
    assert not thinned(captured, weights=[0.0] * 3).any()


def test_what_is_no_number_is_silence_and_nothing_follows_from_it() -> None:
    broken = np.zeros(400)
    broken[10:13] = (math.nan, math.inf, -1e30)
    assert not thinned(broken).any()
    assert not thinned(np.zeros((400, 0))).any()


def test_the_ring_goes_round() -> None:
    funnel, ring = hearing.Funnel(12000.0, filled([1.0])), table("d", 100)
    written = funnel.put(view(np.ones(250, dtype=np.float32)), 250, ring, 0)
    assert written == 250
    assert np.asarray(ring) == pytest.approx(np.ones(100), abs=1e-3)


def test_what_repeats_itself_is_like_itself_there() -> None:
    sound = np.asarray(sine(100.0, 1000, 12000.0))
    out, other = table("d", 300), table("d", 300)
    assert hearing.differences(view(sound), 10, 600, out) == pytest.approx(0.5, abs=1e-6)
    assert PLAIN.differences(view(sound), 10, 600, other) == pytest.approx(0.5, abs=1e-6)
    assert (np.asarray(out) == np.asarray(other)).all()
    assert min(range(50, 180), key=out.__getitem__) == 120
    assert out[120] < 1e-12
    assert hearing.differences(view(np.zeros(1000)), 10, 600, out) == 0.0
    assert set(out) == {1.0}


def test_partials_are_told_in_level_and_angle() -> None:
    t = np.arange(3000)
    sound = 0.5 * np.cos(2.0 * math.pi * t / 60.0 + 1.0) + 0.25 * np.cos(2.0 * math.pi * t / 20.0 - 0.5)
    out, other = table("d", 6), table("d", 6)
    hearing.harmonics(view(sound), 0, 3000, 60.0, out)
    PLAIN.harmonics(view(sound), 0, 3000, 60.0, other)
    assert (np.asarray(out) == np.asarray(other)).all()
    assert [math.hypot(out[2 * n], out[2 * n + 1]) for n in range(3)] == pytest.approx([0.5, 0.0, 0.25], abs=1e-4)
    assert [math.atan2(out[1], out[0]), math.atan2(out[5], out[4])] == pytest.approx([1.0, -0.5], abs=1e-4)
    assert hearing.loudness(view(sound), 0, 3000) == pytest.approx(0.5 * (0.25 + 0.0625), rel=1e-3)
    assert PLAIN.loudness(view(sound), 0, 3000) == hearing.loudness(view(sound), 0, 3000)
