"""A guest's process: captures one card into its inlet, at that card's own pace, until it is ended or the card is lost.

    python -m jambox.sound.capture SETTINGS

SETTINGS is the JSON of `Capturing`. Standard output carries one line of JSON, `Joined`, once the card runs. A card that
cannot be opened, or is lost, ends the process with its message on standard error and exit status DEVICE_LOST.
"""

import gc
import signal
import sys
import time

import alsaaudio
import msgspec

from jambox.errors import DeviceError
from jambox.frameclock import DelayLockedLoop
from jambox.sound.agreement import DEVICE_LOST, Capturing, Joined
from jambox.sound.devices import Stream, open_at_any_rate
from jambox.sound.inlets import Inlet, Inlets
from jambox.sound.resampler import stow
from jambox.sound.rights import die_with_parent, freeze_objects, lock_memory, take_priority
from jambox.sound.sinc import sinc_table
from jambox.sound.tables import table

PRIORITY = 72
"""SCHED_FIFO priority: above the engine's 70. It takes some 20 µs a period, and its stamps tell the time."""
BANDWIDTH = 0.02
"""Of the loop that filters the stamps, in Hz."""


def main() -> int:
    """Run until the card is lost; the exit status."""
    settings = msgspec.json.decode(sys.argv[1], type=Capturing)
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        _run(settings)
    except DeviceError as fault:
        print(fault, file=sys.stderr)
    return DEVICE_LOST


def _run(settings: Capturing) -> None:
    inlet = Inlets(settings.count, settings.inlets).inlets[settings.number]
    stream = open_at_any_rate(settings.device, alsaaudio.PCM_CAPTURE, settings.device.inputs)
    inlet.lay(sinc_table(settings.device.rate / stream.rate))
    lock_memory()
    freeze_objects()
    gc.disable()
    realtime = take_priority(PRIORITY)
    joined = Joined(settings.device.name, stream.rate, stream.period, stream.channels, stream.format.name, realtime)
    print(msgspec.json.encode(joined).decode(), flush=True)
    capture(inlet, stream)


def capture(inlet: Inlet, stream: Stream) -> None:
    """Write period after period into the inlet; real-time safe. Raises DeviceError when the card is lost."""
    samples = table("f", stream.period * stream.channels)
    ring = inlet.rings[min(stream.channels, len(inlet.rings)) - 1]
    loop = DelayLockedLoop(stream.rate, stream.period, BANDWIDTH)
    run = written = 0
    while True:
        try:
            count, raw = stream.pcm.read()
        except alsaaudio.ALSAAudioError as fault:
            raise DeviceError(f"{stream.name}: lost while capturing: {fault}") from fault
        now = time.monotonic()
        if count < stream.period:
            # An xrun: ALSA has begun anew, and so does the time.
            run += 1
            loop = DelayLockedLoop(stream.rate, stream.period, BANDWIDTH)
            continue
        stream.format.decode(memoryview(raw).cast(stream.format.code), samples)
        stow(samples, stream.channels, ring, written, count)
        written += count
        inlet.publish(run, written, loop.update(written, now), stream.period)


if __name__ == "__main__":
    sys.exit(main())
