"""The running stages: kept from table to table, and their beats."""

import pytest

from jambox.midi.company import Company
from jambox.midi.ground import KEYS, Ground
from jambox.midi.stages import Delay, Latch, Seat
from jambox.midi.tune import Tune
from jambox.units import Bpm

ON, OFF = bytes([0x90, 60, 100]), bytes([0x80, 60, 64])


def company() -> Company:
    made = Company()
    made.keep({"a": Seat(Delay(1), "Keys"), "b": Seat(Delay(2), "Keys"), "c": Seat(Latch(), "Pads")})
    return made


def test_what_stays_goes_on_and_what_goes_is_named() -> None:
    made = company()
    made.hear("a", ON, 0.0)
    made.hear("b", ON, 0.0)
    assert made.keep({"a": Seat(Delay(1), "Keys"), "d": Seat(Latch(), "Keys")}) == ["b", "c"]
    assert made.take(9.0) == [("a", ON)]
    assert made.hear("d", ON, 0.0) == [ON]
    assert made.hear("b", ON, 0.0) == []
    assert (made.of("Keys"), made.of("Pads"), made.source("d")) == (["a", "d"], [], "Keys")


def test_beats_are_those_of_the_tempo() -> None:
    made = company()
    made.hear("b", ON, 10.0)
    made.hear("a", OFF, 10.0)
    assert made.due() == pytest.approx(10.5)
    assert made.take(10.49) == []
    assert made.take(10.5) == [("a", OFF)]
    assert made.due() == pytest.approx(11.0)


def test_a_new_tempo_counts_for_what_is_left() -> None:
    made = company()
    made.hear("b", ON, 0.0)
    assert made.pace(Bpm(60.0), 0.5)
    assert not made.pace(Bpm(60.0), 0.6)
    assert made.due() == pytest.approx(1.5)
    assert made.pace(Bpm(240.0), 1.0)
    assert made.due() == pytest.approx(1.125)


@pytest.mark.parametrize("tempo", [60.0, 77.7, 119.99, 401.0])
def test_what_is_due_is_there_at_that_very_moment(tempo: float) -> None:
    made = company()
    made.pace(Bpm(tempo), 12345.678)
    for step in range(1000):
        made.hear("a", ON, 12345.678 + step / 997)
        moment = made.due()
        assert moment is not None
        assert made.take(moment) == [("a", ON)]


def test_a_fresh_start_forgets_what_waited() -> None:
    made = company()
    for stage in "ab":
        made.hear(stage, ON, 0.0)
    made.restart(["a"])
    assert made.take(9.0) == [("b", ON)]
    made.hear("b", ON, 9.0)
    made.restart()
    assert made.due() is None
    assert made.take(99.0) == []


def test_what_tunes_a_destination_is_told_of_when_it_comes_goes_and_begins_anew() -> None:
    made, sharp = Company(), Ground(0.0, tuple(key + 0.5 for key in KEYS))
    seats = {"t": Seat(Tune("bend", channels=1), "", "Synth"), "l": Seat(Latch(), "Keys")}
    made.keep(seats)
    begun = made.news()
    assert begun[-1] == ("Synth", bytes([0xE0, 0, 0x40]))
    assert made.keep(seats) == []
    assert made.news() == []
    assert made.tune(sharp) == []
    assert made.hear("t", ON, 0.0) == [bytes([0xE0, 0, 0x50]), ON]
    assert made.tune(Ground()) == [("Synth", bytes([0xE0, 0, 0x40]))]
    made.restart(["l"])
    assert made.news() == []
    made.restart()
    assert made.news() == begun
    made.tune(sharp)
    made.hear("t", ON, 0.0)
    assert (made.source("t"), made.of("Keys"), made.keep({})) == ("", ["l"], ["t", "l"])
    assert made.news() == [("Synth", bytes([0xE0, 0, 0x40]))]
