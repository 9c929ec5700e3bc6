"""What a box is started with."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jambox.config import Config


@dataclass(frozen=True)
class Options:
    """The configuration, and where things shall lie. `reread` gives the `config` anew."""

    config: Config
    reread: Callable[[], Config]
    state: Path
    socket: Path
    cache: Path
    data: Path
