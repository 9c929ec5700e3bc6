"""Whole pieces, measured: strokes on the grid, strings in tune, peaks under the limit, the same by the same seed."""

import functools
import itertools
from dataclasses import replace
from pathlib import Path

import mido
import msgspec
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from jambox import offline
from jambox.errors import DeviceError
from jambox.music.drone import String
from jambox.music.tuning import tuned
from jambox.offline import QUIET, Piece, Strike
from jambox.programme import Number
from jambox.rounds import Lock, Round
from jambox.sound import instruments
from jambox.sound.shelves import VARIANTS
from jambox.units import Bpm, Hertz, parse_pitch
from tests.shipped import LIBRARY
from tests.sound.measure import partial_cents, peak_db, peak_near

RATE = 48000
D3 = parse_pitch("D3")
A2 = Hertz(D3 * 3 / 4)
"""Pa, a just fourth below Sa."""
TEENTAL = LIBRARY.cycle("teental")
TABLA = LIBRARY.family("tabla")
TANPURA = LIBRARY.drone("tanpura")
Sound = NDArray[np.float32]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("cache"))


def piece(cache: str, *, rhythm: bool = True, drone: bool = True, tempo: float = 120.0, seed: int = 0) -> Piece:
    return Piece(
        RATE,
        Bpm(tempo),
        D3,
        (0.0, 0.5, 0.5, 1.0),
        TEENTAL if rhythm else None,
        TABLA if rhythm else None,
        TANPURA if drone else None,
        seed,
        cache,
    )


def played(what: Piece, seconds: float, block: int = offline.DEFAULT_BLOCK) -> Sound:
    sound: Sound = np.concatenate(list(offline.blocks(what, round(seconds * RATE), block)))
    return sound


def sharpened(sound: NDArray[np.floating]) -> NDArray[np.float64]:
    """The second difference: attacks stand out of what still rings."""
    return np.diff(np.asarray(sound, dtype=np.float64), 2)


@functools.cache
def templates(stroke: str, frames: int) -> list[NDArray[np.float64]]:
    """The stroke's beginning, for each choice of variants."""
    takes = [
        [instruments.render("tabla", name, D3, RATE, turn)[:frames] for turn in range(VARIANTS)]
        for name in TABLA.strokes[stroke].sounds
    ]
    return [sharpened(np.sum(chosen, axis=0)) for chosen in itertools.product(*takes)]


def onset_error(sound: Sound, expected: int, stroke: str) -> int:
    """How many frames after `expected` the stroke begins: the best match of any of its takes within 5 ms."""
    reach, frames = 240, 960
    there = np.zeros(2 * reach + frames)
    first = max(expected - reach, 0)
    part = sound[first : expected + reach + frames]
    there[first - (expected - reach) :][: len(part)] = part
    heard = sharpened(there)
    matches = []
    for template in templates(stroke, frames):
        match = np.correlate(heard, template, "valid") / np.linalg.norm(template)
        matches.append((match.max(), int(match.argmax()) - reach))
    return max(matches)[1]


@pytest.mark.parametrize("tempo", [60.0, 133.33, 220.0])
def test_strokes_begin_on_the_grid(cache: str, tempo: float) -> None:
    frames_per_beat = 60.0 * RATE / tempo
    sound = played(piece(cache, drone=False, tempo=tempo), 20.5 * frames_per_beat / RATE)[:, 0]
    errors = [onset_error(sound, round(beat * frames_per_beat), TEENTAL.strokes[beat % 16].name) for beat in range(20)]
    assert max(map(abs, errors)) <= 1, errors


@pytest.mark.parametrize(
    ("lock", "tempo", "first"),
    [
        (Lock.FREE, 120.0, None),
        (Lock.BEAT, 133.0, Round(0, 0.0, 11.0, 11.0, 11.0)),
        (Lock.CYCLE, 60.0, Round(0, 0.0, 4.0, 4.0, 4.0)),
        (Lock.CYCLE, 120.0, Round(0, 0.0, 8.0, 8.0, 8.0)),
        (Lock.CYCLE, 200.0, Round(0, 0.0, 16.0, 16.0, 16.0)),
    ],
)
def test_the_drones_rounds_begin_with_the_cycle_where_they_shall(
    cache: str, lock: Lock, tempo: float, first: Round | None
) -> None:
    engine = offline.prepare(replace(piece(cache, tempo=tempo), round=lock), 64)
    assert engine.drone.round == first


@pytest.mark.parametrize("rhythm", [False, True])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_tanpura_is_in_tune(cache: str, rhythm: bool, seed: int) -> None:
    sound = played(piece(cache, rhythm=rhythm, seed=seed), 20.0).mean(axis=1)[RATE // 2 :]
    # An octave below Sa the bayan sounds too, with a pitch of its own.
    for partial in (D3, A2) if rhythm else (D3, A2, D3 / 2):
        assert abs(partial_cents(sound, RATE, partial, within=40.0)) <= 3.0, partial
        assert peak_near(sound, RATE, partial)[1] > -60.0


@pytest.mark.parametrize(
    ("tuning", "pa", "ni"), [("edo12", 700.0, 1100.0), ("sl-av", 717.0, 1088.269), ("pyth12", 701.955, 1109.775)]
)
def test_a_drones_strings_sound_where_the_tuning_has_them(cache: str, tuning: str, pa: float, ni: float) -> None:
    # Pa and Ni, as a player may tune them; a pluck of each is enough.
    strings = (String("Pa", (3, 2), pan=-1.0), String("Ni", (15, 8), pan=1.0))
    short = msgspec.structs.replace(TANPURA, strings=strings, seconds=1.0, ring=2.0, variants=1)
    drone = tuned(short, LIBRARY.tuning(tuning))
    sound = played(replace(piece(cache, rhythm=False), drone=drone, levels=(0.0, 0.3, 0.5, 1.0)), 2.0)
    for side, cents in enumerate((pa, ni)):
        heard = sound[RATE * 3 // 4 :, side]
        for partial in (1, 2, 3):
            expected = D3 * partial * 2 ** (cents / 1200)
            assert abs(partial_cents(heard, RATE, expected, within=30.0)) <= 3.0, (side, partial)


def test_nothing_passes_the_limit_however_loud_the_levels(cache: str) -> None:
    loud = replace(piece(cache, tempo=300.0), levels=(1.0, 8.0, 8.0, 4.0))
    sound = played(loud, 6.0)
    assert -2.0 < peak_db(sound.reshape(-1)) <= -1.0
    normal = played(piece(cache), 6.0)
    assert peak_db(normal.reshape(-1)) <= -0.3


def test_the_same_seed_gives_the_same_samples_and_another_seed_others(cache: str) -> None:
    first, again, other = (played(piece(cache, seed=seed), 6.0) for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    uncached = played(replace(piece(cache, drone=False, seed=3), cache=""), 1.0)
    assert np.array_equal(uncached, played(piece(cache, drone=False, seed=3), 1.0))


@pytest.mark.parametrize("block", [64, 65, 128])
def test_the_size_of_the_blocks_is_not_heard(cache: str, block: int) -> None:
    what = piece(cache, tempo=200.0)
    assert np.array_equal(played(what, 3.0, block), played(what, 3.0))


def test_without_rhythm_and_drone_there_is_silence(cache: str) -> None:
    assert not played(piece(cache, rhythm=False, drone=False), 0.5).any()


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_a_file_holds_what_was_rendered(cache: str, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"jam{suffix}"
    told: list[int] = []
    offline.write(path, piece(cache), RATE + 7, 4096, told.append)
    written, rate = soundfile.read(path)
    assert rate == RATE
    assert np.abs(written - played(piece(cache), (RATE + 7) / RATE)).max() < 2.0**-22
    assert told[-1] == RATE + 7
    assert told == sorted(told)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("name", ["none/jam.wav", "jam.xyz"])
def test_a_file_that_cannot_be_written_says_what_to_do(cache: str, tmp_path: Path, name: str) -> None:
    with pytest.raises(DeviceError, match=r"cannot write .*name a \.wav or \.flac file in a folder with room"):
        offline.write(tmp_path / name, piece(cache, drone=False), 100, 64, lambda _: None)
    assert list(tmp_path.iterdir()) == []


def test_what_stood_there_stays_when_rendering_fails(
    cache: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "jam.wav"
    path.write_bytes(b"what stood there")

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(soundfile.SoundFile, "write", full)
    with pytest.raises(DeviceError, match="No space left"):
        offline.write(path, piece(cache, drone=False), 100, 64, lambda _: None)
    assert path.read_bytes() == b"what stood there"
    assert [entry.name for entry in tmp_path.iterdir()] == ["jam.wav"]


def stemmed(what: Piece, seconds: float) -> tuple[Sound, Sound]:
    """The sum of the piece's stems; and the piece before its limiter."""
    frames = round(seconds * RATE)
    files = [np.concatenate(list(offline.stem(what, name, frames))) for name in offline.stems(what)]
    inputs, drone, rhythm, volume = what.levels
    dry = played(replace(what, levels=(inputs, drone, rhythm, volume * QUIET)), seconds) / np.float32(QUIET)
    return np.sum(files, axis=0), dry


@pytest.mark.parametrize("loudness", [0.5, 8.0])
def test_stems_add_up_to_the_mix_before_its_limiter(cache: str, loudness: float) -> None:
    what = replace(piece(cache, tempo=300.0), levels=(0.0, loudness, loudness, 1.0))
    together, dry = stemmed(what, 3.0)
    # Floats of 24 bits are rounded at -150 dB below what they hold.
    assert peak_db((together - dry).reshape(-1)) < -120.0 + peak_db(dry.reshape(-1))
    mix = played(what, 3.0)
    if peak_db(dry.reshape(-1)) < -1.1:
        # Where the limiter had nothing to do, they are the mix.
        assert peak_db((together - mix).reshape(-1)) < -120.0
    else:
        assert loudness == 8.0
        assert peak_db(mix.reshape(-1)) <= -1.0


def test_stems_are_files_of_what_sounds(cache: str, tmp_path: Path) -> None:
    what = replace(piece(cache, tempo=300.0), levels=(0.0, 0.5, 8.0, 1.0))
    offline.write_stems(tmp_path / "new" / "stems", what, RATE + 7, 4096, lambda _: None)
    assert sorted(path.name for path in (tmp_path / "new" / "stems").iterdir()) == ["drone.wav", "rhythm.wav"]
    for name in ("drone", "rhythm"):
        info = soundfile.info(tmp_path / "new" / "stems" / f"{name}.wav")
        assert (info.frames, info.samplerate, info.channels, info.subtype) == (RATE + 7, RATE, 2, "FLOAT")
    rhythm, _ = soundfile.read(tmp_path / "new" / "stems" / "rhythm.wav", dtype="float32")
    assert np.abs(rhythm).max() > 1.0
    assert np.array_equal(rhythm, np.concatenate(list(offline.stem(what, "rhythm", RATE + 7))))
    assert offline.stems(piece(cache, drone=False)) == ("rhythm",)
    with pytest.raises(DeviceError, match=r"cannot write into .*name a folder that you may write to"):
        offline.write_stems(tmp_path / "new" / "stems" / "drone.wav" / "deeper", what, 10, 10, lambda _: None)


def struck(path: Path) -> dict[float, list[int]]:
    """The keys of a MIDI file by the seconds at which they are struck."""
    now, found = 0.0, dict[float, list[int]]()
    for message in mido.MidiFile(path):
        now += message.time
        if message.type == "note_on":
            found.setdefault(now, []).append(message.note)
    return found


@pytest.mark.parametrize(("energy", "count"), [(None, 21), (0.0, 5)])
def test_the_notes_of_a_file_are_the_strokes_that_sound(
    cache: str, tmp_path: Path, energy: float | None, count: int
) -> None:
    tempo, seconds = 133.33, 9.3
    what = piece(cache, drone=False, tempo=tempo)
    if energy is not None:
        # A turn and sam, with which it closes.
        number = Number((TEENTAL, TABLA), None, Bpm(tempo), seconds, (0.0,), energy)
        what = replace(what, cycle=None, drums=None, programme=(number,))
    strikes: list[Strike] = []
    sound = np.concatenate(list(offline.blocks(what, round(seconds * RATE), heard=strikes.append)))[:, 0]
    offline.write_midi(tmp_path / "jam.mid", what, seconds, strikes)
    notes = struck(tmp_path / "jam.mid")
    assert len(notes) == count
    half_a_tick = 30.0 / tempo / 960 * RATE
    for second, keys in notes.items():
        stroke = TEENTAL.strokes[round(second * tempo / 60.0) % 16].name
        assert sorted(keys) == sorted(TABLA.strokes[stroke].keys)
        if second + 0.03 < seconds:
            assert abs(onset_error(sound, round(second * RATE), stroke)) <= half_a_tick + 1.0, second
    # And nothing is struck besides.
    loud = np.flatnonzero(np.abs(sharpened(sound)) > 0.1 * np.abs(sharpened(sound)).max()) / RATE
    after = loud - np.array(sorted(notes))[np.searchsorted(sorted(notes), loud + 0.001) - 1]
    assert after.max() < 0.1
    assert [path.name for path in tmp_path.iterdir()] == ["jam.mid"]


def test_a_midi_file_that_cannot_be_written_says_what_to_do(cache: str, tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match=r"cannot write .*name a \.mid file in a folder with room"):
        offline.write_midi(tmp_path / "none" / "jam.mid", piece(cache), 1.0, ())
