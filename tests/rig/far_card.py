"""The process of a far end: it plays one file of frames into a card and records another, and does without numpy.

`far_sound.FarCard` starts it. Frames go from file to card and back through small buffers, as each page of memory that
a process of the rig touches anew costs it some time.
"""

import dataclasses
import json
import select
import sys
import time
from pathlib import Path
from typing import Any

import alsaaudio

FORMATS = {
    "float32": (alsaaudio.PCM_FORMAT_FLOAT_LE, "<f4", 1.0),
    "int32": (alsaaudio.PCM_FORMAT_S32_LE, "<i4", 2.0**31),
    "int16": (alsaaudio.PCM_FORMAT_S16_LE, "<i2", 2.0**15),
}
"""A sample format's name: ALSA's number for it, numpy's dtype, and full scale. Both ends of a loopback cable
must use the same.
"""
BUFFER = 1 << 18
"""Bytes that are read from a file, or written to it, at a time."""


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

    @property
    def frame(self) -> int:
        """Bytes of a frame."""
        return self.channels * int(FORMATS[self.sample][1][-1])

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


def _main(folder: Path, setup: Setup) -> None:
    """Plays folder/play once, records as much into folder/heard, and ends early when its standard input is closed."""
    block = setup.period * setup.frame
    left = (folder / "play").stat().st_size
    with (folder / "play").open("rb", BUFFER) as play, (folder / "heard").open("wb", BUFFER) as heard:
        capture, playback = setup.open(alsaaudio.PCM_CAPTURE), setup.open(alsaaudio.PCM_PLAYBACK)
        begin = play.read(setup.periods * block)
        started: float | None = time.monotonic()
        # The first write starts playing and the first read starts recording: nothing may come between.
        if playback.write(begin) < 0:
            raise FarError("xrun at the start")
        while left > 0:
            length, frames = capture.read()
            if length < 0:
                raise FarError(f"xrun: the far end recorded too late, {left} bytes before the end")
            heard.write(frames)
            if started is not None:
                print(started, flush=True)
                started = None
            left -= len(frames)
            if (more := play.read(block)) and playback.write(more) < 0:
                raise FarError(f"xrun: the far end played too late, {left} bytes before the end")
            if select.select([sys.stdin], [], [], 0)[0]:
                break


if __name__ == "__main__":
    _main(Path(sys.argv[1]), Setup(**json.loads(sys.argv[2])))
