"""The mixer at control's end: what the configuration says, what was set since, what is heard and what clips."""

from collections.abc import Callable, Mapping

from jambox.actions import Action, InputsHeard, SetMixer
from jambox.errors import DeviceError
from jambox.herald import Herald
from jambox.panel.feedback import Event
from jambox.rack import Rack
from jambox.scene import Scene
from jambox.sound import commands, dials, levelling, meters
from jambox.sound.dials import Word
from jambox.sound.shared import Link

CLIPS_EVERY = 0.4
"""Seconds between two looks at what clips: as long as its news lasts."""
EVERYTHING = "all"
"""The name that stands for all parameters."""


class Desk:
    """The mixer of the cards in `rack`, as the scene sets it and as its inputs are heard.

    Times are monotonic seconds. For the event loop's thread.
    """

    def __init__(self, rack: Rack, act: Callable[[Action], None], herald: Herald) -> None:
        self._rack, self._keeper = rack, rack.keeper
        self._act, self._herald = act, herald
        self._link: Link | None = None
        self._until = self._next = 0.0
        self._clipped: tuple[float, ...] = ()

    def lay(self, scene: Scene) -> None:
        """Let the engine glide to the scene's parameters."""
        self._rack.lay(scene.mixer)

    def values(self) -> dict[str, float]:
        """All parameters as they are now."""
        return dials.values(self._rack.mixer)

    def ask(self, words: Mapping[str, Word | None], scene: Scene) -> None:
        """Set parameters, and say so; None is the configuration's value again, for all that lie under that name.

        Raises UnknownNameError and SettingError; then nothing has changed.
        """
        wished: dict[str, float | None] = {}
        for name, word in words.items():
            if word is not None:
                wished[name] = dials.value(name, word)
            elif name == EVERYTHING or dials.under(name, dials.DIALS):
                wished |= dict.fromkeys(scene.mixer if name == EVERYTHING else dials.under(name, scene.mixer))
            else:
                dials.dial(name)
        self._act(SetMixer(wished))
        now = self.values()
        for name in wished:
            self._herald.say(dials.told(name, now[name]))

    def listen(self, on: bool, now: float) -> None:
        """Begin to listen to the inputs, or, not `on`, do so no more.

        No earcon tells of the beginning: the microphones would hear it.
        """
        self._link = None
        if not on:
            return
        link = self._keeper.link
        if not self._rack.strips:
            self._act(InputsHeard({}, "there are no inputs to listen to"))
            return
        try:
            link.send(commands.Listen())
        except DeviceError as fault:
            self._act(InputsHeard({}, str(fault)))
            return
        self._link, self._until = link, now + levelling.SECONDS
        self._herald.say(f"listening to the inputs for {levelling.SECONDS:g} s: play your loudest")

    def look(self, now: float) -> None:
        """Set the trims once the inputs have been heard, and tell what clips. Call it some times a second."""
        if self._link is not None and self._link is not self._keeper.link:
            self._hear({}, "the engine was started again meanwhile: listen once more")
        elif self._link is not None and now >= self._until:
            loudest = meters.loudest(self._link.meters())[: self._rack.strips]
            self._hear(levelling.trims(loudest, self._rack.mixer), levelling.told(loudest, self._rack.mixer))
        if now >= self._next:
            self._next = now + CLIPS_EVERY
            before, self._clipped = self._clipped, meters.clipped(self._keeper.link.meters())
            if any(count > last for count, last in zip(self._clipped, before, strict=False)):
                self._herald.tell(Event.CLIPPED)

    def _hear(self, trims: dict[str, float], text: str) -> None:
        self._link = None
        self._act(InputsHeard(trims, text))
        if trims:
            self._herald.tell(Event.LEARNED, "learn")
