"""A steady drone that is bent for as long as its rendering takes: its breaths still go over into each other unheard."""

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from jambox.music.cycle import Sound
from jambox.music.drone import OVERLAP, Figure
from jambox.sound import commands, layout
from jambox.sound.engine import Engine
from jambox.sound.instruments.breaths import weight
from jambox.sound.plucker import ENTRY
from tests.sound.bench import RATE, Act, Samples, do, engine_with, figure_of, perform, swell
from tests.sound.measure import partial_cents

SECONDS = 1.0
LOW, HIGH = 220.0, 331.0
GRAIN = RATE // 20
Track = NDArray[np.float64]


def breath(hertz: float) -> Samples:
    """A sine that rises and falls as breaths do."""
    tone = swell(round((SECONDS + OVERLAP) * hertz), hertz)
    return np.asarray(tone * weight(np.arange(len(tone)) / RATE, len(tone) / RATE), dtype=np.float32)


def sounding(*hertz: float) -> Engine:
    engine = engine_with([breath(each) for each in hertz])
    engine.load_figure(steady(*hertz))
    engine.carry_out(commands.StartDrone())
    return engine


def steady(*hertz: float, first: int = 0) -> Figure:
    slots = range(first, first + len(hertz))
    return figure_of(*slots, frequencies=hertz, seconds=SECONDS, steady=True)


def bends(*semitones: float, at: float = 1.0, apart: float = 0.0) -> list[tuple[int, Act]]:
    return [
        (round((at + apart * place) * RATE), do(commands.BendDrone(2.0 ** (each / 12.0))))
        for place, each in enumerate(semitones)
    ]


def heard(engine: Engine, script: list[tuple[int, Act]], seconds: float) -> Track:
    return perform(engine, script, round(seconds * RATE), 128)[:, 0].astype(np.float64)


def swing(played: Track) -> float:
    """By how many dB the level moves."""
    whole = played[: len(played) // GRAIN * GRAIN].reshape(-1, GRAIN)
    levels = np.sqrt(np.mean(whole**2, axis=1))
    return float(20.0 * np.log10(levels.max() / levels.min()))


SETTLED = round((ENTRY + 0.05) * RATE)


@pytest.mark.parametrize("semitones", [-12.0, -5.0, -1.0, 0.3, 1.0, 2.0, 7.0, 12.0])
def test_one_string_goes_on_evenly_and_in_tune(semitones: float) -> None:
    """Its breaths would end before the next begin, or pile up, or meet out of phase."""
    played = heard(sounding(LOW), bends(semitones), 8.0)
    assert swing(played[SETTLED:]) < 0.2
    bent = LOW * 2.0 ** (semitones / 12.0)
    for first in range(2 * RATE, 7 * RATE, RATE // 2):
        assert partial_cents(played[first : first + RATE], RATE, bent, 30.0) == pytest.approx(0.0, abs=0.3)
    assert np.abs(np.diff(played)).max() <= 0.5 * 0.5**0.5 * 2.0 * np.pi * max(bent, LOW) / RATE * 1.001


def test_what_is_turned_on_and_on_stays_even() -> None:
    """As a hand turns STYLE: the next bend comes before the last glide has ended; and then back."""
    script = bends(*range(1, 13), at=1.0, apart=0.02) + bends(*range(11, -1, -1), at=3.5, apart=0.1)
    assert swing(heard(sounding(LOW), script, 9.0)[SETTLED:]) < 0.4


def test_strings_keep_their_places_among_each_other() -> None:
    engine = sounding(LOW, HIGH)
    played = heard(engine, bends(3.0), 1.1)
    turns = engine.drone.turn
    heard(engine, [], 20.0)
    bent = 2.0 ** (3.0 / 12.0)
    assert engine.drone.turn - turns == pytest.approx(2 * 20.0 * bent / SECONDS, abs=1.0)
    assert len(played)


def test_a_drone_that_is_bent_in_silence_begins_even() -> None:
    engine = engine_with([breath(LOW)])
    engine.load_figure(steady(LOW))
    engine.carry_out(commands.BendDrone(1.5))
    engine.carry_out(commands.StartDrone())
    played = heard(engine, [], 6.0)
    assert swing(played[SETTLED:]) < 0.2
    assert partial_cents(played[RATE:], RATE, 1.5 * LOW, 30.0) == pytest.approx(0.0, abs=0.3)


FADED = 0.3
"""Seconds within which what was bent has given way."""
EVEN = 0.3
"""dB by which a sine's level moves where a GRAIN holds no whole periods of it, and a little."""


@pytest.mark.parametrize("at", [4.3, 4.3021, 4.92, 5.0])
@pytest.mark.parametrize("semitones", [-5.0, -1.0, 1.0, 2.0, 5.0])
def test_its_rendering_takes_over_in_phase(semitones: float, at: float) -> None:
    """Whenever it comes, within a breath or while two go over into each other: no dip, no jump, one pitch."""
    bent = LOW * 2.0 ** (semitones / 12.0)
    engine = engine_with([breath(LOW), breath(bent)])
    engine.load_figure(steady(LOW))
    engine.carry_out(commands.StartDrone())
    there = round(at * RATE)
    script = [*bends(semitones), (there, lambda engine: engine.load_figure(steady(bent, first=1)))]
    played = heard(engine, script, at + FADED)
    # Of what is rendered there, each string has one breath, or two of which one falls while the other rises.
    assert (engine.drone.ratio, {engine.voices.floats[row, layout.STEP] for row in range(engine.voices.count)}) == (
        1.0,
        {1.0},
    )
    played = np.concatenate([played, heard(engine, [], 3.0)])
    assert swing(played[SETTLED:]) < EVEN
    assert np.abs(np.diff(played)).max() <= 0.5 * 0.5**0.5 * 1.05 * 2.0 * np.pi * max(bent, LOW) / RATE
    assert partial_cents(played[there - RATE : there + RATE], RATE, bent, 30.0) == pytest.approx(0.0, abs=0.3)


@pytest.mark.parametrize("cents", [-30.0, 14.0, 40.0])
def test_another_tuning_takes_over_in_phase_once_it_has_glided(cents: float) -> None:
    other = LOW * 2.0 ** (cents / 1200.0)
    engine = engine_with([breath(LOW), breath(other)])
    engine.load_figure(steady(LOW))
    engine.carry_out(commands.StartDrone())
    played = heard(engine, [(2 * RATE, lambda engine: engine.load_figure(steady(other, first=1)))], 6.0)
    assert swing(played[SETTLED:]) < EVEN


def test_hand_over_after_hand_over_is_as_even() -> None:
    """Each moves the breaths a little: never by more than half a period in all."""
    pitches = [LOW * 2.0 ** (each / 12.0) for each in (0.0, 1.0, 2.0, 3.0, 2.0, 1.0)]
    engine = engine_with([breath(each) for each in pitches])
    engine.load_figure(steady(LOW))
    engine.carry_out(commands.StartDrone())

    def load(place: int) -> Act:
        return lambda engine: engine.load_figure(steady(pitches[place], first=place))

    script = []
    for turn in range(1, 13):
        frame, ratio = round((1.0 + 0.7 * turn) * RATE), pitches[turn % 6] / pitches[(turn - 1) % 6]
        script += [(frame, do(commands.BendDrone(ratio))), (frame + round(0.31 * RATE), load(turn % 6))]
    played = heard(engine, script, 11.0)
    assert swing(played[SETTLED:]) < EVEN
    begun = engine.drone.due - round(engine.drone.shift * RATE) - engine.drone.start_frame
    assert engine.drone.figure is not None
    assert abs(begun - engine.drone.figure.frame_of(engine.drone.turn, RATE)) <= 0.5 * RATE / LOW + 1


def test_what_is_an_octave_off_does_not_howl_there() -> None:
    """The drone's own tonic may be in another octave now: what was glides to what is an octave away."""
    engine = engine_with([breath(LOW), breath(0.5 * LOW)])
    engine.load_figure(steady(LOW))
    engine.carry_out(commands.StartDrone())
    heard(engine, [], 1.2)
    count = engine.voices.count
    engine.load_figure(steady(0.5 * LOW * 1.01, first=1))
    assert [engine.voices.floats[row, layout.GOAL] for row in range(count)] == pytest.approx([1.01] * count)
    assert engine.voices.count > count


def test_a_breath_that_is_moved_behind_its_hand_over_begins_there_once() -> None:
    """Its place moves by up to half a period: it may begin just before, or again."""
    for early in range(-120, 121, 24):
        engine = engine_with([breath(LOW), breath(HIGH)])
        engine.load_figure(steady(LOW))
        engine.carry_out(commands.StartDrone())
        heard(engine, [], 0.5)
        due = engine.drone.due
        heard(engine, [], (due - engine.frame + early) / RATE)
        engine.load_figure(steady(HIGH, first=1))
        played = heard(engine, [], 2.0)
        assert swing(played[round(FADED * RATE) :]) < EVEN


def test_strings_that_come_late_are_in_place_on_a_bent_drone() -> None:
    """The second has no samples while the first is bent already."""
    figure = steady(LOW, LOW)
    engine = engine_with([breath(LOW), breath(LOW)])
    engine.load_figure(msgspec.structs.replace(figure, sounds=(figure.sounds[0], Sound(1, 0, 1.0))))
    engine.carry_out(commands.StartDrone())
    script = [*bends(4.0), (2 * RATE, lambda engine: engine.load_figure(figure))]
    played = heard(engine, script, 7.0)
    assert swing(played[round(2.4 * RATE) :]) < 0.3
