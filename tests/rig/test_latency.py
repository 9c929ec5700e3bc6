"""How long a note takes through the running box, beside the kernel's own subscription and a bare echo, in real time.

The three take turns note by note, so that whatever else this machine does hits all alike; only their ratios mean
something. There is one destination: each further one costs the box, as it would the echo, one more call of the kernel.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from jambox.midi.messages import note_off, note_on
from jambox.scene import Scene
from tests.rig import hardware
from tests.rig.box import LOOK, PINNED, SAMPLE, UNHEARD, RunningBox, card, noise
from tests.rig.far_midi import FarPort
from tests.rig.far_peers import INTO, UNSEEN, FarEcho
from tests.rig.far_sound import FarCard

Report = Callable[[str], None]
Took = dict[str, NDArray[np.float64]]
NOTES, ROUNDS = 250, 6
"""Notes in a round, and rounds at most: p99 of few notes is one moment of a shared machine."""
PAUSE = 0.004
"""Seconds between two notes at most, so that they fall anywhere between the box's own looks."""
P50, P99, STREAM = 1.3, 2.0, 2.0
"""Times the echo's, at most: of one note's time, and of that of many at once."""
KEYS = 4 * tuple(range(60, 72))
"""One octave: what comes in an octave above what came before looks like its echo, and would be asked about."""
BURST, BURSTS = 2 * len(KEYS), 12
"""Messages that are under way at a time, and how often."""
CHANNEL = 2
TEN = [
    f"From('Keys') >> Channel({CHANNEL + 1}) >> Keys('C2', 'C7') >> Transpose(12) >> VelocityCurve(0.7) >> To('Synth')",
    f"From('Keys') >> Channel({CHANNEL + 1}) >> Keys('C-1', 'B1') >> To('Synth')",
    "From('Keys') >> CC(1) >> CCMap({1: 11}) >> CCScale(11, 20, 127) >> To('Synth')",
    "From('Keys') >> Kind('bend', 'pressure') >> ChannelMap({3: 4}) >> To('Synth')",
    *(f"From('Keys') >> Channel({n}) >> Velocity(1, 100) >> Transpose({n}) >> To('Synth')" for n in range(5, 11)),
]

pytestmark = pytest.mark.rig(virtual_time=False, timeout=300, usb_midi=False, append="snd-virmidi.enable=0")


class Ear(FarPort):
    """A port that can be waited for, of a program like any other."""

    KEEPS_THREAD = False

    def __init__(self, name: str, client: str = "") -> None:
        super().__init__(name, client)
        self.came = threading.Event()

    def _arrived(self, event: tuple[Sequence[int], float], _data: object = None) -> None:
        super()._arrived(event)
        self.came.set()


class Peer(NamedTuple):
    """A way from one port to another."""

    name: str
    mouth: FarPort
    ear: Ear

    def took(self, message: bytes) -> float:
        """Seconds that a message takes."""
        self.ear.arrivals.clear()
        self.ear.came.clear()
        sent = self.mouth.send(message)
        assert self.ear.came.wait(5.0), f"{self.name} lost a note"
        return self.ear.arrivals[0].time - sent

    def streams(self, messages: list[bytes]) -> float:
        """Seconds in which all of these come, in their order and changed in nothing but the key and how hard it is."""
        self.ear.arrivals.clear()
        sent, *_ = [self.mouth.send(message) for message in messages]
        hardware.wait_for(lambda: len(self.ear.arrivals) >= len(messages), 5.0, LOOK)
        came = [arrival.data for arrival in self.ear.arrivals]
        assert [data[0] for data in came] == [message[0] for message in messages]
        assert len({data[1] - message[1] for data, message in zip(came, messages, strict=True)}) == 1
        return self.ear.arrivals[-1].time - sent


@pytest.fixture
def peers() -> Iterator[list[Peer]]:
    """The kernel's subscription (as `aconnect` makes it), the echo, and the ports that the box finds."""
    with ExitStack() as parts:

        def port(made: FarPort) -> FarPort:
            return parts.enter_context(made)

        def ear(name: str, client: str = "") -> Ear:
            made = parts.enter_context(Ear(name, client))
            made.open_virtual()
            return made

        subscribed, echoed, synth = ear("subscribed", UNSEEN), ear("echoed", UNSEEN), ear("Synth")
        parts.enter_context(FarEcho("echoed"))
        yield [
            Peer("kernel", port(FarPort("to kernel", UNSEEN)).send_to("subscribed"), subscribed),
            Peer("echo", port(FarPort("to echo", UNSEEN)).send_to(INTO), echoed),
            Peer("box", port(FarPort("Keys")).open_virtual(), synth),
        ]


def measured(peers: list[Peer], notes: int, chance: random.Random) -> Took:
    """The seconds that so many notes took each."""
    took: dict[str, list[float]] = {peer.name: [] for peer in peers}
    for count in range(notes):
        message = note_off(CHANNEL, 60) if count % 2 else note_on(CHANNEL, 60, 80)
        for peer in chance.sample(peers, len(peers)):
            hardware.wait_until(time.monotonic() + PAUSE * chance.uniform(0.25, 1.0))
            took[peer.name].append(peer.took(message))
    return {name: np.array(times) for name, times in took.items()}


def ratio(took: Took, percentile: float) -> float:
    """How much longer than the echo the box takes."""
    return float(np.percentile(took["box"], percentile) / np.percentile(took["echo"], percentile))


def compare(peers: list[Peer], report: Report, what: str) -> None:
    """Fails unless, of all rounds so far, the box keeps up with the echo; after some more the machine had its say."""
    chance = random.Random(1)
    measured(peers, 20, chance)
    took: Took = {peer.name: np.empty(0) for peer in peers}
    for rounds in range(1, ROUNDS + 1):  # noqa: B007 (told below)
        fresh = measured(peers, NOTES, chance)
        took = {name: np.concatenate([times, fresh[name]]) for name, times in took.items()}
        if ratio(took, 50) <= P50 and ratio(took, 99) <= P99:
            break
    told = "; ".join(
        f"{name} {np.median(times) * 1e3:.2f}, {np.percentile(times, 99) * 1e3:.2f} ms" for name, times in took.items()
    )
    report(f"{what}, p50 and p99 of {rounds * NOTES} notes: {told}; ")
    report(f"box / echo {ratio(took, 50):.2f}, {ratio(took, 99):.2f}")
    assert ratio(took, 50) <= P50
    assert ratio(took, 99) <= P99


@pytest.mark.parametrize(
    ("what", "routes"), [("everything to everything", []), ("ten routes", TEN)], ids=["default", "ten"]
)
def test_a_note_through_the_box_keeps_up_with_a_bare_echo(
    what: str, routes: list[str], peers: list[Peer], tmp_path: Path, report: Report
) -> None:
    config = f"[midi]\nroutes = {routes}" if routes else ""
    with RunningBox(tmp_path, "--audio", "null", "--panel", "none", config=config) as box:
        hardware.wait_for(lambda: len(box.status()["midi"]["inputs"]) == 2, every=LOOK)
        compare(peers, report, what)


def test_so_it_does_while_drone_and_rhythm_play_and_all_inputs_are_mixed(
    peers: list[Peer], tmp_path: Path, report: Report
) -> None:
    with FarCard(noise(120.0), sample=SAMPLE), RunningBox(tmp_path, *card(128, 3), scene=Scene(), config=PINNED) as box:
        hardware.wait_for(lambda: len(box.status()["midi"]["inputs"]) == 2, every=LOOK)
        box.press("drone")
        box.press("rhythm")
        hardware.wait_until(time.monotonic() + 3.0)
        compare(peers, report, "drone, rhythm and inputs at 128 x 3")
        assert box.engine["playing"]


def test_a_stream_through_ten_routes_keeps_up_with_a_bare_echo_and_loses_nothing(
    peers: list[Peer], tmp_path: Path, report: Report
) -> None:
    """With `BURST` under way at a time, as no queue can hold a stream that nobody paces."""
    rates: dict[str, list[float]] = {"echo": [], "box": []}
    words = *UNHEARD, "none"
    with RunningBox(tmp_path, *words, config=f"[midi]\nroutes = {TEN}") as box:
        hardware.wait_for(lambda: len(box.status()["midi"]["inputs"]) == 2, every=LOOK)
        for _ in range(BURSTS):
            for peer in peers[1:]:
                rates[peer.name].append(BURST / peer.streams([note for key in KEYS for note in (on(key), off(key))]))
        counters = box.status()["midi"]["counters"]
    one, other = (float(np.median(rates[name])) for name in ("box", "echo"))
    report(f"{BURSTS} × {BURST} notes through ten routes: box {one:.0f} a second, echo {other:.0f}: {other / one:.2f}")
    assert counters["errors"] == counters["dropped"] == counters["thinned"] == counters["overruns"] == 0
    assert other / one <= STREAM


def on(key: int) -> bytes:
    return note_on(CHANNEL, key, 80)


def off(key: int) -> bytes:
    return note_off(CHANNEL, key)
