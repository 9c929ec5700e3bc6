"""Recordings as they come into the bank, measured: level, pitch, length, ends."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from jambox.sound.recordings import read
from jambox.sound.shelves import Recording
from tests.sound.measure import partial_cents

RATE = 48000
TONE = 997.0


def recorded(
    folder: Path, rate: int, seconds: float = 0.5, channels: int = 1, subtype: str = "FLOAT", suffix: str = ".wav"
) -> str:
    """A file of a sine of half the full amplitude that begins at once."""
    wave = 0.5 * np.cos(2.0 * np.pi * TONE * np.arange(round(seconds * rate)) / rate)
    path = folder / f"tone{suffix}"
    soundfile.write(path, np.repeat(wave[:, None], channels, axis=1), rate, subtype)
    return str(path)


def level(sound: NDArray[np.float32]) -> float:
    middle = sound[len(sound) // 4 : len(sound) // 2]
    return float(10.0 * np.log10(2.0 * np.mean(np.square(middle, dtype=np.float64))))


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000, 96000])
def test_any_rate_comes_in_in_tune_and_in_time(tmp_path: Path, rate: int) -> None:
    sound = read(Recording(recorded(tmp_path, rate), 0.0, 0.0, 6.0), RATE)
    assert abs(len(sound) - RATE / 2) <= 3
    assert abs(partial_cents(sound, RATE, TONE)) < 0.5
    assert level(sound) == pytest.approx(-6.02, abs=0.02)
    # It speaks at once.
    assert np.abs(sound[:4]).max() > 0.2
    assert sound[-1] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("gain", "pitch", "want"), [(-12.0, 0.0, -18.02), (0.0, -12.0, -6.02), (0.0, 3.0, -6.02), (2.0, 0.0, -4.02)]
)
def test_gain_and_pitch_are_a_layers_own(tmp_path: Path, gain: float, pitch: float, want: float) -> None:
    sound = read(Recording(recorded(tmp_path, 44100), gain, pitch, 6.0), RATE)
    assert level(sound) == pytest.approx(want, abs=0.05)
    assert abs(partial_cents(sound, RATE, TONE * 2.0 ** (pitch / 12.0))) < 0.5


def test_none_is_louder_than_what_is_made(tmp_path: Path) -> None:
    sound = read(Recording(recorded(tmp_path, 48000), 20.0, 0.0, 6.0), RATE)
    assert np.abs(sound).max() == pytest.approx(10.0 ** (-2.0 / 20.0))


@pytest.mark.parametrize(
    ("channels", "subtype", "suffix"),
    [(2, "PCM_U8", ".wav"), (1, "PCM_32", ".wav"), (6, "PCM_16", ".wav"), (2, "PCM_24", ".flac"), (1, "ULAW", ".wav")],
)
def test_odd_formats_come_in(tmp_path: Path, channels: int, subtype: str, suffix: str) -> None:
    sound = read(Recording(recorded(tmp_path, RATE, 0.5, channels, subtype, suffix), 0.0, 0.0, 6.0), RATE)
    assert level(sound) == pytest.approx(-6.02, abs=0.2)


def test_a_long_one_is_faded_out(tmp_path: Path) -> None:
    sound = read(Recording(recorded(tmp_path, RATE, 3.0), 0.0, 0.0, 1.0), RATE)
    assert len(sound) == RATE
    assert np.abs(sound[-480:]).max() < 0.5 * 0.15
    assert np.abs(sound[-2500:-2400]).max() > 0.49


def test_what_is_no_number_is_silent(tmp_path: Path) -> None:
    path = tmp_path / "odd.wav"
    soundfile.write(path, np.array([0.5, np.nan, np.inf, -np.inf, 0.25] + 400 * [0.1]), RATE, "FLOAT")
    assert read(Recording(str(path), 0.0, 0.0, 6.0), RATE)[:5] == pytest.approx([0.5, 0, 0, 0, 0.25])


def test_one_that_is_gone_is_silence(tmp_path: Path) -> None:
    assert read(Recording(str(tmp_path / "gone.wav"), 0.0, 0.0, 6.0), RATE).tolist() == [0.0, 0.0]
