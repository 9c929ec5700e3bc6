"""What goes round between instruments that send back what they hear, changed so that it cannot be proven."""

import heapq
from collections import Counter
from collections.abc import Callable
from itertools import count

import pytest

from jambox.midi import storms
from jambox.midi.messages import note_off, note_on
from jambox.midi.pages import Send
from jambox.midi.route import Port
from jambox.midi.router import Router
from tests.midi.test_router import KEYS, FakeAlarm

HOP = 0.004
"""Seconds until what an instrument hears has come back."""
NOTES = 400
"""A source's notes in a window that pass in a storm, here."""

Change = Callable[[bytes], bytes | None]


def moved(semitones: int) -> Change:
    def change(message: bytes) -> bytes | None:
        key = message[1] + semitones
        return bytes([message[0], key, message[2]]) if 0 <= key <= 127 else None

    return change


def without_ends(message: bytes) -> bytes | None:
    return None if message[0] & 0xF0 == 0x80 else message


class Circle:
    """Instruments that all hear each other, and what is on its way from them."""

    def __init__(self, *changes: Change) -> None:
        self.now, self._order = 0.0, count()
        self.router = Router(clock=lambda: self.now, new_alarm=FakeAlarm)
        self.coming: list[tuple[float, int, str, bytes]] = []
        ports = [Port.parse(f"Echo {n}:Echo {n} MIDI 1 {30 + n}:0") for n in range(len(changes))]
        ears = {port: self._ear(port.identity, change) for port, change in zip(ports, changes, strict=True)}
        self.router.join([KEYS, *ports], ears)

    def _ear(self, identity: str, change: Change) -> Send:
        def hear(message: bytes) -> None:
            if (back := change(message)) is not None:
                heapq.heappush(self.coming, (self.now + HOP, next(self._order), identity, back))

        return hear

    def go_round(self, seconds: float) -> list[int]:
        """How many messages came back in each window of a storm, until so many seconds have passed."""
        windows: Counter[int] = Counter()
        while self.coming and self.coming[0][0] <= seconds:
            self.now, _, source, message = heapq.heappop(self.coming)
            windows[int(self.now / storms.WINDOW)] += 1
            assert windows.total() < 100_000
            self.router.receive(source, message, self.now)
        return [windows[number] for number in range(max(windows) + 1)]


@pytest.mark.parametrize(
    "changes",
    [
        [moved(1)] * 3,
        [moved(1)] * 5,
        [moved(-1)] * 3,
        [moved(12), moved(-12), moved(12)],
        [moved(1), moved(-1), moved(0), moved(0)],
        [without_ends] * 3,
        [without_ends, moved(1), moved(7), moved(-8)],
    ],
)
def test_what_multiplies_on_its_way_round_ends_in_the_storm(
    changes: list[Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One message becomes two or more each time that it comes back, until more come than any instrument sends."""
    monkeypatch.setattr(storms, "NOTES", NOTES)
    monkeypatch.setattr(storms, "VALUES", NOTES)
    circle = Circle(*changes)
    for message in (note_on(0, 60, 100), note_off(0, 60)):
        circle.router.receive(KEYS.identity, message, 0.0)
    windows = circle.go_round(20.0)
    assert len(windows) == 1
    assert windows[0] <= len(changes) * (len(changes) - 1) * (2 * NOTES + 1)
    assert circle.router.counters.thinned > 0
    assert circle.router.flooding()
    if without_ends not in changes:
        assert circle.router.held() == ()


@pytest.mark.parametrize(
    ("changes", "most"), [([without_ends] * 2, 60), ([moved(12), moved(-12)], 60), ([moved(0), moved(0)], 60)]
)
def test_what_goes_round_between_two_does_not_multiply(changes: list[Change], most: int) -> None:
    """In a window: two messages every 4 ms, and some questions."""
    circle = Circle(*changes)
    for message in (note_on(0, 60, 100), note_off(0, 60)):
        circle.router.receive(KEYS.identity, message, 0.0)
    assert max(circle.go_round(5.0)) <= most


@pytest.mark.parametrize(("steps", "found"), [(12, True), (7, True), (1, False)])
def test_what_asks_does_not_go_round_for_ever(steps: int, found: bool) -> None:
    """So many steps up on one way, and as many down on the other: it comes back as it was.

    By a semitone it is taken for somebody who lets go of all keys there are, goes on, and grows no more.
    """
    circle = Circle(moved(steps), moved(-steps))
    circle.router.receive(KEYS.identity, note_on(0, 60, 100), 0.0)
    circle.router.receive(KEYS.identity, note_off(0, 60), 0.0)
    windows = circle.go_round(10.0)
    assert max(windows) <= 200
    assert bool(circle.router.cut) == found
    assert (circle.coming == []) == found
