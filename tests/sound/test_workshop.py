"""The workshop: each sample is rendered once, kept, and laid on its shelf; a bad cache is only slow."""

import mmap
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from jambox.errors import UnknownNameError
from jambox.sound import cache, instruments, workshop
from jambox.sound.instruments import tanpura
from jambox.sound.shared import allocate
from jambox.sound.shelves import Job, Made, Recording, Shelf, Wanted
from jambox.sound.softness import EVEN
from jambox.units import Hertz

RATE = 8000
TONIC = 146.83
SHELF = Shelf(8, 16, 1000, 40000)
WANTED = (
    Wanted(8, "kit", "rim", TONIC, 0.0, 0),
    Wanted(9, "earcons", "refuse", TONIC, 0.0, 0),
    Wanted(10, "tanpura", "pluck", TONIC, 1.0, 3),
)


def job(cache: Path | str = "", shelf: Shelf = SHELF, wanted: tuple[Wanted, ...] = WANTED) -> Job:
    return Job(shelf, RATE, str(cache), wanted)


def lay(task: Job) -> tuple[list[Made], NDArray[np.float32]]:
    bank = np.zeros(60000, dtype=np.float32)
    return list(workshop.make(task, bank)), bank


def forbid_rendering(monkeypatch: pytest.MonkeyPatch) -> None:
    def render(wanted: Wanted, rate: int) -> NDArray[np.float32]:
        raise AssertionError(f"rendered {wanted} at {rate}")

    monkeypatch.setattr(workshop, "render", render)


def test_samples_lie_one_behind_the_other() -> None:
    made, bank = lay(job())
    offset = SHELF.offset
    for one, wanted in zip(made, WANTED, strict=True):
        assert (one.slot, one.offset) == (wanted.slot, offset)
        assert np.array_equal(bank[offset : offset + one.frames], workshop.render(wanted, RATE))
        offset += one.frames
    assert not bank[: SHELF.offset].any()
    assert not bank[offset:].any()


def test_each_kind_is_rendered_by_its_instrument() -> None:
    rim, _, pluck = WANTED
    assert np.array_equal(workshop.render(rim, RATE), instruments.render("kit", "rim", Hertz(TONIC), RATE, 0))
    assert np.array_equal(workshop.render(pluck, RATE), tanpura.pluck(Hertz(TONIC), 1.0, RATE, 3))
    with pytest.raises(UnknownNameError, match="theremin"):
        workshop.render(Wanted(0, "theremin", "x", TONIC, 0.0, 0), RATE)


def test_the_second_time_comes_from_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "not" / "yet" / "there"
    made, bank = lay(job(cache))
    assert len(list(cache.iterdir())) == len(WANTED)
    forbid_rendering(monkeypatch)
    again, same = lay(job(cache))
    assert again == made
    assert np.array_equal(bank, same)


def test_another_slot_is_the_same_sound_and_anything_else_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = WANTED[2]
    lay(job(tmp_path, wanted=(one,)))
    others = [
        msgspec.structs.replace(one, frequency=TONIC + 0.01),
        msgspec.structs.replace(one, seed=4),
        msgspec.structs.replace(one, seconds=1.5),
    ]
    for other in others:
        lay(job(tmp_path, wanted=(other,)))
    lay(Job(SHELF, RATE + 1000, str(tmp_path), (one,)))
    assert len(list(tmp_path.iterdir())) == 5
    forbid_rendering(monkeypatch)
    made, _ = lay(job(tmp_path, wanted=(msgspec.structs.replace(one, slot=15),)))
    assert made[0].slot == 15


def test_other_instruments_make_other_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(job(tmp_path, wanted=WANTED[:1]))
    monkeypatch.setattr(cache, "_version", lambda: b"of tomorrow")
    lay(job(tmp_path, wanted=WANTED[:1]))
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("keep", [0, 10, 100, -4])
def test_a_broken_cache_file_is_rendered_anew(tmp_path: Path, keep: int) -> None:
    made, bank = lay(job(tmp_path))
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[:keep])
    again, same = lay(job(tmp_path))
    assert again == made
    assert np.array_equal(bank, same)
    for path in tmp_path.iterdir():
        assert len(np.load(path)) > 0


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    made, bank = lay(job())
    blocker = tmp_path / "file"
    blocker.write_text("I am no folder")
    for folder in (blocker, blocker / "below", "/proc/jambox-cache"):
        again, same = lay(job(folder))
        assert again == made
        assert np.array_equal(bank, same)
    assert blocker.read_text() == "I am no folder"


def test_a_disk_that_fills_up_leaves_nothing_half_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, _ = lay(job())

    def full(_: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert lay(job(tmp_path))[0] == made
    assert list(tmp_path.iterdir()) == []


def test_samples_that_do_not_fit_are_left_out() -> None:
    made, _ = lay(job())
    room = made[0].frames + made[1].frames
    narrow = SHELF._replace(frames=room + 1)
    fitting, bank = lay(job(shelf=narrow))
    assert fitting == made[:2]
    assert not bank[narrow.offset + narrow.frames :].any()
    assert lay(job(shelf=SHELF._replace(frames=room)))[0] == made[:2]
    assert lay(job(shelf=SHELF._replace(frames=0)))[0] == []


def test_slots_of_other_shelves_are_left_alone() -> None:
    stray = (
        WANTED[0],
        msgspec.structs.replace(WANTED[0], slot=24),
        msgspec.structs.replace(WANTED[1], slot=7),
        WANTED[1],
    )
    made, _ = lay(job(wanted=stray))
    assert [one.slot for one in made] == [8, 9]


def test_the_process_lays_samples_into_a_shared_bank(tmp_path: Path) -> None:
    bank = allocate("test-bank", 4 * 60000)
    done = subprocess.run(
        [sys.executable, "-m", "jambox.sound.workshop", str(bank)],
        input=msgspec.json.encode(job(tmp_path)),
        pass_fds=(bank,),
        capture_output=True,
        check=True,
        timeout=30,
    )
    laid = np.frombuffer(mmap.mmap(bank, 0), dtype=np.float32)
    told = [msgspec.json.decode(line, type=Made) for line in done.stdout.splitlines()]
    made, expected = lay(job())
    assert told == made
    assert np.array_equal(laid, expected)
    os.close(bank)


def test_a_recording_is_read_each_time_anew(tmp_path: Path) -> None:
    path = tmp_path / "low.wav"
    recording = Recording(str(path), 0.0, 0.0, 6.0)
    wanted = (Wanted(8, "mine", "low", TONIC, 0.0, 0, recording), WANTED[0])
    # It crosses over to the process as it is.
    task = msgspec.json.decode(msgspec.json.encode(job(tmp_path / "cache", wanted=wanted)), type=Job)
    assert task.wanted[0].recording == recording
    for level in (0.5, 0.25):
        soundfile.write(path, np.full(480, level), RATE)
        made, bank = lay(task)
        assert made[0].frames == 480
        assert bank[SHELF.offset : SHELF.offset + 400] == pytest.approx(level, abs=1e-4)
        assert cache.lay(task, task.wanted[0], SHELF.offset, -1) is None
    # The other one was kept.
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_soft_strokes_are_darker_of_what_is_struck_and_the_cache_knows_it(tmp_path: Path) -> None:
    path = tmp_path / "rim.wav"
    soundfile.write(path, np.full(100, 0.1), RATE)
    recorded = Wanted(11, "kit", "rim", TONIC, 0.0, 0, Recording(str(path), 0.0, 0.0, 6.0))
    task = job(tmp_path / "cache", wanted=(*WANTED, recorded))
    for _ in range(2):
        rim, earcon, pluck, recording = (one.softness for one in lay(task)[0])
        assert rim == instruments.softness("kit", "rim", workshop.render(WANTED[0], RATE), RATE)
        assert (earcon, pluck, recording) == (EVEN, EVEN, EVEN)
        assert rim.corner > 0.0
        assert all(0.0 < share < 1.0 for share in (rim.low, rim.high))
