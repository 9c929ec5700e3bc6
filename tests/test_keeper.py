"""The engine kept playing: real engines on the null device, killed, hung and refused their card."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from jambox import keeper
from jambox.config import Audio
from jambox.cuecard import CueCard
from jambox.errors import DeviceError
from jambox.keeper import NULL, Keeper, as_dict, describe, wanted_device
from jambox.sound import cards
from jambox.sound.agreement import Ready, Request, Settings
from jambox.sound.cards import Card
from jambox.sound.parameters import Mixer, Strip
from jambox.sound.shared import Link, allocate
from jambox.sound.supervisor import EngineProcess

USB = Card("USB", "USB-Audio", "Scarlett 2i2 USB", True, True)
TWIN = Card("USB_1", "USB-Audio", "Scarlett 2i2 USB", True, True)
HAT = Card("HAT", "RPi", "DigiAMP", True, True)
JACK = Card("Headphones", "bcm2835", "bcm2835 Headphones", True, False)
SILENT = Audio(device=NULL)
SLACK = 3.0
"""Seconds that a start may take here: 0.3 on a quiet machine; this one may be busy."""


@pytest.fixture
def bank() -> Iterator[int]:
    descriptor = allocate("bank", 48000 * 4)
    yield descriptor
    os.close(descriptor)


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> list[Card]:
    """The cards of this machine, to be changed."""
    found: list[Card] = []
    monkeypatch.setattr(cards, "listed", lambda: tuple(found))
    return found


class Kept:
    """A Keeper under way, looked at as the box does, and the links that it told of."""

    def __init__(self, audio: Audio, bank: int) -> None:
        self.links: list[Link] = []
        self.keeper = Keeper(audio, Mixer(), bank, 0, self.links.append)
        self.running = asyncio.ensure_future(self.keeper.run())

    async def until(self, condition: Callable[[], bool], seconds: float = 10.0) -> float:
        """Looks until it is so; the seconds that it took."""
        begun = time.monotonic()
        while not condition():
            assert time.monotonic() - begun < seconds, "it never came"
            assert not self.running.done(), "the keeper has ended"
            self.keeper.look()
            await asyncio.sleep(0.005)
        return time.monotonic() - begun

    async def plays(self, engines: int = 1) -> float:
        """Waits until so many engines have been started, and the last one renders."""
        return await self.until(lambda: len(self.links) == engines and self.links[-1].status().frame > 1000)


def kept(audio: Audio, bank: int, story: Callable[[Kept], Awaitable[None]]) -> None:
    """Tells `story` of a Keeper that is closed at its end, and its engine gone with it."""

    async def run() -> None:
        one = Kept(audio, bank)
        try:
            await one.plays()
            await story(one)
        finally:
            pid = one.keeper.pid
            await one.keeper.close()
            await asyncio.wait_for(one.running, 5.0)
            assert one.keeper.pid == 0
            assert not Path(f"/proc/{pid}/cmdline").exists() or pid == 0

    asyncio.run(run())


def test_an_engine_is_started_and_ended(bank: int) -> None:
    async def story(one: Kept) -> None:
        assert one.keeper.link is one.links[0]
        assert one.keeper.status().frame > 0
        assert one.keeper.ready is not None
        assert one.keeper.ready.name == NULL
        assert (one.keeper.fault, one.keeper.restarts) == ("", 0)
        os.kill(one.keeper.pid, 0)

    kept(SILENT, bank, story)


def test_a_killed_engine_is_restarted_and_told_of_at_once(bank: int, report: Callable[[str], None]) -> None:
    async def story(one: Kept) -> None:
        first = one.keeper.pid
        for deaths in (1, 2):
            os.kill(one.keeper.pid, signal.SIGKILL)
            seconds = await one.plays(deaths + 1)
            assert keeper.PATIENCE[deaths] <= seconds < keeper.PATIENCE[deaths] + SLACK
            report(f"plays again {seconds:.2f} s after kill -9 number {deaths}")
        assert one.keeper.restarts == 2
        assert one.keeper.pid != first
        assert len({id(link) for link in one.links}) == 3
        assert one.keeper.link is one.links[-1]

    kept(SILENT, bank, story)


def test_an_engine_that_hangs_is_killed_and_restarted(bank: int, report: Callable[[str], None]) -> None:
    async def story(one: Kept) -> None:
        os.kill(one.keeper.pid, signal.SIGSTOP)
        seconds = await one.plays(2)
        assert 0.9 * keeper.HUNG < seconds < keeper.HUNG + SLACK
        report(f"plays again {seconds:.2f} s after it was stopped")

    kept(SILENT, bank, story)


def test_an_engine_that_plays_is_left_alone(bank: int) -> None:
    async def story(one: Kept) -> None:
        with pytest.raises(AssertionError, match="never came"):
            await one.until(lambda: len(one.links) > 1, 2.0 * keeper.HUNG)
        await one.keeper.reconsider(cards.listed())
        assert one.keeper.restarts == 0

    kept(SILENT, bank, story)


def test_a_device_that_refuses_is_a_fault_and_the_rhythm_plays_on(bank: int, there: list[Card]) -> None:
    async def story(one: Kept) -> None:
        assert one.keeper.ready is not None
        assert one.keeper.ready.name == NULL
        assert one.keeper.fault.startswith("hw:CARD=Nothing: ")
        assert "jambox list audio" in one.keeper.fault
        # Nothing has changed: trying it again would only halt the rhythm.
        for _ in range(5):
            await one.keeper.reconsider(cards.listed())
        assert one.keeper.restarts == 0
        # Another card has come: worth another try.
        there.append(USB)
        await one.keeper.reconsider(cards.listed())
        await one.plays(2)
        assert one.keeper.fault.startswith("hw:CARD=Nothing: ")

    kept(Audio(device="hw:CARD=Nothing"), bank, story)


class Engine:
    """An engine's process that is none."""

    pid = 1

    def __init__(self, name: str) -> None:
        self.ready = Ready(name, 48000, 128, 3, 2, "S32_LE", 256, True, True)
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def stop(self) -> None:
        self.ended.set_result("")


def tries(
    monkeypatch: pytest.MonkeyPatch, audio: Audio, changes: Callable[[int], None], grants: Callable[[float], bool]
) -> tuple[list[float], str]:
    """When, in 200 seconds with a look each, the card was tried; and what plays in the end."""
    now, tried = [0.0], []

    async def start(settings: Settings) -> Engine:
        if settings.device.name != NULL:
            tried.append(now[0])
            if not grants(now[0]):
                raise DeviceError(f"{settings.device.name}: Device or resource busy")
        return Engine(settings.device.name)

    async def run() -> str:
        one = Keeper(audio, Mixer(), 0, 0, lambda _link: None)
        running = asyncio.ensure_future(one.run())
        for second in range(200):
            now[0] = float(second)
            changes(second)
            await one.reconsider(cards.listed())
            for _ in range(5):
                await asyncio.sleep(0.0)
        await one.close()
        await running
        assert one.ready is not None
        return one.ready.name

    monkeypatch.setattr(keeper, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(EngineProcess, "start", start)
    return tried, asyncio.run(run())


@pytest.mark.parametrize("device", ["auto", "hw:CARD=USB", "hw:USB,0", "plughw:CARD=USB,DEV=0"])
def test_a_card_that_is_there_and_refuses_is_tried_again_ever_more_rarely(
    there: list[Card], monkeypatch: pytest.MonkeyPatch, device: str
) -> None:
    there.append(USB)
    tried, plays = tries(monkeypatch, Audio(device=device), lambda _: None, lambda now: now > 30.0)
    assert tried == [0.0, 3.0, 8.0, 17.0, 34.0]
    assert plays == (USB.device if device == "auto" else device)


def test_a_card_that_refuses_for_good_halts_the_rhythm_once_a_minute_at_most(
    there: list[Card], monkeypatch: pytest.MonkeyPatch
) -> None:
    there.append(USB)
    tried, plays = tries(monkeypatch, Audio(), lambda _: None, lambda _: False)
    assert (tried, plays) == ([0.0, 3.0, 8.0, 17.0, 34.0, 67.0, 128.0, 189.0], NULL)


def test_a_card_that_comes_is_taken_at_once(there: list[Card], monkeypatch: pytest.MonkeyPatch) -> None:
    def plug(second: int) -> None:
        there[:] = [USB] if second >= 77 else []

    tried, plays = tries(monkeypatch, Audio(), plug, lambda _: True)
    assert (tried, plays) == ([77.0], USB.device)


def test_a_card_that_may_not_be_opened_the_moment_it_comes_is_taken_soon(
    there: list[Card], monkeypatch: pytest.MonkeyPatch
) -> None:
    def plug(second: int) -> None:
        there[:] = [USB] if second >= 77 else []

    tried, plays = tries(monkeypatch, Audio(), plug, lambda now: now > 77.0)
    assert (tried, plays) == ([77.0, 80.0], USB.device)


@pytest.mark.parametrize("device", ["hw:CARD=USB", "default", "hw:1"])
def test_a_named_card_that_is_not_there_is_waited_for(
    there: list[Card], monkeypatch: pytest.MonkeyPatch, device: str
) -> None:
    def plug(second: int) -> None:
        there[:] = [USB] if second >= 77 else []

    tried, plays = tries(monkeypatch, Audio(device=device), plug, lambda now: now >= 77.0)
    assert (tried, plays) == ([0.0, 77.0], device)


def test_the_null_device_by_name_is_kept_whatever_comes(there: list[Card], monkeypatch: pytest.MonkeyPatch) -> None:
    assert tries(monkeypatch, SILENT, lambda _: there.append(USB), lambda _: True) == ([], NULL)


@pytest.mark.parametrize(
    ("device", "found", "expected"),
    [
        ("auto", (USB,), "hw:CARD=USB"),
        ("auto", (), NULL),
        ("null", (USB,), "null"),
        ("wav:/tmp/x.wav", (USB,), "wav:/tmp/x.wav"),
        ("hw:CARD=HAT", (USB,), "hw:CARD=HAT"),
    ],
)
def test_the_device_to_play_on(there: list[Card], device: str, found: tuple[Card, ...], expected: str) -> None:
    there += found
    assert wanted_device(Audio(device=device)) == expected


@pytest.mark.parametrize(
    ("cue", "found", "expected"),
    [
        ("USB", (USB, HAT), HAT),
        ("USB", (USB,), USB),
        ("USB", (USB, JACK), JACK),
        ("usb", (USB, TWIN), USB),
        ("hat", (USB, HAT), USB),
        ("3/4", (USB, HAT), HAT),
        ("", (USB, HAT), HAT),
    ],
)
def test_what_shall_play_the_cue_plays_the_mix_only_where_nothing_else_does(
    there: list[Card], cue: str, found: tuple[Card, ...], expected: Card
) -> None:
    there += found
    assert wanted_device(Audio(cue=cue)) == expected.device


def test_no_card_at_all_is_a_fault_and_a_null_device_by_name_is_none(
    there: list[Card], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def start(settings: Settings) -> Engine:
        return Engine(settings.device.name)

    async def fault(audio: Audio) -> str:
        one = Keeper(audio, Mixer(), 0, 0, lambda _link: None)
        running = asyncio.ensure_future(one.run())
        while one.ready is None:
            await asyncio.sleep(0.0)
        await one.close()
        await running
        return one.fault

    monkeypatch.setattr(EngineProcess, "start", start)
    assert there == []
    assert asyncio.run(fault(Audio())) == keeper.NO_CARD
    assert asyncio.run(fault(SILENT)) == ""


def test_closing_before_the_engine_plays_ends_it(bank: int) -> None:
    async def run() -> None:
        told: list[Link] = []
        one = Keeper(SILENT, Mixer(), bank, 0, told.append)
        running = asyncio.ensure_future(one.run())
        await asyncio.sleep(0.0)
        await one.close()
        await asyncio.wait_for(running, 10.0)
        assert (told, one.pid) == ([], 0)

    asyncio.run(run())


def test_what_the_engine_is_started_with(bank: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Settings] = []

    async def start(settings: Settings) -> Engine:
        asked.append(settings)
        return Engine(settings.device.name)

    mixer = Mixer((Strip(trim=-6.0, pan=0.5), Strip()))

    async def run() -> None:
        audio = Audio("hw:CARD=USB", 44100, "fast", periods=2, inputs=4)
        one = Keeper(audio, mixer, bank, 7, lambda _: None)
        running = asyncio.ensure_future(one.run())
        while one.ready is None:
            await asyncio.sleep(0.0)
        await one.close()
        await running

    monkeypatch.setattr(EngineProcess, "start", start)
    asyncio.run(run())
    (settings,) = asked
    assert settings.device == Request("hw:CARD=USB", 44100, 64, 2, 4)
    assert settings.mixer == mixer
    assert (settings.bank, settings.seed) == (bank, 7)


@pytest.mark.parametrize(("cue", "outputs", "has"), [("", 2, False), ("3/4", 4, False), ("USB", 2, True)])
def test_the_cue_is_asked_for_where_it_is_wanted(
    monkeypatch: pytest.MonkeyPatch, cue: str, outputs: int, has: bool
) -> None:
    asked: list[Settings] = []

    async def start(settings: Settings) -> Engine:
        asked.append(settings)
        return Engine(settings.device.name)

    async def run() -> None:
        audio = Audio(device=NULL, cue=cue)
        card = CueCard(audio, lambda *_: None)
        one = Keeper(audio, Mixer(), 7, 0, lambda _: None, cue=card)
        running = asyncio.ensure_future(one.run())
        while one.ready is None:
            await asyncio.sleep(0.0)
        await one.close()
        await running
        (settings,) = asked
        assert settings.device.outputs == outputs
        assert settings.outlet == card.descriptor
        assert settings.descriptors == (settings.link, 7, *((card.descriptor,) if has else ()))
        await card.close()

    monkeypatch.setattr(EngineProcess, "start", start)
    asyncio.run(run())


@pytest.mark.parametrize(
    ("realtime", "locked", "end"),
    [
        (True, True, "S32_LE, real time"),
        (False, True, "S32_LE, no real-time rights: `jambox doctor` tells how to get them"),
        (True, False, "S32_LE, real time, memory not locked"),
    ],
)
def test_the_engine_in_one_line(realtime: bool, locked: bool, end: str) -> None:
    ready = Ready("hw:CARD=USB", 48000, 128, 3, 2, "S32_LE", 256, realtime, locked)
    assert describe(ready) == f"audio: hw:CARD=USB, 48000 Hz, 128 frames (2.7 ms) x 3, 2 inputs, {end}"
    assert as_dict(ready)["realtime"] is realtime
    assert as_dict(None) == {}
