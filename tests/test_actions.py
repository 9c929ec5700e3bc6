"""The set of actions is closed, and every action is a value."""

from typing import get_args

import msgspec
import pytest

from jambox import actions
from jambox.actions import Action, Level
from jambox.scene import Scene

KINDS = get_args(Action)


def test_the_union_holds_every_action_of_the_module() -> None:
    things = (thing for thing in vars(actions).values() if isinstance(thing, type))
    assert set(KINDS) == {kind for kind in things if issubclass(kind, msgspec.Struct)}


@pytest.mark.parametrize("kind", KINDS)
def test_an_action_is_a_value(kind: type) -> None:
    fields = msgspec.structs.fields(kind)
    one, other = (kind(*(3 for _ in fields)) for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    for field in fields:
        with pytest.raises(AttributeError):
            setattr(one, field.name, 4)


def test_every_level_is_one_of_the_scenes() -> None:
    assert {level.value for level in Level} <= set(Scene.__struct_fields__)
