"""Instruments that come, go, and look alike, around the running box."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from jambox.midi.announce import Announcements
from tests.rig import hardware
from tests.rig.box import UNHEARD, RunningBox, announce, hide_new_cards, show_new_cards
from tests.rig.far_midi import FarKeys, FarPort
from tests.rig.hardware import Gadget

Report = Callable[[str], None]
ON, OFF = bytes([0x90, 60, 100]), bytes([0x80, 60, 64])
SOCKETS = "usb-dummy_hcd.0-1", "usb-dummy_hcd.1-1"
READY = 0.3
"""Seconds after which an instrument that was announced must be heard."""
WOKEN = 0.02
"""Seconds that this takes a box that is woken; one that looks every 0.2 s takes longer now and then."""
sockets = pytest.mark.rig(append="dummy_hcd.num=2", usb_midi=False)


@pytest.fixture(autouse=True)
def _hidden() -> Iterator[None]:
    hide_new_cards()
    yield
    show_new_cards()


@pytest.fixture
def synth() -> Iterator[FarPort]:
    with FarPort("Synth") as far:
        yield far.open_virtual()


@pytest.fixture
def twins() -> Iterator[tuple[Gadget, Gadget]]:
    with Gadget("left") as left, Gadget("right") as right:
        yield left, right


def notes(far: FarPort) -> list[bytes]:
    """What came but for controllers."""
    return [arrival.data for arrival in far.arrivals if arrival.data[0] & 0xE0 == 0x80]


def plug(gadget: Gadget, socket: int) -> None:
    gadget.plug(socket)
    announce(gadget)


def inputs(box: RunningBox) -> list[str]:
    return [name for name in box.status()["midi"]["inputs"] if "VirMIDI" not in name]


def played(synth: FarPort, gadget: Gadget) -> int:
    """The channel, from 1, on which the synth hears a note of the gadget."""
    synth.arrivals.clear()
    with FarKeys(gadget.card) as far:
        far.send(ON + OFF)
        hardware.wait_for(lambda: len(notes(synth)) == 2)
    assert {data[1] for data in notes(synth)} == {60}
    return (notes(synth)[0][0] & 0x0F) + 1


@sockets
def test_twins_keep_to_their_sockets(tmp_path: Path, synth: FarPort, twins: tuple[Gadget, Gadget]) -> None:
    routes = [
        f"From('Rig Keys@{path}') >> ToChannel({channel}) >> To('Synth')" for channel, path in enumerate(SOCKETS, 1)
    ]
    left, right = twins
    plug(right, 1)
    with RunningBox(tmp_path, *UNHEARD, "none", config=f"[midi]\nroutes = {json.dumps(routes)}\n") as box:
        assert inputs(box) == ["Rig Keys MIDI 1", "Synth"]
        assert played(synth, right) == 2
        plug(left, 0)
        hardware.wait_for(lambda: len(inputs(box)) == 3)
        assert set(inputs(box)) == {"Synth", *(f"Rig Keys MIDI 1@{path}" for path in SOCKETS)}
        assert (played(synth, left), played(synth, right)) == (1, 2)
        listed = subprocess.run([*box.command[:3], "list", "midi", "--json"], stdout=subprocess.PIPE, check=True)
        patterns = {row["pattern"] for row in json.loads(listed.stdout)}
        assert patterns >= {"Synth#0", *(f"Rig Keys@{path}#0" for path in SOCKETS)}
        right.unplug()
        hardware.wait_for(lambda: len(inputs(box)) == 2)
        assert inputs(box) == ["Synth", "Rig Keys MIDI 1"]
        assert played(synth, left) == 1
        # They come back in another order, which changes their numbers.
        left.unplug()
        plug(right, 1)
        plug(left, 0)
        hardware.wait_for(lambda: len(inputs(box)) == 3)
        assert (played(synth, left), played(synth, right)) == (1, 2)
        assert f"instrument gone: Rig Keys MIDI 1@{SOCKETS[1]}" in box.log
        assert box.status()["midi"]["counters"]["errors"] == 0


@sockets
def test_one_that_moves_takes_its_routes_along_until_its_twin_is_there(
    tmp_path: Path, synth: FarPort, twins: tuple[Gadget, Gadget]
) -> None:
    routes = [f"From('Rig Keys@{SOCKETS[0]}') >> ToChannel(5) >> To('Synth')", "From('Rig Keys') >> ToChannel(9)"]
    left, right = twins
    plug(right, 1)
    with RunningBox(tmp_path, *UNHEARD, "none", config=f"[midi]\nroutes = {json.dumps(routes)}\n") as box:
        synth.arrivals.clear()
        with FarKeys(right.card) as far:
            far.send(ON)
            hardware.wait_for(lambda: len(notes(synth)) == 2)
            plug(left, 0)
            hardware.wait_for(lambda: len(inputs(box)) == 3)
            # Ends where it began, though its second way is no longer there.
            far.send(OFF)
            hardware.wait_for(lambda: len(notes(synth)) == 4)
            far.send(ON)
            hardware.wait_for(lambda: len(notes(synth)) == 5)
            hardware.wait_until(time.monotonic() + 0.05)
        assert [data[0] for data in notes(synth)] == [0x94, 0x98, 0x84, 0x88, 0x98]


@sockets
def test_an_instrument_is_heard_at_once_when_it_is_announced(
    tmp_path: Path, synth: FarPort, twins: tuple[Gadget, Gadget], report: Report
) -> None:
    took: dict[str, list[float]] = {"USB": [], "program": []}
    heard = Announcements("nobody")
    with RunningBox(tmp_path, *UNHEARD, "none") as box:
        for turn in range(10):
            hardware.wait_until(time.monotonic() + 0.02 * turn)  # at any phase of the box's own looks
            twins[0].plug(turn % 2)
            with FarKeys(twins[0].card) as far:
                synth.arrivals.clear()
                heard.take()
                far.send(ON)  # waits in the cable until somebody listens
                announce(twins[0])
                announced = time.monotonic()
                assert heard.take() == set()
                hardware.wait_for(lambda: bool(notes(synth)))
                took["USB"].append(synth.arrivals[0].time - announced)
            twins[0].unplug()
            with FarPort("Pads") as pads:
                hardware.wait_for(lambda: notes(synth)[-1:] == [OFF])
                synth.arrivals.clear()
                pads.open_virtual()
                announced = time.monotonic()
                while not notes(synth):
                    pads.send(ON)
                    hardware.wait_until(time.monotonic() + 1e-3)
                took["program"].append(synth.arrivals[0].time - announced)
            hardware.wait_for(lambda: "Pads" not in inputs(box))
    heard.close()
    report(
        "from the announcement to the first note heard, at most: "
        + ", ".join(f"{what} {max(times) * 1e3:.1f} ms" for what, times in took.items())
    )
    assert max(map(max, took.values())) < WOKEN < READY


@sockets
def test_every_port_of_a_device_with_several_plays_and_is_played(tmp_path: Path, synth: FarPort) -> None:
    ports = range(1, 5)
    routes = [f"From('Hub MIDI {port}') >> ToChannel({port}) >> To('Synth')" for port in ports]
    routes += [f"From('Synth') >> Channel({port}) >> To('Hub#{port - 1}')" for port in ports]
    with (
        Gadget("hub", len(ports), "Hub") as hub,
        RunningBox(tmp_path, *UNHEARD, "none", config=f"[midi]\nroutes = {json.dumps(routes)}\n") as box,
        ExitStack() as ends,
    ):
        plug(hub, 0)
        hardware.wait_for(lambda: len(inputs(box)) == 1 + len(ports))
        assert [name for name in inputs(box) if "Hub" in name] == [f"Hub MIDI {port}" for port in ports]
        assert box.status()["midi"]["inputs"] == box.status()["midi"]["outputs"]
        # Each opening of the card takes its next port.
        far = [ends.enter_context(FarKeys(hub.card)) for _ in ports]
        for end in far:
            end.received()
            end.send(ON)
        hardware.wait_for(lambda: len(notes(synth)) == len(ports))
        assert sorted(notes(synth)) == [bytes([0x8F + port, 60, 100]) for port in ports]
        for port in ports:
            synth.send(bytes([0x8F + port, 70 + port, 100]))
        hardware.wait_until(time.monotonic() + 0.05)
        got = [b"".join(arrival.data for arrival in end.received()) for end in far]
        assert got == [bytes([0x8F + port, 70 + port, 100]) for port in ports]
        # All of them let go.
        hub.unplug()
        hardware.wait_for(lambda: len(notes(synth)) == 2 * len(ports))
        assert sorted(notes(synth)[len(ports) :]) == [bytes([0x7F + port, 60, 64]) for port in ports]
