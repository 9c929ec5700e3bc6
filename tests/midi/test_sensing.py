import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.midi.sensing import SILENCE, Sensing


def test_whoever_never_sent_active_sensing_may_be_silent() -> None:
    sensing = Sensing()
    sensing.heard("Keys", 1.0)
    assert not sensing
    assert sensing.silent(100.0) == []


@pytest.mark.parametrize(("gap", "gone"), [(0.3, []), (0.329, []), (0.331, ["Keys"]), (5.0, ["Keys"])])
def test_silence_after_active_sensing_is_noticed(gap: float, gone: list[str]) -> None:
    sensing = Sensing()
    sensing.sensed("Keys", 0.0)
    sensing.sensed("Pads", 1.0)
    sensing.heard("Keys", 1.0)
    sensing.heard("Pads", 1.0 + gap)
    assert sensing.silent(1.0 + gap) == gone


def test_silence_is_told_once_until_there_is_active_sensing_again() -> None:
    sensing = Sensing()
    sensing.sensed("Keys", 0.0)
    assert sensing.silent(1.0) == ["Keys"]
    sensing.heard("Keys", 1.1)
    assert sensing.silent(9.0) == []
    sensing.sensed("Keys", 9.0)
    assert sensing.silent(9.0 + SILENCE) == ["Keys"]


def test_a_port_that_was_unplugged_is_expected_no_more() -> None:
    sensing = Sensing()
    sensing.sensed("Keys", 0.0)
    sensing.forget("Keys")
    sensing.forget("Pads")
    assert sensing.silent(1.0) == []


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 600))))
def test_a_source_is_silent_once_for_each_gap_after_active_sensing(heard: list[tuple[bool, int]]) -> None:
    """Looked at each ms: a gap counts if active sensing was among what came since the last one that did."""
    sensing, now, told = Sensing(), 0, 0
    expected, sensed = 0, False
    for active, gap in heard:
        (sensing.sensed if active else sensing.heard)("Keys", now / 1000)
        sensed = sensed or active
        if sensed and gap > 330:
            expected, sensed = expected + 1, False
        for _ in range(gap):
            now += 1
            told += len(sensing.silent(now / 1000))
        if gap == 330:
            return  # at the edge, rounding decides
    assert told == expected
