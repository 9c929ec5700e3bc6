"""The pin map: which GPIO pin or converter channel carries which control, for each audio board.

Pure: text in, frozen values out. `hardware/panel.toml` is the shipped text. Pins are BCM (GPIO) numbers, 0 to 27;
channels are those of an MCP3008 converter on SPI0, 0 to 7.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NoReturn

from jambox.errors import DataError

POTS = ("volume", "inputs", "drone_level", "rhythm_level", "energy", "meet")
ENCODERS = ("style",)
BUTTONS = ("style", "drone", "rhythm", "tap", "surprise", "keep", "shift")
LIGHTS = ("beat", "drone", "rhythm", "keep", "status")
FEET: Mapping[str, str] = MappingProxyType({"rhythm": "foot 1", "tap": "foot 2"})
"""Buttons that have a foot switch wired in parallel."""
CHANNELS = 8
"""Inputs of an MCP3008 (Microchip DS21295)."""

HEADER: Mapping[int, int] = MappingProxyType(
    {0: 27, 1: 28, 2: 3, 3: 5, 4: 7, 5: 29, 6: 31, 7: 26, 8: 24, 9: 21, 10: 19, 11: 23, 12: 32, 13: 33}
    | {14: 8, 15: 10, 16: 36, 17: 11, 18: 12, 19: 35, 20: 38, 21: 40, 22: 15, 23: 16, 24: 18, 25: 22, 26: 37, 27: 13}
)
"""BCM number -> pin of the 40-pin header (Raspberry Pi documentation, GPIO and the 40-pin header)."""
GROUNDS = (6, 9, 14, 20, 25, 30, 34, 39)
"""The header's GND pins."""
CHIP_SELECTS = (8, 7)
"""BCM numbers of SPI0 CE0 and CE1."""
BUSES: Mapping[int, str] = MappingProxyType(
    {0: "the HAT identity bus", 1: "the HAT identity bus", 2: "I2C", 3: "I2C", 9: "SPI0", 10: "SPI0", 11: "SPI0"}
    | {14: "the UART", 15: "the UART", 18: "I2S audio", 19: "I2S audio", 20: "I2S audio", 21: "I2S audio"}
)
"""Pins that no control may use on any board, and what they carry."""
ONE_CHIP_SELECT = "dtoverlay=spi0-1cs"
"""The boot line that makes the SPI driver claim CE0 only (Linux for the Raspberry Pi, overlays/README)."""

_KINDS = {"buttons": BUTTONS, "encoders": ENCODERS, "pots": POTS, "lights": LIGHTS}
_TEXTS = ("name", "source", "certainty")
_KEYS = frozenset({*_KINDS, *_TEXTS, "boot", "spi_device", "reserved", "shared"})


@dataclass(frozen=True, slots=True)
class PinMap:
    """One audio board's wiring. Every pin is used once, and none belongs to a bus or to the board.

    A control that the board leaves no pin for is absent from its table; `missing` names it.
    """

    board: str
    name: str
    source: str
    certainty: str
    boot: tuple[str, ...]
    """Lines for the Pi's config.txt."""
    spi_device: int
    """Chip select of the MCP3008 on SPI0: 0 or 1."""
    buttons: Mapping[str, tuple[int, ...]]
    """Control -> pins of its switches to GND, one or more; any of them presses it."""
    encoders: Mapping[str, tuple[int, int]]
    """Control -> pins of A and B."""
    pots: Mapping[str, int]
    """Control -> MCP3008 channel."""
    lights: Mapping[str, int]
    """Light -> pin of an LED to GND, lit when high."""
    reserved: Mapping[int, str] = field(default_factory=dict)
    """Pins that the board needs for itself, and why."""
    shared: Mapping[int, str] = field(default_factory=dict)
    """Pins on which the board has a harmless part of its own."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Standard controls without a pin, as `kind.control`, in panel order."""
        return tuple(
            f"{kind}.{name}" for kind, names in _KINDS.items() for name in names if name not in getattr(self, kind)
        )

    def uses(self) -> Iterator[tuple[str, int]]:
        """Each pin that a control takes, with its key path below the board: `lights.beat`, 23."""
        for name, pins in self.buttons.items():
            yield from ((f"buttons.{name}", pin) for pin in pins)
        for name, pair in self.encoders.items():
            yield from ((f"encoders.{name}", pin) for pin in pair)
        yield from ((f"lights.{name}", pin) for name, pin in self.lights.items())

    def taken(self) -> dict[int, str]:
        """Pins that no control may use with this board, and what has them: buses, chip selects, the board."""
        selects = CHIP_SELECTS[:1] if ONE_CHIP_SELECT in self.boot else CHIP_SELECTS
        taken = dict(BUSES) | dict.fromkeys(selects, "an SPI0 chip select")
        return taken | {pin: f"the board ({what})" for pin, what in self.reserved.items()}


def parse_panel(text: str, place: str) -> dict[str, PinMap]:
    """Pin maps by board from a panel file's text; `place` names the file in messages.

    Raises DataError for text that is not TOML, an unknown key or control, a wrong value, a pin used twice, and a pin
    that belongs to a bus or to the board; the message names the key, the value and what to write instead.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{place}: not TOML: {error}") from error
    page = _Page(place)
    boards = page.table(data, "boards")
    page.known(data, {"boards"}, "")
    if not boards:
        page.fail("boards", "missing", "write one table per audio board, as [boards.generic]")
    maps = {board: _board(page, board, page.table(boards, board, "boards")) for board in boards}
    for pin_map in maps.values():
        _check(page, pin_map)
    return maps


def wiring_table(pin_map: PinMap) -> str:
    """The wiring as a Markdown table, one row per wire, with header pins; ends in a newline."""
    rows = [
        ("control", "BCM", "header pin", "wire"),
        ("---", "---", "---", "---"),
        *_button_rows(pin_map),
        *_encoder_rows(pin_map),
        *_light_rows(pin_map),
        *_pot_rows(pin_map),
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def label(control: str) -> str:
    """What stands on the panel beside a control: `drone_level` is the knob DRONE."""
    return control.removesuffix("_level").upper()


@dataclass(frozen=True, slots=True)
class _Page:
    """A file being read: finds values and complains about them by key path."""

    place: str

    def fail(self, path: str, found: object, remedy: str) -> NoReturn:
        raise DataError(f"{self.place}: {path} is {found}: {remedy}")

    def known(self, table: Mapping[str, object], names: frozenset[str] | set[str], path: str) -> None:
        for key in table:
            if key not in names:
                self.fail(f"{path}.{key}".lstrip("."), "unknown", f"use one of {', '.join(sorted(names))}")

    def table(self, table: Mapping[str, object], key: str, path: str = "") -> dict[str, object]:
        value = table.get(key, {})
        if not isinstance(value, dict):
            self.fail(f"{path}.{key}".lstrip("."), repr(value), "write a table, as { beat = 23 }")
        return value

    def text(self, value: object, path: str) -> str:
        if not isinstance(value, str) or not value:
            self.fail(path, "missing" if value is None else repr(value), "write a text in quotes")
        return value

    def number(self, value: object, path: str, limit: int, what: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < limit:
            self.fail(path, "missing" if value is None else repr(value), f"write {what}, 0 to {limit - 1}")
        return value

    def pin(self, value: object, path: str) -> int:
        return self.number(value, path, len(HEADER), "a BCM pin")

    def pins(self, value: object, path: str) -> tuple[int, ...]:
        pins = value if isinstance(value, list) else [value]
        if not pins:
            self.fail(path, "[]", "write a BCM pin, 0 to 27, or leave the control out")
        return tuple(self.pin(pin, path) for pin in pins)

    def notes(self, table: Mapping[str, object], key: str, path: str) -> Mapping[int, str]:
        notes: dict[int, str] = {}
        for pin, what in self.table(table, key, path).items():
            where = f"{path}.{key}.{pin}"
            number = self.pin(int(pin) if pin.isdecimal() else pin, where)
            notes[number] = self.text(what, where)
        return MappingProxyType(notes)


def _board(page: _Page, board: str, table: Mapping[str, object]) -> PinMap:
    path = f"boards.{board}"
    page.known(table, _KEYS, path)
    kinds = {kind: page.table(table, kind, path) for kind in _KINDS}
    for kind, names in _KINDS.items():
        page.known(kinds[kind], set(names), f"{path}.{kind}")
    boot = table.get("boot", [])
    if not isinstance(boot, list):
        page.fail(f"{path}.boot", repr(boot), 'write a list of lines, as ["dtparam=spi=on"]')
    name, source, certainty = (page.text(table.get(key), f"{path}.{key}") for key in _TEXTS)
    return PinMap(
        board=board,
        name=name,
        source=source,
        certainty=certainty,
        boot=tuple(page.text(line, f"{path}.boot") for line in boot),
        spi_device=page.number(table.get("spi_device"), f"{path}.spi_device", 2, "the chip select"),
        buttons=MappingProxyType({k: page.pins(v, f"{path}.buttons.{k}") for k, v in kinds["buttons"].items()}),
        encoders=MappingProxyType({k: _pair(page, v, f"{path}.encoders.{k}") for k, v in kinds["encoders"].items()}),
        pots=MappingProxyType(
            {k: page.number(v, f"{path}.pots.{k}", CHANNELS, "an MCP3008 channel") for k, v in kinds["pots"].items()}
        ),
        lights=MappingProxyType({k: page.pin(v, f"{path}.lights.{k}") for k, v in kinds["lights"].items()}),
        reserved=page.notes(table, "reserved", path),
        shared=page.notes(table, "shared", path),
    )


def _pair(page: _Page, value: object, path: str) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2:
        page.fail(path, "missing" if value is None else repr(value), "write the pins of A and B, as [5, 6]")
    return page.pin(value[0], path), page.pin(value[1], path)


def _check(page: _Page, pin_map: PinMap) -> None:
    """Refuses conflicts between what stands in one map."""
    path = f"boards.{pin_map.board}"
    select = CHIP_SELECTS[pin_map.spi_device]
    if select in pin_map.reserved or (pin_map.spi_device and ONE_CHIP_SELECT in pin_map.boot):
        page.fail(f"{path}.spi_device", pin_map.spi_device, f"GPIO {select} is not the converter's; use the other")
    used: dict[int, str] = {}
    taken = pin_map.taken()
    spare = sorted(HEADER.keys() - taken.keys() - {pin for _, pin in pin_map.uses()})
    free = f"free pins are {', '.join(map(str, spare))}" if spare else "no pin is free: leave a control out"
    for where, pin in pin_map.uses():
        if pin in taken:
            page.fail(f"{path}.{where}", pin, f"that pin belongs to {taken[pin]}; {free}")
        if pin in used:
            page.fail(f"{path}.{where}", pin, f"{path}.{used[pin]} has that pin; {free}")
        used[pin] = where
    channels: dict[int, str] = {}
    for name, channel in pin_map.pots.items():
        if channel in channels:
            left = ", ".join(str(c) for c in range(CHANNELS) if c not in pin_map.pots.values())
            page.fail(
                f"{path}.pots.{name}", channel, f"{path}.pots.{channels[channel]} has it; free channels are {left}"
            )
        channels[channel] = name


_Row = tuple[str, str, str, str]


def _wire(pin_map: PinMap, control: str, pin: int, wire: str) -> _Row:
    """A row for one pin, with the nearest GND of the header, and the board's own part on that pin if it has one."""
    ground = min(GROUNDS, key=lambda gnd: abs(gnd - HEADER[pin]))
    own = f"; also {pin_map.shared[pin]}" if pin in pin_map.shared else ""
    return control, str(pin), str(HEADER[pin]), f"{wire} to GND (pin {ground}){own}"


def _button_rows(pin_map: PinMap) -> Iterator[_Row]:
    for name, pins in pin_map.buttons.items():
        push = " (push)" if name in ENCODERS else ""
        switch = f"switch, and {FEET[name]} in parallel," if name in FEET else "switch"
        for pin in pins:
            yield _wire(pin_map, f"button {label(name)}{push}", pin, switch)


def _encoder_rows(pin_map: PinMap) -> Iterator[_Row]:
    for name, pair in pin_map.encoders.items():
        for leg, pin in zip("AB", pair, strict=True):
            yield _wire(pin_map, f"encoder {label(name)} {leg}", pin, f"leg {leg}; common leg C")


def _light_rows(pin_map: PinMap) -> Iterator[_Row]:
    for name, pin in pin_map.lights.items():
        yield _wire(pin_map, f"light {label(name)}", pin, "330 Ω, LED long leg; LED short leg")


def _pot_rows(pin_map: PinMap) -> Iterator[_Row]:
    """Pots, then the MCP3008 that reads them: legs as in Microchip DS21295."""
    for name, channel in pin_map.pots.items():
        yield f"knob {label(name)}", "–", "–", f"wiper to MCP3008 leg {channel + 1} (CH{channel}); ends to GND and 3V3"
    select = CHIP_SELECTS[pin_map.spi_device]
    legs = (("CLK", 13, 11), ("DOUT", 12, 9), ("DIN", 11, 10), ("CS", 10, select))
    for leg, number, pin in legs:
        yield f"MCP3008 {leg}", str(pin), str(HEADER[pin]), f"leg {number}"
    yield "MCP3008 VDD, VREF", "3V3", "17", "legs 16 and 15"
    yield "MCP3008 AGND, DGND", "GND", "25", "legs 14 and 9"
