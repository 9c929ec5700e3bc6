"""`jambox hear`."""

from pathlib import Path
from typing import Any

from jambox.cli.parsing import Arguments, command, number
from jambox.cli.playing import configured
from jambox.cli.rendering import add_ground
from jambox.errors import DeviceError
from jambox.places import config_home, sounds_cache
from jambox.scene import Scene
from jambox.tunings import everything
from jambox.units import Bpm, Decibels, Hertz, gain, parse_pitch

PERIOD, PERIODS = 1024, 4
"""Frames, as nothing hurries."""


def add(commands: Any) -> None:
    """Adds hear."""
    example = "jambox hear sygyt --strings overtone-11 --tonic C3"
    parser = command(commands, _hear, "hear", "play a drone now, on the sound card", example)
    parser.add_argument("drone", metavar="DRONE", help="by its id in `jambox list drones`")
    parser.add_argument("--seconds", type=number(1.0, 3600.0), default=20.0, metavar="S", help="default: 20")
    parser.add_argument("--audio", metavar="DEVICE", help="auto, null or an ALSA name (default: as the box)")
    parser.add_argument("--config", type=Path, metavar="FILE")
    parser.set_defaults(rate=None, period=PERIOD, periods=PERIODS)
    add_ground(parser)


def _hear(arguments: Arguments) -> int:
    from jambox import keeper, offline
    from jambox.sound.agreement import Request
    from jambox.sound.devices import open_device

    config = configured(arguments)
    found, audio = everything(config_home() / "data", config.tuning.folders), config.audio
    piece = offline.Piece(
        rate=audio.rate,
        tempo=Bpm(Scene().tempo),
        tonic=parse_pitch(arguments.tonic, Hertz(arguments.a4)),
        levels=(0.0, gain(Decibels(Scene().drone_level)), 0.0, 1.0),
        drone=found.tuned(arguments.drone, arguments.tuning, arguments.strings),
        cache=str(sounds_cache()),
    )
    try:
        device = open_device(Request(keeper.wanted_device(audio), audio.rate, *audio.buffer, 0))
    except DeviceError as fault:
        raise DeviceError(f"{fault}; a running box plays it by `jambox tune --drone {arguments.drone}`") from fault
    period = device.granted.period
    try:
        for block in offline.blocks(piece, round(arguments.seconds * audio.rate / period) * period, period):
            device.read()
            device.write(block.data.cast("B").cast("f"))
    finally:
        device.close()
    return 0
