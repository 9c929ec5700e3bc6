import pytest

from jambox import usb

SOC = "/sys/devices/platform"


@pytest.mark.parametrize(
    ("device", "path"),
    [
        (f"{SOC}/dummy_hcd.0/usb1/1-1/1-1:1.0", "usb-dummy_hcd.0-1"),
        (
            f"{SOC}/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0/usb1/1-1/1-1.2/1-1.2:1.1",
            "usb-0000:01:00.0-1.2",
        ),
        (f"{SOC}/axi/1000120000.pcie/1f00300000.usb/xhci-hcd.1/usb3/3-2/3-2:1.0", "usb-xhci-hcd.1-2"),
        (f"{SOC}/soc/20980000.usb/usb1/1-1/1-1.4/1-1.4.3/1-1.4.3:1.0", "usb-20980000.usb-1.4.3"),
        (f"{SOC}/dummy_udc.0/gadget.0", ""),
        (f"{SOC}/snd_aloop.0", ""),
        ("/sys/class/sound/card9/device", ""),
        ("", ""),
    ],
)
def test_the_folder_of_an_interface_tells_controller_and_ports(device: str, path: str) -> None:
    assert usb.parse(device) == path


def test_a_card_that_is_not_there_is_nowhere() -> None:
    assert usb.path(31) == ""
