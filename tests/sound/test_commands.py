"""The vocabulary between control and engine: every command survives its record."""

from dataclasses import fields
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.sound import commands
from jambox.sound.commands import RECORD, STATUS, Command, Status, decode, encode

KINDS: tuple[type[Any], ...] = get_args(Command)
NUMBERS = {int: st.integers(0, 2**53), float: st.floats(allow_nan=False)}


def any_command() -> st.SearchStrategy[Command]:
    return st.one_of(
        *(st.builds(kind, *(NUMBERS[number] for number in get_type_hints(kind).values())) for kind in KINDS)
    )


@given(any_command())
def test_what_is_encoded_decodes_to_the_same(command: Command) -> None:
    record = encode(command)
    assert len(record) == RECORD
    assert all(type(value) is float for value in record)
    back = decode(record)
    assert back == command
    assert type(back) is type(command)
    for name in command.__struct_fields__:
        assert type(getattr(back, name)) is type(getattr(command, name))


def test_every_command_of_the_module_can_be_sent() -> None:
    defined = {
        thing for thing in vars(commands).values() if isinstance(thing, type) and thing.__module__ == commands.__name__
    }
    assert defined - {Status} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_command_fits_into_a_record(kind: type[Any]) -> None:
    assert len(kind.__struct_fields__) < RECORD


def test_a_status_is_all_numbers() -> None:
    assert len(fields(Status)) == STATUS
    assert set(get_type_hints(Status).values()) == {float}
