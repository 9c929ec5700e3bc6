"""The null and the WAV device, which keep the pace of a clock."""

import errno
from pathlib import Path

import numpy as np
import pytest
import soundfile

from jambox.errors import DeviceError
from jambox.sound import devices
from jambox.sound.agreement import Request
from jambox.sound.devices import NullDevice, open_device
from jambox.sound.tables import view
from jambox.sound.wav import WavDevice
from tests.sound.requests import PERIOD, RATE, frames


class Clock:
    """A monotonic clock that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(devices, "time", clock)
    return clock


def test_the_null_device_keeps_the_pace_of_the_clock(clock: Clock) -> None:
    device = open_device(Request("null", RATE, 480, 2, 2))
    assert isinstance(device, NullDevice)
    assert (device.granted.inputs, device.granted.latency) == (0, 480)
    clock.now += 30.0  # set-up takes its time; the pace begins with the first call
    begin = clock.now
    for _ in range(101):
        assert len(device.read()) == 0
        device.write(frames(count=480))
        clock.now += 0.003
    assert clock.now - begin == pytest.approx(100 * 0.01 + 0.003)
    assert device.xruns == 0
    device.close()


def test_a_short_pause_is_caught_up_and_a_long_one_forgotten(clock: Clock) -> None:
    device = NullDevice(Request("null", RATE, 480, 2, 0))
    device.read()
    clock.now += 0.035
    for _ in range(3):
        device.read()
    assert clock.slept == []
    device.read()
    assert clock.slept == [pytest.approx(0.005)]
    clock.now += 3600.0
    device.read()
    device.read()
    assert clock.slept[1:] == [pytest.approx(0.01)]


def test_the_wav_device_writes_what_is_played(clock: Clock, tmp_path: Path) -> None:
    path = tmp_path / "jam.wav"
    device = open_device(Request(f"wav:{path}", RATE, 4, 2, 0))
    assert isinstance(device, WavDevice)
    blocks = np.random.default_rng(1).uniform(-1, 1, (3, 8)).astype(np.float32)
    for block in blocks:
        device.read()
        device.write(view(block))
    device.close()
    written, rate = soundfile.read(path)
    assert (rate, written.shape) == (RATE, (12, 2))
    assert np.abs(written.reshape(-1) - blocks.reshape(-1)).max() < 2.0**-22
    assert (device.granted.name, device.granted.format) == (f"wav:{path}", "PCM_24")
    assert len(clock.slept) == 2


def test_the_wav_device_writes_the_cue_beside_what_is_played(clock: Clock, tmp_path: Path) -> None:
    path = tmp_path / "jam.wav"
    device = open_device(Request(f"wav:{path}", RATE, 4, 2, 0, 4))
    blocks = np.random.default_rng(1).uniform(-1, 1, (3, 2, 8)).astype(np.float32)
    for played, cue in blocks:
        device.write(view(played), view(cue))
    device.close()
    written, _ = soundfile.read(path)
    expected = np.concatenate([np.hstack([played.reshape(4, 2), cue.reshape(4, 2)]) for played, cue in blocks])
    assert (device.granted.outputs, written.shape) == (4, (12, 4))
    assert np.abs(written - expected).max() < 2.0**-22
    assert clock.slept == []


def test_a_wav_file_that_cannot_be_made_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match=r"cannot write .*jam\.wav: .*name a file in a folder that you may write to"):
        open_device(Request(f"wav:{tmp_path}/none/jam.wav", RATE, PERIOD, 2, 0))


def test_a_full_disk_is_a_lost_device(clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = WavDevice(Request("wav", RATE, PERIOD, 2, 0), tmp_path / "jam.wav")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(soundfile.SoundFile, "buffer_write", full)
    with pytest.raises(DeviceError, match=r"jam\.wav: .*No space left.*make room"):
        device.write(frames())
    assert clock.slept == []
