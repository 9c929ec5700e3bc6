"""The closed set of things a player can do: from the panel, the terminal, the socket or a clock, the same values."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from jambox.rounds import Lock
from jambox.units import Beats, Bpm, Decibels, Hertz, Seconds


class Level(StrEnum):
    """The levels that have a knob."""

    VOLUME = "volume"
    INPUTS = "inputs"
    DRONE = "drone_level"
    RHYTHM = "rhythm_level"


@dataclass(frozen=True, slots=True)
class SetLevel:
    """Bring one level to `level`; SILENCE (see `jambox.state`) or lower is off."""

    name: Level
    level: Decibels


class Share(StrEnum):
    """What else has a knob: shares from 0 to 1."""

    ENERGY = "energy"
    MEET = "meet"


@dataclass(frozen=True, slots=True)
class SetShare:
    """Bring the rhythm's energy, or how far its cycle meets the partner, to `share`, 0 to 1."""

    name: Share
    share: float


@dataclass(frozen=True, slots=True)
class SetMixer:
    """Bring parameters of the mixer, by name, to these values; None is what the configuration says."""

    values: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class SitDown:
    """A card known by `card` has sat down on `channels` strips from `first` on, counted from 0: its settings follow."""

    card: str
    first: int
    channels: int


@dataclass(frozen=True, slots=True)
class LevelInputs:
    """Listen to the inputs and set their trims by what is heard; while that is done already, break it off."""


@dataclass(frozen=True, slots=True)
class InputsHeard:
    """Listening to the inputs has come to its end, with these trims, by name, or none; `text` tells the player."""

    trims: Mapping[str, float]
    text: str


@dataclass(frozen=True, slots=True)
class PressDrone:
    """DRONE went down: start the drone if it is silent."""


@dataclass(frozen=True, slots=True)
class ClickDrone:
    """DRONE came up and served for nothing else: stop the drone, unless that very press started it."""


@dataclass(frozen=True, slots=True)
class TakeTonic:
    """Take the tonic from the next key, or note that is sung or played; while that is waited for, break off."""


@dataclass(frozen=True, slots=True)
class StopDrone:
    """Let the drone fade, if it sounds."""


@dataclass(frozen=True, slots=True)
class PressRhythm:
    """RHYTHM went down: start at once, or play a fill."""


@dataclass(frozen=True, slots=True)
class CountIn:
    """Start after an introduction, as a count-in; while the rhythm plays, end at the next sam."""


@dataclass(frozen=True, slots=True)
class HoldRhythm:
    """RHYTHM was held: end at the next sam, unless that very press started it."""


@dataclass(frozen=True, slots=True)
class FinishRhythm:
    """End at the next sam, if the rhythm plays."""


@dataclass(frozen=True, slots=True)
class Tap:
    """TAP went down at `time` on the monotonic clock."""

    time: Seconds


@dataclass(frozen=True, slots=True)
class TurnStyle:
    """The next (or, negative, previous) cycle of the catalogue, by `steps`."""

    steps: int


@dataclass(frozen=True, slots=True)
class TurnPartner:
    """The next (or, negative, previous) of the cycles that meet this one well, by `steps`."""

    steps: int


@dataclass(frozen=True, slots=True)
class Surprise:
    """Change one thing about the cycle at the next sam."""


@dataclass(frozen=True, slots=True)
class UndoSurprise:
    """Take the latest surprise, or other laya, back at the next sam."""


@dataclass(frozen=True, slots=True)
class TurnLaya:
    """From the next sam on let the cycle pass twice as fast against the beat (or, negative, half as fast) a step."""

    steps: int


@dataclass(frozen=True, slots=True)
class TurnTonic:
    """Move the tonic by `steps` semitones."""

    steps: int


@dataclass(frozen=True, slots=True)
class SetTonic:
    """The tonic, in Hz."""

    tonic: Hertz


@dataclass(frozen=True, slots=True)
class SetTuning:
    """The tuning of that id, which there is."""

    tuning: str


@dataclass(frozen=True, slots=True)
class TurnTuning:
    """Take the tuning `steps` further on in the list of those that are turned through."""

    steps: int


@dataclass(frozen=True, slots=True)
class TurnDrone:
    """Take the drone `steps` further on, with its usual strings."""

    steps: int


@dataclass(frozen=True, slots=True)
class SetInstrument:
    """The drone of that id, which there is, with its usual strings."""

    drone: str


@dataclass(frozen=True, slots=True)
class SetStrings:
    """The drone's strings, as `music.drone.strung` reads them and they can be; empty for its usual ones."""

    strings: str


@dataclass(frozen=True, slots=True)
class SetRound:
    """What the rounds of the drone go with."""

    lock: Lock


@dataclass(frozen=True, slots=True)
class Where:
    """Tell the player which cycle, tempo and tonic are set."""


@dataclass(frozen=True, slots=True)
class Panic:
    """Silence: stop drone and rhythm, release every note everywhere."""


@dataclass(frozen=True, slots=True)
class FollowClock:
    """Follow the clocks of other instruments, or ignore them: whichever is not done now."""


@dataclass(frozen=True, slots=True)
class Led:
    """The clock of `source` leads, in `tempo`; without a name, the box itself does, in that tempo from now on.

    `shared`: it is a session's, whose tempo every peer may set.
    """

    source: str
    tempo: Bpm
    shared: bool = False


@dataclass(frozen=True, slots=True)
class ClockStarts:
    """The clock that leads was started, continued or moved: its `beat` is heard at `time` on the monotonic clock."""

    beat: Beats
    time: Seconds


@dataclass(frozen=True, slots=True)
class ClockStops:
    """The clock that leads was stopped."""


@dataclass(frozen=True, slots=True)
class NotYet:
    """Something the panel names and this version cannot do; `what` completes "… is not there yet"."""

    what: str


Action = (
    SetLevel
    | SetShare
    | SetMixer
    | LevelInputs
    | InputsHeard
    | SitDown
    | PressDrone
    | ClickDrone
    | TakeTonic
    | StopDrone
    | PressRhythm
    | CountIn
    | HoldRhythm
    | FinishRhythm
    | Tap
    | TurnStyle
    | TurnPartner
    | Surprise
    | UndoSurprise
    | TurnLaya
    | TurnTonic
    | SetTonic
    | TurnDrone
    | SetInstrument
    | SetStrings
    | SetRound
    | SetTuning
    | TurnTuning
    | Where
    | Panic
    | FollowClock
    | Led
    | ClockStarts
    | ClockStops
    | NotYet
)
