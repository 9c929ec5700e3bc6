"""The file of pages: kept over a kill, made anew when it is torn, left alone when it is no file."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jambox.errors import DeviceError
from jambox.midi.mapped import mapped
from jambox.midi.pages import MAGIC, SIZE, Pages

PLAYER = """
import sys
from pathlib import Path
from jambox.midi.mapped import mapped
from jambox.midi.pages import Pages
send = Pages(mapped(Path(sys.argv[1]))).take("Synth 28:0", "Synth#0").noting(lambda message: None)
for text in ("90 3C 64", "90 3E 64", "80 3C 40", "B3 40 7F"):
    send(bytes.fromhex(text))
print("down", flush=True)
sys.stdin.read()
"""


def test_what_a_killed_process_left_down_is_there(tmp_path: Path) -> None:
    path = tmp_path / "socket.held"
    with subprocess.Popen(
        [sys.executable, "-c", PLAYER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as player:
        assert player.stdout is not None
        assert player.stdout.readline() == b"down\n"
        player.send_signal(signal.SIGKILL)
    assert Pages(mapped(path)).take("Synth 28:0", "Synth#0").down() == (0x03E, 0x3C0)
    assert path.stat().st_size == SIZE
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("size", [0, 1, len(MAGIC), SIZE - 1, SIZE + 1])
def test_a_torn_file_is_made_anew(tmp_path: Path, size: int) -> None:
    path = tmp_path / "socket.held"
    path.write_bytes(MAGIC.ljust(SIZE + 1, b"\1")[:size])
    assert Pages(mapped(path)).take("Synth 28:0", "Synth#0").down() == ()
    assert path.read_bytes()[: len(MAGIC)] == MAGIC
    assert path.stat().st_size == SIZE


def test_what_is_no_file_is_told_and_left(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("take 1")
    (tmp_path / "link").symlink_to(precious)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("link", "pipe", "folder", "missing/file"):
        with pytest.raises(DeviceError, match=f"{name}: what sounds cannot be noted there .* by --socket"):
            mapped(tmp_path / name)
    assert precious.read_text() == "take 1"
