"""A source that is heard: its thread is taken up once, and let go before its client is deleted."""

from types import SimpleNamespace

import pytest

from jambox.midi import inputs
from jambox.midi.inputs import GRACE, KNOCK, Hearing, Leavers
from tests.midi.sequencer import KEYS, OFF, ON, FakeInput, Sequencer


class Stage:
    """One source, what it was heard to say, and what the interpreter was asked for by its thread."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sequencer = Sequencer(KEYS)
        self.client = FakeInput(self.sequencer)
        self.heard: list[tuple[str, bytes, float]] = []
        self.asked: list[str] = []
        self.knocks: list[tuple[tuple[int, int], bytes]] = []
        api = SimpleNamespace(
            PyGILState_Ensure=lambda: self.asked.append("known"),
            PyGILState_Release=lambda state: self.asked.append(f"forgotten {state}"),
        )
        monkeypatch.setattr(inputs, "ctypes", SimpleNamespace(pythonapi=api))
        self.hearing = Hearing(self.client, KEYS, lambda *said: self.heard.append(said), lambda: self.sequencer.now)
        self.leavers = Leavers(self.knock, lambda: self.sequencer.now)

    def knock(self, to: tuple[int, int], what: bytes) -> None:
        self.knocks.append((to, what))
        self.say(list(what))

    def say(self, message: list[int]) -> None:
        if self.client.callback:
            self.client.callback((message, 0.0), self.client.data)

    def sweep(self, later: float) -> bool:
        self.sequencer.now += later
        return self.leavers.sweep(self.sequencer.now)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(monkeypatch)


def test_what_comes_is_told_with_its_source_and_time_and_the_thread_is_taken_up_once(stage: Stage) -> None:
    stage.say(ON)
    stage.sequencer.now = 2.5
    stage.say(OFF)
    assert stage.heard == [(KEYS, bytes(ON), 0.0), (KEYS, bytes(OFF), 2.5)]
    assert stage.asked == ["known"]


def test_it_is_knocked_at_cancelled_and_deleted_each_in_its_time(stage: Stage) -> None:
    stage.say(ON)
    stage.leavers.add(stage.hearing)
    assert stage.knocks == [((stage.client.number, 0), KNOCK)]
    assert stage.asked == ["known", "forgotten 0"]
    assert not stage.sweep(0.9 * GRACE)
    assert (stage.client.is_called, stage.sweep(0.1 * GRACE), stage.client.is_called) == (True, False, False)
    assert not stage.sweep(0.9 * GRACE)
    assert [bool(stage.leavers), stage.sweep(0.2 * GRACE), bool(stage.leavers)] == [True, True, False]
    assert not stage.sequencer.clients
    assert not stage.sweep(GRACE)


def test_who_has_left_is_heard_no_more_and_is_forgotten_once(stage: Stage) -> None:
    stage.say(ON)
    stage.leavers.add(stage.hearing)
    stage.say(OFF)
    assert stage.heard == [(KEYS, bytes(ON), 0.0)]
    assert stage.asked == ["known", "forgotten 0"]


def test_who_never_said_anything_has_nothing_to_forget(stage: Stage) -> None:
    stage.leavers.add(stage.hearing)
    assert (stage.asked, stage.heard) == ([], [])


def test_where_there_is_no_room_to_knock_the_next_message_does(stage: Stage) -> None:
    def full(_to: tuple[int, int], _what: bytes) -> None:
        raise BlockingIOError

    stage.say(ON)
    stage.leavers = Leavers(full, lambda: stage.sequencer.now)
    stage.leavers.add(stage.hearing)
    stage.say(OFF)
    assert stage.asked == ["known", "forgotten 0"]


def test_a_client_without_a_number_is_not_knocked_at(stage: Stage) -> None:
    stage.client.number = 0
    stage.leavers.add(stage.hearing)
    assert not stage.knocks
    assert (stage.sweep(GRACE), stage.sweep(GRACE)) == (False, True)
