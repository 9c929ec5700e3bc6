"""Where the engine's frames come from and go to: an ALSA card, a WAV file, or nothing, by the same two calls."""

import errno
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

import alsaaudio
import msgspec

from jambox.errors import DeviceError
from jambox.sound import kernel
from jambox.sound.agreement import OUTPUTS, WITH_CUE, Granted, Request
from jambox.sound.tables import NOTHING, table

LONG_PAUSE = 0.05
"""Seconds behind, after which a device without a card gives up catching up."""
RATES = (48000, 44100, 96000, 32000, 16000)
"""Rates that a card with a clock of its own is asked for that does not have the host's."""


class Format(NamedTuple):
    """A sample format: ALSA's name and number, bytes a sample, its integers' code, the kernel's converters."""

    name: str
    number: int
    width: int
    code: Literal["i", "B", "h"]
    decode: Callable[[Any, Any], None]
    encode: Callable[[Any, Any], None]


FORMATS = (
    Format("S32_LE", alsaaudio.PCM_FORMAT_S32_LE, 4, "i", kernel.decode32, kernel.encode32),
    Format("S24_3LE", alsaaudio.PCM_FORMAT_S24_3LE, 3, "B", kernel.decode24, kernel.encode24),
    Format("S16_LE", alsaaudio.PCM_FORMAT_S16_LE, 2, "h", kernel.decode16, kernel.encode16),
)
"""Best first."""


class Device(Protocol):
    """Paced by the card, or by a clock: `read` waits for one period, `write` takes one."""

    granted: Granted
    xruns: int

    def read(self) -> "memoryview[float]":
        """The next period of captured frames (float32, period x inputs, interleaved). Raises DeviceError when lost."""

    def write(self, played: "memoryview[float]", cue: "memoryview[float]" = NOTHING) -> None:
        """Play one period (float32, period x 2, interleaved), and on outputs 3 and 4, if they are granted, the cue.

        `cue` is like `played`, or empty. Raises DeviceError when the device is lost.
        """

    def close(self) -> None:
        """Let go of it."""


def open_device(request: Request) -> Device:
    """Open what is asked for. Raises DeviceError with the reason and the remedy."""
    if request.name == "null":
        return NullDevice(request)
    if request.name.startswith("wav:"):
        # Here, so that only a box that writes a file has libsndfile in its locked memory.
        from jambox.sound.wav import WavDevice

        return WavDevice(request, Path(request.name.removeprefix("wav:")))
    return AlsaDevice(request)


class NullDevice:
    """Silence in, nothing out, at the pace of the monotonic clock."""

    def __init__(self, request: Request) -> None:
        self.granted = Granted("null", request.rate, request.period, 1, 0, "float", request.period, request.outputs)
        self.xruns = 0
        self._captured: memoryview[float] = table("f", 0)
        self._seconds = request.period / request.rate
        self._due: float | None = None

    def read(self) -> "memoryview[float]":
        """Wait until the next period is due by the clock, counted from the first call; after a long pause, from now."""
        now = time.monotonic()
        due = now if self._due is None else self._due + self._seconds
        if now < due:
            time.sleep(due - now)
        elif now - due > LONG_PAUSE:
            due = now
        self._due = due
        return self._captured

    def write(self, played: "memoryview[float]", cue: "memoryview[float]" = NOTHING) -> None:
        """Drop one period."""

    def close(self) -> None:
        """Nothing to let go of."""


class Stream(NamedTuple):
    """One direction of a card as it was granted."""

    name: str
    pcm: Any
    format: Format
    rate: int
    channels: int
    period: int
    periods: int

    @property
    def frame_bytes(self) -> int:
        return self.format.width * self.channels


class AlsaDevice:
    """One card, full duplex where it can capture: both directions run from the same start and restart together."""

    def __init__(self, request: Request) -> None:
        self.xruns = 0
        self._playback = out = _open_playback(request)
        self._capture = _open_capture(msgspec.structs.replace(request, period=out.period, periods=out.periods))
        inputs = self._capture.channels if self._capture else 0
        ahead = out.periods - 1 if inputs else out.periods
        self.granted = Granted(
            *(request.name, out.rate, out.period, out.periods, inputs, out.format.name, ahead * out.period),
            min(out.channels, request.outputs),
        )
        self._silence = bytes(out.period * out.periods * out.frame_bytes)
        self._voice = Voice(out)
        self._captured: memoryview[float] = table("f", out.period * inputs)
        self._no_input: memoryview[float] = table("f", out.period * inputs)
        try:
            self._playback.pcm.write(self._silence)
        except alsaaudio.ALSAAudioError as fault:
            self.close()
            raise DeviceError(f"{request.name}: does not start: {_remedy(str(fault))}") from fault

    def read(self) -> "memoryview[float]":
        """Wait for one period and convert it; after an xrun, silence. A card without inputs does not wait here."""
        if self._capture is None:
            return self._no_input
        try:
            count, raw = self._capture.pcm.read()
        except alsaaudio.ALSAAudioError as fault:
            raise DeviceError(f"{self.granted.name}: lost while capturing: {fault}") from fault
        if count < self.granted.period:
            self._restart()
            return self._no_input
        self._capture.format.decode(memoryview(raw).cast(self._capture.format.code), self._captured)
        return self._captured

    def write(self, played: "memoryview[float]", cue: "memoryview[float]" = NOTHING) -> None:
        """Convert and play one period."""
        try:
            count = self._playback.pcm.write(self._voice.encode(played, cue))
        except alsaaudio.ALSAAudioError as fault:
            raise DeviceError(f"{self.granted.name}: lost while playing: {fault}") from fault
        if count == -errno.EPIPE:
            self._restart()

    def close(self) -> None:
        """Stop both directions and close them."""
        self._playback.pcm.close()
        if self._capture:
            self._capture.pcm.close()

    def _restart(self) -> None:
        # One xrun, one restart: both directions begin anew, with a full buffer of silence ahead.
        self.xruns += 1
        try:
            self._playback.pcm.drop()
            if self._capture:
                self._capture.pcm.drop()
            self._playback.pcm.write(self._silence)
        except alsaaudio.ALSAAudioError as fault:
            raise DeviceError(f"{self.granted.name}: lost: {fault}") from fault


class Voice:
    """What is played on a stream, as it takes it: the mix first, then the cue, silence on further channels."""

    def __init__(self, out: Stream) -> None:
        self._encode, self._channels = out.format.encode, out.channels
        self._raw = table(out.format.code, out.period * out.frame_bytes // struct.calcsize(out.format.code))
        self._wide: memoryview[float] = table("f", out.period * out.channels)

    def encode(self, played: "memoryview[float]", cue: "memoryview[float]") -> Any:
        """One period (float32, x 2, interleaved; `cue` may be empty) as integers. Real-time safe."""
        if self._channels == OUTPUTS:
            self._encode(played, self._raw)
            return self._raw
        kernel.weave(played, self._wide, self._channels, 0)
        if self._channels >= WITH_CUE:
            kernel.weave(cue, self._wide, self._channels, OUTPUTS)
        self._encode(self._wide, self._raw)
        return self._raw


def _open_playback(request: Request) -> Stream:
    # One that has fewer outputs than the cue wants plays the mix.
    try:
        return open_stream(request, alsaaudio.PCM_PLAYBACK, request.outputs)
    except DeviceError:
        if request.outputs == OUTPUTS:
            raise
        return open_stream(request, alsaaudio.PCM_PLAYBACK, OUTPUTS)


def _open_capture(request: Request) -> Stream | None:
    # No inputs, or inputs that keep another time than the outputs: the box plays without them.
    if request.inputs == 0:
        return None
    try:
        stream = open_stream(request, alsaaudio.PCM_CAPTURE, request.inputs)
    except DeviceError:
        return None
    if stream.period == request.period:
        return stream
    stream.pcm.close()
    return None


def open_stream(request: Request, direction: int, channels: int) -> Stream:
    """Open one direction (of alsaaudio's) of a card, at the rate that is asked for; what is captured may have other
    channels, what is played more, or fewer down to OUTPUTS. Raises DeviceError with the reason and the remedy.
    """
    # A card silently grants something else than what it cannot do: try each format, and believe only info().
    offers = ""
    for kind in FORMATS:
        try:
            pcm = alsaaudio.PCM(
                type=direction,
                mode=alsaaudio.PCM_NORMAL,
                rate=request.rate,
                channels=channels,
                format=kind.number,
                periodsize=request.period,
                periods=request.periods,
                device=request.name,
            )
        except alsaaudio.ALSAAudioError as fault:
            raise DeviceError(f"{request.name}: {_remedy(str(fault))}") from fault
        info = pcm.info()
        stream = Stream(request.name, pcm, kind, info["rate"], info["channels"], info["period_size"], info["periods"])
        fits = stream.channels >= OUTPUTS or direction == alsaaudio.PCM_CAPTURE
        if info["format_name"] == kind.name and stream.rate == request.rate and fits:
            return stream
        offers = f"{info['format_name']} at {stream.rate} Hz with {stream.channels} channels"
        pcm.close()
    raise DeviceError(
        f"{request.name}: does not take {request.rate} Hz with {channels} channels, it offers {offers}: "
        f"choose another rate by --rate, or let ALSA convert by the name plug{request.name}"
    )


def open_at_any_rate(request: Request, direction: int, channels: int) -> Stream:
    """Like `open_stream`, for a card with a clock of its own: one that does not have the rate is opened at another."""
    first: DeviceError | None = None
    for rate in (request.rate, *RATES):
        try:
            return open_stream(msgspec.structs.replace(request, rate=rate), direction, channels)
        except DeviceError as fault:
            first = first or fault
    assert first is not None
    raise first


def _remedy(fault: str) -> str:
    remedies = {
        "Device or resource busy": "another program holds it: stop that program, or choose another card by --audio",
        "No such file or directory": "no such card: see the names by `jambox list audio`",
        "No such device": "no such card: see the names by `jambox list audio`",
        "Permission denied": "not allowed: add your user to the group audio and log in again",
    }
    return next((f"{fault}: {remedy}" for sign, remedy in remedies.items() if sign in fault), fault)
