"""The running box among other people's programs: aplaymidi plays it a file, aseqdump writes down, FluidSynth sounds."""

import random
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from jambox.midi.messages import note_off, note_on
from jambox.units import cents, key_frequency
from tests.rig import hardware
from tests.rig.box import LOOK, RATE, UNHEARD, RunningBox
from tests.rig.far_midi import FarPort
from tests.rig.far_peers import UNSEEN

Report = Callable[[str], None]
NO_OTHERS = "snd-virmidi.enable=0"
PARTS, NOTES = 4, 1000
"""Tracks of the file, each on a channel of its own, and notes in each."""
PROMPT = 2e-3
"""Seconds by which a message may come later than by a subscription of the kernel's beside the box."""
SOUNDS = Path("/usr/share/sounds/sf2/TimGM6mb.sf2")
PERIOD = 64
"""Frames that FluidSynth renders at a time."""
OCARINA = 79
"""A steady, nearly pure tone of General MIDI, counted from 0."""
WORDS = {
    "note_on": r"Note on +(\d+), note (\d+), velocity (\d+)",
    "note_off": r"Note off +(\d+), note (\d+), velocity (\d+)",
    "control_change": r"Control change +(\d+), controller (\d+), value (\d+)",
    "program_change": r"Program change +(\d+), program (\d+)",
    "pitchwheel": r"Pitch bend +(\d+), value (-?\d+)",
}
"""How aseqdump writes messages, by mido's names for them: a channel, then the values."""


def piece(path: Path) -> mido.MidiFile:
    """A file of PARTS tracks in a tempo that changes all the time, with sounds, pedals and bends between the notes."""
    chance, file = random.Random(1), mido.MidiFile(ticks_per_beat=480)
    conductor = mido.MidiTrack()
    conductor += [
        mido.MetaMessage("set_tempo", tempo=chance.randint(200_000, 600_000), time=240 * (number > 0))
        for number in range(100)
    ]
    file.tracks.append(conductor)
    for channel in range(PARTS):
        track = mido.MidiTrack([mido.Message("program_change", channel=channel, program=10 * channel)])
        for number in range(NOTES):
            key, gap = chance.randint(20, 100), chance.choice([0, 10, 30])
            if number % 10 == 0:
                pedal = {"control": 64, "value": 127 * (number // 10 % 2)}
                track.append(mido.Message("control_change", channel=channel, time=gap, **pedal))
                track.append(mido.Message("pitchwheel", channel=channel, pitch=chance.randint(-8192, 8191)))
            velocity = chance.randint(1, 127)
            track.append(mido.Message("note_on", channel=channel, note=key, velocity=velocity, time=gap))
            track.append(mido.Message("note_off", channel=channel, note=key, time=chance.choice([5, 20, 40])))
        track.append(mido.Message("control_change", channel=channel, control=64, value=0))
        file.tracks.append(track)
    file.save(path)
    return file


def dumped(text: str) -> list[mido.Message]:
    """The messages that aseqdump wrote down. Raises AssertionError for a line that is none."""
    made = []
    for line in text.splitlines()[2:]:
        if "Port subscribed" in line or "Port unsubscribed" in line:
            continue
        kind, found = next(
            ((kind, found) for kind, words in WORDS.items() if (found := re.search(words, line))), ("", None)
        )
        assert found, f"unexpected: {line}"
        names = [name for name in mido.Message(kind).dict() if name not in ("type", "time", "channel")]
        channel, *values = map(int, found.groups())
        made.append(mido.Message(kind, channel=channel, **dict(zip(names, values, strict=True))))
    return made


def of(channel: int, messages: list[mido.Message]) -> list[mido.Message]:
    """Those of one channel, whose order is told, without their times."""
    return [message.copy(time=0) for message in messages if message.channel == channel]


@contextmanager
def aseqdump(path: Path) -> Iterator[None]:
    """Writes down in `path` what comes."""
    with path.open("w") as file, subprocess.Popen(["aseqdump"], stdout=file) as dump:
        yield
        dump.terminate()


@pytest.mark.rig(timeout=180, append=NO_OTHERS)
def test_a_file_played_by_aplaymidi_reaches_aseqdump_with_every_note(tmp_path: Path, report: Report) -> None:
    """It plays into the far end of the USB cable: to the box, an instrument plays."""
    file = piece(tmp_path / "piece.mid")
    route = "From('Rig Keys') >> (To('aseqdump') | To('Ear'))"
    dump = tmp_path / "dump"
    with (
        RunningBox(tmp_path, *UNHEARD, "none", config=f'[midi]\nroutes = ["{route}"]') as box,
        FarPort("Ear") as ear,
        FarPort("direct", UNSEEN) as direct,
    ):
        ear.open_virtual()
        direct.listen_to("Rig Keys")
        with aseqdump(dump):
            hardware.wait_for(lambda: {"aseqdump", "Ear"} <= set(box.status()["midi"]["outputs"]), every=LOOK)
            hardware.wait_until(time.monotonic() + 0.5)  # until all is let go that an earlier run may have left
            ear.arrivals.clear()
            direct.arrivals.clear()
            subprocess.run(["aplaymidi", "-d", "0", "-p", "f_midi", str(tmp_path / "piece.mid")], check=True)
            hardware.wait_until(time.monotonic() + 0.5)
            counters, held = box.status()["midi"]["counters"], box.status()["midi"]["held"]
    played = [message for message in file if not message.is_meta]
    got, heard = dumped(dump.read_text()), [mido.Message.from_bytes(arrival.data) for arrival in ear.arrivals]
    for channel in range(PARTS):
        assert of(channel, got) == of(channel, heard) == of(channel, played)
    assert [arrival.data for arrival in ear.arrivals] == [arrival.data for arrival in direct.arrivals]
    took = np.array([mine.time - its.time for mine, its in zip(ear.arrivals, direct.arrivals, strict=True)])
    notes = sum(message.type == "note_on" for message in got)
    report(f"{notes} notes among {len(got)} messages of {len(file.tracks)} tracks in {file.length:.1f} s, none lost; ")
    report(f"at most {took.max() * 1e3:.2f} ms later than from the kernel's own subscription")
    assert notes == PARTS * NOTES
    assert len(got) == len(heard) == len(played)
    assert (counters["dropped"], counters["errors"], held) == (0, 0, [])
    assert took.max() < PROMPT


@contextmanager
def fluidsynth(path: Path) -> Iterator[None]:
    """FluidSynth, in real time into the sound file `path`; dry, so that a note ends."""
    settings = {"audio.file.name": path, "audio.file.type": "wav", "audio.file.format": "float"}
    settings |= {"audio.period-size": PERIOD, "synth.sample-rate": RATE}
    settings |= {"synth.reverb.active": 0, "synth.chorus.active": 0}
    words = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
    command = ["fluidsynth", "-q", "-a", "file", "-m", "alsa_seq", *words, str(SOUNDS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as synth:
        yield
        synth.communicate("quit\n", timeout=20.0)


def sounding(heard: NDArray[np.float64], level: float = 1e-3) -> list[tuple[int, int]]:
    """From which frame to which it sounds, where 50 ms of silence lie between."""
    loud = np.flatnonzero(np.abs(heard) > level)
    begins = np.flatnonzero(np.diff(loud, prepend=-RATE) > RATE // 20)
    return [(int(loud[begin]), int(span[-1])) for begin, span in zip(begins, np.split(loud, begins[1:]), strict=True)]


def frequency(heard: NDArray[np.float64]) -> float:
    """The loudest, to a tenth of a cent of A4, by interpolation between the bins of a long spectrum."""
    size = 1 << 20
    return float(np.argmax(np.abs(np.fft.rfft(heard * np.hanning(len(heard)), size))) * RATE / size)


@pytest.mark.rig(usb_midi=False, append=NO_OTHERS)
@pytest.mark.skipif(
    shutil.which("fluidsynth") is None or not SOUNDS.exists(),
    reason="no FluidSynth here: `apt-get install --no-install-recommends fluidsynth timgm6mb-soundfont`",
)
def test_fluidsynth_sounds_what_is_routed_to_it(tmp_path: Path, report: Report) -> None:
    """An octave higher than it is played, with the sound that the route asks for, and as long as it is held."""
    route = f"From('Keys') >> Transpose(12) >> Program({OCARINA + 1}, channel=1) >> To('FLUID Synth*')"
    keys, lengths, every = (57, 64, 45, 60), (0.3, 0.6, 0.15, 0.45), 1.0
    with (
        RunningBox(tmp_path, *UNHEARD, "none", config=f'[midi]\nroutes = ["{route}"]') as box,
        FarPort("Keys") as far,
        fluidsynth(tmp_path / "heard.wav"),
    ):
        far.open_virtual()
        hardware.wait_for(lambda: any("Synth input" in name for name in box.status()["midi"]["outputs"]), every=LOOK)
        hardware.wait_until(time.monotonic() + 0.5)
        begin = time.monotonic()
        for number, (key, length) in enumerate(zip(keys, lengths, strict=True)):
            hardware.wait_until(begin + number * every)
            far.send(note_on(0, key, 100))
            hardware.wait_until(begin + number * every + length)
            far.send(note_off(0, key))
        hardware.wait_until(begin + len(keys) * every)
        held = box.status()["midi"]["held"]
    heard = soundfile.read(tmp_path / "heard.wav")[0][:, 0]
    spans = sounding(heard)
    onsets = np.array([start for start, _ in spans]) / RATE
    off = onsets - onsets[0] - every * np.arange(len(spans))
    pitches = [frequency(heard[start + RATE // 50 : start + RATE // 10]) for start, _ in spans]
    apart = [cents(pitch / key_frequency(key + 12)) for pitch, key in zip(pitches, keys, strict=True)]
    report(f"FluidSynth: {', '.join(f'{c:+.1f}' for c in apart)} cents from the keys routed; ")
    report(f"onsets {off.min() * 1e3:+.2f} to {off.max() * 1e3:+.2f} ms from an even second; ")
    report(f"sounding {', '.join(f'{(end - start) / RATE:.2f}' for start, end in spans)} s")
    assert len(spans) == len(keys)
    assert np.abs(apart).max() < 10.0
    assert np.abs(off).max() < 5e-3
    for (start, end), length in zip(spans, lengths, strict=True):
        assert length - 0.02 < (end - start) / RATE < length + 0.4
    assert held == []
