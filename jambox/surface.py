"""MIDI instruments as a panel: messages that are bound become readings of controls, as from switches and knobs.

Pure: times are passed in. Whatever comes in, a button goes up again: at its release, when its instrument is pulled,
when its binding goes, and at the latest after LONGEST.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jambox.actions import Action
from jambox.mapping import ACTIONS, Binding
from jambox.midi.match import HALF, Head, Match, Subject, matched, presses, subject
from jambox.midi.messages import CONTROL, NOTE_ON, PROGRAM, RESET, silences
from jambox.midi.route import Port
from jambox.midi.twins import placed
from jambox.panel.controls import Pressed, Reading, Released, Stepped, Turned
from jambox.panel.gestures import BOUNCE
from jambox.units import Seconds

LONGEST = Seconds(15.0)
"""A switch that is down for longer has no release to send: it counts as up. Less than STUCK, which calls it broken."""
Asked = Reading | Action
READINGS = (Pressed, Released, Turned, Stepped)
"""What a Reading is, to tell it from an Action."""


@dataclass(slots=True)
class _Switch:
    """One bound switch of an instrument: how it stands, since when, and what was last heard of it."""

    binding: Binding
    source: str
    down: bool = False
    since: float = float("-inf")
    last: tuple[bool, int] | None = None
    turn: int = 0
    mute: bool = False  # it was pressed twice without coming up between: it sends no releases

    def readings(self, down: bool, time: float) -> tuple[Asked, ...]:
        """What this means for the panel."""
        bound, at = self.binding, Seconds(time)
        if bound.press is not None:
            # A press that follows at once must not be taken for the bounce of the one before: each is its own switch.
            name = f"{self.source}{'+' * (self.turn % 2)}"
            return (Pressed(bound.press, at, name) if down else Released(bound.press, at, name),)
        if not down:
            return ()
        if bound.turn is not None:
            return (Stepped(bound.turn, bound.steps, at),)
        found = ACTIONS[bound.action or ""]
        return (found(at) if callable(found) else found,)

    def press(self, time: float) -> tuple[Asked, ...]:
        self.turn += 1
        self.down, self.since = True, time
        return self.readings(True, time)

    def release(self, time: float) -> tuple[Asked, ...]:
        if not self.down:
            return ()
        self.down = False
        return self.readings(False, time)

    def strike(self, time: float) -> tuple[Asked, ...]:
        return self.press(time) + self.release(time)


class Surface:
    """All instruments' bound messages, by `bindings`: of several that a message fits, the first counts.

    Call `plug` and `unplug` as ports come and go, `hear` with each message whose head is in `heads`, and `tick` when
    `deadline` has come. Times are monotonic seconds.
    """

    def __init__(self, bindings: Sequence[Binding]) -> None:
        self._bindings = tuple(bindings)
        self._ports: dict[str, Port] = {}
        self._tables: dict[str, dict[Head, Binding]] = {}
        self._switches: dict[tuple[str, Subject], _Switch] = {}

    def bind(self, bindings: Sequence[Binding], time: float) -> tuple[Asked, ...]:
        """Goes by other bindings from now on; the releases of buttons that were held by bindings that are gone."""
        self._bindings = tuple(bindings)
        return self._renew(time)

    def plug(self, port: Port, time: float) -> tuple[Asked, ...]:
        """Listens to the port as well; the releases of what its twin held in its place."""
        self._ports[port.identity] = port
        return self._renew(time)

    def unplug(self, port: Port, time: float) -> tuple[Asked, ...]:
        """Forgets the port; the releases of buttons that it held."""
        self._ports.pop(port.identity, None)
        return self._renew(time)

    def heads(self, ports: Iterable[Port]) -> dict[str, dict[Head, bool]]:
        """By identity of these ports: how messages begin that are bound there, and whether each is routed as well."""
        return {
            identity: {head: binding.thru for head, binding in table.items()}
            for identity, table in self._laid(ports).items()
        }

    def binding(self, source: str, message: bytes) -> Binding | None:
        """By which binding the whole `message` of the port with identity `source` means something."""
        moved = subject(message)
        return self._bound(source, moved) if moved else None

    def present(self, port: Port, match: Match) -> Binding | None:
        """By which binding the messages of `match` from `port` mean something."""
        return self._tables.get(port.identity, {}).get(next(match.heads()))

    def port(self, source: str) -> Port | None:
        """The port with the identity `source`."""
        return self._ports.get(source)

    def hear(self, source: str, message: bytes, time: float) -> tuple[Asked, ...]:
        """What a whole `message` of the port with identity `source` asks for; nothing if it is not bound.

        A reset lifts all that the port holds down; all notes off, those keys.
        """
        if message == RESET or (off := silences(message)) is not None:
            return self._lift(source, None if message == RESET else off, time)
        moved = subject(message)
        if moved is None or (bound := self._bound(source, moved)) is None:
            return ()
        if bound.is_switch:
            switch = self._switches.setdefault((source, moved), _Switch(bound, f"{source} {moved}"))
            return _switched(switch, message, time)
        if bound.is_knob:
            assert bound.turn is not None
            return (Turned(bound.turn, message[2] / 127, Seconds(time), bound.pickup, f"{source} {moved}"),)
        assert bound.turn is not None
        steps = message[2] - (message[2] >= HALF) * 128  # two's complement, as endless encoders send it
        return (Stepped(bound.turn, steps, Seconds(time)),) if steps else ()

    def deadline(self) -> float | None:
        """When to call `tick`; None when nothing is due."""
        return min((switch.since + LONGEST for switch in self._switches.values() if switch.down), default=None)

    def tick(self, now: float) -> tuple[Asked, ...]:
        """The releases of buttons that have been down for LONGEST at `now`."""
        late = [switch for switch in self._switches.values() if switch.down and switch.since + LONGEST <= now]
        return tuple(asked for switch in late for asked in switch.release(switch.since + LONGEST))

    def _laid(self, ports: Iterable[Port]) -> dict[str, dict[Head, Binding]]:
        matches = [(binding.match, binding) for binding in self._bindings]
        there = placed(ports, [match.port for match, _ in matches])
        return {port.identity: matched(port, matches) for port in there}

    def _lift(self, source: str, channel: int | None, time: float) -> tuple[Asked, ...]:
        """The releases of all that a port holds down, or of its keys on one channel."""
        lifted = (
            switch
            for (port, moved), switch in self._switches.items()
            if port == source and (channel is None or (moved.kind, moved.channel) == (NOTE_ON, channel))
        )
        return tuple(asked for switch in lifted for asked in switch.release(time))

    def _renew(self, time: float) -> tuple[Asked, ...]:
        self._tables = self._laid(self._ports.values())
        gone = [key for key, switch in self._switches.items() if switch.binding != self._bound(*key)]
        return tuple(asked for key in gone for asked in self._switches.pop(key).release(time))

    def _bound(self, source: str, moved: Subject) -> Binding | None:
        return self._tables.get(source, {}).get((moved.kind | moved.channel, moved.number))


def _switched(switch: _Switch, message: bytes, time: float) -> tuple[Asked, ...]:
    kind, down = message[0] & 0xF0, presses(message)
    before, switch.last = switch.last, (down, message[-1])
    if switch.binding.mode == "latching":
        return switch.strike(time) if before is None or down != before[0] else ()
    if switch.binding.mode == "trigger" or kind == PROGRAM:
        return switch.strike(time) if down else ()
    if not down:
        switch.mute = False
        return switch.release(time)
    if not switch.down:
        return switch.strike(time) if switch.mute else switch.press(time)
    # A pedal with a position sends many values on its way down; the same again can only be another stroke.
    if time - switch.since < BOUNCE or (kind == CONTROL and switch.last != before):
        return ()
    switch.mute = True
    return switch.release(time) + switch.strike(time)
