"""The shipped pin maps, the parser that guards them, and the pictures and tables made from them."""

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.errors import DataError
from jambox.panel import pins
from jambox.panel.drawing import HEIGHT, WIDTH, panel_svg
from jambox.panel.pins import PinMap, parse_panel, wiring_table

ROOT = Path(__file__).parent.parent
PANEL = ROOT / "hardware" / "panel.toml"
BOARDS = parse_panel(PANEL.read_text(encoding="utf-8"), "hardware/panel.toml")

# The 40-pin header, row by row, odd pins left (Raspberry Pi documentation, "GPIO and the 40-pin header").
HEADER_ROWS = """
3V3 5V | 2 5V | 3 GND | 4 14 | GND 15 | 17 18 | 27 GND | 22 23 | 3V3 24 | 10 GND
9 25 | 11 8 | GND 7 | 0 1 | 5 GND | 6 12 | 13 GND | 19 16 | 26 20 | GND 21
""".replace("|", " ").split()

GOOD = """
[boards.one]
name = "One"
source = "a test"
certainty = "sure"
boot = ["dtparam=spi=on"]
spi_device = 0
reserved = { 22 = "mute" }
shared = { 27 = "its own button" }
buttons = { rhythm = [17, 27], tap = 4 }
encoders = { style = [5, 6] }
pots = { volume = 0, meet = 7 }
lights = { beat = 23 }
"""


def test_header_is_the_standard_one() -> None:
    assert len(HEADER_ROWS) == 40
    assert dict(pins.HEADER) == {int(name): pin for pin, name in enumerate(HEADER_ROWS, 1) if name.isdecimal()}
    assert list(pins.GROUNDS) == [pin for pin, name in enumerate(HEADER_ROWS, 1) if name == "GND"]
    assert HEADER_ROWS[17 - 1] == "3V3"


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_shipped_map_uses_every_pin_once_and_no_bus(board: PinMap) -> None:
    used = [pin for _, pin in board.uses()]
    assert max(Counter(used).values()) == 1
    forbidden = {0, 1, 2, 3, 9, 10, 11, 14, 15, 18, 19, 20, 21}
    assert not forbidden & set(used)
    assert not set(board.reserved) & set(used)
    assert max(Counter(board.pots.values()).values()) == 1
    assert {"dtparam=spi=on", "dtoverlay=spi0-1cs"} >= set(board.boot)


@pytest.mark.parametrize(
    ("board", "missing"),
    [
        ("generic", set()),
        ("codec_zero", set()),
        ("digiamp", {"lights.drone"}),
        (
            "pisound",
            {f"buttons.{name}" for name in ("style", "surprise", "keep", "shift")}
            | {f"lights.{name}" for name in ("drone", "rhythm", "keep", "status")},
        ),
    ],
)
def test_missing_controls_are_named(board: str, missing: set[str]) -> None:
    assert set(BOARDS[board].missing) == missing


def test_pisound_leaves_the_driver_its_pins() -> None:
    # pisound-overlay.dts: oversampling 13, 26, 16; reset 12, 24; data available 25; button 17; SPI0 CE0
    assert set(BOARDS["pisound"].reserved) == {8, 12, 13, 16, 17, 24, 25, 26}
    assert BOARDS["pisound"].spi_device == 1


def test_good_text_is_read_as_written() -> None:
    board = parse_panel(GOOD, "x.toml")["one"]
    assert board.buttons == {"rhythm": (17, 27), "tap": (4,)}
    assert board.encoders == {"style": (5, 6)}
    assert (board.pots, board.lights) == ({"volume": 0, "meet": 7}, {"beat": 23})
    assert board.reserved == {22: "mute"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("tap = 4", "tap = 18", r"x\.toml: boards\.one\.buttons\.tap is 18: .*I2S audio; free pins are 4, 12, 13,"),
        ("tap = 4", "tap = 7", r"buttons\.tap is 7: .*chip select"),
        ("tap = 4", "tap = 22", r"buttons\.tap is 22: .*the board \(mute\)"),
        ("tap = 4", "tap = 5", r"encoders\.style is 5: boards\.one\.buttons\.tap has that pin"),
        ("tap = 4", "tap = 28", r"buttons\.tap is 28: write a BCM pin, 0 to 27"),
        ("tap = 4", "tap = true", r"buttons\.tap is True: write a BCM pin"),
        ("tap = 4", "tap = []", r"buttons\.tap is \[\]: write a BCM pin"),
        ("tap = 4", "tab = 4", r"boards\.one\.buttons\.tab is unknown: use one of drone, keep,"),
        ("[5, 6]", "[5]", r"encoders\.style is \[5\]: write the pins of A and B"),
        ("[5, 6]", "[5, 2]", r"encoders\.style is 2: that pin belongs to I2C"),
        ("meet = 7", "meet = 8", r"pots\.meet is 8: write an MCP3008 channel, 0 to 7"),
        ("meet = 7", "meet = 0", r"pots\.meet is 0: boards\.one\.pots\.volume has it; free channels are 1, 2,"),
        ("lights =", "lamps =", r"boards\.one\.lamps is unknown"),
        ("{ beat = 23 }", "23", r"boards\.one\.lights is 23: write a table"),
        ('name = "One"', "", r"boards\.one\.name is missing: write a text"),
        ('["dtparam=spi=on"]', '"spi"', r"boards\.one\.boot is 'spi': write a list"),
        ("spi_device = 0", "spi_device = 2", r"spi_device is 2: write the chip select, 0 to 1"),
        ('22 = "mute"', '8 = "midi"', r"spi_device is 0: GPIO 8 is not the converter's"),
        ('22 = "mute"', 'x = "mute"', r"boards\.one\.reserved\.x is 'x': write a BCM pin"),
        ("[boards.one]", "[bords.one]", r"bords is unknown: use one of boards"),
        ("[boards.one]", "[boards.one", r"x\.toml: not TOML"),
    ],
)
def test_faults_name_place_key_value_and_remedy(old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(DataError, match=message):
        parse_panel(GOOD.replace(old, new), "x.toml")


def test_one_chip_select_frees_the_other_but_not_for_the_converter() -> None:
    alone = GOOD.replace("dtparam=spi=on", "dtoverlay=spi0-1cs").replace("tap = 4", "tap = 7")
    assert parse_panel(alone, "x.toml")["one"].buttons["tap"] == (7,)
    with pytest.raises(DataError, match="spi_device is 1"):
        parse_panel(alone.replace("spi_device = 0", "spi_device = 1").replace("tap = 7", "tap = 4"), "x.toml")


def test_no_boards_is_an_error() -> None:
    with pytest.raises(DataError, match="boards is missing"):
        parse_panel("", "x.toml")


@given(st.lists(st.integers(-2, 30), min_size=1, max_size=3), st.integers(-2, 30))
def test_an_accepted_map_never_has_a_conflict(taps: list[int], beat: int) -> None:
    text = GOOD.replace("tap = 4", f"tap = {taps}").replace("beat = 23", f"beat = {beat}")
    free = {4, 12, 13, 16, 23, 24, 25, 26}
    fine = len({*taps, beat}) == len(taps) + 1 and {*taps, beat} <= free
    if fine:
        assert parse_panel(text, "x.toml")["one"].buttons["tap"] == tuple(taps)
    else:
        with pytest.raises(DataError):
            parse_panel(text, "x.toml")


def test_wiring_table_has_a_row_per_wire_with_the_right_header_pin() -> None:
    board = BOARDS["generic"]
    rows = [line.strip("| ").split(" | ") for line in wiring_table(board).splitlines()]
    assert {len(row) for row in rows} == {4}
    wired = {int(bcm): int(header) for _, bcm, header, _ in rows[2:] if bcm.isdecimal()}
    assert set(wired) == {pin for _, pin in board.uses()} | {8, 9, 10, 11}
    assert all(HEADER_ROWS[header - 1] == str(bcm) for bcm, header in wired.items())
    grounds = {int(pin) for row in rows for pin in re.findall(r"GND \(pin (\d+)\)", row[3])}
    assert all(HEADER_ROWS[pin - 1] == "GND" for pin in grounds)
    assert ["button RHYTHM", "27", "13", "switch, and foot 1 in parallel, to GND (pin 14)"] in rows
    assert ["knob MEET", "–", "–", "wiper to MCP3008 leg 6 (CH5); ends to GND and 3V3"] in rows


def test_wiring_table_tells_of_the_boards_own_parts() -> None:
    assert "also the board's own button |" in wiring_table(BOARDS["codec_zero"])


def test_panel_picture_is_up_to_date() -> None:
    assert (ROOT / "hardware" / "panel.svg").read_text(encoding="utf-8") == panel_svg(), (
        "hardware/panel.svg is old; write jambox.panel.drawing.panel_svg() to it"
    )


def test_panel_picture_shows_every_control_inside_its_frame() -> None:
    root = ElementTree.fromstring(panel_svg())
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    counts = Counter(text for text in texts if text and text.isupper())
    shown = [*pins.POTS, *pins.BUTTONS]
    assert counts == Counter([*(pins.label(name) for name in shown), "BEAT", "STATUS"])
    circles = list(root.iter("{http://www.w3.org/2000/svg}circle"))
    assert len([c for c in circles if c.get("r") == "7"]) == len(pins.LIGHTS)
    assert all(0 < float(c.get("cx", "0")) < WIDTH and 0 < float(c.get("cy", "0")) < HEIGHT for c in circles)


def test_readme_shows_the_wiring_of_the_standard_map() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- wiring -->\n+(.*?)\n*<!-- /wiring -->", readme, re.DOTALL)
    assert found is not None, "README.md needs <!-- wiring --> and <!-- /wiring --> around the table"
    assert found[1] + "\n" == wiring_table(BOARDS["generic"]), "put wiring_table(BOARDS['generic']) between the markers"
