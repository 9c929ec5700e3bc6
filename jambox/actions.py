"""The closed set of things a player can do: from the panel, the terminal, the socket or a clock, the same values."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from jambox.rounds import Lock
from jambox.units import Beats, Bpm, Decibels, Hertz, Seconds


class Level(StrEnum):
    """The levels that have a knob."""

    VOLUME = "volume"
    INPUTS = "inputs"
    DRONE = "drone_level"
    RHYTHM = "rhythm_level"


class SetLevel(msgspec.Struct, frozen=True):
    """Bring one level to `level`; SILENCE (see `jambox.state`) or lower is off."""

    name: Level
    level: Decibels


class Share(StrEnum):
    """What else has a knob: shares from 0 to 1."""

    ENERGY = "energy"
    MEET = "meet"


class SetShare(msgspec.Struct, frozen=True):
    """Bring the rhythm's energy, or how far its cycle meets the partner, to `share`, 0 to 1."""

    name: Share
    share: float


class SetMixer(msgspec.Struct, frozen=True):
    """Bring parameters of the mixer, by name, to these values; None is what the configuration says."""

    values: Mapping[str, float | None]


class SitDown(msgspec.Struct, frozen=True):
    """A card known by `card` has sat down on `channels` strips from `first` on, counted from 0: its settings follow."""

    card: str
    first: int
    channels: int


class LevelInputs(msgspec.Struct, frozen=True):
    """Listen to the inputs and set their trims by what is heard; while that is done already, break it off."""


class InputsHeard(msgspec.Struct, frozen=True):
    """Listening to the inputs has come to its end, with these trims, by name, or none; `text` tells the player."""

    trims: Mapping[str, float]
    text: str


class PressDrone(msgspec.Struct, frozen=True):
    """DRONE went down: start the drone if it is silent."""


class ClickDrone(msgspec.Struct, frozen=True):
    """DRONE came up and served for nothing else: stop the drone, unless that very press started it."""


class TakeTonic(msgspec.Struct, frozen=True):
    """Take the tonic from the next key, or note that is sung or played; while that is waited for, break off."""


class StopDrone(msgspec.Struct, frozen=True):
    """Let the drone fade, if it sounds."""


class PressRhythm(msgspec.Struct, frozen=True):
    """RHYTHM went down: start at once, or play a fill."""


class CountIn(msgspec.Struct, frozen=True):
    """Start after an introduction, as a count-in; while the rhythm plays, end at the next sam."""


class HoldRhythm(msgspec.Struct, frozen=True):
    """RHYTHM was held: end at the next sam, unless that very press started it."""


class FinishRhythm(msgspec.Struct, frozen=True):
    """End at the next sam, if the rhythm plays."""


class Tap(msgspec.Struct, frozen=True):
    """TAP went down at `time` on the monotonic clock."""

    time: Seconds


class TurnStyle(msgspec.Struct, frozen=True):
    """The next (or, negative, previous) cycle of the catalogue, by `steps`."""

    steps: int


class TurnPartner(msgspec.Struct, frozen=True):
    """The next (or, negative, previous) of the cycles that meet this one well, by `steps`."""

    steps: int


class Surprise(msgspec.Struct, frozen=True):
    """Change one thing about the cycle at the next sam."""


class UndoSurprise(msgspec.Struct, frozen=True):
    """Take the latest surprise, or other laya, back at the next sam."""


class TurnLaya(msgspec.Struct, frozen=True):
    """From the next sam on let the cycle pass twice as fast against the beat (or, negative, half as fast) a step."""

    steps: int


class TurnTonic(msgspec.Struct, frozen=True):
    """Move the tonic by `steps` semitones."""

    steps: int


class SetTonic(msgspec.Struct, frozen=True):
    """The tonic, in Hz."""

    tonic: Hertz


class SetTuning(msgspec.Struct, frozen=True):
    """The tuning of that id, which there is."""

    tuning: str


class TurnTuning(msgspec.Struct, frozen=True):
    """Take the tuning `steps` further on in the list of those that are turned through."""

    steps: int


class TurnDrone(msgspec.Struct, frozen=True):
    """Take the drone `steps` further on, with its usual strings."""

    steps: int


class SetInstrument(msgspec.Struct, frozen=True):
    """The drone of that id, which there is, with its usual strings."""

    drone: str


class SetStrings(msgspec.Struct, frozen=True):
    """The drone's strings, as `music.drone.strung` reads them and they can be; empty for its usual ones."""

    strings: str


class SetRound(msgspec.Struct, frozen=True):
    """What the rounds of the drone go with."""

    lock: Lock


class Where(msgspec.Struct, frozen=True):
    """Tell the player which cycle, tempo and tonic are set."""


class Panic(msgspec.Struct, frozen=True):
    """Silence: stop drone and rhythm, release every note everywhere."""


class FollowClock(msgspec.Struct, frozen=True):
    """Follow the clocks of other instruments, or ignore them: whichever is not done now."""


class Led(msgspec.Struct, frozen=True):
    """The clock of `source` leads, in `tempo`; without a name, the box itself does, in that tempo from now on.

    `shared`: it is a session's, whose tempo every peer may set.
    """

    source: str
    tempo: Bpm
    shared: bool = False


class ClockStarts(msgspec.Struct, frozen=True):
    """The clock that leads was started, continued or moved: its `beat` is heard at `time` on the monotonic clock."""

    beat: Beats
    time: Seconds


class ClockStops(msgspec.Struct, frozen=True):
    """The clock that leads was stopped."""


class NotYet(msgspec.Struct, frozen=True):
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
