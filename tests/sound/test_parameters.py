"""The table of parameters: whole, in the order of the columns, refused where it must be, and shown in the README."""

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.config import parse_config
from jambox.errors import ConfigError
from jambox.sound import layout, parameters
from jambox.sound.parameters import HOUSE_TABLE, STRIP_TABLE, VALUES, Mixer, Parameter, Reverb, Strip

README = Path(__file__).parents[2] / "README.md"
ROWS = [*(("strips", row) for row in STRIP_TABLE), *(("", row) for row in HOUSE_TABLE)]


def test_the_columns_are_those_of_the_layout() -> None:
    for rows, count in ((STRIP_TABLE, layout.STRIP_VALUES), (HOUSE_TABLE, layout.HOUSE_VALUES)):
        names = parameters.names(rows)
        assert len(set(names)) == len(names) == count
        assert [getattr(layout, name) for name in names] == list(range(count))


@pytest.mark.parametrize("row", [row for _, row in ROWS], ids=lambda row: row.name)
def test_every_row_is_whole(row: Parameter) -> None:
    assert row.low < row.high
    assert row.low <= row.default <= row.high
    assert row.what
    assert row.curve != "log" or row.low > 0.0
    assert row.curve in ("linear", "log", "switch", "choice")


def toml(where: str, row: Parameter, value: object) -> str:
    word = str(value).lower()
    return f"[[mixer.strips]]\n{row.name} = {word}" if where else f"mixer.{row.name} = {word}"


@pytest.mark.parametrize(("where", "row"), ROWS, ids=lambda part: getattr(part, "name", part))
def test_the_config_takes_what_the_table_allows_and_refuses_the_rest(where: str, row: Parameter) -> None:
    switch = row.curve == "switch"
    whole = row.curve == "choice"
    for value in (row.low, row.high, row.default):
        text = toml(where, row, bool(value) if switch else int(value) if whole else value)
        flat = parameters.flatten(parse_config(text, "c").mixer)
        place = (STRIP_TABLE if where else HOUSE_TABLE).index(row) + (0 if where else VALUES - layout.HOUSE_VALUES)
        assert flat[place] == value
    for value in (row.low - 1, row.high + 1):
        with pytest.raises(ConfigError, match=rf"mixer\.{'strips.0..' if where else ''}{row.name}: "):
            parse_config(toml(where, row, int(value) if whole or switch else value), "c")


def test_a_mixer_is_flat_strip_by_strip() -> None:
    mixer = Mixer((Strip(trim=3.0), Strip(pan=0.5, invert=True)), reverb=Reverb(decay=7.0))
    flat = parameters.flatten(mixer)
    low, high = parameters.bounds()
    assert len(flat) == len(low) == len(high) == VALUES
    assert all(below <= value <= above for below, value, above in zip(low, flat, high, strict=True))
    assert flat[layout.TRIM] == 3.0
    assert flat[layout.STRIP_VALUES + layout.PAN] == 0.5
    assert flat[layout.STRIP_VALUES + layout.INVERT] == 1.0
    plain = parameters.flatten(Mixer())
    house = VALUES - layout.HOUSE_VALUES
    assert flat[2 * layout.STRIP_VALUES : house] == plain[2 * layout.STRIP_VALUES : house]
    assert flat[house + layout.REVERB_DECAY] == 7.0


@given(strips=st.lists(st.builds(Strip, trim=st.floats(-60, 40), mute=st.booleans()), max_size=16))
def test_a_mixer_survives_its_way_to_the_engines_process(strips: list[Strip]) -> None:
    mixer = Mixer(tuple(strips))
    text = msgspec.json.encode(mixer)
    assert msgspec.json.decode(text, type=Mixer) == mixer


def test_the_table_for_people_has_a_row_for_each() -> None:
    lines = parameters.markdown().splitlines()
    assert len(lines) == 2 + len(ROWS)
    assert "| `strips[].compressor.ratio` | 1:1 | 20:1 | 1:1 | 1 is off |" in lines
    assert "| `strips[].mute` | false | true | false | silent, in the mix and in the reverb |" in lines
    assert "| `reverb.decay` | 0.3 s | 10 s | 1.8 s | time for 60 dB at low frequencies |" in lines


def test_the_readme_shows_the_table() -> None:
    found = re.search(r"<!-- mixer -->\n+(.*?)\n*<!-- /mixer -->", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None, "README.md needs <!-- mixer --> and <!-- /mixer --> around the table"
    assert found[1] + "\n" == parameters.markdown(), "put jambox.sound.parameters.markdown() between the markers"
