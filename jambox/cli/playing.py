"""`jambox run`, and how the configuration is found."""

import argparse
import asyncio
from pathlib import Path
from typing import Any

import msgspec

from jambox import remote
from jambox.cli.parsing import Arguments, command
from jambox.config import Config, parse_config
from jambox.errors import ConfigError
from jambox.places import config_home, sounds_cache, state_home
from jambox.toml import fit


def add(commands: Any) -> None:
    """Adds run."""
    parser = command(
        commands, _run, "run", "play, until it is stopped", "jambox run --panel terminal --audio hw:CARD=USB"
    )
    add_setting_options(parser)
    parser.add_argument("--panel", choices=("auto", "gpio", "terminal", "none"), help="which panel (default: auto)")
    parser.add_argument("--socket", type=Path, metavar="PATH", help="where the box listens")


def add_setting_options(parser: argparse.ArgumentParser) -> None:
    """Adds what says how to play."""
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="default: ~/.config/jambox/config.toml or /etc/jambox.toml"
    )
    parser.add_argument("--audio", metavar="NAME", help="auto, null, wav:PATH or an ALSA name (default: auto)")
    parser.add_argument("--period", type=int, metavar="N", help="frames a period (default: 128)")
    parser.add_argument("--periods", type=int, metavar="N", help="periods a buffer (default: 3)")
    parser.add_argument("--rate", type=int, metavar="HZ", help="frames a second (default: 48000)")
    parser.add_argument("--state", type=Path, metavar="DIR", help="where the scene is kept")


def _run(arguments: Arguments) -> int:
    from jambox.box import Box
    from jambox.options import Options

    options = Options(
        config=configured(arguments),
        reread=lambda: configured(arguments),
        state=arguments.state or state_home(),
        socket=arguments.socket or remote.default_path(),
        cache=sounds_cache(),
        data=config_home() / "data",
    )
    return asyncio.run(_play(Box(options)))


async def _play(box: Any) -> int:
    await box.run()
    return 0


def written(given: Path | None = None) -> Config:
    """The configuration in the file that is `given`, or in the usual ones. Raises ConfigError."""
    config = Config()
    for path in [given] if given else [Path("/etc/jambox.toml"), config_home() / "config.toml"]:
        try:
            config = parse_config(path.read_text(encoding="utf-8"), str(path))
        except FileNotFoundError:
            if given:
                raise ConfigError(f"{path}: no such file; name another by --config, or leave it out") from None
        except (OSError, UnicodeDecodeError) as fault:
            raise ConfigError(f"{path}: cannot be read: {fault}") from fault
    return config


def configured(arguments: Arguments) -> Config:
    """The configuration, with what the command line says. Raises ConfigError."""
    config = written(arguments.config)
    given = {
        "device": arguments.audio,
        "period": arguments.period,
        "periods": arguments.periods,
        "rate": arguments.rate,
    }
    found = msgspec.to_builtins(config)
    found["audio"] |= {key: value for key, value in given.items() if value is not None}
    if getattr(arguments, "panel", None):
        found["panel"]["kind"] = arguments.panel
    return fit(found, Config, "command line", ConfigError)
