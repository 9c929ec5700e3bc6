"""Starting and stopping together in a Link session."""

from dataclasses import replace

import pytest

from jambox.actions import ClockStarts, ClockStops, Led
from tests.sessions import Box, box


def told_to_play(there: Box) -> list[tuple[object, ...]]:
    return [told[1:] for told in there.world.told if told[0] == "play"]


@pytest.mark.parametrize("start_stop", [False, True])
def test_a_start_by_a_peer_starts_the_box_on_sam_if_it_wants_that(start_stop: bool) -> None:
    there = box(start_stop, peers=1, tempo=120.0, beat0=5.0)
    there.live(1.0)
    there.world.play(True, there.world.now)
    there.world.told.clear()
    actions = there.live(1.0)
    assert [type(action) for action in actions] == [ClockStarts] * start_stop
    assert there.playing is start_stop
    if start_stop:
        assert abs(there.off(16.0)) < 1e-6
        assert there.heard(there.world.now) == pytest.approx(9.0 - 16.0)
    there.world.play(False, there.world.now)
    assert there.live(1.0) == [ClockStops()] * start_stop
    assert not there.playing
    assert there.live(1.0) == []


@pytest.mark.parametrize(
    ("beat", "waits"),
    [(16.0, 0.0), (16.0 + 1e-6, 0.0), (16.0 - 1e-6, 0.0), (16.06, -0.06), (16.07, 15.93), (17.0, 15.0), (3.0, 13.0)],
)
def test_a_start_is_taken_up_on_the_next_sam(beat: float, waits: float) -> None:
    there = box(True, peers=1, tempo=60.0, beat0=beat - 1.0)
    there.live(1.0)
    # Told ahead, as another box does.
    there.world.play(True, there.world.now + 2.0)
    there.world.beat0 -= 2.0
    (start,) = [action for action in there.live(0.1) if isinstance(action, ClockStarts)]
    assert start.beat == 0.0
    assert start.time == pytest.approx(there.world.since + waits, abs=2e-6)


def test_a_start_before_the_box_came_is_not_for_it() -> None:
    there = box(True, peers=1)
    there.world.play(True, there.world.now - 0.5)
    assert [type(action) for action in there.live(1.0)] == [Led]
    # Nor is one that comes to its ears late.
    late = box(True, peers=1)
    late.live(0.1)
    late.world.playing, late.world.since = True, late.world.now - 0.5
    assert late.live(1.0) == []
    assert not late.playing


def test_a_start_by_a_peer_does_not_touch_a_box_that_plays() -> None:
    there = box(True, peers=1)
    there.live(0.1)
    there.press()
    there.live(10.0)
    there.world.play(False, there.world.now)
    there.live(0.1)
    there.press()
    there.live(1.0)
    line = there.line
    there.world.since = there.world.now
    assert there.live(1.0) == []
    assert there.line.tempo == pytest.approx(line.tempo, rel=1e-6)


def test_the_boxs_start_is_told_for_its_sam_and_its_end_at_once() -> None:
    there = box(True, peers=1, tempo=120.0, beat0=5.0)
    there.live(1.0)
    there.press()
    there.live(1.0)
    sam = 100.0 + 11.0 / 2.0
    assert told_to_play(there) == [(True, pytest.approx(sam, abs=1e-6))]
    there.live(10.0)
    there.playing, there.state = False, replace(there.state, rhythm_on=False)
    there.live(1.0)
    assert [playing for playing, *_ in told_to_play(there)] == [True, False]
    assert told_to_play(there)[1][1] == pytest.approx(there.world.now - 1.0)


def test_a_start_right_after_a_peers_stop_is_told() -> None:
    there = box(True, peers=1)
    there.live(0.1)
    there.press()
    there.live(10.0)
    there.world.play(False, there.world.now)
    # The engine stops and starts between two of its reports.
    there.following.follow(there.session.lead(there.cycle, True), there.state, there.world.now)
    there.press()
    there.live(0.1)
    assert [playing for playing, *_ in told_to_play(there)] == [True, False, True]


def test_a_box_that_starts_by_itself_tells_nobody() -> None:
    there = box(False, peers=1)
    there.live(0.1)
    there.press()
    there.live(1.0)
    assert told_to_play(there) == []


def test_a_box_that_joins_again_takes_up_nothing() -> None:
    there = box(True, peers=1)
    there.live(0.1)
    there.press()
    there.live(1.0)
    there.world.peers = 0
    there.live(1.0)
    there.world.peers = 1
    assert [type(action) for action in there.live(1.0)] == [Led]
    assert len(told_to_play(there)) == 1
