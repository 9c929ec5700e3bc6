"""Effects: what an action asks to be done to the world, in order."""

from dataclasses import dataclass

from jambox.units import Beats, Seconds


@dataclass(frozen=True, slots=True)
class Mix:
    """Send the levels of the scene to the engine."""


@dataclass(frozen=True, slots=True)
class MixStrips:
    """Send the parameters of the mixer to the engine."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Begin to listen to the inputs, or, not `on`, end it and forget what was heard."""

    on: bool


@dataclass(frozen=True, slots=True)
class SetDrone:
    """Let the scene's drone sound (or fade out) on the scene's tonic, in its tuning."""


@dataclass(frozen=True, slots=True)
class HearTonic:
    """Listen for a note, or break off; if the drone was `started` only now and fades again, it shall sound on that."""

    started: bool = False


@dataclass(frozen=True, slots=True)
class LoadCycle:
    """Bring the scene's cycle, and its partner, in: at once when the rhythm is silent, else at its next sam."""


@dataclass(frozen=True, slots=True)
class StartRhythm:
    """Play from sam, now, or after an introduction if it shall be `introduced`; by a clock that leads, on its beat."""

    introduced: bool = False


@dataclass(frozen=True, slots=True)
class JoinClock:
    """Play so that `beat` is heard at `time` (monotonic seconds), even if that has passed."""

    beat: Beats
    time: Seconds


@dataclass(frozen=True, slots=True)
class PlayFill:
    """Let a fill lead to the next sam."""


@dataclass(frozen=True, slots=True)
class EndRhythm:
    """Play up to the next sam, with an ending, and close on it."""


@dataclass(frozen=True, slots=True)
class StopRhythm:
    """Silence the rhythm, now."""


@dataclass(frozen=True, slots=True)
class SetTempo:
    """Go on in the scene's tempo from where the cycle stands."""


@dataclass(frozen=True, slots=True)
class ProposeTempo:
    """Let the session that leads take the scene's tempo."""


@dataclass(frozen=True, slots=True)
class PlaceBeat:
    """Let the nearest beat be heard at `time` (monotonic seconds)."""

    time: Seconds


@dataclass(frozen=True, slots=True)
class ReleaseAll:
    """Release every note of every MIDI destination."""


@dataclass(frozen=True, slots=True)
class Say:
    """Tell the player `text`, in the log and to whoever asked; `refused` adds the light and the earcon."""

    text: str
    refused: bool = False


Effect = (
    Mix
    | MixStrips
    | Listen
    | SetDrone
    | HearTonic
    | LoadCycle
    | StartRhythm
    | JoinClock
    | PlayFill
    | EndRhythm
    | StopRhythm
    | SetTempo
    | ProposeTempo
    | PlaceBeat
    | ReleaseAll
    | Say
)
