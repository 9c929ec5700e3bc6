"""The engine's process: read, drain, render, write, report; nothing else, alone on its core.

    python -m jambox.sound.process SETTINGS

SETTINGS is the JSON of `Settings`. Standard output carries one line of JSON, `Ready`, once the first block is about to
be read. A device that cannot be opened, or is lost, ends the process with its message on standard error and exit status
DEVICE_LOST. SIGTERM fades out and ends it with 0.
"""

import gc
import mmap
import signal
import sys
import threading
import time
from collections.abc import Sequence

import msgspec

from jambox.errors import DeviceError
from jambox.frameclock import DelayLockedLoop, FrameClock
from jambox.music.drone import Figure
from jambox.sound import kernel, layout
from jambox.sound.agreement import DEVICE_LOST, OUTPUTS, WITH_CUE, Granted, Ready, Settings
from jambox.sound.commands import DefineSample, LoadDrone, LoadScore, StartDrone, Status, SwapScore
from jambox.sound.devices import Device, open_device
from jambox.sound.engine import Engine
from jambox.sound.guests import Guests
from jambox.sound.hearing import Funnel
from jambox.sound.inlets import Inlets
from jambox.sound.meters import METERS
from jambox.sound.outlet import Outlet
from jambox.sound.parameters import Mixer
from jambox.sound.rights import die_with_parent, freeze_objects, lock_memory, take_priority
from jambox.sound.shared import Link
from jambox.sound.tables import NOTHING, filled, table

PRIORITY = 70
"""SCHED_FIFO priority: above the threads of USB and MIDI (50), below the kernel's own watchdogs (99)."""
FADE_OUT = 0.06
"""Seconds of playing on after SIGTERM, while the master glides to silence."""
WARM_UP = 200
"""Blocks rendered before the card is opened: the first ones cost double."""
_SILENT = (0.0,) * layout.LEVELS


def main() -> int:
    """Run until SIGTERM or until the device is lost; the exit status."""
    settings = msgspec.json.decode(sys.argv[1], type=Settings)
    die_with_parent()
    link = Link(settings.link)
    bank = memoryview(mmap.mmap(settings.bank, 0)).cast("f")
    try:
        device = open_device(settings.device)
    except DeviceError as fault:
        print(fault, file=sys.stderr)
        return DEVICE_LOST
    try:
        _run(settings, link, bank, device)
    except DeviceError as fault:
        print(fault, file=sys.stderr)
        return DEVICE_LOST
    finally:
        device.close()
    return 0


def _run(settings: Settings, link: Link, bank: "memoryview[float]", device: Device) -> None:
    granted, places = device.granted, settings.guests
    inlets = Inlets(places, settings.inlets).inlets if places else ()
    outlet = Outlet(settings.outlet) if settings.outlet >= 0 else None
    guests = Guests(inlets, granted.rate, granted.period, granted.inputs, settings.device.inputs, places)
    engine = Engine(
        granted.rate, settings.mixer, guests.width, granted.period, bank, settings.seed, humanise=settings.humanise
    )
    warm_up(bank, settings.mixer, granted, settings.device.inputs, places)
    locked = lock_memory()
    freeze_objects()
    gc.disable()
    realtime = take_priority(PRIORITY)
    kernel.flush_denormals()
    stopping = _on_sigterm()
    ready = Ready(**msgspec.structs.asdict(granted), realtime=realtime, locked=locked)
    print(msgspec.json.encode(ready).decode(), flush=True)
    play(engine, link, device, stopping, guests, outlet)


def play(
    engine: Engine, link: Link, device: Device, stopping: Sequence[int], guests: Guests, outlet: Outlet | None = None
) -> None:
    """Block after block until `stopping` holds a signal, then a fade. Real-time safe once it runs.

    The cue goes to `outlet`, or to the device's outputs 3 and 4 where they are granted.

    Raises DeviceError when the device is lost.
    """
    granted = device.granted
    period, rate, deadline = granted.period, granted.rate, granted.period / granted.rate
    played: memoryview[float] = table("f", period * OUTPUTS)
    cue: memoryview[float] = table("f", period * OUTPUTS) if outlet or granted.outputs >= WITH_CUE else NOTHING
    loop = DelayLockedLoop(rate, period)
    everyone, strikers = Funnel(rate, filled([1.0] * guests.width)), Funnel(rate, engine.strips.strokes)
    status = Status(nominal_rate=rate, latency=granted.latency)
    meters = table("d", METERS)
    blocks_left = -1
    while blocks_left != 0:
        captured = device.read()
        begun = time.monotonic()
        clock = loop.update(engine.frame, begun)
        status.heard += drain(link, engine)
        if stopping:
            blocks_left = 1 + int(FADE_OUT / deadline) if blocks_left < 0 else blocks_left
            engine.set_levels(_SILENT)
        frame = engine.frame
        joined = guests.join(captured, clock, frame)
        engine.render(joined, played, period, cue)
        link.hear(joined, period, everyone, strikers)
        if outlet:
            outlet.put(cue, frame, clock, device.xruns)
        status.block_time = time.monotonic() - begun
        device.write(played, cue)
        status.late += status.block_time > deadline
        status.xruns, status.dry = device.xruns, guests.dry
        status.clock_frame, status.clock_time, status.clock_rate = clock.frame, clock.time, clock.rate
        engine.report(status)
        link.report(status)
        engine.strips.read_meters(meters)
        link.report_meters(meters)
        blocks_left -= 1


def drain(link: Link, engine: Engine) -> int:
    """Carry out what control has sent; how many commands that was. Real-time safe."""
    heard = 0
    while (command := link.receive()) is not None:
        heard += 1
        if isinstance(command, LoadScore):
            engine.load_score(link.numbers(command.page))
        elif isinstance(command, SwapScore):
            engine.swap_score(link.numbers(command.page))
        elif isinstance(command, LoadDrone):
            engine.load_figure(_decode_figure(link.page(command.page)))
        else:
            engine.carry_out(command)
    if (levels := link.levels()) is not None:
        engine.set_levels(levels)
    if (values := link.mixer()) is not None:
        engine.set_mixer(values)
    return heard


_decode_figure = msgspec.msgpack.Decoder(Figure).decode


def warm_up(bank: "memoryview[float]", mixer: Mixer, granted: Granted, wanted: int, places: int) -> None:
    """Render blocks on an engine of its own, so that code and tables are in the caches when it counts."""
    period = granted.period
    guests = Guests((), granted.rate, period, granted.inputs, wanted, places)
    engine = Engine(granted.rate, mixer, guests.width, period, bank)
    engine.carry_out(DefineSample(0, 0, period))
    engine.carry_out(StartDrone())
    captured = table("f", period * granted.inputs)
    played, cue = table("f", period * OUTPUTS), table("f", period * OUTPUTS)
    clock = FrameClock(0.0, 0.0, granted.rate)
    for _ in range(WARM_UP):
        engine.voices.start(layout.DRONE, 0, period, 0.0)
        engine.render(guests.join(captured, clock, 0.0), played, period, cue)
        engine.report(Status())


def _on_sigterm() -> list[int]:
    # A signal that breaks a read off looks like an xrun, and silence would cut into the fade: another thread takes it.
    # The handler is for a library's thread, which the mask does not cover.
    received: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: received.append(number))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    threading.Thread(target=lambda: received.append(signal.sigwait({signal.SIGTERM})), daemon=True).start()
    return received


if __name__ == "__main__":
    sys.exit(main())
