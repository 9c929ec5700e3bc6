"""The hands on the box under the event loop: holds come at their time, messages from MIDI's threads on the loop's."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

from jambox.actions import Action
from jambox.hands import Hands, Learned, Meant
from jambox.mapping import Binding
from jambox.midi.claims import Claims
from jambox.midi.route import Port
from jambox.panel.bindings import Bindings
from jambox.panel.controls import Reading
from jambox.panel.gestures import Gesture, Stuck
from jambox.scene import Scene

_log = logging.getLogger(__name__)


class Touch:
    """Hands, as `act` is told of them; `learned` is told of lessons, with all bindings that are learned by then.

    `scene` gives the present one. All is for the event loop's thread, but for `claims`, which the router uses.
    """

    def __init__(
        self,
        configured: Sequence[Binding],
        known: Sequence[Binding],
        scene: Callable[[], Scene],
        act: Callable[[Action], None],
        learned: Callable[[Learned, tuple[Binding, ...]], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._hands, self._bindings = Hands(configured, known), Bindings()
        self._scene, self._act, self._learned = scene, act, learned
        self._take_key: Callable[[int], None] | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self.claims = Claims(self._hands.heads, self._tell)

    def read(self, reading: Reading) -> None:
        """Take a reading of the panel. Raises UnknownNameError for a control that the panel does not have."""
        self._do(self._hands.read(reading))

    def plug(self, port: Port) -> None:
        """A MIDI port has come."""
        self._do(self._hands.plug(port, time.monotonic()))

    def unplug(self, port: Port) -> None:
        """A MIDI port has gone."""
        self._do(self._hands.unplug(port, time.monotonic()))

    def take_keys(self, take: Callable[[int], None] | None) -> None:
        """Tell `take` of each key that is struck from now on and not bound, and routed all the same; None: no more."""
        self._take_key = take
        self._listen()

    def configure(self, configured: Sequence[Binding]) -> None:
        """Go by other configured bindings from now on."""
        self._do(self._hands.configure(configured, time.monotonic()))
        self.claims.renew()

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """What was learned or configured, those first that count before others."""
        return self._hands.chosen

    def _tell(self, source: str, message: bytes, heard: float, before: float | None) -> None:
        # From a thread of the ports.
        self._loop.call_soon_threadsafe(self._hear, source, message, heard, before)

    def _hear(self, source: str, message: bytes, heard: float, before: float | None) -> None:
        self._do(self._hands.hear(source, message, heard, before))
        if self._take_key and (key := self._hands.key(source, message)) is not None:
            self._take_key(key)

    def _tick(self) -> None:
        self._do(self._hands.tick(time.monotonic()))

    def _do(self, meant: tuple[Meant, ...]) -> None:
        for each in meant:
            if isinstance(each, Learned):
                self.claims.renew()
                self._learned(each, self._hands.learned)
            elif isinstance(each, Gesture):
                self._answer(each)
            else:
                self._act(each)
        self._listen()
        self._set_deadline()

    def _listen(self) -> None:
        self.claims.listens = self._hands.listens or self._take_key is not None

    def _answer(self, gesture: Gesture) -> None:
        if isinstance(gesture, Stuck):
            _log.warning("button %s has been down for long: look whether it is stuck", gesture.control)
        for action in self._bindings.actions(gesture, self._scene()):
            self._act(action)

    def _set_deadline(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None
        due = self._hands.deadline()
        if due is not None:
            self._deadline = self._loop.call_later(max(due - time.monotonic(), 0.0), self._tick)
