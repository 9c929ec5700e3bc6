"""What the doctor finds on machines made up for it."""

import os
import resource
import shutil
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Literal

import pytest

from jambox import doctor
from jambox.config import Audio, Voice
from jambox.doctor import Finding, Grade, examine, playable, table
from jambox.errors import DeviceError
from jambox.midi import ports
from jambox.midi.route import Port
from jambox.sound import cards, devices, speech
from jambox.sound.agreement import Request
from jambox.sound.cards import Card

USB = Card("USB", "USB-Audio", "Scarlett 2i2 USB", True, True)
SILENT = Audio(device="null")


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> list[Card]:
    """The cards of this machine, to be changed."""
    found: list[Card] = []
    monkeypatch.setattr(cards, "listed", lambda: tuple(found))
    return found


def found(audio: Audio, about: str, state: Path = Path("/"), cache: Path = Path("/")) -> list[Finding]:
    return [finding for finding in examine(audio, state, cache) if finding.about == about]


def one(audio: Audio, about: str, state: Path = Path("/"), cache: Path = Path("/")) -> Finding:
    (finding,) = found(audio, about, state, cache)
    return finding


@pytest.mark.usefixtures("there")
def test_without_a_card_the_box_cannot_play() -> None:
    sound = one(Audio(), "sound card")
    assert (sound.grade, sound.found) == (Grade.BAD, "none that plays was found")
    assert found(Audio(), "playing") == []
    assert not playable(examine(Audio(), Path("/"), Path("/")))


@pytest.mark.usefixtures("there")
def test_the_null_device_by_name_is_no_missing_card() -> None:
    assert found(SILENT, "sound card") == []
    assert one(SILENT, "playing").grade is Grade.GOOD


@pytest.mark.usefixtures("there")
def test_a_file_to_play_into_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "take.wav"
    path.write_text("an evening's music")
    assert one(Audio(device=f"wav:{path}"), "playing").grade is Grade.GOOD
    assert path.read_text() == "an evening's music"


def test_a_card_is_opened_as_the_box_would_and_given_back(there: list[Card], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Request] = []
    closed: list[bool] = []

    class Opened(devices.NullDevice):
        def close(self) -> None:
            closed.append(True)

    def opening(request: Request) -> devices.NullDevice:
        asked.append(request)
        return Opened(request)

    there.append(USB)
    monkeypatch.setattr(devices, "open_device", opening)
    playing = one(Audio(profile="fast"), "playing")
    assert asked == [Request("hw:CARD=USB", 48000, 64, 3, 2)]
    assert closed == [True]
    assert playing.found == "hw:CARD=USB grants 48000 Hz, 64 x 1, 0 inputs, float"
    assert one(Audio(), "sound card").found == "hw:CARD=USB  Scarlett 2i2 USB: plays and captures"


def test_a_card_that_refuses_is_bad(there: list[Card], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(request: Request) -> devices.Device:
        raise DeviceError(f"{request.name}: Device or resource busy: stop that program")

    there.append(USB)
    monkeypatch.setattr(devices, "open_device", refuse)
    assert one(Audio(), "playing") == Finding(
        "playing", Grade.BAD, "hw:CARD=USB: Device or resource busy: stop that program"
    )


@pytest.mark.parametrize(("able", "grade"), [(True, Grade.GOOD), (False, Grade.WEAK)])
def test_real_time_rights(monkeypatch: pytest.MonkeyPatch, able: bool, grade: Grade) -> None:
    asked: list[int] = []

    def schedule(_pid: int, policy: int, _param: os.sched_param) -> None:
        asked.append(policy)
        if not able:
            raise PermissionError

    before = os.sched_getscheduler(0)
    monkeypatch.setattr(os, "sched_setscheduler", schedule)
    finding = one(SILENT, "real time")
    assert finding.grade is grade
    assert bool(finding.remedy) is (not able)
    assert asked == ([os.SCHED_FIFO, before] if able else [os.SCHED_FIFO])


@pytest.mark.parametrize(
    ("limit", "user", "grade", "told"),
    [
        (resource.RLIM_INFINITY, 1000, Grade.GOOD, "unlimited"),
        (8 * 1024 * 1024, 1000, Grade.WEAK, "only 8192 KiB"),
        (8 * 1024 * 1024, 0, Grade.GOOD, "unlimited"),
    ],
)
def test_locked_memory(monkeypatch: pytest.MonkeyPatch, limit: int, user: int, grade: Grade, told: str) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (limit, limit))
    monkeypatch.setattr(os, "geteuid", lambda: user)
    finding = one(SILENT, "memory lock")
    assert (finding.grade, finding.found) == (grade, told)


@pytest.mark.parametrize(
    ("free", "writable", "grade", "told"),
    [
        (10**10, True, Grade.GOOD, ""),
        (10**6, True, Grade.WEAK, "the disk is nearly full"),
        (10**10, False, Grade.WEAK, "may not be written"),
    ],
)
def test_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, writable: bool, grade: Grade, told: str
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    monkeypatch.setattr(os, "access", lambda _path, _mode: writable)
    finding = one(SILENT, "state", tmp_path / "not" / "yet")
    assert finding.grade is grade
    assert told in finding.found


@pytest.mark.parametrize("place", ["here", "file/below", "file"])
def test_a_folder_may_be_named_from_here_and_must_be_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    finding = one(SILENT, "state", Path(place))
    assert (finding.grade is Grade.GOOD) is (place == "here")
    assert (finding.found == "file: is no folder") is (place != "here")


@pytest.fixture
def pi(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "is_pi", lambda: True)


def test_no_pi_needs_no_gpio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "is_pi", lambda: False)
    assert one(SILENT, "panel").grade is Grade.GOOD


@pytest.mark.usefixtures("pi")
@pytest.mark.parametrize(
    ("installed", "chips", "grade", "told"),
    [
        (False, True, Grade.WEAK, "lgpio is missing: no buttons"),
        (True, False, Grade.WEAK, "no GPIO chip may be opened"),
        (True, True, Grade.GOOD, "lgpio 0.2.2, /dev/gpiochip0"),
    ],
)
def test_gpio_on_a_pi(monkeypatch: pytest.MonkeyPatch, installed: bool, chips: bool, grade: Grade, told: str) -> None:
    def version(_name: str) -> str:
        if not installed:
            raise metadata.PackageNotFoundError
        return "0.2.2"

    glob = Path.glob
    monkeypatch.setattr(metadata, "version", version)
    monkeypatch.setattr(
        Path, "glob", lambda path, text: [Path("/dev/gpiochip0")] if text == "gpiochip*" else glob(path, text)
    )
    monkeypatch.setattr(os, "access", lambda _path, _mode: chips)
    finding = one(SILENT, "panel")
    assert (finding.grade, finding.found) == (grade, told)
    assert bool(finding.remedy) is (grade is not Grade.GOOD)


@pytest.mark.parametrize(
    ("listed", "grade", "told"),
    [
        (lambda: [Port.parse("Keys:Keys MIDI 1 24:0")], Grade.GOOD, "Keys MIDI 1"),
        (list, Grade.GOOD, "no instrument is plugged in"),
        (None, Grade.WEAK, "no /dev/snd/seq: no MIDI"),
    ],
)
def test_midi(
    monkeypatch: pytest.MonkeyPatch, listed: Callable[[], list[Port]] | None, grade: Grade, told: str
) -> None:
    exists = Path.exists
    monkeypatch.setattr(Path, "exists", lambda path: bool(listed) if str(path) == "/dev/snd/seq" else exists(path))
    monkeypatch.setattr(ports, "listed", listed)
    finding = one(SILENT, "midi")
    assert (finding.grade, finding.found) == (grade, told)


@pytest.mark.parametrize("installed", [False, True])
def test_ableton_link(monkeypatch: pytest.MonkeyPatch, installed: bool) -> None:
    def version(name: str) -> str:
        if name == "LinkPython-extern" and not installed:
            raise metadata.PackageNotFoundError
        return "1.3.0"

    monkeypatch.setattr(metadata, "version", version)
    told = "LinkPython-extern 1.3.0" if installed else "not installed: the box joins no session"
    assert one(SILENT, "ableton link") == Finding(
        "ableton link", Grade.GOOD, told, "" if installed else "./jam setup link"
    )


def test_the_findings_for_people() -> None:
    text = table(
        [
            Finding("python", Grade.GOOD, "3.13.5"),
            Finding("real time", Grade.WEAK, "not allowed", "install the service"),
            Finding("sound card", Grade.BAD, "none"),
        ]
    )
    assert text.splitlines() == [
        "✓ python           3.13.5",
        "~ real time        not allowed",
        "                   → install the service",
        "✗ sound card       none",
    ]


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(
    ("speak", "cue", "fails", "expected"),
    [
        ("off", "3/4", "", None),
        ("count", "", "", (Grade.WEAK, "nothing is said: there is no cue", "set audio.cue")),
        ("count", "3/4", "", (Grade.GOOD, "espeak-ng 1.52, cy", "")),
        ("bols", "usb", "it is missing: do this: or that", (Grade.WEAK, "it is missing", "do this: or that")),
    ],
)
def test_who_wants_to_be_told_the_count_learns_what_is_missing(
    speak: Literal["off", "count", "bols"],
    cue: str,
    fails: str,
    expected: tuple[Grade, str, str] | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def version(voice: str) -> str:
        assert voice == "cy"
        if fails:
            raise DeviceError(fails)
        return "espeak-ng 1.52"

    monkeypatch.setattr(speech, "version", version)
    findings = examine(Audio(device="null", cue=cue), Path("/"), Path("/"), Voice(speak, "cy"))
    told = [(one.grade, one.found, one.remedy) for one in findings if one.about == "voice"]
    assert [one[:2] for one in told] == ([expected[:2]] if expected else [])
    assert all(remedy.startswith(expected[2]) for _, _, remedy in told if expected)
