"""The panel on the Pi's GPIO pins: gpiozero devices to readings, brightness to lights.

Callbacks come on the thread that awaits edges (`edges`) and do nothing but stamp and pass on; knobs are read when the
owner polls; lights and knobs are lgpio's. A part that cannot be opened is named in `faults`, and the rest works.
Debounce and holds are left to `gestures`.
"""

import importlib
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from types import TracebackType
from typing import Any, Self

from jambox.errors import DeviceError
from jambox.panel.controls import (
    Pressed,
    Quadrature,
    Reading,
    Released,
    Stepped,
    Turned,
    played,
    quadrature,
)
from jambox.panel.feedback import DIMMED
from jambox.panel.pins import PinMap, label
from jambox.units import Seconds

FRESH = Seconds(0.1)
"""A driver's stamp that is no older than this is on our clock."""
_REMEDY = (
    "install lgpio (on Raspberry Pi OS: sudo apt install swig liblgpio-dev, then ./jam setup), "
    "add the user to the group gpio, or play from the terminal"
)
_KNOBS = "all knobs (MCP3008 on SPI0)"
_SPI_REMEDY = "enable SPI (sudo raspi-config nonint do_spi 0) and look at the MCP3008's wiring"


def stamp(ticks: float, now: float) -> Seconds:
    """The moment of an edge: the kernel's stamp where that is on the monotonic clock, else `now`.

    Kernels stamp edges on the monotonic clock since Linux 5.7, before on the wall clock. The kernel's stamp is free of
    the delays of threads.
    """
    return Seconds(ticks if 0.0 <= now - ticks <= FRESH else now)


class GpioPanel:
    """The wired panel. Opens every part that `pins` names; raises DeviceError when there is no GPIO at all.

    `on_reading` is called on another thread for buttons and encoders, and inside `poll` for knobs; it must only hand
    over. `factory` is a gpiozero pin factory for all parts, by default two: see `open_factories`.
    """

    def __init__(
        self,
        pins: PinMap,
        on_reading: Callable[[Reading], None],
        clock: Callable[[], float] = time.monotonic,
        factory: Any = None,
    ) -> None:
        self._on_reading, self._clock = on_reading, clock
        self._own = () if factory is not None else open_factories()
        self._outputs, self._ins = self._own or (factory, factory)
        self._errors = driver_errors()
        self._broken: list[str] = []
        self._unread: str | None = None
        self._down: set[str] = set()
        self._inputs: list[Any] = []
        self._callbacks: list[Callable[[float, int], None]] = []
        self._spi: Any = None
        self._pots = pins.pots
        self._stands: dict[str, float] = {}
        self._lights: dict[str, Any] = {}
        self._shown: dict[str, float] = {}
        for name, switches in pins.buttons.items():
            for pin in switches:
                self._open(f"button {label(name)} (GPIO {pin})", self._button, name, pin)
        for name, pair in pins.encoders.items():
            self._open(f"encoder {label(name)} (GPIO {pair[0]}, {pair[1]})", self._encoder, name, pair)
        if pins.pots:
            self._open(_KNOBS, self._converter, pins.spi_device, remedy=_SPI_REMEDY)
        for name, pin in pins.lights.items():
            self._open(f"light {label(name)} (GPIO {pin})", self._light, name, pin)

    @property
    def faults(self) -> tuple[str, ...]:
        """What does not work, one line each, for the log; buttons down since the start are there until they come up."""
        down = (f"{what} is down since the start: it is ignored until it comes up" for what in sorted(self._down))
        return (*self._broken, *((self._unread,) if self._unread else ()), *down)

    def poll(self) -> None:
        """Reads the knobs and reports those that moved. Call every 10 to 20 ms, always on the same thread."""
        if self._spi is None:
            return
        try:
            positions = {name: converted(self._spi, channel) for name, channel in self._pots.items()}
        except self._errors as error:
            self._unread = f"{_KNOBS}: {error}: {_SPI_REMEDY}"
            return
        self._unread = None
        for name, raw in positions.items():
            last = self._stands.get(name)
            stands = raw if last is None else played(last, raw)
            if stands != last:
                self._stands[name] = stands
                self._on_reading(Turned(name, stands, Seconds(self._clock()), pickup=True))

    def show(self, lights: Mapping[str, float]) -> None:
        """Sets lights, by name, to a brightness from 0 to 1. Writes what changed; skips lights that are not wired."""
        for name, brightness in lights.items():
            light = self._lights.get(name)
            if light is None or self._shown.get(name) == brightness:
                continue
            try:
                light.value = brightness if name in DIMMED else float(brightness > 0.0)
            except self._errors as error:
                self._broken.append(f"light {label(name)}: {error}: look at its wiring, then restart")
                del self._lights[name]
            self._shown[name] = brightness

    def close(self) -> None:
        """Darkens the lights and gives every pin back. May be called twice."""
        for device in self._inputs:
            if device.pin is not None:
                device.pin.when_changed = None
        for device in (*self._inputs, *self._lights.values(), *((self._spi,) if self._spi else ())):
            device.close()
        self._inputs, self._lights, self._spi = [], {}, None
        for factory in self._own:
            factory.close()

    def __enter__(self) -> Self:
        """The open panel."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes it."""
        self.close()

    def _open(self, what: str, opener: Callable[..., None], *args: object, remedy: str = "look at its wiring") -> None:
        from gpiozero import SPISoftwareFallback

        try:
            with warnings.catch_warnings():
                # Where SPI is off, gpiozero warns and goes on bit by bit in Python: too slow for a knob.
                warnings.simplefilter("error", SPISoftwareFallback)
                opener(*args)
        except SPISoftwareFallback as warning:
            self._broken.append(f"{what}: {warning.__context__ or warning}: {remedy}")
        except self._errors as error:
            self._broken.append(f"{what}: {error}: {remedy}")

    def _watch(self, pin: int, callback: Callable[[float, int], None]) -> Any:
        """An input with the Pi's pull-up whose edges go to `callback` (driver's stamp, level): 1 is open, 0 closed."""
        from gpiozero import InputDevice

        device = InputDevice(pin, pull_up=True, pin_factory=self._ins)
        self._inputs.append(device)
        self._callbacks.append(callback)  # gpiozero keeps only a weak reference
        device.pin.bounce = None
        device.pin.edges = "both"
        device.pin.when_changed = callback
        return device

    def _button(self, name: str, pin: int) -> None:
        source = f"GPIO {pin}"
        what = f"button {label(name)} ({source})"

        def changed(ticks: float, level: int) -> None:
            if level:
                self._down.discard(what)
            self._on_reading((Released if level else Pressed)(name, stamp(ticks, self._clock()), source))

        if self._watch(pin, changed).is_active:
            self._down.add(what)

    def _encoder(self, name: str, pair: tuple[int, int]) -> None:
        """Decodes the edges' levels itself, since RotaryEncoder misses steps (gpiozero issue 1062)."""
        state = Quadrature()
        contacts = 0

        def changed(bit: int, ticks: float, level: int) -> None:
            nonlocal state, contacts
            contacts = contacts & ~bit if level else contacts | bit
            state, steps = quadrature(state, contacts)
            if steps:
                self._on_reading(Stepped(name, steps, stamp(ticks, self._clock())))

        a = self._watch(pair[0], lambda ticks, level: changed(2, ticks, level))
        b = self._watch(pair[1], lambda ticks, level: changed(1, ticks, level))
        contacts = 2 * int(a.is_active) + int(b.is_active)
        state = Quadrature(contacts)

    def _converter(self, device: int) -> None:
        # One interface for all channels: gpiozero's MCP3008 shares one between objects, and when an old panel's is
        # collected as garbage, the new panel's is forgotten.
        self._spi = self._outputs.spi(port=0, device=device)

    def _light(self, name: str, pin: int) -> None:
        from gpiozero import LED, PWMLED

        self._lights[name] = (PWMLED if name in DIMMED else LED)(pin, pin_factory=self._outputs)


def converted(spi: Any, channel: int) -> float:
    """Reads a channel, 0 to 7, of the MCP3008 on a gpiozero SPI interface: 0 to 1 of its 10-bit range.

    Raises DeviceError when no converter answers: it drives the bit before the result low, where a line without one
    is mostly high (Microchip DS21295, figure 6-1).
    """
    _, high, low = spi.transfer([1, (8 | channel) << 4, 0])
    if high & 4:
        raise DeviceError("the converter does not answer")
    return float((high & 3) << 8 | low) / 1023.0


def open_factories() -> tuple[Any, Any]:
    """The pin factories for outputs and SPI, which is gpiozero's of lgpio, with no fallback to another, and for inputs.

    Raises DeviceError when GPIO cannot be used.
    """
    try:
        with _notify_folder():
            lgpio = importlib.import_module("gpiozero.pins.lgpio")
        from jambox.panel.edges import EdgeFactory

        with ExitStack() as opened:
            outputs = opened.enter_context(closing(lgpio.LGPIOFactory()))
            inputs = EdgeFactory(outputs.chip)
            opened.pop_all()
        return outputs, inputs
    except driver_errors() as error:
        raise DeviceError(f"the panel's GPIO pins cannot be opened: {error}: {_REMEDY}") from error


def driver_errors() -> tuple[type[Exception], ...]:
    """What gpiozero, libgpiod and lgpio raise for faults of devices; lgpio's own only once that is loaded."""
    from gpiozero import GPIOZeroError

    lgpio = sys.modules.get("lgpio")
    return (GPIOZeroError, ImportError, OSError, *((lgpio.error,) if lgpio is not None else ()))


@contextmanager
def _notify_folder() -> Iterator[None]:
    """Lets lgpio have its way while it is imported, and only then.

    Its import makes a pipe `.lgd-nfy0` in the folder LG_WD and moves the process there (lgpio's documentation,
    "LG_WD"). Once both its ends are open, the pipe needs no name, so a folder that vanishes serves best.
    """
    before, folder = os.environ.get("LG_WD"), os.getcwd()
    with tempfile.TemporaryDirectory(prefix="jambox-") as own:
        os.environ["LG_WD"] = own
        try:
            yield
        finally:
            os.chdir(folder)
            if before is None:
                del os.environ["LG_WD"]
            else:
                os.environ["LG_WD"] = before
