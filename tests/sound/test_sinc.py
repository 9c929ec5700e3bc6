import numpy as np
import pytest

from jambox.sound.sinc import PHASES, REJECTION, TAPS, sinc_table


def response(weights: "memoryview[float]", frequencies: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> list[float]:
    """Decibels of one row at frequencies in cycles a frame."""
    row = np.array([weights[0, k] for k in range(TAPS)])
    places = np.arange(TAPS)
    gains = [abs(np.sum(row * np.exp(-2j * np.pi * f * places))) for f in frequencies]
    return [float(20.0 * np.log10(max(gain, 1e-9))) for gain in gains]


@pytest.mark.parametrize("ratio", [1.0, 2.0, 44100 / 48000, 0.5])
def test_what_can_be_held_passes_and_the_rest_does_not(ratio: float) -> None:
    edge = 0.5 * min(1.0, ratio)
    width = (REJECTION - 7.95) / (14.36 * TAPS)
    weights = sinc_table(ratio)
    passed = response(weights, np.linspace(0.0, edge - 0.9 * width, 50))
    assert max(map(abs, passed)) < 0.01
    stopped = response(weights, np.linspace(edge + 0.1 * width, 0.5, 50)) if edge + 0.1 * width < 0.5 else [-200.0]
    assert max(stopped) < -REJECTION + 3.0


def test_a_whole_frame_further_are_the_same_weights_shifted() -> None:
    weights = sinc_table()
    first = [weights[0, k] for k in range(TAPS)]
    last = [weights[PHASES, k] for k in range(TAPS)]
    assert last[1:] == pytest.approx(first[:-1], abs=1e-4)
