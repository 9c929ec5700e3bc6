"""Strips, buses and master: gains glide, nothing passes the ceiling, everything recovers."""

import math

import numpy as np
import pytest

from jambox.sound import layout, parameters
from jambox.sound.parameters import Mixer, Strip
from jambox.sound.strips import CEILING, GLIDE, WORST, Strips, coefficient
from tests.sound.bench import RATE, engine_with, render

LIMIT = 10.0 ** (-1.0 / 20.0)
"""-1 dBTP."""


def test_the_ceiling_is_a_hair_under_the_limit() -> None:
    assert LIMIT - 0.002 < CEILING < LIMIT
    # 16 bits: the rounding of the card must not reach it either, whatever the interpolator makes of it.
    assert CEILING + WORST * 0.5 / 32767.0 < LIMIT


@pytest.mark.parametrize(("seconds", "rate"), [(0.01, 48000.0), (0.3, 44100.0)])
def test_a_time_constant_later_a_decay_has_fallen_to_one_over_e(seconds: float, rate: float) -> None:
    assert coefficient(seconds, rate) ** (seconds * rate) == pytest.approx(math.exp(-1.0))


def test_levels_start_closed_and_glide_open() -> None:
    engine = engine_with([np.full(2, 0.0)], inputs=1, open_=False)
    tone = np.full((RATE // 5, 1), 0.5)
    assert not render(engine, len(tone), captured=tone).any()
    engine.set_levels((1.0, 0.0, 0.0, 1.0))
    played = render(engine, len(tone), captured=tone)[:, 0]
    assert played[0] < 0.001
    assert (np.diff(played) >= 0.0).all()
    # Bus and master glide one behind the other: (1 - e^-t/T)^2; the strip is open from the start.
    assert played[round(GLIDE * RATE)] == pytest.approx(0.5 * 0.5**0.5 * (1 - math.exp(-1)) ** 2, rel=0.01)
    assert played[-1] == pytest.approx(0.5 * 0.5**0.5, rel=1e-3)


def test_meters_show_peaks_and_fall() -> None:
    engine = engine_with([np.zeros(2)], inputs=1)
    render(engine, RATE // 5, captured=np.full((RATE // 5, 1), 0.5))
    top = engine.strips.meters[layout.INPUTS]
    assert top == pytest.approx(0.5 * 0.5**0.5, rel=1e-3)
    assert engine.strips.meters[layout.VOLUME] == pytest.approx(top, rel=1e-3)
    render(engine, round(0.3 * RATE), captured=np.zeros((round(0.3 * RATE), 1)))
    assert engine.strips.meters[layout.INPUTS] == pytest.approx(top / math.e, rel=5e-3)


def test_marks_go_with_the_strip_and_with_its_pair() -> None:
    marked = Strip(strokes=True)
    strips = Strips(RATE, Mixer((Strip(), marked, Strip(strokes=True, pair=True))), 4, 4)
    assert list(strips.strokes) == [0.0, 1.0, 1.0, 1.0]
    strips.set_mixer(parameters.flatten(Mixer((marked,))))
    assert list(strips.strokes) == [1.0, 0.0, 0.0, 0.0]
