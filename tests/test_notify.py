"""Words to the service manager, over real datagram sockets."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from jambox.notify import notify


@pytest.fixture
def manager() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.settimeout(5.0)
        yield listener


@pytest.mark.parametrize("folder", ["plain", "user@1000.service"])
def test_the_manager_hears_each_word(
    tmp_path: Path, manager: socket.socket, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    (tmp_path / folder).mkdir()
    path = tmp_path / folder / "notify"
    manager.bind(os.fspath(path))
    monkeypatch.setenv("NOTIFY_SOCKET", str(path))
    for word in ("READY=1", "WATCHDOG=1", "STOPPING=1"):
        notify(word)
        assert manager.recv(100) == word.encode()


def test_a_leading_at_sign_is_an_abstract_socket(manager: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"jambox-test-{os.getpid()}@x"
    manager.bind(f"\0{name}")
    monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
    notify("READY=1")
    assert manager.recv(100) == b"READY=1"


@pytest.mark.parametrize("address", [None, "", "/nowhere/at/all", "x" * 200])
def test_without_a_manager_nothing_happens(monkeypatch: pytest.MonkeyPatch, address: str | None) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    if address is not None:
        monkeypatch.setenv("NOTIFY_SOCKET", address)
    notify("READY=1")
