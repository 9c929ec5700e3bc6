"""The scene on disk."""

from dataclasses import replace
from functools import reduce

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.actions import Action
from jambox.scene import Scene
from jambox.state import State, apply
from tests.moves import ACTIONS, CATALOGUE


@given(st.lists(ACTIONS, max_size=20))
def test_every_scene_comes_back_from_json(actions: list[Action]) -> None:
    scene = reduce(lambda state, action: apply(state, action, CATALOGUE)[0], actions, State()).scene
    assert msgspec.json.decode(msgspec.json.encode(scene), type=Scene) == scene


def test_the_first_scene_is_one_that_the_box_can_hold() -> None:
    assert msgspec.convert(msgspec.to_builtins(Scene()), Scene) == Scene()
    assert replace(State(), scene=Scene()) == State()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"loudness": 1}', "unknown field `loudness`"),
        ('{"tempo": 0}', r">= 20.0 - at `\$.tempo`"),
        ('{"tempo": "fast"}', r"got `str` - at `\$.tempo`"),
        ('{"volume": 40}', r"<= 6.0 - at `\$.volume`"),
        ('{"inputs": -61}', r">= -60.0 - at `\$.inputs`"),
        ('{"tonic": 10}', r">= 60.0 - at `\$.tonic`"),
        ('{"drone_on": 1}', r"Expected `bool`"),
    ],
)
def test_a_scene_that_the_box_cannot_hold_is_refused(text: str, fault: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=fault):
        msgspec.json.decode(text, type=Scene)
