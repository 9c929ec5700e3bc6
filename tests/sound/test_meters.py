"""Meters in dB, from what the engine reports."""

import math
from typing import Any

import numpy as np
import pytest

from jambox.sound import layout, meters
from jambox.sound.parameters import Compressor, Duck, Gate, Strip
from jambox.sound.tables import table
from tests.sound.bench import RATE, desk, render
from tests.sound.test_channels import fence


def page(**house: float) -> Any:
    made = table("d", meters.METERS)
    for name, number in house.items():
        made[meters.HOUSE + getattr(layout, name)] = number
    return made


def test_silence_reads_the_floor() -> None:
    told: Any = meters.as_dict(page())
    assert told["strips"] == []
    assert told["buses"] == {name: {"peak": -120.0, "rms": -120.0} for name in meters.BUSES}
    assert (told["true_peak"], told["limiter"], told["duck"], told["loudness"]) == (-120.0, 0.0, 0.0, -120.0)


def test_numbers_are_decibels() -> None:
    made = page(VOLUME=0.5, LIMITED=2.0, TRUE_PEAK=0.25, DUCKED=math.log(2.0), ENERGY=0.01, HALL=0.1)
    made[meters.HOUSE + layout.BUS_METERS + layout.VOLUME] = 0.01
    made[0] = 2
    start = meters.STRIPS + layout.STRIP_METERS
    columns = (layout.PEAK, layout.SQUARE, layout.REDUCTION, layout.GATING, layout.CLIPPED, layout.TOP, layout.HOWLS)
    for place, number in zip(columns, (1.0, 0.1, math.log(10.0), math.log(100.0), 7.0, 0.5, 2.0), strict=True):
        made[start + place] = number
    # The first notch is up again, the second is down.
    made[start + layout.NOTCHED + layout.FREQUENCY] = 440.0
    second = start + layout.NOTCHED + layout.NOTCH_METERS
    made[second + layout.FREQUENCY], made[second + layout.DEPTH] = 2500.14, 18.0
    told: Any = meters.as_dict(made)
    assert told["buses"]["master"] == {"peak": -6.0, "rms": -20.0}
    assert told["buses"]["reverb"]["peak"] == -20.0
    assert (told["limiter"], told["true_peak"], told["duck"]) == (6.0, -12.0, 6.0)
    assert told["loudness"] == pytest.approx(-20.7)
    first, second = told["strips"]
    assert (first["peak"], first["loudest"]) == (-120.0, -120.0)
    shown = {"peak": 0.0, "rms": -10.0, "compressor": 20.0, "gate": 40.0, "clipped": 7, "loudest": -6.0, "howls": 2}
    assert second == shown | {"notches": [{"frequency": 2500.1, "depth": 18.0}]}
    assert (meters.loudest(made), meters.clipped(made)) == ((0.0, 0.5), (0.0, 7.0))


def test_the_engines_page_is_read() -> None:
    strip = Strip(pan=-1.0, compressor=Compressor(-30.0, 4.0, 1.0), gate=Gate(-60.0, 2.0))
    engine = desk(strip, Strip(), duck=Duck(strip=1, depth=12.0, threshold=-40.0))
    signal = fence(-10.0, -10.0, 0.6)
    captured = signal.reshape(-1, 1) * [1.0, 0.0]
    render(engine, len(signal), captured=captured)
    made = table("d", meters.METERS)
    engine.strips.read_meters(made)
    told: Any = meters.as_dict(made)
    first, second = told["strips"]
    assert meters.as_dict(made, 1) == told | {"strips": [first]}
    assert first["peak"] == pytest.approx(-25.0, abs=0.3)
    assert first["rms"] == pytest.approx(-25.0, abs=0.3)
    assert (first["compressor"], first["gate"], first["clipped"]) == (pytest.approx(15.0, abs=0.2), 0.0, 0)
    assert first["loudest"] == pytest.approx(-10.0, abs=0.1)
    silence = {"peak": -120.0, "rms": -120.0, "compressor": 0.0, "gate": 0.0, "clipped": 0, "loudest": -120.0}
    assert second == silence | {"howls": 0, "notches": []}
    engine.strips.listen()
    engine.strips.read_meters(made)
    assert meters.loudest(made) == (0.0, 0.0)
    quiet = np.full((64, 2), [0.1, -0.2])
    render(engine, 64, captured=quiet)
    engine.strips.read_meters(made)
    assert list(meters.loudest(made)) == pytest.approx([0.1, 0.2])
    assert told["buses"]["inputs"]["peak"] == pytest.approx(-25.0, abs=0.3)
    assert told["buses"]["inputs"]["rms"] == pytest.approx(-28.0, abs=0.3)
    assert told["duck"] == 12.0
    assert len(signal) > RATE
