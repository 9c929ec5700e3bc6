"""What keys shall sound, and which keys are nearest to that."""

import pytest

from jambox.midi.ground import EQUAL, KEYS, Ground


@pytest.mark.parametrize(
    ("pitches", "keys"),
    [
        ((60.0, 62.0), (60, 62)),
        # The lower of two, and never twice.
        ((60.5, 60.4999999999, 60.5000000001), (60,)),
        ((60.501, 59.51), (60, 61)),
        ((None, -0.6, -0.4, 127.4, 128.0), (0, 127)),
        ((), ()),
    ],
)
def test_the_keys_nearest_to_what_sounds(pitches: tuple[float | None, ...], keys: tuple[int, ...]) -> None:
    assert Ground(0, pitches).keys == keys


def test_the_tonics_key_is_nearest_to_the_tonic() -> None:
    assert Ground(60.4, (60.4, 62.4, 63.9)).keys == (60, 62, 63)
    assert Ground(59.6, (59.6, 61.6)).keys == (60, 62)


def test_in_equal_temperament_every_key_is() -> None:
    assert EQUAL.keys == tuple(range(128))


def test_an_instrument_counts_keys_by_its_own_a4() -> None:
    flat = Ground(0.0, (*KEYS[:60], None, *KEYS[61:]), 440.0 * 2.0 ** (-30.0 / 1200.0))
    assert flat.heard[60] is None
    assert flat.heard[69] == pytest.approx(68.7)
    assert Ground().heard == KEYS
