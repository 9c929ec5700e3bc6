"""What the kernel says about the bytes that wait for a device."""

import os

import pytest

from jambox.midi.pieces import Pieces, waiting

TEXT = """Two Sockets

Type: Legacy
Output 0
  Tx bytes     : 34567
  Owner PID    : 71
  Mode         : native
  Buffer size  : 4096
  Avail        : 4090
Output 1
  Tx bytes     : 0
Output 2
  Tx bytes     : 5
  Owner PID    : 71
  Mode         : native
  Buffer size  : 4096
  Avail        : 4096
Input 0
  Rx bytes     : 0
Input 1
  Rx bytes     : 262144
  Owner PID    : 71
  Buffer size  : 4096
  Avail        : 12
  Overruns     : 0
"""


@pytest.mark.parametrize(("stream", "bytes_waiting"), [(0, 6), (1, None), (2, 0), (3, None), (10, None)])
def test_what_waits_for_a_device_is_read(stream: int, bytes_waiting: int | None) -> None:
    assert waiting(TEXT, stream) == bytes_waiting


@pytest.mark.skipif(os.path.exists("/dev/snd/seq"), reason="this machine has a sequencer")
def test_there_are_no_pieces_without_a_sequencer() -> None:
    with pytest.raises(OSError, match="/dev/snd/seq"):
        Pieces()
