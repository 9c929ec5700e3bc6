"""Guests join the inputs at the host's pace; they come, break off and go without a click."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from jambox.frameclock import FrameClock
from jambox.sound.guests import CHANNELS, LATE, LINE, PLACE, Guests
from jambox.sound.sinc import TAPS, sinc_table
from jambox.sound.tables import table, view

RATE, PERIOD, CAPACITY = 48000, 128, 4096
WEIGHTS = sinc_table()
TONE, AMPLITUDE = 200.0, 0.5
OWN = AMPLITUDE * 2.0 * np.pi * TONE / RATE
"""The tone's own largest step."""


class Cable:
    """A guest in step with its own exact clock, `ppm` fast; it stops writing while `pulled`."""

    def __init__(self, ppm: float = 0.0, first: int = 0, channels: int = 1) -> None:
        self.taps = WEIGHTS
        self._ring = np.zeros((CHANNELS, CAPACITY), np.float32)
        self.rings = [view(self._ring[:rows]) for rows in range(1, CHANNELS + 1)]
        self.rate = RATE * (1.0 + 1e-6 * ppm)
        self.seat: tuple[float, float] = (first, channels)
        self.pulled = self.torn = False
        self.run = self.written = 0
        self._line, self._place = table("d", LINE), table("d", PLACE)

    def go_on(self, now: float) -> None:
        while (self.written + PERIOD) / self.rate <= now:
            places = np.arange(self.written, self.written + PERIOD)
            if not self.pulled:
                self._ring[:, places % CAPACITY] = AMPLITUDE * np.cos(2.0 * np.pi * TONE / self.rate * places)
                line = (self.run, self.written + PERIOD, self.written, self.written / self.rate, self.rate, PERIOD)
                self._line[:] = view(np.array(line, np.float64))
            self.written += PERIOD

    def line(self) -> Any:
        return None if self.torn else self._line

    def place(self) -> Any:
        self._place[:] = view(np.array(self.seat, np.float64))
        return None if self.torn else self._place


def heard(cable: Cable, script: Any, blocks: int = 400, wanted: int = 1, places: int = 2) -> tuple[Any, Guests]:
    """All columns of so many blocks; `script(block)` comes before each."""
    guests = Guests([cable], RATE, PERIOD, 1, wanted, places)
    captured: NDArray[np.float32] = np.full(PERIOD, 0.25, np.float32)
    rows = []
    for block in range(blocks):
        script(block)
        cable.go_on((block + 1) * PERIOD / RATE)
        clock = FrameClock(block * PERIOD, (block + 1) * PERIOD / RATE, RATE)
        joined = guests.join(view(captured), clock, block * PERIOD)
        rows.append(np.array(joined, np.float64).reshape(PERIOD, guests.width))
    return np.concatenate(rows), guests


def steps(column: NDArray[np.float64]) -> float:
    return float(np.abs(np.diff(column)).max())


@pytest.mark.parametrize("ppm", [0.0, 500.0, -500.0])
def test_a_guest_is_heard_beside_the_inputs_as_late_as_promised(ppm: float) -> None:
    out, guests = heard(Cable(ppm, first=1), lambda _: None)
    assert guests.width == 3
    assert np.array_equal(out[:, 0], np.full(len(out), 0.25))
    assert not out[:, 1].any()
    late = PERIOD + TAPS / 2 + LATE * RATE
    expected = AMPLITUDE * np.cos(2.0 * np.pi * TONE / RATE * (np.arange(len(out)) - late))
    assert np.abs(out[RATE // 4 :, 2] - expected[RATE // 4 :]).max() < 0.01
    assert guests.dry == 0
    assert steps(out[:, 2]) < 1.5 * OWN


@pytest.mark.parametrize("how", ["pulled", "seat", "restarted"])
def test_one_that_goes_and_comes_back_makes_no_click(how: str) -> None:
    cable = Cable()

    def script(block: int) -> None:
        if how == "pulled":
            cable.pulled = 100 <= block < 200
            cable.run = int(block >= 200)
        elif how == "seat":
            cable.seat = (0, 0) if 100 <= block < 200 else (0, 1)
        elif block in (100, 200):
            cable.run += 1

    out, guests = heard(cable, script)
    assert steps(out[:, 1]) < 2.5 * OWN
    assert guests.dry == (2 if how == "restarted" else 1)
    assert np.abs(out[50 * PERIOD : 90 * PERIOD, 1]).max() == pytest.approx(AMPLITUDE, rel=1e-2)
    assert np.abs(out[-50 * PERIOD :, 1]).max() == pytest.approx(AMPLITUDE, rel=1e-2)
    assert how == "restarted" or not out[110 * PERIOD : 195 * PERIOD, 1].any()


def test_what_is_being_written_is_taken_later() -> None:
    cable = Cable()

    def script(block: int) -> None:
        cable.torn = block % 7 != 0 and block < 50

    out, _ = heard(cable, script)
    assert np.abs(out[-50 * PERIOD :, 1]).max() == pytest.approx(AMPLITUDE, rel=1e-2)


@pytest.mark.parametrize("seat", [(-1.0, 1.0), (2.0, 1.0), (0.0, 3.0), (1.0, 2.0), (0.0, 99.0)])
def test_a_seat_that_is_none_is_silent(seat: tuple[float, float]) -> None:
    cable = Cable()
    cable.seat = seat
    out, _ = heard(cable, lambda _: None, 50)
    assert not out[:, 1:].any()


def test_a_guest_that_says_no_number_is_silent() -> None:
    cable = Cable()
    cable.pulled = True
    cable._line[:] = view(np.array([0.0, 1e9, np.nan, np.nan, 48000.0, 128.0]))
    out, _ = heard(cable, lambda _: None, 50)
    assert not out[:, 1:].any()


def test_it_changes_its_strip_in_silence() -> None:
    cable = Cable()

    def script(block: int) -> None:
        cable.seat = (1, 1) if block >= 100 else (0, 1)

    out, _ = heard(cable, script)
    assert steps(out[:, 1]) < 2.5 * OWN
    assert steps(out[:, 2]) < 2.5 * OWN
    assert not out[110 * PERIOD :, 1].any()
    assert out[-PERIOD:, 2].any()
