"""The cue, measured: what is soloed, before mute and levels; else the mix; and that the mix never notices."""

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from jambox.sound import layout
from jambox.sound.commands import DefineSample
from jambox.sound.engine import Engine
from jambox.sound.parameters import OFF, Bus, Cue, Duck, Master, Mixer, Strip, flatten
from jambox.sound.strips import CEILING
from jambox.sound.tables import view

RATE = 48000
Sound = NDArray[np.float32]
DRONE, RHYTHM = 220.0, 440.0
LEVELS = {layout.DRONE: 0.2, layout.RHYTHM: 0.1}
"""Amplitudes of the tones that drone and rhythm consist of here."""
INPUT, AMPLITUDE = 1000.0, 0.05
LOUD, SILENT = 1.0, 0.0


def tone(frequency: float, amplitude: float, seconds: float = 2.0) -> Sound:
    made: Sound = np.sin(2.0 * np.pi * frequency / RATE * np.arange(round(seconds * RATE))).astype(np.float32)
    return np.float32(amplitude) * made


def engine(mixer: Mixer, levels: tuple[float, ...] = (LOUD,) * 4, inputs: int = 2) -> Engine:
    """An engine in which a drone of 220 Hz and a rhythm of 440 Hz sound, both on both sides."""
    sounds = [tone(DRONE, LEVELS[layout.DRONE]), tone(RHYTHM, LEVELS[layout.RHYTHM])]
    made = Engine(RATE, mixer, inputs, 128, view(np.concatenate(sounds)))
    made.set_levels(levels)
    made.strips.glides[:] = made.strips.levels
    for bus, first in ((layout.DRONE, 0), (layout.RHYTHM, len(sounds[0]))):
        made.carry_out(DefineSample(bus, first, len(sounds[0])))
        made.voices.start(bus, first, len(sounds[0]), math.sqrt(2.0))  # in the middle, at equal power
    return made


def render(made: Engine, captured: Sound, block: int = 128) -> tuple[Sound, Sound]:
    """What is played, and the cue, both (frames, 2)."""
    played, cue = np.zeros((2, len(captured), 2), np.float32)
    for first in range(0, len(captured), block):
        part = slice(first, min(first + block, len(captured)))
        made.render(
            view(captured[part].reshape(-1)),
            view(played[part].reshape(-1)),
            len(captured[part]),
            view(cue[part].reshape(-1)),
        )
    return played, cue


def captured(seconds: float = 0.5, inputs: int = 2) -> Sound:
    """The tone of 1 kHz on the first input, silence on the others."""
    made = np.zeros((round(seconds * RATE), inputs), np.float32)
    made[:, 0] = tone(INPUT, AMPLITUDE, seconds)
    return made


def amplitude(x: NDArray[Any], frequency: float) -> float:
    """Of the tone at `frequency` in the last 0.2 s, which are whole cycles of all."""
    part = x[-RATE // 5 :].astype(np.float64)
    return float(abs(2.0 * np.mean(part * np.exp(-2j * np.pi * frequency / RATE * np.arange(len(part))))))


def decibels(x: NDArray[Any], frequency: float, reference: float) -> float:
    return 20.0 * math.log10(max(amplitude(x, frequency), 1e-9) / reference)


MIDDLE = math.sqrt(0.5)
STRIPS = (Strip(), Strip())


@pytest.mark.parametrize(
    ("mixer", "expected"),
    [
        (Mixer((Strip(solo=True), Strip())), (AMPLITUDE * MIDDLE, 0.0, 0.0)),
        (Mixer((Strip(solo=True, mute=True), Strip())), (AMPLITUDE * MIDDLE, 0.0, 0.0)),
        (Mixer(STRIPS, drone=Bus(solo=True)), (0.0, 0.2, 0.0)),
        (Mixer(STRIPS, rhythm=Bus(solo=True)), (0.0, 0.0, 0.1)),
        (Mixer(STRIPS, drone=Bus(solo=True), rhythm=Bus(solo=True)), (0.0, 0.2, 0.1)),
        (Mixer((Strip(), Strip(solo=True))), (0.0, 0.0, 0.0)),
        (Mixer((Strip(solo=True), Strip()), rhythm=Bus(solo=True)), (AMPLITUDE * MIDDLE, 0.0, 0.1)),
        (Mixer(STRIPS), (AMPLITUDE * MIDDLE, 0.2, 0.1)),
    ],
)
def test_what_is_soloed_is_heard_alone(mixer: Mixer, expected: tuple[float, ...]) -> None:
    _, cue = render(engine(mixer), captured())
    for side in (0, 1):
        heard = [amplitude(cue[:, side], frequency) for frequency in (INPUT, DRONE, RHYTHM)]
        assert heard == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("levels", [(SILENT, SILENT, SILENT, LOUD), (LOUD, LOUD, LOUD, SILENT), (0.1, 0.2, 0.3, 0.4)])
def test_it_is_heard_before_the_levels_of_the_panel(levels: tuple[float, ...]) -> None:
    mixer = Mixer((Strip(solo=True), Strip()), drone=Bus(solo=True), rhythm=Bus(solo=True))
    _, cue = render(engine(mixer, levels), captured())
    assert decibels(cue[:, 0], INPUT, AMPLITUDE * MIDDLE) == pytest.approx(0.0, abs=0.01)
    assert decibels(cue[:, 0], DRONE, 0.2) == pytest.approx(0.0, abs=0.01)
    assert decibels(cue[:, 0], RHYTHM, 0.1) == pytest.approx(0.0, abs=0.01)


def test_what_gives_way_in_the_mix_does_not_in_the_cue() -> None:
    mixer = Mixer(STRIPS, drone=Bus(solo=True), duck=Duck(1, 12.0, -60.0))
    played, cue = render(engine(mixer), captured())
    assert decibels(played[:, 0], DRONE, 0.2) == pytest.approx(-12.0, abs=0.1)
    assert decibels(cue[:, 0], DRONE, 0.2) == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("solo", [False, True])
@pytest.mark.parametrize("level", [-59.0, -20.0, -6.0, 0.0, 6.0, 8.0])
def test_its_level_is_its_own(level: float, solo: bool) -> None:
    mixer = Mixer(STRIPS, drone=Bus(solo=solo), cue=Cue(level))
    _, cue = render(engine(mixer), captured())
    assert decibels(cue[:, 1], DRONE, 0.2) == pytest.approx(level, abs=0.02)


def test_its_level_can_be_off() -> None:
    assert not render(engine(Mixer(STRIPS, cue=Cue(OFF))), captured())[1].any()


def test_it_is_held_at_the_ceiling() -> None:
    mixer = Mixer((Strip(trim=40.0, solo=True), Strip()), cue=Cue(12.0))
    _, cue = render(engine(mixer), captured())
    assert np.abs(cue).max() == pytest.approx(CEILING)


@pytest.mark.parametrize("block", [1, 64, 65, 128, 1000])
def test_neither_solo_nor_cue_changes_a_bit_of_the_mix(block: int) -> None:
    plain = Mixer((Strip(reverb=-6.0), Strip()), drone=Bus(-6.0), master=Master(width=1.4))
    soloed = Mixer(
        (Strip(reverb=-6.0, solo=True), Strip()), Bus(-6.0, solo=True), Bus(solo=True), master=plain.master, cue=Cue(5)
    )
    frames = captured(0.1)
    expected = np.zeros((len(frames), 2), np.float32)
    engine(plain).render(view(frames.reshape(-1)), view(expected.reshape(-1)), len(frames))
    played, cue = render(engine(soloed), frames, block)
    assert played.tobytes() == expected.tobytes()
    assert cue.tobytes() == render(engine(soloed), frames, 128)[1].tobytes()


def test_without_solo_the_cue_is_the_mix_as_it_is_played() -> None:
    mixer = Mixer((Strip(trim=40.0), Strip()))  # the limiter works
    played, cue = render(engine(mixer, (LOUD, LOUD, LOUD, 0.5)), captured())
    assert cue.tobytes() == played.tobytes()


def test_solo_and_level_come_and_go_without_a_click() -> None:
    made = engine(Mixer((Strip(), Strip())), (SILENT, SILENT, SILENT, LOUD))
    parts = []
    for solo, level in ((False, 0.0), (True, 0.0), (True, -20.0), (False, 6.0)):
        mixer = Mixer(STRIPS, drone=Bus(solo=solo), cue=Cue(level))
        made.set_mixer(flatten(mixer))
        parts.append(render(made, np.zeros((RATE // 5, 2), np.float32))[1][:, 0])
    steps = np.abs(np.diff(np.concatenate(parts))).max()
    assert steps < 1.3 * 0.2 * 2.0 * np.pi * DRONE / RATE


@pytest.mark.parametrize("broken", [float("nan"), float("inf"), 1e30])
@pytest.mark.parametrize("level", [LOUD, SILENT])
def test_what_is_broken_is_not_heard_there_either(broken: float, level: float) -> None:
    bank = np.zeros(1000, np.float32)
    bank[500] = broken
    made = Engine(RATE, Mixer(drone=Bus(solo=True)), 0, 128, view(bank))
    made.set_levels((LOUD, level, LOUD, LOUD))
    made.strips.glides[:] = made.strips.levels
    made.voices.start(layout.DRONE, 0, 1000, 1.0)
    played, cue = render(made, np.zeros((1000, 0), np.float32))
    assert np.isfinite(cue).all()
    assert not played.any()
    assert np.abs(cue).max() <= CEILING
    assert not cue[501:].any()
