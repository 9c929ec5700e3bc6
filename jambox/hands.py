"""All hands on the box: those on its panel, and those on MIDI instruments that are bound to it or shall be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jambox.actions import Action
from jambox.learning import Learning, Lesson
from jambox.mapping import DEFAULTS, Binding
from jambox.midi.match import COMMANDS, Head
from jambox.midi.messages import NOTE_ON
from jambox.midi.route import Port
from jambox.panel.controls import Reading, checked
from jambox.panel.gestures import Gesture, Gestures
from jambox.surface import READINGS, Asked, Surface

DRUMS = 9
"""Channel 10, counted from 0."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A lesson has changed `Hands.learned`, or not: `text` says it; `bound` is None for one that was refused."""

    text: str
    bound: bool | None


Meant = Gesture | Action | Learned


class Hands:
    """Readings and messages to gestures, actions and lessons.

    Bindings that were `learned` come first, then the `configured` ones, then those of the box's own port. Times are
    monotonic seconds.
    """

    def __init__(self, configured: Sequence[Binding], learned: Sequence[Binding]) -> None:
        self._configured = tuple(configured)
        self.learned = tuple(learned)
        self._gestures, self._learning = Gestures(), Learning()
        self._surface = Surface(self.bindings)
        self._surface.plug(COMMANDS, 0.0)

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """All bindings, those first that count before others."""
        return (*self.chosen, *DEFAULTS)

    @property
    def chosen(self) -> tuple[Binding, ...]:
        """Those of them that somebody chose: learned or configured."""
        return (*self.learned, *self._configured)

    @property
    def listens(self) -> bool:
        """Whether messages that are not bound are to be given to `hear`, too."""
        return self._learning.held

    def key(self, source: str, message: bytes) -> int | None:
        """The key that a whole `message` of the port with identity `source` strikes; None for what is bound, or drums.

        Drums are what comes on channel 10 (General MIDI).
        """
        struck = message[0] & 0xF0 == NOTE_ON and message[0] & 0x0F != DRUMS and message[2] > 0
        return message[1] if struck and self._surface.binding(source, message) is None else None

    def heads(self, ports: Iterable[Port]) -> dict[str, dict[Head, bool]]:
        """As `Surface.heads`."""
        return self._surface.heads(ports)

    def read(self, reading: Reading) -> tuple[Meant, ...]:
        """What a reading of the panel means. Raises UnknownNameError for a control that the panel does not have."""
        checked(reading)
        before = self.tick(reading.time)
        if (lesson := self._learning.read(reading)) is not None:
            return before + self._learn(lesson, reading.time)
        return before + self._feed((reading,), reading.time)

    def hear(self, source: str, message: bytes, time: float, before: float | None) -> tuple[Meant, ...]:
        """What a whole message of the port with identity `source` means, whose last one not bound came at `before`."""
        meant = self.tick(time)
        bound, port = self._surface.binding(source, message), self._surface.port(source)
        if self._learning.held and port and not (bound and bound.press == "shift"):
            self._learning.hear(port, message, time, before)
        return meant + self._feed(self._surface.hear(source, message, time), time)

    def configure(self, configured: Sequence[Binding], time: float) -> tuple[Meant, ...]:
        """Goes by other configured bindings from now on; what those held that are gone comes up."""
        self._configured = tuple(configured)
        return self._feed(self._surface.bind(self.bindings, time), time)

    def plug(self, port: Port, time: float) -> tuple[Meant, ...]:
        """What it means that a port has come."""
        return self._feed(self._surface.plug(port, time), time)

    def unplug(self, port: Port, time: float) -> tuple[Meant, ...]:
        """What it means that a port has gone: what it held comes up."""
        return self._feed(self._surface.unplug(port, time), time)

    def deadline(self) -> float | None:
        """When to call `tick`; None when nothing is due."""
        due = (self._gestures.deadline(), self._surface.deadline())
        return min((time for time in due if time is not None), default=None)

    def tick(self, now: float) -> tuple[Meant, ...]:
        """What is due up to `now`."""
        return self._feed(self._surface.tick(now), now)

    def _feed(self, asked: Iterable[Asked], now: float) -> tuple[Meant, ...]:
        meant: list[Meant] = []
        for each in asked:
            if isinstance(each, READINGS):
                meant += self._judged(self._gestures.feed(each), now)
            else:
                meant.append(each)
        meant += self._judged(self._gestures.tick(now), now)
        self._learning.hold("shift" in self._gestures.held)
        return tuple(meant)

    def _judged(self, gestures: Iterable[Gesture], now: float) -> Iterable[Meant]:
        for gesture in gestures:
            judged = self._learning.judge(gesture)
            if isinstance(judged, Lesson):
                yield from self._learn(judged, now)
            elif judged is not None:
                yield judged

    def _learn(self, lesson: Lesson, now: float) -> tuple[Meant, ...]:
        shown = lesson.binding
        if shown is None:
            return (Learned(lesson.fault, None),)
        present = self._surface.present(lesson.port, shown.match)
        if present and present not in self.learned and present.target == shown.target:
            return (Learned(f"{present} is written in the configuration: take it out there", None),)
        # Where it was learned before, it may have been in another socket.
        others = tuple(each for each in self.learned if each is not present)
        frees = present is not None and present.target == shown.target
        self.learned = others if frees else (*others, shown)
        lifted = self._feed(self._surface.bind(self.bindings, now), now)
        text = f"{shown.thing} is no longer {shown.meaning}" if frees else f"{shown.thing} is {shown.meaning} now"
        return (*lifted, Learned(text, not frees))
