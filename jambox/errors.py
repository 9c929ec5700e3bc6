"""The errors that jambox raises on purpose. Each message names the thing, the place and the remedy."""

from typing import TypeVar

At = tuple[str | int, ...]
"""Where in a file: keys and indexes down to a value; after a string's key, an index means one of its characters.

A number alone is a line's, from 1, of a file that has no keys.
"""
E = TypeVar("E", bound="JamboxError")


class JamboxError(Exception):
    """Any fault that the user can mend; its message is meant for them, without a traceback.

    `at` tells where in a file's text it lies, as far as that is known.
    """

    at: At = ()


def pointed(error: E, at: At) -> E:
    """The error, told where in its file it lies."""
    error.at = at
    return error


class ConfigError(JamboxError, ValueError):
    """A configuration file that cannot be used as it stands."""


class DataError(JamboxError, ValueError):
    """A cycle, drum, drone or tuning file that cannot be used as it stands."""


class SettingError(JamboxError, ValueError):
    """A value that a parameter of the mixer cannot have."""


class StateError(JamboxError, ValueError):
    """A state file that cannot be read back."""


class DeviceError(JamboxError, OSError):
    """A device that is missing, busy, or refuses what was asked of it."""


class UnknownNameError(JamboxError, LookupError):
    """A control, cycle, drone or port that does not exist."""


class AlreadyRunningError(JamboxError, OSError):
    """A second box on the same state folder."""


class SocketError(JamboxError, OSError):
    """A place at which the box cannot listen."""


class NotRunningError(JamboxError, OSError):
    """No box answers at the socket."""
