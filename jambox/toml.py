"""TOML text to typed values, with errors that name file, key path, what was found and what is allowed."""

import re
from typing import Any, TypeVar

import msgspec

from jambox.errors import At, JamboxError, pointed

T = TypeVar("T")


def decode(text: str, kind: type[T], place: str, error: type[JamboxError]) -> T:
    """The value of type `kind` (a msgspec Struct) that `text` describes.

    `place` names the file in messages. Raises `error` when the text is no TOML or does not fit `kind`.
    """
    return fit(read(text, place, error), kind, place, error)


def read(text: str, place: str, error: type[JamboxError]) -> Any:
    """The tables that `text` describes. Raises `error` when it is no TOML."""
    try:
        return msgspec.toml.decode(text)
    except msgspec.DecodeError as fault:
        raise error(f"{place}: not valid TOML: {fault}") from fault


def fit(found: Any, kind: type[T], place: str, error: type[JamboxError]) -> T:
    """The value of type `kind` that plain tables, lists and values stand for. Raises `error` as `decode` does."""
    try:
        return msgspec.convert(found, kind)
    except msgspec.ValidationError as fault:
        told, at = _explain(str(fault), found, kind)
        raise pointed(error(f"{place}: {told}"), at) from fault


def _explain(message: str, found: Any, kind: type[Any]) -> tuple[str, At]:
    what, _, path = message.partition(" - at `$")
    key, value, fits = "", found, msgspec.inspect.type_info(kind)
    at: list[str | int] = []
    for name, index in re.findall(r"\.([^.\[`]+)|\[(\d+|\.\.\.)\]", path):
        if index.isdigit():
            key, value, fits = f"{key}[{index}]", value[int(index)], _inside(fits, int(index))
            at.append(int(index))
            continue
        step = name or _culprit(value, found, kind, message)
        at.append(step)
        key, value, fits = f"{key}.{step}", value[step], _inside(fits, step)
    shown = "" if isinstance(value, dict | list) else f" (found {value!r})"
    what = f"{what}{shown}{_allowed(what, fits)}"
    unknown = re.search("unknown field `(.*?)`", what)
    return f"{key.lstrip('.')}: {what}" if key else what, (*at, unknown[1]) if unknown else tuple(at)


def _inside(fits: Any, step: str | int) -> Any:
    """The type of what lies at `step` of a table or list of type `fits`."""
    match fits:
        case msgspec.inspect.UnionType(types=types):
            return next((found for each in types if (found := _inside(each, step))), None)
        case msgspec.inspect.StructType(fields=fields):
            return next((_bare(field.type) for field in fields if field.encode_name == step), None)
        case msgspec.inspect.VarTupleType(item_type=item) | msgspec.inspect.DictType(value_type=item):
            return item
    return None


def _bare(fits: Any) -> Any:
    """The type without what is said about it for people."""
    return fits.type if isinstance(fits, msgspec.inspect.Metadata) else fits


def _allowed(what: str, fits: Any) -> str:
    """What `fits` allows, where msgspec does not say it: the values of a choice, the keys of a table."""
    if isinstance(fits, msgspec.inspect.UnionType):
        return "".join(_allowed(what, each) for each in fits.types)
    if isinstance(fits, msgspec.inspect.LiteralType):
        return f": allowed are {', '.join(map(str, fits.values))}"
    if isinstance(fits, msgspec.inspect.StructType) and "unknown field" in what:
        return f": the keys are {', '.join(field.encode_name for field in fits.fields)}"
    return ""


def _culprit(table: dict[str, Any], found: Any, kind: type[Any], message: str) -> str:
    """The key at fault in `table`, a part of `found`, which msgspec leaves unnamed: alone there, it fails the same way.

    The other keys are gone afterwards.
    """

    def fails_alone(key: str, value: Any) -> bool:
        table.clear()
        table[key] = value
        try:
            msgspec.convert(found, kind)
        except msgspec.ValidationError as fault:
            return str(fault) == message
        return False

    return next(key for key, value in tuple(table.items()) if fails_alone(key, value))
