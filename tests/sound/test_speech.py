"""Speech from a program that is made up, or missing, or from espeak-ng itself where it is installed."""

import os
import shutil
import stat
import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from jambox.errors import DeviceError
from jambox.music.cycle import Hit, Score, Word
from jambox.music.roll import lay
from jambox.sound import cache, shelves, speech, workshop
from jambox.sound.commands import SetTempo, StartRhythm
from jambox.sound.engine import Engine
from jambox.sound.instruments.words import vowel
from jambox.sound.parameters import Mixer
from jambox.sound.shelves import Job, Spoken, Wanted
from jambox.sound.speaker import LEAD
from jambox.sound.tables import view
from jambox.units import Bpm
from tests.sound.instruments.test_words import NEAR, RATE, spoken

ONE = Spoken("en", "1", 175, 50, 0.0, LEAD, 0.3, "made up 1.0")
PROGRAM = """#!/bin/sh
echo "$@" >> {folder}/asked
case "$*" in
  --version) echo "eSpeak NG text-to-speech: 9.9  Data at: /nowhere" ;;
  *nosuch*) echo "Error: The specified espeak-ng voice does not exist." >&2; exit 1 ;;
  *mute*) ;;
  *--stdout*) cat {folder}/word.wav ;;
esac
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In PATH, a program that says the same word whatever it is asked, and keeps what it was asked."""
    with wave.open(str(tmp_path / "word.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.round(spoken() * 10000.0).astype("<i2").tobytes())
    program = tmp_path / speech.PROGRAM
    program.write_text(PROGRAM.format(folder=tmp_path))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_the_version_is_what_the_program_says() -> None:
    assert speech.version("en") == "eSpeak NG text-to-speech: 9.9"


@pytest.mark.usefixtures("folder")
def test_a_voice_that_it_lacks_is_named_with_the_remedy() -> None:
    with pytest.raises(DeviceError) as raised:
        speech.version("nosuch")
    told = "espeak-ng does not speak 'nosuch': name another in voice.language: `espeak-ng --voices` lists them"
    assert str(raised.value) == told


def test_a_missing_program_is_named_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for ask in (lambda: speech.version("en"), lambda: speech.say(ONE)):
        with pytest.raises(DeviceError) as raised:
            ask()
        told = "espeak-ng is not installed: sudo apt install espeak-ng, then start the box again"
        assert str(raised.value) == told


def test_one_that_may_not_be_started_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / speech.PROGRAM).write_text("no program")
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(DeviceError, match=r"espeak-ng cannot be started: .*: install it again"):
        speech.version("en")


def test_one_that_hangs_is_ended(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / speech.PROGRAM).write_text("#!/bin/sh\nexec sleep 30\n")
    monkeypatch.setattr(speech, "PATIENCE", 0.05)
    with pytest.raises(DeviceError, match=r"espeak-ng did not answer within 0\.05 s"):
        speech.version("en")


@pytest.mark.usefixtures("folder")
def test_no_sound_is_told() -> None:
    with pytest.raises(DeviceError, match="espeak-ng gave no sound for 'mute': install it again"):
        speech.say(Spoken("en", "mute", 175, 50, 0.0, LEAD, 0.3, ""))


def test_it_is_asked_in_words_that_no_shell_reads(folder: Path) -> None:
    speech.say(Spoken("hi", "$(touch hacked) -w x", 230, 75, 0.0, LEAD, 0.3, ""))
    asked = (folder / "asked").read_text()
    assert asked == "-v hi -s 230 -p 75 -z --stdout -- $(touch hacked) -w x\n"
    assert not Path("hacked").exists()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("rate", [16000, 48000])
def test_the_vowel_lies_on_its_frame_at_any_rate(rate: int) -> None:
    assert vowel(rendered(ONE, rate).astype(np.float64), rate) / rate == pytest.approx(LEAD, abs=NEAR)


def test_a_word_is_spoken_once_and_kept(folder: Path, tmp_path: Path) -> None:
    shelf = shelves.arrange(RATE, True).words[0]._replace(offset=0)
    wanted = shelves.words_wanted([ONE], shelf)
    bank = np.zeros(RATE, np.float32)
    made = [list(workshop.make(Job(shelf, RATE, str(tmp_path / "cache"), wanted), bank)) for _ in range(2)]
    assert made[0] == made[1]
    assert len((folder / "asked").read_text().splitlines()) == 1


@pytest.mark.parametrize("change", [{"text": "2"}, {"speed": 230}, {"version": "2"}, {"voice": "de"}, {"longest": 0.2}])
def test_another_word_is_another_sound(change: dict[str, object]) -> None:
    other = Spoken(**{**{name: getattr(ONE, name) for name in ONE.__struct_fields__}, **change})
    kept = {cache.place(Wanted(1, "", "", 0.0, 0.0, 0, word=word), RATE, "") for word in (ONE, other)}
    assert len(kept) == 2


@pytest.mark.usefixtures("folder")
def test_its_vowel_is_heard_on_the_beat_and_by_nobody_else() -> None:
    assert on_the_beat(ONE, RATE) == pytest.approx(0.0, abs=NEAR)


@pytest.mark.skipif(shutil.which(speech.PROGRAM) is None, reason="espeak-ng is not installed")
@pytest.mark.parametrize(("voice", "text"), [("en", "6"), ("hi", "धा")])
def test_the_program_itself_is_heard_on_the_beat(voice: str, text: str) -> None:
    word = Spoken(voice, text, 175, 50, 0.0, LEAD, 0.3, speech.version(voice))
    assert on_the_beat(word, 22050) == pytest.approx(0.0, abs=NEAR)


def rendered(word: Spoken, rate: int) -> NDArray[np.float32]:
    return workshop.render(Wanted(0, "", "", 0.0, 0.0, 0, word=word), rate)


def on_the_beat(word: Spoken, rate: int) -> float:
    """How late the rise of its energy is heard on the cue, in seconds after beat 1; the mix must stay silent."""
    sound = rendered(word, rate)
    made = Engine(rate, Mixer(), 0, 64, view(sound))
    made.samples.define(0, 0, len(sound))
    made.set_levels((1.0, 1.0, 1.0, 1.0))
    made.carry_out(SetTempo(Bpm(60.0)))
    made.load_score(lay(Score(1, 4.0, (Hit(0.0, (), (36,), 1.0),), words=(Word(1.0, 0),))))
    made.carry_out(StartRhythm(0.0))
    played, cue = np.zeros((2, 2 * rate, 2), np.float32)
    made.render(view(np.zeros(0, np.float32)), view(played.reshape(-1)), 2 * rate, view(cue.reshape(-1)))
    assert not played.any()
    assert cue.any()
    return vowel(cue[:, 0].astype(np.float64), rate) / rate - 1.0
