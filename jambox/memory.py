"""What the box remembers: scene and learned bindings, loaded at the start, saved a moment after each change."""

import asyncio
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

from jambox import scenes
from jambox.errors import StateError
from jambox.mapping import Binding
from jambox.scene import Scene

SAVE_AFTER = 1.0
"""Seconds after a change before it is saved, with all that came in between: a knob's turn is a write or two."""
_log = logging.getLogger(__name__)


class Memory:
    """Scene and learned bindings of one box in `folder`, which is kept for this process until `close`.

    `mend` makes a scene fit to play; `tuning` gives what is to be kept of the tuning of that id, too, from any thread.
    A folder that cannot be used is a `fault`, and the box plays on without a memory.
    Raises AlreadyRunningError when another box has it.
    """

    def __init__(
        self,
        folder: Path,
        mend: Callable[[Scene], Scene],
        tuning: Callable[[str], scenes.Kept | None] = lambda _tuning: None,
    ) -> None:
        self._folder, self._tuning = folder, tuning
        self._kept: scenes.Kept | None = None
        self._lock = threading.Lock()  # between the timer's thread and the last save
        self._claim: int | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.fault = ""
        try:
            self._claim = scenes.claim(folder)
            scene = scenes.load(folder)
        except StateError as fault:
            _log.warning("%s: the box starts with a new scene", fault)
            self.fault = str(fault) if self._claim is None else ""
            scene = Scene()
        self.scene = self._saved = mend(scene)
        self.learned = self._saved_learned = self._load_learned()

    def note(self, scene: Scene) -> None:
        """Remember `scene` from now on; it is on disk SAVE_AFTER later. For the event loop's thread."""
        self.scene = scene
        if scene != self._saved:
            self._save_soon()

    def learn(self, bindings: tuple[Binding, ...]) -> None:
        """Remember these bindings from now on, as `note` does a scene."""
        self.learned = bindings
        self._save_soon()

    def _save_soon(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SAVE_AFTER, self._save_aside)

    def close(self) -> None:
        """Save what is not yet saved and let go of the folder."""
        if self._timer:
            self._timer.cancel()
        self._save()
        if self._claim is not None:
            os.close(self._claim)

    def _save_aside(self) -> None:
        # A card that flushes for a second must not keep the panel waiting.
        self._timer = None
        asyncio.get_running_loop().run_in_executor(None, self._save)

    def _load_learned(self) -> tuple[Binding, ...]:
        if self._claim is None:
            return ()
        try:
            return scenes.load_learned(self._folder)
        except StateError as fault:
            _log.warning("%s: the box starts without", fault)
            return ()

    def _save(self) -> None:
        with self._lock:
            scene, learned = self.scene, self.learned
            if self._claim is None or (scene == self._saved and learned == self._saved_learned):
                return
            try:
                if scene != self._saved:
                    self._keep_tuning(scene.tuning)
                    scenes.save(self._folder, scene)
                    self._saved = scene
                if learned != self._saved_learned:
                    scenes.save_learned(self._folder, learned)
                    self._saved_learned = learned
            except StateError as fault:
                self.fault = str(fault)
                _log.error("%s", fault)
            else:
                self.fault = ""

    def _keep_tuning(self, name: str) -> None:
        # Before the scene that names it.
        if (kept := self._tuning(name)) and kept != self._kept:
            scenes.save_tuning(self._folder, kept)
            self._kept = kept
