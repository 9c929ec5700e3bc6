"""What the engine leaves in the outlet is read at another card's pace, whole and in time; and how that card fares."""

import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from jambox.frameclock import FrameClock
from jambox.sound.guests import LATE, Guests
from jambox.sound.outlet import CAPACITY, Outlet, Report
from jambox.sound.sinc import TAPS, sinc_table
from jambox.sound.tables import NOTHING, view

RATE, TONE = 48000, 1000.0
weights = cache(sinc_table)


class Card:
    """A card of `rate` Hz, `ppm` fast, that reads `period` frames of what an engine of RATE renders by `block`."""

    def __init__(self, ppm: float, rate: int = RATE, period: int = 128, block: int = 128) -> None:
        self.engine = Outlet()
        self.outlet = Outlet(self.engine.descriptor, weights(rate / RATE))
        self.pace, self.period, self.block, self.nominal = rate * (1.0 + 1e-6 * ppm), period, block, rate
        self.guests = Guests((self.outlet,), rate, period, 0, 0, 2)
        self.frame = self.played = self.run = self.begun = 0
        self.dead = False

    def go_on(self, seconds: float) -> NDArray[np.float64]:
        """What the card plays until then; the left is a tone, the right half of it."""
        parts = []
        while self.played / self.pace < seconds:
            self.played += self.period
            now = self.played / self.pace
            while self.frame / RATE <= now:
                if not self.dead:
                    self._render()
                self.frame += self.block
            clock = FrameClock(self.played, now, self.pace)
            joined = self.guests.join(NOTHING, clock, self.played)
            parts.append(np.array(joined, np.float64).reshape(-1, 2))
        return np.concatenate(parts)

    def _render(self) -> None:
        left = 0.5 * np.sin(2.0 * np.pi * TONE / RATE * np.arange(self.frame, self.frame + self.block))
        cue = np.stack([left, 0.5 * left], 1).astype(np.float32)
        clock = FrameClock(self.frame - self.begun, self.frame / RATE, RATE)
        self.engine.put(view(cue.reshape(-1)), self.frame - self.begun, clock, self.run)


def residue(x: NDArray[np.float64], frequency: float) -> float:
    """Decibels by which all else lies below the tone at that frequency (in cycles a frame)."""
    n = np.arange(len(x))
    basis = np.stack([np.cos(2.0 * np.pi * frequency * n), np.sin(2.0 * np.pi * frequency * n)], 1)
    fit = basis @ np.linalg.lstsq(basis, x, rcond=None)[0]
    return float(10.0 * math.log10(np.mean((x - fit) ** 2) / np.mean(fit**2)))


@pytest.mark.parametrize("ppm", [0.0, 500.0, -500.0])
@pytest.mark.parametrize(("rate", "period", "block"), [(RATE, 128, 128), (RATE, 64, 256), (44100, 96, 128)])
def test_a_tone_comes_out_whole_at_any_pace(ppm: float, rate: int, period: int, block: int) -> None:
    card = Card(ppm, rate, period, block)
    heard = card.go_on(1.5)[-rate:]
    assert card.guests.dry == 0
    assert residue(heard[:, 0], TONE / card.pace) < -95.0
    assert np.abs(heard[:, 1] - 0.5 * heard[:, 0]).max() <= 1e-6


@pytest.mark.parametrize("ppm", [0.0, 500.0, -500.0])
@pytest.mark.parametrize("period", [64, 128, 256])
def test_it_comes_as_late_as_is_promised(ppm: float, period: int) -> None:
    card = Card(ppm, period=period, block=period)
    heard = card.go_on(1.0)[:, 0]
    seconds = (np.arange(len(heard)) + period) / card.pace
    late = (2 * period + TAPS / 2) / RATE + LATE
    expected = 0.5 * np.sin(2.0 * np.pi * TONE * (seconds - late))
    assert np.abs(heard - expected)[RATE // 2 :].max() < 0.01


@pytest.mark.parametrize("how", ["xrun", "engine"])
def test_an_engine_that_stops_and_begins_anew_makes_no_click(how: str) -> None:
    card = Card(100.0)
    parts = [card.go_on(0.5)]
    card.dead = True
    parts.append(card.go_on(0.7))
    card.dead, card.run = False, int(how == "xrun")
    if how == "engine":
        card.begun = card.frame
    parts.append(card.go_on(1.2))
    heard = np.concatenate(parts)[:, 0]
    assert card.guests.dry == 1
    assert np.abs(np.diff(heard)).max() < 2.5 * 0.5 * 2.0 * np.pi * TONE / RATE
    assert not heard[round(0.55 * RATE) : round(0.7 * RATE)].any()
    assert np.abs(heard[-4800:]).max() == pytest.approx(0.5, rel=1e-2)


def test_the_longest_period_has_room() -> None:
    card = Card(0.0, period=4096, block=4096)
    assert np.abs(card.go_on(1.0)[-4800:, 0]).max() == pytest.approx(0.5, rel=1e-2)
    assert CAPACITY >= 3 * 4096 + TAPS


def test_how_the_card_fares_is_told() -> None:
    control = Outlet()
    assert control.fares() == Report()
    card = Outlet(control.descriptor)
    told = Report(12800.0, 48001.5, 2.0, 3.0)
    card.report(told)
    assert control.fares() == told
    assert all(type(value) is float for value in vars_of(control.fares()))
    control.close()


def vars_of(report: Report | None) -> tuple[Any, ...]:
    assert report is not None
    return tuple(report)
