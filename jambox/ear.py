"""The tonic taken by ear: from the next key of any instrument, or a note that is sung or played into an input."""

from collections.abc import Callable

from jambox import tuner
from jambox.actions import Action, PressDrone, SetTonic
from jambox.herald import Herald
from jambox.panel.feedback import Event
from jambox.rack import Rack
from jambox.scene import Scene
from jambox.sound import hearing
from jambox.sound.pitch import NOTHING, Listener, Note
from jambox.sound.plucker import DRONE_FADE
from jambox.sound.shared import Link
from jambox.touch import Touch
from jambox.units import Hertz, Seconds

LONGEST = Seconds(6.0)
"""How long one may wait with the note."""
BEFORE = Seconds(0.3)
"""How far back is listened: who sings already need not begin again."""


class Ear:
    """Listens when it is told to, and gives `act` the tonic. Times are monotonic seconds. For the event loop's thread.

    No earcon tells of the beginning: the microphones would hear it.
    """

    def __init__(
        self, rack: Rack, touch: Touch, scene: Callable[[], Scene], act: Callable[[Action], None], herald: Herald
    ) -> None:
        self._rack, self._touch, self._scene = rack, touch, scene
        self._act, self._herald = act, herald
        self._link: Link | None = None
        self._listener: Listener | None = None
        self._started = False
        self._from = self._until = 0.0
        self._read = 0

    @property
    def listens(self) -> bool:
        """Whether a note is waited for."""
        return self._link is not None

    def listen(self, started: bool, now: float) -> None:
        """Wait for a note, or break off; a drone that was only just `started` fades first, and then sounds on it."""
        if self.listens:
            self._refuse("listening for the tonic is broken off")
            return
        self._link, self._listener, self._started = self._rack.keeper.link, None, started
        self._from = now + (DRONE_FADE if started else 0.0)
        self._until = self._from + LONGEST
        self._touch.take_keys(self._take_key)
        self._herald.say("listening for the tonic: sing, or play a note or a key")

    def look(self, now: float) -> None:
        """Hear what has come. Call it every few hundredths of a second."""
        link, ready = self._link, self._rack.keeper.ready
        if link is None or now < self._from:
            return
        if link is not self._rack.keeper.link or ready is None:
            self._refuse("the engine was started again meanwhile: listen once more")
            return
        last, rate = link.heard, ready.rate / hearing.thinning(ready.rate)
        if self._listener is None:
            self._listener, self._read = Listener(rate), last - (0 if self._started else round(BEFORE * rate))
        self._listener.feed(link.overhear(self._read, last))
        self._read = last
        heard = self._listener.heard
        if isinstance(heard, Note):
            self._take(heard.pitch)
        elif heard is not None or now >= self._until:
            self._refuse(f"the tonic stays: {heard.heard if heard else NOTHING} was heard")

    def leave(self) -> None:
        """Break off, if a note is waited for: the hand that holds DRONE has gone on to STYLE, and meant that."""
        if not self.listens:
            return
        self._end()
        self._herald.say("listening for the tonic is broken off")
        if self._started:
            self._act(PressDrone())

    def _take_key(self, key: int) -> None:
        self._take(tuner.key_tonic(key, self._scene().reference))

    def _take(self, pitch: Hertz) -> None:
        self._end()
        self._act(SetTonic(tuner.within(pitch)))
        if self._started:
            self._act(PressDrone())
        self._herald.tell(Event.LEARNED)

    def _refuse(self, text: str) -> None:
        self._end()
        self._herald.say(text, refused=True)

    def _end(self) -> None:
        self._link = None
        self._touch.take_keys(None)
