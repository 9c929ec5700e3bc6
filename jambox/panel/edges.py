"""GPIO inputs whose edges are awaited: a gpiozero pin factory on the kernel's character device, by libgpiod.

One thread sleeps until the kernel has edges, which it stamps on the monotonic clock. lgpio's would look some 2,000
times a second instead (github.com/joan2937/lg/issues/26): up to 5 % of a Pi's core, for as long as a panel is there.
"""

import os
import select
import threading
from collections.abc import Callable
from typing import Any, Protocol

import gpiod
from gpiod.line import Bias, Direction, Edge, Value
from gpiozero.exc import PinEdgeDetectUnsupported, PinFixedPull, PinInvalidFunction, PinInvalidPull
from gpiozero.pins.local import LocalPiFactory, LocalPiPin

BUFFER = 256
"""Edges of a line that the kernel keeps until they are read: contacts bounce, and this process may be kept waiting."""
_BIAS = {"up": Bias.PULL_UP, "down": Bias.PULL_DOWN, "floating": Bias.DISABLED}
_RISING = gpiod.EdgeEvent.Type.RISING_EDGE
Edged = Callable[[int, bool], None]
"""Is told of an edge: nanoseconds of CLOCK_MONOTONIC, and whether the line is high since then."""


class Request(Protocol):
    """Of `gpiod.LineRequest`, what is needed to await a line's edges."""

    @property
    def fd(self) -> int:
        """Can be read from when there are edges."""

    def read_edge_events(self) -> list[Any]:
        """Those that are there, with `timestamp_ns` and `event_type`; waits for one."""


class Edges:
    """The thread that awaits edges and tells of them, those of all lines in the order of their stamps."""

    def __init__(self) -> None:
        self._lines: dict[int, tuple[Request, Edged]] = {}
        self._telling = threading.RLock()
        self._ready = select.epoll()
        self._end = os.eventfd(0)
        self._ready.register(self._end, select.EPOLLIN)
        self._thread = threading.Thread(target=self._run, name="edges", daemon=True)
        self._thread.start()

    def watch(self, request: Request, edged: Edged) -> None:
        """Tells `edged` of every edge from now on, on the thread; it must only hand over."""
        with self._telling:
            self._lines[request.fd] = request, edged
            self._ready.register(request.fd, select.EPOLLIN)

    def leave(self, request: Request) -> None:
        """Tells of no more edges of these from when this returns; the request may then be released."""
        with self._telling:
            self._ready.unregister(request.fd)
            del self._lines[request.fd]

    def close(self) -> None:
        """Ends the thread. All lines must have been left."""
        os.eventfd_write(self._end, 1)
        self._thread.join()
        self._ready.close()
        os.close(self._end)

    def _run(self) -> None:
        while (self._end, select.EPOLLIN) not in (ready := self._ready.poll()):
            with self._telling:
                for moment, fd, high in self._taken(ready):
                    if fd in self._lines:
                        self._lines[fd][1](moment, high)

    def _taken(self, ready: list[tuple[int, int]]) -> list[tuple[int, int, bool]]:
        """All edges that there are: their stamps, files, and directions.

        It reads until nothing is left: what comes on one line while another is read may be older than what comes there.
        """
        edges: list[tuple[int, int, bool]] = []
        while ready := [(fd, what) for fd, what in ready if fd in self._lines]:
            for fd, _ in ready:
                events = self._lines[fd][0].read_edge_events()
                edges += [(event.timestamp_ns, fd, event.event_type is _RISING) for event in events]
            ready = self._ready.poll(0)
        return sorted(edges)


class EdgePin(LocalPiPin):  # type: ignore[misc]  # gpiozero is untyped
    """An input of gpiozero's whose `when_changed` is told of both edges, in seconds of CLOCK_MONOTONIC."""

    def __init__(self, factory: "EdgeFactory", info: Any) -> None:
        super().__init__(factory, info)
        self._pull = info.pull or "floating"
        self._request: gpiod.LineRequest | None = None

    def close(self) -> None:
        """Gives the line back. May be called twice, and the pin used again."""
        self.when_changed = None
        if self._request is not None:
            self._request.release()
            self._request = None

    def _line(self) -> gpiod.LineRequest:
        if self._request is None:
            self._request = self._factory.request(self._number, self._settings(Edge.NONE))
        return self._request

    def _settings(self, edges: Edge) -> gpiod.LineSettings:
        return gpiod.LineSettings(direction=Direction.INPUT, bias=_BIAS[self._pull], edge_detection=edges)

    def _configure(self, edges: Edge) -> None:
        self._line().reconfigure_lines({self._number: self._settings(edges)})

    def _get_function(self) -> str:
        return "input"

    def _set_function(self, value: str) -> None:
        if value != "input":
            raise PinInvalidFunction(f"{self!r} can only be an input here, not {value!r}")
        self._line()

    def _get_state(self) -> bool:
        return self._line().get_value(self._number) is Value.ACTIVE

    def _get_pull(self) -> str:
        return str(self._pull)

    def _set_pull(self, value: str) -> None:
        if self.info.pull not in (value, ""):
            raise PinFixedPull(f"{self!r} has a physical pull-{self.info.pull} resistor")
        if value not in _BIAS:
            raise PinInvalidPull(f"invalid pull {value!r} for pin {self!r}")
        self._pull = value
        self._configure(Edge.NONE)

    def _get_edges(self) -> str:
        return "both"

    def _set_edges(self, value: str) -> None:
        if value != "both":
            raise PinEdgeDetectUnsupported(f"both edges of {self!r} are awaited, not {value!r}")

    def _enable_event_detect(self) -> None:
        self._configure(Edge.BOTH)
        self._factory.edges.watch(self._line(), lambda moment, high: self._call_when_changed(moment / 1e9, high))

    def _disable_event_detect(self) -> None:
        self._factory.edges.leave(self._line())
        self._configure(Edge.NONE)


class EdgeFactory(LocalPiFactory):  # type: ignore[misc]  # gpiozero is untyped
    """Inputs on the chip `/dev/gpiochipN`, and nothing else. Raises OSError where that cannot be opened.

    gpiozero's local factories know of each other's pins, so another one may have the outputs.
    """

    def __init__(self, chip: int) -> None:
        super().__init__()
        self.pin_class = EdgePin
        self._chip = gpiod.Chip(f"/dev/gpiochip{chip}")
        self.edges = Edges()

    def request(self, number: int, settings: gpiod.LineSettings) -> gpiod.LineRequest:
        """Takes a line, by its number on the chip. Raises OSError where another has it."""
        return self._chip.request_lines({number: settings}, consumer="jambox", event_buffer_size=BUFFER)

    def close(self) -> None:
        """Gives all pins back. May be called twice."""
        super().close()
        if self._chip:
            self.edges.close()
            self._chip.close()
