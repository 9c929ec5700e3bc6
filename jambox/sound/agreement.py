"""What control and the engine's process agree on when it starts: the device, the mixer, and what was granted."""

import msgspec

from jambox.sound.parameters import Mixer

DEVICE_LOST = 3
"""Exit status of an engine whose device cannot be opened, or is gone."""


class Request(msgspec.Struct, frozen=True):
    """What to open: `name` is `null`, `wav:PATH` or an ALSA PCM; `inputs` capture channels at most."""

    name: str
    rate: int
    period: int
    periods: int
    inputs: int


class Granted(msgspec.Struct, frozen=True):
    """What was opened. `latency` is in frames: from the moment a block is read to the moment it is heard."""

    name: str
    rate: int
    period: int
    periods: int
    inputs: int
    format: str
    latency: int


class Settings(msgspec.Struct, frozen=True):
    """What the engine is started with: descriptors of the link and the bank, the device, and the mixer."""

    link: int
    bank: int
    device: Request
    mixer: Mixer
    seed: int


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
