"""The ear: from the shared memory of an engine, and from keys, to the tonic; what it does with a drone; refusals."""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest

from jambox.actions import Action, PressDrone, SetTonic
from jambox.ear import BEFORE, LONGEST, Ear
from jambox.reference import Reference
from jambox.scene import Scene
from jambox.sound.hearing import Funnel
from jambox.sound.plucker import DRONE_FADE
from jambox.sound.shared import Link
from jambox.sound.tables import filled, view
from tests.sound.tones import RATE, Samples, pluck, reed, room, slide, steady, vowel

BLOCK = RATE // 50
OO = (450.0, 800.0, 2700.0)


class Rack:
    """A rack, its keeper, and an engine that captures what it is given."""

    def __init__(self) -> None:
        self.keeper, self.ready, self.rate = self, self, RATE
        self.link, self.funnel = Link(), Funnel(RATE, filled([1.0]))

    def capture(self, sound: Samples) -> None:
        self.link.hear(view(sound.astype(np.float32)), len(sound), self.funnel, Funnel(RATE, filled([0.0])))


class Others:
    """A touch, and a herald, that keep what they are told."""

    def __init__(self) -> None:
        self.take: Callable[[int], None] | None = None
        self.said: list[tuple[str, bool]] = []
        self.news: list[object] = []

    def take_keys(self, take: Callable[[int], None] | None) -> None:
        self.take = take

    def say(self, text: str, refused: bool = False) -> None:
        self.said.append((text, refused))

    def tell(self, event: object) -> None:
        self.news.append(event)


class Story:
    """An ear among them, on a clock of its own."""

    def __init__(self) -> None:
        self.rack = cast(Any, Rack())
        self.others = cast(Any, Others())
        self.acts: list[Action] = []
        self.now = 100.0
        scene = Scene(reference=Reference(a4=432.0))
        self.ear = Ear(self.rack, self.others, lambda: scene, self.acts.append, self.others)

    def play(self, sound: Samples) -> float:
        """Capture it, block by block, and look; how many seconds until the ear listened no more."""
        for first in range(0, len(sound), BLOCK):
            self.rack.capture(sound[first : first + BLOCK])
            self.now += BLOCK / RATE
            listened = self.ear.listens
            self.ear.look(self.now)
            if listened and not self.ear.listens:
                return (first + BLOCK) / RATE
        return len(sound) / RATE

    def tonic(self) -> float:
        (act,) = [act for act in self.acts if isinstance(act, SetTonic)]
        return act.tonic


def off(tonic: float, hertz: float) -> float:
    return float(abs(1200.0 * np.log2(tonic / hertz)))


def test_a_note_that_is_sung_is_the_tonic_in_time() -> None:
    story = Story()
    story.play(np.zeros(RATE // 2))
    story.ear.listen(False, story.now)
    story.play(1e-4 * np.ones(RATE // 2))
    took = story.play(room(vowel(steady(196.0, 1.0), OO), 20.0))
    assert off(story.tonic(), 196.0) < 3.0
    assert took <= 0.7
    assert (story.acts[1:], story.others.take, len(story.others.news)) == ([], None, 1)
    assert [refused for _, refused in story.others.said] == [False]


def test_who_sings_already_is_heard_at_once() -> None:
    story = Story()
    story.play(room(vowel(steady(220.0, 1.0), OO), 20.0))
    story.ear.listen(False, story.now)
    assert story.play(room(vowel(steady(220.0, 0.3), OO), 20.0)) <= 0.7 - BEFORE
    assert off(story.tonic(), 220.0) < 3.0


def test_a_bass_gives_the_tonic_above_its_own_octave() -> None:
    story = Story()
    story.ear.listen(False, story.now)
    story.play(room(pluck(41.2, 1.0, decay=4.0), 20.0))
    assert off(story.tonic(), 82.4) < 3.0


@pytest.mark.parametrize(
    ("sound", "why"),
    [
        (room(reed(146.83, 1.0) + reed(220.0, 1.0), 20.0), "more than one note"),
        (room(vowel(slide(220.0, 1.0, 200.0), OO), 20.0), "no steady note"),
        (np.random.default_rng(3).standard_normal(RATE) * 0.1, "no steady note"),
    ],
)
def test_what_is_no_note_is_refused_in_time_and_nothing_changes(sound: Samples, why: str) -> None:
    story = Story()
    story.ear.listen(False, story.now)
    assert story.play(sound) <= 0.7
    assert story.others.said[-1] == (f"the tonic stays: {why} was heard", True)
    assert (story.acts, story.others.take) == ([], None)


def test_silence_is_refused_in_the_end() -> None:
    story = Story()
    story.ear.listen(False, story.now)
    assert story.play(np.zeros(RATE * 7)) == pytest.approx(LONGEST, abs=0.05)
    assert story.others.said[-1] == ("the tonic stays: nothing was heard", True)


def test_a_drone_that_was_started_by_that_fades_before_and_sounds_then() -> None:
    story = Story()
    story.play(reed(110.0, 0.5))
    story.ear.listen(True, story.now)
    story.play(reed(110.0, DRONE_FADE))  # it is the drone, and does not count
    story.play(room(reed(146.83, 0.7), 20.0))
    assert off(story.tonic(), 146.83) < 3.0
    assert story.acts[1:] == [PressDrone()]


def test_a_key_is_the_tonic_by_the_boxs_a4() -> None:
    story = Story()
    story.ear.listen(False, story.now)
    story.others.take(57)
    assert story.tonic() == pytest.approx(216.0)
    assert (story.ear.listens, story.others.take) == (False, None)
    story.ear.listen(True, story.now)
    story.others.take(96)
    *_, tonic, press = story.acts
    assert isinstance(tonic, SetTonic)
    assert tonic.tonic == pytest.approx(432.0 * 2.0 ** (3 / 12))
    assert press == PressDrone()


@pytest.mark.parametrize("started", [False, True])
def test_it_is_left_without_a_knock_when_the_hand_goes_on_to_style(started: bool) -> None:
    story = Story()
    story.ear.leave()
    assert story.others.said == []
    story.ear.listen(started, story.now)
    story.ear.leave()
    assert (story.ear.listens, story.others.take, story.others.said[-1][1]) == (False, None, False)
    assert story.acts == ([PressDrone()] if started else [])


def test_it_is_broken_off_by_the_same_and_by_another_engine() -> None:
    story = Story()
    story.ear.listen(False, story.now)
    story.ear.listen(False, story.now)
    assert (story.ear.listens, story.others.take, story.others.said[-1][1]) == (False, None, True)
    story.ear.listen(False, story.now)
    story.rack.link = Link()
    story.ear.look(story.now)
    assert (story.ear.listens, story.others.said[-1][1], story.acts) == (False, True, [])
