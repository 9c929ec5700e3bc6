"""The card that plays the cue: which it is, when it is taken and let go, what is told. Its process is scripted."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from types import SimpleNamespace

import pytest

from jambox import cuecard
from jambox.config import Audio
from jambox.cuecard import CueCard
from jambox.errors import DeviceError
from jambox.guestbook import HUNG, LONGEST_RETRY, RETRY
from jambox.sound.agreement import Cued, Cueing, Ready, Request
from jambox.sound.cards import Card
from jambox.sound.outlet import Outlet, Report
from jambox.sound.supervisor import CueProcess

HAT = Card("HAT", "RPi", "DigiAMP", True, True)
USB = Card("USB", "USB-Audio", "Phones USB", True, True, "usb-0-1")
TWIN = Card("USB_1", "USB-Audio", "Phones USB", True, True, "usb-0-2")
MIC = Card("Mic", "USB-Audio", "Mic USB", False, True, "usb-0-3")
MUCH = 20
"""Turns of the event loop in which all falls due that can."""


class Process:
    """A process that is none."""

    def __init__(self, settings: Cueing) -> None:
        self.settings = settings
        self.ready = Cued(settings.device.name, 48000, 128, 3, "S32_LE", True)
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def kill(self) -> None:
        if not self.ended.done():
            self.ended.set_result("killed")


class Story:
    """A CueCard, the processes that it started, what it told, and the time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, cue: str, able: bool = True) -> None:
        self.now, self.refuses = 100.0, ""
        self.processes: list[Process] = []
        self.told: list[tuple[str, bool, bool]] = []
        self.card = CueCard(Audio(cue=cue), lambda card, here, news: self.told.append((card.id, here, news)))

        async def start(settings: Cueing) -> Process:
            await asyncio.sleep(0.0)
            if self.refuses:
                raise DeviceError(self.refuses)
            self.processes.append(Process(settings))
            return self.processes[-1]

        monkeypatch.setattr(CueProcess, "start", start)
        monkeypatch.setattr(cuecard, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(cuecard, "may_play", lambda _card: able)

    async def look(self, *found: Card, host: str = HAT.device, later: float = 0.25) -> None:
        self.now += later
        self.card.look(found, host)
        for _ in range(MUCH):
            await asyncio.sleep(0.0)

    @property
    def plays(self) -> list[str]:
        return [process.settings.device.name for process in self.processes if not process.ended.done()]


def told(story: Story, script: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        await script()
        await story.card.close()
        assert not story.plays

    asyncio.run(run())


@pytest.mark.parametrize(
    ("cue", "found", "host", "expected"),
    [
        ("USB", (HAT, USB), HAT.device, USB),
        ("usb", (HAT, MIC, USB), HAT.device, USB),
        ("Phones*@usb-0-2", (HAT, USB, TWIN), HAT.device, TWIN),
        ("usb", (USB, TWIN), USB.device, TWIN),
        ("usb", (USB,), USB.device, None),
        ("Mic", (HAT, MIC), HAT.device, None),
        ("usb", (HAT, USB), "null", USB),
        ("", (HAT, USB), HAT.device, None),
        ("3/4", (HAT, USB), HAT.device, None),
    ],
)
def test_which_card_plays_it(
    monkeypatch: pytest.MonkeyPatch, cue: str, found: tuple[Card, ...], host: str, expected: Card | None
) -> None:
    story = Story(monkeypatch, cue)

    async def script() -> None:
        await story.look(*found, host=host)
        assert story.plays == ([expected.device] if expected else [])
        assert list(story.card.as_dict()) == ([expected.key] if expected else [])
        assert bool(story.card.fault(None)) is (expected is None and cue not in ("", "3/4"))
        assert (story.card.descriptor >= 0) is (cue not in ("", "3/4"))

    told(story, script)


def test_it_comes_goes_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story(monkeypatch, "usb")

    async def script() -> None:
        await story.look(HAT, USB)
        assert story.processes[0].settings.device == Request(USB.device, 48000, 128, 3, 0)
        # A second of its kind changes nothing while the first is there.
        await story.look(HAT, TWIN, USB)
        assert story.plays == [USB.device]
        await story.look(HAT, TWIN)
        assert story.plays == []
        await story.look(HAT, TWIN)
        assert story.plays == [TWIN.device]
        await story.look(HAT)
        assert story.card.fault(None).startswith("cue: no card for it is here")
        assert "audio.cue = 'usb'" in story.card.fault(None)
        await story.look(HAT, USB)
        assert (story.plays, story.card.fault(None)) == ([USB.device], "")

    told(story, script)
    assert story.told == [
        *(("USB", True, False), ("USB", False, True), ("USB_1", True, True), ("USB_1", False, True)),
        *(("USB", True, True), ("USB", False, True)),
    ]


def test_a_process_that_breaks_off_is_started_again_ever_more_rarely(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story(monkeypatch, "USB")
    starts: list[float] = []

    async def script() -> None:
        for _ in range(1200):
            before = len(story.processes)
            await story.look(HAT, USB)
            if len(story.processes) > before:
                starts.append(story.now)
                story.processes[-1].kill()

    told(story, script)
    apart = [after - before for before, after in itertools.pairwise(starts)]
    assert apart[0] == pytest.approx(RETRY, abs=0.25)
    assert apart[2] == pytest.approx(4.0 * RETRY, abs=0.25)
    assert max(apart) == pytest.approx(LONGEST_RETRY, abs=0.25)


def test_a_card_that_refuses_is_a_fault_and_another_is_tried_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story(monkeypatch, "usb")
    story.refuses = "hw:CARD=USB: Device or resource busy"

    async def script() -> None:
        await story.look(HAT, USB)
        await story.look(HAT, USB, later=0.1)
        assert story.card.fault(None) == story.refuses
        story.refuses = ""
        await story.look(HAT, TWIN, later=0.1)
        assert (story.plays, story.card.fault(None)) == ([TWIN.device], "")

    told(story, script)
    assert story.told == [("USB_1", True, True), ("USB_1", False, True)]


def test_one_that_may_not_be_opened_yet_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story(monkeypatch, "USB", able=False)

    async def script() -> None:
        await story.look(HAT, USB)
        assert (story.plays, story.card.fault(None)) == ([], "")
        monkeypatch.setattr(cuecard, "may_play", lambda _card: True)
        await story.look(HAT, USB)
        assert story.plays == [USB.device]

    told(story, script)


def test_one_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story(monkeypatch, "USB")

    async def script() -> None:
        await story.look(HAT, USB)
        card = Outlet(story.card.descriptor)
        for played in range(10):
            card.report(Report(128.0 * played, 48000.5, 1.0, 2.0))
            await story.look(HAT, USB)
        assert story.plays == [USB.device]
        granted = {"rate": 48000, "period": 128, "periods": 3, "format": "S32_LE", "realtime": True}
        assert story.card.as_dict() == {USB.key: granted | {"pace": 48000.5, "xruns": 1, "dry": 2}}
        await story.look(HAT, USB, later=HUNG + 0.1)
        assert story.plays == []

    told(story, script)


@pytest.mark.parametrize("started", [True, False])
def test_it_makes_way_for_the_engine(monkeypatch: pytest.MonkeyPatch, started: bool) -> None:
    story = Story(monkeypatch, "usb")

    async def script() -> None:
        story.card.look((HAT, USB), HAT.device)
        for _ in range(MUCH if started else 0):
            await asyncio.sleep(0.0)
        await story.card.make_way(HAT.device)
        assert bool(story.plays) is started
        await story.card.make_way(USB.device)
        assert story.plays == []
        await story.look(HAT, USB, host=USB.device)
        assert story.plays == []

    told(story, script)


@pytest.mark.parametrize(("outputs", "fault"), [(2, "cue: hw:CARD=HAT has no outputs 3 and 4"), (4, "")])
def test_a_card_without_further_outputs_is_a_fault(outputs: int, fault: str) -> None:
    ready = Ready(HAT.device, 48000, 128, 3, 2, "S32_LE", 256, True, True, outputs)
    told_ = CueCard(Audio(cue="3/4"), lambda *_: None).fault(ready)
    assert told_.startswith(fault)
    assert bool(told_) is bool(fault)
    assert CueCard(Audio(), lambda *_: None).fault(ready) == ""
