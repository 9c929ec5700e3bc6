"""Drumkits taken in, from folders and archives; hostile archives do no harm."""

import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from jambox import kits, offline
from jambox.errors import DataError
from jambox.music import library
from jambox.music.cycle import Cycle, parse_cycle
from jambox.music.drums import Drums
from jambox.sound import recordings
from jambox.sound.shelves import Recording
from jambox.units import Bpm, Hertz
from tests.music.test_hydrogen import instrument, kit, layer
from tests.shipped import LIBRARY
from tests.sound.measure import lufs, peak_db

RATE = 48000
SOFT, LOUD = 500.0, 2000.0
CYCLE = """
id = "two"
name = "Two"
region = "Here"
drums = "mine"
pulses = 2
groups = [2]
weights = [1.0, 0.0]
certainty = "unchecked"
sources = ["me"]
tempo = { low = 60, usual = 120, high = 240 }
lines.all = "Kick Kick"
"""


def tone(pitch: float) -> bytes:
    written = io.BytesIO()
    soundfile.write(written, 0.5 * np.sin(2.0 * np.pi * pitch * np.arange(RATE // 5) / RATE), RATE, format="WAV")
    return written.getvalue()


KIT = kit(instrument("Kick", layer("soft.wav", 0, 0.7), layer("loud.wav", 0.7, 1)))
FILES = {"drumkit.xml": KIT, "soft.wav": tone(SOFT), "loud.wav": tone(LOUD)}


def archive(path: Path, files: dict[str, bytes], *more: tarfile.TarInfo, packed: bool = True) -> Path:
    with tarfile.open(path, "w:gz" if packed else "w:") as tar:
        for member in more:
            tar.addfile(member)
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return path


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def everything(folder: Path) -> Iterator[str]:
    return (str(Path(base) / name) for base, folders, names in os.walk(folder) for name in (*folders, *names))


def pitches(family: Drums, cycle: Cycle) -> list[float]:
    """The pitch of each of the two strokes at 120 beats per minute."""
    piece = offline.Piece(RATE, Bpm(120.0), Hertz(146.83), (0.0, 0.0, 1.0, 1.0), cycle, family)
    sound = np.concatenate(list(offline.blocks(piece, RATE)))[:, 0]
    heard = []
    for beat in (0.0, 0.5):
        part = sound[round((beat + 0.05) * RATE) :][:4800]
        heard.append(float(np.argmax(np.abs(np.fft.rfft(part * np.hanning(4800)))) * RATE / 4800))
    return heard


@pytest.mark.parametrize("packed", ["gz", "", "folder"])
def test_a_kit_is_heard_hard_and_soft(tmp_path: Path, packed: str) -> None:
    place = tmp_path / "mine.h2drumkit"
    if packed == "folder":
        for name, data in FILES.items():
            (tmp_path / "Mine").mkdir(exist_ok=True)
            (tmp_path / "Mine" / name).write_bytes(data)
        place = tmp_path / "Mine"
    else:
        archive(place, {f"Mine/{name}": data for name, data in FILES.items()}, packed=bool(packed))
    target, _, faults = kits.take(place, tmp_path / "data" / "drums")
    assert (target, faults) == (tmp_path / "data" / "drums" / "mine.toml", [])
    found = library.load((library.SHIPPED, tmp_path / "data"))
    assert found.faults == ()
    # Of weights 1 and 0 come velocities of 1 and 0.6.
    assert pitches(found.family("mine"), parse_cycle(CYCLE, "two.toml")) == [LOUD, SOFT]


def test_a_kit_stands_in_for_a_family(tmp_path: Path) -> None:
    place = archive(tmp_path / "mine.h2drumkit", FILES)
    model = LIBRARY.family("kit")
    target, _, faults = kits.take(place, tmp_path / "drums", model=model)
    found = library.load((library.SHIPPED, tmp_path))
    assert (target.name, faults, found.faults) == ("kit.toml", [], ())
    family = found.family("kit")
    assert (family.strokes, family.instrument) == (model.strokes, "kit")
    assert list(family.recordings) == ["kick/1", "kick/2"]


def test_a_kit_plays_for_a_family_where_the_configuration_says_so(tmp_path: Path) -> None:
    place = archive(tmp_path / "mine.h2drumkit", FILES)
    target, _, faults = kits.take(place, tmp_path / "drums", "mine", library.load().family("kit"))
    assert (target.name, faults) == ("mine.toml", [])
    found = library.load((library.SHIPPED, tmp_path))
    assert found.family("kit") == library.load().family("kit")
    chosen, told = found.chosen({"kit": "mine"})
    assert told == ()
    assert chosen.family("kit") is found.family("mine")
    assert chosen.cycles == found.cycles
    assert pitches(chosen.family("kit"), chosen.cycle("four-floor"))


@pytest.mark.parametrize(
    ("place", "name", "told"),
    [
        ("kit", "mine", "drums.kit: no drum family is called 'mine': none of {many} is alike"),
        ("tbla", "kit", "drums.tbla: no drum family is called 'tbla': of {many}, most alike are tabla"),
        ("clave", "kit", "drums.clave: 'kit' does not know "),
    ],
)
def test_who_cannot_play_for_a_family_is_refused(place: str, name: str, told: str) -> None:
    found = library.load()
    chosen, faults = found.chosen({place: name})
    assert chosen == found
    assert len(faults) == 1
    assert faults[0].startswith(told.format(many=len(found.drums)))
    if "know" in told:
        assert faults[0].endswith(": take a kit by `jambox kit KIT --for clave --id kit`")


def test_a_family_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    place = archive(tmp_path / "mine.h2drumkit", FILES)
    kits.take(place, tmp_path / "drums")
    before = sorted(everything(tmp_path))
    for name in ("", "mine"):
        with pytest.raises(DataError, match=r"mine\.toml is there already: move it away, or choose another name"):
            kits.take(place, tmp_path / "drums", name)
    assert sorted(everything(tmp_path)) == before
    assert kits.take(place, tmp_path / "drums", "mine-2")[0].name == "mine-2.toml"
    with pytest.raises(DataError, match=r"'\.\./x' is no id"):
        kits.take(place, tmp_path / "drums", "../x")


@pytest.mark.parametrize(
    ("member", "told"),
    [
        (special("../evil.wav", tarfile.REGTYPE), "'../evil.wav' leads out of the archive"),
        (special("/tmp/evil.wav", tarfile.REGTYPE), "'/tmp/evil.wav' leads out of the archive"),
        (special("a/../../evil.wav", tarfile.REGTYPE), "leads out of the archive"),
        (special("loud.wav", tarfile.SYMTYPE, "/etc/passwd"), "'loud.wav' is no plain file but a link or a device"),
        (special("hard.wav", tarfile.LNKTYPE, "/etc/passwd"), "'hard.wav' is no plain file"),
        (special("pipe.wav", tarfile.FIFOTYPE), "'pipe.wav' is no plain file"),
        (special("null.wav", tarfile.CHRTYPE), "'null.wav' is no plain file"),
    ],
)
def test_tricks_in_an_archive_are_left_out_and_told(tmp_path: Path, member: tarfile.TarInfo, told: str) -> None:
    place = archive(tmp_path / "mine.h2drumkit", FILES, member)
    _, family, (fault,) = kits.take(place, tmp_path / "drums")
    assert told in fault
    assert set(family.recordings) == {"Kick/1", "Kick/2"}
    there = {path.removeprefix(str(tmp_path)) for path in everything(tmp_path)}
    assert there == {
        *("/mine.h2drumkit", "/drums", "/drums/mine.toml", "/drums/mine.samples"),
        *("/drums/mine.samples/soft.wav", "/drums/mine.samples/loud.wav"),
    }
    assert (tmp_path / "drums" / "mine.samples" / "loud.wav").read_bytes() == FILES["loud.wav"]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"drumkit.xml": KIT}, "none of its sounds can be used: files.Kick[0].file: "),
        ({"soft.wav": FILES["soft.wav"]}, "has no drumkit.xml: it is no drumkit of Hydrogen's"),
        ({"drumkit.xml": b"<x>"}, "mine.h2drumkit: drumkit.xml: not valid XML: "),
        (b"no archive", "cannot be unpacked ("),
        (b"", "cannot be unpacked ("),
        (b"\x1f\x8b no gzip", "cannot be unpacked ("),
        (None, "cannot be unpacked ("),
    ],
)
def test_what_cannot_be_used_leaves_nothing_behind(
    tmp_path: Path, data: dict[str, bytes] | bytes | None, told: str
) -> None:
    place = tmp_path / "mine.h2drumkit"
    if isinstance(data, dict):
        archive(place, data)
    elif data is not None:
        place.write_bytes(data)
    with pytest.raises(DataError) as raised:
        kits.take(place, tmp_path / "drums")
    assert str(raised.value).startswith(str(place))
    assert told in str(raised.value)
    assert list(everything(tmp_path / "drums")) == []


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kits, "UNPACKED", 20_000_000)
    monkeypatch.setattr(kits, "MOST", 50)
    big = archive(tmp_path / "big.h2drumkit", FILES | {"zeros.wav": bytes(21_000_000)})
    assert big.stat().st_size < 100_000
    with pytest.raises(DataError, match=r"big\.h2drumkit: it unpacks to more than .* MB: it is no drumkit"):
        kits.take(big, tmp_path / "drums")
    many = archive(tmp_path / "many.h2drumkit", FILES | {f"{n}.txt": b"" for n in range(60)})
    with pytest.raises(DataError, match=r"many\.h2drumkit: it has more than 50 files"):
        kits.take(many, tmp_path / "drums")
    assert list(everything(tmp_path / "drums")) == []
    cut = tmp_path / "cut.h2drumkit"
    cut.write_bytes(archive(tmp_path / "whole.h2drumkit", FILES).read_bytes()[:-300])
    with pytest.raises(DataError, match=r"cut\.h2drumkit: cannot be unpacked \("):
        kits.take(cut, tmp_path / "drums")
    assert list(everything(tmp_path / "drums")) == []


# Loudness


def levelled(tmp_path: Path, *amplitudes: float, crest: float = 1.0) -> Drums:
    """A kit of one instrument for each amplitude of a tone, taken in; `crest`: by how much one sample sticks out."""
    files, instruments = {}, []
    for number, amplitude in enumerate(amplitudes):
        wave = amplitude * np.sin(2.0 * np.pi * 500.0 * np.arange(RATE // 5) / RATE)
        wave[100] *= crest
        written = io.BytesIO()
        soundfile.write(written, wave, RATE, format="WAV", subtype="FLOAT")
        files[f"{number}.wav"] = written.getvalue()
        instruments.append(instrument(f"Drum {number}", layer(f"{number}.wav", 0, 1)))
    place = archive(tmp_path / "mine.h2drumkit", files | {"drumkit.xml": kit("".join(instruments))})
    return kits.take(place, tmp_path / "drums")[1]


@pytest.mark.parametrize("amplitudes", [(0.02, 0.005), (0.5, 0.1), (0.05,), (2.0, 0.1)])
def test_a_kit_is_made_as_loud_as_families_are(tmp_path: Path, amplitudes: tuple[float, ...]) -> None:
    family = levelled(tmp_path, *amplitudes)
    gains = {one.gain for one in family.recordings.values()}
    assert len(gains) == 1
    heard = [lufs(recordings.read(given, RATE)) for given in played(family)]
    assert heard[0] == max(heard) == pytest.approx(kits.LOUDEST, abs=0.2)
    for level, amplitude in zip(heard, amplitudes, strict=True):
        assert heard[0] - level == pytest.approx(20.0 * np.log10(amplitudes[0] / amplitude), abs=0.1)


def test_peaks_are_not_cut_to_make_a_kit_louder(tmp_path: Path) -> None:
    family = levelled(tmp_path, 0.01, 0.001, crest=60.0)
    heard = [recordings.read(given, RATE) for given in played(family)]
    assert peak_db(heard[0]) == pytest.approx(-2.1, abs=0.1)
    assert peak_db(heard[0]) - peak_db(heard[1]) == pytest.approx(20.0, abs=0.1)
    assert kits.levels(family)[0] < kits.LOUDEST - kits.NEAR


def test_a_silent_kit_stays_as_it_is(tmp_path: Path) -> None:
    assert [one.gain for one in levelled(tmp_path, 0.0).recordings.values()] == [0.0]


def played(family: Drums) -> list[Recording]:
    return [
        Recording(f"{family.samples}/{one.file}", one.gain, one.pitch, family.longest)
        for one in family.recordings.values()
    ]
