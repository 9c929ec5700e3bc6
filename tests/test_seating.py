"""What was set of a strip goes where its card goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.seating import Seat, settle

MIC, GUITAR = "Mic@usb-x-1", "Cable@usb-x-2"
HAT, USB, MOVED = Seat("HAT", 0, 2), Seat(MIC, 2, 2), Seat("Mic@usb-x-7", 2, 2)


@pytest.mark.parametrize(
    ("mixer", "seats", "kept", "seat", "after"),
    [
        # What was set before anybody sat there is the first one's; what is the house's is nobody's.
        (
            {"strip3.trim": 1.0, "reverb.decay": 2.0},
            (),
            {},
            USB,
            ({"strip3.trim": 1.0, "reverb.decay": 2.0}, (USB,), {}),
        ),
        # Another on one's strips finds them as the configuration says, and what was set there is kept.
        (
            {"strip3.trim": 1.0, "strip4.eq.mid": 2.0, "strip1.pan": 0.5},
            (HAT, USB),
            {},
            Seat(GUITAR, 3, 1),
            ({"strip1.pan": 0.5}, (HAT, Seat(GUITAR, 3, 1)), {MIC: {"strip1.trim": 1.0, "strip2.eq.mid": 2.0}}),
        ),
        # One that comes again finds its own, on whichever strips, and the rest waits for more channels.
        (
            {"strip5.trim": 3.0},
            (Seat(GUITAR, 4, 1),),
            {MIC: {"strip1.trim": 1.0, "strip2.trim": 2.0}},
            Seat(MIC, 3, 1),
            (
                {"strip5.trim": 3.0, "strip4.trim": 1.0},
                (Seat(GUITAR, 4, 1), Seat(MIC, 3, 1)),
                {MIC: {"strip2.trim": 2.0}},
            ),
        ),
        # The guest becomes the card that plays.
        (
            {"strip1.trim": 1.0, "strip3.trim": 3.0},
            (HAT, USB),
            {},
            Seat(MIC, 0, 2),
            ({"strip1.trim": 3.0}, (Seat(MIC, 0, 2),), {"HAT": {"strip1.trim": 1.0}}),
        ),
        # In another socket it is the same one: there, or when it comes again elsewhere.
        ({"strip3.trim": 3.0}, (USB,), {}, MOVED, ({"strip3.trim": 3.0}, (MOVED,), {})),
        ({}, (), {MIC: {"strip1.trim": 3.0}}, MOVED, ({"strip3.trim": 3.0}, (MOVED,), {})),
    ],
)
def test_settings_belong_to_a_card(
    mixer: dict[str, float],
    seats: tuple[Seat, ...],
    kept: dict[str, dict[str, float]],
    seat: Seat,
    after: tuple[dict[str, float], tuple[Seat, ...], dict[str, dict[str, float]]],
) -> None:
    assert settle(mixer, seats, kept, seat) == after


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2), st.integers(1, 2)), max_size=12))
def test_whoever_comes_in_whatever_order_finds_what_was_set_for_it(comings: list[tuple[str, int, int]]) -> None:
    mixer: dict[str, float] = {}
    seats: tuple[Seat, ...] = ()
    kept: dict[str, dict[str, float]] = {}
    trims = {"a": 1.0, "b": 2.0, "c": 3.0}
    known: set[str] = set()
    for card, first, channels in comings:
        mixer, seats, kept = settle(mixer, seats, kept, Seat(card, first, channels))
        name = f"strip{first + 1}.trim"
        assert mixer.get(name) == (trims[card] if card in known else None)
        mixer[name] = trims[card]
        known.add(card)
        assert sum(len(settings) for settings in (mixer, *kept.values())) == len(known)
