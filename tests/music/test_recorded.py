"""A family's recordings: those that can be played are, the others are told with their place, whatever they are."""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from jambox.checking import explained
from jambox.music import library
from jambox.music.drums import parse_drums
from jambox.music.recorded import brought

FAMILY = """
id = "mine"
name = "Mine"
certainty = "unchecked"
sources = ["me"]
samples = "sounds"
strokes.dum = {{ sounds = ["low"], keys = [36] }}
strokes.tek = {{ sounds = ["high"], keys = [38] }}
{more}
[files]
low = "low.wav"
high = {high}
"""


def file_of(path: Path, seconds: float = 0.1, rate: int = 44100, channels: int = 1) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.zeros((round(seconds * rate), channels)), rate)
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder for families with a folder of sounds, and one that is none of theirs."""
    file_of(tmp_path / "drums" / "sounds" / "low.wav")
    file_of(tmp_path / "drums" / "sounds" / "deep" / "high.wav")
    file_of(tmp_path / "other.wav")
    return tmp_path / "drums"


def test_what_can_be_played_is_found_from_the_familys_own_folder(home: Path) -> None:
    family, faults = brought(parse_drums(FAMILY.format(high='"deep/high.wav"', more=""), "mine.toml"), home)
    assert not faults
    assert family.samples == str(home / "sounds")
    assert {name: layer.file for name, layer in family.recordings.items()} == {
        "low": "low.wav",
        "high": "deep/high.wav",
    }


@pytest.mark.parametrize(
    ("high", "told", "under"),
    [
        ('"gone.wav"', "files.high: {sounds}/gone.wav: no such file: put it there, or take this out", '"gone'),
        ('"deep"', "files.high: {sounds}/deep: no such file", '"deep'),
        ('"../../other.wav"', "files.high: '../../other.wav' leads out of {sounds}: put the file there", '"..'),
        ('"/etc/passwd"', "files.high: '/etc/passwd' leads out of", '"/etc'),
        ('"link.wav"', "files.high: 'link.wav' leads out of", '"link'),
        ('"pipe.wav"', "files.high: {sounds}/pipe.wav: no such file", '"pipe'),
        ('"text.wav"', "files.high: {sounds}/text.wav cannot be read (", '"text'),
        ('"empty.wav"', "files.high: {sounds}/empty.wav cannot be read (", '"empty'),
        ('"short.wav"', "files.high: {sounds}/short.wav has 44100 Hz, 1 channels, 0 frames: give it as", '"short'),
        ('"wide.wav"', "files.high: {sounds}/wide.wav has 44100 Hz, 9 channels", '"wide'),
        ('"slow.wav"', "files.high: {sounds}/slow.wav has 400 Hz", '"slow'),
        ('"cut.flac"', "files.high: {sounds}/cut.flac ", '"cut'),
        (
            '[{ file = "low.wav", below = 0.5 }, { file = "gone.wav" }]',
            "files.high[1].file: {sounds}/gone.wav",
            '"gone',
        ),
        (f'"{"x" * 300}"', "files.high: ", '"xxx'),
        ('"a\\u0000b"', "files.high: ", '"a'),
    ],
)
def test_what_cannot_is_told_and_the_rest_plays(home: Path, high: str, told: str, under: str) -> None:
    sounds = home / "sounds"
    (sounds / "link.wav").symlink_to(home.parent / "other.wav")
    os.mkfifo(sounds / "pipe.wav")
    (sounds / "text.wav").write_text("no sound")
    (sounds / "empty.wav").touch()
    file_of(sounds / "short.wav", 0.0)
    file_of(sounds / "wide.wav", channels=9)
    file_of(sounds / "slow.wav", rate=400)
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 44100)
    soundfile.write(sounds / "whole.flac", noise, 44100)
    (sounds / "cut.flac").write_bytes((sounds / "whole.flac").read_bytes()[:40000])
    text = FAMILY.format(high=high, more="")
    family, (fault,) = brought(parse_drums(text, "mine.toml"), home)
    assert str(fault).startswith(told.format(sounds=sounds))
    line, caret = explained(text, fault).split("\n")
    assert line[caret.index("^") :].startswith(under)
    assert family.recordings["low"].file == "low.wav"
    # What has no recording left is not struck, and not looked for.
    assert ("high" in family.sounds) == high.startswith("[")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('strokes.ka = { sounds = ["clap"] }', "strokes.ka.sounds[0]: no file for 'clap': name one in [files], or an"),
        ('strokes.ka = { sounds = ["clap"] }\ninstrument = "kit"', ""),
        ('longest = 1.0\nstrokes.tek2 = { sounds = ["low"] }', ""),
    ],
)
def test_what_is_not_recorded_is_made_where_somebody_makes_it(home: Path, more: str, told: str) -> None:
    family, faults = brought(parse_drums(FAMILY.format(high='"deep/high.wav"', more=more), "mine.toml"), home)
    assert [str(fault)[: len(told)] for fault in faults] == ([told] if told else [])
    assert ("clap" in family.sounds) == ("instrument" in more)


def test_files_that_nobody_strikes_and_samples_without_files_are_told(home: Path) -> None:
    text = FAMILY.format(high='"deep/high.wav"', more="") + 'middle = "low.wav"\n'
    _, (fault,) = brought(parse_drums(text, "mine.toml"), home)
    assert str(fault) == "files.middle: no stroke has that sound: there are high, low"
    _, (fault,) = brought(parse_drums(text.partition("[files]")[0], "mine.toml"), home)
    assert str(fault).startswith("samples: no files are named: say in a table [files]")


def test_a_family_that_is_too_long_is_told(home: Path) -> None:
    layers = ", ".join(f'{{ file = "long{n}.flac", below = {(n + 1) / 8} }}' for n in range(8))
    for number in range(8):
        file_of(home / "sounds" / f"long{number}.flac", 7.0, 8000)
    text = FAMILY.format(high=f"[{layers}]", more="")
    _, (fault,) = brought(parse_drums(text, "mine.toml"), home)
    assert str(fault).startswith("files: 48 s, and 9 samples: there is room for 40 s and 96, and the last do not sound")
    assert not brought(parse_drums(FAMILY.format(high=f"[{layers}]", more="longest = 4.0"), "mine.toml"), home)[1]


def test_the_library_brings_them_and_tells_the_faults(home: Path) -> None:
    path = home / "mine.toml"
    path.write_text(FAMILY.format(high='"gone.wav"', more=""))
    found = library.load((library.SHIPPED, home.parent))
    assert found.family("mine").sounds == ("low",)
    told = f"{path}: files.high: {home}/sounds/gone.wav: no such file: put it there, or take this out"
    assert found.faults == (told,)
    assert [str(fault) for fault in library.unheard(path.read_text(), path)] == [told]
    assert library.unheard("no family", path) == []
