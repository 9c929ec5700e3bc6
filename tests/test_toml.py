"""Faults in TOML name the file, the key's path and what was found."""

from typing import Annotated, Literal

import msgspec
import pytest

from jambox.errors import At, ConfigError, DataError, JamboxError
from jambox.toml import decode


class Part(msgspec.Struct, forbid_unknown_fields=True):
    size: Annotated[int, msgspec.Meta(ge=1, le=9)] = 1
    sizes: tuple[Annotated[int, msgspec.Meta(ge=1)], ...] = ()


class Whole(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    kind: Literal["a", "b"] = "a"
    part: Part = msgspec.field(default_factory=Part)
    parts: tuple[Part, ...] = ()
    table: dict[str, Part] = {}
    tables: dict[str, dict[str, int]] = {}


def test_text_becomes_a_value() -> None:
    text = 'name = "x"\n[part]\nsize = 3\n[[parts]]\nsizes = [1, 2]\n[table."two words"]\nsize = 4'
    assert decode(text, Whole, "f.toml", DataError) == Whole(
        "x", part=Part(3), parts=(Part(sizes=(1, 2)),), table={"two words": Part(4)}
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "Object missing required field `name`"),
        ("name = 7", "name: Expected `str`, got `int` (found 7)"),
        ('nmae = "x"', "Object contains unknown field `nmae`: the keys are name, kind, part, parts, table, tables"),
        ('name = "x"\nkind = "c"', "kind: Invalid enum value 'c' (found 'c'): allowed are a, b"),
        ('name = "x"\npart = 3', "part: Expected `object`, got `int` (found 3)"),
        (
            'name = "x"\n[name2]',
            "Object contains unknown field `name2`: the keys are name, kind, part, parts, table, tables",
        ),
        ('name = "x"\n[part]\nsize = 10', "part.size: Expected `int` <= 9 (found 10)"),
        ('name = "x"\n[part]\nsize = nan', "part.size: Expected `int`, got `float` (found nan)"),
        ('name = "x"\n[part]\nsizes = [3, 0]', "part.sizes[1]: Expected `int` >= 1 (found 0)"),
        ('name = "x"\n[part]\nsizes = {}', "part.sizes: Expected `array`, got `object`"),
        ('name = "x"\n[part]\nsice = 1', "part: Object contains unknown field `sice`: the keys are size, sizes"),
        ('name = "x"\n[[parts]]\n[[parts]]\nsize = "big"', "parts[1].size: Expected `int`, got `str` (found 'big')"),
        (
            'name = "x"\n[table.one]\nsize = 1\n[table."two words"]\nsizes = [1, 0]\n[table.three]\nsize = 2',
            "table.two words.sizes[1]: Expected `int` >= 1 (found 0)",
        ),
        (
            'name = "x"\n[table.one]\nsize = "big"\n[table.two]\nsize = 99',
            "table.one.size: Expected `int`, got `str` (found 'big')",
        ),
        (
            'name = "x"\n[tables]\na = { b = 1 }\nc = { d = 2, e = "3", f = 4 }',
            "tables.c.e: Expected `int`, got `str` (found '3')",
        ),
    ],
)
@pytest.mark.parametrize("error", [ConfigError, DataError])
def test_a_fault_is_placed(text: str, fault: str, error: type[JamboxError]) -> None:
    with pytest.raises(error) as raised:
        decode(text, Whole, "/etc/jambox/f.toml", error)
    assert str(raised.value) == f"/etc/jambox/f.toml: {fault}"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("", ()),
        ("name = 7", ("name",)),
        ('nmae = "x"', ("nmae",)),
        ('name = "x"\n[part]\nsice = 1', ("part", "sice")),
        ('name = "x"\n[[parts]]\n[[parts]]\nsize = "big"', ("parts", 1, "size")),
        ('name = "x"\n[table."two words"]\nsizes = [1, 0]', ("table", "two words", "sizes", 1)),
    ],
)
def test_a_fault_leads_to_its_place(text: str, at: At) -> None:
    with pytest.raises(DataError) as raised:
        decode(text, Whole, "f.toml", DataError)
    assert raised.value.at == at


@pytest.mark.parametrize("text", ["name = ", "name = 1\nname = 2", "[part\n", "\ufeffname = 1", "name = '\x00'"])
def test_what_is_no_toml_is_refused(text: str) -> None:
    with pytest.raises(DataError, match=r"^f\.toml: not valid TOML: .*\(at (line \d+, column \d+|end of document)\)"):
        decode(text, Whole, "f.toml", DataError)
