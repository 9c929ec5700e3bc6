"""The process of a cue card: plays what engines leave in its outlet, at that card's own pace, until ended or lost.

    python -m jambox.sound.cueing SETTINGS

SETTINGS is the JSON of `Cueing`. Standard output carries one line of JSON, `Cued`, once the card is open. A card that
cannot be opened, or is lost, ends the process with its message on standard error and exit status DEVICE_LOST.
"""

import gc
import select
import signal
import sys
import time

import alsaaudio
import msgspec

from jambox.errors import DeviceError
from jambox.frameclock import DelayLockedLoop
from jambox.sound.agreement import DEVICE_LOST, OUTPUTS, Cued, Cueing
from jambox.sound.capture import BANDWIDTH
from jambox.sound.devices import Stream, Voice, open_at_any_rate
from jambox.sound.guests import Guests
from jambox.sound.outlet import Outlet, Report
from jambox.sound.rights import die_with_parent, freeze_objects, lock_memory, take_priority
from jambox.sound.sinc import sinc_table
from jambox.sound.tables import NOTHING

PRIORITY = 69
"""SCHED_FIFO priority: below the engine's 70, so that the cue never takes the main output's time."""
STILL = 1000
"""Milliseconds without room for a period after which the card counts as lost."""


def main() -> int:
    """Run until the card is lost; the exit status."""
    settings = msgspec.json.decode(sys.argv[1], type=Cueing)
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        _run(settings)
    except DeviceError as fault:
        print(fault, file=sys.stderr)
    return DEVICE_LOST


def _run(settings: Cueing) -> None:
    stream = open_at_any_rate(settings.device, alsaaudio.PCM_PLAYBACK, OUTPUTS)
    outlet = Outlet(settings.outlet, sinc_table(stream.rate / settings.device.rate))
    lock_memory()
    freeze_objects()
    gc.disable()
    realtime = take_priority(PRIORITY)
    cued = Cued(settings.device.name, stream.rate, stream.period, stream.periods, stream.format.name, realtime)
    print(msgspec.json.encode(cued).decode(), flush=True)
    report = Report()
    while True:
        try:
            report = _play(outlet, stream, report)
            stream.pcm.drop()
        except alsaaudio.ALSAAudioError as fault:
            raise DeviceError(f"{stream.name}: lost while playing: {fault}") from fault


def _play(outlet: Outlet, stream: Stream, before: Report) -> Report:
    """From a start of the card to its next xrun; how it fares then. Real-time safe once it plays.

    Raises DeviceError when the card is lost, and what alsaaudio raises.
    """
    pcm, period = stream.pcm, stream.period
    guests = Guests((outlet,), stream.rate, period, 0, 0, OUTPUTS)
    loop, voice, room = DelayLockedLoop(stream.rate, period, BANDWIDTH), Voice(stream), select.poll()
    for descriptor, events in pcm.polldescriptors():
        room.register(descriptor, events)
    # A full buffer of silence, which is also the start.
    count = pcm.write(bytes(period * stream.periods * stream.frame_bytes))
    played = 0
    report = before
    while count > 0:
        # Wait first and read then: what is read before would wait for room, a period long.
        if not room.poll(STILL):
            raise DeviceError(f"{stream.name}: stands still: unplug it and plug it in again")
        played += period
        clock = loop.update(played, time.monotonic())
        count = pcm.write(voice.encode(guests.join(NOTHING, clock, played), NOTHING))
        report = Report(before.played + played, clock.rate, before.xruns, before.dry + guests.dry)
        outlet.report(report)
    return report._replace(xruns=before.xruns + 1)


if __name__ == "__main__":
    sys.exit(main())
