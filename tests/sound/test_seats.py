"""Seats: a card's strips are kept for it, and its settings go where it sits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.seating import Seat
from jambox.sound.parameters import Mixer, Strip
from jambox.sound.seats import arranged, take

STRIPS = range(2, 6)
MIC, GUITAR = "Mic@usb-x-1", "Cable@usb-x-2"


@pytest.mark.parametrize(
    ("seats", "card", "channels", "present", "seat"),
    [
        ((), MIC, 1, (), Seat(MIC, 2, 1)),
        ((), MIC, 2, (), Seat(MIC, 2, 2)),
        ((), MIC, 9, (), Seat(MIC, 2, 4)),
        ((Seat(GUITAR, 2, 1),), MIC, 2, (GUITAR,), Seat(MIC, 3, 2)),
        # Its own seat is kept, whoever sits beside it, and for its twin only when it is away.
        ((Seat(MIC, 3, 1), Seat(GUITAR, 2, 1)), MIC, 1, (GUITAR,), Seat(MIC, 3, 1)),
        ((Seat(MIC, 3, 1),), "Mic@usb-x-7", 1, (), Seat("Mic@usb-x-7", 3, 1)),
        ((Seat(MIC, 3, 1),), "Mic@usb-x-7", 1, (MIC,), Seat("Mic@usb-x-7", 2, 1)),
        # One that is away keeps its seat while there is room elsewhere.
        ((Seat(GUITAR, 2, 2),), MIC, 2, (), Seat(MIC, 4, 2)),
        ((Seat(GUITAR, 2, 2), Seat("A", 4, 2)), MIC, 2, (), Seat(MIC, 2, 2)),
        ((Seat(GUITAR, 2, 2), Seat("A", 4, 2)), MIC, 2, (GUITAR,), Seat(MIC, 4, 2)),
        ((Seat(GUITAR, 2, 3),), MIC, 2, (GUITAR,), Seat(MIC, 5, 1)),
        ((Seat(GUITAR, 2, 4),), MIC, 2, (GUITAR,), None),
    ],
)
def test_where_a_card_sits_down(
    seats: tuple[Seat, ...], card: str, channels: int, present: tuple[str, ...], seat: Seat | None
) -> None:
    found, after = take(seats, card, channels, STRIPS, set(present))
    assert found == seat
    assert after == seats if seat is None else after[-1] == seat


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 5), st.sets(st.sampled_from("abcdef")))))
def test_nobody_sits_on_anothers_lap(comings: list[tuple[str, int, set[str]]]) -> None:
    seats: tuple[Seat, ...] = ()
    for card, channels, around in comings:
        present = {seat.card for seat in seats if seat.card in around} - {card}
        before = {seat for seat in seats if seat.card in present}
        _, seats = take(seats, card, channels, STRIPS, present)
        taken = [strip for seat in seats for strip in seat.strips]
        assert len(taken) == len(set(taken))
        assert set(taken) <= set(STRIPS)
        assert before <= set(seats)


def test_settings_go_where_their_card_sits() -> None:
    mixer = Mixer((Strip(trim=1.0), Strip(trim=2.0)))
    made = arranged(
        mixer, [(Seat(MIC, 3, 1), [Strip(trim=9.0), Strip(trim=8.0)]), (Seat("A", 1, 1), [Strip(trim=5.0)])]
    )
    assert made.strips == (Strip(trim=1.0), Strip(trim=5.0), Strip(), Strip(trim=9.0))
    assert arranged(mixer, []) == mixer
