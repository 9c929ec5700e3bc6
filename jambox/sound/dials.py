"""Each parameter of the mixer by a name of its own, as `strip1.eq.mid`: read, told, laid over a mixer.

Strips count from 1, as people do. A value is a float; a switch is 0 or 1.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from jambox.errors import SettingError, UnknownNameError
from jambox.sound import layout
from jambox.sound.parameters import HOUSE_TABLE, STRIP_TABLE, Mixer, Parameter, flatten, shown

Values = Mapping[str, float]
"""Some parameters, by their names."""
Word = str | float | bool
"""A value as people and programs say it: a number, with or without its unit, or on and off."""
WORDS: Mapping[str, float] = MappingProxyType({"on": 1.0, "true": 1.0, "yes": 1.0, "off": 0.0, "false": 0.0, "no": 0.0})

DIALS: Mapping[str, Parameter] = MappingProxyType(
    {f"strip{number}.{row.name}": row for number in range(1, layout.STRIPS + 1) for row in STRIP_TABLE}
    | {row.name: row for row in HOUSE_TABLE}
)
"""All of them, in the order of `parameters.flatten`."""


def dial(name: str) -> Parameter:
    """The row of one parameter. Raises UnknownNameError, which says what names look like."""
    if name not in DIALS:
        near = [known for known in DIALS if known.startswith(name.rpartition(".")[0] + ".") and "." in name]
        names = ", ".join(near or ("strip1.trim", "strip1.eq.mid", "reverb.decay"))
        raise UnknownNameError(
            f"the mixer has no {name!r}: {'there are' if near else 'names are such as'} {names}; "
            "`jambox mixer all` lists them"
        )
    return DIALS[name]


def under(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Those of `names` that are `name`, or lie under it, as `strip1.eq.mid` under `strip1` and `strip1.eq`."""
    return tuple(each for each in names if each == name or each.startswith(f"{name}."))


def value(name: str, word: Word) -> float:
    """What somebody wishes a parameter to be.

    Raises UnknownNameError for a name that is none, SettingError for what is no value or lies outside the range.
    """
    row = dial(name)
    number = _number(name, row, word)
    if row.choices and number not in row.choices:
        raise SettingError(f"{name}: {word} is none of {_allowed(row)}")
    if not row.low <= number <= row.high:
        raise SettingError(f"{name}: {word} lies outside {_allowed(row)}")
    return number


def told(name: str, number: float) -> str:
    """`strip1.trim -6 dB`."""
    return f"{name} {shown(dial(name), number)}"


def ranged(name: str) -> str:
    """What a parameter may be, for people."""
    return _allowed(dial(name))


def fit(values: Values) -> tuple[dict[str, float], tuple[str, ...]]:
    """Those of `values` that the mixer takes, and a line for each that it does not: of another version, say."""
    good: dict[str, float] = {}
    faults = []
    for name, number in values.items():
        try:
            good[name] = value(name, number)
        except (UnknownNameError, SettingError) as fault:
            faults.append(str(fault))
    return good, tuple(faults)


def laid(mixer: Mixer, values: Values) -> Mixer:
    """`mixer` with some parameters as `values` has them. Raises UnknownNameError, SettingError as `value` does."""
    tables: Any = msgspec.to_builtins(mixer)
    for name, number in values.items():
        row = dial(name)
        table = _table(tables, name)
        exact = value(name, number)
        table[row.name.rpartition(".")[2]] = (
            bool(exact) if row.curve == "switch" else int(exact) if row.choices else exact
        )
    return msgspec.convert(tables, Mixer)


def values(mixer: Mixer) -> dict[str, float]:
    """All parameters of a mixer."""
    return dict(zip(DIALS, flatten(mixer), strict=True))


def _table(tables: Any, name: str) -> Any:
    # The innermost table in which a parameter stands; strips are added up to the one that is named.
    first, *inner = name.split(".")[:-1] or [""]
    if not first:
        table = tables
    elif first.startswith("strip"):
        number = int(first.removeprefix("strip"))
        missing = number - len(tables["strips"])
        tables["strips"] = [*tables["strips"], *({} for _ in range(missing))]
        table = tables["strips"][number - 1]
    else:
        table = tables[first]
    for part in inner:
        table = table.setdefault(part, {})
    return table


def _number(name: str, row: Parameter, word: Word) -> float:
    if not isinstance(word, str):
        return float(word)
    text = word.strip().lower()
    if row.curve == "switch" and text in WORDS:
        return WORDS[text]
    try:
        return float(text.removesuffix(row.unit.lower()))
    except ValueError:
        raise SettingError(f"{name}: {word!r} is no value: it may be {_allowed(row)}") from None


def _allowed(row: Parameter) -> str:
    if row.curve == "switch":
        return "on and off"
    if row.choices and row.choices != tuple(range(int(row.low), int(row.high) + 1)):
        return f"{', '.join(f'{choice:g}' for choice in row.choices)} {row.unit}".strip()
    return f"{row.low:g} to {row.high:g} {row.unit}".strip()
