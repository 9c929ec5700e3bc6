"""Renderings under way: shelves of the bank are filled, each by the latest wish for it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Set
from typing import Any

from jambox.sound import supervisor
from jambox.sound.shelves import Filled, Job, Made, Wanted

_log = logging.getLogger(__name__)


class Renderings:
    """Fills shelves of the bank behind `bank` (a descriptor), in tasks by name: each replaces the one before.

    `define` is told every sample as soon as it lies there, `failed` the name of what broke off. `faults` has those that
    failed. All calls are for the event loop's thread.
    """

    def __init__(
        self, bank: int, rate: int, cache: str, define: Callable[[Made], None], failed: Callable[[str], None]
    ) -> None:
        self._bank, self._rate, self._cache = bank, rate, cache
        self._define, self._failed = define, failed
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._rendering = asyncio.Lock()
        self.faults: dict[str, str] = {}

    def run(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Do that work, which fills shelves, in place of what is under way by that name."""
        self.cancel(name)
        self.faults.pop(name, None)
        self._tasks[name] = task = asyncio.ensure_future(work)
        task.add_done_callback(lambda ended: self._end(name, ended))

    def is_under_way(self, name: str) -> bool:
        """Whether there is still work to do by that name."""
        task = self._tasks.get(name)
        return task is not None and not task.done()

    def cancel(self, name: str) -> None:
        """Leave what is under way by that name."""
        if task := self._tasks.pop(name, None):
            task.cancel()

    async def close(self) -> None:
        """Leave all that is under way."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def fill(
        self,
        filled: Filled,
        key: tuple[str, float],
        parts: tuple[tuple[Wanted, ...], ...],
        loaded: Callable[[], None],
        steps: Set[int] = frozenset(),
        rest: float = 0.0,
    ) -> None:
        """Render the parts after a `rest` (s), in turn with those of others: each workshop takes 45 MB.

        `loaded` is called when as many samples are there as `steps` say, and at the end where the shelf was too short
        for all: what lies there is played.
        """
        await asyncio.sleep(rest)
        filled.key, filled.made, shelf = key, {}, filled.shelf
        try:
            for wanted in parts:
                async with self._rendering:
                    async for made in supervisor.make(Job(shelf, self._rate, self._cache, wanted), self._bank):
                        filled.made[made.slot] = made
                        shelf = shelf.behind(made)
                        self._define(made)
                        if len(filled.made) in steps:
                            loaded()
        except OSError as fault:
            filled.key = None
            self._tell(key[0], f"{key[0]}: {fault}")
        else:
            self.faults.pop(key[0], None)
            if filled.made and len(filled.made) not in steps:
                loaded()

    def _end(self, name: str, ended: asyncio.Task[None]) -> None:
        # Nobody waits for a rendering: one that broke off would leave the box mute without a word.
        if not ended.cancelled() and (error := ended.exception()):
            self._tell(name, f"{name}: the rendering broke off ({error!r}): choose another, or start the box again")
            _log.error("%s broke off", name, exc_info=error)

    def _tell(self, name: str, fault: str) -> None:
        self.faults[name] = fault
        self._failed(name)
        _log.error("%s", fault)
