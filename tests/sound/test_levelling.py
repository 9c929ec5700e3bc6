"""The law by which trims follow what was heard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.sound.levelling import QUIETEST, TARGET, told, trims
from jambox.sound.parameters import Mixer, Strip
from jambox.units import Decibels, decibels, gain

PAIR = Mixer((Strip(pair=True),))


def amplitudes(*levels: float) -> list[float]:
    return [gain(Decibels(level)) for level in levels]


@pytest.mark.parametrize(
    ("levels", "mixer", "expected"),
    [
        ((), Mixer(), {}),
        ((-12.0,), Mixer(), {"strip1.trim": 0.0}),
        ((-30.0, -3.0), Mixer(), {"strip1.trim": 18.0, "strip2.trim": -9.0}),
        ((0.0,), Mixer(), {"strip1.trim": -12.0}),
        ((-51.9,), Mixer(), {"strip1.trim": 39.9}),
        ((-52.1,), Mixer(), {}),
        ((-120.0, -20.0), Mixer(), {"strip2.trim": 8.0}),
        # What stands now does not count: the trim comes before everything.
        ((-20.0,), Mixer((Strip(trim=30.0, mute=True),)), {"strip1.trim": 8.0}),
        ((-30.0, -20.0, -25.0), PAIR, {"strip1.trim": 8.0, "strip3.trim": 13.0}),
        ((-20.0, -120.0), PAIR, {"strip1.trim": 8.0}),
        ((-120.0, -120.0), PAIR, {}),
        # The last has no other to its right.
        ((-20.0,), PAIR, {"strip1.trim": 8.0}),
        ((-20.0, -20.0, -30.0), Mixer((Strip(pair=True), Strip(pair=True))), {"strip1.trim": 8.0, "strip3.trim": 18.0}),
    ],
)
def test_the_loudest_phrase_shall_peak_at_the_target(
    levels: tuple[float, ...], mixer: Mixer, expected: dict[str, float]
) -> None:
    assert trims(amplitudes(*levels), mixer) == expected


@given(st.lists(st.floats(0.0, 1.0), max_size=16))
def test_every_trim_brings_its_strip_to_the_target_and_silence_is_left_alone(loudest: list[float]) -> None:
    found = trims(loudest, Mixer())
    for number, peak in enumerate(loudest, 1):
        trim = found.get(f"strip{number}.trim")
        if decibels(peak) <= QUIETEST:
            assert trim is None
        else:
            assert trim is not None
            assert decibels(peak) + trim == pytest.approx(TARGET, abs=0.051)


@pytest.mark.parametrize(
    ("levels", "mixer", "text"),
    [
        ((), Mixer(), "there are no inputs to listen to"),
        ((-120.0, -60.0), Mixer(), "no input was heard: the trims stay as they are"),
        ((-30.0, -3.0), Mixer(), "strip1.trim +18.0 dB; strip2.trim -9.0 dB"),
        ((-30.0, -90.0), Mixer(), "strip1.trim +18.0 dB; strip2 is silent"),
        ((-30.0, -90.0, -90.0), Mixer(), "strip1.trim +18.0 dB; strip2, strip3 are silent"),
        ((-30.0, -90.0), PAIR, "strip1.trim +18.0 dB"),
        ((0.0,), Mixer(), "strip1.trim -12.0 dB; strip1 clips before it gets here: turn it down there"),
    ],
)
def test_the_player_is_told(levels: tuple[float, ...], mixer: Mixer, text: str) -> None:
    assert told(amplitudes(*levels), mixer) == text
