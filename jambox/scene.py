"""The scene: what outlives the power, and between which bounds it lies."""

from typing import Annotated

import msgspec

from jambox.reference import SCALE, Reference
from jambox.rounds import Lock
from jambox.seating import Seat
from jambox.units import Bpm, Decibels, Hertz, parse_pitch
from jambox.variation import Variation

SILENCE = Decibels(-60.0)
"""Levels at or below this are off."""
LOUDEST = Decibels(6.0)
SLOWEST, FASTEST = Bpm(20.0), Bpm(400.0)
LOWEST_TONIC, HIGHEST_TONIC = Hertz(60.0), Hertz(520.0)

_Level = Annotated[float, msgspec.Meta(ge=SILENCE, le=LOUDEST)]
_Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]


class Scene(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What outlives the power: levels in dB (-60 is off), names of data, tonic in Hz, beats per minute.

    `follow`: whether the clock of another instrument, or a session, may lead. `mixer`: parameters, by name, that were
    set while playing, over those of the configuration. `seats`: whose strips they are; `kept`: what was set of other
    cards' strips, by card, for when they come again. `energy`, and how far the cycle does `meet` its `partner`, are
    shares of 1; `variation` is what surprises, or another laya, have made of the cycle. `reference` is what the
    configuration said last.
    """

    volume: _Level = -12.0
    inputs: _Level = 0.0
    drone_level: _Level = -6.0
    rhythm_level: _Level = -6.0
    drone_on: bool = False
    drone: str = "tanpura"
    strings: str = ""
    round: Lock = Lock.FREE
    tonic: Annotated[float, msgspec.Meta(ge=LOWEST_TONIC, le=HIGHEST_TONIC)] = parse_pitch("D3")
    tuning: str = SCALE
    reference: Reference = Reference()
    cycle: str = "teental"
    variation: Variation = Variation()
    energy: _Share = 1.0
    meet: _Share = 0.0
    partner: str = ""
    tempo: Annotated[float, msgspec.Meta(ge=SLOWEST, le=FASTEST)] = 90.0
    follow: bool = True
    mixer: dict[str, float] = {}
    seats: tuple[Seat, ...] = ()
    kept: dict[str, dict[str, float]] = {}
