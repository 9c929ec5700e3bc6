"""The wired panel on gpiozero's mock pins, with a converter that speaks the MCP3008's protocol bit by bit."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from gpiozero import LED, Device
from gpiozero.exc import GPIOZeroError
from gpiozero.pins.mock import MockFactory, MockPWMPin, MockSPIDevice

from jambox.errors import DeviceError
from jambox.panel.controls import JITTER, Pressed, Reading, Released, Stepped, Turned
from jambox.panel.gpio import FRESH, GpioPanel, open_factories, stamp
from jambox.panel.pins import PinMap, parse_panel
from jambox.units import Seconds

PANEL = Path(__file__).parents[2] / "hardware" / "panel.toml"
PINS = parse_panel(PANEL.read_text(), "panel.toml")["generic"]
NOW = Seconds(5000.0)
BEAT = PINS.lights["beat"]


class Factory(MockFactory):  # type: ignore[misc]  # gpiozero is untyped
    """Mock pins, of which only BEAT's can dim; the SPI pins must stay plain for gpiozero's own SPI."""

    def pin(self, name: Any, pin_class: Any = None, **kwargs: Any) -> Any:
        return super().pin(name, MockPWMPin if name == BEAT else pin_class, **kwargs)


class Converter(MockSPIDevice):  # type: ignore[misc]  # gpiozero is untyped
    """An MCP3008 on CE0 (Microchip DS21295, figure 6-1): start bit, single-ended, channel, then ten bits."""

    def __init__(self, factory: Factory) -> None:
        super().__init__(11, 10, 9, 8, pin_factory=factory)
        self.counts = dict.fromkeys(range(8), 512)
        """Ten bits of result; the two above them are what is on the line before it."""

    def on_bit(self) -> None:
        heard = "".join(str(int(bit)) for bit in self.rx_buf).lstrip("0")
        if len(heard) == 5 and heard.startswith("11") and not self.tx_buf:
            self.tx_word(self.counts[int(heard[2:], 2)], 12)


@pytest.fixture
def factory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Factory]:
    factory = Factory()
    monkeypatch.setattr(Device, "pin_factory", factory)  # the mock SPI bus asks for it
    yield factory
    factory.reset()


@pytest.fixture
def converter(factory: Factory) -> Iterator[Converter]:
    with Converter(factory) as converter:
        yield converter


def opened(factory: Factory, heard: list[Reading], pins: PinMap = PINS) -> GpioPanel:
    return GpioPanel(pins, heard.append, lambda: NOW, factory)


@pytest.mark.parametrize(
    ("ticks", "expected"),
    [(NOW - 0.003, NOW - 0.003), (NOW, NOW), (NOW - FRESH - 0.001, NOW), (NOW + 0.001, NOW), (1.8e9, NOW), (0.0, NOW)],
)
def test_a_stamp_is_the_drivers_only_where_it_is_on_our_clock(ticks: float, expected: float) -> None:
    assert stamp(ticks, NOW) == expected


@pytest.mark.parametrize("name", PINS.buttons)
def test_buttons(factory: Factory, name: str) -> None:
    heard: list[Reading] = []
    with opened(factory, heard):
        for pin in PINS.buttons[name]:
            factory.pin(pin).drive_low()
            factory.pin(pin).drive_high()
    source = f"GPIO {PINS.buttons[name][0]}"
    assert heard == [Pressed(name, NOW, source), Released(name, NOW, source)]


@pytest.mark.parametrize(("order", "step"), [((0, 1), 1), ((1, 0), -1)])
def test_encoder(factory: Factory, order: tuple[int, int], step: int) -> None:
    heard: list[Reading] = []
    first, second = (factory.pin(PINS.encoders["style"][leg]) for leg in order)
    with opened(factory, heard):
        for _ in range(3):
            first.drive_low()
            second.drive_low()
            first.drive_high()
            second.drive_high()
    assert heard == [Stepped("style", step, NOW)] * 3


def test_knobs(factory: Factory, converter: Converter) -> None:
    heard: list[Reading] = []
    with opened(factory, heard) as panel:
        assert panel.faults == ()
        panel.poll()
        assert [(r.control, r.pickup) for r in heard if isinstance(r, Turned)] == [(n, True) for n in PINS.pots]
        heard.clear()
        for noise in (510, 513, 511, 514, 512):
            converter.counts[PINS.pots["meet"]] = noise
            panel.poll()
        assert heard == []
        converter.counts[PINS.pots["volume"]] = 1023
        panel.poll()
        converter.counts[PINS.pots["volume"]] = 0
        panel.poll()
    positions = [r.position for r in heard if isinstance(r, Turned) and r.control == "volume"]
    assert positions == [pytest.approx(1.0 - JITTER / 2.0, abs=0.001), pytest.approx(JITTER / 2.0, abs=0.001)]
    assert len(heard) == 2


def test_a_converter_that_fails_silences_the_knobs_only_and_only_while_it_fails(
    factory: Factory, converter: Converter, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Reading] = []
    with opened(factory, heard) as panel:
        with monkeypatch.context() as patch:
            patch.setattr("gpiozero.pins.spi.SPISoftware.transfer", _broken)
            panel.poll()
            panel.poll()
            assert len(panel.faults) == 1
            assert "all knobs (MCP3008 on SPI0): no answer: enable SPI" in panel.faults[0]
            factory.pin(PINS.buttons["tap"][0]).drive_low()
            assert [type(r) for r in heard] == [Pressed]
        converter.counts[0] = 700
        panel.poll()
        assert list(panel.faults) == []
        assert [r.control for r in heard[1:]] == list(PINS.pots)


def _broken(_spi: object, _data: list[int]) -> list[int]:
    raise OSError("no answer")


def test_a_missing_converter_is_told_from_a_knob(factory: Factory, converter: Converter) -> None:
    """Nothing drives the line, and it stays high."""
    heard: list[Reading] = []
    with opened(factory, heard) as panel:
        converter.counts = dict.fromkeys(range(8), 0xFFF)
        panel.poll()
        assert "the converter does not answer: enable SPI" in panel.faults[0]
    assert heard == []


def test_lights(factory: Factory) -> None:
    with opened(factory, []) as panel:
        drone, beat = factory.pin(PINS.lights["drone"]), factory.pin(BEAT)
        panel.show({"beat": 0.3, "drone": 1.0, "laser": 1.0})
        assert (drone.state, beat.state) == (True, pytest.approx(0.3))
        written = len(beat.states)
        panel.show({"beat": 0.3})
        assert len(beat.states) == written
        panel.show({"beat": 0.0, "drone": 0.0})
        assert (drone.state, beat.state) == (False, 0.0)


def test_a_light_that_fails_is_left_alone(factory: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(factory, []) as panel:

        def refuse(_self: object, _value: float) -> None:
            raise GPIOZeroError("no such line")

        monkeypatch.setattr("gpiozero.pins.mock.MockPin._set_state", refuse)
        panel.show({"drone": 1.0})
        panel.show({"drone": 0.0})
        monkeypatch.undo()
        assert [f for f in panel.faults if "light DRONE" in f] == [
            "light DRONE: no such line: look at its wiring, then restart"
        ]


def test_a_missing_part_does_not_stop_the_rest(factory: Factory, converter: Converter) -> None:
    """GPIO 17 is taken by something else: DRONE is dead, and named; RHYTHM plays on."""
    heard: list[Reading] = []
    with LED(PINS.buttons["drone"][0], pin_factory=factory), opened(factory, heard) as panel:
        assert len(panel.faults) == 1
        assert "button DRONE (GPIO 17)" in panel.faults[0]
        factory.pin(PINS.buttons["rhythm"][0]).drive_low()
    assert [r.control for r in heard] == ["rhythm"]
    assert len(converter.counts) == 8


def test_spi_that_is_off_is_a_fault_of_the_knobs_alone(factory: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Left to itself, gpiozero would read bit by bit and only warn."""
    choose = factory._get_spi_class

    def no_hardware(shared: bool, hardware: bool) -> Any:
        if hardware:
            raise OSError("/dev/spidev0.0 is missing")
        return choose(shared, hardware)

    monkeypatch.setattr(factory, "_get_spi_class", no_hardware)
    with opened(factory, []) as panel:
        assert len(panel.faults) == 1
        assert panel.faults[0].startswith("all knobs (MCP3008 on SPI0): /dev/spidev0.0 is missing: enable SPI")
        panel.poll()


def test_a_button_down_since_the_start_is_named_until_it_comes_up(factory: Factory, converter: Converter) -> None:
    heard: list[Reading] = []
    pin = factory.pin(PINS.buttons["tap"][0])
    original, pin._set_pull = pin._set_pull, lambda _value: None  # a closed switch wins over the pull-up
    with opened(factory, heard) as panel:
        assert list(panel.faults) == ["button TAP (GPIO 4) is down since the start: it is ignored until it comes up"]
        assert heard == []
        pin.drive_high()
        assert list(panel.faults) == []
    pin._set_pull = original
    assert [type(r) for r in heard] == [Released]
    assert converter.counts[0] == 512


def test_close_gives_everything_back(factory: Factory, converter: Converter) -> None:
    heard: list[Reading] = []
    panel = opened(factory, heard)
    panel.show({"beat": 1.0, "drone": 1.0})
    panel.close()
    panel.close()
    panel.poll()
    factory.pin(PINS.buttons["tap"][0]).drive_low()
    assert heard == []
    with opened(factory, heard) as again:
        assert [fault for fault in again.faults if "TAP" not in fault] == []
    assert converter.counts[0] == 512


def test_no_gpio_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever lgpio's import does to the working folder and LG_WD is undone."""
    seen: list[str] = []

    def no_chip(_name: str) -> ModuleType:
        os.chdir(os.environ["LG_WD"])
        seen.append(os.environ["LG_WD"])
        raise OSError("can not open gpiochip")

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LG_WD", raising=False)
    monkeypatch.setattr("importlib.import_module", no_chip)
    with pytest.raises(DeviceError, match="can not open gpiochip: install lgpio"):
        open_factories()
    assert Path.cwd() == tmp_path
    assert "LG_WD" not in os.environ
    assert not Path(seen[0]).exists()


def test_outputs_are_given_back_where_inputs_cannot_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[int] = []

    class Outputs:
        chip = 4

        def close(self) -> None:
            closed.append(self.chip)

    def no_chip(path: str) -> None:
        raise PermissionError(f"{path} may not be opened")

    monkeypatch.setattr("gpiod.Chip", no_chip)
    monkeypatch.setattr("importlib.import_module", lambda _name: SimpleNamespace(LGPIOFactory=Outputs))
    with pytest.raises(DeviceError, match="/dev/gpiochip4 may not be opened"):
        open_factories()
    assert closed == [4]


def test_a_missing_lgpio_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LG_WD", "/srv/own")
    monkeypatch.setitem(sys.modules, "gpiozero.pins.lgpio", None)
    with pytest.raises(DeviceError, match="liblgpio-dev"):
        open_factories()
    assert os.environ["LG_WD"] == "/srv/own"
