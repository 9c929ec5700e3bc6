"""Effects: what an action asks to be done to the world, in order."""

import msgspec

from jambox.units import Beats, Seconds


class Mix(msgspec.Struct, frozen=True):
    """Send the levels of the scene to the engine."""


class MixStrips(msgspec.Struct, frozen=True):
    """Send the parameters of the mixer to the engine."""


class Listen(msgspec.Struct, frozen=True):
    """Begin to listen to the inputs, or, not `on`, end it and forget what was heard."""

    on: bool


class SetDrone(msgspec.Struct, frozen=True):
    """Let the scene's drone sound (or fade out) on the scene's tonic, in its tuning."""


class HearTonic(msgspec.Struct, frozen=True):
    """Listen for a note, or break off; if the drone was `started` only now and fades again, it shall sound on that."""

    started: bool = False


class LoadCycle(msgspec.Struct, frozen=True):
    """Bring the scene's cycle, and its partner, in: at once when the rhythm is silent, else at its next sam."""


class StartRhythm(msgspec.Struct, frozen=True):
    """Play from sam, now, or after an introduction if it shall be `introduced`; by a clock that leads, on its beat."""

    introduced: bool = False


class JoinClock(msgspec.Struct, frozen=True):
    """Play so that `beat` is heard at `time` (monotonic seconds), even if that has passed."""

    beat: Beats
    time: Seconds


class PlayFill(msgspec.Struct, frozen=True):
    """Let a fill lead to the next sam."""


class EndRhythm(msgspec.Struct, frozen=True):
    """Play up to the next sam, with an ending, and close on it."""


class StopRhythm(msgspec.Struct, frozen=True):
    """Silence the rhythm, now."""


class SetTempo(msgspec.Struct, frozen=True):
    """Go on in the scene's tempo from where the cycle stands."""


class ProposeTempo(msgspec.Struct, frozen=True):
    """Let the session that leads take the scene's tempo."""


class PlaceBeat(msgspec.Struct, frozen=True):
    """Let the nearest beat be heard at `time` (monotonic seconds)."""

    time: Seconds


class ReleaseAll(msgspec.Struct, frozen=True):
    """Release every note of every MIDI destination."""


class Say(msgspec.Struct, frozen=True):
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
