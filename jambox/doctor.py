"""What is found on this machine, what is missing, and what to do about it."""

import grp
import importlib.metadata
import os
import platform
import resource
import shutil
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path

import msgspec

from jambox import link
from jambox.config import MUTE, Audio, Voice
from jambox.consoles import is_pi
from jambox.errors import DeviceError
from jambox.keeper import NULL, wanted_device
from jambox.sound import cards, kernel, speech
from jambox.sound.agreement import Request

PACKAGES = ("numpy", "pyalsaaudio", "python-rtmidi", "gpiozero", "msgspec", "soundfile")
MISSING = "missing"
ROOM = 300_000_000
"""Bytes that the cache of sounds may come to need."""
SLOW_GOVERNORS = ("powersave", "ondemand", "conservative")


class Grade(StrEnum):
    """How it stands with one thing."""

    GOOD = "good"
    WEAK = "weak"
    BAD = "bad"


class Finding(msgspec.Struct, frozen=True):
    """One thing looked at: how it stands, what was found, and what to do. A BAD one keeps the box from playing."""

    about: str
    grade: Grade
    found: str
    remedy: str = ""


def examine(audio: Audio, state: Path, cache: Path, voice: Voice = MUTE) -> list[Finding]:
    """Everything that a box needs, one finding each. Opens the card for a moment, so no box should be running."""
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _machine,
        _kernel,
        _rights,
        lambda: _cards(audio),
        _midi,
        _gpio,
        _link,
        lambda: _voice(voice, audio),
        lambda: _folders(state, cache),
    )
    return [finding for check in checks for finding in check()]


def playable(findings: list[Finding]) -> bool:
    """Whether the box could play."""
    return all(finding.grade is not Grade.BAD for finding in findings)


def table(findings: list[Finding]) -> str:
    """The findings for people."""
    signs = {Grade.GOOD: "✓", Grade.WEAK: "~", Grade.BAD: "✗"}
    lines = []
    for finding in findings:
        lines.append(f"{signs[finding.grade]} {finding.about:<16} {finding.found}")
        if finding.remedy:
            lines.append(f"{'':19}→ {finding.remedy}")
    return "\n".join(lines)


def _machine() -> Iterator[Finding]:
    versions = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    yield Finding("python", Grade.GOOD, f"{platform.python_version()} on {platform.machine()}, {platform.release()}")
    yield Finding("packages", Grade.GOOD, versions)


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return MISSING


def _kernel() -> Iterator[Finding]:
    if kernel.__file__.endswith(".so"):
        yield Finding("inner loops", Grade.GOOD, "compiled")
    else:
        yield Finding("inner loops", Grade.BAD, "not compiled: far too slow to play", "run `./jam setup`")


def _rights() -> Iterator[Finding]:
    if _may_fifo():
        yield Finding("real time", Grade.GOOD, "SCHED_FIFO is allowed")
    else:
        remedy = (
            "install the service (sudo systemd/install), or give the group audio rtprio 95 in /etc/security/limits.d"
        )
        yield Finding("real time", Grade.WEAK, "SCHED_FIFO is not allowed: there will be drop-outs", remedy)
    limit = resource.getrlimit(resource.RLIMIT_MEMLOCK)[0]
    if limit in (-1, resource.RLIM_INFINITY) or os.geteuid() == 0:
        yield Finding("memory lock", Grade.GOOD, "unlimited")
    else:
        remedy = "set memlock unlimited for the group audio in /etc/security/limits.d"
        yield Finding("memory lock", Grade.WEAK, f"only {limit // 1024} KiB", remedy)
    groups = {grp.getgrgid(number).gr_name for number in os.getgroups() if _has_name(number)}
    missing = [] if os.geteuid() == 0 else [name for name in ("audio", "gpio") if name not in groups and _exists(name)]
    if missing:
        remedy = f"sudo usermod -aG {','.join(missing)} $USER, then log in again"
        yield Finding("groups", Grade.WEAK, f"not in {', '.join(missing)}", remedy)
    for path in sorted(Path("/sys/devices/system/cpu").glob("cpu0/cpufreq/scaling_governor")):
        governor = path.read_text().strip()
        slow = governor in SLOW_GOVERNORS
        remedy = "echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor" if slow else ""
        yield Finding("clock governor", Grade.WEAK if slow else Grade.GOOD, governor, remedy)


def _may_fifo() -> bool:
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except PermissionError:
        return False
    os.sched_setscheduler(0, *before)
    return True


def _has_name(number: int) -> bool:
    try:
        grp.getgrgid(number)
    except KeyError:
        return False
    return True


def _exists(name: str) -> bool:
    return any(group.gr_name == name for group in grp.getgrall())


def _cards(audio: Audio) -> Iterator[Finding]:
    found = cards.listed()
    for card in found:
        ways = " and ".join(way for way, able in (("plays", card.plays), ("captures", card.captures)) if able)
        yield Finding("sound card", Grade.GOOD, f"{card.device}  {card.name}: {ways or 'no audio'}")
    device = wanted_device(audio)
    if device == NULL != audio.device:
        remedy = "plug a USB interface or a HAT in; the box would play into nothing"
        yield Finding("sound card", Grade.BAD, "none that plays was found", remedy)
        return
    if device.startswith("wav:"):
        # Opening it would empty what was recorded.
        yield Finding("playing", Grade.GOOD, f"into the file {device.removeprefix('wav:')}")
        return
    yield _period(audio, device)


def _period(audio: Audio, device: str) -> Finding:
    from jambox.sound.devices import open_device

    period, periods = audio.buffer
    try:
        opened = open_device(Request(device, audio.rate, period, periods, audio.inputs))
    except DeviceError as fault:
        return Finding("playing", Grade.BAD, str(fault))
    granted = opened.granted
    opened.close()
    buffer = f"{granted.period} x {granted.periods}"
    found = f"{device} grants {granted.rate} Hz, {buffer}, {granted.inputs} inputs, {granted.format}"
    return Finding("playing", Grade.GOOD, found)


def _midi() -> Iterator[Finding]:
    if not Path("/dev/snd/seq").exists():
        remedy = "sudo modprobe snd-seq; for good: echo snd-seq | sudo tee /etc/modules-load.d/jambox.conf"
        yield Finding("midi", Grade.WEAK, "no /dev/snd/seq: no MIDI", remedy)
        return
    from jambox.midi.ports import listed
    from jambox.midi.twins import titles

    try:
        names = titles(listed()).values()
    except DeviceError as fault:
        yield Finding("midi", Grade.WEAK, str(fault))
        return
    yield Finding("midi", Grade.GOOD, ", ".join(names) or "no instrument is plugged in")


def _gpio() -> Iterator[Finding]:
    if not is_pi():
        yield Finding("panel", Grade.GOOD, "no Raspberry Pi: the panel is the terminal")
        return
    try:
        version = importlib.metadata.version("lgpio")
    except importlib.metadata.PackageNotFoundError:
        remedy = "sudo apt install swig liblgpio-dev, then ./jam setup"
        yield Finding("panel", Grade.WEAK, "lgpio is missing: no buttons", remedy)
        return
    chips = sorted(Path("/dev").glob("gpiochip*"))
    able = [chip for chip in chips if os.access(chip, os.R_OK | os.W_OK)]
    if able:
        yield Finding("panel", Grade.GOOD, f"lgpio {version}, {able[0]}")
    else:
        yield Finding(
            "panel", Grade.WEAK, "no GPIO chip may be opened", "sudo usermod -aG gpio $USER, then log in again"
        )


def _link() -> Iterator[Finding]:
    version = _version(link.BINDING)
    if version == MISSING:
        yield Finding("ableton link", Grade.GOOD, "not installed: the box joins no session", "./jam setup link")
    else:
        yield Finding("ableton link", Grade.GOOD, f"{link.BINDING} {version}")


def _voice(voice: Voice, audio: Audio) -> Iterator[Finding]:
    if voice.speak == "off":
        return
    if not audio.cue:
        remedy = "set audio.cue: what is said to players is heard there alone"
        yield Finding("voice", Grade.WEAK, "nothing is said: there is no cue", remedy)
        return
    try:
        yield Finding("voice", Grade.GOOD, f"{speech.version(voice.language)}, {voice.language}")
    except DeviceError as fault:
        found, _, remedy = str(fault).partition(": ")
        yield Finding("voice", Grade.WEAK, found, remedy)


def _folders(state: Path, cache: Path) -> Iterator[Finding]:
    for about, folder in (("state", state), ("sound cache", cache)):
        there = next((path for path in (folder, *folder.parents) if os.path.exists(path)), Path("/"))
        if not there.is_dir():
            yield Finding(about, Grade.WEAK, f"{there}: is no folder", f"move {there} away, or name another folder")
        elif not os.access(there, os.W_OK):
            yield Finding(about, Grade.WEAK, f"{folder}: may not be written", f"sudo chown {os.getuid()} {there}")
        elif shutil.disk_usage(there).free < ROOM:
            yield Finding(about, Grade.WEAK, f"{folder}: the disk is nearly full", "make room")
        else:
            yield Finding(about, Grade.GOOD, str(folder))
