"""The far end of the rig's loopback card: it plays what the box should hear and records what the box plays.

What is played into `hw:Loopback,1` the box captures from `hw:Loopback,0`, and back. `FarCard` is the far end,
in a process of its own so that it takes no interpreter from the box; `bare_loop` stands where the box stands,
and does nothing but read and write: the peer to compare with.
"""

import dataclasses
import json
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import alsaaudio
import numpy as np
from numpy.typing import NDArray

FORMATS = {
    "float32": (alsaaudio.PCM_FORMAT_FLOAT_LE, "<f4", 1.0),
    "int32": (alsaaudio.PCM_FORMAT_S32_LE, "<i4", 2.0**31),
    "int16": (alsaaudio.PCM_FORMAT_S16_LE, "<i2", 2.0**15),
}
"""A sample format's name: ALSA's number for it, numpy's dtype, and full scale. Both ends of a loopback cable
must use the same.
"""


LONG = 1 << 19
"""Frames that are compared at most. A process of the rig that touches 256 MB may die by SIGSEGV: each of its pages may
be a mapping of this machine's, which allows 65,530 (vm.max_map_count)."""


class FarError(Exception):
    """The far end could not keep its promise, so its recording proves nothing."""


@dataclasses.dataclass(frozen=True)
class Setup:
    """What is asked of one PCM, and demanded from it."""

    device: str
    rate: int = 48000
    channels: int = 2
    sample: str = "float32"
    period: int = 512
    periods: int = 4

    def open(self, direction: int) -> Any:
        """Opens the PCM; `direction` is alsaaudio's PCM_CAPTURE or PCM_PLAYBACK. Raises FarError if the card
        gives other parameters.
        """
        pcm = alsaaudio.PCM(
            type=direction,
            device=self.device,
            rate=self.rate,
            channels=self.channels,
            format=FORMATS[self.sample][0],
            periodsize=self.period,
            periods=self.periods,
        )
        # pyalsaaudio takes whatever the card offers instead, and says nothing.
        asked = (self.rate, self.channels, FORMATS[self.sample][0], self.period, self.periods)
        info = pcm.info()
        given = tuple(info[key] for key in ("rate", "channels", "format", "period_size", "periods"))
        if asked != given:
            pcm.close()
            names = "rate, channels, format, period, periods"
            raise FarError(f"{self.device}: asked for {names} {asked}, got {given}")
        return pcm


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
        self._frames = len(play)
        self._setup = Setup(device, rate, play.shape[1], sample, period, periods)
        _, dtype, self._scale = FORMATS[sample]
        blocks = max(-(-len(play) // period), periods)
        padded = np.zeros((blocks * period, play.shape[1]))
        padded[: len(play)] = play * self._scale
        if self._scale > 1.0:
            padded = np.clip(np.rint(padded), -self._scale, self._scale - 1.0)
        self._samples = padded.astype(dtype)

    def __enter__(self) -> Self:
        """Starts the process; raises FarError with its words if the card cannot be opened as asked."""
        self._folder = tempfile.TemporaryDirectory(prefix="far-card.")
        np.save(Path(self._folder.name) / "play.npy", self._samples)
        words = [sys.executable, __file__, self._folder.name, json.dumps(dataclasses.asdict(self._setup))]
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
        heard: NDArray[Any] = np.load(Path(self._folder.name) / "heard.npy")
        return (heard[: self._frames] / self._scale).astype(np.float32)


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


def _main(folder: Path, setup: Setup) -> None:
    """The far end's process: plays folder/play.npy, records folder/heard.npy, ends early when its standard
    input is closed.
    """
    play = np.load(folder / "play.npy")
    heard = np.zeros_like(play)
    capture, playback = setup.open(alsaaudio.PCM_CAPTURE), setup.open(alsaaudio.PCM_PLAYBACK)
    at = setup.period * setup.periods
    done = 0
    started = time.monotonic()
    # The first write starts playing and the first read starts recording: nothing may come between.
    if playback.write(play[:at].tobytes()) < 0:
        raise FarError("xrun at the start")
    while done < len(play):
        length, block = capture.read()
        if length < 0:
            raise FarError(f"xrun: the far end recorded too late at frame {done}")
        heard[done : done + length] = np.frombuffer(block, play.dtype).reshape(-1, setup.channels)
        if done == 0:
            print(started, flush=True)
        done += length
        if at < len(play) and playback.write(play[at : at + setup.period].tobytes()) < 0:
            raise FarError(f"xrun: the far end played too late at frame {at}")
        at += setup.period
        if select.select([sys.stdin], [], [], 0)[0]:
            break
    np.save(folder / "heard.npy", heard[:done])


if __name__ == "__main__":
    _main(Path(sys.argv[1]), Setup(**json.loads(sys.argv[2])))
