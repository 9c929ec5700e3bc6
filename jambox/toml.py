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
        raise error(f"{place}: {_explain(str(fault), found)}") from fault


def _explain(message: str, found: Any) -> str:
    what, _, path = message.partition(" - at `$")
    keys = re.findall(r"\.([^.\[`]+)|\[(\d+|\.\.\.)\]", path)
    for name, index in keys:
        if isinstance(found, dict) and name in found:
            found = found[name]
        elif isinstance(found, list) and index.isdigit():
            found = found[int(index)]
        else:
            return f"{_dotted(path)}{what}"
    shown = "" if isinstance(found, dict | list) else f" (found {found!r})"
    return f"{_dotted(path)}{what}{shown}"


def _dotted(path: str) -> str:
    key = path.strip("`").lstrip(".")
    return f"{key}: " if key else ""
