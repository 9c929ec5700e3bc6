"""`jambox render`."""

from pathlib import Path

import mido
import pytest
import soundfile

from jambox.music import library
from jambox.units import parse_pitch
from tests.cli.prompt import run
from tests.sound.measure import partial_cents


@pytest.mark.parametrize("rate", [44100, 48000])
def test_a_rendering_is_as_long_as_asked(home: Path, rate: int) -> None:
    assert run("render", "out.wav", "--seconds", "2", "--rate", str(rate), "--cycle", "four-floor") == 0
    info = soundfile.info(str(home / "out.wav"))
    assert (info.frames, info.samplerate, info.channels, info.subtype) == (2 * rate, rate, 2, "PCM_24")
    samples, _ = soundfile.read(str(home / "out.wav"))
    assert 0.05 < abs(samples).max() <= 1.0


def test_a_rendering_can_bring_its_strokes_and_its_parts(home: Path) -> None:
    words = "render out.wav --seconds 0.5 --cycle four-floor --midi out.mid --stems parts"
    assert run(*words.split()) == 0
    assert (home / "out.mid").read_bytes().startswith(b"MThd")
    assert [path.name for path in (home / "parts").iterdir()] == ["rhythm.wav"]


def test_a_rendering_goes_by_a4_tonic_and_tuning(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--seconds", "1", "--drone", "tanpura")
    assert run("render", "a.wav", *words, "--a4", "432", "--tonic", "A2+10", "--tuning", "edo12") == 0
    sound, rate = soundfile.read(str(home / "a.wav"))
    # The first string is Pa, here 500 cents below Sa.
    pa = 108.0 * 2 ** ((10 - 500) / 1200)
    assert abs(partial_cents(sound[rate // 4 :].sum(axis=1), rate, 4 * pa, within=20.0)) <= 3.0
    assert run("render", "a.wav", *words, "--strings", "3/4+7 .Sa") == 0
    sound, _ = soundfile.read(str(home / "a.wav"))
    fourth = parse_pitch("D3+7") * 3.0
    assert abs(partial_cents(sound[rate // 4 :].sum(axis=1), rate, fourth, within=20.0)) <= 3.0
    assert run("render", "a.wav", *words, "--strings", "mi") == 1
    assert "by name there are pa, ma, ni, dha" in capsys.readouterr().err
    assert run("render", "a.wav", *words, "--tuning", "rast") == 1
    assert "no tuning is called 'rast': of 133" in capsys.readouterr().err


def test_hands_are_off_the_grid_as_far_as_is_asked(home: Path) -> None:
    words = ["--seconds", "2", "--cycle", "teental", "--tempo", "200"]
    shares = {
        "0": ("--humanise", "0"),
        "none": (),
        "1": ("--humanise", "1"),
        "other": ("--humanise", "1", "--seed", "4"),
    }
    for name, share in shares.items():
        assert run("render", f"{name}.wav", *words, *share) == 0
    made = {name: (home / f"{name}.wav").read_bytes() for name in shares}
    assert made["0"] == made["none"]
    assert len(set(made.values())) == 3
    assert run("render", "much.wav", *words, "--humanise", "1.1") == 2


@pytest.mark.parametrize(("laya", "strokes"), [("0.5", 4), ("1", 8), ("2", 16)])
@pytest.mark.parametrize("more", [(), ("--energy", "0.99")])
def test_each_cycle_passes_in_the_laya_that_is_asked(
    home: Path, laya: str, strokes: int, more: tuple[str, ...]
) -> None:
    words = ("--seconds", "1.99", "--cycle", "teental", "--tempo", "240", "--midi", "out.mid", "--laya", laya)
    assert run("render", "out.wav", *words, *more) == 0
    now, struck = 0.0, set[float]()
    for message in mido.MidiFile(home / "out.mid"):
        now += message.time
        if message.type == "note_on" and message.velocity:
            struck.add(round(now, 4))
    assert sorted(struck) == pytest.approx([number * 2.0 / strokes for number in range(strokes)], abs=0.001)


def test_a_laya_that_does_not_fit_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("render", "out.wav", "--seconds", "1", "--cycle", "chaal", "--laya", "0.5") == 1
    assert capsys.readouterr().err == "jambox: --laya: half laya does not fit chaal: its pulses are uneven\n"
    assert run("render", "out.wav", "--seconds", "1", "--cycle", "teental", "--laya", "3") == 2


def test_a_meeting_of_more_strokes_than_the_engine_takes_is_told(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = home / "config" / "jambox" / "data" / "cycles"
    folder.mkdir(parents=True)
    text = (library.SHIPPED / "cycles" / "maqsum.toml").read_text(encoding="utf-8").partition("[grid]")[0]
    text = text.replace("pulses_per_beat = 2", "")
    for name, pulses in (("long", 500), ("longer", 511)):
        mine = text.replace('id = "maqsum"', f'id = "{name}"').replace("pulses = 8", f"pulses = {pulses}")
        mine = mine.replace("groups = [4, 4]", f"groups = [{pulses}]")
        (folder / f"{name}.toml").write_text(f'{mine}[grid]\ndum = "{"x" * pulses}"\n', encoding="utf-8")
    words = ("render", "out.wav", "--seconds", "1", "--cycle", "long", "--meet", "longer", "--blend", "0.5")
    assert run(*words) == 1
    told = capsys.readouterr().err
    assert told.startswith("jambox: long meeting longer: ")
    assert told.endswith(" are more than the box plays in one round: thin them (--energy), or choose shorter cycles\n")
    assert not (home / "out.wav").exists()
    assert run(*words, "--energy", "0.3") == 0


@pytest.mark.no_cover
def test_a_rendering_is_the_same_in_blocks_of_any_size(home: Path) -> None:
    words = ["--seconds", "1", "--cycle", "teental", "--drone", "tanpura", "--tempo", "200", "--seed", "3"]
    for block in ("1024", "64", "65", "1", "65536"):
        assert run("render", f"{block}.wav", *words, "--block", block) == 0
    first, *others = ((home / f"{block}.wav").read_bytes() for block in ("1024", "64", "65", "1", "65536"))
    assert all(other == first for other in others)
    assert run("render", "other.wav", *words[:-1], "4") == 0
    assert (home / "other.wav").read_bytes() != first
