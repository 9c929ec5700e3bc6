"""TOML text to typed values, with errors that name file, key path, what was found and what is allowed."""

import re
from typing import Any, TypeVar

import msgspec

from jambox.errors import JamboxError

T = TypeVar("T")


def decode(text: str, kind: type[T], place: str, error: type[JamboxError]) -> T:
    """The value of type `kind` (a msgspec Struct) that `text` describes.

    `place` names the file in messages. Raises `error` when the text is no TOML or does not fit `kind`.
    """
    try:
        found = msgspec.toml.decode(text)
    except msgspec.DecodeError as fault:
        raise error(f"{place}: not valid TOML: {fault}") from fault
    try:
        return msgspec.convert(found, kind)
    except msgspec.ValidationError as fault:
        raise error(f"{place}: {_explain(str(fault), found, kind)}") from fault


def _explain(message: str, found: Any, kind: type[Any]) -> str:
    what, _, path = message.partition(" - at `$")
    key, value = "", found
    for name, index in re.findall(r"\.([^.\[`]+)|\[(\d+|\.\.\.)\]", path):
        if index.isdigit():
            key, value = f"{key}[{index}]", value[int(index)]
            continue
        step = name or _culprit(value, found, kind, message)
        key, value = f"{key}.{step}", value[step]
    shown = "" if isinstance(value, dict | list) else f" (found {value!r})"
    return f"{key.lstrip('.')}: {what}{shown}" if key else what


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
