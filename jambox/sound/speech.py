"""Spoken words, from the program espeak-ng (GPL-3.0-or-later).

It is started once for each word, with arguments that no shell reads, and ended when it does not answer. Without numpy,
as the control process asks it too, which voices there are.
"""

import subprocess

from jambox.errors import DeviceError
from jambox.sound.shelves import Spoken

PROGRAM = "espeak-ng"
PATIENCE = 10.0
"""Seconds that a word may take; on a slow machine it is a fifth of one."""
HEADER = 44
"""Bytes before the samples: 16 bits, mono."""


def version(voice: str) -> str:
    """What the program calls itself. Raises DeviceError where it is missing, or has no such voice."""
    told = _run("--version").decode(errors="replace").strip()
    try:
        _run("-q", "-v", voice, "--", "")
    except DeviceError as fault:
        remedy = f"name another in voice.language: `{PROGRAM} --voices` lists them"
        raise DeviceError(f"{PROGRAM} does not speak {voice!r}: {remedy}") from fault
    return told.partition("Data at")[0].strip()


def say(word: Spoken) -> tuple[int, bytes]:
    """The word as it is spoken: frames a second, and samples of 16 bits, little-endian, mono. Raises DeviceError."""
    manner = "-v", word.voice, "-s", str(word.speed), "-p", str(word.pitch)
    data = _run(*manner, "-z", "--stdout", "--", word.text)
    if data[:4] != b"RIFF" or len(data) <= HEADER:
        raise DeviceError(f"{PROGRAM} gave no sound for {word.text!r}: install it again")
    # It writes as it speaks, so the lengths in the header are not true.
    return int.from_bytes(data[24:28], "little"), data[HEADER : HEADER + (len(data) - HEADER) // 2 * 2]


def _run(*arguments: str) -> bytes:
    try:
        done = subprocess.run(
            [PROGRAM, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=True
        )
    except FileNotFoundError as fault:
        remedy = f"sudo apt install {PROGRAM}, then start the box again"
        raise DeviceError(f"{PROGRAM} is not installed: {remedy}") from fault
    except subprocess.TimeoutExpired as fault:
        raise DeviceError(f"{PROGRAM} did not answer within {PATIENCE:g} s: install it again") from fault
    except subprocess.CalledProcessError as fault:
        told = fault.stderr.decode(errors="replace").strip() or f"exit status {fault.returncode}"
        raise DeviceError(f"{PROGRAM}: {told}") from fault
    except OSError as fault:
        raise DeviceError(f"{PROGRAM} cannot be started: {fault}: install it again") from fault
    return done.stdout
