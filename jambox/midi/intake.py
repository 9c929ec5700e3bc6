"""From the bytes of sources to the messages that are to be heeded now: whole ones, and no flood of them."""

from collections import defaultdict
from dataclasses import dataclass

from jambox.midi.messages import ACTIVE_SENSING
from jambox.midi.parser import Parser
from jambox.midi.sensing import Sensing
from jambox.midi.storms import Storms


@dataclass(slots=True)
class Counters:
    """Counts since the start.

    `received`: messages from instruments, save active sensing; `sent`: one for each destination; `dropped`: what came
    and was no message, see `Parser.faults`; `thinned`: what gave way in a flood, see `Storms.lost`; `overruns`:
    times that the kernel had no room for what came, and threw it away; `errors`: ports that did not open, messages
    that ALSA refused or for which there was no room.
    """

    received: int = 0
    sent: int = 0
    dropped: int = 0
    thinned: int = 0
    overruns: int = 0
    errors: int = 0


class Intake:
    """Takes the bytes of all sources. Times are monotonic seconds. Not thread-safe."""

    __slots__ = ("_counters", "_parsers", "_sensing", "_storms")

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._parsers: defaultdict[str, Parser] = defaultdict(Parser)
        self._sensing, self._storms = Sensing(), Storms()

    @property
    def due(self) -> float | None:
        """As `Storms.due`."""
        return self._storms.due

    @property
    def senses(self) -> bool:
        """Whether any source sends active sensing."""
        return bool(self._sensing)

    def feed(self, source: str, data: bytes, now: float) -> list[bytes]:
        """The messages to heed now that `source` has sent any bytes. Active sensing is heeded here."""
        self._sensing.heard(source, now)
        parser = self._parsers[source]
        faults = parser.faults
        admitted = [message for message in parser.feed(data) if self._admit(source, message, now)]
        self._counters.dropped += parser.faults - faults
        return admitted

    def take(self, now: float) -> list[tuple[str, bytes]]:
        """As `Storms.take`."""
        return self._storms.take(now)

    def silent(self, now: float) -> list[str]:
        """As `Sensing.silent`."""
        return self._sensing.silent(now)

    def flooding(self, now: float) -> list[str]:
        """As `Storms.flooding`."""
        return self._storms.flooding(now)

    def faults(self, source: str) -> int:
        """How often a source sent what is no message, see `Parser.faults`."""
        return self._parsers[source].faults

    def refuses(self, source: str, now: float, again: bool) -> bool:
        """As `Storms.refuses`."""
        refused = self._storms.refuses(source, now, again)
        self._counters.thinned = self._storms.lost
        return refused

    def forget(self, source: str) -> None:
        """Forgets a source, which was unplugged."""
        self._parsers.pop(source, None)
        self._sensing.forget(source)
        self._storms.forget(source)

    def tear(self, source: str, now: float) -> None:
        """Takes note that messages of a source were lost on their way here."""
        self._storms.tear(source, now)

    def drop(self) -> None:
        """As `Storms.drop`."""
        self._storms.drop()

    def _admit(self, source: str, message: bytes, now: float) -> bool:
        if message[0] == ACTIVE_SENSING:
            self._sensing.sensed(source, now)
            return False
        self._counters.received += 1
        admitted = self._storms.admit(source, message, now)
        self._counters.thinned = self._storms.lost
        return admitted
