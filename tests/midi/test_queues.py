"""What the kernel tells of its queues."""

import os
from pathlib import Path

import pytest

from jambox.midi import queues
from jambox.midi.queues import lengthened, refused

TOLD = """Client info
  cur  clients : 6
  peak clients : 7
  max  clients : 192

Client   0 : "System" [Kernel Legacy]
  Port   0 : "Timer" (Rwe-) [In/Out]
Client  24 : "Keys" [Kernel Legacy]
  Port   0 : "Keys MIDI 1" (RWeX) [In/Out]
    Connecting To: 128:0
    Connected From: 129:0
Client 128 : "jambox" [User Legacy]
  Port   0 : "Keys MIDI 1" (-We-) [Out]
    Connected From: 24:0
  Output pool :
    Pool size          : 500
    Alloc failures     : 9
  Input pool :
    Pool size          : 2000
    Cells in use       : 2000
    Peak cells in use  : 2000
    Alloc success      : 7000
    Alloc failures     : 12
Client 129 : "jambox" [User Legacy]
  Port   0 : "Keys MIDI 1" (R-e-) [In]
    Connecting To: 24:0
  Output pool :
    Pool size          : 500
    Alloc failures     : 0
  Input pool :
    Pool size          : 200
    Alloc failures     : 4
Client 130 : "jambox" [User Legacy]
  Port   0 : "Pads 2" (-We-) [Out]
    Connected From: 28:1
  Input pool :
    Alloc failures     : 0
Client 131 : "Looper "x" [1]" [User Legacy]
  Port   0 : "in" (-We-) [Out]
    Connected From: 28:1
  Input pool :
    Alloc failures     : 5
"""


def test_what_was_refused_is_told_by_source() -> None:
    assert refused("jambox", TOLD) == {(24, 0): 12}
    assert refused('Looper "x" [1]', TOLD) == {(28, 1): 5}
    assert refused("nobody", TOLD) == {}


@pytest.mark.parametrize("text", ["", "Client info\n", 'Client 1 : "jambox" [User]\n', TOLD[:500]])
def test_any_text_will_do(text: str) -> None:
    assert refused("jambox", text) == {}


def test_without_a_sequencer_nothing_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(queues, "CLIENTS", tmp_path / "clients")
    assert refused("jambox") == {}


def test_a_client_that_is_none_of_the_sequencers_is_left_as_it_is(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as file:
        assert lengthened(lambda: file) == (file, 0)
    before = len(os.listdir("/proc/self/fd"))
    assert lengthened(lambda: 5) == (5, 0)
    assert len(os.listdir("/proc/self/fd")) == before
