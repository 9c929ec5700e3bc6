"""The far end of the rig's loopback card: it plays what the box should hear and records what the box plays.

What is played into `hw:Loopback,1` the box captures from `hw:Loopback,0`, and back. `FarCard` is the far end,
in a process of its own so that it takes no interpreter from the box; `bare_loop` stands where the box stands,
and does nothing but read and write: the peer to compare with.
"""

import dataclasses
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import alsaaudio
import numpy as np
from numpy.typing import NDArray

from tests.rig import far_card
from tests.rig.far_card import FORMATS, FarError, Setup

LONG = 1 << 19
"""Frames that are compared at most. A process of the rig that touches 256 MB may die by SIGSEGV: each of its pages may
be a mapping of this machine's, which allows 65,530 (vm.max_map_count)."""
AT_ONCE = 1 << 14
"""Frames that are converted at a time."""


class FarCard:
    """Plays `play` into the far end once and records as many frames there, from the same instant on.

    with FarCard(signal) as far:
        ...  # the box runs
        heard = far.heard()

    `play` and `heard()` are float32, shape (frames, channels), full scale 1. Frame n of `heard()` leaves the
    card at the instant at which frame n of `play` enters it: `far.started + n / rate` on CLOCK_MONOTONIC. In
    virtual time that is exact to the loopback card's tick of 16 frames, and the same in every run. Entering
    returns when both streams run.
    """

    def __init__(
        self,
        play: NDArray[np.float32],
        *,
        device: str = "hw:Loopback,1,0",
        rate: int = 48000,
        sample: str = "float32",
        period: int = 512,
        periods: int = 4,
    ) -> None:
        """`sample` is a key of FORMATS: whoever opens the cable first decides for both ends."""
        self.started = 0.0
        self._play = play
        self._setup = Setup(device, rate, play.shape[1], sample, period, periods)
        _, self._dtype, self._scale = FORMATS[sample]

    def __enter__(self) -> Self:
        """Starts the process; raises FarError with its words if the card cannot be opened as asked."""
        self._folder = tempfile.TemporaryDirectory(prefix="far-card.")
        self._write(Path(self._folder.name) / "play")
        words = [sys.executable, far_card.__file__, self._folder.name, json.dumps(dataclasses.asdict(self._setup))]
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.__exit__(None, None, None)
            raise FarError(f"the far end did not start:\n{self._words}")
        self.started = float(line)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends the process, whatever it is doing."""
        if self._process.poll() is None:
            self._process.terminate()
        self._words = self._process.communicate()[1]
        self._folder.cleanup()

    def heard(self, early: bool = False) -> NDArray[np.float32]:
        """Waits until everything was played (or, `early`, stops at the next period) and returns what the far
        end recorded.

        Raises FarError if the far end itself had an xrun: then frames do not line up.
        """
        if early:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.stdin = None
        self._process.wait()  # before `communicate`, which closes standard input
        words = self._process.communicate()[1]
        if self._process.returncode != 0:
            raise FarError(f"the far end failed:\n{words}")
        samples = np.fromfile(Path(self._folder.name) / "heard", self._dtype).astype(np.float32)
        samples /= np.float32(self._scale)
        return samples.reshape(-1, self._setup.channels)[: len(self._play)]

    def _write(self, path: Path) -> None:
        """Writes what is to be played, and silence up to a whole number of periods. Silence is a hole in the file."""
        setup = self._setup
        blocks = max(-(-len(self._play) // setup.period), setup.periods)
        with path.open("wb") as file:
            for at in range(0, len(self._play), AT_ONCE):
                if (frames := self._play[at : at + AT_ONCE]).any():
                    file.seek(at * setup.frame)
                    file.write(self._converted(frames))
            file.truncate(blocks * setup.period * setup.frame)

    def _converted(self, frames: NDArray[np.float32]) -> bytes:
        samples = frames.astype(np.float64) * self._scale  # of whole numbers, float32 has no 2**31 - 1
        if self._scale > 1.0:
            samples = np.clip(np.rint(samples), -self._scale, self._scale - 1.0)
        return samples.astype(self._dtype).tobytes()


def lag(played: NDArray[np.float32], heard: NDArray[np.float32]) -> int:
    """Returns by how many frames `heard` comes after `played` (one-dimensional, equally long): the peak of
    their cross-correlation, over the last LONG frames.
    """
    played, heard = played[-LONG:], heard[-LONG:]
    size = 2 * len(played)
    spectrum = np.conj(np.fft.rfft(played, size)) * np.fft.rfft(heard, size)
    return int(np.argmax(np.fft.irfft(spectrum, size)[: len(played)]))


@dataclasses.dataclass(frozen=True)
class BareLoop:
    """What `bare_loop` saw: its xruns, and the seconds between the returns of successive reads, shape (blocks
    - 1,).
    """

    xruns: int
    intervals: NDArray[np.float64]


def bare_loop(
    device: str = "hw:Loopback,0",
    period: int = 128,
    periods: int = 3,
    seconds: float = 5.0,
    rate: int = 48000,
    *,
    sample: str = "float32",
    channels: int = 2,
) -> BareLoop:
    """Writes each period it reads, and nothing else, for `seconds`: the least that any program on this card
    can do.

    After an xrun of either stream both are dropped and start again with a full buffer of silence, as the box
    does it. `hw:Loopback,0,1` is a second cable of the same card, for a peer beside the box in the same run.
    Raises FarError if the card gives other parameters.
    """
    setup = Setup(device, rate, channels, sample, period, periods)
    capture, playback = setup.open(alsaaudio.PCM_CAPTURE), setup.open(alsaaudio.PCM_PLAYBACK)
    silence = bytes(periods * period * channels * np.dtype(FORMATS[sample][1]).itemsize)
    xruns, returns = 0, []
    playback.write(silence)
    for _ in range(round(seconds * rate / period)):
        length, block = capture.read()
        returns.append(time.monotonic())
        if length < 0 or playback.write(block) < 0:
            xruns += 1
            capture.drop()
            playback.drop()
            playback.write(silence)
    capture.close()
    playback.close()
    return BareLoop(xruns, np.diff(np.array(returns)))
