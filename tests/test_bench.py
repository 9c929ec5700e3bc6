"""The bench: its figures, and that it leaves the interpreter as it was."""

import gc

import pytest

from jambox.bench import Load, measure, table
from jambox.sound import kernel


@pytest.mark.parametrize(
    "load",
    [
        Load(frames=16, inputs=0, voices=0, blocks=20),
        Load(frames=64, rate=44100, inputs=2, voices=4, pitched=True, blocks=20),
    ],
)
def test_blocks_are_timed_and_compared_with_their_deadline(load: Load) -> None:
    result = measure(load)
    assert result.compiled is kernel.__file__.endswith(".so")
    assert result.deadline == pytest.approx(load.frames / load.rate * 1e6)
    assert list(result.microseconds) == list(result.share) == ["p50", "p99", "p99.9", "p100"]
    assert 0.0 < result.microseconds["p50"] <= result.microseconds["p100"]
    for name, micro in result.microseconds.items():
        assert result.share[name] == pytest.approx(micro / result.deadline, abs=1e-3)
    assert result.load["pitched"] is load.pitched


def test_more_voices_cost_more() -> None:
    few, many = (measure(Load(inputs=0, voices=voices, blocks=300)) for voices in (0, 100))
    assert many.microseconds["p50"] > few.microseconds["p50"]


def test_the_collector_runs_again_afterwards() -> None:
    frozen = gc.get_freeze_count()
    measure(Load(frames=16, inputs=1, voices=1, blocks=1))
    assert gc.isenabled()
    assert gc.get_freeze_count() == frozen


def test_the_result_for_people() -> None:
    text = table(measure(Load(frames=16, inputs=1, voices=2, blocks=5)))
    assert text.startswith("16 frames at 48000 Hz: 1 inputs, 2 voices, 5 blocks, kernel ")
    assert "deadline 333 µs" in text
    assert len(text.splitlines()) == 6
