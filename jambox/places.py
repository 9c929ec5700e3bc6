"""Where things lie on this machine: folders as systemd names them for the service, or the user's by XDG."""

import os
from pathlib import Path


def config_home() -> Path:
    """The user's configuration and data files."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "jambox"


def state_home() -> Path:
    """Where the scene is kept."""
    service = os.environ.get("STATE_DIRECTORY")
    home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "jambox"
    return Path(service) if service else home


def sounds_cache() -> Path:
    """Where rendered sounds are kept."""
    service = os.environ.get("CACHE_DIRECTORY")
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jambox"
    return (Path(service) if service else home) / "sounds"
