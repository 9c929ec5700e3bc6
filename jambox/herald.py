"""What the player is told: words for the log and for whoever asked, news for STATUS, earcons."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from jambox.panel.feedback import Event, News, recent
from jambox.units import Seconds

_log = logging.getLogger(__name__)


class Herald:
    """Tells by `signal`, which sounds the earcon of that name. For the event loop's thread."""

    def __init__(self, signal: Callable[[str], None]) -> None:
        self._signal = signal
        self._callers: list[list[str]] = []
        self._news: tuple[News, ...] = ()

    def say(self, text: str, refused: bool = False) -> None:
        """Say `text`; `refused` adds light and earcon."""
        for said in self._callers:
            said.append(text)
        _log.info("%s", text)
        if refused:
            self.tell(Event.REFUSED, "refuse")

    def warn(self, text: str) -> None:
        """Tell of a fault that the player did not ask for."""
        _log.warning("%s", text)
        self.tell(Event.REFUSED, "refuse")

    def tell(self, event: Event, earcon: str = "") -> None:
        """Show news on STATUS, and sound an earcon."""
        self._news = (*self._news, News(event, Seconds(time.monotonic())))
        if earcon:
            self._signal(earcon)

    def news(self, now: float) -> tuple[News, ...]:
        """What STATUS still has to show, at `now` in monotonic seconds."""
        self._news = recent(self._news, Seconds(now))
        return self._news

    @contextmanager
    def overheard(self) -> Iterator[list[str]]:
        """All that is said meanwhile."""
        said: list[str] = []
        self._callers = [*self._callers, said]
        try:
            yield said
        finally:
            self._callers = [other for other in self._callers if other is not said]
