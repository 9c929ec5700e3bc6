"""The tabla of Debian's sonic-pi-samples: its file against made-up sounds, and against the real ones where they are."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from jambox import offline
from jambox.music.drums import Drums
from jambox.music.library import SHIPPED, load
from jambox.sound import recordings
from jambox.sound.instruments.tabla import STROKES
from jambox.sound.instruments.tones import Samples
from jambox.sound.shelves import Recording
from jambox.units import Bpm, Hertz
from tests.sound.measure import lufs, partial_cents, peak_near

FOLDER = Path("/usr/share/sonic-pi/samples")
TEXT = (SHIPPED / "drums" / "tabla-recorded.toml").read_text(encoding="utf-8")
RATE = 48000
D4 = 293.66
"""Hz of the D to which the dayan is moved."""
real = pytest.mark.skipif(not FOLDER.is_dir(), reason="sonic-pi-samples is not installed")


def family_in(folder: Path, own: Path) -> Drums:
    (own / "drums").mkdir()
    (own / "drums" / "tabla-recorded.toml").write_text(TEXT.replace(str(FOLDER), str(folder)), encoding="utf-8")
    found = load((SHIPPED, own))
    assert found.faults == ()
    return found.family("tabla-recorded")


@pytest.fixture
def made_up(tmp_path: Path) -> Drums:
    """The family with a tone of its own in each file: 300 Hz for the first, 100 Hz more for each further one."""
    (tmp_path / "samples").mkdir()
    names = sorted({word for word in TEXT.split('"') if word.endswith(".flac")})
    for number, name in enumerate(names, 3):
        tone = 0.5 * np.sin(2.0 * np.pi * 100.0 * number * np.arange(11025) / 44100)
        soundfile.write(tmp_path / "samples" / name, tone, 44100)
    return family_in(tmp_path / "samples", tmp_path)


def struck(family: Drums, sound: str, velocity: float) -> Samples:
    """What is read from the file that a stroke of that velocity sounds."""
    layer = family.recordings[family.struck(sound, velocity)]
    path = f"{family.samples}/{layer.file}"
    return recordings.read(Recording(path, layer.gain, layer.pitch, family.longest), RATE)


def test_it_knows_the_strokes_of_the_tabla_and_has_a_file_for_each(made_up: Drums) -> None:
    tabla = load().family("tabla")
    assert made_up.strokes == tabla.strokes
    assert set(made_up.files) == set(tabla.sounds)
    assert {
        made_up.struck(sound, velocity) for sound in made_up.files for velocity in (0.0, 0.64, 0.67, 0.85, 1.0)
    } == set(made_up.recordings)


def test_each_file_is_named_once_and_its_licence_told(made_up: Drums) -> None:
    files = [layer.file for layer in made_up.recordings.values()]
    assert len(files) == len(set(files))
    told = made_up.sources[0]
    assert "CC0" in told
    assert all(f" {name.removeprefix('tabla_').removesuffix('.flac')} 1304" in told for name in files)


def test_it_plays_for_the_tabla_where_the_configuration_says_so(made_up: Drums) -> None:
    found = load()
    both = replace(found, drums=found.drums | {made_up.id: made_up}, absent={})
    chosen, told = both.chosen({"tabla": made_up.id})
    assert told == ()
    teental = chosen.cycle("teental")
    piece = offline.Piece(RATE, Bpm(60.0), Hertz(146.83), (0.0, 0.0, 1.0, 1.0), teental, chosen.family("tabla"))
    sam = np.concatenate(list(offline.blocks(piece, RATE // 5)))[:, 0]
    # Dha, the heaviest: the loudest Ge, and Na, moved from C♯ to D.
    names = sorted(layer.file for layer in made_up.recordings.values())
    for file, pitch in (("tabla_ghe6.flac", 0.0), ("tabla_na.flac", 0.89)):
        hertz = 100.0 * (3 + names.index(file)) * 2.0 ** (pitch / 12.0)
        assert peak_near(sam, RATE, hertz, 30.0)[0] == pytest.approx(hertz, rel=0.003)
        assert peak_near(sam, RATE, hertz, 30.0)[1] > -40.0


def test_without_the_package_it_is_not_offered(tmp_path: Path) -> None:
    (tmp_path / "drums").mkdir()
    gone = TEXT.replace(str(FOLDER), str(tmp_path / "gone"))
    (tmp_path / "drums" / "tabla-recorded.toml").write_text(gone, encoding="utf-8")
    found = load((SHIPPED, tmp_path))
    assert found.faults == ()
    assert "tabla-recorded" not in found.drums
    _, (told,) = found.chosen({"tabla": "tabla-recorded"})
    assert told.startswith("drums.tabla: tabla-recorded is recorded, and ")
    assert told.endswith(" is not there: sudo apt install sonic-pi-samples")


@real
def test_the_package_has_every_file(tmp_path: Path) -> None:
    assert len(family_in(FOLDER, tmp_path).recordings) == 15


@real
@pytest.mark.parametrize(("sound", "mode"), [("na", 3), ("na", 2), ("tin", 2), ("tun", 1)])
def test_the_modes_that_ring_tell_its_bols_and_lie_on_d(tmp_path: Path, sound: str, mode: int) -> None:
    family = family_in(FOLDER, tmp_path)
    for velocity in (0.6, 1.0):
        x = struck(family, sound, velocity)[RATE // 20 : RATE // 2]
        assert abs(partial_cents(x, RATE, mode * D4, within=80.0)) < 20.0
        loudest = peak_near(x, RATE, 3.0 * D4, 2400.0)[0]
        if (sound, mode) != ("na", 2):
            assert loudest == pytest.approx(mode * D4, rel=0.02)


@real
@pytest.mark.parametrize("sound", ["na", "tin", "tun", "te", "ti", "ge", "ke"])
def test_it_is_as_loud_as_the_tabla_that_is_made(tmp_path: Path, sound: str) -> None:
    family = family_in(FOLDER, tmp_path)
    for name in family.recorded(sound):
        layer = family.recordings[name]
        read = recordings.read(Recording(f"{FOLDER}/{layer.file}", layer.gain, layer.pitch, family.longest), RATE)
        assert lufs(read) == pytest.approx(STROKES[sound].target, abs=1.0), layer.file
