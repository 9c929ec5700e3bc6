"""Floods, source by source: notes go first, of what is a mere value the latest goes on, and no note-off is lost.

A value is what the next of its kind replaces: a controller, pitch bend, the pressure of a key or channel. One that
comes far more often than a DIN cable carries it is a flood, and goes on every `PACE` seconds as it is then; the last
always does. So does every value of a source that sends more than any instrument would. What is no value never waits:
notes, pedals and other switches, programs and banks, parameters (whose controllers mean nothing but in their order),
channel modes, system exclusive. In a flood of notes, and only there, note-ons are left out; their note-offs do no harm,
and of those that end nothing, as the router knows, no flood passes.
"""

from math import inf

from jambox.midi.messages import (
    ALL_SOUND_OFF,
    BANK,
    BANK_LSB,
    BEND,
    CONTROL,
    NOTE_ON,
    PARAMETERS,
    POLY_PRESSURE,
    PRESSURE,
    SYSEX,
)

WINDOW = 0.1
"""Seconds in which messages are counted."""
FLOOD = 300
"""Of one kind in a window: 3,000 a second. A DIN cable carries 1,042 messages of three bytes (31,250 baud), or 1,562 of
two and running status; what a busy machine has kept back comes in less time than it was sent in."""
PACE = 0.002
"""Seconds between two values of a flood: 500 a second leave half a DIN cable to notes, and are not heard as steps."""
VALUES, NOTES = 2_500, 10_000
"""Messages of one source in a window up to which its values and its note-ons pass: 25,000 and 100,000 a second. A USB
cable at full speed brings some 16,000: 16 in a packet, a packet each millisecond."""
BATCH = 50
"""Values of one source that go on at a time."""
BAD, LONG, CALM = 20, 10, 5.0
"""A source is told of when so many values gave way in each of so many windows in a row, or one note-on was left out
or any message lost; and until that has not been so for so many seconds."""

RESET_CONTROLLERS = 121
FINE_VELOCITY = 88
"""High-resolution velocity: it belongs to the note-on that follows (MIDI Association, CA-031)."""
KEPT = PARAMETERS | {BANK, BANK_LSB, FINE_VELOCITY, *range(64, 70), *range(ALL_SOUND_OFF, 128)}
"""Controllers that are no values: besides these, the switches (MIDI 1.0, table III), and channel modes."""
_LIMITED = frozenset({POLY_PRESSURE, CONTROL, PRESSURE, BEND, SYSEX})
_KEYED = frozenset({POLY_PRESSURE, CONTROL})


class Storms:
    """What may pass now, and what waits until when. Times are seconds of one clock. Not thread-safe."""

    __slots__ = ("_flows", "due", "lost")

    def __init__(self) -> None:
        self._flows: dict[str, _Flow] = {}
        self.due: float | None = None
        """When something that waits goes on, see `take`; None when nothing waits."""
        self.lost = 0
        """Values that gave way to later ones, and note-ons, clock ticks and ends of no note that were left out."""

    def admit(self, source: str, message: bytes, now: float) -> bool:
        """Whether `message`, a whole one, passes at once; else it waits, or is left out. About 0.5 µs."""
        flow = self._flows.get(source)
        if flow is None:
            self._flows[source] = flow = _Flow(now)
        elif now - flow.begun >= WINDOW:
            flow.turn(now)
        flow.count += 1
        status = message[0]
        if status < POLY_PRESSURE:
            return flow.count <= NOTES or status < NOTE_ON or not message[2] or self._leave_out(flow, now)
        kind = status & 0xF0
        if kind not in _LIMITED or status == SYSEX or (kind == CONTROL and message[1] in KEPT):
            if kind == CONTROL and message[1] == RESET_CONTROLLERS:
                flow.reset(status & 0x0F)
            return True
        what = status << 7 | message[1] if kind in _KEYED else status << 7
        flow.counts[what] = count = flow.counts.get(what, 0) + 1
        if count <= FLOOD and flow.count <= VALUES and what not in flow.floods:
            flow.waiting.pop(what, None)
            return True
        if status > SYSEX:
            return self._give_way(flow)
        return self._pace(flow, what, message, now)

    def refuses(self, source: str, now: float, again: bool) -> bool:
        """Whether an end of what `source` never began is left out now: when it came `again`, see `Loops.repeats`, and
        beyond as many messages as its values are.
        """
        flow = self._flows.get(source)
        if flow is not None and flow.count > VALUES:
            return not self._leave_out(flow, now)
        self.lost += again
        return again

    def take(self, now: float) -> list[tuple[str, bytes]]:
        """The values that have waited until `now`, by source, first come, first served."""
        taken: list[tuple[str, bytes]] = []
        for source, flow in self._flows.items():
            if flow.due <= now:
                taken += [(source, message) for message in flow.take(now)]
        self._set()
        return taken

    def flooding(self, now: float) -> list[str]:
        """The sources that are to be told of."""
        return [source for source, flow in self._flows.items() if now < flow.until]

    def tear(self, source: str, now: float) -> None:
        """Takes note that a source sent more than came here."""
        self._flows.setdefault(source, _Flow(now)).until = now + CALM

    def forget(self, source: str) -> None:
        """Forgets a source, and what waits of it."""
        self._flows.pop(source, None)
        self._set()

    def drop(self) -> None:
        """Leaves out all that waits."""
        for flow in self._flows.values():
            flow.waiting.clear()
            flow.due = inf
        self._set()

    def _pace(self, flow: "_Flow", what: int, message: bytes, now: float) -> bool:
        """Whether a value of a flood passes now; else it waits, in place of the one before it."""
        if what not in flow.waiting and flow.count <= VALUES and now - flow.sent.get(what, -inf) >= PACE:
            flow.sent[what] = now
            return True
        if flow.waiting.pop(what, None) is not None:
            self._give_way(flow)
        flow.waiting[what] = message
        if flow.due == inf:
            flow.due = now + PACE
            self._set()
        return False

    def _leave_out(self, flow: "_Flow", now: float) -> bool:
        """Leaves a note-on out."""
        flow.until = now + CALM
        return self._give_way(flow)

    def _give_way(self, flow: "_Flow") -> bool:
        self.lost += 1
        flow.lost += 1
        return False

    def _set(self) -> None:
        due = min((flow.due for flow in self._flows.values()), default=inf)
        self.due = None if due == inf else due


class _Flow:
    """What came from one source since `begun`; by kind, see `Storms.admit`."""

    __slots__ = ("bad", "begun", "count", "counts", "due", "floods", "lost", "sent", "until", "waiting")

    def __init__(self, now: float) -> None:
        self.begun = now
        self.count = self.lost = self.bad = 0
        self.counts: dict[int, int] = {}
        self.floods: frozenset[int] = frozenset()  # what came too often in the window before
        self.sent: dict[int, float] = {}  # when a value of a flood went on last
        self.waiting: dict[int, bytes] = {}  # the latest values, in the order in which they came
        self.due, self.until = inf, -inf

    def turn(self, now: float) -> None:
        """Begins a window. What flooded the one before is paced from its first message on."""
        running = now - self.begun < 2.0 * WINDOW
        self.floods = frozenset(what for what, count in self.counts.items() if running and count > FLOOD)
        self.bad = self.bad + 1 if running and self.lost >= BAD else 0
        if self.bad >= LONG:
            self.until = now + CALM
        self.begun, self.count, self.lost, self.counts = now, 0, 0, {}

    def take(self, now: float) -> list[bytes]:
        """A batch of what waits."""
        batch = list(self.waiting)[:BATCH]
        self.sent |= dict.fromkeys(batch, now)
        self.due = now + PACE if len(self.waiting) > BATCH else inf
        return [self.waiting.pop(what) for what in batch]

    def reset(self, channel: int) -> None:
        """Leaves out what waits on a channel whose controllers go back to their defaults."""
        self.waiting = {what: message for what, message in self.waiting.items() if what >> 7 & 0x0F != channel}
