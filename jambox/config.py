"""The configuration: TOML text to a frozen Config. Every key is optional; a wrong one is refused with its path."""

from typing import Annotated, Literal

import msgspec

from jambox.accompanying import Accompanying
from jambox.errors import ConfigError
from jambox.mapping import Binding
from jambox.midi.notation import parse_route
from jambox.midi.offsets import Offsets
from jambox.midi.route import EVERYTHING, Unit
from jambox.music.humanising import Touch
from jambox.reference import Reference
from jambox.scene import HIGHEST_TONIC, LOWEST_TONIC
from jambox.sound.layout import STRIPS
from jambox.sound.parameters import Mixer, Strip
from jambox.toml import decode
from jambox.units import Hertz, parse_pitch

PROFILES = {"safe": (256, 3), "normal": (128, 3), "fast": (64, 3), "fastest": (64, 2)}
"""Frames a period and periods a buffer."""


Id = Annotated[str, msgspec.Meta(min_length=1)]
"""Of something in the library."""
Pattern = Annotated[str, msgspec.Meta(min_length=1)]
"""Of cards: a kind (hat, usb, jack, hdmi, virtual), or an id or name with `*`, `?` and `[ab]`, and @ with a path."""
STICKS = ("/media/*/jambox/tunings", "/media/*/*/jambox/tunings", "/run/media/*/*/jambox/tunings")
"""Where systems mount sticks: Debian's and Raspberry Pi's desktops, usbmount, and the box's own rule for udev."""
OUTPUTS_3_4 = "3/4"
"""The outputs of that number of the card that plays, as the cue's."""


class Audio(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The cards: `device` is `auto`, `null`, `wav:PATH` or an ALSA name; `period` in frames overrides the profile's.

    `pinned`: the period stays as it is, however often xruns come. `auto` is the first of `prefer`. Of the others, those
    that capture and are among `guests` join as further strips, of which there are `guest_strips`, as far as the mixer
    has them. `cue` is a Pattern of the card that plays what is soloed, or OUTPUTS_3_4; empty: nothing does. What it
    means is for `auto` the last choice.
    """

    device: str = "auto"
    rate: Literal[44100, 48000, 96000] = 48000
    profile: Literal["safe", "normal", "fast", "fastest"] = "normal"
    period: Annotated[int, msgspec.Meta(ge=16, le=4096)] | None = None
    periods: Annotated[int, msgspec.Meta(ge=2, le=16)] | None = None
    inputs: Annotated[int, msgspec.Meta(ge=0, le=16)] = 2
    pinned: bool = False
    prefer: tuple[Pattern, ...] = ("hat", "usb", "jack")
    guests: tuple[Pattern, ...] = ("hat", "usb")
    guest_strips: Annotated[int, msgspec.Meta(ge=0, le=16)] = 4
    cue: str = ""

    @property
    def joining(self) -> range:
        """The strips that guests may have, counted from 0: those after the inputs."""
        return range(self.inputs, min(self.inputs + (self.guest_strips if self.guests else 0), STRIPS))

    @property
    def buffer(self) -> tuple[int, int]:
        """Frames a period and periods a buffer."""
        period, periods = PROFILES[self.profile]
        return self.period or period, self.periods or periods


class CardStrips(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `strips` of the cards that `card` means, wherever they are in the mixer, in the order of their channels."""

    card: Pattern
    strips: Annotated[tuple[Strip, ...], msgspec.Meta(max_length=STRIPS)] = ()


class Midi(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who hears whom: `routes` as `midi.notation` reads them, side by side; `bindings`, of which the first counts.

    `offset` has milliseconds by names of ports, with `*`, `?` and `[...]`: the rhythm's clock and notes go to them so
    much later, or, below 0, earlier (-50 to 50).
    """

    routes: tuple[str, ...] = (repr(EVERYTHING),)
    offset: dict[Annotated[str, msgspec.Meta(min_length=1)], Annotated[float, msgspec.Meta(ge=-50, le=50)]] = {}
    bindings: tuple[Binding, ...] = ()

    @property
    def offsets(self) -> Offsets:
        """What `offset` says, for the ports."""
        return Offsets.of(self.offset)

    @property
    def parsed(self) -> tuple[Unit, ...]:
        """The routes. Raises ConfigError for a wrong one, with its place."""
        return tuple(_route(text, f"midi.routes[{index}]") for index, text in enumerate(self.routes))


class Panel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which panel, and for which audio board its pins are (a name in hardware/panel.toml)."""

    kind: Literal["auto", "gpio", "terminal", "none"] = "auto"
    board: str = "generic"


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ableton Link, where it is installed: whether the box joins, and starts and stops with those who wish so."""

    enabled: bool = True
    start_stop: bool = False


class Style(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What STYLE goes through: `cycles` by id, in that order; without any, all whose sources do not disagree.

    `tunings` by id, too; without any, a few that are far apart. `humanise`: by which share of what is measured of
    players strokes are off the grid.
    """

    cycles: tuple[Id, ...] = ()
    tunings: tuple[Id, ...] = ()
    humanise: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0


class Tuning(Reference, frozen=True, forbid_unknown_fields=True):
    """What the box is tuned by, and, as globs, which `folders` hold more tunings when a stick is plugged in."""

    folders: tuple[Annotated[str, msgspec.Meta(min_length=1)], ...] = STICKS

    @property
    def reference(self) -> Reference:
        """What the box is tuned by alone."""
        return Reference(self.a4, self.tonic, self.scale)


class Voice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said to players over the cue: nothing, the count of the beats, or the syllables of the strokes.

    The count is in `language`, which is the name of a voice of espeak-ng; syllables are in the language of their own.
    `level` is in dB.
    """

    speak: Literal["off", "count", "bols"] = "off"
    language: Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*(\+[A-Za-z0-9]+)?\Z")] = "en"
    level: Annotated[float, msgspec.Meta(ge=-24, le=0)] = 0.0


MUTE = Voice()
"""Nothing is said."""


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole configuration. Of `cards` the first that means one counts. `seed`: other plucks and strokes.

    `drums`: by the ids of drum families, those that play in their place.
    """

    audio: Audio = Audio()
    mixer: Mixer = Mixer()
    midi: Midi = Midi()
    panel: Panel = Panel()
    link: Link = Link()
    seed: Annotated[int, msgspec.Meta(ge=0)] = 0
    cards: tuple[CardStrips, ...] = ()
    style: Style = Style()
    drums: dict[Id, Id] = {}
    tuning: Tuning = Tuning()
    accompany: Accompanying = Accompanying()
    voice: Voice = Voice()

    @property
    def is_prompting(self) -> bool:
        """Whether anything is said to players."""
        return self.voice.speak != "off" and bool(self.audio.cue)

    @property
    def touch(self) -> Touch:
        """The hands that play the rhythm."""
        return Touch(self.seed, self.style.humanise)

    @property
    def unheard(self) -> tuple[str, ...]:
        """What is wished for and cannot be heard, in a line each."""
        told = []
        if self.voice.speak != "off" and not self.audio.cue:
            told.append(f"voice.speak = {self.voice.speak!r}: nothing is said, there is no cue: set audio.cue")
        strips = (*self.mixer.strips, *(strip for card in self.cards for strip in card.strips))
        if self.accompany.heeds_strokes and not (self.accompany.players or any(strip.strokes for strip in strips)):
            told.append("accompany: nobody's strokes are heard: name players there, or mark strips with strokes = true")
        return tuple(told)


def parse_config(text: str, place: str) -> Config:
    """The Config that `text` (TOML) describes; `place` names the file in messages. Raises ConfigError."""
    config = decode(text, Config, place, ConfigError)
    try:
        _ = config.midi.parsed
        _check_tonic(config.tuning)
    except ConfigError as fault:
        raise ConfigError(f"{place}: {fault}") from fault
    return config


def _check_tonic(tuning: Reference) -> None:
    try:
        tonic = parse_pitch(tuning.tonic, Hertz(tuning.a4))
    except ValueError as fault:
        raise ConfigError(f"tuning.tonic: {fault}") from fault
    if not LOWEST_TONIC <= tonic <= HIGHEST_TONIC:
        limits = f"{LOWEST_TONIC:g} to {HIGHEST_TONIC:g} Hz"
        raise ConfigError(f"tuning.tonic: {tuning.tonic} is {tonic:.2f} Hz: allowed is {limits}")


def _route(text: str, key: str) -> Unit:
    try:
        return parse_route(text)
    except ConfigError as fault:
        raise ConfigError(f"{key}: {fault}") from fault
