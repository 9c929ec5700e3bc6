"""Hands under the event loop: holds at their time, messages from other threads, lessons that are told."""

import asyncio
import threading
import time
from collections.abc import Callable

import pytest

from jambox.actions import Action, FollowClock, HoldRhythm, Panic, PressRhythm, Tap
from jambox.hands import Learned
from jambox.mapping import Binding
from jambox.midi.route import Port
from jambox.panel.controls import Pressed, Released
from jambox.scene import Scene
from jambox.touch import Touch
from jambox.units import Seconds

PADS = Port.parse("Pads:Pads 28:0")
ON = bytes([0x99, 36, 100])


class Player:
    """A touch, and what came of it."""

    def __init__(self, *configured: Binding) -> None:
        self.actions: list[Action] = []
        self.lessons: list[tuple[Learned, tuple[Binding, ...]]] = []
        self.touch = Touch(
            configured,
            (),
            Scene,
            self.actions.append,
            lambda learned, bindings: self.lessons.append((learned, bindings)),
        )
        self.touch.plug(PADS)
        self.touch.claims.lay([PADS])

    async def until(self, there: Callable[[], bool]) -> None:
        async with asyncio.timeout(10.0):
            while not there():
                await asyncio.sleep(0.001)

    def take(self, message: bytes) -> bool:
        """What the router does with a message, on a thread of its own; whether it is kept from the routes."""
        kept: list[bool] = []
        thread = threading.Thread(target=lambda: kept.append(self.touch.claims.take(PADS.identity, message, now())))
        thread.start()
        thread.join()
        return kept[0]


def now() -> Seconds:
    return Seconds(time.monotonic())


def test_a_press_acts_at_once_and_a_hold_at_its_time() -> None:
    async def story() -> None:
        player = Player()
        begun = now()
        player.touch.read(Pressed("tap", begun))
        assert player.actions == [Tap(begun)]
        await player.until(lambda: len(player.actions) > 1)
        assert player.actions[1:] == [FollowClock()]
        assert now() - begun >= 0.5
        player.touch.read(Released("tap", now()))

    asyncio.run(story())


def test_a_bound_message_acts_on_the_loop_whatever_thread_it_comes_from() -> None:
    async def story() -> None:
        player = Player(Binding(note="C2", press="rhythm"))
        assert player.take(ON)
        assert not player.actions
        await player.until(lambda: bool(player.actions))
        assert player.actions == [PressRhythm()]
        player.touch.unplug(PADS)
        assert player.touch.bindings[0].press == "rhythm"
        assert HoldRhythm() not in player.actions

    asyncio.run(story())


def test_a_lesson_is_told_and_counts_from_then_on() -> None:
    async def story() -> None:
        player = Player()
        assert not player.take(ON)
        player.touch.claims.lay([])  # as if it had been silent for long
        player.touch.claims.lay([PADS])
        player.touch.read(Pressed("shift", now()))
        assert player.touch.claims.listens
        assert not player.take(ON)
        await asyncio.sleep(0)
        player.touch.read(Pressed("drone", now()))
        player.touch.read(Released("shift", now()))
        ((learned, bindings),) = player.lessons
        assert learned.bound
        assert bindings == (Binding(port="Pads#0", channel=10, note="C2", press="drone", mode="trigger"),)
        assert player.take(ON)
        assert player.actions == []

    asyncio.run(story())


def test_other_bindings_are_taken_while_it_plays() -> None:
    async def story() -> None:
        player = Player(Binding(note="C2", press="tap"))
        assert player.take(ON)
        player.touch.configure([Binding(note="D2", action="panic")])
        assert not player.take(ON)
        assert player.take(bytes([0x90, 38, 1]))
        await player.until(lambda: Panic() in player.actions)
        assert [binding.note for binding in player.touch.bindings] == ["D2"]

    asyncio.run(story())


def test_a_stuck_button_is_told_of(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        player = Player()
        player.touch.read(Pressed("shift", Seconds(now() - 30.0)))
        await player.until(lambda: bool(caplog.records))
        assert "button shift has been down for long" in caplog.text

    asyncio.run(story())


def test_keys_are_told_while_somebody_asks_for_them_and_are_routed_all_the_same() -> None:
    async def story() -> None:
        player, keys = Player(), list[int]()
        key = bytes([0x90, 62, 100])
        assert not player.take(key)
        player.touch.take_keys(keys.append)
        assert not player.take(ON)
        assert not player.take(key)
        await player.until(lambda: bool(keys))
        player.touch.take_keys(None)
        assert not player.touch.claims.listens
        assert keys == [62]

    asyncio.run(story())
