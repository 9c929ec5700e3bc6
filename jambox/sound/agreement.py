"""What control and the engine's process agree on when it starts: the device, the mixer, and what was granted."""

import msgspec

from jambox.sound.parameters import Mixer

DEVICE_LOST = 3
"""Exit status of an engine whose device cannot be opened, or is gone."""
OUTPUTS, WITH_CUE = 2, 4
"""Channels that the mix is played on, and that mix and cue are played on together."""


class Request(msgspec.Struct, frozen=True):
    """What to open: `name` is `null`, `wav:PATH` or an ALSA PCM; `inputs` capture channels and `outputs` at most."""

    name: str
    rate: int
    period: int
    periods: int
    inputs: int
    outputs: int = OUTPUTS


class Granted(msgspec.Struct, frozen=True):
    """What was opened. `latency` is in frames: from the moment a block is read to the moment it is heard.

    `outputs` are those of the channels asked for that there are: the mix, then the cue.
    """

    name: str
    rate: int
    period: int
    periods: int
    inputs: int
    format: str
    latency: int
    outputs: int = OUTPUTS


class Settings(msgspec.Struct, frozen=True):
    """What the engine is started with: descriptors of the link and the bank, the device, and the mixer.

    `inlets` is the descriptor of the `guests` inlets, each of which may have one strip or more of as many; `outlet`
    that of the outlet to a card that plays the cue, -1 for none; `humanise` the share, 0 to 1, of what is measured of
    players by which strokes are off the grid.
    """

    link: int
    bank: int
    device: Request
    mixer: Mixer
    seed: int
    inlets: int = -1
    guests: int = 0
    outlet: int = -1
    humanise: float = 0.0

    @property
    def descriptors(self) -> tuple[int, ...]:
        """The files that it needs."""
        inlets = (self.inlets,) if self.guests else ()
        return (self.link, self.bank, *inlets, *((self.outlet,) if self.outlet >= 0 else ()))


class Ready(msgspec.Struct, frozen=True):
    """What the engine says once it plays: the device as granted, and the rights it was given."""

    name: str
    rate: int
    period: int
    periods: int
    inputs: int
    format: str
    latency: int
    realtime: bool
    locked: bool
    outputs: int = OUTPUTS


class Capturing(msgspec.Struct, frozen=True):
    """What a guest's process is started with: the descriptor of the `count` inlets, which is its own, and the card.

    The rate in `device` is the host's; a card that does not have it is captured at its own.
    """

    inlets: int
    count: int
    number: int
    device: Request

    @property
    def descriptors(self) -> tuple[int, ...]:
        """The files that it needs."""
        return (self.inlets,)


class Joined(msgspec.Struct, frozen=True):
    """What a guest's process says once it captures: the card as granted, and whether it was given real-time rights."""

    name: str
    rate: int
    period: int
    channels: int
    format: str
    realtime: bool


class Cueing(msgspec.Struct, frozen=True):
    """What the process of a cue card is started with: the descriptor of the outlet, and the card.

    The rate in `device` is the host's; a card that does not have it plays at its own.
    """

    outlet: int
    device: Request

    @property
    def descriptors(self) -> tuple[int, ...]:
        """The files that it needs."""
        return (self.outlet,)


class Cued(msgspec.Struct, frozen=True):
    """What the process of a cue card says once it plays: the card as granted, and whether it has real-time rights."""

    name: str
    rate: int
    period: int
    periods: int
    format: str
    realtime: bool
