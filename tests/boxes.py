"""`jambox run` on the null device, without a panel, in a process of its own, played through its socket."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from jambox import remote
from jambox.box import POLL
from jambox.errors import NotRunningError
from jambox.remote import Answer, Request
from tests.rig.hardware import wait_for

PATIENCE = 20.0
"""Seconds after which something counts as not coming; all of it comes within one on a quiet machine."""
UNLINKED = "[link]\nenabled = false\n"
"""No configuration but this: whoever else is on this machine's network has no say."""


class RunningBox:
    """`jambox run` in a process of its own, with its files in `folder`, among them its `config`.

    `inside`: words before its own that put it elsewhere, as `nsenter` does.
    """

    def __init__(
        self,
        folder: Path,
        *words: str,
        environment: dict[str, str] | None = None,
        config: str = UNLINKED,
        inside: Sequence[str] = (),
    ) -> None:
        self.folder, self.socket, self.state = folder, folder / "socket", folder / "state"
        (folder / "config" / "jambox").mkdir(parents=True, exist_ok=True)
        (folder / "config" / "jambox" / "config.toml").write_text(config)
        self._inside = inside
        self._log = folder / "log"
        self._words = words
        kept = {key: value for key, value in os.environ.items() if not key.endswith("_DIRECTORY")}
        self._environment = kept | {"XDG_CONFIG_HOME": str(folder / "config")} | (environment or {})

    def __enter__(self) -> Self:
        command = [*self._inside, sys.executable, "-m", "jambox", "run", "--audio", "null", "--panel", "none"]
        command += ["--socket", str(self.socket), "--state", str(self.state), *self._words]
        with self._log.open("w") as log:
            self.process = subprocess.Popen(command, env=self._environment, stdin=subprocess.DEVNULL, stderr=log)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        print(self.log)

    @property
    def log(self) -> str:
        return self._log.read_text()

    def ask(self, **words: Any) -> Answer:
        return remote.ask(self.socket, Request(**words))

    def status(self) -> dict[str, Any]:
        return self.ask(status=True).status

    def until(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Waits until the status is so, looking as often as the box itself does; the status."""
        status: dict[str, Any] = {}

        def so() -> bool:
            nonlocal status
            assert self.process.poll() is None, f"the box has ended:\n{self.log}"
            try:
                status = self.status()
            except NotRunningError:
                return False
            return bool(status) and condition(status)

        try:
            wait_for(so, PATIENCE, POLL)
        except TimeoutError:
            pytest.fail(f"it never came: {status}\n{self.log}")
        return status

    def plays(self) -> Self:
        """Waits until its engine renders and the rhythm has its sounds."""
        self.until(lambda status: status["engine"]["frame"] > 0 and status["engine"]["score"] >= 1)
        return self

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ends it; its exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)
