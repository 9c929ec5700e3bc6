"""Soft strokes, heard through the engine: darker the softer, and as much quieter as their velocity says."""

import numpy as np
import pytest

from jambox.music.cycle import Hit, Score, Sound
from jambox.music.roll import lay
from jambox.sound.commands import DefineSample, StartRhythm
from jambox.sound.instruments import FAMILIES, softness
from jambox.sound.instruments.touch import FELT, HAND, TOUCHES, WOOD, Touch, touch
from jambox.sound.softness import EVEN
from tests.sound.bench import Samples, engine_with, render
from tests.sound.instruments.takes import sound
from tests.sound.measure import lufs, spectrum

RATE = 48000
LOUD, MIDDLE, SOFT = 1.0, 0.6, 0.3
STRUCK = [
    *[("tabla", "na"), ("tabla", "ge"), ("kit", "kick"), ("kit", "snare"), ("kit", "closed hat"), ("clave", "clave")],
    *[("conga", "open"), ("darbuka", "tak"), ("davul", "düm"), ("davul", "tek"), ("djembe", "dundun bell")],
    *[("gamelan", "kenong"), ("kudum", "düm"), ("batucada", "surdo 1"), ("taiko", "right"), ("palmas", "palmas")],
    *[("mridangam", "nam"), ("mridangam", "thom")],
]
"""Each kind of touch, high and low drums."""
SHAKEN = {
    *[("batucada", "ganzá"), ("cumbia", "guacharaca"), ("gankogui", "axatse"), ("riq", "cymbals"), ("kit", "clap")],
    *[("drumset", name) for name in ("brush tap", "brush sweep", "shaker", "log drum", "chuck")],
}
"""What is shaken, scraped, brushed or made by a machine: only quieter."""
MACHINES = {"kit808", "kit909", "earcons"}


def struck(family: str, name: str, velocity: float, darkened: bool = True) -> Samples:
    """One stroke as the engine plays it, left."""
    samples = sound(family, name)
    engine = engine_with([samples])
    if darkened:
        engine.carry_out(DefineSample(0, 1, len(samples), *softness(family, name, samples, RATE)))
    engine.load_score(lay(Score(1, 400.0, (Hit(0.0, (Sound(0, 1, 1.0),), (), velocity),))))
    engine.carry_out(StartRhythm(0.0))
    return render(engine, round(0.4 * RATE))[:, 0]


def colour(x: Samples) -> float:
    """Centre of amplitude, in Hz, of the blow: most of a drum's power lies in what rings on, whatever struck it."""
    frames = round(0.1 * RATE)
    frequency, magnitude = spectrum(np.concatenate([np.zeros(frames), x[:frames]]), RATE, pad=1)
    return float((frequency * magnitude).sum() / magnitude.sum())


def test_every_sound_is_known_or_left_out_on_purpose() -> None:
    for family, names in TOUCHES.items():
        listed = [name for part in names.values() for name in part]
        assert len(listed) == len(set(listed))
        left = set(FAMILIES[family].names) - set(listed)
        assert {(family, name) for name in left} <= SHAKEN, family
        assert set(listed) <= set(FAMILIES[family].names), family
    assert set(FAMILIES) - set(TOUCHES) == MACHINES


@pytest.mark.parametrize(("kind", "decibels"), [(WOOD, -4.8), (HAND, -8.0), (FELT, -10.3)])
def test_half_the_velocity_takes_from_the_heights_what_contact_says(kind: Touch, decibels: float) -> None:
    assert 20.0 * np.log10(0.5**kind.power) == pytest.approx(decibels, abs=0.05)


@pytest.mark.parametrize(("family", "name"), STRUCK)
def test_softer_strokes_are_darker_and_as_loud_as_their_velocity_says(family: str, name: str) -> None:
    loud, middle, soft = (struck(family, name, velocity) for velocity in (LOUD, MIDDLE, SOFT))
    colours = [colour(x) for x in (loud, middle, soft)]
    assert colours[0] > 1.01 * colours[1] > 1.01**2 * colours[2]
    for x, velocity in ((middle, MIDDLE), (soft, SOFT)):
        assert lufs(x) - lufs(loud) == pytest.approx(40.0 * np.log10(velocity), abs=0.5)


def test_a_stroke_of_full_force_is_bit_for_bit_what_it_was() -> None:
    assert struck("tabla", "na", 1.0).tobytes() == struck("tabla", "na", 1.0, darkened=False).tobytes()
    assert struck("tabla", "na", 0.9).tobytes() != struck("tabla", "na", 0.9, darkened=False).tobytes()


def test_a_softened_sound_ends_as_softly() -> None:
    x = struck("kit", "rim", 0.3)
    last = len(sound("kit", "rim")) - 2
    assert np.abs(x[last - 20 : last]).max() < 0.01 * np.abs(x).max()
    assert not x[last + 2 :].any()


@pytest.mark.parametrize(("family", "name"), [("kit808", "kick"), ("riq", "cymbals"), ("harp", "pluck")])
def test_what_no_law_is_known_of_is_even(family: str, name: str) -> None:
    assert touch(family, name) is None
    assert softness(family, name, np.ones(100, np.float32), RATE) == EVEN
