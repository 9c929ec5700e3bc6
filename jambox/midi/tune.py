"""The unit that tunes an instrument as the box is tuned, and what does so while it runs.

How a key is told what to sound is the instrument's choice: by the MIDI Tuning Standard, key by key; or by pitch bend,
each note on a channel of its own, plain or as MPE has it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from jambox.midi import pitch
from jambox.midi.ground import EQUAL, KEYS, Ground
from jambox.midi.messages import DRUMS, NOTE_ON, SYSEX
from jambox.midi.pitch import USUAL
from jambox.midi.rotation import Rotation, spread
from jambox.midi.route import Parallel, Series, Unit
from jambox.midi.stages import Retuning, Stage
from jambox.midi.steps import Step

MTS, BEND, MPE = WAYS = ("mts", "bend", "mpe")
WIDEST = 96
"""Semitones that a bend may reach (RP-053); a step of one is 1.2 cents there, 0.02 at two semitones."""
LEAST, MOST = 50, 12_000
"""Cents that a whole bend may measure: with less, what lies between two keys cannot be reached."""
MASTER = 0
"""The channel of MPE's lower zone that is no note's."""
_CHANNELS = re.compile(r"\s*(\d{1,2})\s*(?:-\s*(\d{1,2})\s*)?")


@dataclass(frozen=True, repr=False)
class Tune(Stage):
    """Notes as the box is tuned, on an instrument whose A4 is 440 Hz; the last unit of its series.

    `by` "mts", by tuning changes; by "bend", each note on one of `channels`, which are nobody else's there; by "mpe",
    as by bend, and channel 1 says what is meant for all. `channels` are 1 to 16, as "2-9" or "1-9, 11-16": by "mts"
    those that are tuned. They are all but 10 unless given, by "mpe" 2 to 9: 10 is the drums', which everybody hears.
    `range` is how many semitones bends reach, which the instrument is told; `measured` how many cents a whole bend is
    there, where that is not 100 for each of them: 198.44 for the usual range with FluidSynth 2.3, which bends by 127
    parts of 128 (`fluid_mod_get_value`).
    """

    by: str = MTS
    channels: str | int = ""
    range: int = USUAL
    measured: float | None = None

    def __post_init__(self) -> None:
        if self.by not in WAYS:
            raise ValueError(f"{self.by!r} is no way to tune: allowed are {', '.join(map(repr, WAYS))}")
        if isinstance(self.range, bool) or not isinstance(self.range, int) or not 1 <= self.range <= WIDEST:
            raise ValueError(f"range is {self.range!r}: expected semitones, a whole number from 1 to {WIDEST}")
        if self.by == MTS and self.range != USUAL:
            raise ValueError("range is for 'bend' and 'mpe': leave it out")
        if self.measured is not None:
            self._check_measured(self.measured)
        numbers = self.numbers
        if self.by == MPE and numbers != tuple(range(1, 1 + len(numbers))):
            raise ValueError(f"channels are {self.channels!r}: 'mpe' takes those from 2 on without a gap, as '2-9'")

    def _check_measured(self, cents: object) -> None:
        if self.by == MTS:
            raise ValueError("measured is for 'bend' and 'mpe': leave it out")
        if isinstance(cents, bool) or not isinstance(cents, int | float) or not LEAST <= cents <= MOST:
            raise ValueError(f"measured is {cents!r}: expected the cents of a whole bend, {LEAST} to {MOST}")

    @property
    def numbers(self) -> tuple[int, ...]:
        """The channels, 0 to 15, in order. Raises ValueError if there are none, or others."""
        if self.channels == "":
            return tuple(range(1, DRUMS)) if self.by == MPE else tuple(each for each in range(16) if each != DRUMS)
        found = [_CHANNELS.fullmatch(part) for part in str(self.channels).split(",")]
        spans = [(int(match[1]), int(match[2] or match[1])) for match in found if match]
        if len(spans) < len(found) or not all(1 <= low <= high <= 16 for low, high in spans):
            raise ValueError(f"channels are {self.channels!r}: expected some of 1 to 16, as '2-9' or '1-9, 11-16'")
        return tuple(sorted({each - 1 for low, high in spans for each in range(low, high + 1)}))

    def start(self) -> Retuning:
        """As `Stage.start`."""
        if self.by == MTS:
            return Keyed(self.numbers)
        measured = 100.0 * self.range if self.measured is None else self.measured
        return Rotation(self.numbers, self.range, MASTER if self.by == MPE else None, measured / 100.0)

    def led(self, message: bytes) -> list[bytes]:
        """A `message` to the whole instrument, such as which sound it shall play, where this has it go."""
        if self.by == MTS or message[0] >= SYSEX:
            return [message]
        return spread(message, (MASTER,) if self.by == MPE else self.numbers)


class Keyed(Retuning):
    """An instrument that knows what each key shall sound. Keys that are played go at once by a new ground, the others
    before their next note: so a knob that is turned sends no more than a slow cable carries.
    """

    __slots__ = ("_channels", "_played", "_told", "_wanted")

    def __init__(self, channels: Iterable[int]) -> None:
        self._channels = tuple(channels)
        self._wanted: dict[int, float] = {}
        self._told: dict[int, float] = {}
        self._played: set[int] = set()

    def begin(self, ground: Ground, /) -> list[bytes]:
        """As `Retuning.begin`: each channel plays by the first tuning, and what that is."""
        self._turn(ground)
        self._told.clear()
        chosen = [sent for channel in self._channels for sent in pitch.parameter(channel, pitch.TUNING_PROGRAM, 0)]
        return [*chosen, *self._tell(self._wanted)]

    def tune(self, ground: Ground, /) -> list[bytes]:
        """As `Retuning.tune`."""
        self._turn(ground)
        return self._tell(sorted(self._played))

    def end(self) -> list[bytes]:
        """As `Retuning.end`: keys sound in equal temperament."""
        self._turn(EQUAL)
        return self._tell(range(len(KEYS)))

    def hear(self, message: bytes, _beat: float, /) -> list[bytes]:
        """As `Running.hear`. A key that shall sound nothing does not."""
        if message[0] & 0xF0 != NOTE_ON or not message[2] or message[0] & 0x0F not in self._channels:
            return [message]
        key = message[1]
        if key not in self._wanted:
            return []
        self._played.add(key)
        return [*self._tell([key]), message]

    def _turn(self, ground: Ground) -> None:
        self._wanted = {key: height for key, height in enumerate(ground.heard) if height is not None}

    def _tell(self, keys: Iterable[int]) -> list[bytes]:
        """Of these keys, what the instrument does not know yet."""
        fresh = {key: self._wanted[key] for key in keys if self._wanted.get(key) not in (None, self._told.get(key))}
        self._told |= fresh
        return pitch.tuned(fresh)


def is_followed(unit: Unit) -> bool:
    """Whether on any way through `unit` more is done to messages after a Tune()."""
    match unit:
        case Series(units):
            rest = iter(units)
            tuned = any(_has(one, Tune) for one in rest)
            return (tuned and any(_has(one, Step) for one in rest)) or any(map(is_followed, units))
        case Parallel(units):
            return any(map(is_followed, units))
    return False


def _has(unit: Unit, kind: type[Step]) -> bool:
    match unit:
        case Series(units) | Parallel(units):
            return any(_has(one, kind) for one in units)
    return isinstance(unit, kind)
